"""What the stage is given instead of the world: the time, chance, the listener, and a channel that calls nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, cycle
from random import Random
from typing import Any, TypeVar

from bot.heard import Heard, Passage, Place, Polarity, Suggestion
from bot.masks import places_of
from bot.model import ENGLISH, ChannelName, ChannelTraits, Locale
from bot.outgoing import Outgoing, Part, Sent, Spoken
from bot.ports import Channel
from bot.redaction import redact
from bot.safety import check

REFERENCES = (("RIVER", 482), ("HEDGE", 207), ("MEADOW", 615), ("BROOK", 316), ("KETTLE", 733))
CODES = (("OTTER", 214), ("TULIP", 915), ("PLUM", 340), ("KAYAK", 268))

T = TypeVar("T")


@dataclass(slots=True)
class GivenClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


class GivenChance(Random):
    """Draws the references of the stage in their order, from the first with each turn: the store says which is taken."""

    drawn: Iterator[Any]

    def begin(self) -> None:
        self.drawn = iter([part for reference in REFERENCES for part in reference])

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]  # fewer kinds of sequences than the original takes
        wanted = next(self.drawn)
        assert wanted in seq
        return wanted  # type: ignore[no-any-return]


class GivenCodes(Random):
    """Draws the codes of the stage, in their order and round again: OTTER 214 TULIP 915, PLUM 340 KAYAK 268."""

    def __init__(self) -> None:
        super().__init__(1)
        self._drawn = cycle(part for reference in CODES for part in reference)

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]  # fewer kinds of sequences than the original takes
        wanted: Any = next(self._drawn)
        assert wanted in seq
        return wanted  # type: ignore[no-any-return]


class GivenListener:
    """Hears what the talk's file says it hears; masks and sees danger by the real rules."""

    tagger = "given 1"

    def __init__(self) -> None:
        self.hints: Mapping[str, Any] = {}
        self._heard = count()

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        redacted, redactions = redact(text)
        hints, theme = self.hints, self.hints.get("about")
        if isinstance(
            theme, list
        ):  # the messages of one burst are about one thing each; all as one are only looked at for danger
            theme = theme[0 if "\n" in text else next(self._heard) % len(theme)]
        themes = (Suggestion(theme, 0.9),) if theme else ()
        polarity = Polarity(hints.get("feels", "none"))
        both = tuple(hints.get("both", ()))
        return Heard(
            redacted=redacted,
            redactions=redactions,
            themes=themes,
            theme_is_sure=theme if hints.get("sure", True) else None,
            polarity=polarity,
            passages=_two(redacted, both, polarity) if both else (Passage(0, len(redacted), redacted, polarity, themes),),
            both_are_sure=both,
            risk=check(text),
            place=Place(hints["place"], hints.get("district", "south_somerset")) if "place" in hints else None,
            service=hints.get("service"),
            locale=Locale(hints.get("locale", ENGLISH)),
            locale_score=1.0 if "locale" in hints else 0.0,
            needs_translation=hints.get("needs_translation", "locale" in hints),
            doubtful=tuple(span for word in hints.get("doubtful", ()) for span in places_of(word, redacted)),
        )


def _two(redacted: str, themes: tuple[str, ...], polarity: Polarity) -> tuple[Passage, ...]:
    """Two sentences, each about its own theme."""
    first, _, second = redacted.partition(". ")
    starts = (0, len(redacted) - len(second))
    return tuple(
        Passage(start, start + len(text), text, polarity, (Suggestion(theme, 0.9),))
        for start, text, theme in zip(starts, (first, second), themes, strict=True)
    )


class NoWake:
    def wait(self, timeout: timedelta) -> None: ...

    def ring(self) -> None: ...


@dataclass(slots=True)
class Noted:
    """A channel that renders as it does, and notes what it would send instead of calling anybody."""

    door: Channel
    sent: list[Outgoing] = field(default_factory=list)

    @property
    def name(self) -> ChannelName:
        return self.door.name

    @property
    def traits(self) -> ChannelTraits:
        return self.door.traits

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return self.door.render(spoken)

    def send(self, outgoing: Outgoing) -> Sent:
        self.sent.append(outgoing)
        return Sent(f"P{len(self.sent)}")

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        return None

    def template_for(self, key: str, locale: Locale) -> str | None:
        return self.door.template_for(key, locale)
