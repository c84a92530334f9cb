"""What the team has on its desk when the demo opens: every page of the site has something on it that is true to life."""

from collections.abc import Iterator

import pytest

from bot.action_requests import Wish
from bot.actions import ActionFilter, State
from bot.jobs import JobState
from demo.desk import Parts
from demo.mail import EMAIL
from demo.running import open_to_visitors
from demo.scene import Scene, set_up
from staff.desk import EXTENSION, Desk
from tests.demo.conftest import NOW
from tests.ports import free_port

FEW = 14


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A month of few stories, with what is done beside them."""
    scene = set_up(tmp_path_factory.mktemp("desk"), port=free_port(), now=NOW)

    def play(scene: Scene) -> None:
        seeding = scene.seeding()
        assert len(list(seeding.play(scene.arrivals(FEW), scene.desk(seeding).plans()))) == FEW

    with open_to_visitors(scene, play):
        yield scene


@pytest.fixture(scope="module")
def parts(scene: Scene) -> Parts:
    found: Desk = scene.app.extensions[EXTENSION]
    return Parts.of(found.rooms)


def test_there_is_an_alert_of_each_state(scene: Scene, parts: Parts) -> None:
    alerts = [each.alert for each in parts.alerts.waiting(scene.members[0])]

    assert any(alert.taken_by is None for alert in alerts)
    assert any(alert.taken_by and alert.handed is None for alert in alerts)
    (handed,) = [alert.handed for alert in alerts if alert.handed]
    assert handed.name == scene.members[0].name


def test_the_rota_has_emails_and_a_hole_and_a_drill_was_taken(parts: Parts) -> None:
    assert all(rung.email for rung in parts.alerts.rota().rungs)
    assert len(parts.alerts.holes()) == 1
    drill = parts.alerts.last_drill()
    assert drill is not None
    assert drill.taken_by == "Ruth Okafor"
    assert {call.route for call in drill.calls} == {"sms", EMAIL}


def test_actions_stand_in_every_state_and_the_public_page_is_filled(parts: Parts) -> None:
    actions = parts.actions.records.actions(ActionFilter(), with_safeguarding=False)

    assert {action.state for action in actions} == set(State)
    assert {one.state for one in parts.actions.records.published()} == {State.DOING, State.DONE, State.COULD_NOT}


def test_a_publisher_is_asked_to_publish_one_and_has_not_answered(scene: Scene, parts: Parts) -> None:
    tom = next(member for member in scene.members if member.username == "tom")
    assert parts.rooms.action_requests is not None
    (asked,) = parts.rooms.action_requests.waiting_for(tom)

    assert (asked.by, asked.wish) == ("Priya Nandal", Wish.PUBLISH)
    assert asked.title == "Annual reviews with the papers two weeks before"


def test_a_file_came_in_and_one_waits_for_its_columns(scene: Scene, parts: Parts) -> None:
    jobs = parts.imports.jobs.listed(scene.members[0])

    assert {job.state for job in jobs} == {JobState.DONE, JobState.ASKING}
    (taken,) = [job for job in jobs if job.counts.get("kept")]
    assert (taken.counts["kept"], taken.wrong) == (3, 1)


def test_replies_are_kept_and_services_are_known(parts: Parts) -> None:
    assert parts.replies.usable()
    assert any(each.casework for each in parts.passing.records.recipients())
