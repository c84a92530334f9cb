"""Accepting: what arrives is committed, with its danger looked for first, before the provider is told that all is well."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.alert_records import NewAlert
from bot.channel_log import Became, ChannelLog, Outcome, Way, told_of
from bot.commands import Commands
from bot.conversation import Command, Say
from bot.danger import DangerTexts
from bot.errors import StoreUnavailable
from bot.events import Amended, Event, MissedCall
from bot.happenings import note
from bot.heard import Risk
from bot.hours import Hours
from bot.media import Blobs
from bot.model import ENGLISH, Address, ChannelName, Contact, InboundMessage, Manner
from bot.outgoing import DeliveryReceipt
from bot.ports import Channel, Clock, Store, Transaction, Wake
from bot.replies import Replies
from bot.safety import check

log = logging.getLogger(__name__)

_SAID_BY_THE_NETWORK = {"STOP": Command.STOP, "START": Command.START, "HELP": Command.HELP}
"""A team may set keywords of its own with the provider, who then says which it was, whatever the word."""

OLD_AFTER = timedelta(days=90)
"""What was said longer ago and is only now typed in or imported: its danger stands first in the inbox, and calls nobody."""


_NOTED = Became(outcome=Outcome.NOTED)


class _RepeatError(Exception):
    """The message is there already, as ``seq``: nothing of this transaction is wanted, not even a contact made for it."""

    def __init__(self, seq: int | None) -> None:
        super().__init__()
        self.became = Became(outcome=Outcome.REPEAT, detail=str(seq or ""))


class Intake:
    """The one way in for every channel. A repeat ends here; danger is answered here; everything else waits its turn."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        wake: Wake,
        commands: Commands,
        danger: DangerTexts,
        replies: Replies,
        hours: Hours,
        signposts: Mapping[str, str],
        channels: Mapping[ChannelName, Channel],
        burst_cap: timedelta,
        new_id: Callable[[], UUID],
        blobs: Blobs | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._commands = commands
        self._danger = danger
        self._replies = replies
        self._hours = hours
        self._signposts = signposts
        self._channels = channels
        self._burst_cap = burst_cap
        self._new_id = new_id
        self._blobs = blobs
        self.log: ChannelLog | None = None
        """Told of every event and what became of it, where whoever puts the parts together has set it."""

    def receive(self, events: Sequence[Event]) -> None:
        """Commit each event. Returns only when all of them are kept; raises ``StoreUnavailable`` when one is not.

        Each has a transaction of its own: after a failure the provider repeats them all, and those kept are repeats.
        """
        for event in events:
            try:
                became = self._receive(event)
            except StoreUnavailable:
                self._tell(event, Became(outcome=Outcome.NOT_KEPT))
                raise
            self._tell(event, became)
        self._wake.ring()

    def _tell(self, event: Event, became: Became) -> None:
        """What no provider brought (rows of a file) is no call, and stands in no log."""
        told = told_of(event)
        channel = self._channels.get(ChannelName(told.channel))
        if self.log is not None and (channel is None or not channel.traits.gives_way):
            self.log.note(told.channel, Way.IN, told.what, became.outcome, detail=became.detail, address=told.address)

    def _receive(self, event: Event) -> Became:
        now = self._clock.now()
        match event:
            case InboundMessage():
                try:
                    return self._accept(event, now)
                except _RepeatError as repeat:
                    return repeat.became
            case Amended():
                self._amend(event, now)
            case MissedCall():
                self._text_back(event, now)
            case DeliveryReceipt():
                with self._store.transaction() as tx:
                    note(tx, event, now)
                return Became(outcome=Outcome.NOTED, detail=" ".join((event.status.name.lower(), event.code or "")).strip())
            case _:
                with self._store.transaction() as tx:
                    note(tx, event, now)
        return _NOTED

    def _accept(self, message: InboundMessage, now: datetime) -> Became:
        risk = check(message.text)
        try:
            raw_blob = self._keep_raw(message)
        except StoreUnavailable:
            if not risk.level.needs_alert:
                raise  # it comes again, whole
            log.error("a mail in which somebody may be in danger is kept by its words alone: its files had no place")  # noqa: TRY400 - a traceback may hold words
            raw_blob = None
        # A repeat leaves by the exception, so that not even a contact made for it stays.
        with self._store.transaction() as tx:
            seq = self._keep(tx, message, risk, raw_blob, now)
        return Became(outcome=Outcome.KEPT, detail=str(seq))

    def _keep(self, tx: Transaction, message: InboundMessage, risk: Risk, raw_blob: UUID | None, now: datetime) -> int:
        contact = tx.hold_contact(message.sender, message.also, locale=message.locale or ENGLISH, now=now)
        if message.locale and message.locale != contact.locale:
            tx.set_locale(contact.id, message.locale)
            contact = replace(contact, locale=message.locale)
        message = self._as_meant(tx, contact, message, now)
        command = self._command(message, contact)
        inbound_id = self._new_id()
        seq = tx.add_inbound(contact, message, inbound_id=inbound_id, risk=risk, command=command, now=now, raw_blob=raw_blob)
        if seq is None:
            raise _RepeatError(tx.seq_of(message.channel, message.account, message.external_id))
        at_once = command is not None or message.choice is not None or risk.level.needs_alert
        self._schedule(tx, contact, message.channel, at_once=at_once, now=now)
        if message.ref:
            tx.remember_ref(contact.id, message.ref)
        if command is not Command.STOP:  # who says STOP is not sent what waited for them until then
            self._open_window(tx, message, now)
        if risk.level.needs_alert:
            contact = self._speak_their_language(tx, contact, message)
            signpost = message.manner is not Manner.RECORD and self._channels[message.channel].traits.answers
            self._alert(
                tx,
                contact,
                message.channel,
                message.sender if signpost else None,
                thread=message.thread,
                cause=inbound_id,
                seq=seq,
                risk=risk,
                words=message.text,
                calls=not self._is_old(message, now),
                now=now,
            )
        return seq

    def _keep_raw(self, message: InboundMessage) -> UUID | None:
        """The whole of a mail goes to the blob store before anything says that it is kept: what is committed has its blob.

        A blob whose message is then not committed belongs to nobody, and is swept.
        """
        if self._blobs is None or message.raw is None:
            return None
        if self._store.seq_of(message.channel, message.account, message.external_id) is not None:
            return None
        return self._blobs.put(message.raw)

    def _is_old(self, message: InboundMessage, now: datetime) -> bool:
        """Only what was typed in or imported can be. A mail that asks for no answer has a date too, but of its sender's
        making: a telephone with a wrong clock must not silence an alarm.
        """
        if message.manner is not Manner.KEEP or self._channels[message.channel].traits.answers:
            return False
        return message.sent_at is not None and now - message.sent_at > OLD_AFTER

    def _command(self, message: InboundMessage, contact: Contact) -> Command | None:
        """The word understood anywhere that this message is. What nobody says to us (a letter, a comment) commands nothing."""
        if message.manner is not Manner.TALK:
            return None
        said_so = _SAID_BY_THE_NETWORK.get(message.details.get("opt_out_type", "").upper())
        return said_so or self._commands.recognise(message.text, contact.locale)

    def _as_meant(self, tx: Transaction, contact: Contact, message: InboundMessage, now: datetime) -> InboundMessage:
        """A mail that asks for no automatic answer may say STOP all the same: it holds, and gets none. Not what staff type."""
        if message.manner is not Manner.KEEP or not self._channels[message.channel].traits.answers:
            return message
        if self._commands.recognise(message.text, contact.locale) is not Command.STOP:
            return message
        tx.set_opted_out(contact.id, now)
        return replace(message, manner=Manner.RECORD)

    def _open_window(self, tx: Transaction, message: InboundMessage, now: datetime) -> None:
        if self._channels[message.channel].traits.service_window is not None:
            tx.release_withheld(message.sender, message.channel, now)

    def _speak_their_language(self, tx: Transaction, contact: Contact, message: InboundMessage) -> Contact:
        """A newcomer who has chosen no language is spoken to in that of the first words of danger, where we speak it."""
        locale = self._danger.locale_for(contact, message.text)
        if contact.greeted_at is not None or message.locale is not None or locale == contact.locale:
            return contact
        tx.set_locale(contact.id, locale)
        return replace(contact, locale=locale)

    def _schedule(self, tx: Transaction, contact: Contact, channel: ChannelName, *, at_once: bool, now: datetime) -> None:
        """A burst is one turn: due after a pause that starts again with each message, and after the cap in any case."""
        first = contact.first_waiting_at or now
        if at_once:
            due = now
        elif contact.first_waiting_at is not None and contact.turn_due_at is not None and contact.turn_due_at <= now:
            due = contact.turn_due_at  # overdue stays overdue; but what comes while a worker answers is a new burst
        else:
            due = min(now + self._channels[channel].traits.settle, max(first + self._burst_cap, now))
        gives_way = self._channels[channel].traits.gives_way
        tx.schedule_turn(contact.id, first_waiting_at=first, due_at=due, gives_way=gives_way)

    def _alert(
        self,
        tx: Transaction,
        contact: Contact,
        channel: ChannelName,
        address: Address | None,
        *,
        thread: Mapping[str, str],
        cause: UUID,
        seq: int,
        risk: Risk,
        words: str,
        now: datetime,
        calls: bool = True,
    ) -> None:
        """The alert and the signpost are committed with the message: no crash can part them.

        ``address`` None: there is nobody a text could go to (a letter, a comment), so the alert stands alone.
        """
        alert_id = self._new_id()
        alert = NewAlert(id=alert_id, contact_id=contact.id, inbound_seq=seq, risk=risk, raised_at=now, calls=calls)
        tx.add_alert(alert)
        if address is None:
            return
        for row in self._danger.rows(
            risk,
            words=words,
            dedupe=f"signpost:{cause}",
            channel=channel,
            address=address,
            contact=contact,
            alert_id=alert_id,
            thread=thread,
            now=now,
        ):
            tx.enqueue(row, now)

    def _amend(self, change: Amended, now: datetime) -> None:
        """New words are looked at for danger as any others; they are heard again, and not answered as new ones."""
        risk = check(change.text)
        with self._store.transaction() as tx:
            look_by = self._hours.due_on("look_again", now)
            amended = tx.amend_inbound(
                change.channel, change.account, change.external_id, text=change.text, risk=risk, now=now, look_by=look_by
            )
            if amended is None:
                self._take_anew(tx, change, risk, now)
                return
            self._schedule(tx, amended.contact, change.channel, at_once=risk.level.needs_alert, now=now)
            if risk.level.needs_alert:
                self._alert(
                    tx,
                    amended.contact,
                    change.channel,
                    amended.sender if self._channels[change.channel].traits.answers else None,
                    thread={},
                    cause=self._new_id(),
                    seq=amended.seq,
                    risk=risk,
                    words=change.text,
                    now=now,
                )

    def _take_anew(self, tx: Transaction, change: Amended, risk: Risk, now: datetime) -> None:
        """The old words are out of the record. Whoever writes them another way says something to us."""
        anew = tx.said_anew(change.channel, change.account, change.external_id, text=change.text, risk=risk, now=now)
        if anew is None:
            return
        message = InboundMessage(
            channel=change.channel,
            account=change.account,
            external_id=anew.external_id,
            sender=anew.sender,
            text=anew.text,
            manner=change.manner,
            thread=change.thread,
        )
        self._keep(tx, message, anew.risk, None, now)

    def _text_back(self, call: MissedCall, now: datetime) -> None:
        """Whoever rings a number for messages is told so by a message, once a day at most, and not after STOP."""
        with self._store.transaction() as tx:
            contact = tx.hold_contact(call.caller, (), locale=ENGLISH, now=now)
            if contact.opted_out_at is not None:
                return
            for row in self._replies.rows(
                [Say("call.text_back")],
                dedupe=f"call:{contact.id}:{self._hours.today(now)}",
                channel=call.channel,
                address=call.caller,
                locale=contact.locale,
                values=self._signposts,
                contact_id=contact.id,
                now=now,
            ):
                tx.enqueue(row, now)
