"""Undo for every act: each route that changes something says here how it is undone, or why it cannot be. A new one without a
row fails.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from bot.desk_work import NOTED, Act, Deed
from staff.gates import ROWS
from tests.staff.fakes import NOW, FakeStore
from tests.staff.page import Browser, text_of
from tests.staff.test_site import rules

DEED = "its deed"
"""It stands on *What you did last* and in the line that says that it was done; ``bot.desk_work`` undoes it."""
READING = "its reading"
"""It stands among the last ten decisions of the review, and is undone there (``bot.reviewing``)."""
NOTHING = "it changes nothing of anybody's"
OWN = "it is one's own setting, and is set again"
SHOWN = "it was shown, and that is in the trail for good"
SENT = "it has left, or was told to a family"
TEN_SECONDS = "it waits ten seconds and can be taken back until then"
ERASED = "what was erased or hidden does not come back"
OUTCOME = "it is a recorded outcome: what stands is not written over"
ENTERED = "what somebody told us by hand is theirs, and is taken back by them"
KEPT = "each version is kept, and another is put over it"

HOW: dict[str, str] = {
    # undone as what one did last
    **dict.fromkeys(("give", "snooze", "set_due", "write_note"), DEED),
    **dict.fromkeys(("accept", "correct", "mark_read", "finish_task", "release", "close_task"), DEED),
    **dict.fromkeys(("take_task", "give_task", "put_back_task", "take_alert", "take_loose_alert", "hand_alert"), DEED),
    **dict.fromkeys(("clear_alerts", "clear_loose_alert"), DEED),
    **dict.fromkeys(("decide_passage", "accept_sure_ones"), READING),
    # by its opposite, which stands beside it
    "link": "part",
    "part": "link",
    "split_passage": "join_passages",
    "join_passages": "split_passage",
    "remove_passage": "put_back_passage",
    "put_back_passage": "remove_passage",
    "take_talk": "give_talk_back",
    "give_talk_back": "take_talk",
    "invite_to_campaign": "stop_inviting",
    "stop_inviting": "invite_to_campaign",
    "set_matter_aside": "put_matter_back",
    "put_matter_back": "set_matter_aside",
    "give_milestone": "take_milestone_back",
    "take_milestone_back": "give_milestone",
    "give_milestone_to_theme": "take_theme_milestone_back",
    "take_theme_milestone_back": "give_milestone_to_theme",
    "move_task": "move_task",
    "send_passing": "call_passing_back",
    "send_passing_again": "call_passing_back",
    "call_passing_back": "send_passing",
    "add_recipient": "retire_recipient",
    "retire_recipient": "add_recipient",
    "preview_passing": NOTHING,
    "answer_passing": OUTCOME,
    "rename_theme": "rename_theme",
    "add_theme": "retire_theme",
    "theme_from_matter": "retire_theme",
    "retag": "stop_retag",
    "stop_retag": "retag",
    "remove_member": "let_member_in",
    "let_member_in": "remove_member",
    "rename_member": "rename_member",
    "change_role": "change_role",
    "invite_member": "remove_member",
    "release_passages": "take_back_release",
    "take_back_release": "release_passages",
    "save_view": "drop_view",
    "drop_view": "save_view",
    "add_saved_reply": "retire_saved_reply",
    "retire_saved_reply": "put_back_saved_reply",
    "put_back_saved_reply": "retire_saved_reply",
    "publish_words": "go_back_words",
    "go_back_words": "publish_words",
    "link_action": "unlink_action",
    "unlink_action": "link_action",
    **dict.fromkeys(("link_ticked", "link_theme"), "unlink_action"),
    "publish_action": "take_action_back",
    "take_action_back": "publish_action",
    "quote_in_action": "quote_in_action",
    "ask_publisher": "withdraw_request",
    "withdraw_request": "ask_publisher",
    "answer_request": OUTCOME,  # but what a yes did is undone by its own opposite; after a not yet it can be asked anew
    "tell_people": "stop_telling",
    "stop_telling": "tell_people",
    "keep_rota": KEPT,
    "take_drill": SENT,
    # asks, or is itself an undoing
    **dict.fromkeys(
        ("find", "find_looked", "preview", "same", "still_here", "check_sure_ones", "keep_talk", "campaign_answers"), NOTHING
    ),
    **dict.fromkeys(("undo_deed", "undo_last", "undo_reading", "take_back_letter"), NOTHING),
    **dict.fromkeys(("sign_out", "end_session", "sign_out_everywhere"), NOTHING),
    **dict.fromkeys(("review_keys", "set_share", "view_first", "change_password", "new_codes"), OWN),
    **dict.fromkeys(
        ("begin_two_step", "confirm_two_step", "try_second_step", "add_passkey", "rename_passkey", "remove_passkey"), OWN
    ),
    # cannot be
    **dict.fromkeys(
        ("reach", "reach_of_task", "show_author", "open_words", "ask_to_show", "show_original", "see_team_change", "new_link"),
        SHOWN,
    ),
    **dict.fromkeys(("typed", "ask_to_write", "choose_columns", "mend_sheet", "ask_export", "stop_job"), NOTHING),
    "use_saved_reply": NOTHING,
    "fetch_export": SHOWN,
    "send": TEN_SECONDS,
    "invite": SENT,
    **dict.fromkeys(("keep_entry", "upload_import"), ENTERED),
    # that it let the team see a record is undone as what one did last
    **dict.fromkeys(("close_alert", "close_loose_alert"), OUTCOME),
    "finish_deletion": OUTCOME,
    **dict.fromkeys(("hide_word", "leave_words", "reset_two_step"), ERASED),
    **dict.fromkeys(
        ("enter_translation", "make_action", "change_action", "propose_words", "retire_theme", "change_saved_reply"), KEPT
    ),
}
REASONS = {DEED, READING, NOTHING, OWN, SHOWN, SENT, TEN_SECONDS, ERASED, OUTCOME, KEPT, ENTERED}
NOT_OURS = {"try_to_sign_in", "accept_invitation"}
"""The way in: nobody is signed in yet who could undo anything."""


def test_every_route_that_changes_something_says_how_it_is_undone_or_why_it_is_not(app: Flask) -> None:
    there = {rule.endpoint.removeprefix("staff.") for rule, _ in rules(app, "POST")} - NOT_OURS

    assert there - HOW.keys() == set(), "say in HOW how each is undone, or why it cannot be"


def test_each_opposite_is_there_for_whoever_may_do_the_thing_itself() -> None:
    for name, how in HOW.items():
        if how not in REASONS:
            assert ROWS[f"staff.{name}"] <= ROWS[f"staff.{how}"], name


def test_every_act_that_is_noted_has_words_and_a_way_back(jo: Browser, store: FakeStore) -> None:
    for act in Act:
        record = f"alert:{uuid4()}" if act is Act.ALERT else f"task:{uuid4()}"
        noted = record if act in (Act.FINISH, Act.TASK, Act.ALERT, Act.RELEASE) else None
        done = Deed(id=uuid4(), act=act, experience_id=None, reference=None, before=None, after=None, at=NOW, record=record)
        store.work.deeds = [done, replace(done, id=uuid4(), reference="RIVER 482", record=noted)]
        page = jo.open("/staff/last")

        assert len([form for form in page.find_all("form") if (form.get("action") or "").endswith("/undo")]) == 2
    assert set(NOTED.values()) < set(Act)


@pytest.mark.parametrize("minutes", [0, 2])
def test_the_line_that_says_what_was_done_undoes_it_with_a_key(jo: Browser, store: FakeStore, minutes: int) -> None:
    """But not something older that was done before."""
    jo.open("/staff/experiences/RIVER-482")
    at = NOW.replace(minute=NOW.minute - minutes)
    done = Deed(id=uuid4(), act=Act.READ, experience_id=uuid4(), reference="RIVER 482", before=None, after=None, at=at)
    store.work.deeds.append(done)
    page = jo.press("/read")
    pressed = [button for button in page.find("div", id="told").iter("button") if button.get("data-told-key") == "u"]

    assert [text_of(button) for button in pressed] == ([] if minutes else ["Undo U"])
    if not minutes:
        assert "It is undone." in jo.press(f"/last/{done.id}/undo").main
