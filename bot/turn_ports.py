"""What the centre needs of the store for a turn: the claim, and what a turn leaves on the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.conversation import Conversation, Purpose
from bot.heard import Heard, RiskLevel
from bot.missed import Missed
from bot.model import Address, ChannelName, Locale, Speaker
from bot.records import NewDecision, TakenBack, TurnClaim


class TurnTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` about the turn."""

    def hold_turn(self, claim: TurnClaim, *, also: Sequence[Address] = ()) -> None:
        """Take the contact's lock and check that the lease is still ours. Raises ``LeaseLost``. ``also``: and the locks of
        whoever is reached there, all in one order.
        """
        ...

    def finish_turn(self, claim: TurnClaim, *, now: datetime) -> None:
        """Drop the lease; the contact is due again if more messages wait."""
        ...

    def park(self, claim: TurnClaim, error: str, now: datetime) -> None:
        """These messages could not be handled: out of the queue, into the inbox with a flag."""
        ...

    def save_conversation(self, conversation: Conversation, *, contact_id: UUID, now: datetime) -> None:
        """Insert or update. A second open one for the same contact and channel is refused by the database."""
        ...

    def open_experience(
        self,
        experience_id: UUID,
        *,
        contact_id: UUID,
        conversation_id: UUID,
        channel: ChannelName,
        reference: str,
        promised_on: date,
        locale: Locale,
        speaker: Speaker,
        now: datetime,
        ref: str | None = None,
    ) -> None: ...

    def close_experience(self, experience_id: UUID, now: datetime) -> None: ...

    def describe_experience(
        self,
        experience_id: UUID,
        *,
        speaker: Speaker | None = None,
        place: str | None = None,
        district: str | None = None,
        service: str | None = None,
        age_band: str | None = None,
        risk: RiskLevel | None = None,
        needs_translation: bool | None = None,
    ) -> None:
        """Add what was learnt; None changes nothing; risk only ever rises."""
        ...

    def count_as_one(self, experience_id: UUID) -> None:
        """The family says that its passages are one thing."""
        ...

    def promise_sooner(self, experience_id: UUID, day: date) -> None:
        """A person reads it by this day, unless an earlier one was promised already."""
        ...

    def promise_anew(self, experience_id: UUID, day: date) -> None:
        """New words join what somebody has read: these are read by this day. Nothing where none of it, or not all, is read."""
        ...

    def note_missed(self, missed: Missed, now: datetime) -> bool:
        """The promised day has passed, and what was done about that. False: another worker has noted it already, or it was
        kept in the meantime.
        """
        ...

    def mark_unread(self, experience_id: UUID) -> None:
        """There is something in it for a person to read, though it is no feedback."""
        ...

    def mark_heard(
        self,
        seq: int,
        heard: Heard,
        *,
        experience_id: UUID | None,
        question: str | None,
        is_story: bool,
        tagger: str,
        taxonomy: str,
    ) -> tuple[UUID, ...]:
        """The message has had its turn: keep its redacted text and, for a story, its passages with their suggestions.

        Returns the ids of the passages.
        """
        ...

    def mark_reheard(self, seq: int, heard: Heard, *, tagger: str, taxonomy: str) -> None:
        """A message whose words were changed has been heard anew: new passages and suggestions take the place of the old,
        and what people had decided goes over to them.
        """
        ...

    def passages_of(self, experience_id: UUID) -> tuple[UUID, ...]:
        """Its passages, oldest first."""
        ...

    def add_decision(self, decision: NewDecision) -> None: ...

    def add_consent(
        self,
        *,
        contact_id: UUID,
        experience_id: UUID | None,
        purpose: Purpose,
        given: bool,
        wording: str,
        inbound_seq: int | None,
        now: datetime,
        everywhere: bool = False,
    ) -> None:
        """``everywhere``: the same answer is added to every other experience of this person that has the opposite one."""
        ...

    def add_task(self, *, contact_id: UUID, experience_id: UUID | None, kind: str, due_on: date, now: datetime) -> None: ...

    def take_back(self, contact_id: UUID) -> TakenBack:
        """The newest story message of this person comes out: its words, passages and tags."""
        ...


class TurnStore(Protocol):
    """The part of ``bot.ports.Store`` about whose turn it is, and what they said before."""

    def claim_turn(
        self, *, worker: str, now: datetime, lease: timedelta, one_at_a_time: Sequence[ChannelName]
    ) -> TurnClaim | None:
        """The person whose turn has been due the longest, leased; the try is counted. None: nobody is due.

        For channels in ``one_at_a_time`` (no settling) the claim holds the first waiting message alone; for others
        all that wait on the channel of the first.
        """
        ...

    def next_turn_at(self) -> datetime | None: ...

    def release_dead(self, worker: str) -> None:
        """Free the leases of this machine's dead. A worker's name is ``host:pid`` (``/n`` after it for a thread): leases
        held by another process of the same host that runs no more need not be waited out.
        """
        ...

    def recent_texts(self, contact_id: UUID, *, since: datetime, before: int, limit: int) -> tuple[tuple[int, str], ...]:
        """What this person said since then, as ``seq`` and text: the last ``limit`` before ``seq`` ``before``, oldest first."""
        ...

    def reference_is_free(self, reference: str) -> bool: ...
