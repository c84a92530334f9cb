"""Staff may write down that somebody agreed to be invited again, and then how to reach them."""

from __future__ import annotations

from datetime import date

from werkzeug.datastructures import MultiDict

from bot.conversation import Purpose
from staff.entry_forms import EntryForm

TODAY = date(2026, 11, 23)
GIVEN = {
    "id": "5f0c3a1e-0000-4000-8000-000000000000",
    "kind": "phone",
    "words": "The taxi was late.",
    "day": "20",
    "month": "11",
    "year": "2026",
    "invite_again": "yes",
}


def read(**more: str) -> EntryForm:
    return EntryForm.read(MultiDict({**GIVEN, **more}), today=TODAY, locales=())


def test_a_yes_to_being_invited_is_kept_with_the_account() -> None:
    entry = read(phone="07700 900123").entry

    assert entry is not None
    assert entry.consents == {Purpose.INVITE_AGAIN: True}


def test_a_yes_needs_a_way_to_reach_them() -> None:
    assert read().errors == {"phone": "tell_needs_reach"}
