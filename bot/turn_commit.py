"""What a turn leaves behind, committed together: the talk, the experience, what was heard, what was done, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.campaign_effects import keep_in_campaigns
from bot.conversation import Conversation, KeepStory, OpenExperience, Turn
from bot.effects import Whose, apply, honest
from bot.filing import place_of
from bot.heard import Heard, Risk, RiskLevel
from bot.ports import Transaction
from bot.records import TurnClaim
from bot.replies import Replies
from bot.script import Script
from bot.turn_danger import TurnDanger
from bot.wording import Wording


class TurnCommit:
    """Puts a turn that was taken on the record, in the transaction that it is given. ``tagger``: who tags, as it stands now."""

    def __init__(
        self,
        *,
        script: Script,
        wording: Wording,
        danger: TurnDanger,
        replies: Replies,
        tagger: Callable[[], str],
        taxonomy: str,
        new_id: Callable[[], UUID],
    ) -> None:
        self._script = script
        self._wording = wording
        self._hours = script.hours
        self._danger = danger
        self._replies = replies
        self._tagger = tagger
        self._taxonomy = taxonomy
        self._new_id = new_id

    def answered(
        self,
        tx: Transaction,
        claim: TurnClaim,
        turn: Turn,
        heard: Sequence[Heard],
        together: Risk,
        earlier: Sequence[tuple[int, str]],
        now: datetime,
    ) -> None:
        """What was said and done, what was heard, and what all that did to the talk."""
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
        risk = self._danger.heed(tx, claim, together, earlier, heard, experience_id, now)
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

    def noted(self, tx: Transaction, claim: TurnClaim, heard: Sequence[Heard], now: datetime) -> None:
        """What is heard and not answered: words that were changed after their turn, and what is no feedback."""
        self._danger.raise_added(tx, claim, heard, now)
        for stored, what in zip(claim.messages, heard, strict=True):
            if stored.amended:
                tx.mark_reheard(stored.seq, what, tagger=self._tagger(), taxonomy=self._taxonomy)
            else:
                tx.mark_heard(
                    stored.seq,
                    what,
                    experience_id=None,
                    question=None,
                    is_story=False,
                    tagger=self._tagger(),
                    taxonomy=self._taxonomy,
                )

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
                tagger=self._tagger(),
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
