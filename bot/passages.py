"""Passages put right by staff: one that tells of two things is split, two that tell of one are joined; each is tagged by itself.

What people decided goes along with the words it was about. Only what stands in one message can be joined: what a family
takes back must go whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceView, PassageView
from bot.errors import BotError, NotFound
from bot.model import Span
from bot.ports import Clock
from bot.records import StaffMember

MOST_CUTS = 12
"""Places to split at that are offered; any other is named by the words that follow it."""
_CUT = re.compile(r"(?<=[.!?;\n])\s+(?=\S)|(?<=,)\s+(?=\S)|\s+(?=(?:but|and|also|then|so|because|however)\b)", re.IGNORECASE)
_STRONG = ".!?;\n"
_BEGINS = 8
"""Words of the second part that are shown."""


class BadCut(BotError):  # noqa: N818 - a refusal is named for what was refused
    """A passage cannot be split there. ``code`` is that of the sentence a form shows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A place to split at, and the words the second part begins with there."""

    at: int
    begins: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One passage as it can be put right. ``digest`` knows its words again; ``joins``: the one after it, if the two can be
    joined.
    """

    passage: PassageView
    digest: str
    cuts: tuple[Cut, ...]
    joins: UUID | None


class PassageRecords(Protocol):
    """Each act is a transaction of its own, with its line of the audit trail."""

    def neighbours(self, experience_id: UUID) -> dict[UUID, UUID]:
        """For each passage the one right after it in the same message, or in the same translation."""
        ...

    def split(self, passage_id: UUID, cut: int, *, text: str, new_id: UUID, member: StaffMember, now: datetime) -> bool:
        """``cut`` is an offset in ``text``. False: the words have changed since."""
        ...

    def join(self, passage_id: UUID, other_id: UUID, *, member: StaffMember, now: datetime) -> bool:
        """The other one's words, suggestions and decisions go over to the first. False: they are no neighbours any more."""
        ...


@dataclass(frozen=True, slots=True)
class Passages:
    """The acts of staff. ``view`` has been looked up by whoever asks: the wall stands there."""

    records: PassageRecords
    clock: Clock

    def parts(self, view: ExperienceView) -> tuple[Part, ...]:
        after = self.records.neighbours(view.card.id)
        return tuple(
            Part(passage=each, digest=digest_of(each.text), cuts=cuts_of(each.text), joins=after.get(each.id))
            for each in view.card.passages
        )

    def split(
        self,
        view: ExperienceView,
        passage_id: UUID,
        member: StaffMember,
        *,
        at: int | None,
        begins: str,
        digest: str,
        new_id: UUID,
    ) -> bool:
        """Split at an offset, or before the words ``begins``. Raises ``NotFound`` and ``BadCut``. False: it has changed since."""
        passage = _passage(view, passage_id)
        if digest != digest_of(passage.text):
            return False
        cut = place_of(passage.text, begins) if begins else at
        if cut is None:
            raise BadCut("cut_empty")
        if not passage.text[:cut].strip() or not passage.text[cut:].strip():
            raise BadCut("cut_edge")
        return self.records.split(passage_id, cut, text=passage.text, new_id=new_id, member=member, now=self.clock.now())

    def join(self, view: ExperienceView, passage_id: UUID, other_id: UUID, member: StaffMember) -> bool:
        """Raises ``NotFound``. False: they cannot be joined."""
        _passage(view, passage_id)
        _passage(view, other_id)
        if self.records.neighbours(view.card.id).get(passage_id) != other_id:
            return False
        return self.records.join(passage_id, other_id, member=member, now=self.clock.now())


def digest_of(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def cuts_of(text: str) -> tuple[Cut, ...]:
    """Where a second thought may begin: after a full stop, a line, a comma; before "but" and its like. In order."""
    found = [each.end() for each in _CUT.finditer(text)]
    if len(found) > MOST_CUTS:
        strong = [at for at in found if text[:at].rstrip(" ")[-1:] in _STRONG]
        found = sorted((strong or found)[:MOST_CUTS])
    return tuple(Cut(at=at, begins=" ".join(text[at:].split()[:_BEGINS])) for at in found)


def place_of(text: str, begins: str) -> int:
    """Where these words stand, whatever their case and spacing. Raises ``BadCut``: nowhere, or more than once."""
    words = [re.escape(word) for word in begins.split()]
    found = [each.start() for each in re.finditer(r"\s+".join(words), text, re.IGNORECASE)] if words else []
    if not found:
        raise BadCut("cut_not_there")
    if len(found) > 1:
        raise BadCut("cut_twice")
    return found[0]


def shared_out(evidence: tuple[Span, ...], cut: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The evidence of each part, counted from its own beginning."""
    first = tuple((start, min(end, cut)) for start, end in evidence if start < cut)
    second = tuple((max(start, cut) - cut, end - cut) for start, end in evidence if end > cut)
    return first, second


def _passage(view: ExperienceView, passage_id: UUID) -> PassageView:
    passage = next((each for each in view.card.passages if each.id == passage_id), None)
    if passage is None:
        raise NotFound
    return passage
