"""The reply box on both databases: all of a press happens or nothing of it does, and drafts are kept, sealed, and go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.errors import NotFound, StoreUnavailable
from bot.records import StaffMember
from bot.replying import Change, LookAgainError, Mark, Replying
from bot.writing import NotWritableError
from rooms import open_replying
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import draft
from tests.bot.street import Street
from tests.bot.test_holding import OMAR, RIVER, told
from tests.conftest import KEYS
from tests.journeys.stage import NORA

WORDS = "Hello, this is Nora."


class Desk:
    """The box of two colleagues beside one family on the street."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.street = told(Street(database))
        self.use: Replying = open_replying(database, Sealer.open(database, KEYS), self.street.holding)

    def mark(self, member: StaffMember = NORA) -> Mark:
        return self.use.box(self.street.holding.look(RIVER, member), member).mark

    def answers(
        self, words: str = WORDS, *, by: StaffMember = NORA, seen: Mark | None = None, letter: UUID | None = None
    ) -> None:
        self.use.answer(RIVER, by, letter or uuid4(), words, seen or self.mark(by))

    def writes(self, words: str, by: StaffMember = NORA) -> None:
        self.use.draft(self.street.holding.look(RIVER, by), by, words)

    def drafts(self) -> list[bytes]:
        with self.database.reading() as connection:
            return list(connection.execute(select(draft.c.sealed)).scalars())

    def goes(self) -> list[str]:
        self.street.later(seconds=11)
        self.street.sweep()
        self.street.deliver()
        return self.street.heard_by_them


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_press_that_is_cut_off_has_done_nothing_and_the_next_does_all_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before, letter, seen = len(desk.street.heard_by_them), uuid4(), desk.mark()

    def cut_off(*_: object) -> Any:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("storage.holds.Holds.add_letter", cut_off)
        with pytest.raises(StoreUnavailable):
            desk.answers(letter=letter, seen=seen)
    assert desk.goes()[before:] == []
    assert desk.street.holding.look(RIVER, NORA).talk.held_at is None

    for _ in range(2):
        desk.answers(letter=letter, seen=seen)
    assert [said[:13] for said in desk.goes()[before:]] == ["A person from", "Hello, this i"]
    desk.answers(letter=letter, seen=seen)
    assert len(desk.goes()[before:]) == 2


def test_the_same_page_sent_twice_is_one_letter_and_other_words_are_another(desk: Desk) -> None:
    page = uuid4()
    desk.answers(letter=page)
    desk.answers(letter=page)
    desk.answers("And one thing more.", letter=page)

    assert desk.goes()[-2:] == [WORDS, "And one thing more."]


def test_of_two_who_press_at_once_one_is_told_to_look_again(desk: Desk) -> None:
    """Both have read that the bot has the talk; what they read is looked at again in the transaction."""
    stale = desk.street.holding.look(RIVER, NORA).talk
    desk.answers("Hello, this is Omar.", by=OMAR)

    with pytest.raises(LookAgainError), desk.street.store.transaction() as tx:
        desk.use._have(tx, stale, NORA, desk.street.clock.at)
    held = desk.street.holding.look(RIVER, NORA).talk
    assert held.held_by == OMAR.id, "nothing of the second press is left"


def test_a_talk_that_was_taken_between_the_look_and_the_press_is_not_written_in(desk: Desk) -> None:
    desk.street.holding.take(RIVER, NORA)
    stale = desk.street.holding.look(RIVER, NORA).talk
    desk.street.holding.take(RIVER, OMAR)

    with pytest.raises(LookAgainError), desk.street.store.transaction() as tx:
        desk.use._have(tx, stale, NORA, desk.street.clock.at)
    with pytest.raises(NotWritableError):
        desk.answers(seen=desk.mark())


def test_what_has_changed_is_named(desk: Desk) -> None:
    seen = desk.mark()
    desk.writes("Hello from", by=OMAR)
    desk.street.later(seconds=1)
    desk.street.text("Are you there?")
    with pytest.raises(LookAgainError) as refused:
        desk.answers(seen=seen)

    assert refused.value.changes == {Change.HEARD, Change.WRITING}
    assert Mark.read(str(seen)) == seen
    assert desk.mark().changes(Mark.read("a|b")) == set(Change)


def test_a_draft_is_kept_sealed_for_each_and_goes_when_it_is_sent(desk: Desk) -> None:
    desk.writes("Hello from Nora")
    desk.writes("Hello from Nora Example")
    desk.writes("Hello from Omar", by=OMAR)
    box = desk.use.box(desk.street.holding.look(RIVER, NORA), NORA)

    assert box.draft == "Hello from Nora Example"
    assert [each.name for each in box.writers] == ["Omar Example"]
    assert all(b"Hello" not in sealed for sealed in desk.drafts())
    desk.answers(seen=desk.mark())
    assert len(desk.drafts()) == 1


def test_since_when_somebody_writes_begins_anew_after_a_pause(desk: Desk) -> None:
    began = desk.street.clock.at
    for pause in (timedelta(0), timedelta(minutes=1), timedelta(minutes=5)):
        desk.street.clock.at += pause
        desk.writes("Hello", by=OMAR)
        (writer,) = desk.use.box(desk.street.holding.look(RIVER, NORA), NORA).writers
        assert writer.since == (desk.street.clock.at if pause > timedelta(minutes=2) else began)


def test_a_draft_goes_with_the_family_and_after_a_fortnight(desk: Desk) -> None:
    desk.writes("Hello", by=OMAR)
    desk.street.later(days=15)
    desk.writes("Hello")
    assert len(desk.drafts()) == 1
    with desk.street.store.transaction() as tx:
        tx.erase_contact(desk.street.holding.look(RIVER, NORA).talk.contact_id, desk.street.clock.at)

    assert desk.drafts() == []


def test_only_ones_own_letters_are_offered_to_be_taken_back_and_for_ten_seconds(desk: Desk) -> None:
    desk.answers(seen=desk.mark())

    assert [(each.reference, each.goes_at - desk.street.clock.at) for each in desk.use.leaving(NORA)] == [
        (RIVER, timedelta(seconds=10))
    ]
    assert desk.use.leaving(OMAR) == ()
    with pytest.raises(NotFound):
        desk.use.writing.take_back(desk.street.holding.look(RIVER, OMAR).talk, OMAR, desk.use.leaving(NORA)[0].letter_id)
    desk.street.later(seconds=10)
    assert desk.use.leaving(NORA) == ()
