"""Masks personal details that have a form: phones, e-mails, postcodes, NHS numbers and the like. Names come elsewhere.

What is masked is replaced by a placeholder that says what stood there. Never raises, and masking twice changes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

from bot.details import Details, Found
from bot.errors import BadContent
from bot.heard import Redaction
from bot.model import Span
from bot.references import References
from bot.signposts import Signposts

CONTENT = Path(__file__).parent / "content" / "redaction.toml"

FindNames = Callable[[str], Iterable[Found]]

_MOST_PASSES = 6
_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")
_TANGLED = re.compile(r"\S*[\d@]\S*")


class Redactor:
    """The rules of redaction.toml, compiled. Holds no text: one for all threads."""

    def __init__(self, content: Mapping[str, Any], helplines: Iterable[str] = (), links: Iterable[str] = ()) -> None:
        self._placeholders: Mapping[str, str] = content["placeholder"]
        self._written = re.compile("|".join(map(re.escape, self._placeholders.values())))
        self._details = Details(content, [*content["kept"]["numbers"], *helplines], links, References.load().words)

    @classmethod
    def load(cls, path: Path = CONTENT, *, helplines: Iterable[str] = (), links: Iterable[str] = ()) -> Self:
        """``helplines`` are numbers, addresses and names that stay readable, ``links`` pages of ours that do. Raises
        ``BadContent``.
        """
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        try:
            return cls(content, helplines, links)
        except (KeyError, re.error) as error:
            raise BadContent(f"{path.name}: {error} is missing or wrong.") from error

    def redact(self, text: str, names: FindNames | None = None) -> tuple[str, tuple[Redaction, ...]]:
        """The text with placeholders, without NUL and lone surrogates; and what was masked, as spans of the text as it came.

        A placeholder may set its neighbours free to be recognised, so this goes on until nothing more is found. ``names``
        finds people in the text with ``BLANK`` in the place of what is masked; it is asked last of the text as it is left.
        """
        clean, origin = _showable(text)
        masks, shown = self._by_rules(clean, [])
        for _ in range(_MOST_PASSES if names is not None else 0):
            found = list(names(self._details.blanked(shown))) if names is not None else []
            if not found:
                break
            masks = joined(masks, _in_original(found, self._places(clean, masks)))
            masks, shown = self._by_rules(clean, masks)
        return shown, tuple(Redaction(origin[start], origin[end - 1] + 1, kind) for start, end, kind in masks)

    def _by_rules(self, clean: str, masks: list[Found]) -> tuple[list[Found], str]:
        """With what the rules find beside these masks; and the text as it is then shown."""
        shown = self._shown(clean, masks) if masks else clean
        for _ in range(_MOST_PASSES):
            found = self._details.find(shown)
            if not found:
                break
            masks = joined(masks, _in_original(found, self._places(clean, masks)))
            shown = self._shown(clean, masks)
        else:
            masks = joined(masks, [(match.start(), match.end(), "number") for match in _TANGLED.finditer(clean)])
            if self._details.find(self._shown(clean, masks)):
                masks = [(0, len(clean), "number")]
            shown = self._shown(clean, masks)
        return masks, shown

    def placeholder(self, kind: str) -> str:
        return self._placeholders[kind]

    def placeholders(self, text: str) -> tuple[Span, ...]:
        """Where placeholders stand in a text, in order."""
        return tuple(match.span() for match in self._written.finditer(text))

    def mask(self, text: str, redactions: Sequence[Redaction]) -> str:
        """A text with these stretches replaced by their placeholders; stretches that overlap become one."""
        return self._shown(text, joined((mask.start, mask.end, mask.kind) for mask in redactions))

    def _shown(self, text: str, masks: Sequence[Found]) -> str:
        pieces = []
        at = 0
        for start, end, kind in masks:
            pieces += [text[at:start], self._placeholders[kind]]
            at = end
        return "".join([*pieces, text[at:]])

    def _places(self, text: str, masks: Sequence[Found]) -> list[tuple[int, int]]:
        """For each character of the text as shown, the stretch of the text itself that it stands for."""
        places: list[tuple[int, int]] = []
        at = 0
        for start, end, kind in masks:
            places += [(place, place + 1) for place in range(at, start)]
            places += [(start, end)] * len(self._placeholders[kind])
            at = end
        return places + [(place, place + 1) for place in range(at, len(text))]


@cache
def redactor() -> Redactor:
    """The rules in ``bot/content``, with the numbers of the signposts left readable."""
    return Redactor.load(helplines=Signposts.load().numbers())


def redact(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """Mask by the rules in ``bot/content``, with the numbers of the signposts left readable."""
    return redactor().redact(text)


def _showable(text: str) -> tuple[str, Sequence[int]]:
    """The text without what no screen and no database can hold, and where each character came from."""
    if not _UNSHOWABLE.search(text):
        return text, range(len(text))
    origin = [place for place, character in enumerate(text) if not _UNSHOWABLE.match(character)]
    return "".join(text[place] for place in origin), origin


def _in_original(found: Iterable[Found], places: Sequence[tuple[int, int]]) -> list[Found]:
    return [(places[start][0], places[end - 1][1], kind) for start, end, kind in found]


def joined(masks: Iterable[Found], more: Iterable[Found] = ()) -> list[Found]:
    """In order; those that overlap are one, named after the longer."""
    found: list[Found] = []
    for start, end, kind in sorted([*masks, *more]):
        if found and start < found[-1][1]:
            first, last, before = found[-1]
            found[-1] = (first, max(last, end), before if last - first >= end - start else kind)
        elif start < end:
            found.append((start, end, kind))
    return found
