"""The made-up stories of ``demo/feedback``: read, and checked to be complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot import toml
from bot.errors import BadContent
from bot.heard import Polarity, RiskLevel
from bot.model import ENGLISH, ChannelName, Locale

FEEDBACK = Path(__file__).parent / "feedback"
THEMELESS = frozenset({"other", "danger"})
"""Sections that are named for what they are, not for a theme."""


class Voice(StrEnum):
    """Who a story sounds like."""

    TIRED = "tired"
    PLAIN = "plain"
    FUNNY = "funny"
    FORMAL = "formal"
    ANGRY = "angry"
    THANKFUL = "thankful"
    DYSLEXIC = "dyslexic"
    SECOND_LANGUAGE = "second_language"
    GRANDPARENT = "grandparent"
    FOSTER_CARER = "foster_carer"
    TEENAGER = "teenager"
    PROFESSIONAL = "professional"
    POLISH = "polish"
    ROMANIAN = "romanian"
    UKRAINIAN = "ukrainian"
    PORTUGUESE = "portuguese"


class Asked(StrEnum):
    """The questions of ``bot/content/script.toml`` that a story may have an answer to."""

    PROBE = "probe"
    WHERE = "where"
    CONSENT_WORDS = "consent_words"
    CONSENT_CHANGES = "consent_changes"


class Attachment(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one invented person sends; ``demo/feedback/README.md`` says what each field means."""

    section: str
    channel: ChannelName
    voice: Voice
    feeling: Polarity
    text: str
    also: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    answers: Mapping[Asked, str] = field(default_factory=dict)
    later: str = ""
    media: Attachment | None = None
    risk: RiskLevel = RiskLevel.NONE
    locale: Locale = ENGLISH
    recent: bool = False

    @property
    def themes(self) -> tuple[str, ...]:
        """What a person reading it would mark, the first one first."""
        return self.also if self.section in THEMELESS else (self.section, *self.also)

    @property
    def messages(self) -> tuple[str, ...]:
        return (self.text, *self.more)


def load(folder: Path = FEEDBACK) -> tuple[Story, ...]:
    """Every story, in the order of the files. Raises ``BadContent`` with a sentence that names the fault."""
    return tuple(
        _story(section, row, f"{path.name}, {section}, story {number}")
        for path in sorted(folder.glob("*.toml"))
        for section, rows in toml.read(path).items()
        for number, row in enumerate(rows, start=1)
    )


def _story(section: str, row: dict[str, Any], where: str) -> Story:
    unknown = row.keys() - _FIELDS
    if unknown:
        raise BadContent(f"{where}: there is no field “{min(unknown)}”.")
    try:
        return Story(
            section=section,
            channel=_CHANNELS[toml.need(row, "by", str, where=where)],
            voice=Voice(toml.need(row, "who", str, where=where)),
            feeling=Polarity(toml.need(row, "feels", str, where=where)),
            text=toml.need(row, "text", str, where=where).strip(),
            also=tuple(row.get("also", ())),
            more=tuple(row.get("more", ())),
            answers={Asked(question): answer for question, answer in row.get("answers", {}).items()},
            later=row.get("later", ""),
            media=Attachment(row["media"]) if "media" in row else None,
            risk=RiskLevel[row.get("risk", "none").upper()],
            locale=Locale(row.get("locale", ENGLISH)),
            recent=row.get("recent", False),
        )
    except (KeyError, ValueError) as error:
        raise BadContent(f"{where}: {error} is not a word that can stand there.") from error


_CHANNELS = {name: ChannelName(name) for name in ("sms", "whatsapp", "webchat")}
_FIELDS = frozenset(
    {"by", "who", "feels", "text", "also", "more", "answers", "later", "media", "risk", "locale", "recent"},
)
