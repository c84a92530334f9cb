"""What each language lacks beside the texts of the talk: the pages, the web chat, the words understood, and the rules.

Pages and web chat are told to be behind by stamps (`bot/content/translated.toml`), as the texts of the talk are; of the
others, whose words are no translations, only what is missing can be said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot import toml
from bot.model import ENGLISH

STAMPS = "translated.toml"
_TRANSLATED = ("pages", "widget")
_BY_LANGUAGE = ("commands", "situations", "danger", "speakers")
"""Understood by language: Easy Read has what English has."""
_WAYS_OF_TYPING = frozenset({"groups", "meant", "typing", "ordinary", "lowered_by", "idiom", "telling", "slips"})
_HEAD = "# Of which English each page text was made, by `earshot words --write LOCALE`: the beginning of its SHA-256.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """How the file of one locale stands in one of the folders beside the wording."""

    folder: str
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unstamped: tuple[str, ...] = ()


def beside(content: Path, locale: str) -> tuple[Beside, ...]:
    """The folders in which something is to be done for this locale."""
    stamps = _stamps(content)
    language = locale.partition("-")[0]
    folders = [(folder, locale) for folder in _TRANSLATED]
    folders += [(folder, language) for folder in _BY_LANGUAGE if language != ENGLISH]
    found = (_standing(content, folder, name, stamps) for folder, name in folders if (content / folder / "en.toml").exists())
    return tuple(one for one in found if one.missing or one.changed or one.unstamped)


def stamp_beside(content: Path, locale: str) -> int:
    """Say that the page texts of this locale were compared with the English of today. Returns how many."""
    stamps = _stamps(content)
    count = 0
    for folder in _TRANSLATED:
        path = content / folder / f"{locale}.toml"
        if not path.exists():
            continue
        english, mine = _keys(content / folder / "en.toml", folder), _keys(path, folder)
        stamps[f"{folder}.{locale}"] = {key: _stamp(english[key]) for key in english if key in mine}
        count += len(stamps[f"{folder}.{locale}"])
    if count:
        (content / STAMPS).write_text(_HEAD + "".join(_table(name, stamps[name]) for name in sorted(stamps)), "utf-8")
    return count


def _standing(content: Path, folder: str, name: str, stamps: Mapping[str, Mapping[str, str]]) -> Beside:
    english = _keys(content / folder / "en.toml", folder)
    path = content / folder / f"{name}.toml"
    mine = _keys(path, folder) if path.exists() else {}
    made_from = stamps.get(f"{folder}.{name}", {})
    common = [key for key in english if key in mine] if folder in _TRANSLATED else []
    return Beside(
        folder=folder,
        missing=tuple(key for key in english if key not in mine),
        changed=tuple(key for key in common if key in made_from and made_from[key] != _stamp(english[key])),
        unstamped=tuple(key for key in common if key not in made_from),
    )


def _keys(path: Path, folder: str) -> dict[str, object]:
    """What a file must have, by name: of rules each thing they are to hear, of words each word."""
    table = toml.read(path)
    match folder:
        case "danger":
            return {f"{cue['kind']} ({cue['level']})": "" for cue in table.get("cue", [])}
        case "commands":
            return {f"{part}.{name}": "" for part in ("commands", "answers", "phrases") for name in _meanings(table, part)}
        case _:
            return dict(_flat({name: value for name, value in table.items() if name not in _WAYS_OF_TYPING}))


def _meanings(table: Mapping[str, Any], part: str) -> list[str]:
    rows = table.get(part, {})
    return list(rows) if isinstance(rows, dict) else []


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            if not {"phrases", "unless"}.isdisjoint(value):
                yield f"{above}{name}", ""
            else:
                yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _stamps(content: Path) -> dict[str, dict[str, str]]:
    path = content / STAMPS
    return {name: dict(rows) for name, rows in toml.read(path).items()} if path.exists() else {}


def _table(name: str, rows: Mapping[str, str]) -> str:
    lines = "".join(f'"{key}" = "{rows[key]}"\n' for key in sorted(rows))
    return f'\n["{name}"]\n{lines}'


def _stamp(text: object) -> str:
    return sha256(repr(text).encode()).hexdigest()[:8]
