"""What a person takes back or has erased: words and links go, tombstones stay, safeguarding keeps what it must.

A STOP outlives it all (``storage.suppressing``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, exists, insert, not_, or_, select, update

from bot.errors import WrongKeys
from bot.heard import RiskLevel
from bot.model import ChannelName, Speaker
from bot.records import Erasure, TakenBack
from storage.campaigns import answers_something, forget_campaigns, take_answers_back
from storage.envelopes import open_inbound
from storage.erasures import note_erasure, note_taken_back, note_words_taken_back
from storage.experiences import HOLD, measure_sureness
from storage.forgetting import forget_name_words, forget_the_rest
from storage.hearing import hold_sender, names_anew
from storage.jobs import spoil_exports
from storage.media import MediaKeeping
from storage.passing import take_passings_back
from storage.people import interrupt
from storage.put_aside import let_go, let_go_of_message
from storage.suppressing import suppress
from storage.tables import (
    address,
    alert,
    alert_release,
    consent,
    contact,
    contact_link,
    conversation,
    decision,
    experience,
    inbound_message,
    letter,
    outbound_message,
    passage,
    past_suggestion,
    removed_passage,
    resume_code,
    suggestion,
    task,
    translation,
)
from storage.tables.messages import InboundState
from storage.talks import forget_preview
from storage.tombstones import NO_WORDS, forget_names, forget_outbound
from storage.unit import AnyRow, kept_id

ALERTED = or_(exists().where(alert.c.inbound_seq == inbound_message.c.seq), inbound_message.c.risk >= int(RiskLevel.CONCERN))
"""It has an alert of its own, or is a part of what was dangerous together."""

GONE = (InboundState.TAKEN_BACK.value, InboundState.ERASED.value)
"""Nothing of these messages is in the record any more."""

STORY = and_(inbound_message.c.is_story, inbound_message.c.state == InboundState.HEARD.value)

ANSWER = and_(answers_something(inbound_message.c.seq), inbound_message.c.state == InboundState.HEARD.value)
"""It answers a campaign's question."""

# An answer, or the word that takes back, is no story: with nothing but such an experience is empty.
KEEPS_WORDS = exists().where(
    inbound_message.c.experience_id == experience.c.id, or_(STORY, inbound_message.c.state == InboundState.PARKED.value)
)
ALERTS = exists().where(alert.c.experience_id == experience.c.id)

WITHDRAWN = (
    *(inbound_message.c[name] for name in ("seq", "id", "sealed", "contact_id", "experience_id")),
    *(inbound_message.c[name] for name in ("channel", "account", "external_id")),
    ALERTED.label("alerted"),
)
"""What is to be known of a message that comes out of the record."""

INBOUND_TOMBSTONE: dict[str, Any] = NO_WORDS | {
    "state": InboundState.ERASED.value,
    "contact_id": None,
    "address_index": None,
    "command": None,
    "risk": 0,
    "risk_kinds": None,
    "risk_evidence": None,
    "media": 0,
    "sent_at": None,
    "locale": None,
    "locale_score": None,
    "polarity": None,
    "question": None,
    "is_story": False,
    "experience_id": None,
    "tagger": None,
    "taxonomy": None,
    "amended_at": None,
    "error": None,
    "redactor": None,
    "doubtful": None,
    "weighed": None,
}

EXPERIENCE_TOMBSTONE: dict[str, Any] = {
    "withdrawn": True,
    "speaker": Speaker.UNKNOWN.value,
    "place": None,
    "district": None,
    "service": None,
    "age_band": None,
    "ref": None,
    "as_one": False,
}


class Erasing(MediaKeeping):
    """The methods of ``bot.ports.Transaction`` by which words leave the record."""

    def take_back(self, contact_id: UUID) -> TakenBack:
        row = self.connection.execute(
            select(*WITHDRAWN)
            .where(inbound_message.c.contact_id == contact_id, or_(STORY, ANSWER))
            .order_by(inbound_message.c.seq.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return TakenBack.NOTHING
        self._withdraw(row)
        return TakenBack.KEPT if row.alerted else TakenBack.OUT

    def withdraw_inbound(self, channel: ChannelName, account: str, external_id: str, now: datetime) -> bool:
        hold_sender(self, channel, account, external_id)
        names = names_anew(self, channel, account, external_id) or [external_id]
        return sum(self._withdraw_named(channel, account, name, now) for name in names) > 0  # each of them

    def _withdraw_named(self, channel: ChannelName, account: str, external_id: str, now: datetime) -> bool:
        let_go_of_message(self, channel, account, external_id)
        self._end_removal_of_all(channel, account, external_id, now)
        row = self.connection.execute(
            select(*WITHDRAWN).where(
                inbound_message.c.channel == channel,
                inbound_message.c.account == kept_id(account),
                inbound_message.c.external_id == kept_id(external_id),
                inbound_message.c.state.not_in(GONE),
            )
        ).one_or_none()
        if row is None:
            return False
        self._unsay(row)
        return True

    def _end_removal_of_all(self, channel: ChannelName, account: str, external_id: str, now: datetime) -> None:
        """One of which staff had removed all, and that its sender has unsent before the day was over: it was taken back now."""
        row = self.connection.execute(
            select(*WITHDRAWN).where(
                inbound_message.c.channel == channel,
                inbound_message.c.account == kept_id(account),
                inbound_message.c.external_id == kept_id(external_id),
                inbound_message.c.state == InboundState.TAKEN_BACK.value,
            )
        ).one_or_none()
        if row is None:
            return
        goes_on = (removed_passage.c.inbound_seq == row.seq, removed_passage.c.whole, removed_passage.c.put_back_at.is_(None))
        ended = update(removed_passage).where(*goes_on, removed_passage.c.gone_at.is_(None)).values(gone_at=now)
        if self.connection.execute(ended).rowcount:
            self._withdraw(row, passings=False)

    def withdraw_again(self, seq: int) -> None:
        """What was taken back is here once more, in a store that was brought back from a copy: out with it."""
        row = self.connection.execute(
            select(*WITHDRAWN).where(inbound_message.c.seq == seq, inbound_message.c.state.not_in(GONE))
        ).one_or_none()
        if row is not None:
            self._unsay(row)

    def _unsay(self, row: AnyRow) -> None:
        self._withdraw(row)
        if row.contact_id is not None:
            forget_preview(self, row.contact_id)
            interrupt(self, row.contact_id)  # or a turn under way would write the preview back

    def _withdraw(self, row: AnyRow, *, passings: bool = True) -> None:
        """One message out of the record; its words stay only where safeguarding must keep them. ``passings``: what was passed
        on of its experience is called back.
        """
        note_taken_back(self, row.channel, row.account, row.external_id)
        self._note_words(row)
        words: dict[str, Any] = {} if row.alerted else NO_WORDS | {"doubtful": None, "weighed": None}
        self.connection.execute(
            update(inbound_message).where(inbound_message.c.seq == row.seq).values(state=InboundState.TAKEN_BACK.value, **words)
        )
        take_answers_back(self, row.seq)
        if not row.alerted:
            self.erase_media(inbound_message.c.seq == row.seq)
        if row.experience_id is None:
            return
        self.connection.execute(HOLD, {"of_experience": row.experience_id})
        spoil_exports(self, [row.experience_id])
        if passings:
            take_passings_back(self, experience.c.id == row.experience_id)
        self._drop_passages(inbound_message.c.seq == row.seq)
        self._withdraw_if_empty(experience.c.id == row.experience_id)
        measure_sureness(self.connection, row.experience_id)

    def _note_words(self, row: AnyRow) -> None:
        if row.sealed is None:
            return
        try:
            said = open_inbound(self.sealer, row.sealed, row.id, row.channel).text
        except WrongKeys:
            return  # it is taken back all the same
        note_words_taken_back(self, row.channel, row.account, row.external_id, said)

    def erase_contact(self, contact_id: UUID, now: datetime) -> Erasure:
        kept = self.empty_contact(contact_id, now)
        return Erasure(number=note_erasure(self, self.erased[contact_id], kept=kept, now=now), kept=kept)

    def empty_contact(self, contact_id: UUID, now: datetime, *, all_of_it: bool = False) -> bool:
        """What an erasure does, without its line on the list. Returns whether something had to be kept.

        Words that came in after the wish, and have not had their turn, are a new person's: they were not meant. With
        ``all_of_it`` they were: it is not a turn that erases.
        """
        sent_to = list(self.connection.execute(select(address.c.blind_index).where(address.c.contact_id == contact_id)).scalars())
        opted_out_at = self.connection.execute(
            select(contact.c.opted_out_at).where(contact.c.id == contact_id)
        ).scalar_one_or_none()
        if opted_out_at is not None:
            suppress(self, sent_to, opted_out_at)
        if not all_of_it:
            self._hand_over_fresh_words(contact_id, now)
        self._spoil_what_went_out(contact_id, now)
        theirs = and_(inbound_message.c.contact_id == contact_id, not_(ALERTED))
        self._drop_passages(theirs)
        self.erase_media(theirs)
        forget_names(self, theirs)
        self.connection.execute(update(inbound_message).where(theirs).values(INBOUND_TOMBSTONE))
        said = and_(outbound_message.c.address_index.in_(sent_to), outbound_message.c.contact_id == contact_id)
        self.connection.execute(update(outbound_message).where(said).values(conversation_id=None))
        forget_outbound(self, and_(said, outbound_message.c.alert_id.is_(None)))
        self.connection.execute(delete(consent).where(consent.c.contact_id == contact_id))
        forget_campaigns(self, contact_id)
        self._withdraw_if_empty(experience.c.contact_id == contact_id)
        forget_name_words(self, experience.c.contact_id == contact_id)
        self._unlink_tasks(contact_id)
        self.connection.execute(
            update(experience).where(experience.c.contact_id == contact_id).values(contact_id=None, conversation_id=None)
        )
        self._close_conversations(contact_id, now)
        self.connection.execute(delete(letter).where(letter.c.contact_id == contact_id))
        self._forget_links(contact_id)
        forget_the_rest(self, contact_id)
        self.connection.execute(delete(resume_code).where(resume_code.c.address_index.in_(sent_to)))
        self.connection.execute(delete(address).where(address.c.contact_id == contact_id))
        self.connection.execute(
            update(contact).where(contact.c.id == contact_id).values(erased_at=now, greeted_at=None, ref=None)
        )
        self.erased.setdefault(contact_id, sent_to)
        return bool(self.connection.execute(select(exists().where(alert.c.contact_id == contact_id))).scalar_one())

    def _spoil_what_went_out(self, contact_id: UUID, now: datetime) -> None:
        """Files with their words in them, what was passed on, and what was shown as feedback."""
        self._end_releases(contact_id, now)
        take_passings_back(self, experience.c.contact_id == contact_id)
        told = select(experience.c.id).where(experience.c.contact_id == contact_id).order_by(experience.c.id)
        spoil_exports(self, self.connection.execute(told.with_for_update(key_share=True)).scalars().all())

    def _end_releases(self, contact_id: UUID, now: datetime) -> None:
        """What safeguarding keeps of theirs is feedback to nobody any more."""
        told = select(passage.c.id).join_from(passage, experience, experience.c.id == passage.c.experience_id)
        theirs = alert_release.c.passage_id.in_(told.where(experience.c.contact_id == contact_id))
        self.connection.execute(update(alert_release).where(theirs, alert_release.c.ended_at.is_(None)).values(ended_at=now))

    def _hand_over_fresh_words(self, contact_id: UUID, now: datetime) -> None:
        fresh = and_(
            inbound_message.c.contact_id == contact_id,
            inbound_message.c.state == InboundState.WAITING.value,
            inbound_message.c.attempts == 0,
            inbound_message.c.amended_at.is_(None),  # what was said before and is only changed now was meant
        )
        if not self.connection.execute(select(exists().where(fresh))).scalar_one():
            return
        old = self.connection.execute(select(contact).where(contact.c.id == contact_id)).one()
        new_id = uuid4()
        values = {
            "id": new_id,
            "locale": old.locale,
            "opted_out_at": old.opted_out_at,
            "first_waiting_at": old.first_waiting_at,
            "turn_due_at": old.turn_due_at,
            "created_at": now,
        }
        self.connection.execute(insert(contact), values)
        seqs = list(self.connection.execute(select(inbound_message.c.seq).where(fresh)).scalars())
        raised = select(alert.c.id).where(alert.c.inbound_seq.in_(seqs))
        self.connection.execute(update(outbound_message).where(outbound_message.c.alert_id.in_(raised)).values(contact_id=new_id))
        self.connection.execute(update(alert).where(alert.c.inbound_seq.in_(seqs)).values(contact_id=new_id))
        self.connection.execute(update(inbound_message).where(fresh).values(contact_id=new_id))
        self.connection.execute(update(address).where(address.c.contact_id == contact_id).values(contact_id=new_id))

    def _drop_passages(self, of_messages: ColumnElement[bool]) -> None:
        gone = select(passage.c.id).where(passage.c.inbound_seq.in_(select(inbound_message.c.seq).where(of_messages)))
        self.connection.execute(delete(decision).where(decision.c.passage_id.in_(gone)))
        self.connection.execute(delete(suggestion).where(suggestion.c.passage_id.in_(gone)))
        self.connection.execute(delete(past_suggestion).where(past_suggestion.c.passage_id.in_(gone)))
        self.connection.execute(delete(passage).where(passage.c.id.in_(gone)))
        let_go(self, removed_passage.c.inbound_seq.in_(select(inbound_message.c.seq).where(of_messages)))
        # What safeguarding keeps it keeps with what it means.
        wordless = select(inbound_message.c.seq).where(of_messages, not_(ALERTED))
        self.connection.execute(delete(translation).where(translation.c.inbound_seq.in_(wordless)))

    def _withdraw_if_empty(self, which: ColumnElement[bool]) -> None:
        self.connection.execute(update(experience).where(which, not_(or_(KEEPS_WORDS, ALERTS))).values(EXPERIENCE_TOMBSTONE))
        forget_name_words(self, and_(which, experience.c.withdrawn))

    def _unlink_tasks(self, contact_id: UUID) -> None:
        """What is owed about a record that stays is still owed; the rest goes with the person."""
        stays = exists().where(experience.c.id == task.c.experience_id, not_(experience.c.withdrawn))
        self.connection.execute(delete(task).where(task.c.contact_id == contact_id, not_(stays)))
        self.connection.execute(update(task).where(task.c.contact_id == contact_id).values(contact_id=None))

    def _forget_links(self, contact_id: UUID) -> None:
        """That two were linked stays on record; why, in somebody's words, and what went over do not."""
        theirs = or_(contact_link.c.contact_id == contact_id, contact_link.c.other_id == contact_id)
        self.connection.execute(update(contact_link).where(theirs).values(why="", moved={}, before={}))

    def _close_conversations(self, contact_id: UUID, now: datetime) -> None:
        rows = self.connection.execute(
            select(conversation.c.id, conversation.c.channel).where(conversation.c.contact_id == contact_id)
        )
        for row in rows.all():
            self.connection.execute(
                update(conversation)
                .where(conversation.c.id == row.id)
                .values(state={"id": str(row.id), "channel": row.channel}, step="erased", closed_at=now)
            )
