"""``bot.partners.PartnerRecords``: what came in over some months, and what of it partners may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import exists, select

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
CAME = select(experience.c.id, experience.c.promised_on, experience.c.read_at, experience.c.unread, AGREED.label("agreed"))
FIT = (
    select(experience.c.id, experience.c.opened_at, experience.c.district, passage.c.text)
    .join_from(passage, inbound_message, inbound_message.c.seq == passage.c.inbound_seq)
    .join(experience, experience.c.id == passage.c.experience_id)
    .where(*FIT_TO_READ, ~DOUBTED, ~IN_DOUBT, AGREED.is_(True))
    .where(experience.c.read_at.is_not(None), experience.c.unread.is_(False))
    .order_by(experience.c.opened_at.desc(), experience.c.id, passage.c.position)
)


class SqlPartners:
    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, since: date, before: date) -> Tally:
        from_, to = (datetime.combine(day, time(0), ZONE) for day in (since, before))
        within = (experience.c.opened_at >= from_, experience.c.opened_at < to, experience.c.withdrawn.is_(False))
        with self._database.reading() as connection:
            came = connection.execute(CAME.where(*within)).all()
            cleared = _cleared(connection.execute(FIT.where(*within)))
        shown = Counter(_shown(row, cleared) for row in came)
        read = Counter(_read(row) for row in came)
        return Tally(
            read={each: read[each] for each in Read},
            shown={each: shown[each] for each in Shown},
            cleared=tuple(cleared.values()),
        )


def _cleared(rows: Iterable[AnyRow]) -> dict[UUID, Cleared]:
    found: dict[UUID, tuple[AnyRow, list[str]]] = {}
    for row in rows:
        found.setdefault(row.id, (row, []))[1].append(row.text)
    return {
        id_: Cleared(month=row.opened_at.astimezone(ZONE).date().replace(day=1), district=row.district, words=tuple(words))
        for id_, (row, words) in found.items()
    }


def _read(row: AnyRow) -> Read:
    if row.read_at is None:
        return Read.NOT_YET
    return Read.ON_TIME if row.read_at.astimezone(ZONE).date() <= row.promised_on else Read.LATE


def _shown(row: AnyRow, cleared: dict[UUID, Cleared]) -> Shown:
    """Whoever has not agreed is counted there only when nothing else keeps it back: what is with safeguarding is in no number
    of its own.
    """
    if row.id in cleared:
        return Shown.SHOWN
    return Shown.NOT_AGREED if row.read_at is not None and not row.unread and row.agreed is not True else Shown.WITH_TEAM
