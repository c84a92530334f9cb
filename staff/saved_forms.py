"""Reads the forms of saved replies: their words, and what is filled into their blanks."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.saved_replies import Version
from staff.forms import Errors, Form
from staff.marks import cleaned

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedForm:
    """``seen`` is the version that was changed. ``personal``: stretches to be looked at before it is kept."""

    title: str = ""
    text: str = ""
    seen: int = 0
    is_ours: bool = False
    errors: Errors = field(default_factory=dict)
    personal: tuple[str, ...] = ()

    @classmethod
    def of(cls, version: Version) -> SavedForm:
        return cls(title=version.title, text=version.text, seen=version.number)

    @classmethod
    def read(cls, form: Form) -> SavedForm:
        seen = form.get("seen", "")
        return cls(
            title=" ".join(cleaned(form.get("title", "")).split()),
            text=cleaned(form.get("text", "").replace("\r\n", "\n")).strip(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 7 else 0,  # noqa: PLR2004 - no reply has a million versions
            is_ours=form.get("ours") == "yes",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One field: ``name`` in the form, ``asks`` what stands between the brackets."""

    name: str
    asks: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillForm:
    blanks: tuple[Blank, ...]
    errors: Errors = field(default_factory=dict)

    @classmethod
    def empty(cls, version: Version) -> FillForm:
        return cls(blanks=tuple(Blank(name=f"blank-{at}", asks=asks) for at, asks in enumerate(version.blanks)))

    @classmethod
    def read(cls, version: Version, form: Form) -> FillForm:
        blanks, errors = [], {}
        for blank in cls.empty(version).blanks:
            value = " ".join(cleaned(form.get(blank.name, "")).split())
            if not value:
                errors[blank.name] = "blank_empty"
            elif len(value) > LONGEST_VALUE:
                errors[blank.name] = "why_long"
            blanks.append(Blank(name=blank.name, asks=blank.asks, value=value))
        return cls(blanks=tuple(blanks), errors=errors)

    @property
    def values(self) -> dict[str, str]:
        return {blank.asks: blank.value for blank in self.blanks}
