"""How well a tagger hears, in figures: made where it is measured, kept beside it, shown to staff and in the model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import BadContent

FORM = 1
"""Of the JSON; figures of another form cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How well one thing is heard. ``count`` is how often it was to be heard, ``low`` and ``high`` bound F1: of 100 such
    samples of messages, in 95 it lay between them.
    """

    name: str
    count: int
    precision: float
    recall: float
    f1: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Suggestions of one sureness: how many, their share of all, and how many in 1 were right."""

    name: str
    count: int
    share: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Chances between two bounds: how many, their mean, and the share that came true."""

    low: float
    high: float
    count: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured on one set of messages, with or without the sentence model.

    ``all_themes`` counts every suggestion alike, ``mean_theme`` every theme alike. ``exact`` is the share of messages all of
    whose themes were right; ``ranking`` the label ranking average precision, over the messages that have a theme;
    ``error`` how far the chances are from what comes true, on the mean (expected calibration error), of all chances and
    (``error_suggested``) of those suggested. ``uncut`` is ``all_themes`` had no message been cut into passages;
    ``passage_feelings`` the share of passages whose feeling was right.
    """

    messages: int
    all_themes: Measure
    mean_theme: Measure
    themes: tuple[Measure, ...]
    groups: tuple[Measure, ...] = ()
    channels: tuple[Measure, ...] = ()
    lengths: tuple[Measure, ...] = ()
    locales: tuple[Measure, ...] = ()
    voices: tuple[Measure, ...] = ()
    exact: float = 0.0
    ranking: float = 0.0
    error: float = 0.0
    error_suggested: float = 0.0
    bins: tuple[Bin, ...] = ()
    bands: tuple[Band, ...] = ()
    feelings: tuple[Measure, ...] = ()
    mean_feeling: Measure | None = None
    uncut: Measure | None = None
    passages: tuple[Measure, ...] = ()
    passage_feelings: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Anything else that was measured: names by community, danger by slice, languages. ``says`` explains it in a sentence."""

    title: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that was measured of a tagger. ``sample`` says on what. ``sentences`` is None where there was no sentence model."""

    sample: str
    words: Result
    sentences: Result | None = None
    tables: tuple[Table, ...] = ()

    @property
    def best(self) -> Result:
        """With the sentence model where it was measured."""
        return self.sentences or self.words

    def to_json(self) -> str:
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Figures:
        """Raises ``BadContent``."""
        try:
            data = json.loads(text)
            if data["form"] != FORM:
                raise BadContent("These figures were made by another version of Earshot; measure anew.")
            return cls(
                sample=data["sample"],
                words=_result(data["words"]),
                sentences=_result(data["sentences"]) if data["sentences"] else None,
                tables=tuple(
                    Table(
                        title=table["title"],
                        says=table["says"],
                        columns=tuple(table["columns"]),
                        rows=tuple(tuple(row) for row in table["rows"]),
                    )
                    for table in data["tables"]
                ),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadContent("These are no figures of a tagger, or they are damaged.") from error


_LISTS = ("themes", "groups", "channels", "lengths", "locales", "voices", "feelings", "passages")


def _result(data: Mapping[str, Any]) -> Result:
    made = {name: tuple(Measure(**row) for row in data[name]) for name in _LISTS}
    return Result(
        **{
            **data,
            **made,
            "all_themes": Measure(**data["all_themes"]),
            "mean_theme": Measure(**data["mean_theme"]),
            "uncut": Measure(**data["uncut"]) if data["uncut"] else None,
            "mean_feeling": Measure(**data["mean_feeling"]) if data["mean_feeling"] else None,
            "bins": tuple(Bin(**row) for row in data["bins"]),
            "bands": tuple(Band(**row) for row in data["bands"]),
        }
    )
