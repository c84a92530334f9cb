"""Reads the form by which an account is typed in: what was said, when, by whom, and what they agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from werkzeug.exceptions import BadRequest

from bot.byhand import Entry, Kind
from bot.conversation import Purpose
from bot.model import Locale, Speaker
from staff.forms import Errors, Form
from staff.marks import readable

LONGEST_ACCOUNT = 20_000
"""Characters. What is longer is entered as two."""
LONGEST_PLACE = 100
LONGEST_ADDRESS = 254
EARLIEST = 2000

OTHER_LANGUAGE = "other"
"""The words are in a language that is heard from them and cannot be chosen."""

ASKED = (Purpose.WORDS_IN_PUBLIC, Purpose.TELL_WHAT_CHANGED, Purpose.INVITE_AGAIN)
_ANSWERS = {"yes": True, "no": False}
_NATIONAL = re.compile(r"0[1-9]\d{8,9}", re.ASCII)
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]{2,}")
_BETWEEN = re.compile(r"[\s()./-]+")

FIELDS = ("id", "kind", "words", "day", "month", "year", "place", "speaker", "language", *ASKED, "phone", "email")


@dataclass(frozen=True, slots=True)
class EntryForm:
    """``given``: what stands in the fields, as typed. ``entry`` is there when nothing is wrong."""

    given: Mapping[str, str]
    entry: Entry | None = None
    errors: Errors = field(default_factory=dict)

    @classmethod
    def fresh(cls, today: date, *, kept: Mapping[str, str] | None = None) -> EntryForm:
        """An empty one. ``kept``: what stays from the one before, of the same event."""
        usual = {"day": str(today.day), "month": str(today.month), "year": str(today.year), "speaker": Speaker.PARENT.value}
        return cls({**usual, **(kept or {}), "id": str(uuid4())})

    @classmethod
    def read(cls, form: Form, *, today: date, locales: Sequence[Locale]) -> EntryForm:
        given = {name: readable(form.get(name, "")).strip() for name in FIELDS}
        errors: dict[str, str] = {}
        on = _day(given, today, errors)
        phone, email = _reach(given, errors)
        if given["kind"] not in tuple(Kind):
            errors["kind"] = "kind_empty"
        if not given["words"]:
            errors["words"] = "words_empty"
        elif len(given["words"]) > LONGEST_ACCOUNT:
            errors["words"] = "words_long"
        if len(given["place"]) > LONGEST_PLACE:
            errors["place"] = "place_long"
        consents = {purpose: _ANSWERS[given[purpose]] for purpose in ASKED if given[purpose] in _ANSWERS}
        to_be_reached = consents.get(Purpose.TELL_WHAT_CHANGED) or consents.get(Purpose.INVITE_AGAIN)
        if to_be_reached and not (given["phone"] or given["email"]):
            errors["phone"] = "tell_needs_reach"
        if errors or on is None:
            order = [*FIELDS]
            return cls(given, None, dict(sorted(errors.items(), key=lambda error: order.index(error[0]))))
        entry = Entry(
            id=_entry_id(given["id"]),
            kind=Kind(given["kind"]),
            words=given["words"],
            on=on,
            place=" ".join(given["place"].split()),
            speaker=Speaker(given["speaker"]) if given["speaker"] in tuple(Speaker) else Speaker.PARENT,
            locale=Locale(given["language"]) if given["language"] in locales else None,
            consents=consents,
            phone=phone,
            email=email,
        )
        return cls(given, entry)

    @property
    def stays(self) -> dict[str, str]:
        """What the next account of the same event begins with."""
        return {name: self.given[name] for name in ("kind", "day", "month", "year", "place", "language")}


def _entry_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise BadRequest from error


def _day(given: Mapping[str, str], today: date, errors: dict[str, str]) -> date | None:
    parts = [given[name] for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= len("2026") for part in parts):
        errors["day"] = "date_empty"
        return None
    try:
        on = date(*(int(part) for part in parts))
    except ValueError:
        errors["day"] = "date_wrong"
        return None
    if on > today:
        errors["day"] = "date_future"
    elif on.year < EARLIEST:
        errors["day"] = "date_wrong"
    return on


def _reach(given: Mapping[str, str], errors: dict[str, str]) -> tuple[str, str]:
    phone = _BETWEEN.sub("", given["phone"])
    if _NATIONAL.fullmatch(phone):
        phone = "+44" + phone[1:]
    if phone and not _INTERNATIONAL.fullmatch(phone):
        errors["phone"] = "phone_wrong"
    if given["email"] and (len(given["email"]) > LONGEST_ADDRESS or not _EMAIL.fullmatch(given["email"])):
        errors["email"] = "email_wrong"
    return phone, given["email"]
