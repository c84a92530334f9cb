"""Reads what is to be passed on, an answer that came, and a new team or service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from werkzeug.exceptions import BadRequest

from bot.passing_on import LONGEST_ANSWER, LONGEST_ANSWER_TO, LONGEST_EMAIL, LONGEST_NAME, LONGEST_NOTE, Kind
from bot.sending_on import Wanted
from staff.forms import Errors, Form
from staff.inbox_forms import read_day
from staff.marks import cleaned

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def read_kind(args: Mapping[str, str]) -> Kind:
    """Which of the two pages it is. Raises ``BadRequest``."""
    try:
        return Kind(args.get("as", Kind.PRAISE.value))
    except ValueError as error:
        raise BadRequest from error


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _line(form: Form, name: str) -> str:
    return " ".join(cleaned(form.get(name, "")).split())


def _words(form: Form, name: str) -> str:
    return cleaned(form.get(name, "").replace("\r\n", "\n")).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingForm:
    """``due`` is the day as it was given."""

    id: UUID
    kind: Kind
    recipient_id: UUID | None = None
    passages: frozenset[UUID] = frozenset()
    answer_to: str = ""
    note: str = field(default="", repr=False)
    due: str = ""
    tell: bool = False
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> PassingForm:
        """Raises ``BadRequest`` for a form that was not ours."""
        passing_id, passages = _id(form.get("id", "")), [_id(given) for given in form.getlist("passage")]
        if passing_id is None or None in passages:
            raise BadRequest
        found = cls(
            id=passing_id,
            kind=read_kind(form),
            recipient_id=_id(form.get("recipient", "")),
            passages=frozenset(each for each in passages if each),
            answer_to=_line(form, "answer_to"),
            note=_words(form, "note"),
            due=form.get("due", ""),
            tell=form.get("tell") == "yes",
        )
        return replace(found, errors=found._faults())

    def _faults(self) -> dict[str, str]:
        errors = {}
        if not self.passages:
            errors["passage"] = "passages_empty"
        if self.recipient_id is None:
            errors["recipient"] = "recipient_empty"
        if not self.answer_to:
            errors["answer_to"] = "answer_to_empty"
        elif len(self.answer_to) > LONGEST_ANSWER_TO:
            errors["answer_to"] = "answer_to_long"
        if len(self.note) > LONGEST_NOTE:
            errors["note"] = "passing_note_long"
        if self.kind is Kind.REQUEST and self.due_on is None:
            errors["due"] = "answer_day_empty"
        return errors

    @property
    def due_on(self) -> date | None:
        return read_day(self.due)

    def refused(self) -> PassingForm:
        return replace(self, errors={"due": "answer_day_wrong"})

    def wanted(self) -> Wanted:
        """Only for a form without errors."""
        if self.recipient_id is None:
            raise BadRequest
        return Wanted(
            id=self.id,
            kind=self.kind,
            recipient_id=self.recipient_id,
            passages=self.passages,
            answer_to=self.answer_to,
            note=self.note,
            due_on=self.due_on if self.kind is Kind.REQUEST else None,
            tell=self.tell,
        )


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What a service answered."""

    answer: str = field(repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> AnswerForm:
        answer = _words(form, "answer")
        if not answer:
            return cls(answer, {"answer": "answer_empty"})
        return cls(answer, {"answer": "answer_long"} if len(answer) > LONGEST_ANSWER else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientForm:
    id: UUID
    name: str = ""
    email: str = ""
    casework: bool = False
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> RecipientForm:
        """An address is typed twice: words of a family must not go to a stranger for a slip."""
        recipient_id = _id(form.get("id", ""))
        if recipient_id is None:
            raise BadRequest
        name, email, again = _line(form, "name"), _line(form, "email"), _line(form, "again")
        errors = {}
        if not 0 < len(name) <= LONGEST_NAME:
            errors["name"] = "recipient_name"
        if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
            errors["email"] = "work_email_wrong"
        elif email.casefold() != again.casefold():
            errors["again"] = "work_email_again"
        return cls(id=recipient_id, name=name, email=email, casework=form.get("casework") == "yes", errors=errors)
