"""A store in memory, as far as the staff site uses one, and made-up experiences to put into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID, uuid4, uuid5

from bot.alert_records import AlertView, LooseAlert, OpenedWords
from bot.alerted import clears
from bot.byhand import Kept, Origin
from bot.cards import DecisionView, ExperienceCard, ExperienceView, PassageView, SuggestionView, TalkLine, TaskView
from bot.channel_log import LogFilter, LogLine, Outcome, Way, What
from bot.comments import COMMENTS, Comment, Writer, dedupe_of
from bot.conversation import Purpose
from bot.deletions import Deletion
from bot.desk_work import Deed, Note
from bot.errors import NotFound, StoreUnavailable
from bot.events import Event
from bot.heard import Polarity, RiskLevel
from bot.inbox import InboxFilter, InboxPage
from bot.inbox_place import Place
from bot.model import ENGLISH, Address, ChannelName, InboundMessage, Locale, Speaker
from bot.outgoing import OutboundState
from bot.ports import Store
from bot.records import NO_PASSWORD, NewDecision, NewOutbound, Reach, StaffMember
from bot.replies import Replies
from bot.safety import check
from bot.same_person import Link, Person
from bot.saved_views import SavedView
from bot.team import Change, Invitation, TeamStore, to_look_at
from bot.wall import Role, is_with_safeguarding, needs_outcome
from bot.wording import Wording
from channels.manual import Manual
from tests.bot.word_scene import FakeRecords
from tests.staff.fake_jobs import FakeBlobs, FakeJobRecords

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=UTC)
_SPACE = UUID("5f0c3a1e-0000-4000-8000-000000000000")


def made_id(name: str) -> UUID:
    """The same name always gives the same id."""
    return uuid5(_SPACE, name)


@dataclass
class FakeClock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


@dataclass(frozen=True)
class AuditLine:
    who: str
    action: str
    record: str
    why: str = ""


@dataclass
class FakeEntries:
    """An intake that keeps what is typed in, and a worker that has read it at once (or, ``is_slow``, not yet)."""

    events: dict[tuple[str, str], InboundMessage] = field(default_factory=dict)
    is_slow: bool = False

    def receive(self, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, InboundMessage)
            self.events.setdefault((event.account, event.external_id), event)

    def kept(self, channel: ChannelName, account: str, external_id: str) -> Kept | None:
        found = self.events.get((account, external_id))
        if found is None or found.channel != channel:
            return None
        risk = check(found.text).level
        number = 100 + list(self.events).index((account, external_id))
        return Kept(
            kind=account,
            risk=risk,
            reference=None if self.is_slow else f"HERON {number}",
            alert_id=made_id(external_id) if risk.needs_alert else None,
        )

    def origin(self, reference: str) -> Origin | None:
        return Origin("letter", date(2026, 11, 20)) if reference.startswith("HERON") else None

    @property
    def messages(self) -> list[InboundMessage]:
        return list(self.events.values())


@dataclass
class FakeCalls:
    """The channel log, as the store would show it."""

    lines: list[LogLine] = field(default_factory=list)

    def tell(self, channel: str, what: What, outcome: Outcome, *, at: datetime = NOW, **rest: str) -> None:
        way = Way.OUT if what in (What.SEND, What.POLL) else Way.IN
        self.lines.append(LogLine(id=len(self.lines) + 1, at=at, channel=channel, way=way, what=what, outcome=outcome, **rest))

    def add(self, lines: Sequence[LogLine]) -> None:
        self.lines.extend(lines)

    def prune(self, before: datetime) -> bool:
        return False

    def newest(self, wanted: LogFilter, *, limit: int) -> tuple[LogLine, ...]:
        found = [
            line
            for line in self.lines[::-1]
            if wanted.channel in ("", line.channel)
            and wanted.outcome in (None, line.outcome)
            and (wanted.since is None or wanted.since <= line.at)
            and (wanted.until is None or line.at < wanted.until)
            and (wanted.before is None or line.id < wanted.before)
        ]
        return tuple(found[:limit])

    def channels(self) -> tuple[str, ...]:
        return tuple(sorted({line.channel for line in self.lines}))


@dataclass
class FakeSaid:
    """Comments and wishes to be deleted, by id and by code, as the store would show them."""

    under_posts: dict[UUID, Comment] = field(default_factory=dict)
    wishes: dict[str, Deletion] = field(default_factory=dict)
    name: str = "Pat Example"

    def comments(self, *, before: int | None, limit: int, with_safeguarding: bool) -> tuple[Comment, ...]:
        found = [
            comment
            for comment in self.under_posts.values()
            if (before is None or comment.seq < before) and (with_safeguarding or not comment.is_with_safeguarding)
        ]
        return tuple(sorted(found, key=lambda comment: -comment.seq)[:limit])

    def comment(self, comment_id: UUID) -> Comment | None:
        return self.under_posts.get(comment_id)

    def writer(self, comment_id: UUID) -> Writer | None:
        comment = self.under_posts[comment_id]
        if comment.is_gone:
            return None
        return Writer(
            contact_id=made_id("writer"),
            address=Address("comment", "2468"),
            thread={"comment_id": str(comment.seq)},
            locale=ENGLISH,
            name=self.name,
        )

    def deletions(self) -> tuple[Deletion, ...]:
        return tuple(self.wishes.values())

    def deletion(self, code: str) -> Deletion | None:
        return self.wishes.get(code)


@dataclass
class FakeLinks:
    """Each reference has a person of its own, until two are linked."""

    linked: dict[UUID, Link] = field(default_factory=dict)

    def person(self, reference: str) -> Person | None:
        return Person(contact_id=made_id(f"contact {reference}"), references=(reference,), doors=(ChannelName("sms"),))

    def links(self, contact_id: UUID) -> tuple[Link, ...]:
        return tuple(link for owner, link in self.linked.items() if owner == contact_id)

    def join(self, contact_id: UUID, other_id: UUID, *, staff_id: UUID, why: str, now: datetime) -> bool:
        self.linked[contact_id] = Link(
            id=made_id(f"link {contact_id}"), references=("BROOK 377",), linked_at=now, by="Jo Pascoe", can_part=True
        )
        return True

    def part(self, link_id: UUID, contact_id: UUID, *, staff_id: UUID, now: datetime) -> bool:
        return self.linked.pop(contact_id, None) is not None


@dataclass
class FakeWork:
    """What was done beside reading, the newest last. Nothing of it changes a card here."""

    deeds: list[Deed] = field(default_factory=list)
    written: list[Note] = field(default_factory=list)
    open_at: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    seen: list[UUID] = field(default_factory=list)

    def do(self, deed: Deed, member: StaffMember, *, note: str = "") -> None:
        if deed.id in {each.id for each in self.deeds}:
            return
        self.deeds.append(deed)
        if note:
            self.written.append(Note(id=deed.id, text=note, by=member.name, at=deed.at))

    def undo(self, deed_id: UUID, member: StaffMember, now: datetime, *, with_safeguarding: bool) -> bool:
        place = next((place for place, deed in enumerate(self.deeds) if deed.id == deed_id), None)
        if place is None:
            raise NotFound
        self.deeds[place] = replace(self.deeds[place], undone=True)
        return True

    def last(self, staff_id: UUID, *, limit: int, with_safeguarding: bool) -> tuple[Deed, ...]:
        return tuple(self.deeds[::-1][:limit])

    def notes(self, experience_id: UUID) -> tuple[Note, ...]:
        return tuple(self.written)

    def look(self, experience_id: UUID, staff_id: UUID, now: datetime) -> None:
        self.seen.append(experience_id)

    def looking(self, experience_ids: Sequence[UUID], *, but: UUID, since: datetime) -> dict[UUID, tuple[str, ...]]:
        return {each: names for each, names in self.open_at.items() if each in experience_ids}


@dataclass
class FakeTeam:
    """Invitations and changes of accounts, by token and in order."""

    links: dict[str, Invitation] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    looked_at: set[UUID] = field(default_factory=set)
    members: Mapping[UUID, StaffMember] = field(default_factory=dict)

    def invited(self, token: str, now: datetime) -> UUID | None:
        found = self.links.get(token)
        return None if found is None or found.until <= now else found.staff_id

    def invitations(self) -> dict[UUID, datetime]:
        return {each.staff_id: each.until for each in self.links.values()}

    def unseen(self, staff_id: UUID) -> tuple[Change, ...]:
        waiting = [change for change in self.changes if change.id not in self.looked_at]
        here = [each for each in self.members.values() if each.disabled_at is None and each.password_hash != NO_PASSWORD]
        return to_look_at(staff_id, waiting, {each.id: each.role for each in here})


@dataclass
class FakeViews:
    """Saved views, each owner's in their order."""

    kept: list[SavedView] = field(default_factory=list)

    def views(self, staff_id: UUID) -> tuple[SavedView, ...]:
        own = [view for view in self.kept if view.owner_id == staff_id]
        return (*own, *(view for view in self.kept if view.shared and view.owner_id != staff_id))

    def add(self, view: SavedView, now: datetime) -> bool:
        if view.id in {each.id for each in self.kept}:
            return False
        self.kept.append(view)
        return True

    def put_first(self, view_id: UUID, staff_id: UUID) -> None:
        self.kept.sort(key=lambda view: view.id != view_id)

    def drop(self, view_id: UUID, staff_id: UUID) -> None:
        self.kept = [view for view in self.kept if view.id != view_id]


@cache
def replies_to_comments() -> Replies:
    return Replies(wording=Wording.load(), channels={COMMENTS: Manual(COMMENTS)}, new_id=uuid4)


@dataclass
class FakeStore:
    """Keeps experiences by reference, staff by id, and everything that was added, in order."""

    experiences: dict[str, ExperienceView] = field(default_factory=dict)
    members: dict[UUID, StaffMember] = field(default_factory=dict)
    decisions: list[NewDecision] = field(default_factory=list)
    lines: list[AuditLine] = field(default_factory=list)
    filters: list[InboxFilter] = field(default_factory=list)
    reaches: dict[str, Reach] = field(default_factory=dict)
    loose: dict[UUID, LooseAlert] = field(default_factory=dict)
    opened: dict[UUID, OpenedWords] = field(default_factory=dict)
    entries: FakeEntries = field(default_factory=FakeEntries)
    said: FakeSaid = field(default_factory=FakeSaid)
    same: FakeLinks = field(default_factory=FakeLinks)
    calls: FakeCalls = field(default_factory=FakeCalls)
    views: FakeViews = field(default_factory=FakeViews)
    jobs: FakeJobRecords = field(default_factory=FakeJobRecords)
    files: FakeBlobs = field(default_factory=FakeBlobs)
    work: FakeWork = field(default_factory=FakeWork)
    team: FakeTeam = field(default_factory=FakeTeam)
    word_records: FakeRecords = field(default_factory=FakeRecords)
    outbox: dict[str, NewOutbound] = field(default_factory=dict)
    identities: dict[tuple[str, str], UUID] = field(default_factory=dict)
    other_roles: dict[UUID, str] = field(default_factory=dict)
    arrived_meanwhile: bool = False
    down: bool = False

    def __post_init__(self) -> None:
        self.team.members = self.members

    # what the store offers
    @contextmanager
    def transaction(self) -> Iterator[FakeStore]:
        if self.down:
            raise StoreUnavailable
        yield self

    def inbox(self, wanted: InboxFilter, *, at: Place | None = None, back: bool = False, size: int = 20) -> InboxPage:
        if self.down:
            raise StoreUnavailable
        self.filters.append(wanted)
        every = [view.card for view in self.experiences.values()]
        cards = [card for card in every if wanted.with_safeguarding or not is_with_safeguarding(card)]
        hidden = [card for card in every if card not in cards]
        open_cards = [card for card in cards if card.read_at is None]
        found = [card for card in (open_cards if wanted.open_only else cards) if _fits(card, wanted)]
        found.sort(key=lambda card: (-card.risk, card.promised_on, card.least_sure))
        stands = next((index for index, card in enumerate(found) if at is not None and card.id == at.id), None)
        start = 0 if stands is None else max(0, stands - size) if back else stands + 1
        end = stands if stands is not None and back else start + size
        return InboxPage(
            cards=tuple(found[start:end]),
            total=len(found),
            open_count=len(open_cards),
            hidden=len(hidden),
            hidden_since=min((alert.raised_at for card in hidden for alert in card.alerts), default=None),
            before=_place(found[start]) if 0 < start < len(found) else None,
            after=_place(found[end - 1]) if end < len(found) else None,
            marked=frozenset(wanted.words.lower().split()),
        )

    def experience(self, reference: str) -> ExperienceView | None:
        return self.experiences.get(reference)

    def loose_alerts(self) -> tuple[LooseAlert, ...]:
        return tuple(each for each in self.loose.values() if each.reference is None and each.alert.outcome is None)

    def loose_alert(self, alert_id: UUID) -> LooseAlert | None:
        return self.loose.get(alert_id)

    def open_words(self, alert_id: UUID) -> OpenedWords:
        return self.opened[alert_id]

    def reach(self, reference: str) -> Reach | None:
        return self.reaches.get(reference)

    def staff_by_username(self, username: str) -> StaffMember | None:
        return next((member for member in self.members.values() if member.username == username), None)

    def staff(self, staff_id: UUID) -> StaffMember | None:
        return self.members.get(staff_id)

    def all_staff(self) -> tuple[StaffMember, ...]:
        return tuple(self.members.values())

    # what a transaction offers
    def add_decision(self, decision: NewDecision) -> None:
        self.decisions.append(decision)
        by = self.members[decision.staff_id].name if decision.staff_id else "parent"
        seen = DecisionView(theme=decision.theme, verdict=decision.verdict, by=by, at=decision.at, why=decision.why)
        for view in list(self.experiences.values()):
            passages = tuple(
                replace(passage, decisions=(*passage.decisions, seen)) if passage.id == decision.passage_id else passage
                for passage in view.card.passages
            )
            self.put(replace(view, card=replace(view.card, passages=passages)))

    def mark_read(self, experience_id: UUID, staff_id: UUID, now: datetime, *, seen: int | None = None) -> bool:
        if self.arrived_meanwhile:
            return False
        view = self._by_id(experience_id)
        self.put(replace(view, card=replace(view.card, read_at=now, read_by=self.members[staff_id].name)))
        return True

    def take_alert(self, alert_id: UUID, staff_id: UUID, now: datetime) -> bool:
        alert = self._alert(alert_id)
        if alert.taken_by is not None or alert.outcome is not None:
            return False
        return self._change_alert(alert_id, taken_by=self.members[staff_id].name, taken_at=now)

    def close_alert(self, alert_id: UUID, staff_id: UUID, outcome: str, now: datetime) -> bool:
        if self._alert(alert_id).outcome is not None:
            return False
        return self._change_alert(alert_id, outcome=outcome, cleared_at=now if clears(outcome) else None)

    def clear_alert(self, alert_id: UUID, staff_id: UUID, why: str, now: datetime) -> bool:
        alert = self._alert(alert_id)
        if alert.outcome is None or alert.cleared_at is not None:
            return False
        return self._change_alert(alert_id, cleared_by=self.members[staff_id].name, cleared_at=now, cleared_why=why)

    def leave_work(self, staff_id: UUID) -> tuple[str, ...]:
        cards = [(view, view.card) for view in self.experiences.values() if view.card.owner_id == staff_id]
        for view, card in cards:
            self.put(replace(view, card=replace(card, owner_id=None, owner=None)))
        return tuple(f"experience:{card.id}" for _, card in cards)

    def finish_task(self, task_id: UUID, staff_id: UUID, now: datetime) -> bool:
        found = [task for view in self.experiences.values() for task in view.card.tasks if task.id == task_id]
        for view in list(self.experiences.values()):
            tasks = tuple(
                replace(task, done_at=now, done_by=self.members[staff_id].name) if task.id == task_id else task
                for task in view.card.tasks
            )
            self.put(replace(view, card=replace(view.card, tasks=tasks)))
        return any(task.done_at is None for task in found)

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        if outbound.dedupe_key in self.outbox:
            return None
        self.outbox[outbound.dedupe_key] = outbound
        for comment in list(self.said.under_posts.values()):
            if outbound.dedupe_key.startswith(dedupe_of(comment.id)):
                self.said.under_posts[comment.id] = replace(comment, sent=OutboundState.PENDING)
        return len(self.outbox)

    def finish_deletion_request(self, code: str, staff_id: UUID, now: datetime) -> bool:
        wish = self.said.wishes[code]
        if wish.done_at is None:
            self.said.wishes[code] = replace(wish, done_at=now, done_by=self.members[staff_id].name)
        return wish.done_at is None

    def note_other_role(self, staff_id: UUID, role: str | None) -> bool:
        before = self.other_roles.pop(staff_id, None)
        if role is not None:
            self.other_roles[staff_id] = role
        return before != role

    def keep_identity(self, issuer: str, subject: str, staff_id: UUID) -> None:
        self.identities[issuer, subject] = staff_id

    def add_staff(self, member: StaffMember, now: datetime) -> None:
        self.members[member.id] = member

    def update_staff(
        self,
        staff_id: UUID,
        *,
        password_hash: str | None = None,
        role: str | None = None,
        disabled_at: datetime | None = None,
        end_sessions: bool = False,
    ) -> None:
        member = self.members[staff_id]
        self.members[staff_id] = replace(
            member,
            password_hash=password_hash or member.password_hash,
            role=role or member.role,
            disabled_at=disabled_at or member.disabled_at,
            session_version=member.session_version + (end_sessions or role is not None),
        )

    def is_another(self, role: Role, but: UUID) -> bool:
        return any(each.role == role and each.is_here and each.id != but for each in self.members.values())

    def leave_alerts(self, staff_id: UUID, now: datetime) -> tuple[UUID, ...]:
        del now
        every = [*(view.alerts for view in self.experiences.values()), tuple(loose.alert for loose in self.loose.values())]
        name = self.members[staff_id].name
        left = [alert.id for alerts in every for alert in alerts if alert.taken_by == name and alert.outcome is None]
        for alert_id in left:
            self._change_alert(alert_id, taken_by=None, taken_at=None)
        return tuple(left)

    def rename_staff(self, staff_id: UUID, name: str) -> None:
        self.members[staff_id] = replace(self.members[staff_id], name=name)

    def let_staff_in(self, staff_id: UUID) -> None:
        self.members[staff_id] = replace(self.members[staff_id], disabled_at=None)

    def add_invitation(self, invitation: Invitation, token: str) -> None:
        self.end_invitations(invitation.staff_id, invitation.at)
        self.team.links[token] = invitation

    def use_invitation(self, token: str, now: datetime) -> UUID | None:
        found = self.team.invited(token, now)
        self.team.links.pop(token, None)
        return found

    def end_invitations(self, staff_id: UUID, now: datetime) -> None:
        self.team.links = {token: each for token, each in self.team.links.items() if each.staff_id != staff_id}

    def note_change(self, change: Change) -> None:
        self.team.changes.append(change)

    def see_change(self, change_id: UUID, by: UUID, now: datetime) -> bool:
        if change_id not in {change.id for change in self.team.unseen(by) if change.may_say}:
            return False
        self.team.looked_at.add(change_id)
        return True

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        self.lines.append(AuditLine(who, action, record, why))

    # what a test uses
    def as_team_store(self) -> TeamStore:
        return cast("TeamStore", self)

    def put(self, view: ExperienceView) -> ExperienceView:
        self.experiences[view.card.reference] = view
        return view

    def waits(self, loose: LooseAlert, *texts: str, reach: Reach | None = None) -> LooseAlert:
        """An alert whose message has not had its turn, with what stands behind it."""
        self.loose[loose.alert.id] = loose
        self.opened[loose.alert.id] = OpenedWords(words=tuple((loose.alert.raised_at, text) for text in texts), reach=reach)
        return loose

    def actions(self) -> list[str]:
        return [line.action for line in self.lines]

    def as_store(self) -> Store:
        """This, where the whole port is asked for."""
        return cast("Store", self)

    def _by_id(self, experience_id: UUID) -> ExperienceView:
        return next(view for view in self.experiences.values() if view.card.id == experience_id)

    def _alert(self, alert_id: UUID) -> AlertView:
        every = [alert for view in self.experiences.values() for alert in view.alerts]
        every += [loose.alert for loose in self.loose.values()]
        return next(alert for alert in every if alert.id == alert_id)

    def _change_alert(self, alert_id: UUID, **changes: object) -> bool:
        if found := self.loose.get(alert_id):
            self.loose[alert_id] = replace(found, alert=replace(found.alert, **changes))  # type: ignore[arg-type]
        for view in list(self.experiences.values()):
            alerts = tuple(
                replace(alert, **changes) if alert.id == alert_id else alert  # type: ignore[arg-type]
                for alert in view.alerts
            )
            self.put(replace(view, alerts=alerts, card=replace(view.card, alerts=alerts)))
        return True


def _place(card: ExperienceCard) -> Place:
    return Place(
        alert=needs_outcome(card),
        risk=card.risk,
        promised_on=card.promised_on,
        least_sure=card.least_sure,
        opened_at=card.opened_at,
        id=card.id,
    )


def _fits(card: ExperienceCard, wanted: InboxFilter) -> bool:
    themes = {suggestion.theme for passage in card.passages for suggestion in passage.suggestions}
    return (
        (not wanted.channels or card.channel in wanted.channels)
        and (wanted.promised_by is None or (card.read_at is None and card.promised_on <= wanted.promised_by))
        and (wanted.due_by is None or (card.due_on is not None and card.due_on <= wanted.due_by))
        and (not wanted.themes or bool(themes & set(wanted.themes)))
        and (not wanted.polarity or any(passage.polarity in wanted.polarity for passage in card.passages))
        and all(any(word in passage.text.lower() for passage in card.passages) for word in wanted.words.lower().split())
    )


# --- made-up people and experiences -----------------------------------------------------------------------------------


def a_member(
    username: str = "jo", *, name: str = "Jo Pascoe", role: str = "reviewer", password_hash: str = "x", **more: object
) -> StaffMember:
    return StaffMember(
        id=made_id(f"staff {username}"),
        name=name,
        username=username,
        role=role,
        password_hash=password_hash,
        **more,  # type: ignore[arg-type]
    )


def a_passage(
    text: str = "New taxi driver again this morning and no one told us.",
    *,
    name: str = "passage",
    themes: Mapping[str, float] | None = None,
    evidence: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    polarity: Polarity = Polarity.BAD,
    decisions: Sequence[DecisionView] = (),
) -> PassageView:
    return PassageView(
        id=made_id(name),
        text=text,
        polarity=polarity,
        suggestions=tuple(
            SuggestionView(theme=theme, score=score, evidence=tuple((evidence or {}).get(theme, ())), tagger="rules-1")
            for theme, score in (themes or {}).items()
        ),
        decisions=tuple(decisions),
    )


def a_decision(theme: str, *, verdict: bool, by: str = "Jo Pascoe", at: datetime = NOW) -> DecisionView:
    return DecisionView(theme=theme, verdict=verdict, by=by, at=at)


def an_alert(name: str = "alert", **changes: object) -> AlertView:
    plain = AlertView(
        id=made_id(name),
        level=RiskLevel.CONCERN,
        kinds=("child_not_safe",),
        raised_at=NOW - timedelta(minutes=10),
        signpost_state="delivered",
    )
    if clears(str(changes.get("outcome") or "")):
        changes = {"cleared_at": NOW, **changes}
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_loose_alert(name: str = "loose", *, channel: str = "sms", state: str = "waiting", **alert: object) -> LooseAlert:
    return LooseAlert(alert=an_alert(name, **alert), channel=ChannelName(channel), state=state)


def a_task(name: str = "task", *, kind: str = "call_back", due_on: date = date(2026, 11, 23), **more: object) -> TaskView:
    return TaskView(id=made_id(name), kind=kind, due_on=due_on, **more)  # type: ignore[arg-type]


def an_experience(
    reference: str = "RIVER 482",
    *,
    passages: Sequence[PassageView] | None = None,
    alerts: Sequence[AlertView] = (),
    talk: Sequence[TalkLine] | None = None,
    channel: str = "whatsapp",
    locale: Locale = ENGLISH,
    risk: RiskLevel | None = None,
    promised_on: date = date(2026, 11, 26),
    consents: Mapping[Purpose, bool] | None = None,
    **card: object,
) -> ExperienceView:
    if passages is None:
        passages = (
            a_passage(
                name=f"{reference} 1",
                themes={"transport": 0.9, "communication": 0.7},
                evidence={"transport": [(4, 15)], "communication": [(38, 53)]},
            ),
        )
    if talk is None:
        talk = tuple(
            TalkLine(seq=index, who="parent", text=passage.text, at=NOW - timedelta(hours=20))
            for index, passage in enumerate(passages, start=1)
        )
    gravest = max((alert.level for alert in alerts), default=RiskLevel.NONE)
    scores = [suggestion.score for passage in passages for suggestion in passage.suggestions]
    plain = ExperienceCard(
        id=made_id(reference),
        reference=reference,
        channel=ChannelName(channel),
        locale=locale,
        speaker=Speaker.PARENT,
        risk=gravest if risk is None else risk,
        promised_on=promised_on,
        opened_at=NOW - timedelta(hours=20),
        place="Bridgwater",
        needs_translation=False,
        parked=False,
        read_at=None,
        read_by=None,
        least_sure=min(scores, default=1.0),
        passages=tuple(passages),
        consents=consents or {},
        messages=len(passages),
        alerts=tuple(alerts),
    )
    return ExperienceView(card=replace(plain, **card), talk=tuple(talk), alerts=tuple(alerts))  # type: ignore[arg-type]
