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
phrases found, and only those are tried all whose words are in the text. What is found in a whole text serves each
stretch of it. (One spaCy ``Matcher`` for 3,000 lines with gaps was measured at 34 CPU ms a message; this is under one.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from bot.errors import BadContent
from nlp.spelling import Spelling
from nlp.texts import Text, text_of

GAP = 5
"""Words ``...`` may stand for, at most."""
_ELEMENT = re.compile(r"\([^()]*\)\??|\S+")
_NUMBER = "#"

Words = tuple[int, int]
"""A stretch of tokens: the first, and the one after the last."""

Atom = str
"""A phrase as its keys with spaces between; ``=word`` for an exact form; ``#`` for a number."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One place in a line: what may stand there, whether it must, and whether other words may come before it.

    ``number`` is the same for the same atoms.
    """

    atoms: frozenset[Atom]
    number: int
    optional: bool = False
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One row of elements. ``needed`` has a bit for each that must be there, by its number; ``anchor`` is the smallest of
    them: the atoms of which one must be in the text for this part to stand there.
    """

    elements: tuple[_Element, ...]
    needed: int
    anchor: frozenset[Atom]


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
        self._numbers: dict[frozenset[Atom], int] = {}
        self._elements = {part: _part(part, tuple(self._read(part))) for part in self._lines_of}
        self._anchored: defaultdict[Atom, list[str]] = defaultdict(list)
        for name, read in self._elements.items():
            for atom in read.anchor:
                self._anchored[atom].append(name)
        self._may_be: defaultdict[Atom, int] = defaultdict(int)
        for atoms, number in self._numbers.items():
            for atom in atoms:
                self._may_be[atom] |= 1 << number
        atoms = frozenset(self._may_be)
        self._exact = frozenset(atom[1:] for atom in atoms if atom.startswith("="))
        self._counts = _NUMBER in atoms
        self._phrases = self._phrase_matcher()

    def find(self, stretch: Doc | Span) -> dict[str, list[Words]]:
        """The lines that stand in the text, each with the tokens that are it, in order, not overlapping.

        Places are those of the whole text. It is read once, whichever stretches of it are asked about: a row that
        stands in a stretch takes the same way through it there as in the whole.
        """
        parts = self._within(stretch) if isinstance(stretch, Span) else self._everywhere(stretch)
        lines = dict.fromkeys(line for part in parts for line in self._lines_of[part])
        return {
            line: _apart([words for part in self._parts_of[line] for words in parts[part]])
            for line in lines
            if all(part in parts for part in self._parts_of[line])
        }

    def _within(self, span: Span) -> dict[str, list[Words]]:
        first, last = span.start, span.end
        parts = {}
        for part, stretches in self._everywhere(span.doc).items():
            inside = [words for words in stretches if first <= words[0] and words[1] <= last]
            if inside:
                parts[part] = inside
        return parts

    def _everywhere(self, doc: Doc) -> dict[str, list[Words]]:
        text = text_of(doc)
        parts: dict[str, list[Words]] | None = text.found.get(self)
        if parts is None:
            parts = text.found[self] = self._parts_in(doc, text)
        return parts

    def _parts_in(self, doc: Doc, text: Text) -> dict[str, list[Words]]:
        reading = _Reading(doc, text, self._phrases, exact=self._exact, counts=self._counts)
        if not reading.atoms:
            return {}
        candidates = dict.fromkeys(part for atom in reading.atoms if atom in self._anchored for part in self._anchored[atom])
        missing = ~self._all_of(reading.atoms)
        parts: dict[str, list[Words]] = {}
        for name in candidates:
            part = self._elements[name]
            if not part.needed & missing and (found := reading.find(part.elements)):
                parts[name] = found
        return parts

    def _all_of(self, atoms: Iterable[Atom]) -> int:
        """A bit for each element that one of these atoms may be: most parts are ruled out by it at once."""
        there = 0
        for atom in atoms:
            there |= self._may_be.get(atom, 0)
        return there

    def _phrase_matcher(self) -> PhraseMatcher:
        matcher = PhraseMatcher(self._nlp.vocab, attr="LEMMA")
        atoms = {atom for part in self._elements.values() for element in part.elements for atom in element.atoms}
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
            atoms = frozenset(self._choices(bare))
            yield _Element(atoms, self._numbers.setdefault(atoms, len(self._numbers)), word.endswith("?"), after_gap)
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

    def __init__(self, doc: Doc, text: Text, phrases: PhraseMatcher, *, exact: frozenset[str], counts: bool) -> None:
        """``exact`` are the forms any line asks for; ``counts`` is whether any line asks for a number."""
        self.atoms: defaultdict[Atom, list[Words]] = defaultdict(list)
        strings = doc.vocab.strings
        for label, start, end in phrases(doc):
            self.atoms[strings[label]].append((start, end))
        for place, lower in enumerate(text.lowers) if exact else ():
            if lower in exact:
                self.atoms["=" + lower].append((place, place + 1))
        for place in sorted(text.numbers) if counts else ():
            self.atoms[_NUMBER].append((place, place + 1))
        self._present = frozenset(self.atoms)
        self._text = text
        self._length = len(text.words)
        self._places: dict[int, dict[int, list[int]]] = {}

    def find(self, elements: Sequence[_Element]) -> list[Words]:
        """Where this row of elements stands: for each first word the shortest way through."""
        if len(elements) == 1:
            return sorted((start, min(ends)) for start, ends in self._of(elements[0]).items())
        ways: set[Words] = set()
        may_begin = True
        for element in elements:
            found = self._on(ways, element)
            if may_begin:
                found |= {(start, end) for start, ends in self._of(element).items() for end in ends}
            ways = found | ways if element.optional else found
            may_begin = may_begin and element.optional
            if not (ways or may_begin):
                return []
        shortest: dict[int, int] = {}
        for start, end in ways:
            shortest[start] = min(end, shortest.get(start, end))
        return sorted(shortest.items())

    def _on(self, ways: Iterable[Words], element: _Element) -> set[Words]:
        places = self._of(element)
        found: set[Words] = set()
        if not places:
            return found
        joints, sentence_ends = self._text.joints, self._text.sentence_ends
        for start, reached in ways:
            last = reached + (GAP if element.after_gap else reached in joints)
            for place in range(reached, min(self._length, last + 1)):
                for end in places.get(place, ()):
                    found.add((start, end))
                if place in sentence_ends:
                    break
        return found

    def _of(self, element: _Element) -> dict[int, list[int]]:
        """Where any of the atoms begins, and where it ends."""
        found = self._places.get(element.number)
        if found is None:
            places: defaultdict[int, list[int]] = defaultdict(list)
            for atom in element.atoms & self._present:
                for start, end in self.atoms[atom]:
                    places[start].append(end)
            found = self._places[element.number] = dict(places)
        return found


def tokens(nlp: Language, spelling: Spelling, phrase: str) -> list[str]:
    """The spelling keys of a phrase."""
    return [spelling.key(token.norm_) for token in nlp.make_doc(phrase)]


def _part(part: str, elements: tuple[_Element, ...]) -> _Part:
    """Raises ``BadContent`` for a part nothing of which must be there."""
    needed = [element for element in elements if not element.optional]
    if not needed or any(not element.atoms for element in elements):
        raise BadContent(f"The cue {part!r} has no word that must be there, or an empty place.")
    anchor = min(needed, key=lambda element: (_NUMBER in element.atoms, len(element.atoms))).atoms
    return _Part(elements, reduce(or_, (1 << element.number for element in needed)), anchor)


def _apart(found: list[Words]) -> list[Words]:
    """In order, and of those that overlap the longest."""
    if len(found) == 1:
        return found
    kept: list[Words] = []
    for start, end in sorted(found, key=lambda words: (words[0] - words[1], words[0])):
        if all(end <= other or last <= start for other, last in kept):
            kept.append((start, end))
    return sorted(kept)
