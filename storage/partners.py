"""``bot.partners.PartnerRecords``: what came in over some months, and what of it partners may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from bot.conversation import Purpose
from bot.days import ZONE
from bot.partners import Cleared, Read, Shown, Tally
from storage.database import Database
from storage.matters import DOUBTED
from storage.tables import consent, experience, inbound_message, passage
from storage.taggers import FIT_TO_READ
from storage.unit import AnyRow

AGREED = (
    select(consent.c.given)
    .where(consent.c.experience_id == experience.c.id, consent.c.purpose == Purpose.WORDS_IN_PUBLIC.value)
    .order_by(consent.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_SAID = inbound_message.alias("said")
IN_DOUBT = exists().where(_SAID.c.experience_id == experience.c.id, _SAID.c.doubtful.is_not(None))
"""Some word of it may still be a name, and nobody has looked at it."""
FIT = (
    select(experience.c.id, experience.c.opened_at, experience.c.district, passage.c.text)
    .join_from(passage, inbound_message, inbound_message.c.seq == passage.c.inbound_seq)
    .join(experience, experience.c.id == passage.c.experience_id)
    .where(*FIT_TO_READ, ~DOUBTED, ~IN_DOUBT, AGREED.is_(True))
    .where(experience.c.read_at.is_not(None), experience.c.unread.is_(False))
    .order_by(experience.c.opened_at.desc(), experience.c.id, passage.c.position)
)


CLEARED = FIT.with_only_columns(experience.c.id, experience.c.opened_at, experience.c.district).distinct().order_by(None)
IS_SHOWN = experience.c.id.in_(CLEARED.with_only_columns(experience.c.id).correlate(None))
CAME = select(
    experience.c.promised_on, experience.c.read_at, experience.c.unread, AGREED.label("agreed"), IS_SHOWN.label("is_shown")
)


class SqlPartners:
    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, since: date, before: date, *, at: UUID | None = None, back: bool = False, size: int = 20) -> Tally:
        from_, to = (datetime.combine(day, time(0), ZONE) for day in (since, before))
        within = (experience.c.opened_at >= from_, experience.c.opened_at < to, experience.c.withdrawn.is_(False))
        read: Counter[Read] = Counter()
        shown: Counter[Shown] = Counter()
        with self._database.reading() as connection:
            for row in connection.execute(CAME.where(*within).execution_options(yield_per=1000)):
                read[_read(row)] += 1
                shown[_shown(row)] += 1
            page = _page(connection, within, at, back=back, limit=size + 1)
            more, page = len(page) > size, page[:size]
            if back:
                page.reverse()
            words = _words(connection, [row.id for row in page])
        return Tally(
            read={each: read[each] for each in Read},
            shown={each: shown[each] for each in Shown},
            cleared=tuple(
                Cleared(month=row.opened_at.astimezone(ZONE).date().replace(day=1), district=row.district, words=words[row.id])
                for row in page
            ),
            newer=page[0].id if page and (more if back else at is not None) else None,
            older=page[-1].id if page and (back or more) else None,
        )


def _page(
    connection: Connection, within: Sequence[ColumnElement[bool]], at: UUID | None, *, back: bool, limit: int
) -> list[AnyRow]:
    """The next that are shown, from ``at`` on: newest first, or the other way. ``at`` need not be shown any more."""
    opened_at, id_ = experience.c.opened_at, experience.c.id
    query = CLEARED.where(*within).limit(limit)
    query = query.order_by(opened_at.asc(), id_.desc()) if back else query.order_by(opened_at.desc(), id_.asc())
    if at is not None:
        place = connection.execute(select(opened_at).where(id_ == at, *within)).scalar_one_or_none()
        if place is None:
            return []
        newer = or_(opened_at > place, and_(opened_at == place, id_ < at))
        older = or_(opened_at < place, and_(opened_at == place, id_ > at))
        query = query.where(newer if back else older)
    return list(connection.execute(query).all())


def _words(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = {id_: [] for id_ in ids}
    for row in connection.execute(FIT.where(experience.c.id.in_(ids))):
        found[row.id].append(row.text)
    return {id_: tuple(words) for id_, words in found.items()}


def _read(row: AnyRow) -> Read:
    if row.read_at is None:
        return Read.NOT_YET
    return Read.ON_TIME if row.read_at.astimezone(ZONE).date() <= row.promised_on else Read.LATE


def _shown(row: AnyRow) -> Shown:
    """Whoever has not agreed is counted there only when nothing else keeps it back: what is with safeguarding is in no number
    of its own.
    """
    if row.is_shown:
        return Shown.SHOWN
    return Shown.NOT_AGREED if row.read_at is not None and not row.unread and row.agreed is not True else Shown.WITH_TEAM
