"""The language cues are written in, one rule a test."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.errors import BadContent
from nlp.cues import GAP, CueBook
from nlp.spelling import Spelling

LISTS = {"refuse": ["refuse", "turn down", "say no"], "wait": ["wait", "waiting list"]}


def found(nlp: Language, spelling: Spelling, line: str, text: str) -> list[str]:
    """The words of the text that are the line."""
    doc = nlp(text)
    book = CueBook(nlp, spelling, LISTS, [line])
    return [doc[start:end].text for start, end in book.find(doc).get(line, [])]


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        ("waiting list", "on the waiting list", ["waiting list"]),
        ("refuse", "they refused us", ["refused"]),
        ("cannot get in", "I can't get in", ["can't get in"]),
        ("cannot get in", "cant get in", ["cant get in"]),
        ("taxi|bus late", "the bus was late, taxi late", ["taxi late"]),
        ("@refuse", "we were turned down", ["turned down"]),
        ("(turn up | arrive) late", "it arrived late", ["arrived late"]),
        ("(turn up | arrive) late", "turning up late", ["turning up late"]),
        ("not? turn up", "didn't turn up", ["n't turn up"]),
        ("not? turn up", "he turned up", ["turned up"]),
        ("the (old | new)? school", "the school", ["the school"]),
        ("refuse ... transport", "refused us any school transport", ["refused us any school transport"]),
        ("# week", "20wks now", ["20wks"]),
        ("# week", "twenty weeks", ["twenty weeks"]),
        ("=left", "she left, he leaves", ["left"]),
        ("part-time", "part time and part-time", ["part time", "part-time"]),
        ("year 6", "yr6 was fine", ["yr6"]),
        ("school head", "the school's head", ["school's head"]),
        ("taxi + late", "late again. the taxi", ["late", "taxi"]),
        ("@refuse ... @wait", "said no and back on the waiting list", ["said no and back on the waiting"]),
        ("camhs", "CAHMS", ["CAHMS"]),
    ],
)
def test_a_line_finds_its_words(nlp: Language, spelling: Spelling, line: str, text: str, words: list[str]) -> None:
    assert found(nlp, spelling, line, text) == words


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("waiting list", "waiting for a list"),
        ("taxi + late", "the taxi"),
        ("refuse ... transport", "they refused. Transport is fine"),
        ("refuse ... transport", "refused " + "so " * (GAP + 1) + "transport"),
        ("not turn up", "turn up"),
        ("=left", "leaving"),
        ("(turn up | arrive) late", "turn late"),
    ],
)
def test_a_line_finds_nothing_else(nlp: Language, spelling: Spelling, line: str, text: str) -> None:
    assert found(nlp, spelling, line, text) == []


def test_of_several_ways_through_a_gap_the_shortest_counts(nlp: Language, spelling: Spelling) -> None:
    assert found(nlp, spelling, "taxi ... late", "taxi late and late") == ["taxi late"]


def test_only_lines_that_are_in_the_text_are_found(nlp: Language, spelling: Spelling) -> None:
    book = CueBook(nlp, spelling, LISTS, ["taxi", "bus", "taxi + bus"])

    assert set(book.find(nlp("a taxi"))) == {"taxi"}
    assert set(book.find(nlp("a taxi, a bus"))) == {"taxi", "bus", "taxi + bus"}
    assert book.find(nlp("")) == {}


@pytest.mark.parametrize("line", ["not?", "taxi @nothing", "taxi (a | )", "(a ... b) c", "-"])
def test_a_line_that_cannot_be_read_is_refused(nlp: Language, spelling: Spelling, line: str) -> None:
    with pytest.raises(BadContent):
        CueBook(nlp, spelling, LISTS, [line])


def test_a_stretch_of_a_text_finds_what_it_would_alone(nlp: Language, spelling: Spelling) -> None:
    book = CueBook(nlp, spelling, LISTS, ["taxi ... late", "taxi", "@refuse + taxi", "not? turn up", "# week"])
    doc = nlp("They refused the taxi for 2 weeks. The taxi was very late and it didn't turn up.")

    for start in range(len(doc)):
        for end in range(start + 1, len(doc) + 1):
            alone = book.find(nlp(doc[start:end].as_doc()))
            shifted = {line: [(first + start, last + start) for first, last in words] for line, words in alone.items()}

            assert book.find(doc[start:end]) == shifted
