"""The review queue: one passage after another, the gravest first, until nothing waits for this member of the team.

What is with safeguarding is in nobody's queue; it comes once its alert is closed. A passage waits until a person has
decided about it. Whoever is not sure passes it on to the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.cards import ExperienceView, PassageView
from bot.days import ZONE
from bot.errors import NotFound
from bot.heard import Polarity
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.review import Answer, Review, newest_words
from bot.review_records import Done, NewReading, Outcome, Overtaken, ReviewRecords, Waiting
from bot.themes import Taxonomy
from bot.wall import is_with_safeguarding

KEYS = "review_keys"
"""The preference: whether single keys work on the review page (``on``, ``off``)."""
SHARE = "second_reading_share"
"""The team's setting: which share of what is decided a second person reads as well, in per cent."""
USUAL_SHARE = 5
DIGITS = 9
LAST = 10
CLAIM = timedelta(minutes=5)
"""For so long what lies before somebody is given to nobody else."""
_TRIES = 5
"""Of a passage that comes first: each time somebody else took it in that very moment."""
_BREAK = timedelta(minutes=5)
"""A longer pause between two decisions was no reading."""
_ENOUGH = 5
_BRACKETS = re.compile(r"\(([^()]*)\)")
_CODE = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One passage on somebody's desk. ``position`` of ``count`` passages of the experience; ``seen`` is the newest line's
    ``seq``; ``left`` counts this one. ``choices``: the themes that have a key, likeliest first.
    """

    view: ExperienceView
    passage: PassageView
    position: int
    count: int
    seen: int
    left: int
    is_second: bool
    choices: tuple[str, ...]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``seconds``: what a decision takes this member, or None while too few are known. ``today``: how many they made."""

    today: int
    seconds: float | None

    def time_for(self, count: int) -> timedelta | None:
        return None if self.seconds is None else timedelta(seconds=self.seconds * count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """The acts of one member on the queue."""

    store: Store
    records: ReviewRecords
    review: Review
    clock: Clock
    taxonomy: Taxonomy
    new_id: Callable[[], UUID]
    random: Random
    zone: ZoneInfo = ZONE

    def next(self, member: StaffMember, *, passage_id: UUID | None = None, within: Sequence[UUID] = ()) -> Work | None:
        """What to read now: this passage if it waits for them, else whatever comes first. None: nothing waits."""
        now = self.clock.now()
        wanted = self.records.find(passage_id, member.id, now) if passage_id is not None else None
        for _ in range(_TRIES):
            first, left = self.records.waiting(member.id, now, within=within, since=now - CLAIM)
            found = wanted or first
            if found is None:
                return None
            # what somebody asked for by its address they are shown, whoever else has it: the first to decide is heard
            if self.records.claim(found.passage_id, member.id, now, since=now - CLAIM) or wanted:
                return self._work(found, max(left, 1))
        return None

    def left(self, member: StaffMember, *, within: Sequence[UUID] = ()) -> int:
        """How much waits for them, up to ``MOST_COUNTED``, without what lies before somebody else."""
        now = self.clock.now()
        return self.records.waiting(member.id, now, within=within, since=now - CLAIM)[1]

    def with_others(self, member: StaffMember) -> int:
        """How much would wait for them if it did not lie before somebody else just now."""
        return self.records.waiting(member.id, self.clock.now())[1] - self.left(member)

    def decide(
        self, member: StaffMember, passage_id: UUID, answer: Answer, *, seen: int, feeling: Polarity | None = None
    ) -> bool:
        """Keep what was ticked. Raises ``Overtaken``, ``NotFound``, ``UnknownTheme``. False: newer words came in meanwhile."""
        found, view = self._found(member, passage_id)
        now = self.clock.now()
        stands = next((each.polarity for each in view.card.passages if each.id == passage_id), None)
        # A second reading is held beside the first; what counts is not changed by it.
        decisions = () if found.is_second else tuple(self.review.new_decisions(view, member, answer, now))
        if found.is_second:
            self.review.new_decisions(view, member, answer, now)
        sampled = not found.is_second and self.random.random() * 100 < self.share
        return self.records.keep(
            NewReading(
                id=self.new_id(),
                passage_id=passage_id,
                experience_id=view.card.id,
                member=member,
                at=now,
                outcome=Outcome.DECIDED,
                is_second=found.is_second,
                sampled=sampled,
                themes=tuple(sorted(answer.ticked)),
                decisions=decisions,
                feeling=feeling if feeling != stands and not found.is_second else None,
            ),
            seen=seen,
        )

    def pass_on(self, member: StaffMember, passage_id: UUID) -> None:
        """Not sure: it leaves this member's queue for ``NOT_SURE`` and stays in others'. Raises ``Overtaken``, ``NotFound``."""
        found, view = self._found(member, passage_id)
        reading = NewReading(
            id=self.new_id(),
            passage_id=passage_id,
            experience_id=view.card.id,
            member=member,
            at=self.clock.now(),
            outcome=Outcome.UNSURE,
            is_second=found.is_second,
            sampled=False,
            themes=(),
            decisions=(),
        )
        self.records.keep(reading, seen=newest_words(view))

    def undo(self, member: StaffMember, reading_id: UUID | None = None) -> Done | None:
        """Take back this one, or the last. None: there was nothing to take back."""
        if reading_id is None:
            last = self.records.done(member.id, limit=1)
            if not last:
                return None
            reading_id = last[0].id
        return self.records.undo(reading_id, member, self.clock.now())

    def pace(self, member: StaffMember) -> Pace:
        today: date = self.clock.now().astimezone(self.zone).date()
        count, times = self.records.pace(member.id, since=datetime.combine(today, time(0), self.zone), limit=30)
        gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
        read = [gap for gap in gaps if gap <= _BREAK.total_seconds()]
        return Pace(today=count, seconds=median(read) if len(read) >= _ENOUGH else None)

    @property
    def share(self) -> float:
        """Per cent of what is decided that a second person reads."""
        return float(self.records.setting(SHARE) or USUAL_SHARE)

    def has_keys(self, member: StaffMember) -> bool:
        return self.records.preference(member.id, KEYS) != "off"

    def _found(self, member: StaffMember, passage_id: UUID) -> tuple[Waiting, ExperienceView]:
        found = self.records.find(passage_id, member.id, self.clock.now())
        if found is None:
            raise Overtaken
        return found, self._view(found)

    def _view(self, found: Waiting) -> ExperienceView:
        view = self.store.experience(found.reference)
        if view is None or is_with_safeguarding(view.card):
            raise NotFound
        return view

    def _work(self, found: Waiting, left: int) -> Work | None:
        view = self.store.experience(found.reference)
        if view is None or is_with_safeguarding(view.card):  # an alert was raised in this very moment
            return None
        ids = [passage.id for passage in view.card.passages]
        if found.passage_id not in ids:
            return None
        at = ids.index(found.passage_id)
        passage = view.card.passages[at]
        return Work(
            view=view,
            passage=as_first_read(passage) if found.is_second else passage,
            position=at + 1,
            count=len(ids),
            seen=newest_words(view),
            left=left,
            is_second=found.is_second,
            choices=likely(self.taxonomy, passage, self.records.used()),
            unsure=self.records.unsure(found.passage_id),
        )


def as_first_read(passage: PassageView) -> PassageView:
    """As it was before anybody of the team had decided: the second reader is not to know what the first one said."""
    return PassageView(
        id=passage.id,
        text=passage.text,
        polarity=passage.heard or passage.polarity,
        suggestions=passage.suggestions,
        translated=passage.translated,
    )


def likely(taxonomy: Taxonomy, passage: PassageView, used: Sequence[str]) -> tuple[str, ...]:
    """The themes a person most likely wants: what is suggested, what the guide says is mistaken for it, what is common."""
    living = {theme.code for theme in taxonomy.living()}
    suggested = [suggestion.theme for suggestion in passage.suggestions]
    neighbours = [code for theme in suggested for code in neighbours_of(taxonomy, theme)]
    common = [code for code, _ in Counter(used).most_common()]
    order = dict.fromkeys([*suggested, *neighbours, *common, *(theme.code for theme in taxonomy.living())])
    return tuple(code for code in order if code in living)[:DIGITS]


def neighbours_of(taxonomy: Taxonomy, code: str) -> tuple[str, ...]:
    """The themes that the guide names as those to use instead, in the order it names them."""
    theme = taxonomy.themes.get(code)
    if theme is None:
        return ()
    named = [found for inside in _BRACKETS.findall(theme.excludes) for found in _CODE.findall(inside)]
    return tuple(dict.fromkeys(name for name in named if name in taxonomy.themes and name != code))
