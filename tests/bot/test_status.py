"""STATUS tells facts: where the newest experience stands, how many are like it, what the team said, what is owed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from bot.conversation import AddTask, Owed, Standing
from bot.status import TOLD_OF, Vote, top_theme
from channels.segments import measure
from tests.bot.talking import SCRIPT, WORDING, Talk

READ = Standing(reference="RIVER 482", promised_on=date(2026, 11, 26), read_on=date(2026, 11, 24))
TOLD = Standing(
    reference="RIVER 482",
    promised_on=date(2026, 11, 26),
    read_on=date(2026, 11, 24),
    theme="transport",
    alike=23,
    talked_on=date(2026, 12, 4),
    answer_on=date(2026, 12, 20),
)


@pytest.fixture
def told() -> Talk:
    talk = Talk()
    talk.says("The school taxi has come late every day this week and nobody can tell me why that is")
    return talk


def knows(talk: Talk, standing: Standing) -> Talk:
    talk.knows(standing=standing)
    return talk


def test_the_facts_are_told_in_one_message(told: Talk) -> None:
    told.waits(days=16)

    assert knows(told, TOLD).says("status") == [
        (
            "Ref RIVER 482. A person in the SEND team read it on Tue 24 Nov. One of 23 this term about transport to school or "
            "college. The team talked about it on Fri 4 Dec. An answer is due on Sun 20 Dec."
        )
    ]


def test_an_answer_that_did_not_come_was_due(told: Talk) -> None:
    told.waits(days=40)

    assert knows(told, TOLD).says("status")[0].endswith("An answer was due on Sun 20 Dec.")


def test_of_a_few_nothing_is_said(told: Talk) -> None:
    few = Standing(reference="RIVER 482", promised_on=date(2026, 11, 26), theme="transport", alike=4)

    assert knows(told, few).says("status") == ["Ref RIVER 482. Not read yet. The SEND team reads it by Thu 26 Nov."]


def test_how_many_more_they_have_told_us(told: Talk) -> None:
    more = Standing(reference="HEDGE 207", promised_on=date(2026, 11, 26), others=2)

    assert knows(told, more).says("status") == [
        "Ref HEDGE 207. Not read yet. The SEND team reads it by Thu 26 Nov. Other things you have told us: 2."
    ]


def test_words_that_came_after_it_was_read_are_not_said_to_be_read(told: Talk) -> None:
    since = Standing(reference="RIVER 482", promised_on=date(2026, 12, 3), read_on=date(2026, 11, 18), is_unread=True)

    assert knows(told, since).says("status") == [
        (
            "Ref RIVER 482. A person in the SEND team read it on Wed 18 Nov. What you have sent since then is not read yet. The "
            "SEND team reads it by Thu 3 Dec."
        )
    ]


def test_after_a_missed_day_a_person_is_set_on_it_once(told: Talk) -> None:
    late = Standing(reference="RIVER 482", promised_on=date(2026, 11, 18))
    knows(told, late).says("status")
    first = told.done(AddTask)
    knows(told, Standing(reference="RIVER 482", promised_on=date(2026, 11, 18), looking_by=date(2026, 11, 20)))
    again = told.says("status")

    assert first == [AddTask("look_again", date(2026, 11, 20))]
    assert told.done(AddTask) == []
    assert again == [
        "Ref RIVER 482. We said we would read it by Wed 18 Nov, and nobody has. We are late. Someone will look by Fri 20 Nov."
    ]


def test_what_is_owed_is_told_and_what_is_late_is_said_to_be_late(told: Talk) -> None:
    owed = (Owed("question", date(2026, 11, 24)), Owed("call_back", date(2026, 11, 18)))
    _, second = knows(told, Standing(reference="RIVER 482", promised_on=date(2026, 11, 26), owed=owed)).says("status")

    assert second == ("By Wed 18 Nov: a person gets in touch with you. That is late. By Tue 24 Nov: an answer to your question.")


def test_after_danger_no_count_is_told(told: Talk) -> None:
    told.knows(danger=True)

    assert "23" not in knows(told, TOLD).says("status")[0]


def test_after_a_death_no_count_is_told(told: Talk) -> None:
    told.knows(asked={"death": 1})

    assert "23" not in knows(told, TOLD).says("status")[0]


def test_an_experience_of_this_very_turn_is_the_newest(told: Talk) -> None:
    told.waits(days=8)

    said = knows(told, TOLD).says("The new driver is kind and always on time, she waves to him each day", "status")

    assert "Not read yet" in said[-1]
    assert "Other things you have told us: 1." in said[-1]


@pytest.mark.parametrize("locale", ["en", "en-x-easyread"])
def test_the_facts_fit_two_segments_with_the_longest_theme(locale: str) -> None:
    talk = Talk()
    talk.says("The school taxi has come late every day this week and nobody can tell me why that is")
    longest = max(SCRIPT.taxonomy.living(), key=lambda theme: len(theme.spoken[talk.conversation.locale]))
    talk.knows(locale=locale)
    full = Standing(
        reference="MEADOW 482",
        promised_on=date(2026, 9, 23),
        read_on=date(2026, 9, 23),
        theme=longest.code,
        alike=123,
        talked_on=date(2026, 9, 23),
        answer_on=date(2026, 12, 23),
    )

    text = knows(talk, full).says("status")[0]

    assert measure(text).segments <= (2 if locale == "en" else 3)


@pytest.mark.parametrize("kind", TOLD_OF)
def test_everything_that_may_be_owed_has_its_words(kind: str) -> None:
    assert all(f"owed.{kind}" in tongue.texts for tongue in WORDING.tongues.values())


# --- what an experience is most about ---------------------------------------------------------------------------------

ONE, TWO = UUID(int=1), UUID(int=2)


def test_the_surest_suggestion_counts_while_nobody_has_decided() -> None:
    votes = [Vote(passage=ONE, theme="transport", score=0.6), Vote(passage=TWO, theme="ehcp_content", score=0.9)]

    assert top_theme(votes) == "ehcp_content"


def test_a_decision_outranks_a_surer_suggestion() -> None:
    votes = [
        Vote(passage=ONE, theme="transport", score=0.6),
        Vote(passage=TWO, theme="ehcp_content", score=0.9),
        Vote(passage=ONE, theme="transport", verdict=True, by_staff=True),
    ]

    assert top_theme(votes) == "transport"


def test_what_staff_took_off_is_not_what_it_is_about() -> None:
    votes = [
        Vote(passage=ONE, theme="ehcp_content", score=0.9),
        Vote(passage=ONE, theme="transport", score=0.6),
        Vote(passage=ONE, theme="ehcp_content", verdict=False, by_staff=True),
    ]

    assert top_theme(votes) == "transport"


def test_the_later_of_two_words_of_staff_stands_and_the_parents_word_comes_after_theirs() -> None:
    votes = [
        Vote(passage=ONE, theme="transport", verdict=False, by_staff=True),
        Vote(passage=ONE, theme="transport", verdict=True, by_staff=True),
        Vote(passage=ONE, theme="transport", verdict=False),
    ]

    assert top_theme(votes) == "transport"


def test_without_a_word_there_is_no_theme() -> None:
    assert top_theme([]) is None
