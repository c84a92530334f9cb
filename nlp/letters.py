"""Which language the letters of a text are like: runs of one to five letters, weighed by what was learnt from our own texts.

It reads a table of numbers and holds no words. ``nlp.letters_training`` makes the table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent

LEARNT = Path(__file__).parent / "models" / "letters.npz"
SIZE = 1 << 16
"""Rows of the table. Runs that fall on one row share it."""
LONGEST = 200
"""Letters looked at."""
IN_ROMAN = "-Latn"
"""After the code of a language that is most often written in other letters. What such a column hears is the language."""
_OWN_IN_ROMAN = "ur-Latn"
_RUNS = 5
_STEP = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_DOWN = np.uint64(64 - 16)


def runs(text: str) -> NDArray[np.intp]:
    """The rows of the table for all runs of letters of a text of words in small letters, a blank before and after it."""
    letters = np.frombuffer(f" {text[:LONGEST]} ".encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    run = letters
    found = [run * _SPREAD >> _DOWN]
    for longer in range(1, _RUNS):
        run = run[:-1] * _STEP + letters[longer:] if len(run) > 1 else run[:0]
        found.append((run + np.uint64(longer)) * _SPREAD >> _DOWN)
    return np.concatenate(found).astype(np.intp)


class Letters:
    """``weights`` are rows of the table by languages, in eight bits; ``scale`` and ``bias`` of each language."""

    def __init__(
        self, codes: tuple[str, ...], weights: NDArray[np.int8], scale: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> None:
        self._weights, self._scale, self._bias = weights, scale, bias
        self._named = [code if code == _OWN_IN_ROMAN else code.removesuffix(IN_ROMAN) for code in codes]

    @classmethod
    def load(cls, path: Path = LEARNT) -> Self:
        """Raises ``BadContent``."""
        try:
            with np.load(path, allow_pickle=False) as file:
                codes = tuple(file["codes"].tobytes().decode().split("\n"))
                return cls(codes, file["weights"], file["scale"], file["bias"])
        except (OSError, ValueError, KeyError) as error:
            raise BadContent(f"{path.name} is no table of letters.") from error

    def chances(self, text: str) -> dict[str, float]:
        """How likely each language is, of all together 1; ``text`` as for ``runs``."""
        rows = runs(text)
        margin = self._weights.take(rows, axis=0).sum(axis=0, dtype=np.int64) * self._scale / np.sqrt(len(rows)) + self._bias
        odds = np.exp(margin - margin.max())
        found = dict.fromkeys(self._named, 0.0)
        for code, chance in zip(self._named, (odds / odds.sum()).tolist(), strict=True):
            found[code] += chance
        return found
