"""What is with safeguarding, and who may see and handle it: the wall between an alert and everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.alert_records import AlertView
from bot.cards import ExperienceCard
from bot.errors import BotError
from bot.records import StaffMember

_TASKS_TO_REACH = frozenset({"call_back", "my_data"})


class NotYours(BotError):  # noqa: N818 - a refusal is named for what was refused
    """This is for the safeguarding lead."""


class NotYourRole(BotError):  # noqa: N818 - a refusal is named for what was refused
    """This page is not for your role."""


class Role(StrEnum):
    """What a staff member is here for. Viewers read. Reviewers decide and answer. Publishers, and admins, also publish the
    words that families read. Safeguarding sees what is with safeguarding. Admins keep accounts and machinery and read nothing
    that families told; partners (the NHS, the parents' forum) see what is cleared for them.
    """

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"
    PARTNER = "partner"


AT_WORK = frozenset({Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING})
"""Who decides and answers, and is given what there is to do."""
STAND_IN = (Role.REVIEWER, Role.PUBLISHER)
"""Who handles alerts where a team has no safeguarding lead: an alert always has somebody to take it."""


def open_alert(card: ExperienceCard) -> AlertView | None:
    """The oldest alert of the gravest level that has no outcome yet."""
    waiting = [alert for alert in card.alerts if alert.outcome is None]
    return max(waiting, key=lambda alert: alert.level, default=None)


def needs_outcome(card: ExperienceCard) -> bool:
    """Whether an alert is open. A risk whose alert has not been linked yet counts as one."""
    return open_alert(card) is not None or (card.risk.needs_alert and not card.alerts)


def is_with_safeguarding(card: ExperienceCard) -> bool:
    """Whether an alert is open, or was closed as real and nobody has let the team see it since."""
    return needs_outcome(card) or any(alert.cleared_at is None for alert in card.alerts)


def may_handle_alerts(member: StaffMember, team: Iterable[StaffMember]) -> bool:
    """Safeguarding may. Where a team has nobody for it who has come in yet, those who answer families do."""
    if member.role == Role.SAFEGUARDING:
        return True
    if member.role not in STAND_IN:
        return False
    return not any(other.role == Role.SAFEGUARDING and other.is_here for other in team)


def at_work(team: Iterable[StaffMember]) -> tuple[StaffMember, ...]:
    """Those whom an experience or a task may be given to: with anybody else nobody would see to it."""
    return tuple(member for member in team if member.role in AT_WORK and member.is_here)


def may_publish(member: StaffMember) -> bool:
    """Everybody may read and propose words; whoever may publish them was given that by name."""
    return member.role in (Role.PUBLISHER, Role.ADMIN)


def may_reach(card: ExperienceCard, *, handles_alerts: bool) -> bool:
    """Whether a staff member may see how to reach the person: for an alert, or for a promise to call or to send."""
    if is_with_safeguarding(card):
        return handles_alerts
    return any(task.kind in _TASKS_TO_REACH and task.done_at is None for task in card.tasks)


def as_seen_by(cards: Iterable[ExperienceCard], *, handles_alerts: bool) -> tuple[ExperienceCard, ...]:
    """Cards as one staff member may read them, open alerts first. What others may not see is left out, whoever listed it."""
    mine = [card for card in cards if handles_alerts or not is_with_safeguarding(card)]
    return tuple(sorted(mine, key=lambda card: not needs_outcome(card)))
