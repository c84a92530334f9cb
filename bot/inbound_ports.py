"""What the centre needs of the store for what people send: who they are, their messages, when their turn is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceCard
from bot.conversation import Command
from bot.heard import Risk
from bot.media import MediaClaim, Settled
from bot.model import Address, ChannelName, Contact, InboundMessage, Locale
from bot.records import AmendedInbound, ChatLine, Erasure, SaidAnew


class InboundTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` about people and what they send."""

    def hold_contact(self, sender: Address, also: Sequence[Address], *, locale: Locale, now: datetime) -> Contact:
        """The person behind an address, made if new; further addresses of theirs are linked."""
        ...

    def join_contact(self, contact_id: UUID, address: Address, now: datetime) -> None:
        """The person has shown that they are reached there as well: whoever was known there is joined to this contact,
        STOP above all, and it is audited. Nothing where both are one already.
        """
        ...

    def contact_at(self, address: Address, now: datetime) -> Contact | None:
        """The person behind an address, held; None when nobody has written from there."""
        ...

    def set_opted_out(self, contact_id: UUID, at: datetime | None) -> None: ...

    def set_greeted(self, contact_id: UUID, at: datetime) -> None: ...

    def set_locale(self, contact_id: UUID, locale: Locale) -> None: ...

    def remember_ref(self, contact_id: UUID, ref: str | None) -> None:
        """By which link they came: it goes on the next experience that opens."""
        ...

    def add_inbound(
        self,
        contact: Contact,
        message: InboundMessage,
        *,
        inbound_id: UUID,
        risk: Risk,
        command: Command | None,
        now: datetime,
        raw_blob: UUID | None = None,
    ) -> int | None:
        """Keep a message, sealed, waiting for its turn, and a row for each of its files. Returns its ``seq``; None when it
        is a repeat. ``raw_blob``: where the whole of it is kept.
        """
        ...

    def amend_inbound(
        self,
        channel: ChannelName,
        account: str,
        external_id: str,
        *,
        text: str,
        risk: Risk,
        now: datetime,
        look_by: date | None = None,
    ) -> AmendedInbound | None:
        """New words for a message that is kept. The old ones stay sealed beside them, and it waits to be heard anew
        (``StoredInbound.amended``). None: there is no such message, or it was taken back, or the words are the same.
        ``look_by``: the day of the task that asks somebody to look, where a part of it was removed (today, if not given);
        there is one at a time.
        """
        ...

    def said_anew(
        self, channel: ChannelName, account: str, external_id: str, *, text: str, risk: Risk, now: datetime
    ) -> SaidAnew | None:
        """New words for a message that was taken back, or of which staff removed all, where whoever wrote it is still known:
        to be kept with ``add_inbound``. Nothing of the old ones is put back from then on. None: there is no such message, it
        still stands, its writer was erased, or these are the words that went.
        """
        ...

    def withdraw_inbound(self, channel: ChannelName, account: str, external_id: str, now: datetime) -> bool:
        """The person unsent this message: out of the record as by ``take_back``; what safeguarding must keep stays."""
        ...

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None: ...

    def settle_media(self, claim: MediaClaim, settled: Settled) -> None:
        """Commit what a step came to. Raises ``LeaseLost`` where the file was erased, or another worker has it by now."""
        ...

    def schedule_turn(self, contact_id: UUID, *, first_waiting_at: datetime, due_at: datetime, gives_way: bool = False) -> None:
        """``gives_way``: when it is due, it waits until no turn that does not is."""
        ...

    def hold_talk(self, contact_id: UUID, channel: ChannelName, at: datetime | None, *, word: bool = False) -> bool:
        """A person of the team has the talk since ``at``, or (None) the bot has it again. One that they had already they have
        since then. ``word``: they have written in it just now. False: no talk is open there.
        """
        ...

    def add_deletion_request(self, *, code: str, channel: ChannelName, contact_id: UUID | None, now: datetime) -> bool:
        """A wish to be deleted, handed on by a provider; False when the code is there already."""
        ...

    def finish_deletion_request(self, code: str, staff_id: UUID, now: datetime) -> bool:
        """Somebody has seen to it. False: it was done before, or there is none."""
        ...

    def erase_contact(self, contact_id: UUID, now: datetime) -> Erasure:
        """Words, addresses and links of this person go; keyed digests take the place of provider ids, so that an old
        repeat stays a repeat. What safeguarding must keep (messages with an alert) stays.
        """
        ...


class InboundStore(Protocol):
    """The part of ``bot.ports.Store`` about what people have sent, and what they may see of it."""

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None:
        """The ``seq`` of a message that was kept, looked up without the write lock. None: it never came."""
        ...

    def inbound_since(self, address: Address, since: datetime) -> int: ...

    def turn_pending(self, address: Address) -> bool:
        """Whether a message of this person still waits for its turn (the plain pages wait up to 2 s for it)."""
        ...

    def chat_lines(self, address: Address, *, after: int, channels: Sequence[ChannelName]) -> tuple[ChatLine, ...]: ...

    def status_of(self, contact_id: UUID) -> ExperienceCard | None: ...
