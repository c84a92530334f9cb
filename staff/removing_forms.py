"""The form by which one passage is removed: why, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from bot.removing import Why
from bot.review import LONGEST_WHY
from staff.marks import cleaned


@dataclass(frozen=True, slots=True)
class RemovalForm:
    """``reason`` is what they wrote where none of the listed ones fits. ``errors``: codes by field."""

    why: Why | None = None
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        given = form.get("why", "")
        why = Why(given) if given in set(Why) else None
        reason = " ".join(cleaned(form.get("reason", "")).split())
        if why is None:
            return cls(None, reason, {"why": "removal_why"})
        if why is Why.OTHER and not 0 < len(reason) <= LONGEST_WHY:
            return cls(why, reason, {"reason": "removal_reason"})
        return cls(why, reason if why is Why.OTHER else "")

    def repeating(self) -> Self:
        """It repeats the words that are to go."""
        return replace(self, errors={"reason": "removal_repeats"})
