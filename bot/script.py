"""The road of the talk as data: which questions, in what order, within which limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import toml
from bot.campaigns import Campaigns
from bot.commands import Commands
from bot.conversation import Purpose
from bot.errors import BadContent
from bot.hours import Hours
from bot.model import ChannelName, Locale
from bot.references import References
from bot.signposts import Signposts
from bot.situations import Situations
from bot.speakers import Speakers
from bot.themes import Taxonomy

CONTENT = Path(__file__).parent / "content"
REASONS = ("very_short", "short", "place_unknown")
_MEANINGS = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. With ``choices`` (answer key to what it means) it asks for a consent; without, any words answer."""

    key: str
    purpose: Purpose | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Useful:
    """A question and the reason to ask it."""

    question: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything ``take_turn`` goes by: the road, the limits, the hours, the words it understands, the numbers to ring,
    what else families may ask for, the themes it may say back, the words of references and codes, the campaigns;
    ``spoken`` are the locales it is offered in.
    """

    questions: Mapping[str, Question]
    useful: tuple[Useful, ...]
    consents: tuple[str, ...]
    max_questions: int
    max_messages: int
    max_puts: int
    max_segments: int
    max_wide_segments: int
    joins: timedelta
    burst_cap: timedelta
    repeats: timedelta
    very_short: int
    short: int
    preview_characters: int
    settling: Mapping[ChannelName, timedelta]
    hours: Hours
    commands: Commands
    speakers: Speakers
    signposts: Mapping[str, str]
    situations: Situations
    taxonomy: Taxonomy
    references: References
    spoken: frozenset[Locale]
    campaigns: Campaigns = field(default_factory=Campaigns)

    @classmethod
    def load(cls, path: Path = CONTENT, *, spoken: Collection[Locale] | None = None) -> Script:
        """Read the script of a content folder, with the files it leans on. Raises ``BadContent``.

        ``spoken``: the locales that are offered (``Wording.locales``); None: all whose commands are known.
        """
        table = toml.read(path / "script.toml")
        commands = Commands.load(path / "commands")
        script = cls(
            **_road(table),
            **_limits(table),
            settling={
                ChannelName(name): timedelta(seconds=seconds)
                for name, seconds in toml.numbers(table, "settle_seconds", where="script.toml").items()
            },
            hours=Hours.load(path / "hours.toml"),
            commands=commands,
            speakers=Speakers.load(path / "speakers"),
            signposts=Signposts.load(path / "signposts.toml").values(),
            situations=Situations.load(path / "situations"),
            taxonomy=Taxonomy.load(path / "themes.toml"),
            references=References.load(path / "references.toml"),
            spoken=frozenset(commands.locale_names.values() if spoken is None else spoken),
            campaigns=Campaigns.load(path / "campaigns", commands=commands),
        )
        _check(script)
        return script

    def speaks(self, locale: Locale) -> bool:
        """Whether we talk in this locale, or in its language."""
        return not {locale, Locale(locale.partition("-")[0])}.isdisjoint(self.spoken)

    def settle(self, channel: ChannelName) -> timedelta:
        """How long a burst on this channel may pause before it is answered."""
        return self.settling.get(channel, timedelta(0))

    def question_of(self, choice: str) -> Question | None:
        """The question an answer key belongs to: keys are never shared, so a late button cannot answer another one."""
        return next((question for question in self.questions.values() if choice in question.choices), None)


def _road(table: dict[str, Any]) -> dict[str, Any]:
    questions = toml.need(table, "question", dict, where="script.toml")
    useful = toml.need(table, "useful", list, where="script.toml")
    return {
        "questions": {key: _question(key, questions[key]) for key in questions},
        "useful": tuple(
            Useful(*(toml.need(row, name, str, where="script.toml, useful") for name in ("question", "when"))) for row in useful
        ),
        "consents": toml.words(table, "consents", where="script.toml"),
    }


def _limits(table: dict[str, Any]) -> dict[str, Any]:
    budget = toml.numbers(table, "budget", where="script.toml")
    time = toml.numbers(table, "time", where="script.toml")
    length = toml.numbers(table, "length", where="script.toml")
    try:
        return {
            "max_questions": budget["questions"],
            "max_messages": budget["messages"],
            "max_puts": budget["puts"],
            "max_segments": budget["segments"],
            "max_wide_segments": budget["wide_segments"],
            "joins": timedelta(days=time["joins_days"]),
            "burst_cap": timedelta(seconds=time["burst_cap_seconds"]),
            "repeats": timedelta(minutes=time["repeat_minutes"]),
            "very_short": length["very_short"],
            "short": length["short"],
            "preview_characters": length["preview_characters"],
        }
    except KeyError as error:
        raise BadContent(f"script.toml sets no {error}.") from error


def _question(key: str, row: dict[str, Any]) -> Question:
    where = f"script.toml, question {key}"
    if not row:
        return Question(key)
    purpose = toml.need(row, "purpose", str, where=where)
    choices = toml.need(row, "choices", dict, where=where)
    if purpose not in tuple(Purpose):
        raise BadContent(f"{where}: there is no purpose “{purpose}”.")
    if sorted(choices.values()) != sorted(_MEANINGS):
        raise BadContent(f"{where}: one choice must mean yes and one no.")
    return Question(key, Purpose(purpose), choices)


def _check(script: Script) -> None:
    for question in [*(row.question for row in script.useful), *script.consents, "media"]:
        if question not in script.questions:
            raise BadContent(f"script.toml asks “{question}” and does not describe it.")
    for row in script.useful:
        if row.when not in REASONS:
            raise BadContent(f"script.toml: “{row.when}” is no reason; there are {', '.join(REASONS)}.")
    for key in script.consents:
        if script.questions[key].purpose is None:
            raise BadContent(f"script.toml: “{key}” stands among the consents and has no purpose.")
    choices = [choice for question in script.questions.values() for choice in question.choices]
    if len(set(choices)) != len(choices):
        raise BadContent("script.toml: two questions share an answer; each needs its own.")
