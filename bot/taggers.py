"""The taggers that were taught: which is at work, which were refused, and what staff have decided that one can learn from.

Two are at work at any time: one hears themes, and one, behind the fixed rules, danger. A tagger once kept is never changed.
Which one is at work may change at any time; running workers take it up by themselves.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.cards import BY_PARENT, PassageView
from bot.errors import BotError
from bot.faults import place
from bot.heard import Heard, RiskKind, RiskLevel
from bot.model import Locale
from bot.ports import Listener
from bot.review import Voice, tags
from bot.tagger_figures import Figures

SHIPPED = 0
"""The number that stands for the tagger that comes with Earshot: of each kind there is one."""
_HELD_OUT_OF = 5

log = logging.getLogger(__name__)


class DamagedTagger(BotError):  # noqa: N818 - it is the tagger that is named, and what is wrong with it
    """A tagger that is kept is not what was taught; put another to work: earshot tagger list"""


class Hears(StrEnum):
    """What a tagger is taught to hear."""

    THEMES = "themes"
    DANGER = "danger"


class TaggerState(StrEnum):
    """Where a tagger stands. A refused one was found worse than the champion of its day."""

    CHAMPION = "champion"
    REFUSED = "refused"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTagger:
    """``rows`` and ``decisions``: how many messages of the corpus and passages decided by staff (of danger: alerts that were
    closed) it has learnt from. ``says``: why it was taken or refused, in a sentence. ``size`` in bytes.
    """

    number: int
    version: str
    made_at: datetime
    made_by: str
    rows: int
    decisions: int
    state: TaggerState
    says: str
    size: int
    figures: Figures | None
    hears: Hears = Hears.THEMES


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTagger:
    version: str
    made_at: datetime
    made_by: str
    rows: int
    decisions: int
    state: TaggerState
    says: str
    figures: Figures | None
    file: bytes = field(repr=False)
    hears: Hears = Hears.THEMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A passage that a person has decided about, in English. ``question``: the key of the question its message answers."""

    passage: PassageView
    experience_id: UUID
    channel: str
    question: str | None

    @property
    def is_held_out(self) -> bool:
        """A fifth of the experiences, the same for ever: nothing is learnt from them, taggers are measured on them."""
        return self.experience_id.int % _HELD_OUT_OF == 0

    def themes(self) -> frozenset[str] | None:
        """What it is about by those who read it. Where only the parent has spoken: what they named. None: nobody has said."""
        by_staff = any(decision.by != BY_PARENT for decision in self.passage.decisions)
        named = [tag for tag in tags(self.passage) if by_staff or tag.voice is not Voice.TAGGER]
        return frozenset(tag.theme for tag in named) if by_staff or named else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedAlert:
    """The redacted words of a message whose alert a person has closed. ``is_real``: it was a matter for safeguarding; then
    ``kind`` is what was heard in it, if anything was.
    """

    text: str = field(repr=False)
    is_real: bool
    level: RiskLevel
    kind: RiskKind | None
    locale: Locale
    contact_id: UUID

    @property
    def is_held_out(self) -> bool:
        """Whoever wrote it is on one side only."""
        return self.contact_id.int % _HELD_OUT_OF == 0


class TaggerRecords(Protocol):
    def champion(self, hears: Hears = Hears.THEMES) -> int:
        """The number of the tagger at work; ``SHIPPED`` where none was put in its place. One small read."""
        ...

    def champions(self) -> tuple[int, int]:
        """Of themes and of danger, in one read."""
        ...

    def taggers(self) -> tuple[KeptTagger, ...]:
        """The newest first."""
        ...

    def file(self, number: int) -> bytes:
        """Raises ``NotFound``, and ``DamagedTagger`` where it is not what was kept."""
        ...

    def keep(self, new: NewTagger) -> int:
        """Add one; a champion takes the place of the one before that hears the same. Returns its number."""
        ...

    def use(self, number: int, *, by: str, now: datetime, hears: Hears = Hears.THEMES) -> None:
        """Put one to work. ``SHIPPED`` stands for one of each kind: ``hears`` says which. Raises ``NotFound``."""
        ...

    def decided(self) -> Iterator[Decided]:
        """What staff have decided: redacted words only, nothing that was erased, taken back or is with safeguarding."""
        ...

    def decided_alerts(self) -> Iterator[DecidedAlert]:
        """What safeguarding staff have decided: redacted words only, nothing that was erased or taken back. Left out is what was
        heard in several messages as one, for nobody has said which of them it was.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggerShelf:
    """The taggers as staff see them. ``shipped``: the figures of the one that comes with Earshot, where they were made."""

    records: TaggerRecords
    shipped: Figures | None = None

    def kept(self) -> tuple[KeptTagger, ...]:
        """The newest first."""
        return self.records.taggers()

    def figures(self) -> Figures | None:
        """Of the tagger at work, how well it hears themes."""
        at_work = next((kept for kept in self.kept() if kept.state is TaggerState.CHAMPION and kept.hears is Hears.THEMES), None)
        return at_work.figures if at_work else self.shipped


class LiveListener:
    """The listener of ``bot.ports``, with whichever taggers are at work. Whatever goes wrong, it goes on with those it has.

    A look (``sweep``) reads two numbers; only another number reads taggers.
    """

    def __init__(self, records: TaggerRecords, make: Callable[[bytes | None, bytes | None], Listener]) -> None:
        """``make`` builds a listener with the taggers of these bytes, that for themes and that for danger; None: with the one
        that comes with Earshot.
        """
        self._records = records
        self._make = make
        self._numbers = (SHIPPED, SHIPPED)
        self._listener = make(None, None)
        self._last = threading.local()
        self.sweep()

    @property
    def number(self) -> int:
        """The tagger at work in this process."""
        return self._numbers[0]

    @property
    def danger_number(self) -> int:
        """The one of danger."""
        return self._numbers[1]

    @property
    def tagger(self) -> str:
        """Who heard the text this thread heard last, so that a suggestion is kept with the tagger that made it."""
        name: str | None = getattr(self._last, "tagger", None)
        return name if name is not None else self._listener.tagger

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        listener = self._listener
        self._last.tagger = listener.tagger
        return listener.hear(text, question=question)

    def sweep(self) -> bool:
        """Take up another tagger, if one was put to work. Never more to do."""
        try:
            numbers = self._records.champions()
            if numbers == self._numbers:
                return False
            themes, danger = (None if number == SHIPPED else self._records.file(number) for number in numbers)
            self._listener = self._make(themes, danger)
        except Exception as error:  # noqa: BLE001 - families are heard, whatever is wrong with a tagger
            log.warning("another tagger could not be taken up: %s", place(error))
            return False
        self._numbers = numbers
        log.info("the taggers at work are number %d and, for danger, %d: %s", *numbers, self._listener.tagger)
        return False

    @property
    def at_work(self) -> Listener:
        """The listener of this moment, which no other tagger takes the place of."""
        return self._listener


def at_work(listener: Listener) -> Listener:
    """For what is heard in one go by one tagger, whose name is asked before it has heard anything."""
    return listener.at_work if isinstance(listener, LiveListener) else listener


@dataclass(frozen=True, slots=True)
class TaggerSweep:
    """The worker's look for another tagger, every few seconds."""

    listener: Callable[[], Listener]

    def sweep(self) -> bool:
        found = self.listener()
        return isinstance(found, LiveListener) and found.sweep()
