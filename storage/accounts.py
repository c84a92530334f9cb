"""``bot.byhand.KeptAccounts``: what became of an account that was typed in, or of a row that was imported."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.byhand import BY_HAND, IMPORTED, Kept, Origin
from bot.heard import RiskLevel
from bot.model import ChannelName
from storage.database import Database
from storage.hearing import IDENTITY
from storage.tables import alert, experience, inbound_message
from storage.unit import kept_id

# Of one message there may be several alerts; the gravest leads to what must be done.
KEPT = (
    select(
        inbound_message.c.account,
        inbound_message.c.risk,
        inbound_message.c.received_at,
        experience.c.reference,
        alert.c.id.label("alert_id"),
    )
    .join_from(inbound_message, experience, experience.c.id == inbound_message.c.experience_id, isouter=True)
    .join(alert, alert.c.inbound_seq == inbound_message.c.seq, isouter=True)
    .where(*(inbound_message.c[name] == bindparam(name) for name in IDENTITY))
    .order_by(alert.c.level.desc())
    .limit(1)
)


ORIGIN = (
    select(inbound_message.c.account, inbound_message.c.sent_at)
    .join_from(experience, inbound_message, inbound_message.c.experience_id == experience.c.id)
    .where(experience.c.reference == bindparam("wanted"), experience.c.channel.in_([BY_HAND, IMPORTED]))
    .order_by(inbound_message.c.seq)
    .limit(1)
)


class SqlAccounts:
    """Reads only: what is kept comes in through the intake."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self, channel: ChannelName, account: str, external_id: str) -> Kept | None:
        values = {"channel": channel, "account": kept_id(account), "external_id": kept_id(external_id)}
        with self._database.reading() as connection:
            row = connection.execute(KEPT, values).one_or_none()
        if row is None:
            return None
        return Kept(
            kind=row.account,
            risk=RiskLevel(row.risk),
            reference=row.reference,
            alert_id=row.alert_id,
            at=row.received_at,
        )

    def origin(self, reference: str) -> Origin | None:
        with self._database.reading() as connection:
            row = connection.execute(ORIGIN, {"wanted": reference}).one_or_none()
        return None if row is None else Origin(row.account, row.sent_at and row.sent_at.date())
