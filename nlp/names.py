"""Finds the names of people in a text, whatever community they are of, and says which words might still be names.

A learnt scorer weighs each word by its lists, its letters and what stands around it; then whole names are put together, the
same word is a name wherever it stands in the text, and each is typed by the words beside it: a child's, a relative's, a
professional's, or just a name. Linear in the length of the text; never raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from bot import toml
from bot.folding import fold
from bot.model import Span
from nlp.name_candidates import is_candidate
from nlp.name_features import Text, Token, place, read
from nlp.name_filling import Sources
from nlp.name_model import MODEL, NameWeights, Scorer
from nlp.name_phrases import mark_phrases
from nlp.name_words import Lexicon, Word

PLACES = Path(toml.__file__).parent / "content" / "places.toml"
KINDS = ("child", "relative", "professional", "name")
_CUE_KIND = {"child": "child", "relative": "relative", "role": "professional", "title": "professional"}
_JOINED = frozenset("sj-p")
_FAR = 3
_LEAST_LETTERS = 2
_LETTERS_IN_A_ROW = 8
_BEFORE_A_NAME = frozenset({"child", "relative", "title", "role", "naming", "self", "greet", "close"})
_JOINING = frozenset({"and", "or", "but"})
_ALONE = frozenset(".n^,:/(-")
"""What stands behind a word that is said by itself."""
_POSSESSIVE = ("'s", "\u2019s")
_SOFT, _FAINT, _SHORT = 0.12, 0.05, 3
"""The chance from which a word written as the name beside it is part of it; the same of an ordinary word of few letters."""


@dataclass(frozen=True, slots=True)
class Names:
    """``names`` as (start, end, kind), in order. ``doubtful`` are words that were left and might be names; ``confidence``
    is the chance that none of those left is one, as far as the surest of them goes.
    """

    names: tuple[tuple[int, int, str], ...] = ()
    doubtful: tuple[Span, ...] = ()
    confidence: float = 1.0


class NameFinder:
    """Built once; one serves all threads. ``withheld`` false leaves out the names kept for measuring."""

    def __init__(self, weights: NameWeights, sources: Sources, *, withheld: bool = True) -> None:
        self.lexicon = lexicon_of(weights, sources, withheld=withheld)
        self.weights = weights
        self._scorer = Scorer(weights)
        self._everyday = frozenset(sources.everyday)
        given = (name for part in sorted({False, withheld}) for name in sources.given(withheld=part))
        self._named_so = self._everyday & frozenset(fold(name).text for name in given)
        """Everyday words that somebody is called: Rich, Harsh, Long."""

    @classmethod
    def load(cls, path: Path = MODEL, *, withheld: bool = True) -> Self:
        """Raises ``BadContent``."""
        return cls(NameWeights.load(path), Sources.load(), withheld=withheld)

    def find(self, text: str, *, english: bool = True) -> Names:
        """``english`` false: in other languages only names are written large inside a sentence."""
        read_text = read(text, self.lexicon.word, self._mark)
        tokens = read_text.tokens
        chances = [self._scorer.chance(place(read_text, at)) if is_candidate(read_text, at) else 0.0 for at in range(len(tokens))]
        if not english:
            chances = [self._foreign(read_text, at, chance) for at, chance in enumerate(chances)]
        taken = {at for at, chance in enumerate(chances) if chance >= self.weights.threshold}
        ruled_out = {
            at
            for at, chance in enumerate(chances)
            if chance
            and (
                self._is_of_a_school(tokens, at, text)
                or self._is_a_time_or_place(tokens, at, text)
                or self._is_lettered(tokens, at)
                or self._is_everyday(read_text, at)
            )
        }
        taken -= ruled_out
        taken |= self._same(tokens, taken)
        taken |= self._beside(tokens, taken, chances)
        names = tuple(self._typed(read_text, list(_runs(tokens, taken))))
        settled = taken | ruled_out
        left = {at: chance for at, chance in enumerate(chances) if at not in settled and self._is_doubtful(read_text, at, chance)}
        return Names(
            names=names,
            doubtful=tuple((tokens[at].start, tokens[at].end) for at in left),
            confidence=1 - max(left.values(), default=0.0),
        )

    def _mark(self, tokens: list[Token]) -> None:
        mark_phrases(tokens, self.lexicon)

    def _foreign(self, text: Text, at: int, chance: float) -> float:
        token = text.tokens[at]
        word = token.word
        if self.lexicon.is_arabic_name(word.folded):
            return 1.0
        named = at > 0 and text.tokens[at - 1].word.cue in ("naming", "title") and token.before == "s"
        if word.shape == "l" and word.list == "U" and not named:
            return 0.0
        if word.shape == "n":
            return max(chance, 0.9 if named and word.cue == "" else 0.0)
        inside = token.before not in ".n^" and word.shape in "Tm" and text.mode == "n" and len(word.folded) > _LEAST_LETTERS
        return max(chance, 0.8) if inside and word.list not in "XYM" and not word.cue else chance

    def _is_of_a_school(self, tokens: Sequence[Token], at: int, text: str) -> bool:
        """Whether a word stands in the name of a school or a church: those stay readable. A word on a list of names does so
        before a word that ends nothing else, such as "Primary", or as a saint's: "Child: Jo Reed School: Elmhay" names a child.
        """
        token, cues = tokens[at], self.lexicon.cues
        if self._is_of_land(tokens, at) or (at and token.before == "s" and self._is_of_land(tokens, at - 1)):
            return True
        listed = token.word.list in "GBFHS"
        ends = cues.only_schools if listed else cues.schools
        for following in tokens[at + 1 : at + 3]:
            if following.before not in "sp":
                break
            if following.word.folded in ends and (not listed or following.word.shape == token.word.shape != "l"):
                return True
        saint = bool(at) and tokens[at - 1].word.folded in ("st", "saint") and token.before == "s"
        return saint and (not listed or text[token.end : token.end + 2] in _POSSESSIVE)

    def _is_of_land(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a school's name begins here that is one of land: a surname, land, and what tells that it is a school."""
        first, cues = tokens[at], self.lexicon.cues
        land = tokens[at + 1] if at + 1 < len(tokens) else first
        if land.before != "s" or land.word.folded not in cues.school_lands or land.word.shape != first.word.shape:
            return False
        if first.word.list in "GB" or first.word.cue:
            return False
        ends = tokens[at + 2] if at + 2 < len(tokens) else None
        if ends is not None and ends.before == "s" and ends.word.folded in cues.school_ends:
            return True
        return bool(at) and first.before == "s" and tokens[at - 1].word.folded in cues.school_leads

    def _is_lettered(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a letter numbers something: "sections B, F and I"."""
        if len(tokens[at].word.folded) > 1:
            return False
        for before in reversed(tokens[max(0, at - _LETTERS_IN_A_ROW) : at]):
            word = before.word.folded
            if word in self.lexicon.cues.lettered:
                return True
            if len(word) > 1 and word not in self.lexicon.cues.between_letters:
                return False
        return False

    def _is_everyday(self, text: Text, at: int) -> bool:
        """Whether a word says how something was, though a name is spelled alike: "it was long", "Lovely.", "pain, long waits"."""
        token = text.tokens[at]
        if token.word.folded not in self._everyday or token.word.shape not in "lT":
            return False
        before = text.tokens[at - 1].word if at else None
        if token.word.folded in self._named_so and self._goes_on(text, at, before):
            return False
        if before is not None and token.before == "s":
            farther = text.tokens[at - 2].word.cue if at > 1 else ""
            return token.word.shape == "l" and before.folded in self.lexicon.cues.before_everyday and farther != "naming"
        if before is not None and (before.shape == "T" or before.cue in _BEFORE_A_NAME):
            return False
        following = text.tokens[at + 1] if at + 1 < len(text.tokens) else None
        after = text.last if following is None else following.before
        if token.word.shape == "T":
            return token.before in ".n^" and after in ".n^"
        return after in _ALONE or (following is not None and following.word.folded in _JOINING)

    def _goes_on(self, text: Text, at: int, before: Word | None) -> bool:
        """Whether more is said of who may be called so: "is harsh safe", "rich and jo"; not "it was long and boring"."""
        following, then = [*text.tokens[at + 1 : at + 3], None, None][:2]
        if following is None or following.before != "s":
            return False
        if following.word.folded in _JOINING:
            is_word = then is None or then.word.list == "W" or then.word.folded in self._everyday
            return then is not None and then.before == "s" and not is_word
        return before is not None and text.tokens[at].before == "s"

    def _is_a_time_or_place(self, tokens: Sequence[Token], at: int, text: str) -> bool:
        token, cues = tokens[at], self.lexicon.cues
        if token.word.folded in cues.never:
            return not (at and token.before == "s" and tokens[at - 1].word.cue == "title")
        short = token.word.folded in cues.short
        if token.word.list != "Y" and token.word.folded not in cues.months and not short:
            return False
        before = tokens[at - 1].word if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.before == "m" and token.word.list == "Y":
            return True
        beside = text[max(0, token.start - 2) : token.start] + text[token.end : token.end + 2]
        if any(map(str.isdigit, beside)) or (after is not None and after.word.folded in cues.calendar):
            return True
        if before is None:
            return False
        told = cues.short_after if short else cues.not_after
        return before.folded in cues.calendar or (token.before == "s" and before.folded in told)

    def _same(self, tokens: Sequence[Token], taken: set[int]) -> set[int]:
        """A word that is a name in one place is one in all, but if it is a word as well."""
        names = {tokens[at].word.folded for at in taken if tokens[at].word.list not in "WAY" and tokens[at].word.shape != "I"}
        return {
            at
            for at, token in enumerate(tokens)
            if token.word.folded in names or (token.word.folded.endswith("s") and token.word.folded[:-1] in names)
        } if names else set()  # fmt: skip

    def _beside(self, tokens: Sequence[Token], taken: set[int], chances: Sequence[float]) -> set[int]:
        """What belongs to a name though it is none by itself: small words inside it, initials before it, a second surname."""
        more: set[int] = set()
        for at in taken:
            token = tokens[at]
            if at + 1 < len(tokens) and tokens[at + 1].before == "s" and at + 1 not in taken:
                following = tokens[at + 1].word
                if (following.shape == token.word.shape and self._may_follow(following, chances[at + 1])) or (
                    following.folded in self.lexicon.cues.particles and at + 2 in taken and tokens[at + 2].before in "sj-"
                ):
                    more.add(at + 1)
            if at and token.before in "sj." and at - 1 not in taken:
                previous = tokens[at - 1].word
                if (previous.shape == "I" and previous.folded not in "ia") or (
                    previous.shape == token.word.shape
                    and token.before == "s"
                    and previous.list not in "WX"
                    and chances[at - 1] >= _SOFT
                ):
                    more.add(at - 1)
        return more

    def _may_follow(self, word: Word, chance: float) -> bool:
        """Whether a word written as the name before it is part of it: a short one may be a word as well (``Ha My``)."""
        if word.list == "W":
            return word.shape == "T" and len(word.folded) <= _SHORT and chance >= _FAINT
        return word.list != "X" and chance >= _SOFT

    def _is_doubtful(self, text: Text, at: int, chance: float) -> bool:
        token = text.tokens[at]
        if chance >= self.weights.doubt:
            return True
        inside = token.before not in ".n^" and token.word.shape in "Tm" and text.mode == "n"
        return inside and token.word.list not in "WXYAM" and not token.word.cue

    def _typed(self, text: Text, runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        votes: dict[str, Counter[str]] = {}
        own = [_kind(text.tokens, first, last) for first, last in runs]
        for (first, last), kind in zip(runs, own, strict=True):
            for at in range(first, last + 1):
                if kind != "name":
                    votes.setdefault(text.tokens[at].word.folded, Counter())[kind] += 1
        for (first, last), kind in zip(runs, own, strict=True):
            known = votes.get(text.tokens[first].word.folded)
            settled = known.most_common(1)[0][0] if kind == "name" and known else kind
            yield text.tokens[first].start, text.tokens[last].end, settled


def lexicon_of(weights: NameWeights, sources: Sources, *, withheld: bool) -> Lexicon:
    parts = (False, True) if withheld else (False,)
    return Lexicon(
        given=[name for part in parts for name in sources.given(withheld=part)],
        family=[name for part in parts for name in sources.family(withheld=part)],
        also_words=sources.ambiguous,
        not_names=(*sources.not_names, *sources.towns, *places()),
        vocabulary=weights.vocabulary,
        likeness=weights.grams,
        bias=weights.grams_bias,
    )


@cache
def places() -> tuple[str, ...]:
    """The towns and villages of ``places.toml``: they stay readable."""
    return tuple(name for town in toml.read(PLACES)["town"] for name in town["names"])


def _runs(tokens: Sequence[Token], taken: set[int]) -> Iterator[tuple[int, int]]:
    """Words that stand together are one name."""
    order = sorted(taken)
    first = last = -2
    for at in order:
        together = at == last + 1 and tokens[at].before in _JOINED and tokens[at].start - tokens[last].end <= _FAR
        if not together:
            if first >= 0:
                yield first, last
            first = at
        last = at
    if first >= 0:
        yield first, last


def _kind(tokens: Sequence[Token], first: int, last: int) -> str:
    before = tokens[first - 1].word.cue if first and tokens[first].before in "sp:,(d" else ""
    farther = tokens[first - 2].word.cue if first > 1 and tokens[first - 1].before == "s" else ""
    after = [token.word for token in tokens[last + 1 : last + 3]]
    if before == "title" and farther == "self":
        return "name"
    if before in _CUE_KIND:
        return _CUE_KIND[before]
    if before == "naming" and farther in _CUE_KIND:
        return _CUE_KIND[farther]
    if after and after[0].folded in ("from", "at", "in") and len(after) > 1 and (after[1].cue == "org" or after[1].list == "X"):
        return "professional"
    if after and last + 1 < len(tokens) and tokens[last + 1].before == "p" and after[0].cue == "relative":
        return "child"
    return "name"


@cache
def finder() -> NameFinder:
    """The finder with all the names there are."""
    return NameFinder.load()
