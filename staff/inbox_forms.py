"""What the inbox is to show, read from an address or a form. An address holds codes only: words that are searched for stay in
the session of who searched, under a number, so that a link can be shared and says nothing of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.conversation import Purpose
from bot.heard import Polarity
from bot.inbox import Answered, InboxFilter
from bot.inbox_place import Place
from bot.records import StaffMember
from bot.themes import Taxonomy
from staff.forms import Form
from staff.marks import cleaned

LONGEST_WORDS = 100
DISTRICTS = ("Mendip", "Sedgemoor", "South Somerset", "Somerset West and Taunton", "outside")
AGES = ("0-4", "5-10", "11-15", "16-18", "19-25")
SHELVES = ("open", "everything", "aside", "asleep")
PROMISED = ("late", "today", "week")
ANSWERS = tuple(Answered)
ME, NOBODY = "me", "nobody"
KINDS = (
    *("theme", "group", "area", "strategy", "feeling", "channel", "place", "age", "language"),
    *("who", "public", "tell", "promised", "needs"),
)
"""What can be filtered by, in the order in which a page lists it."""
_FINDS_KEPT = 5  # searches remembered for one session; what holds them is small
_MOST_OF_A_KIND = 20
_CHANNEL = re.compile(r"[a-z_]{1,20}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What may be chosen of each kind. A channel may be any that ever was: an old bookmark still opens the inbox."""

    taxonomy: Taxonomy
    team: Sequence[StaffMember]
    languages: Sequence[str]

    def has(self, kind: str, code: str) -> bool:
        if kind == "channel":
            return _CHANNEL.fullmatch(code) is not None
        return code in self._codes(kind)

    def _codes(self, kind: str) -> frozenset[str]:
        match kind:
            case "theme":
                found: Sequence[str] = list(self.taxonomy.themes)
            case "group":
                found = list(self.taxonomy.groups)
            case "area":
                found = [str(number) for number in self.taxonomy.areas]
            case "strategy":
                found = list(self.taxonomy.strategies)
            case "feeling":
                found = list(Polarity)
            case "place":
                found = DISTRICTS
            case "age":
                found = AGES
            case "language":
                found = self.languages
            case "who":
                found = [ME, NOBODY, *(str(each.id) for each in self.team)]
            case "public" | "tell":
                found = ANSWERS
            case "promised":
                found = PROMISED
            case _:
                found = ["translation"]
        return frozenset(found)

    def themes_of(self, kind: str, code: str) -> tuple[str, ...]:
        """The themes, retired ones too, that stand for a group, an area of weakness or a strategy theme."""
        themes = self.taxonomy.themes.values()
        if kind == "group":
            return tuple(theme.code for theme in themes if theme.group == code)
        if kind == "area":
            return tuple(theme.code for theme in themes if code in {str(number) for number in theme.areas})
        return tuple(theme.code for theme in themes if code in theme.strategies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing that is filtered by, and what is left to look at without it."""

    kind: str
    code: str
    without: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the inbox is to show. ``find`` is the key of remembered words; ``since`` and ``until`` are days of the team's."""

    shelf: str = "open"
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    find: str = ""
    words: str = ""
    exactly: bool = False
    at: Place | None = None
    back: bool = False

    @classmethod
    def read(cls, args: Form, *, offer: Offer, finds: Mapping[str, str]) -> Wanted:
        """From an address. What it does not know it leaves out."""
        find = args.get("find", "")
        shelf = args.get("show", "")
        chosen = {kind: tuple(dict.fromkeys(code for code in args.getlist(kind) if offer.has(kind, code))) for kind in KINDS}
        return cls(
            shelf=shelf if shelf in SHELVES else "open",
            chosen={kind: codes[:_MOST_OF_A_KIND] for kind, codes in chosen.items() if codes},
            since=read_day(args.get("since", "")),
            until=read_day(args.get("until", "")),
            find=find if find in finds else "",
            words=finds.get(find, ""),
            exactly=args.get("exactly") == "yes",
            at=Place.read(args.get("before") or args.get("after") or ""),
            back=bool(args.get("before")),
        )

    def of(self, kind: str) -> tuple[str, ...]:
        return self.chosen.get(kind, ())

    def one(self, kind: str) -> str:
        return next(iter(self.of(kind)), "")

    @property
    def everything(self) -> bool:
        return self.shelf == "everything"

    @property
    def aside(self) -> bool:
        return self.shelf == "aside"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen or self.words or self.since or self.until)

    def chips(self) -> list[Chip]:
        chips = [Chip(kind=kind, code=code, without=self._without(kind, code)) for kind in KINDS for code in self.of(kind)]
        if self.since:
            chips.append(Chip(kind="since", code=self.since.isoformat(), without=self._from_the_top(since=None)))
        if self.until:
            chips.append(Chip(kind="until", code=self.until.isoformat(), without=self._from_the_top(until=None)))
        if self.words:
            chips.append(Chip(kind="words", code=self.words, without=self._from_the_top(find="", words="")))
        return chips

    def _without(self, kind: str, code: str) -> Wanted:
        left = {each: tuple(one for one in codes if (each, one) != (kind, code)) for each, codes in self.chosen.items()}
        return self._from_the_top(chosen={each: codes for each, codes in left.items() if codes})

    def _from_the_top(self, **changes: Any) -> Wanted:
        return replace(self, at=None, back=False, **changes)

    def filter(self, *, offer: Offer, member: StaffMember, with_safeguarding: bool, today: date, zone: ZoneInfo) -> InboxFilter:
        sets = [
            tuple(dict.fromkeys(theme for code in self.of(kind) for theme in offer.themes_of(kind, code)))
            for kind in ("group", "area", "strategy")
            if self.of(kind)
        ]
        who = self.one("who")
        owner = member.id if who == ME else UUID(who) if who not in ("", NOBODY) else None
        return InboxFilter(
            with_safeguarding=with_safeguarding,
            open_only=self.shelf == "open",
            set_aside=self.aside,
            asleep=self.shelf == "asleep",
            today=today,
            channels=self.of("channel"),
            themes=self.of("theme"),
            and_themes=tuple(themes or ("",) for themes in sets),  # a set of no theme fits nothing
            polarity=self.of("feeling"),
            districts=self.of("place"),
            ages=self.of("age"),
            locales=self.of("language"),
            since=None if self.since is None else datetime.combine(self.since, time(), zone),
            until=None if self.until is None else datetime.combine(self.until, time(), zone) + timedelta(days=1),
            consents=tuple(
                (purpose, Answered(self.one(kind)))
                for kind, purpose in (("public", Purpose.WORDS_IN_PUBLIC), ("tell", Purpose.TELL_WHAT_CHANGED))
                if self.of(kind)
            ),
            owner=owner,
            unowned=who == NOBODY,
            promised_by=_promised_by(self.one("promised"), today),
            needs_translation=bool(self.of("needs")),
            words=self.words,
            exactly=self.exactly,
        )

    def codes(self) -> dict[str, list[str]]:
        """What may be kept and shared: everything but what was searched for, and the page."""
        single = {
            "show": "" if self.shelf == "open" else self.shelf,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {kind: list(codes) for kind, codes in self.chosen.items()} | {
            name: [value] for name, value in single.items() if value
        }

    def query(self, *, before: Place | None = None, after: Place | None = None) -> dict[str, Any]:
        """This as the query of an address; an empty value is left out. The plain inbox says so, or it would be one's own view."""
        query: dict[str, Any] = dict(self.codes())
        if self.find:
            query["find"] = self.find
        if self.exactly:
            query["exactly"] = "yes"
        if before or after:
            query["before" if before else "after"] = str(before or after)
        return query or {"show": "open"}


def _promised_by(code: str, today: date) -> date | None:
    if not code:
        return None
    return {"late": today - timedelta(days=1), "today": today}.get(code, today + _WEEK)


def read_day(text: str) -> date | None:
    """A day as a browser's field for days gives it; None for what is no day of this century."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year < 2100 else None  # noqa: PLR2004 - a century


def remember_words(session: MutableMapping[str, Any], words: str) -> str:
    """Keep searched words in the session and give the key they are found by. Empty words need none."""
    words = " ".join(cleaned(words).split())[:LONGEST_WORDS]
    if not words:
        return ""
    finds: dict[str, str] = dict(session.get("finds", {}))
    key = str(max((int(known) for known in finds), default=0) + 1)
    finds[key] = words
    session["finds"] = dict(list(finds.items())[-_FINDS_KEPT:])
    return key
