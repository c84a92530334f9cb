"""Danger in a turn: what is only dangerous together, and what only the second listener heard, is raised and answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from bot.alert_records import NewAlert
from bot.danger import DangerTexts
from bot.heard import Heard, Risk, RiskLevel
from bot.model import ChannelName, Locale
from bot.ports import Transaction
from bot.records import TurnClaim
from bot.second_listener import raise_added
from bot.together import parts_of


class TurnDanger:
    """``unanswered``: the channels on which nothing can be said."""

    def __init__(self, *, danger: DangerTexts, new_id: Callable[[], UUID], unanswered: Collection[ChannelName]) -> None:
        self._danger = danger
        self._new_id = new_id
        self._unanswered = unanswered

    def tongue(self, claim: TurnClaim, together: Risk) -> Locale | None:
        """The language of words that are only dangerous together, for a newcomer who has chosen none: all is answered in it."""
        if not together.level.needs_alert or claim.contact.greeted_at is not None:
            return None
        if any(stored.message.locale for stored in claim.messages):
            return None
        return self._danger.locale_for(claim.contact, "\n".join(stored.message.text for stored in claim.messages))

    def heed(
        self,
        tx: Transaction,
        claim: TurnClaim,
        together: Risk,
        earlier: Sequence[tuple[int, str]],
        heard: Sequence[Heard],
        experience_id: UUID | None,
        now: datetime,
    ) -> RiskLevel:
        """Words that are only dangerous together raise an alert here, and what only the second listener heard. Returns how
        dangerous this turn is.
        """
        alone = max(stored.risk.level for stored in claim.messages)
        if together.level.needs_alert:
            seqs = [*(seq for seq, _ in earlier), *(stored.seq for stored in claim.messages)]
            texts = [*(text for _, text in earlier), *(stored.message.text for stored in claim.messages)]
            parts = [seqs[place] for place in parts_of(texts, together.evidence)]
            tx.raise_risk(parts, together)
            self._alert(tx, claim, together, parts[-1], now, words="\n".join(texts))
            if tongue := self.tongue(claim, together):
                tx.set_locale(claim.contact.id, tongue)
        level = max(alone, together.level)
        if not level.needs_alert:
            level = max(level, self.raise_added(tx, claim, heard, now))
        if level.needs_alert and experience_id is not None:
            tx.link_alerts([stored.seq for stored in claim.messages], experience_id)
        return level

    def raise_added(self, tx: Transaction, claim: TurnClaim, heard: Sequence[Heard], now: datetime) -> RiskLevel:
        typed_in = claim.channel in self._unanswered
        return raise_added(tx, claim, heard, typed_in=typed_in, alert_id=self._new_id(), now=now)

    def _alert(self, tx: Transaction, claim: TurnClaim, risk: Risk, seq: int, now: datetime, *, words: str) -> None:
        alert_id = self._new_id()
        last = claim.messages[-1]
        tx.add_alert(NewAlert(id=alert_id, contact_id=claim.contact.id, inbound_seq=seq, risk=risk, raised_at=now))
        if claim.channel in self._unanswered:
            return
        for row in self._danger.rows(
            risk,
            words=words,
            dedupe=f"signpost:{last.id}",
            channel=claim.channel,
            address=claim.address,
            contact=claim.contact,
            alert_id=alert_id,
            thread=last.message.thread,
            now=now,
        ):
            tx.enqueue(row, now)
