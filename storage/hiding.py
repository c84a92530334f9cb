"""``bot.hiding.HidingWork``, as far as it is not ``bot.ports.Transaction``: what staff say is a name is masked everywhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from bot.hiding import NewNameWord
from bot.masks import Find, mask_more
from bot.model import Span
from storage.envelopes import seal_name_word, spans
from storage.jobs import spoil_exports
from storage.masking import mask_message, mask_translation, pairs
from storage.people import interrupt
from storage.tables import (
    contact,
    conversation,
    experience,
    inbound_message,
    matter,
    matter_told,
    name_word,
    outbound_message,
    passage,
    translation,
)
from storage.talk import OF_TALK, said_in_talk
from storage.unit import Unit

HOLD_WRITER = (
    select(contact.c.id)
    .join_from(experience, contact, contact.c.id == experience.c.contact_id)
    .where(experience.c.id == bindparam("of_experience"))
    .with_for_update(of=contact, key_share=True)
)


class Hides(Unit):
    def hold_experience(self, experience_id: UUID) -> bool:
        # The person first, as in every turn: one that adds words here waits for us, or we for it.
        self.connection.execute(HOLD_WRITER, {"of_experience": experience_id})
        query = select(experience.c.id).where(experience.c.id == experience_id, experience.c.withdrawn.is_(False))
        return self.connection.execute(query.with_for_update(key_share=True)).first() is not None

    def hide(self, experience_id: UUID, find: Find) -> int:
        messages = self.connection.execute(
            select(inbound_message).where(inbound_message.c.experience_id == experience_id, inbound_message.c.redacted != "")
        ).all()
        places = sum(mask_message(self.connection, row, find(row.redacted)) for row in messages)
        meanings = self.connection.execute(
            select(translation).where(translation.c.inbound_seq.in_([row.seq for row in messages]))
        ).all()
        places += sum(mask_translation(self.connection, row, find(row.redacted)) for row in meanings)
        self._hide_in_matters(experience_id, find)
        spoil_exports(self, [experience_id])
        # A mail that has not left looks at its words once more in that moment: only one that holds them stays.
        return places + self._hide_in_talk(experience_id, find)

    def settle_doubts(self, experience_id: UUID, find: Find) -> int:
        query = select(inbound_message.c.seq, inbound_message.c.redacted, inbound_message.c.doubtful)
        doubted = (inbound_message.c.experience_id == experience_id, inbound_message.c.doubtful.is_not(None))
        settled = 0
        for row in self.connection.execute(query.where(*doubted)).all():
            before = spans(row.doubtful)
            places = [(start, end) for start, end, _ in find(row.redacted)]
            left = [span for span in before if not _is_within(span, places)]
            settled += len(before) - len(left)
            self.connection.execute(update(inbound_message).where(inbound_message.c.seq == row.seq).values(doubtful=pairs(left)))
        return settled

    def add_name_word(self, new: NewNameWord, now: datetime) -> None:
        values = {
            "id": new.id,
            "experience_id": new.experience_id,
            "sealed": seal_name_word(self.sealer, new.words, new.id),
            "is_name": new.is_name,
            "staff_id": new.staff_id,
            "said_at": now,
        }
        self.connection.execute(insert(name_word), values)

    def _hide_in_matters(self, experience_id: UUID, find: Find) -> None:
        """A word that marks what several people told of may be the name of somebody they all know."""
        told = (
            select(matter_told.c.matter_id)
            .join_from(matter_told, passage, passage.c.id == matter_told.c.passage_id)
            .where(passage.c.experience_id == experience_id)
        )
        for row in self.connection.execute(select(matter.c.id, matter.c.terms).where(matter.c.id.in_(told))).all():
            left = [term for term in row.terms if not find(term)]
            if len(left) < len(row.terms):
                self.connection.execute(update(matter).where(matter.c.id == row.id).values(terms=left))

    def _hide_in_talk(self, experience_id: UUID, find: Find) -> int:
        """In what we said, and in what SHOW ME would show them next."""
        found = self.connection.execute(OF_TALK.where(experience.c.id == experience_id)).one()
        ours = select(outbound_message.c.seq, outbound_message.c.redacted)
        places = 0
        for row in self.connection.execute(ours.where(said_in_talk(self.connection, found))).all():
            masked = mask_more(row.redacted, find(row.redacted))
            places += len(masked.cuts)
            if masked.cuts:
                self.connection.execute(
                    update(outbound_message).where(outbound_message.c.seq == row.seq).values(redacted=masked.text)
                )
        if found.contact_id is not None:
            self._hide_in_preview(found.contact_id, found.conversation_id, find)
        return places

    def _hide_in_preview(self, contact_id: UUID, conversation_id: UUID | None, find: Find) -> None:
        query = select(conversation.c.state).where(conversation.c.id == conversation_id)
        state = self.connection.execute(query).scalar_one_or_none() or {}
        masked = mask_more(preview, find(preview)) if (preview := state.get("preview")) else None
        if masked is not None and masked.cuts:
            interrupt(self, contact_id)  # or a turn under way would write the preview back
            state = {**state, "preview": masked.text}
            self.connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(state=state))


def _is_within(span: Span, places: list[Span]) -> bool:
    return any(first <= span[0] and span[1] <= last for first, last in places)
