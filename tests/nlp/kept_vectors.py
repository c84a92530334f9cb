"""The sentence model, which reads each text of the messages put aside once: their vectors are kept until anything that makes
them has changed.

The model reads every text by itself, so what it reads beside it changes nothing. Reading takes longer than all else that is
done with a message, and these are read by the tagger, by the whole listener, and by the listener again for danger.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nlp.sentences
from nlp.sentences import FOLDER, GRAPH, TOKENIZER, SentenceModel

ROOT = Path(__file__).parents[2]


class KeptVectors(SentenceModel):
    """``keep`` writes them beside the environment, which `make clean` takes away; a new one has them again."""

    def __init__(self, folder: Path = FOLDER) -> None:
        super().__init__(folder)
        self._names: list[str] = [output.name for output in self._session.get_outputs()]
        self._file = ROOT / ".venv" / "vectors" / f"{_digest(folder)}.npz"
        self._known: dict[str, list[NDArray[np.float32]]] = {}
        self._used: set[str] = set()
        if self._file.exists():
            with np.load(self._file) as kept:
                rows = [kept[name] for name in self._names]
                self._known = {str(key): list(each) for key, *each in zip(kept["texts"], *rows, strict=True)}
        self._before = len(self._known)

    def _read(self, session: Any, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        if session is not self._session:
            return super()._read(session, texts)
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            read = super()._read(session, list(new.values()))
            self._known |= {key: list(each) for key, *each in zip(new, *[read[name] for name in self._names], strict=True)}
        self._used.update(keys)
        return {
            name: np.array([self._known[key][place] for key in keys], np.float32).reshape(len(texts), -1)
            for place, name in enumerate(self._names)
        }

    def keep(self) -> None:
        """For the next run, where there is anything new."""
        if len(self._known) == self._before or not self._file.parents[1].is_dir():
            return
        self._file.parent.mkdir(exist_ok=True)
        for old in self._file.parent.iterdir():
            old.unlink()
        used = sorted(self._used)
        by_name: dict[str, Any] = {
            name: np.array([self._known[key][place] for key in used]) for place, name in enumerate(self._names)
        }
        half = self._file.with_name(f"{os.getpid()}.npz")
        np.savez(half, texts=np.array(used), **by_name)
        half.replace(self._file)


def _digest(folder: Path) -> str:
    """Of all that makes a vector: the model, what cuts a text into its tokens, our own reading, and what runs them."""
    made_by = [(folder / GRAPH), (folder / TOKENIZER), Path(str(nlp.sentences.__file__))]
    versions = " ".join(version(name) for name in ("numpy", "onnxruntime", "tokenizers"))
    return hashlib.sha256(
        b"".join(hashlib.sha256(file.read_bytes()).digest() for file in made_by) + versions.encode()
    ).hexdigest()
