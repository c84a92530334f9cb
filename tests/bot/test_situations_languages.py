"""What families ask for in other languages than English: recognised plainly, and not where words only look so."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.model import Locale
from bot.situations import Situation, Situations

DATA = Path(__file__).parent / "data" / "situations_by_language"
RULES = Situations.load()
LINES: dict[str, dict[str, list[str]]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(DATA.glob("*.toml"))
}
ORDINARY = Path(__file__).parent / "data" / "danger"


def test_every_language_with_rules_is_measured() -> None:
    assert {*LINES, "en"} == set(RULES.languages)


@pytest.mark.parametrize("language", LINES)
def test_what_is_asked_for_is_heard(language: str) -> None:
    said = {name: texts for name, texts in LINES[language].items() if name != "none"}
    missed = [
        (name, text)
        for name, texts in said.items()
        for text in texts
        if Situation(name) not in RULES.recognise(text, Locale(language))
    ]

    assert set(said) >= set(Situation) - {Situation.OTHER_COUNCIL}
    assert sum(map(len, said.values())) >= 28
    assert missed == []


@pytest.mark.parametrize("language", LINES)
def test_lines_that_only_look_so_ask_for_nothing(language: str) -> None:
    taken = [(text, found) for text in LINES[language]["none"] if (found := RULES.recognise(text, Locale(language)))]

    assert len(LINES[language]["none"]) >= 15
    assert taken == []


@pytest.mark.parametrize("language", LINES)
def test_ordinary_words_and_words_of_danger_meet_no_grave_situation(language: str) -> None:
    """They were written for something else."""
    texts = tomllib.loads((ORDINARY / f"{language}.toml").read_text("utf-8"))
    lines = [text for name in ("ordinary", "looks_alike", "unseen_ordinary") for text in texts[name]]
    grave = {Situation.DEATH, Situation.THREAT, Situation.SPAM, Situation.FOI, Situation.COMPLAINT, Situation.WRONG_NUMBER}

    assert [text for text in lines if grave & set(RULES.recognise(text, Locale(language)))] == []


@pytest.mark.parametrize("language", LINES)
def test_words_of_one_language_are_read_by_its_own_rules_only(language: str) -> None:
    assert RULES.recognise("I want to make a formal complaint", Locale(language)) == ()
