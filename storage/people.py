"""People as the store writes them: found by an address, made when new, joined when a provider says two are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, insert, select, update

from bot.errors import StoreUnavailable
from bot.model import Address, Contact, Locale
from storage.audit import add_line
from storage.envelopes import seal_address
from storage.prepared import Prepared
from storage.stopping import stop
from storage.suppressing import release, stopped_at, suppress
from storage.tables import METADATA, address, contact, conversation
from storage.talks import leave_one_a_channel, speak_alike
from storage.unit import AnyRow, Unit

TRIES = 3
"""Each further try means that somebody else made or joined this very person between two of our statements."""

BY_CODE = "code"
"""Who joined two contacts, in the audit: a code that the person sent. ``earshot``: the provider said so."""

FIND = (
    select(
        address.c.blind_index,
        contact.c.id,
        contact.c.locale,
        contact.c.opted_out_at,
        contact.c.greeted_at,
        contact.c.first_waiting_at,
        contact.c.turn_due_at,
        contact.c.lease_until,
    )
    .join_from(address, contact, contact.c.id == address.c.contact_id)
    .with_for_update(of=contact, key_share=True)  # others may still hang a row on this person
)
FIND_ONE = Prepared(FIND.where(address.c.blind_index == bindparam("blind_index")))
# Locked in the order of their ids, so that two transactions that join the same people do not wait for each other.
FIND_MANY = FIND.where(address.c.blind_index.in_(bindparam("blind_indexes", expanding=True))).order_by(contact.c.id)

MAKE = Prepared(insert(contact))

CHANGE = Prepared(update(contact).where(contact.c.id == bindparam("of_contact")))
"""What is given beside the contact is what changes."""

PERSON = select(contact).where(contact.c.id == bindparam("of_contact")).with_for_update(key_share=True)

OWNED = [key.parent for table in METADATA.sorted_tables for key in table.foreign_keys if key.column is contact.c.id]
"""Every column that says whose something is: it goes over when two are joined."""


class People(Unit):
    """The methods of ``bot.ports.Transaction`` about people."""

    def hold_contact(self, sender: Address, also: Sequence[Address], *, locale: Locale, now: datetime) -> Contact:
        own = self.sealer.blind_index(sender)
        wanted = {own: sender} | {self.sealer.blind_index(each): each for each in also}
        for _ in range(TRIES):
            found = self._find(sorted(wanted))
            if found:
                return self._known(found, own, wanted, now)
            made = self._make(wanted, locale, now)
            if made is not None:
                return made
        raise StoreUnavailable

    def join_contact(self, contact_id: UUID, address: Address, now: datetime) -> None:
        here = contact_of(self.connection.execute(PERSON, {"of_contact": contact_id}).one(), now)
        index = self.sealer.blind_index(address)
        for _ in range(TRIES):
            found = self._find([index])
            if found:
                if found[0].id != contact_id:
                    other = contact_of(found[0], now)
                    leave_one_a_channel(self, contact_id, other.id, now)
                    speak_alike(self, here, other)
                    self._join(other, here, now, by=BY_CODE)
                return
            # Nobody has written from there yet, or all of it was erased since: the door alone is theirs.
            if self._link({index: address}, contact_id, now):
                self._as_they_stopped(here, {index: address})
                add_line(self, who=BY_CODE, action="link address", record=f"contact:{contact_id}", why="", now=now)
                return
        raise StoreUnavailable

    def set_opted_out(self, contact_id: UUID, at: datetime | None) -> None:
        if at is None:
            CHANGE.run(self.connection, {"of_contact": contact_id, "opted_out_at": None})
            release(self, self._indexes_of(contact_id))
            return
        stop(self, contact_id, at)
        if contact_id in self.erased:
            suppress(self, self.erased[contact_id], at)

    def set_greeted(self, contact_id: UUID, at: datetime) -> None:
        CHANGE.run(self.connection, {"of_contact": contact_id, "greeted_at": at})

    def set_locale(self, contact_id: UUID, locale: Locale) -> None:
        CHANGE.run(self.connection, {"of_contact": contact_id, "locale": locale})

    def _indexes_of(self, contact_id: UUID) -> list[bytes]:
        if contact_id in self.erased:
            return self.erased[contact_id]
        return list(self.connection.execute(select(address.c.blind_index).where(address.c.contact_id == contact_id)).scalars())

    def _find(self, indexes: list[bytes]) -> Sequence[AnyRow]:
        if len(indexes) == 1:
            return FIND_ONE.run(self.connection, {"blind_index": indexes[0]}).all()
        return self.connection.execute(FIND_MANY, {"blind_indexes": indexes}).all()

    def _known(self, found: Sequence[AnyRow], own: bytes, wanted: Mapping[bytes, Address], now: datetime) -> Contact:
        """The person found; the one this message came from when several were, and the others are joined to them."""
        row = next((each for each in found if each.blind_index == own), found[0])
        contact_here = contact_of(row, now)
        others = {each.id: each for each in found if each.id != row.id}
        for other in others.values():
            contact_here = self._join(contact_of(other, now), contact_here, now)
        unlinked = {index: each for index, each in wanted.items() if index not in {each.blind_index for each in found}}
        if unlinked:
            self._link(unlinked, contact_here.id, now)
            contact_here = self._as_they_stopped(contact_here, unlinked)
        return contact_here

    def _make(self, wanted: Mapping[bytes, Address], locale: Locale, now: datetime) -> Contact | None:
        """A new person, or None when another transaction was quicker (its insert of the address was waited for)."""
        contact_id = uuid4()
        MAKE.run(self.connection, {"id": contact_id, "locale": locale, "created_at": now})
        if self._link(wanted, contact_id, now) == len(wanted):
            self.made.add(contact_id)
            return self._as_they_stopped(Contact(id=contact_id, locale=locale), wanted)
        unmake(self, contact_id)
        return None

    def _link(self, addresses: Mapping[bytes, Address], contact_id: UUID, now: datetime) -> int:
        """Give these addresses to this person; returns how many were nobody's until now."""
        statement = self.database.insert_once(address, "blind_index")
        linked = 0
        for index in sorted(addresses):  # one order for everybody, as above
            address_id = uuid4()
            values = {
                "id": address_id,
                "contact_id": contact_id,
                "blind_index": index,
                "sealed": seal_address(self.sealer, addresses[index], address_id),
                "created_at": now,
            }
            linked += statement.run(self.connection, values).rowcount
        return linked

    def _as_they_stopped(self, new_here: Contact, addresses: Mapping[bytes, Address]) -> Contact:
        """An erasure forgets the person, not their STOP: whoever writes from there next is not written to either."""
        opted_out_at = earlier(new_here.opted_out_at, stopped_at(self, addresses))
        if opted_out_at != new_here.opted_out_at:
            CHANGE.run(self.connection, {"of_contact": new_here.id, "opted_out_at": opted_out_at})
        return replace(new_here, opted_out_at=opted_out_at)

    def _join(self, other: Contact, into: Contact, now: datetime, *, by: str = "earshot") -> Contact:
        """Two contacts are one person: everything of the other goes over, STOP above all.

        A worker that holds a turn of the other finds the contact gone (``LeaseLost``); its messages wait here.
        """
        mine = select(conversation.c.channel).where(conversation.c.contact_id == into.id, conversation.c.closed_at.is_(None))
        self.connection.execute(
            update(conversation)
            .where(conversation.c.contact_id == other.id, conversation.c.closed_at.is_(None), conversation.c.channel.in_(mine))
            .values(closed_at=now)
        )
        for column in OWNED:
            self.connection.execute(update(column.table).where(column == other.id).values({column.key: into.id}))
        self.connection.execute(delete(contact).where(contact.c.id == other.id))
        self.made.discard(into.id)
        joined = replace(
            into,
            opted_out_at=earlier(into.opted_out_at, other.opted_out_at),
            greeted_at=earlier(into.greeted_at, other.greeted_at),
            first_waiting_at=earlier(into.first_waiting_at, other.first_waiting_at),
            turn_due_at=earlier(into.turn_due_at, other.turn_due_at),
        )
        changes = {
            "opted_out_at": joined.opted_out_at,
            "greeted_at": joined.greeted_at,
            "first_waiting_at": joined.first_waiting_at,
            "turn_due_at": joined.turn_due_at,
        }
        CHANGE.run(self.connection, {"of_contact": into.id, **changes})
        add_line(self, who=by, action="join contacts", record=f"contact:{into.id}", why=f"contact:{other.id}", now=now)
        return joined


def interrupt(unit: Unit, contact_id: UUID) -> AnyRow:
    """Whoever answers this person just now finds the lease gone (``LeaseLost``), and the turn begins anew with what is so
    by then. Returns the person, locked.
    """
    CHANGE.run(unit.connection, {"of_contact": contact_id, "lease_owner": None, "lease_until": None})
    return unit.connection.execute(PERSON, {"of_contact": contact_id}).one()


def unmake(unit: Unit, contact_id: UUID) -> None:
    """Undo the making of a person in this same transaction."""
    unit.connection.execute(delete(address).where(address.c.contact_id == contact_id))
    unit.connection.execute(delete(contact).where(contact.c.id == contact_id))
    unit.made.discard(contact_id)


def contact_of(row: AnyRow, now: datetime) -> Contact:
    # While a worker answers the messages that waited, a new one begins a new burst: it has waited since now.
    answering = row.lease_until is not None and row.lease_until > now
    return Contact(
        id=row.id,
        locale=Locale(row.locale),
        opted_out_at=row.opted_out_at,
        greeted_at=row.greeted_at,
        first_waiting_at=None if answering else row.first_waiting_at,
        turn_due_at=row.turn_due_at,
    )


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
