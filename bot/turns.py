"""The turn: one person's waiting messages are listened to, answered by the pure dialogue, and committed together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from bot.alert_records import NewAlert
from bot.campaign_effects import Campaigning, keep_in_campaigns
from bot.conversation import Command, Conversation, KeepStory, OpenExperience, Turn
from bot.danger import DangerTexts
from bot.dialogue import take_turn
from bot.draft import MOURNING
from bot.effects import Whose, apply, honest
from bot.errors import LeaseLost, StoreUnavailable
from bot.faults import place
from bot.filing import file_away, place_of
from bot.heard import Heard, Risk, RiskLevel
from bot.linking import Linking, joined_to
from bot.model import ChannelName, Locale, Manner
from bot.ports import Channel, Clock, Listener, Store, Transaction
from bot.records import StoredInbound, TurnClaim
from bot.replies import Replies
from bot.script import Script
from bot.second_listener import hear_all, raise_added
from bot.status import NOTHING, Standings
from bot.together import LOOKS_BACK, MOST_EARLIER, heard_together, parts_of
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
        self._hours = script.hours
        self._references = script.references
        self._danger = danger
        self._replies = replies
        self._listener = listener
        self._taxonomy = taxonomy
        self._new_id = new_id
        self._random = random
        self.standings: Standings | None = None  # where the record is asked, for STATUS; without it the talk alone is told of
        self.campaigning: Campaigning | None = None  # where campaigns are asked; without it nobody comes to one
        self._linking = linking
        self._unanswered = frozenset(name for name, channel in channels.items() if not channel.traits.answers)
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
            self._note(claim, heard, now)
            return
        earlier = self._store.recent_texts(
            claim.contact.id,
            since=claim.messages[0].received_at - LOOKS_BACK,
            before=claim.messages[0].seq,
            limit=MOST_EARLIER,
        )
        together = self._together(claim, earlier)
        if tongue := self._tongue(claim, together):
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
            self._commit(tx, claim, settled, heard, together, earlier, now)
            tx.finish_turn(claim, now=now)

    def _note(self, claim: TurnClaim, heard: Sequence[Heard], now: datetime) -> None:
        """What is heard and not answered: words that were changed after their turn, and what is no feedback."""
        with self._store.transaction() as tx:
            tx.hold_turn(claim)
            self._raise_added(tx, claim, heard, now)
            for stored, what in zip(claim.messages, heard, strict=True):
                if stored.amended:
                    tx.mark_reheard(stored.seq, what, tagger=self._listener.tagger, taxonomy=self._taxonomy)
                else:
                    tx.mark_heard(
                        stored.seq,
                        what,
                        experience_id=None,
                        question=None,
                        is_story=False,
                        tagger=self._listener.tagger,
                        taxonomy=self._taxonomy,
                    )
            tx.finish_turn(claim, now=now)

    def _together(self, claim: TurnClaim, earlier: Sequence[tuple[int, str]]) -> Risk:
        texts = [stored.message.text for stored in claim.messages]
        alone = max(stored.risk.level for stored in claim.messages)
        return heard_together([text for _, text in earlier], texts, alone=alone)

    def _tongue(self, claim: TurnClaim, together: Risk) -> Locale | None:
        """The language of words that are only dangerous together, for a newcomer who has chosen none: all is answered in it."""
        if not together.level.needs_alert or claim.contact.greeted_at is not None:
            return None
        if any(stored.message.locale for stored in claim.messages):
            return None
        return self._danger.locale_for(claim.contact, "\n".join(stored.message.text for stored in claim.messages))

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

    def _commit(
        self,
        tx: Transaction,
        claim: TurnClaim,
        turn: Turn,
        heard: Sequence[Heard],
        together: Risk,
        earlier: Sequence[tuple[int, str]],
        now: datetime,
    ) -> None:
        conversation = self._asked_in(turn)
        contact_id = claim.contact.id
        tx.save_conversation(conversation, contact_id=contact_id, now=now)
        experience_id = claim.experience_id if conversation.experience_open else None
        for effect in turn.effects:
            if isinstance(effect, OpenExperience):
                experience_id = self._open(tx, claim, effect, conversation, now)
        self._promise(tx, turn, experience_id, together, claim, now)
        self._keep(tx, claim, turn, heard, experience_id)
        keep_in_campaigns(tx, claim, turn, now)
        # Before the effects: an erasure among them keeps what has an alert.
        risk = self._heed(tx, claim, together, earlier, heard, experience_id, now)
        whose = Whose(
            contact_id=contact_id,
            experience_id=experience_id,
            inbound_seq=claim.messages[-1].seq,
            wording=self._agreed_in(claim) or self._wording.version(conversation.locale),
            taxonomy=self._taxonomy,
            now=now,
        )
        came = [apply(tx, effect, whose) for effect in turn.effects]
        if conversation.held and experience_id is not None:
            tx.mark_unread(experience_id)  # a “yes” is for whoever has the talk, too
        if conversation.greeted and claim.contact.greeted_at is None:
            tx.set_greeted(contact_id, now)
        if experience_id is not None:
            self._describe(tx, claim, conversation, heard, experience_id, risk)
        for row in self._replies.rows(
            [honest(say, came) for say in turn.says],
            dedupe=f"turn:{claim.messages[-1].id}",
            channel=claim.channel,
            address=claim.address,
            locale=conversation.locale,
            values=self._values(conversation, now),
            contact_id=contact_id,
            conversation_id=conversation.id,
            thread=claim.messages[-1].message.thread,
            now=now,
        ):
            tx.enqueue(row, now)

    def _asked_in(self, turn: Turn) -> Conversation:
        """With the version of the words noted, where a consent is asked for: others may be published before the answer."""
        talk, questions = turn.conversation, self._script.questions
        if not any((one := questions.get(say.key.removeprefix("ask."))) and one.purpose for say in turn.says):
            return talk
        return replace(talk, asked_in=self._wording.version(talk.locale))

    def _agreed_in(self, claim: TurnClaim) -> str:
        """The version in which the consent was asked for that stands open; empty where none does."""
        talk = claim.conversation
        question = self._script.questions.get(talk.step) if talk else None
        return talk.asked_in if talk and question and question.purpose else ""

    def _values(self, conversation: Conversation, now: datetime) -> dict[str, str]:
        """What any text may name: the reference, the promised day, when somebody is there, where the notice stands."""
        locale = conversation.locale
        promised = conversation.promised_on or self._hours.promised_on(now)
        return {
            "reference": conversation.reference or "",
            "read_by": self._wording.day(promised, locale),
            "next_read": self._wording.moment(self._hours.next_open(now), locale, now),
        }

    def _open(self, tx: Transaction, claim: TurnClaim, effect: OpenExperience, conversation: Conversation, now: datetime) -> UUID:
        experience_id = self._new_id()
        tx.open_experience(
            experience_id,
            contact_id=claim.contact.id,
            conversation_id=conversation.id,
            channel=claim.channel,
            reference=effect.reference,
            promised_on=effect.promised_on,
            locale=conversation.locale,
            speaker=conversation.speaker,
            ref=claim.contact.ref or (claim.conversation or conversation).campaign or conversation.campaign or None,
            now=now,
        )
        if claim.contact.ref is not None:
            tx.remember_ref(claim.contact.id, None)
        return experience_id

    def _promise(
        self, tx: Transaction, turn: Turn, experience_id: UUID | None, together: Risk, claim: TurnClaim, now: datetime
    ) -> None:
        """Words that join what somebody has read are promised a day of their own."""
        if experience_id is None or not any(isinstance(effect, KeepStory) and effect.positions for effect in turn.effects):
            return
        level = max(together.level, *(stored.risk.level for stored in claim.messages))
        day = self._hours.read_first_on(now) if level.needs_alert else self._hours.promised_on(now)
        tx.promise_anew(experience_id, day)

    def _keep(self, tx: Transaction, claim: TurnClaim, turn: Turn, heard: Sequence[Heard], experience_id: UUID | None) -> None:
        story = {position for effect in turn.effects if isinstance(effect, KeepStory) for position in effect.positions}
        for position, (stored, what) in enumerate(zip(claim.messages, heard, strict=True)):
            tx.mark_heard(
                stored.seq,
                what,
                experience_id=experience_id,
                question=claim.conversation.step if claim.conversation else None,
                is_story=position in story,
                tagger=self._listener.tagger,
                taxonomy=self._taxonomy,
            )

    def _describe(
        self,
        tx: Transaction,
        claim: TurnClaim,
        conversation: Conversation,
        heard: Sequence[Heard],
        experience_id: UUID,
        risk: RiskLevel,
    ) -> None:
        """What was learnt goes on the record."""
        place = next((what.place for what in heard if what.place), None)
        tx.describe_experience(
            experience_id,
            place=place_of(claim.messages) or (place.name if place else None),
            district=place.district if place else None,
            service=next((what.service for what in heard if what.service), None),
            age_band=next((what.age_band for what in heard if what.age_band), None),
            risk=max(risk, *(what.risk.level for what in heard)),
            needs_translation=any(what.needs_translation for what in heard) or None,
            speaker=conversation.speaker,
        )

    def _heed(
        self,
        tx: Transaction,
        claim: TurnClaim,
        together: Risk,
        earlier: Sequence[tuple[int, str]],
        heard: Sequence[Heard],
        experience_id: UUID | None,
        now: datetime,
    ) -> RiskLevel:
        """Words that are only dangerous together raise an alert here, and what only the second listener heard. Returns how
        dangerous this turn is.
        """
        alone = max(stored.risk.level for stored in claim.messages)
        if together.level.needs_alert:
            seqs = [*(seq for seq, _ in earlier), *(stored.seq for stored in claim.messages)]
            texts = [*(text for _, text in earlier), *(stored.message.text for stored in claim.messages)]
            parts = [seqs[place] for place in parts_of(texts, together.evidence)]
            tx.raise_risk(parts, together)
            self._alert(tx, claim, together, parts[-1], now, words="\n".join(texts))
            if tongue := self._tongue(claim, together):
                tx.set_locale(claim.contact.id, tongue)
        level = max(alone, together.level)
        if not level.needs_alert:
            level = max(level, self._raise_added(tx, claim, heard, now))
        if level.needs_alert and experience_id is not None:
            tx.link_alerts([stored.seq for stored in claim.messages], experience_id)
        return level

    def _raise_added(self, tx: Transaction, claim: TurnClaim, heard: Sequence[Heard], now: datetime) -> RiskLevel:
        typed_in = claim.channel in self._unanswered
        return raise_added(tx, claim, heard, typed_in=typed_in, alert_id=self._new_id(), now=now)

    def _alert(self, tx: Transaction, claim: TurnClaim, risk: Risk, seq: int, now: datetime, *, words: str) -> None:
        alert_id = self._new_id()
        last = claim.messages[-1]
        tx.add_alert(NewAlert(id=alert_id, contact_id=claim.contact.id, inbound_seq=seq, risk=risk, raised_at=now))
        if claim.channel in self._unanswered:
            return
        for row in self._danger.rows(
            risk,
            words=words,
            dedupe=f"signpost:{last.id}",
            channel=claim.channel,
            address=claim.address,
            contact=claim.contact,
            alert_id=alert_id,
            thread=last.message.thread,
            now=now,
        ):
            tx.enqueue(row, now)


def _of_one_kind(claim: TurnClaim) -> tuple[TurnClaim, Manner | None]:
    """The claim with those of its messages that are to be treated like the first, and how; None: heard anew.

    The others still wait when this turn is finished, and are the next one.
    """

    def manner(stored: StoredInbound) -> Manner | None:
        return None if stored.amended else stored.message.manner

    first = manner(claim.messages[0])
    alike = tuple(stored for stored in claim.messages if manner(stored) is first)
    return (claim if len(alike) == len(claim.messages) else replace(claim, messages=alike)), first
