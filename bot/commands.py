"""The words understood anywhere, and the answers to questions: always the whole message, never a part of a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot import toml
from bot.conversation import Command
from bot.errors import BadContent
from bot.model import ENGLISH, Locale
from bot.slips import is_slip
from bot.unmarked import unmarked

CONTENT = Path(__file__).parent / "content" / "commands"
_SIGNS = "signs.toml"
_LONGEST = 80
"""Code points: no command or answer is longer, so a long text is not looked at word by word."""
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4`]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_CODE = re.compile(r"(\D*?) ?(\d{3})")
_INVISIBLE = {"Mn", "Cf", "Sk", "Zs", "Cc", "Po"}
"""Marks, joiners, skin tones, spaces and full stops: what may stand beside a sign without changing it."""


class Phrase(StrEnum):
    """Whole messages that are neither a command nor an answer, and yet no part of a story.

    ``LINK`` asks for a code for another phone; ``READ`` answers a notice that something waits to be read;
    ``NO_INVITES`` takes back that we may ask again. ``ONE_THING``: what we heard as two things is one.
    """

    HELLO = "hello"
    THANKS = "thanks"
    NOD = "nod"
    PUZZLED = "puzzled"
    UNSURE = "unsure"
    SHOW_ME = "show_me"
    FIGURE_OF_SPEECH = "figure_of_speech"
    LINK = "link"
    READ = "read"
    NO_INVITES = "no_invites"
    ONE_THING = "one_thing"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one locale understands. Each mapping goes from the plain form of a message to what it means."""

    polite: frozenset[str]
    commands: Mapping[str, Command]
    answers: Mapping[str, str]
    numbers: Mapping[str, int]
    phrases: Mapping[str, Phrase]
    corrects: tuple[str, ...]
    conditions: tuple[str, ...]
    code_is: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """Vocabularies by locale; the words of a locale's language and of English are understood in it too."""

    vocabularies: Mapping[Locale, Vocabulary]
    locale_names: Mapping[str, Locale]
    nods: frozenset[str]
    thanks: frozenset[str]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Commands:
        """Read a folder: one file for each locale, and the signs that are the same in all of them. Raises ``BadContent``."""
        signs = toml.read(path / _SIGNS)
        tables = {Locale(file.stem): toml.read(file) for file in sorted(path.glob("*.toml")) if file.name != _SIGNS}
        if "commands" not in tables.get(ENGLISH, {}):
            raise BadContent(f"{path.name} has no words for {ENGLISH}, which every locale leans on.")
        return cls(
            vocabularies={tag: _vocabulary(table, f"{tag}.toml") for tag, table in tables.items() if "commands" in table},
            locale_names=_names(tables),
            nods=frozenset(toml.words(signs, "nods", where=_SIGNS)),
            thanks=frozenset(toml.words(signs, "thanks", where=_SIGNS)),
        )

    def recognise(self, text: str, locale: Locale) -> Command | None:
        """The command that the whole message is, with politeness, signs and one slip of the thumb forgiven.

        DELETE may carry its code: ``delete 482``.
        """
        words = self._courteous(text, locale)
        if not words:
            return None
        if (known := self._known(words, locale)) is not None:
            return known
        if (code := _CODE.fullmatch(words)) and code[1] and self.recognise(code[1], locale) is Command.DELETE:
            return Command.DELETE
        for vocabulary in self._understood(locale):
            meant = {command for word, command in vocabulary.commands.items() if is_slip(words, word)}
            if len(meant) == 1:
                return meant.pop()
        return None

    def answer(self, text: str, choices: Mapping[str, str], locale: Locale) -> str | None:
        """The key of the answer that the whole message is. ``choices``: key to ``yes`` or ``no``, in the order shown.

        None when it is not plainly one of them. A nod or a thumbs-up is never an answer.
        """
        whole = plain(text)
        if not whole or len(text) > _LONGEST:
            return None
        meant = {key for words in (whole, self._courteous(text, locale)) if (key := self._choice(words, choices, locale))}
        return meant.pop() if len(meant) == 1 else None

    def phrase(self, text: str, locale: Locale) -> Phrase | None:
        """What kind of small talk the whole message is, if it is any."""
        if len(text) > _LONGEST:
            return None
        if not plain(text):
            return self._sign(text)
        words = re.sub(r"(?: x+)+$", "", plain(text))
        for vocabulary in self._understood(locale):
            for form in (words, self._courteous(text, locale)):
                if form in vocabulary.phrases:
                    return vocabulary.phrases[form]
        return None

    def locale_named(self, text: str, locale: Locale) -> Locale | None:
        """The language that the whole message names."""
        return self.locale_names.get(self._courteous(text, locale))

    def code(self, text: str, locale: Locale) -> str:
        """The three digits of a message that is nothing but digits, or a DELETE with digits; else empty."""
        found = _CODE.fullmatch(self._courteous(text, locale))
        if found is None or (found[1] and self.recognise(found[1], locale) is not Command.DELETE):
            return ""
        return found[2]

    def code_words(self, text: str, locale: Locale) -> str:
        """The plain message without what people write before a code (“my code is”); empty when it is too long."""
        words = self._courteous(text, locale)
        forms = {form for vocabulary in self._understood(locale) for form in vocabulary.code_is}
        for form in sorted(forms, key=len, reverse=True):
            words = words.removeprefix(f"{form} ")
        return words

    def corrects(self, text: str, locale: Locale) -> bool:
        """Whether the message begins like one that puts right what the bot said back."""
        return any(_begins(text, vocabulary.corrects) for vocabulary in self._understood(locale))

    def is_condition(self, text: str, locale: Locale) -> bool:
        """Whether the message begins like one that takes back a part of a yes: “but not his name”."""
        return any(_begins(text, vocabulary.conditions) for vocabulary in self._understood(locale))

    def _known(self, words: str, locale: Locale) -> Command | None:
        """What these very words mean in the locale, its language or English; else what every language that knows them takes
        them for: the first word somebody sends may be their word for stop, before their language is noticed.
        """
        for vocabulary in self._understood(locale):
            if words in vocabulary.commands:
                return vocabulary.commands[words]
        if words in self.locale_names:
            return Command.LANGUAGE
        meant = {each.commands[words] for each in self.vocabularies.values() if words in each.commands}
        return meant.pop() if len(meant) == 1 else None

    def _understood(self, locale: Locale) -> Iterable[Vocabulary]:
        language = Locale(locale.partition("-")[0])
        tags = dict.fromkeys((locale, language, ENGLISH))
        return (self.vocabularies[tag] for tag in tags if tag in self.vocabularies)

    def _courteous(self, text: str, locale: Locale) -> str:
        """The plain message without the polite words around it; empty when it is too long, or nothing but politeness."""
        if len(text) > _LONGEST:
            return ""
        words = plain(text)
        polite = sorted((form for vocabulary in self._understood(locale) for form in vocabulary.polite), key=len, reverse=True)
        before = None
        while words != before:
            before = words
            for form in polite:
                words = f" {words} ".removeprefix(f" {form} ").removesuffix(f" {form} ").strip()
        return words

    def _choice(self, words: str, choices: Mapping[str, str], locale: Locale) -> str | None:
        keys = list(choices)
        meanings = {meaning: key for key, meaning in choices.items()}
        for vocabulary in self._understood(locale):
            if (number := vocabulary.numbers.get(words)) is not None:
                return keys[number - 1] if number <= len(keys) else None
            if words in vocabulary.answers:
                return meanings[vocabulary.answers[words]]
            first, _, rest = words.partition(" ")
            if rest and first in vocabulary.numbers:  # "1 yes"; "1 no" is neither
                number_key = self._choice(first, choices, locale)
                return number_key if number_key == self._choice(rest, choices, locale) else None
            near = {vocabulary.answers[word] for word in vocabulary.answers if is_slip(words, word)}
            if len(near) == 1:
                return meanings[near.pop()]
        return None

    def _sign(self, text: str) -> Phrase | None:
        """Signs alone: question marks ask what we meant; a thumbs-up nods; a heart thanks; all others are feeling."""
        if text.strip() and set(text) <= set("?؟¿!. \n"):
            return Phrase.PUZZLED if set(text) & set("?؟") else None
        signs = {sign for sign in text if unicodedata.category(sign) not in _INVISIBLE}
        if signs and signs <= self.nods | self.thanks:
            return Phrase.NOD if signs & self.nods else Phrase.THANKS
        return None


def plain(text: str) -> str:
    """Small letters without accents, figures of any script as 0 to 9, single spaces between words; apostrophes dropped,
    every other sign a space.
    """
    folded = _APOSTROPHES.sub("", unmarked(_APOSTROPHES.sub("", text).replace("\u200b", " "))).casefold()
    return _NOT_A_WORD.sub(" ", folded).strip()


def _begins(text: str, forms: Iterable[str]) -> bool:
    words = f"{plain(text[:_LONGEST])} "
    return any(words.startswith(f"{form} ") for form in forms)


def _names(tables: Mapping[Locale, dict[str, Any]]) -> dict[str, Locale]:
    """What people call each language, to its tag."""
    found: dict[str, Locale] = {}
    for tag, table in tables.items():
        for name in map(plain, toml.words(table, "names", where=f"{tag}.toml")):
            if found.setdefault(name, tag) != tag:
                raise BadContent(f"{tag}.toml: “{name}” is what {found[name]} is called.")
    return found


def _vocabulary(table: dict[str, Any], where: str) -> Vocabulary:
    commands = toml.need(table, "commands", dict, where=where)
    answers = toml.need(table, "answers", dict, where=where)
    phrases = toml.need(table, "phrases", dict, where=where)
    numbers = toml.need(answers, "numbers", list, where=f"{where}, answers")
    return Vocabulary(
        polite=frozenset(plain(word) for word in toml.words(table, "polite", where=where)),
        commands={form: Command(name) for form, name in _forms(commands, list(Command), f"{where}, commands").items()},
        answers=_forms(answers, ["yes", "no"], f"{where}, answers"),
        numbers={plain(form): number for number, forms in enumerate(numbers, start=1) for form in forms},
        phrases={form: Phrase(name) for form, name in _forms(phrases, list(Phrase), f"{where}, phrases").items()},
        corrects=tuple(plain(form) for form in toml.words(phrases, "corrects", where=f"{where}, phrases")),
        conditions=tuple(plain(form) for form in toml.words(phrases, "conditions", where=f"{where}, phrases")),
        code_is=tuple(plain(form) for form in toml.words(phrases, "code_is", where=f"{where}, phrases")),
    )


def _forms(table: dict[str, Any], names: Iterable[str], where: str) -> dict[str, str]:
    """Plain form to name. A form under two names would make what a person says depend on the order of a file."""
    found: dict[str, str] = {}
    for name in names:
        for form in map(plain, toml.words(table, name, where=where)):
            if found.get(form, name) != name:
                raise BadContent(f"{where}: “{form}” cannot mean both “{found[form]}” and “{name}”.")
            found[form] = str(name)
    return found
