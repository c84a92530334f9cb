"""``bot.own_themes.ThemeRecords`` and ``bot.retagging.RetagRecords``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, case, delete, func, insert, not_, null, or_, select, update

from bot.heard import Suggestion
from bot.own_themes import ChangeKind, ThemeChange
from bot.records import StaffMember
from bot.retagging import Retag, ToHear
from storage.audit import add_line
from storage.database import Database
from storage.experiences import HOLD, IS_TRANSLATED, measure_sureness
from storage.inbox import LISTED
from storage.sealing import Sealer
from storage.tables import (
    experience,
    inbound_message,
    passage,
    past_suggestion,
    retag,
    staff,
    suggestion,
    theme_change,
    translation,
)
from storage.translations import IS_FOREIGN
from storage.unit import AnyRow, Unit

BY_TRANSLATION = passage.c.translation_id.is_not(None)
PAST = (
    select(
        passage.c.id,
        passage.c.text,
        passage.c.starts,
        passage.c.ends,
        case((BY_TRANSLATION, translation.c.redacted), else_=inbound_message.c.redacted).label("message"),
        case((BY_TRANSLATION, null()), else_=inbound_message.c.question).label("question"),
    )
    .join_from(passage, experience, experience.c.id == passage.c.experience_id)
    .join(inbound_message, inbound_message.c.seq == passage.c.inbound_seq)
    .outerjoin(translation, translation.c.id == passage.c.translation_id)
    .where(LISTED, passage.c.text != "", not_(IS_TRANSLATED))
    .where(or_(BY_TRANSLATION, not_(IS_FOREIGN), inbound_message.c.locale.is_(None)))
)
UNDER_WAY = retag.c.ended_at.is_(None)


class SqlOwnThemes:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def latest(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.max(theme_change.c.number))).scalar_one() or 0

    def changes(self) -> tuple[ThemeChange, ...]:
        query = select(theme_change, staff.c.name).join_from(theme_change, staff, staff.c.id == theme_change.c.staff_id)
        with self._database.reading() as connection:
            return tuple(_change(row) for row in connection.execute(query.order_by(theme_change.c.number)))

    def add(self, change: ThemeChange, member: StaffMember, now: datetime, *, retag_to: str = "") -> bool:
        details = {
            "label": change.label,
            "group": change.group,
            "means": change.means,
            "excludes": change.excludes,
            "examples": list(change.examples),
            "cues": list(change.cues),
            "heir": change.heir,
        }
        row = {
            "number": change.number + 1,
            "kind": change.kind.value,
            "theme": change.theme,
            "details": details,
            "staff_id": member.id,
            "at": now,
        }
        with self._database.writing() as connection:
            if not self._database.insert_once(theme_change, "number").run(connection, row).rowcount:
                return False
            _audit(self._database, self._sealer, connection, member, f"{change.kind.value}_theme", f"theme:{change.theme}", now)
            if retag_to:
                _ask(self._database, self._sealer, connection, member, retag_to, now)
        return True


class SqlRetagging:
    """Each step is one short transaction, so that a run may be broken off and taken up anywhere."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def last(self) -> Retag | None:
        query = select(retag, staff.c.name).join_from(retag, staff, staff.c.id == retag.c.asked_by)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(UNDER_WAY.desc(), retag.c.asked_at.desc(), retag.c.id).limit(1)).one_or_none()
        return None if row is None else _retag(row)

    def ask(self, member: StaffMember, version: str, now: datetime) -> bool:
        with self._database.writing() as connection:
            return _ask(self._database, self._sealer, connection, member, version, now)

    def stop(self, member: StaffMember, now: datetime) -> None:
        with self._database.writing() as connection:
            if connection.execute(update(retag).where(UNDER_WAY).values(ended_at=now, stopped=True)).rowcount:
                _audit(self._database, self._sealer, connection, member, "stop_retag", "retag", now)

    def hold(self, holder: UUID, *, now: datetime, until: datetime) -> Retag | None:
        """A small read finds most of the time that there is nothing to do."""
        with self._database.reading() as connection:
            if connection.execute(select(retag.c.id).where(UNDER_WAY)).first() is None:
                return None
        free = or_(retag.c.holder.is_(None), retag.c.holder == holder, retag.c.until <= now)
        with self._database.writing(lasting=False) as connection:
            if not connection.execute(update(retag).where(UNDER_WAY, free).values(holder=holder, until=until)).rowcount:
                return None
        return self.last()

    def next(self, retag_id: UUID, *, limit: int) -> tuple[ToHear, ...]:
        with self._database.reading() as connection:
            after = connection.execute(select(retag.c.after).where(retag.c.id == retag_id, UNDER_WAY)).one_or_none()
            if after is None:
                return ()
            query = PAST.order_by(passage.c.id).limit(limit)
            rows = connection.execute(query if after.after is None else query.where(passage.c.id > after.after)).all()
            suggested: dict[UUID, list[AnyRow]] = defaultdict(list)
            found = select(suggestion).where(suggestion.c.passage_id.in_([row.id for row in rows]))
            for each in connection.execute(found.order_by(suggestion.c.score.desc(), suggestion.c.theme)):
                suggested[each.passage_id].append(each)
        return tuple(_to_hear(row, suggested[row.id]) for row in rows)

    def keep(
        self,
        run: Retag,
        heard: Sequence[tuple[ToHear, Sequence[Suggestion] | None]],
        *,
        tagger: str,
        taxonomy: str,
        now: datetime,
    ) -> None:
        still = (retag.c.id == run.id, retag.c.version == run.version, UNDER_WAY)
        with self._database.writing() as connection:
            on = {"done": retag.c.done + len(heard), "after": heard[-1][0].passage_id}
            if not connection.execute(update(retag).where(*still).values(on)).rowcount:
                return  # it was stopped, or starts over with other themes
            changed = 0
            for each, found in heard:
                if found is not None:
                    changed += _replace(connection, each, found, tagger=tagger, taxonomy=taxonomy, now=now)
            connection.execute(update(retag).where(*still).values(changed=retag.c.changed + changed))

    def end(self, run: Retag, now: datetime) -> None:
        still = (retag.c.id == run.id, retag.c.version == run.version, UNDER_WAY)
        with self._database.writing() as connection:
            connection.execute(update(retag).where(*still).values(ended_at=now, holder=None))


def _ask(database: Database, sealer: Sealer, connection: Connection, member: StaffMember, version: str, now: datetime) -> bool:
    """Begin a run, or let one that is under way to other themes start over. False: one to these themes is under way."""
    # Of two who ask at once the second waits here, and finds the run of the first.
    connection.execute(select(staff.c.id).order_by(staff.c.id).limit(1).with_for_update())
    total = connection.execute(select(func.count()).select_from(PAST.subquery())).scalar_one()
    values = {"asked_by": member.id, "asked_at": now, "version": version, "total": total}
    other = update(retag).where(UNDER_WAY, retag.c.version != version).values(**values, done=0, after=null())
    if not connection.execute(other).rowcount:
        if connection.execute(select(retag.c.id).where(UNDER_WAY)).first() is not None:
            return False
        connection.execute(insert(retag), {"id": uuid4(), **values})
    begun = connection.execute(select(retag.c.id).where(UNDER_WAY)).scalar_one()
    _audit(database, sealer, connection, member, "retag", f"retag:{begun}", now)
    return True


def _replace(
    connection: Connection, heard: ToHear, found: Sequence[Suggestion], *, tagger: str, taxonomy: str, now: datetime
) -> bool:
    """The old rows go over to the past as they are. False: the passage is gone, or holds other words than were heard."""
    passage_id = heard.passage_id
    row = connection.execute(select(passage.c.experience_id).where(passage.c.id == passage_id)).one_or_none()
    if row is None:
        return False
    of = row.experience_id
    connection.execute(HOLD, {"of_experience": of})
    # Only what is held is sure to stay: it may have been split, hidden or removed while it was heard.
    if connection.execute(PAST.where(passage.c.id == passage_id, passage.c.text == heard.text)).first() is None:
        return False
    columns = ("passage_id", "theme", "score", "evidence", "tagger", "taxonomy")
    old = connection.execute(select(suggestion).where(suggestion.c.passage_id == passage_id)).all()
    if old:
        kept = [{name: getattr(row, name) for name in columns} | {"replaced_at": now} for row in old]
        connection.execute(insert(past_suggestion), kept)
        connection.execute(delete(suggestion).where(suggestion.c.passage_id == passage_id))
    new = [
        {
            "passage_id": passage_id,
            "theme": each.theme,
            "score": each.score,
            "evidence": [list(span) for span in each.evidence],
            "tagger": tagger,
            "taxonomy": taxonomy,
        }
        for each in found
    ]
    if new:
        connection.execute(insert(suggestion), new)
    measure_sureness(connection, of)
    return True


def _to_hear(row: AnyRow, suggested: Sequence[AnyRow]) -> ToHear:
    taggers = {each.tagger for each in suggested}
    return ToHear(
        passage_id=row.id,
        text=row.text,
        suggested=[Suggestion(each.theme, each.score, tuple((start, end) for start, end in each.evidence)) for each in suggested],
        tagger=taggers.pop() if len(taggers) == 1 else None,
        message=row.message,
        start=row.starts,
        end=row.ends,
        question=row.question,
    )


def _change(row: AnyRow) -> ThemeChange:
    details = row.details
    return ThemeChange(
        number=row.number,
        kind=ChangeKind(row.kind),
        theme=row.theme,
        label=details["label"],
        group=details["group"],
        means=details["means"],
        excludes=details["excludes"],
        examples=tuple(details["examples"]),
        cues=tuple(details["cues"]),
        heir=details["heir"],
        by=row.name,
        at=row.at,
    )


def _retag(row: AnyRow) -> Retag:
    return Retag(
        id=row.id,
        asked_at=row.asked_at,
        by=row.name,
        version=row.version,
        total=row.total,
        done=row.done,
        changed=min(row.changed, row.total),  # what changed twice, because it started over, is one passage
        ended_at=row.ended_at,
        stopped=row.stopped,
    )


def _audit(
    database: Database, sealer: Sealer, connection: Connection, member: StaffMember, action: str, record: str, now: datetime
) -> None:
    unit = Unit(database, connection, sealer, redactor=str)
    add_line(unit, who=f"staff:{member.id}", action=action, record=record, why="", now=now)
