"""The turn: a person's waiting messages leased to one worker, and the state it leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, exists, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation import Conversation
from bot.errors import LeaseLost
from bot.model import Address
from bot.records import TurnClaim
from storage import conversations
from storage.prepared import Prepared
from storage.tables import address as address_table
from storage.tables import contact, inbound_message
from storage.tables import conversation as conversation_table
from storage.tables.messages import InboundState
from storage.unit import Unit

WAITS = inbound_message.c.state == InboundState.WAITING.value

HOLD = Prepared(
    select(
        contact.c.lease_owner,
        select(inbound_message.c.attempts)
        .where(inbound_message.c.seq == bindparam("first_seq"), WAITS)
        .scalar_subquery()
        .label("tries"),
    )
    .where(contact.c.id == bindparam("of_contact"))
    .with_for_update(of=contact, key_share=True)
)

STILL_WAITING = and_(inbound_message.c.contact_id == contact.c.id, WAITS)

FINISH = Prepared(
    update(contact)
    .where(contact.c.id == bindparam("of_contact"), contact.c.lease_owner == bindparam("owner"))
    .values(
        lease_owner=null(),
        lease_until=null(),
        first_waiting_at=select(func.min(inbound_message.c.received_at)).where(STILL_WAITING).scalar_subquery(),
        turn_due_at=case(
            (~exists().where(STILL_WAITING), null()),
            # Nobody has written since the claim: what still waits has waited long enough.
            (contact.c.turn_due_at == bindparam("was_due"), bindparam("now", type_=contact.c.turn_due_at.type)),
            else_=contact.c.turn_due_at,
        ),
    )
)


@cache
def _save_conversation(*, is_sqlite: bool) -> Prepared:
    """One statement, new or not. One that was closed stays closed."""
    statement: Any = sqlite.insert(conversation_table) if is_sqlite else postgresql.insert(conversation_table)
    new = statement.excluded
    closed_at = func.coalesce(conversation_table.c.closed_at, new.closed_at)
    changes = {"step": new.step, "state": new.state, "last_at": new.last_at, "closed_at": closed_at}
    return Prepared(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


class Turns(Unit):
    """The methods of ``bot.ports.Transaction`` about the turn."""

    def hold_turn(self, claim: TurnClaim, *, also: Sequence[Address] = ()) -> None:
        if also:
            self._hold_together(claim.contact.id, also)
        row = HOLD.run(self.connection, {"of_contact": claim.contact.id, "first_seq": claim.messages[0].seq}).one_or_none()
        # The tries tell this lease from a later one that the same worker took on the same messages.
        if row is None or row.lease_owner != claim.worker or row.tries != claim.messages[0].attempts:
            raise LeaseLost

    def _hold_together(self, contact_id: UUID, also: Sequence[Address]) -> None:
        """In the order of their ids, as everybody: two who link at once in opposite directions do not wait for each other."""
        there = select(address_table.c.contact_id).where(
            address_table.c.blind_index.in_([self.sealer.blind_index(each) for each in also])
        )
        both = select(contact.c.id).where(or_(contact.c.id == contact_id, contact.c.id.in_(there)))
        self.connection.execute(both.order_by(contact.c.id).with_for_update(key_share=True))

    def save_conversation(self, conversation: Conversation, *, contact_id: UUID, now: datetime) -> None:
        if contact_id in self.erased:
            # The row stays, closed and empty: the receipt of the erasure still names it.
            conversation = Conversation(id=conversation.id, channel=conversation.channel, step="erased")
        values = {
            "id": conversation.id,
            "contact_id": contact_id,
            "channel": conversation.channel,
            "opened_at": now,
            "step": conversation.step,
            "state": conversations.to_json(conversation),
            "last_at": conversation.last_at or now,
            "closed_at": now if contact_id in self.erased else None,
        }
        _save_conversation(is_sqlite=self.database.is_sqlite).run(self.connection, values)

    def finish_turn(self, claim: TurnClaim, *, now: datetime) -> None:
        end_turn(self, claim, now)


def end_turn(unit: Unit, claim: TurnClaim, now: datetime) -> None:
    """Drop the lease. Messages still waiting are due at once, unless somebody has set a later time since the claim."""
    if claim.contact.id in unit.ended:
        return
    values = {"of_contact": claim.contact.id, "owner": claim.worker, "was_due": claim.contact.turn_due_at, "now": now}
    if FINISH.run(unit.connection, values).rowcount == 0:
        raise LeaseLost
    unit.ended.add(claim.contact.id)
