"""What must be right before the service answers anybody, and what whoever starts it is to know.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.call_outs import GIVEN_UP, CallOut
from bot.errors import BadSettings
from bot.model import ChannelName

if TYPE_CHECKING:
    from parts import Earshot

log = logging.getLogger("earshot")


def warn_of_unchecked(earshot: Earshot) -> None:
    """In development, where it does not stop the start, whoever starts the service is to know."""
    if (count := len(earshot.unchecked())) and not earshot.settings.demo:
        log.warning("%d contacts in signposts.toml have not been checked; production would not start.", count)


def check_ready(earshot: Earshot) -> None:
    """In production: that contacts given to families were checked, and that somebody is told. Raises ``BadSettings``.

    A wrong number given to a family in danger is worse than a service that does not start; and the texts for danger
    say that a person is being told, so there must be one.
    """
    if earshot.settings.env != "production":
        return
    if count := len(earshot.unchecked()):
        raise BadSettings(f"{count} contacts in signposts.toml have not been checked; `earshot doctor` lists them.")
    if not _routes(earshot):
        raise BadSettings(
            "Nobody can be called when a family is in danger. Switch text messages on (TWILIO_SMS_NUMBER), or email "
            "(EMAIL_ADDRESS, EMAIL_IMAP_URL, EMAIL_SMTP_URL), better both. Then give somebody the role and a mobile number: "
            "earshot staff add NAME --username USER --role safeguarding --mobile +44… Where email alone is on, USER is their "
            "work email address."
        )


def warn_of_one_route(earshot: Earshot) -> None:
    """In production one route is enough to start; whoever starts the service is to know what is given up."""
    routes = _routes(earshot)
    if earshot.settings.env == "production" and len(routes) == 1:
        log.warning("%s", GIVEN_UP[next(iter(routes))])


def _routes(earshot: Earshot) -> frozenset[ChannelName]:
    return CallOut(earshot.replies, earshot.calling).routes(earshot.store.standing_rota().called)
