"""The partners' page: words that are cleared, numbers that tell of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from bot.partners import Cleared, Partners, Read, Shown, Tally
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fakes import FakeClock, FakeStore, a_member
from tests.staff.page import Browser

SAID = Cleared(month=date(2026, 10, 1), district="taunton", words=("The taxi was late <script>again</script>.",))


class Records:
    def tally(self, since: date, before: date) -> Tally:
        return Tally(
            read={Read.ON_TIME: 30, Read.LATE: 3, Read.NOT_YET: 7},
            shown={Shown.SHOWN: 1, Shown.NOT_AGREED: 28, Shown.WITH_TEAM: 11},
            cleared=(SAID,),
        )


@pytest.fixture
def pat(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, partners=Partners(records=Records(), clock=clock)))
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
