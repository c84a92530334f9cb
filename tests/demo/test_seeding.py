"""A short month played through the real service: everything kept, answered, delivered; the team has read along."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import ExperienceCard
from bot.heard import Polarity, RiskLevel
from bot.wall import needs_outcome
from demo.running import open_to_visitors
from demo.scene import set_up
from tests.demo.conftest import NOW, STORIES, Live
from tests.ports import free_port


@pytest.fixture(scope="module")
def cards(live: Live) -> Sequence[ExperienceCard]:
    return live.cards


def test_every_story_is_kept_word_for_word(live: Live) -> None:
    kept = [row.text for row in live.rows if row.direction == "inbound"]
    told = [text for arrival in live.played for text in arrival.story.messages]

    assert [text for text in told if text not in kept] == []


def test_every_story_stands_in_the_inbox(live: Live, cards: Sequence[ExperienceCard]) -> None:
    assert len(live.played) == STORIES
    assert len(cards) >= STORIES


def test_everybody_was_answered_and_the_answer_was_delivered(live: Live) -> None:
    answered = {row.contact for row in live.rows if row.direction == "outbound" and row.state == "delivered"}

    assert {row.contact for row in live.rows if row.direction == "inbound"} <= answered


def test_the_provider_refused_nothing(live: Live) -> None:
    made = [call for call in live.scene.provider.calls if call.method == "POST"]

    assert made
    assert len(made) == len(live.scene.provider.taken)


def test_no_turn_was_parked(cards: Sequence[ExperienceCard]) -> None:
    assert not any(card.parked for card in cards)


def test_stories_came_over_the_whole_month(cards: Sequence[ExperienceCard]) -> None:
    opened = sorted(card.opened_at for card in cards)

    assert opened[0] < NOW - timedelta(days=20)
    assert opened[-1] < NOW


def test_the_team_has_read_a_good_part_but_not_all(cards: Sequence[ExperienceCard]) -> None:
    read = sum(card.read_at is not None for card in cards)

    assert STORIES / 3 <= read < STORIES


def test_staff_accepted_some_suggestions_and_corrected_others(cards: Sequence[ExperienceCard]) -> None:
    decisions = [decision for card in cards for passage in card.passages for decision in passage.decisions]

    assert {decision.verdict for decision in decisions} == {True, False}


def test_one_alert_waits_for_somebody_to_take_it(cards: Sequence[ExperienceCard]) -> None:
    waiting = [card for card in cards if needs_outcome(card)]

    assert len(waiting) == 1
    assert waiting[0].risk is RiskLevel.DANGER
    assert all(alert.taken_by is None for alert in waiting[0].alerts)


def test_older_alerts_have_been_taken_and_closed(cards: Sequence[ExperienceCard]) -> None:
    closed = [alert for card in cards for alert in card.alerts if alert.outcome]

    assert closed
    assert all(alert.taken_by for alert in closed)


def test_some_have_said_whether_their_words_may_be_used(cards: Sequence[ExperienceCard]) -> None:
    said = [given for card in cards for given in card.consents.values()]

    assert set(said) == {True, False}


def test_the_inbox_holds_good_news_too(cards: Sequence[ExperienceCard]) -> None:
    feelings = {passage.polarity for card in cards for passage in card.passages}

    assert {Polarity.GOOD, Polarity.BAD} <= feelings


def test_what_is_in_another_language_waits_for_a_translation(live: Live, cards: Sequence[ExperienceCard]) -> None:
    foreign = sum(arrival.story.locale != "en" for arrival in live.played)

    assert foreign
    assert sum(card.needs_translation for card in cards) >= foreign - 1


def test_the_same_seed_plays_the_same_month(tmp_path: Path) -> None:
    port = free_port()  # it stands in links, so both months have the same

    assert month(tmp_path / "one", port) == month(tmp_path / "two", port)


def month(folder: Path, port: int) -> list[tuple[str, str, str]]:
    """Every message of a month of eight stories: who spoke, when, and the words, references among them."""
    folder.mkdir()
    scene = set_up(folder, port=port, now=NOW)
    with open_to_visitors(scene, lambda scene: list(scene.seeding().play(scene.arrivals(8))).clear()):
        return [(row.direction, f"{row.at:%d %H:%M}", row.text) for row in scene.earshot.store.export_messages()]
