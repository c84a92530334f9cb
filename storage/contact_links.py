"""``bot.same_person.ContactLinks``: who stands behind a reference, the links between people, and their undoing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from bot.model import ChannelName
from bot.same_person import Link, Person
from storage.columns import showable
from storage.database import Database
from storage.linking import can_part, join, part
from storage.sealing import Sealer
from storage.tables import contact, contact_link, experience, inbound_message, staff
from storage.unit import AnyRow, Unit

BEHIND = (
    select(contact.c.id, contact.c.opted_out_at)
    .join_from(experience, contact, contact.c.id == experience.c.contact_id)
    .where(experience.c.withdrawn.is_(False))
)


class SqlContactLinks:
    """Short transactions of its own: none of this belongs to a turn."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def person(self, reference: str) -> Person | None:
        with self._database.reading() as connection:
            row = connection.execute(BEHIND.where(experience.c.reference == reference)).one_or_none()
            if row is None:
                return None
            doors = select(inbound_message.c.channel).where(inbound_message.c.contact_id == row.id).distinct()
            return Person(
                contact_id=row.id,
                references=_references(connection, experience.c.contact_id == row.id),
                doors=tuple(sorted(ChannelName(name) for name in connection.execute(doors).scalars())),
                has_stopped=row.opted_out_at is not None,
            )

    def links(self, contact_id: UUID) -> tuple[Link, ...]:
        query = select(contact_link).where(contact_link.c.contact_id == contact_id, contact_link.c.undone_at.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(contact_link.c.linked_at.desc(), contact_link.c.id)).all()
            unit = self._unit(connection)
            return tuple(self._link(connection, row, possible=can_part(unit, row)) for row in rows)

    def join(self, contact_id: UUID, other_id: UUID, *, staff_id: UUID, why: str, now: datetime) -> bool:
        with self._writing() as unit:
            return join(unit, contact_id, other_id, by=_who(staff_id), why=showable(why), now=now) is not None

    def part(self, link_id: UUID, contact_id: UUID, *, staff_id: UUID, now: datetime) -> bool:
        with self._writing() as unit:
            return part(unit, link_id, contact_id, by=_who(staff_id), now=now)

    def _link(self, connection: Connection, row: AnyRow, *, possible: bool) -> Link:
        went_over = [UUID(experience_id) for experience_id in row.moved.get("experience.contact_id", ())]
        name = connection.execute(select(staff.c.name).where(staff.c.id == UUID(row.linked_by.removeprefix("staff:"))))
        return Link(
            id=row.id,
            references=_references(connection, experience.c.id.in_(went_over)),
            linked_at=row.linked_at,
            by=name.scalar_one_or_none() or "",
            can_part=possible,
        )

    @contextmanager
    def _writing(self) -> Iterator[Unit]:
        with self._database.writing() as connection:
            yield self._unit(connection)

    def _unit(self, connection: Connection) -> Unit:
        return Unit(self._database, connection, self._sealer, redactor=str)


def _references(connection: Connection, condition: object) -> tuple[str, ...]:
    query = select(experience.c.reference).where(condition, experience.c.withdrawn.is_(False))  # type: ignore[arg-type] # a condition of SQLAlchemy's
    return tuple(connection.execute(query.order_by(experience.c.opened_at, experience.c.id)).scalars())


def _who(staff_id: UUID) -> str:
    return f"staff:{staff_id}"
