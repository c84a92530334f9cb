"""The stand-in for Twilio is only worth something while it is as strict as Twilio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread

import pytest
import requests
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from demo.provider import (
    ACCEPTED_THEN_DROPPED,
    ACCOUNT_SID,
    AUTH_TOKEN,
    PARENT,
    RESET,
    SMS_NUMBER,
    WHATSAPP_NUMBER,
    Call,
    Provider,
    Trouble,
    encode_form,
    hanging,
    provider_blueprint,
    provider_server,
    signed_form,
    sms_form,
    throttled,
    whatsapp_form,
)
from tests.channels.twilio_payloads import SERVICE

GOOD = {"To": PARENT, "From": SMS_NUMBER, "Body": "Hello"}
WHATSAPP = {"To": f"whatsapp:{PARENT}", "From": f"whatsapp:{WHATSAPP_NUMBER}", "Body": "Hello"}


def _post(provider: Provider, form: Mapping[str, object], **given: object) -> requests.Response:
    url = f"{provider.url}/2010-04-01/Accounts/{given.pop('account', ACCOUNT_SID)}/Messages.json"
    auth = given.pop("auth", (ACCOUNT_SID, AUTH_TOKEN))
    return requests.post(url, data=form, auth=auth, timeout=60, **given)  # type: ignore[arg-type] # what a test gives


def _list(provider: Provider, **query: str) -> list[dict[str, object]]:
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    answer = requests.get(url, params=query, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=60).json()
    messages: list[dict[str, object]] = answer["messages"]
    return messages


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": SMS_NUMBER, "Body": "x"}, 21604),
        ({**GOOD, "To": ""}, 21604),
        ({**GOOD, "To": "07700900123"}, 21211),
        ({**GOOD, "To": "+44abc"}, 21211),
        ({**GOOD, "To": "GB.1a2b"}, 21211),
        ({**WHATSAPP, "To": "whatsapp:GB"}, 21211),
        ({"To": PARENT, "Body": "x"}, 21603),
        ({**GOOD, "From": "+447700900999"}, 21606),
        ({**WHATSAPP, "From": "whatsapp:+447700900999"}, 63007),
        ({**GOOD, "From": f"whatsapp:{WHATSAPP_NUMBER}"}, 21910),
        ({**WHATSAPP, "From": SMS_NUMBER}, 21910),
        ({**GOOD, "MessagingServiceSid": "MG1"}, 21701),
        ({**GOOD, "MessagingServiceSid": "MG" + "9" * 32}, 21701),
        ({"To": PARENT, "From": SMS_NUMBER}, 21619),
        ({**GOOD, "Body": ""}, 21602),
        ({**GOOD, "Body": "x" * 1601}, 21617),
        ({**GOOD, "Body": "🚌" * 801}, 21617),
        ({**GOOD, "MediaUrl": ["https://example.org/a"] * 11}, 21623),
        ({**GOOD, "MediaUrl": "nowhere"}, 21620),
        ({**GOOD, "ContentSid": "HX1"}, 21655),
        ({**GOOD, "ContentSid": "HX" + "0" * 32, "ContentVariables": "[1]"}, 21656),
        ({**GOOD, "ContentSid": "HX" + "0" * 32, "ContentVariables": '{"1": 2}'}, 21656),
        ({**GOOD, "StatusCallback": "/status"}, 21609),
        ({**GOOD, "StatusCallback": "https://under_score.example/status"}, 21609),
        ({**GOOD, "Boddy": "x"}, 20001),
    ],
)
def test_what_twilio_refuses_is_refused(provider: Provider, form: Mapping[str, object], code: int) -> None:
    answer = _post(provider, form)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert provider.taken == ()


@pytest.mark.parametrize(
    "form",
    [
        GOOD,
        WHATSAPP,
        {**WHATSAPP, "To": "whatsapp:GB.1a2B3c"},
        {"To": PARENT, "MessagingServiceSid": SERVICE, "Body": "x"},
        {**GOOD, "Body": "🚌" * 800},
        {"To": PARENT, "From": SMS_NUMBER, "MediaUrl": ["https://example.org/a", "https://example.org/b"]},
        {**GOOD, "ContentSid": "HX" + "0" * 32, "ContentVariables": '{"1": "taxi"}'},
    ],
)
def test_what_twilio_takes_is_taken(provider: Provider, form: Mapping[str, object]) -> None:
    answer = _post(provider, form)

    assert answer.status_code == 201
    assert answer.json()["sid"] == provider.taken[0].sid


@pytest.mark.parametrize("auth", [None, (ACCOUNT_SID, "wrong"), ("AC" + "1" * 32, AUTH_TOKEN)])
def test_nobody_without_the_token_gets_in(provider: Provider, auth: tuple[str, str] | None) -> None:
    answer = _post(provider, GOOD, auth=auth)

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_another_account_is_not_found(provider: Provider) -> None:
    assert _post(provider, GOOD, account="AC" + "1" * 32).status_code == 404


def test_a_json_body_is_of_the_wrong_kind(provider: Provider) -> None:
    assert _post(provider, {}, headers={"Content-Type": "application/json"}).status_code == 415


def test_calls_are_kept_in_order_with_what_was_in_them(provider: Provider) -> None:
    _post(provider, GOOD)
    _list(provider, To=PARENT)
    _post(provider, {**GOOD, "Body": "Again"})

    assert [(call.method, call.one("Body")) for call in provider.calls] == [("POST", "Hello"), ("GET", None), ("POST", "Again")]


def test_who_has_said_stop_gets_nothing_until_they_say_start(provider: Provider) -> None:
    provider.hear(PARENT, "Stop ")
    assert _post(provider, GOOD).json()["code"] == 21610

    provider.hear(PARENT, "start")
    assert _post(provider, GOOD).status_code == 201


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_of_one_number_newest_first(provider: Provider) -> None:
    for words in ("one", "two"):
        _post(provider, {**GOOD, "Body": words})
    _post(provider, {**GOOD, "To": "+447700900124"})

    assert [message["body"] for message in _list(provider, To=PARENT)] == ["two", "one"]
    assert _list(provider, From="+447700900009") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"DateSent": "2026-11-21"}, 1),
        ({"DateSent": "2026-11-20"}, 0),
        ({"DateSent>": "2026-11-21T09:00:00Z"}, 1),
        ({"DateSent>": "2026-11-22"}, 0),
        ({"DateSent<": "2026-11-21"}, 1),
        ({"DateSent<": "2026-11-20"}, 0),
    ],
)
def test_the_list_can_be_of_a_day(provider: Provider, query: dict[str, str], found: int) -> None:
    _post(provider, GOOD)

    assert len(_list(provider, **query)) == found


def test_a_long_list_comes_in_pages(provider: Provider) -> None:
    for number in range(3):
        _post(provider, {**GOOD, "Body": str(number)})
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json?To=%2B447700900123&PageSize=2"
    first = requests.get(url, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=60).json()
    second = requests.get(provider.url + first["next_page_uri"], auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=60).json()

    assert [message["body"] for page in (first, second) for message in page["messages"]] == ["2", "1", "0"]
    assert second["next_page_uri"] is None


def test_with_redaction_on_the_list_shows_no_words() -> None:
    with provider_server(redacted=True) as provider:
        _post(provider, GOOD)

        assert [message["body"] for message in _list(provider)] == [""]


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trouble", "taken"), [(RESET, 0), (ACCEPTED_THEN_DROPPED, 1)])
def test_a_reset_connection_answers_nothing(provider: Provider, trouble: Trouble, taken: int) -> None:
    provider.fail_next(trouble)

    with pytest.raises(requests.ConnectionError):
        _post(provider, GOOD)
    assert len(provider.taken) == taken
    assert _post(provider, GOOD).status_code == 201


def test_a_throttled_call_says_how_long_to_wait_and_takes_nothing(provider: Provider) -> None:
    provider.fail_next(throttled(9))
    answer = _post(provider, GOOD)

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "9", 20429)
    assert provider.taken == ()


def test_a_hanging_call_ends_when_the_stand_in_stops() -> None:
    with provider_server() as provider:
        provider.fail_next(hanging(60.0))
        with pytest.raises(requests.ReadTimeout):
            requests.post(
                f"{provider.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
                data=GOOD,
                auth=(ACCOUNT_SID, AUTH_TOKEN),
                timeout=0.1,
            )


def test_trouble_can_be_chosen_call_by_call(provider: Provider) -> None:
    def choose(call: Call) -> Trouble | None:
        return Trouble(status=503) if call.one("Body") == "unlucky" else None

    provider.choose_trouble = choose

    assert _post(provider, {**GOOD, "Body": "unlucky"}).status_code == 503
    assert _post(provider, GOOD).status_code == 201


# --- callbacks --------------------------------------------------------------------------------------------------------


@dataclass
class Listening:
    """A web server that notes the status callbacks it is sent, and whether they were signed for a public address."""

    url: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)


PUBLIC = "https://earshot.example/webhooks/twilio/status?m=a%2Fb"


@pytest.fixture
def listening() -> Iterator[Listening]:
    listening = Listening()
    app = Flask("listening")

    @app.post("/webhooks/twilio/status")
    def status() -> Response:
        form = request.form.to_dict()
        listening.seen.append(form)
        signature = request.headers["X-Twilio-Signature"]
        listening.genuine.append(RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC, form) == signature)
        return Response(status=204)

    server = make_server("127.0.0.1", 0, app)
    server.log = lambda *_: None  # type: ignore[method-assign] # no lines among the test's own
    listening.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_becomes_of_a_message_is_reported_in_order_and_signed(listening: Listening) -> None:
    now = datetime(2026, 11, 21, 10, 4, tzinfo=UTC)
    with provider_server(reports=("queued", "sent", "delivered"), callback_origin=listening.url, now=lambda: now) as provider:
        _post(provider, {**GOOD, "StatusCallback": PUBLIC})
        provider.callbacks.wait()
        taken = provider.taken[0]

    assert [form["MessageStatus"] for form in listening.seen] == ["queued", "sent", "delivered"]
    assert {form["MessageSid"] for form in listening.seen} == {taken.sid}
    assert listening.seen[-1]["RawDlrDoneDate"] == "2611211004"
    assert listening.genuine == [True, True, True]
    assert taken.status == "delivered"
    assert provider.callbacks.answers == [("queued", 204), ("sent", 204), ("delivered", 204)]


def test_a_message_that_cannot_be_delivered_is_taken_and_reported_later(listening: Listening) -> None:
    with provider_server(reports=("sent", "delivered"), callback_origin=listening.url) as provider:
        provider.fail_delivery(f"whatsapp:{PARENT}", 63016)
        answer = _post(provider, {**WHATSAPP, "StatusCallback": PUBLIC})
        provider.callbacks.wait()

    assert answer.status_code == 201
    (form,) = listening.seen
    assert (form["MessageStatus"], form["ErrorCode"], form["ChannelPrefix"]) == ("failed", "63016", "whatsapp")


def test_a_status_nobody_takes_does_not_stop_the_stand_in() -> None:
    with provider_server(reports=("sent",), callback_origin="http://127.0.0.1:1") as provider:
        _post(provider, {**GOOD, "StatusCallback": PUBLIC})
        provider.callbacks.wait()

        assert provider.callbacks.answers == [("sent", 0)]


# --- the other way round ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [sms_form("Zażółć & co"), whatsapp_form("Zażółć", sender="GB.1a2B3c"), {}])
def test_inbound_forms_are_signed_as_twilios_library_checks_it(fields: dict[str, str]) -> None:
    url = "https://earshot.example/webhooks/twilio?a=%2F"
    headers = signed_form(url, fields)

    assert RequestValidator(AUTH_TOKEN).validate(url, fields, headers["X-Twilio-Signature"])
    assert encode_form(fields).isascii()


def test_each_inbound_message_has_an_id_of_its_own() -> None:
    first, second = sms_form("a"), sms_form("a")

    assert first["MessageSid"] != second["MessageSid"]
    assert len(first["MessageSid"]) == 34


def test_the_stand_in_can_live_in_another_application() -> None:
    app = Flask("demo")
    provider = Provider()
    app.register_blueprint(provider_blueprint(provider, url_prefix="/twilio"))
    path = f"/twilio/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    answer = app.test_client().post(path, data=GOOD, auth=(ACCOUNT_SID, AUTH_TOKEN))

    assert answer.status_code == 201
    assert provider.to(PARENT)[0].body == "Hello"
