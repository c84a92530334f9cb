"""What was learnt of names, as it is kept: one ``.npz`` file of plain arrays and text, no pickle; and its sums."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent
from nlp.name_features import GROUPS, Place

MODEL = Path(__file__).parent / "models" / "names.npz"
_FORM = 1
_MEMORY = 40_000


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
        file = io.BytesIO()
        np.savez_compressed(
            file,
            allow_pickle=False,
            about=_text(json.dumps({**numbers, "about": dict(self.about)}, ensure_ascii=False)),
            vocabulary=_text("\n".join(self.vocabulary)),
            grams=_text("\n".join(self.grams)),
            gram_weights=np.array(list(self.grams.values()), np.float16),
            features=_text("\n".join(self.features)),
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
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                about = json.loads(_words(file["about"]))
                if about["form"] != _FORM:
                    raise BadContent("What finds names was learnt by another version of Earshot; learn it anew.")
                return cls(
                    vocabulary=tuple(_words(file["vocabulary"]).split("\n")),
                    grams=_table(file["grams"], file["gram_weights"]),
                    grams_bias=about["grams_bias"],
                    features=_table(file["features"], file["weights"]),
                    bias=about["bias"],
                    threshold=about["threshold"],
                    doubt=about["doubt"],
                    about=about["about"],
                )
        except (ValueError, KeyError, OSError, EOFError) as error:
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


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _words(array: NDArray[Any]) -> str:
    return array.tobytes().decode()


def _table(keys: NDArray[Any], values: NDArray[Any]) -> dict[str, float]:
    return dict(zip(_words(keys).split("\n"), values.astype(np.float64).tolist(), strict=True))
