"""Beside reading: assigning, snoozing, a day, notes, who has it open, and undoing what one did last."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.desk_work import Act
from tests.staff.fakes import FakeStore, made_id
from tests.staff.page import Browser, text_of, values_of

RIVER = "/staff/experiences/RIVER-482"


def test_it_is_assigned_and_that_can_be_undone_at_once(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    page = jo.press("RIVER-482/give", {"to": str(made_id("staff jo"))})
    (done,) = store.work.deeds

    assert (done.act, done.after) == (Act.GIVE, str(made_id("staff jo")))
    assert "It is assigned." in text_of(page.find("div", id="told"))
    page = jo.press(f"/last/{done.id}/undo")
    assert "It is undone." in page.main
    assert store.work.deeds[0].undone
    assert "Undone" in page.main


@pytest.mark.parametrize(
    ("action", "fields", "says"),
    [
        ("/snooze", {"until": "2026-11-24"}, "It is snoozed."),
        ("/snooze", {"until": "2026-12-24"}, "somebody must read it by the promised day"),
        ("/snooze", {"until": "2026-11-23"}, "the day must be in the future"),
        ("/snooze", {"until": "soon"}, "choose a day"),
        ("/due", {"due": "2026-12-24"}, "The day is kept, for the team alone."),
        ("/due", {"due": "2029-12-24"}, "the day must be in the future"),
        ("/due", {"due": ""}, "choose a day"),
        ("/notes", {"note": "Ask the school"}, "The note is kept, with your name."),
        ("/notes", {"note": "  "}, "write a note of 1 to 2,000 characters"),
        ("/notes", {"note": "x" * 2001}, "write a note of 1 to 2,000 characters"),
    ],
)
def test_each_act_says_what_became_of_it(jo: Browser, action: str, fields: dict[str, str], says: str) -> None:
    jo.open("/staff/experiences/HEDGE-115")

    assert says in jo.press(action, fields).main


def test_a_note_is_shown_as_words_with_its_writer(jo: Browser) -> None:
    jo.open(RIVER)
    page = jo.press("/notes", {"note": "<b>Ask</b> \u202ethe school"})

    assert "<b>Ask</b>" in page.main
    assert "Jo Pascoe, today" in page.main


def test_two_presses_are_one_note_and_both_are_told_so(jo: Browser, store: FakeStore) -> None:
    form = {**values_of(jo.open(RIVER).form("/notes")[0]), "note": "Ask the school"}
    for _ in range(2):
        jo.client.post(f"{RIVER}/notes", data=form)
        assert "The note is kept, with your name." in jo.open(RIVER).main

    assert len(store.work.written) == 1


def test_who_else_has_it_open_is_said_on_its_page_and_its_card(jo: Browser, store: FakeStore) -> None:
    store.work.open_at[store.experiences["RIVER 482"].card.id] = ("Amira Khan",)

    assert "Amira Khan has this open." in jo.open(RIVER).main
    assert store.work.seen == [store.experiences["RIVER 482"].card.id]
    (item,) = [each for each in jo.open("/staff/inbox").find_all("li", class_="es-item") if "RIVER 482" in text_of(each)]
    assert "Amira Khan has this open" in text_of(item)


def test_the_heartbeat_answers_with_the_line_alone(jo: Browser, store: FakeStore) -> None:
    store.work.open_at[store.experiences["RIVER 482"].card.id] = ("Amira Khan",)
    token = jo.open(RIVER).find("div", id="looking").get("data-token")
    answer = jo.client.post(f"{RIVER}/here", headers={"X-CSRFToken": token or ""})

    assert answer.status_code == 200
    assert "Amira Khan has this open." in answer.get_data(as_text=True)
    assert jo.client.post(f"{RIVER}/here").status_code == 400


def test_what_is_with_safeguarding_is_not_there_for_others(jo: Browser) -> None:
    token = jo.open(RIVER).find("div", id="looking").get("data-token") or ""
    for action in ("give", "snooze", "due", "notes", "here"):
        answer = jo.client.post(f"/staff/experiences/TIMBER-350/{action}", data={"csrf_token": token, "note": "x"})
        assert answer.status_code == 404
    assert jo.client.post(f"/staff/last/{uuid4()}/undo", data={"csrf_token": token}).status_code == 404


def test_the_last_ten_are_on_one_page_and_an_empty_one_says_so(jo: Browser) -> None:
    assert "Nothing yet." in jo.open("/staff/last").main
    for _ in range(12):
        jo.open(RIVER)
        jo.press("/notes", {"note": "Ask the school"})

    page = jo.open("/staff/last")
    assert len([form for form in page.find_all("form") if (form.get("action") or "").endswith("/undo")]) == 10
