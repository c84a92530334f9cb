"""Plays a month of made-up feedback through the real service: webhook or web chat in, worker, provider, staff.

Everything happens at its own time on the demo's clock, in order: a story comes in, its turn falls due, the person
answers what they were asked, a reviewer reads it some days later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Protocol
from uuid import uuid4

from bot.errors import BotError
from bot.model import Address
from bot.ports import Store
from bot.worker import Worker
from channels.sessions import Sessions
from demo.asking import question_of
from demo.clock import DemoClock
from demo.corpus import Asked, Attachment
from demo.handset import Handset
from demo.month import Arrival
from demo.reviewing import Plan, Team
from demo.road import Road

_SETTLED = timedelta(seconds=30)
"""Longer than the longest pause after which a burst is over."""
_BETWEEN = (2, 14)
"""Seconds between two messages of a burst: fewer than any channel's pause."""
_QUICK, _SLOW = timedelta(seconds=40), timedelta(minutes=18)
"""How soon somebody answers what they were asked."""
_DAYS_LATER = (2, 6)
_QUESTIONS = frozenset(Asked)
_NO_ANSWER = {Asked.PROBE: "skip", Asked.WHERE: "SKIP", Asked.CONSENT_WORDS: "2", Asked.CONSENT_CHANGES: "2"}
"""What somebody who does answer says to a question that their story has no answer to."""


class NotTakenError(BotError):
    """The service did not keep a message of the month: something is wrong with it, not with the message."""


class Speaks(Protocol):
    """Whoever can send a message: a handset, or a browser in the web chat."""

    @property
    def address(self) -> Address: ...

    def say(self, text: str, attachment: Attachment | None = None) -> object: ...


class Browser:
    """One person in the web chat, by its JSON API."""

    def __init__(self, road: Road, sessions: Sessions) -> None:
        self._road = road
        self._token = json.loads(road.post("/api/chat/session", b"", {}).body)["token"]
        address = sessions.address_of(self._token)
        if address is None:
            raise NotTakenError
        self.address: Address = address

    def say(self, text: str, attachment: Attachment | None = None) -> None:
        """Send a message now. The web chat takes no attachments, so ``attachment`` must be None."""
        if attachment is not None:
            raise NotTakenError("The web chat takes no photos.")
        body = json.dumps({"id": str(uuid4()), "text": text}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        reply = self._road.post("/api/chat/message", body, headers)
        if reply.status != 202:  # noqa: PLR2004 - what the contract says
            raise NotTakenError(f"The web chat answered {reply.status}.")


@dataclass
class Person:
    """Somebody of the month: what they have to say, and what they were last asked."""

    arrival: Arrival
    speaks: Speaks
    heard: int = 0
    answered: set[Asked] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What of the service the seeding touches directly: its worker and its store; all else goes by ``road``."""

    clock: DemoClock
    store: Store
    worker: Worker
    road: Road
    sessions: Sessions
    handset: Callable[[str, str], Handset]
    settled: Callable[[], None]
    """Returns once every receipt of the provider has come back."""


class Seeding:
    def __init__(self, parts: Parts, team: Team, *, end: datetime, random: Random) -> None:
        self._parts = parts
        self._team = team
        self._end = end
        self._random = random
        self._order = count()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []

    def play(self, arrivals: Sequence[Arrival], beside: Iterable[Plan] = ()) -> Iterator[Arrival]:
        """Play them all, and yield each as it has come in; ``beside``: what else is done in that month. Raises
        ``NotTakenError`` when the service loses one.
        """
        came: list[Arrival] = []
        for at, act in beside:
            self._at(at, act)
        for arrival in arrivals:
            self._at(arrival.at, partial(self._arrive, arrival, came))
        while self._events:
            at, _, act = heappop(self._events)
            self._parts.clock.move_to(at)
            act()
            yield from came
            came.clear()
        self._parts.clock.move_to(self._end)

    def _at(self, at: datetime, act: Callable[[], None]) -> None:
        """Do this then. What would come after the end of the month does not come."""
        if at < self._end:
            heappush(self._events, (at, next(self._order), act))

    def _arrive(self, arrival: Arrival, came: list[Arrival]) -> None:
        story = arrival.story
        person = Person(arrival, self._speaker(arrival))
        at = arrival.at
        self._say(person, story.text, story.media)
        for text in story.more:
            at += timedelta(seconds=self._random.randint(*_BETWEEN))
            self._at(at, partial(self._say, person, text))
        self._at(at + _SETTLED, partial(self._take_turn, person))
        if story.later:
            later = at + timedelta(days=self._random.randint(*_DAYS_LATER))
            self._at(later, partial(self._say, person, story.later))
            self._at(later + _SETTLED, self.work)
        for when, act in self._team.plans(story, person.speaks.address, arrival.at):
            self._at(when, act)
        came.append(arrival)

    def _speaker(self, arrival: Arrival) -> Speaks:
        if arrival.story.channel == "webchat":
            return Browser(self._parts.road, self._parts.sessions)
        return self._parts.handset(arrival.story.channel, arrival.number)

    def _say(self, person: Person, text: str, attachment: Attachment | None = None) -> None:
        person.speaks.say(text, attachment)
        if isinstance(person.speaks, Handset) and not person.speaks.posted[-1].kept:
            raise NotTakenError(f"The webhook answered {person.speaks.posted[-1].status}.")

    def work(self) -> None:
        self._parts.worker.work_off()
        self._parts.settled()

    def _take_turn(self, person: Person) -> None:
        self.work()
        asked = self._question(person)
        answers = person.arrival.story.answers
        if asked is None or not answers or asked in person.answered:
            return
        answer = answers.get(asked, _NO_ANSWER[asked])
        person.answered.add(asked)
        now = self._parts.clock.now()
        most = min(_SLOW, (self._end - now) / 4)
        at = now + max(_QUICK, most * self._random.random())
        self._at(at, partial(self._say, person, answer))
        self._at(at + _SETTLED, partial(self._take_turn, person))

    def _question(self, person: Person) -> Asked | None:
        """What the newest words of the service ask, as far as a story may have an answer to it."""
        story = person.arrival.story
        lines = self._parts.store.chat_lines(person.speaks.address, after=person.heard, channels=(story.channel,))
        person.heard = max((line.seq for line in lines), default=person.heard)
        asked = [question for line in lines if (question := question_of(line.key, _QUESTIONS))]
        return Asked(asked[-1]) if asked else None
