"""The inbox as staff read it, as values: what to list, and a page of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.cards import ExperienceCard
from bot.inbox_place import Place

MOST_COUNTED = 1000
"""Of what is many no more is counted than one above this: a page says "more than 1,000"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Cards and total are of the same list. ``hidden`` counts what that list leaves out for being with safeguarding,
    whatever else was filtered for, and ``hidden_since`` is when the oldest of it began. ``set_aside`` counts what looks like
    spam, ``asleep`` what is snoozed. A count over ``MOST_COUNTED`` is only "more"; ``total`` None: counting would be slow.

    ``before`` and ``after``: where the pages beside this one begin. ``marked``: the words in these cards that were searched
    for, as they are written there.
    """

    cards: tuple[ExperienceCard, ...]
    total: int | None
    open_count: int
    set_aside: int = 0
    asleep: int = 0
    hidden: int = 0
    hidden_since: datetime | None = None
    before: Place | None = None
    after: Place | None = None
    marked: frozenset[str] = frozenset()


class Answered(StrEnum):
    """How a question of consent was answered."""

    YES = "yes"
    NO = "no"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What to list. Empty tuples mean any. Order is always risk, promised day, least sure.

    ``with_safeguarding``: False leaves out what has an open alert, for those who may not see it. ``set_aside``: only what
    looks like spam, and ``asleep`` only what is snoozed, which are otherwise in no list of what is open. ``today``: the day
    it is; without it nothing counts as snoozed. ``themes``: one of these; ``and_themes``: and one of each of these.
    ``since`` and ``until`` bound when it began. ``owner``: whose it is; ``unowned``: nobody's. ``promised_by``: not read
    yet, and promised by that day. ``due_by``: the team's own day is no later. ``exactly``: no near-misses of the words.
    """

    open_only: bool = True
    set_aside: bool = False
    asleep: bool = False
    with_safeguarding: bool = True
    today: date | None = None
    channels: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    and_themes: tuple[tuple[str, ...], ...] = ()
    polarity: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    consents: tuple[tuple[str, Answered], ...] = ()
    owner: UUID | None = None
    unowned: bool = False
    promised_by: date | None = None
    due_by: date | None = None
    needs_translation: bool = False
    words: str = ""
    exactly: bool = False
