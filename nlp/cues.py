"""Reads the cues of ``themes.toml`` and finds them in a text.

A cue is a line of words; each is compared by its spelling key, so endings and slips do not matter.

    waiting list          these words, one after the other
    taxi|minibus          either word
    @refused              any word or phrase of a list under [words]
    not? turn up          a word that may be missing
    refused ... transport up to five other words between, within one sentence
    #                     a number
    =left                 exactly this form
    part-time             with or without the hyphen
    taxi + late           both, anywhere in the passage

What is written out in words goes into one ``PhraseMatcher``. A line that needs gaps or many choices gets a ``Matcher``
of its own, which is run only when a word it cannot do without is in the text: one big ``Matcher`` was measured at 34
CPU ms a message for 3,000 lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from nlp.spelling import Spelling

GAP = 5
_MOST_PHRASES = 48
_NOT_A_GAP = [".", "!", "?", "\n"]
_HYPHENS = ["-", "\N{EN DASH}", "/", "\N{HYPHEN}"]

Step = dict[str, Any]
"""One token of a ``Matcher`` pattern."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One word of a cue: what may stand there, as sequences of steps."""

    choices: tuple[tuple[Step, ...], ...]
    optional: bool = False
    gap: bool = False

    @property
    def keys(self) -> frozenset[str] | None:
        """The first key of every choice, when each begins with a plain one; else None."""
        firsts = [choice[0].get("LEMMA") for choice in self.choices]
        if self.gap or self.optional or not all(isinstance(first, str) for first in firsts):
            return None
        return frozenset(first for first in firsts if isinstance(first, str))


class CueBook:
    """Lines of cues, each with a name of the caller's; ``find`` says which stand in a text, and where."""

    def __init__(self, nlp: Language, spelling: Spelling, words: Mapping[str, Sequence[str]], lines: Iterable[str]) -> None:
        self._nlp = nlp
        self._spelling = spelling
        self._words = words
        self._phrases = PhraseMatcher(nlp.vocab, attr="LEMMA")
        self._matchers: dict[str, Matcher] = {}
        self._anchors: defaultdict[int, list[str]] = defaultdict(list)
        self._parts = {line: tuple(part.strip() for part in line.split(" + ")) for line in lines}
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        for line, parts in self._parts.items():
            for part in parts:
                self._lines[part].append(line)
        for part in self._lines:
            self._add(part)

    def find(self, doc: Doc) -> dict[str, list[Span]]:
        """The lines that stand in the text, each with the words that are it, in order, not overlapping."""
        parts = self._find_parts(doc)
        lines = dict.fromkeys(line for part in parts for line in self._lines[part])
        return {
            line: filter_spans([span for part in self._parts[line] for span in parts[part]])
            for line in lines
            if all(part in parts for part in self._parts[line])
        }

    def _find_parts(self, doc: Doc) -> dict[str, list[Span]]:
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for span in self._phrases(doc, as_spans=True):
            found[span.label_].append(span)
        wanted = {part for key in {token.lemma for token in doc} for part in self._anchors.get(key, ())}
        for part in sorted(wanted):
            spans = self._matchers[part](doc, as_spans=True)
            if spans:
                found[part].extend(_shortest(spans))
        return found

    # --- reading a line ---

    def _add(self, part: str) -> None:
        elements = list(self._read(part))
        plain = all(
            element.keys is not None and all("LEMMA" in step for c in element.choices for step in c) for element in elements
        )
        if plain and prod(len(element.choices) for element in elements) <= _MOST_PHRASES:
            self._phrases.add(part, [self._phrase(choice) for choice in product(*(e.choices for e in elements))])
            return
        matcher = Matcher(self._nlp.vocab)
        matcher.add(part, [list(pattern) for pattern in _patterns(elements)])
        self._matchers[part] = matcher
        for key in _anchor(part, elements):
            self._anchors[self._nlp.vocab.strings.add(key)].append(part)

    def _phrase(self, choice: Sequence[Sequence[Step]]) -> Doc:
        keys = [str(step["LEMMA"]) for steps in choice for step in steps]
        return Doc(self._nlp.vocab, words=keys, lemmas=keys)

    def _read(self, part: str) -> Iterator[_Element]:
        for word in part.split():
            if word == "...":
                yield _Element((({"LOWER": {"NOT_IN": _NOT_A_GAP}, "OP": f"{{0,{GAP}}}"},),), gap=True)
                continue
            optional = word.endswith("?")
            yield _Element(tuple(self._choices(word.removesuffix("?"))), optional)

    def _choices(self, word: str) -> Iterator[tuple[Step, ...]]:
        for choice in word.split("|"):
            if choice == "#":
                yield ({"LIKE_NUM": True},)
            elif choice.startswith("@"):
                for item in self._words[choice[1:]]:
                    yield self._keys(item)
            elif choice.startswith("="):
                yield ({"LOWER": choice[1:]},)
            else:
                yield self._keys(choice)

    def _keys(self, phrase: str) -> tuple[Step, ...]:
        """The steps of a word or phrase; a hyphen in it may be missing or be another mark in the text."""
        return tuple(
            {"ORTH": {"IN": _HYPHENS}, "OP": "?"} if key in _HYPHENS else {"LEMMA": key}
            for key in tokens(self._nlp, self._spelling, phrase)
        )


def tokens(nlp: Language, spelling: Spelling, phrase: str) -> list[str]:
    """The spelling keys of a phrase."""
    return [spelling.key(token.norm_) for token in nlp.make_doc(phrase)]


def _patterns(elements: Sequence[_Element]) -> Iterator[tuple[Step, ...]]:
    """Every way through the elements; single-token choices share one step, so that the ways stay few."""
    ways: list[list[tuple[Step, ...]]] = []
    for element in elements:
        single = [choice[0] for choice in element.choices if len(choice) == 1]
        plain = [step["LEMMA"] for step in single if set(step) == {"LEMMA"}]
        other = [(step,) for step in single if set(step) != {"LEMMA"}]
        way: list[tuple[Step, ...]] = [choice for choice in element.choices if len(choice) > 1]
        way += other
        if plain:
            way.append(({"LEMMA": plain[0] if len(plain) == 1 else {"IN": sorted(set(plain))}},))
        if element.optional:
            way.append(())
        ways.append(way)
    for way_through in product(*ways):
        yield tuple(step for steps in way_through for step in steps)


def _anchor(part: str, elements: Sequence[_Element]) -> frozenset[str]:
    """The words of which one must be in the text for this line to match: the smallest such set."""
    sets = [element.keys for element in elements if element.keys is not None]
    if not sets:
        raise ValueError(f"The cue {part!r} has no word that must be there.")
    return min(sets, key=len)


def _shortest(spans: Sequence[Span]) -> list[Span]:
    """Of the spans that begin at the same word, the shortest: a gap matches every length up to its own."""
    best: dict[int, Span] = {}
    for span in spans:
        if span.start not in best or span.end < best[span.start].end:
            best[span.start] = span
    return list(best.values())
