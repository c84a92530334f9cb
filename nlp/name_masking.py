"""Masks personal details in a text: what has a form, by the rules of bot.redaction, and names, by the finder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from bot.heard import Redaction
from bot.model import Span
from bot.redaction import CONTENT, Redactor, redactor
from nlp.name_filling import DATA
from nlp.name_model import MODEL
from nlp.names import KINDS, PLACES, NameFinder, Names, finder
from nlp.spelling import LEXICON

ROUND = 1
"""Goes up when the code finds what it did not: what is stored is then masked anew, as it is when a file below changes."""
_FILES = (
    MODEL,
    *(DATA / f"{name}.toml" for name in ("lists", "words", "addresses")),
    LEXICON / "names.toml",
    CONTENT,
    PLACES,
    CONTENT.with_name("letters.toml"),
)


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

    @property
    def version(self) -> str:
        return version()

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
def version() -> str:
    """Another one where texts may be masked otherwise; 16 hexadecimal digits."""
    digest = hashlib.sha256(f"{ROUND}".encode())
    for path in _FILES:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@cache
def masker() -> NameMasker:
    """With all the names there are."""
    return NameMasker(finder())


def redact(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """As ``bot.redaction.redact``, and names too. What it needs is read when it is first asked."""
    masked = masker().redact(text)
    return masked.redacted, masked.redactions
