"""A few words in which the tests of two doors are told: what is said at one of them, and who stands behind it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address
from tests.bot.street import ANNA, BORIS, Street

STORY = "The taxi was late again on Monday and nobody rang us about it."
CODE = "OTTER 214 TULIP 915"
CLARA = Address("tel", "+447700900789")
BROWSER = Address("web", "a-browser")
DONE = "Done. We know now that you wrote to us in both places. STATUS, STOP and DELETE work for both."


def says(street: Street, words: str, sender: Address = ANNA, **rest: Any) -> list[str]:
    """One message, answered; returns what went back to this door."""
    before = len(street.heard_at(sender))
    street.text(words, sender=sender, **rest)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()
    return street.heard_at(sender)[before:]


def links(street: Street, first: Address = ANNA, second: Address = BORIS, **rest: Any) -> None:
    says(street, "link", first)
    assert says(street, CODE, second, **rest) == [DONE]


def contact_of(street: Street, sender: Address) -> UUID:
    with street.store.transaction() as tx:
        return tx.hold_contact(sender, (), locale=ENGLISH, now=street.clock.at).id


def references(street: Street) -> list[str]:
    return sorted(card.reference for card in street.store.inbox(InboxFilter(open_only=False)).cards)


def joins(street: Street) -> list[object]:
    return [row["action"] for row in street.store.export_rows("audit")]
