"""What can be said on /demo with one press, and in which languages: ``ready_made.toml``, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import toml
from bot.errors import BadContent
from bot.model import Locale
from bot.pages import load_page_words
from demo.corpus import Attachment

READY_MADE = Path(__file__).parent / "ready_made.toml"
_STEPS = frozenset({"", "tonight", "workday"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMade:
    """One button. ``turns``: each a burst, answered before the next is sent; ``at``: the step of the clock that goes before."""

    label: str
    turns: tuple[tuple[str, ...], ...]
    at: str = ""
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Buttons that stand together. ``anew``: these are whole talks, which a new parent begins."""

    name: str
    anew: bool
    talks: tuple[ReadyMade, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """``word`` is what a parent writes to be answered in it; ``lang`` the tag a page names it by."""

    locale: Locale
    name: str
    word: str
    lang: str


def load_ready_made(path: Path = READY_MADE) -> tuple[Group, ...]:
    """Raises ``BadContent`` with a sentence that names the fault."""
    groups = toml.need(toml.read(path), "group", list, where=path.name)
    return tuple(_group(row, path.name) for row in groups)


def languages(locales: Sequence[Locale]) -> tuple[Language, ...]:
    """Those the service speaks, in their own names."""
    return tuple(
        Language(words.locale, words.text("name"), words.text("says.choose"), words.text("lang"))
        for words in load_page_words(locales=locales).values()
    )


def _group(row: dict[str, Any], where: str) -> Group:
    name = toml.need(row, "name", str, where=where)
    talks = toml.need(row, "talks", list, where=f"{where}, {name}")
    return Group(name=name, anew=bool(row.get("anew")), talks=tuple(_talk(talk, f"{where}, {name}") for talk in talks))


def _talk(row: dict[str, Any], where: str) -> ReadyMade:
    label = toml.need(row, "label", str, where=where)
    turns = toml.need(row, "turns", list, where=f"{where}, {label}")
    at, attachment = row.get("at", ""), row.get("attachment")
    if at not in _STEPS or (attachment is not None and attachment not in set(Attachment)):
        raise BadContent(f"{where}, {label}: “at” or “attachment” is not a word that can stand there.")
    bursts = tuple((turn,) if isinstance(turn, str) else tuple(map(str, turn)) for turn in turns)
    return ReadyMade(label=label, turns=bursts, at=at, attachment=Attachment(attachment) if attachment else None)
