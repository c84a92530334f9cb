"""Any text of the wording, spoken with values as long as they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.hours import Hours
from bot.model import ENGLISH, ChannelName, Locale, Say, Spoken
from bot.signposts import Signposts
from bot.themes import Taxonomy
from bot.wording import Wording

HOURS = Hours.load()
NUMBERS = Signposts.load().values()
THEMES = Taxonomy.load().living()
LONGEST_DAY = "2026-09-23"  # a Wednesday in September: long in every locale
SATURDAY = datetime(2026, 9, 19, 12, tzinfo=UTC)


def spoken(wording: Wording, locale: Locale, key: str, channel: ChannelName, *, choices: tuple[str, ...] = ()) -> Spoken:
    """What one key (several joined by ``+``) says in a locale, whether that is offered yet or not."""
    tongue = wording.tongues[locale]
    theme = max((theme.spoken.get(locale) or theme.spoken.get(ENGLISH, "") for theme in THEMES), key=len)
    values = {
        **wording.facts,
        **NUMBERS,
        "reference": "MEADOW 482",
        "read_by": LONGEST_DAY,
        "due_by": LONGEST_DAY,
        "read_on": LONGEST_DAY,
        "open_hours": HOURS.spec,
        "code": "OTTER 214 BUTTON 915" if key.startswith("link.") else "482",
        "next_read": tongue.calendar.moment(HOURS.next_open(SATURDAY), SATURDAY),
        "words": "The taxi came late.",
        "theme": theme,
        "other": theme,
        "languages": "English, Easy Read",
        "staff_url": "https://earshot.example.gov.uk/staff",
    }
    return _as_if_offered(wording, locale).speak(Say(key, values, choices), locale, channel)


def _as_if_offered(wording: Wording, locale: Locale) -> Wording:
    return replace(wording, tongues={**wording.tongues, locale: replace(wording.tongues[locale], complete=True)})
