"""The month drawn from the corpus: varied at any length, the same for the same seed, fresh at its end."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.days import ZONE
from bot.heard import RiskLevel
from demo.corpus import load
from demo.month import OURS, PHONES, ROTA, Arrival, arrange

NOW = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)
STORIES = load()


def month(count: int, seed: int = 7) -> tuple[Arrival, ...]:
    return arrange(STORIES, count, now=NOW, random=Random(seed))


@pytest.mark.parametrize("count", [1, 40, 400, 1200])
def test_as_many_come_as_were_asked_for(count: int) -> None:
    assert len(month(count)) == count


def test_the_same_seed_makes_the_same_month() -> None:
    assert month(50) == month(50)


def test_another_seed_makes_another_month() -> None:
    assert month(50) != month(50, seed=8)


def test_no_words_come_twice_while_the_corpus_lasts() -> None:
    arrivals = month(len(STORIES))

    assert not any(arrival.again for arrival in arrivals)
    assert len({id(arrival.story) for arrival in arrivals}) == len(STORIES)


def test_words_that_come_again_say_so() -> None:
    assert sum(arrival.again for arrival in month(len(STORIES) + 30)) == 30


def test_a_short_month_has_something_of_everything() -> None:
    sections = {story.section for story in STORIES}
    locales = {story.locale for story in STORIES}
    stories = [arrival.story for arrival in month(len(sections) + len(locales) - 1)]

    assert {story.section for story in stories} == sections
    assert {story.locale for story in stories} == locales


def test_they_come_in_order_within_the_month_before_now() -> None:
    times = [arrival.at for arrival in month(400)]

    assert times == sorted(times)
    assert times[0] >= NOW - timedelta(days=32)
    assert times[-1] < NOW


def test_one_message_in_danger_came_within_the_last_half_hour() -> None:
    danger = [arrival for arrival in month(100) if arrival.story.risk is RiskLevel.DANGER]

    assert NOW - max(arrival.at for arrival in danger) < timedelta(minutes=30)


def test_transport_rises_in_the_last_week() -> None:
    transport = [arrival for arrival in month(465) if "transport" in arrival.story.themes]
    last_week = sum(arrival.at > NOW - timedelta(days=8) for arrival in transport)

    assert last_week > 1.5 * (len(transport) - last_week) / 3


def test_nobody_writes_from_a_number_of_ours() -> None:
    numbers = {arrival.number for arrival in month(1200)}

    assert numbers.isdisjoint({*OURS.values(), *PHONES.values(), *ROTA})
    assert all(number.startswith("+447700900") and len(number) == 13 for number in numbers)


def test_everybody_has_a_number_of_their_own_while_there_are_enough() -> None:
    assert Counter(arrival.number for arrival in month(465)).most_common(1)[0][1] == 1


def test_most_parents_write_when_the_children_are_asleep() -> None:
    hours = Counter(arrival.at.astimezone(ZONE).hour for arrival in month(465))

    assert sum(hours[hour] for hour in (19, 20, 21, 22)) > sum(hours[hour] for hour in (10, 11, 12, 13))
    assert not any(hours[hour] for hour in range(1, 7))
