"""Changing the themes on the site, and tagging the past anew in the worker: on the real store, decisions untouched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from bot.heard import Suggestion
from bot.own_themes import LiveThemes
from bot.retagging import OwnThemeListener, RetagSweep
from bot.review import tags
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from storage.experiences import HOLD
from storage.matters import SqlMatters
from storage.own_themes import SqlOwnThemes, SqlRetagging
from storage.tables import inbound_message, passage, past_suggestion
from tests.staff.review_desk import ReviewDesk, Room, open_room
from tests.storage.made_up import NOW
from tests.storage.test_matters import ends, everything, hoist, person

HERE = "/staff/themes/change"
ADDED = "own_hoists"


@pytest.fixture
def room(app: Flask, database: Database, passwords: Passwords) -> Iterator[Room]:
    at: Desk = app.extensions[EXTENSION]
    yield open_room(ReviewDesk(app, database, passwords))
    app.extensions[EXTENSION] = at


def test_a_theme_is_added_from_a_new_matter_and_can_be_ticked_at_once(room: Room, database: Database) -> None:
    hoist(room.scene, 4)
    ends(SqlMatters(database), ("hoist", everything(SqlMatters(database))))
    pia = room.desk.browser("pia")
    page = pia.open("/staff/new-matters")
    address = next(href for text, href in page.links() if text.startswith("Make this a theme"))
    page = pia.open(address)
    assert "From a new matter that 4 people told of" in page.main
    page = pia.press("/add", {"label": "Hoists", "group": "family", "means": "Hoists one can use."})

    assert "“Hoists” is a theme now." in page.main
    assert "Added “Hoists”" in page.main
    assert "Set aside by Pia Publisher" in pia.open("/staff/new-matters").main
    assert "Hoists" in pia.open("/staff/themes").main
    room.scene.tells("The hoist again.", reference="BROOK 377", sender=person(9))
    passage_id = room.scene.passage_of("BROOK 377")
    jo = room.desk.browser("jo")
    jo.open(f"/staff/review/{passage_id}")
    jo.press(f"/review/{passage_id}", {"do": "accept", "theme": [ADDED]})
    assert [tag.theme for tag in tags(room.desk.view("BROOK 377").card.passages[0])] == [ADDED]


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(room: Room) -> None:
    pia = room.desk.browser("pia")
    pia.open(HERE)
    page = pia.press("/add", {"label": "", "means": "Hoists one can use.", "cues": "hoist"}, status=400)

    assert page.title.startswith("Error: ")
    assert page.find("input", id="label").get("aria-describedby") == "wrong-add-label"
    assert "Hoists one can use." in page.html
    assert room.live.version == "1.0"


def test_renaming_and_retiring_are_kept_in_the_history(room: Room) -> None:
    pia = room.desk.browser("pia")
    pia.open(HERE)
    pia.press("/rename", {"theme": "transport", "new_label": "Taxis and buses"})
    page = pia.press("/retire", {"gone": "communication", "heir": "listening", "how": "retire"})

    assert "Renamed a theme to “Taxis and buses”" in page.main
    assert "is used instead" in page.main
    assert [row["action"] for row in room.desk.store.export_rows("audit")][-2:] == ["rename_theme", "retire_theme"]


def test_a_reviewer_sees_what_was_changed_and_changes_nothing(room: Room) -> None:
    jo = room.desk.browser("jo")
    page = jo.open(HERE)
    assert page.find_all("form", action=f"{HERE}/rename") == []
    token = page.find("input", name="csrf_token").get("value")
    fields = {"csrf_token": token, "theme": "transport", "new_label": "Taxis"}

    assert jo.client.post(f"{HERE}/rename", data=fields).status_code == 403
    assert jo.client.post("/staff/themes/retag", data={"csrf_token": token}).status_code == 403
    assert room.live.version == "1.0"


# --- tagging anew -------------------------------------------------------------------------------------------------------


def test_the_past_is_tagged_anew_with_progress_and_no_decision_is_touched(room: Room, database: Database) -> None:
    for number in range(25):
        room.scene.tells(f"text {number}", ("disputes", 0.9), reference=f"RIVER {number}", sender=person(number))
    jo = room.desk.store.staff_by_username("jo")
    room.scene.decides(room.scene.passage_of("RIVER 3"), "disputes", verdict=True, by=jo)
    decided = room.desk.view("RIVER 3").card.passages[0].decisions
    pia = room.desk.browser("pia")
    pia.open(HERE)
    page = pia.press("/retag")
    assert "0 of 25 passages" in page.main
    assert room.sweep.sweep()
    page = pia.open(HERE)
    assert "10 of 25 passages" in page.main
    assert 'aria-label="40 per cent done"' in page.html
    room.works()

    assert "25 passages, 25 of them changed. Pia Publisher asked for it." in pia.open(HERE).main
    assert [tag.theme for tag in tags(room.desk.view("RIVER 0").card.passages[0])] == ["transport"]
    passage = room.desk.view("RIVER 3").card.passages[0]
    assert passage.decisions == decided
    assert {tag.theme for tag in tags(passage)} == {"transport", "disputes"}
    with database.reading() as connection:
        past = connection.execute(select(past_suggestion)).all()
    assert {(row.theme, row.score, row.tagger) for row in past} == {("disputes", 0.9, "rules-1")}
    assert len(past) == 25
    room.desk.clock.move(timedelta(minutes=1))
    pia.press("/retag")
    room.works()
    assert "25 passages, 0 of them changed" in pia.open(HERE).main, "the same again changes nothing"


def test_a_merger_makes_past_suggestions_the_heirs(room: Room) -> None:
    room.scene.tells("The taxi.", ("transport", 0.8), reference="RIVER 482")
    pia = room.desk.browser("pia")
    pia.open(HERE)
    page = pia.press("/retire", {"gone": "transport", "heir": "communication", "how": "merge"})
    assert "0 of 1 passages" in page.main
    room.works()

    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["communication"]


def test_a_merger_while_a_run_is_under_way_lets_it_start_over(room: Room) -> None:
    for number in range(15):
        room.scene.tells(f"text {number}", ("transport", 0.9), reference=f"RIVER {number}", sender=person(number))
    pia = room.desk.browser("pia")
    pia.open(HERE)
    pia.press("/retag")
    room.sweep.sweep()
    page = pia.press("/retire", {"gone": "transport", "heir": "communication", "how": "merge"})
    assert "The past is tagged anew" in page.main
    assert "0 of 15 passages" in page.main
    room.works()

    seen = [room.desk.view(f"RIVER {number}").card.passages[0] for number in range(15)]
    assert {tag.theme for passage in seen for tag in tags(passage)} == {"communication"}
    run = room.retagging.last()
    assert run is not None
    assert (run.total, run.changed) == (15, 15), "those changed before it started over are counted once"


def test_a_worker_that_has_its_own_look_at_the_themes_takes_up_those_of_the_run(room: Room, database: Database) -> None:
    """The pages and the worker are two processes: the worker has looked before the themes were merged."""
    looks = iter([0.0, *[1.0] * 99])
    live = LiveThemes(room.desk.taxonomy, SqlOwnThemes(database, room.desk.sealer), seconds=lambda: next(looks))
    assert live.version == "1.0"
    worker = RetagSweep(SqlRetagging(database, room.desk.sealer), live, lambda: OwnThemeListener(room.ear, live), room.desk.clock)
    room.scene.tells("The taxi.", ("transport", 0.8), reference="RIVER 482")
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    room.own.retire(pia, "transport", "communication", merge=True)
    while worker.sweep():
        pass

    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["communication"]


def test_a_passage_is_heard_again_in_the_words_and_behind_the_question_it_came_with(room: Room, database: Database) -> None:
    room.scene.tells("The taxi. The bus.", ("disputes", 0.8), reference="RIVER 482")
    with database.writing() as connection:
        connection.execute(update(inbound_message).values(question="better"))
        connection.execute(update(passage).values(text="The bus.", starts=10))
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    room.retagging.ask(pia)
    runs = SqlRetagging(database, room.desk.sealer)
    run = runs.last()
    assert run is not None
    (waiting,) = runs.next(run.id, limit=10)

    assert (waiting.message, waiting.question) == ("The taxi. The bus.", "better")
    assert waiting.message[waiting.start : waiting.end] == waiting.text
    assert (waiting.suggested, waiting.tagger) == ([Suggestion("disputes", 0.8, ((0, 3),))], "rules-1")


def test_a_merger_is_kept_together_with_the_wish_to_tag_the_past_anew(room: Room) -> None:
    """So that nothing that happens after the one is kept can lose the other."""
    room.scene.tells("The taxi.", ("transport", 0.8), reference="RIVER 482")
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    assert room.own.retire(pia, "transport", "communication", merge=True)
    room.works()

    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["communication"]


def test_a_step_that_was_heard_before_a_run_started_over_neither_ends_it_nor_moves_it_on(room: Room, database: Database) -> None:
    room.scene.tells("The taxi.", ("transport", 0.8), reference="RIVER 482")
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    runs = SqlRetagging(database, room.desk.sealer)
    room.retagging.ask(pia)
    now = room.desk.clock.now()
    run = runs.hold(uuid4(), now=now, until=now)
    assert run is not None
    heard = [(each, None) for each in runs.next(run.id, limit=10)]
    room.own.retire(pia, "transport", "communication", merge=True)
    runs.keep(run, heard, tagger="rules-1", taxonomy=run.version, now=now)
    runs.end(run, now)

    after = runs.last()
    assert after is not None
    assert (after.done, after.ended_at) == (0, None)


@pytest.mark.parametrize("text", ["The taxi", ""], ids=["split", "removed"])
def test_what_was_changed_while_it_was_heard_gets_no_suggestions_of_what_it_was(
    room: Room, database: Database, text: str
) -> None:
    room.scene.tells("The taxi. The bus.", ("disputes", 0.8), reference="RIVER 482")
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    runs = SqlRetagging(database, room.desk.sealer)
    room.retagging.ask(pia)
    run = runs.last()
    assert run is not None
    heard = [(each, [Suggestion("transport", 0.9)]) for each in runs.next(run.id, limit=10)]
    with database.writing() as connection:
        connection.execute(update(passage).values(text=text))
    runs.keep(run, heard, tagger="rules-1", taxonomy=run.version, now=room.desk.clock.now())

    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["disputes"]


def test_only_one_run_is_under_way_and_it_can_be_stopped(room: Room) -> None:
    room.scene.tells("The taxi.", ("disputes", 0.8), reference="RIVER 482")
    pia = room.desk.browser("pia")
    pia.open(HERE)
    page = pia.press("/retag")
    token = page.find("input", name="csrf_token").get("value")
    pia.client.post("/staff/themes/retag", data={"csrf_token": token})
    assert "It is under way already." in pia.open(HERE).main
    page = pia.press("/retag/stop")

    assert "Stopped" in page.main
    assert not room.sweep.sweep()
    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["disputes"]


def test_another_worker_goes_on_where_one_died(room: Room, database: Database) -> None:
    for number in range(15):
        room.scene.tells(f"text {number}", ("disputes", 0.9), reference=f"RIVER {number}", sender=person(number))
    pia = room.desk.browser("pia")
    pia.open(HERE)
    pia.press("/retag")
    room.sweep.sweep()
    runs = SqlRetagging(database, room.desk.sealer)
    other = RetagSweep(runs, room.live, lambda: room.ear, room.desk.clock)
    assert not other.sweep(), "the first one still has it"
    room.desk.clock.move(timedelta(minutes=3))
    while other.sweep():
        pass

    run = runs.last()
    assert run is not None
    assert (run.done, run.changed, run.ended_at is not None) == (15, 15, True)


def test_new_suggestions_wait_for_whoever_is_changing_the_words_and_see_what_is_left(room: Room, database: Database) -> None:
    """Who removes words holds the experience and has not committed: what they leave must not be decided by what was there."""
    experience_id = room.scene.tells("The taxi. The bus.", ("disputes", 0.8), reference="RIVER 482")
    pia = room.desk.store.staff_by_username("pia")
    assert pia is not None
    runs = SqlRetagging(database, room.desk.sealer)
    room.retagging.ask(pia)
    run = runs.last()
    assert run is not None
    heard = [(each, [Suggestion("transport", 0.9)]) for each in runs.next(run.id, limit=10)]
    now = room.desk.clock.now()
    keeping = Thread(target=lambda: runs.keep(run, heard, tagger="rules-2", taxonomy=run.version, now=now))
    with database.writing() as connection:
        connection.execute(HOLD, {"of_experience": experience_id})
        keeping.start()
        keeping.join(timeout=0.3)
        connection.execute(update(passage).values(text="The taxi."))
    keeping.join()

    assert [tag.theme for tag in tags(room.desk.view("RIVER 482").card.passages[0])] == ["disputes"]


def test_words_that_are_erased_leave_nothing_of_the_past(room: Room, database: Database) -> None:
    room.scene.tells("The taxi.", ("disputes", 0.8), reference="RIVER 482")
    pia = room.desk.browser("pia")
    pia.open(HERE)
    pia.press("/retag")
    room.works()
    anna = room.scene.contact()
    with room.desk.store.transaction() as tx:
        tx.erase_contact(anna, NOW)

    with database.reading() as connection:
        assert connection.execute(select(past_suggestion)).all() == []


def test_a_matter_whose_id_is_none_makes_no_theme(room: Room) -> None:
    pia = room.desk.browser("pia")
    pia.open(HERE)

    pia.press("/add", {"label": "Hoists", "matter": "x" * 36}, status=404)
    assert room.live.version == "1.0"


def test_a_matter_that_is_not_there_makes_no_theme(room: Room) -> None:
    room.desk.browser("pia").open(f"{HERE}/from-matter/{uuid4()}", status=404)
    room.desk.browser("jo").open(f"{HERE}/from-matter/{uuid4()}", status=404)
