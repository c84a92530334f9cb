"""What can be wrong with a text, as codes with values: the sentences that say what to do are the staff's templates'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.model import Locale
from bot.outgoing import Spoken


class Code(StrEnum):
    """What can be wrong. Each has its sentence in ``staff/templates/staff/fault_words.html``."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    BRACES = "braces"
    PLACEHOLDERS = "placeholders"
    NO_VALUE = "no_value"
    VARIANT_MISSING = "variant_missing"
    TYPED_NUMBER = "typed_number"
    SPACES = "spaces"
    EMOJI = "emoji"
    NEVER = "never"
    TAKEN = "taken"
    LOCK_SCREEN = "lock_screen"
    CODE_EARLY = "code_early"
    SIGNS = "signs"
    SEGMENTS = "segments"
    READING_AGE = "reading_age"
    LONG_SENTENCE = "long_sentence"
    DANGER_ASKS = "danger_asks"
    DANGER_NUMBER = "danger_number"
    DANGER_SAYS = "danger_says"
    DANGER_SHOWS = "danger_shows"
    DANGER_CHILD = "danger_child"
    DANGER_OTHERS = "danger_others"
    HELP_LACKS = "help_lacks"
    WAY_BACK = "way_back"
    NOT_UNDERSTOOD = "not_understood"
    ANSWERS_ALIKE = "answers_alike"
    ANSWER_LOST = "answer_lost"
    TALK_LONG = "talk_long"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where. ``channel`` is that of the variant; empty where it is the whole locale."""

    code: Code
    locale: Locale
    key: str
    channel: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmsCost:
    """What a text takes by SMS. ``strange``: signs that the plain alphabet of SMS has not, folding done."""

    segments: int
    strange: str = ""


Measure = Callable[[Spoken], SmsCost]
