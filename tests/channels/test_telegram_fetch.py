"""Files that Telegram keeps for us. G15 to G20 are rows of the table of known cases: the text is kept, the loss is told."""

from __future__ import annotations

import logging

import pytest

from bot.errors import MediaGone, MediaRefused, ProviderUnavailable
from bot.model import Media
from channels.telegram import TelegramDoor
from tests.channels.telegram_host import TOKEN, BotApi
from tests.channels.telegram_payloads import heard

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")

VOICE = Media(url="AwACvoice", content_type="audio/ogg", kind="voice")


def test_a_voice_note_is_fetched_by_its_id(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.files["AwACvoice"] = ("voice/file_7.oga", b"OggS\x00voice")

    assert telegram.fetch(heard("voice").media[0], None) == b"OggS\x00voice"


@pytest.mark.parametrize("path", ["voice/a b.oga", "documents/né.pdf", "documents/file_1"])
def test_whatever_the_path_is_called(bots: BotApi, telegram: TelegramDoor, path: str) -> None:
    bots.files["AwACvoice"] = (path, b"content")

    assert telegram.fetch(VOICE, None) == b"content"


def test_g15_an_id_that_telegram_does_not_know_is_gone(telegram: TelegramDoor) -> None:
    with pytest.raises(MediaGone):
        telegram.fetch(VOICE, None)


def test_g15_an_id_that_is_only_not_known_now_is_for_later(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.refuse_next(400, "Bad Request: wrong file_id or the file is temporarily unavailable")

    with pytest.raises(ProviderUnavailable):
        telegram.fetch(VOICE, None)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, '{"ok": false, "description": "no"}', id="G16 not ok"),
        pytest.param(200, "", id="G17 empty"),
        pytest.param(200, "<html>", id="G18 not JSON"),
        pytest.param(500, '{"ok": false, "error_code": 500, "description": "Internal Server Error"}', id="G19 error"),
        pytest.param(
            429,
            '{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}',
            id="slow",
        ),
        pytest.param(401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}', id="token"),
    ],
)
def test_g16_to_g19_an_answer_that_is_none_is_for_later(bots: BotApi, telegram: TelegramDoor, status: int, body: str) -> None:
    bots.fail_next(status, body)

    with pytest.raises(ProviderUnavailable):
        telegram.fetch(VOICE, None)


def test_g20_a_file_without_a_path_is_refused(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.fail_next(200, '{"ok": true, "result": {"file_id": "AwACvoice", "file_unique_id": "u"}}')

    with pytest.raises(MediaRefused, match="not where"):
        telegram.fetch(VOICE, None)


def test_a_file_that_vanished_between_the_two_calls_is_gone(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.fail_next(200, '{"ok": true, "result": {"file_id": "AwACvoice", "file_unique_id": "u", "file_path": "voice/none.oga"}}')

    with pytest.raises(MediaGone):
        telegram.fetch(VOICE, None)


def test_a_file_too_large_for_a_bot_is_refused(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.refuse_next(400, "Bad Request: file is too big")

    with pytest.raises(MediaRefused, match="20 MB"):
        telegram.fetch(VOICE, None)


def test_a_file_too_large_for_us_is_refused(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.files["AwACvoice"] = ("video/long.mp4", b"x" * (16 * 1024 * 1024 + 1))

    with pytest.raises(MediaRefused, match="too large"):
        telegram.fetch(VOICE, None)


def test_a_file_in_a_folder_of_this_machine_is_not_read(bots: BotApi, telegram: TelegramDoor) -> None:
    """A Bot API server of one's own may answer with a path on its own disk."""
    bots.fail_next(200, '{"ok": true, "result": {"file_id": "x", "file_unique_id": "u", "file_path": "/etc/hostname"}}')

    with pytest.raises(MediaRefused):
        telegram.fetch(VOICE, None)


def test_media_without_an_id_is_refused_without_a_call(bots: BotApi, telegram: TelegramDoor) -> None:
    with pytest.raises(MediaRefused):
        telegram.fetch(Media(url=""), None)
    assert bots.calls == []


def test_no_failure_tells_the_token_or_the_id(bots: BotApi, telegram: TelegramDoor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bots.files["AwACvoice"] = ("voice/file_7.oga", b"OggS")
    telegram.fetch(VOICE, None)
    with pytest.raises(MediaGone) as raised:
        telegram.fetch(Media(url="AwACother"), None)

    shown = f"{caplog.text} {raised.value!r} {raised.value.__cause__!r}"
    assert not any(private in shown for private in (TOKEN, "AwACvoice", "AwACother"))
