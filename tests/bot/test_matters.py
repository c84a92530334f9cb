"""The worker's look for new matters: once a day, in steps, one worker at a time; and who may see what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.cards import BY_PARENT
from bot.errors import NotFound
from bot.matters import WITHIN, Cursor, Matters, MatterSweep, MatterView, NewMatter, Told
from tests.staff.fakes import FakeClock, FakeStore, a_decision, a_member, a_passage, made_id

NIGHT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def told(number: int, **passage: object) -> Told:
    return Told(
        passage=a_passage(name=f"passage {number}", **passage),  # type: ignore[arg-type]
        experience_id=UUID(int=number),
        contact_id=UUID(int=number),
    )


@dataclass
class Records:
    """Experiences by number, a look under way, what was found."""

    experiences: int = 5
    done_at: datetime | None = None
    holder: UUID | None = None
    until: datetime = NIGHT
    found: Sequence[NewMatter] = ()
    looked_since: list[datetime] = field(default_factory=list)

    def last_round(self) -> datetime | None:
        return self.done_at

    def hold_round(self, holder: UUID, *, now: datetime, until: datetime) -> bool:
        if self.holder not in (None, holder) and self.until > now:
            return False
        self.holder, self.until = holder, until
        return True

    def told(self, *, since: datetime, after: Cursor | None, limit: int) -> tuple[Sequence[Told], Cursor | None]:
        self.looked_since.append(since)
        first = 0 if after is None else after[1].int + 1
        last = first + 1
        return [told(first), told(last)], (NIGHT, UUID(int=last)) if last + 1 < self.experiences else None

    def end_round(self, holder: UUID, found: Sequence[NewMatter], *, now: datetime) -> bool:
        if self.holder != holder:
            return False
        self.holder, self.done_at, self.found = None, now, found
        return True

    def matters(self) -> tuple[MatterView, ...]:
        return (MATTER,)

    def set_aside(self, matter_id: UUID, staff_id: UUID | None, now: datetime) -> bool:
        return matter_id == MATTER.id


MATTER = MatterView(
    id=made_id("matter"), terms=("hoist",), people=4, experiences=4, first_on=NIGHT.date(), last_on=NIGHT.date(), examples=()
)


@dataclass
class AllInOne:
    """A grouping for which all belongs together. ``breaks``: at which learning it fails."""

    told: list[Told] = field(default_factory=list)
    breaks: int = 0

    def learn(self, told: Sequence[Told]) -> None:
        self.breaks -= 1
        if self.breaks == 0:
            raise MemoryError
        self.told += told

    def found(self) -> Sequence[NewMatter]:
        return [NewMatter(terms=("hoist",), told=tuple(self.told))]


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NIGHT)


@pytest.fixture
def sweep(records: Records, clock: FakeClock) -> MatterSweep:
    return MatterSweep(records, clock, AllInOne)


def test_a_round_goes_in_steps_and_writes_at_its_end_only(sweep: MatterSweep, records: Records) -> None:
    assert sweep.sweep()
    assert sweep.sweep()
    assert len(records.found) == 0

    assert not sweep.sweep()
    assert [one.experience_id.int for one in records.found[0].told] == [0, 1, 2, 3, 4, 5]
    assert set(records.looked_since) == {NIGHT - WITHIN}


@pytest.mark.parametrize(
    ("last", "now", "looks"),
    [
        (None, datetime(2026, 11, 23, 12, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 3, 30, tzinfo=UTC), datetime(2026, 11, 23, 2, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 3, 30, tzinfo=UTC), datetime(2026, 11, 23, 3, 1, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 3, 30, tzinfo=UTC), datetime(2026, 11, 23, 23, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 20, 3, 30, tzinfo=UTC), datetime(2026, 11, 23, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 2, 30, tzinfo=UTC), datetime(2026, 7, 2, 2, 10, tzinfo=UTC), True),
    ],
)
def test_a_round_begins_once_a_day_at_night_by_the_teams_clock(
    sweep: MatterSweep, records: Records, clock: FakeClock, last: datetime | None, now: datetime, *, looks: bool
) -> None:
    records.done_at, clock.time = last, now

    assert sweep.sweep() is looks


def test_after_a_round_nothing_is_read_until_the_next_night(sweep: MatterSweep, records: Records, clock: FakeClock) -> None:
    while sweep.sweep():
        pass
    records.looked_since.clear()
    clock.move(timedelta(hours=20))

    assert not sweep.sweep()
    assert records.looked_since == []


def test_two_workers_do_not_look_at_the_same_time(sweep: MatterSweep, records: Records, clock: FakeClock) -> None:
    other = MatterSweep(records, clock, AllInOne)
    assert sweep.sweep()

    assert not other.sweep()
    assert len(records.looked_since) == 1


def test_what_a_killed_worker_began_another_begins_anew(sweep: MatterSweep, records: Records, clock: FakeClock) -> None:
    sweep.sweep()
    other = MatterSweep(records, clock, AllInOne)
    clock.move(timedelta(minutes=31))
    while other.sweep():
        pass

    assert len(records.found[0].told) == 6


def test_who_has_lost_the_round_writes_nothing(sweep: MatterSweep, records: Records, clock: FakeClock) -> None:
    sweep.sweep()
    records.holder, records.until = UUID(int=99), clock.now() + timedelta(hours=1)

    assert not sweep.sweep()
    assert len(records.found) == 0
    assert records.holder == UUID(int=99)


def test_a_step_that_fails_ends_the_round_and_a_later_one_goes_to_the_end(records: Records, clock: FakeClock) -> None:
    broken = [AllInOne(breaks=2), AllInOne()]
    sweep = MatterSweep(records, clock, lambda: broken.pop(0))
    sweep.sweep()
    with pytest.raises(MemoryError):
        sweep.sweep()

    clock.move(timedelta(minutes=31))
    while sweep.sweep():
        pass
    assert len(records.found[0].told) == 6


# --- how well a theme fits --------------------------------------------------------------------------------------------


def test_the_chance_is_that_of_the_likeliest_theme() -> None:
    assert told(1, themes={"transport": 0.4, "communication": 0.3}).chance == 0.4
    assert told(1).chance == 0


def test_a_theme_that_a_person_gave_is_certain_and_one_taken_off_is_none() -> None:
    parents = a_decision("transport", verdict=True, by=BY_PARENT)
    staffs = a_decision("transport", verdict=True)

    assert told(1, themes={"transport": 0.4}, decisions=[staffs]).chance == 1
    assert told(1, decisions=[parents]).chance == 1
    assert told(1, themes={"transport": 0.9}, decisions=[a_decision("transport", verdict=False)]).chance == 0


# --- what staff do ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "may"), [("reviewer", False), ("safeguarding", False), ("publisher", True), ("admin", True)])
def test_those_who_publish_see_them_and_nobody_else(records: Records, role: str, *, may: bool) -> None:
    matters = Matters(records, FakeStore().as_store(), FakeClock())
    member = a_member(role, role=role)
    if may:
        assert matters.listed(member) == (MATTER,)
    else:
        with pytest.raises(NotFound):
            matters.listed(member)
        with pytest.raises(NotFound):
            matters.set_aside(MATTER.id, member)


def test_setting_aside_leaves_a_line_in_the_audit_trail(records: Records) -> None:
    store = FakeStore()
    matters = Matters(records, store.as_store(), FakeClock())
    pia = a_member("pia", role="publisher")
    matters.set_aside(MATTER.id, pia)
    matters.put_back(MATTER.id, pia)

    assert [(line.action, line.record) for line in store.lines] == [
        ("set_matter_aside", f"matter:{MATTER.id}"),
        ("put_matter_back", f"matter:{MATTER.id}"),
    ]
