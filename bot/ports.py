"""What the centre needs of the edges: clock, channels, listener, store, wake. Each edge implements; ``app.py`` joins.

The store has two shapes. Short *claims* are transactions of their own: they put a lease on a piece of work, so that
a process that dies holding it loses it after a while and another goes on. Everything else happens inside
``Store.transaction()``, which commits whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.alert_records import AlertDue, LooseAlert, NewAlert, OpenedWords
from bot.campaign_records import CampaignTransaction
from bot.cards import ExperienceCard, ExperienceView
from bot.conversation import Command, Conversation, Purpose
from bot.events import Event
from bot.heard import Heard, Risk, RiskLevel
from bot.inbox import InboxFilter, InboxPage
from bot.inbox_place import Place
from bot.media import MediaClaim, Settled
from bot.missed import Missed
from bot.model import Address, ChannelName, ChannelTraits, Contact, InboundMessage, Locale, Speaker
from bot.outgoing import DeliveryReceipt, OutboundState, Outgoing, Part, Sent, Spoken
from bot.records import (
    AmendedInbound,
    ChatLine,
    Erasure,
    ExportedMessage,
    NewDecision,
    NewOutbound,
    OutboundClaim,
    Reach,
    StaffMember,
    TakenBack,
    TurnClaim,
)


class Clock(Protocol):
    """The time, handed in. Aware, in UTC."""

    def now(self) -> datetime: ...


class Listener(Protocol):
    """Reads one text: redacts it, finds themes, feeling, place. Slow; lives in the worker. Never raises on any text."""

    @property
    def tagger(self) -> str:
        """Who tags, by name and version, as it is kept with each suggestion."""
        ...

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        """``question`` is the wording key the text answers, if any (it helps with feeling)."""
        ...


class Channel(Protocol):
    """One way in and out, as the outbox sees it. (The webhook half is in ``channels.base``.)"""

    @property
    def name(self) -> ChannelName: ...

    @property
    def traits(self) -> ChannelTraits: ...

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """Words and choices into what each call to the provider will carry, within its limits; at least one part."""
        ...

    def send(self, outgoing: Outgoing) -> Sent:
        """One call to the provider, outside any transaction. Raises a ``SendError`` of ``bot.errors``."""
        ...

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        """Ask the provider whether it took this message since then. None: it did not, or cannot say."""
        ...

    def template_for(self, key: str, locale: Locale) -> str | None:
        """The approved template with these words, which may go when the service window is shut. None: there is none."""
        ...


class Poller(Protocol):
    """A way in that nobody calls: we ask (IMAP, Telegram's getUpdates). Only one process asks at a time, under a lease."""

    @property
    def name(self) -> str: ...

    def poll(self, receive: Callable[[Sequence[Event]], object], *, wait: timedelta) -> bool:
        """One round: wait at most so long for something new and hand it to ``receive``; tell the provider that it has
        been taken only after ``receive`` has returned. True: there was something. Raises ``ProviderUnavailable``.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; the next ``poll`` makes a new one."""
        ...


class Wake(Protocol):
    """Who works next. The tables hold the guarantee: a lost wake-up costs a moment, never a message."""

    def wait(self, timeout: timedelta) -> None:
        """Return when something may have become due, or after ``timeout``."""
        ...

    def ring(self) -> None:
        """Something was committed by this process."""
        ...


class Transaction(CampaignTransaction, Protocol):
    """One unit of work. A method named ``hold_…`` takes a row lock (PostgreSQL) for the rest of it."""

    # people
    def hold_contact(self, sender: Address, also: Sequence[Address], *, locale: Locale, now: datetime) -> Contact:
        """The person behind an address, made if new; further addresses of theirs are linked."""
        ...

    def join_contact(self, contact_id: UUID, address: Address, now: datetime) -> None:
        """The person has shown that they are reached there as well: whoever was known there is joined to this contact,
        STOP above all, and it is audited. Nothing where both are one already.
        """
        ...

    def set_opted_out(self, contact_id: UUID, at: datetime | None) -> None: ...

    def set_greeted(self, contact_id: UUID, at: datetime) -> None: ...

    def set_locale(self, contact_id: UUID, locale: Locale) -> None: ...

    # inbound
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

    def settle_media(self, claim: MediaClaim, settled: Settled) -> None:
        """Commit what a step came to. Raises ``LeaseLost`` where the file was erased, or another worker has it by now."""
        ...

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None: ...

    def contact_at(self, address: Address, now: datetime) -> Contact | None:
        """The person behind an address, held; None when nobody has written from there."""
        ...

    def amend_inbound(
        self, channel: ChannelName, account: str, external_id: str, *, text: str, risk: Risk, now: datetime
    ) -> AmendedInbound | None:
        """New words for a message that is kept. The old ones stay sealed beside them, and it waits to be heard anew
        (``StoredInbound.amended``). None: there is no such message, or it was taken back, or the words are the same.
        """
        ...

    def withdraw_inbound(self, channel: ChannelName, account: str, external_id: str, now: datetime) -> bool:
        """The person unsent this message: out of the record as by ``take_back``; what safeguarding must keep stays."""
        ...

    def read_up_to(self, channel: ChannelName, reader: Address, at: datetime, now: datetime) -> int:
        """Everything sent to this address by then counts as read. Returns how many rows moved up."""
        ...

    def hold_talk(self, contact_id: UUID, channel: ChannelName, at: datetime | None, *, word: bool = False) -> bool:
        """A person of the team has the talk since ``at``, or (None) the bot has it again. One that they had already they have
        since then. ``word``: they have written in it just now. False: no talk is open there.
        """
        ...

    def remember_ref(self, contact_id: UUID, ref: str | None) -> None:
        """By which link they came: it goes on the next experience that opens."""
        ...

    def release_withheld(self, address: Address, channel: ChannelName, now: datetime) -> int:
        """The service window is open again: what was withheld for it goes now. Returns how many rows."""
        ...

    def add_deletion_request(self, *, code: str, channel: ChannelName, contact_id: UUID | None, now: datetime) -> bool:
        """A wish to be deleted, handed on by a provider; False when the code is there already."""
        ...

    def finish_deletion_request(self, code: str, staff_id: UUID, now: datetime) -> bool:
        """Somebody has seen to it. False: it was done before, or there is none."""
        ...

    def schedule_turn(self, contact_id: UUID, *, first_waiting_at: datetime, due_at: datetime, gives_way: bool = False) -> None:
        """``gives_way``: when it is due, it waits until no turn that does not is."""
        ...

    # the turn
    def hold_turn(self, claim: TurnClaim, *, also: Sequence[Address] = ()) -> None:
        """Take the contact's lock and check that the lease is still ours. Raises ``LeaseLost``. ``also``: and the locks of
        whoever is reached there, all in one order.
        """
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

    def call_off(self, outbound_id: UUID, now: datetime) -> bool:
        """What still waits to leave, this row and those beside it, is not so any more. False: it has left."""
        ...

    def count_as_one(self, experience_id: UUID) -> None:
        """The family says that its passages are one thing."""
        ...

    def close_experience(self, experience_id: UUID, now: datetime) -> None: ...

    def mark_reheard(self, seq: int, heard: Heard, *, tagger: str, taxonomy: str) -> None:
        """A message whose words were changed has been heard anew: new passages and suggestions take the place of the old,
        and what people had decided goes over to them.
        """
        ...

    def mark_unread(self, experience_id: UUID) -> None:
        """There is something in it for a person to read, though it is no feedback."""
        ...

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

    def save_conversation(self, conversation: Conversation, *, contact_id: UUID, now: datetime) -> None:
        """Insert or update. A second open one for the same contact and channel is refused by the database."""
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

    def erase_contact(self, contact_id: UUID, now: datetime) -> Erasure:
        """Words, addresses and links of this person go; keyed digests take the place of provider ids, so that an old
        repeat stays a repeat. What safeguarding must keep (messages with an alert) stays.
        """
        ...

    def finish_turn(self, claim: TurnClaim, *, now: datetime) -> None:
        """Drop the lease; the contact is due again if more messages wait."""
        ...

    def park(self, claim: TurnClaim, error: str, now: datetime) -> None:
        """These messages could not be handled: out of the queue, into the inbox with a flag."""
        ...

    # outbound
    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        """A row for the outbox; returns its ``seq``, or None when the dedupe key is there already."""
        ...

    def apply_receipt(self, receipt: DeliveryReceipt, now: datetime) -> UUID | None:
        """Move a message up the ladder, never down. Returns the contact it was for, or None if we do not know it."""
        ...

    def opt_out_outbound(self, receipt: DeliveryReceipt, now: datetime) -> None:
        """The provider says the person has opted out: the contact of this message is opted out."""
        ...

    def settle_outbound(
        self,
        outbound_id: UUID,
        worker: str,
        *,
        state: OutboundState,
        sent: Sent | None = None,
        error: str | None = None,
        not_before: datetime | None = None,
        asked: int | None = None,
        window_shut: bool = False,
        now: datetime,
    ) -> None:
        """Commit what became of a claimed row, unless a receipt has already said more. ``window_shut``: it is withheld
        until the person writes again (``release_withheld``).
        """
        ...

    def free_key(self, outbound_id: UUID) -> None:
        """What never left may be said anew: the key of this row is given up."""
        ...

    # alerts and people who work here
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

    def mark_read(self, experience_id: UUID, staff_id: UUID, now: datetime, *, seen: int | None = None) -> bool:
        """``seen`` is the ``seq`` of the person's newest line that the reader was shown; None: all there is.

        False, and nothing is changed: there are newer words.
        """
        ...

    def finish_task(self, task_id: UUID, staff_id: UUID, now: datetime) -> None: ...

    def add_staff(self, member: StaffMember, now: datetime) -> None: ...

    def update_staff(
        self,
        staff_id: UUID,
        *,
        password_hash: str | None = None,
        role: str | None = None,
        disabled_at: datetime | None = None,
        end_sessions: bool = False,
    ) -> None:
        """Another role ends this member's sessions too."""
        ...

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        """One line of the chained trail. Ids only, never text."""
        ...


class Store(Protocol):
    """Where everything is kept. Raises ``StoreUnavailable`` when the database cannot be reached or is too busy."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...

    def claim_turn(
        self, *, worker: str, now: datetime, lease: timedelta, one_at_a_time: Sequence[ChannelName]
    ) -> TurnClaim | None:
        """The person whose turn has been due the longest, leased; the try is counted. None: nobody is due.

        For channels in ``one_at_a_time`` (no settling) the claim holds the first waiting message alone; for others
        all that wait on the channel of the first.
        """
        ...

    def recent_texts(self, contact_id: UUID, *, since: datetime, before: int, limit: int) -> tuple[tuple[int, str], ...]:
        """What this person said since then, as ``seq`` and text: the last ``limit`` before ``seq`` ``before``, oldest first."""
        ...

    def next_turn_at(self) -> datetime | None: ...

    def release_dead(self, worker: str) -> None:
        """Free the leases of this machine's dead. A worker's name is ``host:pid`` (``/n`` after it for a thread): leases
        held by another process of the same host that runs no more need not be waited out.
        """
        ...

    def claim_outbound(
        self, *, worker: str, now: datetime, lease: timedelta, without: Sequence[ChannelName]
    ) -> OutboundClaim | None:
        """The next row to deliver, by priority and age; never one whose earlier sibling for the same address has not
        left (signposts and alerts excepted). A row found in ``sending`` with its lease run out comes back with
        ``was_sending``. ``without``: channels whose breaker is open; a signpost or an alert is tried all the same.
        """
        ...

    def is_provider_id_of_another(self, channel: ChannelName, provider_id: str, *, apart_from: UUID) -> bool:
        """Whether the provider's id is already known as that of a different row."""
        ...

    def waits_behind(self, outbound_id: UUID) -> bool:
        """Whether there is still what this nudge is about: words to the same address that wait for its person to write, or a
        member of staff who has the talk and asked.
        """
        ...

    def sent_since(self, channel: ChannelName, since: datetime, *, to: Address | None = None) -> int:
        """How many messages left on this channel since then (the hourly cap), in all or to one address."""
        ...

    def alerts_due(self, now: datetime) -> tuple[AlertDue, ...]: ...

    def reference_is_free(self, reference: str) -> bool: ...

    # reading, for staff, the web chat and the operator
    def inbox(self, wanted: InboxFilter, *, at: Place | None = None, back: bool = False, size: int = 20) -> InboxPage:
        """The first page, or the one that begins after ``at`` in the order (``back``: that ends before it)."""
        ...

    def experience(self, reference: str) -> ExperienceView | None: ...

    def reach(self, reference: str) -> Reach | None:
        """Where the person behind an experience wrote from last, unsealed. None: there is no such experience, or nobody
        to be reached any more (erased). Raises ``WrongKeys`` when the address does not open.
        """
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

    def status_of(self, contact_id: UUID) -> ExperienceCard | None: ...

    def chat_lines(self, address: Address, *, after: int, channels: Sequence[ChannelName]) -> tuple[ChatLine, ...]: ...

    def turn_pending(self, address: Address) -> bool:
        """Whether a message of this person still waits for its turn (the plain pages wait up to 2 s for it)."""
        ...

    def inbound_since(self, address: Address, since: datetime) -> int: ...

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None:
        """The ``seq`` of a message that was kept, looked up without the write lock. None: it never came."""
        ...

    def staff_by_username(self, username: str) -> StaffMember | None: ...

    def staff(self, staff_id: UUID) -> StaffMember | None: ...

    def all_staff(self) -> tuple[StaffMember, ...]: ...

    def rota(self) -> tuple[StaffMember, ...]:
        """Safeguarding staff with a mobile number, or an email address to sign in with, in the order they are to be called."""
        ...

    def export_messages(self) -> Iterator[ExportedMessage]:
        """One that does not open comes with an empty text and a state that says so; the others are not kept back."""
        ...

    def export_rows(self, what: str) -> Iterable[Mapping[str, object]]:
        """``experiences``, ``decisions``, ``actions`` or ``audit``: redacted, one flat mapping a row."""
        ...
