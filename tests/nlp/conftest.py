"""One listener for all tests here: building it takes a second, and hearing changes nothing in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from nlp import pipeline
from nlp.listener import SpacyListener
from nlp.sentences import SentenceModel
from nlp.spelling import Spelling
from tests.nlp.kept_vectors import KeptVectors

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a file of ``data``."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def listener() -> SpacyListener:
    return SpacyListener()


@pytest.fixture(scope="session")
def nlp() -> Language:
    return pipeline.build()


@pytest.fixture(scope="session")
def spelling(nlp: Language) -> Spelling:
    return pipeline.spelling_of(nlp)


@pytest.fixture(scope="session")
def sentences() -> Iterator[SentenceModel | None]:
    """The sentence model, where it was made."""
    model = KeptVectors.load()
    yield model
    if model is not None:
        model.keep()
