"""You said, we did: the public page of what came of what families told, and how it would look before it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.actions import Published, State
from bot.model import Locale

PATH = "/you-said-we-did"


Day = Callable[[date, Locale], str]
"""Says a day in words of a locale."""


class PublicActions(Protocol):
    """``bot.actions.ActionRecords``, as far as the public may ask it."""

    def published(self) -> tuple[Published, ...]: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What the public page is made of."""

    records: PublicActions
    day: Day


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of ours, in a box of its own: ``key`` says of what kind. Why something could not be is as large as what was
    done.
    """

    key: str
    text: str


def answers_of(published: Published) -> tuple[Answer, ...]:
    words, state = published.words, published.state
    done = {State.DONE: "did", State.DOING: "doing", State.PLANNED: "planned"}.get(state)
    answers = [Answer(done, words.did)] if done and words.did else []
    if words.because:
        answers.append(Answer("could_not", words.because))
    return tuple(answers)
