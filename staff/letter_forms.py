"""Reads what a member of staff writes to a family: the words, the id under which they are sent once, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.exceptions import BadRequest

from bot.replying import Mark
from bot.saved_replies import blanks_of
from bot.writing import LONGEST
from staff.forms import Errors, Form
from staff.marks import cleaned


@dataclass(frozen=True, slots=True)
class LetterForm:
    """``seen``: how the talk stood on the page the form comes from."""

    id: UUID
    words: str = field(repr=False)
    seen: Mark
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> LetterForm:
        try:
            letter_id = UUID(form.get("id", ""))
        except ValueError as error:
            raise BadRequest from error
        words, seen = written_in(form), Mark.read(form.get("seen", ""))
        if not words:
            return cls(letter_id, words, seen, {"words": "letter_empty"})
        if blanks_of(words):
            return cls(letter_id, words, seen, {"words": "letter_blank"})
        return cls(letter_id, words, seen, {"words": "letter_long"} if len(words) > LONGEST else {})


def written_in(form: Form) -> str:
    return cleaned(form.get("words", "").replace("\r\n", "\n")).strip()
