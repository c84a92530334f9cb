"""Words as staff change them, without a store: a desk over the files, and records in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from bot.errors import NotFound
from bot.model import ENGLISH, Locale
from bot.records import StaffMember
from bot.word_desk import Board, WordDesk
from bot.word_versions import FILES, BadVersion, Change, Draft, Place, Signature, Version
from bot.wording import Wording
from tests.bot.sayings import CHECKS, WORDING

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PL = Locale("pl")
KEPT, DANGER = "kept.plain", "danger.life_now.open"
OURS = "Thank you. We have kept what you sent."


def member(role: str = "publisher") -> StaffMember:
    return StaffMember(id=UUID(int=len(role)), name="Jo Pascoe", username="jo", role=role, mobile=None, password_hash="")


@dataclass
class FakeRecords:
    """Versions and drafts; ``damaged`` are the numbers of rows that cannot be read; ``taken``: somebody is always quicker."""

    rows: dict[int, Version] = field(default_factory=dict)
    proposed: dict[Place, Draft] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    taken: bool = False
    looks: int = 0
    reads: int = 0

    def latest(self) -> int:
        self.looks += 1
        return max(self.rows, default=FILES)

    def version(self, number: int) -> Version:
        self.reads += 1
        if number in self.damaged:
            raise BadVersion
        if number not in self.rows:
            raise NotFound
        return self.rows[number]

    def versions(self) -> Sequence[tuple[int, Version | None]]:
        return [(number, None if number in self.damaged else self.rows[number]) for number in sorted(self.rows, reverse=True)]

    def drafts(self) -> Sequence[Draft]:
        return [self.proposed[place] for place in sorted(self.proposed)]

    def propose(self, drafts: Collection[Draft], *, drop: Collection[Place], by_id: UUID, now: datetime) -> None:
        self.proposed |= {draft.place: draft for draft in drafts}
        for place in drop:
            self.proposed.pop(place, None)

    def publish(self, version: Version, *, drop: Collection[Place]) -> bool:
        if self.taken or version.number in self.rows:
            return False
        self.rows[version.number] = version
        for place in drop:
            self.proposed.pop(place, None)
        return True


class StillClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class WordScene:
    """A desk and what is told of it: ``proposes``, ``publishes``, ``says``."""

    base: Wording = WORDING
    records: FakeRecords = field(default_factory=FakeRecords)

    @property
    def desk(self) -> WordDesk:
        return WordDesk(base=self.base, records=self.records, checks=CHECKS, clock=StillClock())

    @property
    def board(self) -> Board:
        return self.desk.board()

    def proposes(self, text: str | None, *, key: str = KEPT, locale: Locale = ENGLISH, channel: str = "text") -> None:
        self.desk.propose(member("reviewer"), locale, key, {channel: text})

    def publishes(self, *, role: str = "publisher", why: str = "Clearer.", signed: dict[Locale, str] | None = None) -> int:
        board = self.board
        chosen = [draft.place for draft in board.drafts]
        seen = self.desk.edition(board, chosen).seen
        return self.desk.publish(member(role), chosen, why=why, seen=seen, signed=signed or {}, today=TODAY)

    def goes_back(self, number: int, why: str = "As it was.") -> int:
        seen = self.desk.back_to(self.board, number).seen
        return self.desk.go_back(member(), number, why=why, seen=seen)

    def says(self, key: str = KEPT, locale: Locale = ENGLISH) -> str:
        return self.board.now.tongues[locale].texts[key]["text"]


def made(number: int, *changes: Change, signatures: dict[Locale, Signature] | None = None) -> Version:
    return Version(number=number, at=NOW, by_id=UUID(int=1), why="Tried.", changes=changes, signatures=signatures or {})


def change(text: str = OURS, *, key: str = KEPT, locale: Locale = ENGLISH, channel: str = "text", english: str = "") -> Change:
    return Change(locale=locale, key=key, channel=channel, text=text, english=english)
