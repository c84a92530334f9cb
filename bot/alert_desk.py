"""What the safeguarding lead does beside taking and closing alerts: keeps the rota, opens the referral sheet, releases
passages as feedback, runs fire drills. Each act is audited; nobody else may do any of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from bot.alert_records import AlertView, LooseAlert
from bot.alerted import audit
from bot.alerts import OUTCOME_WITHIN
from bot.call_outs import EMAIL, SMS
from bot.cards import ExperienceView, PassageView
from bot.errors import NotFound
from bot.hand_over import Handing, NewHanding, NotHandedError, others, reachable
from bot.model import ChannelName
from bot.ports import Clock, Store, Transaction
from bot.records import StaffMember
from bot.rota import Hole, Rota, Rung
from bot.wall import NotYours, is_with_safeguarding, may_handle_alerts

HISTORY = 20
"""How many versions of the rota, and how many drills, a page lists."""
MOST_KEPT_BACK = 100
"""Closed alerts on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call to one rung. ``state`` is what became of it, as of any message of ours; ``sent_at`` None: not yet, or never."""

    name: str
    route: str
    rung: int
    at: datetime
    sent_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A fire drill. ``taken_by`` None: nobody has acknowledged it; ``is_running``: people are still called."""

    id: UUID
    started_at: datetime
    started_by: str
    taken_by: str | None
    taken_at: datetime | None
    is_running: bool
    calls: tuple[CallView, ...] = ()

    @property
    def minutes(self) -> int | None:
        """From its start until somebody acknowledged it, begun ones counted whole."""
        return None if self.taken_at is None else -((self.started_at - self.taken_at) // timedelta(minutes=1))

    def first_calls(self) -> tuple[CallView, ...]:
        """The first call to each rung by each route: how long it took to reach them."""
        found: dict[tuple[int, str], CallView] = {}
        for call in self.calls:
            found.setdefault((call.rung, call.route), call)
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One message, word for word. ``who`` is ``them``, ``us`` or the name of a staff member; ``state`` what became of ours;
    ``files`` how many came with it. ``is_shut``: no key we have opens it.
    """

    at: datetime
    who: str
    channel: str
    text: str
    state: str = ""
    files: int = 0
    raised: bool = False
    is_shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that goes with a referral. ``known`` are codes by what they are about, such as ``speaker`` and ``age_band``. The line
    that ``raised`` it is the message behind the alert.
    """

    alert: LooseAlert
    lines: tuple[SheetLine, ...]
    known: tuple[tuple[str, str], ...]
    calls: tuple[CallView, ...]
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One passage shown as feedback: its redacted words and themes, and nothing of where they stand. ``is_current`` is False
    where its words have changed since, so that nobody is shown them any more.
    """

    id: UUID
    passage_id: UUID
    text: str
    themes: tuple[str, ...]
    released_at: datetime
    released_by: str
    is_current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelease:
    id: UUID
    passage_id: UUID
    digest: bytes
    by: UUID
    at: datetime


class AlertWork(Transaction, Protocol):
    def hand_over(self, handing: NewHanding) -> bool:
        """False: the alert is not theirs, is handed on already, or is closed."""
        ...

    def keep_rota(self, rungs: Sequence[Rung], *, rota_id: UUID, after: int, by: UUID, now: datetime) -> None:
        """As the version after ``after``. Raises ``RotaChangedError`` where there is one already."""
        ...

    def start_drill(self, drill_id: UUID, *, by: str, now: datetime) -> None: ...

    def take_drill(self, drill_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """Whoever took it first stands. False: somebody has, or there is none."""
        ...

    def release_passage(self, release: NewRelease) -> bool:
        """False: it is released already."""
        ...

    def end_release(self, release_id: UUID, by: UUID, now: datetime) -> bool:
        """False: it has ended, or there is none."""
        ...


class AlertWorks(Protocol):
    def transaction(self) -> AbstractContextManager[AlertWork]: ...

    def standing_rota(self) -> Rota: ...


class AlertRecords(Protocol):
    def open_alerts(self) -> tuple[LooseAlert, ...]:
        """Every open one, in an experience or not: what nobody has taken first, then the gravest, then the oldest."""
        ...

    def count_open(self) -> int: ...

    def story(self, alert_id: UUID) -> tuple[CallView, ...]: ...

    def handings(self, alert_id: UUID) -> tuple[Handing, ...]:
        """Whom it was handed to, and what became of that, oldest first."""
        ...

    def rota_history(self, *, limit: int) -> tuple[Rota, ...]: ...

    def drills(self, *, limit: int) -> tuple[Drill, ...]: ...

    def drill(self, drill_id: UUID) -> Drill | None: ...

    def sheet(self, alert_id: UUID) -> Sheet | None: ...

    def kept_back(self, *, limit: int) -> tuple[LooseAlert, ...]:
        """Every closed one whose record the team does not see, the one that was closed last first."""
        ...

    def released(self, *, experience_id: UUID | None = None) -> tuple[Released, ...]:
        """What is released of experiences that are with safeguarding now, of one or of all, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDesk:
    """Raises ``NotYours`` for those who may not handle alerts, whether what they ask for is there or not."""

    records: AlertRecords
    work: AlertWorks
    store: Store
    clock: Clock
    outcome_within: timedelta = OUTCOME_WITHIN
    new_id: Callable[[], UUID] = uuid4
    routes: Collection[ChannelName] = (SMS, EMAIL)
    """By which people can be called here."""

    # --- the alerts ---

    def waiting(self, member: StaffMember) -> tuple[LooseAlert, ...]:
        self._check(member)
        return self.records.open_alerts()

    def kept_back(self, member: StaffMember) -> tuple[LooseAlert, ...]:
        """The closed ones whose record the team does not see, at most ``MOST_KEPT_BACK``."""
        self._check(member)
        return self.records.kept_back(limit=MOST_KEPT_BACK)

    def outcome_due(self, alert: AlertView) -> datetime | None:
        """Until when whoever has it is to say what came of it; None: nobody has it, or it is closed."""
        return None if alert.taken_at is None or alert.outcome is not None else alert.taken_at + self.outcome_within

    def hands(self, member: StaffMember) -> tuple[Rung, ...]:
        """Whom this member can hand an alert to."""
        return others(reachable(self.rota(), self.store.all_staff(), self.routes), member)

    def hand_over(self, alert_id: UUID, member: StaffMember, rung_id: UUID) -> str:
        """Have somebody else called to take it. Returns their name. Raises ``NotFound``, ``NotHandedError``."""
        self._check(member)
        rung = next((rung for rung in self.hands(member) if rung.id == rung_id), None)
        if rung is None or self.store.loose_alert(alert_id) is None:
            raise NotFound
        now = self.clock.now()
        with self.work.transaction() as tx:
            one = NewHanding(id=self.new_id(), alert_id=alert_id, rung_id=rung.id, name=rung.name, by=member.id, at=now)
            if not tx.hand_over(one):
                raise NotHandedError
            audit(tx, member, "hand_alert", f"alert:{alert_id}", now)
        return rung.name

    # --- the rota ---

    def rota(self) -> Rota:
        return self.work.standing_rota()

    def holes(self) -> tuple[Hole, ...]:
        return self.rota().holes(self.clock.now())

    def keep_rota(self, member: StaffMember, rungs: Sequence[Rung], *, after: int) -> None:
        """``after`` is the number of the version that was changed. Raises ``RotaChangedError``."""
        self._check(member)
        now = self.clock.now()
        with self.work.transaction() as tx:
            tx.keep_rota(rungs, rota_id=self.new_id(), after=after, by=member.id, now=now)
            audit(tx, member, "keep_rota", f"rota:{after + 1}", now)

    # --- the referral sheet ---

    def open_sheet(self, alert_id: UUID, member: StaffMember) -> Sheet:
        """It is kept who opened it before it is shown. Raises ``NotFound``."""
        self._check(member)
        sheet = self.records.sheet(alert_id)
        if sheet is None:
            raise NotFound
        with self.store.transaction() as tx:
            audit(tx, member, "open_sheet", f"alert:{alert_id}", self.clock.now())
        return sheet

    # --- feedback ---

    def release(self, view: ExperienceView, member: StaffMember, passages: Sequence[UUID]) -> int:
        """Show these passages to reviewers. Raises ``NotFound`` for one of another experience. Returns how many are new."""
        self._check(member)
        of = {passage.id: passage for passage in view.card.passages}
        if not set(passages) <= of.keys() or not is_with_safeguarding(view.card):
            raise NotFound
        now = self.clock.now()
        new = 0
        with self.work.transaction() as tx:
            for passage_id in passages:
                one = NewRelease(
                    id=self.new_id(), passage_id=passage_id, digest=digest(of[passage_id].text), by=member.id, at=now
                )
                if tx.release_passage(one):
                    audit(tx, member, "release_passage", f"alert_release:{one.id}", now)
                    new += 1
        return new

    def take_back(self, release_id: UUID, member: StaffMember) -> None:
        """Nobody else sees it any more. Raises ``NotFound``."""
        self._check(member)
        now = self.clock.now()
        with self.work.transaction() as tx:
            if not tx.end_release(release_id, member.id, now):
                raise NotFound
            audit(tx, member, "take_back_release", f"alert_release:{release_id}", now)

    def released_of(self, experience_id: UUID, member: StaffMember) -> tuple[Released, ...]:
        self._check(member)
        return self.records.released(experience_id=experience_id)

    def feedback(self) -> tuple[Released, ...]:
        """What whoever reads may see: of each passage its words and themes alone."""
        return tuple(one for one in self.records.released() if one.is_current)

    # --- drills ---

    def start_drill(self, by: str) -> UUID:
        """``by``: who runs it, as the trail names them."""
        drill_id, now = self.new_id(), self.clock.now()
        with self.work.transaction() as tx:
            tx.start_drill(drill_id, by=by, now=now)
            tx.audit(who=by, action="start_drill", record=f"alert_drill:{drill_id}", now=now)
        return drill_id

    def drill(self, drill_id: UUID, member: StaffMember) -> Drill:
        self._check(member)
        return self._drill(drill_id)

    def take_drill(self, drill_id: UUID, member: StaffMember) -> bool:
        """False: somebody has acknowledged it before. Raises ``NotFound``."""
        self._check(member)
        self._drill(drill_id)
        now = self.clock.now()
        with self.work.transaction() as tx:
            taken = tx.take_drill(drill_id, member.id, now)
            if taken:
                audit(tx, member, "take_drill", f"alert_drill:{drill_id}", now)
        return taken

    def last_drill(self) -> Drill | None:
        return next(iter(self.records.drills(limit=1)), None)

    def _drill(self, drill_id: UUID) -> Drill:
        found = self.records.drill(drill_id)
        if found is None:
            raise NotFound
        return found

    def _check(self, member: StaffMember) -> None:
        if not may_handle_alerts(member, self.store.all_staff()):
            raise NotYours


def digest(text: str) -> bytes:
    """Of the words that were looked at when a passage was released."""
    return hashlib.sha256(text.encode()).digest()


def unreleased(view: ExperienceView, released: Sequence[Released]) -> tuple[PassageView, ...]:
    """The passages that reviewers are not shown."""
    shown = {one.passage_id for one in released if one.is_current}
    return tuple(passage for passage in view.card.passages if passage.id not in shown)
