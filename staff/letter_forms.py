"""Reads what a member of staff writes to a family: the words, and the id under which they are sent once."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.exceptions import BadRequest

from bot.writing import LONGEST
from staff.forms import Errors, Form
from staff.marks import readable


@dataclass(frozen=True, slots=True)
class LetterForm:
    id: UUID
    words: str = field(repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def empty(cls, letter_id: UUID) -> LetterForm:
        return cls(letter_id, "")

    @classmethod
    def read(cls, form: Form) -> LetterForm:
        try:
            letter_id = UUID(form.get("id", ""))
        except ValueError as error:
            raise BadRequest from error
        words = readable(form.get("words", "").replace("\r\n", "\n")).strip()
        if not words:
            return cls(letter_id, words, {"words": "letter_empty"})
        return cls(letter_id, words, {"words": "letter_long"} if len(words) > LONGEST else {})
