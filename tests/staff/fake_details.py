"""What the site asks of the audit trail, of sealed words and of what is passed on, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from bot.conversation import Purpose
from bot.heard import Polarity
from bot.hours import Hours
from bot.model import ChannelName
from bot.originals import Original
from bot.passing_letters import PassingLetters
from bot.passing_on import EMAIL, Kind, NewPassing, Passing, PassingWork, Recipient, Telling
from bot.ports import Channel, Clock
from bot.records import NewOutbound, StaffMember
from bot.sending_on import SendingOn
from bot.talks_held import TalkRecords
from bot.trail import READ, Exported, Found, TrailLine
from bot.wall import is_with_safeguarding
from channels.manual import Manual
from tests.staff.fakes import NOW, FakeStore, made_id, replies_to_comments


@dataclass
class FakeTrail:
    """Of every experience the same lines, and what was read since."""

    store: FakeStore
    read: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)

    def note(self, experience_id: UUID, member: StaffMember, sitting: UUID, now: datetime) -> None:
        line = (experience_id, member.id, sitting)
        if line not in self.read:
            self.read.append(line)

    def find(self, reference: str) -> Found | None:
        view = self.store.experience(reference)
        if view is None:
            return None
        card = view.card
        return Found(
            id=card.id, reference=card.reference, opened_at=card.opened_at, is_with_safeguarding=is_with_safeguarding(card)
        )

    def lines(self, experience_id: UUID, *, alerts: bool, limit: int) -> tuple[TrailLine, ...]:
        return self.lines_of_alert(experience_id, limit=limit)

    def lines_of_alert(self, alert_id: UUID, *, limit: int) -> tuple[TrailLine, ...]:
        return (
            TrailLine(at=NOW, who="person", action="show_my_data", of_team=False),
            TrailLine(at=NOW, who="Jo Pascoe", action="open_original", why="<b>To put a name right</b>"),
            TrailLine(at=NOW - timedelta(hours=1), who="Jo Pascoe", action=READ),
            TrailLine(at=NOW - timedelta(days=1), who="operator:" + "sam" * 30, action="something_new", of_team=False),
        )

    def exports(self, experience_id: UUID, since: datetime, *, limit: int) -> tuple[Exported, ...]:
        return tuple(Exported(at=NOW, who="operator:sam", what=what) for what in ("messages", "campaign:strategy", "newly"))


@dataclass
class FakeOriginals:
    words: tuple[Original, ...] = (
        Original(at=NOW, text="<i>Ring me</i> 07700 900123", before="Ring me"),
        Original(at=NOW, text=None),
        Original(at=NOW, text=" ", taken_back=True),
        Original(at=NOW, text="Ring me, and my uncle too", removed=True),
    )

    def originals(self, experience_id: UUID, *, taken_back: bool) -> tuple[Original, ...]:
        return self.words


YEOVIL = Recipient(id=made_id("yeovil"), name="Yeovil school transport", email="transport@council.example", thanks=2, requests=1)


def a_passing(name: str, **more: object) -> Passing:
    usual: dict[str, object] = {
        "id": made_id(name),
        "kind": Kind.REQUEST,
        "reference": "FALCON 231",
        "experience_id": made_id("FALCON 231"),
        "recipient_id": YEOVIL.id,
        "recipient": YEOVIL.name,
        "email": YEOVIL.email,
        "by": "Jo Pascoe",
        "at": NOW,
        "state": "sent",
        "outbound_id": made_id(f"mail of {name}"),
        "due_on": NOW.date(),
        "text": "To: Yeovil school transport\n\n> <b>Nobody</b> told us",
    }
    return Passing(**{**usual, **more})  # type: ignore[arg-type] # as a test gives them


@dataclass
class FakePassing:
    """Two teams, what was passed on to them, and a transaction that keeps what is done."""

    store: FakeStore
    known: list[Recipient] = field(default_factory=lambda: [YEOVIL])
    kept: list[Passing] = field(default_factory=list)

    def recipients(self) -> tuple[Recipient, ...]:
        return tuple(self.known)

    def add_recipient(self, recipient: Recipient, member: StaffMember, now: datetime) -> None:
        self.known.append(recipient)

    def retire_recipient(self, recipient_id: UUID, member: StaffMember, now: datetime) -> bool:
        before = len(self.known)
        self.known = [each for each in self.known if each.id != recipient_id]
        return len(self.known) < before

    def of_experience(self, experience_id: UUID) -> tuple[Passing, ...]:
        return tuple(each for each in self.kept if each.experience_id == experience_id)

    def passing(self, passing_id: UUID, *, with_safeguarding: bool) -> Passing | None:
        return next((each for each in self.kept if each.id == passing_id), None)

    def newest(self, *, with_safeguarding: bool, limit: int) -> tuple[Passing, ...]:
        return tuple(self.kept)

    def answers_went_to(self, staff_id: UUID) -> str:
        return "01935 000000"

    def to_tell(self) -> Passing | None:
        return None

    def to_call_back(self) -> Passing | None:
        return None

    def of_mail(self, outbound_id: UUID) -> tuple[Passing, bool] | None:
        return None

    @contextmanager
    def transaction(self) -> Iterator[PassingWork]:
        yield cast("PassingWork", self)

    def add_passing(self, new: NewPassing, now: datetime) -> bool:
        if any(each.id == new.id for each in self.kept):
            return False
        self.kept.append(a_passing("new", id=new.id, kind=new.kind, experience_id=new.experience_id, due_on=new.due_on))
        return True

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        return self.store.enqueue(outbound, now)

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        self.store.audit(who=who, action=action, record=record, why=why, now=now)

    def answer_passing(self, passing_id: UUID, staff_id: UUID, answer: str, now: datetime) -> bool:
        self._change(passing_id, answer=answer, answered_at=now, answered_by="Jo Pascoe")
        return True

    def has_left(self, outbound_id: UUID) -> bool:
        return True

    def call_off(self, outbound_id: UUID, now: datetime) -> bool:
        return False

    def call_passing_back(
        self, passing_id: UUID, staff_id: UUID | None, outbound_id: UUID | None, outcome: str, now: datetime
    ) -> bool:
        self._change(passing_id, called_back_at=now, called_back_by="Jo Pascoe", back_state="pending")
        return True

    def _change(self, passing_id: UUID, **changes: object) -> None:
        self.kept = [replace(each, **changes) if each.id == passing_id else each for each in self.kept]  # type: ignore[arg-type]


@dataclass(frozen=True)
class NoTalks:
    """Nobody can be told."""

    def talk(self, reference: str) -> None:
        return None


def sending_on(records: FakePassing, clock: Clock, *, mail: bool = True) -> SendingOn:
    return SendingOn(
        records=records,
        talks=cast("TalkRecords", NoTalks()),
        store=records.store.as_store(),
        work=records,
        letters=PassingLetters.load(),
        replies=replies_to_comments(),
        channels=cast("dict[ChannelName, Channel]", {EMAIL: Manual(EMAIL)} if mail else {}),
        hours=Hours.load(),
        clock=clock,
        new_id=uuid4,
    )


def fill_passing(records: FakePassing) -> None:
    """One in each state a page must be able to show; FALCON 231 may be passed on."""
    view = records.store.experiences["FALCON 231"]
    agreed = {Purpose.WORDS_IN_PUBLIC: True}
    passages = tuple(replace(passage, polarity=Polarity.GOOD) for passage in view.card.passages)
    card = replace(view.card, consents=agreed, passages=passages, doubtful=False, read_at=NOW, read_by="Jo Pascoe")
    records.store.put(replace(view, card=card))
    records.kept = [
        a_passing("failed", state="failed", error="There is no such mailbox.", experience_id=card.id),
        a_passing("asked", experience_id=card.id, task_id=made_id("a task")),
        a_passing("answered", experience_id=card.id, answer="<i>Yes</i>", answered_at=NOW, answered_by="Jo Pascoe"),
        a_passing("thanked", kind=Kind.PRAISE, experience_id=card.id, telling=Telling.TOLD, due_on=None),
        a_passing("back", experience_id=card.id, called_back_at=NOW, called_back_by="Jo Pascoe", back_state="sent", text=""),
    ]
