"""Finds the address of a home in a folded text: a number or the name of a house, and a street.

Read word by word from the end of a street's name backwards, so that it is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

_MOST_WORDS = 4
_MOST_OF_A_HOUSE = 3
_TOKEN = re.compile(r"\d{1,4}(?: ?[/-] ?\d{1,4})?[a-z]?(?![^\W_])|[^\W_]{1,40}(?:['.-][^\W\d_]{1,30}){0,3}")
_NUMBER = re.compile(r"\d{1,4}(?: ?[/-] ?\d{1,4})?[a-z]?")
_FIGURE = re.compile(r"\d")
_LISTED = (",", "\n", ":", ";")
_SPACES = frozenset({" ", "'", ". "})
_COMMAS = frozenset({" ", ", ", ",", ",\n", "\n", " , "})
_LOOSE = frozenset({"house", "hall", "office", "no", "num", "number", "room", "unit"})
"""Words that tell of a home only with others."""
_FLOORS = frozenset({"top", "basement", "ground", "first", "second", "third", "floor", "flat", "annexe"})
_SIDES = frozenset({"north", "south", "east", "west", "end"})
_MOST_UNITS = 4
_LEAST_NAMED = 7
"""Letters of the name of a house, or of a street, in one word."""

Stretch = tuple[int, int]
IsLarge = Callable[[int, int], bool]


class _Token(NamedTuple):
    start: int
    end: int
    word: str
    gap: str


class Addresses:
    """Compiled from the ``address`` table of redaction.toml."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._strong, self._weak, self._common, self._dwelling, self._unit, self._never, self._places = (
            frozenset(words[name].split()) for name in ("strong", "weak", "common", "dwelling", "unit", "never", "places")
        )
        self._counted = frozenset(words["counted"].split())
        self._houses, self._sides = frozenset(words["named"].split()), frozenset(words["sides"].split())
        self._endings, self._joined, self._loosely = (tuple(words[name].split()) for name in ("endings", "joined", "loosely"))
        self._near, self._months = frozenset(words["near"].split()), frozenset(words["months"].split())
        self._types = self._strong | self._weak | self._common
        anchors = "|".join(sorted(self._types | self._unit | self._dwelling | self._houses))
        joined = rf"[^\W\d_]{{3,40}}(?:{'|'.join((*self._joined, *self._loosely))})"
        self._anchor = re.compile(rf"(?<![^\W_])(?:{anchors}|{joined})(?![^\W_])")
        self._cue = re.compile(
            rf"(?<![^\W_])(?:{words['cue']})(?: (?:line 1|is|was|now|changed to|in|at|em|na|la|w|pe))?(?![^\W_])[ ,:=>\n-]{{0,4}}"
        )

    def _is_named(self, word: str) -> bool:
        """Whether a house is called so, in one word."""
        if word in self._houses:
            return True
        return len(word) >= _LEAST_NAMED and word.endswith(self._endings) and word not in self._sides

    def _is_joined(self, word: str) -> bool:
        """Whether a street may be called so, in one word."""
        return len(word) >= _LEAST_NAMED and word.endswith((*self._joined, *self._loosely)) and word not in self._sides

    def find(self, work: str, is_large: IsLarge) -> Iterator[Stretch]:
        """Stretches of the folded text, which may overlap. ``is_large``: whether a stretch is written with capitals."""
        told = frozenset(match.end() for match in self._cue.finditer(work))
        if not told and not _FIGURE.search(work) and not self._anchor.search(work):
            return
        tokens: list[_Token] = []
        at = 0
        for match in _TOKEN.finditer(work):
            tokens.append(_Token(match.start(), match.end(), match[0], work[at : match.start()]))
            at = match.end()
        for place, token in enumerate(tokens):
            if token.word in self._types:
                found = self._street(told, tokens, place, is_large)
                if found is not None:
                    yield found
            elif (token.word in self._dwelling and token.word not in _LOOSE) or token.word in self._houses:
                found = self._told_home(told, tokens, place)
                if found is not None:
                    yield found
            elif self._is_joined(token.word):
                found = self._one_word(told, tokens, place, is_large)
                if found is not None:
                    yield found
            elif token.word in self._unit or _NUMBER.fullmatch(token.word):
                found = self._numbered(told, tokens, place, is_large)
                if found is not None:
                    yield found

    def _street(self, cues: frozenset[int], tokens: Sequence[_Token], last: int, is_large: IsLarge) -> Stretch | None:
        """That ends with the kind of street at ``last``."""
        if last + 1 < len(tokens) and tokens[last + 1].word in self._places and tokens[last + 1].gap == " ":
            return None
        large = is_large(tokens[last].start, tokens[last].end)
        first = self._name(tokens, last, is_large if large else None)
        if first == last:
            return None
        start, numbered, housed = self._house(tokens, first, cues, is_large if large else None)
        sides = last + 1 < len(tokens) and tokens[last + 1].word in _SIDES and tokens[last + 1].gap == " "
        begin, end = tokens[start].start, tokens[last + sides].end
        told = begin in cues
        near = start > 0 and tokens[start - 1].word in self._near
        kind = tokens[last].word
        if not (numbered or housed):
            bare = tokens[first].word == "the" and last - first == 1
            sure = (large or told or near) if kind in self._strong else told and (large or kind not in self._common)
            return (begin, end) if sure and not bare else None
        if kind in self._strong:
            return begin, end
        listed = self._is_listed(tokens, start, last + sides)
        sure = large or told or housed or near or listed or not tokens[start].word.isdigit()
        return (begin, end) if sure or kind not in self._common else None

    def _is_listed(self, tokens: Sequence[_Token], first: int, last: int) -> bool:
        """Whether these words stand between commas, or on a line of their own."""
        before = first == 0 or tokens[first].gap.startswith(_LISTED)
        return before and (last + 1 == len(tokens) or tokens[last + 1].gap.startswith(_LISTED))

    def _one_word(self, cues: frozenset[int], tokens: Sequence[_Token], last: int, is_large: IsLarge) -> Stretch | None:
        """A street of one word, after the number or the name of a house."""
        if any(token.word in self._places for token in tokens[last + 1 : last + 3]):
            return None
        large = is_large(tokens[last].start, tokens[last].end)
        start, numbered, housed = self._house(tokens, last, cues, is_large if large else None)
        counted = start > 0 and tokens[start - 1].word in self._counted
        exact = any(token.word in self._unit or not token.word.isdigit() for token in tokens[start:last])
        called = any(
            token.word in self._dwelling or token.word in self._types or self._is_named(token.word)
            for token in tokens[start:last]
        )
        aged = start == last - 1 and "," in tokens[last].gap  # "is 9, Elmhay": an age and a school
        sure = (housed and called) or (numbered and (large or exact or tokens[last].word.endswith(self._joined)))
        if start == last or counted or not sure or (aged and not exact and not called):
            return None
        return tokens[start].start, tokens[last].end

    def _name(self, tokens: Sequence[_Token], last: int, is_large: IsLarge | None, *, most: int = _MOST_WORDS) -> int:
        """Where the words before the kind of street or house begin, ``most`` of them; ``last`` itself if there are none."""
        first = last
        while first > 0 and last - first < most and tokens[first].gap in _SPACES:
            token = tokens[first - 1]
            if token.word == "the":
                return first - 1
            if not self._is_inner(token, tokens, first - 1) or (is_large and not is_large(token.start, token.end)):
                break
            first -= 1
            if token.word in self._houses:
                break
        return first

    def _is_inner(self, token: _Token, tokens: Sequence[_Token], at: int) -> bool:
        saint = token.word == "st" and at + 1 < len(tokens)
        return saint or (token.word[0].isalpha() and token.word not in self._never and token.word not in self._unit)

    def _house(
        self, tokens: Sequence[_Token], first: int, cues: frozenset[int], is_large: IsLarge | None
    ) -> tuple[int, bool, bool]:
        """Where the number or the name of the house before a street begins, and which of them there is."""
        start, numbered, housed = (
            first,
            False,
            any(token.word in self._dwelling or self._is_named(token.word) for token in tokens[first : first + 3]),
        )
        while start > 0 and (tokens[start].gap in _COMMAS or (numbered and tokens[start].gap == ". ")):
            token = tokens[start - 1]
            if _NUMBER.fullmatch(token.word):
                start, numbered = start - 1, True
            elif numbered and (token.word in self._unit or token.word in _FLOORS):
                start -= 1
            elif (token.word in self._dwelling and not (token.word in _LOOSE and tokens[start].gap == " ")) or (
                token.word in self._types and "," in tokens[start].gap
            ):
                start, housed = self._name(tokens, start - 1, is_large, most=_MOST_OF_A_HOUSE), True
            elif not housed and self._is_named(token.word) and (is_large is None or is_large(token.start, token.end)):
                start, housed = start - 1, True
            elif token.word == "o" and token.gap == "/" and start > 1:
                start -= 2
            elif (
                not (numbered or housed)
                and tokens[start].gap.startswith(",")
                and self._is_house(tokens, start - 1, cues, is_large)
            ):
                start, housed = start - 1, True
            else:
                break
        if (numbered or housed) and start > 0 and tokens[start - 1].word == "the" and tokens[start].gap == " ":
            start -= 1
        return start, numbered, housed

    def _told_home(self, cues: frozenset[int], tokens: Sequence[_Token], last: int) -> Stretch | None:
        """The name of a house and a word or two after it, where something says that it is an address."""
        first = self._name(tokens, last, None, most=_MOST_OF_A_HOUSE)
        near = first > 0 and tokens[first - 1].word in self._near and last + 1 < len(tokens) and "," in tokens[last + 1].gap
        if tokens[first].start not in cues and not near:
            return None
        end = last
        while end + 1 < len(tokens) and end - last < 2 and tokens[end + 1].gap in _COMMAS - {". "}:  # noqa: PLR2004 - two words
            if not self._is_inner(tokens[end + 1], tokens, end + 1) or tokens[end + 1].word == "the":
                break
            end += 1
        return (tokens[first].start, tokens[end].end) if end > last else None

    def _is_house(self, tokens: Sequence[_Token], at: int, cues: frozenset[int], is_large: IsLarge | None) -> bool:
        """Whether one word before a comma is the name of a house."""
        token = tokens[at]
        if is_large:
            return is_large(token.start, token.end)
        told = token.start in cues or (at > 0 and tokens[at - 1].word in self._near)
        return told and token.word not in self._never

    def _numbered(self, cues: frozenset[int], tokens: Sequence[_Token], at: int, is_large: IsLarge) -> Stretch | None:
        """A number of a house and one or two words after it, where a word before it says that it is an address."""
        last = at
        while last + 1 < len(tokens) and (tokens[last].word in self._unit or tokens[last + 1].word in self._unit):
            last += 1
            word = tokens[last].word
            if last - at > _MOST_UNITS or (
                len(word) > 1 and word not in self._unit and word not in _FLOORS and not word[0].isdigit()
            ):
                return None
            if tokens[last].gap not in _COMMAS and tokens[last].gap != ". ":
                return None
        if last + 1 < len(tokens) and _NUMBER.fullmatch(tokens[last + 1].word) and tokens[last + 1].gap in _COMMAS:
            last += 1
        if not _NUMBER.fullmatch(tokens[last].word):
            return None
        near = at > 0 and tokens[at - 1].word in self._near
        told = tokens[at].start in cues or (near and tokens[at].word in self._unit - _LOOSE)
        unit = tokens[at].word in self._unit and tokens[at].word not in _LOOSE
        counted = at > 0 and tokens[at - 1].word in self._counted
        joined = not tokens[last].word.isdigit() and not counted
        words = last
        while (
            words + 1 < len(tokens)
            and words - last < 2 + told
            and tokens[words + 1].gap in ({" ", ", "} if told and words == last else {" "})
        ):
            token = tokens[words + 1]
            if token.word in self._months:
                break
            known = told or is_large(token.start, token.end) or (unit and words == last)
            if not known or not (self._is_inner(token, tokens, words + 1) or token.word == "the"):
                break
            words += 1
        if words == last:
            return (tokens[at].start, tokens[last].end) if unit and (told or last > at) else None
        listed = (
            words + 1 < len(tokens)
            and tokens[words + 1].gap.startswith(",")
            and is_large(tokens[words + 1].start, tokens[words + 1].end)
        )
        sure = (
            told
            or unit
            or ((joined or ((listed or near) and not counted)) and is_large(tokens[words].start, tokens[words].start + 1))
        )
        return (tokens[at].start, tokens[words].end) if sure else None


def is_large(text: str) -> bool:
    """Whether a word of an address is written with a capital."""
    return text[:1].isupper()
