"""Sentence vectors by MiniLM, where ``make embeddings`` has made the model. English only.

Two texts that say the same thing in other words have vectors that point the same way. Without the model everything
works; what is given up then stands in the model card and is told by ``earshot doctor``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nlp.memory import give_back

MODELS = Path(__file__).parent / "models"
FOLDER = MODELS / "sentences"
PLAIN, THEMES, DANGER = "vectors", "tuned", "danger"
"""What the model puts out: vectors as upstream trained it, and those of layers tuned to themes and to danger."""
ADAPTERS = {THEMES: MODELS / "adapter.npz", DANGER: MODELS / "danger_adapter.npz"}
"""The changes of tuned layers, from which ``make embeddings`` makes the model."""
GRAPH, LIKENESS = "sentences.onnx", "likeness.onnx"
"""The layers tuned to what is asked of every message, and the model as upstream trained it, which tells how alike two are."""
TOKENIZER = "tokenizer.json"
WIDTH = 384
MOST_TOKENS = 256
_MASKED = re.compile("\N{FULL BLOCK}+")
_LONGEST = 4_000
"""Letters handed to the tokenizer: 256 tokens are read, and no token is that long."""


def spoken(text: str) -> str:
    """A text as the model is to read it: what was masked, blocks by now, becomes a word that may stand anywhere."""
    return _MASKED.sub("someone", text)


def made_of(adapter: Path) -> str:
    """By which an adapter is known; heads learnt on the vectors of another mean nothing."""
    return hashlib.sha256(adapter.read_bytes()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of so many texts: ``tuned`` to themes, texts by 384 and of length 1; ``danger``, where layers were tuned to it, texts by
    768: the mean, and beside it the mean of what matters.
    """

    tuned: NDArray[np.float32]
    danger: NDArray[np.float32] | None = None


class SentenceModel:
    """The model, loaded. One serves all threads; it uses one core."""

    def __init__(self, folder: Path = FOLDER) -> None:
        from tokenizers import Tokenizer

        self._folder = folder
        self._session = _session(folder / GRAPH)
        self.made_of: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        """The digests of the adapters that were worked in, by the names of their vectors."""
        self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()
        give_back()

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self | None:
        """The model, or None where it was not made or what runs it is not installed."""
        if not (folder / GRAPH).exists():
            return None
        try:
            return cls(folder)
        except ImportError:
            return None

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Of each text, in order. Each is read by itself: the model counts in eight bits over all it reads at once, so beside
        others a text would have another vector (cosine 0.96 to 1 between the two), and a long one would need much memory.
        """
        each = self._read(self._session, texts)
        return Vectors(each[THEMES] if THEMES in each else each[PLAIN], each.get(DANGER))

    def likeness(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Of each text, in order, a vector as upstream trained them, texts by 384: the nearer two are, the more alike."""
        return self._read(self._plain, texts)[PLAIN]

    @cached_property
    def _plain(self) -> Any:
        """Loaded when it is first asked for: no message that is tagged needs it."""
        return _session(self._folder / LIKENESS)

    def _read(self, session: Any, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        names = [output.name for output in session.get_outputs()]
        found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
        for encoding in self._tokenizer.encode_batch([spoken(text[:_LONGEST]) for text in texts]):
            numbers = np.array([encoding.ids], np.int64)
            read = session.run(names, {"input_ids": numbers, "attention_mask": np.ones_like(numbers)})
            for name, vectors in zip(names, read, strict=True):
                found[name].append(vectors[0])
        return {name: np.array(vectors, np.float32).reshape(len(texts), -1) for name, vectors in found.items()}


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # a long text would keep its memory for good
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
