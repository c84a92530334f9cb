"""When the team is there, and the days it promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BadContent
from bot.hours import CONTENT, Hours

SATURDAY, SUNDAY, MONDAY = 5, 6, 0


@pytest.fixture(scope="module")
def hours() -> Hours:
    return Hours.load()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-07-14T06:59", "2026-07-14T07:00"),  # eight by the clock on the wall, in summer
        ("2026-07-14T07:00", "2026-07-14T07:00"),
        ("2026-07-14T18:59", "2026-07-14T18:59"),
        ("2026-07-14T19:00", "2026-07-15T07:00"),
        ("2026-11-21T03:00", "2026-11-21T08:00"),  # a Saturday: nobody need be at work for it
        ("2026-10-24T21:00", "2026-10-25T08:00"),  # the clocks go back in this night
    ],
)
def test_nobody_is_written_to_unasked_in_the_quiet_hours(hours: Hours, now: str, then: str) -> None:
    assert hours.next_awake(at(now)) == at(then)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741 - the letter the method is printed with
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def last_monday(year: int, month: int) -> date:
    first_of_next = date(year, month + 1, 1)
    return first_of_next - timedelta(days=(first_of_next.weekday() or 7))


def by_rule(year: int) -> set[date]:
    """The bank holidays of England by the Act, with substitute days, worked out anew."""
    new_year = date(year, 1, 1)
    while new_year.weekday() in (SATURDAY, SUNDAY):
        new_year += timedelta(days=1)
    christmas = [date(year, 12, 25), date(year, 12, 26)]
    days = [day for day in christmas if day.weekday() not in (SATURDAY, SUNDAY)]
    substitute = date(year, 12, 27)
    while len(days) < len(christmas):
        if substitute.weekday() not in (SATURDAY, SUNDAY):
            days.append(substitute)
        substitute += timedelta(days=1)
    return {
        new_year,
        easter(year) - timedelta(days=2),
        easter(year) + timedelta(days=1),
        first_monday(year, 5),
        last_monday(year, 5),
        last_monday(year, 8),
        *days,
    }


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_bank_holidays_of_england_are_all_there(hours: Hours, year: int) -> None:
    assert {day for day in hours.holidays if day.year == year} == by_rule(year)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-19 10:42", True),
        ("2026-11-19 08:59", False),
        ("2026-11-19 09:00", True),
        ("2026-11-19 16:59", True),
        ("2026-11-19 17:00", False),
        ("2026-11-21 12:00", False),
        ("2026-12-25 12:00", False),
        ("2026-07-01 08:00", True),  # 9 in the morning, by summer time
        ("2026-07-01 16:00", False),
    ],
)
def test_the_office_is_open_by_the_clock_in_london(hours: Hours, now: str, *, is_open: bool) -> None:
    assert hours.is_open(at(now)) is is_open


def test_a_message_on_a_working_day_is_promised_for_five_working_days_later(hours: Hours) -> None:
    assert hours.promised_on(at("2026-11-19 10:42")) == date(2026, 11, 26)


def test_a_message_after_closing_counts_from_the_next_working_day(hours: Hours) -> None:
    assert hours.promised_on(at("2026-11-19 22:00")) == date(2026, 11, 27)


def test_the_promise_steps_over_christmas_and_weekends(hours: Hours) -> None:
    assert hours.promised_on(at("2026-12-23 12:00")) == date(2027, 1, 4)


def test_the_office_that_is_open_opens_now(hours: Hours) -> None:
    now = at("2026-11-19 10:42")

    assert hours.next_open(now) == now


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-19 07:00", "2026-11-19 09:00"),
        ("2026-11-20 18:00", "2026-11-23 09:00"),
        ("2026-04-02 20:00", "2026-04-07 08:00"),  # over Easter, into summer time
    ],
)
def test_the_office_that_is_closed_opens_on_the_next_working_morning(hours: Hours, now: str, opens: str) -> None:
    assert hours.next_open(at(now)) == at(opens)


@pytest.mark.parametrize(
    ("now", "read"),
    [
        ("2026-11-19 10:42", "2026-11-19 10:42"),
        ("2026-11-19 15:59", "2026-11-19 15:59"),
        ("2026-11-19 16:00", "2026-11-20 09:00"),  # they go home at five
        ("2026-11-19 08:30", "2026-11-19 09:00"),
        ("2026-11-20 16:30", "2026-11-23 09:00"),
        ("2026-11-21 15:00", "2026-11-23 09:00"),
    ],
)
def test_what_is_urgent_is_read_now_or_when_the_team_is_next_there(hours: Hours, now: str, read: str) -> None:
    assert hours.next_reading(at(now)) == at(read)
    assert hours.read_first_on(at(now)) == date.fromisoformat(read[:10])


def test_the_day_of_an_urgent_reading_is_that_of_the_team_s_own_clock(hours: Hours) -> None:
    """Half past eleven at night in summer is past midnight in London."""
    assert hours.read_first_on(at("2026-07-08 23:30")) == date(2026, 7, 9)


def test_the_next_opening_is_always_open_and_never_past(hours: Hours) -> None:
    now = at("2026-12-20 00:00")
    for _ in range(24 * 30):
        opens = hours.next_open(now)
        assert opens >= now
        assert hours.is_open(opens)
        now += timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("days = [1, 2, 3, 4, 5]", "days = []"), "at least one day"),
        (("days = [1, 2, 3, 4, 5]", "days = [0]"), "from 1"),
        (("opens = 09:00:00", "opens = 18:00:00"), "open before it closes"),
        (("read = 5", "read = -1"), "in the past"),
        (("read = 5", ""), "read"),
        (('"Good Friday" = [2026-04-03', '"Good Friday" = ["soon"'), "must be a date"),
        (("[promises]", "[promises"), "not good TOML"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    path = tmp_path / "hours.toml"
    path.write_text(CONTENT.read_text("utf-8").replace(*change), "utf-8")

    with pytest.raises(BadContent, match=complaint):
        Hours.load(path)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match="cannot be read"):
        Hours.load(tmp_path / "hours.toml")
