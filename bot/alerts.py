"""Alerts: every one is called out, up the rota, until a person has taken it and an outcome stands.

A call holds no words of the family. A round is committed whole, with when the next one is due: a worker that dies has either
called a round or not begun it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.alert_records import AlertDue
from bot.call_outs import About, Call, CallOut, CallStore, place
from bot.conversation import Say
from bot.hand_over import HandingCalls, HandStore, HandWork
from bot.model import ChannelName
from bot.ports import Channel, Clock
from bot.replies import Replies
from bot.rota import Rota, Rung

EVERY = timedelta(minutes=5)
"""Between two rounds of calls about one person, whatever more they write."""
NEXT_RUNG_AFTER = timedelta(minutes=15)
OUTCOME_WITHIN = timedelta(hours=4)
"""How long somebody who has taken an alert has it in peace, where no setting says otherwise; then the rota is climbed again."""
REMIND_EVERY = NEXT_RUNG_AFTER
"""Between two rounds about an alert that was taken and of which nobody has said what came: one rung higher each time."""
MOST_ROUNDS = 5
"""In five minutes, about different people. Then one text says how many wait, and at most one a minute."""
CROWD_EVERY = timedelta(minutes=1)
DRILL_LASTS = timedelta(hours=2)
"""After which a drill that nobody has acknowledged is called out no more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Round:
    """What is due about one person. ``waiting`` are those to be called about; ``in_peace``, those that somebody has, and until
    when; ``next_round``, when they may be called about again, where they were a moment ago.
    """

    waiting: tuple[AlertDue, ...]
    in_peace: tuple[tuple[AlertDue, datetime], ...]
    next_round: datetime | None

    @property
    def is_due(self) -> bool:
        return bool(self.waiting) and self.next_round is None


class AlertStore(CallStore, HandStore, Protocol):
    def transaction(self) -> AbstractContextManager[HandWork]: ...


class Alerts:
    """Calls the safeguarding staff by text and email: the first on the rota at once, one more rung every fifteen minutes."""

    def __init__(
        self,
        *,
        store: AlertStore,
        clock: Clock,
        replies: Replies,
        channels: Mapping[ChannelName, Channel],
        staff_url: str,
        new_id: Callable[[], UUID],
        outcome_within: timedelta = OUTCOME_WITHIN,
    ) -> None:
        self._store = store
        self._clock = clock
        self._call_out = CallOut(replies, channels)
        self._staff_url = staff_url
        self._handings = HandingCalls(store, self._call_out, staff_url)
        self._new_id = new_id
        self._outcome_within = outcome_within

    def chase(self) -> int:
        """One round about everybody with an alert whose next call is due, of each handing and each drill. Returns how many
        there were.
        """
        now = self._clock.now()
        due = self._store.alerts_due(now)
        people: dict[UUID, list[AlertDue]] = {}
        for alert in due:
            people.setdefault(alert.contact_id, []).append(alert)
        calling = sum(self._round(alerts, now).is_due for alerts in people.values())
        before = self._store.rounds_since(now - EVERY) if calling else ()
        if calling and len(before) + calling > MOST_ROUNDS:
            self._chase_crowd(list(people.values()), before, now)
        else:
            for alerts in people.values():
                self._chase(alerts, now)
        return len(due) + self._handings.chase(now) + self._drill(now)

    def _chase(self, alerts: Sequence[AlertDue], now: datetime) -> None:
        """One round about one person: whoever is called is called once, however many messages cried for help."""
        round_ = self._round(alerts, now)
        calls = self._calls(round_.waiting, now, self._say(round_.waiting)) if round_.is_due else []
        self._keep([round_], calls, now)

    def _chase_crowd(self, people: Sequence[Sequence[AlertDue]], before: Sequence[datetime], now: datetime) -> None:
        """One round about many: it says how many, and no more than one a minute goes out."""
        rounds = [self._round(alerts, now) for alerts in people]
        waiting = [alert for round_ in rounds if round_.is_due for alert in round_.waiting]
        if before and timedelta(0) <= now - before[-1] < CROWD_EVERY:
            with self._store.transaction() as tx:
                for alert in waiting:
                    tx.chased(alert.id, taken_at=alert.taken_at, next_at=before[-1] + CROWD_EVERY)
            rounds = [round_ for round_ in rounds if not round_.is_due]
            waiting = []
        say = Say("alert.call_many", {"staff_url": self._staff_url, "count": str(len(waiting))})
        self._keep(rounds, self._calls(waiting, now, say) if waiting else [], now)

    def _keep(self, rounds: Sequence[_Round], calls: Sequence[Call], now: datetime) -> None:
        with self._store.transaction() as tx:
            place(tx, calls, also=[alert.id for round_ in rounds if round_.is_due for alert in round_.waiting])
            for round_ in rounds:
                for alert, until in round_.in_peace:
                    tx.chased(alert.id, taken_at=alert.taken_at, next_at=until)
                for alert in round_.waiting:
                    rest = EVERY if alert.taken_at is None else REMIND_EVERY
                    tx.chased(alert.id, taken_at=alert.taken_at, next_at=round_.next_round or now + rest)

    def _round(self, alerts: Sequence[AlertDue], now: datetime) -> _Round:
        peace = tuple((alert, until) for alert in alerts if (until := self._peace(alert)) is not None and now < until)
        waiting = tuple(alert for alert in alerts if alert not in [each for each, _ in peace])
        return _Round(waiting, peace, _next_round(alerts, now))

    def _peace(self, alert: AlertDue) -> datetime | None:
        """How long whoever has taken it is left in peace; None: nobody has."""
        return None if alert.taken_at is None else alert.taken_at + self._outcome_within

    def _calls(self, alerts: Sequence[AlertDue], now: datetime, say: Say) -> list[Call]:
        untaken = [alert.raised_at for alert in alerts if alert.taken_at is None]
        overdue = [until for alert in alerts if (until := self._peace(alert)) is not None]
        rungs = 1 + (now - min(untaken or overdue)) // NEXT_RUNG_AFTER
        ladder = self._call_out.ladder(self._store.standing_rota(), now)[:rungs]
        oldest = min(alerts, key=_age)
        called = [*ladder, *self._takers(alerts, ladder)]
        calls = self._call_out.calls(called, say, about=About.ALERT, subject=oldest.id, round_=oldest.chases, now=now)
        if not calls:
            log.error("an alert waits and nobody can be called: fill the rota, and switch text messages or email on")
        return calls

    def _takers(self, alerts: Sequence[AlertDue], called: Sequence[Rung]) -> list[Rung]:
        """Whoever has one that is overdue is told too, if they can be and are not called as it is."""
        takers = {alert.taker.id: alert.taker for alert in alerts if alert.taker is not None}
        ids = {rung.id for rung in called}
        there = {route for rung in called for route in self._call_out.routes_to(rung)}
        rungs = Rota.first([*takers.values()]).rungs
        return [rung for rung in rungs if rung.id not in ids and not there & {*self._call_out.routes_to(rung)}]

    def _say(self, alerts: Sequence[AlertDue]) -> Say:
        """The call names the newest experience; one whose words have not had their turn has no reference yet."""
        values = {"staff_url": self._staff_url}
        if alerts and all(alert.taken_at is not None for alert in alerts):
            return Say("alert.outcome_due", values)
        known = [alert for alert in alerts if alert.reference]
        if not known:
            return Say("alert.call_early", values)
        return Say("alert.call", {**values, "reference": max(known, key=_age).reference or ""})

    def _drill(self, now: datetime) -> int:
        """A round of each drill, up the same rota by the same routes."""
        due = self._store.drills_due(now)
        for drill in due:
            lasted = now - drill.started_at
            calls: list[Call] = []
            if lasted < DRILL_LASTS:
                rungs = self._call_out.ladder(self._store.standing_rota(), now)[: 1 + lasted // NEXT_RUNG_AFTER]
                say = Say("alert.drill", {"staff_url": f"{self._staff_url}/drills/{drill.id}"})
                calls = self._call_out.calls(rungs, say, about=About.DRILL, subject=drill.id, round_=drill.chases, now=now)
            with self._store.transaction() as tx:
                place(tx, calls)
                tx.chased_drill(drill.id, next_at=now + EVERY if lasted < DRILL_LASTS else None)
        return len(due)


def _next_round(alerts: Sequence[AlertDue], now: datetime) -> datetime | None:
    """When the next round about this person is, if they were called about a moment ago; None: now."""
    called_at = alerts[0].called_at
    if called_at is None or not timedelta(0) <= now - called_at < EVERY:
        return None
    return called_at + EVERY


def _age(alert: AlertDue) -> tuple[datetime, UUID]:
    return alert.raised_at, alert.id
