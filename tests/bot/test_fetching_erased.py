"""What was erased takes its files along; and a voice message may be written down by a machine, whose words count for danger."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BlobMissing, StoreUnavailable
from bot.fetching import RETRIES
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Locale
from storage.database import Database
from tests.bot.file_scene import FileStreet, listed
from tests.bot.street import ANNA, BORIS
from tests.storage.pictures_made import OGG
from tests.storage.reading import everything_in

STORY = "The taxi was late again on Monday and nobody rang us about it."
MAIL = b"From: anna@example.org\r\nSubject: the taxi\r\n\r\nCanary words\r\n"


@pytest.fixture
def street(database: Database, tmp_path: Path) -> FileStreet:
    return FileStreet(database, tmp_path / "media")


# --- erased ---------------------------------------------------------------------------------------------------------


def erase(street: FileStreet) -> bool:
    with street.store.transaction() as tx:
        contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=street.clock.at)
        return tx.erase_contact(contact.id, street.clock.at).kept


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
