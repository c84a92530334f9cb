"""Campaigns as data: a question set for a limited time, read from ``content/campaigns`` and checked. Pure.

A consultation, or what is asked each term. Every file is one; its name is the code by which people come to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot import toml
from bot.commands import Commands, plain
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, Locale
from bot.slips import is_slip

CONTENT = Path(__file__).parent / "content" / "campaigns"
CODE = re.compile(r"[a-z][a-z0-9-]{2,19}")
"""What a campaign or a place is called in a link."""
LONGEST_LABEL = 20
"""Characters of an answer: what the buttons of WhatsApp and Messenger hold."""
FEWEST, MOST = 2, 5
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
_COMPLETE = (ENGLISH, EASY_READ)
_YES_NO = ("yes", "no")


class Kind(StrEnum):
    CHOICE = "choice"
    WORDS = "words"


class State(StrEnum):
    """How a campaign stands on a day."""

    SOON = "soon"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Question:
    """``answers`` are keys, in the order shown; a question for words has none. ``skip``: it says that it may be left out."""

    key: str
    kind: Kind
    answers: tuple[str, ...] = ()
    skip: bool = False


@dataclass(frozen=True, slots=True)
class CampaignWords:
    """What one locale says. ``ask`` and ``again`` (simpler words) by question; ``labels`` by question and answer."""

    title: str
    about: str
    ask: Mapping[str, str]
    again: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One question set. ``first`` and ``last`` are the days on which answers count, both included."""

    code: str
    first: date
    last: date
    questions: tuple[Question, ...]
    words: Mapping[Locale, CampaignWords]

    def state(self, day: date) -> State:
        if day < self.first:
            return State.SOON
        return State.OPEN if day <= self.last else State.OVER

    def speaks(self, locale: Locale) -> bool:
        return self._nearest(locale) is not None

    def in_words(self, locale: Locale) -> CampaignWords:
        """In the locale, else in its language, else in English."""
        return self.words[self._nearest(locale) or ENGLISH]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def after(self, key: str) -> Question | None:
        """The question that follows. None: that was the last."""
        keys = [question.key for question in self.questions]
        place = keys.index(key) + 1
        return self.questions[place] if place < len(keys) else None

    def place(self, key: str) -> str:
        """Where a question stands, as ``2/4``."""
        return f"{[question.key for question in self.questions].index(key) + 1}/{len(self.questions)}"

    def button(self, question: Question, answer: str) -> str:
        """The key of a choice, the same for no two questions of any campaign: a late press cannot answer another one."""
        return f"{self.code}.{question.key}.{answer}"

    def answer(self, question: Question, text: str, locale: Locale, commands: Commands) -> str | None:
        """The answer that the whole message plainly is: its number, its words, both, or a plain yes or no."""
        labels = {answer: plain(label) for answer, label in self.in_words(locale).labels.get(question.key, {}).items()}
        whole = plain(text)
        by_words = [answer for answer, label in labels.items() if whole == label or is_slip(whole, label)]
        if len(by_words) == 1:
            return by_words[0]
        first, _, rest = whole.partition(" ")
        if first.isdecimal() and len(first) == 1 and 1 <= int(first) <= len(question.answers):
            answer = question.answers[int(first) - 1]
            if not rest or rest == labels[answer]:
                return answer
        return self._as_usual(question, text, locale, commands)

    def _as_usual(self, question: Question, text: str, locale: Locale, commands: Commands) -> str | None:
        """“Number one”, “yes please”: what the talk understands everywhere, where it can mean one of these."""
        asks_yes_no = set(_YES_NO) <= set(question.answers)
        if asks_yes_no and (meant := commands.answer(text, {word: word for word in _YES_NO}, locale)) and not _has_figure(text):
            return meant
        numbered = {answer: str(place) for place, answer in enumerate(question.answers[: len(_YES_NO)])}
        try:
            return commands.answer(text, numbered, locale)
        except KeyError:
            return None  # a plain yes or no, where that is none of the answers

    def _nearest(self, locale: Locale) -> Locale | None:
        language = Locale(locale.partition("-")[0])
        return next((each for each in (locale, language) if each in self.words), None)


@dataclass(frozen=True, slots=True)
class Campaigns:
    """All of them, by code."""

    by_code: Mapping[str, Campaign] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = CONTENT, *, commands: Commands | None = None) -> Campaigns:
        """Read a folder; none is no campaigns. Raises ``BadContent``. ``commands``: the words that no answer may be."""
        commands = commands or Commands.load()
        campaigns = [_campaign(file, commands) for file in sorted(path.glob("*.toml"))]
        return cls({campaign.code: campaign for campaign in campaigns})

    def get(self, code: str) -> Campaign | None:
        return self.by_code.get(code)

    def open_on(self, day: date) -> tuple[Campaign, ...]:
        return tuple(campaign for campaign in self.by_code.values() if campaign.state(day) is State.OPEN)

    def of_button(self, choice: str) -> tuple[Campaign, Question, str] | None:
        """What a pressed button answers, whenever it was shown."""
        code, _, rest = choice.partition(".")
        key, _, answer = rest.partition(".")
        campaign = self.by_code.get(code)
        question = campaign.question(key) if campaign else None
        if campaign is None or question is None or answer not in question.answers:
            return None
        return campaign, question, answer


def _has_figure(text: str) -> bool:
    return any(sign.isdecimal() for sign in text)


def _campaign(path: Path, commands: Commands) -> Campaign:
    where = f"campaigns/{path.name}"
    if not CODE.fullmatch(path.stem):
        raise BadContent(f"{where}: a code has 3 to 20 small letters, digits or hyphens, and a letter first.")
    table = toml.read(path)
    first, last = (toml.need(table, name, date, where=where) for name in ("from", "until"))
    if last < first:
        raise BadContent(f"{where}: it closes before it opens.")
    questions = tuple(_question(row, where) for row in toml.need(table, "question", list, where=where))
    if not questions or len({question.key for question in questions}) != len(questions):
        raise BadContent(f"{where}: there must be a question, and each must have a key of its own.")
    spoken = toml.need(table, "words", dict, where=where)
    if missing := [locale for locale in _COMPLETE if locale not in spoken]:
        raise BadContent(f"{where} has no words in: {', '.join(missing)}.")
    words = {
        Locale(tag): _words(toml.need(spoken, tag, dict, where=where), Locale(tag), questions, f"{where}, {tag}", commands)
        for tag in spoken
    }
    return Campaign(code=path.stem, first=first, last=last, questions=questions, words=words)


def _question(row: Any, where: str) -> Question:
    if not isinstance(row, dict):
        raise BadContent(f"{where}: each question is a table, headed [[question]].")
    key, kind = toml.need(row, "key", str, where=where), toml.need(row, "kind", str, where=where)
    where = f"{where}, question “{key}”"
    if not _KEY.fullmatch(key):
        raise BadContent(f"{where}: a key has small letters, digits and _, and a letter first.")
    if kind not in tuple(Kind):
        raise BadContent(f"{where}: there is no kind “{kind}”; there are {', '.join(Kind)}.")
    answers = toml.words(row, "answers", where=where) if kind == Kind.CHOICE else ()
    if kind == Kind.CHOICE and not FEWEST <= len(answers) <= MOST:
        raise BadContent(f"{where}: a choice is between {FEWEST} and {MOST} answers.")
    if kind == Kind.WORDS and "answers" in row:
        raise BadContent(f"{where}: a question for words has no answers to choose from.")
    if len(set(answers)) != len(answers) or not all(_KEY.fullmatch(answer) for answer in answers):
        raise BadContent(f"{where}: each answer has a key of its own, of small letters, digits and _.")
    skip = toml.need(row, "skip", bool, where=where) if "skip" in row else False
    return Question(key, Kind(kind), tuple(answers), skip)


def _words(
    table: dict[str, Any], locale: Locale, questions: tuple[Question, ...], where: str, commands: Commands
) -> CampaignWords:
    ask, again = (toml.need(table, name, dict, where=where) for name in ("ask", "again"))
    answers = table.get("answer", {})
    labels = {
        question.key: _labels(question, toml.need(answers, question.key, dict, where=f"{where}, answer"), locale, where, commands)
        for question in questions
        if question.kind is Kind.CHOICE
    }
    return CampaignWords(
        title=toml.need(table, "title", str, where=where),
        about=toml.need(table, "about", str, where=where),
        ask={question.key: toml.need(ask, question.key, str, where=f"{where}, ask") for question in questions},
        again={question.key: toml.need(again, question.key, str, where=f"{where}, again") for question in questions},
        labels=labels,
    )


def _labels(question: Question, row: dict[str, Any], locale: Locale, where: str, commands: Commands) -> dict[str, str]:
    where = f"{where}, answer to “{question.key}”"
    labels = {answer: toml.need(row, answer, str, where=where) for answer in question.answers}
    for label in labels.values():
        if not 0 < len(label) <= LONGEST_LABEL:
            raise BadContent(f"{where}: “{label}” must have 1 to {LONGEST_LABEL} characters, for that is what a button holds.")
        if commands.recognise(label, locale) is not None:
            raise BadContent(f"{where}: “{label}” is a command, and would be taken for it.")
    if len({plain(label) for label in labels.values()}) != len(labels):
        raise BadContent(f"{where}: two answers read the same.")
    return labels
