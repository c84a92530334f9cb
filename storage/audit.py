"""The audit trail: lines are added, never changed; each is chained to the one before by a keyed digest.

The key comes from the store's index key, so that who can write to the database but lacks the data keys cannot forge
a line. A head row, sealed the same way, is the end of the chain: lines cut off the end are missed too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.columns import showable
from storage.database import Database
from storage.deeds import note_deed
from storage.sealing import Sealer
from storage.tables import audit, audit_head
from storage.unit import Unit

HEAD = 1

READ_HEAD = select(audit_head.c.number, audit_head.c.mac).where(audit_head.c.id == HEAD).with_for_update()
MOVE_HEAD = (
    update(audit_head)
    .where(audit_head.c.id == HEAD)
    .values(number=bindparam("new_number"), mac=bindparam("new_mac"), seal=bindparam("new_seal"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line: who did what to which record, and why. Ids only."""

    number: int
    at: datetime
    who: str
    action: str
    record: str
    why: str

    def mac(self, key: bytes, before: bytes) -> bytes:
        content = [
            self.number,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.who,
            self.action,
            self.record,
            self.why,
        ]
        return hmac.digest(key, before + json.dumps(content).encode("ascii"), hashlib.sha256)


def head_seal(key: bytes, number: int, mac: bytes) -> bytes:
    return hmac.digest(key, b"head" + number.to_bytes(8, "big") + mac, hashlib.sha256)


class Auditing(Unit):
    """The audit method of ``bot.ports.Transaction``."""

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        add_line(self, who=who, action=action, record=record, why=why, now=now)
        note_deed(self, who=who, action=action, record=record, why=why, now=now)


def add_line(unit: Unit, *, who: str, action: str, record: str, why: str, now: datetime) -> None:
    # The head row is locked first, so that lines written at once stand in line and the chain has no fork.
    head = unit.connection.execute(READ_HEAD).one()
    key = unit.sealer.audit_key()
    line = AuditLine(
        number=head.number + 1, at=now, who=showable(who), action=showable(action), record=showable(record), why=showable(why)
    )
    mac = line.mac(key, head.mac)
    unit.connection.execute(insert(audit), {**asdict(line), "mac": mac})
    seal = head_seal(key, line.number, mac)
    unit.connection.execute(MOVE_HEAD, {"new_number": line.number, "new_mac": mac, "new_seal": seal})


@dataclass(frozen=True, slots=True)
class AuditFault:
    """Where the trail stops being whole, in a sentence."""

    number: int
    what: str


def verify_audit(database: Database, sealer: Sealer) -> AuditFault | None:
    """Walk the whole trail. None: nothing was changed, taken out, put in, reordered or cut off."""
    key = sealer.audit_key()
    with database.reading() as connection:
        return _first_fault(connection, key)


def _first_fault(connection: Connection, key: bytes) -> AuditFault | None:
    before, number = b"", 0
    query = select(audit).order_by(audit.c.number)
    with connection.execution_options(yield_per=500).execute(query) as rows:
        for row in rows:
            number += 1
            if row.number != number:
                return AuditFault(number, f"line {number} is missing")
            line = AuditLine(number=row.number, at=row.at, who=row.who, action=row.action, record=row.record, why=row.why)
            if not hmac.compare_digest(line.mac(key, before), row.mac):
                return AuditFault(number, f"line {number} was changed, or is not from here")
            before = row.mac
    return _fault_at_end(connection, key, number, before)


def _fault_at_end(connection: Connection, key: bytes, number: int, last: bytes) -> AuditFault | None:
    head = connection.execute(select(audit_head).where(audit_head.c.id == HEAD)).one_or_none()
    if head is None:
        return AuditFault(number, "the end of the trail is missing")
    if (head.number, head.mac) != (number, last):
        return AuditFault(number + 1, f"the trail should end at line {head.number}, not {number}")
    if number and not hmac.compare_digest(head_seal(key, number, last), head.seal):
        return AuditFault(number, "the end of the trail was changed")
    return None
