"""``bot.alert_desk.AlertRecords``: open alerts, the referral sheet word for word, what is released as feedback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from bot.alert_desk import CallView, Drill, NewRelease, Released, Sheet, SheetLine, digest
from bot.alert_records import LooseAlert
from bot.errors import WrongKeys
from bot.hand_over import Handing
from bot.model import InboundMessage
from bot.outgoing import Outgoing
from bot.rota import Rota
from storage import alert_story
from storage.call_outs import rota_history
from storage.cards import word_of
from storage.database import Database
from storage.envelopes import open_inbound, open_outbound
from storage.handings import handings
from storage.loose import ALERTS, WORDS, alerts_of
from storage.put_aside import kept_words
from storage.sealing import Sealer
from storage.tables import (
    alert,
    alert_release,
    decision,
    experience,
    inbound_message,
    outbound_message,
    passage,
    staff,
    suggestion,
)
from storage.tables.experiences import STANDS
from storage.talk import said_in_talk
from storage.unit import AnyRow, Unit
from storage.wall import UNCLEARED

THEM, US = "them", "us"
KNOWN = ("speaker", "place", "service", "age_band", "locale")
OPEN_ALERTS = ALERTS.where(alert.c.closed_at.is_(None)).order_by(
    alert.c.taken_at.is_not(None), alert.c.level.desc(), alert.c.raised_at, alert.c.inbound_seq
)
KEPT_BACK = ALERTS.where(alert.c.closed_at.is_not(None), UNCLEARED).order_by(alert.c.closed_at.desc(), alert.c.id)
CLOSER = staff.alias("closer")
OF_SHEET = (
    select(alert, experience, CLOSER.c.name.label("closer"), alert.c.id.label("alert_id"), alert.c.closed_at.label("shut_at"))
    .join_from(alert, experience, experience.c.id == alert.c.experience_id, isouter=True)
    .join(CLOSER, CLOSER.c.id == alert.c.closed_by, isouter=True)
)
NOT_ENDED = alert_release.c.ended_at.is_(None)
IS_BEHIND = exists().where(alert.c.experience_id == passage.c.experience_id, UNCLEARED)
RELEASED = (
    select(alert_release, passage.c.text, staff.c.name)
    .join_from(alert_release, passage, passage.c.id == alert_release.c.passage_id)
    .join(staff, staff.c.id == alert_release.c.released_by)
    .where(NOT_ENDED, IS_BEHIND)
    .order_by(alert_release.c.released_at.desc(), alert_release.c.id)
)


class Releasing(Unit):
    """The part of ``bot.alert_desk.AlertWork`` about feedback."""

    def release_passage(self, release: NewRelease) -> bool:
        row = alert_release.c
        standing = select(row.id).where(row.passage_id == release.passage_id, NOT_ENDED, row.digest == release.digest)
        if self.connection.execute(standing).first() is not None:
            return False
        # One of its words as they were before shows nothing any more, and ends.
        before = update(alert_release).where(row.passage_id == release.passage_id, NOT_ENDED)
        self.connection.execute(before.values(ended_by=release.by, ended_at=release.at))
        values = {"id": release.id, "passage_id": release.passage_id, "digest": release.digest}
        self.connection.execute(insert(alert_release), values | {"released_by": release.by, "released_at": release.at})
        return True

    def end_release(self, release_id: UUID, by: UUID, now: datetime) -> bool:
        ended = update(alert_release).where(alert_release.c.id == release_id, NOT_ENDED)
        return bool(self.connection.execute(ended.values(ended_by=by, ended_at=now)).rowcount)


class SqlAlertRecords:
    """Reads only."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def open_alerts(self) -> tuple[LooseAlert, ...]:
        with self._database.reading() as connection:
            return alerts_of(connection, connection.execute(OPEN_ALERTS).all())

    def kept_back(self, *, limit: int) -> tuple[LooseAlert, ...]:
        with self._database.reading() as connection:
            return alerts_of(connection, connection.execute(KEPT_BACK.limit(limit)).all())

    def count_open(self) -> int:
        return alert_story.count_open(self._database)

    def story(self, alert_id: UUID) -> tuple[CallView, ...]:
        return alert_story.story(self._database, alert_id)

    def handings(self, alert_id: UUID) -> tuple[Handing, ...]:
        return handings(self._database, alert_id)

    def rota_history(self, *, limit: int) -> tuple[Rota, ...]:
        return rota_history(self._database, self._sealer, limit=limit)

    def drills(self, *, limit: int) -> tuple[Drill, ...]:
        return alert_story.drills(self._database, limit=limit)

    def drill(self, drill_id: UUID) -> Drill | None:
        return alert_story.drill(self._database, drill_id)

    def sheet(self, alert_id: UUID) -> Sheet | None:
        with self._database.reading() as connection:
            row = connection.execute(OF_SHEET.where(alert.c.id == alert_id)).mappings().one_or_none()
            if row is None:
                return None
            (view,) = alerts_of(connection, connection.execute(ALERTS.where(alert.c.id == alert_id)).all())
            lines = [*self._theirs(connection, view, row[alert.c.inbound_seq]), *self._ours(connection, view)]
        return Sheet(
            alert=view,
            lines=tuple(sorted(lines, key=lambda line: line.at)),
            known=tuple((name, row[name]) for name in KNOWN if row[name]),
            calls=self.story(alert_id),
            closed_by=row["closer"],
            closed_at=row["shut_at"],
        )

    def _theirs(self, connection: Connection, view: LooseAlert, raised: int) -> list[SheetLine]:
        """All that belongs to the experience; without one, the message and what waits beside it."""
        of_it = select(alert.c.experience_id).where(alert.c.id == view.alert.id).scalar_subquery()
        whose = connection.execute(select(of_it)).scalar_one()
        # What was removed of it since is gone for the others; here it stands as it came.
        kept = {} if whose is None else kept_words(connection, self._sealer, whose)
        has_words = or_(inbound_message.c.sealed.is_not(None), inbound_message.c.seq.in_(kept))
        query = select(inbound_message).where(inbound_message.c.experience_id == of_it, has_words)
        rows = connection.execute(query).all() if view.reference else ()
        if not any(row.seq == raised for row in rows):
            rows = [
                *rows,
                *(row for row in connection.execute(WORDS, {"of_alert": view.alert.id}) if row.seq == raised or not rows),
            ]
        said = {row.seq: kept[row.seq] if row.seq in kept else _opened(open_inbound, self._sealer, row) for row in rows}
        return [
            SheetLine(
                at=row.received_at,
                who=THEM,
                channel=row.channel,
                text=said[row.seq] or "",
                is_shut=said[row.seq] is None,
                files=row.media,
                raised=row.seq == raised,
            )
            for row in rows
        ]

    def _ours(self, connection: Connection, view: LooseAlert) -> list[SheetLine]:
        """What we said, and what became of it; not the calls to the rota."""
        said = and_(outbound_message.c.alert_id == view.alert.id, outbound_message.c.contact_id.is_not(None))
        if view.reference:
            of_it = select(alert.c.experience_id).where(alert.c.id == view.alert.id).scalar_subquery()
            found = connection.execute(select(experience).where(experience.c.id == of_it)).one()
            said = or_(said, said_in_talk(connection, found))
        query = select(outbound_message, staff.c.name).join_from(
            outbound_message, staff, staff.c.id == outbound_message.c.staff_id, isouter=True
        )
        rows = connection.execute(query.where(said, outbound_message.c.sealed.is_not(None))).all()
        return [
            SheetLine(
                at=row.sent_at or row.created_at,
                who=row.name or US,
                channel=row.channel,
                text=text or "",
                is_shut=text is None,
                state=word_of(row),
            )
            for row, text in ((row, _opened(open_outbound, self._sealer, row)) for row in rows)
        ]

    def released(self, *, experience_id: UUID | None = None) -> tuple[Released, ...]:
        query = RELEASED if experience_id is None else RELEASED.where(passage.c.experience_id == experience_id)
        with self._database.reading() as connection:
            return tuple(_released(connection, row) for row in connection.execute(query).all())


def _opened(open_: Callable[[Sealer, bytes, UUID, str], InboundMessage | Outgoing], sealer: Sealer, row: AnyRow) -> str | None:
    """None: no key we have opens it. What is urgent must not wait for one message among others."""
    try:
        return open_(sealer, row.sealed, row.id, row.channel).text
    except WrongKeys:
        return None


def _released(connection: Connection, row: AnyRow) -> Released:
    suggested = connection.execute(select(suggestion.c.theme).where(suggestion.c.passage_id == row.passage_id)).scalars()
    decided = select(decision.c.theme, decision.c.verdict).where(decision.c.passage_id == row.passage_id, STANDS)
    themes = dict.fromkeys(suggested, True) | {
        each.theme: each.verdict for each in connection.execute(decided.order_by(decision.c.id))
    }
    return Released(
        id=row.id,
        passage_id=row.passage_id,
        text=row.text,
        themes=tuple(theme for theme, stands in themes.items() if stands),
        released_at=row.released_at,
        released_by=row.name,
        is_current=digest(row.text) == row.digest,
    )
