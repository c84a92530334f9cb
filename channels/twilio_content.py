"""Quick-reply buttons on WhatsApp: a question of ours kept once as Content at Twilio, and sent by its id.

Only fixed words become Content, for it stays at Twilio: never what repeats a person's words, nor a reference of theirs.
The numbered lines stand in the body as well, so that whoever sees no buttons can answer all the same.
https://www.twilio.com/docs/content/twilio-quick-reply (in a session: three buttons, no approval) and
https://www.twilio.com/docs/content/content-api-resources
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable

from bot.errors import SendError
from bot.model import Locale
from bot.outgoing import Outgoing
from channels.twilio_api import TwilioApi

MOST_BUTTONS = 3
LONGEST_TITLE = 20
LONGEST_BODY = 1024
_VARIABLE = "{{"

IsFixed = Callable[[str, Locale], bool]
"""Whether these words of ours, by key and locale, are the same for everybody."""

log = logging.getLogger(__name__)


class QuickReplies:
    """Finds or makes the Content of a question. Remembers what it found; any trouble means no buttons, and no more."""

    def __init__(self, api: TwilioApi, is_fixed: IsFixed) -> None:
        self._api = api
        self._is_fixed = is_fixed
        self._sids: dict[str, str] | None = None

    def sid_for(self, outgoing: Outgoing) -> str | None:
        """The id of the Content that says this; None where it has to go as plain text."""
        if not _fits(outgoing) or not self._is_fixed(outgoing.key, outgoing.locale):
            return None
        name = _name(outgoing)
        try:
            if self._sids is None:
                self._sids = self._api.contents()
            if name not in self._sids:
                buttons = [(choice.key, choice.label) for choice in outgoing.choices]
                self._sids[name] = self._api.create_content(
                    name=name, language=outgoing.locale.partition("-")[0], body=outgoing.text, buttons=buttons
                )
        except SendError as error:
            log.warning("no buttons for a question on WhatsApp: %s (%s)", type(error).__name__, error.code or "no code")
            return None
        return self._sids[name]


def _fits(outgoing: Outgoing) -> bool:
    choices = outgoing.choices
    return (
        0 < len(choices) <= MOST_BUTTONS
        and all(0 < len(choice.label) <= LONGEST_TITLE for choice in choices)
        and len(outgoing.text) <= LONGEST_BODY
        and _VARIABLE not in outgoing.text
    )


def _name(outgoing: Outgoing) -> str:
    """The same for the same words, in every process: by it the Content is found again after a start."""
    said = json.dumps([outgoing.text, *([choice.key, choice.label] for choice in outgoing.choices)])
    return f"earshot-{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
