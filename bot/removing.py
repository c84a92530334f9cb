"""One passage is removed and the rest is kept: the family asked, or it must not stand.

It is out of everybody's sight at once, sealed for a day in which it can be put back, and then erased. What raised an alert
stays sealed for those who handle alerts. Nothing that is kept of the act repeats the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceView, PassageView
from bot.conversation import Say
from bot.errors import BotError, NotFound
from bot.hours import Hours
from bot.model import ChannelName
from bot.outgoing import Priority
from bot.passages import digest_of
from bot.ports import Channel, Clock, Store, Transaction
from bot.quoting import Quoting
from bot.records import NewOutbound, StaffMember
from bot.replies import Replies
from bot.talks_held import Talk, TalkRecords, may_be_told
from bot.wall import is_with_safeguarding, may_handle_alerts

PUT_BACK_WITHIN = timedelta(days=1)
TELL_AFTER = timedelta(minutes=10)
"""Before that whoever took the wrong one puts it back, and the family is told nothing that is not so. Then by day only."""
TOLD, TOLD_KEPT, TOLD_ALL = "removed.told", "removed.kept", "removed.all"
"""``TOLD_KEPT``: the safety team keeps it; ``TOLD_ALL``: nothing of the experience is left."""
MARK = "[…]"
"""What stands in its place in the family's own words, in any language; in redacted words it is the placeholder ``KIND``."""
KIND = "part"


class Why(StrEnum):
    """Why a passage must go."""

    ASKED = "asked"
    SOMEBODY_ELSE = "somebody_else"
    MISTAKE = "mistake"
    NAMES = "names"
    OTHER = "other"


class RepeatsError(BotError):
    """The reason repeats the words that are to go, and a reason is kept for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What goes with a passage. ``whole``: the message has no other, so it is as if it were taken back; ``last``: nor has
    the experience. ``meaning``: a translation of its message; ``mail``: the mail as it came. ``told_of``: an action under
    "you said, we did" repeats its words. ``passed_on`` are the services that have them; ``alerted``: its message raised an
    alert, so that its words stay with those who handle alerts.
    """

    whole: bool = False
    last: bool = False
    meaning: bool = False
    mail: bool = False
    files: bool = False
    quoted: bool = False
    told_of: bool = False
    passed_on: tuple[str, ...] = ()
    alerted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRemoval:
    """``text`` is the passage as it was read. Not ``with_safeguarding``: an alert that was raised meanwhile forbids it.
    ``again``: it came back with a copy of the store; whose hand took it out once more, and ``at`` is when it first went.
    """

    id: UUID
    experience_id: UUID
    passage_id: UUID
    text: str
    why: Why
    reason: str
    member: StaffMember
    told: UUID | None
    with_safeguarding: bool
    again: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What it came to. ``letters``: that waited to leave, held the words and were stopped; ``called_back``: what was passed
    on with them.
    """

    id: UUID
    letters: int = 0
    called_back: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One that was removed, as it is listed. ``can_be_put_back``: the day is not over, and it is the last of its message.
    ``told_at``: from then on the family has been told. ``kept``: its words are kept for those who handle alerts.
    """

    id: UUID
    at: datetime
    by: str
    why: Why
    can_be_put_back: bool
    erased: bool
    kept: bool
    told_at: datetime | None = None

    @property
    def until(self) -> datetime:
        return self.at + PUT_BACK_WITHIN


class RemovalRecords(Protocol):
    """Reads of its own."""

    def going(self, experience_id: UUID, passage_id: UUID) -> Going | None:
        """None: there is no such passage in it, or it is one of a translation."""
        ...

    def own_words(self, experience_id: UUID, passage_id: UUID) -> tuple[UUID, ...]:
        """Of a passage of a translation: the passages of what it translates."""
        ...

    def removals(self, experience_id: UUID, now: datetime) -> tuple[Removal, ...]:
        """Those that were not put back, the newest first."""
        ...

    def due(self, before: datetime, *, limit: int) -> tuple[UUID, ...]:
        """Those removed before this moment whose words are still kept to be put back."""
        ...


class RemovalWork(Transaction, Protocol):
    """What removing asks of a transaction beside what every use case does. Each with its line of the audit trail."""

    def remove_passage(self, new: NewRemoval, now: datetime) -> Removed | None:
        """None: it has changed since, or is behind the wall by now."""
        ...

    def put_back_passage(self, removal_id: UUID, member: StaffMember, now: datetime) -> bool:
        """False: the day is over, or its message has changed since."""
        ...

    def erase_removed(self, removal_id: UUID, now: datetime) -> bool:
        """The words are gone for good. False: somebody was quicker."""
        ...


class RemovalStore(Protocol):
    def transaction(self) -> AbstractContextManager[RemovalWork]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Removing:
    """The acts of staff. ``view`` has been looked up by whoever asks: the wall stands there."""

    records: RemovalRecords
    work: RemovalStore
    store: Store
    talks: TalkRecords
    replies: Replies
    channels: Mapping[ChannelName, Channel]
    hours: Hours
    clock: Clock
    new_id: Callable[[], UUID]

    def going(self, view: ExperienceView, passage_id: UUID) -> Going | None:
        """What goes with it; None for a passage of a translation (``own_words``). Raises ``NotFound``."""
        passage_of(view, passage_id)
        return self.records.going(view.card.id, passage_id)

    def own_words(self, view: ExperienceView, passage_id: UUID) -> tuple[PassageView, ...]:
        wanted = self.records.own_words(view.card.id, passage_id)
        return tuple(each for each in view.card.passages if each.id in wanted)

    def may_tell(self, view: ExperienceView) -> bool:
        """Whether a word of ours reaches the family now. About what is with safeguarding nothing is sent by itself, nor
        after danger or a death.
        """
        return self._talk(view) is not None

    def remove(
        self, view: ExperienceView, member: StaffMember, passage_id: UUID, *, why: Why, reason: str, digest: str
    ) -> Removed | None:
        """``reason``: one line of 1 to 200 characters where ``why`` is ``OTHER``, else empty. None: it has changed since.
        Raises ``RepeatsError``.
        """
        passage = next((each for each in view.card.passages if each.id == passage_id), None)
        if passage is None or passage.translated or digest != digest_of(passage.text):
            return None
        if Quoting.of(passage.text).places(reason):
            raise RepeatsError
        now, removal_id = self.clock.now(), self.new_id()
        going = self.records.going(view.card.id, passage_id) if why is Why.ASKED else None
        rows = self._words(view, going, removal_id, now) if going is not None else ()
        new = NewRemoval(
            id=removal_id,
            experience_id=view.card.id,
            passage_id=passage_id,
            text=passage.text,
            why=why,
            reason=reason,
            member=member,
            told=rows[0].id if rows else None,
            with_safeguarding=may_handle_alerts(member, self.store.all_staff()),
        )
        with self.work.transaction() as tx:
            done = tx.remove_passage(new, now)
            for row in rows if done is not None else ():
                tx.enqueue(row, now)
        return done

    def put_back(self, view: ExperienceView, member: StaffMember, removal_id: UUID) -> bool:
        """Raises ``NotFound``. False: the day is over, or its message has changed since."""
        now = self.clock.now()
        if removal_id not in {each.id for each in self.records.removals(view.card.id, now)}:
            raise NotFound
        with self.work.transaction() as tx:
            return tx.put_back_passage(removal_id, member, now)

    def of(self, view: ExperienceView) -> tuple[Removal, ...]:
        return self.records.removals(view.card.id, self.clock.now())

    def _talk(self, view: ExperienceView) -> Talk | None:
        talk = None if is_with_safeguarding(view.card) else self.talks.talk(view.card.reference)
        if talk is None or talk.in_peace:
            return None
        return talk if may_be_told(talk, self.channels, self.clock.now()) else None

    def _words(self, view: ExperienceView, going: Going, removal_id: UUID, now: datetime) -> Sequence[NewOutbound]:
        """What the family is told, where it is reached; it does not repeat what was removed."""
        talk = self._talk(view)
        if talk is None:
            return ()
        key = TOLD_KEPT if going.alerted else TOLD_ALL if going.last else TOLD
        say = Say(key, {"reference": view.card.reference})
        rows = self.replies.in_talk(talk, say, dedupe=f"removed:{removal_id}", priority=Priority.NOTICE, now=now)
        by_day = self.hours.next_awake(now + TELL_AFTER)
        return [replace(row, not_before=by_day) for row in rows]


class RemovalSweep:
    """Erases what was removed a day ago."""

    def __init__(self, records: RemovalRecords, work: RemovalStore, clock: Clock) -> None:
        self._records = records
        self._work = work
        self._clock = clock

    def sweep(self) -> bool:
        now = self._clock.now()
        due = self._records.due(now - PUT_BACK_WITHIN, limit=1)
        for removal_id in due:
            with self._work.transaction() as tx:
                tx.erase_removed(removal_id, now)
        return bool(due)


def passage_of(view: ExperienceView, passage_id: UUID) -> PassageView:
    """Raises ``NotFound``."""
    found = next((each for each in view.card.passages if each.id == passage_id), None)
    if found is None:
        raise NotFound
    return found
