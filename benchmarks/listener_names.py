"""Rows with names and numbers in them, and how much of that a masker masks.

Two sets, both frozen. The templates of ``nlp/data/names/frozen``, filled with names that the finder measured was never told;
and ``nlp/data/names/blind``, whole messages written without sight of the lists, in which what is to be masked stands as
``[[KIND:words]]``. A name or number counts as masked when every letter and figure of it is; a mask is right when it covers
a part of what was to be masked.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.listener_measuring import Figures
from bot.heard import Redaction
from nlp.name_filling import DATA, NAMES, READABLE, Filler, Sources
from nlp.name_filling import templates as lines

_MARK = re.compile(r"\[\[([A-Z]+):(.*?)\]\]", re.DOTALL)
_APART = frozenset({"AMBIGUOUS", "INITIALS"})
"""Names that are words as well, and initials: no peer is asked for them."""

Mask = Callable[[str], Sequence[Redaction]]


@dataclass(frozen=True, slots=True)
class Row:
    """A text, and what is to be masked in it: start, end, and whether it is a name."""

    text: str
    spans: tuple[tuple[int, int, bool], ...]


def templates() -> list[Row]:
    """Every template once, its names of one community after the other."""
    sources = Sources.load()
    communities = sorted(sources.communities)
    rows = []
    for number, template in enumerate(lines("frozen")):
        chance = Random(zlib.crc32(template.text.encode()))
        filled = Filler(sources, chance, withheld=True).fill(template, communities[number % len(communities)])
        if not any(slot in _APART for _, _, slot in filled.spans):
            rows.append(
                Row(filled.text, tuple((start, end, slot in NAMES) for start, end, slot in filled.spans if slot not in READABLE))
            )
    return rows


def blind() -> list[Row]:
    rows = []
    for line in (DATA / "blind" / "blind.jsonl").read_text(encoding="utf-8").splitlines():
        marked = json.loads(line)["text"]
        text, spans, at = "", [], 0
        for mark in _MARK.finditer(marked):
            text += marked[at : mark.start()]
            spans.append((len(text), len(text) + len(mark[2]), mark[1] in NAMES))
            text += mark[2]
            at = mark.end()
        rows.append(Row(text + marked[at:], tuple(spans)))
    return rows


def counted(rows: Sequence[Row], mask: Mask) -> Figures:
    """The share of names and of numbers that was masked, of masks that were right, and CPU milliseconds a row."""
    there, found = [0, 0], [0, 0]
    masks = right = 0
    spent = 0.0
    for row in rows:
        begun = time.process_time()
        said = mask(row.text)
        spent += time.process_time() - begun
        covered = [False] * len(row.text)
        for one in said:
            covered[one.start : one.end] = [True] * (one.end - one.start)
        for start, end, is_name in row.spans:
            there[is_name] += 1
            found[is_name] += all(covered[at] or not row.text[at].isalnum() for at in range(start, end))
        masks += len(said)
        right += sum(any(one.start < end and start < one.end for start, end, _ in row.spans) for one in said)
    return {
        "names": found[True] / max(1, there[True]),
        "numbers": found[False] / max(1, there[False]),
        "precision": right / max(1, masks),
        "mean": 1000 * spent / max(1, len(rows)),
    }
