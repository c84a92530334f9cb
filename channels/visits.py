"""Who a request to the plain pages comes from, as far as its cookie says, and in whose words it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from bot.model import ENGLISH, Address, Locale
from bot.pages import PageWords
from channels.sessions import Sessions

COOKIE = "earshot_talk"
PATH = "/chat"
STAYS_FOR = timedelta(days=180)

_STAYS = "stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: in whose words, chosen or not, and by whom if they have sent anything yet.

    ``stays``: they asked to be told what changes, so the cookie outlives the browser.
    """

    words: PageWords
    chosen: Locale | None = None
    address: Address | None = None
    token: str = ""
    stays: bool = False


class Visits:
    """Reads and writes the one cookie: ``token~locale~stays``."""

    def __init__(self, sessions: Sessions, words: Mapping[Locale, PageWords], public_url: str) -> None:
        self._sessions = sessions
        self._words = words
        self._origin = urlsplit(public_url)

    def current(self, locale: str = "") -> Visit:
        """The visit of this request. ``locale`` was asked for now, and goes before one that is remembered."""
        token, remembered, stays = (request.cookies.get(COOKIE, "").split("~") + [""] * 3)[:3]
        address = self._sessions.address_of(token)
        chosen = next((Locale(tag) for tag in (locale, remembered) if tag in self._words), None)
        return Visit(
            words=self._words[chosen or ENGLISH],
            chosen=chosen,
            address=address,
            token=token if address is not None else "",
            stays=address is not None and stays == _STAYS,
        )

    def remember(self, response: Response, token: str, visit: Visit, *, stays: bool) -> None:
        """For as long as the browser is open; longer only for somebody who asked to be told what changes."""
        response.set_cookie(
            COOKIE,
            "~".join((token, visit.chosen or "", _STAYS if stays else "")),
            max_age=STAYS_FOR if stays else None,
            path=PATH,
            httponly=True,
            samesite="Lax",
            secure=self._is_secure,
        )

    def forget(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Lax", secure=self._is_secure)

    def is_from_elsewhere(self) -> bool:
        """Whether another site made the browser send this. Old browsers name only the origin, and some not that."""
        site = request.headers.get("Sec-Fetch-Site")
        if site:
            return site == "cross-site"
        origin = request.headers.get("Origin")
        return origin not in {None, "null"} and urlsplit(origin).netloc not in {request.host, self._origin.netloc}

    @property
    def _is_secure(self) -> bool:
        return self._origin.scheme == "https"
