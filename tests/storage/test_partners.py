"""What partners may read: only what a family agreed to, a person has read, and nothing speaks against."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.conversation import Purpose
from bot.heard import RiskLevel
from bot.model import Address
from bot.partners import Read, Shown, Tally
from bot.ports import Store
from storage.database import Database
from storage.partners import SqlPartners
from storage.store import SqlStore
from storage.tables import experience, inbound_message, passage
from tests.storage.made_up import NOW
from tests.storage.scene import Scene

SINCE, BEFORE = date(2026, 11, 1), date(2026, 12, 1)


class Office:
    def __init__(self, store: Store, database: Database) -> None:
        self.scene = Scene(store)
        self.store = store
        self.database = database
        self.reader = self.scene.employs("Jo Pascoe")
        self.count = 0

    def tells(self, text: str = "The taxi was late.", *, risk: RiskLevel | None = None, now: datetime = NOW) -> UUID:
        self.count += 1
        sender = Address("tel", f"+4477009{self.count:05}")
        return self.scene.tells(text, reference=f"RIVER {self.count:03}", sender=sender, risk=risk, now=now)

    def reads(self, experience_id: UUID, *, at: datetime = NOW) -> None:
        with self.store.transaction() as tx:
            assert tx.mark_read(experience_id, self.reader.id, at)

    def agrees(self, experience_id: UUID, *, given: bool = True) -> None:
        with self.database.reading() as connection:
            contact_id = connection.execute(
                experience.select().with_only_columns(experience.c.contact_id).where(experience.c.id == experience_id)
            ).scalar_one()
        with self.store.transaction() as tx:
            tx.add_consent(
                contact_id=contact_id,
                experience_id=experience_id,
                purpose=Purpose.WORDS_IN_PUBLIC,
                given=given,
                wording="en:1",
                inbound_seq=None,
                now=NOW,
            )

    def clear(self, text: str = "The taxi was late.", *, now: datetime = NOW) -> UUID:
        experience_id = self.tells(text, now=now)
        self.agrees(experience_id)
        self.reads(experience_id)
        return experience_id

    def tally(self) -> Tally:
        return SqlPartners(self.database).tally(SINCE, BEFORE)

    def changes(self, table: object, **values: object) -> None:
        with self.database.writing() as connection:
            connection.execute(update(table).values(**values))  # type: ignore[arg-type]


@pytest.fixture
def office(store: SqlStore, database: Database) -> Office:
    return Office(store, database)


def test_what_was_agreed_to_and_read_is_shown_without_reference_or_day(office: Office) -> None:
    office.clear("The taxi was late again.")
    tally = office.tally()

    assert tally.shown == {Shown.SHOWN: 1, Shown.NOT_AGREED: 0, Shown.WITH_TEAM: 0}
    assert [(one.month, one.words) for one in tally.cleared] == [(date(2026, 11, 1), ("The taxi was late again.",))]


def test_what_was_not_agreed_to_is_kept_back(office: Office) -> None:
    office.reads(office.tells())

    assert office.tally().shown == {Shown.SHOWN: 0, Shown.NOT_AGREED: 1, Shown.WITH_TEAM: 0}


def test_the_newest_answer_of_a_family_stands(office: Office) -> None:
    experience_id = office.clear()
    office.agrees(experience_id, given=False)

    assert office.tally().cleared == ()


def test_what_nobody_has_read_is_kept_back(office: Office) -> None:
    office.agrees(office.tells())

    assert office.tally().shown[Shown.WITH_TEAM] == 1


def test_what_has_new_words_is_kept_back_until_they_are_read(office: Office) -> None:
    office.clear()
    office.changes(experience, unread=True)

    assert office.tally().cleared == ()


@pytest.mark.parametrize("risk", [RiskLevel.CONCERN, RiskLevel.DANGER])
def test_what_speaks_of_danger_is_kept_back_and_counted_with_what_the_team_still_has(office: Office, risk: RiskLevel) -> None:
    experience_id = office.tells("He is not safe at home.", risk=risk)
    office.agrees(experience_id)
    office.reads(experience_id)

    assert office.tally().shown == {Shown.SHOWN: 0, Shown.NOT_AGREED: 0, Shown.WITH_TEAM: 1}


def test_what_may_hold_a_name_is_kept_back_until_somebody_has_looked(office: Office) -> None:
    office.clear("Sandy took us there.")
    office.changes(inbound_message, doubtful=[[0, 5]])

    assert office.tally().cleared == ()


def test_what_was_taken_back_is_in_no_number(office: Office) -> None:
    office.clear()
    office.changes(experience, withdrawn=True)
    tally = office.tally()

    assert sum(tally.shown.values()) == sum(tally.read.values()) == 0


def test_what_has_no_words_left_is_not_shown(office: Office) -> None:
    office.clear()
    office.changes(passage, text="")

    assert office.tally().cleared == ()


def test_other_months_are_not_counted(office: Office) -> None:
    office.clear(now=NOW - timedelta(days=40))

    assert sum(office.tally().shown.values()) == 0


def test_reading_is_on_time_late_or_still_to_come(office: Office) -> None:
    office.reads(office.tells(), at=datetime.combine(date(2026, 11, 26), NOW.timetz()))
    office.reads(office.tells(), at=datetime.combine(date(2026, 11, 27), NOW.timetz()))
    office.tells()

    assert office.tally().read == {Read.ON_TIME: 1, Read.LATE: 1, Read.NOT_YET: 1}


def test_pages_follow_each_other_both_ways_and_each_counts_all(office: Office) -> None:
    for number in range(5):
        office.clear(f"Story {number}.", now=NOW - timedelta(hours=number // 2))
    office.reads(office.tells())
    records = SqlPartners(office.database)
    first = records.tally(SINCE, BEFORE, size=2)
    second = records.tally(SINCE, BEFORE, at=first.older, size=2)
    third = records.tally(SINCE, BEFORE, at=second.older, size=2)
    again = records.tally(SINCE, BEFORE, at=third.newer, back=True, size=2)
    top = records.tally(SINCE, BEFORE, at=again.newer, back=True, size=2)

    pages = (first, second, third)
    assert sorted(words for page in pages for one in page.cleared for words in one.words) == [f"Story {n}." for n in range(5)]
    assert [len(page.cleared) for page in pages] == [2, 2, 1]
    assert (again.cleared, top.cleared) == (second.cleared, first.cleared)
    assert [page.newer is None for page in (*pages, top)] == [True, False, False, True]
    assert [page.older is None for page in (*pages, top)] == [False, False, True, False]
    for page in pages:
        assert page.shown == {Shown.SHOWN: 5, Shown.NOT_AGREED: 1, Shown.WITH_TEAM: 0}
        assert sum(page.read.values()) == 6


def test_a_page_goes_on_from_what_was_taken_from_it_meanwhile(office: Office) -> None:
    shown = [office.clear(f"Story {number}.", now=NOW - timedelta(hours=number)) for number in range(3)]
    office.agrees(shown[1], given=False)
    page = SqlPartners(office.database).tally(SINCE, BEFORE, at=shown[1])

    assert [one.words for one in page.cleared] == [("Story 2.",)]


def test_no_page_goes_on_from_an_experience_of_another_time(office: Office) -> None:
    office.clear()
    earlier = office.clear(now=NOW - timedelta(days=40))

    assert SqlPartners(office.database).tally(SINCE, BEFORE, at=earlier, back=True).cleared == ()


def test_an_experience_of_many_passages_stands_on_a_page_once(office: Office) -> None:
    office.clear("The taxi was late. " * 3)
    office.clear("Nobody rang back.", now=NOW - timedelta(hours=1))
    tally = SqlPartners(office.database).tally(SINCE, BEFORE, size=2)

    assert [len(one.words) for one in tally.cleared] == [1, 1]
    assert tally.older is None
