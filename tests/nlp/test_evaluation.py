"""The measures, on numbers that can be worked out by hand."""

from __future__ import annotations

import pytest

from nlp.evaluation import measure


def test_right_wrong_and_missed_are_counted_by_theme() -> None:
    result = measure([(["a"], ["a", "b"]), (["a", "c"], ["a"]), (["b"], [])])

    assert (result.by_theme["a"].right, result.by_theme["a"].wrong, result.by_theme["a"].missed) == (2, 0, 0)
    assert (result.by_theme["b"].right, result.by_theme["b"].wrong, result.by_theme["b"].missed) == (0, 1, 1)
    assert result.micro.precision == pytest.approx(2 / 3)
    assert result.micro.recall == pytest.approx(2 / 4)
    assert result.micro.f1 == pytest.approx(4 / 7)
    assert result.macro_f1 == pytest.approx((1 + 0 + 0) / 3)


def test_nothing_to_measure_is_nought() -> None:
    result = measure([])

    assert result.micro.f1 == result.macro_f1 == result.micro.precision == result.micro.recall == 0
