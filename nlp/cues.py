"""Reads cues, lines of words that speak for something, and finds them in a text.

Each word of a line is compared by its spelling key, so endings and slips do not matter.

    waiting list            these words, one after the other
    taxi|minibus            either word
    (turn up | arrive)      either phrase
    @refuse                 any word or phrase of a list
    not? turn up            a word that may be missing; a bracket and a list may be, too
    refuse ... transport    up to five other words between, within one sentence
    #                       a number
    =left                   exactly this form
    part-time               with or without the hyphen
    taxi + late             both, anywhere in the passage

A line is made of rows of phrases (one, or several with ``+`` between them), and ``nlp.cue_rows`` finds those. What is found
in a whole text serves each stretch of it. (One spaCy ``Matcher`` for 3,000 lines with gaps was measured at 34 CPU ms a
message; this is a small part of one.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from spacy.language import Language
from spacy.tokens import Doc, Span

from bot.errors import BadContent
from nlp.cue_rows import GAP as GAP  # noqa: PLC0414 - whoever reads a book knows only this module
from nlp.cue_rows import NUMBER, Atom, Element, Row, Rows
from nlp.cue_rows import Words as Words  # noqa: PLC0414 - the same
from nlp.spelling import Spelling
from nlp.texts import text_of

_ELEMENT = re.compile(r"\([^()]*\)\??|\S+")


class CueBook:
    """Lines of cues. ``find`` says which of them stand in a text, and where."""

    def __init__(self, nlp: Language, spelling: Spelling, words: Mapping[str, Sequence[str]], lines: Iterable[str]) -> None:
        self._rows = Rows.of(nlp)
        reader = _Reader(nlp, spelling, self._rows, words)
        self._lines: dict[str, tuple[int, ...]] = {}
        """Each line by the numbers of its rows."""
        self._lines_of: defaultdict[int, list[str]] = defaultdict(list)
        known: dict[str, int] = {}
        for line in lines:
            parts = [part.strip() for part in line.split(" + ")]
            for part in parts:
                if part not in known:
                    known[part] = self._rows.add(reader.row(part))
            self._lines[line] = rows = tuple(known[part] for part in parts)
            for row in dict.fromkeys(rows):
                self._lines_of[row].append(line)

    def find(self, stretch: Doc | Span) -> dict[str, list[Words]]:
        """The lines that stand in the text, each with the tokens that are it, in order, not overlapping.

        Places are those of the whole text. It is read once, whichever stretches of it are asked about: a row that
        stands in a stretch takes the same way through it there as in the whole.
        """
        rows = self._within(stretch) if isinstance(stretch, Span) else self._everywhere(stretch)
        if not rows:
            return {}
        found = {}
        for line in dict.fromkeys(line for row in rows for line in self._lines_of[row]):
            own = self._lines[line]
            if len(own) == 1:
                found[line] = _apart(rows[own[0]])
            elif all(row in rows for row in own):
                found[line] = _apart([words for row in own for words in rows[row]])
        return found

    def _within(self, span: Span) -> Mapping[int, list[Words]]:
        everywhere = self._everywhere(span.doc)
        first, last = span.start, span.end
        if not everywhere or (first == 0 and last == len(span.doc)):
            return everywhere
        rows = {}
        for row, stretches in everywhere.items():
            inside = [words for words in stretches if first <= words[0] and words[1] <= last]
            if inside:
                rows[row] = inside
        return rows

    def _everywhere(self, doc: Doc) -> Mapping[int, list[Words]]:
        found = self._rows.find(doc)
        kept: tuple[object, dict[int, list[Words]]] | None = text_of(doc).found.get(self)
        if kept is None or kept[0] is not found:
            own = self._lines_of
            kept = text_of(doc).found[self] = found, {row: places for row, places in found.items() if row in own}
        return kept[1]


class _Reader:
    """Reads the lines of one book. ``words`` are its lists."""

    def __init__(self, nlp: Language, spelling: Spelling, rows: Rows, words: Mapping[str, Sequence[str]]) -> None:
        self._nlp, self._spelling, self._rows = nlp, spelling, rows
        self._words = {name: frozenset(atom for item in items for atom in self._atoms(item)) for name, items in words.items()}

    def row(self, part: str) -> Row:
        """Raises ``BadContent`` for a part nothing of which must be there."""
        row = tuple(self._elements(part))
        if all(element.optional for element in row) or any(not element.atoms for element in row):
            raise BadContent(f"The cue {part!r} has no word that must be there, or an empty place.")
        return row

    def _elements(self, part: str) -> Iterator[Element]:
        after_gap = False
        for word in _ELEMENT.findall(part):
            if word == "...":
                after_gap = True
                continue
            bare = word.removesuffix("?").strip("()")
            yield self._rows.element(frozenset(self._choices(bare)), optional=word.endswith("?"), after_gap=after_gap)
            after_gap = False

    def _choices(self, text: str) -> Iterator[Atom]:
        """The atoms of ``a|b`` or of ``a b | c @d``."""
        for choice in text.split("|"):
            if not choice.strip() or "..." in choice:
                raise BadContent(f"“{text}” in a cue has an empty choice, or a gap inside it.")
            ways = [self._words.get(word[1:], ()) if word.startswith("@") else self._atoms(word) for word in choice.split()]
            for way in product(*ways):
                yield " ".join(way)

    def _atoms(self, phrase: str) -> tuple[Atom, ...]:
        """A phrase as keys; with a hyphen in it, also without."""
        if phrase == NUMBER or phrase.startswith("="):
            return (phrase.lower(),)
        keys = tokens(self._nlp, self._spelling, phrase)
        bare = [key for key in keys if key != "-"]
        if not bare:
            raise BadContent(f"{phrase!r} is no word a cue could hold.")
        return tuple(dict.fromkeys((" ".join(bare), " ".join(keys))))


def tokens(nlp: Language, spelling: Spelling, phrase: str) -> list[str]:
    """The spelling keys of a phrase."""
    return [spelling.key(token.norm_) for token in nlp.make_doc(phrase)]


def _apart(found: list[Words]) -> list[Words]:
    """In order, and of those that overlap the longest."""
    if len(found) == 1:
        return found
    kept: list[Words] = []
    for start, end in sorted(found, key=lambda words: (words[0] - words[1], words[0])):
        if all(end <= other or last <= start for other, last in kept):
            kept.append((start, end))
    return sorted(kept)
