"""Reads the forms of a task: another day, an outcome, somebody to give it to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from werkzeug.exceptions import BadRequest

from bot.review import LONGEST_WHY
from bot.tasks import LONGEST_OUTCOME, Show
from staff.forms import Errors, Form
from staff.marks import cleaned

_NUMBER = re.compile(r"\d{1,4}", re.ASCII)


def read_show(args: Form) -> Show:
    """From an address; an old bookmark still opens the list."""
    wanted = args.get("show", "")
    return Show(wanted) if wanted in set(Show) else Show.OPEN


def read_member(form: Form) -> UUID:
    try:
        return UUID(form.get("to", ""))
    except ValueError as error:
        raise BadRequest from error


@dataclass(frozen=True, slots=True)
class Move:
    """Another day, and why. ``given`` is what was typed, for the form to show again."""

    day: date | None
    why: str
    tell: bool
    given: Mapping[str, str]
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> Move:
        given = {name: cleaned(form.get(name, "")).strip() for name in ("day", "month", "year")}
        why = " ".join(cleaned(form.get("why", "")).split())
        day, errors = _day(given), {}
        if day is None:
            errors["day"] = "date_wrong" if all(given.values()) else "date_empty"
        if not why or len(why) > LONGEST_WHY:
            errors["why"] = "why_long" if why else "moved_why_empty"
        return cls(day, why, "tell" in form, given, errors)

    def refused(self) -> Move:
        """The day lies in the past, or too far ahead."""
        return replace(self, errors={"day": "date_past"})


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it, in the words of whoever did it."""

    outcome: str
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> Done:
        outcome = cleaned(form.get("outcome", "")).strip()
        if not outcome:
            return cls(outcome, {"outcome": "outcome_empty"})
        return cls(outcome, {"outcome": "details_long"} if len(outcome) > LONGEST_OUTCOME else {})


def _day(given: Mapping[str, str]) -> date | None:
    if not all(_NUMBER.fullmatch(part) for part in given.values()):
        return None
    try:
        return date(int(given["year"]), int(given["month"]), int(given["day"]))
    except ValueError:
        return None
