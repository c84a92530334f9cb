"""Texts that are alike: the same words sent twice, and different people telling of one matter no theme knows yet.

Pure functions of texts, and of their sentence vectors where there are any (``nlp.sentences``, the plain ones). What is in
no group is in no group: there is no bin for the rest. Measured: MiniLM's cosine is 0.95 and more for the same statement
in other order, 0.85 to 0.90 for the same topic; without it, words weighted by how rare they are take its place.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

Matrix = NDArray[np.float32]

ALIKE_FROM = 90.0
"""Per cent of the letters that two texts must share, in their order."""
ALIKE_FROM_COSINE = 0.95
SAME_MATTER_FROM = 0.65
"""The mean cosine of two groups from which they are one: a distance of 0.35."""
SAME_MATTER_FROM_WORDS = 0.22
"""The same where only words are compared: two short texts about one thing share few."""
LEAST_CONTACTS = 5
"""People who must have told of a matter."""
LOW_CHANCE = 0.5
"""A message whose best theme is likelier than this is told by that theme."""

_MASK = re.compile(r"\[[^\[\]\n]{1,40}\]")
_WORDS = re.compile(r"\w+")
_TELLING = re.compile(r"[^\W\d_]{3,}")
_SHINGLE = 5
_SKETCH = 12
_LEAST_SHARED = 2
_MOST_COMPARED = 50
_BLOCK = 512
_MOST_NEIGHBOURS = 15
_WIDTH = 1024
_COMMON_SHARE = 0.05
"""A word in more texts than this is no part of what a matter is about."""
_CORE = 2
"""Words at least half of a matter's texts must share, where only words are compared."""
_FEW = 200
"""Of fewer texts how rare a word is, is judged as of so many: else what all of a few tell of would say nothing."""
_STEM = 6
_TERMS_OF_NAME = 3
_LONGEST = 4_000
"""Letters of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Texts about one thing, by their places in what was given, and how many people sent them.

    ``terms`` are the words that set it apart, most telling first: a name until a person gives a better one.
    """

    terms: tuple[str, ...]
    members: tuple[int, ...]
    contacts: int

    @property
    def name(self) -> str:
        return ", ".join(self.terms)


class Alike:
    """Learns texts one by one, and says of each which earlier one it is nearly the same as.

    Only those are compared letter by letter that have one of a few runs of five letters in common: the runs whose checksum is
    lowest, most of which two texts that are alike share. So ten thousand texts take a second and not an hour.
    """

    def __init__(self) -> None:
        self._texts: list[tuple[int, str]] = []
        self._same: dict[str, int] = {}
        self._having: dict[int, list[int]] = defaultdict(list)

    def look(self, number: int, text: str) -> int | None:
        """The number of an earlier text that is nearly or exactly the same. This one is then known as ``number``.

        A text without a letter or digit is like no other.
        """
        plain = normalised(text)
        if not plain:
            return None
        if (same := self._same.get(plain)) is not None:
            return same
        sketch = _sketch(plain)
        found = self._nearly(plain, sketch)
        for part in sketch:
            self._having[part].append(len(self._texts))
        self._texts.append((number, plain))
        self._same[plain] = number if found is None else found
        return found

    def _nearly(self, plain: str, sketch: Sequence[int]) -> int | None:
        shared = Counter(place for part in sketch for place in self._having[part][:_MOST_COMPARED])
        enough = min(_LEAST_SHARED, len(sketch))
        for place, times in shared.items():
            if times >= enough and fuzz.ratio(plain, self._texts[place][1], score_cutoff=ALIKE_FROM):
                return self._texts[place][0]
        return None


def alike(texts: Sequence[str], vectors: Matrix | None = None) -> list[int | None]:
    """For each text the place of the first one it is nearly the same as; None where it is the first, or like none.

    ``vectors`` are of length 1, a row for each text. With them, the same in other words is alike too.
    """
    known, first = Alike(), list[int | None]()
    for place, text in enumerate(texts):
        found = known.look(place, text)
        first.append(found if found is None else _root(first, found))
    if vectors is not None:
        for place, other in _close(vectors, ALIKE_FROM_COSINE):
            if _root(first, place) == place and _root(first, other) != place and normalised(texts[place]):
                first[place] = _root(first, other)
    return [None if found is None else _root(first, found) for found in first]


def groups(
    texts: Sequence[str],
    vectors: Matrix | None = None,
    *,
    contacts: Sequence[Hashable] | None = None,
    least: int = LEAST_CONTACTS,
) -> list[Matter]:
    """Groups of texts about the same thing that at least so many people sent, the most told first.

    By average linkage: two groups become one while the mean likeness of their texts is high enough. Texts that are alike
    count once towards that, so that a round robin is no matter of its own making; but everybody who sent one counts as a
    contact. Without ``contacts`` each text is somebody's own.
    """
    people = list(range(len(texts))) if contacts is None else list(contacts)
    first = alike(texts, vectors)
    copies: dict[int, list[int]] = defaultdict(list)
    for place, found in enumerate(first):
        copies[place if found is None else found].append(place)
    places = [place for place in copies if _TELLING.search(_unmasked(texts[place]))]
    rows = word_vectors([texts[place] for place in places]) if vectors is None else vectors[places]
    linked = _linked(rows, SAME_MATTER_FROM_WORDS if vectors is None else SAME_MATTER_FROM)
    if vectors is None:
        linked = _with_core(linked, [_stems(texts[place]) for place in places])
    together = {member for members in linked for member in members}
    linked += [[member] for member in range(len(places)) if member not in together and len(copies[places[member]]) > 1]
    found_groups = [sorted(copy for member in members for copy in copies[places[member]]) for members in linked]
    large = [members for members in found_groups if len({people[place] for place in members}) >= least]
    named = _terms([[texts[place] for place in members] for members in large], texts)
    matters = [
        Matter(terms, tuple(members), len({people[place] for place in members}))
        for members, terms in zip(large, named, strict=True)
    ]
    return sorted(matters, key=lambda matter: (-matter.contacts, matter.members))


def new_matters(
    texts: Sequence[str],
    chances: Sequence[float],
    contacts: Sequence[Hashable],
    vectors: Matrix | None = None,
    *,
    low: float = LOW_CHANCE,
    least: int = LEAST_CONTACTS,
) -> list[Matter]:
    """What several people told of and no theme is likely for: groups of the texts whose best chance is low.

    Members are places in ``texts``.
    """
    places = [place for place, chance in enumerate(chances) if chance < low]
    found = groups(
        [texts[place] for place in places],
        None if vectors is None else vectors[places],
        contacts=[contacts[place] for place in places],
        least=least,
    )
    return [Matter(matter.terms, tuple(places[member] for member in matter.members), matter.contacts) for matter in found]


def word_vectors(texts: Sequence[str]) -> Matrix:
    """Texts by the beginnings of their words, weighted by how rare these are, of length 1; hashed, so that memory is bounded.

    A word in one text only says nothing of what it has in common with others, one in every tenth says little.
    """
    stems = [_stems(text) for text in texts]
    having = Counter(stem for counted in stems for stem in counted)
    count = max(len(texts), _FEW)
    rows = np.zeros((len(texts), _WIDTH), np.float32)
    for row, counted in zip(rows, stems, strict=True):
        for stem, times in counted.items():
            mark = crc32(stem.encode("utf-8", "surrogatepass"))
            weight = (1 + math.log(times)) * math.log((1 + count) / (1 + having[stem]))
            row[mark % _WIDTH] += weight if mark & 0x8000_0000 else -weight
    return _of_length_1(rows)


def normalised(text: str) -> str:
    """The words of a text in small letters, without signs."""
    return " ".join(word.casefold() for word in _WORDS.findall(text[:_LONGEST]))


def _unmasked(text: str) -> str:
    return _MASK.sub(" ", text[:_LONGEST])


def _stems(text: str) -> Counter[str]:
    return Counter(word[:_STEM] for word in _TELLING.findall(_unmasked(text).casefold()))


def _with_core(linked: Iterable[list[int]], stems: Sequence[Counter[str]]) -> list[list[int]]:
    """The groups half of whose texts share some words that are not everybody's; others are only short."""
    having = Counter(stem for counted in stems for stem in counted)
    most = _COMMON_SHARE * max(len(stems), _FEW)
    kept = []
    for members in linked:
        here = Counter(stem for member in members for stem in stems[member])
        common = max(most, len(members))
        core = [stem for stem, times in here.items() if 2 * times >= len(members) and having[stem] <= common]
        if len(core) >= _CORE:
            kept.append(members)
    return kept


def _root(first: Sequence[int | None], place: int) -> int:
    while place < len(first) and (earlier := first[place]) is not None:
        place = earlier
    return place


def _sketch(plain: str) -> list[int]:
    coded = plain.encode("utf-8", "surrogatepass")
    runs = {coded[at : at + _SHINGLE] for at in range(max(1, len(coded) - _SHINGLE + 1))}
    return sorted(crc32(run) for run in runs)[:_SKETCH]


def _of_length_1(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _close(rows: Matrix, least: float) -> Iterator[tuple[int, int]]:
    """Each row with the earlier one that is closest to it, where that is close enough."""
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] @ rows[: start + _BLOCK].T
        for offset, likeness in enumerate(block):
            place = start + offset
            if place and likeness[:place].max() >= least:
                yield place, int(likeness[:place].argmax())


def _pairs(rows: Matrix, least: float) -> Iterator[tuple[float, int, int]]:
    """Pairs of rows that are close enough, each with no more than the closest of those before it."""
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] @ rows[: start + _BLOCK].T
        for offset, likeness in enumerate(block):
            place = start + offset
            close = np.flatnonzero(likeness[:place] >= least)
            if len(close) > _MOST_NEIGHBOURS:
                close = close[np.argpartition(likeness[close], -_MOST_NEIGHBOURS)[-_MOST_NEIGHBOURS:]]
            yield from ((float(likeness[other]), int(other), place) for other in close)


def _linked(rows: Matrix, least: float) -> list[list[int]]:
    """Groups of two rows and more by average linkage, cut where the mean likeness falls under ``least``.

    Of rows of length 1 the mean likeness of two groups is the product of their means, and two groups can only be alike on
    the whole where two of their rows are: so only those pairs are held, and not all.
    """
    sums: dict[int, Matrix] = {}
    members: dict[int, list[int]] = {}
    beside: dict[int, set[int]] = defaultdict(set)
    heap = []
    for likeness, one, other in _pairs(rows, least):
        heap.append((-likeness, one, other))
        beside[one].add(other)
        beside[other].add(one)
    for place in beside:
        sums[place], members[place] = rows[place], [place]
    heapify(heap)
    next_group = len(rows)
    while heap:
        _, one, other = heappop(heap)
        if one not in members or other not in members:
            continue
        group, next_group = next_group, next_group + 1
        members[group] = members.pop(one) + members.pop(other)
        sums[group] = sums.pop(one) + sums.pop(other)
        near = (beside.pop(one) | beside.pop(other)) - {one, other}
        beside[group] = near
        for place in near:
            beside[place] -= {one, other}
            beside[place].add(group)
            likeness = float(sums[group] @ sums[place]) / (len(members[group]) * len(members[place]))
            if likeness >= least:
                heappush(heap, (-likeness, place, group))
    return [sorted(group) for group in members.values() if len(group) > 1]


def _terms(grouped: Sequence[Sequence[str]], texts: Iterable[str]) -> list[tuple[str, ...]]:
    """The words that set each group apart: those in many of its texts and in few of all (TF-IDF with groups for texts)."""
    everywhere = Counter(word for text in texts for word in _words_of(text)) if grouped else Counter[str]()
    named = []
    for members in grouped:
        here = Counter(word for text in members for word in _words_of(text))
        shared = {word: times for word, times in here.items() if times > 1} or here
        weight = {word: times * math.log(1 + everywhere.total() / everywhere[word] ** 1.5) for word, times in shared.items()}
        chosen = dict[str, str]()
        for word in sorted(weight, key=lambda word: (-weight[word], word)):
            chosen.setdefault(word[:_STEM], word)
        named.append(tuple(chosen.values())[:_TERMS_OF_NAME])
    return named


def _words_of(text: str) -> set[str]:
    return set(_TELLING.findall(_unmasked(text).casefold()))
