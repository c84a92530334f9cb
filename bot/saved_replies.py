"""Replies that the team keeps to begin with: words with blanks to fill in, and how they came about.

Nothing is ever overwritten: a change, a retirement and a return are versions of their own. Nothing of a family may stand in
one: what looks like a number, an address or a person's name is asked about before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.errors import BotError, NotFound
from bot.ports import Clock
from bot.records import StaffMember
from bot.writing import LONGEST

LONGEST_TITLE = 60
LONGEST_BLANK = 60
"""Characters between the brackets; what is longer is no blank but words in brackets."""

_BLANK = re.compile(rf"\[\s*([^\[\]\n]{{1,{LONGEST_BLANK}}}?)\s*\]")


class Made(StrEnum):
    """What a version is."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """``number`` counts the versions of one reply from 1; the highest is how it stands."""

    id: UUID
    reply_id: UUID
    number: int
    made: Made
    title: str
    text: str
    by: str
    at: datetime

    @property
    def is_retired(self) -> bool:
        return self.made is Made.RETIRED

    @property
    def blanks(self) -> tuple[str, ...]:
        return blanks_of(self.text)


class SavedReplyRecords(Protocol):
    def standing(self) -> tuple[Version, ...]:
        """How each reply stands, by title."""
        ...

    def history(self, reply_id: UUID) -> tuple[Version, ...]:
        """Its versions, the newest first; none where there is no such reply."""
        ...

    def add(self, version: Version, member: StaffMember) -> bool:
        """False: this number of this reply stands already."""
        ...


class NotKeptError(BotError):
    """``fault``: a code for each field. ``personal``: the stretches that look like something of a person's."""

    def __init__(self, faults: Mapping[str, str], personal: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.faults = faults
        self.personal = personal


class ChangedMeanwhileError(BotError):
    """Somebody else has changed this reply since the page was opened. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class SavedReplies:
    """``masked`` takes out of a text what is a person's: numbers, addresses, names."""

    records: SavedReplyRecords
    clock: Clock
    new_id: Callable[[], UUID]
    masked: Callable[[str], str]

    def usable(self) -> tuple[Version, ...]:
        return tuple(each for each in self.records.standing() if not each.is_retired)

    def history(self, reply_id: UUID) -> tuple[Version, ...]:
        """Raises ``NotFound``."""
        found = self.records.history(reply_id)
        if not found:
            raise NotFound
        return found

    def get(self, reply_id: UUID) -> Version:
        """To begin a reply with. Raises ``NotFound``, for a retired one too."""
        found = self.history(reply_id)[0]
        if found.is_retired:
            raise NotFound
        return found

    def add(self, member: StaffMember, title: str, text: str, *, is_ours: bool) -> UUID:
        """``is_ours``: whatever looks like a person's has been looked at, and is no family's. Raises ``NotKeptError``."""
        reply_id = self.new_id()
        self._check(reply_id, title, text, is_ours=is_ours)
        self._put(reply_id, 1, Made.ADDED, title, text, member)
        return reply_id

    def change(self, reply_id: UUID, member: StaffMember, seen: int, title: str, text: str, *, is_ours: bool) -> None:
        """``seen``: the version that was changed. Raises ``NotFound``, ``NotKeptError``, ``ChangedMeanwhileError``."""
        stands = self.get(reply_id)
        self._check(reply_id, title, text, is_ours=is_ours)
        if (stands.title, stands.text) != (title, text):
            self._put(reply_id, seen + 1, Made.CHANGED, title, text, member)

    def retire(self, reply_id: UUID, member: StaffMember) -> None:
        """It is no longer offered. Raises ``NotFound``, ``ChangedMeanwhileError``."""
        stands = self.history(reply_id)[0]
        if not stands.is_retired:
            self._put(reply_id, stands.number + 1, Made.RETIRED, stands.title, stands.text, member)

    def put_back(self, reply_id: UUID, member: StaffMember) -> None:
        """It is offered again. Raises ``NotFound``, ``NotKeptError``, ``ChangedMeanwhileError``."""
        stands = self.history(reply_id)[0]
        if stands.is_retired:
            self._check(reply_id, stands.title, stands.text, is_ours=True)
            self._put(reply_id, stands.number + 1, Made.PUT_BACK, stands.title, stands.text, member)

    def _check(self, reply_id: UUID, title: str, text: str, *, is_ours: bool) -> None:
        faults: dict[str, str] = {}
        if not title:
            faults["title"] = "saved_title_empty"
        elif len(title) > LONGEST_TITLE:
            faults["title"] = "saved_title_long"
        elif any(each.title.casefold() == title.casefold() and each.reply_id != reply_id for each in self.usable()):
            faults["title"] = "saved_title_taken"
        if not text:
            faults["text"] = "letter_empty"
        elif len(text) > LONGEST:
            faults["text"] = "letter_long"
        personal = () if is_ours else tuple(dict.fromkeys(taken_out(title, self.masked) + taken_out(text, self.masked)))
        if personal:
            faults.setdefault("text", "saved_personal")
        if faults:
            raise NotKeptError(faults, personal)

    def _put(self, reply_id: UUID, number: int, made: Made, title: str, text: str, member: StaffMember) -> None:
        version = Version(
            id=self.new_id(),
            reply_id=reply_id,
            number=number,
            made=made,
            title=title,
            text=text,
            by=member.name,
            at=self.clock.now(),
        )
        if not self.records.add(version, member):
            raise ChangedMeanwhileError


def blanks_of(text: str) -> tuple[str, ...]:
    """What is to be filled in, each once, in the order in which it stands: ``[name of service]``."""
    return tuple(dict.fromkeys(found[1] for found in _BLANK.finditer(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """``values`` by blank; one that is missing or empty stays a blank."""
    return _BLANK.sub(lambda found: values.get(found[1]) or found[0], text)


def taken_out(text: str, masked: Callable[[str], str]) -> tuple[str, ...]:
    """The stretches of a text that masking takes out; blanks are looked at by what stands between their brackets."""
    plain = _BLANK.sub(lambda found: found[1], text)
    here, there = plain.split(), masked(plain).split()
    pieces = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    return tuple(" ".join(here[start:end]).strip(".,;:!?") for what, start, end, *_ in pieces if what in ("replace", "delete"))
