"""What the one page of a talk shows now, worked out from its lines: a question, the bot's last words, or that we wait."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.cards import BY_PARENT
from bot.outgoing import Choice
from bot.records import ChatLine
from channels.sentences import divide, paragraphs_of, reference_pattern, sentences_of

_DANGER = "danger."
_DISCREET = ("danger.violence_at_home.", "danger.young_person.")
"""Texts about danger that the one who is feared may read over a shoulder: their heading says nothing."""
_ASKS = ("ask.", "again.", "media.")
_BEGINNINGS = ("first.", "back.", "kept.story", "kept.hello")
"""Keys of the first reply to a new experience: nothing that was asked before it still matters."""
_CONFIRMS = ("delete.confirm", "delete.again", "delete.late")
"""Keys of the question whether to delete: it is no question of the road, and is answered by its code."""
_DAY = re.compile(r"\b[0-3]?\d\b")
_CODE = re.compile(r"\b\d{3}\b")


class Kind(StrEnum):
    STORY = "story"
    WAITING = "waiting"
    QUIET = "quiet"
    QUESTION = "question"
    SAID = "said"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """``kept`` are paragraphs said before the one that matters; ``heading`` and ``hint`` are that one, divided.

    ``seq`` is the line's that matters. ``number`` counts questions, this one included. ``is_answered`` is false while
    nothing was said since the person's last words, ``awaits`` while something may be. ``promise`` says when a person
    reads. ``before`` is the question put last, ``had_answer`` whether it was answered. ``code`` confirms a deletion.
    A quiet screen has no heading of its own; ``is_discreet`` is which of the page's it takes.
    """

    kind: Kind
    seq: int = 0
    kept: tuple[str, ...] = ()
    heading: str = ""
    hint: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    number: int = 0
    is_answered: bool = True
    awaits: bool = False
    reference: str = ""
    promise: str = ""
    before: int = 0
    had_answer: bool = False
    code: str = ""
    is_discreet: bool = False


def screen_of(lines: Sequence[ChatLine], *, pending: bool = False, again: int = 0) -> Screen:
    """``again`` is the ``seq`` of an earlier question that the person wants to see once more."""
    if not lines:
        return Screen(kind=Kind.STORY)
    lines = _since_beginning(lines)
    last = max((line.seq for line in lines if line.sender == BY_PARENT), default=0)
    fresh = tuple(line for line in lines if line.seq > last)
    asked_again = next((line for line in lines if line.seq == again and line.choices and is_question(line)), None)
    signpost = _signpost(lines)
    if signpost is not None:
        rest = tuple(line for line in fresh if line != signpost)
        return _quiet(lines, rest, signpost, is_answered=bool(fresh), awaits=pending and not fresh)
    if asked_again is not None:
        return _question(lines, (asked_again,))
    if not fresh:
        kind = Kind.WAITING if pending else Kind.SILENT
        return Screen(kind=kind, awaits=pending, is_answered=False, **_facts(lines, shown=None))
    if is_question(fresh[-1]):
        return _question(lines, fresh)
    return _words(lines, fresh, kind=Kind.SAID)


def is_question(line: ChatLine) -> bool:
    """Whether a line asks what the script asks, and so may be skipped; other texts may end in a question mark too."""
    if line.sender == BY_PARENT or line.key.startswith((_DANGER, *_CONFIRMS)):
        return False
    return bool(line.choices) or key_of(line).startswith(_ASKS)


def is_danger(line: ChatLine) -> bool:
    """Whether a line is what we say when danger was heard."""
    return line.key.startswith(_DANGER)


def key_of(line: ChatLine) -> str:
    """The key of what a line ends with: of several things said together, the last."""
    return line.key.rpartition("+")[2]


def _question(lines: Sequence[ChatLine], fresh: Sequence[ChatLine]) -> Screen:
    question = fresh[-1]
    before, heading, after = divide(question.text)
    names = dict.fromkeys(_name_of(line) for line in lines if is_question(line) and line.seq <= question.seq)
    return Screen(
        kind=Kind.QUESTION,
        seq=question.seq,
        kept=(*_all(fresh[:-1]), *before),
        heading=heading,
        hint=after,
        choices=question.choices,
        number=list(names).index(_name_of(question)) + 1,
        **_facts(lines, shown=question),
    )


def _quiet(lines: Sequence[ChatLine], rest: Sequence[ChatLine], signpost: ChatLine, *, is_answered: bool, awaits: bool) -> Screen:
    """The text about danger stands whole and in its own order: no sentence of it is taken out to be a heading."""
    return Screen(
        kind=Kind.QUIET,
        seq=signpost.seq,
        kept=_all(rest),
        hint=paragraphs_of(signpost.text),
        is_answered=is_answered,
        awaits=awaits,
        is_discreet=signpost.key.startswith(_DISCREET),
        **_facts(lines, shown=signpost),
    )


def _words(lines: Sequence[ChatLine], fresh: Sequence[ChatLine], *, kind: Kind) -> Screen:
    last = fresh[-1]
    before, heading, after = divide(last.text)
    return Screen(
        kind=kind,
        seq=last.seq,
        kept=_all(fresh[:-1]),
        heading=heading,
        hint=(*before, *after),
        code=next((_CODE.findall(line.text)[-1] for line in fresh if key_of(line) in _CONFIRMS and _CODE.search(line.text)), ""),
        **_facts(lines, shown=last),
    )


def _facts(lines: Sequence[ChatLine], *, shown: ChatLine | None) -> dict[str, Any]:
    """What stays true beside what is shown: the reference, the promise, the question before."""
    before = [line for line in lines if line.choices and is_question(line) and line != shown]
    if shown is not None:
        before = [line for line in before if line.seq < shown.seq]
    reference, promise = _promise(lines)
    return {
        "reference": reference,
        "promise": promise,
        "before": before[-1].seq if before else 0,
        "had_answer": bool(before) and _was_answered(before[-1], lines),
    }


def _promise(lines: Sequence[ChatLine]) -> tuple[str, str]:
    """The reference we last gave, the same in every locale; and the last sentence with a day that stood beside one."""
    reference, promise = "", ""
    for line in lines:
        found = reference_pattern().search(line.text) if line.sender != BY_PARENT else None
        if found is not None:
            reference = found.group()
            promise = next((sentence for sentence in sentences_of(line.text) if _DAY.search(sentence)), promise)
    return reference, promise


def _was_answered(question: ChatLine, lines: Sequence[ChatLine]) -> bool:
    labels = {choice.label for choice in question.choices}
    return any(line.sender == BY_PARENT and line.seq > question.seq and line.text in labels for line in lines)


def _signpost(lines: Sequence[ChatLine]) -> ChatLine | None:
    """The last text about danger. Its numbers stay in sight as long as this talk lasts."""
    return next((line for line in reversed(lines) if is_danger(line)), None)


def _since_beginning(lines: Sequence[ChatLine]) -> Sequence[ChatLine]:
    """From the person's words that the last first reply answers: what is older belongs to an older talk."""
    begins = max((line.seq for line in lines if any(key.startswith(_BEGINNINGS) for key in line.key.split("+"))), default=0)
    first = max((line.seq for line in lines if line.sender == BY_PARENT and line.seq < begins), default=0)
    return [line for line in lines if line.seq >= first]


def _name_of(line: ChatLine) -> str:
    """One name for a question however it is put: first or again, gladly or gravely."""
    if line.choices:
        return "/".join(choice.key for choice in line.choices)
    key = key_of(line)
    return "media" if key.startswith("media.") else key.rpartition(".")[2].partition("_")[0]


def _all(lines: Sequence[ChatLine]) -> tuple[str, ...]:
    return tuple(part for line in lines for part in paragraphs_of(line.text))
