"""What staff decide about an experience: its tags, its alerts, its tasks; and which tag stands when several have spoken.

The tagger's suggestions never change and decisions are only added, so the tag shown is computed each time. Staff
outrank the parent, the parent outranks the tagger, and of two words of the same rank the later one stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bot.errors import BotError, NotFound
from bot.model import Span
from bot.ports import Clock, Store, Transaction
from bot.records import (
    BY_PARENT,
    AlertView,
    DecisionView,
    ExperienceCard,
    ExperienceView,
    InboxFilter,
    NewDecision,
    PassageView,
    StaffMember,
)

LONGEST_OUTCOME = 2000
"""Characters a staff member may write about what came of an alert."""
LONGEST_WHY = 200
"""Characters of a staff member's reason to see how somebody is reached."""

_TASKS_TO_REACH = frozenset({"call_back", "my_data"})

_SURE_FROM = 0.8
_FAIRLY_SURE_FROM = 0.6


class NotYours(BotError):  # noqa: N818 - a refusal is named for what was refused
    """This is for the safeguarding lead."""


class UnknownTheme(BotError):  # noqa: N818 - the same
    """There is no such theme."""


class Role(StrEnum):
    """What a staff member is here for. Only a reviewer is kept away from what is with safeguarding."""

    REVIEWER = "reviewer"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"


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


# --- what is with safeguarding --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WithSafeguarding:
    """All that a reviewer is told of an experience with an open alert: since when."""

    since: datetime


def open_alert(card: ExperienceCard) -> AlertView | None:
    """The oldest alert of the gravest level that has no outcome yet."""
    waiting = [alert for alert in card.alerts if alert.outcome is None]
    return max(waiting, key=lambda alert: alert.level, default=None)


def is_with_safeguarding(card: ExperienceCard) -> bool:
    """Whether an alert is open. A risk whose alert has not been linked yet counts as one."""
    return open_alert(card) is not None or (card.risk.needs_alert and not card.alerts)


def may_handle_alerts(member: StaffMember, team: Iterable[StaffMember]) -> bool:
    """Safeguarding and admins may. Where a team has neither, everybody may: an alert always has somebody to take it."""
    if member.role != Role.REVIEWER:
        return True
    return all(other.role == Role.REVIEWER or other.disabled_at is not None for other in team)


def may_reach(card: ExperienceCard, *, handles_alerts: bool) -> bool:
    """Whether a staff member may see how to reach the person: for an open alert, or for a promise to call or to send."""
    if is_with_safeguarding(card):
        return handles_alerts
    return any(task.kind in _TASKS_TO_REACH and task.done_at is None for task in card.tasks)


def as_seen_by(cards: Iterable[ExperienceCard], *, handles_alerts: bool) -> tuple[ExperienceCard | WithSafeguarding, ...]:
    """Cards as one staff member may read them, open alerts first."""
    ordered = sorted(cards, key=lambda card: not is_with_safeguarding(card))
    return tuple(
        WithSafeguarding(_alert_since(card)) if is_with_safeguarding(card) and not handles_alerts else card for card in ordered
    )


def _alert_since(card: ExperienceCard) -> datetime:
    alert = open_alert(card)
    return alert.raised_at if alert else card.opened_at


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
    themes: frozenset[str]

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
        decisions = [decision for answer in answers for decision in self._new_decisions(view, member, answer, now)]
        is_read = newest_words(view) <= seen
        with self.store.transaction() as tx:
            for decision in decisions:
                tx.add_decision(decision)
            if decisions:
                self._audit(tx, member, "decide", f"experience:{view.card.id}", now)
            if is_read:
                self._mark_read(tx, view, member, now)
        yes = sum(decision.verdict for decision in decisions)
        return Reviewed(yes, len(decisions) - yes, is_read)

    def mark_read(self, view: ExperienceView, member: StaffMember, *, seen: int) -> bool:
        """Say that it was read. False when words came in that the reviewer had not been shown."""
        if newest_words(view) > seen:
            return False
        with self.store.transaction() as tx:
            self._mark_read(tx, view, member, self.clock.now())
        return True

    def take_alert(self, view: ExperienceView, alert_id: UUID, member: StaffMember) -> AlertView:
        """Say "I have this one". Returns the alert as it was: one that somebody already has stays theirs."""
        alert = self._alert(view, alert_id, member)
        if alert.taken_by is None and alert.outcome is None:
            now = self.clock.now()
            with self.store.transaction() as tx:
                tx.take_alert(alert_id, member.id, now)
                self._audit(tx, member, "take_alert", f"alert:{alert_id}", now)
        return alert

    def close_alert(self, view: ExperienceView, alert_id: UUID, member: StaffMember, outcome: str) -> None:
        """Record what came of an alert. An outcome that stands is not written over. ``outcome`` is 1 to 2,000 long."""
        alert = self._alert(view, alert_id, member)
        if alert.outcome is not None:
            return
        now = self.clock.now()
        with self.store.transaction() as tx:
            if alert.taken_by is None:
                tx.take_alert(alert_id, member.id, now)
            tx.close_alert(alert_id, member.id, outcome, now)
            self._audit(tx, member, "close_alert", f"alert:{alert_id}", now)

    def finish_task(self, view: ExperienceView, task_id: UUID, member: StaffMember) -> None:
        task = next((task for task in view.card.tasks if task.id == task_id), None)
        if task is None:
            raise NotFound
        if task.done_at is not None:
            return
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.finish_task(task_id, member.id, now)
            self._audit(tx, member, "finish_task", f"task:{task_id}", now)

    def ask_to_reach(self, view: ExperienceView, member: StaffMember, why: str) -> bool:
        """Keep who is to be shown how to reach the person, and why. False: nobody needs to reach them, or not this member.

        ``why`` is one line of 1 to 200 characters.
        """
        if not may_reach(view.card, handles_alerts=may_handle_alerts(member, self.store.all_staff())):
            return False
        with self.store.transaction() as tx:
            self._audit(tx, member, "reveal_address", f"experience:{view.card.id}", self.clock.now(), why)
        return True

    def next_to_read(self, reference: str, *, handles_alerts: bool) -> ExperienceCard | None:
        """The unread experience after this one in the inbox's order; past the end, the first. None: all are read.

        One with an alert that nobody has taken comes before all others.
        """
        page = self.store.inbox(InboxFilter())
        mine = [card for card in page.cards if handles_alerts or not is_with_safeguarding(card)]
        at = next((index for index, card in enumerate(mine) if card.reference == reference), -1)
        in_turn = [*mine[at + 1 :], *mine[: at + 1]]
        others = [card for card in in_turn if card.reference != reference]
        waiting = (card for card in others if any(alert.taken_by is None and alert.outcome is None for alert in card.alerts))
        return next(waiting, None) or next((card for card in others if card.read_at is None), None)

    def _new_decisions(self, view: ExperienceView, member: StaffMember, answer: Answer, now: datetime) -> list[NewDecision]:
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

    def _mark_read(self, tx: Transaction, view: ExperienceView, member: StaffMember, now: datetime) -> None:
        if is_read(view):
            return
        tx.mark_read(view.card.id, member.id, now)
        self._audit(tx, member, "mark_read", f"experience:{view.card.id}", now)

    def _audit(self, tx: Transaction, member: StaffMember, action: str, record: str, now: datetime, why: str = "") -> None:
        tx.audit(who=f"staff:{member.id}", action=action, record=record, why=why, now=now)


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
