"""One round of looking for new matters, without the sentence model and with vectors of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from bot.matters import Told
from nlp.matters import MOST, MatterGrouping
from nlp.sentences import SentenceModel
from tests.nlp.test_similar import HOIST, others
from tests.staff.fakes import a_passage


def told(text: str, person: int, *, transport: float = 0.0) -> Told:
    passage = a_passage(text, name=f"{person} {text}", themes={"transport": transport} if transport else {})
    return Told(passage=passage, experience_id=UUID(int=person), contact_id=UUID(int=person))


class ByFirstWord:
    """Texts are alike whose first word is the same. ``asked`` counts the texts."""

    asked = 0

    def likeness(self, texts: Sequence[str]) -> NDArray[np.float32]:
        type(self).asked += len(texts)
        words = sorted({"pool", "bus", "form"})
        return np.array([[float(text.split()[0] == word) for word in words] for text in texts], np.float32)


def by_first_word() -> SentenceModel:
    return cast("SentenceModel", ByFirstWord())


def test_several_people_with_one_matter_are_found_among_many_with_none() -> None:
    grouping = MatterGrouping(lambda: None)
    for number, text in enumerate([*HOIST, *others(60)]):
        grouping.learn([told(text, number)])

    (first, *_) = grouping.found()
    assert {one.passage.text for one in first.told} <= set(HOIST)
    assert len(first.told) >= 5
    assert "hoist" in first.terms


def test_what_a_theme_is_likely_for_is_left_out_and_never_read() -> None:
    ByFirstWord.asked = 0
    grouping = MatterGrouping(by_first_word)
    grouping.learn([told(f"bus number {n}", n, transport=0.9) for n in range(5)])
    grouping.learn([told(f"pool hoist {n}", n, transport=0.3) for n in range(5)])

    (only,) = grouping.found()
    assert [one.passage.text for one in only.told] == [f"pool hoist {n}" for n in range(5)]
    assert ByFirstWord.asked == 5


def test_the_model_is_not_asked_for_where_there_is_nothing_to_compare() -> None:
    def never() -> SentenceModel:
        raise AssertionError

    grouping = MatterGrouping(never)
    grouping.learn([told("bus late", 1, transport=0.9)])

    assert list(grouping.found()) == []


def test_three_people_are_enough_and_two_are_not_however_often_they_wrote() -> None:
    grouping = MatterGrouping(by_first_word)
    grouping.learn([told(f"pool hoist {n}", n) for n in range(3)])
    grouping.learn([told(f"form lost {n}", n % 2) for n in range(8)])

    assert [{one.passage.text.split()[0] for one in matter.told} for matter in grouping.found()] == [{"pool"}]


def test_where_there_is_nothing_there_is_no_matter() -> None:
    assert list(MatterGrouping(lambda: None).found()) == []
    assert list(MatterGrouping(by_first_word).found()) == []


def test_the_newest_are_compared_where_there_are_too_many() -> None:
    grouping = MatterGrouping(by_first_word)
    grouping.learn([told("pool hoist broken", n) for n in range(5)])
    grouping.learn([told(f"bus {n}", n) for n in range(MOST)])

    assert {one.passage.text.split()[0] for matter in grouping.found() for one in matter.told} == {"bus"}
