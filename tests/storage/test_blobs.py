"""Blobs: sealed, under names that tell nothing, whole or not there at all, on a folder or anything else fsspec knows."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from bot.errors import BadSettings, BlobMissing, StoreUnavailable, WrongKeys
from storage.blobs import SealedBlobs, default_place
from storage.database import Database
from storage.keys import DataKey
from storage.sealing import Sealer
from tests.conftest import KEYS

WORDS = b"Canary: a letter from school"
DAY = timedelta(days=1)

SEALER = Sealer(KEYS, b"i" * 32)


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty place."""
    if request.param == "folder":
        yield str(tmp_path / "media")
        return
    yield f"memory://{uuid4().hex}/media"
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def test_what_is_put_comes_back(place: str) -> None:
    blobs = SealedBlobs(place, SEALER)

    key = blobs.put(WORDS)

    assert blobs.get(key) == WORDS
    assert SealedBlobs(place, SEALER).get(key) == WORDS


def test_what_lies_there_is_sealed_and_its_name_tells_nothing(folder: Path) -> None:
    key = SealedBlobs(str(folder), SEALER).put(WORDS)

    (file,) = files(folder)
    assert b"Canary" not in file.read_bytes()
    assert file.name == f"{key.hex}.blob"


def test_only_its_owner_may_read_the_folder(folder: Path) -> None:
    SealedBlobs(str(folder), SEALER).put(WORDS)

    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0


def test_a_deleted_blob_is_missing_and_deleting_it_again_is_no_fault(place: str) -> None:
    blobs = SealedBlobs(place, SEALER)
    key = blobs.put(WORDS)
    blobs.delete(key)
    blobs.delete(key)

    with pytest.raises(BlobMissing):
        blobs.get(key)


def test_one_put_in_the_place_of_another_does_not_open(folder: Path) -> None:
    blobs = SealedBlobs(str(folder), SEALER)
    mine, theirs = blobs.put(WORDS), blobs.put(b"another's")
    shutil.copy(next(folder.rglob(f"{theirs.hex}.blob")), next(folder.rglob(f"{mine.hex}.blob")))

    with pytest.raises(WrongKeys):
        blobs.get(mine)


def test_one_sealed_with_an_older_key_opens_as_long_as_that_key_is_listed(folder: Path) -> None:
    key = SealedBlobs(str(folder), SEALER).put(WORDS)
    newer = DataKey(b"n" * 32)

    assert SealedBlobs(str(folder), Sealer([newer, *KEYS], b"i" * 32)).get(key) == WORDS
    with pytest.raises(WrongKeys):
        SealedBlobs(str(folder), Sealer([newer], b"i" * 32)).get(key)


def test_a_write_that_is_cut_off_leaves_no_blob(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = SealedBlobs(str(folder), SEALER)

    def dies(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(StoreUnavailable, match="OSError"):
        blobs.put(WORDS)
    assert [path.suffix for path in files(folder)] == [".part"]


def test_a_place_that_cannot_be_reached_is_a_store_that_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file, where the folder should be")

    with pytest.raises(StoreUnavailable):
        SealedBlobs(str(tmp_path / "media"), SEALER).put(WORDS)


def test_an_address_of_an_unknown_kind_is_a_bad_setting() -> None:
    with pytest.raises(BadSettings, match="EARSHOT_MEDIA_URL"):
        SealedBlobs("nowhere://bucket", SEALER)


def test_the_old_ones_are_listed_and_what_was_never_finished_is_cleared_away(folder: Path) -> None:
    blobs = SealedBlobs(str(folder), SEALER)
    old, _fresh = blobs.put(WORDS), blobs.put(WORDS)
    lies = next(folder.rglob(f"{old.hex}.blob"))
    age(lies, days=2)
    for name, days in (("left.part", 2), ("at-work.part", 0), ("somebody-elses.txt", 2)):
        (lies.parent / name).write_bytes(b"x")
        age(lies.parent / name, days=days)

    assert list(blobs.older_than(DAY)) == [old]
    assert {path.name for path in lies.parent.iterdir() if path.suffix != ".blob"} == {"at-work.part", "somebody-elses.txt"}


def test_those_of_another_database_in_the_same_place_are_not_ours_to_sweep(place: str) -> None:
    theirs = SealedBlobs(place, Sealer(KEYS, b"j" * 32))
    key = theirs.put(WORDS)
    ours = SealedBlobs(place, SEALER)

    assert list(ours.older_than(timedelta(days=-1))) == []
    assert list(theirs.older_than(timedelta(days=-1))) == [key]


def test_a_place_where_nothing_was_ever_put_has_no_old_ones(place: str) -> None:
    assert list(SealedBlobs(place, SEALER).older_than(DAY)) == []


def test_those_of_a_bucket_have_an_age_too(place: str) -> None:
    blobs = SealedBlobs(place, SEALER)
    key = blobs.put(WORDS)

    assert list(blobs.older_than(timedelta(days=-1))) == [key]
    assert list(blobs.older_than(DAY)) == []


def test_without_a_setting_they_lie_beside_the_sqlite_file_or_where_the_command_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    assert default_place(database) == str(tmp_path / "media")
