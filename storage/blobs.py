"""``bot.media.Blobs``: files, each sealed whole, on any place fsspec knows: a folder, or a bucket by its address.

A blob is ``STORE/AB/ABCD….blob`` by its random key, so that its name tells nothing; ``STORE`` stands for the database, so
that two that share a bucket by mistake do not sweep each other's. It is written under another name and moved
when it is whole; on this machine's own disk it is also forced to the disk, for the message it came with is acknowledged
once it is kept. Its associated data is ``blob|key``: one that was put in another's place does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID, uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from bot.errors import BadSettings, BlobMissing, BotError, StoreUnavailable
from bot.model import Address
from storage.database import Database
from storage.sealing import Sealer

PLACE = "blob"
FOLDER = "media"
_ENDING = ".blob"
_UNFINISHED = ".part"
_LIST = "erasures.jsonl"


def default_place(database: Database) -> str:
    """Where blobs are kept when no setting says so: a folder beside the SQLite file, or where the command runs."""
    beside = database.engine.url.database if database.is_sqlite else None
    return str(Path(FOLDER).absolute() if beside is None else Path(beside).absolute().with_name(FOLDER))


class SealedBlobs:
    """``address`` is fsspec's: a folder, ``s3://bucket/folder``, ``memory://folder``. Safe between threads."""

    def __init__(self, address: str, sealer: Sealer) -> None:
        """Raises ``BadSettings`` for an address of a kind that is not installed here."""
        self._sealer = sealer
        try:
            found: tuple[Any, str] = fsspec.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise BadSettings(f"EARSHOT_MEDIA_URL cannot be used here: {error}") from error
        self._files, place = found
        # From the index key, which stays the same when the data keys are changed.
        self._root = f"{place.rstrip('/')}/{sealer.blind_index(Address(PLACE, 'store')).hex()[:16]}"
        self._is_local = isinstance(self._files, LocalFileSystem)

    def put(self, content: bytes) -> UUID:
        key = uuid4()
        sealed = self._sealer.seal(content, PLACE, key)
        with _reached():
            if self._is_local:
                self._write_here(Path(self._path(key)), sealed)
            else:
                self._write_there(self._path(key), sealed)
        return key

    def get(self, key: UUID) -> bytes:
        try:
            with _reached():
                sealed: bytes = self._files.cat_file(self._path(key))
        except FileNotFoundError:
            raise BlobMissing from None
        return self._sealer.unseal(sealed, PLACE, key)

    def delete(self, key: UUID) -> None:
        with suppress(FileNotFoundError), _reached():
            self._files.rm_file(self._path(key))

    def write_list(self, lines: str) -> None:
        """``bot.erasures.ListCopy``: the list of erasures, beside the files and in clear, for it holds digests alone."""
        with _reached():
            self._files.makedirs(self._root, exist_ok=True)
            unfinished = f"{self._root}/{_LIST}{_UNFINISHED}"
            self._files.pipe_file(unfinished, lines.encode())
            self._files.mv(unfinished, f"{self._root}/{_LIST}")

    def read_list(self) -> str:
        with suppress(FileNotFoundError), _reached():
            self._files.invalidate_cache()
            content: bytes = self._files.cat_file(f"{self._root}/{_LIST}")
            return content.decode()
        return ""

    def older_than(self, age: timedelta) -> Iterator[UUID]:
        """By the place's own clock, which need not be the one that is handed in elsewhere. Also clears away what was never
        finished.
        """
        before = datetime.now(UTC) - age
        paths: list[str] = []
        with suppress(FileNotFoundError), _reached():  # nothing was ever put
            self._files.invalidate_cache()  # a bucket remembers what it listed before
            paths = self._files.find(self._root)
        for path in paths:
            name = PurePosixPath(path).name
            if not name.endswith((_ENDING, _UNFINISHED)) or not self._is_old(path, before):
                continue
            if name.endswith(_UNFINISHED):
                with suppress(FileNotFoundError), _reached():
                    self._files.rm_file(path)
                continue
            with suppress(ValueError):  # another's file with our ending is not ours to speak of
                yield UUID(hex=name.removesuffix(_ENDING))

    def _is_old(self, path: str, before: datetime) -> bool:
        try:
            with _reached():
                written: datetime = self._files.modified(path)
        except FileNotFoundError:
            return False
        return (written if written.tzinfo else written.replace(tzinfo=UTC)) < before

    def _path(self, key: UUID) -> str:
        return f"{self._root}/{key.hex[:2]}/{key.hex}{_ENDING}"

    def _write_here(self, path: Path, sealed: bytes) -> None:
        folder = path.parent
        is_new = not folder.is_dir()
        for each in (folder.parent.parent, folder.parent, folder):  # what `parents` makes by itself is open to all
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_suffix(_UNFINISHED)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - pathlib cannot say for whose eyes
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for changed in (folder, folder.parent, folder.parent.parent) if is_new else (folder,):
            _force(changed)

    def _write_there(self, path: str, sealed: bytes) -> None:
        unfinished = path.removesuffix(_ENDING) + _UNFINISHED
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(unfinished, sealed)
        self._files.mv(unfinished, path)


def _force(folder: Path) -> None:
    """A file that was moved is there for good only when its folder is on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _reached() -> Iterator[None]:
    """Each kind of place has errors of its own; all but "it is not there" mean that it could not take or give just now."""
    try:
        yield
    except (FileNotFoundError, BotError):
        raise
    except Exception as error:
        raise StoreUnavailable(
            f"The blob store could not take the work just now; nothing was kept, so ask again ({type(error).__name__})."
        ) from error
