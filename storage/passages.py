"""``bot.passages.PassageRecords``: passages are rows; splitting adds one, joining takes one away, and nothing decided is lost."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from bot.passages import shared_out
from bot.records import StaffMember
from storage.audit import add_line
from storage.database import Database
from storage.envelopes import spans
from storage.experiences import HOLD, measure_sureness
from storage.sealing import Sealer
from storage.tables import decision, inbound_message, passage, reading, suggestion, translation
from storage.unit import AnyRow, Unit


class SqlPassages:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def neighbours(self, experience_id: UUID) -> dict[UUID, UUID]:
        with self._database.reading() as connection:
            rows = _rows(connection, experience_id)
        return {row.id: after.id for row, after in pairwise(rows) if _whose(row) == _whose(after)}

    def split(self, passage_id: UUID, cut: int, *, text: str, new_id: UUID, member: StaffMember, now: datetime) -> bool:
        with self._database.writing() as connection:
            row = _held(connection, passage_id)
            if row is None or row.text != text:
                return False
            first, second = text[:cut].rstrip(), text[cut:]
            later = (passage.c.inbound_seq == row.inbound_seq, passage.c.position > row.position)
            connection.execute(update(passage).where(*later).values(position=passage.c.position + 1))
            connection.execute(update(passage).where(passage.c.id == row.id).values(text=first, ends=row.starts + len(first)))
            values = {column.name: getattr(row, column.name) for column in passage.c}
            at = min(row.starts + cut, row.ends)
            connection.execute(
                insert(passage), {**values, "id": new_id, "position": row.position + 1, "starts": at, "text": second}
            )
            self._share_out(connection, row.id, new_id, cut)
            self._end(connection, row, "split_passage", member, now)
        return True

    def _share_out(self, connection: Connection, passage_id: UUID, new_id: UUID, cut: int) -> None:
        """Each suggestion goes where the words stand that caused it, and what people decided of its theme goes with it."""
        for row in connection.execute(select(suggestion).where(suggestion.c.passage_id == passage_id)).all():
            evidence = spans(row.evidence)
            first, second = shared_out(evidence, cut)
            if second or not evidence:
                values = {column.name: getattr(row, column.name) for column in suggestion.c if column.name != "id"}
                connection.execute(
                    insert(suggestion), {**values, "passage_id": new_id, "evidence": [list(span) for span in second]}
                )
            if first or not evidence:
                pairs = [list(span) for span in first]
                connection.execute(update(suggestion).where(suggestion.c.id == row.id).values(evidence=pairs))
            else:
                connection.execute(delete(suggestion).where(suggestion.c.id == row.id))
                goes = (decision.c.passage_id == passage_id, decision.c.theme == row.theme)
                connection.execute(update(decision).where(*goes).values(passage_id=new_id))

    def join(self, passage_id: UUID, other_id: UUID, *, member: StaffMember, now: datetime) -> bool:
        with self._database.writing() as connection:
            row, other = _held(connection, passage_id), _held(connection, other_id)
            if row is None or other is None or _whose(row) != _whose(other):
                return False
            whole = _words_of(connection, row)
            if whole[row.starts : row.ends] == row.text and whole[other.starts : other.ends] == other.text:
                text, shift = whole[row.starts : other.ends], other.starts - row.starts
            else:  # it says what its message does not: the two stand one after the other
                text, shift = f"{row.text}\n{other.text}", len(row.text) + 1
            connection.execute(update(passage).where(passage.c.id == row.id).values(text=text, ends=other.ends))
            self._bring_over(connection, row.id, other.id, shift)
            for table in (decision, reading):
                connection.execute(update(table).where(table.c.passage_id == other.id).values(passage_id=row.id))
            connection.execute(delete(passage).where(passage.c.id == other.id))
            self._end(connection, row, "join_passages", member, now)
        return True

    def _bring_over(self, connection: Connection, passage_id: UUID, other_id: UUID, shift: int) -> None:
        """A theme that both had is one suggestion again, with the evidence of both and the surer score."""
        mine = {row.theme: row for row in connection.execute(select(suggestion).where(suggestion.c.passage_id == passage_id))}
        for row in connection.execute(select(suggestion).where(suggestion.c.passage_id == other_id)).all():
            moved = [[start + shift, end + shift] for start, end in spans(row.evidence)]
            twin = mine.get(row.theme)
            if twin is None:
                values = {"passage_id": passage_id, "evidence": moved}
                connection.execute(update(suggestion).where(suggestion.c.id == row.id).values(values))
                continue
            both = {"evidence": [*twin.evidence, *moved], "score": max(twin.score, row.score)}
            connection.execute(update(suggestion).where(suggestion.c.id == twin.id).values(both))
            connection.execute(delete(suggestion).where(suggestion.c.id == row.id))

    def _end(self, connection: Connection, row: AnyRow, action: str, member: StaffMember, now: datetime) -> None:
        measure_sureness(connection, row.experience_id)
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=f"staff:{member.id}", action=action, record=f"passage:{row.id}", why="", now=now)


def _rows(connection: Connection, experience_id: UUID) -> list[AnyRow]:
    query = select(passage).where(passage.c.experience_id == experience_id)
    return list(connection.execute(query.order_by(passage.c.inbound_seq, passage.c.position)))


def _held(connection: Connection, passage_id: UUID) -> AnyRow | None:
    """The passage, with its experience locked so that nobody changes it meanwhile."""
    of = connection.execute(select(passage.c.experience_id).where(passage.c.id == passage_id)).scalar_one_or_none()
    if of is None:
        return None
    connection.execute(HOLD, {"of_experience": of})
    return connection.execute(select(passage).where(passage.c.id == passage_id)).one_or_none()


def _whose(row: AnyRow) -> tuple[int, UUID | None]:
    return row.inbound_seq, row.translation_id


def _words_of(connection: Connection, row: AnyRow) -> str:
    if row.translation_id is not None:
        query = select(translation.c.redacted).where(translation.c.id == row.translation_id)
    else:
        query = select(inbound_message.c.redacted).where(inbound_message.c.seq == row.inbound_seq)
    words: str = connection.execute(query).scalar_one()
    return words
