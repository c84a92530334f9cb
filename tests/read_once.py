"""What comes with Earshot is read once a run: files of content, the rules compiled from them, the listener's own files.

A test that opens the whole service would read all of these again, a second and more each time, and none of them ever changes.
What a test writes itself, in a folder of its own, is read each time.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import situations, toml

CONTENT = Path(toml.__file__).parent / "content"

_read = toml.read
_compile: Callable[[Path], situations.Rules] = situations.Rules.load
_tables: dict[Path, bytes] = {}
_rules: dict[Path, situations.Rules] = {}


def read_once() -> None:
    """From now on, in this process."""
    setattr(toml, "read", _table)  # noqa: B010 - mypy lets no function be assigned to
    setattr(situations.Rules, "load", staticmethod(_rules_of))  # noqa: B010 - as above


def share_listeners() -> None:
    """From now on one listener lends all others what it has read, but for the tagger; where no test listens, nothing."""
    module = sys.modules.get("nlp.listener")
    if module is None:
        return
    made, reads = module.SpacyListener, module.SpacyListener.__init__
    lender: list[Any] = []

    def lent(self: Any, path: Path = module.CONTENT, *, ensemble: Any = None) -> None:
        if path != module.CONTENT:
            reads(self, path, ensemble=ensemble)
            return
        if not lender:
            first = made.__new__(made)
            reads(first, path)
            lender.append(first)
        self.__dict__.update(lender[0].with_tagger(ensemble).__dict__)

    made.__init__ = lent


def _table(path: Path) -> dict[str, Any]:
    if CONTENT not in path.parents:
        return _read(path)
    if path not in _tables:
        _tables[path] = pickle.dumps(_read(path))
    table: dict[str, Any] = pickle.loads(_tables[path])  # each reader gets a table to itself
    return table


def _rules_of(path: Path) -> situations.Rules:
    if CONTENT not in path.parents:
        return _compile(path)
    if path not in _rules:
        _rules[path] = _compile(path)
    return _rules[path]
