"""The words people read: one table of texts a locale, spoken from keys. No sentence stands in code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import Any, Protocol, runtime_checkable

from bot import toml
from bot.conversation import Say
from bot.days import Calendar
from bot.errors import BadContent
from bot.model import ENGLISH, ChannelName, Locale
from bot.outgoing import Choice, Spoken

CONTENT = Path(__file__).parent / "content" / "wording"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
PLAIN = "text"
"""The variant that is for every channel without one of its own."""
CHOICE = "choice"
_LTR, _RTL = "ltr", "rtl"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One locale: its texts by key and channel (``text`` is for every channel that has none of its own), its choices.

    ``signed_by``, ``signed_on``: a speaker of the language who vouches for these words, and the day; both empty or both
    set. ``is_rtl``: it is written from right to left. ``translated``: by key, the stamp of the English it was made from.
    """

    locale: Locale
    name: str
    complete: bool
    version: str
    calendar: Calendar
    texts: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, str]
    signed_by: str = ""
    signed_on: date | None = None
    is_rtl: bool = False
    translated: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        """English, Easy Read too, is the house's own and needs nobody to vouch for it."""
        return self.locale.partition("-")[0] == ENGLISH or self.signed_on is not None

    def text(self, key: str, channel: ChannelName) -> str:
        variants = self.texts[key]
        return variants.get(channel, variants[PLAIN])

    def stamp(self, key: str) -> str:
        """Changes when a text or a variant of it does; ``choice.KEY`` is the stamp of an answer."""
        kind, _, choice = key.partition(".")
        variants = {PLAIN: self.choices[choice]} if kind == CHOICE else self.texts[key]
        words = "\n".join(f"{channel}: {variants[channel]}" for channel in sorted(variants))
        return sha256(words.encode()).hexdigest()[:8]

    def changed(self, key: str, channel: str, text: str) -> Tongue:
        """The same with one text another; ``key`` is ``choice.NAME`` for an answer."""
        kind, _, name = key.partition(".")
        if kind == CHOICE:
            return replace(self, choices={**self.choices, name: text})
        return replace(self, texts={**self.texts, key: {**self.texts[key], channel: text}})

    def placeholders(self, key: str) -> frozenset[str]:
        return frozenset(name for text in self.texts[key].values() for name in placeholders(text))


@runtime_checkable
class Changing(Protocol):
    """Tongues that are taken up as they are published (``bot.live_words``)."""

    def held(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """Every locale's words. ``facts`` are values true of this house (the address of its notice), for any text.
    ``unsigned``: locales nobody has signed are offered too, as they must not be where families write in earnest.
    """

    tongues: Mapping[Locale, Tongue]
    facts: Mapping[str, str] = field(default_factory=dict)
    unsigned: bool = True

    @classmethod
    def load(cls, path: Path = CONTENT, *, facts: Mapping[str, str] | None = None, unsigned: bool = True) -> Wording:
        """Read every file of the folder. Raises ``BadContent``: a complete locale has exactly the keys of English, and
        each text exactly its placeholders.
        """
        tongues = {tongue.locale: tongue for tongue in map(_tongue, sorted(path.glob("*.toml")))}
        if ENGLISH not in tongues:
            raise BadContent(f"{path.name} holds no {ENGLISH}.toml, the wording that all others are measured by.")
        for tongue in tongues.values():
            _check_against_english(tongue, tongues[ENGLISH])
        return cls(tongues, facts or {}, unsigned)

    def held(self) -> AbstractContextManager[None]:
        """While it lasts, everything this thread says is of one version, whatever is published meanwhile."""
        return self.tongues.held() if isinstance(self.tongues, Changing) else nullcontext()

    @property
    def locales(self) -> tuple[Locale, ...]:
        """Those a person may choose, English first."""
        return tuple(sorted(filter(self._offers, self.tongues), key=_english_first))

    @property
    def waiting_for_a_signature(self) -> tuple[Tongue, ...]:
        """Complete, and vouched for by nobody."""
        return tuple(
            self.tongues[tag] for tag in sorted(self.tongues) if self.tongues[tag].complete and not self.tongues[tag].is_signed
        )

    def nearest(self, locale: Locale) -> Locale:
        """The locale itself when it is complete; else its language; else English."""
        language = Locale(locale.partition("-")[0])
        return next(filter(self._offers, (locale, language)), ENGLISH)

    def speak(self, say: Say, locale: Locale, channel: ChannelName) -> Spoken:
        """A ``Say`` in words. A locale we do not speak becomes the nearest we do; a value nobody gave is an error."""
        tongue = self.tongues[self.nearest(locale)]
        try:
            text = " ".join(tongue.text(key, channel) for key in say.key.split("+"))
            values = {**self.facts, **say.values}
            if "{languages}" in text and "languages" not in values:
                values["languages"] = self._languages()
            text = text.format(**{name: tongue.calendar.spoken(name, value) for name, value in values.items()})
            choices = tuple(Choice(key, say.labels[key] if key in say.labels else tongue.choices[key]) for key in say.choices)
        except KeyError as error:
            raise BadContent(f"“{say.key}” cannot be said in {tongue.name}: there is no {error}.") from error
        return Spoken(text, choices)

    def is_fixed(self, key: str, locale: Locale) -> bool:
        """Whether what this key says (several joined by ``+``) is the same for everybody: it has no placeholder."""
        tongue = self.tongues[self.nearest(locale)]
        return all(part in tongue.texts and not tongue.placeholders(part) for part in key.split("+"))

    def version(self, locale: Locale) -> str:
        """What a consent is kept with: the locale and the beginning of its file's SHA-256."""
        tongue = self.tongues[self.nearest(locale)]
        return f"{tongue.locale}@{tongue.version}"

    def day(self, day: date, locale: Locale) -> str:
        return self.tongues[self.nearest(locale)].calendar.day(day)

    def moment(self, when: datetime, locale: Locale, now: datetime) -> str:
        """A time of day, with its day unless that is today. Both are aware; said by the clock of the team's zone."""
        return self.tongues[self.nearest(locale)].calendar.moment(when, now)

    def name(self, locale: Locale) -> str:
        return self.tongues[self.nearest(locale)].name

    def placeholders(self) -> frozenset[str]:
        """Every placeholder of every text: the signposts among them are those that must have been checked."""
        return frozenset(name for tongue in self.tongues.values() for key in tongue.texts for name in tongue.placeholders(key))

    def _offers(self, locale: Locale) -> bool:
        tongue = self.tongues.get(locale)
        return tongue is not None and tongue.complete and (self.unsigned or tongue.is_signed)

    def _languages(self) -> str:
        return ", ".join(self.name(locale) for locale in self.locales)


def placeholders(text: str) -> tuple[str, ...]:
    """The names in braces. Raises ``BadContent`` for anything cleverer than ``{name}``: logic has no place in a text."""
    try:
        parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise BadContent(f"“{text}”: its braces do not match.") from error
    for name, spec, conversion in parts:
        if spec or conversion or not _NAME.fullmatch(name or ""):
            raise BadContent(f"“{text}”: a placeholder is a name in braces and nothing more.")
    return tuple(name or "" for name, _, _ in parts)


def _tongue(path: Path) -> Tongue:
    table = toml.read(path)
    where = path.name
    head = toml.need(table, "locale", dict, where=where)
    texts = dict(_texts(toml.need(table, "say", dict, where=where), (), where))
    for variants in texts.values():
        for text in variants.values():
            placeholders(text)
    choices = toml.need(table, "choice", dict, where=where)
    signed_by, signed_on = _signature(head, where)
    stamps = table.get("translated", {})
    return Tongue(
        locale=Locale(path.stem),
        name=toml.need(head, "name", str, where=where),
        complete=toml.need(head, "complete", bool, where=where),
        version=sha256(path.read_bytes()).hexdigest()[:12],
        calendar=Calendar.read(toml.need(table, "calendar", dict, where=where), where=f"{where}, calendar"),
        texts=texts,
        choices={key: toml.need(choices, key, str, where=f"{where}, choice") for key in choices},
        signed_by=signed_by,
        signed_on=signed_on,
        is_rtl=_direction(head, where) == _RTL,
        translated={key: toml.need(stamps, key, str, where=f"{where}, translated") for key in stamps},
    )


def _signature(head: dict[str, Any], where: str) -> tuple[str, date | None]:
    """Who vouches for the words, and since when: both or neither."""
    by, on = (toml.need(head, name, str, where=where).strip() if name in head else "" for name in ("signed_by", "signed_on"))
    if not by and not on:
        return "", None
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise BadContent(f"{where}: “signed_on” must be a day, as 2026-11-30, and stand beside “signed_by”.") from error
    if not by:
        raise BadContent(f"{where}: it is signed on a day, and no name stands beside it.")
    return by, day


def _direction(head: dict[str, Any], where: str) -> str:
    direction = toml.need(head, "direction", str, where=where) if "direction" in head else _LTR
    if direction not in (_LTR, _RTL):
        raise BadContent(f"{where}: “direction” is {_LTR} or {_RTL}.")
    return direction


def _texts(table: Mapping[str, Any], above: Sequence[str], where: str) -> list[tuple[str, dict[str, str]]]:
    """Key and variants of every text, however deep it stands. A table with ``text`` in it is one text's variants."""
    found: list[tuple[str, dict[str, str]]] = []
    for name, value in table.items():
        path = (*above, name)
        if isinstance(value, str) and value.strip():
            found.append((".".join(path), {PLAIN: value}))
        elif isinstance(value, dict) and isinstance(value.get(PLAIN), str):
            found.append((".".join(path), {channel: toml.need(value, channel, str, where=where) for channel in value}))
        elif isinstance(value, dict) and value:
            found.extend(_texts(value, path, where))
        else:
            raise BadContent(f"{where}: “{'.'.join(path)}” must be a text, or hold one called “{PLAIN}”.")
    return found


def _check_against_english(tongue: Tongue, english: Tongue) -> None:
    where = f"{tongue.locale}.toml"
    if extra := (tongue.texts.keys() - english.texts.keys()) | (tongue.choices.keys() - english.choices.keys()):
        raise BadContent(f"{where} has words that English has not: {', '.join(sorted(extra))}.")
    missing = (english.texts.keys() - tongue.texts.keys()) | (english.choices.keys() - tongue.choices.keys())
    if missing and tongue.complete:
        raise BadContent(f"{where} calls itself complete and says nothing for: {', '.join(sorted(missing))}.")
    for key, variants in tongue.texts.items():
        wanted = set(placeholders(english.texts[key][PLAIN]))
        for channel, text in variants.items():
            if set(placeholders(text)) != wanted:
                raise BadContent(f"{where}: “{key}” ({channel}) must have the same placeholders as the plain text in English.")


def _english_first(locale: Locale) -> tuple[bool, str]:
    return locale.partition("-")[0] != ENGLISH, locale
