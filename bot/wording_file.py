"""One file of words, changed a line at a time: what its writer noted beside the texts stays where it stands."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.errors import BadContent
from bot.wording import CHOICE

_HEADER = re.compile(r"\[([\w.-]+)\]\s*(?:#.*)?")
_LINE = re.compile(r"([\w.-]+)\s*=\s*")
_SAY, _PLAIN, _STAMPS = "say", "text", "translated"


class WordingFile:
    """The lines of a file, by the path of what they set. ``write`` refuses to leave a file that cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = path.read_text(encoding="utf-8").splitlines()

    def set_text(self, key: str, channel: str, text: str) -> None:
        """``key`` as in the wording, ``choice.KEY`` for an answer; ``channel`` is ``text`` for the plain one."""
        whole = key if key.startswith(f"{CHOICE}.") else f"{_SAY}.{key}"
        places = self._places()
        line = places.get(f"{whole}.{channel}")
        if line is None and channel == _PLAIN:
            line = places.get(whole)
        if line is not None:
            self._lines[line] = f"{self._name(line)} = {_quoted(text)}"
        elif whole in places:  # a plain text gets a variant beside it
            name = self._name(places[whole])
            self._lines[places[whole]] = self._lines[places[whole]].replace(name, f"{name}.{_PLAIN}", 1)
            self._lines.insert(places[whole] + 1, f"{name}.{channel} = {_quoted(text)}")
        else:
            self._add(whole, "" if channel == _PLAIN else f".{channel}", text)

    def set_stamps(self, stamps: Mapping[str, str]) -> None:
        """The whole table of what each text was made from; it stands last."""
        header = f"[{_STAMPS}]"
        if header in self._lines:
            del self._lines[self._lines.index(header) :]
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        self._lines += ["", header, *(f"{_quoted(key)} = {_quoted(stamps[key])}" for key in sorted(stamps))]

    def text(self) -> str:
        """The whole file. Raises ``BadContent`` where it could not be read again."""
        text = "\n".join(self._lines) + "\n"
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadContent(f"{self._path.name} would not be good TOML after this ({error}), so it is as it was.") from error
        return text

    def write(self) -> None:
        self._path.write_text(self.text(), encoding="utf-8")

    def _places(self) -> dict[str, int]:
        """The number of the line that sets each dotted path."""
        table, found = "", {}
        for number, line in enumerate(self._lines):
            if header := _HEADER.fullmatch(line.strip()):
                table = header[1]
            elif name := _LINE.match(line):
                found[f"{table}.{name[1]}"] = number
        return found

    def _name(self, line: int) -> str:
        found = _LINE.match(self._lines[line])
        return found[1] if found else ""

    def _add(self, whole: str, variant: str, text: str) -> None:
        table, _, name = whole.rpartition(".")
        row, header = f"{name}{variant} = {_quoted(text)}", f"[{table}]"
        if header in self._lines:
            end = self._lines.index(header) + 1
            while end < len(self._lines) and self._lines[end].strip() and not _HEADER.fullmatch(self._lines[end].strip()):
                end += 1
            self._lines.insert(end, row)
            return
        end = self._lines.index(f"[{_STAMPS}]") if f"[{_STAMPS}]" in self._lines else len(self._lines)
        while end and not self._lines[end - 1].strip():
            end -= 1
        self._lines[end:end] = ["", header, row]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
