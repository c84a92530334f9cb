"""How we log in at the mail servers: with a password, or with an OAuth 2 token (XOAUTH2), had and renewed here.

RFC 6749 for the tokens; https://developers.google.com/workspace/gmail/imap/xoauth2-protocol for the form both Google and
Microsoft take them in.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from http import HTTPStatus
from imaplib import IMAP4
from threading import Lock
from urllib.parse import urlsplit

import requests

from bot.errors import ChannelMisconfigured, ProviderUnavailable, SendError
from channels.mail_account import MailOAuth, MailServer, is_loopback

TIMEOUTS = (5.0, 15.0)
"""Seconds to connect to the token server and to wait for it."""

_EARLY = 120.0
"""Seconds before its end at which a token counts as over."""

_UNSAID = 3600.0
_MOST_ANSWER = 65_536
_KNOWN_ERRORS = frozenset(
    {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
)


class Tokens:
    """Access tokens, kept until shortly before they end. Safe to share between threads and between both servers."""

    def __init__(self, oauth: MailOAuth, *, seconds: Callable[[], float]) -> None:
        self._oauth = oauth
        self._seconds = seconds
        self._lock = Lock()
        self._refresh_token = _Hidden(oauth.refresh_token)
        self._token = _Hidden("")
        self._ends = 0.0
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(urlsplit(oauth.token_url).hostname or "")

    def token(self) -> str:
        """A token that is good now. Raises ``ChannelMisconfigured`` or ``ProviderUnavailable``."""
        with self._lock:
            if not self._token.value or self._seconds() >= self._ends:
                self._renew()
            return self._token.value

    def refused(self, token: str) -> None:
        """The mail server does not take this one, whatever it said about its end."""
        with self._lock:
            if self._token.value == token:
                self._token = _Hidden("")

    def _renew(self) -> None:
        answer = self._ask()
        if answer.status_code != HTTPStatus.OK:
            raise _refusal(answer)
        try:
            said = answer.json()
            token = said["access_token"]
            lasts = float(said.get("expires_in", _UNSAID))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ProviderUnavailable("The token server's answer holds no token.") from None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProviderUnavailable("The token server's answer holds no token.")
        self._token = _Hidden(token)
        self._ends = self._seconds() + max(lasts - _EARLY, 0.0)
        # Microsoft gives a new refresh token with each answer, and the old one ends some day.
        if self._refresh_token.value and isinstance(said.get("refresh_token"), str):
            self._refresh_token = _Hidden(said["refresh_token"])

    def _ask(self) -> requests.Response:
        form = {"client_id": self._oauth.client_id, "client_secret": self._oauth.client_secret, "scope": self._oauth.scope}
        if self._refresh_token.value:
            form |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token.value}
        else:
            form |= {"grant_type": "client_credentials"}
        try:
            return self._session.post(
                self._oauth.token_url,
                data={name: said for name, said in form.items() if said},
                headers={"Accept": "application/json"},
                timeout=TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException:
            raise ProviderUnavailable("The token server could not be reached.") from None


class Login:
    """Lets us in at one server. Raises ``ChannelMisconfigured`` where it will not have us, ``ProviderUnavailable`` for now."""

    def __init__(self, server: MailServer, tokens: Tokens | None) -> None:
        self._server = server
        self._tokens = tokens

    def imap(self, client: IMAP4) -> None:
        if self._tokens is None:
            self._imap_by_password(client)
        else:
            _by_token(self._tokens, lambda token: _imap_by_token(client, self._server.user, token))

    def smtp(self, client: smtplib.SMTP) -> None:
        """Nothing is done where no user is set: a catcher on this machine asks for none."""
        if not self._server.user:
            return
        if self._tokens is None:
            _smtp_refusals(lambda: client.login(self._server.user, self._server.password))
        else:
            _by_token(self._tokens, lambda token: _smtp_by_token(client, self._server.user, token))

    def _imap_by_password(self, client: IMAP4) -> None:
        user, password = self._server.user, self._server.password
        try:
            if "AUTH=PLAIN" in client.capabilities:
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            else:
                client.login(_quoted(user), password)  # which itself quotes the password alone
        except IMAP4.abort:
            raise ProviderUnavailable("The mail server broke off while we logged in.") from None
        except (IMAP4.error, UnicodeEncodeError) as error:
            raise _imap_refusal(error, "user and password of EMAIL_IMAP_URL") from None


def _quoted(given: str) -> str:
    escaped = given.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Hidden:
    """A secret that does not show when its owner is printed."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value


def _by_token(tokens: Tokens, log_in: Callable[[str], None]) -> None:
    """With the token at hand, and once more with a fresh one: a token can be called back before its end."""
    token = tokens.token()
    try:
        log_in(token)
    except ChannelMisconfigured:
        tokens.refused(token)
        log_in(tokens.token())


def _imap_by_token(client: IMAP4, user: str, token: str) -> None:
    answers = [_xoauth2(user, token).encode()]
    try:
        # A server that says no sends its reason first, and wants an empty line before it gives the verdict.
        client.authenticate("XOAUTH2", lambda _: answers.pop() if answers else b"")
    except IMAP4.abort:
        raise ProviderUnavailable("The mail server broke off while we logged in.") from None
    except IMAP4.error as error:
        raise _imap_refusal(error, "token for the user of EMAIL_IMAP_URL") from None


def _smtp_by_token(client: smtplib.SMTP, user: str, token: str) -> None:
    def respond(challenge: bytes | None = None) -> str:
        return _xoauth2(user, token) if challenge is None else ""

    _smtp_refusals(lambda: client.auth("XOAUTH2", respond, initial_response_ok=True))


def _xoauth2(user: str, token: str) -> str:
    return f"user={user}\1auth=Bearer {token}\1\1"


def _smtp_refusals(log_in: Callable[[], object]) -> None:
    try:
        log_in()
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:  # noqa: PLR2004 - 4xx: not now
            raise ProviderUnavailable("The mail server lets nobody log in just now.", code=str(error.smtp_code)) from None
        raise ChannelMisconfigured(
            "The mail server does not accept the login of EMAIL_SMTP_URL.", code=str(error.smtp_code)
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise ChannelMisconfigured("The mail server of EMAIL_SMTP_URL offers no login; is the port right?") from None
    except UnicodeEncodeError:
        raise ChannelMisconfigured("The password in EMAIL_SMTP_URL holds a sign that mail servers cannot be sent.") from None
    except (smtplib.SMTPException, OSError, ValueError):  # ValueError: what it asked could not be decoded
        raise ProviderUnavailable("The mail server broke off while we logged in.") from None


def _imap_refusal(error: Exception, what: str) -> SendError:
    """``UNAVAILABLE`` in the server's words (RFC 5530) means not now; everything else that the login is wrong."""
    if "[UNAVAILABLE]" in str(error) or "[INUSE]" in str(error):
        return ProviderUnavailable("The mail server lets nobody log in just now.")
    return ChannelMisconfigured(f"The mail server does not accept the {what}.")


def _refusal(answer: requests.Response) -> SendError:
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUnavailable(f"The token server answered with status {status}.", code=str(status))
    try:
        said = str(answer.json().get("error")) if len(answer.content) <= _MOST_ANSWER else ""
    except (ValueError, AttributeError, RecursionError):
        said = ""
    code = said if said in _KNOWN_ERRORS else str(status)
    return ChannelMisconfigured(f"The token server of EMAIL_OAUTH_TOKEN_URL refused us ({code}).", code=code)
