"""Reads cues, lines of words that speak for something, and finds them in a text.

Each word of a line is compared by its spelling key, so endings and slips do not matter.

    waiting list            these words, one after the other
    taxi|minibus            either word
    (turn up | arrive)      either phrase
    @refuse                 any word or phrase of a list
    not? turn up            a word that may be missing; a bracket and a list may be, too
    refuse ... transport    up to five other words between, within one sentence
    #                       a number
    =left                   exactly this form
    part-time               with or without the hyphen
    taxi + late             both, anywhere in the passage

All phrases of all lines stand in one ``PhraseMatcher``, which reads a text once; lines are then put together from the
phrases found, and only those whose rarest word is in the text are tried. (One spaCy ``Matcher`` for 3,000 lines with
gaps was measured at 34 CPU ms a message; this is under one.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.errors import BadContent
from nlp.spelling import Spelling

GAP = 5
"""Words ``...`` may stand for, at most."""
_SENTENCE_ENDS = frozenset({".", "!", "?", "\n"})
_JOINTS = frozenset({"-", "/", "\N{EN DASH}", "'s", "\N{RIGHT SINGLE QUOTATION MARK}s"})
"""Tokens that may stand between two words of a line."""
_ELEMENT = re.compile(r"\([^()]*\)\??|\S+")
_NUMBER = "#"

Words = tuple[int, int]
"""A stretch of tokens: the first, and the one after the last."""

Atom = str
"""A phrase as its keys with spaces between; ``=word`` for an exact form; ``#`` for a number."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One place in a line: what may stand there, whether it must, and whether other words may come before it."""

    atoms: frozenset[Atom]
    optional: bool = False
    after_gap: bool = False


class CueBook:
    """Lines of cues. ``find`` says which of them stand in a text, and where."""

    def __init__(self, nlp: Language, spelling: Spelling, words: Mapping[str, Sequence[str]], lines: Iterable[str]) -> None:
        self._nlp, self._spelling = nlp, spelling
        self._words = {name: frozenset(atom for item in items for atom in self._atoms(item)) for name, items in words.items()}
        self._parts_of = {line: tuple(part.strip() for part in line.split(" + ")) for line in lines}
        self._lines_of: defaultdict[str, list[str]] = defaultdict(list)
        for line, parts in self._parts_of.items():
            for part in dict.fromkeys(parts):
                self._lines_of[part].append(line)
        self._elements = {part: tuple(self._read(part)) for part in self._lines_of}
        self._anchored: defaultdict[Atom, list[str]] = defaultdict(list)
        for part, elements in self._elements.items():
            for atom in _anchor(part, elements):
                self._anchored[atom].append(part)
        self._phrases = self._phrase_matcher()

    def find(self, doc: Doc) -> dict[str, list[Words]]:
        """The lines that stand in the text, each with the tokens that are it, in order, not overlapping."""
        reading = _Reading(doc, self._phrases)
        parts: dict[str, list[Words]] = {}
        for part in dict.fromkeys(part for atom in reading.atoms for part in self._anchored.get(atom, ())):
            found = reading.find(self._elements[part])
            if found:
                parts[part] = found
        lines = dict.fromkeys(line for part in parts for line in self._lines_of[part])
        return {
            line: _apart(words for part in self._parts_of[line] for words in parts[part])
            for line in lines
            if all(part in parts for part in self._parts_of[line])
        }

    def _phrase_matcher(self) -> PhraseMatcher:
        matcher = PhraseMatcher(self._nlp.vocab, attr="LEMMA")
        atoms = {atom for elements in self._elements.values() for element in elements for atom in element.atoms}
        for atom in sorted(atoms):
            if not atom.startswith("=") and atom != _NUMBER:
                keys = atom.split(" ")
                matcher.add(atom, [Doc(self._nlp.vocab, words=keys, lemmas=keys)])
        return matcher

    def _read(self, part: str) -> Iterator[_Element]:
        after_gap = False
        for word in _ELEMENT.findall(part):
            if word == "...":
                after_gap = True
                continue
            bare = word.removesuffix("?").strip("()")
            yield _Element(frozenset(self._choices(bare)), word.endswith("?"), after_gap)
            after_gap = False

    def _choices(self, text: str) -> Iterator[Atom]:
        """The atoms of ``a|b`` or of ``a b | c @d``."""
        for choice in text.split("|"):
            if not choice.strip() or "..." in choice:
                raise BadContent(f"“{text}” in a cue has an empty choice, or a gap inside it.")
            ways = [self._words.get(word[1:], ()) if word.startswith("@") else self._atoms(word) for word in choice.split()]
            for way in product(*ways):
                yield " ".join(way)

    def _atoms(self, phrase: str) -> tuple[Atom, ...]:
        """A phrase as keys; with a hyphen in it, also without."""
        if phrase == _NUMBER or phrase.startswith("="):
            return (phrase.lower(),)
        keys = tokens(self._nlp, self._spelling, phrase)
        bare = [key for key in keys if key != "-"]
        if not bare:
            raise BadContent(f"{phrase!r} is no word a cue could hold.")
        return tuple(dict.fromkeys((" ".join(bare), " ".join(keys))))


class _Reading:
    """One text: which atoms are in it, and where lines can be put together from them."""

    def __init__(self, doc: Doc, phrases: PhraseMatcher) -> None:
        self.atoms: defaultdict[Atom, list[Words]] = defaultdict(list)
        strings = doc.vocab.strings
        for label, start, end in phrases(doc):
            self.atoms[strings[label]].append((start, end))
        for token in doc:
            self.atoms["=" + token.lower_].append((token.i, token.i + 1))
            if token.like_num:
                self.atoms[_NUMBER].append((token.i, token.i + 1))
        self._length = len(doc)
        self._ends = {token.i for token in doc if token.text[:1] in _SENTENCE_ENDS}
        self._joints = {token.i for token in doc if token.text in _JOINTS}
        self._places: dict[frozenset[Atom], dict[int, list[int]]] = {}

    def find(self, elements: Sequence[_Element]) -> list[Words]:
        """Where this row of elements stands: for each first word the shortest way through."""
        ways: set[Words] = set()
        may_begin = True
        for element in elements:
            found = self._on(ways, element)
            if may_begin:
                found |= {(start, end) for start, ends in self._of(element.atoms).items() for end in ends}
            ways = found | ways if element.optional else found
            may_begin = may_begin and element.optional
            if not (ways or may_begin):
                return []
        shortest: dict[int, int] = {}
        for start, end in ways:
            shortest[start] = min(end, shortest.get(start, end))
        return sorted(shortest.items())

    def _on(self, ways: Iterable[Words], element: _Element) -> set[Words]:
        places = self._of(element.atoms)
        found: set[Words] = set()
        for start, reached in ways:
            last = reached + (GAP if element.after_gap else reached in self._joints)
            for place in range(reached, min(self._length, last + 1)):
                found.update((start, end) for end in places.get(place, ()))
                if place in self._ends:
                    break
        return found

    def _of(self, atoms: frozenset[Atom]) -> dict[int, list[int]]:
        """Where any of the atoms begins, and where it ends."""
        if atoms not in self._places:
            places: defaultdict[int, list[int]] = defaultdict(list)
            for atom in atoms & self.atoms.keys():
                for start, end in self.atoms[atom]:
                    places[start].append(end)
            self._places[atoms] = dict(places)
        return self._places[atoms]


def tokens(nlp: Language, spelling: Spelling, phrase: str) -> list[str]:
    """The spelling keys of a phrase."""
    return [spelling.key(token.norm_) for token in nlp.make_doc(phrase)]


def _anchor(part: str, elements: Sequence[_Element]) -> frozenset[Atom]:
    """The atoms of which one must be in the text for this part to stand there: the smallest such set."""
    needed = [element.atoms for element in elements if not element.optional and element.atoms]
    if not needed or any(not element.atoms for element in elements):
        raise BadContent(f"The cue {part!r} has no word that must be there, or an empty place.")
    return min(needed, key=lambda atoms: (_NUMBER in atoms, len(atoms)))


def _apart(found: Iterable[Words]) -> list[Words]:
    """In order, and of those that overlap the longest."""
    kept: list[Words] = []
    for start, end in sorted(found, key=lambda words: (words[0] - words[1], words[0])):
        if all(end <= other or last <= start for other, last in kept):
            kept.append((start, end))
    return sorted(kept)
