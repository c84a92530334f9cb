"""The talks as files: read for the test, and written again when the words have changed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CHANNELS = ("sms", "whatsapp", "messenger", "telegram", "email", "webchat", "pages", "console")
DEFAULT_START = "2026-11-19 10:42"
_LINE_KEYS = {"after", "on", "parent", "sends", "hears", "staff", "earshot", "then", *(f"earshot_{name}" for name in CHANNELS)}
_HEAD_KEYS = {"title", "who", "why", "starts", "channels", "line"}
ANOTHER_PHONE = "another phone"
_UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}
_SPAN = re.compile(r"(\d+) (second|minute|hour|day)s?")


@dataclass(slots=True)
class Line:
    """One exchange. ``parent``: the messages of a burst, ``on`` their other phone if so. ``sends``: what comes with the last
    of them (photo, voice, place, button). ``hears``: what the listener makes of the words. ``earshot``: what is sent back,
    by channel (``""`` stands for every channel that has none of its own). ``then``: what stands in the record afterwards.
    """

    parent: list[str]
    earshot: dict[str, list[str]]
    after: str = ""
    on: str = ""
    sends: str = ""
    staff: str = ""
    hears: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)

    def expected(self, channel: str) -> list[str]:
        return self.earshot.get(channel, self.earshot[""])

    @property
    def wait(self) -> timedelta:
        return span(self.after) if self.after else timedelta(0)


@dataclass(slots=True)
class TalkFile:
    path: Path
    title: str
    who: str
    why: str
    starts: str
    channels: tuple[str, ...]
    lines: list[Line]

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.starts).replace(tzinfo=UTC)

    def write(self) -> None:
        head = [("title", self.title), ("who", self.who), ("why", self.why)]
        if self.starts != DEFAULT_START:
            head.append(("starts", self.starts))
        parts = ["".join(f"{key} = {_text(value)}\n" for key, value in head)]
        if self.channels != CHANNELS:
            parts[0] += f"channels = {_value(list(self.channels))}\n"
        parts += [_line(line) for line in self.lines]
        self.path.write_text("\n".join(parts), "utf-8")


def read(path: Path) -> TalkFile:
    """Raises ``ValueError`` for a word that means nothing here: a slip in a file must not pass for a test."""
    table = tomllib.loads(path.read_text("utf-8"))
    unknown = (table.keys() - _HEAD_KEYS) | {key for line in table["line"] for key in line.keys() - _LINE_KEYS}
    if unknown:
        raise ValueError(f"{path.name}: nobody knows what {', '.join(sorted(unknown))} means.")
    return TalkFile(
        path=path,
        title=table["title"],
        who=table["who"],
        why=table["why"],
        starts=table.get("starts", DEFAULT_START),
        channels=tuple(table.get("channels", CHANNELS)),
        lines=[_read_line(line) for line in table["line"]],
    )


def span(text: str) -> timedelta:
    """``2 days``, ``1 hour``: a stretch of time as people write it."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}” is no time; write 2 days, 3 hours or 10 minutes.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _door(text: str) -> str:
    if text not in ("", ANOTHER_PHONE):
        raise ValueError(f"Nobody can write on “{text}”; there is {ANOTHER_PHONE}.")
    return text


def _read_line(line: Mapping[str, Any]) -> Line:
    parent = line.get("parent", [])
    earshot = {"": line.get("earshot", [])}
    earshot |= {name: line[f"earshot_{name}"] for name in CHANNELS if f"earshot_{name}" in line}
    return Line(
        parent=[parent] if isinstance(parent, str) else list(parent),
        earshot=earshot,
        after=line.get("after", ""),
        on=_door(line.get("on", "")),
        sends=line.get("sends", ""),
        staff=line.get("staff", ""),
        hears=line.get("hears", {}),
        then=line.get("then", {}),
    )


def _line(line: Line) -> str:
    rows = ["[[line]]"]
    rows += [f"{key} = {_text(value)}" for key, value in (("after", line.after), ("staff", line.staff), ("on", line.on)) if value]
    if line.parent:
        rows.append(f"parent = {_text(line.parent[0]) if len(line.parent) == 1 else _value(line.parent)}")
    if line.sends:
        rows.append(f"sends = {_text(line.sends)}")
    if line.hears:
        rows.append(f"hears = {_value(line.hears)}")
    for channel, texts in line.earshot.items():
        name = f"earshot_{channel}" if channel else "earshot"
        rows.append(f"{name} = {_lines_of(texts)}")
    if line.then:
        rows.append(f"then = {_value(line.then)}")
    return "\n".join(rows) + "\n"


def _lines_of(texts: list[str]) -> str:
    if not texts:
        return "[]"
    return "[\n" + "".join(f"  {_text(text)},\n" for text in texts) + "]"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    return str(value)


def _text(text: str) -> str:
    """As TOML, on one line: a line break inside a message is written ``\\n``."""
    return json.dumps(text, ensure_ascii=False)
