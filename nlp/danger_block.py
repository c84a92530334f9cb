"""One kind of features by which danger is scored: which are known, and what each says, held in few bytes.

Of 95,000 features the names would take thirteen megabytes as a dictionary and the weights fourteen as floating-point
numbers, in every worker. Held are the names as one text, for whoever keeps them, a number of 64 bits for each, by which it is
found, and the weights in eight bits as the file has them; the few that a text needs are worked out when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Numbers = NDArray[np.intp]


class Known(Mapping[str, int]):
    """Names by their numbers, in order. A name is told by Python's hash of it: of two names one is taken for the other once in
    2 to the 64th, and nobody outside can work out which.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._written = "\n".join(names).encode()
        hashes = np.fromiter(map(hash, names), np.int64, len(names))
        order = hashes.argsort()
        self._hashes = hashes[order]
        self._numbers = np.append(order, len(names)).astype(np.int32)

    def find(self, names: Sequence[str]) -> Numbers:
        """The number of each; of one that is not known the number after the last."""
        hashes = np.fromiter(map(hash, names), np.int64, len(names))
        if not len(self._hashes):
            return np.zeros(len(names), np.intp)
        at = self._hashes.searchsorted(hashes)
        at[self._hashes.take(at, mode="clip") != hashes] = len(self._hashes)
        return self._numbers.take(at).astype(np.intp)

    def __getitem__(self, name: str) -> int:
        number = int(self.find([name])[0])
        if number == len(self):
            raise KeyError(name)
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self._written.decode().split("\n") if len(self) else ())

    def __len__(self) -> int:
        return len(self._hashes)


@dataclass(frozen=True, slots=True)
class Eights:
    """Weights in eight bits, features by heads, with a scale for each head."""

    whole: NDArray[np.int8]
    scale: NDArray[np.float32]

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> Matrix:
        del dtype, copy
        return self.whole.astype(np.float64) * self.scale


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of features: their numbers, how telling each is, and its weight for each head (features by heads)."""

    number: Mapping[str, int]
    telling: NDArray[np.floating[Any]]
    weights: Matrix | Eights


class Table:
    """What each feature of a block adds to each head, and last to the square of the length; an unknown one adds nothing."""

    def __init__(self, block: Block) -> None:
        number, weights = block.number, block.weights
        self._known = number if isinstance(number, Known) else Known(list(number))
        whole: NDArray[Any] = weights.whole if isinstance(weights, Eights) else weights
        self._scale = weights.scale if isinstance(weights, Eights) else np.ones(whole.shape[1], np.float32)
        self._whole = np.concatenate([whole, np.zeros((1, whole.shape[1]), whole.dtype)])
        self._telling = np.append(block.telling, block.telling.dtype.type(0))

    def rows(self, features: Sequence[str]) -> Matrix:
        """A row for each."""
        at = self._known.find(features)
        weights = self._whole.take(at, axis=0)
        telling = self._telling.take(at).astype(np.float64)
        rows = np.empty((len(at), weights.shape[1] + 1))
        heads = rows[:, :-1]
        np.multiply(weights, self._scale, out=heads, dtype=np.float64)
        heads *= telling[:, None]
        np.multiply(telling, telling, out=rows[:, -1])
        return rows
