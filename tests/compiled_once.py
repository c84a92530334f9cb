"""A statement of SQLAlchemy is compiled once a run, not once more for the database of each test: that took longer than to run it.

Compiled statements are kept by engine, and each test has engines of its own. Those of one kind of database speak alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

MOST = 4_000


class _OfAllEngines(LRUCache[Any, Any]):
    """What is compiled, by the name of the dialect in place of an engine's own dialect."""

    __slots__ = ()

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


def compile_once() -> None:
    """From now on, in this process."""
    shared, made = _OfAllEngines(MOST), Engine.__init__

    def with_shared(self: Engine, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        self._compiled_cache = shared

    setattr(Engine, "__init__", with_shared)  # noqa: B010 - mypy lets no method be assigned to
