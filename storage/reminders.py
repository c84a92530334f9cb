"""``bot.reminders.OpenQuestions``: the talks in which a question of ours waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists

from bot.draft import MOURNING, Step
from bot.model import Speaker
from bot.reminders import REMINDER
from bot.talks_held import Talk
from storage.database import Database
from storage.holds import TALKS, talk_of
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
            wanted = [row for row in rows if not _is_left_in_peace(row)][:limit]
            found = [talk_of(connection, self._sealer, row) for row in wanted]
        return [talk for talk in found if talk is not None]


def _is_left_in_peace(row: AnyRow) -> bool:
    state = row.state
    is_child = state.get("speaker") == Speaker.YOUNG_PERSON.value
    return bool(row.has_open_alert or state.get("danger") or state.get("asked", {}).get(MOURNING) or is_child)
