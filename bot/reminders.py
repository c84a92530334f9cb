"""The reminder: one word to somebody who left a question of ours open. Off, unless a team turns it on in ``script.toml``.

Once in a talk, by daylight, and before a day has passed since they wrote. It holds nothing of what was asked or told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from bot import toml
from bot.conversation import Say
from bot.errors import BadContent
from bot.hours import Hours
from bot.model import ChannelName
from bot.outgoing import Priority
from bot.ports import Channel, Clock, Store
from bot.replies import Replies
from bot.script import CONTENT
from bot.talks_held import Talk

REMINDER = "remind.open"
"""Its key in the wording."""
AT_ONCE = 50
"""How many are reminded in one sweep; the rest wait for the next."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Whether anybody is reminded, and how long after their last words: not before ``after``, never from ``until`` on."""

    on: bool
    after: timedelta
    until: timedelta

    @classmethod
    def load(cls, path: Path = CONTENT) -> Self:
        """Raises ``BadContent``."""
        where = "script.toml, reminder"
        table = toml.need(toml.read(path / "script.toml"), "reminder", dict, where="script.toml")
        after, until = (timedelta(hours=toml.need(table, name, int, where=where)) for name in ("after_hours", "until_hours"))
        if not timedelta(0) < after < until:
            raise BadContent(f"{where}: “until_hours” must lie after “after_hours”, and both after nought.")
        return cls(toml.need(table, "on", bool, where=where), after, until)


class OpenQuestions(Protocol):
    """The talks in which a question of ours waits. Raises ``StoreUnavailable``."""

    def left_open(self, *, after: datetime, until: datetime, limit: int) -> Sequence[Talk]:
        """Those whose last words came between the two and who were not reminded yet, the oldest first. Left out are
        whoever said STOP, was in danger or told of a death, a child, and a talk that the team has.
        """
        ...


class Reminders:
    """One of the worker's sweeps."""

    def __init__(
        self,
        *,
        reminder: Reminder,
        talks: OpenQuestions,
        store: Store,
        clock: Clock,
        replies: Replies,
        hours: Hours,
        channels: Mapping[ChannelName, Channel],
    ) -> None:
        self._reminder = reminder
        self._talks = talks
        self._store = store
        self._clock = clock
        self._replies = replies
        self._hours = hours
        self._channels = channels

    def sweep(self) -> bool:
        now = self._clock.now()
        if not self._reminder.on or self._hours.next_awake(now) > now:
            return False
        waiting = self._talks.left_open(after=now - self._reminder.until, until=now - self._reminder.after, limit=AT_ONCE)
        reminded = [self._remind(talk, now) for talk in waiting if self._may_go(talk)]
        return any(reminded)

    def _may_go(self, talk: Talk) -> bool:
        channel = self._channels.get(talk.channel)
        return channel is not None and channel.traits.answers

    def _remind(self, talk: Talk, now: datetime) -> bool:
        rows = self._replies.in_talk(talk, Say(REMINDER), dedupe=named(talk), priority=Priority.NOTICE, now=now)
        with self._store.transaction() as tx:
            kept = [tx.enqueue(row, now) for row in rows]
        return any(seq is not None for seq in kept)


def named(talk: Talk) -> str:
    """One for each talk, however long it goes on."""
    return f"remind:{talk.id}"
