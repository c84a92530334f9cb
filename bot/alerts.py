"""Alerts: every one is called out, up the rota, until a person has taken it and an outcome stands.

A call holds no words of the family.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.conversation import Say
from bot.model import ENGLISH, Address, ChannelName, Priority
from bot.ports import Channel, Clock, Store
from bot.records import AlertDue, NewOutbound
from bot.replies import Replies

EVERY = timedelta(minutes=5)
"""Between two rounds of calls about one person, whatever more they write."""
NEXT_RUNG_AFTER = timedelta(minutes=15)
OUTCOME_WITHIN = timedelta(hours=4)
"""How long somebody who has taken an alert has it in peace; then the first on the rota is called each hour."""
REMIND_EVERY = timedelta(hours=1)
_SMS = ChannelName("sms")

log = logging.getLogger(__name__)


class Alerts:
    """Calls the safeguarding staff by text: the first on the rota at once, one more rung every fifteen minutes."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        replies: Replies,
        channels: Mapping[ChannelName, Channel],
        staff_url: str,
        new_id: Callable[[], UUID],
    ) -> None:
        self._store = store
        self._clock = clock
        self._replies = replies
        self._can_text = _SMS in channels
        self._staff_url = staff_url
        self._new_id = new_id

    def chase(self) -> int:
        """One round about everybody with an alert whose next call is due. Returns how many alerts there were."""
        now = self._clock.now()
        due = self._store.alerts_due(now)
        people: dict[UUID, list[AlertDue]] = {}
        for alert in due:
            people.setdefault(alert.contact_id, []).append(alert)
        for alerts in people.values():
            self._chase(alerts, now)
        return len(due)

    def _chase(self, alerts: Sequence[AlertDue], now: datetime) -> None:
        """One round about one person: whoever is called is called once, however many messages cried for help."""
        left_in_peace = {alert.id: until for alert in alerts if (until := _peace(alert)) is not None and now < until}
        waiting = [alert for alert in alerts if alert.id not in left_in_peace]
        next_round = _next_round(alerts, now)
        calls = self._calls(waiting, now) if waiting and next_round is None else []
        with self._store.transaction() as tx:
            for row in calls:
                tx.enqueue(row, now)
            for alert_id, until in left_in_peace.items():
                tx.chased(alert_id, next_at=until)
            for alert in waiting:
                tx.chased(alert.id, next_at=next_round or now + (EVERY if alert.taken_at is None else REMIND_EVERY))

    def _calls(self, alerts: Sequence[AlertDue], now: datetime) -> list[NewOutbound]:
        untaken = [alert.raised_at for alert in alerts if alert.taken_at is None]
        rungs = 1 + (now - min(untaken, default=now)) // NEXT_RUNG_AFTER
        called = self._store.rota()[:rungs] if self._can_text else ()
        if not called:
            log.error("an alert waits and nobody can be called: give safeguarding staff a mobile number, and switch SMS on")
        oldest = min(alerts, key=_age)
        return [
            row
            for member in called
            if member.mobile is not None
            for row in self._replies.rows(
                [self._say(alerts)],
                dedupe=f"alert:{oldest.id}:{oldest.chases}:{member.id}",
                channel=_SMS,
                address=Address("tel", member.mobile),
                locale=ENGLISH,
                values={},
                contact_id=None,
                alert_id=oldest.id,
                priority=Priority.ALERT,
                now=now,
            )
        ]

    def _say(self, alerts: Sequence[AlertDue]) -> Say:
        """The call names the newest experience; one whose words have not had their turn has no reference yet."""
        known = [alert for alert in alerts if alert.reference]
        values = {"staff_url": self._staff_url}
        if not known:
            return Say("alert.call_early", values)
        return Say("alert.call", {**values, "reference": max(known, key=_age).reference or ""})


def _peace(alert: AlertDue) -> datetime | None:
    """How long whoever has taken it is left in peace; None: nobody has."""
    return None if alert.taken_at is None else alert.taken_at + OUTCOME_WITHIN


def _next_round(alerts: Sequence[AlertDue], now: datetime) -> datetime | None:
    """When the next round about this person is, if they were called about a moment ago; None: now."""
    called_at = alerts[0].called_at
    if called_at is None or not timedelta(0) <= now - called_at < EVERY:
        return None
    return called_at + EVERY


def _age(alert: AlertDue) -> tuple[datetime, UUID]:
    return alert.raised_at, alert.id
