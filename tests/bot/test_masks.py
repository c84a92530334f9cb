"""More is masked in a text that is masked: only ever more, everything else keeps its place, and old and new come together."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.details import Found
from bot.masks import hiding, mask_more, onto, places_of
from bot.redaction import redactor

NAME = "[name removed]"
PIECES = st.sampled_from(
    ["Kacper", "kacper", " ", " ", "'s", "mum", NAME, "[phone removed]", "[", "]", "é", "\u200b", "\U0001f600", "removed", ". "]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


def masks(text: str, spans: list[tuple[int, int]]) -> list[Found]:
    return [(start, end, "name") for start, end in spans if start < end <= len(text)]


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        ("Kacper", "Kacper is tired", "[name removed] is tired"),
        ("kacper", "KACPER's mum, and Kacper.", "[name removed]'s mum, and [name removed]."),
        ("Kacper", "kacpers teacher", "[name removed] teacher"),
        ("Jo", "Jo's job with Jonas", "[name removed]'s job with Jonas"),
        ("zoe", "my Zoë", "my [name removed]"),
        ("Nowak  Anna", "seen by nowak anna", "seen by [name removed]"),
        ("name", "my [name removed] name", "my [name removed] [name removed]"),
        ("Łukasz", "tata ŁUKASZ i Łukasza", "tata [name removed] i Łukasza"),
        ("J.J", "J.J and JxJ", "[name removed] and JxJ"),
        ("Tom", "Tom\u200b and T\u200bom", "[name removed] and [name removed]"),
        ("Kacper", "no such name", "no such name"),
        (" ", "no such name", "no such name"),
    ],
)
def test_a_word_is_hidden_wherever_it_stands_as_a_whole_however_it_is_written(words: str, text: str, shown: str) -> None:
    assert mask_more(text, hiding(words)(text)).text == shown


def test_evidence_goes_with_its_words_and_behind_a_mask() -> None:
    text = "Kacper waits for the taxi"
    moved = mask_more(text, hiding("Kacper")(text))

    assert moved.text[slice(*moved.span(text.index("taxi"), len(text)))] == "taxi"
    assert moved.text[slice(*moved.span(0, 6))] == NAME
    assert moved.text[slice(*moved.span(3, 12))] == f"{NAME} waits"
    assert moved.left([(0, 6), (7, 12)]) == (moved.span(7, 12),)


@given(TEXTS, SPANS)
@example(f"a{NAME}b{NAME}", [(0, 20)])
def test_nothing_that_is_masked_is_shown_again(text: str, spans: list[tuple[int, int]]) -> None:
    moved = mask_more(text, masks(text, spans))

    assert shows_no_more(moved.text, text)
    assert len(redactor().placeholders(moved.text)) >= bool(redactor().placeholders(text))


@given(TEXTS, st.sampled_from(["Kacper", "kacper mum", "removed", "é"]))
def test_hiding_a_word_twice_changes_nothing(text: str, word: str) -> None:
    once = mask_more(text, hiding(word)(text)).text

    assert mask_more(once, hiding(word)(once)).cuts == ()


@given(TEXTS, SPANS, SPANS)
@example(f"{NAME} {NAME}", [], [(6, 15)])
@example(f"{NAME}{NAME} a", [(3, 5)], [(6, 15)])
def test_masks_of_the_words_as_they_came_are_laid_over_what_was_masked_before(
    text: str, before: list[tuple[int, int]], now: list[tuple[int, int]]
) -> None:
    shown = mask_more(text, masks(text, before)).text
    found = onto(masks(text, now), text, shown)

    assert found is not None
    assert all(0 <= start < end <= len(shown) for start, end, _ in found)
    both = mask_more(shown, found).text
    new = mask_more(text, masks(text, now)).text
    assert shows_no_more(both, shown)
    assert shows_no_more(both, new)


def test_old_and_new_masks_come_together() -> None:
    text = "Kacper and Anna, said anna, with Kacper Nowak"
    shown = "Kacper and [name removed], said anna, with [name removed] Nowak"
    anna, again = text.index("anna"), text.rindex("Kacper")
    found = onto([(0, 6, "child"), (anna, anna + 4, "name"), (again, len(text), "child")], text, shown)

    assert found is not None
    together = mask_more(shown, found).text
    assert together == "[name of a child removed] and [name removed], said [name removed], with [name of a child removed]"


@pytest.mark.parametrize("shown", ["Kacper an", "x Kacper and Anna", "[name removed] or Anna", f"{NAME}Kacper and Anna", ""])
def test_a_copy_of_another_text_is_not_taken_for_one_of_this(shown: str) -> None:
    assert onto([(0, 6, "name")], "Kacper and Anna", shown) is None


def test_long_texts_are_masked_in_time_that_grows_with_them() -> None:
    text = "Kacper x " * 20_000
    began = time.process_time()
    shown = mask_more(text, hiding("x")(text)).text
    found = onto([(start, end, "name") for start, end in places_of("Kacper", text)], text, shown)
    assert found is not None
    mask_more(shown, found)

    assert time.process_time() - began < 5


def shows_no_more(now: str, before: str) -> bool:
    """Whether all that can be read could be read before, in this order."""
    left = iter(visible(before))
    return all(character in left for character in visible(now))


def visible(text: str) -> str:
    for start, end in reversed(redactor().placeholders(text)):
        text = text[:start] + text[end:]
    return text
