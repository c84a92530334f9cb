"""OAuth 2 at both servers: tokens are had, kept, renewed and never shown; and what the settings may say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from bot.errors import BadSettings, ChannelMisconfigured, ProviderUnavailable
from channels.email import EmailDoor
from channels.mail_account import MailOAuth
from channels.mail_in import MailPoller
from channels.mail_login import Tokens
from channels.mail_reading import MailReader
from tests.channels.mail_catcher import USER as SUBMITTER
from tests.channels.mail_catcher import catcher
from tests.channels.mailbox_server import USER, mailbox_server
from tests.channels.mails import NOW, account, outgoing, raw
from tests.channels.token_server import CLIENT, REFRESH, SECRET, TokenServer, token_server

SHORT = timedelta(milliseconds=20)


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def oauth(server: TokenServer, **given: str) -> MailOAuth:
    settings = {"token_url": server.url, "client_id": CLIENT, "client_secret": SECRET, "scope": "mail.send", **given}
    return MailOAuth(**settings)


def tokens(server: TokenServer, seconds: Seconds | None = None, **given: str) -> Tokens:
    return Tokens(oauth(server, **given), seconds=seconds or Seconds())


def test_a_token_is_asked_for_once_and_kept_until_shortly_before_its_end(server: TokenServer) -> None:
    seconds = Seconds()
    ours = tokens(server, seconds)

    assert {ours.token() for _ in range(3)} == {"token-one"}
    assert len(server.asked) == 1
    seconds.now += 3600 - 121
    ours.token()
    assert len(server.asked) == 1
    seconds.now += 2
    ours.token()
    assert len(server.asked) == 2


def test_it_is_asked_for_in_our_own_name(server: TokenServer) -> None:
    tokens(server).token()

    assert server.asked == [
        {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": "mail.send"}
    ]


def test_with_a_refresh_token_it_is_asked_for_in_a_person_s_name_and_the_newest_one_counts(server: TokenServer) -> None:
    server.answers.insert(0, (200, {"access_token": "a", "expires_in": 0, "refresh_token": "refresh-two"}))
    ours = tokens(server, client_secret="", refresh_token=REFRESH)
    ours.token()
    ours.token()

    assert [asked["refresh_token"] for asked in server.asked] == [REFRESH, "refresh-two"]
    assert {asked["grant_type"] for asked in server.asked} == {"refresh_token"}


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (400, {"error": "invalid_grant", "error_description": "refresh-one is over"}, ChannelMisconfigured),
        (401, {"error": "refresh-one client-secret"}, ChannelMisconfigured),
        (403, b"<html>", ChannelMisconfigured),
        (302, b"", ChannelMisconfigured),
        (429, {}, ProviderUnavailable),
        (503, b"", ProviderUnavailable),
        (200, b"<html>", ProviderUnavailable),
        (200, [], ProviderUnavailable),
        (200, {"access_token": 7}, ProviderUnavailable),
        (200, {"access_token": "a\nb"}, ProviderUnavailable),
        (200, {"access_token": "a", "expires_in": "soon"}, ProviderUnavailable),
    ],
)
def test_what_the_token_server_says_instead_is_told_without_a_secret(
    server: TokenServer, status: int, answer: object, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [(status, answer)]
    ours = tokens(server, refresh_token=REFRESH)

    with pytest.raises(error) as raised:
        ours.token()
    shown = f"{raised.value!r} {raised.value} {raised.value.__cause__!r} {caplog.text} {ours!r} {vars(ours)}"
    assert REFRESH not in shown
    assert SECRET not in shown


def test_a_token_server_that_is_away_is_asked_later() -> None:
    with token_server() as gone:
        pass

    with pytest.raises(ProviderUnavailable):
        tokens(gone).token()


def test_the_mailbox_is_opened_with_a_token(server: TokenServer) -> None:
    with mailbox_server() as box:
        box.tokens.add("token-one")
        box.deliver(raw("text"))
        ours = account(imap_url=f"imap://{quote(USER)}@127.0.0.1:{box.port}", oauth=oauth(server))
        polling = MailPoller(ours, MailReader(ours), tokens=tokens(server))

        assert polling.poll(lambda _: None, wait=SHORT)
        polling.close()


def test_a_token_called_back_before_its_end_is_had_anew(server: TokenServer) -> None:
    server.answers.append((200, {"access_token": "token-two", "expires_in": 3600}))
    with mailbox_server() as box:
        box.tokens.add("token-two")
        ours = account(imap_url=f"imap://{quote(USER)}@127.0.0.1:{box.port}")
        polling = MailPoller(ours, MailReader(ours), tokens=tokens(server))

        assert not polling.poll(lambda _: None, wait=SHORT)
        polling.close()
    assert len(server.asked) == 2


def test_a_mailbox_that_takes_no_token_of_ours_is_told_of(server: TokenServer, caplog: pytest.LogCaptureFixture) -> None:
    with mailbox_server() as box:
        ours = account(imap_url=f"imap://{quote(USER)}@127.0.0.1:{box.port}")
        with pytest.raises(ProviderUnavailable, match="token"):
            MailPoller(ours, MailReader(ours), tokens=tokens(server)).poll(lambda _: None, wait=SHORT)

    assert "token-one" not in caplog.text


def test_mail_leaves_with_a_token(server: TokenServer) -> None:
    with catcher() as caught:
        ours = account(smtp_url=f"smtp://{quote(SUBMITTER)}@127.0.0.1:{caught.port}", oauth=oauth(server))
        EmailDoor(ours, tokens=tokens(server), now=lambda: NOW).send(outgoing())

        assert len(caught.caught) == 1
        assert caught.logins == [f"user={SUBMITTER}"]


def test_a_server_that_takes_no_token_of_ours_stops_the_channel(server: TokenServer) -> None:
    with catcher() as caught:
        caught.tokens.clear()
        ours = account(smtp_url=f"smtp://{quote(SUBMITTER)}@127.0.0.1:{caught.port}", oauth=oauth(server))

        with pytest.raises(ChannelMisconfigured):
            EmailDoor(ours, tokens=tokens(server), now=lambda: NOW).send(outgoing())
        assert caught.caught == []


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"token_url": ""},
        {"client_id": ""},
        {"client_secret": ""},
        {"token_url": "http://login.example/token"},
        {"token_url": "login.example"},
    ],
)
def test_half_of_oauth_is_refused(given: dict[str, str]) -> None:
    whole = {"token_url": "https://login.example/token", "client_id": CLIENT, "client_secret": SECRET}

    MailOAuth(**whole)
    with pytest.raises(BadSettings, match="EMAIL_OAUTH"):
        MailOAuth(**{**whole, **given})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"imap_url": "https://send:very-secret@mail.example"}, "EMAIL_IMAP_URL"),
        ({"imap_url": "imaps://send:very-secret@mail.example:port"}, "EMAIL_IMAP_URL"),
        ({"imap_url": "imaps://send:very-secret#x@mail.example"}, "EMAIL_IMAP_URL"),
        ({"imap_url": "imaps://mail.example"}, "EMAIL_IMAP_URL"),
        ({"imap_url": "imaps://send@mail.example"}, "EMAIL_IMAP_URL"),
        ({"imap_url": "imaps://[mail.example"}, "EMAIL_IMAP_URL"),
        ({"smtp_url": "smtp://:very-secret@mail.example"}, "EMAIL_SMTP_URL"),
        ({"smtp_url": "imaps://send:very-secret@mail.example"}, "EMAIL_SMTP_URL"),
        ({"bounce_address": "nobody"}, "EMAIL_BOUNCE_ADDRESS"),
        ({"keys": ()}, "EARSHOT_SECRET_KEY"),
        ({"keys": (b"",)}, "EARSHOT_SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_named_and_not_repeated(given: dict[str, object], named: str) -> None:
    with pytest.raises(BadSettings, match=named) as raised:
        account(**given)
    assert "very-secret" not in str(raised.value)


def test_a_server_is_read_out_of_its_url_and_shows_no_password() -> None:
    ours = account(
        imap_url="imaps://send%40earshot.example:a%2Fb%40c@mail.example/Feedback/New", smtp_url="smtps://u:p@mail.example"
    )
    assert ours.imap is not None
    assert ours.smtp is not None

    assert (ours.imap.host, ours.imap.port, ours.imap.tls, ours.imap.folder) == ("mail.example", 993, True, "Feedback/New")
    assert (ours.imap.user, ours.imap.password) == ("send@earshot.example", "a/b@c")
    assert (ours.smtp.port, ours.smtp.tls) == (465, True)
    assert "a/b@c" not in repr(ours)
    assert "kkkk" not in repr(ours)
