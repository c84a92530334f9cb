"""How a person's words would look to others: their story so far, masked by the rules, ready for a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.cards import BY_PARENT
from bot.heard import Redaction
from bot.records import ChatLine
from channels.sentences import showable

_MASK = re.compile(r"\[([^\[\]]*)\]")

Redact = Callable[[str], tuple[str, tuple[Redaction, ...]]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words, or of the mask that stands in their place."""

    text: str
    masked: bool = False


def preview_of(lines: Sequence[ChatLine], *, commands: Collection[str], redact: Redact) -> tuple[tuple[Piece, ...], ...]:
    """One row of pieces for each message that tells something: answers pressed and words of command are left out."""
    told = _story(lines, {command.casefold() for command in commands})
    return tuple(_pieces(text, redact) for text in told)


def _story(lines: Sequence[ChatLine], commands: Collection[str]) -> list[str]:
    story: list[str] = []
    labels: set[str] = set()
    for line in lines:
        if line.sender != BY_PARENT:
            labels = {choice.label.casefold() for choice in line.choices} | {str(n + 1) for n in range(len(line.choices))}
        elif line.text.strip().casefold() not in labels | set(commands):
            story.append(line.text)
    return story


def _pieces(text: str, redact: Redact) -> tuple[Piece, ...]:
    """The redacted copy, cut at its masks: each stands in brackets where a stretch of the text stood."""
    text = showable(text)
    redacted, redactions = redact(text)
    pieces: list[Piece] = []
    at = 0
    end = 0
    for redaction in redactions:
        kept = text[end : redaction.start]
        mask = _MASK.match(redacted, at + len(kept))
        if mask is None:
            break
        pieces += [Piece(kept), Piece(mask.group(1), masked=True)]
        at, end = mask.end(), redaction.end
    return (*(piece for piece in pieces if piece.text), Piece(redacted[at:]))
