"""What the team wrote that repeats words which are removed: the words go from it, and what would carry them out is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.errors import WrongKeys
from bot.masks import places_of
from bot.quoting import Quoting
from bot.removing import MARK
from storage.actions_cut import cut_from_actions
from storage.envelopes import (
    OUTBOUND,
    content_of,
    open_answer,
    open_draft,
    open_letter,
    open_note,
    open_outbound,
    seal_content,
    seal_draft,
    seal_note,
)
from storage.passing import take_these_back
from storage.sealing import Sealer
from storage.tables import (
    action_link,
    alert_release,
    draft,
    experience,
    inbound_message,
    letter,
    matter,
    matter_told,
    outbound_message,
    passed_on,
    recipient,
    staff_note,
    task,
)
from storage.talk import OF_TALK, said_in_talk
from storage.unit import AnyRow, Unit


def cut_from_desk(
    unit: Unit, experience_id: UUID, contact_id: UUID | None, quotes: Quoting, *, staff_id: UUID, now: datetime
) -> int:
    """Notes, tasks, drafts, actions, what was written in the talk. Returns how many letters waited to leave with them: they do
    not.
    """
    connection = unit.connection
    for row in connection.execute(select(staff_note).where(staff_note.c.experience_id == experience_id)).all():
        text = _opened(unit, open_note, row)
        if quotes.places(text):
            sealed = seal_note(unit.sealer, quotes.without(text, MARK), row.id)
            connection.execute(update(staff_note).where(staff_note.c.id == row.id).values(sealed=sealed))
    for row in connection.execute(select(task).where(task.c.experience_id == experience_id)).all():
        said = {name: getattr(row, name) for name in ("outcome", "moved_why") if quotes.places(getattr(row, name) or "")}
        if said:
            cut = {name: quotes.without(text, MARK) for name, text in said.items()}
            connection.execute(update(task).where(task.c.id == row.id).values(cut))
    told = cut_from_actions(unit, experience_id, quotes, staff_id, now)
    _cut_from_talk(unit, experience_id, quotes)
    _cut_from_rows(unit, outbound_message.c.id.in_(told), quotes)
    return 0 if contact_id is None else _cut_from_letters(unit, contact_id, quotes)


def _cut_from_letters(unit: Unit, contact_id: UUID, quotes: Quoting) -> int:
    connection = unit.connection
    for row in connection.execute(select(draft).where(draft.c.contact_id == contact_id)).all():
        text = _opened(unit, open_draft, row)
        if quotes.places(text):
            sealed = seal_draft(unit.sealer, quotes.without(text, MARK), row.id)
            connection.execute(update(draft).where(draft.c.id == row.id).values(sealed=sealed))
    stopped = [
        row.id
        for row in connection.execute(select(letter).where(letter.c.contact_id == contact_id)).all()
        if quotes.places(_opened(unit, open_letter, row)) or quotes.places(row.redacted)
    ]
    connection.execute(delete(letter).where(letter.c.id.in_(stopped)))
    return len(stopped)


def _cut_from_talk(unit: Unit, experience_id: UUID, quotes: Quoting) -> None:
    """What somebody of the team wrote to them; our own wording repeats nothing."""
    found = unit.connection.execute(OF_TALK.where(experience.c.id == experience_id)).one()
    _cut_from_rows(unit, and_(said_in_talk(unit.connection, found), outbound_message.c.staff_id.is_not(None)), quotes)


def _cut_from_rows(unit: Unit, which: ColumnElement[bool], quotes: Quoting) -> None:
    for row in unit.connection.execute(select(outbound_message).where(which)).all():
        values: dict[str, object] = {"redacted": quotes.without(row.redacted, MARK)}
        if row.sealed is not None:
            try:
                content = content_of(unit.sealer, row.sealed, OUTBOUND, row.id)
            except WrongKeys:
                content = {"text": ""}
            if quotes.places(content["text"]):
                content["text"] = quotes.without(content["text"], MARK)
                values["sealed"] = seal_content(unit.sealer, content, OUTBOUND, row.id)
        if values != {"redacted": row.redacted}:
            unit.connection.execute(update(outbound_message).where(outbound_message.c.seq == row.seq).values(values))


def holders(unit: Unit, experience_id: UUID, quotes: Quoting) -> dict[UUID, str]:
    """What was passed on with these words, or with words that do not open any more: its id, and to whom."""
    query = (
        select(passed_on.c.id, passed_on.c.answer, recipient.c.name, outbound_message.c.id.label("mail"))
        .add_columns(outbound_message.c.sealed, outbound_message.c.channel)
        .join_from(passed_on, recipient, recipient.c.id == passed_on.c.recipient_id)
        .join(outbound_message, outbound_message.c.id == passed_on.c.outbound_id)
        .where(passed_on.c.experience_id == experience_id, passed_on.c.gone.is_(False))
    )
    return {row.id: row.name for row in unit.connection.execute(query).all() if _holds(unit, row, quotes)}


def _holds(unit: Unit, row: AnyRow, quotes: Quoting) -> bool:
    try:
        mail = "" if row.sealed is None else open_outbound(unit.sealer, row.sealed, row.mail, row.channel).text
        answer = "" if row.answer is None else open_answer(unit.sealer, row.answer, row.id)
    except WrongKeys:
        return True
    # A mail sets each line of theirs apart with a sign and breaks it where it must; signs and breaks are no words.
    return bool(quotes.places(mail) or quotes.places(answer))


def call_back_what_holds(unit: Unit, experience_id: UUID, quotes: Quoting) -> int:
    """It is forgotten here, and the sweep calls it back there."""
    ids = list(holders(unit, experience_id, quotes))
    if ids:
        take_these_back(unit, passed_on.c.id.in_(ids))
    return len(ids)


def unhang(unit: Unit, passage_ids: Sequence[UUID], staff_id: UUID, now: datetime) -> None:
    """It is quoted nowhere, and shown as feedback no more."""
    connection = unit.connection
    connection.execute(update(action_link).where(action_link.c.quoted.in_(passage_ids)).values(quoted=None))
    shown = (alert_release.c.passage_id.in_(passage_ids), alert_release.c.ended_at.is_(None))
    connection.execute(update(alert_release).where(*shown).values(ended_at=now, ended_by=staff_id))


def cut_from_matters(unit: Unit, passage_ids: Sequence[UUID], text: str) -> None:
    """Words that mark what several people told of, where this passage is one of those it was told by."""
    connection = unit.connection
    told = select(matter_told.c.matter_id).where(matter_told.c.passage_id.in_(passage_ids))
    for row in connection.execute(select(matter.c.id, matter.c.terms).where(matter.c.id.in_(told))).all():
        left = [term for term in row.terms if not places_of(term, text)]
        if len(left) < len(row.terms):
            connection.execute(update(matter).where(matter.c.id == row.id).values(terms=left))
    connection.execute(delete(matter_told).where(matter_told.c.passage_id.in_(passage_ids)))


def stands_elsewhere(unit: Unit, experience_id: UUID, word: str) -> bool:
    """In the words of this experience as they are now."""
    texts: Iterable[str] = unit.connection.execute(
        select(inbound_message.c.redacted).where(inbound_message.c.experience_id == experience_id)
    ).scalars()
    return any(places_of(word, text) for text in texts)


def _opened(unit: Unit, opening: Callable[[Sealer, bytes, UUID], str], row: AnyRow) -> str:
    """Empty where it does not open with our keys."""
    try:
        return opening(unit.sealer, row.sealed, row.id)
    except WrongKeys:
        return ""
