"""A handset sends what its network would bring, signed so that our own gate lets it in."""

import pytest

from bot.errors import BadSignature
from bot.model import Address, InboundMessage
from channels.base import Webhook
from channels.twilio import TwilioAccount, TwilioGate
from demo.clock import DemoClock
from demo.corpus import Attachment
from demo.handset import WEBHOOK
from demo.provider import ACCOUNT_SID
from tests.demo.fakes import TEN, TOKEN, URL, DeadEnd, handset


def arrived(road: DeadEnd, *, token: str = TOKEN) -> InboundMessage:
    """What the real gate makes of the newest request."""
    path, body, headers = road.posted[-1]
    gate = TwilioGate(TwilioAccount(sid=ACCOUNT_SID, tokens=(token,), public_url=URL))
    webhook = Webhook(
        method="POST", url=f"{URL}{path}", body=body, headers={name.lower(): value for name, value in headers.items()}
    )
    gate.verify(webhook)
    (event,) = gate.parse(webhook)
    assert isinstance(event, InboundMessage)
    return event


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_what_is_written_arrives_word_for_word(channel: str) -> None:
    road = DeadEnd()
    handset(channel, DemoClock(TEN), road=road).say("Łukasz & the taxi\nlate again 😢")

    assert arrived(road).text == "Łukasz & the taxi\nlate again 😢"
    assert arrived(road).channel == channel


def test_a_text_comes_from_a_telephone_number() -> None:
    road = DeadEnd()
    phone = handset("sms", DemoClock(TEN), road=road)
    phone.say("hi")

    assert arrived(road).sender == phone.address == Address("tel", "+447700900207")


def test_a_whatsapp_message_comes_from_a_whatsapp_address() -> None:
    road = DeadEnd()
    phone = handset("whatsapp", DemoClock(TEN), road=road)
    phone.say("hi")

    assert arrived(road).sender == phone.address == Address("whatsapp", "447700900207")


def test_a_photo_arrives_as_a_photo() -> None:
    road = DeadEnd()
    handset("whatsapp", DemoClock(TEN), road=road).say("", Attachment.PHOTO)

    assert [media.content_type for media in arrived(road).media] == ["image/jpeg"]


def test_another_token_does_not_open_our_gate() -> None:
    road = DeadEnd()
    handset("sms", DemoClock(TEN), road=road).say("hi")

    with pytest.raises(BadSignature):
        arrived(road, token="e" * 32)


def test_a_message_goes_to_the_webhook_of_the_contract() -> None:
    road = DeadEnd()
    handset("sms", DemoClock(TEN), road=road).say("hi")

    assert road.posted[-1][0] == WEBHOOK == "/webhooks/twilio"


@pytest.mark.parametrize(("status", "kept"), [(200, True), (403, False), (503, False)])
def test_a_message_counts_as_kept_only_when_the_webhook_said_so(status: int, *, kept: bool) -> None:
    posted = handset("sms", DemoClock(TEN), road=DeadEnd(status)).say("hi")

    assert posted.kept is kept
