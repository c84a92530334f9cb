"""Handing an alert to somebody else: they are called by every route they have, and until somebody takes it, it stays with
whoever handed it on. The clock of its outcome goes on all the while.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.call_outs import EMAIL, SMS, About, Call, CallOut, CallWork
from bot.conversation import Say
from bot.errors import BotError
from bot.model import ChannelName
from bot.records import StaffMember
from bot.rota import Rota, Rung, is_same
from bot.wall import may_handle_alerts

EVERY = timedelta(minutes=5)
"""Between two calls to whoever it was handed to."""
LASTS = timedelta(minutes=15)
"""After which they are called no more, and whoever handed it on is told that it is still theirs."""

log = logging.getLogger(__name__)


class NotHandedError(BotError):
    """It is not yours to hand on, is handed on already, or is closed."""


class End(StrEnum):
    """How a handing ended."""

    TAKEN = "taken"
    UNANSWERED = "unanswered"
    CALLED_OFF = "called_off"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHanding:
    id: UUID
    alert_id: UUID
    rung_id: UUID
    name: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """One, as the page of the alert tells it. ``end`` None: it is open; ``taken_by``: who took it, who may be another."""

    name: str
    by: str
    at: datetime
    end: End | None = None
    ended_at: datetime | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingDue:
    """An open one, whose next call is due. ``chases`` counts the calls so far."""

    id: UUID
    alert_id: UUID
    rung_id: UUID
    by: UUID
    at: datetime
    chases: int
    reference: str | None


class HandWork(CallWork, Protocol):
    """What handing over asks of a transaction beside calling out."""

    def hand_over(self, handing: NewHanding) -> bool:
        """False: the alert is not theirs, is handed on already, or is closed."""
        ...

    def chased_handing(self, handing_id: UUID, *, next_at: datetime) -> bool:
        """Count a call. False: it has ended meanwhile."""
        ...

    def end_handing(self, handing_id: UUID, end: End, now: datetime) -> bool:
        """False: it has ended already."""
        ...


class HandStore(Protocol):
    def transaction(self) -> AbstractContextManager[HandWork]: ...

    def handings_due(self, now: datetime) -> tuple[HandingDue, ...]: ...

    def standing_rota(self) -> Rota: ...

    def all_staff(self) -> tuple[StaffMember, ...]: ...


def reachable(rota: Rota, team: Iterable[StaffMember], routes: Collection[ChannelName] = (SMS, EMAIL)) -> tuple[Rung, ...]:
    """Whom an alert can be handed to: the rota in its order, then those who handle alerts and are not on it."""
    team = tuple(team)
    leads = [member for member in team if member.disabled_at is None and may_handle_alerts(member, team)]
    found: list[Rung] = []
    for rung in (*rota.called, *Rota.first(leads).rungs):
        can = (SMS in routes and rung.mobile is not None) or (EMAIL in routes and rung.email is not None)
        if can and not any(is_same(rung, other) for other in found):
            found.append(rung)
    return tuple(found)


def others(rungs: Sequence[Rung], member: StaffMember) -> tuple[Rung, ...]:
    """All but the rungs that reach this member."""
    (own,) = Rota.first([member]).rungs
    return tuple(rung for rung in rungs if not is_same(rung, own))


@dataclass(frozen=True, slots=True)
class HandingCalls:
    """Calls whoever an alert was handed to, and in the end whoever handed it on."""

    store: HandStore
    call_out: CallOut
    staff_url: str

    def chase(self, now: datetime) -> int:
        """One call about each handing whose next call is due. Each is committed whole with when the next is."""
        due = self.store.handings_due(now)
        for handing in due:
            self._chase(handing, now)
        return len(due)

    def _chase(self, handing: HandingDue, now: datetime) -> None:
        rungs = reachable(self.store.standing_rota(), self.store.all_staff(), self.call_out.channels)
        is_over = now - handing.at >= LASTS
        if is_over:
            by = [member for member in self.store.all_staff() if member.id == handing.by and member.disabled_at is None]
            calls = self._calls(handing, Rota.first(by).rungs, "alert.hand_unanswered", now)
        else:
            to = [rung for rung in rungs if rung.id == handing.rung_id]
            say = "alert.handed" if handing.reference else "alert.handed_early"
            calls = self._calls(handing, to, say, now)
        if not calls:
            log.error("an alert was handed on and nobody can be called about it: it stays with who handed it on")
        with self.store.transaction() as tx:
            if is_over:
                stands = tx.end_handing(handing.id, End.UNANSWERED, now)
            else:
                stands = tx.chased_handing(handing.id, next_at=min(now + EVERY, handing.at + LASTS))
            if stands:
                _place(tx, calls, handing.alert_id)

    def _calls(self, handing: HandingDue, rungs: Sequence[Rung], key: str, now: datetime) -> list[Call]:
        values = {"staff_url": f"{self.staff_url}/{handing.alert_id}"}
        if handing.reference:
            values["reference"] = handing.reference
        say = Say(key, values)
        return self.call_out.calls(rungs, say, about=About.HANDING, subject=handing.id, round_=handing.chases, now=now)


def _place(tx: HandWork, calls: Sequence[Call], alert_id: UUID) -> None:
    """They stand among the calls of the alert, on no rung of the ladder."""
    for call in calls:
        for row in call.rows:
            tx.enqueue(row, call.note.at)
        tx.note_call(replace(call.note, about=About.ALERT, subject=alert_id, rung=0))
