"""Filing: feedback nobody waits for an answer to (a letter, a call, a row of an old survey) joins the record. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.draft import Draft, Silence
from bot.keeping import keep
from bot.model import Conversation, Heard, Purpose, RecordConsent, Turn
from bot.reading import Kind, Reading
from bot.records import StoredInbound
from bot.script import Script

CONSENTS = "consents"
"""In a message's details: the purposes agreed to when it was taken down, by name, with spaces between them."""


def file_away(
    script: Script, conversation: Conversation, messages: Sequence[StoredInbound], heard: Sequence[Heard], now: datetime
) -> Turn:
    """Every message is story: nothing in a letter is a command or an answer. Says nothing, asks nothing."""
    draft = Draft.begin(script, conversation, now, looks_back=False)
    keep(
        draft,
        [
            Reading(position, Kind.STORY, stored, what)
            for position, (stored, what) in enumerate(zip(messages, heard, strict=True))
        ],
    )
    for purpose in sorted({word for stored in messages for word in stored.message.details.get(CONSENTS, "").split()}):
        draft.do(RecordConsent(Purpose(purpose), given=True))
    draft.close()
    return draft.finish(Silence.NOBODY_WAITS)
