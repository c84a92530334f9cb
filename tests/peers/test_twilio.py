"""Twilio's own OpenAPI, served by Prism, which refuses whatever the document does not allow: the official client talks to it.

Prism answers with the examples of the document, so what is tried is that each call of ours is one that Twilio's document
knows, and that its answers are understood. It takes an empty To, no sender and 5,000 signs; those rules the stand-in has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from bot.errors import ChannelMisconfigured, Rejected, SendError
from bot.model import ENGLISH, Address
from bot.outgoing import Choice, Outgoing
from channels.twilio import TwilioAccount, TwilioSms, TwilioWhatsApp
from channels.twilio_api import TwilioApi
from tests.peers.conftest import free_port, module, running

pytestmark = pytest.mark.slow

SID = "AC" + "0" * 32
PUBLIC = "https://earshot.example"
SPECS = "@twilio/cli-core/src/services/twilio-api"


def _repaired(name: str, folder: Path) -> Path:
    """The raw document refuses every field that may stand several times, until it says how such a field is written."""
    spec = json.loads(module(f"{SPECS}/{name}").read_text())
    form = "application/x-www-form-urlencoded"
    for path in spec["paths"].values():
        for call in (call for call in path.values() if isinstance(call, dict)):
            content = call.get("requestBody", {}).get("content", {})
            fields = content.get(form, {}).get("schema", {}).get("properties", {})
            lists = [field for field, kind in fields.items() if kind.get("type") == "array"]
            if lists:
                content[form]["encoding"] = {field: {"style": "form", "explode": True} for field in lists}
    repaired = folder / name
    repaired.write_text(json.dumps(spec))
    return repaired


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwilioAccount]:
    folder = tmp_path_factory.mktemp("specs")
    with ExitStack() as servers:
        urls = []
        for name in ("twilio_api_v2010.json", "twilio_content_v1.json"):
            port, spec = free_port(), _repaired(name, folder)
            prism = ("mock", "--host", "127.0.0.1", "--port", str(port), spec)
            urls.append(servers.enter_context(running("node", module("@stoplight/prism-cli/dist/index.js"), *prism, port=port)))
        yield TwilioAccount(sid=SID, tokens=("token",), public_url=PUBLIC, api_url=urls[0], content_url=urls[1])


@pytest.fixture
def api(twilio: TwilioAccount) -> TwilioApi:
    return TwilioApi(sid=SID, tokens=("token",), url=twilio.api_url, content_url=twilio.content_url)


def outgoing(address: Address, **more: object) -> Outgoing:
    values = {"id": UUID(int=7), "channel": "sms", "address": address, "text": "Thank you.\n1 Yes\n2 No", **more}
    return Outgoing(**values)  # type: ignore[arg-type] # a test gives the right ones


def test_a_text_is_one_that_twilio_knows(twilio: TwilioAccount) -> None:
    sms = TwilioSms(twilio, number="+447700900001")

    sent = sms.send(outgoing(Address("tel", "+447700900123")))

    assert sent.provider_id


def test_the_forms_twilio_gives_are_kept_to(twilio: TwilioAccount) -> None:
    """That the document is strict at all: what is not of its form is refused."""
    bad = TwilioAccount(
        sid=SID, tokens=("token",), public_url=PUBLIC, api_url=twilio.api_url, messaging_service_sid="not-a-service"
    )
    good = TwilioAccount(
        sid=SID, tokens=("token",), public_url=PUBLIC, api_url=twilio.api_url, messaging_service_sid=f"MG{'1' * 32}"
    )

    with pytest.raises((Rejected, ChannelMisconfigured)):
        TwilioSms(bad).send(outgoing(Address("tel", "+447700900123")))
    assert TwilioSms(good).send(outgoing(Address("tel", "+447700900123"))).provider_id


@pytest.mark.parametrize(
    "wrong",
    [{"status_callback": "not an address"}, {"content_sid": "HX1"}, {"send_at": "tomorrow"}],
    ids=lambda each: next(iter(each)),
)
def test_what_is_not_of_the_form_is_refused(api: TwilioApi, wrong: dict[str, str]) -> None:
    with pytest.raises(SendError):
        api.create(to="+447700900123", from_="+447700900001", body="hello", **wrong)


def test_several_files_in_one_message_are_one_field_several_times(api: TwilioApi) -> None:
    fields = {"to": "+447700900123", "from_": "+447700900001", "media_url": [f"{PUBLIC}/1.jpg", f"{PUBLIC}/2.jpg"]}

    assert api.create(**fields).sid  # type: ignore[arg-type] # the official client takes a list here


def test_a_whatsapp_message_a_template_and_a_hidden_number_are_known(twilio: TwilioAccount) -> None:
    whatsapp = TwilioWhatsApp(twilio, number="+447700900002", templates={("window.nudge", ENGLISH): f"HX{'1' * 32}"})

    for address in (Address("whatsapp", "447700900123"), Address("whatsapp", "GB.1a2B3c")):
        for key in ("kept.plain", "window.nudge"):
            assert whatsapp.send(outgoing(address, channel="whatsapp", key=key)).provider_id


def test_the_content_of_a_question_with_buttons_is_known(twilio: TwilioAccount) -> None:
    whatsapp = TwilioWhatsApp(twilio, number="+447700900002", fixed=lambda _key, _locale: True)
    question = outgoing(
        Address("whatsapp", "447700900123"), channel="whatsapp", key="ask", choices=(Choice("yes", "Yes"), Choice("no", "No"))
    )

    content = whatsapp.api.create_content(name="earshot-1", language="en", body="May we?", buttons=[("yes", "Yes")])
    assert content.startswith("HX")
    assert isinstance(whatsapp.api.contents(), dict)
    assert whatsapp.send(question).provider_id


def test_asking_what_has_been_taken_is_known(twilio: TwilioAccount) -> None:
    sms = TwilioSms(twilio, number="+447700900001")

    assert sms.find(outgoing(Address("tel", "+447700900123")), since=datetime(2026, 11, 22, tzinfo=UTC)) is None


def test_the_account_and_its_numbers_are_asked_and_set_as_the_document_has_it(api: TwilioApi) -> None:
    assert isinstance(api.account_status(), str)
    api.number("+447700900001")
    api.set_number("PN" + "1" * 32, sms_url=f"{PUBLIC}/webhooks/twilio#rc=4&rp=5xx,ct,rt", sms_method="POST")


def test_a_file_can_be_deleted(api: TwilioApi) -> None:
    api.delete_media(message="MM" + "1" * 32, media="ME" + "1" * 32)
