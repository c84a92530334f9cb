"""The rules of the words as data, and values as long as they come to see a text with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import toml
from bot.conversation import Say
from bot.days import HOURS
from bot.errors import BadContent
from bot.model import ENGLISH, ChannelName, Locale
from bot.outgoing import Spoken
from bot.script import Script
from bot.wording import Wording

CONTENT = Path(__file__).parent / "content" / "rules.toml"
SATURDAY = datetime(2026, 9, 19, 12, tzinfo=UTC)
"""When nobody is there: the next opening is a Monday."""


def is_house(locale: Locale) -> bool:
    """English and its Easy Read, which the house writes itself; every other locale is a translation."""
    return locale.partition("-")[0] == ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What ``rules.toml`` says. ``oldest`` and ``longest`` by locale; ``budgets`` by locale and key, in SMS segments."""

    noticed: int
    danger_segments: int
    help_segments: int
    typed_numbers: frozenset[str]
    taken: re.Pattern[str]
    unseen: tuple[str, ...]
    names: frozenset[str]
    road: tuple[str, ...]
    oldest: Mapping[str, int]
    longest: Mapping[str, int]
    budgets: Mapping[str, Mapping[str, int]]
    sample: Mapping[str, str]
    danger: Mapping[str, str]
    help_words: tuple[str, ...]
    help_says: str
    help_signposts: tuple[str, ...]
    never: Mapping[str, re.Pattern[str]]
    sensitive: re.Pattern[str]
    sensitive_words: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Rules:
        """Raises ``BadContent``."""
        table, where = toml.read(path), path.name
        tables = {
            name: toml.need(table, name, dict, where=where)
            for name in ("sample", "danger", "help", "never", "sensitive", "sensitive_words", "segments")
        }
        return cls(
            noticed=toml.need(table, "noticed", int, where=where),
            danger_segments=toml.need(table, "danger_segments", int, where=where),
            help_segments=toml.need(table, "help_segments", int, where=where),
            typed_numbers=frozenset(toml.words(table, "typed_numbers", where=where)),
            taken=_pattern(table, "taken", where),
            unseen=toml.words(table, "unseen", where=where),
            names=frozenset(toml.words(table, "names", where=where)),
            road=toml.words(table, "road", where=where),
            oldest=toml.numbers(table, "reading_age", where=where),
            longest=toml.numbers(table, "longest_sentence", where=where),
            budgets={tag: toml.numbers(tables["segments"], tag, where=where) for tag in tables["segments"]},
            sample={name: toml.need(tables["sample"], name, str, where=where) for name in tables["sample"]},
            danger={name: toml.need(tables["danger"], name, str, where=where) for name in tables["danger"]},
            help_words=toml.words(tables["help"], "words", where=where),
            help_says=toml.need(tables["help"], "says", str, where=where),
            help_signposts=toml.words(tables["help"], "signposts", where=where),
            never={name: _pattern(tables["never"], name, where) for name in tables["never"]},
            sensitive=_pattern(tables["sensitive"], ENGLISH, where),
            sensitive_words={tag: toml.words(tables["sensitive_words"], tag, where=where) for tag in tables["sensitive_words"]},
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """Speaks any text with values as long as they come, whether its locale is offered yet or not."""

    rules: Rules
    script: Script

    def values(self, wording: Wording, locale: Locale, key: str) -> dict[str, str]:
        """What the placeholders become. A signpost is what ``signposts.toml`` says."""
        themes = self.script.taxonomy.living()
        theme = max((theme.spoken.get(locale) or theme.spoken.get(ENGLISH, "") for theme in themes), key=len)
        hours, calendar = self.script.hours, wording.tongues[locale].calendar
        sample = dict(self.rules.sample)
        link_code = sample.pop("link_code")
        return {
            **wording.facts,
            **self.script.signposts,
            "theme": theme,
            "other": theme,
            **sample,
            HOURS: hours.spec,
            "code": link_code if key.startswith("link.") else sample["code"],
            "next_read": calendar.moment(hours.next_open(SATURDAY), SATURDAY),
        }

    def spoken(
        self, wording: Wording, locale: Locale, key: str, channel: ChannelName, *, choices: tuple[str, ...] = ()
    ) -> Spoken:
        """What one key (several joined by ``+``) says. Raises ``BadContent`` where a placeholder stands for nothing we have."""
        tongue = replace(wording.tongues[locale], complete=True)
        offered = replace(wording, tongues={**wording.tongues, locale: tongue}, unsigned=True)
        return offered.speak(Say(key, self.values(wording, locale, key), choices), locale, channel)

    def choices(self, key: str) -> tuple[str, ...]:
        """The answers that stand under a text, if it is a question that has some."""
        kind, _, name = key.rpartition("+")[2].partition(".")
        question = self.script.questions.get(name) if kind in ("ask", "again") else None
        return tuple(question.choices) if question else ()


def _pattern(table: dict[str, Any], name: str, where: str) -> re.Pattern[str]:
    text = toml.need(table, name, str, where=where)
    try:
        return re.compile(text)
    except re.error as error:
        raise BadContent(f"{where}: “{name}” is no pattern: {error}.") from error
