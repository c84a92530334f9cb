"""Which column of a file holds what, and one row of it as an account of somebody's experience."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import click

from bot.conversation import Purpose
from bot.model import Locale, Speaker
from cli.comments import Row, Table, as_text

FIELDS = ("text", "date", "place", "speaker", "locale", "consent", "id")
"""What a column can be mapped to; ``text`` must be."""

MOST_COLUMNS = 50
LONGEST_VALUE = 1_000
"""Characters kept of a cell in a column that is mapped to nothing."""
LONGEST_PLACE = 100
EARLIEST = 1990

_YES = frozenset({"yes", "y", "true", "1", "agree", "agreed", "i agree", "consent", "consented", "ok"})
_NO = frozenset({"no", "n", "false", "0", "disagree", "do not agree", "i do not agree", "refused", "team only"})
_SPEAKERS = {
    **dict.fromkeys(("parent", "carer", "parent carer", "mother", "father", "mum", "dad", "guardian"), Speaker.PARENT),
    **dict.fromkeys(("young person", "child", "pupil", "student"), Speaker.YOUNG_PERSON),
    **dict.fromkeys(("family", "other family", "grandparent", "sibling", "relative"), Speaker.FAMILY),
    **dict.fromkeys(("professional", "teacher", "staff", "school", "practitioner"), Speaker.PROFESSIONAL),
    **dict.fromkeys(("unknown", "not known", "prefer not to say", "other"), Speaker.UNKNOWN),
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{2}|\d{4})(?: .*)?", re.ASCII)
_NAMED = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%B %d, %Y")


class UnreadableCell(Exception):  # noqa: N818 - it is the cell that is named, and the row that is not kept
    """A cell that cannot be what its column is said to be. The message is the reason for the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One row. ``remarks``: what of it was not understood and left out, or cut."""

    text: str = field(repr=False)
    on: date | None = None
    place: str = ""
    speaker: Speaker | None = None
    locale: Locale | None = None
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    id: str = ""
    more: Mapping[str, str] = field(default_factory=dict, repr=False)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """``by_field``: the column that holds each field; every other column of the file is in ``others``."""

    by_field: Mapping[str, str]
    others: Sequence[str]

    @classmethod
    def read(cls, pairs: Sequence[str], table: Table) -> Columns:
        """From ``COLUMN=FIELD`` pairs. Raises ``ClickException`` with a sentence that names what there is."""
        names = {name.strip().casefold(): name for name in table.columns}
        there = ", ".join(f"“{name}”" for name in table.columns)
        by_field: dict[str, str] = {}
        for pair in pairs:
            column, _, wanted = pair.rpartition("=")
            if not column or wanted not in FIELDS:
                raise click.ClickException(f"“{pair}” is not COLUMN=FIELD. The fields are: {', '.join(FIELDS)}.")
            if column.strip().casefold() not in names:
                raise click.ClickException(f"There is no column “{column}”. The columns are: {there}.")
            if wanted in by_field:
                raise click.ClickException(f"Two columns are mapped to “{wanted}”: “{by_field[wanted]}” and “{column}”.")
            by_field[wanted] = names[column.strip().casefold()]
        if "text" not in by_field:
            raise click.ClickException(f'Say which column holds the words: --map "COLUMN=text". The columns are: {there}.')
        taken = set(by_field.values())
        return cls(by_field, [name for name in table.columns if name not in taken])

    def account(self, row: Row, *, today: date, locales: Sequence[Locale]) -> Account:
        """Raises ``UnreadableCell`` where it would be wrong to guess."""
        cells = {name: as_text(row.get(column)) for name, column in self.by_field.items()}
        said = {name: " ".join(cell.split()) for name, cell in cells.items() if name != "text"}
        remarks: list[str] = []
        consent = said.get("consent", "").casefold().rstrip(".")
        if consent and consent not in _YES | _NO:
            remarks.append("The consent was not understood, so it counts as not asked.")
        speaker = said.get("speaker", "").casefold().replace("_", " ").replace("/", " ")
        if speaker and speaker not in _SPEAKERS:
            remarks.append("Who is speaking was not understood, so it is not known.")
        locale = Locale(said.get("locale", "").lower())
        if locale and locale not in locales:
            remarks.append("The language is heard from the words, for its code is not one that Earshot speaks.")
        if len(said.get("place", "")) > LONGEST_PLACE:
            remarks.append(f"The place was cut at {LONGEST_PLACE} characters.")
        return Account(
            text=cells["text"].strip(),
            on=day_of(said["date"], today=today) if said.get("date") else None,
            place=said.get("place", "")[:LONGEST_PLACE],
            speaker=_SPEAKERS.get(speaker, Speaker.UNKNOWN) if speaker else None,
            locale=locale if locale in locales else None,
            consents={Purpose.WORDS_IN_PUBLIC: consent in _YES} if consent in _YES | _NO else {},
            id=said.get("id", ""),
            more=self._more(row, remarks),
            remarks=tuple(remarks),
        )

    def _more(self, row: Row, remarks: list[str]) -> dict[str, str]:
        """The cells of the other columns: kept sealed with the words, as far as there is room."""
        filled = [(name, as_text(row.get(name))) for name in self.others]
        filled = [(name, cell) for name, cell in filled if cell.strip()]
        if len(filled) > MOST_COLUMNS or any(len(cell) > LONGEST_VALUE for _, cell in filled):
            remarks.append(f"Of the other columns {MOST_COLUMNS} are kept, each up to {LONGEST_VALUE:,} characters.")
        return {f"column {name}": cell[:LONGEST_VALUE] for name, cell in filled[:MOST_COLUMNS]}


def day_of(text: str, *, today: date) -> date:
    """A day as people and spreadsheets write it; with numbers alone, the day comes first. Raises ``UnreadableCell``."""
    day = _day(text)
    if day is None:
        raise UnreadableCell(f"“{text[:40]}” is no date; write it as 2024-05-31 or 31/05/2024, the day first.")
    if day > today:
        raise UnreadableCell(f"The date {day.isoformat()} is still to come.")
    if day.year < EARLIEST:
        raise UnreadableCell(f"The date {day.isoformat()} is before {EARLIEST}.")
    return day


def _day(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        return _made(*(int(part) for part in found.groups()))
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        return _made(year + 2000 if year < 100 else year, month, day)  # noqa: PLR2004 - a year written with two digits
    for form in _NAMED:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
