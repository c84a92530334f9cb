"""Views of the inbox that staff save under a name: one's own, or shared with the team. Codes of filters, never words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from bot.alerted import audit
from bot.errors import BotError, NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember

LONGEST_NAME = 60
MOST = 20
"""Views of one person."""

Query = Mapping[str, Sequence[str]]


class TooManyViewsError(BotError):
    """There are as many views as one person can have: delete one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: UUID
    name: str
    owner_id: UUID
    owner: str
    shared: bool
    query: Query


class ViewRecords(Protocol):
    def views(self, staff_id: UUID) -> tuple[SavedView, ...]:
        """Somebody's own in the order they gave them, then those that others share, by name."""
        ...

    def add(self, view: SavedView, now: datetime) -> bool:
        """At the end of its owner's. False: it is there."""
        ...

    def put_first(self, view_id: UUID, staff_id: UUID) -> None: ...

    def drop(self, view_id: UUID, staff_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class SavedViews:
    """What a member of staff may do with views. Only one's own can be moved or deleted: others' raise ``NotFound``."""

    records: ViewRecords
    store: Store
    clock: Clock

    def seen_by(self, member: StaffMember) -> tuple[SavedView, ...]:
        return self.records.views(member.id)

    def first_of(self, member: StaffMember) -> SavedView | None:
        """What the inbox of this person opens with. None: the plain inbox."""
        return next((view for view in self.records.views(member.id) if view.owner_id == member.id), None)

    def save(self, member: StaffMember, name: str, query: Query, *, shared: bool, once: UUID) -> SavedView:
        """``name``: 1 to 60 characters. ``once`` is drawn with the page: the same view by the same page is a second press.
        Raises ``TooManyViewsError``.
        """
        said = json.dumps([str(member.id), name, shared, {kind: list(codes) for kind, codes in query.items()}], sort_keys=True)
        view = SavedView(id=uuid5(once, said), name=name, owner_id=member.id, owner=member.name, shared=shared, query=query)
        own = {each.id for each in self.records.views(member.id) if each.owner_id == member.id}
        if view.id not in own and len(own) >= MOST:
            raise TooManyViewsError
        now = self.clock.now()
        if self.records.add(view, now):
            self._note(member, "save_view", view.id, now)
        return view

    def put_first(self, member: StaffMember, view_id: UUID) -> SavedView:
        view = self._own(member, view_id)
        self.records.put_first(view.id, member.id)
        return view

    def drop(self, member: StaffMember, view_id: UUID) -> SavedView:
        view = self._own(member, view_id)
        self.records.drop(view.id, member.id)
        self._note(member, "drop_view", view.id, self.clock.now())
        return view

    def _own(self, member: StaffMember, view_id: UUID) -> SavedView:
        for view in self.records.views(member.id):
            if view.id == view_id and view.owner_id == member.id:
                return view
        raise NotFound

    def _note(self, member: StaffMember, action: str, view_id: UUID, now: datetime) -> None:
        with self.store.transaction() as tx:
            audit(tx, member, action, f"view:{view_id}", now)
