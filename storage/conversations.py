"""A conversation as plain JSON and back. What an older release did not write takes its default; what it wrote and we
no longer know is let go.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.conversation import Conversation, Purpose
from bot.model import Speaker

TIMES = {"last_at": datetime.fromisoformat, "delete_until": datetime.fromisoformat}
DAYS = {"promised_on": date.fromisoformat, "read_on": date.fromisoformat}
LOOKED_UP = {"standing"}
"""What is true of a moment only, and so not kept."""
NAMES = frozenset(field.name for field in fields(Conversation)) - LOOKED_UP


def to_json(conversation: Conversation) -> dict[str, Any]:
    # Shallow: every value is plain already or is made so below, and this runs with every turn.
    state = {name: getattr(conversation, name) for name in NAMES}
    state["asked"] = dict(conversation.asked)
    state["id"] = str(conversation.id)
    state["speaker"] = conversation.speaker.value
    state["consents"] = {purpose.value: given for purpose, given in conversation.consents.items()}
    for name in (*TIMES, *DAYS):
        if state[name] is not None:
            state[name] = state[name].isoformat()
    return state


def from_json(state: dict[str, Any]) -> Conversation:
    known = {name: value for name, value in state.items() if name in NAMES}
    known["id"] = UUID(state["id"])
    if "speaker" in known:
        known["speaker"] = Speaker(known["speaker"])
    known["consents"] = {Purpose(purpose): given for purpose, given in known.get("consents", {}).items()}
    for name, read in (TIMES | DAYS).items():
        if known.get(name) is not None:
            known[name] = read(known[name])
    return Conversation(**known)
