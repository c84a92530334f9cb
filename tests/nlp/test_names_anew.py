"""What was masked without names is masked anew by the real redactor as if it had been masked by it from the first."""

from __future__ import annotations

import pytest

from bot.masks import mask_more
from bot.redacting import MaskedText, Source, masked_anew
from bot.redaction import redact
from nlp import name_masking
from nlp.listener import SpacyListener
from nlp.name_masking import masker

TEXTS = [
    "My son Kacper Nowak waits for the taxi. kacper is tired, ring 07700 900123",
    "its anna here, mum of zofia. Mrs Whitcombe at school was lovely",
    "No name stands here, only a school and a taxi",
    "Dear all\n\nTomasz has no school place since May. His EHCP says Fairmead.\n\nThanks, Agnieszka Zielinska",
]


def anew(original: str, shown: str) -> str:
    for masks in masked_anew(masker(), MaskedText(source=Source.MESSAGE, key=1, shown=shown, original=original)).steps:
        shown = mask_more(shown, masks).text
    return shown


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_masked_without_names_ends_as_if_they_had_been_looked_for(text: str) -> None:
    now = masker().redact(text).redacted

    assert anew(text, redact(text)[0]) == now
    assert anew(text, now) == now


def test_the_listener_says_who_masked_what_it_heard(listener: SpacyListener) -> None:
    assert listener.hear(TEXTS[0]).redactor == name_masking.version()
    assert listener.hear("Мій син Андрій чекає на автобус").redactor == name_masking.version()


def test_another_round_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever teaches the code to find more says so, and what is stored is masked anew."""
    before = name_masking.version()
    monkeypatch.setattr(name_masking, "ROUND", name_masking.ROUND + 1)
    name_masking.version.cache_clear()
    after = name_masking.version()
    monkeypatch.undo()
    name_masking.version.cache_clear()

    assert after != before
    assert name_masking.version() == before
