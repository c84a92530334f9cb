"""Messages that could not be handled: out of the queue, into the inbox with a flag. Nobody's words wait unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, case, insert, update

from bot.model import Speaker
from bot.records import TurnClaim
from storage.masking import hide_said
from storage.tables import alert, experience, inbound_message
from storage.tables.messages import InboundState
from storage.turns import end_turn
from storage.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """One message that could not be handled."""

    seq: int
    id: UUID
    risk: int
    redacted: str = ""


class Parking(Unit):
    """The method of ``bot.ports.Transaction`` that parks."""

    def park(self, claim: TurnClaim, error: str, now: datetime) -> None:
        stuck = [
            Stuck(seq=each.seq, id=each.id, risk=int(each.risk.level), redacted=self._redacted(each.message.text))
            for each in claim.messages
        ]
        put_aside(
            self.connection,
            stuck,
            contact_id=claim.contact.id,
            channel=claim.channel,
            locale=claim.contact.locale,
            experience_id=claim.experience_id,
            error=error,
            now=now,
        )
        if claim.experience_id is not None:
            for each in stuck:
                hide_said(self, each.seq, claim.experience_id)
        end_turn(self, claim, now)

    def _redacted(self, words: str) -> str:
        """A person must be able to read it; but if it is the redactor that fails on it, parking must not fail too."""
        try:
            return self.people(words)
        except Exception:  # noqa: BLE001 - any failure leaves the words sealed, as they were
            return ""


def put_aside(
    connection: Connection,
    stuck: Sequence[Stuck],
    *,
    contact_id: UUID,
    channel: str,
    locale: str,
    experience_id: UUID | None,
    error: str,
    now: datetime,
) -> None:
    """Park them in their experience, or in one of their own, promised for today so that it stands at the top."""
    risk = max(each.risk for each in stuck)
    if experience_id is None:
        experience_id = uuid5(stuck[0].id, "parked")
        connection.execute(
            insert(experience),
            {
                "id": experience_id,
                # Not from the words references are drawn from, so it is never taken; and it says what it is.
                "reference": f"PARKED {stuck[0].seq}",
                "contact_id": contact_id,
                "channel": channel,
                "locale": locale,
                "speaker": Speaker.UNKNOWN.value,
                "promised_on": now.date(),
                "opened_at": now,
            },
        )
    connection.execute(
        update(experience)
        .where(experience.c.id == experience_id)
        .values(
            parked=True,
            withdrawn=False,
            unread=True,
            risk=case((experience.c.risk < risk, risk), else_=experience.c.risk),
        )
    )
    for each in stuck:
        connection.execute(
            update(inbound_message)
            .where(inbound_message.c.seq == each.seq, inbound_message.c.state == InboundState.WAITING.value)
            .values(state=InboundState.PARKED.value, experience_id=experience_id, redacted=each.redacted, error=error)
        )
        connection.execute(
            update(alert)
            .where(alert.c.inbound_seq == each.seq, alert.c.experience_id.is_(None))
            .values(experience_id=experience_id)
        )
