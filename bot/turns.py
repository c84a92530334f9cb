"""The turn: one person's waiting messages are listened to, answered by the pure dialogue, and committed together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from random import Random
from uuid import UUID

from bot.campaign_effects import Campaigning
from bot.conversation import Command, Conversation, OpenExperience, Turn
from bot.danger import DangerTexts
from bot.dialogue import take_turn
from bot.draft import MOURNING
from bot.errors import LeaseLost, StoreUnavailable
from bot.faults import place
from bot.filing import file_away
from bot.heard import Risk
from bot.linking import Linking, joined_to
from bot.model import ChannelName, Manner
from bot.ports import Channel, Clock, Listener, Store
from bot.records import StoredInbound, TurnClaim
from bot.replies import Replies
from bot.script import Script
from bot.second_listener import hear_all
from bot.status import NOTHING, Standings
from bot.together import LOOKS_BACK, MOST_EARLIER, heard_together
from bot.turn_commit import TurnCommit
from bot.turn_danger import TurnDanger
from bot.wording import Wording

TRIES = 5
LEASE = timedelta(seconds=20)
_FIRST_RETRY = timedelta(seconds=1)
_LONGEST_RETRY = timedelta(minutes=5)

log = logging.getLogger(__name__)


class Turns:
    """Takes due turns, one at a time. Any number of workers may do so side by side: the lease keeps them apart."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        script: Script,
        wording: Wording,
        danger: DangerTexts,
        replies: Replies,
        channels: Mapping[ChannelName, Channel],
        listener: Listener,
        taxonomy: str,
        new_id: Callable[[], UUID],
        random: Random,
        linking: Linking,
    ) -> None:
        self._store = store
        self._clock = clock
        self._script = script
        self._wording = wording
        self._references = script.references
        self._listener = listener
        self._new_id = new_id
        self._random = random
        self.standings: Standings | None = None  # where the record is asked, for STATUS; without it the talk alone is told of
        self.campaigning: Campaigning | None = None  # where campaigns are asked; without it nobody comes to one
        self._linking = linking
        unanswered = frozenset(name for name, channel in channels.items() if not channel.traits.answers)
        self._danger = TurnDanger(danger=danger, new_id=new_id, unanswered=unanswered)
        self._left = TurnCommit(
            script=script,
            wording=wording,
            danger=self._danger,
            replies=replies,
            tagger=lambda: self._listener.tagger,
            taxonomy=taxonomy,
            new_id=new_id,
        )
        self._one_at_a_time = [name for name, channel in channels.items() if not channel.traits.settle]

    def take_due(self, worker: str) -> bool:
        """Take the turn that has been due the longest. False: nobody is due."""
        claim = self._store.claim_turn(worker=worker, now=self._clock.now(), lease=LEASE, one_at_a_time=self._one_at_a_time)
        if claim is None:
            return False
        attempts = max(message.attempts for message in claim.messages)
        try:
            if attempts > TRIES:
                self._park(claim, "Tried five times.")
            else:
                with self._wording.held():
                    self._take(claim)
        except LeaseLost:
            log.warning("the lease of a turn of contact %s was lost", claim.contact.id)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a message does to us, their later words go on
            log.error("try %d of a turn of contact %s failed: %s", attempts, claim.contact.id, place(error))  # noqa: TRY400 - a traceback may hold words
            if attempts >= TRIES:
                self._park(claim, type(error).__name__)
            else:
                self._try_later(claim, attempts)
        return True

    def _park(self, claim: TurnClaim, error: str) -> None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            tx.hold_turn(claim)
            tx.park(claim, error, now)
            tx.finish_turn(claim, now=now)

    def _try_later(self, claim: TurnClaim, attempts: int) -> None:
        now = self._clock.now()
        wait = min(_FIRST_RETRY * 4 ** (attempts - 1), _LONGEST_RETRY)
        with self._store.transaction() as tx:
            tx.hold_turn(claim)
            tx.schedule_turn(claim.contact.id, first_waiting_at=claim.contact.first_waiting_at or now, due_at=now + wait)
            tx.finish_turn(claim, now=now)

    def _take(self, claim: TurnClaim) -> None:
        claim, manner = _of_one_kind(claim)
        claim = self.campaigning.arrive(claim) if self.campaigning else claim
        before = self._conversation(claim)
        heard = hear_all(self._listener, claim.messages, question=before.step)
        now = self._clock.now()
        if manner is None or manner is Manner.RECORD:
            with self._store.transaction() as tx:
                tx.hold_turn(claim)
                self._left.noted(tx, claim, heard, now)
                tx.finish_turn(claim, now=now)
            return
        earlier = self._store.recent_texts(
            claim.contact.id,
            since=claim.messages[0].received_at - LOOKS_BACK,
            before=claim.messages[0].seq,
            limit=MOST_EARLIER,
        )
        together = self._together(claim, earlier)
        if tongue := self._danger.tongue(claim, together):
            before = replace(before, locale=tongue)
        if manner is Manner.KEEP:
            turn = self._referenced(before, lambda talk: file_away(self._script, talk, claim.messages, heard, now))
        else:
            before = self.campaigning.ready(claim, before, now) if self.campaigning else before
            turn = self._referenced(
                before, lambda talk: take_turn(self._script, talk, claim.messages, heard, now, together=together)
            )
        with self._linking.settled(turn, claim.address) as settled, self._store.transaction() as tx:
            tx.hold_turn(claim, also=joined_to(settled))
            self._left.answered(tx, claim, settled, heard, together, earlier, now)
            tx.finish_turn(claim, now=now)

    def _together(self, claim: TurnClaim, earlier: Sequence[tuple[int, str]]) -> Risk:
        texts = [stored.message.text for stored in claim.messages]
        alone = max(stored.risk.level for stored in claim.messages)
        return heard_together([text for _, text in earlier], texts, alone=alone)

    def _referenced(self, before: Conversation, take: Callable[[Conversation], Turn]) -> Turn:
        """A reference is drawn for every turn, for the dialogue itself knows no chance; most turns do not use theirs.

        Only one that is used is looked up, and where it is taken the same turn is taken again with another.
        """
        while True:
            turn = take(replace(before, spare_reference=self._references.draw(self._random)))
            used = [effect.reference for effect in turn.effects if isinstance(effect, OpenExperience)]
            if all(self._store.reference_is_free(reference) for reference in used):
                return turn

    def _conversation(self, claim: TurnClaim) -> Conversation:
        """The talk as it stands, or a new one."""
        conversation = claim.conversation or Conversation(
            id=self._new_id(),
            channel=claim.channel,
            locale=claim.contact.locale,
            greeted=claim.contact.greeted_at is not None,
            opted_out=claim.contact.opted_out_at is not None,
        )
        if claim.last is not None:
            conversation = replace(conversation, **asdict(claim.last))
        if claim.mourns:  # on whichever door they told us of it
            conversation = replace(conversation, asked={**conversation.asked, MOURNING: 1})
        if self.standings is not None and any(stored.command is Command.STATUS for stored in claim.messages):
            conversation = replace(conversation, standing=self.standings.of(claim.contact.id, self._clock.now()) or NOTHING)
        chosen = next((stored.message.locale for stored in reversed(claim.messages) if stored.message.locale), None)
        return replace(conversation, locale=chosen) if chosen else conversation


def _of_one_kind(claim: TurnClaim) -> tuple[TurnClaim, Manner | None]:
    """The claim with those of its messages that are to be treated like the first, and how; None: heard anew.

    The others still wait when this turn is finished, and are the next one.
    """

    def manner(stored: StoredInbound) -> Manner | None:
        return None if stored.amended else stored.message.manner

    first = manner(claim.messages[0])
    alike = tuple(stored for stored in claim.messages if manner(stored) is first)
    return (claim if len(alike) == len(claim.messages) else replace(claim, messages=alike)), first
