"""A strict IMAP server on this machine, of one mailbox: it refuses whatever the protocol does not allow, and reports the rest.

It answers what RFC 9051 and RFC 2177 say, and only for the few commands a poller needs; anything else is BAD, and so is
any command before its time. A FETCH that is no PEEK marks a mail as read, as in life.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from imaplib import Time2Internaldate
from pathlib import Path

USER, PASSWORD = "send@earshot.example", 'a "b\\ c'


@dataclass
class Mailbox:
    """The mails by their numbers, and what the server is like. ``said`` is each command it took, without its words."""

    port: int = 0
    folder: str = "INBOX"
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    idles: bool = True
    read_only: bool = False
    offers_plain: bool = True
    size_of: dict[int, int] = field(default_factory=dict)
    came_at: dict[int, datetime] = field(default_factory=dict)
    breaks_at: str = ""
    said: list[str] = field(default_factory=list)
    idling: threading.Event = field(default_factory=threading.Event)
    next: int = 1

    def deliver(self, mail: bytes) -> int:
        uid, self.next = self.next, self.next + 1
        self.mails[uid] = mail
        return uid

    def deliver_soon(self, mail: bytes) -> threading.Thread:
        """As soon as somebody waits for it."""

        def wait_and_deliver() -> None:
            assert self.idling.wait(60)
            self.deliver(mail)

        thread = threading.Thread(target=wait_and_deliver)
        thread.start()
        return thread


class _Connection(socketserver.StreamRequestHandler):
    server: _Server
    state = "new"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("* OK ready")
        with suppress(OSError):
            while self.state != "over" and (line := self.rfile.readline()):
                self._take(line.decode("ascii").rstrip("\r\n"))

    def _take(self, line: str) -> None:
        tag, _, rest = line.partition(" ")
        word = rest.upper().split()[0] if rest else ""
        if word == "UID":
            word = " ".join(rest.upper().split()[:2])
        self.box.said.append(word)
        if self.box.breaks_at and word.startswith(self.box.breaks_at):
            self.state = "over"
            return
        allowed = _COMMANDS.get(word)
        if not re.fullmatch(r"[A-Za-z0-9]+", tag) or allowed is None or self.state not in allowed[0]:
            self._say(f"{tag} BAD not now, or never")
            return
        self._say(f"{tag} {allowed[1](self, rest)} {word}")

    @property
    def box(self) -> Mailbox:
        return self.server.box

    def _say(self, line: str | bytes) -> None:
        self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        self.wfile.flush()

    def _capability(self, _: str) -> str:
        plain, idle = (" AUTH=PLAIN" if self.box.offers_plain else ""), (" IDLE" if self.box.idles else "")
        self._say(f"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2{plain}{idle}")
        return "OK"

    def _login(self, rest: str) -> str:
        found = re.fullmatch(r'LOGIN "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', rest)
        user, password = (re.sub(r"\\(.)", r"\1", found[number]) for number in (1, 2)) if found else ("", "")
        return self._let_in(good=(user, password) == (USER, PASSWORD))

    def _authenticate(self, rest: str) -> str:
        mechanism = rest.split()[1].upper()
        self._say("+ ")
        given = b64decode(self.rfile.readline()).decode()
        if mechanism == "PLAIN" and self.box.offers_plain:
            return self._let_in(good=given == f"\0{USER}\0{PASSWORD}")
        if mechanism != "XOAUTH2":
            return "NO no such mechanism"
        user, bearer, *_ = given.split("\1")
        good = user == f"user={USER}" and bearer.removeprefix("auth=Bearer ") in self.box.tokens
        if not good:
            self._say("+ eyJzdGF0dXMiOiI0MDEifQ==")
            if self.rfile.readline() != b"\r\n":
                return "BAD an empty line was due"
        return self._let_in(good=good)

    def _let_in(self, *, good: bool) -> str:
        self.state = "in" if good else self.state
        return "OK" if good else "NO [AUTHENTICATIONFAILED] wrong"

    def _select(self, rest: str) -> str:
        if rest.split(" ", 1)[1].strip('"') != self.box.folder:
            return "NO [NONEXISTENT] no such folder"
        self.state = "selected"
        self._say(f"* {len(self.box.mails)} EXISTS")
        self._say("* FLAGS (\\Seen)")
        self._say(f"* OK [UIDVALIDITY {self.box.validity}] valid")
        self._say(f"* OK [UIDNEXT {self.box.next}] next")
        return "OK [READ-WRITE]"

    def _noop(self, _: str) -> str:
        return "OK"

    def _search(self, rest: str) -> str:
        wanted = rest.split(" ", 2)[2]
        uids = sorted(self.box.mails)
        if wanted == "UNSEEN":
            uids = [uid for uid in uids if uid not in self.box.seen]
        elif found := re.fullmatch(r"UID (\d+):\*", wanted):
            # RFC 9051: the star is the last mail, and a range has no direction.
            uids = [uid for uid in uids if uid >= min(int(found[1]), uids[-1])]
        elif wanted != "ALL":
            return "BAD"
        self._say("* SEARCH" + "".join(f" {uid}" for uid in uids))
        return "OK"

    def _fetch(self, rest: str) -> str:
        found = re.fullmatch(
            r"UID FETCH (\d+) \((RFC822\.SIZE INTERNALDATE|BODY(\.PEEK)?\[(HEADER)?\](?:<0\.(\d+)>)?)\)", rest, re.IGNORECASE
        )
        if not found:
            return "BAD"
        uid = int(found[1])
        mail = self.box.mails.get(uid)
        if mail is None:
            return "OK"
        if found[2].upper() == "RFC822.SIZE INTERNALDATE":
            came = Time2Internaldate(self.box.came_at.get(uid, datetime.now(UTC)))
            self._say(f"* 1 FETCH (UID {uid} INTERNALDATE {came} RFC822.SIZE {self.box.size_of.get(uid, len(mail))})")
            return "OK"
        if not found[3]:
            self.box.seen.add(uid)
        part = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if found[4] else mail[: int(found[5] or len(mail))]
        name = f"BODY[{found[4] or ''}]" + ("<0>" if found[5] else "")
        self._say(f"* 1 FETCH (UID {uid} {name} {{{len(part)}}}\r\n".encode() + part + b")")
        return "OK"

    def _store(self, rest: str) -> str:
        found = re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", rest)
        if not found:
            return "BAD"
        if self.box.read_only:
            return "NO it may only be read"
        self.box.seen.add(int(found[1]))
        return "OK"

    def _idle(self, _: str) -> str:
        if not self.box.idles:
            return "BAD"
        known = len(self.box.mails)
        self._say("+ idling")
        self.connection.settimeout(0.01)
        self.box.idling.set()
        while True:
            with suppress(TimeoutError, ssl.SSLWantReadError):
                if self.connection.recv(64) != b"DONE\r\n":
                    self.state = "over"
                break
            if len(self.box.mails) != known:
                known = len(self.box.mails)
                self._say(f"* {known} EXISTS")
            time.sleep(0.005)
        self.connection.settimeout(None)
        return "OK"

    def _logout(self, _: str) -> str:
        self._say("* BYE")
        self.state = "over"
        return "OK"


_EVER, _NEW, _IN, _SELECTED = {"new", "in", "selected"}, {"new"}, {"in", "selected"}, {"selected"}
_COMMANDS = {
    "CAPABILITY": (_EVER, _Connection._capability),
    "LOGIN": (_NEW, _Connection._login),
    "AUTHENTICATE": (_NEW, _Connection._authenticate),
    "SELECT": (_IN, _Connection._select),
    "NOOP": (_EVER, _Connection._noop),
    "UID SEARCH": (_SELECTED, _Connection._search),
    "UID FETCH": (_SELECTED, _Connection._fetch),
    "UID STORE": (_SELECTED, _Connection._store),
    "IDLE": (_SELECTED, _Connection._idle),
    "LOGOUT": (_EVER, _Connection._logout),
}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, box: Mailbox, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.box = box
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to report."""


@contextmanager
def mailbox_server(*, certificate: Path | None = None) -> Iterator[Mailbox]:
    """Running. ``certificate``: TLS from the first byte on."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    box = Mailbox()
    with _Server(box, context) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield box
        server.shutdown()
        thread.join()
