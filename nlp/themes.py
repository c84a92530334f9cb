"""Tags a text with themes. One tagger is the rules; a learned one may vote beside it.

How a score of the rules is made, so that it can be read as a chance: each cue carries the chance that its theme is
right when the cue stands alone. Cues in different words are taken as separate witnesses, so what they leave open is
multiplied: 0.75 and 0.6 leave 0.25 and 0.4 open, together 0.1, and the score is 0.9. Cues in the same words are one
witness, the strongest. What speaks against the theme lessens the score by its share. Last, every score is lowered by a
tenth (``TRUST``), for the words of others are less like the cues than the cues' own author thinks: of messages no cue had
been mended on, those scored 0.86 here were right 91 times in 100 where they were put plainly and 74 where they were not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from bot.model import Span
from bot.themes import Cue, Taxonomy
from nlp.cues import CueBook
from nlp.spelling import Spelling
from nlp.texts import Text, text_of, whole_of

TRUST = 0.9
_DENIED_WORDS = 8
_CLAUSE_ENDS = frozenset({".", "!", "?", ",", ";", "-", "but", "it", "its", "just", "\n"})


@dataclass(frozen=True, slots=True)
class Vote:
    """How likely one theme is, 0 to 1, and the words that say so (code points of the text)."""

    score: float
    evidence: tuple[Span, ...] = ()


class Denials:
    """What the person says it is not about: "it's not about the taxi, it's his therapy"."""

    def __init__(self, nlp: Language, spelling: Spelling, taxonomy: Taxonomy) -> None:
        self._book = CueBook(nlp, spelling, {}, taxonomy.denials)

    def find(self, stretch: Doc | DocSpan) -> tuple[Span, ...]:
        """The stretches denied, each from the words that deny to the end of the clause; code points of the whole text."""
        whole = whole_of(stretch)
        text = text_of(whole.doc)
        found = [words for stretches in self._book.find(stretch).values() for words in stretches]
        return tuple((text.starts[start], _clause_end(text, end, whole.end)) for start, end in found)


def _clause_end(text: Text, start: int, limit: int) -> int:
    last = min(limit, start + _DENIED_WORDS)
    for place in range(start, last):
        if text.lowers[place] in _CLAUSE_ENDS:
            return text.starts[place]
    return text.ends[limit - 1] if last == limit else text.starts[last]


class RuleTagger:
    """Votes by the cues of the taxonomy; deterministic, and every point of its score is in the evidence."""

    name = "rules"

    def __init__(self, nlp: Language, spelling: Spelling, taxonomy: Taxonomy) -> None:
        self.version = taxonomy.version
        self._cues = {theme.code: theme.cues for theme in taxonomy.living()}
        lines = dict.fromkeys(cue.says for cues in self._cues.values() for cue in cues)
        self._users: defaultdict[str, list[tuple[str, Cue]]] = defaultdict(list)
        for code, cues in self._cues.items():
            for cue in cues:
                self._users[cue.says].append((code, cue))
        self._book = CueBook(nlp, spelling, taxonomy.words, lines)
        self._denials = Denials(nlp, spelling, taxonomy)

    def votes(self, stretch: Doc | DocSpan) -> dict[str, Vote]:
        """Of a text, or of one stretch of it as if it stood alone: evidence is counted from where it begins. Asked again, the
        same.
        """
        whole = whole_of(stretch)
        found, key = text_of(whole.doc).found, (self, whole.start, whole.end)
        if key not in found:
            found[key] = self._votes(whole)
        votes: dict[str, Vote] = found[key]
        return votes

    def _votes(self, whole: DocSpan) -> dict[str, Vote]:
        heard: defaultdict[str, list[tuple[Cue, list[Span]]]] = defaultdict(list)
        found_lines = self._book.find(whole)
        if not found_lines:
            return {}
        denied = self._denials.find(whole)
        text, shift = text_of(whole.doc), whole.start_char
        for line, stretches in found_lines.items():
            where = [(text.starts[start], text.ends[end - 1]) for start, end in stretches]
            said = [span for span in where if not _overlaps(span, denied)]
            for code, cue in self._users[line]:
                if cue.against:
                    heard[code].append((cue, where))
                elif said:
                    heard[code].append((cue, said))
        return {code: vote for code, found in heard.items() if (vote := _vote(found, shift)).score > 0}


def _vote(found: Sequence[tuple[Cue, list[Span]]], shift: int) -> Vote:
    taken: list[Span] = []
    left_open = 1.0
    for cue, spans in sorted(found, key=lambda entry: (-entry[0].weight, entry[0].says)):
        if cue.against or all(_overlaps(span, taken) for span in spans):
            continue
        left_open *= 1 - cue.weight
        taken.extend(spans)
    against = max((cue.weight for cue, _ in found if cue.against), default=0.0)
    score = TRUST * (1 - left_open) * (1 - against)
    evidence = _joined((start - shift, end - shift) for cue, spans in found if not cue.against for start, end in spans)
    return Vote(round(score, 4), evidence)


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
