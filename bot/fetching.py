"""Fetching: what a message only named is got from its provider, cleaned, sealed and kept; or the sender is told that it
could not be.

One step of one file at a time, each under a lease and committed before the next: fetch, have the provider forget its copy,
write down what was said. Whoever dies in between is followed by another worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from bot.alert_records import NewAlert
from bot.conversation import Say
from bot.danger import DangerTexts
from bot.errors import BlobMissing, LeaseLost, MediaError, MediaGone, ProviderUnavailable, StoreUnavailable
from bot.faults import place
from bot.heard import Risk
from bot.media import (
    Blobs,
    Clean,
    FileKind,
    FileSource,
    KeptFile,
    MediaClaim,
    MediaQueue,
    MediaState,
    Settled,
    Step,
    Transcriber,
)
from bot.model import ChannelName, Contact, InboundMessage, Manner
from bot.ports import Channel, Clock, Store, Transaction
from bot.replies import Replies
from bot.safety import check

LEASE = timedelta(minutes=10)
"""Longer than a step can take: two tries of 30 s each to fetch, or the writing down of a long recording."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""The pauses after a try that failed. One more failure is the last."""
NOT_HEARD_YET = timedelta(seconds=30)
"""How long the line about a file waits for the answer to the message, which comes first."""
ORPHANED_AFTER = timedelta(days=1)
"""How old a blob is that no row speaks of before it is taken for one that was never acknowledged."""
SWEEP_EVERY = timedelta(days=1)

_LOST = "media.lost"
_REFUSED = "media.refused"
_WORDS_KEPT = "media.words_kept"
_NO_MESSAGE = "The message that the file came with cannot be opened."
_MOST_AT_ONCE = 500

log = logging.getLogger(__name__)


class Fetching:
    """Takes what is due, one step at a time. Any number of workers may do so side by side: the lease keeps them apart."""

    def __init__(
        self,
        *,
        store: Store,
        queue: MediaQueue,
        blobs: Blobs,
        clean: Clean,
        sources: Mapping[ChannelName, FileSource],
        channels: Mapping[ChannelName, Channel],
        replies: Replies,
        danger: DangerTexts,
        clock: Clock,
        new_id: Callable[[], UUID],
        transcriber: Transcriber | None = None,
    ) -> None:
        self._store = store
        self._queue = queue
        self._blobs = blobs
        self._clean = clean
        self._sources = sources
        self._unanswered = frozenset(name for name, channel in channels.items() if not channel.traits.answers)
        self._replies = replies
        self._danger = danger
        self._clock = clock
        self._new_id = new_id
        self._transcriber = transcriber
        self._swept_at: datetime | None = None

    def fetch_due(self, worker: str) -> bool:
        """Take the next step of the file that has been due the longest. False: nothing is due."""
        claim = self._queue.claim(worker=worker, now=self._clock.now(), lease=LEASE)
        if claim is None:
            return False
        try:
            match claim.step:
                case Step.FETCH:
                    self._fetch(claim)
                case Step.FORGET:
                    self._forget(claim)
                case Step.TRANSCRIBE:
                    self._transcribe(claim)
                case Step.TELL:
                    self._tell(claim)
                case Step.CLEAR:
                    self._clear(claim)
        except LeaseLost:
            log.warning("file %s was erased or taken over meanwhile", claim.id)
        return True

    def sweep(self) -> int:
        """Once a day, and at the start: delete blobs that were written for a message which then was not committed.

        Returns how many.
        """
        now = self._clock.now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return 0
        self._swept_at = now
        keys = self._blobs.older_than(ORPHANED_AFTER)
        swept = 0
        while some := list(islice(keys, _MOST_AT_ONCE)):
            for key in self._queue.unknown(some):
                self._blobs.delete(key)
                swept += 1
        if swept:
            log.info("%d blobs that belong to no message were deleted", swept)
        return swept

    # --- fetch -----------------------------------------------------------------------------------------------------

    def _fetch(self, claim: MediaClaim) -> None:
        if claim.attempts > len(RETRIES) + 1:
            # Counted before the work: what takes the worker down with it is not tried for ever.
            self._give_up(claim, MediaState.LOST, "Each try to fetch it ended with the worker.")
            return
        if claim.message is None:
            self._give_up(claim, MediaState.LOST, _NO_MESSAGE)
            return
        try:
            content = self._content(claim, claim.message)
            cleaned = self._clean(content)
        except (MediaGone, BlobMissing) as error:
            self._give_up(claim, MediaState.LOST, str(error))
        except MediaError as error:
            self._give_up(claim, MediaState.REFUSED, str(error))
        except ProviderUnavailable as error:
            self._try_later(claim, str(error), wait=error.retry_after)
        except StoreUnavailable as error:
            self._wait_for_the_store(claim, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the file with it
            log.error("file %s could not be fetched: %s", claim.id, place(error))  # noqa: TRY400 - a traceback may hold words
            self._try_later(claim, f"Something went wrong here ({type(error).__name__}).")
        else:
            try:
                blob = self._blobs.put(cleaned.content)
            except StoreUnavailable as error:
                self._wait_for_the_store(claim, error)
                return
            kept = KeptFile(
                blob=blob,
                kind=cleaned.kind,
                content_type=cleaned.content_type,
                size=len(cleaned.content),
                traces=cleaned.traces,
            )
            self._keep(claim, kept)

    def _content(self, claim: MediaClaim, message: InboundMessage) -> bytes:
        source = self._sources.get(message.channel)
        if source is None:
            raise ProviderUnavailable("The channel is off.")
        raw = self._blobs.get(claim.raw) if claim.raw is not None else None
        return source.fetch(message.media[claim.position], raw)

    def _keep(self, claim: MediaClaim, kept: KeptFile) -> None:
        now = self._clock.now()
        try:
            with self._store.transaction() as tx:
                tx.settle_media(claim, Settled(state=MediaState.KEPT, step=Step.FORGET, due_at=now, kept=kept))
        except LeaseLost:
            self._blobs.delete(kept.blob)  # it was erased while it was fetched
            raise

    def _give_up(self, claim: MediaClaim, state: MediaState, error: str) -> None:
        """Final. Who sent it is told, if they wait for anything at all."""
        tells = claim.message is not None and claim.message.manner is Manner.TALK
        answered = claim.message is not None and claim.message.channel not in self._unanswered
        step = Step.TELL if tells and answered else None
        due_at = self._clock.now() if step else None
        with self._store.transaction() as tx:
            tx.settle_media(claim, Settled(state=state, step=step, due_at=due_at, error=error))

    # --- what comes after ------------------------------------------------------------------------------------------

    def _forget(self, claim: MediaClaim) -> None:
        message = claim.message
        source = None if message is None else self._sources.get(message.channel)
        if message is not None and source is not None and claim.attempts <= len(RETRIES) + 1:
            try:
                source.forget(message.media[claim.position])
            except Exception as error:  # noqa: BLE001 - whatever it is, what comes after (danger in a voice) must not wait for ever
                if self._may_try_again(claim):
                    self._try_later(claim, None, wait=error.retry_after if isinstance(error, ProviderUnavailable) else None)
                    return
                log.warning("the provider still has its copy of file %s: %s", claim.id, place(error))
        is_next = self._transcriber is not None and claim.content_type.startswith(f"{FileKind.AUDIO}/")
        if is_next:
            self._settle(claim, Settled(state=claim.state, step=Step.TRANSCRIBE, due_at=self._clock.now()))
        else:
            self._settle(claim, Settled(state=claim.state))

    def _transcribe(self, claim: MediaClaim) -> None:
        if self._transcriber is None or claim.blob is None or claim.attempts > len(RETRIES) + 1:
            self._settle(claim, Settled(state=claim.state))
            return
        try:
            words = self._transcriber(self._blobs.get(claim.blob), claim.content_type, claim.locale)
        except Exception as error:  # noqa: BLE001 - it is not ours, and may raise anything
            log.error("file %s was not written down: %s", claim.id, place(error))  # noqa: TRY400 - a traceback may hold words
            if self._may_try_again(claim):
                self._try_later(claim, None)
            else:
                self._settle(claim, Settled(state=claim.state))
            return
        self._keep_words(claim, words or "")

    def _keep_words(self, claim: MediaClaim, words: str) -> None:
        """A machine's guess at what was said; danger in it counts as in any other words."""
        risk = check(words)
        now = self._clock.now()
        with self._store.transaction() as tx:
            if claim.message is not None and risk.level.needs_alert:
                # The person first, then the file: in the order in which an erasure takes them.
                contact = tx.contact_at(claim.message.sender, now)
                if contact is not None:
                    self._alert(tx, claim, claim.message, contact, risk, now, words=words)
            tx.settle_media(claim, Settled(state=claim.state, transcript=words or None))

    def _alert(
        self,
        tx: Transaction,
        claim: MediaClaim,
        message: InboundMessage,
        contact: Contact,
        risk: Risk,
        now: datetime,
        *,
        words: str,
    ) -> None:
        alert_id = self._new_id()
        tx.add_alert(NewAlert(id=alert_id, contact_id=contact.id, inbound_seq=claim.seq, risk=risk, raised_at=now))
        tx.raise_risk([claim.seq], risk)
        if claim.experience_id is not None:
            tx.link_alerts([claim.seq], claim.experience_id)
            tx.describe_experience(claim.experience_id, risk=risk.level)
        if message.manner is Manner.RECORD or message.channel in self._unanswered:
            return
        for row in self._danger.rows(
            risk,
            words=words,
            dedupe=f"signpost:{claim.id}",
            channel=message.channel,
            address=message.sender,
            contact=contact,
            alert_id=alert_id,
            thread=message.thread,
            now=now,
        ):
            tx.enqueue(row, now)

    def _tell(self, claim: MediaClaim) -> None:
        """One honest line for each message, after the message has had its answer, unless that answer said so itself; not
        after STOP, nor while a person of the team has the talk, for they see the mark.
        """
        now = self._clock.now()
        message = claim.message
        if message is None or claim.attempts > len(RETRIES) + 1:
            self._settle(claim, Settled(state=claim.state))  # staff see the mark, and that nobody was told
            return
        if not claim.heard:
            again = Settled(state=claim.state, step=Step.TELL, due_at=now + NOT_HEARD_YET, attempts=claim.attempts - 1)
            self._settle(claim, again)
            return
        with self._store.transaction() as tx:
            contact = tx.contact_at(message.sender, now)
            told = claim.said_unopened
            if contact is not None and contact.opted_out_at is None and not claim.held and not told:
                told = self._say(tx, claim, message, contact, now)
            tx.settle_media(claim, Settled(state=claim.state, told=told))

    def _say(self, tx: Transaction, claim: MediaClaim, message: InboundMessage, contact: Contact, now: datetime) -> bool:
        key = _LOST if claim.state is MediaState.LOST else _REFUSED
        rows = self._replies.rows(
            [Say(f"{key}+{_WORDS_KEPT}" if message.text.strip() else key)],
            dedupe=f"media:{claim.inbound_id}",
            channel=message.channel,
            address=message.sender,
            locale=contact.locale,
            values={},
            contact_id=contact.id,
            thread=message.thread,
            now=now,
        )
        return any([tx.enqueue(row, now) is not None for row in rows])  # noqa: C419 - every row is put, not only the first

    def _clear(self, claim: MediaClaim) -> None:
        try:
            if claim.blob is not None:
                self._blobs.delete(claim.blob)
        except StoreUnavailable as error:
            self._wait_for_the_store(claim, error)
            return
        self._settle(claim, Settled(state=claim.state, cleared=True))

    # --- settling --------------------------------------------------------------------------------------------------

    def _settle(self, claim: MediaClaim, settled: Settled) -> None:
        with self._store.transaction() as tx:
            tx.settle_media(claim, settled)

    def _may_try_again(self, claim: MediaClaim) -> bool:
        return claim.attempts <= len(RETRIES)

    def _try_later(self, claim: MediaClaim, error: str | None, *, wait: timedelta | None = None) -> None:
        if not self._may_try_again(claim):
            self._give_up(claim, MediaState.LOST, error or "")
            return
        pause = max(RETRIES[claim.attempts - 1], wait or timedelta(0))
        due_at = self._clock.now() + pause
        self._settle(claim, Settled(state=claim.state, step=claim.step, due_at=due_at, attempts=claim.attempts, error=error))

    def _wait_for_the_store(self, claim: MediaClaim, error: StoreUnavailable) -> None:
        """Our own trouble is no fault of the file: the try does not count."""
        log.error("file %s waits: %s", claim.id, error)
        due_at = self._clock.now() + RETRIES[0]
        self._settle(claim, Settled(state=claim.state, step=claim.step, due_at=due_at, attempts=claim.attempts - 1))
