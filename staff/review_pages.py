"""What the review page shows beside the words: the themes with a key, the others by group, and the guide."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.model import Span
from bot.review import Sureness, tags
from bot.reviewing import DIGITS, Work
from bot.themes import Taxonomy, Theme
from staff.marks import Piece, pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One theme that can be ticked. ``key``: the digit that ticks it, or none. ``number``: at its evidence in the words."""

    theme: Theme
    key: str = ""
    is_ticked: bool = False
    sureness: Sureness | None = None
    by_parent: bool = False
    number: int | None = None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """``standing``: what the tagger or the parent says; ``others`` have a key as well; ``rest`` stand in a fold, by group."""

    work: Work
    pieces: tuple[Piece, ...]
    standing: tuple[Choice, ...]
    others: tuple[Choice, ...]
    rest: tuple[tuple[str, tuple[Choice, ...]], ...]
    guide: tuple[Theme, ...]

    @classmethod
    def of(cls, work: Work, taxonomy: Taxonomy) -> ReviewPage:
        standing = _standing(work, taxonomy)
        named = {choice.theme.code for choice in standing}
        digits = {code: str(place) for place, code in enumerate(_keyed(work, named), start=1)}
        standing = tuple(_with_key(choice, digits) for choice in standing)
        others = tuple(Choice(theme=taxonomy.themes[code], key=digit) for code, digit in digits.items() if code not in named)
        placed = named | digits.keys()
        rest = tuple(
            (taxonomy.group_label(group), left)
            for group, themes in taxonomy.by_group()
            if (left := tuple(Choice(theme=theme) for theme in themes if theme.code not in placed))
        )
        evidence = {choice.number: _evidence(work, choice.theme.code) for choice in standing if choice.number}
        return cls(
            work=work,
            pieces=pieces(work.passage.text, evidence),
            standing=standing,
            others=others,
            rest=rest,
            guide=tuple(choice.theme for choice in standing),
        )


def _keyed(work: Work, named: set[str]) -> list[str]:
    """The standing ones first, so that what is ticked has the first digits."""
    in_order = [tag.theme for tag in tags(work.passage) if tag.theme in named]
    return list(dict.fromkeys([*in_order, *work.choices]))[:DIGITS]


def _standing(work: Work, taxonomy: Taxonomy) -> tuple[Choice, ...]:
    found: list[Choice] = []
    number = 0
    for tag in tags(work.passage):
        if tag.theme not in taxonomy.themes:
            continue
        number += bool(tag.evidence)
        found.append(
            Choice(
                theme=taxonomy.themes[tag.theme],
                is_ticked=True,
                sureness=tag.sureness,
                by_parent=tag.voice == "parent",
                number=number if tag.evidence else None,
                quotes=tuple(dict.fromkeys(work.passage.text[start:end] for start, end in tag.evidence)),
            )
        )
    return tuple(found)


def _with_key(choice: Choice, digits: dict[str, str]) -> Choice:
    return replace(choice, key=digits.get(choice.theme.code, ""))


def _evidence(work: Work, theme: str) -> tuple[Span, ...]:
    return next((tag.evidence for tag in tags(work.passage) if tag.theme == theme), ())
