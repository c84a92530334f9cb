"""Which kind of setting a message is about, and at which stage of the journey: the cues of ``about.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from bot import toml
from bot.errors import BadContent
from nlp.cues import CueBook, Words
from nlp.spelling import Spelling
from nlp.texts import text_of

CONTENT = Path(__file__).parent.parent / "bot" / "content" / "about.toml"
SETTINGS = (
    *("early_years", "mainstream_primary", "mainstream_secondary", "special_school", "resource_base", "pru_or_ap"),
    *("independent_specialist", "college_post16", "home_educated", "not_in_education", "health_setting", "social_care"),
)
"""The kinds of setting of the taxonomy; a message that tells of none has None."""
STAGES = (
    *("first_worries", "waiting_for_assessment", "ehc_request_0_6wk", "ehc_assessment_6_16wk", "ehc_draft_16_20wk"),
    *("plan_in_place", "annual_review", "phase_transfer", "dispute", "moving_to_adult"),
)
"""The stages of the taxonomy, in the order in which families come to them."""
LONGEST = 4_000
"""Code points looked at: what a message is about stands early, and a hostile text may be long."""

_WEEK = re.compile(r"\b(?:weeks?|wks?)\W{0,2}(\d{1,3})\b(?!\W*(?:days?|hours?|hrs?|minutes?|mins?)\b)")
_WEEKS = frozenset({"week", "weeks", "wk", "wks"})
_WEEKS_OF = ((6, "ehc_request_0_6wk"), (16, "ehc_assessment_6_16wk"))
_LATER_WEEKS = "ehc_draft_16_20wk"
_MOST_WEEKS = 150


@dataclass(frozen=True, slots=True)
class _Kind:
    """A setting or a stage: the lines that say it, and longer ones in which they say something else."""

    code: str
    says: Sequence[str]
    unless: Sequence[str]


class Stages:
    """The settings and stages of ``about.toml``. Raises ``BadContent`` for a code the taxonomy has not."""

    def __init__(self, nlp: Language, spelling: Spelling, path: Path = CONTENT) -> None:
        data = toml.read(path)
        self.settings = _kinds(data["setting"], SETTINGS)
        self.stages = _kinds(data["stage"], STAGES)
        lines = [line for kind in (*self.settings, *self.stages) for line in (*kind.says, *kind.unless)]
        self._book = CueBook(nlp, spelling, data["words"], dict.fromkeys(lines))

    def find(self, doc: Doc) -> tuple[str | None, str | None]:
        """The setting and the stage a text tells of, each None where it tells of none.

        The text must have its spelling keys. Of several, the one that stands highest in the file is taken: a tribunal about
        a draft is a dispute, and a special school that takes from nurseries a special school.
        """
        is_short = not len(doc) or doc[len(doc) - 1].idx < LONGEST
        short = doc if is_short else doc[: _tokens_within(doc)].as_doc()
        found = self._book.find(short)
        return _first(self.settings, found), _first(self.stages, found) or _of_week(short)


def _kinds(entries: Iterable[dict[str, list[str]]], known: Sequence[str]) -> list[_Kind]:
    kinds = [_Kind(str(entry["code"]), entry["says"], entry.get("unless", [])) for entry in entries]
    strangers = [kind.code for kind in kinds if kind.code not in known]
    if strangers:
        raise BadContent(f"about.toml knows settings or stages that are not in the taxonomy: {', '.join(strangers)}.")
    return kinds


def _first(kinds: Sequence[_Kind], found: dict[str, list[Words]]) -> str | None:
    for kind in kinds:
        otherwise = [words for line in kind.unless for words in found.get(line, ())]
        for line in kind.says:
            for start, end in found.get(line, ()):
                if not any(first <= start and end <= last for first, last in otherwise):
                    return kind.code
    return None


def _of_week(doc: Doc) -> str | None:
    """The stage that a week of the twenty says: "week 34 now"."""
    if _WEEKS.isdisjoint(text_of(doc).lowers):  # the text of a doc is slow to put together
        return None
    match = _WEEK.search(doc.text.lower())
    if match is None or int(match[1]) > _MOST_WEEKS:
        return None
    return next((stage for last, stage in _WEEKS_OF if int(match[1]) <= last), _LATER_WEEKS)


def _tokens_within(doc: Doc) -> int:
    return next((token.i for token in doc if token.idx >= LONGEST), len(doc))
