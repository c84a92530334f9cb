"""Numbers for partners: nothing under five is told, nor what would tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

from bot.partners import FEWEST, Cleared, ForPartners, Partners, Read, Shown, Tally, suppressed


def of(*counts: int) -> dict[Read, int]:
    return dict(zip(Read, counts, strict=True))


def test_large_numbers_are_told() -> None:
    assert suppressed(of(40, 12, 9)) == of(40, 12, 9)


def test_one_small_number_takes_the_next_smallest_with_it() -> None:
    """Else it could be worked out from the total."""
    assert suppressed(of(40, 12, 3)) == {Read.ON_TIME: 40, Read.LATE: None, Read.NOT_YET: None}


def test_two_small_numbers_that_are_under_five_together_take_a_third() -> None:
    assert suppressed(of(40, 1, 2)) == dict.fromkeys(Read)


def test_what_anybody_can_count_hides_nothing_and_then_the_total_is_not_told() -> None:
    parts = {Shown.SHOWN: 30, Shown.NOT_AGREED: 2, Shown.WITH_TEAM: 1}

    assert suppressed(parts, open_ones=frozenset({Shown.SHOWN})) is None


def test_of_any_numbers_none_that_is_hidden_can_be_worked_out() -> None:
    """Whoever knows the total and what is told knows no more of the hidden ones than a sum of at least five, of two or more."""
    for counts in product((0, 1, 4, 5, 6, 30), repeat=3):
        told = suppressed(of(*counts))
        if told is None:
            assert sum(counts) < FEWEST or min(counts) < FEWEST
            continue
        hidden = [count for part, count in of(*counts).items() if told[part] is None]
        assert all(count is None or count >= FEWEST for count in told.values())
        assert not hidden or (len(hidden) >= 2 and sum(hidden) >= FEWEST)


@dataclass
class Records:
    found: Tally
    asked: tuple[date, date] | None = None

    def tally(self, since: date, before: date, *, at: UUID | None = None, back: bool = False, size: int = 20) -> Tally:
        self.asked = (since, before)
        return self.found


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 10, tzinfo=UTC)


def look(shown: tuple[int, int, int], read: tuple[int, int, int]) -> tuple[Records, ForPartners]:
    one = Cleared(month=date(2026, 10, 1), district=None, words=("The taxi was late.",))
    records = Records(Tally(read=of(*read), shown=dict(zip(Shown, shown, strict=True)), cleared=(one,) * shown[0]))
    return records, Partners(records=records, clock=Clock()).look()


def test_whole_months_that_are_over_are_counted() -> None:
    records, _ = look((10, 10, 10), (10, 10, 10))

    assert records.asked == (date(2025, 11, 1), date(2026, 11, 1))


def test_a_total_under_five_tells_nothing_but_what_is_shown() -> None:
    _, page = look((1, 1, 2), (4, 0, 0))

    assert page.total is None
    assert set(page.read.values()) == {None}
    assert page.shown == {Shown.SHOWN: 1, Shown.NOT_AGREED: None, Shown.WITH_TEAM: None}


def test_the_total_is_not_told_where_it_would_tell_what_is_kept_back() -> None:
    _, page = look((30, 1, 2), (20, 6, 7))

    assert page.total is None
    assert set(page.read.values()) == {None}, "they add up to the total"


def test_two_looks_never_tell_of_the_few_that_came_between() -> None:
    """Whatever moved between them, and where somebody took theirs back, each number stays or goes by five."""
    told = {
        (agreed, team): look((20, agreed, team), (20 + agreed, team, 0))[1] for agreed, team in product(range(5, 16), repeat=2)
    }
    for (agreed, team), page in told.items():
        for moved in ((1, 0), (1, -1), (-1, 0), (4, 0)):
            after = told.get((agreed + moved[0], team + moved[1]))
            if after is not None:
                numbers = zip((page.total, *page.shown.values()), (after.total, *after.shown.values()), strict=True)
                assert all(one is not None and other is not None and (other - one) % 5 == 0 for one, other in numbers)
