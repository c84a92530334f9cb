"""Reads what the pages send: each form becomes a value, and what is wrong with it a code per field.

Typed words lose the control characters that neither a page nor a database may hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from bot.cards import BY_PARENT
from bot.masks import LONGEST, SHORTEST
from bot.review import LONGEST_OUTCOME, LONGEST_WHY, Answer
from bot.wall import Role
from staff.marks import cleaned, readable
from staff.passwords import fault_of

USERNAME = re.compile(r"[\w.@-]{2,64}")
LONGEST_NAME = 80
_EMAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]+\.[^\s@<>,;:\".]+")
OUTCOMES = ("social_care", "police", "provider", "family", "not_safeguarding")
"""What may come of an alert; the words for them are in ``templates/staff/words.html``."""

Form = MultiDict[str, str]
Errors = Mapping[str, str]


def drawn_with(form: Form) -> UUID:
    """The id drawn with the page, by which a second press is known. What brings none is a press of its own."""
    try:
        return UUID(form.get("once", ""))
    except ValueError:
        return uuid4()


# --- signing in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignIn:
    username: str
    password: str = field(repr=False)
    onward: str = ""
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form, *, within: str) -> SignIn:
        username, password = cleaned(form.get("username", "")).strip(), form.get("password", "")
        empty = {name: f"{name}_empty" for name, value in (("username", username), ("password", password)) if not value}
        return cls(username.casefold(), password, safe_onward(form.get("onward", ""), within=within), empty)


def safe_onward(address: str, *, within: str) -> str:
    """The page to go on to, if it is one of this site; else nothing, so that nobody can be sent elsewhere."""
    is_ours = address.startswith(within) and re.fullmatch(r"/[\w\-/?=&%.+]*", address, re.ASCII) and "//" not in address
    return address if is_ours else ""


def read_before(args: Form) -> int | None:
    """Where a page of a list goes on; an old or odd address begins at the top."""
    before = args.get("before", "")
    return int(before) if re.fullmatch(r"\d{1,18}", before, re.ASCII) else None


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password somebody chose, typed twice. ``about``: what anybody knows of them, and tries first."""

    password: str = field(repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form, *, about: Sequence[str]) -> NewPassword:
        password = form.get("password", "")
        if not password:
            return cls("", {"password": "new_password_empty"})
        fault = fault_of(password, about=about)
        if fault is not None:
            return cls(password, {"password": fault})
        return cls(password, {} if form.get("again", "") == password else {"again": "password_other"})


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is asked into the team. ``email`` may be empty: then the link is handed over by hand."""

    name: str = ""
    username: str = ""
    role: str = ""
    email: str = field(default="", repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> NewMember:
        name = read_name(form)
        username = cleaned(form.get("username", "")).strip().casefold()
        role, email = form.get("role", ""), cleaned(form.get("email", "")).strip()
        errors = {}
        if name is None:
            errors["name"] = "member_name_wrong"
        if not USERNAME.fullmatch(username):
            errors["username"] = "member_username_wrong"
        if role not in set(Role):
            errors["role"] = "member_role_empty"
        if email and not _EMAIL.fullmatch(email):
            errors["email"] = "email_wrong"
        return cls(name or cleaned(form.get("name", "")).strip()[:LONGEST_NAME], username[:64], role, email[:254], errors)


def read_name(form: Form) -> str | None:
    """Of somebody in the team; None: it could not stand beside what they decide."""
    name = " ".join(cleaned(form.get("name", "")).split())
    return None if not name or len(name) > LONGEST_NAME or name.casefold() == BY_PARENT else name


# --- the experience -------------------------------------------------------------------------------------------------


def read_seen(form: Form) -> int:
    """The ``seq`` of the parent's newest line on the page this form came from."""
    seen = form.get("seen", "")
    if not re.fullmatch(r"\d{1,18}", seen, re.ASCII):
        raise BadRequest
    return int(seen)


def read_answers(form: Form) -> tuple[Answer, ...]:
    """What was ticked, passage by passage. Every passage on the page names itself, and the themes it was shown with."""
    return tuple(
        Answer(
            passage_id=passage_id,
            shown=frozenset(form.getlist(f"shown-{passage_id}")),
            ticked=frozenset(form.getlist(f"theme-{passage_id}")),
        )
        for passage_id in read_passages(form)
    )


def read_passages(form: Form) -> tuple[UUID, ...]:
    try:
        return tuple(dict.fromkeys(UUID(given) for given in form.getlist("passage")))
    except ValueError as error:
        raise BadRequest from error


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an alert: what was done, as a key of the page's list, and in a person's own words."""

    done: str
    details: str
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> Outcome:
        done, details = form.get("done", ""), cleaned(form.get("details", "")).strip()
        errors = {}
        if done not in OUTCOMES:
            errors["done"] = "done_empty"
        if not details:
            errors["details"] = "details_empty"
        elif len(details) > LONGEST_OUTCOME:
            errors["details"] = "details_long"
        return cls(done, details, errors)

    def overtaken(self) -> Outcome:
        """The same where another outcome was recorded a moment before."""
        return replace(self, errors={"details": "details_overtaken"})

    def __str__(self) -> str:
        """As it is kept."""
        return f"{self.done}: {self.details}"


def read_beyond(form: Form) -> bool:
    """Whether it was ticked that it shall go beyond the ceiling of this month."""
    return form.get("beyond") == "yes"


def read_hand(form: Form) -> UUID | None:
    """Whom an alert is handed to; None: nobody was chosen."""
    chosen = form.get("to", "")
    try:
        return UUID(chosen) if chosen else None
    except ValueError as error:
        raise BadRequest from error


def read_reference(form: Form, *, longest: int) -> str:
    """A reference as it was typed, in the form in which it is kept: ``river482`` is RIVER 482."""
    said = cleaned(form.get("other", ""))[: 2 * longest]
    return " ".join(re.findall(r"[A-Z]+|[0-9]+", said.upper()))[:longest]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody must be reached, or something opened, in one line."""

    why: str
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> Reason:
        why = " ".join(cleaned(form.get("why", "")).split())
        if not why:
            return cls(why, {"why": "why_empty"})
        return cls(why, {"why": "why_long"} if len(why) > LONGEST_WHY else {})

    def of_words(self) -> Reason:
        """The same where it is words that are asked for."""
        return self._of("words_why_empty")

    def of_writer(self) -> Reason:
        """The same where it is asked who wrote a comment."""
        return self._of("writer_why_empty")

    def of_clearing(self) -> Reason:
        """The same where the team is let see what was with safeguarding."""
        return self._of("clear_why_empty")

    def _of(self, empty: str) -> Reason:
        return Reason(self.why, {name: code.replace("why_empty", empty) for name, code in self.errors.items()})


@dataclass(frozen=True, slots=True)
class HiddenWord:
    """A word or phrase that is to be hidden."""

    word: str = field(repr=False)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def read(cls, form: Form) -> HiddenWord:
        word = " ".join(readable(form.get("word", "")).split())
        if sum(character.isalnum() for character in word) < SHORTEST:
            return cls(word, {"word": "word_short"})
        return cls(word, {"word": "word_long"} if len(word) > LONGEST else {})


def read_left_words(form: Form) -> tuple[str, ...]:
    """The words of the list that were looked at and are fine."""
    return tuple(word for given in form.getlist("word") if (word := " ".join(readable(given).split())))
