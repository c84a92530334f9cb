"""A token server of OAuth 2 on this machine: it wants a form, knows one client, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

CLIENT, SECRET, REFRESH = "client-one", "client-secret", "refresh-one"


@dataclass
class TokenServer:
    """``answers`` are given one after the other; the last one stays."""

    url: str = ""
    answers: list[tuple[int, object]] = field(default_factory=lambda: [(200, {"access_token": "token-one", "expires_in": 3600})])
    asked: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.tokens.asked.append(form)
        status, answer = self.tokens.answers.pop(0) if len(self.tokens.answers) > 1 else self.tokens.answers[0]
        if form.get("client_id") != CLIENT or form.get("client_secret", SECRET) != SECRET:
            status, answer = 401, {"error": "invalid_client", "error_description": "no such client-one"}
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """A test's output is not for this."""


@contextmanager
def token_server() -> Iterator[TokenServer]:
    tokens = TokenServer()
    with HTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"tokens": tokens})) as server:
        tokens.url = f"http://127.0.0.1:{server.server_address[1]}/token"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield tokens
        server.shutdown()
        thread.join()
