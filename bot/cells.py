"""A cell that a spreadsheet will show and never run."""

from __future__ import annotations

import unicodedata

_STARTS_A_FORMULA = frozenset("=+-@")
_STARTS_A_FIELD = frozenset("\t\r\0")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me", "Cs"})
"""Categories of what a reader does not see at the beginning of a cell and a spreadsheet may skip."""


def harmless(value: object) -> object:
    """A cell that a spreadsheet will show and never run (CWE-1236): text that could be a formula gets an apostrophe.

    Spreadsheets pass over spaces and signs nobody sees, and take the wide and small forms of = + - @ for the plain ones.
    """
    if not isinstance(value, str):
        return value
    for sign in value:
        if sign in _STARTS_A_FIELD:
            return "'" + value
        if unicodedata.category(sign) in _UNSEEN:
            continue
        return "'" + value if unicodedata.normalize("NFKC", sign)[0] in _STARTS_A_FORMULA else value
    return value
