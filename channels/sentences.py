"""A text made ready for a page: what can be shown of it, its sentences, and which of them is the heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.references import References

_BETWEEN = re.compile(r"(?<=[.?؟])\s+")
_ASKS = ("?", "؟")
_LONGEST_HEADING = 120


def showable(text: str) -> str:
    """Without what no page can show: NUL and lone surrogates. What is kept stays as it came."""
    return text.replace("\0", "").encode(errors="ignore").decode()


@cache
def reference_pattern() -> re.Pattern[str]:
    """A reference as it is drawn: one of its words, and not just any (NHS 111, DELETE 482), and three digits."""
    return re.compile(rf"\b(?:{'|'.join(References.load().words)}) \d{{3}}\b")


def paragraphs_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def sentences_of(text: str) -> list[str]:
    return [sentence for line in paragraphs_of(text) for sentence in _BETWEEN.split(line)]


def divide(text: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Paragraphs before, heading, paragraphs after. The heading is the last question in it, else the first sentence;
    none where that is too long to be one.
    """
    lines = [_BETWEEN.split(line) for line in paragraphs_of(text)]
    places = [(row, at) for row, sentences in enumerate(lines) for at in range(len(sentences))]
    if not places:
        return (), "", ()
    row, at = next(((row, at) for row, at in reversed(places) if lines[row][at].endswith(_ASKS)), places[0])
    heading = lines[row][at]
    if len(heading) > _LONGEST_HEADING:
        return (), "", paragraphs_of(text)
    return _joined([*lines[:row], lines[row][:at]]), heading, _joined([lines[row][at + 1 :], *lines[row + 1 :]])


def _joined(lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(" ".join(sentences) for sentences in lines if sentences)
