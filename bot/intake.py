"""Accepting: what arrives is committed, with its danger looked for first, before the provider is told that all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.commands import Commands
from bot.danger import DangerTexts
from bot.model import (
    ENGLISH,
    ChannelName,
    Command,
    Contact,
    DeliveryReceipt,
    Event,
    Failure,
    InboundMessage,
    Risk,
)
from bot.ports import Channel, Clock, Store, Transaction, Wake
from bot.records import NewAlert
from bot.safety import check

_SAID_BY_THE_NETWORK = {"STOP": Command.STOP, "START": Command.START}
"""A team may set keywords of its own with the provider, who then says which it was, whatever the word."""


class _RepeatError(Exception):
    """The message is there already: nothing of this transaction is wanted, not even a contact made for it."""


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
        channels: Mapping[ChannelName, Channel],
        burst_cap: timedelta,
        new_id: Callable[[], UUID],
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._commands = commands
        self._danger = danger
        self._channels = channels
        self._burst_cap = burst_cap
        self._new_id = new_id

    def receive(self, events: Sequence[Event]) -> None:
        """Commit each event. Returns only when all of them are kept; raises ``StoreUnavailable`` when one is not.

        Each has a transaction of its own: after a failure the provider repeats them all, and those kept are repeats.
        """
        for event in events:
            match event:
                case InboundMessage():
                    self._accept(event)
                case DeliveryReceipt():
                    self._note_receipt(event)
        self._wake.ring()

    def _accept(self, message: InboundMessage) -> None:
        now = self._clock.now()
        risk = check(message.text)
        # A repeat leaves by the exception, so that not even a contact made for it stays.
        with suppress(_RepeatError), self._store.transaction() as tx:
            contact = tx.hold_contact(message.sender, message.also, locale=message.locale or ENGLISH, now=now)
            if message.locale and message.locale != contact.locale:
                tx.set_locale(contact.id, message.locale)
                contact = replace(contact, locale=message.locale)
            said_so = _SAID_BY_THE_NETWORK.get(message.details.get("opt_out_type", "").upper())
            command = said_so or self._commands.recognise(message.text, contact.locale)
            inbound_id = self._new_id()
            seq = tx.add_inbound(contact, message, inbound_id=inbound_id, risk=risk, command=command, now=now)
            if seq is None:
                raise _RepeatError
            at_once = command is not None or message.choice is not None or risk.level.needs_alert
            self._schedule(tx, contact, message.channel, at_once=at_once, now=now)
            if risk.level.needs_alert:
                self._alert(tx, contact, message, inbound_id=inbound_id, seq=seq, risk=risk, now=now)

    def _schedule(self, tx: Transaction, contact: Contact, channel: ChannelName, *, at_once: bool, now: datetime) -> None:
        """A burst is one turn: due after a pause that starts again with each message, and after the cap in any case."""
        first = contact.first_waiting_at or now
        if at_once:
            due = now
        elif contact.first_waiting_at is not None and contact.turn_due_at is not None and contact.turn_due_at <= now:
            due = contact.turn_due_at  # overdue stays overdue; but what comes while a worker answers is a new burst
        else:
            due = min(now + self._channels[channel].traits.settle, max(first + self._burst_cap, now))
        tx.schedule_turn(contact.id, first_waiting_at=first, due_at=due)

    def _alert(
        self,
        tx: Transaction,
        contact: Contact,
        message: InboundMessage,
        *,
        inbound_id: UUID,
        seq: int,
        risk: Risk,
        now: datetime,
    ) -> None:
        """The alert and the signpost are committed with the message: no crash can part them."""
        alert_id = self._new_id()
        tx.add_alert(NewAlert(id=alert_id, contact_id=contact.id, inbound_seq=seq, risk=risk, raised_at=now))
        for row in self._danger.rows(
            risk,
            dedupe=f"signpost:{inbound_id}",
            channel=message.channel,
            address=message.sender,
            contact=contact,
            alert_id=alert_id,
            now=now,
        ):
            tx.enqueue(row, now)

    def _note_receipt(self, receipt: DeliveryReceipt) -> None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.apply_receipt(receipt, now)
            if receipt.failure is Failure.OPTED_OUT:
                tx.opt_out_outbound(receipt, now)
