"""The scene most storage tests play in."""

from __future__ import annotations

import pytest

from bot.ports import Store
from tests.storage.scene import Scene


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)
