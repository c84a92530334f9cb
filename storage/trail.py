"""``bot.trail.TrailRecords``: the audit trail read back by record, and the line that a reading leaves in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, or_, select, update

from bot.records import StaffMember
from bot.trail import FOR_A_REASON, READ, Exported, Found, TrailLine
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import (
    alert,
    alert_release,
    audit,
    campaign_response,
    experience,
    exported,
    inbound_message,
    looking,
    media,
    milestone,
    outbound_message,
    passage,
    staff,
    task,
    translation,
)
from storage.unit import AnyRow, Unit
from storage.wall import WALLED

EXPORTS = ("messages", "experiences", "decisions")
"""What is exported whole, as the trail names it. The audit trail itself holds nothing of a record but its id."""
_MADE, _FETCHED = "export", "fetch_export"
"""A file of what somebody had narrowed the inbox to: that a record is in it is known, so only that one's page says so."""
_OF_STAFF = "staff:"
_LETTER = "letter:"
OF_ALERTS = "release_passage"
"""It once stood under the passage, and now stands under the release. The trail is not rewritten, so both are read, and either
shows that there was an alert.
"""


class SqlTrail:
    """Reads; and one short transaction of its own for a reading."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def note(self, experience_id: UUID, member: StaffMember, sitting: UUID, now: datetime) -> None:
        """The row of who has it open remembers the sitting, so a page that is loaded again costs one look and no write."""
        its = (looking.c.experience_id == experience_id, looking.c.staff_id == member.id)
        with self._database.reading() as connection:
            if connection.execute(select(looking.c.sitting).where(*its)).scalar_one_or_none() == sitting:
                return
        another = or_(looking.c.sitting.is_(None), looking.c.sitting != sitting)
        with self._database.writing() as connection:
            if not connection.execute(update(looking).where(*its, another).values(sitting=sitting, at=now)).rowcount:
                values = {"experience_id": experience_id, "staff_id": member.id, "at": now, "sitting": sitting}
                insert = self._database.insert_once(looking, "experience_id", "staff_id")
                if not insert.run(connection, values).rowcount:
                    return  # another page of the same sitting was quicker
            unit = Unit(self._database, connection, self._sealer, redactor=str)
            add_line(unit, who=f"staff:{member.id}", action=READ, record=f"experience:{experience_id}", why="", now=now)

    def find(self, reference: str) -> Found | None:
        query = select(experience.c.id, experience.c.opened_at, experience.c.reference, WALLED.label("hidden"))
        with self._database.reading() as connection:
            row = connection.execute(query.where(experience.c.reference == reference)).one_or_none()
        if row is None:
            return None
        return Found(id=row.id, reference=row.reference, opened_at=row.opened_at, is_with_safeguarding=bool(row.hidden))

    def lines(self, experience_id: UUID, *, alerts: bool, limit: int) -> tuple[TrailLine, ...]:
        with self._database.reading() as connection:
            records = _records(connection, experience_id, alerts=alerts)
            return _lines(connection, records, limit, but="" if alerts else OF_ALERTS)

    def lines_of_alert(self, alert_id: UUID, *, limit: int) -> tuple[TrailLine, ...]:
        with self._database.reading() as connection:
            return _lines(connection, [f"alert:{alert_id}"], limit)

    def exports(self, experience_id: UUID, since: datetime, *, limit: int) -> tuple[Exported, ...]:
        answered = (
            select(campaign_response.c.campaign)
            .join_from(experience, campaign_response, campaign_response.c.contact_id == experience.c.contact_id)
            .where(experience.c.id == experience_id)
        )
        with self._database.reading() as connection:
            campaigns = [f"campaign:{code}" for code in connection.execute(answered).scalars()]
            made_of_it = select(exported.c.job_id).where(exported.c.experience_id == experience_id)
            files = [f"job:{each}" for each in connection.execute(made_of_it).scalars()]
            whole = and_(audit.c.record.in_([*EXPORTS, *campaigns]), audit.c.action.like("export%"), audit.c.at >= since)
            query = (
                select(audit)
                .where(or_(whole, and_(audit.c.record.in_(files), audit.c.action.in_((_MADE, _FETCHED)))))
                .order_by(audit.c.number.desc())
                .limit(limit)
            )
            rows = connection.execute(query).all()
            names = _names(connection, rows)
        return tuple(
            Exported(
                at=row.at,
                who=names.get(_id_in(row.who), row.who),
                what=f"{row.action} file" if row.record in files else row.record,
            )
            for row in rows
        )


def _records(connection: Connection, experience_id: UUID, *, alerts: bool) -> list[str]:
    """What the trail calls the experience and all that hangs on it."""
    row = connection.execute(
        select(experience.c.conversation_id, experience.c.contact_id).where(experience.c.id == experience_id)
    ).one()
    found = [f"experience:{experience_id}"]
    found += [f"conversation:{row.conversation_id}"] if row.conversation_id else []
    found += [f"contact:{row.contact_id}"] if row.contact_id else []
    told = select(inbound_message.c.seq).where(inbound_message.c.experience_id == experience_id)
    hangs: list[tuple[str, Select[Any]]] = [
        ("task", select(task.c.id).where(task.c.experience_id == experience_id)),
        ("passage", select(passage.c.id).where(passage.c.experience_id == experience_id)),
        ("milestone", select(milestone.c.id).where(milestone.c.experience_id == experience_id)),
        ("message", select(inbound_message.c.id).where(inbound_message.c.experience_id == experience_id)),
        ("inbound", told),
        ("file", select(media.c.id).where(media.c.inbound_seq.in_(told))),
        ("translation", select(translation.c.id).where(translation.c.inbound_seq.in_(told))),
    ]
    if alerts:
        hangs.append(("alert", select(alert.c.id).where(alert.c.experience_id == experience_id)))
        its = select(passage.c.id).where(passage.c.experience_id == experience_id)
        hangs.append(("alert_release", select(alert_release.c.id).where(alert_release.c.passage_id.in_(its))))
    for name, query in hangs:
        found += [f"{name}:{each}" for each in connection.execute(query).scalars()]
    return found + (_letters(connection, row.conversation_id) if row.conversation_id else [])


def _letters(connection: Connection, conversation_id: UUID) -> list[str]:
    """What staff wrote in the talk: a letter that has gone is known by the key it left under."""
    gone = select(outbound_message.c.dedupe_key).where(
        outbound_message.c.conversation_id == conversation_id, outbound_message.c.dedupe_key.startswith(_LETTER, autoescape=True)
    )
    return list(dict.fromkeys(key.rpartition(":")[0] for key in connection.execute(gone).scalars()))


def _lines(connection: Connection, records: Sequence[str], limit: int, *, but: str = "") -> tuple[TrailLine, ...]:
    """``but``: what is done and not told."""
    of_these = (audit.c.record.in_(records), audit.c.action != but)
    query = select(audit).where(*of_these).order_by(audit.c.number.desc()).limit(limit)
    rows = connection.execute(query).all()
    names = _names(connection, rows)
    return tuple(
        TrailLine(
            at=row.at,
            who=names.get(_id_in(row.who), row.who),
            action=row.action,
            why=row.why if row.action in FOR_A_REASON else "",
            of_team=_id_in(row.who) in names,
        )
        for row in rows
    )


def _names(connection: Connection, rows: Sequence[AnyRow]) -> dict[str, str]:
    """The names of staff in these lines, by id as text."""
    wanted = {_id_in(row.who) for row in rows}
    found = connection.execute(select(staff.c.id, staff.c.name)).all()  # a team has few people
    return {str(each.id): each.name for each in found if str(each.id) in wanted}


def _id_in(who: str) -> str:
    return who.removeprefix(_OF_STAFF)
