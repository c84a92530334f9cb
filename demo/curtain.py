"""Keeps visitors out while the month is still being made; only the provider and its receipts pass."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Event
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = Path(__file__).parent / "templates" / "demo" / "making.html"
_LET_THROUGH = ("/demo/provider/", "/webhooks/twilio/status", "/demo/static/", "/chat/assets/")


class Curtain:
    """A WSGI application around another. A message sent before it is lifted would be answered 503, and be sent again."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lifted = Event()

    def lift(self) -> None:
        self._lifted.set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._lifted.is_set() or environ.get("PATH_INFO", "").startswith(_LET_THROUGH):
            return self._app(environ, start_response)
        page = PAGE.read_bytes()
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:"),
            ("Cache-Control", "no-store"),
            ("Retry-After", "5"),
        ]
        start_response("503 Service Unavailable", headers)
        return [page]
