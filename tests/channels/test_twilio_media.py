"""Files that Twilio keeps for us. X2 to X5 are rows of the table of known cases; what no provider may do is in test_fetching."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from bot.errors import MediaGone, MediaRefused, ProviderUnavailable
from bot.model import Media
from channels.base import Door
from channels.twilio import TwilioSms, TwilioWhatsApp, Unsendable
from channels.twilio_events import SMS
from channels.twilio_media import CDN, TwilioMedia
from demo.provider import ACCOUNT_SID, AUTH_TOKEN, SMS_NUMBER, WHATSAPP_NUMBER
from tests.channels.file_host import FileHost, file_host
from tests.channels.twilio_payloads import account

PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/MM{'0' * 31}1/Media/ME{'0' * 31}1"
DELETED = f"{PATH}.json"


@pytest.fixture
def twilio() -> Iterator[FileHost]:
    with file_host() as running:
        running.gives(PATH, b"\xff\xd8photo")
        yield running


def photo(host: FileHost, path: str = PATH) -> Media:
    return Media(url=f"{host.url}{path}", content_type="image/jpeg", provider_id="ME1")


def doors(host: FileHost) -> Sequence[Door]:
    known = account(api_url=host.url)
    return (
        TwilioSms(known, number=SMS_NUMBER),
        TwilioWhatsApp(known, number=WHATSAPP_NUMBER),
        Unsendable(SMS, missing="TWILIO_SMS_NUMBER", settle=timedelta(seconds=25), account=known),
    )


def test_x2_a_photo_is_fetched_with_basic_auth_through_every_door(twilio: FileHost) -> None:
    """T6: an inbound photo is fetched with auth."""
    for door in doors(twilio):
        assert door.fetch(photo(twilio), None) == b"\xff\xd8photo"
    assert len(twilio.headers) == 3
    assert all(headers["authorization"].startswith("Basic ") for headers in twilio.headers)


def test_x2_the_redirect_to_the_cdn_is_followed_only_to_the_cdn_and_looked_at() -> None:
    asked: list[str] = []

    def names(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "127.0.0.1" if host == "127.0.0.1" else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with file_host() as twilio:
        media = TwilioMedia(sid=ACCOUNT_SID, tokens=(AUTH_TOKEN,), url=twilio.url, resolve=names)
        for host in CDN:
            twilio.sends_on(PATH, f"https://{host}/file?Signature=s")
            with pytest.raises(MediaRefused, match="not public"):  # X4
                media.get(photo(twilio))
        twilio.sends_on(PATH, "https://elsewhere.example/file")
        with pytest.raises(MediaRefused, match="own host"):  # X3
            media.get(photo(twilio))

    assert [host for host in asked if host != "127.0.0.1"] == [*CDN]


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/photo.jpg",
        "https://api.twilio.com.evil.example/x",
        "https://mms.twiliocdn.com/photo.jpg",
        "https://api.twilio.com/2010-04-01/x",
        "",
    ],
)
def test_x3_media_on_another_host_is_not_fetched(twilio: FileHost, url: str) -> None:
    """With a stand-in set, not even the real Twilio is asked: the credentials are not meant for it."""
    for door in doors(twilio):
        with pytest.raises(MediaRefused):
            door.fetch(Media(url=url), None)
    assert twilio.asked == []


def test_an_account_of_another_region_may_be_told_of_media_at_the_worlds_own_host() -> None:
    def names(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    media = TwilioMedia(sid="AC1", tokens=("t",), url="https://api.dublin.ie1.twilio.com", resolve=names)

    for host in ("api.dublin.ie1.twilio.com", "api.twilio.com"):
        with pytest.raises(MediaRefused, match="not public"):
            media.get(Media(url=f"https://{host}/x"))


def test_x5_a_download_that_is_not_allowed_is_for_later_and_never_tried_without_credentials(twilio: FileHost) -> None:
    twilio.gives(PATH, status=401)
    door, *_ = doors(twilio)

    with pytest.raises(ProviderUnavailable):
        door.fetch(photo(twilio), None)
    assert all("authorization" in headers for headers in twilio.headers)


def test_while_tokens_are_being_changed_either_will_do() -> None:
    right = "Basic QUMxOm5ldw=="
    with file_host() as twilio:

        def either(handler: object) -> None:
            allowed = twilio.headers[-1]["authorization"] == right
            twilio.gives("/answer", b"photo" if allowed else b"", status=200 if allowed else 401)
            twilio.acts["/answer"](handler)  # type: ignore[arg-type] # it is the one it was given

        twilio.acts[PATH] = either
        media = TwilioMedia(sid="AC1", tokens=("old", "new"), url=twilio.url)

        assert media.get(photo(twilio)) == b"photo"
        assert len(twilio.asked) == 2


def test_a_server_that_is_unwell_is_not_asked_again_with_the_next_token(twilio: FileHost) -> None:
    twilio.gives(PATH, status=503)
    media = TwilioMedia(sid="AC1", tokens=("old", "new"), url=twilio.url)

    with pytest.raises(ProviderUnavailable):
        media.get(photo(twilio))
    assert len(twilio.asked) == 1


def test_a_file_that_was_deleted_at_twilio_is_gone(twilio: FileHost) -> None:
    door, *_ = doors(twilio)

    with pytest.raises(MediaGone):
        door.fetch(photo(twilio, "/deleted"), None)


def test_without_an_account_there_are_no_files() -> None:
    door = Unsendable(SMS, missing="TWILIO_SMS_NUMBER", settle=timedelta(seconds=25))

    with pytest.raises(MediaRefused):
        door.fetch(Media(url="https://api.twilio.com/x"), None)


def test_the_token_does_not_show_when_it_is_printed(twilio: FileHost) -> None:
    media = TwilioMedia(sid="AC1", tokens=("the-token",), url=twilio.url)

    assert "the-token" not in repr(media)


class TestForgetting:
    """Twilio keeps a file until it is asked to delete it."""

    def test_once_a_file_is_kept_here_twilio_is_asked_to_delete_its_copy(self, twilio: FileHost) -> None:
        twilio.gives(DELETED, status=204)

        for door in doors(twilio):
            door.forget(photo(twilio))
        assert twilio.asked == [f"DELETE {DELETED}"] * 3
        assert all(headers["authorization"].startswith("Basic ") for headers in twilio.headers)

    def test_one_that_is_not_there_any_more_is_forgotten_already(self, twilio: FileHost) -> None:
        twilio.gives(DELETED, b'{"code": 20404, "message": "not found"}', status=404)

        doors(twilio)[0].forget(photo(twilio))
        assert len(twilio.asked) == 1

    @pytest.mark.parametrize("status", [401, 429, 500, 503])
    def test_what_fails_is_for_later(self, twilio: FileHost, status: int) -> None:
        twilio.gives(DELETED, status=status)

        with pytest.raises(ProviderUnavailable):
            doors(twilio)[0].forget(photo(twilio))

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/photo.jpg",
            PATH.replace(ACCOUNT_SID, f"AC{'9' * 32}"),
            f"{PATH}/../../../Messages/MM{'0' * 31}2",
            PATH.replace("/Media", "/Other"),
        ],
    )
    def test_what_is_not_a_file_of_this_account_is_left(self, twilio: FileHost, path: str) -> None:
        doors(twilio)[0].forget(photo(twilio, path))

        assert twilio.asked == []

    def test_the_call_goes_to_the_api_wherever_the_address_leads(self, twilio: FileHost) -> None:
        twilio.gives(DELETED, status=204)

        doors(twilio)[0].forget(Media(url=f"https://elsewhere.example{PATH}"))
        assert twilio.asked == [f"DELETE {DELETED}"]

    def test_without_an_account_nobody_is_asked_to_forget(self, twilio: FileHost) -> None:
        Unsendable(SMS, missing="TWILIO_SMS_NUMBER", settle=timedelta(seconds=25)).forget(photo(twilio))

        assert twilio.asked == []
