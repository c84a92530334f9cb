"""Buttons on WhatsApp: the official client against a strict stand-in, and plain numbered lines whenever anything is odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.outgoing import Choice, Outgoing, Spoken
from bot.wording import Wording
from channels.twilio import TwilioWhatsApp
from demo.provider import WHATSAPP_NUMBER, Provider, refused
from tests.channels.content_stand_in import ContentStandIn, content_stand_in
from tests.channels.contract import YES_NO
from tests.channels.twilio_payloads import account, heard, outgoing, with_field

WORDING = Wording.load(facts={"privacy_url": "https://earshot.example/privacy"})


@pytest.fixture
def content() -> Iterator[ContentStandIn]:
    with content_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def whatsapp(provider: Provider, content: ContentStandIn) -> TwilioWhatsApp:
    return door(provider, content)


def door(provider: Provider, content: ContentStandIn) -> TwilioWhatsApp:
    twilio = account(api_url=provider.url, content_url=content.url)
    return TwilioWhatsApp(twilio, number=WHATSAPP_NUMBER, fixed=WORDING.is_fixed)


def question(whatsapp: TwilioWhatsApp, text: str = "May we?", choices: tuple[Choice, ...] = YES_NO) -> Outgoing:
    (part,) = whatsapp.render(Spoken(text, choices))
    return replace(outgoing(whatsapp, part.text), choices=part.choices, key="ask.consent_words")


def test_a_question_goes_with_buttons_and_the_numbered_lines_stand_in_it(
    provider: Provider, content: ContentStandIn, whatsapp: TwilioWhatsApp
) -> None:
    sent = whatsapp.send(question(whatsapp))

    (made,) = content.made
    assert made["types"]["twilio/quick-reply"] == {
        "body": "May we?\n1 Yes\n2 No, team only",
        "actions": [{"title": "Yes", "id": "yes"}, {"title": "No, team only", "id": "no"}],
    }
    assert made["types"]["twilio/text"] == {"body": "May we?\n1 Yes\n2 No, team only"}
    assert provider.calls[0].form["ContentSid"] == [made["sid"]]
    assert "Body" not in provider.calls[0].form
    assert sent.provider_id == provider.taken[0].sid


def test_what_comes_back_of_a_button_is_the_key_of_the_choice() -> None:
    assert heard(with_field("whatsapp_button_pressed", ButtonPayload="yes", ButtonText="Yes")).choice == "yes"


def test_the_same_question_is_kept_at_twilio_once(provider: Provider, content: ContentStandIn, whatsapp: TwilioWhatsApp) -> None:
    for _ in range(3):
        whatsapp.send(question(whatsapp))
    door(provider, content).send(question(whatsapp))  # as another process has it

    assert len(content.made) == 1
    assert {call.form["ContentSid"][0] for call in provider.calls} == {content.made[0]["sid"]}


def test_other_words_or_other_labels_are_another_content(content: ContentStandIn, whatsapp: TwilioWhatsApp) -> None:
    whatsapp.send(question(whatsapp))
    whatsapp.send(question(whatsapp, "May we now?"))
    whatsapp.send(question(whatsapp, choices=(Choice("yes", "Yes"), Choice("no", "No"))))

    assert len({made["friendly_name"] for made in content.made}) == 3


@pytest.mark.parametrize("key", ["preview.words", "preview.words+ask.consent_words", "first.story", "no.such.key"])
def test_words_that_may_be_a_persons_own_are_never_kept_at_twilio(
    provider: Provider, content: ContentStandIn, whatsapp: TwilioWhatsApp, key: str
) -> None:
    whatsapp.send(replace(question(whatsapp), key=key))

    assert content.asked == 0
    assert provider.calls[0].form["Body"] == ["May we?\n1 Yes\n2 No, team only"]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("May we?", ()),
        ("May we?", tuple(Choice(str(number), f"Answer {number}") for number in range(4))),
        ("May we?", (Choice("yes", "Yes, and you may tell all"),)),
        ("May we? " * 130, YES_NO),
        ("May we {{1}}?", YES_NO),
    ],
    ids=["no choices", "four", "a long label", "a long body", "braces"],
)
def test_what_no_button_can_hold_goes_as_plain_words(
    provider: Provider, content: ContentStandIn, whatsapp: TwilioWhatsApp, text: str, choices: tuple[Choice, ...]
) -> None:
    whatsapp.send(question(whatsapp, text, choices))

    assert content.made == []
    assert "ContentSid" not in provider.calls[0].form


def test_where_content_is_not_to_be_had_the_question_goes_in_plain_words(
    provider: Provider, content: ContentStandIn, whatsapp: TwilioWhatsApp
) -> None:
    content.fails_with = 20429
    whatsapp.send(question(whatsapp))

    assert provider.calls[0].form["Body"] == ["May we?\n1 Yes\n2 No, team only"]


def test_buttons_that_twilio_refuses_are_said_in_plain_words_in_the_same_send(
    provider: Provider, whatsapp: TwilioWhatsApp
) -> None:
    provider.fail_next(refused(21655))
    whatsapp.send(question(whatsapp))

    assert [message.body for message in provider.taken] == ["May we?\n1 Yes\n2 No, team only"]


def test_without_the_setting_there_are_no_buttons(provider: Provider) -> None:
    plain = TwilioWhatsApp(account(api_url=provider.url), number=WHATSAPP_NUMBER)

    assert plain.render(Spoken("May we?", YES_NO))[-1].choices == ()
