"""Alerts: every one is called out, up the rota, until a person has taken it and an outcome stands.

A call holds no words of the family.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.model import ENGLISH, Address, ChannelName, Priority, Say
from bot.ports import Channel, Clock, Store
from bot.records import AlertDue
from bot.replies import Replies

EVERY = timedelta(minutes=5)
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
        """Call about every alert whose next call is due. Returns how many there were."""
        now = self._clock.now()
        due = self._store.alerts_due(now)
        for alert in due:
            if alert.taken_at is None:
                self._call(alert, rungs=1 + (now - alert.raised_at) // NEXT_RUNG_AFTER, again=now + EVERY)
            elif now < alert.taken_at + OUTCOME_WITHIN:
                with self._store.transaction() as tx:
                    tx.chased(alert.id, next_at=alert.taken_at + OUTCOME_WITHIN)
            else:
                self._call(alert, rungs=1, again=now + REMIND_EVERY)
        return len(due)

    def _call(self, alert: AlertDue, *, rungs: int, again: datetime) -> None:
        now = self._clock.now()
        called = self._store.rota()[:rungs] if self._can_text else ()
        if not called:
            log.error("an alert waits and nobody can be called: give safeguarding staff a mobile number, and switch SMS on")
        with self._store.transaction() as tx:
            for member in called:
                if member.mobile is None:
                    continue
                for row in self._replies.rows(
                    [Say("alert.call", {"reference": alert.reference or "", "staff_url": self._staff_url})],
                    dedupe=f"alert:{alert.id}:{alert.chases}:{member.id}",
                    channel=_SMS,
                    address=Address("tel", member.mobile),
                    locale=ENGLISH,
                    values={},
                    contact_id=None,
                    alert_id=alert.id,
                    priority=Priority.ALERT,
                    now=now,
                ):
                    tx.enqueue(row, now)
            tx.chased(alert.id, next_at=again)
