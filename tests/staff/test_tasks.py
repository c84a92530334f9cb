"""Tasks at the desk: owned, moved with a reason, finished with an outcome, and behind the wall where their family is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from bot.tasks import Show
from storage.database import Database
from tests.journeys.stage import NORA
from tests.staff.desk_of_a_talk import LATE, OMAR, Team
from tests.staff.page import Browser

NEW_DAY = {"day": "30", "month": "11", "year": "2026", "why": "The school is shut this week"}


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.hears(LATE, "help", "human")
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    return team.signs_in()


def opens(browser: Browser, team: Team) -> None:
    browser.open(f"/staff/tasks/{team.tasks()[0].id}")


def test_what_a_family_asked_for_stands_in_the_list_reference_first(team: Team, nora: Browser) -> None:
    page = nora.open("/staff/tasks")

    assert "RIVER 482" in page.main
    assert "Call back" in page.main
    assert "by Tue 24 Nov" in page.main
    assert "Nobody sees to it yet" in page.main
    assert "Tasks 1 open, 0 yours, 0 late" in page.text
    assert ("RIVER 482", "/staff/experiences/RIVER-482") in list(page.links())


def test_one_takes_it_and_it_is_theirs(team: Team, nora: Browser) -> None:
    nora.open("/staff/tasks")
    page = nora.press("/take")

    assert "The task is yours." in page.main
    assert "Call back" in nora.open("/staff/tasks?show=mine").main
    assert "There is none here." in nora.open("/staff/tasks?show=nobodys").main
    assert team.actions[-1] == "give_task"
    assert team.tasks()[0].owner == "Nora Example"


def test_it_is_given_to_a_colleague_and_put_back(team: Team, nora: Browser) -> None:
    opens(nora, team)
    page = nora.press("/give")
    assert "Omar Example sees to it now." in page.main

    page = nora.press("/put-back")
    assert "Nobody yet." in page.main
    assert team.tasks()[0].owner is None


def test_it_is_given_to_nobody_who_may_not_work_with_it(team: Team, nora: Browser) -> None:
    viewer = replace(OMAR, id=UUID(int=9), name="Vi Example", username="vi", role="viewer")
    with team.street.store.transaction() as tx:
        tx.add_staff(viewer, team.street.clock.at)
    opens(nora, team)
    nora.press("/give", {"to": str(viewer.id)}, status=404)

    assert team.tasks()[0].owner is None


def test_its_day_is_moved_with_a_reason_and_the_family_told(team: Team, nora: Browser) -> None:
    opens(nora, team)
    page = nora.press("/move", {**NEW_DAY, "tell": "1"})
    team.street.deliver()

    assert "The family is told the new day." in page.main
    assert "First it was Tue 24 Nov. Moved because: The school is shut this week" in page.main
    assert team.street.heard_by_them[-1].endswith("The new day is Mon 30 Nov.")
    assert team.tasks()[0].due_on == date(2026, 11, 30)


def test_who_was_not_to_be_told_is_not(team: Team, nora: Browser) -> None:
    opens(nora, team)
    before = len(team.street.heard_by_them)
    page = nora.press("/move", NEW_DAY, without=("tell",))
    team.street.deliver()

    assert "The family was not told." in page.main
    assert team.street.heard_by_them[before:] == []


def test_after_stop_nobody_is_told_of_another_day(team: Team, nora: Browser) -> None:
    team.hears("STOP")
    opens(nora, team)
    before = len(team.street.heard_by_them)
    page = nora.press("/move", {**NEW_DAY, "tell": "1"})
    team.street.deliver()

    assert "The family was not told." in page.main
    assert team.street.heard_by_them[before:] == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"why": ""}, "Write why it is moved"),
        ({"year": "2025"}, "The day must be today or later"),
        ({"day": "31"}, "There is no such date"),
        ({"day": ""}, "Enter the date in numbers"),
    ],
)
def test_a_day_or_a_reason_that_is_none_is_sent_back(team: Team, nora: Browser, changed: dict[str, str], fault: str) -> None:
    opens(nora, team)
    page = nora.press("/move", {**NEW_DAY, **changed}, status=400)

    assert fault in page.main
    assert team.tasks()[0].due_on == date(2026, 11, 24)


def test_it_ends_with_what_came_of_it(team: Team, nora: Browser) -> None:
    opens(nora, team)
    assert "Write what came of it" in nora.press("/done", {"outcome": " "}, status=400).main

    page = nora.press("/done", {"outcome": "Rang on Monday; the firm sends another driver."})
    assert "Done by Nora Example, today" in page.main
    assert "the firm sends another driver" in nora.open("/staff/tasks?show=done").main
    assert "Nothing is owed." in nora.open("/staff/tasks").main
    assert team.actions[-1] == "finish_task"


def test_what_is_late_has_its_own_list_and_is_counted(team: Team) -> None:
    team.street.later(days=3)
    page = team.signs_in().open("/staff/tasks?show=late")

    assert "Late: by Tue 24 Nov" in page.main
    assert "1 late" in page.text


def test_the_experience_leads_to_its_tasks(team: Team, nora: Browser) -> None:
    page = nora.open("/staff/experiences/RIVER-482")

    assert ("Call back", f"/staff/tasks/{team.tasks()[0].id}") in list(page.links())


def test_tasks_of_a_family_that_is_with_safeguarding_are_not_for_a_reviewer(team: Team, nora: Browser) -> None:
    team.hears("I want to kill myself tonight")

    nora.open(f"/staff/tasks/{team.tasks()[0].id}", status=404)
    page = nora.open("/staff/tasks")
    assert "RIVER 482" not in page.html
    assert "open," not in page.text
    assert "RIVER 482" in team.signs_in("omar").open("/staff/tasks").main


def test_a_task_without_an_experience_stands_there_and_its_person_is_reached_for_a_reason(team: Team) -> None:
    contact_id = team.street.holding.look("RIVER 482", NORA).talk.contact_id
    with team.street.store.transaction() as tx:
        now = team.street.clock.at
        tx.add_task(contact_id=contact_id, experience_id=None, kind="my_data", due_on=date(2026, 12, 7), now=now)
    use = team.desk_tasks
    task = next(each for each in use.list(Show.OPEN, NORA) if each.reference is None)
    nora = team.signs_in()

    assert "No experience" in nora.open("/staff/tasks").main
    page = nora.open(f"/staff/tasks/{task.id}")
    assert "+447700900123" not in page.html
    page = nora.press("/reach", {"why": "To send what we hold"})
    assert "+447700900123" in page.main
    assert team.actions[-1] == "reveal_address"
    assert "+447700900123" not in nora.open(f"/staff/tasks/{task.id}").html


def test_a_task_of_somebody_who_was_erased_is_gone_with_them(team: Team, nora: Browser) -> None:
    with team.street.store.transaction() as tx:
        tx.erase_contact(team.street.holding.look("RIVER 482", NORA).talk.contact_id, team.street.clock.at)

    assert "Nothing is owed." in nora.open("/staff/tasks").main


def test_the_wall_around_one_experience_does_not_hide_the_tasks_of_another(team: Team, nora: Browser) -> None:
    team.street.later(days=8)
    team.hears("I want to kill myself tonight")
    page = team.signs_in().open("/staff/tasks")

    assert "RIVER 482" in page.main
    assert [each.reference for each in team.desk_tasks.list(Show.OPEN, NORA)] == ["RIVER 482"]


def test_somebody_who_asked_for_nothing_else_and_is_in_danger_is_behind_the_wall_with_it(team: Team) -> None:
    contact_id = team.street.holding.look("RIVER 482", NORA).talk.contact_id
    with team.street.store.transaction() as tx:
        now = team.street.clock.at
        tx.add_task(contact_id=contact_id, experience_id=None, kind="my_data", due_on=date(2026, 12, 7), now=now)
    assert len(team.desk_tasks.list(Show.OPEN, NORA)) == 2
    team.hears("I want to kill myself tonight")

    assert team.desk_tasks.list(Show.OPEN, NORA) == ()
    assert len(team.desk_tasks.list(Show.OPEN, OMAR)) == 2


WISH = "Please take out what I said about my son's school."


def test_what_is_to_be_taken_out_is_on_today_at_once_and_on_its_page_with_their_words(built: Flask, database: Database) -> None:
    team = Team(built, database)
    team.hears(LATE, WISH)
    nora = team.signs_in()

    team.street.deliver()
    said = " ".join(team.street.heard_by_them)
    assert "You want a part of what you sent taken out. A person sees to that by" in said
    today = nora.open("/staff/today").main
    assert "They want a part of their words taken out: remove that passage, RIVER 482" in today
    assert WISH in today.partition("Tasks and hand-offs due")[2]
    page = nora.open("/staff/experiences/RIVER-482")
    assert WISH in page.main.partition("To do")[2]
    assert LATE in page.main
