"""What only the second listener hears: people are told at once and in the same commit; the family is sent no numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.byhand import ByHand, Entry, Kind, noon
from bot.cards import ExperienceCard
from bot.events import Amended
from bot.heard import Heard, Risk, RiskKind, RiskLevel
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address, Manner
from channels.manual import by_hand
from storage.accounts import SqlAccounts
from storage.database import Database
from storage.masking import mask_message
from storage.tables import inbound_message
from tests.bot.street import ANNA, BORIS, MONDAY, Street
from tests.journeys import stage
from tests.journeys.given import GivenListener

HINTS = {"one shoe": RiskKind.CHILD_NOT_SAFE, "the weir": RiskKind.SELF_HARM, "nobody\nhome": RiskKind.CHILD_NOT_SAFE}
HINT = "He came off the bus with one shoe again and would not say why."
STORY = "The taxi was late again on Monday and nobody rang us about it."
BY_THE_RULES = "My son says he wants to kill himself."


class SecondListener(GivenListener):
    """Hears, besides what the rules do, danger in three hints and weariness in one."""

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        heard = super().hear(text, question=question)
        if heard.risk.level.needs_alert:
            return heard
        kinds = tuple(kind for hint, kind in HINTS.items() if hint in text)
        if kinds:
            places = [(text.find(hint), text.find(hint) + len(hint)) for hint in (*HINTS, "07700") if hint in text]
            return replace(heard, risk=Risk(RiskLevel.CONCERN, kinds, tuple(sorted(places)), by_scorer=True))
        if "the same four walls" in text:
            return replace(heard, risk=Risk(RiskLevel.WELLBEING, (RiskKind.BREAKING_POINT,), ((0, 2),), by_scorer=True))
        return heard


@pytest.fixture
def street(database: Database) -> Street:
    street = Street(database)
    street.turns._listener = SecondListener()
    return street


def goes_on(street: Street) -> None:
    street.later(minutes=1)
    street.all_turns()
    street.deliver()


def cards(street: Street) -> tuple[ExperienceCard, ...]:
    return street.store.inbox(InboxFilter(open_only=False)).cards


def test_an_alert_is_raised_with_the_turn_and_stands_on_the_record(street: Street) -> None:
    street.text(HINT)
    assert street.store.alerts_due(street.clock.at) == ()

    goes_on(street)

    (card,) = cards(street)
    assert [(alert.level, alert.kinds) for alert in card.alerts] == [(RiskLevel.CONCERN, ("child_not_safe",))]
    assert card.risk is RiskLevel.CONCERN
    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_the_alert_says_whose_it_is_and_which_words_weighed(street: Street) -> None:
    street.text(HINT)

    goes_on(street)

    ((alert,),) = (card.alerts for card in cards(street))
    assert (alert.by_scorer, alert.weighed, alert.signpost_state) == (True, ("one shoe",), "")


def test_of_words_that_weighed_none_is_told_that_is_masked(street: Street) -> None:
    street.text("The driver, 07700 900123, said only: one shoe, the weir.")

    goes_on(street)

    ((alert,),) = (card.alerts for card in cards(street))
    assert alert.weighed == ("one shoe", "the weir")
    with street.database.writing() as connection:
        row = connection.execute(select(inbound_message)).one()
        mask_message(connection, row, [(at := row.redacted.index("one shoe"), at + len("one shoe"), "name")])
    ((alert,),) = (card.alerts for card in cards(street))
    assert alert.weighed == ("the weir",)


def test_several_messages_heard_as_one_tell_no_single_word(street: Street) -> None:
    street.text("there is nobody")
    street.text("home when she gets back")

    goes_on(street)

    ((alert,),) = (card.alerts for card in cards(street))
    assert (alert.by_scorer, alert.weighed) == (True, ())


def test_an_alert_of_the_rules_is_none_of_the_second_listener(street: Street) -> None:
    street.text(f"{BY_THE_RULES} {HINT}")

    goes_on(street)

    ((alert,),) = (card.alerts for card in cards(street))
    assert (alert.by_scorer, alert.weighed) == (False, ())


def test_the_family_is_sent_no_numbers_for_it(street: Street) -> None:
    street.text(HINT)

    goes_on(street)

    assert street.heard_by_them
    assert not any("being told now" in text for text in street.heard_by_them)


def test_where_the_rules_hear_it_there_is_one_alert_and_the_signpost_as_ever(street: Street) -> None:
    street.text(f"{BY_THE_RULES} {HINT}")
    street.text(HINT)

    goes_on(street)

    assert [len(card.alerts) for card in cards(street)] == [1]
    assert any("being told now" in text for text in street.heard_by_them)


def test_a_burst_raises_one_alert_however_many_of_its_messages_are_heard(street: Street) -> None:
    for words in (STORY, HINT, "She drew the weir again, the same page.", HINT):
        street.text(words)

    goes_on(street)

    (card,) = cards(street)
    assert [alert.kinds for alert in card.alerts] == [("child_not_safe",)]


def test_messages_that_only_say_it_together_are_heard_as_one(street: Street) -> None:
    street.text("there is nobody")
    street.text("home when she gets back")

    goes_on(street)

    assert [len(card.alerts) for card in cards(street)] == [1]


def test_later_words_that_hint_again_raise_an_alert_of_their_own(street: Street) -> None:
    street.text(HINT)
    goes_on(street)
    street.text("She drew the weir again, the same page.")
    goes_on(street)

    assert sorted(alert.kinds for card in cards(street) for alert in card.alerts) == [("child_not_safe",), ("self_harm",)]


def test_words_changed_after_their_turn_are_heard_too(street: Street) -> None:
    message = street.text(STORY)
    goes_on(street)
    street.intake.receive([Amended(channel=message.channel, account=message.account, external_id=message.external_id, text=HINT)])
    goes_on(street)

    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_a_failed_turn_raises_nothing_and_the_next_try_raises_one(street: Street) -> None:
    class FailsOnce(SecondListener):
        tries = 0

        def hear(self, text: str, *, question: str | None = None) -> Heard:
            self.tries += 1
            if self.tries == 1:
                raise ValueError
            return super().hear(text, question=question)

    street.turns._listener = FailsOnce()
    street.text(HINT)
    street.later(minutes=1)
    street.turn()
    assert cards(street) == ()

    street.later(minutes=1)
    goes_on(street)

    assert [len(card.alerts) for card in cards(street)] == [1]


def test_a_weary_carer_gets_the_gentle_road_and_raises_no_alert(street: Street) -> None:
    street.text("I see the same four walls and do the same things, day in, day out, year after year.")
    street.text("The taxi was late again and school rang again about his shoes.", sender=BORIS)

    goes_on(street)

    assert [card.alerts for card in cards(street)] == [(), ()]
    assert sorted(card.risk for card in cards(street)) == [RiskLevel.NONE, RiskLevel.WELLBEING]
    assert street.heard_at(ANNA) != street.heard_at(BORIS)


@pytest.mark.parametrize(("days", "calls"), [(90, 1), (91, 0)])
def test_old_words_that_were_typed_in_call_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch, days: int, calls: int
) -> None:
    monkeypatch.setattr(stage, "_door", lambda channel: by_hand())
    street = Street(database, channel="byhand")
    street.turns._listener = SecondListener()
    hand = ByHand(intake=street.intake, accounts=SqlAccounts(street.database), locales=(ENGLISH,))
    hand.enter(
        Entry(id=UUID(int=101), kind=Kind.EVENT, words=HINT, on=(MONDAY - timedelta(days=days)).date(), locale=ENGLISH),
        UUID(int=7),
    )

    goes_on(street)

    assert [len(card.alerts) for card in cards(street)] == [1]
    assert len(street.store.alerts_due(street.clock.at)) == calls


def test_a_mail_whose_clock_is_wrong_still_calls(database: Database) -> None:
    street = Street(database, channel="email")
    street.turns._listener = SecondListener()
    street.text(HINT, sender=Address("email", "mum@family.example"), sent_at=noon(date(1970, 1, 1)), manner=Manner.KEEP)

    goes_on(street)

    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_what_is_a_command_is_heard_by_the_rules_alone(street: Street) -> None:
    class Nervous(GivenListener):
        def hear(self, text: str, *, question: str | None = None) -> Heard:
            heard = super().hear(text, question=question)
            return replace(heard, risk=Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,), by_scorer=True))

    street.turns._listener = Nervous()
    street.text("call me")

    goes_on(street)

    assert street.store.alerts_due(street.clock.at) == ()


def test_a_command_is_no_part_of_what_is_heard_as_one(street: Street) -> None:
    class Startled(GivenListener):
        def hear(self, text: str, *, question: str | None = None) -> Heard:
            heard = super().hear(text, question=question)
            startled = Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,), by_scorer=True)
            return replace(heard, risk=startled) if "delete" in text else heard

    street.turns._listener = Startled()
    for words in ("The taxi was late again.", "delete", "delete 482"):
        street.text(words)

    goes_on(street)

    assert street.store.alerts_due(street.clock.at) == ()
