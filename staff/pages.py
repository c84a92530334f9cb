"""What the inbox and the experience page show, worked out of what the store gave: no words for staff stand here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.alert_records import AlertView, LooseAlert
from bot.cards import DecisionView, ExperienceCard, ExperienceView, PassageView
from bot.heard import Polarity
from bot.inbox import InboxPage
from bot.loose import BehindTheWall
from bot.review import SPAM, THREAT, Sureness, Tag, Voice, is_read, newest_words, tags, taken_off
from bot.themes import Taxonomy, Theme
from bot.wall import is_with_safeguarding, needs_outcome, open_alert
from staff.marks import Piece, first_mark, pieces

_EXCERPT = 280
"""Characters of a parent's words on a card of the inbox."""
_CHIPS = 3
"""Tags on a card of the inbox; the rest are counted."""


class Promise(StrEnum):
    """How a promised day stands."""

    KEPT = "kept"
    READ_LATE = "read_late"
    LATE = "late"
    TODAY = "today"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Leaf:
    """The promised day as a calendar leaf. ``days`` from today to it, or from it to today, or to the day it was read."""

    state: Promise
    day: date
    days: int

    @classmethod
    def of(cls, card: ExperienceCard, *, today: date, zone: ZoneInfo) -> Leaf:
        promised = card.promised_on
        if card.read_at is not None:
            read_on = card.read_at.astimezone(zone).date()
            late = (read_on - promised).days
            return cls(Promise.READ_LATE, read_on, late) if late > 0 else cls(Promise.KEPT, read_on, 0)
        ahead = (promised - today).days
        if ahead < 0:
            return cls(Promise.LATE, promised, -ahead)
        return cls(Promise.AHEAD if ahead else Promise.TODAY, promised, ahead)


# --- the inbox ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCard:
    """A card of the inbox. ``more`` counts the tags that found no room; ``marked`` are words searched for, casefolded."""

    card: ExperienceCard
    words: str
    tags: tuple[Tag, ...]
    more: int
    leaf: Leaf
    alert: AlertView | None
    needs_outcome: bool
    is_with_safeguarding: bool
    marked: frozenset[str] = frozenset()

    @property
    def is_threat(self) -> bool:
        """A threat or hate against somebody: its words stand in no list."""
        return any(task.kind == THREAT for task in self.card.tasks)

    @property
    def is_doubted(self) -> bool:
        """It looks like spam, and nobody has said that it is a family."""
        return any(task.kind == SPAM and task.done_at is None for task in self.card.tasks)

    @property
    def is_partly_tagged(self) -> bool:
        return _is_partly_tagged(self.card)

    @classmethod
    def of(cls, card: ExperienceCard, *, today: date, zone: ZoneInfo, marked: frozenset[str] = frozenset()) -> InboxCard:
        shown = _each_theme_once(card.passages)
        return cls(
            card=card,
            words=_excerpt(" … ".join(passage.text for passage in card.passages), marked),
            tags=shown[:_CHIPS],
            more=max(0, len(shown) - _CHIPS),
            leaf=Leaf.of(card, today=today, zone=zone),
            alert=open_alert(card),
            needs_outcome=needs_outcome(card),
            is_with_safeguarding=is_with_safeguarding(card),
            marked=marked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands above the cards: loose alerts for those who handle them; for others how much is with safeguarding, and
    since when.
    """

    loose: tuple[LooseAlert, ...] = ()
    count: int = 0
    since: datetime | None = None

    @classmethod
    def of(cls, page: InboxPage, loose: tuple[LooseAlert, ...] | BehindTheWall) -> Behind:
        if not isinstance(loose, BehindTheWall):
            return cls(loose=loose)
        since = [moment for moment in (page.hidden_since, loose.since) if moment is not None]
        return cls(count=page.hidden + loose.count, since=min(since, default=None))


def _is_partly_tagged(card: ExperienceCard) -> bool:
    """Whether the tagger had something to say: what needs translation then is not the whole."""
    return any(passage.suggestions for passage in card.passages)


def _each_theme_once(passages: Sequence[PassageView]) -> tuple[Tag, ...]:
    """What people decided first, then by sureness."""
    order = [Voice.STAFF, Voice.PARENT, Voice.TAGGER]
    everything = [tag for passage in passages for tag in tags(passage)]
    everything.sort(key=lambda tag: (order.index(tag.voice), list(Sureness).index(tag.sureness or Sureness.SURE)))
    return tuple({tag.theme: tag for tag in reversed(everything)}.values())[::-1]


def _excerpt(text: str, marked: frozenset[str] = frozenset()) -> str:
    """From the beginning, or from a little before the first word that was searched for."""
    start = first_mark(text, marked)
    if start > _EXCERPT // 2:
        text = "… " + text[start - _EXCERPT // 4 :].split(" ", 1)[-1]
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rsplit(" ", 1)[0] + " …"


# --- the experience -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A tag beside its words. ``number`` is written at its evidence too; a tag without evidence has none."""

    tag: Tag
    label: str
    number: int | None
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChoice:
    """One theme in the list of all. Those that stand already are ticked above, among the marks."""

    theme: Theme
    is_standing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagePage:
    passage: PassageView
    position: int
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    off: tuple[tuple[str, DecisionView], ...]
    groups: tuple[tuple[str, tuple[ThemeChoice, ...]], ...]

    @property
    def polarity(self) -> Polarity:
        return self.passage.polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperiencePage:
    """``guide`` holds the themes that stand; ``seen`` is the ``seq`` of the parent's newest line.

    ``is_read`` is false again when the parent has written since it was read.
    """

    view: ExperienceView
    passages: tuple[PassagePage, ...]
    guide: tuple[Theme, ...]
    leaf: Leaf
    seen: int
    is_read: bool

    @property
    def card(self) -> ExperienceCard:
        return self.view.card

    @property
    def is_partly_tagged(self) -> bool:
        return _is_partly_tagged(self.card)

    @property
    def is_translated(self) -> bool:
        """Whether staff have said what some of it means."""
        return any(page.passage.translated for page in self.passages)

    @property
    def tag_count(self) -> int:
        return sum(len(page.marks) for page in self.passages)

    @property
    def is_decided(self) -> bool:
        """Whether staff have spoken on every tag that stands."""
        return all(mark.tag.voice == Voice.STAFF for page in self.passages for mark in page.marks)

    @classmethod
    def of(
        cls, view: ExperienceView, *, taxonomy: Taxonomy, label: Callable[[str], str], now: datetime, zone: ZoneInfo
    ) -> ExperiencePage:
        number = 0
        pages = []
        for position, passage in enumerate(view.card.passages, start=1):
            page = _passage_page(passage, position=position, after=number, taxonomy=taxonomy, label=label)
            number = max([number, *(mark.number for mark in page.marks if mark.number)])
            pages.append(page)
        standing = dict.fromkeys(mark.tag.theme for page in pages for mark in page.marks)
        return cls(
            view=view,
            passages=tuple(pages),
            guide=tuple(taxonomy.themes[code] for code in standing if code in taxonomy.themes),
            leaf=Leaf.of(view.card, today=now.astimezone(zone).date(), zone=zone),
            seen=newest_words(view),
            is_read=is_read(view),
        )


def _passage_page(
    passage: PassageView, *, position: int, after: int, taxonomy: Taxonomy, label: Callable[[str], str]
) -> PassagePage:
    marks = []
    number = after
    for tag in tags(passage):
        number += bool(tag.evidence)
        quotes = tuple(dict.fromkeys(passage.text[start:end] for start, end in tag.evidence))
        marks.append(Mark(tag=tag, label=label(tag.theme), number=number if tag.evidence else None, quotes=quotes))
    standing = {mark.tag.theme for mark in marks}
    return PassagePage(
        passage=passage,
        position=position,
        pieces=pieces(passage.text, {mark.number: mark.tag.evidence for mark in marks if mark.number}),
        marks=tuple(marks),
        off=tuple((label(decision.theme), decision) for decision in taken_off(passage)),
        groups=tuple(
            (
                taxonomy.group_label(group),
                tuple(ThemeChoice(theme=theme, is_standing=theme.code in standing) for theme in themes),
            )
            for group, themes in taxonomy.by_group()
        ),
    )
