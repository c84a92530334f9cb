"""Which column of a file holds what, and one row of it as an account of somebody's experience."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bot import toml
from bot.cells import Row, as_text, harmless, is_formula
from bot.conversation import Purpose
from bot.errors import BotError
from bot.model import Locale, Speaker

FIELDS = ("text", "date", "place", "speaker", "locale", "consent", "id")
"""What a column can be mapped to; ``text`` must be."""

TO_MEND, ITS_ROW = "What to mend", "Row it was"
"""The columns that a sheet to mend begins with: of no meaning when it comes back."""

MOST_COLUMNS = 50
LONGEST_VALUE = 1_000
"""Characters kept of a cell in a column that is mapped to nothing."""
LONGEST_PLACE = 100
LONGEST_ACCOUNT = 20_000
EARLIEST = 1990

_FILE = Path(__file__).parent / "content" / "sheets.toml"
_SENTENCES = {code: sentence for table in toml.read(_FILE).values() for code, sentence in table.items()}

_YES = frozenset({"yes", "y", "true", "1", "agree", "agreed", "i agree", "consent", "consented", "ok"})
_NO = frozenset({"no", "n", "false", "0", "disagree", "do not agree", "i do not agree", "refused", "team only"})
_SPEAKERS = {
    **dict.fromkeys(("parent", "carer", "parent carer", "mother", "father", "mum", "dad", "guardian"), Speaker.PARENT),
    **dict.fromkeys(("young person", "child", "pupil", "student"), Speaker.YOUNG_PERSON),
    **dict.fromkeys(("family", "other family", "grandparent", "sibling", "relative"), Speaker.FAMILY),
    **dict.fromkeys(("professional", "teacher", "staff", "school", "practitioner"), Speaker.PROFESSIONAL),
    **dict.fromkeys(("unknown", "not known", "prefer not to say", "other"), Speaker.UNKNOWN),
}
_HEADINGS = {
    "text": frozenset(
        {
            *("answer", "body", "comment", "comments", "experience", "feedback", "free text", "freetext", "message", "story"),
            *("response", "text", "verbatim", "words", "your comment", "your comments", "your feedback", "what was said"),
            *("what happened", "account"),
        }
    ),
    "date": frozenset({"date", "day", "on", "when", "received", "date received", "date of comment", "submitted", "timestamp"}),
    "place": frozenset({"place", "school", "setting", "service", "school or service", "school or setting", "where"}),
    "speaker": frozenset({"speaker", "who", "role", "from", "respondent", "relationship", "who is speaking"}),
    "locale": frozenset({"locale", "language", "lang"}),
    # Only what speaks of the words or of telling others: plain "consent" or "agreed" may be to anything.
    "consent": frozenset(
        {
            *("may we use your words", "may we quote you", "may we share your words", "may we publish your words"),
            *("happy to share", "happy to be quoted", "consent to share", "consent to publish", "consent to be quoted"),
        }
    ),
    "id": frozenset({"id", "ref", "reference", "number", "response id", "respondent id", "no"}),
}
"""Headings people give their columns, without capitals and signs."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{2}|\d{4})(?: .*)?", re.ASCII)
_NAMED = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%B %d, %Y")


def say(code: str, **values: object) -> str:
    """The sentence of ``bot/content/sheets.toml``; numbers with their commas."""
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    sentence: str = _SENTENCES[code]
    return sentence.format(**shown)


class UnreadableCell(Exception):  # noqa: N818 - it is the cell that is named, and the row that is not kept
    """A cell that cannot be what its column is said to be. The message is the reason for the report."""


class BadColumns(BotError):  # noqa: N818 - it is what was said of the columns
    """Which column holds what was said wrongly. The message names what there is."""


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
    """``by_field``: the column that holds each field; every other column of the file is in ``others``. ``is_mended``: it is
    a sheet to mend that comes back, in which we put an apostrophe before what could be a formula.
    """

    by_field: Mapping[str, str]
    others: Sequence[str]
    is_mended: bool = False

    @classmethod
    def read(cls, pairs: Sequence[str], columns: Sequence[str]) -> Columns:
        """From ``COLUMN=FIELD`` pairs. Raises ``BadColumns``."""
        names = {name.strip().casefold(): name for name in columns}
        there = ", ".join(f"“{name}”" for name in columns)
        by_field: dict[str, str] = {}
        for pair in pairs:
            column, _, wanted = pair.rpartition("=")
            if not column or wanted not in FIELDS:
                raise BadColumns(f"“{pair}” is not COLUMN=FIELD. The fields are: {', '.join(FIELDS)}.")
            if column.strip().casefold() not in names:
                raise BadColumns(f"There is no column “{column}”. The columns are: {there}.")
            if wanted in by_field:
                raise BadColumns(f"Two columns are mapped to “{wanted}”: “{by_field[wanted]}” and “{column}”.")
            by_field[wanted] = names[column.strip().casefold()]
        if "text" not in by_field:
            raise BadColumns(f'Say which column holds the words: --map "COLUMN=text". The columns are: {there}.')
        return cls.of(by_field, columns)

    @classmethod
    def of(cls, by_field: Mapping[str, str], columns: Sequence[str]) -> Columns:
        taken = {*by_field.values(), TO_MEND, ITS_ROW}
        return cls(by_field, [name for name in columns if name not in taken], ITS_ROW in columns)

    def account(self, row: Row, *, today: date, locales: Sequence[Locale]) -> Account:
        """Raises ``UnreadableCell`` where it would be wrong to guess."""
        for column in self.by_field.values():
            if is_formula(row.get(column)):
                raise UnreadableCell(say("formula", column=column))
        cells = {name: self._cell(row, column) for name, column in self.by_field.items()}
        if len(cells["text"]) > LONGEST_ACCOUNT:
            raise UnreadableCell(say("too_long", most=LONGEST_ACCOUNT))
        said = {name: " ".join(cell.split()) for name, cell in cells.items() if name != "text"}
        remarks: list[str] = []
        consent = said.get("consent", "").casefold().rstrip(".")
        if consent and consent not in _YES | _NO:
            remarks.append(say("consent"))
        speaker = said.get("speaker", "").casefold().replace("_", " ").replace("/", " ")
        if speaker and speaker not in _SPEAKERS:
            remarks.append(say("speaker"))
        locale = Locale(said.get("locale", "").lower())
        if locale and locale not in locales:
            remarks.append(say("locale"))
        if len(said.get("place", "")) > LONGEST_PLACE:
            remarks.append(say("place", most=LONGEST_PLACE))
        if cells["text"].lstrip().startswith("="):
            remarks.append(say("like_a_formula"))
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

    def _cell(self, row: Row, column: str) -> str:
        """As it was before we made it harmless, so that the words stay theirs and a row is known again."""
        cell = as_text(row.get(column))
        return cell[1:] if self.is_mended and cell.startswith("'") and harmless(cell[1:]) == cell else cell

    def _more(self, row: Row, remarks: list[str]) -> dict[str, str]:
        """The cells of the other columns: kept sealed with the words, as far as there is room."""
        filled = [(name, self._cell(row, name)) for name in self.others]
        filled = [(name, cell) for name, cell in filled if cell.strip()]
        if len(filled) > MOST_COLUMNS or any(len(cell) > LONGEST_VALUE for _, cell in filled):
            remarks.append(say("others", columns=MOST_COLUMNS, most=LONGEST_VALUE))
        return {f"column {name}": cell[:LONGEST_VALUE] for name, cell in filled[:MOST_COLUMNS]}


def guessed(columns: Sequence[str]) -> dict[str, str]:
    """Which column holds which field, as far as its heading tells. A field that no heading names, or two do, is left out."""
    found: dict[str, list[str]] = {}
    for column in columns:
        heading = " ".join(re.sub(r"[^\w]+", " ", column.casefold()).split())
        for name, headings in _HEADINGS.items():
            if heading in headings:
                found.setdefault(name, []).append(column)
    return {name: its[0] for name, its in found.items() if len(its) == 1}


def day_of(text: str, *, today: date) -> date:
    """A day as people and spreadsheets write it; with numbers alone, the day comes first. Raises ``UnreadableCell``."""
    day = _day(text)
    if day is None:
        raise UnreadableCell(say("no_date", said=text[:40]))
    if day > today:
        raise UnreadableCell(say("date_to_come", day=day.isoformat()))
    if day.year < EARLIEST:
        raise UnreadableCell(say("date_too_old", day=day.isoformat(), year=str(EARLIEST)))
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
