"""The partners' page: words that are cleared, numbers that tell of nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from bot.partners import Cleared, Partners, Read, Shown, Tally
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fakes import FakeClock, FakeStore, a_member
from tests.staff.page import Browser

SAID = Cleared(month=date(2026, 10, 1), district="taunton", words=("The taxi was late <script>again</script>.",))


OLDER = UUID("0d4f3a52-1f0e-4f43-8a0a-3c6a0b1f5b11")
NONE_LEFT = UUID("5b3a7c10-9a52-4f0b-9a39-9a1c1a4a7d42")


@dataclass
class Records:
    older: UUID | None = None

    def tally(self, since: date, before: date, *, at: UUID | None = None, back: bool = False, size: int = 20) -> Tally:
        return Tally(
            read={Read.ON_TIME: 30, Read.LATE: 3, Read.NOT_YET: 7},
            shown={Shown.SHOWN: 1, Shown.NOT_AGREED: 28, Shown.WITH_TEAM: 11},
            cleared=() if at == NONE_LEFT else (SAID,),
            newer=at,
            older=None if at and not back else self.older,
        )


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def pat(app: Flask, store: FakeStore, clock: FakeClock, records: Records) -> Browser:
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, partners=Partners(records=records, clock=clock)))
    store.add_staff(a_member("pat", name="Pat Boyce", role="partner"), clock.now())
    return signed_in(app, store, clock, "pat")


def test_a_partner_begins_here_and_finds_no_other_page_in_the_menu(pat: Browser) -> None:
    page = pat.open("/staff/")

    assert page.heading == "For partners"
    menu = [words for words, address in page.links() if address.startswith("/staff/") and address != "/staff/"]
    assert menu == ["For partners", "Your account"]


def test_the_words_stand_with_their_month_and_no_reference(pat: Browser) -> None:
    page = pat.open("/staff/partners")

    assert "October 2026, Taunton" in page.main
    assert "The taxi was late <script>again</script>." in page.main
    assert not page.find_all("a", href="/staff/experiences/RIVER-482")


def test_small_numbers_and_what_would_tell_them_are_not_told(pat: Browser) -> None:
    said = pat.open("/staff/partners").main

    assert "Experiences received 40" in said
    assert "Read by the day we promised 30" in said
    assert "Read later than promised fewer than 5, or not told" in said
    assert "Not read yet fewer than 5, or not told" in said
    assert "to the nearest 5" in said


def test_why_words_are_kept_back_is_said(pat: Browser) -> None:
    said = pat.open("/staff/partners").main

    assert "Kept back: the family did not agree that others see it 30" in said
    assert "Kept back: still with the team, or not for others to see 10" in said


def test_whole_months_are_named(pat: Browser) -> None:
    assert "from November 2025 on, in whole months before November 2026" in pat.open("/staff/partners").main


def test_pages_are_named_by_a_place_that_tells_no_day_and_all_numbers_stand_on_each(pat: Browser, records: Records) -> None:
    records.older = OLDER
    page = pat.open(f"/staff/partners?after={OLDER.hex}")
    links = dict(page.links())

    assert "Experiences received 40" in page.main
    assert "Read later than promised fewer than 5, or not told" in page.main
    assert [address for _, address in page.links() if "before=" in address] == [f"/staff/partners?before={OLDER.hex}#said"]
    assert not [address for address in links.values() if "after=" in address]


def test_a_page_with_nothing_left_on_it_is_the_first_one(pat: Browser, records: Records) -> None:
    records.older = OLDER
    page = pat.open(f"/staff/partners?after={NONE_LEFT.hex}")

    assert "The taxi was late" in page.main
    assert [address for _, address in page.links() if "after=" in address] == [f"/staff/partners?after={OLDER.hex}#said"]


def test_an_odd_place_begins_at_the_top(pat: Browser) -> None:
    assert "The taxi was late" in pat.open("/staff/partners?after=2026-10-12&before=%00").main
