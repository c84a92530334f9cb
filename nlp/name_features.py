"""What the finder of names weighs at each word of a text: the word, what stands around it, and how the text is written.

A feature is a line of text. Those of one place fall into groups, each of which hangs on few words, so that a group's sum
is worked out once and found again; training and finding share this file, so that what is learnt is what is met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from nlp.name_words import WORD, Word

NOTHING = Word("", "-", "-", "", "-", "")
"""Beyond the ends of a text."""
BLANK = "\uffff"
"""Stands where something has been masked already."""
MASKED = Word(BLANK, "-", "M", "", "-", "")
_MOSTLY = 0.7
_FEW = 4
_HARD = frozenset(".n^")
_GAPS = re.compile(r"[\uffff\n:(/\"\u201c\u201d.!?\u2026,;0-9\u2013\u2014-]")
_GAP_OF = {
    "\n": "n", ":": ":", "(": "(", "/": "/", '"': '"', "\u201c": '"', "\u201d": '"', ",": ",", ";": ",",
    ".": ".", "!": ".", "?": ".", "\u2026": ".", "-": "-", "\u2013": "-", "\u2014": "-", BLANK: "m",
}  # fmt: skip


class Token(NamedTuple):
    """One word of a text, from ``start`` to ``end``. ``before`` is what stands between it and the word before: ^ nothing at
    all, s a space, n a new line, . an end of sentence, d figures, m a mask, p a possessive, or the sign itself.
    """

    start: int
    end: int
    word: Word
    before: str


class Text(NamedTuple):
    """``mode``: u written in capitals, l without capitals but at the start of a sentence, n as usual. ``last`` is what
    follows the last word.
    """

    tokens: list[Token]
    mode: str
    last: str


def read(text: str, describe: Callable[[str], Word], mark: Callable[[list[Token]], None] | None = None) -> Text:
    """The words of a text. ``mark`` may change those that are part of a phrase."""
    tokens: list[Token] = []
    at = 0
    upper = lower = titles = 0
    for match in WORD.finditer(text):
        written = match[1]
        word = describe(written)
        start = match.start()
        before = _gap(text[at:start], tokens[-1] if tokens else None)
        tokens.append(Token(start, match.end(1), word, before))
        at = match.end()
        if match.end(1) != at:
            tokens[-1] = tokens[-1]._replace(before=before)
        if word.shape == "C":
            upper += len(written)
        elif word.shape == "l":
            lower += len(written)
        elif word.shape in "Tm":
            lower += len(written) - 1
            titles += before not in _HARD
    if mark is not None:
        mark(tokens)
    mode = "u" if upper > _FEW and upper > _MOSTLY * (upper + lower) else "n" if titles else "l"
    return Text(tokens, mode, _gap(text[at:], None) if at < len(text) else "^")


def _gap(gap: str, previous: Token | None) -> str:
    if gap == " ":
        return "s"
    if not gap:
        return "^" if previous is None else "j"
    found = _GAPS.search(gap)
    if found is None:
        return "^" if previous is None and not gap.strip() else "s"
    sign = "\n" if "\n" in gap else found[0]
    if sign == "." and previous is not None and (previous.word.cue == "title" or previous.word.shape == "I"):
        return "s"
    return "d" if sign.isdigit() else _GAP_OF[sign]


class Place(NamedTuple):
    """The groups of features of one place, each as what it hangs on."""

    own: tuple[Word, str, bool]
    gaps: tuple[str, str, str]
    before: tuple[Word, str, str, str]
    after: tuple[Word, str, str, str]
    two_before: tuple[Word, Word, str, str, str]
    two_after: tuple[Word, Word, str, str, str]
    around: tuple[Word, Word, Word, str]


def place(text: Text, at: int) -> Place:
    """What stands at the word number ``at``."""
    tokens = text.tokens
    token = tokens[at]
    word = token.word
    last = len(tokens) - 1
    before = MASKED if token.before == "m" else tokens[at - 1].word if at else NOTHING
    gap_after = tokens[at + 1].before if at < last else text.last
    after = MASKED if gap_after == "m" else tokens[at + 1].word if at < last else NOTHING
    far = tokens[at - 2].word if at > 1 else NOTHING
    far_on = tokens[at + 2].word if at + 1 < last else NOTHING
    farther = tokens[at - 3].word if at > 2 else NOTHING  # noqa: PLR2004 - the third word before
    kind, fine = word.kind, word.fine
    return Place(
        (word, text.mode, token.before in _HARD),
        (token.before, gap_after, kind),
        (before, token.before, kind + text.mode, fine),
        (after, gap_after, kind + text.mode, fine),
        (far, before, "." if token.before in _HARD else "", kind, fine),
        (after, far_on, "." if gap_after in _HARD else "", kind, fine),
        (farther, before, after, word.list),
    )


def _own(word: Word, mode: str, starts: bool) -> Iterator[str]:  # noqa: FBT001 - a key of a cache
    kind = word.kind
    yield f"c={word.list}"
    yield f"k={kind}{mode}"
    yield f"k={kind}{mode}{starts:d}"
    yield f"s={word.shape}{mode}{starts:d}"
    if word.likeness:
        yield f"l={word.likeness}"
        yield f"l={word.likeness}{word.shape}{mode}{starts:d}"
        yield f"e={word.folded[-3:]}"
        yield f"e={word.folded[-2:]}"
        yield f"n={min(len(word.folded), 8)}{word.shape}"
    if word.cue:
        yield f"q={word.cue}{word.shape}"
    if word.seen:
        yield f"w={word.seen}"
        yield f"w={word.seen}{word.shape}{mode}"


def _between(before: str, after: str, kind: str) -> Iterator[str]:
    yield f"b={before}"
    yield f"a={after}"
    yield f"b={before}{kind}"
    yield f"a={after}{kind}"
    yield f"ba={before}{after}{kind[0]}"


def _beside(side: str, word: Word, gap: str, kind: str, fine: str) -> Iterator[str]:
    hard = "." if gap in _HARD else ""
    yield f"{side}k={word.kind}{hard}"
    yield f"{side}k={word.kind}{hard}{kind}"
    if word.cue:
        yield f"{side}q={word.cue}{gap}"
        yield f"{side}q={word.cue}{hard}{kind}"
    if word.seen:
        yield f"{side}w={word.seen}{hard}"
        yield f"{side}w={word.seen}{hard}{kind}"
    if fine:
        yield f"{side}f={word.cue or word.list}{gap}{fine}"
        yield f"{side}f={word.seen}{hard}{fine}"


def _two(side: str, first: Word, second: Word, hard: str, kind: str, fine: str) -> Iterator[str]:
    far = first if side == "b" else second
    yield f"{side}2k={far.kind}{hard}{kind}"
    if far.seen:
        yield f"{side}2w={far.seen}{hard}{kind[0]}"
    if far.cue:
        yield f"{side}2q={far.cue}{hard}{kind}"
    if first.seen and second.seen:
        yield f"{side}3={first.seen} {second.seen}"
        yield f"{side}3={first.seen} {second.seen}{kind}"
    yield f"{side}4={first.cue or first.list}{second.cue or second.list}{hard}{kind}"
    if fine:
        yield f"{side}5={first.cue or first.list}{second.cue or second.list}{hard}{fine}"


def _around(farther: Word, before: Word, after: Word, found: str) -> Iterator[str]:
    if farther.cue:
        yield f"f={farther.cue}{found}"
    yield f"r={before.cue or before.list}{after.cue or after.list}{found}"
    if before.seen and after.seen:
        yield f"r={before.seen} {after.seen}"


def features(at: Place) -> Iterator[Iterator[str]]:
    """The features of a place, group by group in the order of ``Place``."""
    yield _own(*at.own)
    yield _between(*at.gaps)
    yield _beside("b", *at.before)
    yield _beside("a", *at.after)
    yield _two("b", *at.two_before)
    yield _two("a", *at.two_after)
    yield _around(*at.around)


GROUPS: Sequence[Callable[..., Iterator[str]]] = (
    _own,
    _between,
    lambda *key: _beside("b", *key),
    lambda *key: _beside("a", *key),
    lambda *key: _two("b", *key),
    lambda *key: _two("a", *key),
    _around,
)
"""The same, each from what its group hangs on."""
