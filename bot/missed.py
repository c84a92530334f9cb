"""A promised day that passed unkept, as values: whether its family was told, what is promised now, what staff see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.model import Address, ChannelName, Locale


class About(StrEnum):
    """What was promised: that an experience is read, or that a task is done."""

    EXPERIENCE = "experience"
    TASK = "task"


class Told(StrEnum):
    """Whether the family was told that the day was missed; every other word says why not."""

    TOLD = "told"
    ASKED = "asked"  # they asked first (STATUS), and were told then
    NEVER_SAID = "never_said"  # no day was ever named to them: a letter, an import, a promise made in silence
    STOPPED = "stopped"  # they said STOP
    DEATH = "death"  # somebody has died: a person writes, never a machine
    DANGER = "danger"  # after danger nothing automatic is said
    HELD = "held"  # a person of the team has the talk
    NOWHERE = "nowhere"  # there is no address to write to, or a channel that answers nothing
    ENOUGH = "enough"  # they were told twice, and are not to be pestered
    TOO_OLD = "too_old"  # the day lies so far back that a word of it now would only trouble them


STAFF_ONLY = frozenset(Told) - {Told.TOLD, Told.ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where somebody is written to, and what an answer needs to stand in its place."""

    channel: ChannelName
    address: Address
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A promise whose day has passed and nobody has spoken of yet. ``kind`` is that of the task.

    ``day``: the one that was missed, the first (``tellings`` 0) or the one that was named in its place. ``said``: a day was
    named to them. ``moved_to``: the day staff have given the task since, without telling them. ``looking_by``: they have asked
    since, and were told that somebody looks by then.
    """

    about: About
    subject: UUID
    contact_id: UUID | None
    experience_id: UUID | None
    reference: str
    day: date
    tellings: int
    said: bool
    kind: str = ""
    moved_to: date | None = None
    locale: Locale
    door: Door | None
    is_stopped: bool = False
    is_held: bool = False
    after_danger: bool = False
    after_death: bool = False
    looking_by: date | None = None
    has_look_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What is kept of one that passed: once for each day. ``new_day`` None: nothing more is said of it."""

    about: About
    subject: UUID
    missed_on: date
    told: Told
    new_day: date | None = None
    outbound_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSince:
    """It was kept while what we had to say of our being late still waited to leave. ``read_on`` None: a task, done since."""

    subject: UUID
    outbound_id: UUID
    contact_id: UUID
    reference: str
    read_on: date | None
    locale: Locale
    door: Door | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedView:
    """What staff see of it. ``state`` is that of the message in the ladder's words, empty where none went."""

    about: About
    subject: UUID
    missed_on: date
    told: Told
    at: datetime
    new_day: date | None = None
    state: str = ""
