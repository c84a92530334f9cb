"""Files are fetched, cleaned and kept; what cannot be kept is said honestly, once; and nothing outlives its erasure."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from bot.errors import BlobMissing, MediaGone, MediaRefused, NotFound, ProviderUnavailable, StoreUnavailable
from bot.fetching import LEASE, ORPHANED_AFTER, RETRIES
from bot.media import FileKind, MediaState
from bot.model import ENGLISH, ChannelName, InboundMessage, Locale, Manner
from bot.records import InboxFilter
from storage.database import Database
from storage.leases import release_dead
from tests.bot.file_scene import WORKER, FileStreet, listed
from tests.bot.street import ANNA, BORIS
from tests.storage.pictures_made import GPS, OGG, picture, told_place
from tests.storage.reading import everything_in

STORY = "The taxi was late again on Monday and nobody rang us about it."
UNWELL = ProviderUnavailable("The file's host answered with status 503.", code="503")
LOST = "did not reach us"
REFUSED = "could not keep"


@pytest.fixture
def street(database: Database, tmp_path: Path) -> FileStreet:
    return FileStreet(database, tmp_path / "media")


def line_about_files(street: FileStreet) -> list[str]:
    street.deliver()
    return [text for text in street.heard_by_them if LOST in text or REFUSED in text]


# --- kept -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_fetched_cleaned_sealed_and_kept(street: FileStreet) -> None:
    street.shelf.files["photo"] = picture(exif=told_place())
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()

    (file,) = street.listed()
    assert (file.state, file.kind, file.content_type) == (MediaState.KEPT, FileKind.PHOTO, "image/jpeg")
    kept = street.files.content(file.id)
    assert file.size == len(kept)
    assert Image.open(BytesIO(kept)).getexif().get_ifd(GPS) == {}
    (blob,) = street.folder.rglob("*.blob")
    assert kept[:20] not in blob.read_bytes()
    assert line_about_files(street) == []


def test_the_type_is_that_of_the_bytes_and_not_what_the_provider_says(street: FileStreet) -> None:
    street.shelf.files["photo"] = OGG
    street.text(STORY, media=listed("photo", content_type="image/jpeg"))
    street.is_answered()
    street.fetch()

    (file,) = street.listed()
    assert (file.kind, file.content_type) == (FileKind.AUDIO, "audio/ogg")


def test_files_of_one_message_keep_their_order(street: FileStreet) -> None:
    street.shelf.files |= {"one": picture(), "two": OGG, "three": b"words"}
    street.text(STORY, media=listed("one", "two", "three"))
    street.is_answered()
    street.fetch()

    assert [file.kind for file in street.listed()] == [FileKind.PHOTO, FileKind.AUDIO, FileKind.TEXT]


def test_a_repeat_of_the_message_brings_no_second_file(street: FileStreet) -> None:
    message = street.text(STORY, media=listed("photo"))
    street.again(message)
    street.fetch()
    street.again(message)
    street.fetch()

    assert street.states() == ["kept"]
    assert len(street.blobs_there()) == 1


def test_the_provider_is_asked_to_forget_its_copy_once_it_is_kept_here(street: FileStreet) -> None:
    street.shelf.before = lambda: street.shelf.forgotten.append("too soon") if street.blobs_there() else None
    street.text(STORY, media=listed("photo"))
    street.fetch()

    assert street.shelf.forgotten == ["photo"]


def test_a_provider_that_will_not_forget_is_asked_again_and_the_file_stays_kept(street: FileStreet) -> None:
    street.shelf.forget_troubles = [UNWELL] * 2
    street.text(STORY, media=listed("photo"))
    street.fetch()
    assert (street.shelf.forgotten, street.states()) == ([], ["kept"])

    street.later(minutes=1)
    street.fetch()
    street.later(minutes=5)
    street.fetch()

    assert (street.shelf.forgotten, street.states()) == (["photo"], ["kept"])


def test_a_provider_that_never_forgets_is_left_alone_in_the_end(street: FileStreet) -> None:
    street.shelf.forget_troubles = [UNWELL] * 99
    street.text(STORY, media=listed("photo"))
    for wait in (timedelta(0), *RETRIES, timedelta(days=1)):
        street.clock.at += wait
        street.fetch()

    assert street.states() == ["kept"]
    assert len(street.shelf.forget_troubles) == 99 - len(RETRIES) - 1


# --- not kept -------------------------------------------------------------------------------------------------------


def test_a_provider_that_is_unwell_is_asked_again_at_longer_and_longer_pauses(street: FileStreet) -> None:
    street.shelf.files["photo"] = UNWELL
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    for tried, wait in enumerate((timedelta(0), *RETRIES), start=1):
        street.clock.at += wait - timedelta(seconds=1)
        street.fetch()
        street.clock.at += timedelta(seconds=1)
        street.fetch()
        assert len(street.shelf.asked) == tried

    (file,) = street.listed()
    assert (file.state, file.error) == (MediaState.LOST, "The file's host answered with status 503.")
    (line,) = line_about_files(street)
    assert line.startswith("A picture, recording or file you sent did not reach us")
    assert "We do have your words." in line


def test_a_provider_that_comes_back_loses_nothing(street: FileStreet) -> None:
    street.shelf.files["photo"] = UNWELL
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()
    street.shelf.files["photo"] = picture()
    street.later(minutes=1)
    street.fetch()

    assert street.states() == ["kept"]
    assert street.listed()[0].error == ""
    assert line_about_files(street) == []


def test_a_pause_that_the_provider_asks_for_is_kept(street: FileStreet) -> None:
    street.shelf.files["photo"] = ProviderUnavailable(retry_after=timedelta(minutes=20))
    street.text(STORY, media=listed("photo"))
    street.fetch()
    street.later(minutes=19)
    assert street.fetch() == 0

    street.later(minutes=1)

    assert street.fetch() == 1


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (MediaGone(), MediaState.LOST, LOST),
        (MediaRefused("The file is too large."), MediaState.REFUSED, REFUSED),
        (b"<html><script>alert(1)</script></html>", MediaState.REFUSED, REFUSED),
        (b"\xff\xd8\xff\xe0 no photo at all", MediaState.REFUSED, REFUSED),
    ],
    ids=["gone", "too large", "a web page", "damaged"],
)
def test_what_is_final_is_said_at_once_and_kept_with_its_reason(
    street: FileStreet, found: bytes | Exception, state: MediaState, said: str
) -> None:
    street.shelf.files["photo"] = found
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()

    (file,) = street.listed()
    assert (file.state, file.told) == (state, True)
    assert file.error
    (line,) = line_about_files(street)
    assert said in line
    assert len(street.shelf.asked) == 1
    with pytest.raises(NotFound):
        street.files.content(file.id)


def test_the_answer_to_the_message_comes_before_the_line_about_its_file(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"))
    street.fetch()
    assert line_about_files(street) == []

    street.is_answered()
    street.fetch()
    street.deliver()

    assert LOST in street.heard_by_them[-1]
    assert street.heard_by_them[0].startswith("Thank you, we have kept that.")


def test_several_files_that_are_lost_are_one_line(street: FileStreet) -> None:
    street.shelf.files |= {"one": MediaGone(), "two": MediaGone(), "three": MediaRefused()}
    street.text(STORY, media=listed("one", "two", "three"))
    street.is_answered()
    street.fetch()

    assert len(line_about_files(street)) == 1
    assert [file.told for file in street.listed()].count(True) == 1


def test_of_a_file_without_words_it_is_not_said_that_we_have_the_words(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text("", media=listed("photo"))
    street.is_answered()
    street.fetch()

    (line,) = line_about_files(street)
    assert "your words" not in line


def test_where_the_answer_itself_said_that_it_could_not_be_opened_it_is_not_said_twice(street: FileStreet) -> None:
    street.shelf.files[""] = MediaRefused("What was sent is not a file.")
    street.text("", media=listed(""))
    street.is_answered()
    street.fetch()

    assert line_about_files(street) == []
    assert sum("could not open" in text for text in street.heard_by_them) == 1
    assert [(file.state, file.told) for file in street.listed()] == [(MediaState.REFUSED, True)]


def test_after_stop_nothing_is_said(street: FileStreet) -> None:
    street.shelf.files["photo"] = UNWELL
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()
    street.text("STOP")
    street.is_answered()
    street.shelf.files["photo"] = MediaGone()
    street.later(minutes=1)
    street.fetch()

    assert street.states() == ["lost"]
    assert line_about_files(street) == []
    assert [file.told for file in street.listed()] == [False]


def test_while_a_person_has_the_talk_nothing_is_said(street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"))
    street.shelf.files["photo"] = MediaGone()
    street.is_answered()
    street.staff("holds the talk")
    street.fetch()

    assert line_about_files(street) == []
    assert street.states() == ["lost"]


@pytest.mark.parametrize("manner", [Manner.KEEP, Manner.RECORD])
def test_where_nobody_waits_for_an_answer_nothing_is_said(street: FileStreet, manner: Manner) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"), manner=manner)
    street.is_answered()
    street.fetch()

    assert street.states() == ["lost"]
    assert line_about_files(street) == []


def test_it_is_said_in_their_own_language(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"), locale=Locale("en-x-easyread"))
    street.is_answered()
    street.fetch()

    (line,) = [text for text in street.heard_by_them if LOST in text] or line_about_files(street)
    assert line.startswith("You sent us a picture, a recording or a file.")


def test_a_fault_of_ours_is_tried_again_and_loses_nothing(street: FileStreet) -> None:
    street.shelf.files["photo"] = KeyError("a bug")
    street.text(STORY, media=listed("photo"))
    street.fetch()
    assert street.states() == ["waiting"]

    street.shelf.files["photo"] = picture()
    street.later(minutes=1)
    street.fetch()

    assert street.states() == ["kept"]


def test_a_blob_store_that_cannot_be_reached_does_not_count_against_the_file(
    street: FileStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.text(STORY, media=listed("photo"))
    put = street.blobs.put

    def away(content: bytes) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(street.blobs, "put", away)
    for _ in range(20):
        street.fetch()
        street.later(minutes=1)
    assert street.states() == ["waiting"]
    monkeypatch.setattr(street.blobs, "put", put)
    street.fetch()

    assert street.states() == ["kept"]


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
    make_old(street)
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
    assert len(line_about_files(street)) == 1


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
        worker.join(30)
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

    make_old(street)
    assert street.fetching.sweep() == 0  # not twice a day
    street.later(days=1)

    assert street.fetching.sweep() == 1
    (whole,) = street.blobs_there()
    assert street.blobs.get(whole) == MAIL
    assert [row.blob for row in street.media_rows()] == [whole]


def make_old(street: FileStreet) -> None:
    then = time.time() - ORPHANED_AFTER.total_seconds() - 60
    for path in street.folder.rglob("*.blob"):
        os.utime(path, (then, then))


# --- erased ---------------------------------------------------------------------------------------------------------


def erase(street: FileStreet) -> bool:
    with street.store.transaction() as tx:
        contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=street.clock.at)
        return tx.erase_contact(contact.id, street.clock.at)


def test_erasing_a_person_deletes_their_files_and_the_whole_of_their_mails(street: FileStreet, database: Database) -> None:
    street.text(STORY, media=listed("photo"), raw=MAIL)
    street.text(STORY, media=listed("photo"), sender=BORIS)
    street.is_answered()
    street.fetch()
    assert len(street.blobs_there()) == 3

    assert erase(street) is False
    assert street.states() == ["erased", "erased", "kept"]
    assert len(street.listed()) == 1
    street.fetch()

    (left,) = street.blobs_there()
    assert [row.blob for row in street.media_rows()] == [None, None, left]
    assert "image/jpeg" not in everything_in(database).splitlines()[0]


def test_the_key_stays_until_the_blob_is_gone(street: FileStreet, monkeypatch: pytest.MonkeyPatch) -> None:
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()
    erase(street)

    def away(key: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(street.blobs, "delete", away)
        for _ in range(9):
            street.fetch()
            street.later(minutes=1)
        assert street.media_rows()[0].blob is not None
    street.fetch()

    assert street.blobs_there() == set()
    assert street.media_rows()[0].blob is None


def test_a_file_that_is_erased_while_it_is_fetched_is_not_kept(street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.shelf.before = lambda: erase(street)
    street.fetch()

    assert street.states() == ["erased"]
    assert street.blobs_there() == set()


def test_a_message_taken_back_takes_its_file_along(street: FileStreet) -> None:
    message = street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()
    with street.store.transaction() as tx:
        assert tx.withdraw_inbound(message.channel, message.account, message.external_id, street.clock.at)
    street.fetch()

    assert street.states() == ["erased"]
    assert street.blobs_there() == set()
    assert street.listed() == []


def test_what_safeguarding_must_keep_keeps_its_file(street: FileStreet) -> None:
    street.text("He hit my son today and I am scared he will do it again.", media=listed("photo"))
    street.is_answered()
    street.fetch()

    assert erase(street) is True
    street.fetch()

    assert street.states() == ["kept"]
    assert len(street.blobs_there()) == 1


def test_a_blob_that_is_missing_is_a_clear_error(street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"))
    street.is_answered()
    street.fetch()
    for path in street.folder.rglob("*.blob"):
        path.unlink()

    with pytest.raises(BlobMissing):
        street.files.content(street.listed()[0].id)


# --- voice to text --------------------------------------------------------------------------------------------------


class Writer:
    """A machine that writes down what was said."""

    def __init__(self, *words: str | Exception | None) -> None:
        self.words = list(words)
        self.given: list[tuple[bytes, str, Locale]] = []

    def __call__(self, content: bytes, content_type: str, locale: Locale) -> str | None:
        self.given.append((content, content_type, locale))
        words = self.words.pop(0)
        if isinstance(words, Exception):
            raise words
        return words


def spoken(database: Database, folder: Path, *words: str | Exception | None) -> tuple[FileStreet, Writer]:
    writer = Writer(*words)
    street = FileStreet(database, folder, transcriber=writer)
    street.shelf.files |= {"voice": OGG}
    return street, writer


def test_a_voice_message_is_written_down_redacted_and_sealed(database: Database, tmp_path: Path) -> None:
    street, writer = spoken(database, tmp_path, "Ring me on 07700 900123 about the Canary taxi")
    street.text("", media=listed("voice", "photo"))
    street.is_answered()
    street.fetch()

    voice, photo = street.listed()
    assert voice.transcript == "Ring me on [phone removed] about the Canary taxi"
    assert photo.transcript == ""
    assert writer.given == [(OGG, "audio/ogg", ENGLISH)]
    assert "Canary" not in everything_in(database)


def test_danger_in_a_voice_message_raises_an_alert_and_is_answered(database: Database, tmp_path: Path) -> None:
    street, _ = spoken(database, tmp_path, "I am going to kill myself tonight")
    street.text("", media=listed("voice"))
    street.is_answered()
    street.fetch()
    street.deliver()

    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    assert [alert.level.word for alert in card.alerts] == ["danger"]
    assert card.risk.word == "danger"
    assert any("999" in text for text in street.heard_by_them[-2:])


def test_danger_heard_before_the_turn_stands_with_the_experience_too(database: Database, tmp_path: Path) -> None:
    street, _ = spoken(database, tmp_path, "I am going to kill myself tonight")
    street.text("", media=listed("voice"))
    street.fetch()
    assert len(street.store.loose_alerts()) == 1

    street.is_answered()

    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    assert [alert.level.word for alert in card.alerts] == ["danger"]


def test_a_writer_that_fails_is_tried_again_and_never_costs_the_file(database: Database, tmp_path: Path) -> None:
    street, writer = spoken(database, tmp_path, *[RuntimeError("no more room")] * 99)
    street.text(STORY, media=listed("voice"))
    for wait in (timedelta(0), *RETRIES, timedelta(days=1)):
        street.clock.at += wait
        street.fetch()

    assert street.states() == ["kept"]
    assert len(writer.given) == len(RETRIES) + 1


def test_nothing_said_leaves_no_transcript(database: Database, tmp_path: Path) -> None:
    street, _ = spoken(database, tmp_path, None)
    street.text(STORY, media=listed("voice"))
    street.is_answered()
    street.fetch()

    assert [file.transcript for file in street.listed()] == [""]


def test_a_transcript_goes_with_its_file(database: Database, tmp_path: Path) -> None:
    street, _ = spoken(database, tmp_path, "the taxi")
    street.text(STORY, media=listed("voice"))
    street.is_answered()
    street.fetch()
    assert street.media_rows()[0].transcript is not None

    erase(street)

    assert street.media_rows()[0].transcript is None


def test_a_channel_that_is_off_is_waited_for(street: FileStreet) -> None:
    mail = InboundMessage(
        channel=ChannelName("sms"), account="us", external_id="SM9", sender=ANNA, text=STORY, media=listed("photo")
    )
    street.intake.receive([mail])
    street.fetching._sources = {}
    street.fetch()

    assert street.states() == ["waiting"]
    assert street.fetching.fetch_due(WORKER) is False
