"""What a poster says and where its code leads: for a campaign or a place, in one language, to one way of writing to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from bot.campaigns import Campaigns
from bot.conversation import Say
from bot.errors import NotFound
from bot.model import ENGLISH, ChannelName, Locale
from bot.wording import Wording

_PRINT = ChannelName("poster")
"""No channel: what has no words of its own for it is said as anywhere."""


class LeadsTo(StrEnum):
    CHAT = "chat"
    SMS = "sms"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """``link`` is what the code holds. ``name`` is what staff call it, and stands small in a corner. ``lines`` are said under
    the code, the ways to write to us; ``notes`` are the small print.
    """

    code: str
    name: str
    locale: Locale
    is_rtl: bool
    link: str
    headline: str
    under: str
    scan: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posters:
    """``numbers``: the number of each way that has one, as ``+441823960000``. ``places``: names by code."""

    campaigns: Campaigns
    places: Mapping[str, str]
    wording: Wording
    signposts: Mapping[str, str]
    public_url: str
    numbers: Mapping[LeadsTo, str]

    @property
    def names(self) -> dict[str, str]:
        """What there can be a poster for: codes and names, campaigns first."""
        campaigns = {code: campaign.in_words(ENGLISH).title for code, campaign in self.campaigns.by_code.items()}
        return {**campaigns, **self.places}

    @property
    def ways(self) -> tuple[LeadsTo, ...]:
        return tuple(way for way in LeadsTo if way is LeadsTo.CHAT or way in self.numbers)

    @property
    def locales(self) -> tuple[Locale, ...]:
        return self.wording.locales

    def link(self, code: str, to: LeadsTo, locale: Locale = ENGLISH) -> str:
        """Where the code leads. Raises ``NotFound`` for a way that has no number here."""
        if to is LeadsTo.CHAT:
            chosen = "" if locale == ENGLISH else f"&locale={quote(locale)}"
            return f"{self.public_url}/chat?ref={quote(code)}{chosen}"
        if to not in self.numbers:
            raise NotFound
        said = quote(f"#{code}")
        if to is LeadsTo.WHATSAPP:
            return f"https://wa.me/{self.numbers[to].lstrip('+')}?text={said}"
        return f"sms:{self.numbers[to]}?&body={said}"  # with both signs, for telephones that know only one of them

    def poster(self, code: str, locale: Locale, to: LeadsTo) -> Poster:
        """Raises ``NotFound`` for a code, a language or a way there is not."""
        if code not in self.names or locale not in self.locales:
            raise NotFound
        campaign = self.campaigns.get(code)
        link = self.link(code, to, locale)

        def say(key: str, **values: str) -> str:
            return self.wording.speak(Say(f"poster.{key}", {**self.signposts, **values}), locale, _PRINT).text

        is_rtl = self.wording.tongues[locale].is_rtl

        def whole(written: str) -> str:
            """A number or an address in a line that is written from right to left."""
            return f"\u2066{written}\u2069" if is_rtl else written

        lines = []
        if (number := self.numbers.get(LeadsTo.SMS)) is not None:
            lines.append(f"{say('by_text', number=whole(spaced(number)))} {say('code', code=whole(f'#{code}'))}")
        address = self.link(code, LeadsTo.CHAT).partition("://")[2]
        lines.append(say("web", address=whole(address)))
        return Poster(
            code=code,
            name=self.names[code],
            locale=locale,
            is_rtl=is_rtl,
            link=link,
            headline=say("answer") if campaign else say("tell"),
            under=campaign.in_words(locale).title if campaign else say("good_or_bad"),
            scan=say("scan"),
            lines=tuple(lines),
            notes=(say("people"), say("urgent")),
        )


def spaced(number: str) -> str:
    """A British number as people say and dial it: ``01823 960000``."""
    if not number.startswith("+44"):
        return number
    home = "0" + number.removeprefix("+44")
    return f"{home[:5]} {home[5:]}"
