"""What the team does with an experience beside reading it: give it to somebody, snooze it, set a day, write a note. These acts,
and those on tasks, tags and alerts, can be undone by who did them, so long as nobody has changed the same thing since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from bot.cards import ExperienceCard
from bot.days import ZONE
from bot.errors import BotError, NotFound
from bot.ports import Clock, Store, Transaction
from bot.records import StaffMember
from bot.wall import AT_WORK, Role, at_work, is_with_safeguarding, may_handle_alerts

LONGEST_NOTE = 2000
LAST = 10
FURTHEST = timedelta(days=366)
STILL_THERE = timedelta(minutes=2)
"""Whoever has opened a page so lately counts as having it open."""


class Act(StrEnum):
    """The first four are done here; the others elsewhere, and are noted with their line of the audit trail (``NOTED``). A passage
    that is removed (``bot.removing``) notes itself: ``after`` is what it is known by.
    """

    GIVE = "give"
    SNOOZE = "snooze"
    DUE = "due"
    NOTE = "note"
    DECIDE = "decide"
    READ = "read"
    FINISH = "finish_task"
    RELEASE = "release"
    TASK = "give_task"
    ALERT = "take_alert"
    HAND = "hand_alert"
    REMOVE = "remove"
    CLEAR = "clear_alert"


NOTED = {
    "decide": Act.DECIDE,
    "mark_read": Act.READ,
    "finish_task": Act.FINISH,
    "release": Act.RELEASE,
    "give_task": Act.TASK,
    "take_alert": Act.ALERT,
    "hand_alert": Act.HAND,
    "clear_alert": Act.CLEAR,
}
"""Acts of staff, by the word of the audit trail, that are noted to be undone."""
JUST_NOW = timedelta(minutes=1)
"""What was done so lately is what the page speaks of."""


class TooFarError(BotError):
    """A day must be in the future, and within a year."""


class PromisedBeforeError(BotError):
    """It is not read yet, and promised for an earlier day: it must be back by then."""


class GoneOnError(BotError):
    """Somebody has changed it since, so it is not undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act. ``before`` and ``after``: the id of a member of staff, or a day; of a note, its id. ``record`` is a task or an
    alert, such as ``task:…``; one that stands in no experience has no reference.
    """

    id: UUID
    act: Act
    experience_id: UUID | None
    reference: str | None
    before: str | None
    after: str | None
    at: datetime
    undone: bool = False
    record: str | None = None

    @property
    def record_id(self) -> UUID | None:
        return None if self.record is None else UUID(self.record.partition(":")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: UUID
    text: str
    by: str
    at: datetime


class DeskRecords(Protocol):
    def do(self, deed: Deed, member: StaffMember, *, note: str = "") -> None:
        """The change, its line on the list of what can be undone, and its line in the audit trail, at once. A note that stands
        is not written again; one that was undone stands again.
        """
        ...

    def undo(self, deed_id: UUID, member: StaffMember, now: datetime, *, with_safeguarding: bool) -> bool:
        """False: what it changed was changed again since. Raises ``NotFound`` for what is not this member's, was undone, or is
        behind the wall.
        """
        ...

    def last(self, staff_id: UUID, *, limit: int, with_safeguarding: bool) -> tuple[Deed, ...]: ...

    def notes(self, experience_id: UUID) -> tuple[Note, ...]: ...

    def look(self, experience_id: UUID, staff_id: UUID, now: datetime) -> None: ...

    def looking(self, experience_ids: Sequence[UUID], *, but: UUID, since: datetime) -> dict[UUID, tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class DeskWork:
    """Whoever may read the experience may do all of this: the views look it up behind the wall first."""

    records: DeskRecords
    store: Store
    clock: Clock
    zone: ZoneInfo = ZONE

    def team(self) -> tuple[StaffMember, ...]:
        return at_work(self.store.all_staff())

    def give(self, card: ExperienceCard, member: StaffMember, to: UUID | None) -> Deed | None:
        """To a colleague, to oneself, or (None) to nobody. None: it was so. Raises ``NotFound`` for who is not at work."""
        if to is not None and to not in {each.id for each in self.team()}:
            raise NotFound
        return self._do(Act.GIVE, card, member, _text(card.owner_id), _text(to))

    def snooze(self, card: ExperienceCard, member: StaffMember, until: date | None) -> Deed | None:
        """Until a day; None: it is back now. Raises ``TooFarError``, ``PromisedBeforeError``."""
        if until is not None:
            self._check(until, least=self._today() + timedelta(days=1))
            if is_with_safeguarding(card) or (card.read_at is None and until > card.promised_on):
                raise PromisedBeforeError
        return self._do(Act.SNOOZE, card, member, _text(card.asleep_until), _text(until))

    def set_due(self, card: ExperienceCard, member: StaffMember, day: date | None) -> Deed | None:
        """Raises ``TooFarError``."""
        if day is not None:
            self._check(day, least=self._today())
        return self._do(Act.DUE, card, member, _text(card.due_on), _text(day))

    def write(self, card: ExperienceCard, member: StaffMember, text: str, *, once: UUID) -> Deed:
        """``text``: 1 to 2,000 characters. It is never sent to a family. ``once`` is drawn with the page: the same words by the
        same page are a second press.
        """
        note_id = uuid5(once, f"note|{member.id}|{card.id}|{text}")
        deed = replace(self._deed(Act.NOTE, card, None, str(note_id)), id=uuid5(note_id, "deed"))
        self.records.do(deed, member, note=text)
        return deed

    def undo(self, deed_id: UUID, member: StaffMember) -> None:
        """Raises ``NotFound``, ``GoneOnError``."""
        may = may_handle_alerts(member, self.store.all_staff())
        if not self.records.undo(deed_id, member, self.clock.now(), with_safeguarding=may):
            raise GoneOnError

    def last(self, member: StaffMember, *, with_safeguarding: bool) -> tuple[Deed, ...]:
        return self.records.last(member.id, limit=LAST, with_safeguarding=with_safeguarding)

    def just_done(self, member: StaffMember) -> Deed | None:
        """What this member did a moment ago and can undo."""
        may = may_handle_alerts(member, self.store.all_staff())
        found = next(iter(self.records.last(member.id, limit=1, with_safeguarding=may)), None)
        return found if found is not None and not found.undone and self.clock.now() - found.at <= JUST_NOW else None

    def notes(self, card: ExperienceCard) -> tuple[Note, ...]:
        return self.records.notes(card.id)

    def open(self, card: ExperienceCard, member: StaffMember) -> tuple[str, ...]:
        """This member has it open now. The names of the others who do."""
        now = self.clock.now()
        self.records.look(card.id, member.id, now)
        return self.records.looking([card.id], but=member.id, since=now - STILL_THERE).get(card.id, ())

    def others(self, cards: Sequence[ExperienceCard], member: StaffMember) -> dict[UUID, tuple[str, ...]]:
        since = self.clock.now() - STILL_THERE
        return self.records.looking([card.id for card in cards], but=member.id, since=since) if cards else {}

    def _today(self) -> date:
        return self.clock.now().astimezone(self.zone).date()

    def _check(self, day: date, *, least: date) -> None:
        if not least <= day <= self._today() + FURTHEST:
            raise TooFarError

    def _do(self, act: Act, card: ExperienceCard, member: StaffMember, before: str | None, after: str | None) -> Deed | None:
        if before == after:
            return None
        deed = self._deed(act, card, before, after)
        self.records.do(deed, member)
        return deed

    def _deed(self, act: Act, card: ExperienceCard, before: str | None, after: str | None) -> Deed:
        return Deed(
            id=uuid4(),
            act=act,
            experience_id=card.id,
            reference=card.reference,
            before=before,
            after=after,
            at=self.clock.now(),
        )


def leave_work(tx: Transaction, staff_id: UUID, now: datetime, *, role: Role | None = None) -> tuple[str, ...]:
    """What somebody has who does not work with it any more is nobody's, where others find it, and an alert they took is called
    out again: nobody would be called about it. ``role`` is what they have now; None: they were locked out. The records, for
    ``bot.alerted.note_left``.
    """
    alerts = () if role is Role.SAFEGUARDING else tx.leave_alerts(staff_id, now)
    work = () if role in AT_WORK else tx.leave_work(staff_id)
    return (*(f"alert:{alert_id}" for alert_id in alerts), *work)


def _text(value: UUID | date | None) -> str | None:
    return None if value is None else str(value)
