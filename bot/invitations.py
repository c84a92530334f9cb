"""Invitations to answer a campaign's questions: who may be invited, by which way, at what cost; sent slowly, one by one.

Only those who agreed are invited, once in a while, by a way that is still open, by day on working days. The invitation says
nothing of what is asked. Whoever is looked at is looked at again at the moment it goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from bot import toml
from bot.campaign_reading import INVITATION_ANSWERS
from bot.campaigns import CODE, Campaign, Campaigns, State
from bot.conversation import Say
from bot.errors import BadContent, NotFound
from bot.hours import Hours
from bot.model import ChannelName, Locale
from bot.outgoing import Priority
from bot.ports import Clock
from bot.prices import pence_by_channel
from bot.records import NewOutbound, StaffMember
from bot.replies import Replies
from bot.roads import Cost, Person, Roads, Way
from bot.spending import Spending
from bot.wall import NotYours, may_publish

CONTENT = Path(__file__).parent / "content" / "invitations.toml"
INVITE = "campaign.invite"
"""Its key in the wording: fixed words, so that a provider can approve them as a template."""


class InvitationState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    HELD_BACK = "held_back"
    STOPPED = "stopped"


class HeldBack(StrEnum):
    """Why somebody who agreed is not invited, in the order in which it is looked for."""

    STOPPED = "stopped"
    YOUNG = "young"
    DANGER = "danger"
    MOURNING = "mourning"
    HELD = "held"
    ANSWERED = "answered"
    INVITED = "invited"
    LATELY = "lately"
    TALKING = "talking"
    WINDOW_SHUT = "window_shut"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLimits:
    """``pence`` by channel: for one segment, or one message where no segments are counted. ``places``: names of posters'
    places by code.
    """

    every: timedelta
    quiet: timedelta
    an_hour: int
    pence: Mapping[str, Decimal]
    places: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = CONTENT) -> InvitationLimits:
        table, where = toml.read(path), path.name
        every, quiet, an_hour = (toml.need(table, name, int, where=where) for name in ("every_days", "quiet_hours", "an_hour"))
        if min(every, an_hour) < 1 or quiet < 0:
            raise BadContent(f"{where}: once in at least a day, and at least one in an hour.")
        places = toml.need(table, "places", dict, where=where)
        for code in places:
            if not CODE.fullmatch(code):
                raise BadContent(f"{where}: the code “{code}” must have 3 to 20 small letters, digits or hyphens.")
        return cls(
            every=timedelta(days=every),
            quiet=timedelta(hours=quiet),
            an_hour=an_hour,
            pence=pence_by_channel(),
            places={code: toml.need(places, code, str, where=f"{where}, places") for code in places},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Person):
    """Somebody who agreed to be invited, as they stand now."""

    answered: bool = False
    invited: bool = False
    invited_at: datetime | None = None
    talked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An invitation that is to go next, and whom it is for; None: they no longer agree, or are gone."""

    id: UUID
    campaign: str
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What pressing would do."""

    agreed: int
    ways: Mapping[str, Cost]
    held: Mapping[HeldBack, int]
    going: tuple[UUID, ...] = field(repr=False)

    @property
    def pence(self) -> Decimal:
        return sum((cost.pence for cost in self.ways.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the invitations of a campaign stand: counts by state, and by answer of those that went."""

    states: Mapping[str, int]
    answers: Mapping[str, int]

    @property
    def waits(self) -> int:
        return self.states.get(InvitationState.PLANNED, 0)

    @property
    def sent(self) -> int:
        return self.states.get(InvitationState.SENT, 0)


class InvitationTransaction(Protocol):
    """A unit of work about invitations."""

    def plan_invitations(self, campaign: str, people: Sequence[UUID], staff_id: UUID, now: datetime) -> int: ...

    def stop_invitations(self, campaign: str, staff_id: UUID, now: datetime) -> int: ...

    def next_invitation(self, campaigns: Sequence[str]) -> Planned | None:
        """The next that is planned, with its row locked against other workers."""
        ...

    def settle_invitation(
        self, invitation_id: UUID, state: InvitationState, *, channel: str | None, why: str | None, now: datetime
    ) -> None: ...

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None: ...

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None: ...


class InvitationRecords(Protocol):
    def transaction(self) -> AbstractContextManager[InvitationTransaction]: ...

    def candidates(self, campaign: str) -> Sequence[Candidate]:
        """Everybody whose newest word on being invited is yes."""
        ...

    def standing(self, campaign: str) -> Standing: ...

    def last_sent_at(self) -> datetime | None: ...

    def any_planned(self, campaigns: Sequence[str]) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """The use case behind the page, and the sweep that sends."""

    records: InvitationRecords
    clock: Clock
    campaigns: Campaigns
    limits: InvitationLimits
    hours: Hours
    replies: Replies
    roads: Roads
    spending: Spending | None = None

    def plan(self, code: str) -> Plan:
        """Raises ``NotFound``."""
        campaign, now = self.campaign(code), self.clock.now()
        candidates = self.records.candidates(campaign.code)
        ways: dict[str, Cost] = {}
        held: Counter[HeldBack] = Counter()
        going = []
        for candidate in candidates:
            found = self.way_to(candidate, now)
            if isinstance(found, HeldBack):
                held[found] += 1
                continue
            going.append(candidate.contact_id)
            cost = ways.setdefault(found.channel, Cost())
            segments = self._segments(found.channel, candidate.locale)
            cost.people += 1
            cost.segments += segments
            cost.pence += segments * self.limits.pence.get(found.channel, Decimal(0))
        return Plan(len(candidates), ways, held, tuple(going))

    def start(self, code: str, staff: StaffMember, *, beyond: bool = False) -> int:
        """Plan an invitation for everybody who can be reached now. Returns how many; 0 where the campaign is not open.
        ``beyond``: also beyond the ceiling of this month. Raises ``NotYours`` for whoever may not publish: it writes to many
        families at once; ``BeyondCeilingError``.
        """
        if not may_publish(staff):
            raise NotYours
        campaign, now = self.campaign(code), self.clock.now()
        if campaign.state(self.hours.today(now)) is not State.OPEN:
            return 0
        plan = self.plan(code)
        if self.spending is not None:
            self.spending.check(plan.pence, beyond=beyond)
        with self.records.transaction() as tx:
            planned = tx.plan_invitations(code, plan.going, staff.id, now)
            if beyond and planned:
                tx.audit(who=str(staff.id), action="beyond_ceiling", record=f"campaign:{code}", now=now)
            tx.audit(who=str(staff.id), action="invite", record=f"campaign:{code}", why=str(planned), now=now)
        return planned

    def stop(self, code: str, staff: StaffMember) -> int:
        """Those that have not gone do not go. Returns how many."""
        now = self.clock.now()
        with self.records.transaction() as tx:
            stopped = tx.stop_invitations(self.campaign(code).code, staff.id, now)
            tx.audit(who=str(staff.id), action="stop inviting", record=f"campaign:{code}", why=str(stopped), now=now)
        return stopped

    def sweep(self) -> bool:
        """Send the next one, if it is time for one. Always False: there is never a second one at once."""
        now = self.clock.now()
        is_day = self.hours.next_awake(now) <= now and self.hours.is_working_day(self.hours.today(now))
        codes = [campaign.code for campaign in self.campaigns.open_on(self.hours.today(now))]
        if not is_day or not codes or not self.records.any_planned(codes):
            return False
        last = self.records.last_sent_at()
        if last is not None and now - last < timedelta(hours=1) / self.limits.an_hour:
            return False
        with self.records.transaction() as tx:
            planned = tx.next_invitation(codes)
            if planned is not None:
                self._settle(tx, planned, now)
        return False

    def campaign(self, code: str) -> Campaign:
        found = self.campaigns.get(code)
        if found is None:
            raise NotFound
        return found

    def way_to(self, who: Candidate, now: datetime) -> Way | HeldBack:
        """By which way somebody is invited, or why not."""
        reasons = {
            HeldBack.STOPPED: who.stopped,
            HeldBack.YOUNG: who.young,
            HeldBack.DANGER: who.danger,
            HeldBack.MOURNING: who.mourning,
            HeldBack.HELD: who.held,
            HeldBack.ANSWERED: who.answered,
            HeldBack.INVITED: who.invited,
            HeldBack.LATELY: who.invited_at is not None and now - who.invited_at < self.limits.every,
            HeldBack.TALKING: who.talked_at is not None and now - who.talked_at < self.limits.quiet,
        }
        for reason, holds in reasons.items():
            if holds:
                return reason
        there = [way for way in who.ways if self.roads.is_there(way) and not way.waits_for_them]
        open_ = [way for way in there if self._is_open(way, who.locale, now)]
        return open_[0] if open_ else HeldBack.WINDOW_SHUT if there else HeldBack.NO_WAY

    def _is_open(self, way: Way, locale: Locale, now: datetime) -> bool:
        return self.roads.window_is_open(way, now) or self.roads.has_template(way, INVITE, locale)

    def _segments(self, channel: ChannelName, locale: Locale) -> int:
        parts = self.roads.parts(Say(INVITE, choices=INVITATION_ANSWERS), locale, channel)
        return self.roads.count(channel, parts)

    def _settle(self, tx: InvitationTransaction, planned: Planned, now: datetime) -> None:
        who = planned.candidate
        found = self.way_to(who, now) if who is not None else HeldBack.STOPPED
        if who is None or isinstance(found, HeldBack):
            why = found.value if isinstance(found, HeldBack) else HeldBack.STOPPED.value
            tx.settle_invitation(planned.id, InvitationState.HELD_BACK, channel=None, why=why, now=now)
            return
        for row in self.replies.rows(
            [Say(INVITE, choices=INVITATION_ANSWERS)],
            dedupe=f"invite:{planned.campaign}:{who.contact_id}",
            channel=found.channel,
            address=found.address,
            locale=self.roads.wording.nearest(who.locale),
            values={},
            contact_id=who.contact_id,
            priority=Priority.NOTICE,
            now=now,
        ):
            tx.enqueue(row, now)
        tx.settle_invitation(planned.id, InvitationState.SENT, channel=found.channel, why=None, now=now)
