"""What was learnt of names, as it is kept: one ``.npz`` file of plain arrays and text, no pickle; and its sums.

Reading and summing need no numpy: the web process shows a family how their words would look, and is to stay light.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from bot.errors import BadContent
from nlp.name_features import GROUPS, Place

MODEL = Path(__file__).parent / "models" / "names.npz"
_FORM = 1
_HEADER = 10
_MEMORY = 4_096
"""Sums kept of each group: those of common words are found again, the others are soon worked out anew."""


@dataclass(frozen=True, slots=True)
class NameWeights:
    """``threshold`` is the chance from which a word is masked, ``doubt`` that from which a person is asked to look."""

    vocabulary: tuple[str, ...]
    grams: Mapping[str, float]
    grams_bias: float
    features: Mapping[str, float]
    bias: float
    threshold: float
    doubt: float
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        numbers = {
            "form": _FORM,
            "grams_bias": self.grams_bias,
            "bias": self.bias,
            "threshold": self.threshold,
            "doubt": self.doubt,
        }
        import numpy as np

        def text(words: str) -> Any:
            return np.frombuffer(words.encode(), np.uint8)

        file = io.BytesIO()
        np.savez_compressed(
            file,
            allow_pickle=False,
            about=text(json.dumps({**numbers, "about": dict(self.about)}, ensure_ascii=False)),
            vocabulary=text("\n".join(self.vocabulary)),
            grams=text("\n".join(self.grams)),
            gram_weights=np.array(list(self.grams.values()), np.float16),
            features=text("\n".join(self.features)),
            weights=np.array(list(self.features.values()), np.float16),
        )
        return file.getvalue()

    @classmethod
    def load(cls, path: Path = MODEL) -> Self:
        """Raises ``BadContent`` for what is no such file; ``OSError`` where there is none."""
        return cls.from_bytes(path.read_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                about = json.loads(_array(file, "about"))
                if about["form"] != _FORM:
                    raise BadContent("What finds names was learnt by another version of Earshot; learn it anew.")
                return cls(
                    vocabulary=tuple(_array(file, "vocabulary").decode().split("\n")),
                    grams=_table(file, "grams", "gram_weights"),
                    grams_bias=about["grams_bias"],
                    features=_table(file, "features", "weights"),
                    bias=about["bias"],
                    threshold=about["threshold"],
                    doubt=about["doubt"],
                    about=about["about"],
                )
        except (ValueError, KeyError, OSError, EOFError, struct.error, zipfile.BadZipFile) as error:
            raise BadContent(f"This is not what finds names, or it is damaged: {error}") from error


class Scorer:
    """The chance that a word is a name. The sum of each group is worked out once for what it hangs on."""

    def __init__(self, weights: NameWeights) -> None:
        self._bias = weights.bias
        self._groups: Sequence[Any] = [_summed(group, weights.features) for group in GROUPS]

    def chance(self, place: Place) -> float:
        margin = self._bias
        for total, key in zip(self._groups, place, strict=True):
            margin += total(*key)
        return 1 / (1 + math.exp(-margin)) if margin > -30 else 0.0  # noqa: PLR2004 - exp would overflow far below


def _summed(group: Any, weights: Mapping[str, float]) -> Any:
    def total(*key: Any) -> float:
        lines: Iterable[str] = group(*key)
        return sum(weights.get(line, 0.0) for line in lines)

    return lru_cache(maxsize=_MEMORY)(total)


def _array(file: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of an array, after what numpy writes before them: a mark, two figures of its form, the length of a header."""
    data = file.read(f"{name}.npy")
    return data[_HEADER + int.from_bytes(data[_HEADER - 2 : _HEADER], "little") :]


def _table(file: zipfile.ZipFile, keys: str, halves: str) -> dict[str, float]:
    """``halves`` are numbers of two bytes, of which there are few: each is held once."""
    numbers = _array(file, halves)
    shared: dict[float, float] = {}
    values = [shared.setdefault(value, value) for value in struct.unpack(f"<{len(numbers) // 2}e", numbers)]
    return dict(zip(_array(file, keys).decode().split("\n"), values, strict=True))
