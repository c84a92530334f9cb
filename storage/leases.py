"""Leases of the dead: freed at once when their process is known to be gone, not waited out."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import Connection, null, select, update

from bot.outgoing import OutboundState
from storage.database import Database
from storage.tables import contact, media, outbound_message

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def release_dead(database: Database, worker: str) -> None:
    """``bot.ports.Store.release_dead``. A row found in ``sending`` stays so, its lease run out: it is asked about."""
    host = worker.rpartition(":")[0]
    with database.reading() as connection:
        dead = [owner for owner in _owners(connection) if _is_dead(owner, host)]
    if not dead:
        return
    with database.writing() as connection:
        connection.execute(update(contact).where(contact.c.lease_owner.in_(dead)).values(lease_owner=null(), lease_until=null()))
        connection.execute(
            update(outbound_message)
            .where(outbound_message.c.lease_owner.in_(dead), outbound_message.c.state == OutboundState.SENDING.value)
            .values(lease_until=LONG_AGO)
        )
        connection.execute(update(media).where(media.c.lease_owner.in_(dead)).values(lease_owner=null(), lease_until=null()))


def _owners(connection: Connection) -> set[str]:
    turns = select(contact.c.lease_owner).where(contact.c.turn_due_at.is_not(None), contact.c.lease_owner.is_not(None))
    sends = select(outbound_message.c.lease_owner).where(outbound_message.c.lease_owner.is_not(None))
    files = select(media.c.lease_owner).where(media.c.lease_owner.is_not(None))
    return {*connection.execute(turns).scalars(), *connection.execute(sends).scalars(), *connection.execute(files).scalars()}


def _is_dead(owner: str, host: str) -> bool:
    """Whether this was a process of the same host that runs no more. A name of another form is nobody's we know."""
    owner_host, _, process = owner.rpartition(":")
    pid = process.partition("/")[0]
    if owner_host != host or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
