"""The terms: on which day the one began in which a day lies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.errors import BadContent
from bot.terms import Terms


@pytest.mark.parametrize(
    ("day", "began"),
    [
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2026, 12, 31), date(2026, 9, 1)),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2026, 8, 31), date(2026, 4, 1)),
    ],
)
def test_the_term_began_on_the_last_of_the_days_in_the_file(day: date, began: date) -> None:
    assert Terms.load().begin(day) == began


def test_a_day_before_the_first_of_the_year_lies_in_the_last_term_of_the_year_before(tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text('begins = ["02-01", "09-10"]', "utf-8")

    assert Terms.load(file).begin(date(2027, 1, 20)) == date(2026, 9, 10)


@pytest.mark.parametrize("content", ["begins = []", 'begins = ["09-01", "01-01"]', 'begins = ["02-29"]', 'begins = ["soon"]'])
def test_what_is_no_day_of_the_year_or_out_of_order_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(content, "utf-8")

    with pytest.raises(BadContent, match=r"terms\.toml"):
        Terms.load(file)
