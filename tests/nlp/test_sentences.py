"""The sentence model, where it was made: what it says of texts, and that reading with it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlp.sentences import SentenceModel, spoken

MODEL = SentenceModel.load()
needs_model = pytest.mark.skipif(MODEL is None, reason="The sentence model was not made: make embeddings")


def test_what_was_masked_is_read_as_somebody() -> None:
    assert spoken("\N{FULL BLOCK}\N{FULL BLOCK}\N{FULL BLOCK} rang me") == "someone rang me"


def test_without_the_model_there_is_none(tmp_path: Path) -> None:
    assert SentenceModel.load(tmp_path) is None


@needs_model
def test_texts_that_say_the_same_lie_nearer_than_texts_that_do_not() -> None:
    assert MODEL is not None
    vectors = MODEL.likeness(["the taxi came late again", "our minibus was not on time", "her dentist needs sedation"])

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@needs_model
def test_a_text_has_one_vector_whatever_stands_beside_it_and_none_is_refused() -> None:
    assert MODEL is not None
    texts = ["the taxi came late again", "", "\N{FIRE}", "a" * 100_000, "word " * 5_000]

    assert np.array_equal(MODEL.vectors(texts).tuned[0], MODEL.vectors(texts[:1]).tuned[0])
    assert np.isfinite(MODEL.likeness(texts)).all()


@needs_model
def test_reading_writes_no_file_and_asks_nobody(tmp_path: Path) -> None:
    """Some builds of the library that runs the model carry telemetry, which leaves a file where temporary ones are kept."""
    code = "from nlp.sentences import SentenceModel; SentenceModel.load().vectors(['hello'])"
    root = Path(__file__).parents[2]
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=root, env=home, check=True)

    assert list(tmp_path.iterdir()) == []
