"""How many kills: in `make test` each part of the service falls once on each database, in `make chaos` it is fifty."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, help="how often web or worker is killed, for each database; each part once if not said")
