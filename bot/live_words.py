"""The words at work: those of the files, with the newest published version over them, taken up without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from bot.faults import place
from bot.model import Locale
from bot.word_versions import FILES, Left, PublishedWords, apply
from bot.wording import Tongue, Wording

LOOKS_EVERY = 3.0
"""Seconds between two looks for a newer version, in each process; between them nothing is read."""

log = logging.getLogger(__name__)


class LiveTongues(Mapping[Locale, Tongue]):
    """The tongues of a ``Wording`` that change underneath it, all at once.

    A look reads one number; only a new number reads a version. Whatever goes wrong, the words stay as they are: at
    first those of the files. Each ``Tongue`` handed out is a whole and never changes; ``held`` keeps one version for
    everything that one thread says meanwhile.
    """

    def __init__(
        self, base: Wording, published: PublishedWords, *, seconds: Callable[[], float], every: float = LOOKS_EVERY
    ) -> None:
        """``seconds``: a clock that only runs forward."""
        self._base = base
        self._published = published
        self._seconds = seconds
        self._every = every
        self._next = float("-inf")
        self._looking = threading.Lock()
        self._holding = threading.local()
        self._number = FILES
        self._tongues: Mapping[Locale, Tongue] = base.tongues
        self._left: tuple[Left, ...] = ()

    @classmethod
    def over(
        cls, base: Wording, published: PublishedWords, *, seconds: Callable[[], float], every: float = LOOKS_EVERY
    ) -> Wording:
        """The same ``Wording``, with words that are taken up as they are published."""
        return replace(base, tongues=cls(base, published, seconds=seconds, every=every))

    @property
    def base(self) -> Wording:
        """The words of the files, with nothing over them."""
        return self._base

    def __getitem__(self, locale: Locale) -> Tongue:
        return self._current()[locale]

    def __iter__(self) -> Iterator[Locale]:
        return iter(self._base.tongues)

    def __len__(self) -> int:
        return len(self._base.tongues)

    @property
    def number(self) -> int:
        """The version at work in this process."""
        self._current()
        return self._number

    @property
    def left_out(self) -> tuple[Left, ...]:
        self._current()
        return self._left

    @contextmanager
    def held(self) -> Iterator[None]:
        """In this thread, until the end, one version speaks. Held again inside, it is still the first."""
        before = getattr(self._holding, "tongues", None)
        self._holding.tongues = before if before is not None else self._current()
        try:
            yield
        finally:
            self._holding.tongues = before

    def _current(self) -> Mapping[Locale, Tongue]:
        held: Mapping[Locale, Tongue] | None = getattr(self._holding, "tongues", None)
        if held is not None:
            return held
        if self._seconds() >= self._next and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._next = self._seconds() + self._every
                self._looking.release()
        return self._tongues

    def _look(self) -> None:
        """Nobody's answer may hang on this: a store that is away, a damaged row, a fault of ours leave the words as they are."""
        try:
            number = self._published.latest()
            if number == self._number:
                return
            found = (self._base, ()) if number == FILES else apply(self._base, self._published.version(number))
        except Exception as error:  # noqa: BLE001 - a text about danger must go out, whatever is wrong with a row
            log.warning("a new version of the words could not be taken up: %s", place(error))
            return
        self._tongues, self._left, self._number = found[0].tongues, found[1], number
        log.info("the words are those of version %d; %d texts of it are left out", number, len(self._left))


def of_files(wording: Wording) -> Wording:
    """The words of the files under a wording that may be live."""
    return wording.tongues.base if isinstance(wording.tongues, LiveTongues) else wording
