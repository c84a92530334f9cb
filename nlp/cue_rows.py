"""Finds rows of phrases in a text: every row of every book of cues, in one reading of it.

All phrases of all books of a pipeline are looked for at once, by their first words; what is found is dealt out to the rows,
and only those are tried all whose places can be filled. So another book costs what it finds, and no reading of its own.
(A spaCy ``PhraseMatcher`` of all phrases was as quick and took four megabytes more.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from nlp.texts import Text, text_of

GAP = 5
"""Words ``...`` may stand for, at most."""
NUMBER = "#"
_FEW = 64
"""Pairs of places that are tried one by one; of more, a text may be hostile."""
_COMMON = 1_000
"""How common a number is taken to be beside words, by the rows they stand in."""

_T = TypeVar("_T")

Words = tuple[int, int]
"""A stretch of tokens: the first, and the one after the last."""

Atom = str
"""A phrase as its keys with spaces between; ``=word`` for an exact form; ``#`` for a number."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a row: what may stand there, whether it must, and whether other words may come before it.

    ``number`` is the same for the same atoms.
    """

    atoms: frozenset[Atom]
    number: int
    optional: bool = False
    after_gap: bool = False


Row = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class _Settled:
    """Everything a reading needs of the rows, made when the first text after a new book is read.

    ``lengths`` are for the first word of a phrase those of the phrases that begin with it, the shortest first; ``length`` is that
    of each. ``tried`` are for each atom the rows of whose rarest place it is one, each with the numbers of its other places, and
    ``elements_of`` the numbers of those other places that it fills.
    """

    lengths: Mapping[str, Sequence[int]]
    length: Mapping[Atom, int]
    exact: frozenset[str]
    counts: bool
    elements_of: Mapping[Atom, frozenset[int]]
    tried: Mapping[Atom, tuple[tuple[frozenset[int], int], ...]]


class Rows:
    """The rows of all books of one pipeline; one for all threads."""

    _of: ClassVar[WeakKeyDictionary[Language, Rows]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._places: dict[frozenset[Atom], tuple[int, frozenset[Atom]]] = {}
        self._rows: dict[Row, int] = {}
        self._by_number: list[Row] = []
        self._settled: _Settled | None = None

    @classmethod
    def of(cls, nlp: Language) -> Rows:
        """Those of this pipeline."""
        return cls._of.setdefault(nlp, cls())

    def element(self, atoms: frozenset[Atom], *, optional: bool, after_gap: bool) -> Element:
        number, same = self._places.setdefault(atoms, (len(self._places), atoms))
        return Element(same, number, optional, after_gap)

    def add(self, row: Row) -> int:
        """The row's number, by which ``find`` tells of it; the same row has the same. Something in it must be there."""
        number = self._rows.setdefault(row, len(self._rows))
        if number == len(self._by_number):
            self._by_number.append(row)
            self._settled = None
        return number

    def find(self, doc: Doc) -> Mapping[int, list[Words]]:
        """The rows that stand in a text, by number, each with its places in order: for each first word the shortest way."""
        text = text_of(doc)
        settled = self._settled
        if settled is None:
            settled = self._settled = self._settle()
        kept: tuple[_Settled, Mapping[int, list[Words]]] | None = text.found.get(self)
        if kept is None or kept[0] is not settled:
            kept = text.found[self] = settled, self._find(text, settled)
        return kept[1]

    def _find(self, text: Text, settled: _Settled) -> dict[int, list[Words]]:
        where = _where(text, settled)
        if not where:
            return {}
        filled = set[int]().union(*(settled.elements_of[atom] for atom in where))
        tried, by_number, reading = settled.tried, self._by_number, _Reading(text, where)
        found: dict[int, list[Words]] = {}
        for atom in where:
            for others, row in tried.get(atom, ()):
                if others <= filled and row not in found and (places := reading.find(by_number[row])):
                    found[row] = places
        return found

    def _settle(self) -> _Settled:
        usage = Counter(atom for row in self._by_number for element in row for atom in element.atoms)
        counts = NUMBER in usage
        usage[NUMBER] += _COMMON
        tried: defaultdict[Atom, list[tuple[frozenset[int], int]]] = defaultdict(list)
        elements_of: dict[Atom, set[int]] = {atom: set() for atom in usage}
        for place, row in enumerate(self._by_number):
            needed = [element for element in row if not element.optional]
            rarest = min(needed, key=lambda element: sum(usage[atom] for atom in element.atoms))
            others = [element for element in needed if element.number != rarest.number]
            row_of = frozenset(element.number for element in others), place
            for atom in rarest.atoms:
                tried[atom].append(row_of)
            for element in others:
                for atom in element.atoms:
                    elements_of[atom].add(element.number)
        length = {atom: atom.count(" ") + 1 for atom in elements_of if not atom.startswith("=") and atom != NUMBER}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for atom, words in length.items():
            lengths[atom.split(" ", 1)[0]].add(words)
        shared: dict[object, Any] = {}
        return _Settled(
            lengths={word: _one_of(shared, tuple(sorted(known))) for word, known in lengths.items()},
            length=length,
            exact=frozenset(atom[1:] for atom in elements_of if atom.startswith("=")),
            counts=counts,
            elements_of={atom: _one_of(shared, frozenset(numbers)) for atom, numbers in elements_of.items()},
            tried={atom: tuple(rows) for atom, rows in tried.items()},
        )


def _one_of(shared: dict[object, Any], value: _T) -> _T:
    """The same object for all that are equal: many thousand are."""
    one: _T = shared.setdefault(value, value)
    return one


def _where(text: Text, settled: _Settled) -> dict[Atom, list[Words]]:
    """The atoms that are in the text, each with its places."""
    where: dict[Atom, list[Words]] = {}
    keys, lengths, length = text.keys, settled.lengths, settled.length
    for start, key in enumerate(keys):
        for words in lengths.get(key, ()):
            atom = key if words == 1 else " ".join(keys[start : start + words])
            if words == 1 or length.get(atom) == words:
                where.setdefault(atom, []).append((start, start + words))
    for place, lower in enumerate(text.lowers) if settled.exact else ():
        if lower in settled.exact:
            where.setdefault("=" + lower, []).append((place, place + 1))
    if settled.counts and text.numbers:
        where[NUMBER] = [(place, place + 1) for place in sorted(text.numbers)]
    return where


class _Reading:
    """One text: where rows can be put together from the atoms in it."""

    __slots__ = ("_ends", "_length", "_places", "_present", "_starting", "_text", "_where")

    def __init__(self, text: Text, where: Mapping[Atom, list[Words]]) -> None:
        self._text = text
        self._where = where
        self._present = frozenset(where)
        self._length = len(text.words)
        self._places: dict[int, list[Words]] = {}
        self._starting: dict[int, dict[int, list[int]]] = {}
        ends = text.sentence_ends
        self._ends = list(accumulate((place in ends for place in range(self._length)), initial=0)) if ends else None
        """How many sentences have ended before each place; None where none ends."""

    def find(self, row: Row) -> list[Words]:
        """Where this row stands: for each first word the shortest way through."""
        shortest: dict[int, int] = {}
        for start, end in self._ways(row):
            known = shortest.get(start)
            if known is None or end < known:
                shortest[start] = end
        return sorted(shortest.items())

    def _ways(self, row: Row) -> Iterable[Words]:
        places = self._of(row[0])
        if len(row) == 1:
            return places
        if len(row) == 2 and not (row[0].optional or row[1].optional):  # noqa: PLR2004 - two places, as most rows have
            after = self._of(row[1])
            if len(places) * len(after) <= _FEW:
                return self._pairs(places, after, after_gap=row[1].after_gap)
        return self._ways_through(row)

    def _pairs(self, places: Sequence[Words], after: Sequence[Words], *, after_gap: bool) -> list[Words]:
        found, ends, joints = [], self._ends, self._text.joints
        for start, reached in places:
            for place, end in after:
                far = place - reached
                if far and (far < 0 or far > GAP or not (after_gap or (far == 1 and reached in joints))):
                    continue
                if not far or ends is None or ends[reached] == ends[place]:
                    found.append((start, end))
        return found

    def _ways_through(self, row: Row) -> set[Words]:
        ways: set[Words] = set()
        may_begin = True
        for element in row:
            found = self._on(ways, element)
            if may_begin:
                found.update(self._of(element))
            ways = found | ways if element.optional else found
            may_begin = may_begin and element.optional
            if not (ways or may_begin):
                break
        return ways

    def _on(self, ways: Iterable[Words], element: Element) -> set[Words]:
        places = self._starting_with(element) if ways else {}
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

    def _of(self, element: Element) -> list[Words]:
        """Where any of the atoms stands."""
        found = self._places.get(element.number)
        if found is None:
            atoms = element.atoms & self._present
            found = self._places[element.number] = [words for atom in atoms for words in self._where[atom]]
        return found

    def _starting_with(self, element: Element) -> dict[int, list[int]]:
        """The same by the first word."""
        found = self._starting.get(element.number)
        if found is None:
            places: defaultdict[int, list[int]] = defaultdict(list)
            for start, end in self._of(element):
                places[start].append(end)
            found = self._starting[element.number] = dict(places)
        return found
