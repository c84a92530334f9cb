"""A campaign from the poster to its results, and an invitation from the consent to the answer: on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bot.alert_records import NewAlert
from bot.campaign_results import Results
from bot.conversation import Purpose
from bot.heard import Risk, RiskLevel
from bot.invitations import HeldBack
from bot.model import ENGLISH, Address, ChannelName, Speaker
from bot.records import StaffMember
from storage.database import Database
from storage.tables import campaign_answer, campaign_invitation, campaign_response, experience
from tests.journeys.stage import NORA, PUBLISHER, StoreStage

THURSDAY = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)
LONG = "The taxi came late again and nobody rang us about it"


class Poster(StoreStage):
    """A stage on which several people stand."""

    def as_person(self, number: int) -> None:
        self.person = Address("tel", f"+4477009002{number:02}")

    @property
    def address(self) -> Address:
        return getattr(self, "person", Address("tel", "+447700900123"))

    def hears(self, *texts: str) -> list[str]:
        return self.says(list(texts), sends="", hears={})

    def count(self, table: Any) -> int:
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def sweeps(self) -> list[str]:
        before = len(self.channel.sent)
        self.campaigns.invitations.sweep()
        self._deliver()
        return [outgoing.text for outgoing in self.channel.sent[before:]]

    def results(self, member: StaffMember = NORA) -> Results:
        return self.campaigns.review.results("strategy", member)


@pytest.fixture
def stage(database: Database) -> Poster:
    return Poster("sms", database=database, start=THURSDAY)


def answers_all(stage: Poster, number: int, *texts: str, agrees: bool = True) -> None:
    stage.as_person(number)
    stage.hears("Hello #strategy")
    for text in texts:
        stage.hears(text)
    stage.hears("1" if agrees else "2")


def test_a_text_with_the_posters_code_begins_the_questions_and_keeps_the_answers(stage: Poster) -> None:
    said = stage.hears("#strategy")
    assert said[-1].split("\n")[0].endswith("1/3: What should the new plan do first?")
    stage.hears("2")
    stage.hears("no")
    last = stage.hears(LONG)
    assert last[-1].startswith("Thank you. That was the last question.")

    (found,) = stage.campaigns.review.records.answered("strategy", with_safeguarding=True)
    assert dict(found.answers) == {"first": "school", "heard": "no"}
    assert {key: list(words) for key, words in found.words.items()} == {"thing": [LONG]}
    assert found.finished
    with stage.database.reading() as connection:
        assert connection.execute(select(experience.c.ref)).scalars().all() == ["strategy"]


def test_words_beside_the_code_are_kept_without_it(stage: Poster) -> None:
    said = stage.hears(f"#strategy {LONG}")

    assert "Ref RIVER 482" in said[0]
    assert [passage.text for card in stage._cards() for passage in card.passages] == [LONG]


def test_the_code_of_a_place_stands_on_the_experience(stage: Poster) -> None:
    stage.hears(f"{LONG} #yeovil-clinic")

    with stage.database.reading() as connection:
        assert connection.execute(select(experience.c.ref)).scalars().all() == ["yeovil-clinic"]


def test_a_hash_that_is_no_code_of_ours_is_a_word_like_any_other(stage: Poster) -> None:
    stage.hears("It is #awful how late the taxi came")

    assert [passage.text for card in stage._cards() for passage in card.passages] == ["It is #awful how late the taxi came"]


def test_coming_back_by_the_link_asks_nobody_twice(stage: Poster) -> None:
    answers_all(stage, 1, "1", "1", "skip")

    assert stage.hears("#strategy")[0].startswith("We have your answers to these questions.")
    assert stage.count(campaign_response) == 1


def test_take_back_takes_the_last_answer_out(stage: Poster) -> None:
    stage.hears("#strategy")
    stage.hears("2")
    assert stage.hears("take back")[0].startswith("Done. Your last message is out.")

    assert stage.count(campaign_answer) == 0


def test_delete_takes_all_of_it(stage: Poster) -> None:
    answers_all(stage, 1, "1", "1", LONG)
    code = stage.hears("delete")[0].rpartition("DELETE ")[2].partition(".")[0]
    stage.hears(f"delete {code}")

    assert [stage.count(table) for table in (campaign_response, campaign_answer, campaign_invitation)] == [0, 0, 0]


def test_small_numbers_are_kept_back_and_nothing_can_be_worked_out(stage: Poster) -> None:
    for number in range(6):
        answers_all(stage, number, "1", "1", "skip")
    answers_all(stage, 7, "2", "3", "skip")
    results = stage.results()

    first, heard, thing = results.questions
    assert results.began == 7
    assert [count.shown for count in first.counts] == [None, None, 0, 0, 0], "6 of 7 would tell of the seventh"
    assert [count.shown for count in heard.counts] == [None, 0, None]
    assert thing.words == ()


def test_what_is_with_safeguarding_is_not_in_the_results(stage: Poster) -> None:
    lead = StaffMember(id=NORA.id, name="Ruth", username="r", role="safeguarding", password_hash="x")
    with stage.store.transaction() as tx:
        tx.add_staff(StaffMember(id=UUID(int=9), name="Ruth", username="ruth", role="safeguarding", password_hash="x"), THURSDAY)
    answers_all(stage, 1, "1", "1", LONG)
    raise_alert(stage)

    assert [question.words for question in stage.results().questions][-1] == ()
    assert stage.results().hidden == 1
    assert [question.words for question in stage.results(lead).questions][-1] == (LONG,)


def raise_alert(stage: Poster) -> None:
    with stage.store.transaction() as tx:
        contact = tx.hold_contact(stage.address, (), locale=ENGLISH, now=stage.clock.at)
        risk = Risk(RiskLevel.CONCERN)
        tx.add_alert(NewAlert(id=UUID(int=8), contact_id=contact.id, inbound_seq=1, risk=risk, raised_at=stage.clock.at))


# --- invitations --------------------------------------------------------------------------------------------------------


def agrees(stage: Poster, number: int) -> None:
    """Somebody who has answered one campaign and said that we may ask again, a good while ago."""
    stage.as_person(number)
    with stage.store.transaction() as tx:
        contact = tx.hold_contact(stage.address, (), locale=ENGLISH, now=stage.clock.at)
    stage.hears(LONG)
    with stage.store.transaction() as tx:
        tx.add_consent(
            contact_id=contact.id,
            experience_id=None,
            purpose=Purpose.INVITE_AGAIN,
            given=True,
            wording="en@1",
            inbound_seq=None,
            now=stage.clock.at,
        )


def held(stage: Poster) -> dict[HeldBack, int]:
    return dict(stage.campaigns.invitations.plan("strategy").held)


def test_only_those_who_agreed_are_invited_and_the_price_is_known_before(stage: Poster) -> None:
    agrees(stage, 1)
    stage.as_person(2)
    stage.hears(LONG)
    stage.wait(timedelta(days=4))
    plan = stage.campaigns.invitations.plan("strategy")

    assert plan.agreed == 1
    assert [(way, cost.people, cost.segments, cost.pence) for way, cost in plan.ways.items()] == [("sms", 1, 2, Decimal(8))]


def test_an_invitation_goes_by_day_and_its_yes_begins_the_questions(stage: Poster) -> None:
    agrees(stage, 1)
    stage.wait(timedelta(days=4, hours=10))  # Monday evening
    assert stage.campaigns.invitations.start("strategy", PUBLISHER) == 1
    assert stage.sweeps() == []
    stage.wait(timedelta(hours=13))
    (invitation,) = stage.sweeps()

    assert invitation.startswith("Hello from the SEND team. You said we may ask you again.")
    assert "plan" not in invitation, "it says nothing of what is asked"
    said = stage.hears("1")
    assert said[-1].split("\n")[0].endswith("1/3: What should the new plan do first?")
    assert stage.campaigns.review.records.standing("strategy").answers == {"go": 1}


def test_who_was_invited_is_not_invited_again_for_two_months_by_any_way(stage: Poster) -> None:
    agrees(stage, 1)
    stage.wait(timedelta(days=4))
    stage.campaigns.invitations.start("strategy", PUBLISHER)
    stage.sweeps()
    stage.wait(timedelta(days=20))

    assert held(stage) == {HeldBack.INVITED: 1}
    assert dict(stage.campaigns.invitations.plan("term").held) == {HeldBack.LATELY: 1}
    assert stage.campaigns.invitations.start("strategy", PUBLISHER) == 0


def test_they_leave_one_after_another(stage: Poster) -> None:
    for number in (1, 2):
        agrees(stage, number)
    stage.wait(timedelta(days=4))
    stage.campaigns.invitations.start("strategy", PUBLISHER)

    assert len(stage.sweeps()) == 1
    assert stage.sweeps() == []
    stage.wait(timedelta(minutes=2))
    assert len(stage.sweeps()) == 1


def test_staff_can_stop_it_in_the_middle(stage: Poster) -> None:
    for number in (1, 2):
        agrees(stage, number)
    stage.wait(timedelta(days=4))
    stage.campaigns.invitations.start("strategy", PUBLISHER)
    stage.sweeps()
    assert stage.campaigns.invitations.stop("strategy", NORA) == 1
    stage.wait(timedelta(minutes=2))

    assert stage.sweeps() == []


def test_stop_takes_the_consent_back_for_good(stage: Poster) -> None:
    agrees(stage, 1)
    stage.hears("stop")
    stage.hears("start")
    stage.wait(timedelta(days=4))

    assert stage.campaigns.invitations.plan("strategy").agreed == 0


def test_who_writes_between_the_press_and_the_sending_is_not_interrupted(stage: Poster) -> None:
    agrees(stage, 1)
    stage.wait(timedelta(days=4))
    stage.campaigns.invitations.start("strategy", PUBLISHER)
    stage.hears("The driver was rude to him this morning as well")

    assert stage.sweeps() == []
    assert stage.campaigns.review.records.standing("strategy").states == {"held_back": 1}


def test_nobody_is_invited_about_whom_somebody_worries(stage: Poster) -> None:
    agrees(stage, 1)
    raise_alert(stage)
    stage.wait(timedelta(days=4))

    assert held(stage) == {HeldBack.DANGER: 1}


def test_a_mourner_is_not_invited(stage: Poster) -> None:
    agrees(stage, 1)
    stage.hears("My son died in August")
    stage.wait(timedelta(days=4))

    assert held(stage) == {HeldBack.MOURNING: 1}


def test_a_young_person_is_not_invited(stage: Poster) -> None:
    agrees(stage, 1)
    with stage.store.transaction() as tx:
        with stage.database.reading() as connection:
            found = connection.execute(select(experience.c.id)).scalar_one()
        tx.describe_experience(found, speaker=Speaker.YOUNG_PERSON)
    stage.wait(timedelta(days=4))

    assert held(stage) == {HeldBack.YOUNG: 1}


def test_a_talk_that_staff_hold_is_left_alone(stage: Poster) -> None:
    agrees(stage, 1)
    with stage.store.transaction() as tx:
        contact = tx.hold_contact(stage.address, (), locale=ENGLISH, now=stage.clock.at)
        tx.hold_talk(contact.id, ChannelName("sms"), stage.clock.at)
    stage.wait(timedelta(days=4))

    assert held(stage) == {HeldBack.HELD: 1}


def test_never_again_is_kept(stage: Poster) -> None:
    agrees(stage, 1)
    stage.wait(timedelta(days=4))
    stage.campaigns.invitations.start("strategy", PUBLISHER)
    stage.sweeps()

    assert stage.hears("3") == ["Done. We will not ask you again. You can still write to us any time."]
    assert stage.campaigns.invitations.plan("strategy").agreed == 0


def test_the_file_holds_no_row_from_which_one_person_could_be_told(stage: Poster) -> None:
    for number in range(5):
        answers_all(stage, number, "1", "1", "skip")
    answers_all(stage, 6, "2", "1", LONG)
    rows = stage.campaigns.review.rows("strategy", NORA)

    assert {row["answer"] for row in rows} == {"Yes", LONG}
    assert {frozenset(row) for row in rows} == {frozenset({"question", "answer", "channel", "language"})}
