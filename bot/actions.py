"""Actions: what families said and what was done about it, or why it could not be done. You said, we did.

What families read is an edition: the words as they stood when a publisher published them. What the team changes afterwards
is read by nobody outside until it is published anew, and an edition can be taken back at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceCard
from bot.days import ZONE
from bot.errors import NotFound
from bot.inbox import InboxFilter
from bot.inbox_place import Place
from bot.model import ENGLISH, Locale
from bot.partners import FEWEST
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import NotYours, is_with_safeguarding, may_publish

LONGEST_TITLE = 100
LONGEST = 600
"""Characters of what families said, of what was done, of why it could not be."""
MOST_AT_ONCE = 500
"""Experiences that are linked by one press."""
MOST_SHOWN = 60
"""Experiences listed on the page of an action; all are counted."""
MOST_OFFERED = 100
"""Actions in a list to choose from."""
_PAGE = 100


class State(StrEnum):
    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    COULD_NOT = "could_not"


class Unready(StrEnum):
    """Why an action cannot be published as it stands."""

    NO_SAID = "no_said"
    NO_DID = "no_did"
    NO_BECAUSE = "no_because"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """In the team's own words, in ``locale``. ``did``: what was or is being done. ``because``: why it could not be, or not
    all of it.
    """

    title: str
    said: str = ""
    did: str = ""
    because: str = ""
    locale: Locale = ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form of an action holds."""

    words: Words
    state: State
    owner_id: UUID | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publishing. ``people``: how many had told of it by then; None: too few to say. ``by``, ``taken_back_by`` are names."""

    id: UUID
    words: Words
    state: State
    people: int | None
    published_at: datetime
    by: str = ""
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``edition``: what families read now; None: nothing of it is public. ``linked``: how many experiences, as far as whoever
    asks may see them.
    """

    id: UUID
    draft: Draft
    owner: str | None
    made_at: datetime
    by: str
    changed_at: datetime
    linked: int = 0
    edition: Edition | None = None

    @property
    def words(self) -> Words:
        return self.draft.words

    @property
    def state(self) -> State:
        return self.draft.state

    @property
    def is_newer(self) -> bool:
        """Whether the team has other words by now than families read."""
        return self.edition is not None and (self.edition.words, self.edition.state) != (self.words, self.state)

    @property
    def unready(self) -> Unready | None:
        if not self.words.said:
            return Unready.NO_SAID
        if self.state is State.COULD_NOT:
            return None if self.words.because else Unready.NO_BECAUSE
        return None if self.words.did else Unready.NO_DID


@dataclass(frozen=True, slots=True)
class Offered:
    """An action to choose in a list."""

    id: UUID
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the history. ``before``: the fields that were others, as they stood."""

    at: datetime
    by: str
    what: str
    before: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What hangs on an action. ``cards`` are the newest, ``total`` is of all, ``people`` how many told of it.

    ``quoted``: the passages that are published word for word; ``quotable``: those that may be.
    """

    cards: tuple[ExperienceCard, ...] = ()
    total: int = 0
    people: int = 0
    quoted: frozenset[UUID] = frozenset()
    quotable: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An action as the public reads it. ``quotes``: words of families who agreed, as far as they still do."""

    id: UUID
    words: Words
    state: State
    on: date
    people: int | None = None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """``published``: None is both."""

    states: tuple[State, ...] = ()
    owner: UUID | None = None
    published: bool | None = None


class ActionRecords(Protocol):
    """Short transactions of its own, each act with its line of the history and of the audit trail. Raises
    ``StoreUnavailable``. ``with_safeguarding``: whether what is with safeguarding is seen and counted.
    """

    def actions(self, wanted: ActionFilter, *, with_safeguarding: bool) -> tuple[Action, ...]: ...

    def action(self, action_id: UUID, *, with_safeguarding: bool) -> Action | None: ...

    def titles(self, *, limit: int) -> tuple[Offered, ...]:
        """The last changed first."""
        ...

    def of_experience(self, experience_id: UUID) -> tuple[Action, ...]: ...

    def history(self, action_id: UUID) -> tuple[Change, ...]: ...

    def linked(self, action_id: UUID, *, with_safeguarding: bool, limit: int) -> Linked: ...

    def add(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        """False: it is there already (the form was sent twice)."""
        ...

    def change(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        """False: it says what it said before. Raises ``NotFound``."""
        ...

    def link(self, action_id: UUID, experience_ids: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        """Returns how many were not linked before. Raises ``NotFound``."""
        ...

    def unlink(self, action_id: UUID, experience_id: UUID, staff_id: UUID, now: datetime) -> bool: ...

    def quote(self, action_id: UUID, passage_id: UUID, staff_id: UUID, now: datetime, *, quoted: bool) -> bool:
        """False: it is not linked, or its family has not agreed."""
        ...

    def publish(self, action_id: UUID, edition_id: UUID, staff_id: UUID, now: datetime, *, fewest: int) -> bool:
        """The words as they stand. Under ``fewest`` no number of people is kept with them. False: that edition is there."""
        ...

    def take_back(self, action_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """Off the public page, and whoever has not been told yet is not told. False: it was not public."""
        ...

    def published(self) -> tuple[Published, ...]:
        """All that is public, the newest first."""
        ...

    def preview(self, action_id: UUID, *, fewest: int) -> Published | None:
        """One as it would be published now; ``fewest`` as in ``publish``."""
        ...


class Preview(Protocol):
    """How the public page would look."""

    def page(self, entries: Sequence[Published], locale: str) -> str:
        """The whole page as HTML, with these alone on it."""
        ...


@dataclass(frozen=True, slots=True)
class Actions:
    """What the team does with them. The views look experiences up behind the wall first."""

    records: ActionRecords
    store: Store
    clock: Clock
    preview: Preview | None = None

    def find(self, action_id: UUID, *, with_safeguarding: bool) -> Action:
        """Raises ``NotFound``."""
        found = self.records.action(action_id, with_safeguarding=with_safeguarding)
        if found is None:
            raise NotFound
        return found

    def offered(self) -> tuple[Offered, ...]:
        """What can be linked to, the last changed first."""
        return self.records.titles(limit=MOST_OFFERED)

    def make(self, action_id: UUID, draft: Draft, member: StaffMember, experiences: Sequence[UUID] = ()) -> None:
        """The same form again makes nothing new."""
        now = self.clock.now()
        self.records.add(action_id, draft, member.id, now)
        if experiences:
            self.records.link(action_id, experiences, member.id, now)

    def change(self, action_id: UUID, draft: Draft, member: StaffMember) -> bool:
        return self.records.change(action_id, draft, member.id, self.clock.now())

    def link(self, action_id: UUID, cards: Sequence[ExperienceCard], member: StaffMember) -> int:
        """What is with safeguarding is not linked, whoever asks: its family is not told through this."""
        ids = [card.id for card in cards if not is_with_safeguarding(card)]
        return self.records.link(action_id, ids, member.id, self.clock.now()) if ids else 0

    def unlink(self, action_id: UUID, experience_id: UUID, member: StaffMember) -> None:
        if not self.records.unlink(action_id, experience_id, member.id, self.clock.now()):
            raise NotFound

    def of_theme(self, theme: str, since: date) -> tuple[ExperienceCard, ...]:
        """What came of a theme since a day, without what is with safeguarding: as many as are linked at once."""
        wanted = InboxFilter(
            open_only=False, themes=(theme,), since=datetime.combine(since, time(0), ZONE), with_safeguarding=False
        )
        found: list[ExperienceCard] = []
        at: Place | None = None
        while len(found) < MOST_AT_ONCE:
            page = self.store.inbox(wanted, at=at, size=_PAGE)
            found += page.cards
            at = page.after
            if at is None:
                break
        return tuple(found[:MOST_AT_ONCE])

    def as_families_would_see(self, action: Action, locale: str) -> str:
        """The public page with this alone on it. Raises ``NotFound``."""
        found = self.records.preview(action.id, fewest=FEWEST)
        if found is None or self.preview is None:
            raise NotFound
        return self.preview.page((found,), locale)

    def publish(self, action: Action, edition_id: UUID, member: StaffMember) -> Unready | None:
        """The reason, where it is not ready to be read: then nothing is published. Raises ``NotYours``."""
        _only_publishers(member)
        if action.unready is not None:
            return action.unready
        self.records.publish(action.id, edition_id, member.id, self.clock.now(), fewest=FEWEST)
        return None

    def take_back(self, action: Action, member: StaffMember) -> bool:
        _only_publishers(member)
        return self.records.take_back(action.id, member.id, self.clock.now())

    def quote(self, action: Action, passage_id: UUID, member: StaffMember, *, quoted: bool) -> bool:
        """Words of a family are published as they are, by a publisher, and so long as the family agrees."""
        _only_publishers(member)
        return self.records.quote(action.id, passage_id, member.id, self.clock.now(), quoted=quoted)


def _only_publishers(member: StaffMember) -> None:
    if not may_publish(member):
        raise NotYours
