"""The rota as its page sends it: a row for each rung, empty rows left out, each fault with the field it stands in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from uuid import UUID, uuid4

import phonenumbers
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from bot.rota import MOST_RUNGS, Rota, Rung, When
from staff.marks import cleaned

LONGEST_NAME = 80
SPARE = 2
"""Empty rows under those that are filled."""
_HOME = "GB"
_UK_MOBILE = "+447"
_MOBILE = re.compile(r"\+\d{7,15}", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]+\.[^\s@<>,;:\".]+")
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was typed."""

    id: str
    name: str = ""
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    when: str = When.HOURS.value
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: str = "09:00"
    closes: str = "17:00"
    order: str = ""

    @classmethod
    def of(cls, rung: Rung, place: int) -> Line:
        return cls(
            id=str(rung.id),
            name=rung.name,
            mobile=rung.mobile or "",
            email=rung.email or "",
            when=rung.when.value,
            days=tuple(sorted(rung.days)),
            opens=f"{rung.opens:%H:%M}",
            closes=f"{rung.closes:%H:%M}",
            order=str(place),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.mobile or self.email)


@dataclass(frozen=True, slots=True)
class RotaForm:
    """``number`` is the version that was changed; ``errors`` are codes by ``field-row``, rows counted from 1."""

    lines: tuple[Line, ...]
    number: int
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rota: Rota) -> RotaForm:
        lines = [Line.of(rung, place) for place, rung in enumerate(rota.rungs, start=1)]
        spare = min(SPARE, MOST_RUNGS - len(lines))
        return cls((*lines, *(Line(id=str(uuid4()), order=str(len(lines) + each + 1)) for each in range(spare))), rota.number)

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> RotaForm:
        if not re.fullmatch(r"\d{1,9}", form.get("number", ""), re.ASCII):
            raise BadRequest
        lines = [_line(form, place) for place in range(1, MOST_RUNGS + 1) if f"id-{place}" in form]
        errors: dict[str, str] = {}
        for place, line in enumerate(lines, start=1):
            if not line.is_empty:
                errors |= {f"{name}-{place}": code for name, code in _faults(line).items()}
        return cls(tuple(lines), int(form["number"]), errors)

    def rungs(self) -> tuple[Rung, ...]:
        """In the order that was given; rows of the same number as they stood."""
        filled = [line for line in self.lines if not line.is_empty]
        ordered = sorted(filled, key=lambda line: int(line.order) if line.order.isdecimal() else MOST_RUNGS)
        return tuple(_rung(line) for line in ordered)


def _line(form: MultiDict[str, str], place: int) -> Line:
    def typed(name: str) -> str:
        return " ".join(cleaned(form.get(f"{name}-{place}", "")).split())[:254]

    try:
        given = UUID(form.get(f"id-{place}", ""))
    except ValueError as error:
        raise BadRequest from error
    days = tuple(int(day) for day in form.getlist(f"days-{place}") if day in set("1234567"))
    line = Line(id=str(given), name=typed("name"), email=typed("email"), when=typed("when"), days=days, order=typed("order"))
    return replace(line, mobile=_mobile(typed("mobile")), opens=typed("opens"), closes=typed("closes"))


def _mobile(typed: str) -> str:
    """As it is rung from anywhere. A UK mobile may be written as at home; another number without its country code is left as
    it was typed, to be asked about.
    """
    plain = re.sub(r"[\s().-]", "", typed)
    if not re.fullmatch(r"\+?\d{7,17}", plain):
        return plain
    try:
        number = phonenumbers.format_number(phonenumbers.parse(plain, _HOME), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return plain
    is_whole = plain.startswith("+") or number.startswith(_UK_MOBILE)
    return number if is_whole else plain


def _faults(line: Line) -> dict[str, str]:
    faults = {}
    if not line.name or len(line.name) > LONGEST_NAME:
        faults["name"] = "rung_name_wrong"
    if line.mobile and not _MOBILE.fullmatch(line.mobile):
        faults["mobile"] = "rung_mobile_wrong"
    elif not line.mobile and not line.email:
        faults["mobile"] = "rung_unreachable"
    if line.email and not _EMAIL.fullmatch(line.email):
        faults["email"] = "email_wrong"
    if line.when not in set(When):
        faults["when"] = "rung_when_empty"
    if line.when == When.HOURS:
        if not line.days:
            faults["days"] = "rung_days_empty"
        if not (_TIME.fullmatch(line.opens) and _TIME.fullmatch(line.closes)):
            faults["opens"] = "rung_time_wrong"
    if not re.fullmatch(r"\d{0,2}", line.order, re.ASCII):
        faults["order"] = "rung_order_wrong"
    return faults


def _rung(line: Line) -> Rung:
    return Rung(
        id=UUID(line.id),
        name=line.name,
        mobile=line.mobile or None,
        email=line.email or None,
        when=When(line.when),
        days=frozenset(line.days),
        opens=_time(line.opens, time(9)),
        closes=_time(line.closes, time(17)),
    )


def _time(typed: str, otherwise: time) -> time:
    found = _TIME.fullmatch(typed)
    return time(int(found[1]), int(found[2])) if found else otherwise
