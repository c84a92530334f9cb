"""Reads the form of a milestone: what it is, its day, and for a whole theme which one and since when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

from werkzeug.exceptions import BadRequest

from bot.milestones import Fault, MilestoneKind, NewMilestone
from staff.forms import Errors, Form
from staff.marks import cleaned

FIELDS = ("id", "kind", "day", "month", "year", "theme", "since_day", "since_month", "since_year")
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_FAULTS = {
    Fault.DAY_TO_COME: ("day", "date_future"),
    Fault.DAY_GONE: ("day", "date_gone"),
    Fault.NO_THEME: ("theme", "theme_empty"),
    Fault.NO_SINCE: ("since_day", "date_future"),
}


@dataclass(frozen=True, slots=True)
class MilestoneForm:
    """``given``: what stands in the fields, as typed. ``milestone`` is there when it can be read."""

    given: Mapping[str, str]
    milestone: NewMilestone | None = None
    errors: Errors = field(default_factory=dict)

    @classmethod
    def fresh(cls, today: date) -> MilestoneForm:
        usual = {"day": str(today.day), "month": str(today.month), "year": str(today.year)}
        return cls({**dict.fromkeys(FIELDS, ""), **usual, "id": str(uuid4())})

    @classmethod
    def read(cls, form: Form, *, experience_id: UUID | None = None) -> MilestoneForm:
        """For that experience; None: for a whole theme."""
        given = {name: cleaned(form.get(name, "")).strip() for name in FIELDS}
        errors: dict[str, str] = {}
        if given["kind"] not in tuple(MilestoneKind):
            errors["kind"] = "milestone_empty"
        day = _day(given, "", errors)
        since = None
        if experience_id is None:
            since = _day(given, "since_", errors)
        if errors or day is None:
            return cls(given, None, dict(sorted(errors.items(), key=lambda error: FIELDS.index(error[0]))))
        new = NewMilestone(
            id=_id(given["id"]),
            kind=MilestoneKind(given["kind"]),
            day=day,
            experience_id=experience_id,
            theme=given["theme"] if experience_id is None else None,
            since=since,
        )
        return cls(given, new)

    def refused(self, fault: Fault) -> MilestoneForm:
        name, code = _FAULTS[fault]
        return replace(self, errors={name: code})


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise BadRequest from error


def _day(given: Mapping[str, str], prefix: str, errors: dict[str, str]) -> date | None:
    parts = [given[f"{prefix}{name}"] for name in ("year", "month", "day")]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        errors[f"{prefix}day"] = "date_empty"
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        errors[f"{prefix}day"] = "date_wrong"
        return None
