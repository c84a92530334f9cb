"""Masks personal details in a text: what has a form, by the rules of bot.redaction, and names, by the finder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.model import Redaction, Span
from bot.redaction import Redactor, redactor
from nlp.names import KINDS, NameFinder, Names, finder


@dataclass(frozen=True, slots=True)
class Masked:
    """``redactions`` are spans of the text as it came; ``doubtful``, of ``redacted``: words left that might be names.
    ``confidence`` is how sure it is that none of them is.
    """

    redacted: str
    redactions: tuple[Redaction, ...]
    doubtful: tuple[Span, ...] = ()
    confidence: float = 1.0


class NameMasker:
    """One for all threads. ``rules`` None: those of ``bot/content``."""

    kinds = frozenset(KINDS)

    def __init__(self, finder: NameFinder, rules: Redactor | None = None) -> None:
        self._finder = finder
        self._rules = rules or redactor()

    def redact(self, text: str, *, english: bool = True) -> Masked:
        """Never raises."""
        last = Names()

        def names(shown: str) -> tuple[tuple[int, int, str], ...]:
            nonlocal last
            last = self._finder.find(shown, english=english)
            return last.names

        redacted, redactions = self._rules.redact(text, names)
        return Masked(redacted, redactions, last.doubtful, last.confidence)


@cache
def masker() -> NameMasker:
    """With all the names there are."""
    return NameMasker(finder())


def redact(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """As ``bot.redaction.redact``, and names too. What it needs is read when it is first asked."""
    masked = masker().redact(text)
    return masked.redacted, masked.redactions
