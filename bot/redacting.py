"""A better redactor masks anew what an older one masked: more is hidden, and nothing that was hidden is shown again.

Words of people only: what families wrote, what staff say it means, what staff wrote to them. The worker does it in small
steps beside its other work; it may be killed at any moment and goes on where it was. Themes, what people decided about
them, and alerts stay as they are: danger is not listened for again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.details import Found
from bot.errors import StoreUnavailable
from bot.faults import place
from bot.heard import Redaction
from bot.masks import mask_more, onto
from bot.model import Span
from bot.ports import Transaction

AT_ONCE = 20
"""How many texts are read in one step."""

log = logging.getLogger(__name__)


class Source(StrEnum):
    """Where a text stands, in the order in which they are gone through."""

    MESSAGE = "inbound_message"
    MEANING = "translation"
    LETTER = "outbound_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedText:
    """A text as it is shown, and as it came: unsealed, without what no database can hold; empty where it does not open."""

    source: Source
    key: int | UUID
    shown: str = field(repr=False)
    original: str = field(repr=False)
    english: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedAnew:
    """``steps``: masks of the text shown, then masks of what that comes to. ``doubtful``: of what it comes to in the end."""

    text: MaskedText
    steps: tuple[Sequence[Found], ...] = ()
    doubtful: tuple[Span, ...] = ()


class Masked(Protocol):
    @property
    def redactions(self) -> Sequence[Redaction]: ...

    @property
    def doubtful(self) -> Sequence[Span]: ...


class Masker(Protocol):
    """Hides personal details and names; never raises."""

    @property
    def version(self) -> str:
        """Another one where it may find something else."""
        ...

    def redact(self, text: str, *, english: bool = True) -> Masked: ...


class MaskedTexts(Protocol):
    def older(self, version: str, source: Source, *, after: int | UUID | None, limit: int) -> tuple[MaskedText, ...]:
        """Texts that another redactor masked, or none that looks for names, in the order of their keys."""
        ...

    def unlooked(self, source: Source, *, limit: int) -> tuple[MaskedText, ...]:
        """Texts in which nobody has looked for names."""
        ...

    def count(self, version: str) -> int:
        """How many texts another redactor masked."""
        ...


class RedactingWork(Transaction, Protocol):
    """What masking anew asks of a transaction."""

    def mask_anew(self, anew: MaskedAnew, version: str) -> bool:
        """Mask more of a stored text, its passages and their evidence going with it. False: it is not what it was."""
        ...


class RedactingStore(Protocol):
    def transaction(self) -> AbstractContextManager[RedactingWork]: ...


def masked_anew(masker: Masker, text: MaskedText) -> MaskedAnew:
    """The names in the words as they came are laid over what was hidden before; then the masker reads what that comes to."""
    fresh = _found(masker.redact(text.original, english=text.english).redactions) if text.original else []
    first = onto(fresh, text.original, text.shown) or []
    once = mask_more(text.shown, first).text
    again = masker.redact(once, english=text.english)
    second = _found(again.redactions)
    twice = mask_more(once, second)
    doubtful = again.doubtful if not twice.cuts else masker.redact(twice.text, english=text.english).doubtful
    return MaskedAnew(text=text, steps=(first, second), doubtful=tuple(doubtful))


def _found(redactions: Iterable[Redaction]) -> list[Found]:
    return [(one.start, one.end, one.kind) for one in redactions]


class RedactAgain:
    """Once through everything when a worker starts, for its redactor may be a better one; then whatever no names were looked
    for in. ``masker`` is asked for when there is something to do: it takes a moment to load.
    """

    def __init__(
        self, *, records: MaskedTexts, work: RedactingStore, version: Callable[[], str], masker: Callable[[], Masker]
    ) -> None:
        self._records = records
        self._work = work
        self._version = version
        self._masker = masker
        self._round: Iterator[Source] = iter(Source)
        self._source = next(self._round, None)
        self._after: int | UUID | None = None
        self._failed: set[tuple[Source, int | UUID]] = set()

    def sweep(self) -> bool:
        return self.step() > 0

    def step(self) -> int:
        """Returns how many texts were looked at; 0: there are no more."""
        while self._source is not None:
            texts = self._records.older(self._version(), self._source, after=self._after, limit=AT_ONCE)
            if texts:
                for text in texts:
                    if not self._mask(text):
                        break
                    self._after = text.key
                return len(texts)
            self._source, self._after = next(self._round, None), None
        return self._look_for_new()

    def _look_for_new(self) -> int:
        for source in Source:
            limit = AT_ONCE + len(self._failed)
            texts = [text for text in self._records.unlooked(source, limit=limit) if (source, text.key) not in self._failed]
            for text in texts:
                self._mask(text)
            if texts:
                return len(texts)
        return 0

    def _mask(self, text: MaskedText) -> bool:
        """False: it was changed meanwhile, so it is read once more. One that cannot be masked is left as it is, and holds up
        no other.
        """
        try:
            anew = masked_anew(self._masker(), text)
            with self._work.transaction() as tx:
                return tx.mask_anew(anew, self._version())
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a text does to us, the next one is masked
            log.error("%s %s could not be masked anew: %s", text.source.value, text.key, place(error))  # noqa: TRY400 - a traceback may hold words
            self._failed.add((text.source, text.key))
            return True
