"""The messages the listener learns from and is measured on: ``nlp/data``, one JSON object a line, all invented.

``themes/learn`` and ``danger/learn`` are for training, one file an author; ``themes/frozen`` and ``danger/frozen`` were
written by others, and training never reads them. How rows look stands in ``nlp/data/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadContent
from bot.heard import Polarity

DATA = Path(__file__).parent / "data"
LEARN = "learn"
FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One message, or one passage of it, with what it is about and how it is meant.

    ``question`` is the key of the question it answers, ``passages`` what a message that turns is cut into, in order.
    """

    text: str
    themes: frozenset[str]
    feeling: Polarity | None = None
    author: str = ""
    channel: str = ""
    question: str | None = None
    passages: tuple[Labelled, ...] = ()


def messages(part: str = LEARN, *, data: Path = DATA) -> list[Labelled]:
    """The messages of a part, in the order of the files. Raises ``BadContent`` for a row that is not in its form."""
    return [row for file in sorted((data / "themes" / part).glob("*.jsonl")) for row in read(file)]


def read(file: Path) -> Iterator[Labelled]:
    """The rows of one file. Raises ``BadContent``."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                yield _labelled(row, row)
            except (ValueError, KeyError, TypeError) as error:
                raise BadContent(f"{file.name}, line {number}, is not in its form: {error!r}.") from error


def _labelled(row: dict[str, Any], message: dict[str, Any]) -> Labelled:
    """A message, or a passage of it; who wrote it, where, and in answer to what is said once for all of it."""
    return Labelled(
        text=row["text"],
        themes=frozenset(row["themes"]),
        feeling=Polarity(row["feeling"]),
        author=message["author"],
        channel=message["channel"],
        question=message.get("question"),
        passages=tuple(_labelled(passage, message) for passage in row.get("passages", ())),
    )


def with_passages(rows: Iterable[Labelled]) -> Iterator[Labelled]:
    """Each message and, after it, its passages as messages of their own."""
    for row in rows:
        yield row
        yield from row.passages
