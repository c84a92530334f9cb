"""What the centre needs of the store for safety: alerts, who has them, who is to be called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.alert_records import AlertDue, LooseAlert, NewAlert, OpenedWords
from bot.heard import Risk
from bot.records import StaffMember


class AlertTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` about alerts."""

    def add_alert(self, alert: NewAlert) -> None: ...

    def raise_risk(self, seqs: Sequence[int], risk: Risk) -> None:
        """These messages are dangerous together, so each counts as what they are as one."""
        ...

    def link_alerts(self, seqs: Sequence[int], experience_id: UUID) -> None: ...

    def chased(self, alert_id: UUID, *, taken_at: datetime | None, next_at: datetime) -> bool:
        """Count a round, and say when the next is. False, and nothing is changed: it is not as it was when the round was worked
        out (``taken_at``), for somebody has taken it since, or given it back. Raises ``NotFound``.
        """
        ...

    def take_alert(self, alert_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """False: somebody has it, or it is closed."""
        ...

    def take_over_alert(self, alert_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """From another who has handed it on. False: it is not handed on, or not any more."""
        ...

    def close_alert(self, alert_id: UUID, staff_id: UUID, outcome: str, now: datetime) -> bool:
        """False: another outcome stands."""
        ...

    def leave_alerts(self, staff_id: UUID, now: datetime) -> tuple[UUID, ...]:
        """What they have taken, and nobody has said what came of, is nobody's again, and called out at once."""
        ...

    def clear_alert(self, alert_id: UUID, staff_id: UUID, why: str, now: datetime) -> bool:
        """Let the team see what a closed alert was raised about. False: it is open, or cleared already."""
        ...


class AlertStore(Protocol):
    """The part of ``bot.ports.Store`` about alerts."""

    def alerts_due(self, now: datetime) -> tuple[AlertDue, ...]: ...

    def rota(self) -> tuple[StaffMember, ...]:
        """Safeguarding staff with a mobile number, or an email address to sign in with, in the order they are to be called."""
        ...

    def loose_alerts(self) -> tuple[LooseAlert, ...]:
        """The open alerts whose words stand in no experience: what nobody has taken first, then the gravest, then the oldest."""
        ...

    def loose_alert(self, alert_id: UUID) -> LooseAlert | None:
        """One alert, closed or not, and by now with an experience or not. None: there is no such alert."""
        ...

    def open_words(self, alert_id: UUID) -> OpenedWords:
        """The message behind an alert, and what else of that person waits, unsealed. Raises ``NotFound``, ``WrongKeys``."""
        ...
