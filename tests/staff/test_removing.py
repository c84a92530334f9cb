"""The page on which one passage is removed, and the card from which it is put back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from bot.removing import Going, Why
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fake_removals import ALL, FakeRemovals, fill_removals
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member
from tests.staff.page import Browser

HERE = "/staff/experiences/RIVER-482"


@pytest.fixture
def records(app: Flask) -> FakeRemovals:
    desk: Desk = app.extensions[EXTENSION]
    assert desk.rooms.removing is not None
    found = desk.rooms.removing.records
    assert isinstance(found, FakeRemovals)
    return found


@pytest.fixture
def passage_id(store: FakeStore) -> UUID:
    return store.experiences["RIVER 482"].card.passages[0].id


def test_the_page_shows_the_words_and_what_goes_with_them(jo: Browser, store: FakeStore, records: FakeRemovals) -> None:
    records.goes = ALL
    jo.open(HERE)
    address = next(address for name, address in jo.page.links() if name.startswith("Remove this passage"))  # type: ignore[union-attr] # it is open
    page = jo.open(address)

    assert store.experiences["RIVER 482"].card.passages[0].text in page.main
    for says in ("Yeovil school transport", "translated anew", "copy of the email", "words back", "raised an alert"):
        assert says in page.main
    for says in ("the action loses those words", "taking the action off the public page"):
        assert says in page.main


def test_the_page_says_that_photos_and_files_stay_where_other_words_do(
    jo: Browser, records: FakeRemovals, passage_id: UUID
) -> None:
    records.goes = Going(files=True)
    assert "Not its photos and files: they stay." in jo.open(f"{HERE}/passages/{passage_id}/remove").main
    records.goes = Going(files=True, whole=True)

    assert "they stay" not in jo.open(f"{HERE}/passages/{passage_id}/remove").main


@pytest.mark.parametrize(
    ("goes", "says"),
    [
        (replace(ALL, whole=False, last=False), "These words go. The rest of what they told is kept."),
        (replace(ALL, last=False), "and the message with them: nothing else is in it. Their other messages are kept."),
        (ALL, "and the experience with them: nothing else is in it."),
    ],
    ids=["a part", "a message", "everything"],
)
def test_the_first_line_says_how_much_goes(jo: Browser, records: FakeRemovals, passage_id: UUID, goes: Going, says: str) -> None:
    records.goes = goes
    page = jo.open(f"{HERE}/passages/{passage_id}/remove")

    assert says in page.main
    assert ("is kept." in page.main) != goes.whole


def test_it_is_removed_for_a_reason_and_put_back(jo: Browser, records: FakeRemovals, passage_id: UUID) -> None:
    jo.open(f"{HERE}/passages/{passage_id}/remove")
    page = jo.press("/remove", {"why": "asked", "reason": "not kept"})
    assert "is out. Until this time tomorrow it can be put back" in page.main
    assert "1 letter to the family held the words" in page.main
    assert "tell them another way" in page.main
    assert [(each.passage_id, each.why, each.reason) for each in records.done] == [(passage_id, Why.ASKED, "")]
    assert "The family asked for it." in page.main

    assert "The passage is back" in jo.press("/put-back").main


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose why it must go"),
        ({"why": "nonsense"}, "Choose why it must go"),
        ({"why": "other"}, "Say in a line why it must go"),
        ({"why": "other", "reason": "x" * 201}, "Say in a line why it must go"),
        ({"why": "other", "reason": "the words themselves"}, "Say it without the words"),
    ],
)
def test_a_form_that_is_not_whole_says_what_to_do(
    jo: Browser, store: FakeStore, records: FakeRemovals, passage_id: UUID, given: dict[str, str], says: str
) -> None:
    if given.get("reason") == "the words themselves":
        given = {**given, "reason": store.experiences["RIVER 482"].card.passages[0].text[:200]}
    jo.open(f"{HERE}/passages/{passage_id}/remove")
    page = jo.press("/remove", given, status=400)

    assert says in page.main
    assert not records.done


@pytest.mark.parametrize("username", ["val", "ada"])
def test_who_only_reads_or_keeps_the_machinery_is_shown_no_way_to_it(
    app: Flask, store: FakeStore, clock: FakeClock, username: str, passage_id: UUID
) -> None:
    store.add_staff(a_member(username, role={"val": "viewer", "ada": "admin"}[username]), NOW)
    client = signed_in(app, store, clock, username).client
    assert "Remove this passage" not in client.get(HERE).get_data(as_text=True)
    assert client.get(f"{HERE}/passages/{passage_id}/remove").status_code == 403


def test_of_what_is_with_safeguarding_only_the_lead_removes(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    address = f"/staff/experiences/TIMBER-350/passages/{store.experiences['TIMBER 350'].card.passages[0].id}/remove"

    assert jo.client.get(address).status_code == 404
    assert ruth.client.get(address).status_code == 200


def test_what_was_removed_stands_on_the_page_with_what_can_still_be_done(jo: Browser, records: FakeRemovals) -> None:
    fill_removals(records)
    page = jo.open("/staff/experiences/FALCON-231")

    assert [form.get("action") for form in page.find_all("form") if "/put-back" in (form.get("action") or "")] != []
    for says in ("has been told that it is out", "later, first", "Erased for good."):
        assert says in page.main
    assert "kept for those who handle alerts" not in page.main
