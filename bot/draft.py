"""A turn in the making: what the dialogue has decided so far. Lives for one call of ``take_turn``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.conversation import CloseExperience, Conversation, Effect, OpenExperience, PromiseSooner, Say, Turn
from bot.script import Question, Script

MOURNING = "death"
"""What is remembered of a talk in which somebody told of a death: a person writes, and never again a machine."""
WRITE_BY_HAND = "write_by_hand"
"""The task of that person, by which every other door of theirs knows of it."""
BOTH = "both"
"""What is remembered of an experience in which we said that we had heard two things."""
CUT = "…"
"""What ends a preview that was cut short."""


class Silence(StrEnum):
    """Why a turn says nothing."""

    SIGNPOSTED = "signposted"
    HELD = "held"
    OPTED_OUT = "opted_out"
    NETWORK_ANSWERED = "network_answered"
    COURTESY = "courtesy"
    NOTHING_CAME = "nothing_came"
    NOBODY_WAITS = "nobody_waits"
    A_PERSON_WRITES = "a_person_writes"  # somebody has died
    ASKED_TO_READ = "asked_to_read"  # what waited for them to write goes by itself


class Step(StrEnum):
    """Where a talk stands when no question is open; at a question the step is the question's key."""

    START = "start"
    STORY = "story"
    DANGER = "danger"
    CLOSED = "closed"


@dataclass(slots=True)
class Draft:
    """``was_greeted``, ``was_weary``, ``last_at``: how the talk stood before. ``opened``: an experience began in this turn;
    ``came_back``: it is not their first. ``urgent_by`` is the day the texts for danger of this turn have named.
    ``noticed``: their language was heard in this turn, and is spoken from here on.
    ``read_by``: the day by which it will be read where nobody waits for the usual one. ``facts`` are values for whatever
    is said.
    """

    script: Script
    conversation: Conversation
    now: datetime
    was_greeted: bool
    was_weary: bool
    last_at: datetime | None
    opened: bool = False
    came_back: bool = False
    noticed: bool = False
    urgent_by: date | None = None
    read_by: date | None = None
    facts: dict[str, str] = field(default_factory=dict)
    says: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @classmethod
    def begin(cls, script: Script, conversation: Conversation, now: datetime, *, looks_back: bool) -> Draft:
        """After the quiet days that end an experience, what was asked and agreed about it is over too.

        ``looks_back``: the person only asks about what they sent, or changes it: then it is still that experience,
        with no question open any more, and the quiet days go on.
        """
        last = conversation.last_at
        draft = cls(
            script,
            replace(conversation, last_at=now),
            now,
            was_greeted=conversation.greeted,
            was_weary=conversation.wellbeing,
            last_at=last,
        )
        if conversation.experience_open and last is not None and now - last > script.joins:
            if looks_back:
                draft.change(last_at=last, step=Step.CLOSED)
            else:
                draft.conversation = _ended(draft.conversation)
        return draft

    @property
    def at_question(self) -> Question | None:
        """The question that is open."""
        return self.script.questions.get(self.conversation.step)

    @property
    def is_closed(self) -> bool:
        return self.conversation.step == Step.CLOSED

    def change(self, **what: Any) -> None:
        self.conversation = replace(self.conversation, **what)

    def code_is_good(self, at: datetime) -> bool:
        """Whether the code of a deletion, if one was given, still confirms it."""
        until = self.conversation.delete_until
        return self.conversation.delete_code is not None and until is not None and at <= until

    def do(self, effect: Effect) -> None:
        self.effects.append(effect)

    def open(self) -> None:
        """A new experience begins."""
        usual = self.read_by or self.script.hours.promised_on(self.now)
        promised_on = min(usual, self.urgent_by or usual)
        reference = self.conversation.spare_reference
        self.came_back = self.conversation.reference is not None
        self.change(experience_open=True, reference=reference, spare_reference="", promised_on=promised_on, read_on=None)
        self.do(OpenExperience(reference, promised_on))
        self.opened = True

    def hasten(self) -> None:
        """Danger has come in an experience that is open: what was promised for later is promised for sooner."""
        conversation = self.conversation
        if self.urgent_by is None or not conversation.experience_open or conversation.promised_on is None:
            return
        if self.urgent_by < conversation.promised_on:
            self.change(promised_on=self.urgent_by)
            self.do(PromiseSooner(self.urgent_by))

    def close(self) -> None:
        """The talk is done: later words still join the experience, and nothing more is asked."""
        if self.conversation.experience_open:
            self.change(step=Step.CLOSED)
            self.do(CloseExperience())

    def say(
        self,
        *keys: str,
        choices: tuple[str, ...] = (),
        values: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """One message of ours that answers what was asked of us; it costs nothing of the budget."""
        conversation = self.conversation
        known = {
            **self.script.signposts,
            "open_hours": self.script.hours.spec,
            "reference": conversation.reference or "",
            "read_by": (conversation.promised_on or self.script.hours.promised_on(self.now)).isoformat(),
            **self.facts,
        }
        self.says.append(Say("+".join(keys), {**known, **(values or {})}, choices, labels or {}))
        if choices:  # a yes is about what was asked last
            self.change(delete_asked=False)

    def volunteer(self, *keys: str, choices: tuple[str, ...] = (), values: Mapping[str, str] | None = None) -> None:
        """One message of the road, counted."""
        self.say(*keys, choices=choices, values=values)
        self.change(said=self.conversation.said + 1)

    def finish(self, silence: Silence = Silence.COURTESY) -> Turn:
        """The turn as it stands; ``silence`` is the reason if it says nothing."""
        return Turn(
            conversation=self.conversation,
            says=tuple(self.says),
            effects=tuple(self.effects),
            silence=None if self.says else silence,
        )


def _ended(conversation: Conversation) -> Conversation:
    """The talk after its experience: who they are, what they last heard of it, and that somebody has died, stay."""
    return replace(
        conversation,
        step=Step.START,
        asked={MOURNING: 1} if conversation.asked.get(MOURNING) else {},
        questions=0,
        said=0,
        story_words=0,
        experience_open=False,
        place_known=False,
        danger=False,
        wellbeing=False,
        delete_code=None,
        delete_until=None,
        delete_asked=False,
        consents={},
        preview="",
        campaign="",
        campaign_said=0,
    )
