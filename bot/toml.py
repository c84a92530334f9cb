"""A file of ``bot/content``, read, with a plain sentence when it does not hold what it must."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import BadContent

T = TypeVar("T")


def read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadContent(f"{path.name} cannot be read: {error}.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadContent(f"{path.name} is not good TOML: {error}.") from error


def need(table: dict[str, Any], key: str, kind: type[T], *, where: str) -> T:
    """The value of ``key``, or a sentence that says what is missing and where."""
    if key not in table:
        raise BadContent(f"{where} says nothing about “{key}”.")
    value = table[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadContent(f"{where}: “{key}” must be {_IN_WORDS.get(kind, kind.__name__)}.")
    return value


def words(table: dict[str, Any], key: str, *, where: str) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    value = need(table, key, list, where=where)
    if not all(isinstance(word, str) and word for word in value):
        raise BadContent(f"{where}: “{key}” must be a list of texts, none of them empty.")
    return tuple(value)


def numbers(table: dict[str, Any], key: str, *, where: str) -> dict[str, int]:
    """A table of whole numbers, none below nought."""
    rows = need(table, key, dict, where=where)
    found = {name: need(rows, name, int, where=f"{where}, {key}") for name in rows}
    if any(number < 0 for number in found.values()):
        raise BadContent(f"{where}, {key}: no number may be below nought.")
    return found


_IN_WORDS: dict[type, str] = {str: "a text", int: "a whole number", list: "a list", dict: "a table", bool: "true or false"}
