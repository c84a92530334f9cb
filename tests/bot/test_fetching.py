"""Files are fetched, cleaned and kept; what cannot be kept is said honestly, once; and nothing outlives its erasure."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import MediaGone, MediaRefused, NotFound, ProviderUnavailable, StoreUnavailable
from bot.fetching import RETRIES
from bot.media import FileKind, MediaState
from bot.model import ChannelName, InboundMessage, Locale, Manner
from storage.database import Database
from tests.bot.file_scene import LOST, REFUSED, WORKER, FileStreet, listed
from tests.bot.street import ANNA
from tests.storage.pictures_made import GPS, OGG, picture, told_place

STORY = "The taxi was late again on Monday and nobody rang us about it."
UNWELL = ProviderUnavailable("The file's host answered with status 503.", code="503")


@pytest.fixture
def street(database: Database, tmp_path: Path) -> FileStreet:
    return FileStreet(database, tmp_path / "media")


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
    assert street.lines_about_files() == []


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
    (line,) = street.lines_about_files()
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
    assert street.lines_about_files() == []


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
    (line,) = street.lines_about_files()
    assert said in line
    assert len(street.shelf.asked) == 1
    with pytest.raises(NotFound):
        street.files.content(file.id)


def test_the_answer_to_the_message_comes_before_the_line_about_its_file(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"))
    street.fetch()
    assert street.lines_about_files() == []

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

    assert len(street.lines_about_files()) == 1
    assert [file.told for file in street.listed()].count(True) == 1


def test_of_a_file_without_words_it_is_not_said_that_we_have_the_words(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text("", media=listed("photo"))
    street.is_answered()
    street.fetch()

    (line,) = street.lines_about_files()
    assert "your words" not in line


def test_where_the_answer_itself_said_that_it_could_not_be_opened_it_is_not_said_twice(street: FileStreet) -> None:
    street.shelf.files[""] = MediaRefused("What was sent is not a file.")
    street.text("", media=listed(""))
    street.is_answered()
    street.fetch()

    assert street.lines_about_files() == []
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
    assert street.lines_about_files() == []
    assert [file.told for file in street.listed()] == [False]


def test_while_a_person_has_the_talk_nothing_is_said(street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"))
    street.shelf.files["photo"] = MediaGone()
    street.is_answered()
    street.staff("holds the talk")
    street.fetch()

    assert street.lines_about_files() == []
    assert street.states() == ["lost"]


@pytest.mark.parametrize("manner", [Manner.KEEP, Manner.RECORD])
def test_where_nobody_waits_for_an_answer_nothing_is_said(street: FileStreet, manner: Manner) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"), manner=manner)
    street.is_answered()
    street.fetch()

    assert street.states() == ["lost"]
    assert street.lines_about_files() == []


def test_it_is_said_in_their_own_language(street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaGone()
    street.text(STORY, media=listed("photo"), locale=Locale("en-x-easyread"))
    street.is_answered()
    street.fetch()

    (line,) = [text for text in street.heard_by_them if LOST in text] or street.lines_about_files()
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


def test_a_channel_that_is_off_is_waited_for(street: FileStreet) -> None:
    mail = InboundMessage(
        channel=ChannelName("sms"), account="us", external_id="SM9", sender=ANNA, text=STORY, media=listed("photo")
    )
    street.intake.receive([mail])
    street.fetching._sources = {}
    street.fetch()

    assert street.states() == ["waiting"]
    assert street.fetching.fetch_due(WORKER) is False
