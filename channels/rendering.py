"""Words and choices into parts a provider will carry: choices as numbered lines, signs folded for SMS, long texts split."""

from __future__ import annotations

from bot.outgoing import Choice, Part, Spoken
from channels.segments import BODY_LIMIT, fold, split

_UNSENDABLE = dict.fromkeys((0, *range(0xD800, 0xE000)))
"""NUL and halves of surrogate pairs: no provider's form can carry them, and they stand for nothing."""


def as_text(spoken: Spoken, *, limit: int = BODY_LIMIT) -> tuple[Part, ...]:
    """Parts of plain text, for a channel that shows no buttons. The choices stay together, under the last words."""
    return _parts(_clean(spoken.text), choice_lines(spoken.choices), limit)


def as_sms(spoken: Spoken, *, limit: int = BODY_LIMIT) -> tuple[Part, ...]:
    """The same with typographic signs folded, so that they cost no segments."""
    return _parts(fold(_clean(spoken.text)), fold(choice_lines(spoken.choices)), limit)


def choice_lines(choices: tuple[Choice, ...]) -> str:
    """``1 Yes``, ``2 No, team only``: each on its line."""
    return "\n".join(f"{number} {_clean(choice.label)}" for number, choice in enumerate(choices, start=1))


def _parts(text: str, choices: str, limit: int) -> tuple[Part, ...]:
    *before, last = split(text, limit)
    ending = split(f"{last}\n{choices}", limit) if choices else (last,)
    if len(ending) > 1:
        ending = (last, *split(choices, limit))
    return tuple(Part(part) for part in (*before, *ending))


def _clean(text: str) -> str:
    return text.translate(_UNSENDABLE)
