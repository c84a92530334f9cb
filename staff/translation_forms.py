"""Reads what a member of staff says a message means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from werkzeug.exceptions import BadRequest

from bot.translations import LONGEST
from staff.forms import Errors, Form
from staff.marks import readable


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one message means. ``after`` is the version that stood on the page, ``of`` the digest of the words beside it."""

    seq: int
    after: int
    of: str
    text: str = field(repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> Meaning:
        numbers = form.get("seq", ""), form.get("after", "")
        if not all(re.fullmatch(r"\d{1,18}", number, re.ASCII) for number in numbers):
            raise BadRequest
        seq, after, of = int(numbers[0]), int(numbers[1]), form.get("of", "")
        text = readable(form.get("text", "").replace("\r\n", "\n")).strip()
        if not text:
            return cls(seq, after, of, text, {f"text-{seq}": "translation_empty"})
        return cls(seq, after, of, text, {f"text-{seq}": "words_long"} if len(text) > LONGEST else {})
