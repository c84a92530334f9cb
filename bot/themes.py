"""The themes: what parents' words may be about, read from ``content/themes.toml`` and checked.

A theme is never deleted: it is retired, and says which themes are used instead. The cues of a theme stand beside it
so that whoever changes the one sees the other; how a cue is written is explained at the head of the file, and
``nlp.cues`` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import toml
from bot.errors import BadContent, NotFound
from bot.model import ENGLISH, Locale

CONTENT = Path(__file__).parent / "content" / "themes.toml"
_LIST_NAME = re.compile(r"@(\w+)")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for a theme, or against it.

    ``weight`` is a chance, over 0 and up to 1. For a cue: how likely the theme is when these words alone are seen.
    Against: by what share the other cues count for less.
    """

    says: str
    weight: float
    against: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme. ``label`` is for lists; ``spoken`` fits into "You have told us about …". Both by locale.

    ``threshold`` is the score from which the theme is suggested. ``since`` and ``retired`` are taxonomy versions.
    """

    code: str
    group: str
    label: Mapping[Locale, str]
    spoken: Mapping[Locale, str]
    means: str
    includes: str
    excludes: str
    areas: tuple[int, ...]
    strategies: tuple[str, ...]
    criteria: tuple[str, ...]
    since: str
    threshold: float
    examples: tuple[str, ...]
    cues: tuple[Cue, ...] = ()
    retired: str | None = None
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All themes with what they are reported against. ``words`` are the word lists that cues name with ``@``;
    ``denials`` the words after which a theme's words do not count.
    """

    version: str
    groups: Mapping[str, Mapping[Locale, str]]
    areas: Mapping[int, str]
    strategies: Mapping[str, str]
    criteria: Mapping[str, str]
    themes: Mapping[str, Theme]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denials: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path = CONTENT) -> Taxonomy:
        """Read and check the file. Raises ``BadContent`` with a sentence that names the fault."""
        return cls.from_data(toml.read(path))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Taxonomy:
        """The taxonomy in a parsed file, checked. Raises ``BadContent``."""
        try:
            themes = [_theme(entry) for entry in data["theme"]]
            taxonomy = cls(
                version=data["version"],
                groups=data["groups"],
                areas={int(number): text for number, text in data["areas"].items()},
                strategies=data["strategies"],
                criteria=data["criteria"],
                themes={theme.code: theme for theme in themes},
                words={name: tuple(items) for name, items in data.get("words", {}).items()},
                denials=tuple(data.get("denials", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadContent(f"The themes are not in their form: {error!r}.") from error
        _check(taxonomy, themes)
        return taxonomy

    def living(self) -> tuple[Theme, ...]:
        """The themes in use, in the order of the file."""
        return tuple(theme for theme in self.themes.values() if theme.retired is None)

    def theme(self, code: str) -> Theme:
        """The theme with this code, living or retired. Raises ``NotFound``."""
        if code not in self.themes:
            raise NotFound(f"There is no theme {code!r} in taxonomy {self.version}.")
        return self.themes[code]

    def living_theme(self, code: str) -> Theme:
        """The theme with this code, for a new decision. Raises ``NotFound`` for a retired one too, naming its heirs."""
        theme = self.theme(code)
        if theme.retired is not None:
            raise NotFound(f"The theme {code!r} was retired; use {' or '.join(theme.instead)}.")
        return theme

    def label(self, code: str, locale: Locale = ENGLISH) -> str:
        """What a list calls the theme; in English where the locale has no word for it."""
        labels = self.theme(code).label
        return labels.get(locale, labels[ENGLISH])

    def spoken(self, code: str, locale: Locale = ENGLISH) -> str | None:
        """The theme's name inside a sentence, or None where the locale has none: say nothing rather than switch tongue."""
        return self.theme(code).spoken.get(locale)

    def group_label(self, group: str, locale: Locale = ENGLISH) -> str:
        labels = self.groups[group]
        return labels.get(locale, labels[ENGLISH])

    def by_group(self) -> tuple[tuple[str, tuple[Theme, ...]], ...]:
        """The living themes, group by group, for a form."""
        return tuple((group, tuple(theme for theme in self.living() if theme.group == group)) for group in self.groups)


def _theme(entry: Mapping[str, Any]) -> Theme:
    return Theme(
        code=entry["code"],
        group=entry["group"],
        label=entry["label"],
        spoken=entry["spoken"],
        means=entry["means"],
        includes=entry["includes"],
        excludes=entry["not"],
        areas=tuple(entry["areas"]),
        strategies=tuple(entry["strategies"]),
        criteria=tuple(entry["criteria"]),
        since=entry["since"],
        threshold=float(entry["threshold"]),
        examples=tuple(entry["examples"]),
        cues=(*_cues(entry, "for", against=False), *_cues(entry, "against", against=True)),
        retired=entry.get("retired"),
        instead=tuple(entry.get("instead", ())),
    )


def _cues(entry: Mapping[str, Any], side: str, *, against: bool) -> tuple[Cue, ...]:
    return tuple(Cue(says, float(weight), against) for weight, group in entry.get(side, {}).items() for says in group)


def _check(taxonomy: Taxonomy, themes: Sequence[Theme]) -> None:
    codes = [theme.code for theme in themes]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadContent(f"The theme {twice[0]!r} stands in the file twice.")
    for theme in themes:
        _check_theme(taxonomy, theme)
        _check_cues(taxonomy, theme)


def _check_theme(taxonomy: Taxonomy, theme: Theme) -> None:
    where = f"The theme {theme.code!r}"
    if theme.group not in taxonomy.groups:
        raise BadContent(f"{where} is in the group {theme.group!r}, which there is not.")
    if ENGLISH not in theme.label or ENGLISH not in theme.spoken:
        raise BadContent(f"{where} has no English label or spoken name.")
    strangers = (
        {str(area) for area in theme.areas} - {str(area) for area in taxonomy.areas}
        | set(theme.strategies) - set(taxonomy.strategies)
        | set(theme.criteria) - set(taxonomy.criteria)
    )
    if strangers:
        raise BadContent(f"{where} is mapped to {min(strangers)!r}, which there is not.")
    if not 0 < theme.threshold < 1:
        raise BadContent(f"{where} has a threshold that is not between 0 and 1.")
    if theme.retired is None:
        if theme.instead:
            raise BadContent(f"{where} names themes to use instead, but is not retired.")
        return
    living = {other.code for other in taxonomy.living()}
    if not theme.instead or not set(theme.instead) <= living:
        raise BadContent(f"{where} is retired and must name living themes to use instead.")


def _check_cues(taxonomy: Taxonomy, theme: Theme) -> None:
    where = f"The theme {theme.code!r}"
    if theme.retired is not None and theme.cues:
        raise BadContent(f"{where} is retired, so no cue may speak for it.")
    said: set[tuple[str, bool]] = set()
    for cue in theme.cues:
        if not 0 < cue.weight <= 1:
            raise BadContent(f"{where} has the cue {cue.says!r} with a weight that is not a chance.")
        if not cue.says.strip():
            raise BadContent(f"{where} has an empty cue.")
        if (cue.says, cue.against) in said:
            raise BadContent(f"{where} has the cue {cue.says!r} twice.")
        said.add((cue.says, cue.against))
        for name in _LIST_NAME.findall(cue.says):
            if name not in taxonomy.words:
                raise BadContent(f"{where} has a cue that names the list @{name}, which there is not.")
