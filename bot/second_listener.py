"""What the listener hears behind the rules: it may add to them, for people to look; it sends the family nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.alert_records import NewAlert
from bot.heard import Heard, Risk, RiskLevel
from bot.masks import onto
from bot.model import Manner, Span
from bot.ports import Listener, Transaction
from bot.records import StoredInbound, TurnClaim
from bot.redaction import redactor

OLD_AFTER = timedelta(days=90)
"""What was said longer ago and is only now typed in or imported calls nobody."""


def hear_all(listener: Listener, messages: Sequence[StoredInbound], *, question: str | None) -> list[Heard]:
    """Each message, and, where nobody is in danger by any of them, all but commands as one: what that adds is kept with the last.
    A command is no words of theirs, and the code behind DELETE is drawn by chance.
    """
    heard = [_heard(listener, stored, question) for stored in messages]
    told = [place for place, stored in enumerate(messages) if stored.command is None]
    if len(told) > 1 and not any(_needs_alert(stored, what) for stored, what in zip(messages, heard, strict=True)):
        together = listener.hear("\n".join(messages[place].message.text for place in told), question=question).risk
        if together.by_scorer and together.level.needs_alert:
            heard[told[-1]] = replace(heard[told[-1]], risk=replace(together, evidence=()))
    return heard


def _heard(listener: Listener, stored: StoredInbound, question: str | None) -> Heard:
    """A command, as "call me", is what it is: only the rules may hear more in it."""
    heard = listener.hear(stored.message.text, question=question)
    if stored.command is not None and heard.risk.by_scorer:
        return replace(heard, risk=stored.risk)
    return _weighed(stored.message.text, heard)


def _weighed(text: str, heard: Heard) -> Heard:
    """With the words that weighed, as they stand in what people may read."""
    return replace(heard, weighed=_shown(text, heard)) if heard.risk.by_scorer and heard.risk.level.needs_alert else heard


def _shown(text: str, heard: Heard) -> tuple[Span, ...]:
    """What is masked is left out."""
    found = onto([(start, end, "") for start, end in heard.risk.evidence], text, heard.redacted) or []
    masks = redactor().placeholders(heard.redacted)
    return tuple((start, end) for start, end, _ in found if all(end <= first or last <= start for first, last in masks))


def raise_added(
    tx: Transaction, claim: TurnClaim, heard: Sequence[Heard], *, typed_in: bool, alert_id: UUID, now: datetime
) -> RiskLevel:
    """One alert for a turn in which only the second listener hears danger: of the gravest of its messages. Nothing is sent
    for it. Returns that level; NONE where it adds nothing. ``typed_in``: on a channel that answers nobody; only there can
    words be old, for the clock of a telephone may be wrong.
    """
    found = _added(claim.messages, heard)
    if found is None:
        return RiskLevel.NONE
    stored, risk = found
    tx.raise_risk([stored.seq], risk)
    calls = not (typed_in and _is_old(stored, now))
    alert = NewAlert(id=alert_id, contact_id=claim.contact.id, inbound_seq=stored.seq, risk=risk, raised_at=now, calls=calls)
    tx.add_alert(alert)
    return risk.level


def _added(messages: Sequence[StoredInbound], heard: Sequence[Heard]) -> tuple[StoredInbound, Risk] | None:
    """None where the rules hear danger in any of them: then people look already."""
    if any(stored.risk.level.needs_alert for stored in messages):
        return None
    both = zip(messages, heard, strict=True)
    found = [(stored, what.risk) for stored, what in both if what.risk.by_scorer and what.risk.level.needs_alert]
    return max(found, key=lambda each: each[1].level, default=None)


def _is_old(stored: StoredInbound, now: datetime) -> bool:
    message = stored.message
    return message.manner is Manner.KEEP and message.sent_at is not None and now - message.sent_at > OLD_AFTER


def _needs_alert(stored: StoredInbound, heard: Heard) -> bool:
    return stored.risk.level.needs_alert or heard.risk.level.needs_alert
