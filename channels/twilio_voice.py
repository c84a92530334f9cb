"""The phone that rings: whoever calls the number hears one short sentence, and a text goes back to them.

https://www.twilio.com/docs/voice/twiml and https://www.twilio.com/docs/voice/api/call-resource
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from bot.errors import BadWebhook
from bot.events import Event, MissedCall
from bot.model import Address
from channels.base import Answer, Webhook
from channels.twilio import TwilioAccount, TwilioSigned
from channels.twilio_events import SMS, Fields
from channels.twilio_forms import read_fields

_RINGING = frozenset({"", "queued", "ringing", "in-progress"})
"""Any other status tells of a call that is over, and its text has gone already."""

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_WITHHELD = frozenset({"+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253"})
"""What Twilio writes for RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS and UNAVAILABLE on a telephone's keys."""

_LONGEST_ID = 64


class TwilioVoiceGate(TwilioSigned):
    """A call that comes in. ``words`` gives what the caller hears, as it stands at that moment."""

    def __init__(self, account: TwilioAccount, *, words: Callable[[], str]) -> None:
        super().__init__(account)
        self._words = words

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """The call, where there is a number to text; none for a withheld one, nor for news of a call already answered."""
        fields = read_fields(webhook)
        self.check_account(fields)
        call = fields.get("CallSid", "").strip()
        if not call.isascii() or not call.isalnum() or len(call) > _LONGEST_ID:
            raise BadWebhook("The form has no CallSid.")
        caller = fields.get("From", "").strip()
        if _is_news(fields) or caller in _WITHHELD or not _NUMBER.fullmatch(caller):
            return ()
        return (MissedCall(channel=SMS, account=self.account.sid, external_id=call, caller=Address("tel", caller)),)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        del events
        twiml = f'<Response><Say language="en-GB">{_speakable(self._words())}</Say><Hangup/></Response>'
        return Answer(twiml, content_type="text/xml; charset=utf-8")


def _is_news(fields: Fields) -> bool:
    """Whether Twilio only tells how a call goes on, or of one we made: nobody waits for words then."""
    told = "CallbackSource" in fields or fields.get("CallStatus", "").strip().lower() not in _RINGING
    return told or fields.get("Direction", "").strip().lower().startswith("outbound")


def _speakable(words: str) -> str:
    """Fit for TwiML, with every number digit by digit: a voice that says “nine hundred and ninety-nine” helps nobody."""
    return escape(re.sub(r"(?<=\d)(?=\d)", " ", words), quote=False)
