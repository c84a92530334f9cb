"""Where the person says this happened: a town by its name, and which old district it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from bot import toml
from bot.heard import Place

CONTENT = Path(__file__).parent.parent / "bot" / "content" / "places.toml"
OUTSIDE = "outside"
_LEADS = frozenset({"in", "near", "from", "at", "to", "of", "round", "around", "outside", "live", "for", "via", "by"})
_HOMES = frozenset({"live", "lives", "living", "we're", "were", "based", "home"})
_ARE = frozenset({"'re", "are", "\N{RIGHT SINGLE QUOTATION MARK}re"})
_WAYS = frozenset(
    {"to", "get", "far", "miles", "way", "drive", "travel", "travelling", "bus", "over", "up", "down", ".", "there"}
)
"""Before "from" they say where somebody sets out: "hard to get to from Dulverton"."""
_LEFT = frozenset({"moved", "move", "moving", "came"})
_INSTITUTIONS = frozenset({"school", "hospital", "college", "academy", "primary", "nursery", "centre", "library", "council"})


@dataclass(frozen=True, slots=True)
class _Town:
    place: Place
    word: bool
    capital: bool
    unless: frozenset[str]


class Places:
    """The towns of ``places.toml``."""

    def __init__(self, nlp: Language, path: Path = CONTENT) -> None:
        data = toml.read(path)
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._towns: dict[str, _Town] = {}
        for kind in ("town", "village"):
            for entry in data[kind]:
                for name in entry["names"]:
                    self._towns[name] = _town(entry, name if kind == "town" else entry["district"])
        for alias, name in data["also"].items():
            self._towns[alias] = self._towns[name]
        for name in self._towns:
            self._matcher.add(name, [nlp.make_doc(name)])

    def find(self, doc: Doc) -> Place | None:
        """The place most likely meant: where they live, then the first in Somerset, then the first at all."""
        spans = sorted(self._named(doc), key=lambda span: span.start)
        if not spans:
            return None
        return self._towns[min(spans, key=self._rank).label_].place

    def _rank(self, span: Span) -> tuple[bool, bool, bool]:
        before = [token.lower_ for token in span.doc[max(0, span.start - 4) : span.start]]
        comes_from = before[-1:] == ["from"] and not _WAYS.isdisjoint(before)
        is_home = not _HOMES.isdisjoint(before) or ("we" in before and not _ARE.isdisjoint(before))
        return not is_home, self._towns[span.label_].place.district == OUTSIDE, not comes_from

    def _named(self, doc: Doc) -> Iterator[Span]:
        last = 0
        spans = sorted(self._matcher(doc, as_spans=True), key=lambda span: (span.start, -span.end))
        for span in spans:
            if span.start >= last and self._is_place(span):
                last = span.end
                yield span

    def _is_place(self, span: Span) -> bool:
        doc, town = span.doc, self._towns[span.label_]
        before = doc[span.start - 1].lower_ if span.start else ""
        after = doc[span.end].lower_ if span.end < len(doc) else ""
        two_before = doc[span.start - 2].lower_ if span.start > 1 else ""
        if before == "from" and two_before in _LEFT:
            return False
        if not town.word:
            return True
        if {before, after} & town.unless:
            return False
        capital = doc[span.start].text[0].isupper()
        if len(doc) <= 2:  # noqa: PLR2004 - "Wells", "Street please": the answer to "which area?"
            return not town.capital or capital
        if town.capital:
            return capital and not doc[span.start].is_upper and before in _LEADS
        near = {token.lower_ for token in doc[span.end : span.end + 2]}
        return bool(near & _INSTITUTIONS) or before in _LEADS or (capital and span.start > 0 and before not in {".", "!", "?"})


def _town(entry: Mapping[str, Any], shown: str) -> _Town:
    return _Town(
        Place(shown, entry["district"]), entry.get("word", False), entry.get("capital", False), frozenset(entry.get("unless", ()))
    )
