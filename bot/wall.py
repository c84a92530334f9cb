"""What is with safeguarding, and who may see and handle it: the wall between an open alert and everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.errors import BotError
from bot.records import AlertView, ExperienceCard, StaffMember

_TASKS_TO_REACH = frozenset({"call_back", "my_data"})


class NotYours(BotError):  # noqa: N818 - a refusal is named for what was refused
    """This is for the safeguarding lead."""


class Role(StrEnum):
    """What a staff member is here for. Safeguarding and admins see what is with safeguarding; publishers and admins
    publish the words that families read.
    """

    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"


_FOR_ALERTS = (Role.SAFEGUARDING, Role.ADMIN)


def open_alert(card: ExperienceCard) -> AlertView | None:
    """The oldest alert of the gravest level that has no outcome yet."""
    waiting = [alert for alert in card.alerts if alert.outcome is None]
    return max(waiting, key=lambda alert: alert.level, default=None)


def is_with_safeguarding(card: ExperienceCard) -> bool:
    """Whether an alert is open. A risk whose alert has not been linked yet counts as one."""
    return open_alert(card) is not None or (card.risk.needs_alert and not card.alerts)


def may_handle_alerts(member: StaffMember, team: Iterable[StaffMember]) -> bool:
    """Safeguarding and admins may. Where a team has neither, everybody may: an alert always has somebody to take it."""
    if member.role in _FOR_ALERTS:
        return True
    return all(other.role not in _FOR_ALERTS or other.disabled_at is not None for other in team)


def may_publish(member: StaffMember) -> bool:
    """Everybody may read and propose words; whoever may publish them was given that by name."""
    return member.role in (Role.PUBLISHER, Role.ADMIN)


def may_reach(card: ExperienceCard, *, handles_alerts: bool) -> bool:
    """Whether a staff member may see how to reach the person: for an open alert, or for a promise to call or to send."""
    if is_with_safeguarding(card):
        return handles_alerts
    return any(task.kind in _TASKS_TO_REACH and task.done_at is None for task in card.tasks)


def as_seen_by(cards: Iterable[ExperienceCard], *, handles_alerts: bool) -> tuple[ExperienceCard, ...]:
    """Cards as one staff member may read them, open alerts first. What others may not see is left out, whoever listed it."""
    mine = [card for card in cards if handles_alerts or not is_with_safeguarding(card)]
    return tuple(sorted(mine, key=lambda card: not is_with_safeguarding(card)))
