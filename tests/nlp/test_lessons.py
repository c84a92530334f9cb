"""What a tagger is taught from, and when a challenger is refused."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from bot.cards import DecisionView, PassageView
from bot.heard import Heard, Polarity, Risk, RiskLevel
from bot.taggers import Decided
from nlp.corpus import Labelled
from nlp.judging import Judged
from nlp.lessons import danger_missed, differences, from_staff, of_themes, put_aside, teachable, verdict
from tests.storage.made_up import NOW

THEMES = ("taxi", "school")
GROUPS = {"taxi": "Ways", "school": "Places"}


def row(text: str, *themes: str, author: str = "", feeling: Polarity | None = None) -> Labelled:
    return Labelled(text=text, themes=frozenset(themes), author=author, feeling=feeling)


def judged(wrong: int, *, rows: int = 100, theme: int = 0) -> Judged:
    """Half of the messages are about each theme; of the one theme so many are missed."""
    wanted = np.array([[number % 2 == 0, number % 2 == 1] for number in range(rows)])
    said = wanted.copy()
    said[np.flatnonzero(wanted[:, theme])[:wrong], theme] = False
    labelled = [row(str(number)) for number in range(rows)]
    return Judged(
        rows=labelled, themes=THEMES, wanted=wanted, said=said, chances=said.astype(np.float32), felt=[Polarity.NONE] * rows
    )


def test_a_challenger_that_is_much_worse_on_one_group_is_refused_with_where() -> None:
    found = differences(judged(0), judged(25), GROUPS)
    said = verdict({"the messages put aside": found})

    assert {one.name: one.is_worse for one in found} == {"Ways": True, "Places": False, "all themes together": True}
    assert not said.is_taken
    assert "“Ways” on the messages put aside (F1 0.67, before 1.00)" in said.says


@pytest.mark.parametrize(("before", "after"), [(10, 10), (10, 11), (20, 2)])
def test_one_that_is_as_good_or_worse_by_chance_alone_or_better_is_taken(before: int, after: int) -> None:
    assert verdict({"the messages put aside": differences(judged(before), judged(after), GROUPS)}).is_taken


def test_a_group_seldom_heard_refuses_nobody() -> None:
    """Of few messages, nothing can be said."""
    found = differences(judged(0, rows=20), judged(8, rows=20), GROUPS)

    assert [one.is_worse for one in found if one.name == "Ways"] == [False]


def test_two_that_know_different_themes_are_compared_on_those_they_share() -> None:
    other = replace(judged(0), themes=("taxi", "canteen"))

    assert [one.name for one in differences(judged(0), other, GROUPS)] == ["Ways", "all themes together"]


class Ear:
    """Hears danger in the texts it knows."""

    tagger = "ear"

    def __init__(self, *known: str) -> None:
        self.known = known

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        return Heard(redacted=text, risk=Risk(RiskLevel.DANGER if text in self.known else RiskLevel.NONE))


def test_one_with_which_less_danger_is_heard_is_refused() -> None:
    texts = [("he hit her", {"violence", "explicit"}), ("she will not wake", {"explicit"})]

    missed = danger_missed(texts, Ear("he hit her", "she will not wake"), Ear("she will not wake"))
    assert missed == ("explicit", "violence")
    assert danger_missed(texts, Ear("he hit her"), Ear("he hit her", "she will not wake")) == ()
    assert verdict({}, missed).says == "It is worse by more than chance at danger in explicit, violence."
    assert verdict({}).is_taken


def decided(number: int, *themes: str) -> Decided:
    said = tuple(DecisionView(theme=theme, verdict=True, by="Jo", at=NOW) for theme in themes)
    passage = PassageView(id=UUID(int=number), text=f"text {number}", polarity=Polarity.BAD, decisions=said)
    return Decided(passage=passage, experience_id=UUID(int=number), channel="sms", question="good")


def test_a_fifth_of_what_staff_decided_is_put_aside_and_what_nobody_decided_left_out() -> None:
    learn, aside = from_staff([*(decided(number, "taxi") for number in range(10)), decided(11)])

    assert [row.text for row in aside] == ["text 0", "text 5"]
    assert len(learn) == 8
    assert learn[0].themes == {"taxi"}
    assert (learn[0].feeling, learn[0].question, learn[0].channel) == (None, "good", "sms")


def test_whoever_wrote_a_row_is_on_one_side_only() -> None:
    learn, aside = put_aside([row(f"text {number}", "taxi", author=f"writer {number % 10}") for number in range(100)])

    assert (len(learn), len(aside)) == (80, 20)
    assert {one.author for one in learn} & {one.author for one in aside} == set()


def test_what_cannot_be_learnt_is_left_out_with_a_sentence() -> None:
    said: list[str] = []
    rows = [row(f"text {number}", "all", "half" if number % 2 else "rest", feeling=Polarity.BAD) for number in range(20)]

    kept, themes = teachable([*rows, row("rare", "all", "seldom")], ["all", "half", "rest", "seldom"], said.append)

    assert themes == ("half", "rest")
    assert all(one.feeling is None for one in kept)
    assert said == [
        "In fewer than 5 messages, so not to be learnt: seldom.",
        "In all messages or nearly all, so it tells nothing: all.",
        "Feelings that cannot be learnt from these rows: bad.",
    ]


def test_what_is_about_themes_nobody_teaches_is_left_out_and_what_is_about_none_stays() -> None:
    rows = [row("a", "own_hoists"), row("b", "transport", "own_hoists"), row("c", "transport"), row("d")]

    assert of_themes(rows, ["transport"]) == rows[1:]
