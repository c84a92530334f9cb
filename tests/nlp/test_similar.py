"""What was sent twice is known again, and a matter several people tell of is found, in their own words."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from nlp.corpus import DATA
from nlp.similar import Alike, alike, groups, new_matters

HOIST = [
    "the hoist at the swimming pool in yeovil has been broken since march",
    "pool hoist still not mended, my daughter cant get in the water",
    "when will the swimming pool hoist be repaired? he misses his swim",
    "they told us the hoist at the pool failed its test and nobody has ordered the part",
    "no swimming for wheelchair users because the hoist at the pool is broken",
    "the pool have had a sign on the hoist for five months saying awaiting part",
    "our swim session was cancelled as the pool hoist is broken",
    "swimming pool hoist broken again so no swim for us",
]


def others(count: int) -> list[str]:
    lines = (DATA / "themes" / "learn" / "t2-formal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines[:count]]


def vectors(*angles: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Rows of length 1 at these angles, in radians: the cosine of two is that of the angle between."""
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], np.float32)


# --- the same text ---


@pytest.mark.parametrize(
    "again",
    [
        "The taxi was late again and nobody rang me",
        "  the TAXI was late, again - and nobody rang me!! ",
        "the taxi was late agian and nobody rang me",
    ],
)
def test_a_text_with_other_signs_or_a_slip_is_the_same(again: str) -> None:
    assert alike(["The taxi was late again and nobody rang me", "no salt since march", again]) == [None, None, 0]


@pytest.mark.parametrize(
    "other",
    ["The school was late again and the office rang me", "The taxi", "taxi late", "Nobody rang about his new wheelchair"],
)
def test_a_text_that_says_something_else_is_another(other: str) -> None:
    assert alike(["The taxi was late again and nobody rang me", other]) == [None, None]


@pytest.mark.parametrize("text", ["", "   ", "👍", "?!", "\u200b"])
def test_a_text_without_words_is_like_no_other(text: str) -> None:
    assert alike([text, text]) == [None, None]


def test_whatever_is_alike_is_told_by_the_first_of_them() -> None:
    assert alike(["taxi late again today", "Taxi late again today!", "taxi late again todya"]) == [None, 0, 0]


def test_with_vectors_the_same_in_other_words_is_alike_from_a_cosine_of_95_in_100() -> None:
    texts = ["nobody rang me back", "I was never called back", "the school is great"]

    assert alike(texts, vectors(0, 0.3, 1.5)) == [None, 0, None]
    assert alike(texts, vectors(0, 0.33, 1.5)) == [None, None, None]


def test_hostile_texts_are_compared_too() -> None:
    texts = ["\ud800 lone \udfff", "a" * 1_000_000, "\u0430 mixed s\u0441ript", "a" * 1_000_000]

    assert alike(texts) == [None, None, None, 1]


def test_the_messages_of_the_corpus_are_no_copies_of_one_another() -> None:
    assert sum(found is not None for found in alike(others(150))) == 0


def test_one_by_one_they_are_known_by_the_number_given() -> None:
    known = Alike()

    assert known.look(7, "the taxi was late again") is None
    assert known.look(9, "the taxi was late again!") == 7


# --- one matter ---


def test_what_many_tell_of_is_one_matter_named_by_its_words() -> None:
    texts = others(120) + HOIST
    found = groups(texts)

    matter = next(matter for matter in found if "hoist" in matter.terms)
    assert matter.name == ", ".join(matter.terms)
    assert matter.contacts >= 5
    assert all(texts[place] in HOIST for place in matter.members)


def test_what_fewer_than_five_people_tell_of_is_no_matter() -> None:
    assert groups(HOIST, contacts=["one", "two", "one", "two", "three", "three", "four", "four"]) == []


def test_one_text_sent_by_five_people_is_a_matter_of_five() -> None:
    (matter,) = groups(["the lift at the centre is out"] * 5 + ["the lift in the centre is out of order"])

    assert matter.contacts == 6


def test_groups_are_joined_by_the_mean_of_their_likeness_and_not_by_a_chain() -> None:
    """Each is close to the next; the first and the last have nothing in common."""
    steps = [0.0, 0.7, 1.4, 2.1, 2.8]
    assert all(abs(np.cos(one - other)) > 0.65 for one, other in pairwise(steps))

    assert groups([f"text {step}" for step in steps], vectors(*steps), least=5) == []
    assert len(groups([f"text {step}" for step in steps], vectors(0, 0.4, 0.5, 0.6, 0.7), least=5)) == 1


def test_what_is_in_no_group_is_in_none() -> None:
    found = groups(others(60) + HOIST)

    assert len({member for matter in found for member in matter.members}) < 60


def test_nothing_has_no_groups() -> None:
    assert groups([]) == []
    assert groups(["", " ", "👍"], least=1) == []


def test_new_matters_are_told_among_those_no_theme_is_likely_for() -> None:
    texts = ["school is great today"] * 6 + HOIST
    chances = [0.9] * 6 + [0.2] * len(HOIST)
    found = new_matters(texts, chances, [f"contact {place}" for place in range(len(texts))])

    assert ["hoist" in matter.terms for matter in found] == [True]
    assert all(place >= 6 for matter in found for place in matter.members)


def test_words_that_were_masked_name_no_matter() -> None:
    (matter,) = groups([f"{HOIST[0]} [phone removed]"] * 5)

    assert "removed" not in matter.terms
