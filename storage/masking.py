"""Masks more of what is stored in clear of one message: its words, its passages with their evidence, what staff say it means.

Nothing sealed is touched, and nothing that is masked is shown again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from bot.details import Found
from bot.errors import WrongKeys
from bot.heard import Heard
from bot.masks import Find, Remasked, hiding, mask_more, places_of
from bot.model import Span
from storage.envelopes import open_name_word, spans
from storage.prepared import Prepared
from storage.sealing import Sealer
from storage.tables import experience, inbound_message, name_word, passage, suggestion, translation
from storage.unit import AnyRow, Unit

log = logging.getLogger(__name__)

THIS_ONE = experience.alias("this_one")
WHOSE = select(THIS_ONE.c.contact_id).where(THIS_ONE.c.id == bindparam("of_experience")).scalar_subquery()

SAID = Prepared(
    select(name_word.c.id, name_word.c.sealed, name_word.c.is_name)
    .where(name_word.c.experience_id.in_(select(experience.c.id).where(experience.c.contact_id == WHOSE)))
    .order_by(name_word.c.said_at, name_word.c.is_name, name_word.c.id)
)


def mask_message(connection: Connection, row: AnyRow, masks: Sequence[Found]) -> int:
    """``row``: all of ``inbound_message``. Returns how many stretches were masked."""
    moved = mask_more(row.redacted, masks)
    if moved.cuts:
        move_message(connection, row, moved)
    return len(moved.cuts)


def move_message(connection: Connection, row: AnyRow, moved: Remasked) -> None:
    """The words of a message are others now: so are its passages, and everything that is counted in it. ``row`` as before."""
    left = {name: pairs(moved.left(spans(getattr(row, name)))) for name in ("doubtful", "weighed")}
    connection.execute(update(inbound_message).where(inbound_message.c.seq == row.seq).values(redacted=moved.text, **left))
    of_it = (passage.c.inbound_seq == row.seq, passage.c.translation_id.is_(None))
    for each in connection.execute(select(passage).where(*of_it)).all():
        _move_passage(connection, each, row.redacted, moved)


def mask_translation(connection: Connection, row: AnyRow, masks: Sequence[Found]) -> int:
    """``row``: of ``translation``, with ``id`` and ``redacted``."""
    moved = mask_more(row.redacted, masks)
    if not moved.cuts:
        return 0
    connection.execute(update(translation).where(translation.c.id == row.id).values(redacted=moved.text))
    for each in connection.execute(select(passage).where(passage.c.translation_id == row.id)).all():
        _move_passage(connection, each, row.redacted, moved)
    return len(moved.cuts)


def _move_passage(connection: Connection, row: AnyRow, before: str, moved: Remasked) -> None:
    start, end = moved.span(row.starts, row.ends)
    if before[row.starts : row.ends] == row.text:
        within, text = moved, moved.text[start:end]
        shift, new_shift = row.starts, start
    else:  # it says what its message does not: then what is masked there is looked for here
        words = [before[first:last] for first, last, _, _ in moved.cuts]
        within = mask_more(row.text, hiding(*words)(row.text))
        text, shift, new_shift = within.text, 0, 0
    connection.execute(update(passage).where(passage.c.id == row.id).values(starts=start, ends=end, text=text))
    for each in connection.execute(select(suggestion).where(suggestion.c.passage_id == row.id)).all():
        evidence = [_moved(span, within, shift, new_shift, len(text)) for span in spans(each.evidence)]
        connection.execute(update(suggestion).where(suggestion.c.id == each.id).values(evidence=evidence))


def _moved(span: Span, moved: Remasked, shift: int, new_shift: int, length: int) -> list[int]:
    """Where a stretch of a passage stands in it now. ``shift``: where the passage began, and where it begins."""
    start, end = moved.span(span[0] + shift, span[1] + shift)
    return [max(start - new_shift, 0), min(end - new_shift, length)]


# --- what staff have said of words ----------------------------------------------------------------------------------


def said_of(connection: Connection, sealer: Sealer, experience_id: UUID) -> dict[str, bool]:
    """Each word or phrase staff have spoken of in any experience of this person, and whether it is a name: the later word
    of two stands.
    """
    said = {}
    for row in SAID.run(connection, {"of_experience": experience_id}).all():
        try:
            said[open_name_word(sealer, row.sealed, row.id)] = row.is_name
        except WrongKeys:  # a family's turn does not wait for it
            log.error("a word that staff spoke of, %s, cannot be opened", row.id)  # noqa: TRY400 - a traceback may hold words
    return said


def hidden_by(said: Mapping[str, bool]) -> Find:
    return hiding(*(word for word, is_name in said.items() if is_name))


def still_doubtful(text: str, doubtful: Iterable[Span], said: Mapping[str, bool]) -> tuple[Span, ...]:
    """Those that nobody has looked at yet."""
    fine = [span for word, is_name in said.items() if not is_name for span in places_of(word, text)]
    return tuple(span for span in doubtful if not any(first <= span[0] and span[1] <= last for first, last in fine))


def masked_by(heard: Heard) -> dict[str, Any]:
    """What is kept of a message beside its words, and moves with them where more is masked."""
    return {"redactor": heard.redactor or None, "doubtful": pairs(heard.doubtful), "weighed": pairs(heard.weighed)}


def hide_said(unit: Unit, seq: int, experience_id: UUID) -> None:
    """A message was heard just now: what staff have hidden of this person's words is hidden in it, too."""
    said = said_of(unit.connection, unit.sealer, experience_id)
    if not said:
        return
    query = select(inbound_message).where(inbound_message.c.seq == seq)
    row = unit.connection.execute(query).one()
    if mask_message(unit.connection, row, hidden_by(said)(row.redacted)):
        row = unit.connection.execute(query).one()
    doubtful = pairs(still_doubtful(row.redacted, spans(row.doubtful), said))
    unit.connection.execute(update(inbound_message).where(inbound_message.c.seq == seq).values(doubtful=doubtful))


def hide_said_in_translation(unit: Unit, translation_id: UUID, experience_id: UUID) -> None:
    said = said_of(unit.connection, unit.sealer, experience_id)
    if any(said.values()):
        row = unit.connection.execute(select(translation).where(translation.c.id == translation_id)).one()
        mask_translation(unit.connection, row, hidden_by(said)(row.redacted))


def pairs(found: Iterable[Span]) -> list[list[int]] | None:
    """As they are kept; None for none."""
    return [list(span) for span in found] or None
