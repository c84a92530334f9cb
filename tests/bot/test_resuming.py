"""A code carries a talk to another phone: once, for a quarter of an hour, and not for whoever guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.model import Address
from bot.references import References
from bot.resuming import MOST_TRIES, Resuming, TooManyTriesError

ANNA = Address("web", "anna")
HERE = "192.0.2.1"


@dataclass
class Codes:
    """``ResumeCodes`` as a dictionary."""

    kept: dict[str, tuple[Address, datetime]] = field(default_factory=dict)
    tries: list[tuple[str, datetime]] = field(default_factory=list)

    def keep(self, code: str, address: Address, *, until: datetime, now: datetime) -> None:
        self.kept[code] = (address, until)

    def use(self, code: str, *, now: datetime) -> Address | None:
        address, until = self.kept.pop(code, (None, now))
        return address if until > now else None

    def count_try(self, who: str, *, now: datetime, since: datetime) -> int:
        self.tries.append((who, now))
        return sum(1 for whose, at in self.tries if whose == who and at >= since)


@dataclass
class Hands:
    time: datetime = datetime(2026, 11, 19, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def resuming(hands: Hands) -> Resuming:
    return Resuming(codes=Codes(), clock=hands, references=References.load(), random=Random(7))


def test_a_code_leads_to_the_talk_it_was_made_for(resuming: Resuming) -> None:
    assert resuming.resume(resuming.offer(ANNA), who=HERE) == ANNA


def test_a_code_is_two_words_and_two_numbers_that_can_be_said(resuming: Resuming) -> None:
    word, number, other, last = resuming.offer(ANNA).split()

    assert word.isalpha()
    assert other.isalpha()
    assert (len(number), len(last)) == (3, 3)


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: code.replace(" ", "-"), lambda code: code.replace(" ", ""), "  {}. ".format]
)
def test_however_it_is_typed_it_is_the_same_code(resuming: Resuming, change: Callable[[str], str]) -> None:
    assert resuming.resume(change(resuming.offer(ANNA)), who=HERE) == ANNA


def test_a_code_works_once(resuming: Resuming) -> None:
    code = resuming.offer(ANNA)
    resuming.resume(code, who=HERE)

    assert resuming.resume(code, who=HERE) is None


def test_a_code_lasts_a_quarter_of_an_hour(resuming: Resuming, hands: Hands) -> None:
    code = resuming.offer(ANNA)
    hands.time += timedelta(minutes=15)

    assert resuming.resume(code, who=HERE) is None


@pytest.mark.parametrize("said", ["", "RIVER 482", "482", "x" * 100_000, "🚕", "\0"])
def test_what_is_no_code_leads_nowhere(resuming: Resuming, said: str) -> None:
    resuming.offer(ANNA)

    assert resuming.resume(said, who=HERE) is None


def test_after_ten_tries_from_one_place_even_the_right_code_must_wait(resuming: Resuming, hands: Hands) -> None:
    code = resuming.offer(ANNA)
    for _ in range(MOST_TRIES):
        resuming.resume("RIVER 100 RIVER 100", who=HERE)

    with pytest.raises(TooManyTriesError):
        resuming.resume(code, who=HERE)
    assert resuming.resume(code, who="192.0.2.2") == ANNA


def test_a_quarter_of_an_hour_later_one_may_try_again(resuming: Resuming, hands: Hands) -> None:
    for _ in range(MOST_TRIES):
        resuming.resume("RIVER 100 RIVER 100", who=HERE)
    hands.time += timedelta(minutes=15, seconds=1)

    assert resuming.resume(resuming.offer(ANNA), who=HERE) == ANNA


def test_a_code_given_back_is_good_once_more(resuming: Resuming) -> None:
    code = resuming.offer(ANNA)
    resuming.resume(code, who=HERE)
    resuming.give_back(code.lower(), ANNA)

    assert resuming.resume(code, who=HERE) == ANNA
    assert resuming.resume(code, who=HERE) is None
