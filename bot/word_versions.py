"""Versions of the words: a whole set of texts over those of the files, published by a person, never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from bot.errors import BadContent, BotError
from bot.model import ENGLISH, Locale
from bot.wording import CHOICE, PLAIN, Tongue, Wording, placeholders

FILES = 0
"""The number that stands for the words of the files, with nothing over them."""

Place = tuple[Locale, str, str]
"""Locale, key (``choice.NAME`` for an answer) and channel (``text`` for the plain one): where one text stands."""


class BadVersion(BotError):  # noqa: N818 - a refusal is named for what was refused
    """A published version of the words cannot be read, or is not what was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One text over the file's. ``english``: the stamp of the English that a translation was made from.

    ``over``: the stamp of the file's own text when this was published, to tell when that has changed underneath.
    """

    locale: Locale
    key: str
    channel: str
    text: str
    english: str = ""
    over: str = ""

    @property
    def place(self) -> Place:
        return self.locale, self.key, self.channel


@dataclass(frozen=True, slots=True)
class Signature:
    """Who speaks the language and vouches for its texts about danger and consent, and since when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """``changes`` is the whole set over the files. ``back_to``: it is that older one again (0: the files)."""

    number: int
    at: datetime
    by_id: UUID
    why: str
    changes: tuple[Change, ...]
    signatures: Mapping[Locale, Signature] = field(default_factory=dict)
    back_to: int | None = None

    @property
    def digest(self) -> str:
        return digest_of(changes_as_text(self.changes), signatures_as_text(self.signatures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One text that somebody proposes. Without ``text``: that of the files again."""

    locale: Locale
    key: str
    channel: str
    text: str | None
    english: str
    by_id: UUID
    at: datetime

    @property
    def place(self) -> Place:
        return self.locale, self.key, self.channel


class Unfit(StrEnum):
    """Why a published text is left out: the files have changed under it, or the row is damaged."""

    NO_SUCH_TEXT = "no_such_text"
    PLACEHOLDERS = "placeholders"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Left:
    """A published text that is not said, and why; families are told the file's text instead."""

    change: Change
    why: Unfit


class PublishedWords(Protocol):
    """What is read while families are answered."""

    def latest(self) -> int:
        """The number of the newest version; ``FILES`` where there is none. One small read."""
        ...

    def version(self, number: int) -> Version:
        """Raises ``BadVersion`` for a row that is not what was published, ``NotFound`` where there is none."""
        ...


def apply(base: Wording, version: Version) -> tuple[Wording, tuple[Left, ...]]:
    """The words as this version says them, and what of it no longer fits. Never raises: the file's text is always there."""
    tongues = dict(base.tongues)
    left: list[Left] = []
    for change in version.changes:
        why = unfit(base, change)
        if why is None:
            tongues[change.locale] = tongues[change.locale].changed(change.key, change.channel, change.text)
        else:
            left.append(Left(change, why))
    dropped = {each.change.place for each in left}
    said = [change for change in version.changes if change.place not in dropped]
    english = tongues[ENGLISH]
    for locale, tongue in tongues.items():
        signed = version.signatures.get(locale)
        tongues[locale] = replace(
            tongue,
            version=f"{tongue.version}+{version.number}",
            translated=_stamps(tongue, base.tongues[ENGLISH], english, [change for change in said if change.locale == locale]),
            signed_by=signed.by if signed else tongue.signed_by,
            signed_on=signed.on if signed else tongue.signed_on,
        )
    return replace(base, tongues=tongues), tuple(left)


def unfit(base: Wording, change: Change) -> Unfit | None:
    """Whether the files have still a place for this text, and the same values to fill it with."""
    tongue, english = base.tongues.get(change.locale), base.tongues[ENGLISH]
    if tongue is None or not (has_text(tongue, change.key) and has_text(english, change.key)):
        return Unfit.NO_SUCH_TEXT
    if change.key.startswith(f"{CHOICE}."):
        return Unfit.DAMAGED if not change.text.strip() or set(change.text) & set("{}") else None
    try:
        found = set(placeholders(change.text)) if change.text.strip() else None
    except BadContent:
        found = None
    if found is None:
        return Unfit.DAMAGED
    return None if found == set(placeholders(english.texts[change.key][PLAIN])) else Unfit.PLACEHOLDERS


def text_at(wording: Wording, place: Place) -> str | None:
    """The text that stands at a place; None: this channel has none of its own, or there is no such text."""
    locale, key, channel = place
    tongue = wording.tongues.get(locale)
    if tongue is None:
        return None
    kind, _, name = key.partition(".")
    if kind == CHOICE:
        return tongue.choices.get(name) if channel == PLAIN else None
    return tongue.texts.get(key, {}).get(channel)


def has_text(tongue: Tongue, key: str) -> bool:
    kind, _, name = key.partition(".")
    return name in tongue.choices if kind == CHOICE else key in tongue.texts


def changed_places(before: Wording, after: Wording, places: Iterable[Place]) -> tuple[Place, ...]:
    """Those of these places at which the two say different things."""
    return tuple(place for place in dict.fromkeys(places) if text_at(before, place) != text_at(after, place))


def _stamps(tongue: Tongue, files: Tongue, english: Tongue, said: Sequence[Change]) -> Mapping[str, str]:
    """From which English each text was made: what was never stamped was made from that of the files, at best."""
    if tongue.locale == ENGLISH:
        return tongue.translated
    stamps = dict(tongue.translated)
    for key in files.texts.keys() & tongue.texts.keys():
        if files.stamp(key) != english.stamp(key):
            stamps.setdefault(key, files.stamp(key))
    for key in {change.key for change in said}:
        made_from = {change.english for change in said if change.key == key}
        stamps[key] = next(iter(made_from - {english.stamp(key)}), english.stamp(key))
    return stamps


# --- as they are kept -------------------------------------------------------------------------------------------------


def digest_of(changes: str, signatures: str) -> str:
    return sha256(f"{changes}\n{signatures}".encode()).hexdigest()


def changes_as_text(changes: Iterable[Change]) -> str:
    """One form for the same set, however it was put together: its digest tells what was published."""
    rows = [asdict(change) for change in sorted(changes, key=lambda change: change.place)]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signatures_as_text(signatures: Mapping[Locale, Signature]) -> str:
    rows = {locale: [signature.by, signature.on.isoformat()] for locale, signature in signatures.items()}
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def changes_from_text(text: str) -> tuple[Change, ...]:
    """Raises ``BadVersion``."""
    try:
        rows: Any = json.loads(text)
        if not isinstance(rows, list):
            raise BadVersion
        changes = tuple(Change(**{**row, "locale": Locale(row["locale"])}) for row in rows)
    except (ValueError, TypeError, KeyError) as error:
        raise BadVersion from error
    if not all(isinstance(value, str) for change in changes for value in asdict(change).values()):
        raise BadVersion
    return changes


def signatures_from_text(text: str) -> dict[Locale, Signature]:
    """Raises ``BadVersion``."""
    try:
        rows: dict[str, list[str]] = json.loads(text)
        return {Locale(tag): Signature(by, date.fromisoformat(on)) for tag, (by, on) in rows.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise BadVersion from error
