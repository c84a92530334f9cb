"""The rows the danger scorer learns from and is measured on: ``nlp/data/danger``, one JSON object a line, all invented.

``learn`` is for training, one file an author; ``frozen`` was written by others, and training never reads it. ``answers``
are plain answers of a few words: nothing is learnt from them but how loud so few must speak. Ordinary messages are those of
the themes' corpus that no rule flags and that no row of ``learn`` says otherwise of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadContent
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import Locale
from bot.safety import check_burst
from nlp.corpus import DATA, FROZEN, LEARN, messages

__all__ = ["ANSWERS", "FROZEN", "LEARN", "ORDINARY", "DangerRow", "by_rules", "ordinary_rows", "rows"]

ANSWERS = "answers"
ORDINARY = "ordinary"
"""The slice of plain messages about services, with nothing in them that looks like danger."""
_LEVELS = {level.word: level for level in RiskLevel}


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerRow:
    """One message, the level a person would give it, and the slices it counts for. Lines are messages of one burst."""

    text: str
    level: RiskLevel
    kind: RiskKind | None = None
    slices: frozenset[str] = frozenset()
    locale: Locale
    author: str


def rows(part: str = LEARN, *, data: Path = DATA) -> list[DangerRow]:
    """The rows of a part, in the order of the files. Raises ``BadContent`` for a row that is not in its form."""
    found = []
    for file in sorted((data / "danger" / part).glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    found.append(_row(json.loads(line)))
                except (ValueError, KeyError, TypeError) as error:
                    raise BadContent(f"{file.name}, line {number}, is not in its form: {error!r}.") from error
    return found


def _row(row: dict[str, Any]) -> DangerRow:
    return DangerRow(
        text=row["text"],
        level=_LEVELS[row["level"]],
        kind=RiskKind(row["kind"]) if "kind" in row else None,
        slices=frozenset(row["slices"]),
        locale=Locale(row["locale"]),
        author=row["author"],
    )


def ordinary_rows(part: str = LEARN, *, data: Path = DATA) -> list[DangerRow]:
    """The messages of the themes' corpus."""
    known = {row.text for row in rows(part, data=data)}
    return [
        DangerRow(
            text=message.text,
            level=RiskLevel.NONE,
            slices=frozenset({ORDINARY}),
            locale=Locale("en"),
            author=f"themes {message.author}",
        )
        for message in messages(part, data=data)
        if message.text not in known
    ]


def by_rules(row: DangerRow) -> Risk:
    """What the rules hear; the lines of a burst are also heard one by one, as messages are."""
    return check_burst(row.text.split("\n"))
