"""What arrives, as the store writes it: kept sealed and waiting, later marked as heard."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update

from bot.conversation import Command
from bot.heard import Risk
from bot.model import ChannelName, Contact, InboundMessage
from storage.envelopes import seal_inbound
from storage.media import MediaKeeping
from storage.people import unmake
from storage.prepared import Prepared
from storage.tables import contact, inbound_message
from storage.tables.messages import InboundState
from storage.tombstones import forgotten
from storage.unit import Unit, kept_id

IDENTITY = ("channel", "account", "external_id")

SEQ_OF = Prepared(select(inbound_message.c.seq).where(*(inbound_message.c[name] == bindparam(name) for name in IDENTITY)))

HOLD_SENDER = (
    select(contact.c.id)
    .join_from(inbound_message, contact, contact.c.id == inbound_message.c.contact_id)
    .where(*(inbound_message.c[name] == bindparam(name) for name in IDENTITY))
    .with_for_update(of=contact, key_share=True)
)


SCHEDULE = Prepared(
    update(contact)
    .where(contact.c.id == bindparam("contact_id"))
    .values(first_waiting_at=bindparam("first"), turn_due_at=bindparam("due"), gives_way=bindparam("yields"))
)


class Hearing(MediaKeeping):
    """The methods of ``bot.ports.Transaction`` about what arrives."""

    def add_inbound(
        self,
        contact: Contact,
        message: InboundMessage,
        *,
        inbound_id: UUID,
        risk: Risk,
        command: Command | None,
        now: datetime,
        raw_blob: UUID | None = None,
    ) -> int | None:
        values = {
            "id": inbound_id,
            "contact_id": contact.id,
            "address_index": self.sealer.blind_index(message.sender),
            "channel": message.channel,
            "account": kept_id(message.account),
            "external_id": kept_id(message.external_id),
            "sealed": seal_inbound(self.sealer, message, inbound_id),
            "state": InboundState.WAITING.value,
            "command": command,
            "risk": int(risk.level),
            "risk_kinds": list(risk.kinds) or None,
            "risk_evidence": [list(span) for span in risk.evidence] or None,
            "media": len(message.media),
            "received_at": now,
            "sent_at": message.sent_at,
        }
        seq: int | None = None
        if seq_of_forgotten(self, message.channel, message.account, message.external_id) is None:
            statement = self.database.insert_once(inbound_message, *IDENTITY, numbered=True)
            seq = statement.run(self.connection, values).scalar_one_or_none()
        if seq is not None:
            self.made.discard(contact.id)
            if message.media or raw_blob is not None:
                self.list_media(message, seq=seq, inbound_id=inbound_id, raw_blob=raw_blob, now=now)
        elif contact.id in self.made:
            # A late repeat from somebody who was erased: it must not bring their address back.
            unmake(self, contact.id)
        return seq

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None:
        values = {"channel": channel, "account": kept_id(account), "external_id": kept_id(external_id)}
        seq: int | None = SEQ_OF.run(self.connection, values).scalar_one_or_none()
        return seq_of_forgotten(self, channel, account, external_id) if seq is None else seq

    def schedule_turn(self, contact_id: UUID, *, first_waiting_at: datetime, due_at: datetime, gives_way: bool = False) -> None:
        values = {"contact_id": contact_id, "first": first_waiting_at, "due": due_at, "yields": gives_way}
        SCHEDULE.run(self.connection, values)


def name_anew(external_id: str, number: int) -> str:
    """What the ``number``th message is called that took the place of one whose words are gone. The first has its own name."""
    return external_id if number == 1 else f"{external_id}:anew:{number}"


def names_anew(unit: Unit, channel: ChannelName, account: str, external_id: str) -> list[str]:
    """The message and those that took its place, the newest last; none where it never came."""
    names: list[str] = []
    while True:
        name = name_anew(external_id, len(names) + 1)
        values = {"channel": channel, "account": kept_id(account), "external_id": kept_id(name)}
        if SEQ_OF.run(unit.connection, values).scalar_one_or_none() is None:
            return names
        names.append(name)


def seq_of_forgotten(unit: Unit, channel: ChannelName, account: str, external_id: str) -> int | None:
    """A message whose sender was erased since is known by the digest that stands in the place of its ids."""
    name = forgotten(unit.sealer, channel, account, external_id)
    seq: int | None = SEQ_OF.run(unit.connection, name).scalar_one_or_none()
    return seq


def hold_sender(unit: Unit, channel: ChannelName, account: str, external_id: str) -> None:
    """Lock whoever wrote this message. First of all: a turn takes the person before their messages and talks."""
    unit.connection.execute(HOLD_SENDER, {"channel": channel, "account": kept_id(account), "external_id": kept_id(external_id)})
