"""Two references, one person: staff link them when they know it, never by a guess, and can part them again.

Nothing is copied and nothing is lost: what belonged to one belongs to the other from then on, and what went over is
written down, so that it can go back. While they are one, the STOP of either holds for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceCard
from bot.errors import BotError, NotFound
from bot.model import ChannelName
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import is_with_safeguarding, may_handle_alerts


class Refusal(StrEnum):
    """Why two references cannot be linked, or not be parted again."""

    SAME_REFERENCE = "same_reference"
    ONE_ALREADY = "one_already"
    ERASED = "erased"


class NotLinkableError(BotError):
    """These two cannot be linked, or not be parted."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who stands behind a reference, without a word on how to reach them. ``doors``: the channels they wrote on."""

    contact_id: UUID
    references: tuple[str, ...]
    doors: tuple[ChannelName, ...]
    has_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link that stands. ``references`` are those of the side that went over; ``by`` is a name."""

    id: UUID
    references: tuple[str, ...]
    linked_at: datetime
    by: str
    can_part: bool


class ContactLinks(Protocol):
    """Where links are kept. ``join`` and ``part`` are transactions of their own, with their line of the audit trail."""

    def person(self, reference: str) -> Person | None:
        """None: there is no such experience, or its words were withdrawn."""
        ...

    def links(self, contact_id: UUID) -> tuple[Link, ...]: ...

    def join(self, contact_id: UUID, other_id: UUID, *, staff_id: UUID, why: str, now: datetime) -> bool:
        """False: one of them was erased, or went elsewhere meanwhile."""
        ...

    def part(self, link_id: UUID, contact_id: UUID, *, staff_id: UUID, now: datetime) -> bool:
        """False: there is no such link any more, or something of theirs was erased since."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two, as the page that asks shows it: the experience, and who stands behind it."""

    card: ExperienceCard
    person: Person


@dataclass(frozen=True, slots=True)
class SamePerson:
    """The acts of staff. Each raises ``NotFound`` for a reference that is not there, or not for them to see."""

    records: ContactLinks
    store: Store
    clock: Clock

    def both(self, reference: str, other: str, member: StaffMember) -> tuple[Side, Side]:
        """The two, to be looked at side by side. Raises ``NotLinkableError``."""
        if reference == other:
            raise NotLinkableError(Refusal.SAME_REFERENCE)
        here, there = self._side(reference, member), self._side(other, member)
        if here.person.contact_id == there.person.contact_id:
            raise NotLinkableError(Refusal.ONE_ALREADY)
        return here, there

    def join(self, reference: str, other: str, member: StaffMember, why: str) -> None:
        """``why``: how the member knows, one line. Raises ``NotLinkableError``."""
        here, there = self.both(reference, other, member)
        now = self.clock.now()
        if not self.records.join(here.person.contact_id, there.person.contact_id, staff_id=member.id, why=why, now=now):
            raise NotLinkableError(Refusal.ERASED)

    def links(self, reference: str, member: StaffMember) -> tuple[Link, ...]:
        """The links that stand behind this reference, the newest first."""
        person = self.records.person(reference)
        found = () if person is None else self.records.links(person.contact_id)
        return tuple(replace(link, references=self._seen(link.references, member)) for link in found)

    def part(self, reference: str, link_id: UUID, member: StaffMember) -> None:
        """Raises ``NotLinkableError`` where something was erased since: what is gone cannot go back."""
        contact_id = self._side(reference, member).person.contact_id
        if not any(link.id == link_id for link in self.records.links(contact_id)):
            raise NotFound
        if not self.records.part(link_id, contact_id, staff_id=member.id, now=self.clock.now()):
            raise NotLinkableError(Refusal.ERASED)

    def _side(self, reference: str, member: StaffMember) -> Side:
        view, person = self.store.experience(reference), self.records.person(reference)
        hidden = view is not None and is_with_safeguarding(view.card)
        if view is None or person is None or (hidden and not may_handle_alerts(member, self.store.all_staff())):
            raise NotFound
        return Side(card=view.card, person=replace(person, references=self._seen(person.references, member)))

    def _seen(self, references: Sequence[str], member: StaffMember) -> tuple[str, ...]:
        """Those that are not behind the wall for this member: even that there is one is not for them to know."""
        if may_handle_alerts(member, self.store.all_staff()):
            return tuple(references)
        views = ((reference, self.store.experience(reference)) for reference in references)
        return tuple(reference for reference, view in views if view is not None and not is_with_safeguarding(view.card))
