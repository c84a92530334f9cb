"""One experience as staff read it, as values: redacted words only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from bot.alert_records import AlertView
from bot.conversation import Purpose
from bot.heard import Polarity, RiskLevel
from bot.missed import MissedView
from bot.model import ChannelName, Locale, Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView:
    theme: str
    score: float
    evidence: tuple[tuple[int, int], ...]
    tagger: str


BY_STAFF = "staff"
"""Whose line of the talk it is, where a member of staff wrote it."""
BY_PARENT = "parent"
"""Who made a decision that was the parent's own word; everybody else is a staff member's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """``by`` is the staff member's name, or ``BY_PARENT``."""

    theme: str
    verdict: bool
    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """``decisions`` in the order they were made; the tag shown is computed from them (``bot.review``). ``translated``: it is of
    what a member of staff says the words mean. ``polarity`` is what counts: what a person said last, else what was ``heard``
    (None: nobody has said otherwise).
    """

    id: UUID
    text: str
    polarity: Polarity
    heard: Polarity | None = None
    suggestions: tuple[SuggestionView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    translated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLine:
    """One line of the talk. ``who``: ``parent``, ``earshot``, ``staff``. ``state`` of ours in the ladder's words. ``by`` is the
    name of the member of staff who wrote it; ``translation`` what staff say it means, redacted; ``doubtful`` the stretches
    of ``text`` that might be names. ``why``: for the office, why one of ours has not arrived, as far as it is known.
    ``removed``: it was the team that took it out, not the family that took it back.
    """

    seq: int
    who: str
    text: str
    at: datetime
    state: str = ""
    redacted: bool = True
    media: int = 0
    by: str = ""
    translation: str = ""
    doubtful: tuple[tuple[int, int], ...] = ()
    why: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    id: UUID
    kind: str
    due_on: date
    done_at: datetime | None = None
    done_by: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceCard:
    """One experience as the inbox lists it. ``alerts``: every alert of it, open or closed, oldest first. ``missed``:
    the promised days of it that passed unkept, in the order they were noted. ``as_one``: the
    family says that its passages are one thing. ``doubtful``: words in it might be names, and nobody has looked yet.
    ``owner`` is who of the team sees to it; ``asleep_until``, snoozed until that day; ``due_on``, the day the team set itself.
    """

    id: UUID
    reference: str
    channel: ChannelName
    locale: Locale
    speaker: Speaker
    risk: RiskLevel
    promised_on: date
    opened_at: datetime
    place: str | None
    needs_translation: bool
    parked: bool
    read_at: datetime | None
    read_by: str | None
    least_sure: float
    passages: tuple[PassageView, ...]
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    tasks: tuple[TaskView, ...] = ()
    messages: int = 1
    alerts: tuple[AlertView, ...] = ()
    as_one: bool = False
    missed: tuple[MissedView, ...] = ()
    doubtful: bool = False
    owner_id: UUID | None = None
    owner: str | None = None
    asleep_until: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceView:
    """One experience in full: the card, the talk, its alerts."""

    card: ExperienceCard
    talk: tuple[TalkLine, ...]
    alerts: tuple[AlertView, ...] = ()
    age_band: str | None = None
    service: str | None = None
