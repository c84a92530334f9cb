"""What a message of the service was, told from the key of its wording: which question it put, whether it counts."""

from __future__ import annotations

from collections.abc import Collection

_PUTS = frozenset({"ask", "again"})
_VOLUNTEERED = frozenset({*_PUTS, "media", "close", "wellbeing"})
_FIRST_REPLIES = frozenset({"first.story", "first.young", "back.story", "kept.story", "language.unspoken"})


def question_of(key: str, questions: Collection[str]) -> str | None:
    """The question put by a message with this key (``reflect+ask.probe_bad`` puts ``probe``), or None."""
    group, _, name = key.rpartition("+")[2].partition(".")
    if group not in _PUTS:
        return group if group in questions else None
    return next((question for question in questions if name == question or name.startswith(f"{question}_")), None)


def is_counted(key: str) -> bool:
    """Whether it is one of the few messages a talk may cost: the welcome to a bare hello, answers to commands and
    signposts are apart.
    """
    keys = key.split("+")
    return any(part in _FIRST_REPLIES or part.partition(".")[0] in _VOLUNTEERED for part in keys)
