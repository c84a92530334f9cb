"""Alerts whose words stand in no experience: the safeguarding lead sees, takes, reads and closes them; others see a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alert_records import LooseAlert
from bot.model import Address, ChannelName
from bot.records import Reach
from tests.staff.conftest import signed_in
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_loose_alert, an_alert, an_experience, made_id
from tests.staff.page import Browser, text_of

WORDS = "he has a knife, ring me on 07700 900123"
ANNA = Reach(channel=ChannelName("sms"), address=Address("tel", "+447700900123"))


@pytest.fixture
def loose(store: FakeStore) -> LooseAlert:
    return store.waits(a_loose_alert(signpost_state="failed"), WORDS, reach=ANNA)


def at(loose: LooseAlert) -> str:
    return f"/staff/alerts/{loose.alert.id}"


def test_the_lead_sees_it_above_all_cards_with_all_that_is_known(ruth: Browser, loose: LooseAlert) -> None:
    page = ruth.open("/staff/inbox")

    assert page.main.index("Waiting alerts") < page.main.index("TIMBER 350")
    (item,) = page.find_all("li", class_="es-alert")
    for part in (
        "Text message",
        "Concern: a sign of harm",
        "Today, 10:14",
        "A child may not be safe",
        "NOT DELIVERED",
        "Waits for Earshot to answer it",
        "Nobody yet",
    ):
        assert part in text_of(item)
    assert WORDS not in page.html


def test_one_that_was_read_and_makes_no_experience_says_so(ruth: Browser, store: FakeStore) -> None:
    loose = store.waits(a_loose_alert(state="heard"), WORDS)

    assert "Read by Earshot, and part of no experience" in ruth.open(at(loose)).main


def test_it_stands_there_whatever_is_searched_for(ruth: Browser, loose: LooseAlert) -> None:
    ruth.open("/staff/inbox")

    assert "Waiting alerts" in ruth.press("/inbox", {"words": "portage"}).main


def test_a_reviewer_sees_only_that_there_is_one(jo: Browser, store: FakeStore, loose: LooseAlert) -> None:
    page = jo.open("/staff/inbox")
    assert "2 messages are with safeguarding, the oldest since today, 10:14." in page.main
    assert "Waiting alerts" not in page.main
    assert str(loose.alert.id) not in page.html

    store.experiences.clear()
    assert "1 message is with safeguarding, since today, 10:14." in jo.open("/staff/inbox").main


@pytest.mark.parametrize("act", ["take", "close", "words"])
def test_a_reviewer_can_do_nothing_about_it(jo: Browser, ruth: Browser, store: FakeStore, loose: LooseAlert, act: str) -> None:
    form = ruth.open(at(loose)).form(f"/{act}")[1]
    jo.open(at(loose), status=403)
    token = jo.open("/staff/inbox").find("input", name="csrf_token").get("value")

    assert jo.client.post(form, data={"csrf_token": token, "why": "x"}).status_code == 403
    assert store.actions() == []
    assert store.loose[loose.alert.id] == loose


def test_taking_it_from_the_inbox_opens_it(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open("/staff/inbox")
    page = ruth.press(f"{loose.alert.id}/take")

    assert "The alert is yours." in page.main
    assert "Taken by Ruth Adeyemi" in page.main
    assert [(line.action, line.record) for line in store.lines] == [("take_alert", f"alert:{loose.alert.id}")]


def test_one_that_somebody_has_stays_theirs(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open("/staff/inbox")
    store.waits(replace(loose, alert=replace(loose.alert, taken_by="Lee Lead", taken_at=NOW)))
    page = ruth.press(f"{loose.alert.id}/take")

    assert "Lee Lead has this alert already." in page.main
    assert store.actions() == []


def test_the_words_open_once_for_a_reason_that_is_kept(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    assert WORDS not in ruth.open(at(loose)).html
    page = ruth.press("/words", {"why": "Nobody has answered her yet"})

    assert WORDS in page.main
    assert "+447700900123" in page.main
    (line,) = store.lines
    assert (line.action, line.record, line.why) == (
        "open_words",
        f"alert:{loose.alert.id}",
        "Nobody has answered her yet",
    )
    assert WORDS not in ruth.open(at(loose)).html


def test_without_a_reason_nothing_opens(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open(at(loose))
    page = ruth.press("/words", {"why": " "}, status=400)

    assert "Write why you need" in page.main
    assert WORDS not in page.html
    assert store.actions() == []


def test_a_reason_for_one_alert_opens_no_other(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    other = store.waits(a_loose_alert("other"), "other words")
    ruth.open(at(loose))
    with ruth.client.session_transaction() as session:
        session["opened"] = str(loose.alert.id)

    assert "other words" not in ruth.open(at(other)).html


def test_a_second_outcome_stands_beside_the_first_and_is_not_said_to_be_recorded(
    ruth: Browser, store: FakeStore, loose: LooseAlert
) -> None:
    ruth.open(at(loose))
    store.close_alert(loose.alert.id, made_id("staff ruth"), "police: Rang 101.", NOW)

    page = ruth.press("/close", {"done": "family", "details": "Spoke to the mother."}, status=409)

    assert "Rang 101." in page.main
    assert "Spoke to the mother." in page.main
    assert store.actions() == []


def test_an_outcome_closes_it_and_takes_it_out_of_the_inbox(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open(at(loose))
    page = ruth.press("/close", {"done": "police", "details": "Rang 101, ref 4."})

    assert "The outcome is recorded and the alert is closed." in page.main
    assert "Passed to the police" in page.main
    assert store.actions() == ["close_alert"]
    assert "Waiting alerts" not in ruth.open("/staff/inbox").main


def test_an_outcome_without_its_details_is_asked_for_again(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open(at(loose))
    page = ruth.press("/close", {"done": "police", "details": ""}, status=400)

    assert page.title.startswith("Error: ")
    assert "Write who you spoke to" in page.main
    assert store.actions() == []


def test_once_an_experience_has_come_the_alert_is_found_there(ruth: Browser, store: FakeStore, loose: LooseAlert) -> None:
    ruth.open(at(loose))
    store.waits(replace(loose, reference="MEADOW 222"))
    store.put(an_experience("MEADOW 222", alerts=[an_alert("loose")]))

    page = ruth.press(f"{loose.alert.id}/take")
    assert page.heading == "MEADOW 222"
    assert "The alert is yours." in page.main
    assert "Earshot has handled the message meanwhile." in ruth.open(at(loose)).main


def test_an_alert_that_is_not_there_is_not_found(ruth: Browser) -> None:
    ruth.open("/staff/alerts/00000000-0000-4000-8000-000000000001", status=404)


def test_after_signing_in_again_one_comes_back_to_the_alert(ruth: Browser, clock: FakeClock, loose: LooseAlert) -> None:
    ruth.open(at(loose))
    clock.move(timedelta(hours=13))
    page = ruth.press("/take")

    assert page.heading == "Sign in"
    assert page.find("input", name="onward").get("value") == at(loose)


def test_a_team_without_a_lead_handles_them_together(built: object, store: FakeStore, clock: FakeClock, app: object) -> None:
    del built
    lead = store.staff_by_username("ruth")
    assert lead is not None
    store.update_staff(lead.id, disabled_at=NOW)
    loose = store.waits(a_loose_alert(), WORDS)

    jo = signed_in(app, store, clock, "jo")  # type: ignore[arg-type]
    assert str(loose.alert.id) in jo.open("/staff/inbox").html
