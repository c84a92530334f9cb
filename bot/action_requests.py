"""Asking a publisher to publish an action, or to have those told who said it: the asking, which can be taken back until it
is answered, and the answer with a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.actions import Action
from bot.errors import BotError, NotFound
from bot.ports import Clock
from bot.records import StaffMember
from bot.wall import NotYours, may_publish

LONGEST = 300
"""Characters of what is asked, and of what is answered."""
ANSWER_SHOWN = timedelta(days=7)
"""So long an answer stands on the page of the day of whoever asked."""


class Wish(StrEnum):
    PUBLISH = "publish"
    TELL = "tell"


class NoReasonError(BotError):
    """A no goes with a word that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    id: UUID
    action_id: UUID
    wish: Wish
    word: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``yes`` None: nobody has answered it. ``title`` is that of the action."""

    id: UUID
    action_id: UUID
    title: str
    wish: Wish
    word: str
    by: str
    asker_id: UUID
    at: datetime
    yes: bool | None = None
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None


class RequestRecords(Protocol):
    """Short transactions of its own, each act with its line of the audit trail. Raises ``StoreUnavailable``."""

    def ask(self, request: NewRequest) -> bool:
        """False: it is asked already."""
        ...

    def withdraw(self, request_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """It is gone, but for the audit trail. False: it is answered, there is none, or another member asked."""
        ...

    def answer(self, request_id: UUID, staff_id: UUID, now: datetime, *, yes: bool, word: str) -> bool:
        """False: it is answered already, or there is none."""
        ...

    def open(self) -> tuple[Request, ...]:
        """What nobody has answered, the oldest first."""
        ...

    def of_action(self, action_id: UUID) -> tuple[Request, ...]:
        """The newest first."""
        ...

    def answered(self, staff_id: UUID, since: datetime) -> tuple[Request, ...]:
        """What this member asked and somebody answered since, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class ActionRequests:
    records: RequestRecords
    clock: Clock
    new_id: Callable[[], UUID]

    def may_ask(self, action: Action, wish: Wish, member: StaffMember) -> bool:
        """A publisher need not ask; what is not ready, or not published yet, is not asked for; and nothing twice."""
        if may_publish(member) or self.is_asked(action, wish):
            return False
        if wish == Wish.TELL:
            return action.edition is not None
        return action.unready is None and (action.edition is None or action.is_newer)

    def is_asked(self, action: Action, wish: Wish) -> bool:
        """And nobody has answered."""
        return any(each.wish == wish and each.yes is None for each in self.records.of_action(action.id))

    def find(self, action: Action, request_id: UUID) -> Request | None:
        """None: whoever asked has taken it back."""
        return next((each for each in self.records.of_action(action.id) if each.id == request_id), None)

    def ask(self, action: Action, wish: Wish, member: StaffMember, word: str) -> UUID | None:
        """The request's id. None: there is nothing to ask for, or it is asked already."""
        if not self.may_ask(action, wish, member):
            return None
        now = self.clock.now()
        request = NewRequest(id=self.new_id(), action_id=action.id, wish=wish, word=word, by=member.id, at=now)
        return request.id if self.records.ask(request) else None

    def withdraw(self, asked: Request, member: StaffMember) -> bool:
        """False: somebody answered first, or it was taken back before. Raises ``NotFound`` where another member asked."""
        if asked.asker_id != member.id:
            raise NotFound
        return self.records.withdraw(asked.id, member.id, self.clock.now())

    def refuse(self, asked: Request, member: StaffMember, word: str) -> bool:
        """False: it is answered, or was taken back. Raises ``NotYours``, ``NoReasonError``."""
        if not may_publish(member):
            raise NotYours
        if not word:
            raise NoReasonError
        return self.records.answer(asked.id, member.id, self.clock.now(), yes=False, word=word)

    def grant(self, action: Action, wish: Wish, member: StaffMember, word: str = "") -> bool:
        """Once it is published, or they are told: whoever asked is answered. False: nobody asks any more. Raises ``NotYours``."""
        if not may_publish(member):
            raise NotYours
        asked = [each for each in self.records.of_action(action.id) if each.wish == wish and each.yes is None]
        now = self.clock.now()
        return sum(self.records.answer(each.id, member.id, now, yes=True, word=word) for each in asked) > 0

    def waiting_for(self, member: StaffMember) -> tuple[Request, ...]:
        return self.records.open() if may_publish(member) else ()

    def answered_for(self, member: StaffMember) -> tuple[Request, ...]:
        return self.records.answered(member.id, self.clock.now() - ANSWER_SHOWN)
