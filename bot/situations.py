"""What a family's words ask for that is no feedback alone: a death, a question, a case, a complaint, a request. Pure.

Cues are data (``bot/content/situations``, one file for each language), precise rather than eager: a wrong guess is worse
than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot import toml
from bot.cues import CLAUSE, SENTENCE, Phrase, Vocabulary, as_read
from bot.errors import BadContent
from bot.folding import fold
from bot.model import ENGLISH, Locale
from bot.spelling import Typing

CONTENT = Path(__file__).parent / "content" / "situations"
_MOST_READ = 4000
"""Code points; whoever writes more has told us an experience, whatever else is in it."""
_ONLY_LINKS = re.compile(r"\s*(?:(?:https?://|www\.)\S+\s*)+")


class Situation(StrEnum):
    """In the order in which they are answered."""

    DEATH = "death"
    THREAT = "threat"
    FOI = "foi"
    MY_DATA = "my_data"
    REMOVE_PART = "remove_part"
    CASEWORK = "casework"
    COMPLAINT = "complaint"
    QUESTION = "question"
    REAL = "real"
    WRONG_NUMBER = "wrong_number"
    OTHER_COUNCIL = "other_council"
    OFF_TOPIC = "off_topic"
    SPAM = "spam"
    ANGER = "anger"


_ASKED_ANYHOW = frozenset(
    {
        Situation.CASEWORK,
        Situation.COMPLAINT,
        Situation.FOI,
        Situation.MY_DATA,
        Situation.REAL,
        Situation.REMOVE_PART,
        Situation.WRONG_NUMBER,
    }
)
"""Beside one of these, a question is most likely that one."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """``unless`` is looked for in the same sentence, ``never_with`` in the whole text; ``most_words``: of the whole text."""

    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    never_with: tuple[Phrase, ...]
    most_words: int | None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one language, compiled. Holds no text: one for all threads."""

    words: Vocabulary
    rules: Mapping[Situation, _Rule]
    answers: Mapping[str, tuple[Phrase, ...]]
    final: tuple[Phrase, ...]
    """How people say that a council has given its last answer to a complaint."""

    @classmethod
    def load(cls, path: Path) -> Rules:
        """Raises ``BadContent`` for a phrase, a word or a situation that cannot be."""
        where = path.name
        table = toml.read(path)
        rows = toml.need(table, "situation", dict, where=where)
        answers = toml.need(table, "answer", dict, where=where)
        if set(rows) != set(Situation):
            raise BadContent(f"{where} must have cues for exactly: {', '.join(Situation)}.")
        written = [
            one for row in rows.values() for name in ("phrases", "unless", "never_with") for one in _list(row, name, where)
        ]
        written += [one for key in answers for one in toml.words(answers, key, where=f"{where}, answer")]
        final = table.get("final_answer", {})
        written += _list(final, "phrases", f"{where}, final_answer")
        words = Vocabulary(written, _groups(table, where), _typing(table, where))

        def compiled(row: dict[str, Any], name: str) -> tuple[Phrase, ...]:
            return tuple(words.phrase(phrase) for phrase in _list(row, name, where))

        return cls(
            words,
            {
                Situation(name): _Rule(
                    compiled(row, "phrases"), compiled(row, "unless"), compiled(row, "never_with"), row.get("most_words")
                )
                for name, row in rows.items()
            },
            {key: compiled(answers, key) for key in answers},
            compiled(final, "phrases"),
        )

    def recognise(self, text: str) -> tuple[Situation, ...]:
        """What is in this text, in the order of ``Situation``; nothing where the words do not say it plainly."""
        letters = self._letters(text)
        found = [name for name in Situation if any(self._sentences(self.rules[name], letters))]
        if _ONLY_LINKS.fullmatch(text) and Situation.SPAM not in found:
            found.append(Situation.SPAM)
        if Situation.QUESTION in found and not _ASKED_ANYHOW.isdisjoint(found):
            found.remove(Situation.QUESTION)
        return tuple(found)

    def answer(self, text: str) -> str | None:
        """The key of the words that answer the question in this text, where a signpost does."""
        for sentence in self._sentences(self.rules[Situation.QUESTION], self._letters(text)):
            keys = [key for key, phrases in self.answers.items() if _any(phrases, sentence)]
            if len(keys) == 1:
                return f"answer.{keys[0]}"
        return None

    def has_final_answer(self, text: str) -> bool:
        return _any(self.final, self._letters(text))

    def _letters(self, text: str) -> str:
        return self.words.read(fold(text).text).letters

    def _sentences(self, rule: _Rule, letters: str) -> Iterator[str]:
        """The sentences that say it."""
        if _any(rule.never_with, letters):
            return
        if rule.most_words is not None and len(letters.replace(SENTENCE, "").replace(CLAUSE, "")) > rule.most_words:
            return
        for sentence in letters.split(SENTENCE):
            if _any(rule.phrases, sentence) and not _any(rule.unless, sentence):
                yield sentence


@dataclass(frozen=True, slots=True)
class Situations:
    """The rules of every language, by its name. Words are read by the rules of one language only."""

    languages: Mapping[str, Rules]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Situations:
        """Read a folder, one file for each language. Raises ``BadContent``."""
        return cls({file.stem: Rules.load(file) for file in sorted(path.glob("*.toml"))})

    def recognise(self, text: str, locale: Locale = ENGLISH) -> tuple[Situation, ...]:
        """What is in this text of this locale; nothing where no rules are written for its language."""
        rules = self._rules(locale)
        return () if rules is None or len(text) > _MOST_READ else rules.recognise(text)

    def answer(self, text: str, locale: Locale = ENGLISH) -> str | None:
        """The key of the words that answer the question in this text, where a signpost does."""
        rules = self._rules(locale)
        return None if rules is None else rules.answer(text)

    def has_final_answer(self, text: str, locale: Locale = ENGLISH) -> bool:
        """Whether the council has answered their complaint for good: only then an ombudsman looks at it."""
        rules = self._rules(locale)
        return rules is not None and rules.has_final_answer(text)

    def _rules(self, locale: Locale) -> Rules | None:
        return self.languages.get(locale.partition("-")[0])


def _any(phrases: tuple[Phrase, ...], letters: str) -> bool:
    present = set(letters)
    return any(not present.isdisjoint(phrase.anchor) and phrase.pattern.search(letters) for phrase in phrases)


def _list(row: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    return toml.words(row, name, where=where) if name in row else ()


def _groups(table: dict[str, Any], where: str) -> dict[str, frozenset[str]]:
    """A group may take in groups written before it."""
    written = toml.need(table, "groups", dict, where=where)
    groups: dict[str, frozenset[str]] = {}
    for name in written:
        words: set[str] = set()
        for word in toml.need(written, name, str, where=f"{where}, groups").split():
            words |= groups[word[1:-1]] if word.startswith("{") else {as_read(word)}
        groups[name] = frozenset(words)
    return groups


def _typing(table: dict[str, Any], where: str) -> Typing:
    meant = toml.need(table, "meant", dict, where=where)
    return Typing(
        meant={fold(one).text: word for word in meant for one in toml.need(meant, word, str, where=where).split()},
        two_words=frozenset(),
        slips=frozenset(toml.need(table, "slips", str, where=where).split()),
        not_slips=frozenset(),
    )
