"""What is sealed of a passage that was removed: its message as it was, and all that hung on it, so that it can be put back.

Rows are kept field by field, and put back under the ids they had: what led to them leads to them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, Uuid, case, insert, null, or_, select, update

from bot.errors import WrongKeys
from bot.model import Address
from bot.quoting import Words, known_again, sentences_of, without
from bot.removing import MARK
from storage.columns import UtcDateTime, showable
from storage.envelopes import INBOUND, REMOVED, content_of, open_translation, seal_content, seal_translation
from storage.masking import hide_said, hide_said_in_translation
from storage.sealing import Sealer
from storage.tables import decision, inbound_message, passage, past_suggestion, removed_passage, suggestion, translation
from storage.unit import AnyRow, Unit, kept_id

Json = dict[str, Any]

OF_MESSAGE = ("state", "redactor", "redacted", "doubtful", "weighed", "risk_evidence")
HANGS_ON: Sequence[Table] = (suggestion, past_suggestion, decision)
_ENDS = ".,;:!?…)\"'\u201d\u2019"


def put_aside(unit: Unit, message: AnyRow, gone: Sequence[UUID], about: Mapping[str, Any], removal_id: UUID) -> bytes:
    """Before anything is taken away. ``about``: what of the experience will change."""
    connection = unit.connection
    meant = connection.execute(select(translation).where(translation.c.inbound_seq == message.seq)).all()
    all_of_it = select(passage.c.id, passage.c.starts, passage.c.ends).where(passage.c.inbound_seq == message.seq)
    content: Json = {
        "words": content_of(unit.sealer, message.sealed, INBOUND, message.id),
        "message": {name: getattr(message, name) for name in OF_MESSAGE},
        "spans": {str(row.id): [row.starts, row.ends] for row in connection.execute(all_of_it)},
        "passages": _rows(connection, passage, passage.c.id.in_(gone)),
        "hangs": {table.name: _rows(connection, table, table.c.passage_id.in_(gone)) for table in HANGS_ON},
        "meant": [{**_fields(translation, row), "sealed": open_translation(unit.sealer, row.sealed, row.id)} for row in meant],
        "about": dict(about),
    }
    return seal_content(unit.sealer, content, REMOVED, removal_id)


def seal_as_it_stands(unit: Unit, sealed: bytes, removal_id: UUID, seq: int) -> bytes:
    """With how the message stands now that it is cut: put back is only what nobody has changed since."""
    content = content_of(unit.sealer, sealed, REMOVED, removal_id)
    return seal_content(unit.sealer, {**content, "after": _stands(unit, seq)}, REMOVED, removal_id)


def bring_back(unit: Unit, row: AnyRow) -> Json | None:
    """``row``: of ``removed_passage``. Returns what was noted of the experience; None: the message has changed since."""
    content = content_of(unit.sealer, row.sealed, REMOVED, row.id)
    connection, seq = unit.connection, row.inbound_seq
    if content["after"] != _stands(unit, seq):
        return None
    message_id = connection.execute(select(inbound_message.c.id).where(inbound_message.c.seq == seq)).scalar_one()
    sealed = seal_content(unit.sealer, content["words"], INBOUND, message_id)
    values = content["message"] | {"sealed": sealed}
    connection.execute(update(inbound_message).where(inbound_message.c.seq == seq).values(values))
    for passage_id, (starts, ends) in content["spans"].items():
        its = update(passage).where(passage.c.id == UUID(passage_id))
        connection.execute(its.values(starts=starts, ends=ends))
    meant_anew = connection.execute(select(translation.c.id).where(translation.c.inbound_seq == seq)).first() is not None
    back = [each for each in content["passages"] if not (meant_anew and each["translation_id"])]
    ids = {each["id"] for each in back}
    if not meant_anew:
        for each in content["meant"]:
            meaning = seal_translation(unit.sealer, each["sealed"], UUID(each["id"]))
            connection.execute(insert(translation), _values(translation, each) | {"sealed": meaning})
    for each in back:
        connection.execute(insert(passage), _values(passage, each))
    for table in HANGS_ON:
        for each in content["hangs"][table.name]:
            if each["passage_id"] in ids:
                connection.execute(insert(table), _values(table, each))
    # what staff have hidden meanwhile is hidden in what comes back
    of_it = connection.execute(select(inbound_message.c.experience_id).where(inbound_message.c.seq == seq)).scalar_one()
    hide_said(unit, seq, of_it)
    for each in () if meant_anew else content["meant"]:
        hide_said_in_translation(unit, UUID(each["id"]), of_it)
    about: Json = content["about"]
    return about


def words_of(sealer: Sealer, row: AnyRow) -> str:
    """The words of the message as they were before this was removed."""
    text: str = content_of(sealer, row.sealed, REMOVED, row.id)["words"]["text"]
    return text


def let_go(unit: Unit, which: ColumnElement[bool]) -> None:
    """The words were taken back or erased meanwhile: nothing is put back (without digests nothing is). What safeguarding keeps
    it keeps.
    """
    sealed = case((removed_passage.c.kept, removed_passage.c.sealed), else_=null())
    theirs = update(removed_passage).where(which, removed_passage.c.put_back_at.is_(None))
    unit.cut |= bool(unit.connection.execute(theirs.values(sealed=sealed, digests=null())).rowcount)


@contextmanager
def still_known(unit: Unit, seq: int) -> Iterator[None]:
    """The message goes for good; what was removed of it is known again all the same, should it be sent once more."""
    its = (removed_passage.c.inbound_seq == seq, removed_passage.c.digests.is_not(None))
    rows = unit.connection.execute(select(removed_passage.c.id, removed_passage.c.digests).where(*its)).all()
    yield
    for row in rows:
        is_over = or_(removed_passage.c.gone_at.is_not(None), removed_passage.c.sealed.is_(None))
        kept = update(removed_passage).where(removed_passage.c.id == row.id, is_over)
        unit.connection.execute(kept.values(digests=row.digests))


def let_go_of_message(unit: Unit, channel: str, account: str, external_id: str) -> None:
    """One that its sender has unsent, whether or not anything of it is left in the record."""
    its = select(inbound_message.c.seq).where(
        inbound_message.c.channel == channel,
        inbound_message.c.account == kept_id(account),
        inbound_message.c.external_id == kept_id(external_id),
    )
    let_go(unit, removed_passage.c.inbound_seq.in_(its))


def kept_words(connection: Connection, sealer: Sealer, experience_id: UUID) -> dict[int, str | None]:
    """What safeguarding keeps: each such message as it was before any of it was removed. None: no key we have opens it."""
    its = (removed_passage.c.experience_id == experience_id, removed_passage.c.kept, removed_passage.c.sealed.is_not(None))
    rows = connection.execute(select(removed_passage).where(*its).order_by(removed_passage.c.at.desc())).all()
    kept: dict[int, str | None] = {}
    for row in rows:
        try:
            kept[row.inbound_seq] = words_of(sealer, row)
        except WrongKeys:
            kept[row.inbound_seq] = None
    return kept


# --- by which words are known again ------------------------------------------------------------------------------------


def digests_of(sealer: Sealer, text: str) -> list[list[int | str]]:
    return [[len(run), _digest(sealer, run)] for run in sentences_of(text)]


def without_removed(unit: Unit, seq: int, text: str) -> tuple[str, bool]:
    """New words for a message of which something was removed: what is known of that again is not in them. And whether any
    of it was ever removed.
    """
    query = select(removed_passage.c.digests).where(
        removed_passage.c.inbound_seq == seq, removed_passage.c.put_back_at.is_(None), removed_passage.c.digests.is_not(None)
    )
    rows = unit.connection.execute(query).all()
    digests = [(int(length), str(digest)) for row in rows for length, digest in row.digests]
    return cut_known(unit.sealer, text, digests), bool(rows)


def cut_known(sealer: Sealer, text: str, digests: Iterable[tuple[int, str]]) -> str:
    known = set(digests)

    def is_known(run: Words) -> bool:
        return (len(run), _digest(sealer, run)) in known

    shown = showable(text)
    places = [
        (start, end + len(shown[end:]) - len(shown[end:].lstrip(_ENDS)))
        for start, end in known_again(shown, {length for length, _ in known}, is_known)
    ]
    return without(shown, places, MARK) if places else text


def _digest(sealer: Sealer, run: Words) -> str:
    return sealer.blind_index(Address("removed", " ".join(run))).hex()


# --- rows as they are sealed ----------------------------------------------------------------------------------------------


def _stands(unit: Unit, seq: int) -> str:
    """Its words as they came, and which passages it is in. A word that is hidden in it meanwhile changes neither: it is hidden
    in what comes back, too.
    """
    connection = unit.connection
    row = connection.execute(select(inbound_message).where(inbound_message.c.seq == seq)).one()
    words = None if row.sealed is None else content_of(unit.sealer, row.sealed, INBOUND, row.id)
    own = select(passage.c.id).where(passage.c.inbound_seq == seq, passage.c.translation_id.is_(None))
    passages = sorted(map(str, connection.execute(own).scalars()))
    said = repr((row.state, row.redactor, row.amended_at, words, passages))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _rows(connection: Connection, table: Table, which: Any) -> list[Json]:
    return [_fields(table, row) for row in connection.execute(select(table).where(which)).all()]


def _fields(table: Table, row: AnyRow) -> Json:
    return {column.name: _plain(getattr(row, column.name)) for column in table.c}


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return ""  # sealed under a key that may be retired by then; its words are kept beside it
        case _:
            return value


def _values(table: Table, fields: Json) -> Json:
    return {name: _kept(table, name, value) for name, value in fields.items()}


def _kept(table: Table, name: str, value: object) -> object:
    if isinstance(value, str) and isinstance(table.c[name].type, UtcDateTime):
        return datetime.fromisoformat(value)
    return UUID(value) if isinstance(value, str) and isinstance(table.c[name].type, Uuid) else value
