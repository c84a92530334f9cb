"""What one word looks like to the finder of names: its shape, the lists it stands on, what it tells of its neighbours.

Everything here depends on the word alone and is worked out once a word; the finder reads a text with it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bot.folding import fold
from nlp.spelling import LEXICON

_MEMORY = 30_000
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0dff\u200b-\u200f\u2060\ufeff\u00ad"
_LETTER = rf"[^\W\d_][{_MARKS}]*"
WORD = re.compile(rf"((?:{_LETTER})+(?:['\u2019`\u00b4-](?!s(?![^\W\d_]))(?:{_LETTER})+)*)(?:['\u2019`\u00b4]s(?![^\W\d_]))?")
"""Group 1 is the word; an 's after it belongs to no word."""
_LIKENESS_STEPS = (-4.0, -2.5, -1.2, 0.0, 1.2, 2.5, 4.0)
_LONGEST_GRAM = 4
_LONGEST_WORD = 24
_LEAST_PART = 3
_LEAST_CYRILLIC = 4
_LEAST_BENT = 5
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ENDINGS = ("ovi", "evi", "om", "em", "oi", "ei", "ia", "iu", "a", "u", "i", "e", "o", "y")
"""Of names as Slavic languages bend them."""


class Word(NamedTuple):
    """``shape``: l small letters, T a capital first, C capitals, I one capital, m mixed, n letters without capitals.

    ``list``: W a word of these messages, G a given name, F a family name, B both, A a name that is also a word, X a
    capitalised word that is no name, Y one that may be either, H a part of it is a name, S a name with an s, U none of these.
    ``likeness``: from 0 to 7 how much like a name its letters are; empty for words. ``cue``: its list in names.toml.
    """

    folded: str
    shape: str
    list: str
    likeness: str
    cue: str
    seen: str

    @property
    def kind(self) -> str:
        return self.list + self.shape

    @property
    def fine(self) -> str:
        """The kind, and of words on no list how like a name they are, roughly."""
        return (
            f"{self.list}{'-' if self.likeness < '3' else '+' if self.likeness > '4' else '~'}{self.shape}"
            if self.list == "U"
            else ""
        )


def shape_of(word: str) -> str:
    if word.islower():
        return "l"
    if word.isupper():
        return "C" if len(word) > 1 else "I"
    if word[0].isupper() and not any(letter.isupper() and before not in "-'\u2019" for before, letter in pairwise(word)):
        return "T"
    return "m" if word.lower() != word or word.upper() != word else "n"


def folded(word: str) -> str:
    return fold(word).text


def skeleton(latin: str) -> str:
    """A name spelled roughly, for names in another alphabet: ``Maksym``, ``Maxim`` and ``Максим`` are one."""
    rough = latin.replace("x", "ks").replace("kh", "h").replace("w", "v").replace("y", "i").replace("j", "i").replace("zh", "z")
    rough = rough.replace("g", "h").replace("'", "").replace("q", "k").replace("ts", "c").replace("tch", "ch")
    return re.sub(r"(.)\1+", r"\1", rough)


def grams(word: str) -> Iterator[str]:
    """The runs of two to four letters of a folded word, with its ends marked."""
    marked = f"^{word[:_LONGEST_WORD]}$"
    for size in range(2, _LONGEST_GRAM + 1):
        for at in range(len(marked) - size + 1):
            yield marked[at : at + size]


class Cues:
    """The lexicon of words that stand by names."""

    def __init__(self, path: Path = LEXICON / "names.toml") -> None:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        self.of: dict[str, str] = {}
        for cue, words in data["cue"].items():
            for word in words.split():
                self.of.setdefault(folded(word), cue)
        self.not_after, self.months, self.never, self.short, self.short_after = (
            frozenset(data["not_after"][name].split()) for name in ("words", "months", "never", "short", "short_after")
        )
        self.calendar = self.never | self.short | frozenset({"mon", "tue", "tues", "wed", "weds", "fri", "sat"})
        self.schools = frozenset(data["schools"]["words"].split())
        self.only_schools = self.schools - frozenset(data["schools"]["also_others"].split())
        self.school_lands, school_ends, self.school_leads = (
            frozenset(data["schools"][name].split()) for name in ("lands", "ends", "leads")
        )
        self.school_ends = self.schools | school_ends
        self.lettered, self.between_letters = (frozenset(data["lettered"][name].split()) for name in ("words", "joined"))
        self.abbreviations, self.clock = (frozenset(data["abbreviations"][name].split()) for name in ("words", "clock"))
        self.before_everyday = frozenset(data["everyday"]["before"].split())
        self.particles = frozenset(data["particles"]["words"].split())
        self.latin = str.maketrans({letter: latin for latin, letters in data["cyrillic"].items() for letter in letters})
        self.arabic = frozenset(folded(word) for word in data["arabic"]["names"].split())


class Lexicon:
    """Everything that is known of words. ``given`` and ``family`` are names, ``also_words`` those that are words too,
    ``not_names`` capitalised words and phrases that name nobody, ``vocabulary`` ordinary small words. ``likeness`` weighs
    runs of letters. All are compared folded.
    """

    def __init__(
        self,
        *,
        given: Iterable[str],
        family: Iterable[str],
        also_words: Iterable[str],
        not_names: Iterable[str],
        vocabulary: Iterable[str],
        likeness: Mapping[str, float],
        bias: float = 0.0,
        cues: Cues | None = None,
    ) -> None:
        self.cues = cues or Cues()
        self.given = _pieces(given)
        self.family = _pieces(family)
        self.vocabulary = frozenset(vocabulary)
        self.also_words = frozenset(map(folded, also_words)) | {
            word for word in self.vocabulary if word in self.given or word in self.family
        }
        self.phrases = _phrases(not_names)
        self._given_by_skeleton = {skeleton(name): name for name in sorted(self.given, reverse=True)}
        self._skeletons = frozenset(map(skeleton, self.family)) | self._given_by_skeleton.keys()
        self._likeness = likeness
        self._bias = bias
        self.word: Callable[[str], Word] = lru_cache(maxsize=_MEMORY)(self._word)

    def _word(self, written: str) -> Word:
        return self.describe(written)

    def describe(self, written: str, *, named: bool = True, likeness: float | None = None) -> Word:
        """``named`` false: as if it stood on no list of names nor of words, and, with ``likeness``, as like a name as that."""
        word = folded(written)
        plain = self._plain(word)
        found = self.list_of(plain, named=named)
        cue = self.cues.of.get(word, "")
        return Word(
            folded=word,
            shape=shape_of(written),
            list=found,
            likeness="" if found in "WX" else _step(self.likeness(plain) if likeness is None else likeness),
            cue=cue,
            seen=word if cue or word in self.vocabulary else "",
        )

    def list_of(self, word: str, *, named: bool = True) -> str:
        given, family = (word in self.given, word in self.family) if named else (False, False)
        other = (word,) in self.phrases.get(word, ())
        if word in self.also_words:
            return "Y" if other else "A"
        if given or family:
            return "Y" if other else "B" if given and family else "G" if given else "F"
        if other:
            return "X"
        return self._by_its_parts(word) if named else "U"

    def _by_its_parts(self, word: str) -> str:
        if word in self.vocabulary or (len(word) >= _LEAST_BENT and any(form in self.vocabulary for form in _unbent(word))):
            return "W"
        if "-" in word or "'" in word:
            parts = [part for part in re.split("[-']", word) if len(part) >= _LEAST_PART]
            if any(part in self.given or part in self.family for part in parts):
                return "H"
            if parts and all(part in self.vocabulary for part in parts):
                return "W"
        if word.endswith("s") and (word[:-1] in self.given or word[:-1] in self.family):
            return "S"
        return "U"

    def _plain(self, word: str) -> str:
        """As the lists spell it: a name in Cyrillic letters in Latin ones, where it is one."""
        if len(word) >= _LEAST_CYRILLIC and _CYRILLIC.search(word):
            latin = skeleton(word.translate(self.cues.latin))
            bare = [latin, *(latin.removesuffix(ending) for ending in _ENDINGS if latin.endswith(ending))]
            for form in bare:
                if form in self._skeletons or form + "a" in self._skeletons or form + "i" in self._skeletons:
                    return self._some_name(form)
        return word

    def _some_name(self, rough: str) -> str:
        """Of several the first in the alphabet, so that every process takes the same."""
        names = self._given_by_skeleton
        return min((names[form] for form in (rough, rough + "a", rough + "i") if form in names), default=rough)

    def is_arabic_name(self, word: str) -> bool:
        return bool(_ARABIC.search(word)) and word in self.cues.arabic

    def likeness(self, word: str) -> float:
        weights = self._likeness
        return self._bias + sum(weights.get(gram, 0.0) for gram in grams(word))


def _unbent(word: str) -> Iterator[str]:
    """What a word of English may be a form of."""
    for ending, others in (
        ("s", ("",)),
        ("es", ("",)),
        ("d", ("",)),
        ("ed", ("",)),
        ("ing", ("", "e")),
        ("ly", ("",)),
        ("n't", ("",)),
    ):
        if word.endswith(ending):
            yield from (word.removesuffix(ending) + other for other in others)


def _step(likeness: float) -> str:
    return str(sum(likeness > step for step in _LIKENESS_STEPS))


def _pieces(names: Iterable[str]) -> frozenset[str]:
    """The names, and each part of those of several words that is long enough to tell."""
    whole = {folded(name) for name in names}
    return frozenset(whole | {part for name in whole for part in name.split() if len(part) >= _LEAST_PART})


def _phrases(lines: Iterable[str]) -> dict[str, set[tuple[str, ...]]]:
    """By their first word. Roads and shops of single letters (``M5``, ``M&S``) are left out: they would hide initials."""
    phrases: dict[str, set[tuple[str, ...]]] = {}
    for line in lines:
        words = tuple(folded(match[1]) for match in WORD.finditer(line))
        if any(len(word) > 1 for word in words):
            phrases.setdefault(words[0], set()).add(words)
    return phrases
