"""A host of files on this machine, with or without TLS, that does what a test tells it; and what it was asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FileHost:
    """``acts`` by path; ``asked`` are method and path of every request, ``headers`` what came with each."""

    url: str = ""
    port: int = 0
    acts: dict[str, Act] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)

    def gives(self, path: str, body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer. ``headers`` replace the length it would otherwise have."""

        def act(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in (headers if headers is not None else {"Content-Length": str(len(body))}).items():
                handler.send_header(name, value)
            handler.end_headers()
            with suppress(OSError):
                handler.wfile.write(body)

        self.acts[path] = act

    def sends_on(self, path: str, to: str, *, status: int = 307) -> None:
        self.gives(path, status=status, headers={"Location": to, "Content-Length": "0"})

    def drips(self, path: str, *, before: bytes) -> None:
        """One byte after the other, without end: no single wait is long."""

        def act(handler: BaseHTTPRequestHandler) -> None:
            with suppress(OSError):
                handler.wfile.write(before)
                while not self.stopping.wait(0.02):
                    handler.wfile.write(b"x")
                    handler.wfile.flush()

        self.acts[path] = act


def _nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(404)


@contextmanager
def file_host(*, tls: ssl.SSLContext | None = None) -> Iterator[FileHost]:
    host = FileHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(f"{self.command} {self.path}")
            host.headers.append({name.lower(): value for name, value in self.headers.items()})
            host.acts.get(self.path, _nothing)(self)
            self.close_connection = True

        do_DELETE = do_GET  # noqa: N815 - the name http.server calls

        def do_CONNECT(self) -> None:
            host.asked.append(f"{self.command} {self.path}")
            host.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        host.port = server.server_address[1]
        host.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{host.port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield host
        finally:
            host.stopping.set()
            server.shutdown()
            thread.join()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """TLS for a server that is ``name``, and the file with the certificate a client must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = folder / f"{name}.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file
