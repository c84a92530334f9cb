"""A member of staff writes to the person behind an experience, on the channel they wrote on.

The words are kept sealed for ten seconds in which they can be taken back; then they go through the outbox like all that is
said, in the order in which they were written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerted import audit
from bot.errors import BotError, NotFound, StoreUnavailable
from bot.faults import place
from bot.model import ChannelName
from bot.outgoing import Priority, Spoken
from bot.ports import Channel, Clock, Transaction
from bot.records import NewOutbound, StaffMember
from bot.talks_held import Barrier, HoldStore, HoldWork, Letter, NewLetter, Talk, TalkRecords, barrier

TAKE_BACK = timedelta(seconds=10)
"""So long a letter can be taken back."""
LONGEST = 1600
"""Characters: what one text message of the largest kind holds; whoever has more to say rings, or writes twice."""
BY_PERSON = "person.words"
"""The key of what a person wrote: it stands in no wording."""

log = logging.getLogger(__name__)


class NotWritableError(BotError):
    """This person cannot be written to, or not by this member."""

    def __init__(self, barrier: Barrier | None = None) -> None:
        super().__init__()
        self.barrier = barrier


@dataclass(frozen=True, slots=True)
class Sheet:
    """What would leave: each part exactly as sent. ``segments`` is None where the channel does not count them."""

    parts: tuple[str, ...] = field(repr=False)
    characters: int
    segments: int | None
    barrier: Barrier | None


@dataclass(frozen=True, slots=True)
class Writing:
    """``segments`` counts what a text takes as a text message."""

    records: TalkRecords
    work: HoldStore
    channels: Mapping[ChannelName, Channel]
    clock: Clock
    new_id: Callable[[], UUID]
    segments: Callable[[str], int]

    def sheet(self, talk: Talk, text: str) -> Sheet:
        channel = self.channels[talk.channel]
        parts = tuple(part.text for part in channel.render(Spoken(text)))
        counted = sum(self.segments(part) for part in parts) if channel.traits.counts_segments else None
        return Sheet(parts, len(text), counted, barrier(talk, self.channels, self.clock.now()))

    def write(self, talk: Talk, member: StaffMember, letter_id: UUID, text: str) -> datetime:
        """Keep the words until they go; returns when. The same letter again changes nothing. Only whoever has the talk may,
        and nobody after STOP or when the provider's window is shut. Raises ``NotWritableError``.
        """
        now = self.clock.now()
        stands = barrier(talk, self.channels, now)
        if stands is not None:
            raise NotWritableError(stands)
        if talk.held_by != member.id:
            raise NotWritableError
        with self.work.transaction() as tx:
            self.keep(tx, talk, member, letter_id, text, now)
        return self.goes_at(now)

    def goes_at(self, now: datetime) -> datetime:
        return now + TAKE_BACK

    def keep(self, tx: HoldWork, talk: Talk, member: StaffMember, letter_id: UUID, text: str, now: datetime) -> None:
        """Within a transaction of somebody who has seen to it that this member may write here."""
        letter = NewLetter(
            id=letter_id,
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            staff_id=member.id,
            text=text,
            goes_at=self.goes_at(now),
        )
        if tx.add_letter(letter, now):
            tx.drop_draft(talk.id, member.id)
            tx.note_word(talk, now)
            tx.finish_held_tasks(talk.contact_id, member.id, now)
            audit(tx, member, "write", f"letter:{letter_id}", now)

    def waiting(self, talk: Talk) -> tuple[Letter, ...]:
        return self.records.letters(talk.id)

    def take_back(self, talk: Talk, member: StaffMember, letter_id: UUID) -> str | None:
        """Its words, to be put right and sent anew: they are this member's draft again. None: it has gone. Raises ``NotFound``
        for somebody else's.
        """
        now = self.clock.now()
        found = next((letter for letter in self.records.letters(talk.id) if letter.id == letter_id), None)
        if found is None or found.goes_at <= now:
            return None
        if found.staff_id != member.id:
            raise NotFound
        with self.work.transaction() as tx:
            released = tx.drop_letter(letter_id)
            if released is None:
                return None
            tx.unsay_word(talk, released)
            tx.keep_draft(talk, member.id, released.text, now)
            audit(tx, member, "take_back_letter", f"letter:{letter_id}", now)
        return released.text

    def sweep(self) -> bool:
        """Let one letter go whose seconds are over. True: there may be more."""
        now = self.clock.now()
        for letter in self.records.letters_due(now):
            try:
                gone = self._let_go(letter, now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - a fault of ours with one letter must not hold up the others
                log.error("letter %s could not go: %s", letter.id, place(error))  # noqa: TRY400 - a traceback may hold words
                continue
            if gone:
                return True
        return False

    def _let_go(self, letter: Letter, now: datetime) -> bool:
        talk = self.records.talk_of_letter(letter.id)
        with self.work.transaction() as tx:
            if talk is None:  # whoever it was for has had everything erased
                return tx.drop_letter(letter.id) is not None
            return self.release(tx, talk, letter.id, now)

    def release(self, tx: HoldWork, talk: Talk, letter_id: UUID, now: datetime) -> bool:
        """From its table into the outbox, in one transaction. False: it has gone already, or the channel is off for now."""
        if talk.channel not in self.channels:
            return False
        released = tx.drop_letter(letter_id)
        if released is None:
            return False
        self._enqueue(tx, talk, letter_id, released.staff_id, released.text, now)
        return True

    def _enqueue(self, tx: Transaction, talk: Talk, letter_id: UUID, staff_id: UUID, text: str, now: datetime) -> None:
        for position, part in enumerate(self.channels[talk.channel].render(Spoken(text))):
            row = NewOutbound(
                id=self.new_id(),
                dedupe_key=f"letter:{letter_id}:{position}",
                channel=talk.channel,
                address=talk.address,
                contact_id=talk.contact_id,
                conversation_id=talk.id,
                key=BY_PERSON,
                locale=talk.locale,
                part=part,
                priority=Priority.REPLY,
                position=position,
                not_before=now,
                thread=talk.thread,
                by_person=True,
                staff_id=staff_id,
            )
            tx.enqueue(row, now)
