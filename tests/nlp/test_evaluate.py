"""The figures of a tagger, on messages few enough to be counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.errors import BadContent
from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.tagger_figures import Figures, Measure, Table
from nlp.bootstrap import drawn
from nlp.corpus import Labelled
from nlp.evaluate import calibration, length_of, ranking, result
from nlp.evaluate_passages import passage_measures
from nlp.judging import Judged

THEMES = ("taxi", "school")


def message(themes: Sequence[str], *, channel: str = "sms", feeling: Polarity | None = Polarity.BAD) -> Labelled:
    return Labelled(text="some words", themes=frozenset(themes), feeling=feeling, author="one", channel=channel)


def judged(rows: Sequence[Labelled], chances: Sequence[Sequence[float]], felt: Sequence[Polarity] = ()) -> Judged:
    table = np.array(chances, np.float32)
    return Judged(
        rows=rows,
        themes=THEMES,
        wanted=np.array([[theme in row.themes for theme in THEMES] for row in rows]),
        said=table >= 0.5,
        chances=table,
        felt=felt or [Polarity.BAD] * len(rows),
    )


FOUR = judged(
    [message(["taxi"]), message(["taxi", "school"], channel="email"), message([]), message(["school"], channel="email")],
    [[0.9, 0.1], [0.8, 0.2], [0.55, 0.1], [0.1, 0.7]],
)


def test_precision_recall_and_f1_are_those_counted_by_hand() -> None:
    found = result(FOUR)

    taxi, school = found.themes
    assert (taxi.count, taxi.recall) == (2, 1.0)
    assert taxi.precision == pytest.approx(2 / 3)
    assert (school.count, school.precision, school.recall) == (2, 1.0, 0.5)
    assert found.all_themes.f1 == pytest.approx(6 / 8)
    assert found.mean_theme.f1 == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert found.exact == 0.5


def test_an_interval_holds_the_figure_and_is_the_same_each_time() -> None:
    first, again = result(FOUR), result(FOUR)

    assert first == again
    assert all(theme.low <= theme.f1 <= theme.high for theme in (*first.themes, first.all_themes, first.mean_theme))


def test_more_messages_make_the_interval_narrower() -> None:
    many = judged([*FOUR.rows] * 50, FOUR.chances.tolist() * 50)

    wide, narrow = result(FOUR).all_themes, result(many).all_themes
    assert narrow.high - narrow.low < (wide.high - wide.low) / 3


def test_groups_and_channels_are_measured_by_themselves() -> None:
    found = result(FOUR, {"taxi": "Ways", "school": "Places"})

    assert {group.name: group.count for group in found.groups} == {"Ways": 2, "Places": 2}
    assert {channel.name: channel.f1 for channel in found.channels} == {"email": pytest.approx(0.8), "sms": pytest.approx(2 / 3)}


def test_feelings_nobody_labelled_are_left_out() -> None:
    rows = [message([], feeling=Polarity.GOOD), message([], feeling=Polarity.BAD), message([], feeling=None)]

    found = result(judged(rows, [[0.0, 0.0]] * 3, [Polarity.GOOD, Polarity.GOOD, Polarity.BAD]))

    assert {feeling.name: feeling.recall for feeling in found.feelings} == {"good": 1.0, "bad": 0.0}
    assert found.mean_feeling is not None
    assert found.mean_feeling.f1 == pytest.approx((2 / 3) / 2)


def test_a_chance_that_means_what_it_says_has_no_error() -> None:
    honest = np.full(10, 0.7, np.float32)

    error, bins = calibration(honest, np.array([True] * 7 + [False] * 3))

    assert error == pytest.approx(0, abs=1e-6)
    assert [(one.count, round(one.right, 1)) for one in bins] == [(10, 0.7)]
    assert calibration(honest, np.zeros(10, bool))[0] == pytest.approx(0.7)


def test_the_ranking_is_one_where_the_themes_of_each_message_are_likeliest() -> None:
    wanted = np.array([[True, False], [False, False], [False, True]])

    assert ranking(np.array([[0.9, 0.1], [0.5, 0.4], [0.1, 0.2]], np.float32), wanted) == 1.0
    assert ranking(np.array([[0.1, 0.9], [0.5, 0.4], [0.1, 0.2]], np.float32), wanted) == 0.75


def test_what_is_sure_and_what_is_to_be_checked_is_counted_apart() -> None:
    bands = {band.name: (band.count, band.precision) for band in result(FOUR).bands}

    assert bands == {"sure": (2, 1.0), "fairly_sure": (1, 1.0), "please_check": (1, 0.0)}


@pytest.mark.parametrize(("words", "name"), [(1, "1 to 5 words"), (6, "6 to 15 words"), (500, "more than 120 words")])
def test_a_message_belongs_to_one_length(words: int, name: str) -> None:
    assert length_of("word " * words) == name


def test_a_cut_where_the_label_has_it_is_right_and_another_is_wrong() -> None:
    text = "The school is great. The taxi never comes."
    label = Labelled(
        text=text,
        themes=frozenset(THEMES),
        passages=(
            Labelled(text="The school is great.", themes=frozenset({"school"}), feeling=Polarity.GOOD),
            Labelled(text="The taxi never comes.", themes=frozenset({"taxi"}), feeling=Polarity.BAD),
        ),
    )

    well = heard(text, [(0, 20, "school", Polarity.GOOD), (21, len(text), "taxi", Polarity.BAD)])
    badly = heard(text, [(0, 10, "school", Polarity.GOOD), (10, len(text), "school", Polarity.GOOD)])

    assert [one.f1 for one in of_passages(label, well)] == [1.0, 1.0, 1.0]
    assert [one.f1 for one in of_passages(label, badly)] == [1.0, 0.0, pytest.approx(1 / 2)]


def of_passages(label: Labelled, found: Heard) -> Sequence[Measure]:
    one = judged([label], [[0.9, 0.9]])
    whole = Judged(
        rows=one.rows, themes=THEMES, wanted=one.wanted, said=one.said, chances=one.chances, felt=one.felt, heard=[found]
    )
    return passage_measures(whole, drawn(1, 10))["passages"]


def heard(text: str, passages: Sequence[tuple[int, int, str, Polarity]]) -> Heard:
    return Heard(
        redacted=text,
        passages=tuple(
            Passage(start, end, text[start:end], feeling, (Suggestion(theme, 0.9),)) for start, end, theme, feeling in passages
        ),
    )


def test_figures_come_back_from_where_they_are_kept() -> None:
    table = Table(title="Names", says="By community.", columns=("", "found"), rows=(("Polish", "0.95"),))
    figures = Figures(sample="four messages", words=result(FOUR, {"taxi": "Ways"}), sentences=result(FOUR), tables=(table,))

    assert Figures.from_json(figures.to_json()) == figures
    assert figures.best is figures.sentences


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 1}', '{"form": 2}', '{"form": 1, "sample": "", "words": 3}'])
def test_what_is_no_figures_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadContent):
        Figures.from_json(text)
