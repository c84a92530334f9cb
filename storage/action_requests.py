"""``bot.action_requests.RequestRecords``: what publishers are asked for, and what they answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, insert, select, update

from bot.action_requests import NewRequest, Request, Wish
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import action, action_request, staff
from storage.unit import Unit

row = action_request.c
ANSWERER = staff.alias("answerer")
OPEN = row.answered_at.is_(None)
REQUESTS = (
    select(action_request, action.c.title, staff.c.name.label("asker"), ANSWERER.c.name.label("answerer"))
    .join_from(action_request, action, action.c.id == row.action_id)
    .join(staff, staff.c.id == row.asked_by)
    .join(ANSWERER, ANSWERER.c.id == row.answered_by, isouter=True)
)


class SqlActionRequests:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def ask(self, request: NewRequest) -> bool:
        with self._database.writing() as connection:
            held = update(action).where(action.c.id == request.action_id).values(changed_at=action.c.changed_at)
            connection.execute(held)  # of two who ask at once, one comes second
            same = select(row.id).where(row.action_id == request.action_id, row.wish == request.wish.value, OPEN)
            if connection.execute(same).first() is not None:
                return False
            values = {"id": request.id, "action_id": request.action_id, "wish": request.wish.value, "word": request.word}
            connection.execute(insert(action_request), values | {"asked_by": request.by, "asked_at": request.at, "answer": ""})
            self._audit(connection, request.by, f"ask_to_{request.wish}", request.action_id, request.at)
        return True

    def withdraw(self, request_id: UUID, staff_id: UUID, now: datetime) -> bool:
        with self._database.writing() as connection:
            theirs = (row.id == request_id, row.asked_by == staff_id, OPEN)
            action_id = connection.execute(select(row.action_id).where(*theirs)).scalar_one_or_none()
            if action_id is None or not connection.execute(delete(action_request).where(*theirs)).rowcount:
                return False
            self._audit(connection, staff_id, "withdraw_request", action_id, now)
        return True

    def answer(self, request_id: UUID, staff_id: UUID, now: datetime, *, yes: bool, word: str) -> bool:
        with self._database.writing() as connection:
            answered = update(action_request).where(row.id == request_id, OPEN)
            values = {"answered_by": staff_id, "answered_at": now, "yes": yes, "answer": word}
            if not connection.execute(answered.values(values)).rowcount:
                return False
            action_id = connection.execute(select(row.action_id).where(row.id == request_id)).scalar_one()
            self._audit(connection, staff_id, "grant_request" if yes else "refuse_request", action_id, now)
        return True

    def open(self) -> tuple[Request, ...]:
        return self._read(REQUESTS.where(OPEN).order_by(row.asked_at, row.id))

    def of_action(self, action_id: UUID) -> tuple[Request, ...]:
        return self._read(REQUESTS.where(row.action_id == action_id).order_by(row.asked_at.desc(), row.id))

    def answered(self, staff_id: UUID, since: datetime) -> tuple[Request, ...]:
        theirs = REQUESTS.where(row.asked_by == staff_id, row.answered_at >= since)
        return self._read(theirs.order_by(row.answered_at.desc(), row.id))

    def _read(self, query: Select[Any]) -> tuple[Request, ...]:
        with self._database.reading() as connection:
            return tuple(
                Request(
                    id=each.id,
                    action_id=each.action_id,
                    title=each.title,
                    wish=Wish(each.wish),
                    word=each.word,
                    by=each.asker,
                    asker_id=each.asked_by,
                    at=each.asked_at,
                    yes=each.yes,
                    answer=each.answer,
                    answered_by=each.answerer,
                    answered_at=each.answered_at,
                )
                for each in connection.execute(query)
            )

    def _audit(self, connection: Connection, staff_id: UUID, what: str, action_id: UUID, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=f"staff:{staff_id}", action=what, record=f"action:{action_id}", why="", now=now)
