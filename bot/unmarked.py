"""Letters without the marks on them: half of those who write from a phone leave the marks out, and half do not."""

from __future__ import annotations

import unicodedata

_DROPPED = {"Mn", "Me", "Cf"}
"""Accents, vowel signs and hamzas over letters, and the marks that turn or join writing: many people leave them out."""
_ONE_LETTER = str.maketrans(
    {
        "\u0640": "",
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
        "\u0142": "l",
        "\u0141": "L",
        "\u0131": "i",
    }
)
"""Letters written two ways, and no decomposition says so: Arabic's lengthening stroke, its final forms and their Persian
shapes, the Polish struck l, the dotless i.
"""


def unmarked(text: str) -> str:
    """Letters without accents, figures of any script as 0 to 9, compatibility forms undone: “usuń” and “usun” are one."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(map(_bare, apart)).translate(_ONE_LETTER)


def _bare(character: str) -> str:
    """A letter as it is, a figure as 0 to 9, and nothing for what only stands over or around a letter."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    return "" if category in _DROPPED else str(unicodedata.decimal(character)) if category == "Nd" else character
