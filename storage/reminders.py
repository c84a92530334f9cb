"""``bot.reminders.OpenQuestions``: the talks in which a question of ours waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, exists

from bot.draft import Step
from bot.reminders import REMINDER
from bot.talks_held import Talk
from storage.database import Database
from storage.holds import TALKS, talk_of
from storage.peace import peace_of
from storage.sealing import Sealer
from storage.tables import contact, conversation, outbound_message
from storage.unit import AnyRow

REMINDED = exists().where(outbound_message.c.conversation_id == conversation.c.id, outbound_message.c.key == REMINDER)

LEFT_OPEN = (
    TALKS.where(conversation.c.step.not_in([step.value for step in Step]), conversation.c.held_at.is_(None))
    .where(conversation.c.last_at > bindparam("after", type_=conversation.c.last_at.type))
    .where(conversation.c.last_at <= bindparam("until", type_=conversation.c.last_at.type))
    .where(contact.c.opted_out_at.is_(None), ~REMINDED)
    .order_by(conversation.c.last_at)
)


class SqlOpenQuestions:
    """Reads, and changes nothing."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def left_open(self, *, after: datetime, until: datetime, limit: int) -> Sequence[Talk]:
        with self._database.reading() as connection:
            rows = connection.execute(LEFT_OPEN, {"after": after, "until": until}).all()
            found = (talk_of(connection, self._sealer, row) for row in rows if not _may_not_be_asked(connection, row))
            return list(islice((talk for talk in found if talk is not None), limit))


def _may_not_be_asked(connection: Connection, row: AnyRow) -> bool:
    """A child is not asked again, nor whoever is to be left in peace."""
    peace = peace_of(connection, row.contact_id)
    return peace.is_for(row.contact_id) or row.contact_id in peace.young
