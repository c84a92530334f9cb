"""What happens to a talk without a word being said: receipts, a message unsent, a block, a person taking over, a link."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.events import Arrival, Blocked, DeletionAsked, Handover, ReadUpTo, Withdrawn
from bot.model import ENGLISH
from bot.outgoing import DeliveryReceipt, Failure
from bot.ports import Transaction

Happening = DeliveryReceipt | Withdrawn | ReadUpTo | Blocked | Handover | Arrival | DeletionAsked


def note(tx: Transaction, event: Happening, now: datetime) -> None:
    """Write down what happened. About somebody who never wrote there is nothing to write."""
    match event:
        case DeliveryReceipt():
            tx.apply_receipt(event, now)
            if event.failure is Failure.OPTED_OUT:
                tx.opt_out_outbound(event, now)
        case Withdrawn(channel=channel, account=account, external_id=external_id):
            tx.withdraw_inbound(channel, account, external_id, now)
        case ReadUpTo(channel=channel, reader=reader, at=at):
            tx.read_up_to(channel, reader, at, now)
        case Blocked(sender=sender):
            if (contact := tx.contact_at(sender, now)) is not None:
                tx.set_opted_out(contact.id, now)
        case Handover(channel=channel, person=person, held=held, word=word):
            if (contact := tx.contact_at(person, now)) is not None:
                tx.hold_talk(contact.id, channel, now if held else None, word=word)
        case Arrival(sender=sender, ref=ref):
            tx.remember_ref(tx.hold_contact(sender, (), locale=ENGLISH, now=now).id, ref)
        case DeletionAsked(channel=channel, code=code, person=person):
            asker = None if person is None else tx.contact_at(person, now)
            tx.add_deletion_request(code=code, channel=channel, contact_id=None if asker is None else asker.id, now=now)
        case _ as never:
            assert_never(never)
