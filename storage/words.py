"""``bot.word_desk.WordRecords``: drafts, and published versions, which are added and never changed or deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from bot.errors import NotFound
from bot.model import Locale
from bot.word_versions import (
    FILES,
    BadVersion,
    Draft,
    Place,
    Version,
    changes_as_text,
    changes_from_text,
    digest_of,
    signatures_as_text,
    signatures_from_text,
)
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import word_draft, word_version
from storage.unit import AnyRow, Unit

_LATEST = select(func.max(word_version.c.number))
_PLACE = tuple_(word_draft.c.locale, word_draft.c.key, word_draft.c.channel)


class SqlWords:
    """Short transactions of its own, each act with its line of the audit trail."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def latest(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(_LATEST).scalar_one() or FILES

    def version(self, number: int) -> Version:
        with self._database.reading() as connection:
            row = connection.execute(select(word_version).where(word_version.c.number == number)).one_or_none()
        if row is None:
            raise NotFound
        return _version(row)

    def versions(self) -> tuple[tuple[int, Version | None], ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(word_version).order_by(word_version.c.number.desc())).all()
        return tuple((row.number, _readable(row)) for row in rows)

    def drafts(self) -> tuple[Draft, ...]:
        columns = (word_draft.c.locale, word_draft.c.key, word_draft.c.channel)
        with self._database.reading() as connection:
            rows = connection.execute(select(word_draft).order_by(*columns)).all()
        return tuple(
            Draft(
                locale=Locale(row.locale),
                key=row.key,
                channel=row.channel,
                text=row.text,
                english=row.english,
                by_id=row.by_id,
                at=row.at,
            )
            for row in rows
        )

    def propose(self, drafts: Collection[Draft], *, drop: Collection[Place], by_id: UUID, now: datetime) -> None:
        with self._database.writing() as connection:
            _drop(connection, {*drop, *(draft.place for draft in drafts)})
            for draft in drafts:
                connection.execute(insert(word_draft), _draft_values(draft))
            self._audit(connection, by_id, "propose_words" if drafts else "drop_proposed_words", "words:draft", now)

    def publish(self, version: Version, *, drop: Collection[Place]) -> bool:
        try:
            with self._database.writing() as connection:
                connection.execute(insert(word_version), _version_values(version))
                _drop(connection, drop)
                self._audit(connection, version.by_id, "publish_words", f"words:{version.number}", version.at)
        except IntegrityError:
            return False
        return True

    def _audit(self, connection: Connection, by_id: UUID, action: str, record: str, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=f"staff:{by_id}", action=action, record=record, why="", now=now)


def _drop(connection: Connection, places: Collection[Place]) -> None:
    if places:
        connection.execute(delete(word_draft).where(_PLACE.in_(sorted(places))))


def _draft_values(draft: Draft) -> dict[str, object]:
    return {
        "locale": draft.locale,
        "key": draft.key,
        "channel": draft.channel,
        "text": draft.text,
        "english": draft.english,
        "by_id": draft.by_id,
        "at": draft.at,
    }


def _version_values(version: Version) -> dict[str, object]:
    return {
        "number": version.number,
        "at": version.at,
        "by_id": version.by_id,
        "why": version.why,
        "back_to": version.back_to,
        "changes": changes_as_text(version.changes),
        "signatures": signatures_as_text(version.signatures),
        "digest": version.digest,
    }


def _version(row: AnyRow) -> Version:
    """Raises ``BadVersion`` where the row is not what was published."""
    if not compare_digest(digest_of(row.changes, row.signatures), row.digest):
        raise BadVersion
    return Version(
        number=row.number,
        at=row.at,
        by_id=row.by_id,
        why=row.why,
        back_to=row.back_to,
        changes=changes_from_text(row.changes),
        signatures=signatures_from_text(row.signatures),
    )


def _readable(row: AnyRow) -> Version | None:
    try:
        return _version(row)
    except BadVersion:
        return None
