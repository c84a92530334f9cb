"""Comments of one file that are nearly the same: found without holding each against every other."""

from __future__ import annotations

import re
from collections import defaultdict
from zlib import crc32

from rapidfuzz import fuzz

ALIKE_FROM = 90.0
"""Per cent of the letters that two comments must share, in their order."""

_WORDS = re.compile(r"\w+")
_IN_A_ROW = 3
_SKETCH = 8
_MOST_COMPARED = 50


class Alike:
    """Learns comments one by one, and says of each which earlier one it is nearly the same as.

    Only those that share one of a few stretches of three words are compared (the stretches whose checksum is lowest: two
    texts that are alike have most of these in common), so that ten thousand rows take a second and not an hour.
    """

    def __init__(self) -> None:
        self._texts: list[tuple[int, str]] = []
        self._having: dict[int, list[int]] = defaultdict(list)

    def look(self, number: int, text: str) -> int | None:
        """The number of an earlier comment that is nearly or exactly the same. This one is then known as ``number``."""
        words = [word.casefold() for word in _WORDS.findall(text)]
        plain = " ".join(words)
        sketch = _sketch(words)
        known = dict.fromkeys(place for part in sketch for place in self._having[part][:_MOST_COMPARED])
        found = next(
            (self._texts[place][0] for place in known if fuzz.ratio(plain, self._texts[place][1], score_cutoff=ALIKE_FROM)),
            None,
        )
        for part in sketch:
            self._having[part].append(len(self._texts))
        self._texts.append((number, plain))
        return found


def _sketch(words: list[str]) -> list[int]:
    rows = {" ".join(words[at : at + _IN_A_ROW]) for at in range(max(1, len(words) - _IN_A_ROW + 1))}
    return sorted(crc32(row.encode("utf-8", "surrogatepass")) for row in rows if row)[:_SKETCH]
