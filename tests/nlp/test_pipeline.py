"""The pipeline leaves what it found on the doc, for whoever wants to explain it."""

from __future__ import annotations

import pytest
from spacy.language import Language

from nlp.pipeline import SPELLING, THEMES


def test_the_parts_are_found_by_their_names(nlp: Language) -> None:
    assert nlp.pipe_names == [SPELLING, THEMES]


def test_the_words_that_cause_a_theme_are_spans_with_its_code(nlp: Language) -> None:
    doc = nlp("the taxi came")

    assert [(span.label_, span.text) for span in doc.spans["themes"]] == [("transport", "taxi")]
    assert doc._.votes["transport"].evidence == ((4, 8),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3yrs", ["3", "yrs"]),
        ("yr6", ["yr", "6"]),
        ("he/she", ["he", "/", "she"]),
        ("late...again", ["late", "...", "again"]),
        ("post-16", ["post", "-", "16"]),
        ("20wks", ["20", "wks"]),
    ],
)
def test_phone_spellings_are_taken_apart(nlp: Language, text: str, words: list[str]) -> None:
    assert [token.text for token in nlp.make_doc(text)] == words
