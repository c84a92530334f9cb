"""What a tagger has learnt, as it is kept: one ``.npz`` file of plain arrays and text, no pickle.

Heads stand side by side in one matrix: first the themes, then the feelings. Two voters have such a matrix, the one that
reads words and runs of letters and the one that reads sentence vectors; a mix says how far each is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent
from nlp.arrays import array_text, packed, text_array, unpacked
from nlp.ngrams import Ngrams

Matrix = NDArray[np.float32]

_FORM = 1
"""Of the file; a file of another form is refused with a sentence."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A matrix as the file has it, in eight bits with a scale for each column: a quarter of the memory."""

    whole: NDArray[np.int8]
    scale: Matrix

    def take(self, rows: NDArray[np.intp], axis: Literal[0]) -> Matrix:
        found: Matrix = self.whole.take(rows, axis=axis).astype(np.float32) * self.scale
        return found

    def __getitem__(self, at: tuple[NDArray[np.intp], int]) -> Matrix:
        """Of these rows, one column."""
        found: Matrix = self.whole[at].astype(np.float32) * self.scale[at[1]]
        return found

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> Matrix:
        del dtype, copy
        return self.whole.astype(np.float32) * self.scale


@dataclass(frozen=True, slots=True)
class Mix:
    """How voters become chances: logistic weights for each theme's evidence, the same for all themes but for the offset.

    ``weights`` are for the words' margin, the rules' score, whether the rules say anything, and last, where sentences
    vote, their margin. ``thresholds`` are the chances from which a theme is suggested. ``feelings`` turns the evidence of a
    feeling into the margins of all feelings (evidence by feelings), with its own offsets in the last row.
    """

    weights: Matrix
    offsets: Matrix
    thresholds: Matrix
    feelings: Matrix


@dataclass(frozen=True, slots=True)
class Weights:
    """``sentences`` is None where no sentence vectors were learnt from. ``about`` says what made this, for people."""

    themes: tuple[str, ...]
    feelings: tuple[str, ...]
    ngrams: Ngrams
    words: Matrix | Scaled
    words_bias: Matrix
    mix: Mix
    sentences: Matrix | None = None
    sentences_bias: Matrix | None = None
    mix_with_sentences: Mix | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return str(self.about.get("version", "0"))

    def to_bytes(self) -> bytes:
        """The file. Words' weights are kept in eight bits, a scale for each head: they differ in the third place."""
        words = np.asarray(self.words)
        scale = np.abs(words).max(axis=0) / 127
        arrays: dict[str, NDArray[Any]] = {
            "about": text_array(json.dumps({"form": _FORM, **self.about}, ensure_ascii=False)),
            "themes": text_array("\n".join(self.themes)),
            "feelings": text_array("\n".join(self.feelings)),
            "features": text_array("\n".join(self.ngrams.features)),
            "telling": self.ngrams.weights.astype(np.float16),
            "words": np.round(words / np.where(scale > 0, scale, 1)).astype(np.int8),
            "words_scale": scale.astype(np.float32),
            "words_bias": self.words_bias,
            **_mix_arrays("mix", self.mix),
        }
        if self.sentences is not None and self.sentences_bias is not None and self.mix_with_sentences is not None:
            arrays |= {"sentences": self.sentences.astype(np.float16), "sentences_bias": self.sentences_bias}
            arrays |= _mix_arrays("mixed", self.mix_with_sentences)
        return packed(arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ``BadContent`` for what is no tagger's file."""
        try:
            return cls._read(unpacked(data, "a tagger's file"))
        except (ValueError, KeyError) as error:
            raise BadContent(f"This is not a tagger's file, or it is damaged: {error}") from error

    @classmethod
    def _read(cls, file: Mapping[str, NDArray[Any]]) -> Self:
        about = json.loads(array_text(file["about"]))
        if about.pop("form") != _FORM:
            raise BadContent("This tagger was made by another version of Earshot; train it anew.")
        with_sentences = "sentences" in file
        return cls(
            themes=tuple(array_text(file["themes"]).split("\n")),
            feelings=tuple(array_text(file["feelings"]).split("\n")) if len(file["feelings"]) else (),
            ngrams=Ngrams(array_text(file["features"]).split("\n"), file["telling"].astype(np.float32)),
            words=Scaled(file["words"], file["words_scale"]),
            words_bias=file["words_bias"],
            mix=_mix("mix", file),
            sentences=file["sentences"].astype(np.float32) if with_sentences else None,
            sentences_bias=file["sentences_bias"] if with_sentences else None,
            mix_with_sentences=_mix("mixed", file) if with_sentences else None,
            about=about,
        )

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises ``BadContent``; ``OSError`` where there is no such file."""
        return cls.from_bytes(path.read_bytes())


def _mix_arrays(name: str, mix: Mix) -> dict[str, NDArray[Any]]:
    return {
        f"{name}_weights": mix.weights,
        f"{name}_offsets": mix.offsets,
        f"{name}_thresholds": mix.thresholds,
        f"{name}_feelings": mix.feelings,
    }


def _mix(name: str, file: Mapping[str, NDArray[Any]]) -> Mix:
    return Mix(file[f"{name}_weights"], file[f"{name}_offsets"], file[f"{name}_thresholds"], file[f"{name}_feelings"])
