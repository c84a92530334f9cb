"""A cell of a spreadsheet: as words, as JSON can hold it, and so written that a spreadsheet will show it and never run it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, time
from typing import Any

Row = dict[str, Any]
"""One row of a file, by the names of its columns."""

FORMULA = "formula"
"""The one key of a cell that is no words but a formula, with what it says."""

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


def formula(text: str) -> dict[str, str]:
    """A cell in which a workbook holds a formula; nothing ever works it out."""
    return {FORMULA: text}


def is_formula(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {FORMULA}


def plain(value: object) -> object:
    """A cell as JSON can hold it."""
    return value.isoformat() if isinstance(value, date | time) else value


def as_text(value: object) -> str:
    """A cell as words; an empty one as none."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and is_formula(value):
        return str(value[FORMULA])
    return value if isinstance(value, str) else str(plain(value))
