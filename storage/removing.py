"""``bot.removing``: one passage out of the record, put back within a day, or gone for good."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, not_, or_, select, update

from bot.desk_work import Act
from bot.errors import WrongKeys
from bot.masks import Remasked, back, places_of
from bot.model import InboundMessage, Span
from bot.quoting import Quoting
from bot.records import StaffMember
from bot.redaction import redactor
from bot.removing import KIND, MARK, PUT_BACK_WITHIN, NewRemoval, Removed, Why
from storage.audit import add_line
from storage.columns import showable
from storage.envelopes import open_inbound, seal_inbound, spans
from storage.erasing import ALERTED, ALERTS, KEEPS_WORDS, WITHDRAWN, Erasing
from storage.experiences import HOLD, measure_sureness
from storage.happenings import WORDS_BEFORE
from storage.hiding import HOLD_WRITER
from storage.jobs import spoil_exports
from storage.masking import move_message, pairs
from storage.people import interrupt
from storage.put_aside import HANGS_ON, bring_back, digests_of, put_aside, seal_as_it_stands, still_known
from storage.quotes_gone import (
    call_back_what_holds,
    cut_from_desk,
    cut_from_matters,
    stands_elsewhere,
    unhang,
)
from storage.removal_words import tell_with, unsay
from storage.tables import (
    deed,
    experience,
    inbound_message,
    passage,
    removed_passage,
    translation,
)
from storage.tables.messages import InboundState
from storage.talks import forget_preview
from storage.unit import AnyRow
from storage.wall import WALLED

log = logging.getLogger(__name__)

one = removed_passage.c
EARSHOT = "earshot"


class Removes(Erasing):
    """``bot.removing.RemovalWork``, as far as it is not ``bot.ports.Transaction``."""

    def remove_passage(self, new: NewRemoval, now: datetime) -> Removed | None:
        found = self._hold_passage(new)
        if found is None:
            return None
        row, message, words = found
        whole, meant = goes_with(self.connection, row)
        gone = [row.id, *meant]
        about = self._about(row)
        sealed = put_aside(self, message, gone, about, new.id)
        start, end = in_words(row, message, words)
        went = showable(words.text)[start:end] or row.text
        meanings = texts_of(self.connection, meant)
        quotes = Quoting.of(row.text, went, *meanings)
        told = self._drop(gone, [row.text, *meanings], row, new, now)
        if whole:
            self._take_out(message)
        else:
            self._cut(row, message, words, (start, end), quotes)
        self.erase_media(inbound_message.c.seq == message.seq, raw_only=True)
        letters = cut_from_desk(self, new.experience_id, message.contact_id, quotes, staff_id=new.member.id, now=now)
        called_back = call_back_what_holds(self, new.experience_id, quotes)
        self._forget_where(row, about, has_meaning=bool(told) and not whole)
        values = {
            "id": new.id,
            "experience_id": new.experience_id,
            "inbound_seq": message.seq,
            "staff_id": new.member.id,
            "why": new.why.value,
            "at": new.at or now,
            "sealed": seal_as_it_stands(self, sealed, new.id, message.seq),
            "digests": digests_of(self.sealer, went),
            "whole": whole,
            "kept": message.alerted,
            "told": new.told,
        }
        self.connection.execute(insert(removed_passage), values)
        if new.told is not None:
            tell_with(self.connection, new.experience_id, new.told, kept=message.alerted)
        self._note(new, now)
        return Removed(id=new.id, letters=letters, called_back=called_back, told=new.told is not None)

    def put_back_passage(self, removal_id: UUID, member: StaffMember, now: datetime) -> bool:
        row = self._held_removal(removal_id)
        if row is None or row.sealed is None or row.digests is None or row.gone_at is not None:
            return False
        if now >= row.at + PUT_BACK_WITHIN:
            return False
        about = bring_back(self, row)
        if about is None:
            return False
        its = update(experience).where(experience.c.id == row.experience_id)
        self.connection.execute(its.values(withdrawn=False, **about))
        measure_sureness(self.connection, row.experience_id)
        over = {"sealed": None, "digests": None, "put_back_at": now, "put_back_by": member.id}
        self.connection.execute(update(removed_passage).where(one.id == removal_id).values(over))
        done = (deed.c.act == Act.REMOVE.value, deed.c.after == str(removal_id))
        self.connection.execute(update(deed).where(*done).values(undone_at=now))
        unsay(self.connection, row)
        self._line(f"staff:{member.id}", "put_back_passage", row.experience_id, "", now)
        return True

    def erase_removed(self, removal_id: UUID, now: datetime) -> bool:
        row = self._held_removal(removal_id)
        if row is None or row.sealed is None or row.gone_at is not None:
            return False
        gone = {"gone_at": now} | ({} if row.kept else {"sealed": None})
        self.connection.execute(update(removed_passage).where(one.id == removal_id).values(gone))
        if row.whole:  # from here on it is a message that was taken back
            taken = select(*WITHDRAWN).where(inbound_message.c.seq == row.inbound_seq)
            with still_known(self, row.inbound_seq):
                self._withdraw(self.connection.execute(taken).one(), passings=False)  # what held it was called back at once
        self.cut = True
        self._line(EARSHOT, "erase_removed", row.experience_id, "", now)
        return True

    # --- the steps

    def _hold_passage(self, new: NewRemoval) -> tuple[AnyRow, AnyRow, InboundMessage] | None:
        """The passage, its message, and that as it came, all of it held; None where it is not as it was read."""
        self.connection.execute(HOLD_WRITER, {"of_experience": new.experience_id})
        self.connection.execute(HOLD, {"of_experience": new.experience_id})
        row = self.connection.execute(
            select(passage).where(
                passage.c.id == new.passage_id, passage.c.experience_id == new.experience_id, passage.c.translation_id.is_(None)
            )
        ).one_or_none()
        if row is None or row.text != new.text:
            return None
        behind = select(experience.c.id).where(experience.c.id == new.experience_id, WALLED)
        if not new.with_safeguarding and self.connection.execute(behind).first() is not None:
            return None
        message = self.connection.execute(
            select(inbound_message, ALERTED.label("alerted")).where(inbound_message.c.seq == row.inbound_seq)
        ).one()
        if message.state != InboundState.HEARD.value:  # its words were changed, and are to be heard anew
            return None
        try:
            return row, message, open_inbound(self.sealer, message.sealed, message.id, message.channel)
        except WrongKeys:
            log.error("inbound message %s cannot be opened, so nothing is taken out of it", message.id)  # noqa: TRY400 - a traceback may hold words
            return None

    def _held_removal(self, removal_id: UUID) -> AnyRow | None:
        """With the person first, as in every turn."""
        of = self.connection.execute(select(one.experience_id).where(one.id == removal_id)).scalar_one_or_none()
        self.connection.execute(HOLD_WRITER, {"of_experience": of})
        self.connection.execute(HOLD, {"of_experience": of})
        still = select(removed_passage).where(one.id == removal_id, one.put_back_at.is_(None))
        row = self.connection.execute(still.with_for_update()).one_or_none()
        if row is not None:
            self._interrupt(row.inbound_seq)
        return row

    def _interrupt(self, seq: int) -> None:
        whose = self.connection.execute(select(inbound_message.c.contact_id).where(inbound_message.c.seq == seq)).scalar_one()
        if whose is not None:
            forget_preview(self, whose)
            interrupt(self, whose)  # or a turn under way would write the preview back

    def _about(self, row: AnyRow) -> dict[str, Any]:
        """What of the experience may change: where it is about, whether it is to be translated."""
        names = ("place", "district", "needs_translation")
        found = self.connection.execute(
            select(*(experience.c[name] for name in names)).where(experience.c.id == row.experience_id)
        ).one()
        return dict(zip(names, found, strict=True))

    def _drop(self, gone: list[UUID], texts: list[str], row: AnyRow, new: NewRemoval, now: datetime) -> int:
        """The passages, what was suggested, decided and shown of them, and every translation of their message. Returns how
        many translations.
        """
        unhang(self, gone, new.member.id, now)
        cut_from_matters(self, gone, "\n".join(texts))
        for table in HANGS_ON:
            self.connection.execute(delete(table).where(table.c.passage_id.in_(gone)))
        self.connection.execute(delete(passage).where(passage.c.id.in_(gone)))
        meant: int = self.connection.execute(delete(translation).where(translation.c.inbound_seq == row.inbound_seq)).rowcount
        spoil_exports(self, [row.experience_id])
        self._interrupt(row.inbound_seq)
        self.cut = True
        return meant

    def _take_out(self, message: AnyRow) -> None:
        """The whole message; an experience with nothing left is hidden, and emptied with it when the day is over."""
        out = {"state": InboundState.TAKEN_BACK.value, "sealed": None, "redacted": "", "doubtful": None, "weighed": None}
        self.connection.execute(update(inbound_message).where(inbound_message.c.seq == message.seq).values(out))
        empty = (experience.c.id == message.experience_id, not_(or_(KEEPS_WORDS, ALERTS)))
        self.connection.execute(update(experience).where(*empty).values(withdrawn=True))

    def _cut(self, row: AnyRow, message: AnyRow, words: InboundMessage, span: Span, quotes: Quoting) -> None:
        shown = redactor().placeholder(KIND)
        moved = Remasked(
            message.redacted[: row.starts] + shown + message.redacted[row.ends :],
            ((row.starts, row.ends, row.starts, row.starts + len(shown)),),
        )
        move_message(self.connection, message, moved)
        text = showable(words.text)
        start, end = span
        left = f"{text[:start]}{MARK}{text[end:]}" if span != (0, 0) else moved.text
        of_words = Remasked(left, ((start, end, start, start + len(MARK)),))
        evidence = pairs(of_words.left(spans(message.risk_evidence))) if left != moved.text and text == words.text else None
        # What it said before its sender changed it may hold these words in another form.
        details = {name: quotes.without(value, MARK) for name, value in words.details.items() if name != WORDS_BEFORE}
        sealed = seal_inbound(self.sealer, replace(words, text=left, details=details), message.id)
        values = {"sealed": sealed, "risk_evidence": evidence}
        self.connection.execute(update(inbound_message).where(inbound_message.c.seq == message.seq).values(values))

    def _forget_where(self, row: AnyRow, about: dict[str, Any], *, has_meaning: bool) -> None:
        its = update(experience).where(experience.c.id == row.experience_id)
        if has_meaning:
            self.connection.execute(its.values(needs_translation=True))
        place = about["place"]
        if place and places_of(place, row.text) and not stands_elsewhere(self, row.experience_id, place):
            self.connection.execute(its.values(place=None, district=None))
        measure_sureness(self.connection, row.experience_id)

    def _note(self, new: NewRemoval, now: datetime) -> None:
        if new.again:  # nobody's deed of today, and not to be undone
            self._line(new.again, "remove_passage_again", new.experience_id, new.why.value, now)
            return
        done = {"id": uuid4(), "staff_id": new.member.id, "experience_id": new.experience_id, "act": Act.REMOVE.value}
        self.connection.execute(insert(deed), done | {"after": str(new.id), "at": now})
        why = new.reason if new.why is Why.OTHER else new.why.value
        self._line(f"staff:{new.member.id}", "remove_passage", new.experience_id, why, now)

    def _line(self, who: str, action: str, experience_id: UUID, why: str, now: datetime) -> None:
        add_line(self, who=who, action=action, record=f"experience:{experience_id}", why=why, now=now)


def goes_with(connection: Connection, row: AnyRow) -> tuple[bool, list[UUID]]:
    """Whether the message has no other passage of its own, and the passages of its translations."""
    of_it = select(passage.c.id, passage.c.translation_id).where(passage.c.inbound_seq == row.inbound_seq, passage.c.id != row.id)
    others = connection.execute(of_it).all()
    meant = [each.id for each in others if each.translation_id is not None]
    return len(meant) == len(others), meant


def texts_of(connection: Connection, passages: list[UUID]) -> list[str]:
    """Of a translation nobody can tell which part means what goes, so whatever repeats any of it repeats that."""
    return list(connection.execute(select(passage.c.text).where(passage.c.id.in_(passages))).scalars())


def in_words(row: AnyRow, message: AnyRow, words: InboundMessage) -> Span:
    """Where the passage stands in the words as they came. (0, 0): the masked copy is none of them any more, and stands for
    them from now on.
    """
    text = showable(words.text)
    span = back(row.starts, row.ends, text, message.redacted)
    return (0, 0) if span is None else span
