"""The words as they came, and who has looked: what the pages show, once, and to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from bot.originals import Originals
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fake_details import FakeOriginals, FakeTrail
from tests.staff.fakes import FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser

RIVER, TIMBER = "/staff/experiences/RIVER-482", "/staff/experiences/TIMBER-350"
NUMBER = "07700 900123"


@pytest.fixture
def site(app: Flask, store: FakeStore, clock: FakeClock) -> Flask:
    desk: Desk = app.extensions[EXTENSION]
    rooms = replace(desk.rooms, originals=Originals(FakeOriginals(), store.as_store(), clock))
    app.extensions[EXTENSION] = replace(desk, rooms=rooms)
    for role in ("viewer", "publisher", "admin"):
        store.add_staff(a_member(role, name=role, role=role), clock.now())
    return app


def by(site: Flask, store: FakeStore, clock: FakeClock, username: str) -> Browser:
    return signed_in(site, store, clock, username)


def test_the_words_as_they_came_are_shown_for_a_reason_and_once(site: Flask, store: FakeStore, clock: FakeClock) -> None:
    jo = by(site, store, clock, "jo")
    assert NUMBER not in jo.open(RIVER).html
    page = jo.press("/original", {"why": "To put\r\na name right"})

    assert f"<i>Ring me</i> {NUMBER}" in page.main
    assert "does not open with the keys" in page.main
    assert "They took this back: it is kept" in page.main
    assert "with what the team removed: that is kept" in page.main
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert [(line.action, line.record, line.why) for line in store.lines] == [
        ("open_original", f"experience:{store.experiences['RIVER 482'].card.id}", "To put a name right")
    ]
    with jo.client.session_transaction() as session:
        assert "original" not in session
    assert NUMBER not in jo.open(RIVER).html


@pytest.mark.parametrize(("why", "says"), [(" ", "Write why you need to read them"), ("x" * 201, "at most 200 characters")])
def test_no_reason_no_words(site: Flask, store: FakeStore, clock: FakeClock, why: str, says: str) -> None:
    jo = by(site, store, clock, "jo")
    jo.open(RIVER)
    page = jo.press("/original", {"why": why}, status=400)

    assert says in page.main
    assert page.title.startswith("Error: ")
    assert store.lines == []
    assert NUMBER not in jo.open(RIVER).html


def test_a_viewer_is_offered_nothing_and_gets_nothing(site: Flask, store: FakeStore, clock: FakeClock) -> None:
    viewer = by(site, store, clock, "viewer")
    page = viewer.open(RIVER)
    assert "as they came" not in page.main.replace("The words as they came are kept sealed", "")
    assert "Who has looked" not in page.main
    with viewer.client.session_transaction() as session:
        session["original"] = "RIVER 482"

    assert NUMBER not in viewer.open(RIVER).html


def test_a_reading_is_noted_where_words_are_shown_and_not_for_who_is_refused(
    site: Flask, store: FakeStore, clock: FakeClock
) -> None:
    desk: Desk = site.extensions[EXTENSION]
    assert desk.rooms.trail is not None
    records = desk.rooms.trail.records
    assert isinstance(records, FakeTrail)
    jo = by(site, store, clock, "jo")
    for _ in range(2):
        jo.open(RIVER)
    jo.open(TIMBER, status=404)

    assert [(each, who) for each, who, _ in records.read] == [(store.experiences["RIVER 482"].card.id, made_id("staff jo"))]


def test_who_has_looked_is_read_in_words_and_an_admin_sees_no_reason(site: Flask, store: FakeStore, clock: FakeClock) -> None:
    page = by(site, store, clock, "publisher").open(f"{RIVER}/looked")
    assert "Jo Pascoe Opened the words as they came because: <b>To put a name right</b>" in page.main
    assert "The family, with their own link Looked at all we hold" in page.main
    assert "Whoever runs Earshot, as sam All messages, with the words as they came" in page.main
    admin = by(site, store, clock, "admin")
    admin.open("/staff/looked")
    page = admin.press("/looked", {"other": " river482 "})

    assert page.heading == "Who has looked at RIVER 482"
    assert "put a name right" not in page.main


@pytest.mark.parametrize("asked", ["TIMBER 350", "NOTHING 000", "", "x" * 500, "\u202e<b>"])
def test_what_is_behind_the_wall_is_not_there_for_an_admin_as_what_never_was(
    site: Flask, store: FakeStore, clock: FakeClock, asked: str
) -> None:
    admin = by(site, store, clock, "admin")
    admin.open("/staff/looked")
    page = admin.press("/looked", {"other": asked}, status=404)

    assert "Nothing of this reference can be shown here" in page.main


def test_the_lead_sees_who_looked_at_an_alert_and_at_what_is_with_safeguarding(
    site: Flask, store: FakeStore, clock: FakeClock
) -> None:
    ruth = by(site, store, clock, "ruth")

    assert ruth.open(f"{TIMBER}/looked").heading == "Who has looked at TIMBER 350"
    by(site, store, clock, "publisher").open(f"{TIMBER}/looked", status=404)
