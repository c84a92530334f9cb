"""The page of new matters: for those who publish; each with its size, its days, its words, and setting it aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask

from bot.matters import Cursor, Example, Matters, MatterView, Told
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fakes import FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser, text_of

HERE = "/staff/new-matters"
HOIST = MatterView(
    id=made_id("hoist"),
    terms=("hoist", "pool", "broken"),
    people=6,
    experiences=7,
    first_on=date(2026, 9, 3),
    last_on=date(2026, 11, 20),
    examples=(
        Example(reference="RIVER 482", text="The hoist at the pool is broken again and [name removed] cannot swim."),
        Example(reference="BROOK 377", text="pool hoist still not mended"),
    ),
)
FEW = replace(HOIST, id=made_id("few"), terms=("gate",), people=3, experiences=3, last_on=HOIST.first_on, examples=())


@dataclass
class FakeMatters:
    found: tuple[MatterView, ...] = (HOIST, FEW)
    looked_at: datetime | None = datetime(2026, 11, 23, 3, 4, tzinfo=UTC)

    def last_round(self) -> datetime | None:
        return self.looked_at

    def hold_round(self, holder: UUID, *, now: datetime, until: datetime) -> bool:
        raise NotImplementedError

    def told(self, *, since: datetime, after: Cursor | None, limit: int) -> tuple[tuple[Told, ...], Cursor | None]:
        raise NotImplementedError

    def end_round(self, holder: UUID, found: object, *, now: datetime) -> bool:
        raise NotImplementedError

    def matters(self) -> tuple[MatterView, ...]:
        return self.found

    def set_aside(self, matter_id: UUID, staff_id: UUID | None, now: datetime) -> bool:
        by = None if staff_id is None else "Pia Publisher"
        at = None if staff_id is None else now
        self.found = tuple(
            replace(matter, set_aside_at=at, set_aside_by=by) if matter.id == matter_id else matter for matter in self.found
        )
        return True


@pytest.fixture
def records(app: Flask, store: FakeStore, clock: FakeClock) -> Iterator[FakeMatters]:
    desk: Desk = app.extensions[EXTENSION]
    records = FakeMatters()
    matters = Matters(records, store.as_store(), clock)
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, matters=matters))
    yield records
    app.extensions[EXTENSION] = desk


@pytest.fixture
def pia(app: Flask, store: FakeStore, clock: FakeClock, records: FakeMatters) -> Browser:
    """A publisher's browser."""
    store.add_staff(a_member("pia", name="Pia Publisher", role="publisher"), clock.now())
    return signed_in(app, store, clock, "pia")


def test_a_matter_is_shown_with_its_words_its_size_and_its_days(pia: Browser) -> None:
    page = pia.open(HERE)

    first = text_of(page.find_all("li", class_="es-card")[0])
    assert "hoist, pool, broken" in first
    assert "6 people, 7 experiences, from Thu 3 Sep to Fri 20 Nov" in first
    assert "The hoist at the pool is broken again" in first
    assert "Fewer than five" not in first
    assert ("Open RIVER 482", "/staff/experiences/RIVER-482") in page.links()
    assert "Looked for each night, last today, 03:04." in page.main


def test_what_fewer_than_five_told_is_marked_as_the_teams_own(pia: Browser) -> None:
    few = text_of(pia.open(HERE).find_all("li", class_="es-card")[1])

    assert "3 people, all on Thu 3 Sep" in few
    assert "Fewer than five people told of it. Keep it within the team" in few


def test_it_is_set_aside_and_put_back(pia: Browser, store: FakeStore, records: FakeMatters) -> None:
    pia.open(HERE)
    page = pia.press(f"/{HOIST.id}/set-aside")
    assert "It is set aside" in page.main
    aside = text_of(page.find("section", aria_labelledby="aside-heading"))
    assert "hoist, pool, broken" in aside
    assert "Set aside by Pia Publisher" in aside

    page = pia.press(f"/{HOIST.id}/put-back")
    assert "It is looked at again." in page.main
    assert records.found[0].set_aside_at is None
    assert [line.action for line in store.lines] == ["set_matter_aside", "put_matter_back"]


def test_where_nothing_was_found_and_where_nobody_has_looked_the_page_says_so(pia: Browser, records: FakeMatters) -> None:
    records.found = ()
    assert "Nothing new" in pia.open(HERE).main

    records.looked_at = None
    page = pia.open(HERE)
    assert "Not looked for yet. It is done each night." in page.main
    assert "Nothing new" not in page.main


def test_a_reviewer_and_the_lead_are_not_shown_the_page_nor_its_name(jo: Browser, ruth: Browser, pia: Browser) -> None:
    assert ("New matters", HERE) in pia.open("/staff/inbox").links()
    for browser in (jo, ruth):
        assert ("New matters", HERE) not in browser.open("/staff/inbox").links()
        browser.open(HERE, status=404)


def test_one_that_is_not_there_cannot_be_set_aside(pia: Browser, records: FakeMatters) -> None:
    token = pia.open(HERE).find("input", name="csrf_token").get("value")
    answer = pia.client.post(f"{HERE}/{made_id('nothing')}/set-aside", data={"csrf_token": token})

    assert answer.status_code == 404
    assert records.found == (HOIST, FEW)


def test_without_the_worker_s_records_there_is_no_page(app: Flask, store: FakeStore, clock: FakeClock) -> None:
    store.add_staff(a_member("pia", role="publisher"), clock.now())

    signed_in(app, store, clock, "pia").open(HERE, status=404)
