"""What the invented team has on its desk when the demo opens: the rota, alerts in hand, actions, what was passed on, long work.

Each is done through the same use cases as on the site, at its own time of the month, so that its history reads as one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bot import toml
from bot.action_requests import Wish
from bot.actions import Action, Actions, Draft, State, Words
from bot.alert_desk import AlertDesk
from bot.exports import Exports
from bot.hours import Hours
from bot.imports import Imports
from bot.inbox import InboxFilter
from bot.jobs import Job
from bot.loose import LooseReview
from bot.passing_on import Kind, Recipient, offered
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.rota import Rung, When
from bot.saved_replies import SavedReplies
from bot.sending_on import SendingOn, Wanted
from demo.handset import Handset
from demo.month import DESK_PHONES, ROTA
from demo.reviewing import Plan
from staff.desk import Rooms

DESK = Path(__file__).parent / "desk.toml"
_SETTLED = timedelta(seconds=30)
_TAKEN_AFTER = timedelta(minutes=4)
_HANDED_AFTER = timedelta(minutes=25)
_DUE = timedelta(days=21)
_ANSWERED_AFTER = timedelta(days=2)
_READ_THROUGH = timedelta(minutes=20)
_PAGE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Of the site: each is there in a demo, for ``demo.scene`` leaves none out."""

    actions: Actions
    alerts: AlertDesk
    exports: Exports
    imports: Imports
    passing: SendingOn
    replies: SavedReplies
    rooms: Rooms

    @classmethod
    def of(cls, rooms: Rooms) -> Parts:
        """Raises ``TypeError`` where the site lacks one: a demo shows them all."""
        found = (rooms.actions, rooms.alert_desk, rooms.exports, rooms.imports, rooms.sending_on, rooms.saved_replies)
        actions, alerts, exports, imports, passing, replies = found
        if not (actions and alerts and exports and imports and passing and replies):
            raise TypeError
        return cls(
            actions=actions, alerts=alerts, exports=exports, imports=imports, passing=passing, replies=replies, rooms=rooms
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsDesk:
    """``end``: when the demo opens. ``members`` by user name; ``handset``: the phone of a number, which sends texts.
    ``work``: the worker does all that is due.
    """

    parts: Parts
    store: Store
    clock: Clock
    hours: Hours
    members: Mapping[str, StaffMember]
    handset: Callable[[str], Handset]
    work: Callable[[], None]
    end: datetime
    quoted: set[UUID] = field(default_factory=set)
    """Passages that stand on the public page: each once."""
    table: Mapping[str, Any] = field(default_factory=lambda: toml.read(DESK))

    def plans(self) -> Iterator[Plan]:
        """What happens when."""
        yield self._day(28), self._keep_rota
        yield self._day(27), self._keep_replies
        yield self._day(26), self._keep_recipients
        yield from self._drill()
        for row in self.table["action"]:
            yield from self._action(row)
        for row in self.table["passing"]:
            yield from self._passing(row)
        yield self._day(2), partial(self._bring_in, "done", begin=True)
        yield self.end - timedelta(minutes=50), partial(self._bring_in, "asking", begin=False)
        yield self.end - timedelta(hours=2), self._export
        for row, phone in zip(self.table["alerts"], DESK_PHONES, strict=True):
            yield from self._alert(row, phone)

    def _day(self, days: int) -> datetime:
        """In the working hours of a day so long ago, and before the last hours."""
        at = self.hours.next_open(self.end - timedelta(days=days)) + timedelta(minutes=40)
        return min(at, self.end - timedelta(hours=5))

    # --- safeguarding ---

    def _keep_rota(self) -> None:
        rungs = [
            Rung(
                id=uuid4(),
                name=row["name"],
                mobile=ROTA[row["phone"]],
                email=row["email"],
                when=When.HOURS,
                days=frozenset(row["days"]),
                opens=time.fromisoformat(row["from"]),
                closes=time.fromisoformat(row["to"]),
            )
            for row in self.table["rota"]
        ]
        self.parts.alerts.keep_rota(self.members["ruth"], rungs, after=0)

    def _drill(self) -> Iterator[Plan]:
        begun: list[UUID] = []

        def start() -> None:
            begun.append(self.parts.alerts.start_drill("operator"))
            self.work()

        yield self._day(6), start
        yield self._day(6) + _TAKEN_AFTER, lambda: self._take_drill(begun[0])

    def _take_drill(self, drill_id: UUID) -> None:
        self.parts.alerts.take_drill(drill_id, self.members["ruth"])

    def _alert(self, row: Mapping[str, Any], phone: str) -> Iterator[Plan]:
        at = self.end - timedelta(minutes=row["minutes"])
        yield at, partial(self._say, phone, row["text"])
        yield at + _SETTLED, self.work
        yield at + _TAKEN_AFTER, partial(self._take, at, self.members[row["takes"]])
        if row.get("hands"):
            yield at + _HANDED_AFTER, partial(self._hand, at, self.members[row["takes"]], row["hands"])

    def _say(self, phone: str, text: str) -> None:
        self.handset(phone).say(text)

    def _take(self, since: datetime, member: StaffMember) -> None:
        for each in self.parts.alerts.waiting(member):
            if each.alert.taken_by is None and each.alert.raised_at >= since:
                LooseReview(self.store, self.clock).take(each.alert.id, member)

    def _hand(self, since: datetime, member: StaffMember, to: str) -> None:
        rung = next(rung for rung in self.parts.alerts.hands(member) if rung.name == to)
        for each in self.parts.alerts.waiting(member):
            if each.alert.taker_id == member.id and each.alert.raised_at >= since:
                self.parts.alerts.hand_over(each.alert.id, member, rung.id)
        self.work()

    # --- what is kept ---

    def _keep_replies(self) -> None:
        for row in self.table["saved_replies"]:
            self.parts.replies.add(self.members[row["by"]], row["title"], row["text"], is_ours=True)

    def _keep_recipients(self) -> None:
        for row in self.table["recipients"]:
            new = Recipient(id=uuid4(), name=row["name"], email=row["email"], casework=row.get("casework", False))
            self.parts.passing.records.add_recipient(new, self.members["tom"], self.clock.now())

    # --- you said, we did ---

    def _action(self, row: Mapping[str, Any]) -> Iterator[Plan]:
        action_id = uuid4()
        at = self._day(row["days"])
        yield at, partial(self._make, action_id, row)
        if row.get("publish"):
            yield at + timedelta(hours=3), partial(self._publish, action_id)
        if row.get("ask"):
            yield at + timedelta(hours=3), partial(self._ask, action_id, row)
        yield self._day(2), partial(self._link, action_id, row)
        if row.get("tell"):
            yield self._day(2) + _READ_THROUGH, partial(self._tell, action_id)
            yield self._day(2) + _READ_THROUGH + _SETTLED, self.work

    def _make(self, action_id: UUID, row: Mapping[str, Any]) -> None:
        words = Words(title=row["title"], said=row.get("said", ""), did=row.get("did", ""), because=row.get("because", ""))
        member = self.members[row["by"]]
        due_on = self.hours.today(self.end) + _DUE
        self.parts.actions.make(
            action_id, Draft(words=words, state=State(row["state"]), owner_id=member.id, due_on=due_on), member
        )
        self._link(action_id, row)

    def _link(self, action_id: UUID, row: Mapping[str, Any]) -> None:
        """What has been told of it by now."""
        since = self.hours.today(self.end - timedelta(days=60))
        self.parts.actions.link(action_id, self.parts.actions.of_theme(row["theme"], since), self.members[row["by"]])

    def _publish(self, action_id: UUID) -> None:
        tom, found = self.members["tom"], self._found(action_id)
        linked = self.parts.actions.records.linked(action_id, with_safeguarding=False, limit=_PAGE)
        of_one = [passage.id for card in linked.cards if len(card.passages) == 1 for passage in card.passages]
        fresh = [each for each in of_one if each in linked.quotable and each not in self.quoted]
        for passage_id in fresh[:1]:
            self.parts.actions.quote(found, passage_id, tom, quoted=True)
            self.quoted.add(passage_id)
        self.parts.actions.publish(found, uuid4(), tom)

    def _ask(self, action_id: UUID, row: Mapping[str, Any]) -> None:
        asks = self.parts.rooms.action_requests
        if asks is not None:
            asks.ask(self._found(action_id), Wish.PUBLISH, self.members[row["by"]], row["ask"])

    def _tell(self, action_id: UUID) -> None:
        telling = self.parts.rooms.telling
        if telling is not None and telling.plan(self._found(action_id)).going:
            telling.start(self._found(action_id), self.members["tom"])

    def _found(self, action_id: UUID) -> Action:
        return self.parts.actions.find(action_id, with_safeguarding=False)

    # --- passed on ---

    def _passing(self, row: Mapping[str, Any]) -> Iterator[Plan]:
        passing_id = uuid4()
        yield self._day(row["days"]), partial(self._pass_on, passing_id, row)
        if row.get("answer"):
            yield self._day(row["days"]) + _ANSWERED_AFTER, partial(self._answer, passing_id, row)

    def _pass_on(self, passing_id: UUID, row: Mapping[str, Any]) -> None:
        """The newest that may be: a month that is short may hold none."""
        use, member, kind = self.parts.passing, self.members[row["by"]], Kind(row["kind"])
        known = {each.experience_id for each in use.newest(member)}
        cards = self.store.inbox(InboxFilter(open_only=False, with_safeguarding=False), size=_PAGE).cards
        for card in sorted(cards, key=lambda each: each.opened_at, reverse=True):
            to = next((each for each in use.open_to(card) if each.name == row["to"]), None)
            view = self.store.experience(card.reference)
            if card.id in known or to is None or view is None or use.bar(view.card, kind) is not None:
                continue
            wanted = Wanted(
                id=passing_id,
                kind=kind,
                recipient_id=to.id,
                passages=frozenset(each.id for each in offered(view.card, kind)),
                answer_to=self.table["answer_to"],
                note=row["note"],
                due_on=self.hours.today(self.clock.now()) + _DUE,
                tell=kind is Kind.PRAISE,
            )
            use.send(view, member, wanted)
            self.work()
            return

    def _answer(self, passing_id: UUID, row: Mapping[str, Any]) -> None:
        member = self.members[row["by"]]
        found = self.parts.passing.records.passing(passing_id, with_safeguarding=False)
        if found is not None:
            self.parts.passing.write_answer(found, member, row["answer"])

    # --- long work ---

    def _bring_in(self, which: str, *, begin: bool) -> None:
        table = self.table["import"]
        sheet = io.StringIO(newline="")
        day = self.hours.today(self.end - timedelta(days=14)).isoformat()
        rows = ([cell.replace("{day}", day) for cell in row] for row in table[which])
        csv.writer(sheet).writerows([table["columns"], *rows])
        member, use = self.members[table["by"]], self.parts.imports
        today = self.hours.today(self.clock.now())
        content = sheet.getvalue().encode()
        job, _ = use.bring(iter([content]), table["name"], ending=".csv", member=member, today=today)
        self.work()
        if not begin:
            return
        when, where, words = table["columns"]
        use.choose(self._job(job, member), {"date": when, "place": where, "text": words})
        use.begin(self._job(job, member))
        self.work()

    def _job(self, job: Job, member: StaffMember) -> Job:
        return self.parts.imports.jobs.mine(job.id, member)

    def _export(self) -> None:
        member = self.members[self.table["import"]["by"]]
        wanted = InboxFilter(open_only=False, with_safeguarding=False, themes=("transport",))
        self.parts.exports.ask(member, what="experiences", form="csv", wanted=wanted, once=uuid4())
        self.work()
