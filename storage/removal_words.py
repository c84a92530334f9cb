"""One word to the family for all that was removed of one experience within the ten minutes before it leaves."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, exists, select, update

from bot.removing import TOLD_ALL
from storage.promises import call_off
from storage.tables import outbound_message, removed_passage
from storage.unit import AnyRow

one = removed_passage.c


def tell_with(connection: Connection, experience_id: UUID, told: UUID, *, kept: bool) -> None:
    """What was removed before and still waits to be told, is told by this word too: it says the same, or what is true by now."""
    theirs = (one.experience_id == experience_id, one.kept.is_(kept), one.told != told)
    for earlier in connection.execute(select(one.told).where(*theirs).distinct()).scalars().all():
        if call_off(connection, earlier):
            connection.execute(update(removed_passage).where(one.told == earlier).values(told=told))


def unsay(connection: Connection, row: AnyRow) -> None:
    """This one is back. Its word waits no more, unless it tells of another and is still true."""
    other = exists().where(one.told == row.told, one.id != row.id, one.put_back_at.is_(None))
    stands = select(outbound_message.c.id).where(outbound_message.c.id == row.told, outbound_message.c.key != TOLD_ALL, other)
    if row.told is not None and connection.execute(stands).first() is None:
        call_off(connection, row.told)
