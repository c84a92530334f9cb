"""Passages that are removed, for the pages of the team: what goes with each, and a transaction that keeps what is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

from bot.hours import Hours
from bot.model import ChannelName
from bot.ports import Channel, Clock
from bot.records import StaffMember
from bot.removing import Going, NewRemoval, Removal, RemovalStore, Removed, Removing, Why
from tests.staff.fake_details import NoTalks
from tests.staff.fakes import NOW, FakeStore, made_id, replies_to_comments

if TYPE_CHECKING:
    from bot.talks_held import TalkRecords

ALL = Going(
    whole=True,
    last=True,
    meaning=True,
    mail=True,
    files=True,
    quoted=True,
    told_of=True,
    passed_on=("Yeovil school transport",),
    alerted=True,
)


@dataclass
class FakeRemovals:
    store: FakeStore
    goes: Going = field(default_factory=Going)
    kept: dict[UUID, list[Removal]] = field(default_factory=dict)
    done: list[NewRemoval] = field(default_factory=list)

    def going(self, experience_id: UUID, passage_id: UUID) -> Going | None:
        of = next(view for view in self.store.experiences.values() if view.card.id == experience_id)
        passage = next(each for each in of.card.passages if each.id == passage_id)
        return None if passage.translated else self.goes

    def own_words(self, experience_id: UUID, passage_id: UUID) -> tuple[UUID, ...]:
        of = next(view for view in self.store.experiences.values() if view.card.id == experience_id)
        return tuple(each.id for each in of.card.passages if not each.translated)

    def removals(self, experience_id: UUID, now: datetime) -> tuple[Removal, ...]:
        return tuple(self.kept.get(experience_id, ()))

    def due(self, before: datetime, *, limit: int) -> tuple[UUID, ...]:
        return ()

    @contextmanager
    def transaction(self) -> Iterator[FakeRemovals]:
        yield self

    def remove_passage(self, new: NewRemoval, now: datetime) -> Removed:
        self.done.append(new)
        view = next(view for view in self.store.experiences.values() if view.card.id == new.experience_id)
        left = tuple(each for each in view.card.passages if each.id != new.passage_id)
        self.store.put(replace(view, card=replace(view.card, passages=left)))
        self.kept.setdefault(new.experience_id, []).append(a_removal(new.id, why=new.why, by=new.member.name, at=now))
        return Removed(id=new.id, letters=1, called_back=1)

    def put_back_passage(self, removal_id: UUID, member: StaffMember, now: datetime) -> bool:
        for each in self.kept.values():
            each[:] = [removal for removal in each if removal.id != removal_id]
        return True


def a_removal(removal_id: UUID, *, why: Why = Why.ASKED, by: str = "Jo Pascoe", at: datetime = NOW) -> Removal:
    return Removal(id=removal_id, at=at, by=by, why=why, can_be_put_back=True, erased=False, kept=False)


def removing_of(records: FakeRemovals, clock: Clock) -> Removing:
    return Removing(
        records=records,
        work=cast("RemovalStore", records),
        store=records.store.as_store(),
        talks=cast("TalkRecords", NoTalks()),
        replies=replies_to_comments(),
        channels=cast("dict[ChannelName, Channel]", {}),
        hours=Hours.load(),
        clock=clock,
        new_id=uuid4,
    )


def fill_removals(records: FakeRemovals) -> None:
    """One in each state a page must be able to show, with FALCON 231; and everything goes with what is removed next."""
    records.goes = ALL
    of = records.store.experiences["FALCON 231"].card.id
    told = replace(a_removal(made_id("told")), told_at=NOW - timedelta(minutes=1), at=NOW - timedelta(hours=2))
    records.kept[of] = [
        told,
        replace(told, id=made_id("first"), can_be_put_back=False, why=Why.NAMES),
        replace(told, id=made_id("erased"), can_be_put_back=False, erased=True, kept=True, why=Why.OTHER),
    ]
