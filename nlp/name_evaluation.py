"""Measures the finding of names, numbers and addresses on the frozen templates, filled with names it has never been told.

The finder measured has neither trained on nor been given the withheld third of the names of each community, nor has anybody
looked at the frozen authors while mending. A name counts as found when every word of it is masked; a mask counts as
right when it covers a part of what had to be masked.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from bot.heard import Redaction
from nlp.name_filling import DATA, NAMES, READABLE, Filled, Filler, Sources, Template, templates
from nlp.name_masking import NameMasker
from nlp.name_training import ordinary
from nlp.name_words import WORD
from nlp.names import NameFinder, finder

_SURE = 1.96
_APART = frozenset({"AMBIGUOUS", "INITIALS", "INITIAL"})
"""Reported by themselves: a name that is also a word is of no community, and initials are not the name."""
_BEFORE_HOUSE = re.compile(r"(?:at|c/o)\s+(?:mrs (?=\w))?", re.IGNORECASE)
"""What of an address tells nothing."""
_MARKED = re.compile(r"\[\[([A-Z]+):(.*?)\]\]", re.DOTALL)
_MOST_SHOWN = 400


@dataclass(slots=True)
class Count:
    """``found`` of those ``there``."""

    there: int = 0
    found: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.there if self.there else 1.0

    @property
    def low(self) -> float:
        """The lower end of Wilson's interval at 95 %."""
        if not self.there:
            return 0.0
        n, share, z = self.there, self.recall, _SURE
        middle = share + z * z / (2 * n)
        return (middle - z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)

    def add(self, *, found: bool) -> None:
        self.there += 1
        self.found += found


@dataclass(frozen=True, slots=True)
class NameFigures:
    """``communities``: names of each, withheld and known; ``slots``: of each kind of slot, numbers and addresses too.

    ``names`` and ``numbers`` are all of them together, ``precision`` the share of masks that were right, ``readable`` the
    share of schools and towns that stayed, ``quiet`` how many messages without a name stayed as they were.
    """

    communities: Mapping[str, Count]
    known: Mapping[str, Count]
    slots: Mapping[str, Count]
    names: Count
    numbers: Count
    precision: Count
    name_precision: Count
    readable: Count
    quiet: Count
    missed: Sequence[tuple[str, str]] = field(default=())
    wrong: Sequence[tuple[str, str]] = field(default=())

    @property
    def worst(self) -> str:
        return min(self.communities, key=lambda name: self.communities[name].recall)

    @property
    def best(self) -> str:
        return max(self.communities, key=lambda name: self.communities[name].recall)


class _Tally:
    def __init__(self) -> None:
        self.communities: defaultdict[str, Count] = defaultdict(Count)
        self.known: defaultdict[str, Count] = defaultdict(Count)
        self.slots: defaultdict[str, Count] = defaultdict(Count)
        self.authors: defaultdict[str, Count] = defaultdict(Count)
        self.names, self.numbers, self.precision, self.readable = Count(), Count(), Count(), Count()
        self.name_precision, self.quiet = Count(), Count()
        self.missed: list[tuple[str, str]] = []
        self.wrong: list[tuple[str, str]] = []

    def add(self, filled: Filled, masks: Sequence[Redaction], community: str, *, withheld: bool) -> None:
        covered = [False] * len(filled.text)
        for mask in masks:
            covered[mask.start : mask.end] = [True] * (mask.end - mask.start)
        for start, end, slot in filled.spans:
            if slot in READABLE:
                self.readable.add(found=not any(covered[start:end]))
                continue
            skipped = _BEFORE_HOUSE.match(filled.text, start, end) if slot == "ADDRESS" else None
            told = range(skipped.end() if skipped else start, end)
            found = all(covered[at] or not filled.text[at].isalnum() for at in told)
            if withheld:
                self._there(slot, community, found=found)
                if not found:
                    self.missed.append(
                        (
                            slot,
                            f"{filled.text[max(0, start - 60) : start]}<<{filled.text[start:end]}>>{filled.text[end : end + 40]}",
                        )
                    )
            elif slot in NAMES - _APART:
                self.known[community].add(found=found)
        if withheld:
            self._masks(filled, masks)

    def _there(self, slot: str, community: str, *, found: bool) -> None:
        self.slots[slot].add(found=found)
        if slot in NAMES - _APART:
            self.names.add(found=found)
            self.communities[community].add(found=found)
        elif slot not in NAMES:
            self.numbers.add(found=found)

    def _masks(self, filled: Filled, masks: Sequence[Redaction]) -> None:
        for mask in masks:
            right = any(mask.start < end and start < mask.end and slot not in READABLE for start, end, slot in filled.spans)
            self.precision.add(found=right)
            if mask.kind in NameMasker.kinds:
                self.name_precision.add(found=right)
            if not right:
                self.wrong.append((mask.kind, _around(filled.text, mask.start, mask.end)))
        if all(slot in READABLE for _, _, slot in filled.spans):
            self.quiet.add(found=not masks)

    def figures(self) -> NameFigures:
        return NameFigures(
            communities=dict(self.communities),
            known=dict(self.known),
            slots=dict(self.slots),
            names=self.names,
            numbers=self.numbers,
            precision=self.precision,
            name_precision=self.name_precision,
            readable=self.readable,
            quiet=self.quiet,
            missed=tuple(self.missed),
            wrong=tuple(self.wrong),
        )


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 60) : start]}<<{text[start:end]}>>{text[end : end + 40]}"


def measure(*, part: str = "frozen", masker: NameMasker | None = None, seed: int = 11) -> NameFigures:
    """Every template is filled once for each community with withheld names, and once with known ones.

    ``masker`` is that to be measured; without one, that which comes with Earshot, without the withheld names.
    """
    masker = masker or NameMasker(NameFinder.load(withheld=False))
    sources = Sources.load()
    tally = _Tally()
    rows = templates(part)
    for community in sorted(sources.communities):
        for withheld in (True, False):
            filler = Filler(sources, Random(seed + zlib.crc32(community.encode()) + withheld), withheld=withheld)  # noqa: S311 - not for secrets
            for filled in _fill(rows, filler, community, withheld=withheld):
                tally.add(filled, masker.redact(filled.text).redactions, community, withheld=withheld)
    return tally.figures()


def _fill(rows: Iterable[Template], filler: Filler, community: str, *, withheld: bool) -> Iterable[Filled]:
    """Templates that hold no name are filled for one community only, for they would be the same for all."""
    first = zlib.crc32(community.encode())
    for row in rows:
        has_name = any(f"{{{slot}}}" in row.text for slot in NAMES - _APART)
        if has_name or (withheld and (zlib.crc32(row.text.encode()) ^ first) % 6 == 0):
            yield filler.fill(row, community)


def measure_blind(masker: NameMasker | None = None) -> NameFigures:
    """On whole messages by somebody who had not seen the lists, with the finder in use. ``known`` is empty."""
    masker = masker or NameMasker(finder())
    tally = _Tally()
    for path in sorted((DATA / "blind").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            filled = _marked(row["author"], row["text"])
            tally.add(filled, masker.redact(filled.text).redactions, row["community"], withheld=True)
    return tally.figures()


def kept_texts() -> list[str]:
    """Messages of ordinary words that name nobody, of which nothing is learnt."""
    paths = sorted((DATA / "kept").glob("*.jsonl"))
    return [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def measure_kept(masker: NameMasker | None = None) -> tuple[Count, list[str]]:
    """Of those, how many the finder in use leaves as they are, and the others as it shows them."""
    masker = masker or NameMasker(finder())
    kept = Count()
    shown = []
    for text in kept_texts():
        masked = masker.redact(text).redacted
        kept.add(found=masked == text)
        shown += [masked] if masked != text else []
    return kept, shown


def _marked(author: str, text: str) -> Filled:
    """A message in which each detail stands as ``[[SLOT:value]]``."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length = at = 0
    for match in _MARKED.finditer(text):
        pieces += [text[at : match.start()], match[2]]
        length += match.start() - at
        spans.append((length, length + len(match[2]), match[1]))
        length += len(match[2])
        at = match.end()
    return Filled(author, "".join([*pieces, text[at:]]), tuple(spans))


def false_alarms(part: str = "frozen", masker: NameMasker | None = None) -> tuple[Count, list[str]]:
    """Words masked as names in the messages of the other corpora, against all their words. Some are names, for invented
    people are named there: the list is for looking at.
    """
    masker = masker or NameMasker(NameFinder.load())
    words = Count()
    shown = []
    for text in ordinary(part):
        names = [mask for mask in masker.redact(text).redactions if mask.kind in masker.kinds]
        shown += [_around(text, mask.start, mask.end) for mask in names]
        words.there += sum(1 for _ in WORD.finditer(text))
        words.found += len(names)
    return words, shown[:_MOST_SHOWN]
