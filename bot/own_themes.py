"""Themes as the team's own: changes laid over the file of themes, added one by one and never taken away.

A theme that is not used any more is retired and names its heir, so what was tagged with it keeps its name. What the team
adds has no learnt weights: words that point to it stand for them, until it stands in the file and a tagger is taught.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import BotError
from bot.faults import place
from bot.model import ENGLISH, Locale
from bot.ports import Clock
from bot.records import StaffMember
from bot.themes import Taxonomy, Theme
from bot.wall import NotYours, may_publish

LONGEST_LABEL = 60
LONGEST_TEXT = 400
MOST_CUES = 20
_THRESHOLD = 0.5
_LOOKS_EVERY = 3.0
"""Seconds between two looks for a change, in each process."""

log = logging.getLogger(__name__)


class ChangeKind(StrEnum):
    ADD = "add"
    RENAME = "rename"
    MERGE = "merge"
    RETIRE = "retire"


class BadTheme(BotError):  # noqa: N818 - a refusal is named for what was refused
    """The themes are not changed. ``code`` is that of the sentence a form shows, ``field`` where."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChange:
    """One change. ``cues``: words or phrases that point to a theme that is added; ``heir``: what is used instead."""

    number: int = 0
    kind: ChangeKind
    theme: str
    label: str = ""
    group: str = ""
    means: str = ""
    excludes: str = ""
    examples: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    heir: str = ""
    by: str = ""
    at: datetime | None = None


class ThemeRecords(Protocol):
    def latest(self) -> int:
        """The number of the last change; 0 for none. One small read."""
        ...

    def changes(self) -> Sequence[ThemeChange]:
        """In the order they were made."""
        ...

    def add(self, change: ThemeChange, member: StaffMember, now: datetime, *, retag_to: str = "") -> bool:
        """Keep it as the one after ``change.number``. False: somebody made another meanwhile. With ``retag_to``, a version of
        the themes, the past is asked to be tagged anew in the same transaction; a run under way starts over.
        """
        ...


def apply(base: Taxonomy, changes: Sequence[ThemeChange]) -> Mapping[str, Theme]:
    """The themes of the file with these changes over them. What does not fit any more (the file has moved on) is left out."""
    themes = dict(base.themes)
    for change in changes:
        theme = themes.get(change.theme)
        match change.kind:
            case ChangeKind.ADD if theme is None and change.group in base.groups:
                themes[change.theme] = _added(base, change)
            case ChangeKind.RENAME if theme is not None:
                themes[change.theme] = replace(theme, label={**theme.label, ENGLISH: change.label})
            case ChangeKind.MERGE | ChangeKind.RETIRE if theme is not None and _may_follow(themes, change):
                gone = replace(theme, retired=version_of(base, change.number), instead=(change.heir,), cues=())
                themes[change.theme] = gone
            case _:
                log.warning("change %d of the themes does not fit any more", change.number)
    return themes


def version_of(base: Taxonomy, number: int) -> str:
    """The file's version and the number of the last change over it."""
    return f"{base.version}+{number}" if number else base.version


def heirs(changes: Sequence[ThemeChange]) -> dict[str, str]:
    """For each theme that was merged into another or retired, what stands for it today."""
    direct = {change.theme: change.heir for change in changes if change.heir}
    found = {}
    for code, first in direct.items():
        heir, seen = first, {code}
        while heir in direct and heir not in seen:
            seen.add(heir)
            heir = direct[heir]
        found[code] = heir
    return found


def cues_of(changes: Sequence[ThemeChange]) -> dict[str, tuple[str, ...]]:
    """The words that point to the themes the team has added, but for those that are gone again."""
    gone = heirs(changes)
    return {change.theme: change.cues for change in changes if change.kind is ChangeKind.ADD and change.theme not in gone}


class LiveThemes(Mapping[str, Theme]):
    """The themes of a ``Taxonomy`` that change underneath it. A look reads one number; whatever goes wrong, they stay."""

    def __init__(
        self, base: Taxonomy, records: ThemeRecords, *, seconds: Callable[[], float], every: float = _LOOKS_EVERY
    ) -> None:
        self.base = base
        self.records = records
        self._seconds = seconds
        self._every = every
        self._next = float("-inf")
        self._looking = threading.Lock()
        self._state: tuple[int, Mapping[str, Theme], Sequence[ThemeChange]] = (0, base.themes, ())

    @classmethod
    def over(
        cls, base: Taxonomy, records: ThemeRecords, *, seconds: Callable[[], float], every: float = _LOOKS_EVERY
    ) -> Taxonomy:
        return replace(base, themes=cls(base, records, seconds=seconds, every=every))

    def __getitem__(self, code: str) -> Theme:
        return self._current()[1][code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current()[1])

    def __len__(self) -> int:
        return len(self._current()[1])

    @property
    def version(self) -> str:
        return version_of(self.base, self._current()[0])

    @property
    def changes(self) -> Sequence[ThemeChange]:
        return self._current()[2]

    def look(self) -> None:
        """Now, whenever the last look was."""
        self._next = float("-inf")
        self._current()

    def _current(self) -> tuple[int, Mapping[str, Theme], Sequence[ThemeChange]]:
        if self._seconds() >= self._next and self._looking.acquire(blocking=False):
            try:
                number = self.records.latest()
                if number != self._state[0]:
                    changes = tuple(self.records.changes())
                    self._state = (number, apply(self.base, changes), changes)
            except Exception as error:  # noqa: BLE001 - nobody's page or turn may hang on this
                log.warning("a change of the themes could not be taken up: %s", place(error))
            finally:
                self._next = self._seconds() + self._every
                self._looking.release()
        return self._state


class LivingCodes(AbstractSet[str]):
    """The codes of the themes in force, as they are when they are asked for."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    @classmethod
    def _from_iterable(cls, codes: object) -> frozenset[str]:  # type: ignore[override] # what comes of | and & is no longer live
        return frozenset(codes)  # type: ignore[call-overload, no-any-return]

    def __contains__(self, code: object) -> bool:
        theme = self._taxonomy.themes.get(code) if isinstance(code, str) else None
        return theme is not None and theme.retired is None

    def __iter__(self) -> Iterator[str]:
        return (theme.code for theme in self._taxonomy.living())

    def __len__(self) -> int:
        return len(self._taxonomy.living())


@dataclass(frozen=True, slots=True)
class OwnThemes:
    """The acts of those who publish. Each raises ``NotYours`` for others, and ``BadTheme``. False: another came in between."""

    live: LiveThemes
    records: ThemeRecords
    clock: Clock

    def history(self) -> Sequence[ThemeChange]:
        """The newest first."""
        return tuple(reversed(self.records.changes()))

    def living(self) -> tuple[Theme, ...]:
        return tuple(theme for theme in self.live.values() if theme.retired is None)

    def add(self, member: StaffMember, change: ThemeChange) -> bool:
        """``change`` with its label, group, means, excludes, examples and cues; the code is made of the label."""
        label = _one_line(change.label)
        self._check_label(label)
        if change.group not in self.live.base.groups:
            raise BadTheme("group", "group_empty")
        if not change.means.strip():
            raise BadTheme("means", "means_empty")
        if max(map(len, (change.means, change.excludes, *change.examples)), default=0) > LONGEST_TEXT:
            raise BadTheme("means", "theme_long")
        if len(change.cues) > MOST_CUES:
            raise BadTheme("cues", "cues_many")
        return self._keep(member, replace(change, kind=ChangeKind.ADD, label=label, theme=self._code_of(label)))

    def rename(self, member: StaffMember, code: str, label: str) -> bool:
        self._living(code)
        label = _one_line(label)
        self._check_label(label)
        return self._keep(member, ThemeChange(kind=ChangeKind.RENAME, theme=code, label=label))

    def retire(self, member: StaffMember, code: str, heir: str, *, merge: bool) -> bool:
        """From now on the heir is suggested in its place; ``merge`` says that the two were one all along."""
        self._living(code)
        if heir == code or heir not in {theme.code for theme in self.living()}:
            raise BadTheme("heir", "heir_empty")
        return self._keep(member, ThemeChange(kind=ChangeKind.MERGE if merge else ChangeKind.RETIRE, theme=code, heir=heir))

    def _keep(self, member: StaffMember, change: ThemeChange) -> bool:
        if not may_publish(member):
            raise NotYours
        number = self.records.latest()
        retag_to = version_of(self.live.base, number + 1) if change.kind is ChangeKind.MERGE else ""
        kept = self.records.add(replace(change, number=number), member, self.clock.now(), retag_to=retag_to)
        self.live.look()
        return kept

    def _living(self, code: str) -> None:
        if code not in {theme.code for theme in self.living()}:
            raise BadTheme("theme", "theme_gone")

    def _check_label(self, label: str) -> None:
        if not label:
            raise BadTheme("label", "label_empty")
        if len(label) > LONGEST_LABEL:
            raise BadTheme("label", "label_long")
        if label.casefold() in {theme.label[ENGLISH].casefold() for theme in self.living()}:
            raise BadTheme("label", "label_taken")

    def _code_of(self, label: str) -> str:
        plain = "own_" + "_".join(re.findall(r"[a-z0-9]+", label.lower()))[:40]
        code, number = plain, 1
        while code in self.live:
            number += 1
            code = f"{plain}_{number}"
        return code


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _may_follow(themes: Mapping[str, Theme], change: ThemeChange) -> bool:
    heir = themes.get(change.heir)
    return heir is not None and heir.retired is None and change.heir != change.theme


def _added(base: Taxonomy, change: ThemeChange) -> Theme:
    label: dict[Locale, str] = {ENGLISH: change.label}
    return Theme(
        code=change.theme,
        group=change.group,
        label=label,
        spoken={},
        means=change.means,
        includes="",
        excludes=change.excludes,
        areas=(),
        strategies=(),
        criteria=(),
        since=version_of(base, change.number),
        threshold=_THRESHOLD,
        examples=change.examples,
    )
