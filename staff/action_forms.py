"""Reads the form of an action, and what the list of actions is filtered by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from werkzeug.exceptions import BadRequest

from bot.actions import LONGEST, LONGEST_TITLE, Action, ActionFilter, Draft, State, Words
from bot.model import Locale
from staff.forms import Errors, Form
from staff.inbox_forms import read_day
from staff.marks import cleaned

FIELDS = ("id", "title", "said", "did", "because", "locale", "state", "owner", "due", "theme", "since", "reference")
LOCALES = ("en", "pl", "ro", "pt", "uk", "lt", "bg", "ar")


@dataclass(frozen=True, slots=True)
class ActionForm:
    """``given``: what stands in the fields, as typed. ``draft`` is there when nothing is wrong. A new action may name a
    ``theme`` and ``since`` when, or the ``reference`` of an experience, that it comes of.
    """

    given: Mapping[str, str]
    draft: Draft | None = None
    errors: Errors = field(default_factory=dict)

    @classmethod
    def fresh(cls, *, reference: str = "", theme: str = "") -> ActionForm:
        usual = {"id": str(uuid4()), "locale": "en", "state": State.PLANNED.value, "reference": reference, "theme": theme}
        return cls({**dict.fromkeys(FIELDS, ""), **usual})

    @classmethod
    def of(cls, action: Action) -> ActionForm:
        words, draft = action.words, action.draft
        given = {
            "id": str(action.id),
            "title": words.title,
            "said": words.said,
            "did": words.did,
            "because": words.because,
            "locale": str(words.locale),
            "state": draft.state.value,
            "owner": str(draft.owner_id or ""),
            "due": draft.due_on.isoformat() if draft.due_on else "",
        }
        return cls({**dict.fromkeys(FIELDS, ""), **given})

    @classmethod
    def read(cls, form: Form, *, team: Collection[UUID], themes: Collection[str]) -> ActionForm:
        given = {name: cleaned(form.get(name, "")).strip() for name in FIELDS}
        given["title"] = " ".join(given["title"].split())
        errors: dict[str, str] = {}
        if not given["title"]:
            errors["title"] = "action_title_empty"
        elif len(given["title"]) > LONGEST_TITLE:
            errors["title"] = "action_title_long"
        errors |= {name: "action_words_long" for name in ("said", "did", "because") if len(given[name]) > LONGEST}
        due_on = read_day(given["due"])
        if given["due"] and due_on is None:
            errors["due"] = "date_wrong"
        if given["theme"] and given["theme"] not in themes:
            errors["theme"] = "theme_gone"
        if given["theme"] and read_day(given["since"]) is None:
            errors["since"] = "date_wrong"
        if given["state"] not in tuple(State) or given["locale"] not in LOCALES:
            raise BadRequest
        owner = _id(given["owner"]) if given["owner"] else None
        if errors:
            return cls(given, None, errors)
        words = Words(
            title=given["title"],
            said=given["said"],
            did=given["did"],
            because=given["because"],
            locale=Locale(given["locale"]),
        )
        draft = Draft(words=words, state=State(given["state"]), owner_id=owner if owner in team else None, due_on=due_on)
        return cls(given, draft)

    @property
    def id(self) -> UUID:
        return _id(self.given["id"])


def read_filter(args: Form, me: UUID) -> ActionFilter:
    """``state`` (several), ``whose`` (mine), ``public`` (yes, no); what is odd filters by nothing."""
    return ActionFilter(
        states=tuple(State(state) for state in args.getlist("state") if state in tuple(State)),
        owner=me if args.get("whose") == "mine" else None,
        published={"yes": True, "no": False}.get(args.get("public", "")),
    )


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise BadRequest from error
