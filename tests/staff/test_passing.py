"""Passing on: the form, exactly what leaves, what became of it, and the list of teams and services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.passing_on import Kind
from staff.desk import EXTENSION
from tests.staff.conftest import signed_in
from tests.staff.fake_details import FakePassing, fill_passing
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser

FALCON = "/staff/experiences/FALCON-231"
TOMORROW = str(NOW.date() + timedelta(days=1))


@pytest.fixture
def records(app: Flask) -> FakePassing:
    found = app.extensions[EXTENSION].rooms.sending_on.records
    assert isinstance(found, FakePassing)
    fill_passing(found)
    return found


def test_what_is_shown_before_is_what_leaves_and_it_leaves_once(jo: Browser, store: FakeStore, records: FakePassing) -> None:
    records.kept = []
    jo.open(FALCON)
    page = jo.open(f"{FALCON}/pass-on?as=praise")
    words = store.experiences["FALCON 231"].card.passages[0].text
    assert words in page.main
    page = jo.press("/pass-on", {"recipient": str(made_id("yeovil")), "note": "<b>Thanks</b>\r\nfrom us"})
    assert page.heading == "Send this to Yeovil school transport?"
    assert "transport@council.example" in page.main
    assert "<b>Thanks</b>" in page.main
    shown = page.main
    page = jo.press("/send")

    assert "It is on its way." in page.main
    assert "Thanks, Yeovil school transport" in page.main
    (mail,) = store.outbox.values()
    assert (mail.address.path, mail.thread["subject"] in shown) == ("transport@council.example", True)
    assert "".join(mail.part.text.split()) in "".join(shown.split())
    assert [line.action for line in store.lines] == ["pass_on"]


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("praise", {"recipient": ""}, "Choose a team or service"),
        ("praise", {"recipient": "x"}, "Choose a team or service"),
        ("praise", {"passage": []}, "Choose what is to be passed on"),
        ("praise", {"answer_to": " "}, "Enter a work email or number"),
        ("praise", {"note": "x" * 2001}, "Write at most 2,000 characters"),
        ("request", {"due": ""}, "Choose the day by which you ask"),
        ("request", {"due": "2026-11-23"}, "The day must be tomorrow or later"),
    ],
)
def test_each_slip_is_said_and_nothing_leaves(
    jo: Browser, store: FakeStore, records: FakePassing, kind: str, fields: dict[str, str | list[str]], says: str
) -> None:
    jo.open(f"{FALCON}/pass-on?as={kind}")
    usual: dict[str, str | list[str]] = (
        {"recipient": str(made_id("yeovil")), "due": TOMORROW} if kind == "request" else {"recipient": str(made_id("yeovil"))}
    )
    page = jo.press("/pass-on", {**usual, **fields}, status=400)

    assert says in page.main
    assert page.title.startswith("Error: ")
    assert store.outbox == {}


def test_what_bars_it_is_said_instead_of_a_form(jo: Browser, records: FakePassing) -> None:
    page = jo.open("/staff/experiences/RIVER-482/pass-on?as=request")
    assert "Nobody has read all of it yet." in page.main
    assert page.find_all("textarea") == []
    view = records.store.experiences["FALCON 231"]
    records.store.put(replace(view, card=replace(view.card, consents={})))
    assert "The family has not agreed to it." in jo.open(f"{FALCON}/pass-on").main
    records.known = []
    assert "There is no team or service on the list yet." in jo.open(f"{FALCON}/pass-on").main
    assert jo.client.get(f"{FALCON}/pass-on?as=letter").status_code == 400


def test_another_experiences_passage_cannot_be_sent_along(jo: Browser, store: FakeStore, records: FakePassing) -> None:
    jo.open(f"{FALCON}/pass-on?as=praise")
    fields: dict[str, str | list[str]] = {"recipient": str(made_id("yeovil")), "passage": [str(made_id("timber"))]}
    page = jo.press("/pass-on", fields, status=404)

    assert "held him down" not in page.html
    assert store.outbox == {}


def test_an_answer_is_written_down_and_a_passing_called_back(jo: Browser, store: FakeStore, records: FakePassing) -> None:
    jo.open(f"/staff/passed-on/{made_id('asked')}")
    assert "Write what they answered" in jo.press("/answer", {"answer": " "}, status=400).main
    assert "From Monday <on>" in jo.press("/answer", {"answer": "From Monday <on>"}).main
    page = jo.press("/call-back")

    assert "Jo Pascoe, today, 10:24. That mail: waiting to leave" in page.main
    assert [mail.thread["subject"].startswith("Please disregard") for mail in store.outbox.values()] == [True]


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"read_at": None}, "Nobody has read all of it yet."), ({}, "It cannot be sent again as it is: call it back")],
)
def test_why_a_mail_cannot_go_again_is_the_true_reason(
    jo: Browser, store: FakeStore, records: FakePassing, changes: dict[str, object], says: str
) -> None:
    view = store.experiences["FALCON 231"]
    store.put(replace(view, card=replace(view.card, **changes)))  # type: ignore[arg-type] # as the parameters have them
    records.known.clear()  # the service is on the list no more
    page = jo.open(f"/staff/passed-on/{made_id('failed')}")

    assert says in page.main
    assert "the words have changed" not in page.main
    assert "Send it again" not in page.main


def test_why_a_mail_did_not_leave_is_said_in_the_words_of_the_page(jo: Browser, records: FakePassing) -> None:
    records.kept = [replace(records.kept[0], state="cancelled", error="words_changed")]

    assert "It did not go. The words in it have changed since." in jo.open(f"/staff/passed-on/{made_id('failed')}").main


def test_a_viewer_reads_and_presses_nothing(app: Flask, store: FakeStore, clock: FakeClock, records: FakePassing) -> None:
    store.add_staff(a_member("val", role="viewer"), NOW)
    viewer = signed_in(app, store, clock, "val")
    for address in (FALCON, "/staff/passed-on", f"/staff/passed-on/{made_id('asked')}", f"/staff/passed-on/{made_id('failed')}"):
        page = viewer.open(address)
        assert [form.get("action") for form in page.find("main").iter("form")] == [], address
        assert not [where for _, where in page.links() if "pass-on" in where or "recipients" in where], address


def test_whoever_publishes_keeps_the_list_and_types_an_address_twice(
    app: Flask, store: FakeStore, clock: FakeClock, records: FakePassing, jo: Browser
) -> None:
    assert jo.open("/staff/recipients").find_all("input", name="email") == []
    store.add_staff(a_member("pia", role="publisher"), NOW)
    pia = signed_in(app, store, clock, "pia")
    pia.open("/staff/recipients")
    for fields, says in (
        ({"name": "", "email": "a@b.example", "again": "a@b.example"}, "Enter a name"),
        ({"name": "Team", "email": "a@b", "again": "a@b"}, "Enter an email address"),
        ({"name": "Team", "email": "a@b.example\r\nBcc: c@d.example", "again": "x"}, "Enter an email address"),
        ({"name": "Team", "email": "a@b.example", "again": "a@c.example"}, "The two are not the same"),
    ):
        assert says in pia.press("/recipients", fields, status=400).main
    page = pia.press("/recipients", {"name": "Team", "email": "a@b.example", "again": "A@b.example", "casework": "yes"})
    assert "Team is on the list." in page.main
    assert (records.known[-1].email, records.known[-1].casework) == ("a@b.example", True)
    page = pia.press(f"/{records.known[-1].id}/retire")

    assert "It is off the list." in page.main


def test_what_was_taken_back_stays_on_record_without_its_words(jo: Browser, store: FakeStore, records: FakePassing) -> None:
    del store.experiences["FALCON 231"]
    records.kept = [replace(records.kept[0], gone=True, text="", kind=Kind.PRAISE)]
    page = jo.open(f"/staff/passed-on/{made_id('failed')}")

    assert "FALCON 231, whose words are gone" in page.main
    assert "Earshot calls it back by itself" in page.main
