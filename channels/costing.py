"""What words cost by SMS, for whoever checks a text before it is sent to anybody."""

from __future__ import annotations

from bot.outgoing import Spoken
from bot.wording_faults import SmsCost
from channels.rendering import as_sms
from channels.segments import Encoding, measure


def sms_cost(spoken: Spoken) -> SmsCost:
    parts = [part.text for part in as_sms(spoken)]
    strange = dict.fromkeys(sign for text in parts for sign in text if measure(sign).encoding is not Encoding.GSM)
    return SmsCost(segments=sum(measure(text).segments for text in parts), strange=" ".join(strange))
