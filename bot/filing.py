"""Filing: feedback nobody waits for an answer to (a letter, a call, a row of an old survey) joins the record. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.conversation import Conversation, Purpose, RecordConsent, Turn
from bot.draft import Draft, Silence
from bot.heard import Heard
from bot.keeping import keep
from bot.model import Manner
from bot.reading import Kind, Reading
from bot.records import StoredInbound
from bot.script import Script

CONSENTS = "consents"
"""In a message's details: the purposes agreed to when it was taken down, by name, with spaces between them."""

REFUSALS = "refusals"
"""The same for what was asked and refused."""

PLACE = "place"
"""In a message's details: the school or service it is about, as staff or a file named it."""

READ_BY = "read_by"
"""In a message's details: the day by which a person means to read it, where nobody was promised the usual one."""


def file_away(
    script: Script, conversation: Conversation, messages: Sequence[StoredInbound], heard: Sequence[Heard], now: datetime
) -> Turn:
    """Every message is story: nothing in a letter is a command or an answer. Says nothing, asks nothing."""
    draft = Draft.begin(script, conversation, now, looks_back=False)
    draft.read_by = _read_by(messages)
    keep(
        draft,
        [
            Reading(position, Kind.STORY, stored, what)
            for position, (stored, what) in enumerate(zip(messages, heard, strict=True))
        ],
    )
    for key, given in ((CONSENTS, True), (REFUSALS, False)):
        for purpose in sorted({word for stored in messages for word in stored.message.details.get(key, "").split()}):
            draft.do(RecordConsent(Purpose(purpose), given=given))
    draft.close()
    return draft.finish(Silence.NOBODY_WAITS)


def place_of(messages: Sequence[StoredInbound]) -> str | None:
    """The place that was written beside the words, which outranks a guess from the words."""
    named = (stored.message.details.get(PLACE) for stored in messages if stored.message.manner is Manner.KEEP)
    return next((place for place in named if place), None)


def _read_by(messages: Sequence[StoredInbound]) -> date | None:
    days = [date.fromisoformat(day) for stored in messages if (day := stored.message.details.get(READ_BY))]
    return min(days, default=None)
