"""Files survive whoever fetches them (a kill, a dead lease, many workers); a whole mail is kept before it is acknowledged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from bot.errors import MediaGone, NotFound, StoreUnavailable
from bot.fetching import LEASE, RETRIES, Fetching
from storage.database import Database
from storage.leases import release_dead
from tests.bot.file_scene import FileStreet, listed

STORY = "The taxi was late again on Monday and nobody rang us about it."


@pytest.fixture
def street(database: Database, tmp_path: Path) -> FileStreet:
    return FileStreet(database, tmp_path / "media")


# --- killed ---------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As the process ends: no code of ours sees it."""


def test_a_worker_killed_between_the_blob_and_the_commit_is_followed_by_another(
    street: FileStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.text(STORY, media=listed("photo"))
    put = street.blobs.put

    def dies(content: bytes) -> None:
        put(content)
        raise Killed

    monkeypatch.setattr(street.blobs, "put", dies)
    with pytest.raises(Killed):
        street.fetch()
    monkeypatch.setattr(street.blobs, "put", put)
    assert street.states() == ["waiting"]
    assert street.fetch() == 0

    street.clock.at += LEASE
    street.fetch()

    assert street.states() == ["kept"]
    assert len(street.blobs_there()) == 2
    street.make_old()
    assert street.fetching.sweep() == 1
    (file,) = [row.blob for row in street.media_rows()]
    assert street.blobs_there() == {file}


def test_a_file_that_takes_the_worker_down_each_time_is_given_up(street: FileStreet) -> None:
    def dies() -> None:
        raise Killed

    street.shelf.before = dies
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    for _ in range(len(RETRIES) + 1):
        with pytest.raises(Killed):
            street.fetch()
        street.clock.at += LEASE
    street.fetch()

    assert street.states() == ["lost"]
    assert len(street.lines_about_files()) == 1


def test_a_fault_while_a_provider_is_asked_to_forget_is_not_met_for_ever(street: FileStreet) -> None:
    """What is due after it, a voice that is written down and looked at for danger, would never come."""
    street.shelf.forget_troubles = [RuntimeError()] * 99
    street.text(STORY, media=listed("photo"))
    for wait in (timedelta(0), *RETRIES, timedelta(days=1)):
        street.clock.at += wait
        street.fetch()

    assert street.states() == ["kept"]
    assert [row.step for row in street.media_rows()] == [None]
    assert len(street.shelf.forget_troubles) == 99 - len(RETRIES) - 1


def test_a_fault_while_it_is_said_that_a_file_is_lost_is_not_met_for_ever(
    street: FileStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_given: object, **_named: object) -> None:
        raise RuntimeError("no such text")

    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    monkeypatch.setattr(Fetching, "_say", stumbles)
    for _ in range(len(RETRIES) + 1):
        with pytest.raises(RuntimeError, match="no such text"):
            street.fetch()
        street.clock.at += LEASE
    street.fetch()

    assert [(row.step, row.told) for row in street.media_rows()] == [(None, False)]


def test_the_lease_of_a_dead_process_is_not_waited_out(street: FileStreet, database: Database) -> None:
    gone = 2**22 + 5  # no process has this number
    street.text(STORY, media=listed("photo"))
    street.shelf.before = lambda: (_ for _ in ()).throw(Killed())
    with pytest.raises(Killed):
        street.fetching.fetch_due(f"host:{gone}/files")
    street.shelf.before = lambda: None
    assert street.fetch() == 0

    release_dead(database, "host:1")

    assert street.fetch() > 0
    assert street.states() == ["kept"]


def test_many_workers_fetch_each_file_once(street: FileStreet) -> None:
    names = [f"photo {number}" for number in range(12)]
    street.shelf.files |= dict.fromkeys(names, b"words")
    for name in names:
        street.text(STORY, media=listed(name))

    def work(number: int) -> None:
        while street.fetching.fetch_due(f"w{number}:1/files"):
            pass

    workers = [Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    street.fetch()  # one that looked while another held the last row went home early

    assert sorted(street.shelf.asked) == sorted(names)
    assert sorted(street.shelf.forgotten) == sorted(names)
    assert street.states() == ["kept"] * 12
    assert len(street.blobs_there()) == 12


def test_two_workers_do_not_take_the_same_file(street: FileStreet) -> None:
    seen: list[bool] = []
    street.text(STORY, media=listed("photo"))
    street.shelf.before = lambda: seen.append(street.fetching.fetch_due("b:2/files"))
    street.fetch()

    assert seen == [False]
    assert street.states() == ["kept"]


# --- the whole of a mail --------------------------------------------------------------------------------------------

MAIL = b"From: anna@example.org\r\nSubject: the taxi\r\n\r\nCanary words\r\n"


def test_the_whole_of_a_mail_is_kept_sealed_and_given_to_the_channel(street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"), raw=MAIL)
    (whole,) = street.blobs_there()
    assert street.blobs.get(whole) == MAIL
    street.fetch()

    assert street.shelf.raws == [MAIL]
    assert [(row.position, row.kind, row.state) for row in street.media_rows()] == [(-1, "raw", "kept"), (0, "photo", "kept")]


def test_the_whole_of_a_mail_is_not_among_what_staff_see(street: FileStreet) -> None:
    street.text(STORY, raw=MAIL)
    street.is_answered()

    assert street.listed() == []
    with pytest.raises(NotFound):
        street.files.content(street.media_rows()[0].id)


def test_a_mail_that_comes_again_is_not_written_again(street: FileStreet) -> None:
    message = street.text(STORY, raw=MAIL)
    street.again(message)

    assert len(street.blobs_there()) == 1


def test_a_mail_whose_whole_cannot_be_kept_is_not_acknowledged(street: FileStreet, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(content: bytes) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(street.blobs, "put", full)
    with pytest.raises(StoreUnavailable):
        street.text(STORY, raw=MAIL)

    assert list(street.store.export_messages()) == []


def test_the_whole_of_a_mail_that_was_not_committed_is_swept_a_day_later(
    street: FileStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = street.blobs.put

    def dies(content: bytes) -> None:
        put(content)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(street.blobs, "put", dies)
        with pytest.raises(Killed):
            street.text(STORY, raw=MAIL, external_id="M1")
    street.text(STORY, raw=MAIL, external_id="M1")
    assert len(street.blobs_there()) == 2
    assert street.fetching.sweep() == 0

    street.make_old()
    assert street.fetching.sweep() == 0  # not twice a day
    street.later(days=1)

    assert street.fetching.sweep() == 1
    (whole,) = street.blobs_there()
    assert street.blobs.get(whole) == MAIL
    assert [row.blob for row in street.media_rows()] == [whole]
