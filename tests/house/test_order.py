"""The list of the longest test files names files that are there."""

from __future__ import annotations

from pathlib import Path

from tests.order import LONGEST, TOGETHER

ROOT = Path(__file__).parents[2]


def test_every_file_of_the_order_is_there() -> None:
    assert [file for file in (*LONGEST, *TOGETHER, *TOGETHER.values()) if not (ROOT / file).exists()] == []
