"""Words that are written another way after they were taken out of the record: they come in as a message of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.cards import ExperienceCard
from bot.events import Amended, Withdrawn
from bot.hours import Hours
from bot.inbox import InboxFilter
from bot.model import InboundMessage
from bot.passages import Passages, digest_of
from bot.removing import NewRemoval, Why
from storage.database import Database
from storage.passages import SqlPassages
from storage.sealing import Sealer
from tests.bot.street import ANNA, SMS, Street
from tests.conftest import KEYS
from tests.storage.scene import Scene

TOLD = "The taxi was late again on Monday and Mr Bobbins said nothing."
AGAIN = "The taxi was late again on Monday."
DANGER = "He took all his tablets and I can't wake him up."


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def goes_on(street: Street) -> None:
    street.later(minutes=1)
    street.all_turns()
    street.deliver()


def told(street: Street) -> InboundMessage:
    message = street.text(TOLD)
    goes_on(street)
    return message


def amends(street: Street, message: InboundMessage, words: str) -> None:
    street.intake.receive([Amended(channel=SMS, account="us", external_id=message.external_id, text=words)])


def cards(street: Street) -> tuple[ExperienceCard, ...]:
    return street.store.inbox(InboxFilter(open_only=False)).cards


def passages(street: Street) -> list[str]:
    return [passage.text for card in cards(street) for passage in card.passages]


def goes(street: Street, message: InboundMessage, way: str) -> None:
    """The whole of it, out of the record."""
    if way == "unsent":
        street.intake.receive([Withdrawn(channel=SMS, account="us", external_id=message.external_id)])
        return
    if way == "taken back":
        street.text("TAKE BACK")
        goes_on(street)
        return
    done, jo = None, Scene(street.store).employs("Jo Pascoe")
    while shown := [(card.id, passage) for card in cards(street) for passage in card.passages]:
        its, passage = shown[0]
        new = NewRemoval(
            id=uuid4(), experience_id=its, passage_id=passage.id, text=passage.text, why=Why.NAMES, reason="", member=jo,
            told=None, with_safeguarding=True,
        )  # fmt: skip
        with street.store.transaction() as tx:
            done = tx.remove_passage(new, street.clock.now())
        street.later(seconds=1)
    assert done is not None
    if way == "removed for good":
        street.later(days=1)
        with street.store.transaction() as tx:
            tx.erase_removed(done.id, street.clock.now())


@pytest.mark.parametrize("way", ["removed", "removed for good", "taken back"])
def test_danger_in_words_written_another_way_is_answered_and_alarmed_once(street: Street, way: str) -> None:
    message = told(street)
    goes(street, message, way)
    for _ in range(2):
        amends(street, message, DANGER)
        goes_on(street)

    assert len([words for words in street.heard_by_them if "999" in words and "Ref" not in words]) == 1
    assert len(street.store.alerts_due(street.clock.now())) == 1
    assert [row.text for row in street.rows("inbound") if row.text == DANGER] == [DANGER]


@pytest.mark.parametrize("way", ["removed", "taken back"])
def test_what_is_written_again_without_the_name_is_a_message_like_any_other(street: Street, way: str) -> None:
    message = told(street)
    goes(street, message, way)
    amends(street, message, AGAIN)
    goes_on(street)
    assert passages(street) == [AGAIN]

    amends(street, message, "The taxi was on time.")
    goes_on(street)
    assert passages(street) == ["The taxi was on time."]
    goes(street, message, "unsent")
    assert passages(street) == []


@pytest.mark.parametrize("way", ["removed", "removed for good", "taken back", "unsent"])
def test_the_very_words_that_went_do_not_come_back_with_a_change_of_nothing(street: Street, way: str) -> None:
    message = told(street)
    goes(street, message, way)
    answers = len(street.heard_by_them)
    amends(street, message, TOLD)
    goes_on(street)

    assert passages(street) == []
    assert len(street.heard_by_them) == answers
    assert not any("taxi" in row.text for row in street.rows("inbound"))


def test_each_change_of_a_message_with_a_gap_asks_once_that_somebody_looks_on_a_working_day(street: Street) -> None:
    message = street.text("The taxi was late again on Monday.\n\nHer teacher is wonderful and helped us with the forms.")
    goes_on(street)
    jo = Scene(street.store).employs("Jo Pascoe")
    view = street.store.experience(cards(street)[0].reference)
    assert view is not None
    (whole,) = view.card.passages
    parts = Passages(SqlPassages(street.database, Sealer.open(street.database, KEYS)), street.clock)
    at, digest = whole.text.index("Her"), digest_of(whole.text)
    assert parts.split(view, whole.id, jo, at=at, begins="", digest=digest, new_id=uuid4())
    its, passage = cards(street)[0].id, cards(street)[0].passages[0]
    new = NewRemoval(
        id=uuid4(), experience_id=its, passage_id=passage.id, text=passage.text, why=Why.NAMES, reason="", member=jo,
        told=None, with_safeguarding=True,
    )  # fmt: skip
    with street.store.transaction() as tx:
        assert tx.remove_passage(new, street.clock.now())
    street.clock.at = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)  # a Saturday
    for words in ("One thing.", "Another thing."):
        amends(street, message, words)

    (owed,) = [each for each in cards(street)[0].tasks if each.kind == "look_again"]
    assert owed.due_on == Hours.load().due_on("look_again", street.clock.now())
    assert owed.due_on.weekday() < 5


def test_of_somebody_who_was_erased_nothing_comes_in(street: Street) -> None:
    message = told(street)
    goes(street, message, "taken back")
    with street.store.transaction() as tx:
        writer = tx.contact_at(ANNA, street.clock.now())
        assert writer is not None
        tx.erase_contact(writer.id, street.clock.now())
    before = len(street.rows("inbound"))
    amends(street, message, DANGER)
    goes_on(street)

    assert len(street.rows("inbound")) == before
    assert street.store.alerts_due(street.clock.now()) == ()
