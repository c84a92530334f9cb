"""From a posted page to what the person said: their own words, an answer pressed, or a word a button stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pages import PageWords
from bot.records import ChatLine
from channels.forms import TalkForm
from channels.screens import key_of

SAY = "say:"
"""A button whose value begins so sends the rest, as if it had been typed."""


class UnsentError(Exception):
    """Nothing is sent; the page is shown again with the text of this ``code`` (``error`` in the page words)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """One message to be. ``choice`` is the key of an answer pressed at ``question``; no two questions share a key."""

    text: str
    choice: str | None = None
    question: str = ""


def said_in(form: TalkForm, lines: Sequence[ChatLine], words: PageWords) -> tuple[Said, ...]:
    """Raises ``UnsentError``: words in the box leave it by Send only, for a person may have thought better of them."""
    text = form.text if form.text.strip() else ""
    pressed = form.act.removeprefix(SAY) if form.act.startswith(SAY) else _said_by(form.act, words)
    if pressed:
        if text:
            raise UnsentError("unsent")
        return (Said(pressed),)
    question = next((line for line in lines if line.seq == form.asked and line.choices), None)
    answer = None if question is None else _answer(form.choice, question)
    said = [Said(text)] if text else []
    said += [answer] if answer else []
    if not said:
        raise UnsentError("no_answer" if question is not None else "empty")
    return tuple(said)


def _said_by(act: str, words: PageWords) -> str:
    key = f"says.{act}"
    return words.text(key) if words.has(key) else ""


def _answer(pressed: str, question: ChatLine) -> Said | None:
    label = next((choice.label for choice in question.choices if choice.key == pressed), None)
    return None if label is None else Said(label, choice=pressed, question=key_of(question))
