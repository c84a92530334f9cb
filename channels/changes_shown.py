"""``bot.actions.Preview``: the public page with one action on it, for the team to look at before anybody else can."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.actions import Published
from bot.model import Locale
from bot.pages import load_page_words
from bot.redaction import redact
from bot.signposts import Signposts
from bot.wording import Wording
from channels.paper import Paper
from channels.sessions import Sessions
from channels.visits import Visits


class ChangesShown:
    """Asks for a request of Flask's, for the page names its own address in other languages."""

    def __init__(self, wording: Wording, *, secret_key: str, public_url: str, locales: Collection[Locale] | None = None) -> None:
        words, sessions = load_page_words(locales=locales), Sessions(secret_key)
        self._visits = Visits(sessions, words, public_url)
        self._paper = Paper(words, sessions, redact, Signposts.load().values())
        self._day = wording.day

    def page(self, entries: Sequence[Published], locale: str) -> str:
        visit = self._visits.current(locale)
        return self._paper.changes(visit, self._day, entries, is_preview=True).get_data(as_text=True)
