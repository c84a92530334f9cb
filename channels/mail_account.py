"""The mailbox and where its servers are: the settings of the email channel, read once and refused with a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from bot.errors import BadSettings
from channels.mail_headers import normalised

_PORTS = {"imaps": 993, "imap": 143, "smtps": 465, "smtp": 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """One server out of its URL. ``tls``: from the first byte on; without it STARTTLS is asked for unless on this machine."""

    host: str
    port: int
    tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)

    @classmethod
    def read(cls, url: str, *, setting: str, schemes: tuple[str, str]) -> MailServer:
        """``imaps://user:password@host:993/INBOX``. Raises ``BadSettings`` naming the setting, without repeating it."""
        example = f"{schemes[0]}://user:password@mail.example.org:{_PORTS[schemes[0]]}"
        wrong = (
            f"{setting} is not an address like {example} (signs such as @ : / # in a password are written as %40 %3A %2F %23)."
        )
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise BadSettings(wrong) from None
        if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
            raise BadSettings(wrong)
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == schemes[0],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOAuth:
    """Where tokens are had (Microsoft 365 takes no password any more): by client credentials, or by a refresh token."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.token_url or not self.client_id or not (self.client_secret or self.refresh_token):
            raise BadSettings(
                "OAuth for email needs EMAIL_OAUTH_TOKEN_URL, EMAIL_OAUTH_CLIENT_ID and EMAIL_OAUTH_CLIENT_SECRET "
                "or EMAIL_OAUTH_REFRESH_TOKEN."
            )
        parts = urlsplit(self.token_url)
        if not parts.hostname or (parts.scheme != "https" and not is_loopback(parts.hostname)):
            raise BadSettings("EMAIL_OAUTH_TOKEN_URL is not an https address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """Our mailbox. ``written`` is EMAIL_ADDRESS as it was given, perhaps ``SEND Team <send@example.org>``.

    ``keys`` sign our Message-IDs, newest first. ``authserv_id``: the name under which our own receiving host writes its
    Authentication-Results; without it no sender counts as proven. ``bounce_address``: the envelope sender, where the
    server takes no empty one; then what comes back undelivered is heard of as well.
    """

    written: str
    keys: tuple[bytes, ...] = field(repr=False)
    imap: MailServer | None = None
    smtp: MailServer | None = None
    oauth: MailOAuth | None = None
    authserv_id: str = ""
    bounce_address: str = ""

    def __post_init__(self) -> None:
        if not normalised(parseaddr(self.written)[1]):
            raise BadSettings("EMAIL_ADDRESS is not an email address.")
        if not self.keys or not all(self.keys):
            raise BadSettings("Email needs EARSHOT_SECRET_KEY: it signs what answers are known by.")
        if self.bounce_address and not normalised(self.bounce_address):
            raise BadSettings("EMAIL_BOUNCE_ADDRESS is not an email address.")
        for setting, server in (("EMAIL_IMAP_URL", self.imap), ("EMAIL_SMTP_URL", self.smtp)):
            # A catcher on this machine asks for no login; everybody else does.
            if server is not None and not server.loopback and not (server.user and (server.password or self.oauth)):
                raise BadSettings(f"{setting} holds no user and password (with OAuth the user alone is enough).")

    @classmethod
    def read(
        cls,
        address: str,
        *,
        keys: tuple[bytes, ...],
        imap_url: str = "",
        smtp_url: str = "",
        oauth: MailOAuth | None = None,
        authserv_id: str = "",
        bounce_address: str = "",
    ) -> MailAccount:
        """From the settings as they stand in the environment. Raises ``BadSettings``."""
        return cls(
            written=address,
            keys=keys,
            imap=MailServer.read(imap_url, setting="EMAIL_IMAP_URL", schemes=("imaps", "imap")) if imap_url else None,
            smtp=MailServer.read(smtp_url, setting="EMAIL_SMTP_URL", schemes=("smtps", "smtp")) if smtp_url else None,
            oauth=oauth,
            authserv_id=authserv_id.strip().lower(),
            bounce_address=bounce_address.strip(),
        )

    @property
    def address(self) -> str:
        """The bare address, as addresses are compared."""
        return normalised(parseaddr(self.written)[1])

    @property
    def name(self) -> str:
        """What stands before the address in From, if anything."""
        return parseaddr(self.written)[0]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def is_ours(self, address: str) -> bool:
        """Whether this is our own address, with or without something behind a plus sign, or the bounce address."""
        local, _, domain = address.rpartition("@")
        without_code = f"{local.partition('+')[0]}@{domain}"
        return self.address in {address, without_code} or address == (normalised(self.bounce_address) or None)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
