"""Who is on duty when, who is called then, and the hours in which nobody is."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import uuid4

from bot.records import StaffMember
from bot.rota import Hole, Rota, Rung, When

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WEEK = frozenset({1, 2, 3, 4, 5})


def a_rung(name: str, when: When = When.HOURS, *, days: frozenset[int] = WEEK, opens: int = 8, closes: int = 18) -> Rung:
    return Rung(id=uuid4(), name=name, mobile="+447700900801", when=when, days=days, opens=time(opens), closes=time(closes))


RUTH, HUW, DESK = a_rung("Ruth"), a_rung("Huw", closes=13), a_rung("Out-of-hours team", When.OUT_OF_HOURS)


def names(rota: Rota, at: datetime) -> list[str]:
    """Who is on duty, lowest rung first; where nobody is, who is called."""
    return [rung.name for rung in rota.on_duty(at) or rota.ladder(at)]


def called(rota: Rota, at: datetime) -> list[str]:
    return [rung.name for rung in rota.ladder(at)]


def test_in_their_hours_the_people_are_called_in_order_and_the_night_team_is_not() -> None:
    rota = Rota(rungs=(DESK, HUW, RUTH))

    assert names(rota, MONDAY) == ["Huw", "Ruth"]
    assert names(rota, MONDAY.replace(hour=14)) == ["Ruth"]


def test_when_nobody_on_duty_takes_it_everybody_else_is_called_those_for_out_of_hours_last() -> None:
    rota = Rota(rungs=(DESK, HUW, RUTH))

    assert called(rota, MONDAY.replace(hour=14)) == ["Ruth", "Huw", "Out-of-hours team"]
    assert called(rota, MONDAY.replace(hour=20)) == ["Out-of-hours team", "Huw", "Ruth"]


def test_on_a_bank_holiday_no_office_is_open_and_who_comes_at_weekends_is_there() -> None:
    boxing_day = datetime(2026, 12, 28, 10, 0, tzinfo=UTC)
    weekend = a_rung("Weekend desk", days=frozenset({6, 7, 1}))
    alone = Rota(rungs=(RUTH,))

    assert names(Rota(rungs=(RUTH, DESK)), boxing_day) == ["Out-of-hours team"]
    assert names(Rota(rungs=(RUTH, weekend, DESK)), boxing_day) == ["Weekend desk"]
    assert Hole(boxing_day.replace(day=26, hour=0), boxing_day.replace(day=29, hour=8)) in alone.holes(
        boxing_day.replace(day=26, hour=0)
    )


def test_outside_the_hours_the_night_team_is_called_before_whoever_is_always_there() -> None:
    rota = Rota(rungs=(RUTH, a_rung("Duty manager", When.ALWAYS), DESK))

    assert names(rota, MONDAY.replace(hour=20)) == ["Out-of-hours team", "Duty manager"]
    assert names(rota, MONDAY) == ["Ruth", "Duty manager"]


def test_hours_go_by_the_clock_on_the_wall_in_summer_too() -> None:
    june = datetime(2026, 6, 22, 7, 30, tzinfo=UTC)

    assert names(Rota(rungs=(RUTH, DESK)), june) == ["Ruth"]


def test_hours_that_close_before_they_open_end_the_next_day() -> None:
    night = a_rung("Night", days=frozenset({1}), opens=18, closes=8)
    rota = Rota(rungs=(night, RUTH))

    assert names(rota, MONDAY.replace(hour=19)) == ["Night"]
    assert names(rota, MONDAY.replace(day=24, hour=7)) == ["Night"]
    assert not night.is_in_hours(MONDAY.replace(day=24, hour=19))


def test_a_hole_is_found_and_runs_from_one_rung_to_the_next() -> None:
    always_but = Rota(rungs=(a_rung("Ruth", days=frozenset(range(1, 8)), opens=8, closes=18), a_rung("N", opens=18, closes=8)))
    saturday, sunday = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)

    assert always_but.holes(MONDAY)[:2] == (
        Hole(saturday.replace(hour=18), sunday.replace(hour=8)),
        Hole(sunday.replace(hour=18), sunday.replace(day=30, hour=8)),
    )


def test_with_somebody_for_out_of_hours_there_is_no_hole() -> None:
    assert Rota(rungs=(RUTH, DESK)).holes(MONDAY) == ()


def test_in_a_hole_everybody_is_called_in_order() -> None:
    rota = Rota(rungs=(RUTH, HUW))

    assert rota.on_duty(MONDAY.replace(hour=22)) == ()
    assert names(rota, MONDAY.replace(hour=22)) == ["Ruth", "Huw"]


def test_before_anybody_has_written_one_it_is_filled_from_the_accounts() -> None:
    ada = StaffMember(
        id=uuid4(), name="Ada", username="ada@somerset.example", role="safeguarding", password_hash="x", mobile="+447700900801"
    )
    (rung,) = Rota.first([ada]).rungs

    assert (rung.name, rung.mobile, rung.email, rung.when) == ("Ada", "+447700900801", "ada@somerset.example", When.ALWAYS)
