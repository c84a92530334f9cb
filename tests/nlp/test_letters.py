"""Runs of letters tell languages apart where no everyday word does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadContent
from nlp.language import LanguageEar
from nlp.letters import LONGEST, SIZE, Letters, runs
from nlp.letters_training import learnt, save


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters.load()


def test_runs_are_rows_of_the_table_and_of_one_to_five_letters() -> None:
    rows = runs("ab")

    assert len(rows) == 4 + 3 + 2 + 1
    assert rows.min() >= 0
    assert rows.max() < SIZE


def test_nothing_and_a_very_long_text_and_half_a_sign_can_be_read(letters: Letters) -> None:
    for text in ("", "a", "ż" * 100_000, "\ud800"):
        assert sum(letters.chances(text).values()) == pytest.approx(1)
    assert len(runs("ż" * 100_000)) == len(runs("ż" * LONGEST))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("bg", "uchitelkata ne go razbira"),
        ("uk", "vchytelka yoho ne rozumiye"),
        ("ar", "el m3alme ma btefham 3aleh"),
        ("ur-Latn", "ustani us ki baat nahi samajhti"),
        ("und", "die Lehrerin versteht ihn nicht"),
    ],
)
def test_other_letters_than_a_language_s_own_do_not_hide_it(letters: Letters, code: str, text: str) -> None:
    chances = letters.chances(text.lower())

    assert max(chances, key=lambda code: chances[code]) == code


def test_where_no_listed_word_helps_letters_do() -> None:
    ear = LanguageEar(knows=lambda _word: False)

    assert ear.detect("dziewczynka zamyka drzwiczki szafki").locale == "pl"
    assert ear.detect("fetita inchide usile dulapului").locale == "ro"


# So few rounds are enough for so few texts, and quick.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_is_learnt_is_kept_and_read_again(tmp_path: Path) -> None:
    ours = [("the cat sat", "en"), ("where is the bus", "en"), ("gdzie jest autobus", "pl"), ("kot siedzi", "pl")]
    others = [(f"{code} {code}", code) for code in ("ro", "pt", "uk", "lt", "bg", "ar", "tr", "ur", "es", "so", "ur-Latn", "und")]
    roman = [(f"x{code}", code) for code in ("ar-Latn", "bg-Latn", "uk-Latn")]

    save(*learnt([*ours, *others, *roman], rounds=8), tmp_path / "letters.npz")

    chances = Letters.load(tmp_path / "letters.npz").chances("gdzie siedzi kot")
    assert max(chances, key=lambda code: chances[code]) == "pl"
    assert "bg-Latn" not in chances


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.npz").write_bytes(b"no table")

    with pytest.raises(BadContent, match=r"letters\.npz is no table of letters"):
        Letters.load(tmp_path / "letters.npz")
