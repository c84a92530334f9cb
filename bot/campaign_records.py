"""What the talk and the turn need of the store about campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.conversation import Conversation, Ending, InvitationAnswer


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of somebody and campaigns. ``invited``: the one they were invited to last and have not answered,
    and ``invited_at``. ``answered``: those whose questions they have been through. ``invites``: their newest word on being
    invited again.
    """

    invited: str = ""
    invited_at: datetime | None = None
    answered: frozenset[str] = frozenset()
    invites: bool | None = None


class CampaignRecords(Protocol):
    def known(self, contact_id: UUID) -> Known: ...


class CampaignTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` that is about campaigns."""

    def begin_campaign(self, contact_id: UUID, campaign: str, *, talk: Conversation, invited: bool, now: datetime) -> None:
        """Somebody is asked its questions: from now on what they answer stands together."""
        ...

    def keep_answer(
        self, contact_id: UUID, campaign: str, *, question: str, answer: str | None, inbound_seq: int, late: bool, now: datetime
    ) -> None:
        """``answer`` None: the words of the message are the answer. An earlier choice of theirs is replaced."""
        ...

    def end_campaign(self, contact_id: UUID, campaign: str, how: Ending, now: datetime) -> None: ...

    def answer_invitation(self, contact_id: UUID, campaign: str, answer: InvitationAnswer, now: datetime) -> None: ...
