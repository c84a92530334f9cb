"""What tuning the upper layers of the sentence model left behind: low-rank changes, heads, and its honest judgements.

A text the layers were tuned on is known too well. For each such text the file keeps what layers tuned without its author
said of it; the mix of the voters is learnt from that. Texts are known by a hash, so the file holds no words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_KEPT = ("heads", "bias", "labels", "texts", "unseen")


class Adapter:
    """``heads`` are 384 by heads, ``labels`` their names, themes first; ``changes`` what ``nlp.sentence_model`` works in."""

    def __init__(
        self,
        *,
        changes: Mapping[str, NDArray[Any]],
        labels: Sequence[str],
        heads: Matrix,
        bias: Matrix,
        texts: NDArray[np.uint64],
        unseen: Matrix,
    ) -> None:
        self.changes, self.labels, self.heads, self.bias = dict(changes), tuple(labels), heads, bias
        self._texts, self._unseen = texts, unseen
        self._row = {int(text): row for row, text in enumerate(texts)}

    def unseen(self, text: str) -> Matrix | None:
        """The margins of all heads for a text tuned on, by layers that were not (not a number where no such layers were made);
        None for any other text.
        """
        row = self._row.get(int(hash_of(text)))
        return None if row is None else self._unseen[row].astype(np.float32)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """None where there is no such file."""
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as file:
            return cls(
                changes={name: file[name] for name in file.files if name not in _KEPT},
                labels=file["labels"].tobytes().decode().split("\n"),
                heads=file["heads"].astype(np.float32),
                bias=file["bias"].astype(np.float32),
                texts=file["texts"],
                unseen=file["unseen"],
            )

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {name: change.astype(np.float16) for name, change in self.changes.items()}
        np.savez_compressed(
            path,
            allow_pickle=False,
            labels=np.frombuffer("\n".join(self.labels).encode(), np.uint8),
            heads=self.heads.astype(np.float16),
            bias=self.bias.astype(np.float32),
            texts=self._texts,
            unseen=self._unseen.astype(np.float16),
            **arrays,
        )


def hash_of(text: str) -> np.uint64:
    """By which a text is known again."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"))
