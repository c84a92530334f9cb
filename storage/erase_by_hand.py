"""``bot.erasures.ErasureRecords``: who can be erased, the erasing, and the list of erasures carried out once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, func, insert, select, text, update

from bot.erasures import Again, Found, Listed, ListedPassage
from bot.model import Address
from bot.records import Erasure
from storage.database import Database
from storage.erasing import GONE
from storage.erasures import digest_of, digest_of_message, note_erasure
from storage.people import interrupt
from storage.removing_again import GONE_FOR_GOOD, RemovesAgain
from storage.sealing import Sealer
from storage.store import SqlStore, SqlTransaction
from storage.tables import address, contact, erased_address, erasure, experience, inbound_message, removed_passage, taken_back

WRITTEN = select(func.count()).select_from(inbound_message).where(inbound_message.c.state.not_in(GONE))


class SqlErasures:
    """Short transactions of its own: none of this belongs to a turn."""

    def __init__(self, database: Database, sealer: Sealer, store: SqlStore) -> None:
        self._database = database
        self._sealer = sealer
        self._store = store
        self._parts = RemovesAgain(database, sealer, store)

    def by_reference(self, reference: str) -> Found | None:
        query = select(experience.c.contact_id).where(experience.c.reference == reference)
        with self._database.reading() as connection:
            contact_id = connection.execute(query).scalar_one_or_none()
            return None if contact_id is None else _found(connection, contact_id)

    def by_address(self, addresses: Sequence[Address]) -> tuple[Found, ...]:
        indexes = [self._sealer.blind_index(each) for each in addresses]
        query = select(address.c.contact_id).where(address.c.blind_index.in_(indexes)).distinct()
        with self._database.reading() as connection:
            return tuple(_found(connection, contact_id) for contact_id in connection.execute(query).scalars().all())

    def erase(self, contact_id: UUID, *, who: str, now: datetime) -> Erasure:
        with self._store.transaction() as tx:
            kept = _empty(tx, contact_id, now)
            done = Erasure(number=note_erasure(tx, tx.erased[contact_id], kept=kept, now=now), kept=kept)
            tx.audit(who=who, action="erase", record=f"contact:{contact_id}", why=f"erasure:{done.number}", now=now)
        return done

    def last(self) -> int:
        with self._database.reading() as connection:
            number: int | None = connection.execute(select(func.max(erasure.c.number))).scalar_one()
            taken: int = connection.execute(select(func.count()).select_from(taken_back)).scalar_one()
            parts = select(func.count()).select_from(removed_passage).where(GONE_FOR_GOOD)
            removed: int = connection.execute(parts).scalar_one()
        return (number or 0) + taken + removed

    def listed(self) -> tuple[Listed, ...]:
        digests: defaultdict[int, list[str]] = defaultdict(list)
        with self._database.reading() as connection:
            rows = connection.execute(select(erasure).order_by(erasure.c.number)).all()
            for row in connection.execute(select(erased_address).order_by(erased_address.c.id)):
                digests[row.number].append(row.digest.hex())
        return tuple(Listed(number=row.number, at=row.at, kept=row.kept, digests=tuple(digests[row.number])) for row in rows)

    def taken_back(self) -> tuple[str, ...]:
        with self._database.reading() as connection:
            return tuple(
                digest.hex()
                for digest in connection.execute(select(taken_back.c.digest).order_by(taken_back.c.digest)).scalars()
                if digest  # an older Earshot may have read a line of a removed passage as that of a message
            )

    def removed(self) -> tuple[ListedPassage, ...]:
        return self._parts.listed()

    def add(self, listed: Sequence[Listed], withdrawn: Sequence[str] = ()) -> None:
        """Numbers go on after the highest that was ever given: none stands in two receipts."""
        with self._database.writing() as connection:
            known = set(connection.execute(select(erasure.c.number)).scalars())
            missing = {each.number: each for each in listed if each.number not in known}
            for each in missing.values():
                connection.execute(insert(erasure), {"number": each.number, "at": each.at, "kept": each.kept})
                for digest in each.digests:
                    connection.execute(insert(erased_address), {"number": each.number, "digest": bytes.fromhex(digest)})
            for digest in dict.fromkeys(withdrawn):
                self._database.insert_once(taken_back, "digest").run(connection, {"digest": bytes.fromhex(digest)})
            if missing and not self._database.is_sqlite:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence('erasure', 'number'), (SELECT max(number) FROM erasure))")
                )

    def once_more(self, *, who: str, now: datetime, removed: Sequence[ListedPassage] = ()) -> Again:
        due, since = self._due()
        for contact_id, number in due.items():
            with self._store.transaction() as tx:
                _empty(tx, contact_id, now)
                tx.audit(who=who, action="erase_again", record=f"contact:{contact_id}", why=f"erasure:{number}", now=now)
        taken = self._withdraw_again(who=who, now=now)
        parts = self._parts.once_more(removed, who=who, now=now)
        return Again(
            listed=len(self.listed()),
            erased=len(due),
            written_since=tuple(since),
            taken_back=taken,
            removed=parts.removed,
            to_look_at=parts.to_look_at,
            unheard=parts.unheard,
        )

    def _withdraw_again(self, *, who: str, now: datetime) -> int:
        """Messages that were taken back by themselves, and are here again."""
        with self._database.reading() as connection:
            digests = set(connection.execute(select(taken_back.c.digest)).scalars())
            if not digests:
                return 0
            names = ("seq", "channel", "account", "external_id")
            here = select(*(inbound_message.c[name] for name in names)).where(inbound_message.c.state.not_in(GONE))
            back = [
                row.seq
                for row in connection.execute(here)
                if digest_of_message(self._sealer, row.channel, row.account, row.external_id) in digests
            ]
        for seq in back:
            with self._store.transaction() as tx:
                tx.withdraw_again(seq)
                tx.audit(who=who, action="take_back_again", record=f"inbound:{seq}", why="", now=now)
        return len(back)

    def _due(self) -> tuple[dict[UUID, int], list[UUID]]:
        """Who is here that was erased: a person who was known before that, and has not written since."""
        due: dict[UUID, int] = {}
        since: list[UUID] = []
        with self._database.reading() as connection:
            erased: dict[bytes, tuple[datetime, int]] = {}
            on_the_list = select(erased_address.c.digest, erasure.c.at, erasure.c.number).join_from(erased_address, erasure)
            for row in connection.execute(on_the_list.order_by(erasure.c.number)):
                erased[row.digest] = (row.at, row.number)
            if not erased:
                return due, since
            here = select(address.c.blind_index, contact.c.id, contact.c.created_at).join_from(address, contact)
            for row in connection.execute(here.where(contact.c.erased_at.is_(None))).all():
                at, number = erased.get(digest_of(self._sealer, row.blind_index), (None, 0))
                if at is None or row.created_at >= at or row.id in due or row.id in since:
                    continue
                later = exists().where(inbound_message.c.contact_id == row.id, inbound_message.c.received_at > at)
                if connection.execute(select(later)).scalar_one():
                    since.append(row.id)
                else:
                    due[row.id] = number
        return due, since


def _empty(tx: SqlTransaction, contact_id: UUID, now: datetime) -> bool:
    """Words that wait for their turn go too; a turn that is under way finds its lease gone."""
    interrupt(tx, contact_id)
    kept = tx.empty_contact(contact_id, now, all_of_it=True)
    nothing_waits = {"first_waiting_at": None, "turn_due_at": None}
    tx.connection.execute(update(contact).where(contact.c.id == contact_id).values(nothing_waits))
    return kept


def _found(connection: Connection, contact_id: UUID) -> Found:
    references = (
        select(experience.c.reference)
        .where(experience.c.contact_id == contact_id, experience.c.withdrawn.is_(False))
        .order_by(experience.c.opened_at, experience.c.id)
    )
    return Found(
        contact_id=contact_id,
        references=tuple(connection.execute(references).scalars()),
        messages=connection.execute(WRITTEN.where(inbound_message.c.contact_id == contact_id)).scalar_one(),
    )
