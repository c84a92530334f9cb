"""Looks for danger in every text, before anything else: fixed rules, read once from ``bot/content/danger``.

Every text is read by the rules of every language, for nobody knows yet what a newcomer writes in; each language has its
own words and ways of typing, so that no word of one is taken for a word of another.
The same text always gives the same answer. Tuned to miss nothing: words that deny, remember or tell of strangers may
lower a level, they never silence it; only figures of speech that are written down as such are passed over.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from bot.cues import CLAUSE, OTHER, SENTENCE, Phrase, Reading, Vocabulary, as_read
from bot.errors import BadContent
from bot.folding import Folded, fold
from bot.grown_up import as_told_by_an_adult
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import ENGLISH, Locale, Span
from bot.spelling import Typing

CONTENT = Path(__file__).parent / "content" / "danger"
LOWERINGS = ("negation", "past", "distant")

_MOST_HITS = 8
"""Enough evidence from one phrase; a hostile text may repeat it ten thousand times."""
_DENIAL_REACH = 4
_TELLING_REACH = 40
_A_FEW_WORDS = 10
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ODD = re.compile(r"(\w)\1\1|\w[*@$!|\d]+\w|(?:\b[^\W\d_]\b[^\w\n]+){3}")
"""Keys held down, signs or figures in words, letters one by one: no single word of such a text says which language it is."""
_LEVELS = {level.word: level for level in RiskLevel if level}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What its phrases are a sign of. ``young``: only a child would say it so. ``lowered_by``: some of ``LOWERINGS``.

    ``covers``: it alone says of which kind its last words are; "he will kill me" is no self-harm.
    """

    kind: RiskKind
    level: RiskLevel
    lowered_by: frozenset[str]
    young: bool = False
    covers: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    """A cue that was met; ``span`` is its stretch of the text as it came."""

    cue: Cue
    level: RiskLevel
    span: Span


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the rules of one language met; ``young``: a child writes."""

    locale: Locale
    hits: tuple[_Hit, ...]
    young: bool


class _Finder(Generic[_T]):
    """Phrases, each with what it stands for, found by the letters one of which they need: most are never tried."""

    def __init__(self, phrases: Iterable[tuple[Phrase, _T]]) -> None:
        self._phrases = tuple(phrases)
        by_letter: dict[str, list[int]] = {}
        for place, (phrase, _) in enumerate(self._phrases):
            for letter in phrase.anchor:
                by_letter.setdefault(letter, []).append(place)
        self._by_letter = {letter: tuple(places) for letter, places in by_letter.items()}
        self.anchors = frozenset(by_letter)

    def find(self, letters: str) -> Iterator[tuple[_T, int, int]]:
        """What was found, with its stretch of letters, no more than ``_MOST_HITS`` of one phrase."""
        places = {place for letter in self.anchors.intersection(letters) for place in self._by_letter[letter]}
        for place in sorted(places):
            phrase, meaning = self._phrases[place]
            for count, match in enumerate(phrase.pattern.finditer(letters)):
                if count == _MOST_HITS:
                    break
                yield meaning, match.start(), match.end()

    def found_in(self, letters: str, start: int, end: int) -> bool:
        """Whether any phrase lies within this stretch."""
        return next(self.find(letters[start:end]), None) is not None


class Rules:
    """The rules of one language, compiled. Holds no text and changes nothing: one for all threads."""

    def __init__(self, content: Mapping[str, Any], locale: Locale) -> None:
        self._locale = locale
        groups = _groups(content)
        rows = content["cue"]
        idioms = [phrase for row in content.get("idiom", []) for phrase in row["phrases"]]
        told = content.get("telling", {})
        telling = {name: told.get(name, []) for name in _TELLING}
        phrases = (
            [phrase for row in rows for phrase in row["phrases"]] + idioms + [one for many in telling.values() for one in many]
        )
        words = Vocabulary(
            phrases, groups, _typing(content.get("typing", {})), ordinary=map(as_read, content.get("ordinary", "").split())
        )
        self._vocabulary = words
        cues = [(_cue(row, content["lowered_by"]), row["phrases"]) for row in rows]
        self._cues = _Finder((words.phrase(phrase), cue) for cue, many in cues for phrase in many)
        self._idioms = _Finder((words.phrase(phrase), None) for phrase in idioms)
        self._telling = {name: _Finder((words.phrase(phrase), None) for phrase in many) for name, many in telling.items()}
        self._words, self._stems = words.written_for(self._cues.anchors)
        words.settle()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file of one language. Raises ``BadContent`` for a phrase, word, kind or level that cannot be."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        try:
            return cls(content, Locale(path.stem))
        except (KeyError, ValueError) as error:
            raise BadContent(f"{path.name}: {error.args[0]!r} is missing or not known.") from error

    def may_hear(self, words: AbstractSet[str]) -> bool:
        """Whether any phrase could be met in a text of these folded words, typed without oddities."""
        return not self._words.isdisjoint(words) or any(word.startswith(self._stems) for word in words)

    def hear(self, folded: Folded) -> _Heard:
        """Never raises; linear in the length of the text."""
        reading = self._vocabulary.read(folded.text)
        if self._cues.anchors.isdisjoint(reading.letters):
            return _Heard(self._locale, (), young=False)
        letters = reading.letters
        if len(letters) <= _A_FEW_WORDS:
            letters = letters.replace(SENTENCE, CLAUSE)  # "help. he hit. scared": whoever writes so says one thing
        letters = self._without_idioms(letters)
        hits = tuple(
            _Hit(cue, self._level(cue, letters, start, end), _span(reading, folded, start, end))
            for cue, start, end in _uncovered(list(self._cues.find(letters)))
        )
        if not hits:
            return _Heard(self._locale, (), young=False)
        young = any(hit.cue.young for hit in hits) or self._telling["young"].found_in(letters, 0, len(letters))
        return _Heard(self._locale, hits, young)

    def _without_idioms(self, letters: str) -> str:
        """Figures of speech are read as other words, so that no cue can be made of them."""
        idioms = list(self._idioms.find(letters))
        if not idioms:
            return letters
        kept = list(letters)
        for _, start, end in idioms:
            kept[start:end] = [mark if mark in (SENTENCE, CLAUSE) else OTHER for mark in letters[start:end]]
        return "".join(kept)

    def _level(self, cue: Cue, letters: str, start: int, end: int) -> RiskLevel:
        """One level lower where the words around it deny it, put it in the past or tell of somebody far off."""
        if cue.level is RiskLevel.WELLBEING or not cue.lowered_by:
            return cue.level
        first = max(letters.rfind(SENTENCE, 0, start), start - _TELLING_REACH, 0)
        stop = letters.find(SENTENCE, end, end + _TELLING_REACH)
        last = stop if stop >= 0 else end + _TELLING_REACH
        now = self._telling["now"].found_in(letters, first, last)
        denied = "negation" in cue.lowered_by and self._telling["negation"].found_in(letters, *_near(letters, start, end))
        past = "past" in cue.lowered_by and not now and self._telling["past"].found_in(letters, first, last)
        distant = "distant" in cue.lowered_by and self._telling["distant"].found_in(letters, first, last)
        if denied and now and cue.level is RiskLevel.CONCERN:
            denied = False  # "no longer every day, but he did it yesterday"
        return RiskLevel(cue.level - 1) if denied or past or distant else cue.level


_FIRST = (RiskKind.LIFE_NOW, RiskKind.SELF_HARM)
_RANK = {kind: rank for rank, kind in enumerate(RiskKind)}

_TELLING = (*LOWERINGS, "now", "young")
"""Ways of telling that a language may list phrases for."""


class Languages:
    """The rules of all languages. English is always read; of the others, those one of whose words is there."""

    def __init__(self, rules: Iterable[Rules]) -> None:
        self._rules = tuple(rules)

    @classmethod
    def load(cls, path: Path = CONTENT) -> Self:
        """Read a folder, one file for each language, English first. Raises ``BadContent``."""
        files = sorted(path.glob("*.toml"), key=lambda file: (file.stem != ENGLISH, file.stem))
        return cls(Rules.load(file) for file in files)

    def check(self, text: str) -> Risk:
        """Never raises; linear in the length of the text. Evidence are spans of the text as it came."""
        return _risk(self._heard(text))

    def language_of(self, text: str) -> Locale | None:
        """The language whose rules hear most danger in this text; None where none does."""
        heard = self._heard(text)
        return max(heard, key=_weight).locale if heard else None

    def _heard(self, text: str) -> list[_Heard]:
        folded = fold(text)
        words = frozenset(word.replace("'", "") for word in _WORD.findall(folded.text))
        odd = _ODD.search(folded.text) is not None
        first, *others = self._rules
        heard = [first.hear(folded)]
        heard += [rules.hear(folded) for rules in others if odd or rules.may_hear(words)]
        return [one for one in heard if one.hits]


@cache
def _default() -> Languages:
    return Languages.load()


def check(text: str) -> Risk:
    """Whether this text says that somebody is, or may be, in danger."""
    return as_told_by_an_adult(_default().check(text), text)


def language_of(text: str) -> Locale | None:
    """The language in which this text says that somebody is, or may be, in danger; None where it does not."""
    return _default().language_of(text)


def check_burst(texts: Sequence[str]) -> Risk:
    """Several messages as one, for words that are only dangerous together; never less than the worst of them alone.

    Evidence are spans of the messages joined by one newline each.
    """
    risks = [check("\n".join(texts))]
    at = 0
    for text in texts if len(texts) > 1 else ():
        risk = check(text)
        risks.append(Risk(risk.level, risk.kinds, tuple((start + at, end + at) for start, end in risk.evidence)))
        at += len(text) + 1
    kinds = dict.fromkeys(kind for risk in risks for kind in risk.kinds)
    spans = [span for risk in risks for span in risk.evidence]
    return Risk(max(risk.level for risk in risks), _first_things_first(kinds), _merged(spans))


def _uncovered(found: Sequence[tuple[Cue, int, int]]) -> list[tuple[Cue, int, int]]:
    """Without what the end of a cue that ``covers`` would also be taken for."""
    covering = [(start, end) for cue, start, end in found if cue.covers]
    return [
        (cue, start, end)
        for cue, start, end in found
        if cue.covers or cue.kind not in _FIRST or not any(first <= start < last <= end + 1 for first, last in covering)
    ]


def _first_things_first(kinds: Iterable[RiskKind]) -> tuple[RiskKind, ...]:
    """Those already in order, of several messages: what may cost a life still leads."""
    return tuple(sorted(kinds, key=lambda kind: _FIRST.index(kind) if kind in _FIRST else len(_FIRST)))


def _near(letters: str, start: int, end: int) -> Span:
    """Where a denial of a cue may stand: a few words before it in the same clause, or within it."""
    edge = max(letters.rfind(SENTENCE, 0, start), letters.rfind(CLAUSE, 0, start)) + 1
    return max(edge, start - _DENIAL_REACH), end


def _risk(heard: Sequence[_Heard]) -> Risk:
    hits = [hit for one in heard for hit in one.hits]
    if not hits:
        return Risk()
    young = any(one.young for one in heard)
    level = max(hit.level for hit in hits)
    if young and level is RiskLevel.WELLBEING:
        level = RiskLevel.CONCERN  # a child who cannot cope is not a tired carer
    grave = [hit for hit in hits if hit.level >= RiskLevel.CONCERN or hit.cue.kind is RiskKind.BREAKING_POINT]
    kinds = Counter(hit.cue.kind for hit in grave or hits)
    if young:
        kinds[RiskKind.YOUNG_PERSON] += 1
    return Risk(level, _in_order(kinds), _merged(hit.span for hit in hits))


def _weight(heard: _Heard) -> tuple[int, int, bool]:
    """How grave, then how much of the text speaks for it; English slips of the finger are words in other languages."""
    stretches = _merged(hit.span for hit in heard.hits)
    return max(hit.level for hit in heard.hits), sum(end - start for start, end in stretches), heard.locale != ENGLISH


def _span(reading: Reading, folded: Folded, start: int, end: int) -> Span:
    """The stretch of the original that letters ``start`` to ``end`` came from, without marks before it."""
    while reading.letters[start] in (SENTENCE, CLAUSE):
        start += 1
    return folded.span(reading.starts[start], reading.ends[end - 1])


def _in_order(kinds: Mapping[RiskKind, int]) -> tuple[RiskKind, ...]:
    """Life first, then self-harm; after them the kind that most of the words speak for."""
    return tuple(sorted(kinds, key=lambda kind: (kind not in _FIRST, kind not in _FIRST and -kinds[kind], _RANK[kind])))


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, those that touch made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _cue(row: Mapping[str, Any], lowered_by: Mapping[str, Sequence[str]]) -> Cue:
    level = _LEVELS[row["level"]]
    lowering = frozenset(row.get("lowered_by", lowered_by[row["level"]]))
    if not lowering <= set(LOWERINGS):
        raise BadContent(f"A cue may be lowered by {', '.join(LOWERINGS)}; not by {', '.join(sorted(lowering))}.")
    young, covers = row.get("young", False), row.get("covers", False)
    return Cue(kind=RiskKind(row["kind"]), level=level, lowered_by=lowering, young=young, covers=covers)


def _groups(content: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Named groups of words; a group may take in groups written before it."""
    groups: dict[str, frozenset[str]] = {}
    for name, written in content.get("groups", {}).items():
        words: set[str] = set()
        for word in written.split():
            words |= groups[word[1:-1]] if word.startswith("{") else {as_read(word)}
        groups[name] = frozenset(words)
    return groups


def _typing(content: Mapping[str, Any]) -> Typing:
    meant = {
        fold(written).text: " ".join(map(as_read, meant.split()))
        for meant, many in content.get("meant", {}).items()
        for written in many.split()
    }
    return Typing(
        meant=meant,
        two_words=frozenset(content.get("two_words", "").split()),
        slips=frozenset(content.get("slips", "").split()),
        not_slips=frozenset(content.get("not_slips", "").split()),
        joined=frozenset(content.get("joined", "").split()),
    )
