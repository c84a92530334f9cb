"""Actions for tests of the pages: kept in lists, with the people of the mock-up behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from bot.action_requests import NewRequest, Request
from bot.actions import Action, ActionFilter, Actions, Change, Draft, Edition, Linked, Offered, Published, State, Words
from bot.actions_told import Telling
from bot.cards import ExperienceCard
from bot.conversation import Purpose
from bot.model import ENGLISH, Address, ChannelName
from bot.nudges import NUDGE
from bot.ports import Channel, Clock
from bot.replies import Replies
from bot.roads import Roads, Way
from bot.spending import Said, Spending
from bot.telling_plan import Contributor
from bot.telling_records import Progress
from channels.segments import measure
from channels.twilio import TwilioAccount, TwilioSms, TwilioWhatsApp
from channels.webchat import WebChat
from tests.bot.sayings import WORDING
from tests.journeys.stage import script
from tests.staff.fakes import NOW, FakeStore, made_id

if TYPE_CHECKING:
    from bot.telling_records import TellingTransaction

ACTION = made_id("notice of a new driver")
WORDS = Words(
    title="A text the day before a driver changes",
    said="A new driver turns up and nobody tells us. Our children cannot go with a stranger.",
    did="From 23 November every driver or escort change is texted to the family by 4pm the day before, with a name and a photo.",
    because="For changes through sickness on the day: nobody is at the desk before 6am.",
)


@dataclass
class FakeActions:
    """``bot.actions.ActionRecords`` and ``bot.telling_records.TellingRecords``."""

    store: FakeStore
    kept: dict[UUID, Action] = field(default_factory=dict)
    links: dict[UUID, list[UUID]] = field(default_factory=dict)
    quoted: set[UUID] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    people: list[Contributor] = field(default_factory=list)
    planned: list[UUID] = field(default_factory=list)
    stands: Progress = field(default_factory=lambda: Progress(fates={}))

    def actions(self, wanted: ActionFilter, *, with_safeguarding: bool) -> tuple[Action, ...]:
        del with_safeguarding
        return tuple(
            each
            for each in self.kept.values()
            if (not wanted.states or each.state in wanted.states)
            and (wanted.owner is None or each.draft.owner_id == wanted.owner)
            and (wanted.published is None or (each.edition is not None) == wanted.published)
        )

    def action(self, action_id: UUID, *, with_safeguarding: bool) -> Action | None:
        del with_safeguarding
        return self.kept.get(action_id)

    def titles(self, *, limit: int) -> tuple[Offered, ...]:
        return tuple(Offered(each.id, each.words.title) for each in self.kept.values())[:limit]

    def of_experience(self, experience_id: UUID) -> tuple[Action, ...]:
        return tuple(self.kept[action_id] for action_id, ids in self.links.items() if experience_id in ids)

    def history(self, action_id: UUID) -> tuple[Change, ...]:
        del action_id
        return tuple(reversed(self.changes))

    def linked(self, action_id: UUID, *, with_safeguarding: bool, limit: int) -> Linked:
        del with_safeguarding
        cards = [card for card in self.cards() if card.id in self.links.get(action_id, [])]
        public = {passage.id for card in cards if card.consents.get(Purpose.WORDS_IN_PUBLIC) for passage in card.passages}
        return Linked(
            cards=tuple(cards[:limit]),
            total=len(cards),
            people=len(self.people),
            quoted=frozenset(self.quoted),
            quotable=frozenset(public),
        )

    def cards(self) -> list[ExperienceCard]:
        return [view.card for view in self.store.experiences.values()]

    def add(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        if action_id in self.kept:
            return False
        by = self.store.members[staff_id].name
        owner = self.store.members[draft.owner_id].name if draft.owner_id else None
        self.kept[action_id] = Action(id=action_id, draft=draft, owner=owner, made_at=now, by=by, changed_at=now)
        self.changes.append(Change(at=now, by=by, what="made"))
        return True

    def change(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        before = self.kept[action_id]
        if before.draft == draft:
            return False
        self.kept[action_id] = replace(before, draft=draft, changed_at=now)
        was = {"title": before.words.title, "state": before.state.value}
        self.changes.append(Change(at=now, by=self.store.members[staff_id].name, what="changed", before=was))
        return True

    def link(self, action_id: UUID, experience_ids: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        del staff_id, now
        there = self.links.setdefault(action_id, [])
        new = [each for each in experience_ids if each not in there]
        there += new
        return len(new)

    def unlink(self, action_id: UUID, experience_id: UUID, staff_id: UUID, now: datetime) -> bool:
        del staff_id, now
        there = self.links.get(action_id, [])
        if experience_id not in there:
            return False
        there.remove(experience_id)
        return True

    def quote(self, action_id: UUID, passage_id: UUID, staff_id: UUID, now: datetime, *, quoted: bool) -> bool:
        del staff_id, now
        if quoted and passage_id not in self.linked(action_id, with_safeguarding=False, limit=99).quotable:
            return False
        (self.quoted.add if quoted else self.quoted.discard)(passage_id)
        return True

    def publish(self, action_id: UUID, edition_id: UUID, staff_id: UUID, now: datetime, *, fewest: int) -> bool:
        action = self.kept[action_id]
        people = len(self.people) if len(self.people) >= fewest else None
        by = self.store.members[staff_id].name
        edition = Edition(id=edition_id, words=action.words, state=action.state, people=people, published_at=now, by=by)
        self.kept[action_id] = replace(action, edition=edition)
        return True

    def take_back(self, action_id: UUID, staff_id: UUID, now: datetime) -> bool:
        del staff_id, now
        was = self.kept[action_id].edition is not None
        self.kept[action_id] = replace(self.kept[action_id], edition=None)
        return was

    def published(self) -> tuple[Published, ...]:
        return tuple(
            Published(id=each.id, words=each.edition.words, state=each.edition.state, on=date(2026, 11, 23))
            for each in self.kept.values()
            if each.edition
        )

    def preview(self, action_id: UUID, *, fewest: int) -> Published | None:
        found = self.kept.get(action_id)
        return None if found is None else Published(id=found.id, words=found.words, state=found.state, on=date(2026, 11, 23))

    # telling
    @contextmanager
    def transaction(self) -> Iterator[TellingTransaction]:
        yield self  # type: ignore[misc] # as much of one as the pages ask

    def contributors(self, action_id: UUID) -> Sequence[Contributor]:
        del action_id
        return self.people

    def progress(self, action_id: UUID) -> Progress:
        del action_id
        return self.stands

    def any_to_tell(self, now: datetime) -> bool:
        del now
        return False

    def about_to_leave(self, outbound_id: UUID) -> None:
        del outbound_id

    def plan_telling(self, action_id: UUID, people: Sequence[UUID], staff_id: UUID, goes_at: datetime, now: datetime) -> int:
        del action_id, staff_id, goes_at, now
        self.planned += people
        return len(people)

    def stop_telling(self, action_id: UUID, now: datetime) -> int:
        del action_id, now
        count, self.planned = len(self.planned), []
        return count

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        self.store.audit(who=who, action=action, record=record, why=why, now=now)


@cache
def doors() -> dict[ChannelName, Channel]:
    """As they render; nothing is ever sent."""
    account = TwilioAccount(sid=f"AC{'0' * 32}", tokens=("t",), public_url="https://earshot.example")
    return {
        ChannelName("sms"): TwilioSms(account, number="+447700900000", settle=timedelta(0)),
        ChannelName("whatsapp"): TwilioWhatsApp(
            account, number="+447700900000", settle=timedelta(0), templates={(NUDGE, ENGLISH): f"HX{'0' * 32}"}
        ),
        ChannelName("webchat"): WebChat(timedelta(0)),
    }


@dataclass
class FakeRequests:
    """``bot.action_requests.RequestRecords``."""

    store: FakeStore
    asked: list[tuple[UUID, Request]] = field(default_factory=list)

    def ask(self, request: NewRequest) -> bool:
        by = self.store.members[request.by].name
        one = Request(
            id=request.id,
            action_id=request.action_id,
            title=WORDS.title,
            wish=request.wish,
            word=request.word,
            by=by,
            asker_id=request.by,
            at=NOW,
        )
        self.asked.insert(0, (request.by, one))
        return True

    def withdraw(self, request_id: UUID, staff_id: UUID, now: datetime) -> bool:
        del now
        stand = [each for each in self.asked if (each[0], each[1].id, each[1].yes) != (staff_id, request_id, None)]
        gone = len(stand) < len(self.asked)
        self.asked = stand
        return gone

    def answer(self, request_id: UUID, staff_id: UUID, now: datetime, *, yes: bool, word: str) -> bool:
        if not any(each.id == request_id and each.yes is None for _, each in self.asked):
            return False
        who = self.store.members[staff_id].name
        self.asked = [
            (by, replace(each, yes=yes, answer=word, answered_by=who, answered_at=now) if each.id == request_id else each)
            for by, each in self.asked
        ]
        return True

    def open(self) -> tuple[Request, ...]:
        return tuple(each for _, each in self.asked if each.yes is None)

    def of_action(self, action_id: UUID) -> tuple[Request, ...]:
        return tuple(each for _, each in self.asked if each.action_id == action_id)

    def answered(self, staff_id: UUID, since: datetime) -> tuple[Request, ...]:
        return tuple(each for by, each in self.asked if by == staff_id and each.answered_at and each.answered_at >= since)


@dataclass
class FakeSpending:
    """A month in which 307 texts of one part went."""

    texts: int = 307
    planned: int = 0
    on: frozenset[str] = frozenset({"sms"})

    def said_since(self, since: datetime) -> tuple[Said, ...]:
        del since
        return (Said(ChannelName("sms"), "Thank you.", self.texts),)

    def waiting(self) -> int:
        return self.planned

    def waiting_on(self) -> tuple[frozenset[str], ...]:
        return (self.on,) * self.planned


def spending_of(clock: Clock, *, ceiling: int | None = 4000, records: FakeSpending | None = None) -> Spending:
    """``ceiling`` in pence; a text costs 4 of them."""
    return Spending(
        records=records or FakeSpending(),
        clock=clock,
        pence={"sms": Decimal("4.0"), "whatsapp": Decimal("3.5")},
        segments=lambda text: measure(text).segments,
        ceiling=None if ceiling is None else Decimal(ceiling),
    )


def rooms_of_actions(store: FakeStore, records: FakeActions, clock: Clock) -> tuple[Actions, Telling]:
    telling = Telling(
        records=records,
        clock=clock,
        hours=script().hours,
        replies=Replies(wording=WORDING, channels=doors(), new_id=lambda: made_id("row")),
        roads=Roads(doors(), WORDING, lambda text: measure(text).segments, ("+44",)),
        pence={"sms": Decimal("4.0"), "whatsapp": Decimal("3.5")},
        page="https://earshot.example/you-said-we-did",
        spending=spending_of(clock),
    )
    return Actions(records, store.as_store(), clock), telling


def fill_actions(records: FakeActions) -> None:
    """The action of the mock-up, with 23 people: 12 + 6 + 3 + 2."""
    jo = made_id("staff jo")
    due = date(2026, 12, 1)
    records.add(ACTION, Draft(words=WORDS, state=State.DONE, owner_id=jo, due_on=due), jo, NOW)
    could_not = Words(title="A club on Saturdays", said="There is no club near us.", because="There is no money for it.")
    records.add(made_id("club"), Draft(words=could_not, state=State.COULD_NOT), jo, NOW)
    records.link(ACTION, [made_id("RIVER 482"), made_id("FALCON 231")], jo, NOW)
    records.people = [
        *(_person(number, "sms") for number in range(7)),
        *(_person(number, "whatsapp") for number in range(7, 10)),
        *(_person(number, "webchat") for number in range(10, 12)),
        *(_person(number, "whatsapp", hours=30) for number in range(12, 18)),
        *(_person(number, "sms", stopped=True) for number in range(18, 20)),
        _person(20, "sms", failed=True),
        *(_person(number, "sms", agreed=False) for number in range(21, 23)),
    ]


def _person(
    number: int, channel: str, *, hours: int = 2, agreed: bool = True, stopped: bool = False, failed: bool = False
) -> Contributor:
    scheme = {"sms": "tel", "whatsapp": "whatsapp", "webchat": "web"}[channel]
    address = Address(scheme, f"+4477009002{number:02}")
    way = Way(ChannelName(channel), address, NOW - timedelta(hours=hours), failed)
    return Contributor(contact_id=made_id(f"person {number}"), locale=ENGLISH, ways=(way,), agreed=agreed, stopped=stopped)
