"""Sentence vectors by MiniLM, where ``make embeddings`` has made the model. English only.

Two texts that say the same thing in other words have vectors that point the same way. Without the model everything
works; what is given up then stands in the model card and is told by ``earshot doctor``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

MODELS = Path(__file__).parent / "models"
FOLDER = MODELS / "sentences"
ADAPTER = MODELS / "adapter.npz"
GRAPH = "sentences.onnx"
TOKENIZER = "tokenizer.json"
WIDTH = 384
MOST_TOKENS = 256
_MASKED = re.compile("\N{FULL BLOCK}+")
_LONGEST = 4_000
"""Letters handed to the tokenizer: 256 tokens are read, and no token is that long."""


def spoken(text: str) -> str:
    """A text as the model is to read it: what was masked, blocks by now, becomes a word that may stand anywhere."""
    return _MASKED.sub("someone", text)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of so many texts: ``plain`` for likeness and ``tuned`` for themes, each texts by 384 and of length 1."""

    plain: NDArray[np.float32]
    tuned: NDArray[np.float32]


class SentenceModel:
    """The model, loaded. One serves all threads; it uses one core."""

    def __init__(self, folder: Path = FOLDER) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # a long text would keep its memory for good
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()

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
        plain = np.zeros((len(texts), WIDTH), np.float32)
        tuned = plain.copy()
        for place, encoding in enumerate(self._tokenizer.encode_batch([spoken(text[:_LONGEST]) for text in texts])):
            numbers = np.array([encoding.ids], np.int64)
            found = self._session.run(self._outputs, {"input_ids": numbers, "attention_mask": np.ones_like(numbers)})
            plain[place], tuned[place] = found[0][0], found[-1][0]
        return Vectors(plain, tuned)
