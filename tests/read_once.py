"""What comes with Earshot is read once a run: files of content, the rules compiled from them, the listener's own files, the
tables of a new store.

A test that opens the whole service would read all of these again, a second and more each time, and none of them ever changes.
What a test writes itself, in a folder of its own, is read each time.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from bot import situations, toml
from storage import migrations
from storage.database import Database, repaired

CONTENT = Path(toml.__file__).parent / "content"

_read = toml.read
_compile: Callable[[Path], situations.Rules] = situations.Rules.load
_upgrade = migrations.upgrade
_tables: dict[Path, bytes] = {}
_rules: dict[Path, situations.Rules] = {}


def read_once() -> None:
    """From now on, in this process."""
    setattr(toml, "read", _table)  # noqa: B010 - mypy lets no function be assigned to
    setattr(situations.Rules, "load", staticmethod(_rules_of))  # noqa: B010 - as above
    setattr(migrations, "upgrade", _upgraded)  # noqa: B010 - as above


def share_listeners() -> None:
    """From now on one listener lends all others what it has read, but for the tagger, and one reader, but for the themes it is
    to learn; where no test listens, nothing.
    """
    module = sys.modules.get("nlp.listener")
    if module is None:
        return
    _share_readers(sys.modules["nlp.reading"])
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


def _share_readers(module: Any) -> None:
    made, reads = module.Reader, module.Reader.__init__
    lender: list[Any] = []

    def lent(self: Any, path: Path = module.CONTENT, *, themes: Sequence[str] | None = None) -> None:
        if path != module.CONTENT:
            reads(self, path, themes=themes)
            return
        if not lender:
            first = made.__new__(made)
            reads(first, path)
            lender.append(first)
        self.__dict__.update(lender[0].__dict__)
        if themes is not None:
            self.themes = tuple(themes)

    made.__init__ = lent


def _upgraded(database: Database | str, revision: str = "head") -> None:
    """The file of a new store, where its address is given, is a copy of one that was brought up to date before."""
    if isinstance(database, str) and revision == "head":
        address = repaired(database)
        file = Path(address.database or "")
        if address.get_backend_name() == "sqlite" and not file.exists() and file.absolute().parent.is_dir():
            file.write_bytes(_migrated())
            return
    _upgrade(database, revision)


@cache
def _migrated() -> bytes:
    """A SQLite file with all tables and nothing in them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        with closing(Database.open(f"sqlite:///{file}")) as database:
            _upgrade(database)
            database.checkpoint()
        return file.read_bytes()


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
