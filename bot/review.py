"""What staff decide about an experience: its tags, its alerts, its tasks; and which tag stands when several have spoken.

The tagger's suggestions never change and decisions are only added, so the tag shown is computed each time. Staff
outrank the parent, the parent outranks the tagger, and of two words of the same rank the later one stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.alert_records import AlertView
from bot.alerted import audit, clear, close, take
from bot.cards import BY_PARENT, DecisionView, ExperienceCard, ExperienceView, PassageView
from bot.days import ZONE
from bot.errors import BotError, NotFound
from bot.inbox import InboxFilter
from bot.model import Span
from bot.ports import Clock, Store, Transaction
from bot.records import NewDecision, StaffMember
from bot.wall import NotYours, as_seen_by, may_handle_alerts, may_reach

SPAM, THREAT = "spam", "threat"
"""Kinds of tasks that say what the words look like, until somebody has looked."""
LONGEST_OUTCOME = 2000
"""Characters a staff member may write about what came of an alert."""
LONGEST_WHY = 200
"""Characters of a staff member's reason to see how somebody is reached."""

_SURE_FROM = 0.8
_FAIRLY_SURE_FROM = 0.6


class UnknownTheme(BotError):  # noqa: N818 - a refusal is named for what was refused
    """There is no such theme."""


class Sureness(StrEnum):
    """How sure the tagger is, as a word: staff are never shown a percentage they would take for a measurement."""

    SURE = "sure"
    FAIRLY_SURE = "fairly_sure"
    PLEASE_CHECK = "please_check"

    @classmethod
    def of(cls, score: float) -> Sureness:
        if score >= _SURE_FROM:
            return cls.SURE
        return cls.FAIRLY_SURE if score >= _FAIRLY_SURE_FROM else cls.PLEASE_CHECK


class Voice(StrEnum):
    """Who a tag comes from, lowest rank first."""

    TAGGER = "tagger"
    PARENT = "parent"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One theme of one passage as it stands. ``evidence`` are spans of the passage; a tag nobody suggested has none."""

    theme: str
    voice: Voice
    sureness: Sureness | None = None
    evidence: tuple[Span, ...] = ()
    by: str | None = None
    at: datetime | None = None


def tags(passage: PassageView) -> tuple[Tag, ...]:
    """The tags that stand: the suggested ones in the tagger's order, then those that people added."""
    standing = _standing_decisions(passage.decisions)
    suggested = {suggestion.theme: suggestion for suggestion in passage.suggestions}
    shown = []
    for theme in dict.fromkeys([*suggested, *standing]):
        decision = standing.get(theme)
        if decision is not None and not decision.verdict:
            continue
        suggestion = suggested.get(theme)
        shown.append(
            Tag(
                theme=theme,
                voice=_voice(decision),
                sureness=Sureness.of(suggestion.score) if suggestion else None,
                evidence=suggestion.evidence if suggestion else (),
                by=decision.by if decision else None,
                at=decision.at if decision else None,
            )
        )
    return tuple(shown)


def taken_off(passage: PassageView) -> tuple[DecisionView, ...]:
    """The standing decisions that a suggested theme does not belong here."""
    suggested = {suggestion.theme for suggestion in passage.suggestions}
    standing = _standing_decisions(passage.decisions)
    return tuple(decision for theme, decision in standing.items() if theme in suggested and not decision.verdict)


def _standing_decisions(decisions: Sequence[DecisionView]) -> dict[str, DecisionView]:
    standing: dict[str, DecisionView] = {}
    for decision in decisions:
        before = standing.get(decision.theme)
        if before is not None and before.by != BY_PARENT and decision.by == BY_PARENT:
            continue
        standing[decision.theme] = decision
    return standing


def _voice(decision: DecisionView | None) -> Voice:
    if decision is None:
        return Voice.TAGGER
    return Voice.PARENT if decision.by == BY_PARENT else Voice.STAFF


# --- the acts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a staff member said of one passage: the themes they were ``shown`` as standing, and those they ``ticked``.

    A theme that was not shown to them is not refused by being left out.
    """

    passage_id: UUID
    shown: frozenset[str]
    ticked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came of it. ``is_read`` is false when words came in that the reviewer had not been shown."""

    yes: int
    no: int
    is_read: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The acts of staff on an experience. ``taxonomy`` is the version in force; ``themes`` are its codes."""

    store: Store
    clock: Clock
    taxonomy: str
    themes: AbstractSet[str]

    def accept(self, view: ExperienceView, member: StaffMember, *, passages: Collection[UUID], seen: int) -> Reviewed:
        """Say yes to every tag that stands on these passages."""
        standing = {passage.id: frozenset(tag.theme for tag in tags(passage)) for passage in view.card.passages}
        answers = [
            Answer(passage_id=passage_id, shown=themes, ticked=themes)
            for passage_id, themes in standing.items()
            if passage_id in passages
        ]
        return self.correct(view, member, answers=answers, seen=seen)

    def correct(self, view: ExperienceView, member: StaffMember, *, answers: Sequence[Answer], seen: int) -> Reviewed:
        """Add a decision for every theme these answers say something new about, and mark the experience as read.

        ``seen`` is the ``seq`` of the parent's newest line on the page that was answered. Raises ``NotFound`` for a
        passage of another experience and ``UnknownTheme`` for a theme that is neither in force nor on the passage.
        """
        now = self.clock.now()
        decisions = [decision for answer in answers for decision in self.new_decisions(view, member, answer, now)]
        with self.store.transaction() as tx:
            for decision in decisions:
                tx.add_decision(decision)
            if decisions:
                audit(tx, member, "decide", f"experience:{view.card.id}", now)
            is_read = self._mark_read(tx, view, member, seen=seen, now=now)
        yes = sum(decision.verdict for decision in decisions)
        return Reviewed(yes, len(decisions) - yes, is_read)

    def mark_read(self, view: ExperienceView, member: StaffMember, *, seen: int) -> bool:
        """Say that it was read. False when words came in that the reviewer had not been shown."""
        with self.store.transaction() as tx:
            return self._mark_read(tx, view, member, seen=seen, now=self.clock.now())

    def take_alert(self, view: ExperienceView, alert_id: UUID, member: StaffMember) -> bool:
        """Say "I have this one". False: somebody already has it, or it is closed."""
        return take(self.store, self._alert(view, alert_id, member), member, self.clock.now())

    def close_alert(self, view: ExperienceView, alert_id: UUID, member: StaffMember, outcome: str) -> bool:
        """Record what came of an alert. False: another outcome stands. ``outcome`` is 1 to 2,000 long."""
        return close(self.store, self._alert(view, alert_id, member), member, outcome, self.clock.now())

    def clear_alerts(self, view: ExperienceView, member: StaffMember, why: str) -> bool:
        """Let the team see a record whose alerts are closed. False: one is open, or they see it already."""
        if not may_handle_alerts(member, self.store.all_staff()):
            raise NotYours
        return clear(self.store, view.alerts, member, why, self.clock.now())

    def finish_task(self, view: ExperienceView, task_id: UUID, member: StaffMember) -> None:
        task = next((task for task in view.card.tasks if task.id == task_id), None)
        if task is None:
            raise NotFound
        if task.done_at is not None:
            return
        now = self.clock.now()
        with self.store.transaction() as tx:
            if tx.finish_task(task_id, member.id, now):
                audit(tx, member, "finish_task", f"task:{task_id}", now)

    def release(self, view: ExperienceView, member: StaffMember) -> None:
        """It is a family, and no spam: it goes back to what is to be read."""
        now = self.clock.now()
        doubts = [task for task in view.card.tasks if task.kind == SPAM and task.done_at is None]
        with self.store.transaction() as tx:
            for task in doubts:
                if tx.finish_task(task.id, member.id, now):
                    audit(tx, member, "release", f"task:{task.id}", now)

    def ask_to_reach(self, view: ExperienceView, member: StaffMember, why: str) -> bool:
        """Keep who is to be shown how to reach the person, and why. False: nobody needs to reach them, or not this member.

        ``why`` is one line of 1 to 200 characters.
        """
        if not may_reach(view.card, handles_alerts=may_handle_alerts(member, self.store.all_staff())):
            return False
        with self.store.transaction() as tx:
            audit(tx, member, "reveal_address", f"experience:{view.card.id}", self.clock.now(), why)
        return True

    def next_to_read(self, reference: str, *, handles_alerts: bool) -> ExperienceCard | None:
        """The unread experience after this one in the inbox's order; past the end, the first. None: all are read.

        One with an alert that nobody has taken comes before all others.
        """
        wanted = InboxFilter(with_safeguarding=handles_alerts, today=self.clock.now().astimezone(ZONE).date())
        mine = as_seen_by(self.store.inbox(wanted).cards, handles_alerts=handles_alerts)
        at = next((index for index, card in enumerate(mine) if card.reference == reference), -1)
        in_turn = [*mine[at + 1 :], *mine[: at + 1]]
        others = [card for card in in_turn if card.reference != reference]
        waiting = (card for card in others if any(alert.taken_by is None and alert.outcome is None for alert in card.alerts))
        first = next(waiting, None) or next((card for card in others if card.read_at is None), None)
        if first is not None:
            return first
        # a page of what was read and is still owed something may stand before it
        unread = as_seen_by(self.store.inbox(replace(wanted, promised_by=date.max)).cards, handles_alerts=handles_alerts)
        return next((card for card in unread if card.reference != reference), None)

    def new_decisions(self, view: ExperienceView, member: StaffMember, answer: Answer, now: datetime) -> list[NewDecision]:
        """What an answer adds. Raises ``NotFound`` and ``UnknownTheme`` as ``correct`` does."""
        passage = next((passage for passage in view.card.passages if passage.id == answer.passage_id), None)
        if passage is None:
            raise NotFound
        suggested = {suggestion.theme for suggestion in passage.suggestions}
        standing = _standing_decisions(passage.decisions)
        if not (answer.ticked | answer.shown) <= self.themes | suggested | standing.keys():
            raise UnknownTheme
        decisions = []
        for theme in sorted(answer.ticked | answer.shown):
            verdict = theme in answer.ticked
            decided = standing.get(theme)
            if decided is not None and decided.by != BY_PARENT and decided.verdict == verdict:
                continue
            decisions.append(
                NewDecision(
                    passage_id=passage.id,
                    theme=theme,
                    verdict=verdict,
                    staff_id=member.id,
                    why=_why(verdict=verdict, was_there=theme in suggested | standing.keys()),
                    taxonomy=self.taxonomy,
                    at=now,
                )
            )
        return decisions

    def _alert(self, view: ExperienceView, alert_id: UUID, member: StaffMember) -> AlertView:
        if not may_handle_alerts(member, self.store.all_staff()):
            raise NotYours
        alert = next((alert for alert in view.alerts if alert.id == alert_id), None)
        if alert is None:
            raise NotFound
        return alert

    def _mark_read(self, tx: Transaction, view: ExperienceView, member: StaffMember, *, seen: int, now: datetime) -> bool:
        if newest_words(view) > seen:
            return False
        if is_read(view):
            return True
        # The view is a moment old: only the store knows what has come in since.
        if not tx.mark_read(view.card.id, member.id, now, seen=seen):
            return False
        audit(tx, member, "mark_read", f"experience:{view.card.id}", now)
        return True


def newest_words(view: ExperienceView) -> int:
    """The ``seq`` of the parent's newest line; 0 when there is none."""
    return max((line.seq for line in view.talk if line.who == BY_PARENT), default=0)


def is_read(view: ExperienceView) -> bool:
    """Whether somebody has read it, and the parent has written nothing since."""
    read_at = view.card.read_at
    return read_at is not None and all(line.at <= read_at for line in view.talk if line.who == BY_PARENT)


def _why(*, verdict: bool, was_there: bool) -> str:
    if verdict:
        return "accepted" if was_there else "added"
    return "taken off"
