"""The invented team at work: alerts are taken and closed, stories are read and their themes decided, some days later.

They decide by the corpus's own labels, which say what a person reading each story would mark; so the inbox holds
acceptances and corrections as a real one does, and not the tagger's word said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

from bot import toml
from bot.cards import ExperienceView
from bot.hours import Hours
from bot.model import ENGLISH, Address
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.review import Answer, Review, newest_words, tags
from bot.wall import Role
from demo.corpus import Story
from demo.month import ROTA

STAFF = Path(__file__).parent / "staff.toml"
_SOONEST, _SLOWEST = timedelta(hours=2), timedelta(days=8)
"""How long a story waits to be read. The slowest come a little after the promised day, so the inbox may show one or two late."""
_TAKEN_WITHIN = (3, 14)
_CLOSED_WITHIN = (50, 240)
"""Minutes after the message."""

Plan = tuple[datetime, Callable[[], None]]


def members(password_hash: str, path: Path = STAFF) -> tuple[StaffMember, ...]:
    """The invented team, all with this password. Whoever handles alerts has a number to be called on."""
    return tuple(
        StaffMember(
            id=uuid4(),
            name=toml.need(row, "name", str, where=path.name),
            username=toml.need(row, "username", str, where=path.name),
            role=toml.need(row, "role", str, where=path.name),
            password_hash=password_hash,
            mobile=ROTA[place] if row["role"] == Role.SAFEGUARDING else None,
        )
        for place, row in enumerate(toml.need(toml.read(path), "members", list, where=path.name))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """``members`` in the order of ``staff.toml``. ``outcomes`` close an alert, ``mistaken`` one that was none."""

    members: Sequence[StaffMember]
    store: Store
    clock: Clock
    hours: Hours
    review: Review
    random: Random
    outcomes: Sequence[str]
    mistaken: str

    def plans(self, story: Story, address: Address, at: datetime) -> Iterator[Plan]:
        """What the team will do about a story that came at this time, and when.

        The rules, and more often the second listener, may hear danger where a reader hears none; that alert is taken and closed
        as any other. Which stories those are is known only when they have been heard, so the lead looks after each.
        """
        lead = next(member for member in self.members if member.role == Role.SAFEGUARDING)
        outcome = self.random.choice(self.outcomes) if story.risk.needs_alert else self.mistaken
        yield at + self._minutes(_TAKEN_WITHIN), partial(self._take_alerts, address, lead)
        yield at + self._minutes(_CLOSED_WITHIN), partial(self._close_alerts, address, lead, outcome)
        if not story.risk.needs_alert:
            reader = self.random.choice([member for member in self.members if member.role in (Role.REVIEWER, Role.PUBLISHER)])
            wait = _SOONEST + (_SLOWEST - _SOONEST) * self.random.random()
            when = self.hours.next_open(at + wait) + timedelta(minutes=self.random.randint(5, 230))
            yield when, partial(self._read, story, address, reader)

    def _minutes(self, bounds: tuple[int, int]) -> timedelta:
        return timedelta(minutes=self.random.randint(*bounds))

    def _view(self, address: Address) -> ExperienceView | None:
        with self.store.transaction() as tx:
            contact = tx.hold_contact(address, (), locale=ENGLISH, now=self.clock.now())
        card = self.store.status_of(contact.id)
        return self.store.experience(card.reference) if card else None

    def _take_alerts(self, address: Address, lead: StaffMember) -> None:
        view = self._view(address)
        if view is None:
            return
        for alert in view.alerts:
            self.review.take_alert(view, alert.id, lead)

    def _close_alerts(self, address: Address, lead: StaffMember, outcome: str) -> None:
        view = self._view(address)
        if view is None or not view.alerts:
            return
        for alert in view.alerts:
            self.review.close_alert(view, alert.id, lead, outcome)
        self.review.mark_read(view, lead, seen=newest_words(view))

    def _read(self, story: Story, address: Address, reader: StaffMember) -> None:
        view = self._view(address)
        if view is None:
            return
        seen = newest_words(view)
        if view.card.needs_translation:
            self.review.mark_read(view, reader, seen=seen)
            return
        self.review.correct(view, reader, answers=_answers(view, story), seen=seen)
        for task in view.card.tasks:
            self.review.finish_task(view, task.id, reader)


def _answers(view: ExperienceView, story: Story) -> list[Answer]:
    """Of what is shown, what belongs there; and what nobody suggested is added to the first passage."""
    marked = frozenset(story.themes)
    standing = [frozenset(tag.theme for tag in tags(passage)) for passage in view.card.passages]
    missed = marked.difference(*standing)
    return [
        Answer(passage_id=passage.id, shown=shown, ticked=shown & marked | (missed if place == 0 else frozenset()))
        for place, (passage, shown) in enumerate(zip(view.card.passages, standing, strict=True))
    ]
