"""The acts of staff on one alert, wherever it stands: somebody takes it, an outcome closes it, and
somebody lets the team see what it was about. Each leaves its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.alert_records import AlertView
from bot.ports import Store, Transaction
from bot.records import StaffMember
from bot.wall import Role

REAL = frozenset({"social_care", "police", "provider", "family"})
NOT_SAFEGUARDING = "not_safeguarding"
"""What came of an alert, as the first word of its outcome says: a matter for safeguarding, or none."""


def was_real(outcome: str) -> bool | None:
    """Whether it was a matter for safeguarding, by the outcome that was recorded; None: that does not say."""
    code = outcome.partition(":")[0]
    if code in REAL:
        return True
    return False if code == NOT_SAFEGUARDING else None


def clears(outcome: str) -> bool:
    """Whether this outcome lets the team see what was heard. After any other the record stays with safeguarding until
    somebody clears it and says why.
    """
    return was_real(outcome) is False


def take(store: Store, alert: AlertView, member: StaffMember, now: datetime) -> bool:
    """Say "I have this one". False: somebody already has it, be it since a moment ago, and it stays theirs, unless they have
    handed it on.
    """
    if not alert.is_open_to(member.id):
        return False
    with store.transaction() as tx:
        take_it = tx.take_alert if alert.taken_by is None else tx.take_over_alert
        taken = take_it(alert.id, member.id, now)
        if taken:
            audit(tx, member, "take_alert", f"alert:{alert.id}", now)
    return taken


def close(store: Store, alert: AlertView, member: StaffMember, outcome: str, now: datetime) -> bool:
    """Record what came of it. False: another outcome stands, be it since a moment ago, and is not written over. One
    that lets the team see it leaves that line too, so that it can be undone. ``outcome`` is 1 to 2,000 long.
    """
    if alert.outcome is not None:
        return False
    with store.transaction() as tx:
        tx.take_alert(alert.id, member.id, now)
        closed = tx.close_alert(alert.id, member.id, outcome, now)
        if closed:
            audit(tx, member, "close_alert", f"alert:{alert.id}", now)
        if closed and clears(outcome):
            audit(tx, member, "clear_alert", f"alert:{alert.id}", now)
    return closed


def clear(store: Store, alerts: Sequence[AlertView], member: StaffMember, why: str, now: datetime) -> bool:
    """Let the team see what these alerts were raised about. False: one of them is open, or none is left to clear. ``why`` is
    one line of 1 to 200 characters.
    """
    if any(alert.outcome is None for alert in alerts):
        return False
    with store.transaction() as tx:
        cleared = [alert.id for alert in alerts if tx.clear_alert(alert.id, member.id, why, now)]
        for alert_id in cleared:
            audit(tx, member, "clear_alert", f"alert:{alert_id}", now, why)
    return bool(cleared)


def leave_to(lead: StaffMember, tx: Transaction, team: Iterable[StaffMember], now: datetime) -> tuple[str, ...]:
    """What those who stood in for a lead have taken is called out again, once one is here. Nothing where this one leads nothing,
    or has not come in yet. The records, for ``note_left``.
    """
    if lead.role != Role.SAFEGUARDING or not lead.is_here:
        return ()
    others = [other.id for other in team if other.role != Role.SAFEGUARDING and other.id != lead.id]
    return tuple(f"alert:{alert_id}" for other in others for alert_id in tx.leave_alerts(other, now))


def note_left(tx: Transaction, records: Iterable[str], who: str, now: datetime) -> None:
    """``who`` locked somebody out, let a lead in, or gave a role, as the trail names it. All records are left before the first
    line of the trail: everybody else holds a record first and asks for the end of the trail then.
    """
    for record in records:
        tx.audit(who=who, action=f"leave_{record.partition(':')[0]}", record=record, now=now)


def audit(tx: Transaction, member: StaffMember, action: str, record: str, now: datetime, why: str = "") -> None:
    """Keep what a staff member did: ids, and a reason of their own where one was asked for."""
    tx.audit(who=f"staff:{member.id}", action=action, record=record, why=why, now=now)
