"""From Twilio's webhook to what goes back, on the real road: a call, READ, and words that come back after a while."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.model import Address, ChannelName, Contact, InboundMessage
from channels.twilio_voice import TwilioVoiceGate
from demo.provider import PARENT
from storage.database import Database
from tests.bot.street import Street
from tests.channels.test_twilio_voice import ring
from tests.channels.twilio_payloads import account, heard, with_field

WHATSAPP = Address("whatsapp", PARENT.removeprefix("+"))


@pytest.fixture
def sms(database: Database) -> Street:
    return Street(database)


@pytest.fixture
def whatsapp(database: Database) -> Street:
    return Street(database, channel="whatsapp")


def told(street: Street, words: str, *, sender: Address) -> None:
    street.text(words, sender=sender)
    street.later(seconds=30)
    street.all_turns()
    street.deliver()


def test_whoever_rings_gets_one_text_a_day_that_says_what_the_number_is_for(sms: Street) -> None:
    gate = TwilioVoiceGate(account(), words=lambda: "Text us.")
    for number in range(3):
        webhook = ring(CallSid=f"CA{number:032d}")
        gate.verify(webhook)
        sms.intake.receive(gate.parse(webhook))
    sms.deliver()

    (sent,) = sms.channel.sent
    assert sent.address == Address("tel", PARENT)
    assert "This number is for messages only." in sent.text
    assert "999" in sent.text


def test_a_caller_who_then_texts_is_greeted_like_anybody(sms: Street) -> None:
    sms.intake.receive(TwilioVoiceGate(account(), words=lambda: "Text us.").parse(ring()))
    told(sms, "The taxi was late again and nobody rang us back", sender=Address("tel", PARENT))

    assert "Thank you, we have kept that. Ref" in sms.heard_by_them[1]


def test_read_brings_what_waited_and_is_no_feedback(whatsapp: Street) -> None:
    told(whatsapp, "The taxi was late again and nobody rang us back", sender=WHATSAPP)
    told(whatsapp, "And the driver was rude to my son on Tuesday", sender=WHATSAPP)
    kept = len(whatsapp.facts()["kept"])
    whatsapp.later(hours=30)
    told(whatsapp, "READ", sender=WHATSAPP)

    assert len(whatsapp.facts()["kept"]) == kept


def test_x8_the_name_of_a_profile_is_not_kept_so_it_overwrites_none() -> None:
    message = heard(with_field("whatsapp_text", ProfileName="Somebody Else"))

    assert "Somebody Else" not in repr({field.name: getattr(message, field.name) for field in fields(InboundMessage)})
    assert "name" not in {field.name for field in fields(Contact)}


def test_x9_words_within_seven_days_join_and_later_ones_begin_anew(whatsapp: Street) -> None:
    told(whatsapp, "The taxi was late again and nobody rang us back", sender=WHATSAPP)
    whatsapp.later(days=6)
    told(whatsapp, "It was late again today", sender=WHATSAPP)
    assert len(whatsapp.facts()["references"]) == 1

    whatsapp.later(days=8)
    told(whatsapp, "The school would not talk about the plan", sender=WHATSAPP)
    assert len(whatsapp.facts()["references"]) == 2


def test_a_text_and_a_whatsapp_message_of_one_number_are_two_channels_names() -> None:
    assert heard(with_field("whatsapp_text")).channel == ChannelName("whatsapp")
    assert heard(with_field("sms_text")).channel == ChannelName("sms")
