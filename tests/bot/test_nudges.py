"""An answer that may not go any more: the person is asked once, by an approved template and by day, to write again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bot.errors import WindowShut
from bot.model import EASY_READ, ENGLISH, ChannelTraits, Locale
from bot.nudges import NUDGE
from bot.ports import Store
from tests.bot.outbox_scene import ANNA, WHATSAPP, OutboxScene, ToldProvider

WORDS = "We have an answer for you. Reply READ to see it."
TRAITS = ChannelTraits(settle=timedelta(0), service_window=timedelta(hours=24))


@pytest.fixture
def provider() -> ToldProvider:
    return ToldProvider(name=WHATSAPP, traits=TRAITS, templates={(NUDGE, ENGLISH): "HX1"})


@pytest.fixture
def scene(store: Store, provider: ToldProvider) -> OutboxScene:
    """She wrote at ten on Monday; it is eleven on Tuesday."""
    scene = OutboxScene(store, provider)
    scene.hears_from_her()
    scene.later(hours=25)
    return scene


def writes_again(scene: OutboxScene) -> None:
    scene.hears_from_her("READ")
    with scene.store.transaction() as tx:
        tx.release_withheld(ANNA, WHATSAPP, scene.clock.at)


def test_where_the_window_is_shut_the_template_goes_and_the_answer_waits(scene: OutboxScene) -> None:
    scene.write("Your transport was changed.")

    scene.deliver()

    assert scene.arrived == [WORDS]
    assert scene.states() == ["withheld", "sent"]


def test_when_she_writes_the_answer_goes(scene: OutboxScene) -> None:
    scene.write("Your transport was changed.")
    scene.deliver()
    writes_again(scene)

    scene.deliver()

    assert scene.arrived == [WORDS, "Your transport was changed."]


def test_several_answers_make_one_nudge(scene: OutboxScene) -> None:
    for number in range(3):
        scene.write(f"answer {number}")
        scene.deliver()
        scene.later(hours=3)

    assert scene.arrived == [WORDS]


def test_the_next_time_the_window_shuts_there_is_another(scene: OutboxScene) -> None:
    scene.write("one")
    scene.deliver()
    writes_again(scene)
    scene.deliver()
    scene.later(hours=25)
    scene.write("two")
    scene.deliver()

    assert scene.arrived == [WORDS, "one", WORDS]


def test_without_a_template_nothing_goes(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.templates.clear()
    scene.write("answer")
    scene.deliver()

    assert scene.arrived == []
    assert scene.states() == ["withheld"]


def test_at_night_it_waits_for_the_morning(scene: OutboxScene) -> None:
    scene.later(hours=11)  # ten in the evening
    scene.write("answer")
    scene.deliver()
    assert scene.arrived == []

    scene.later(hours=9, minutes=59)
    scene.deliver()
    assert scene.arrived == []

    scene.later(minutes=1)
    scene.deliver()
    assert scene.arrived == [WORDS]


def test_one_that_could_not_leave_by_day_does_not_go_at_night(scene: OutboxScene, provider: ToldProvider) -> None:
    scene.later(hours=8, minutes=59)  # one minute before eight in the evening
    scene.write("answer")
    scene.outbox.deliver_due("a:1")
    scene.later(minutes=2)
    scene.deliver()
    assert scene.arrived == []

    scene.later(hours=12)
    scene.deliver()
    assert scene.arrived == [WORDS]


def test_if_she_writes_during_the_night_the_nudge_is_not_sent(scene: OutboxScene) -> None:
    scene.later(hours=11)
    scene.write("answer")
    scene.deliver()
    writes_again(scene)
    scene.deliver()
    scene.later(hours=12)
    scene.deliver()

    assert scene.arrived == ["answer"]
    assert sorted(scene.states()) == ["cancelled", "sent"]


def test_nobody_is_nudged_after_stop(scene: OutboxScene) -> None:
    scene.write("answer")
    with scene.store.transaction() as tx:
        tx.set_opted_out(scene.contact.id, scene.clock.at)
    scene.deliver()

    assert scene.arrived == []
    assert scene.states() == ["cancelled"]


def test_stop_in_the_night_holds_the_nudge_back(scene: OutboxScene) -> None:
    scene.later(hours=11)
    scene.write("answer")
    scene.deliver()
    with scene.store.transaction() as tx:
        tx.set_opted_out(scene.contact.id, scene.clock.at)
    scene.later(hours=12)
    scene.deliver()

    assert scene.arrived == []


def test_a_provider_that_says_its_window_is_shut_is_believed(store: Store, provider: ToldProvider) -> None:
    scene = OutboxScene(store, provider)
    scene.hears_from_her()
    scene.later(hours=23, minutes=59)
    provider.troubles = [WindowShut(code="63016")]
    scene.write("answer")
    scene.outbox.deliver_due("a:1")
    scene.later(minutes=1)
    scene.deliver()

    assert scene.arrived == [WORDS]


def test_a_template_that_is_refused_makes_no_second_nudge(scene: OutboxScene, provider: ToldProvider) -> None:
    scene.write("answer")
    scene.outbox.deliver_due("a:1")
    provider.troubles = [WindowShut(code="63016")]
    scene.deliver()
    scene.later(days=1)
    scene.deliver()

    assert scene.arrived == []
    assert scene.states() == ["withheld", "withheld"]


@pytest.mark.parametrize("locale", [EASY_READ, Locale("pl"), ENGLISH])
def test_a_language_without_a_template_gets_the_english_one_in_its_words(
    scene: OutboxScene, provider: ToldProvider, locale: Locale
) -> None:
    scene.write("answer", locale=locale)
    scene.deliver()

    assert [(taken.key, taken.locale, taken.text) for taken in provider.taken] == [(NUDGE, ENGLISH, WORDS)]


def test_easy_read_gets_its_own_where_there_is_one(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.templates[NUDGE, EASY_READ] = "HX2"
    scene.write("answer", locale=EASY_READ)
    scene.deliver()

    assert [taken.locale for taken in provider.taken] == [EASY_READ]


def calls_off(scene: OutboxScene, outbound_id: UUID) -> None:
    with scene.store.transaction() as tx:
        assert tx.call_off(outbound_id, scene.clock.at)


def test_a_nudge_that_waits_goes_with_what_it_was_about(scene: OutboxScene) -> None:
    scene.later(hours=11)
    answer = scene.write("answer")
    scene.deliver()
    calls_off(scene, answer)
    scene.later(hours=12)
    scene.deliver()

    assert scene.arrived == []
    assert scene.states() == ["cancelled", "cancelled"]


def test_a_nudge_stays_for_the_other_answer_that_waits(scene: OutboxScene) -> None:
    scene.later(hours=11)
    one = scene.write("one")
    scene.deliver()
    scene.write("two")
    scene.deliver()
    calls_off(scene, one)
    scene.later(hours=12)
    scene.deliver()

    assert scene.arrived == [WORDS]


def test_after_a_nudge_was_called_off_the_next_answer_makes_another_and_one_alone(scene: OutboxScene) -> None:
    scene.later(hours=11)
    for _ in range(2):
        answer = scene.write("answer")
        scene.deliver()
        calls_off(scene, answer)
        scene.later(hours=12)
        scene.deliver()
        scene.later(hours=12)
    scene.later(hours=12)
    scene.write("one")
    scene.deliver()
    scene.write("two")
    scene.deliver()

    assert scene.arrived == [WORDS]


def test_a_nudge_whose_worker_was_killed_goes_only_while_something_waits(scene: OutboxScene) -> None:
    answer = scene.write("answer")
    scene.outbox.deliver_due("a:1")
    scene.dies_while_sending(taken=False)
    calls_off(scene, answer)
    for _ in range(5):
        scene.later(minutes=1)
        scene.deliver()

    assert scene.arrived == []
