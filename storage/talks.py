"""Talks of two people who turn out to be one: which goes on where both have one on a channel, and in what language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update

from bot.model import ENGLISH, Contact
from storage.tables import contact, conversation, experience
from storage.unit import AnyRow, Unit

HELD = ("held_at", "held_by", "held_word_at", "held_swept_at", "held_told", "held_kept_on")
"""All that is known of a hold; it goes over as one."""

OPEN = (
    select(
        conversation.c.id,
        conversation.c.contact_id,
        conversation.c.channel,
        *(conversation.c[name] for name in HELD),
        conversation.c.state,
        exists().where(experience.c.conversation_id == conversation.c.id).label("has_told"),
    )
    .where(conversation.c.closed_at.is_(None))
    .order_by(conversation.c.opened_at)
)


def leave_one_a_channel(unit: Unit, mine: UUID, other: UUID, now: datetime) -> None:
    """The one that has told us something, or else mine. Where staff held either, they hold the one that goes on."""
    talks: dict[str, dict[UUID, AnyRow]] = {}
    for row in unit.connection.execute(OPEN.where(conversation.c.contact_id.in_((mine, other)))).all():
        talks.setdefault(row.channel, {})[row.contact_id] = row
    for pair in talks.values():
        if len(pair) == 1:
            continue
        goes_on, ends = pair[mine], pair[other]
        if ends.has_told and not goes_on.has_told:
            goes_on, ends = ends, goes_on
        unit.connection.execute(update(conversation).where(conversation.c.id == ends.id).values(closed_at=now))
        if ends.held_at is not None and goes_on.held_at is None:
            hold = {name: getattr(ends, name) for name in HELD}
            unit.connection.execute(update(conversation).where(conversation.c.id == goes_on.id).values(hold))


def speak_alike(unit: Unit, here: Contact, other: Contact) -> None:
    """English is what nobody has to choose: a language or Easy Read, chosen on one door, is spoken on both."""
    chosen = {here.locale, other.locale} - {ENGLISH}
    if len(chosen) != 1:
        return
    (locale,) = chosen
    unit.connection.execute(update(contact).where(contact.c.id == here.id).values(locale=locale))
    for row in unit.connection.execute(OPEN.where(conversation.c.contact_id.in_((here.id, other.id)))).all():
        state = {**row.state, "locale": locale}
        unit.connection.execute(update(conversation).where(conversation.c.id == row.id).values(state=state))


def forget_preview(unit: Unit, contact_id: UUID) -> None:
    """Words that were changed or unsent must not come back in what SHOW ME shows; it begins anew with the next ones."""
    for row in unit.connection.execute(OPEN.where(conversation.c.contact_id == contact_id)).all():
        if row.state.get("preview"):
            state = {**row.state, "preview": ""}
            unit.connection.execute(update(conversation).where(conversation.c.id == row.id).values(state=state))
