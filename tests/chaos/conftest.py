"""How many kills: four a database in `make test`, fifty in `make chaos`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=4, help="how often web or worker is killed, for each database")
