"""The demo's clock: it stands, it goes, it is moved, and never back."""

from datetime import UTC, datetime, timedelta

from demo.clock import DemoClock

NINE = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


class Seconds:
    """Real time, as far as the clock knows."""

    def __init__(self) -> None:
        self.passed = 100.0

    def __call__(self) -> float:
        return self.passed


def test_it_stands_still_until_it_is_set_going() -> None:
    seconds = Seconds()
    clock = DemoClock(NINE, seconds=seconds)
    seconds.passed += 60

    assert clock.now() == NINE


def test_once_going_it_keeps_pace_with_real_time() -> None:
    seconds = Seconds()
    clock = DemoClock(NINE, seconds=seconds)
    clock.run()
    seconds.passed += 60

    assert clock.now() == NINE + timedelta(minutes=1)


def test_it_goes_on_from_where_it_was_moved_to() -> None:
    seconds = Seconds()
    clock = DemoClock(NINE, seconds=seconds)
    clock.run()
    seconds.passed += 60
    clock.move_on(timedelta(hours=1))
    seconds.passed += 5

    assert clock.now() == NINE + timedelta(hours=1, minutes=1, seconds=5)


def test_it_is_never_moved_back() -> None:
    clock = DemoClock(NINE, seconds=Seconds())
    clock.move_to(NINE - timedelta(days=1))

    assert clock.now() == NINE


def test_a_clock_that_stands_can_be_moved_on() -> None:
    clock = DemoClock(NINE, seconds=Seconds())
    clock.move_to(NINE + timedelta(days=7))

    assert clock.now() == NINE + timedelta(days=7)
