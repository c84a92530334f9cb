"""Any text of the wording, spoken with values as long as they come; and what the house rules find wrong anywhere."""

from __future__ import annotations

from functools import cache

from bot.model import ChannelName, Locale
from bot.outgoing import Spoken
from bot.script import Script
from bot.signposts import Signposts
from bot.wording import Wording
from bot.wording_checks import Checks
from bot.wording_faults import Code
from bot.wording_rules import Rules
from channels.costing import sms_cost

NUMBERS = Signposts.load().values()
CHECKS = Checks(Rules.load(), Script.load(), sms_cost)
WORDING = Wording.load(facts={"privacy_url": "https://earshot.example.gov.uk/privacy"})


def spoken(wording: Wording, locale: Locale, key: str, channel: ChannelName, *, choices: tuple[str, ...] = ()) -> Spoken:
    """What one key (several joined by ``+``) says in a locale, whether that is offered yet or not."""
    return CHECKS.sample.spoken(wording, locale, key, channel, choices=choices)


@cache
def _everything() -> tuple[tuple[Locale, Code, str], ...]:
    """Looked for once: every text of every locale."""
    return tuple(
        (fault.locale, fault.code, f"{fault.key} {fault.channel} {fault.values}") for fault in CHECKS.everything(WORDING)
    )


def found(locale: Locale, *codes: Code) -> list[str]:
    """Where these rules are broken in a locale: the key, the variant, and what is wrong."""
    return [where for tag, code, where in _everything() if tag == locale and code in codes]
