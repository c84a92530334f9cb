"""The status callbacks of the stand-in: posted one after another from a thread of their own, signed as Twilio signs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from urllib.parse import urlsplit

import requests

from demo.provider.inbound import encode_form, signed_form, status_form

_TIMEOUTS = (5.0, 15.0)
_TRIES = 2
"""Twilio tries again once, and only where it could not connect."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One report to post: the word, for which message, to which URL."""

    url: str
    status: str
    sid: str
    to: str
    sender: str
    error_code: int | None = None
    done_at: str = ""


class Callbacks:
    """Posts what is reported. ``origin`` replaces the origin of each URL, where the public one does not lead back here."""

    def __init__(
        self, *, account_sid: str, token: str, origin: str | None = None, before: Callable[[Callback], None] = lambda _: None
    ) -> None:
        self._account_sid = account_sid
        self._token = token
        self._origin = origin
        self._before = before
        self._waiting: Queue[Callback | None] = Queue()
        self._thread: Thread | None = None
        self.answers: list[tuple[str, int]] = []
        """The word of each callback and the status it was answered with; 0 where nobody answered."""

    def report(self, callbacks: Sequence[Callback]) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work, name="callbacks", daemon=True)
            self._thread.start()
        for callback in callbacks:
            self._waiting.put(callback)

    def wait(self) -> None:
        """Until everything reported so far has been posted."""
        self._waiting.join()

    def stop(self) -> None:
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # it only ever posts to this machine
            while (callback := self._waiting.get()) is not None:
                self._before(callback)
                self.answers.append((callback.status, self._post(session, callback)))
                self._waiting.task_done()
        self._waiting.task_done()

    def _post(self, session: requests.Session, callback: Callback) -> int:
        form = status_form(
            callback.status,
            sid=callback.sid,
            to=callback.to,
            sender=callback.sender,
            account_sid=self._account_sid,
            error_code=callback.error_code,
            done_at=callback.done_at,
        )
        target = callback.url
        if self._origin is not None:
            parts = urlsplit(callback.url)
            target = self._origin.rstrip("/") + parts._replace(scheme="", netloc="").geturl()
        headers = signed_form(callback.url, form, self._token)
        for _ in range(_TRIES):
            try:
                return session.post(target, data=encode_form(form), headers=headers, timeout=_TIMEOUTS).status_code
            except requests.ConnectionError:
                continue
            except requests.RequestException:
                break
        log.warning("a status callback was not answered")
        return 0
