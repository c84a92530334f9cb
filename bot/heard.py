"""What the listener hears in one text, as values: risk, names to mask, themes, feeling, place.

Offsets are code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.model import ENGLISH, Locale, Span, Speaker


class RiskLevel(IntEnum):
    """How worried to be: life or serious harm now; a sign of harm; a carer at breaking point; none."""

    NONE = 0
    WELLBEING = 1
    CONCERN = 2
    DANGER = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def needs_alert(self) -> bool:
        return self >= RiskLevel.CONCERN


class RiskKind(StrEnum):
    """What the danger is. Where several are heard, ``Risk.kinds`` has them in the order in which they weigh."""

    LIFE_NOW = "life_now"
    SELF_HARM = "self_harm"
    VIOLENCE_AT_HOME = "violence_at_home"
    CHILD_NOT_SAFE = "child_not_safe"
    YOUNG_PERSON = "young_person"
    YOUNG_ADULT = "young_adult"
    BREAKING_POINT = "breaking_point"


@dataclass(frozen=True, slots=True)
class Risk:
    """What the rules of ``bot.safety`` found. ``evidence`` are spans of the text as it came.

    ``by_scorer``: the level is that of the second listener, which hears behind the rules and can only add.
    """

    level: RiskLevel = RiskLevel.NONE
    kinds: tuple[RiskKind, ...] = ()
    evidence: tuple[Span, ...] = ()
    by_scorer: bool = False


@dataclass(frozen=True, slots=True)
class Redaction:
    """One masked stretch of the text as it came."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme the tagger proposes, how sure it is (0 to 1), and the words that caused it (spans of the passage)."""

    theme: str
    score: float
    evidence: tuple[Span, ...] = ()


class Polarity(StrEnum):
    GOOD = "good"
    BAD = "bad"
    MIXED = "mixed"
    SUGGESTION = "suggestion"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a redacted message about one thing. ``start`` and ``end`` are offsets in the redacted text."""

    start: int
    end: int
    text: str
    polarity: Polarity = Polarity.NONE
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place the person named. ``district`` is ``outside`` for towns of other councils."""

    name: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One text, listened to. ``themes`` are those above their thresholds, best first, spans in ``redacted``.

    ``theme_is_sure`` is the theme safe to say back to the person, or None: a wrong guess is worse than none.
    ``setting`` is the kind of setting it is about, ``stage`` where on the journey the family is: codes of the taxonomy.
    ``both_are_sure``: where there are two passages, each plainly about something else, the themes of both; else empty.
    ``needs_translation`` is true for words in a language the tagger does not know; they get no guessed theme.
    """

    redacted: str
    redactions: tuple[Redaction, ...] = ()
    locale: Locale = ENGLISH
    locale_score: float = 1.0
    themes: tuple[Suggestion, ...] = ()
    theme_is_sure: str | None = None
    polarity: Polarity = Polarity.NONE
    passages: tuple[Passage, ...] = ()
    risk: Risk = Risk()
    place: Place | None = None
    service: str | None = None
    age_band: str | None = None
    speaker: Speaker | None = None
    needs_translation: bool = False
    both_are_sure: tuple[str, ...] = ()
    setting: str | None = None
    stage: str | None = None
    doubtful: tuple[Span, ...] = ()
    """Words of ``redacted`` that were left and might be names of people: somebody is to look."""
    weighed: tuple[Span, ...] = ()
    """Where only the second listener hears danger: the words of ``redacted`` that speak for it most."""
    redactor: str = ""
    """The version of what looked for names; empty where nothing did."""
