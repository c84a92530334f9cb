"""What a talk has used of its budgets, and what the inbox made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from bot.cards import ExperienceCard
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address, ChannelName, ChannelTraits
from bot.ports import Clock, Store
from bot.records import ChatLine
from bot.review import tags
from bot.script import Script
from bot.themes import Taxonomy
from bot.wall import open_alert
from channels.segments import measure
from demo.asking import is_counted, question_of
from demo.talks import PARENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """Used and allowed. ``segments`` is None where a channel has none; ``window`` where it has not opened.

    ``has_window``: whether there is such a thing here at all. ``until``: when it shuts, or shut.
    """

    messages: int
    max_messages: int
    questions: int
    max_questions: int
    segments: int | None
    max_segments: int
    window: timedelta | None
    has_window: bool = False
    until: datetime | None = None

    @property
    def window_minutes(self) -> int | None:
        return None if self.window is None else max(int(self.window.total_seconds() // 60), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """``sureness`` is the word of ``bot.review``, or empty for what a person said."""

    label: str
    sureness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """``alert``: how far its gravest alert is (``waits``, ``taken``, ``closed``), or empty where there is none."""

    reference: str
    promised_on: date
    risk: str
    alert: str
    read: bool
    needs_translation: bool
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCount:
    """``waiting``: experiences nobody has read; ``alerts``: those among them to be read first."""

    waiting: int
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    store: Store
    clock: Clock
    script: Script
    taxonomy: Taxonomy
    contacts: dict[tuple[Address, int], UUID] = field(default_factory=dict)
    """Who had an address when the newest line of its talk was this: after an erasure it is somebody new."""

    def lines(self, address: Address, channel: ChannelName) -> tuple[ChatLine, ...]:
        """The talk as the store has it, both directions, oldest first."""
        return self.store.chat_lines(address, after=0, channels=(channel,))

    def card_of(self, address: Address, lines: Sequence[ChatLine]) -> ExperienceCard | None:
        """The newest experience of whoever has this address and holds this talk."""
        if not lines:
            return None
        at = (address, lines[-1].seq)
        if at not in self.contacts:
            with self.store.transaction() as tx:
                self.contacts[at] = tx.hold_contact(address, (), locale=ENGLISH, now=self.clock.now()).id
        return self.store.status_of(self.contacts[at])

    def meters(self, lines: Sequence[ChatLine], card: ExperienceCard | None, traits: ChannelTraits) -> Meters:
        ours = [line for line in lines if line.sender != PARENT and card is not None and line.at >= card.opened_at]
        asked = {question_of(line.key, self.script.questions) for line in ours} - {None}
        heard_at = max((line.at for line in lines if line.sender == PARENT), default=None)
        until = None if traits.service_window is None or heard_at is None else heard_at + traits.service_window
        return Meters(
            messages=sum(is_counted(line.key) for line in ours),
            max_messages=self.script.max_messages,
            questions=len(asked),
            max_questions=self.script.max_questions,
            segments=sum(measure(line.text).segments for line in ours if is_counted(line.key))
            if traits.counts_segments
            else None,
            max_segments=self.script.max_segments,
            window=None if until is None else until - self.clock.now(),
            has_window=traits.service_window is not None,
            until=until,
        )

    def card(self, card: ExperienceCard) -> Card:
        return Card(
            reference=card.reference,
            promised_on=card.promised_on,
            risk=card.risk.word if card.risk else "",
            alert=_alert(card),
            read=card.read_at is not None,
            needs_translation=card.needs_translation,
            tags=tuple(
                dict.fromkeys(
                    Tag(label=self.label(tag.theme), sureness=tag.sureness or "")
                    for passage in card.passages
                    for tag in tags(passage)
                )
            ),
        )

    def inbox(self) -> InboxCount:
        """An alert nobody has taken is called again every few minutes: within a day every one of them is due."""
        page = self.store.inbox(InboxFilter(), size=1)
        return InboxCount(waiting=page.open_count, alerts=len(self.store.alerts_due(self.clock.now() + timedelta(days=1))))

    def label(self, theme: str) -> str:
        known = self.taxonomy.themes.get(theme)
        return known.label[ENGLISH] if known else theme


def _alert(card: ExperienceCard) -> str:
    waiting = open_alert(card)
    if waiting is not None:
        return "taken" if waiting.taken_by else "waits"
    return "closed" if card.alerts else ""
