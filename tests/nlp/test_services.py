"""The service named is heard as staff would call it."""

from __future__ import annotations

import pytest
from spacy.language import Language

from nlp.services import Services
from nlp.spelling import Spelling


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("the school is great", "school"),
        ("cahms closed the case", "CAMHS"),
        ("the senco at his school", "SENCO"),
        ("nursery wont take him", "nursery"),
        ("pre-school", "nursery"),
        ("she goes to college", "college"),
        ("at the hospital", "hospital"),
        ("her special school", "special school"),
        ("our primary school", "primary school"),
        ("wheelchair services are slow", "wheelchair service"),
        ("ed psych came", "educational psychology"),
        ("no one rang", None),
        ("", None),
    ],
)
def test_a_service_has_its_name(nlp: Language, spelling: Spelling, text: str, service: str | None) -> None:
    assert Services(nlp, spelling).find(nlp(text)) == service
