"""What is answered to a wish to carry on from elsewhere: a code, or what became of the code that was sent."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import OfferCode, UseCode
from bot.draft import Draft
from bot.reading import LINKS, Kind, Reading


def mind_linking(draft: Draft, readings: Sequence[Reading]) -> None:
    """A code that was sent is what they want; without one, one is offered. Both need proof of who asks."""
    asked = [reading for reading in readings if reading.kind in LINKS]
    proved = [reading for reading in asked if reading.stored.message.verified]
    codes = dict.fromkeys(reading.answer for reading in proved if reading.kind is Kind.CODE)
    for code in codes:
        draft.do(UseCode(code))
    if codes:
        draft.say("link.done")  # or what there is to say instead, once it is known where they lead
    elif proved:
        draft.do(OfferCode())
        draft.say("link.offer", values={"code": ""})  # drawn once the turn stands
    elif asked and not any(say.key == "not_proved" for say in draft.says):
        draft.say("not_proved")
