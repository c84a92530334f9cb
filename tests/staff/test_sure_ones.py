"""The second reader, blind to the first; and the very sure accepted at once after ten were read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from bot.heard import RiskLevel
from bot.review import Answer, Voice, tags
from bot.sure_ones import Verdict
from staff.passwords import Passwords
from storage.database import Database
from tests.staff.fakes import a_member
from tests.staff.page import text_of
from tests.staff.review_desk import ReviewDesk
from tests.storage.made_up import ANNA, BORIS, NOW

JO, TOM, PIA = a_member("jo"), a_member("tom"), a_member("pia")


@pytest.fixture
def desk(app: Flask, database: Database, passwords: Passwords) -> ReviewDesk:
    return ReviewDesk(app, database, passwords)


def tells(desk: ReviewDesk, count: int, score: float = 0.97) -> None:
    for number in range(count):
        sender = (ANNA, BORIS)[number % 2]
        desk.scene.tells(f"text {number}", ("transport", score), reference=f"RIVER {number}", sender=sender)


def share(desk: ReviewDesk, value: str) -> None:
    desk.use.records.set("second_reading_share", value, JO, NOW)


def decides(desk: ReviewDesk, username: str, *themes: str) -> None:
    work = desk.use.next(a_member(username))
    assert work is not None
    shown = frozenset(tag.theme for tag in tags(work.passage))
    desk.use.decide(
        a_member(username),
        work.passage.id,
        Answer(passage_id=work.passage.id, shown=shown, ticked=frozenset(themes)),
        seen=work.seen,
    )


# --- the second reader --------------------------------------------------------------------------------------------------


def test_the_second_reader_sees_it_as_the_first_one_did_and_changes_nothing(desk: ReviewDesk) -> None:
    share(desk, "100")
    tells(desk, 1)
    decides(desk, "jo", "disputes")
    assert desk.use.next(JO) is None
    page = desk.browser("tom").open("/staff/review")

    assert "Jo Pascoe" not in page.main
    assert [box.get("value") for box in page.find_all("input", type="checkbox") if box.get("checked") is not None] == [
        "transport"
    ]
    before = desk.view("RIVER 0")
    decides(desk, "tom", "transport")
    assert desk.view("RIVER 0") == before
    assert desk.use.next(TOM) is None
    assert desk.use.next(PIA) is None


def test_none_of_a_share_of_nothing_is_read_twice(desk: ReviewDesk) -> None:
    share(desk, "0")
    tells(desk, 3)
    for _ in range(3):
        decides(desk, "jo", "transport")

    assert desk.use.next(TOM) is None


def test_agreement_is_told_in_words_with_what_differs(desk: ReviewDesk) -> None:
    share(desk, "100")
    tells(desk, 10)
    for number in range(10):
        decides(desk, "jo", "transport")
        decides(desk, "tom", "transport" if number else "disputes")
    page = desk.browser("tom").open("/staff/review/agreement")

    assert "Of 10 passages read twice" in page.main
    assert "On 90 in 100 both ticked the very same themes." in page.main
    assert "kappa is 0.90: almost perfect." in page.main
    assert "Jo Pascoe alone:" in page.main
    assert "Tom Calloway alone:" in page.main


def test_the_share_is_set_by_those_who_publish(desk: ReviewDesk) -> None:
    assert "5 of 100" in desk.browser("jo").open("/staff/review/agreement").main
    pia = desk.browser("pia")
    pia.open("/staff/review/agreement")
    page = pia.press("/agreement", {"share": "12 %"})
    assert "12 of 100 are read a second time" in page.main
    assert "enter a whole number" in pia.press("/agreement", {"share": "lots"}).main

    assert desk.use.share == 12
    assert [row["action"] for row in desk.store.export_rows("audit")][-1] == "set"


# --- the very sure ------------------------------------------------------------------------------------------------------


def test_ten_are_read_then_the_rest_accepted_unread_and_undone_as_one(desk: ReviewDesk) -> None:
    share(desk, "0")
    tells(desk, 25)
    tom = desk.browser("tom")
    page = tom.open("/staff/review/sure")
    assert "0.95 or more: 25 passages" in page.main
    page = tom.press("/review/sure")
    for left in range(9, -1, -1):
        assert f", {left + 1} left" in page.heading
        form = next(form for form in page.find_all("form") if form.find(".//input[@name='seen']") is not None)
        page = tom.press((form.get("action") or "").removeprefix("/staff"), {"do": "accept"})
    assert page.heading == "Accept 15 at once?"
    desk.clock.move(timedelta(minutes=1))
    page = tom.press("/accept")
    assert "15 passages accepted at once." in page.main

    views = [desk.view(f"RIVER {number}") for number in range(25)]
    assert [tag.voice for view in views for tag in tags(view.card.passages[0])] == [Voice.STAFF] * 25
    assert sum(view.card.read_at is None for view in views) == 15, "nobody has read what was accepted at once"
    assert "and 14 more at once" in text_of(page.find("ol", class_="es-last"))
    page = tom.press("/review/undo")
    assert "and 14 more that were accepted with it" in page.main
    assert sum(tag.voice is Voice.TAGGER for n in range(25) for tag in tags(desk.view(f"RIVER {n}").card.passages[0])) == 15
    assert desk.use.next(TOM, passage_id=None) is not None


def test_two_wrong_of_ten_and_nothing_is_accepted(desk: ReviewDesk) -> None:
    share(desk, "0")
    tells(desk, 12)
    check = desk.sure_ones.begin(JO, 0.95)
    assert check is not None
    for number in range(10):
        work = desk.use.next(JO, within=check.sample)
        assert work is not None
        ticked = frozenset({"disputes" if number < 2 else "transport"})
        answer = Answer(passage_id=work.passage.id, shown=frozenset({"transport"}), ticked=ticked)
        desk.use.decide(JO, work.passage.id, answer, seen=work.seen)

    assert desk.sure_ones.standing(check.id, JO).verdict is Verdict.TOO_WRONG
    assert desk.sure_ones.accept(check.id, JO) == 0
    assert desk.browser("jo").open(f"/staff/review/sure/{check.id}").heading == "Not this set"
    desk.browser("tom").open(f"/staff/review/sure/{check.id}", status=404)


def test_before_the_ten_are_read_nothing_is_accepted(desk: ReviewDesk) -> None:
    tells(desk, 12)
    check = desk.sure_ones.begin(JO, 0.95)

    assert check is not None
    assert desk.sure_ones.accept(check.id, JO) == 0
    assert all(tag.voice is Voice.TAGGER for n in range(12) for tag in tags(desk.view(f"RIVER {n}").card.passages[0]))


def test_worry_doubt_and_other_peoples_words_keep_a_passage_out_of_the_set(desk: ReviewDesk) -> None:
    tells(desk, 4)
    desk.scene.decides(desk.scene.passage_of("RIVER 0"), "transport", verdict=False)
    desk.use.pass_on(TOM, desk.scene.passage_of("RIVER 1"))
    with desk.store.transaction() as tx:
        tx.describe_experience(desk.view("RIVER 2").card.id, risk=RiskLevel.WELLBEING)

    assert dict(desk.sure_ones.sizes())[0.95] == 1
    assert desk.sure_ones.begin(JO, 0.95) is None
    page = desk.browser("jo").open("/staff/review/sure")
    assert "There are too few just now" in page.main
