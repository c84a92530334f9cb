"""The outbox: what was committed to be said is said, once, in order, or the row says why not.

A row is claimed and committed as ``sending`` before the provider is called, and no transaction is open during the
call. What a crash leaves in ``sending`` is asked about before it is sent again; only a signpost is sent again at
once, for a number given twice is better than none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from bot.breaker import Breaker
from bot.channel_log import ChannelLog, Outcome, Way, What
from bot.errors import (
    ChannelMisconfigured,
    ContactOptedOut,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
    WindowShut,
)
from bot.faults import place
from bot.invitations import INVITE
from bot.model import Address, ChannelName
from bot.nudges import NUDGE, Nudges
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure, OutboundState, Priority, Sent
from bot.ports import Channel, Clock, Store
from bot.records import OutboundClaim, Stays

LEASE = timedelta(seconds=60)
"""Longer than a row can take: asked about and then sent, two calls of up to 20 s each (connect 5 s, read 15 s)."""
ASK_AFTER = (timedelta(seconds=5), timedelta(seconds=15))
"""When a provider that may have taken a message is asked whether it has."""
SAID_AFTER_STOP = frozenset({"stop.done"})
"""Keys of the wording that go to somebody who has said STOP: its one confirmation. (A signpost goes in any case.)"""
ERASURE_RECEIPTS = ("delete.done", "delete.done_kept")
"""Keys that tell a person their words are erased: all of them, or all but what safeguarding must keep."""
LATE = "late"
"""In the thread of what a person of the team wrote: it goes when the bot itself may write no more."""
GIVE_UP_AFTER = timedelta(hours=72)
OUTCOMES: Mapping[OutboundState, Outcome] = {
    OutboundState.PENDING: Outcome.WAITS,
    OutboundState.SENDING: Outcome.WAITS,
    OutboundState.SENT: Outcome.SENT,
    OutboundState.UNKNOWN: Outcome.UNCERTAIN,
    OutboundState.FAILED: Outcome.FAILED,
    OutboundState.CANCELLED: Outcome.CANCELLED,
    OutboundState.WITHHELD: Outcome.WITHHELD,
}
"""What the channel log calls what became of a row."""
LastLook = Callable[[OutboundClaim], Stays | None]
"""Asked in the moment before a row is handed to its provider. None: nothing has changed, and it goes."""
_LONGEST_RETRY = timedelta(minutes=5)
_OFF_RETRY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Outbox:
    """Delivers due rows. Any number of threads and workers may do so side by side."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        channels: Mapping[ChannelName, Channel],
        sms_countries: tuple[str, ...],
        hourly_cap: int,
        random: Random,
        nudges: Nudges | None = None,
        log: ChannelLog | None = None,
        last_looks: Mapping[str, LastLook] | None = None,
    ) -> None:
        """``last_looks`` by the key of the row, or by the first where a text is made of several."""
        self._store = store
        self._clock = clock
        self._channels = channels
        self._sms_countries = sms_countries
        self._hourly_cap = hourly_cap
        self._random = random
        self._nudges = nudges
        self._log = log
        self._last_looks = last_looks or {}
        self._breaker = Breaker()

    def deliver_due(self, worker: str) -> bool:
        """Deliver the next row. False: nothing is due."""
        now = self._clock.now()
        claim = self._store.claim_outbound(worker=worker, now=now, lease=LEASE, without=self._breaker.open_channels(now))
        if claim is None:
            return False
        channel = self._channels.get(claim.outgoing.channel)
        if channel is None:
            self._settle(claim, worker, OutboundState.PENDING, error="The channel is off.", wait=_OFF_RETRY)
        elif not (
            self._stopped(claim, worker, channel, now) or self._asked(claim, worker, channel) or self._kept_here(claim, worker)
        ):
            self._send(_marked(claim, channel, now), worker, channel)
        return True

    def _stopped(self, claim: OutboundClaim, worker: str, channel: Channel, now: datetime) -> bool:
        """Whether the row must not go, or not yet. A signpost is always attempted."""
        if claim.priority is Priority.SIGNPOST:
            return False
        address = claim.outgoing.address
        window = channel.traits.service_window
        if claim.outgoing.by_person and channel.traits.window_for_people is not None:
            window = channel.traits.window_for_people
        if claim.opted_out and claim.key not in SAID_AFTER_STOP:
            self._settle(claim, worker, OutboundState.CANCELLED, error="The person said STOP.")
        elif claim.priority is not Priority.ALERT and _is_abroad(address, self._sms_countries):
            self._settle(claim, worker, OutboundState.WITHHELD, error="Messages to this country are switched off.")
        elif claim.key == NUDGE and not _is_shut(claim, channel.traits.service_window, now):
            self._settle(claim, worker, OutboundState.CANCELLED, error="The person has written in the meantime.")
        elif _is_unasked(claim) and self._nudges is not None and (awake := self._nudges.may_go_at(now)) > now:
            self._settle(claim, worker, OutboundState.PENDING, error="It is night.", wait=awake - now)
        elif _is_shut(claim, window, now) and not channel.template_for(claim.key, claim.outgoing.locale):
            if claim.key == INVITE:  # it must not come into a talk that begins days later
                self._settle(claim, worker, OutboundState.CANCELLED, error="The provider's service window is shut.")
                return True
            self._settle(claim, worker, OutboundState.WITHHELD, error="The provider's service window is shut.", window_shut=True)
        elif now - _due_since(claim, window) > GIVE_UP_AFTER:
            self._settle(claim, worker, OutboundState.FAILED, error="Could not be sent for three days.")
        elif self._is_a_loop(claim, channel, now):
            self._settle(claim, worker, OutboundState.WITHHELD, error="This address has had enough answers of ours for an hour.")
        elif self._over_cap(claim, now):
            self._settle(claim, worker, OutboundState.PENDING, error="The hourly cap is reached.", wait=_OFF_RETRY)
        else:
            return False
        return True

    def _is_a_loop(self, claim: OutboundClaim, channel: Channel, now: datetime) -> bool:
        """Programs that answer mail do not all say that they are programs. What a person of the team writes is no loop."""
        most, to = channel.traits.most_an_hour, claim.outgoing
        if most is None or to.by_person or claim.priority is Priority.ALERT:
            return False
        return self._store.sent_since(to.channel, now - timedelta(hours=1), to=to.address) >= most

    def _over_cap(self, claim: OutboundClaim, now: datetime) -> bool:
        """The cap guards money: only channels that cost it count, and alerts to the rota are never held back."""
        if claim.priority is Priority.ALERT or claim.outgoing.address.scheme not in {"tel", "whatsapp"}:
            return False
        return self._store.sent_since(claim.outgoing.channel, now - timedelta(hours=1)) >= self._hourly_cap

    def _asked(self, claim: OutboundClaim, worker: str, channel: Channel) -> bool:
        """Whether the row is dealt with by asking: the provider has it, or is to be asked once more."""
        if not claim.was_sending or claim.priority is Priority.SIGNPOST or claim.attempted_at is None:
            return False
        try:
            found = channel.find(claim.outgoing, since=claim.attempted_at)
        except SendError as error:
            self._settle(claim, worker, OutboundState.UNKNOWN, error=str(error), wait=self._wait(claim, error))
            return True
        if found is not None and not self._is_anothers(claim, found):
            self._settle(claim, worker, OutboundState.SENT, sent=found)
            return True
        asked = claim.asked + 1
        if asked < len(ASK_AFTER):
            self._settle(claim, worker, OutboundState.UNKNOWN, wait=ASK_AFTER[asked] - ASK_AFTER[asked - 1], asked=asked)
            return True
        return False

    def _is_anothers(self, claim: OutboundClaim, found: Sent) -> bool:
        """The provider is asked by address and words; the same words may have gone to the same person just before."""
        return found.provider_id is not None and self._store.is_provider_id_of_another(
            claim.outgoing.channel, found.provider_id, apart_from=claim.outgoing.id
        )

    def _kept_here(self, claim: OutboundClaim, worker: str) -> bool:
        """Whether what the row is about has changed since it was written, or since it was claimed."""
        if claim.key == NUDGE and not self._store.waits_behind(claim.outgoing.id):
            self._settle(claim, worker, OutboundState.CANCELLED, error="waits_no_more", frees_key=True)
            return True
        look = self._last_looks.get(claim.key.partition("+")[0])
        stays = None if look is None else look(claim)
        if stays is None:
            return False
        if claim.was_sending:  # it may be there: nobody may count on its having stayed here
            state = OutboundState.UNKNOWN
        else:
            state = OutboundState.CANCELLED if stays.wait is None else OutboundState.PENDING
        self._settle(claim, worker, state, error=stays.why, wait=stays.wait)
        return True

    def _send(self, claim: OutboundClaim, worker: str, channel: Channel) -> None:
        try:
            sent = channel.send(claim.outgoing)
        except SendError as error:
            self._note_failure(claim, worker, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the row with it
            log.error("a channel failed with outbound %s: %s", claim.outgoing.id, place(error))  # noqa: TRY400 - a traceback may hold words
            self._settle(claim, worker, OutboundState.UNKNOWN, error=type(error).__name__, wait=_OFF_RETRY)
        else:
            self._breaker.succeeded(channel.name)
            self._settle(claim, worker, OutboundState.SENT, sent=sent)

    def _note_failure(self, claim: OutboundClaim, worker: str, error: SendError) -> None:
        now = self._clock.now()
        said = f"{error} ({error.code})" if error.code else str(error)
        log.warning("outbound %s was not sent: %s (%s)", claim.outgoing.id, type(error).__name__, error.code or "no code")
        match error:
            case ContactOptedOut():
                self._settle(claim, worker, OutboundState.FAILED, error=said, code=error.code, opted_out=True)
            case WindowShut():
                self._settle(claim, worker, OutboundState.WITHHELD, error=said, code=error.code, window_shut=True)
            case ContactUnreachable() | Rejected():
                self._settle(claim, worker, OutboundState.FAILED, error=said, code=error.code)
            case ProviderUncertain():
                self._breaker.failed(claim.outgoing.channel, now)
                self._settle(claim, worker, OutboundState.UNKNOWN, error=said, code=error.code, wait=ASK_AFTER[0])
            case ProviderUnavailable() | Throttled() | ChannelMisconfigured():
                self._breaker.failed(claim.outgoing.channel, now)
                self._settle(claim, worker, OutboundState.PENDING, error=said, code=error.code, wait=self._wait(claim, error))
            case _:
                self._settle(claim, worker, OutboundState.FAILED, error=said, code=error.code)

    def _wait(self, claim: OutboundClaim, error: SendError) -> timedelta:
        """What the provider asks for, or twice as long each time with jitter, five minutes at most."""
        if error.retry_after is not None:
            return error.retry_after
        seconds = min(2.0 ** min(claim.attempts, 10), _LONGEST_RETRY.total_seconds())
        return timedelta(seconds=seconds * self._random.uniform(0.7, 1.0))

    def _settle(
        self,
        claim: OutboundClaim,
        worker: str,
        state: OutboundState,
        *,
        sent: Sent | None = None,
        error: str | None = None,
        wait: timedelta | None = None,
        asked: int | None = None,
        opted_out: bool = False,
        window_shut: bool = False,
        code: str | None = None,
        frees_key: bool = False,
    ) -> None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.settle_outbound(
                claim.outgoing.id,
                worker,
                state=state,
                sent=sent,
                error=error,
                not_before=None if wait is None else now + wait,
                asked=asked,
                window_shut=window_shut,
                now=now,
            )
            if frees_key:
                tx.free_key(claim.outgoing.id)
            channel = self._channels.get(claim.outgoing.channel)
            if window_shut and self._nudges is not None and channel is not None:
                for row in self._nudges.rows(claim, channel, now):
                    tx.enqueue(row, now)
            if opted_out:
                receipt = DeliveryReceipt(
                    channel=claim.outgoing.channel,
                    status=DeliveryStatus.FAILED,
                    outbound=claim.outgoing.id,
                    failure=Failure.OPTED_OUT,
                )
                tx.opt_out_outbound(receipt, now)
        if self._log is not None:
            outgoing = claim.outgoing
            self._log.note(outgoing.channel, Way.OUT, What.SEND, OUTCOMES[state], detail=code or "", address=outgoing.address)


def _is_unasked(claim: OutboundClaim) -> bool:
    """A notice comes of itself, and by day; one that waited for them to write again is an answer by then."""
    heard_at = claim.last_inbound_at
    return claim.priority is Priority.NOTICE and (heard_at is None or heard_at <= claim.created_at)


def _is_shut(claim: OutboundClaim, window: timedelta | None, now: datetime) -> bool:
    # With an erasure goes the record of when they wrote, but its receipt answers words of a moment ago.
    heard_at = claim.created_at if claim.key in ERASURE_RECEIPTS else claim.last_inbound_at
    return window is not None and (heard_at is None or now - heard_at >= window)


def _due_since(claim: OutboundClaim, window: timedelta | None) -> datetime:
    """What waited behind a shut window for them to write is to leave since they did, however long that took."""
    heard_at = claim.last_inbound_at
    return claim.created_at if window is None or heard_at is None else max(claim.created_at, heard_at)


def _marked(claim: OutboundClaim, channel: Channel, now: datetime) -> OutboundClaim:
    """A person's words beyond the window that holds for the bot are marked, for the provider wants to be told."""
    outgoing = claim.outgoing
    if not outgoing.by_person or not _is_shut(claim, channel.traits.service_window, now):
        return claim
    return replace(claim, outgoing=replace(outgoing, thread={**outgoing.thread, LATE: "1"}))


def _is_abroad(address: Address, countries: tuple[str, ...]) -> bool:
    return address.scheme == "tel" and not address.path.startswith(countries)
