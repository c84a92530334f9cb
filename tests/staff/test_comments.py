"""Comments under our posts: read without their writers' names, and answered in private once, by a person's press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.comments import Comment
from bot.outgoing import OutboundState
from tests.staff.fakes import NOW, FakeStore, made_id
from tests.staff.page import Browser

WORDS = "The taxi never comes and nobody cares."


def under_a_post(store: FakeStore, name: str = "one", *, seq: int = 1, **changes: object) -> Comment:
    usual = {"text": WORDS, "is_redacted": True, "at": NOW - timedelta(days=1), "post": "1001_2002"}
    comment = Comment(id=made_id(name), seq=seq, **{**usual, **changes})  # type: ignore[arg-type]
    store.said.under_posts[comment.id] = comment
    return comment


def test_a_comment_is_shown_with_its_post_and_without_its_writer(jo: Browser, store: FakeStore) -> None:
    under_a_post(store)
    page = jo.open("/staff/comments")

    assert WORDS in page.main
    assert "Not invited" in page.main
    assert store.said.name not in page.html
    assert "https://www.facebook.com/1001_2002" in [address for _, address in page.links()]


def test_who_wrote_it_is_shown_once_after_a_press_that_is_kept(jo: Browser, store: FakeStore) -> None:
    comment = under_a_post(store)
    jo.open("/staff/comments")
    page = jo.press("/author", {"why": "They named a child"})

    assert store.said.name in page.main
    kept = [(line.action, line.record, line.why) for line in store.lines]
    assert kept == [("show_comment_author", f"message:{comment.id}", "They named a child")]
    assert store.said.name not in jo.open("/staff/comments").html


def test_without_a_reason_nobody_is_shown_who_wrote_it(jo: Browser, store: FakeStore) -> None:
    under_a_post(store)
    jo.open("/staff/comments")
    page = jo.press("/author", {"why": " "}, status=400)

    assert "Write why you need to know who wrote it" in page.main
    assert store.said.name not in page.html
    assert store.lines == []
    assert store.said.name not in jo.open("/staff/comments").html


def test_a_press_invites_its_writer_once_and_says_nothing_personal(jo: Browser, store: FakeStore) -> None:
    under_a_post(store)
    page = jo.open("/staff/comments")
    _, address = page.form("/invite")
    page = jo.press("/invite")
    assert "The invitation is on its way" in page.main
    assert "Invite to talk privately" not in page.main

    (row,) = store.outbox.values()
    assert row.by_person
    assert row.thread == {"comment_id": "1"}
    assert (row.channel, row.key) == ("comments", "comment.invite")
    assert row.part.text.startswith("Hello from the SEND team.")
    assert "taxi" not in row.part.text
    assert store.said.name not in row.part.text
    token = page.find("input", name="csrf_token").get("value")
    jo.client.post(address, data={"csrf_token": token})
    assert len(store.outbox) == 1
    assert store.actions() == ["invite_commenter"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"at": NOW - timedelta(days=7)}, "Older than 7 days"),
        ({"stopped": True}, "They have told us to stop"),
        ({"is_gone": True, "text": ""}, "Taken away: it cannot be answered"),
        ({"sent": OutboundState.SENT, "sent_at": NOW}, "Invited to talk privately, today, 10:24"),
        ({"sent": OutboundState.SENT, "answered": True}, "they have written to us since"),
        ({"sent": OutboundState.FAILED, "error": "Too late for Meta."}, "NOT DELIVERED: Too late for Meta."),
        ({"sent": OutboundState.SENDING}, "The invitation is on its way"),
    ],
)
def test_a_comment_that_cannot_be_answered_says_why_and_has_no_button(
    jo: Browser, store: FakeStore, changes: dict[str, Any], sentence: str
) -> None:
    under_a_post(store, **changes)
    page = jo.open("/staff/comments")

    assert sentence in page.main
    assert not [form for form in page.find_all("form") if (form.get("action") or "").endswith("/invite")]


def test_a_press_that_comes_too_late_sends_nothing_and_says_so(jo: Browser, store: FakeStore) -> None:
    under_a_post(store)
    jo.open("/staff/comments")
    under_a_post(store, at=NOW - timedelta(days=8))
    page = jo.press("/invite")

    assert "Nothing was sent." in page.main
    assert store.outbox == {}


def test_a_comment_with_an_open_alert_is_for_safeguarding_alone(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    comment = under_a_post(store, is_with_safeguarding=True)

    assert WORDS not in jo.open("/staff/comments").html
    assert WORDS in ruth.open("/staff/comments").main
    page = jo.open("/staff/inbox")
    token = page.find("input", name="csrf_token").get("value")
    for act in ("invite", "author"):
        answer = jo.client.post(f"/staff/comments/{comment.id}/{act}", data={"csrf_token": token})
        assert answer.status_code == 404
    assert store.outbox == {}


def test_words_that_are_not_redacted_yet_are_not_shown(jo: Browser, store: FakeStore) -> None:
    under_a_post(store, is_redacted=False, text="")

    assert "not been made safe to show yet" in jo.open("/staff/comments").main


def test_older_comments_are_on_the_next_page(jo: Browser, store: FakeStore) -> None:
    for number in range(1, 24):
        under_a_post(store, f"number {number}", seq=number, text=f"Comment number {number}.")
    page = jo.open("/staff/comments")
    assert "Comment number 23." in page.main
    assert "Comment number 3." not in page.main
    older = jo.open(next(address for name, address in page.links() if name == "Older comments"))

    assert "Comment number 3." in older.main
    assert "Comment number 23." not in older.main
    jo.press(f"{made_id('number 2')}/author", {"why": "They named a child"})
    assert jo.page is not None
    assert "Comment number 2." in jo.page.main, "the press leads back to the same page"


def test_an_odd_address_begins_at_the_top(jo: Browser, store: FakeStore) -> None:
    under_a_post(store)

    assert WORDS in jo.open("/staff/comments?before=x").main


def test_an_empty_list_says_so(jo: Browser) -> None:
    assert "There is no comment here." in jo.open("/staff/comments").main
