"""A submission server on this machine that keeps what it is given, and refuses what it is told to refuse."""

from __future__ import annotations

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port

USER, PASSWORD, TOKEN = "earshot@earshot.example", "a+b/c d#e", "token-one"


@dataclass
class Catcher:
    """What it caught, and what it answers: a whole reply in place of its own at MAIL, RCPT, DATA or AUTH; "" breaks off."""

    port: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    caught: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    def mail(self) -> EmailMessage:
        """The one mail it caught, taken apart."""
        (envelope,) = self.caught
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    def raw(self) -> bytes:
        (envelope,) = self.caught
        assert isinstance(envelope.content, bytes)
        return envelope.content

    async def _reply(self, server: Any, word: str, usual: str) -> str:
        reply = self.refusals.get(word, usual)
        if not reply:
            server.transport.abort()
        return reply or "421 gone"

    async def handle_MAIL(self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._reply(server, "MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - the same
        reply = await self._reply(server, "RCPT", "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.caught.append(envelope)
        return await self._reply(server, "DATA", "250 2.0.0 kept")

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - the same
        user, bearer, *_ = b64decode(args[1]).decode().split("\1")
        self.logins.append(user)
        if bearer.removeprefix("auth=Bearer ") in self.tokens:
            return AuthResult(success=True, handled=True)
        assert await server.challenge_auth(b'{"status":"401"}') == b""
        return AuthResult(success=False, handled=False)


@contextmanager
def catcher(*, certificate: Path | None = None, login: bool = False) -> Iterator[Catcher]:
    """Running. ``certificate``: it offers STARTTLS with this; ``login``: it wants one before a mail."""
    caught = Catcher()

    def checked(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        caught.logins.append(mechanism)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good and "AUTH" not in caught.refusals, handled=False)

    tls: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        tls = {"tls_context": context, "require_starttls": True}
    caught.port = free_port()
    server = Controller(
        caught,
        hostname="127.0.0.1",
        port=caught.port,
        authenticator=checked,
        auth_required=login and certificate is not None,
        auth_require_tls=login and certificate is not None,
        enable_SMTPUTF8=False,
        ready_timeout=60,
        **tls,
    )
    server.start()
    yield caught
    server.stop()


def made_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of one's own for 127.0.0.1 with its key, and the context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "earshot test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + pem
    )
    trusting = ssl.create_default_context(cadata=pem.decode())
    return path, trusting
