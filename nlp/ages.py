"""How old the child is, as a band, from an age or a school year the person says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot import toml
from nlp.spelling import LEXICON

BANDS = ((4, "0-4"), (10, "5-10"), (15, "11-15"), (18, "16-18"), (25, "19-25"))
"""Each band by its last year."""
_OLDEST_OWN = 18
_MONTHS = 12
_BEFORE_YEAR_ONE = 4
_LOOK_BACK = 30
_PAST = re.compile(r"\b(?:was|were|been|had|since|when|before|until|till|from|after|used to|moved|did|going|goes|go)\b[^.!?\n]*$")
_LONGEST = 4000
"""Code points looked at: an age stands early, and a hostile text may be long."""


class Ages:
    """The patterns of ``ages.toml``."""

    def __init__(self, path: Path = LEXICON / "ages.toml") -> None:
        data = toml.read(path)
        self._words = {word: number for number, word in enumerate(data["numbers"])}
        age = rf"(?P<age>\d{{1,2}}|{'|'.join(sorted(self._words, key=len, reverse=True))})"
        no = rf"(?!\s*(?:{'|'.join(data['not_before'])}))\b"

        def compiled(name: str) -> list[re.Pattern[str]]:
            return [re.compile(line.format_map(_Slots(age=age, child=data["child"], no=no))) for line in data[name]]

        self._number = re.compile(rf"\d|\b(?:{'|'.join(self._words)})")
        """Stands in every text that says an age or a year: most do not, and are spared the rest."""
        self._says, self._own = compiled("says"), compiled("own")
        self._months, self._school_year = compiled("months"), compiled("school_year")
        self._another_time = re.compile(data["another_time"])
        self._now_in = [(band, [re.compile(line) for line in lines]) for band, lines in data["now_in"].items()]

    def band(self, text: str) -> str | None:
        """The band of the first age said of a child now; ages of another time, waits and distances are none."""
        plain = text[:_LONGEST].lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        ages = self._ages(plain) if self._number.search(plain) else ()
        return next((band for age in ages if (band := band_of(age))), None) or self._by_where_they_are(plain)

    def _ages(self, text: str) -> Iterator[int]:
        """In years, the likelier first."""
        yield from (months // _MONTHS for months in self._numbers(self._months, text))
        yield from self._numbers(self._says, text)
        yield from (age for age in self._numbers(self._own, text) if age <= _OLDEST_OWN)
        yield from (year + _BEFORE_YEAR_ONE for year in self._numbers(self._school_year, text))

    def _by_where_they_are(self, text: str) -> str | None:
        """The band of a nursery, of Reception or of a college the child is in now: the first of them in the text."""
        places = [(match.start(), band) for band, lines in self._now_in for line in lines for match in line.finditer(text)]
        return next((band for start, band in sorted(places) if not _PAST.search(text[max(0, start - _LOOK_BACK) : start])), None)

    def _numbers(self, patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[int]:
        matches = sorted((match for pattern in patterns for match in pattern.finditer(text)), key=re.Match[str].start)
        for match in matches:
            if not self._another_time.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
                said = match["age"]
                yield int(said) if said.isdecimal() else self._words[said]


class _Slots(dict[str, str]):
    """Fills the slots of a pattern; braces of its own, as in ``{0,3}``, are left as they stand."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def band_of(age: int) -> str | None:
    """The band of an age in years, or None from 26."""
    return next((name for last, name in BANDS if age <= last), None)
