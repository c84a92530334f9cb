"""How far two readers agree: the share, and kappa by a known example."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.second_reading import Agreement, Meaning, Pair, agreement_of


def pair(first: set[str], second: set[str]) -> Pair:
    return Pair(
        reference="RIVER 482",
        at=datetime(2026, 11, 23, tzinfo=UTC),
        first_by="Jo",
        second_by="Tom",
        first=frozenset(first),
        second=frozenset(second),
    )


def test_kappa_is_that_of_the_textbook() -> None:
    """Of 50: both yes on 20, both no on 15, the first alone on 5, the second alone on 10: observed 0.7, by chance 0.5."""
    pairs = [
        *([pair({"a"}, {"a"})] * 20),
        *([pair({"a"}, set())] * 5),
        *([pair(set(), {"a"})] * 10),
        *([pair(set(), set())] * 15),
    ]
    found = agreement_of(pairs, {"a"})

    assert (found.pairs, found.same, found.meaning) == (50, 0.7, Meaning.FAIR)
    assert found.kappa == pytest.approx(0.4)


def test_themes_nobody_ticked_count_as_agreed_and_raise_chance_too() -> None:
    pairs = [pair({"a"}, {"a"}), pair({"b"}, {"a"})]

    assert agreement_of(pairs, {"a", "b", "c"}).kappa == pytest.approx(0.25)
    assert agreement_of(pairs, set()).same == 0.5


@pytest.mark.parametrize("pairs", [[], [pair(set(), set())]])
def test_where_chance_alone_would_agree_there_is_no_kappa(pairs: list[Pair]) -> None:
    assert agreement_of(pairs, {"a"}).kappa is None


def test_always_the_same_is_one_and_always_the_opposite_is_worse_than_chance() -> None:
    assert agreement_of([pair({"a"}, {"a"}), pair({"b"}, {"b"})], {"a", "b"}).kappa == 1.0
    assert agreement_of([pair({"a"}, {"b"}), pair({"b"}, {"a"})], {"a", "b"}).meaning is Meaning.WORSE


def test_ten_are_enough_to_speak_of() -> None:
    assert not Agreement(pairs=9, same=1.0, kappa=1.0).is_enough
    assert Agreement(pairs=10, same=1.0, kappa=1.0).is_enough


@pytest.mark.parametrize(
    ("kappa", "meaning"),
    [
        (0.2, Meaning.SLIGHT),
        (0.4, Meaning.FAIR),
        (0.6, Meaning.MODERATE),
        (0.8, Meaning.SUBSTANTIAL),
        (0.81, Meaning.ALMOST_PERFECT),
    ],
)
def test_each_band_has_its_word(kappa: float, meaning: Meaning) -> None:
    assert Meaning.of(kappa) is meaning
