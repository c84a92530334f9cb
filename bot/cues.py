"""Reads a text as one letter per word, and turns phrases written as data into patterns over those letters.

Every word that some phrase names has its own letter; all other words share one. A text becomes a short string, a phrase
a small pattern of letter sets with bounded gaps, so matching is quick and stays linear whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.errors import BadContent
from bot.folding import fold
from bot.spelling import Speller, Typing

OTHER, CLAUSE, SENTENCE = "_", ",", "."
Groups = Mapping[str, frozenset[str]]

_FIRST_LETTER = 0xE000
_MOST_WORDS = 6400
"""The letters are the private ones of Unicode, so no text can hold one by itself."""
_SPELLED_OUT = 3
_GAP = 3
_EDGES = {"^": "^[.,]*", "$": "(?=[.,]|$)", "$$": "[.,]*$", "*": ",?[^.,]"}

_TOKEN = re.compile(
    r"([$@]?[^\W_]+(?:['*@$!|]+[^\W_]+)*)"
    r"|([.!?\u2026]+(?=[\s\"')]|$)|[\u3002\u061f\u06d4]|\n[ \t]*\n)"
    r"|([,;:()\[\]/\n\u060c\u3001]|[ \t]-+[ \t])"
    r"|([\u2190-\u2bff\U0001f000-\U0001faff])"
)
_SENTENCE_MARK, _CLAUSE_MARK = 2, 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as letters; letter ``i`` stands at ``starts[i]`` to ``ends[i]`` of the folded text."""

    letters: str
    starts: Sequence[int]
    ends: Sequence[int]


class Phrase:
    """A phrase as a pattern. Every match holds one of the letters of ``anchor``: the rarest step of the phrase.

    The pattern is compiled when a text first holds one of them. Most phrases are never met: compiling them all would take a
    second of every start, and some ten megabytes.
    """

    __slots__ = ("_compiled", "anchor", "source")

    def __init__(self, source: str, anchor: str) -> None:
        self.source = source
        self.anchor = anchor
        self._compiled: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled


class Vocabulary:
    """All words that the phrases name, each with its letter. A phrase is steps with a space between:

    ``a|b`` one of these · ``{group}`` one of a named group · ``hurt~`` any word that begins so · ``step?`` may be left out ·
    ``*`` any one word · ``..`` up to three words, ``..6`` up to six · ``!a|b`` not followed by these · ``$`` the end of
    the clause · ``^`` ``$$`` the start and the end of the text. Steps never reach over the end of a sentence.
    """

    def __init__(self, phrases: Iterable[str], groups: Groups, typing: Typing, *, ordinary: Iterable[str] = ()) -> None:
        """``groups`` may be named in phrases; ``ordinary`` words are in most texts, so they make poor anchors."""
        self._groups = groups
        self._ordinary = frozenset(ordinary)
        self._steps: dict[str, frozenset[str]] = {}
        self._classes: dict[frozenset[str], str] = {}
        words = {word for phrase in phrases for step in phrase.split() for word in self._words_of(step)}
        if len(words) > _MOST_WORDS:
            raise BadContent(f"The phrases name {len(words)} words; there are letters for {_MOST_WORDS}.")
        self._letters = {word: chr(_FIRST_LETTER + place) for place, word in enumerate(sorted(words))}
        self._codes = self._letters | self._typed(typing)
        stems = {word[:-1]: letter for word, letter in self._letters.items() if word.endswith("~")}
        self._speller = Speller(self._codes, stems, typing)

    def phrase(self, written: str) -> Phrase:
        """Raises ``BadContent`` for a phrase of which every step may be left out."""
        anchors = []
        for step in written.split():
            words = self._words_of(step)
            if words and step[0] != "!" and step[-1] != "?" and "$" not in step.split("|"):
                letters = self._class(words)
                anchors.append((bool(self._ordinary & words), len(letters), letters))
        if not anchors:
            raise BadContent(f"The phrase {written!r} holds no word it must have.")
        return Phrase("".join(map(self._pattern, written.split())), min(anchors)[2])

    def settle(self) -> None:
        """Forget what only making phrases needs, some megabytes of it; ``phrase`` works it out again if it is asked."""
        self._steps.clear()
        self._classes.clear()

    def written_for(self, letters: AbstractSet[str]) -> tuple[frozenset[str], tuple[str, ...]]:
        """What a text must hold one of, to have any of these letters: words as they may be typed, and beginnings of words."""
        words = {word for word, code in self._codes.items() if not letters.isdisjoint(code)}
        stems = tuple(sorted(word[:-1] for word in words if word.endswith("~")))
        return frozenset(word.replace("'", "") for word in words if not word.endswith("~")), stems

    def read(self, text: str) -> Reading:
        """``text`` is folded. Linear in its length; never raises."""
        words: list[str] = []
        codes: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        single = 0
        for token in _TOKEN.finditer(text):
            kind = token.lastindex
            word = token[0]
            if kind == _SENTENCE_MARK:
                code = SENTENCE
            elif kind == _CLAUSE_MARK:
                code = CLAUSE
            else:
                code = self._codes.get(word) or self._speller.guess(word) or OTHER
                single += len(word) == 1
            words.append(word)
            codes.append(code)
            starts.append(token.start())
            ends.append(token.end())
        if single >= _SPELLED_OUT:
            words, codes, starts, ends = self._spelled_out(words, codes, starts, ends)
        self._mend_halves(words, codes, ends)
        return _one_letter_each(codes, starts, ends)

    def _mend_halves(self, words: list[str], codes: list[str], ends: list[int]) -> None:
        """``my self`` and ``sui cide``: the first half becomes the word, the second half is emptied."""
        for at in range(1, len(words)):
            fragment = codes[at - 1] == OTHER or codes[at] == OTHER
            if code := self._speller.in_two(words[at - 1], words[at], fragment=fragment):
                codes[at - 1], ends[at - 1], codes[at] = code, ends[at], ""

    def _spelled_out(
        self, words: list[str], codes: list[str], starts: list[int], ends: list[int]
    ) -> tuple[list[str], list[str], list[int], list[int]]:
        """Words typed letter by letter are put together; all else stays as it was."""
        kept: list[tuple[str, str, int, int]] = []
        at = 0
        while at < len(words):
            end = at
            while end < len(words) and len(words[end]) == 1 and words[end].isalnum():
                end += 1
            if end - at >= _SPELLED_OUT:
                run = self._speller.letter_by_letter("".join(words[at:end]))
                kept += [("", code, starts[at + first], ends[at + last - 1]) for first, last, code in run]
                at = end
            else:
                kept.append((words[at], codes[at], starts[at], ends[at]))
                at += 1
        return [row[0] for row in kept], [row[1] for row in kept], [row[2] for row in kept], [row[3] for row in kept]

    def _typed(self, typing: Typing) -> dict[str, str]:
        """The code of each way to write a known word."""
        for written, meant in typing.meant.items():
            if written in self._letters:
                raise BadContent(f"{written!r} is a word of some phrase and cannot also be a way to write {meant!r}.")
        joined = {little + word: code for little in typing.joined for word, code in self._letters.items() if word.isalpha()}
        codes = {word: code for word, code in joined.items() if word not in self._letters}
        codes |= {
            written: "".join(self._letters.get(word, OTHER) for word in meant.split()) for written, meant in typing.meant.items()
        }
        return {word: OTHER for word in typing.two_words if word not in self._letters} | codes

    def _pattern(self, step: str) -> str:
        if step in _EDGES:
            return _EDGES[step]
        if step.startswith(".."):
            return f"(?:,?[^.,]){{0,{int(step[2:] or _GAP)}}}?"
        words = self._words_of(step)
        one = f",?[{self._class(words)}]" if words else ""
        if "$" in step.removeprefix("!").removesuffix("?").split("|"):
            one += f"|{_EDGES['$']}"
        if step.startswith("!"):
            return f"(?!{one})"
        return f"(?:{one})?" if step.endswith("?") else f"(?:{one})"

    def _class(self, words: frozenset[str]) -> str:
        """The letters of these words; a stem brings every known word that begins with it."""
        if words not in self._classes:
            letters = {self._letters[word] for word in words}
            if stems := tuple(word[:-1] for word in words if word.endswith("~")):
                letters.update(letter for word, letter in self._letters.items() if word.startswith(stems))
            self._classes[words] = "".join(sorted(letters))
        return self._classes[words]

    def _words_of(self, step: str) -> frozenset[str]:
        """The words a step allows; none for gaps and edges."""
        if step in self._steps:
            return self._steps[step]
        found: set[str] = set()
        if step in _EDGES or step.startswith(".."):
            return frozenset()
        for word in step.removeprefix("!").removesuffix("?").split("|"):
            if word.startswith("{"):
                if word[1:-1] not in self._groups:
                    raise BadContent(f"There is no group {word} of words.")
                found |= self._groups[word[1:-1]]
            elif word != "$":
                found.add(as_read(word))
        self._steps[step] = frozenset(found)
        return self._steps[step]


def as_read(word: str) -> str:
    """A word of the data as it will be met in a text: folded, without apostrophes."""
    return fold(word).text.replace("'", "")


def _one_letter_each(codes: list[str], starts: list[int], ends: list[int]) -> Reading:
    """One entry per letter: words that ran together give several, second halves none."""
    letters = "".join(codes)
    if len(letters) == len(codes) and "" not in codes:
        return Reading(letters, starts, ends)
    places = [at for at, code in enumerate(codes) for _ in code]
    return Reading(letters, [starts[at] for at in places], [ends[at] for at in places])
