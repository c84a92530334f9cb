"""The JSON API of the web chat: nothing lost, nothing doubled, nothing of one person for another."""

from __future__ import annotations

import json
import logging
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.model import EASY_READ, Address, Speaker
from bot.outgoing import Choice, DeliveryStatus, Spoken
from bot.references import References
from bot.resuming import Resuming
from channels.base import Door
from channels.sessions import Sessions
from channels.webchat import WEBCHAT, WebChat, webchat_blueprint
from tests.channels.contract import DoorContract
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.channels.widget_fakes import FakeCodes

COUNCIL = "https://www.example-council.gov.uk"
DANGER = "I am going to kill myself tonight"


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def client(web: FakeWeb) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(
        webchat_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, allowed_origins=[COUNCIL, "*", "null"])  # type: ignore[arg-type] # as much of a store as it uses
    )
    return app.test_client()


@pytest.fixture
def token(client: FlaskClient) -> str:
    token: str = client.post("/api/chat/session").get_json()["token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def send(client: FlaskClient, token: str, **fields: Any) -> TestResponse:
    return client.post("/api/chat/message", json={"id": "m1", "text": "The taxi is late", **fields}, headers=bearer(token))


def post_raw(client: FlaskClient, token: str, body: bytes) -> TestResponse:
    return client.post("/api/chat/message", data=body, headers=bearer(token))


# --- who is speaking ----------------------------------------------------------------------------------------------------


def test_opening_a_session_stores_nothing(client: FlaskClient, web: FakeWeb) -> None:
    assert client.post("/api/chat/session").status_code == 200

    assert not web.lines


def test_two_sessions_are_two_people(client: FlaskClient) -> None:
    tokens = {client.post("/api/chat/session").get_json()["token"] for _ in range(20)}

    assert len(tokens) == 20


def test_a_session_name_holds_128_random_bits() -> None:
    asked: list[int] = []

    def random_bytes(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    Sessions(KEY, random_bytes=random_bytes).open()

    assert asked == [16]


def test_a_token_of_another_key_is_not_ours(client: FlaskClient) -> None:
    theirs = Sessions("another key").open()

    assert send(client, theirs).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic abc",
        "Bearer é.é",
        "Bearer " + "A" * 22 + "." + "A" * 22,
        "Bearer " + "A" * 5000,
    ],
)
def test_without_a_token_of_ours_nothing_is_kept_and_nothing_shown(client: FlaskClient, web: FakeWeb, header: str) -> None:
    headers = {"Authorization": header}

    assert client.post("/api/chat/message", json={"id": "1", "text": "x"}, headers=headers).status_code == 401
    assert client.get("/api/chat/events", headers=headers).status_code == 401
    assert not web.lines


def test_a_signature_cannot_be_moved_to_another_name(client: FlaskClient, token: str) -> None:
    name, signature = token.split(".")
    other = ("A" if name[0] != "A" else "B") + name[1:]

    assert client.get("/api/chat/events", headers=bearer(f"{other}.{signature}")).status_code == 401


def test_nobody_reads_the_talk_of_another(client: FlaskClient, token: str) -> None:
    send(client, token)
    other = client.post("/api/chat/session").get_json()["token"]

    assert client.get("/api/chat/events", headers=bearer(other)).get_json() == []


# --- what is sent -------------------------------------------------------------------------------------------------------


def test_a_message_is_kept_and_its_number_returned(client: FlaskClient, web: FakeWeb, token: str) -> None:
    response = send(client, token, text="No taxi came 🚕", choice="words_no", locale="en-x-easyread", speaker="young_person")

    assert (response.status_code, response.get_json()) == (202, {"seq": 1})
    message = web.received[0]
    assert (message.channel, message.external_id, message.sender.scheme) == (WEBCHAT, "m1", "web")
    assert (message.text, message.choice, message.locale, message.speaker) == (
        "No taxi came 🚕",
        "words_no",
        EASY_READ,
        Speaker.YOUNG_PERSON,
    )


def test_a_repeat_gets_the_same_number_and_is_one_message(client: FlaskClient, web: FakeWeb, token: str) -> None:
    first = send(client, token).get_json()
    send(client, token, id="m2")

    assert send(client, token).get_json() == first
    assert len(web.received) == 2


def test_the_same_id_from_two_people_is_two_messages(client: FlaskClient, web: FakeWeb, token: str) -> None:
    """Ids are made by clients, so they may be equal: one person's must never swallow another's words."""
    send(client, token)
    send(client, client.post("/api/chat/session").get_json()["token"])

    assert len(web.received) == 2


def test_what_keeps_two_people_apart_gives_neither_away(client: FlaskClient, web: FakeWeb, token: str) -> None:
    send(client, token)

    assert web.received[0].sender.path not in web.received[0].account


def test_words_that_cannot_be_shown_are_kept_as_they_came(client: FlaskClient, web: FakeWeb, token: str) -> None:
    body = rb'{"id": "m1", "text": "a\ud800b\u0000c"}'

    assert post_raw(client, token, body).status_code == 202
    assert web.received[0].text == "a\ud800b\0c"
    assert client.get("/api/chat/events", headers=bearer(token)).get_json()[0]["text"] == "abc"


def test_an_unknown_locale_or_speaker_is_no_reason_to_lose_the_words(client: FlaskClient, web: FakeWeb, token: str) -> None:
    assert send(client, token, locale="tlh", speaker="captain").status_code == 202

    assert (web.received[0].locale, web.received[0].speaker) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\xfa",
        b"[" * 20_000,
        b"[" * 20_000 + b"]" * 20_000,
        b'{"id": "1", "text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"id": 1' + b"0" * 6000 + b', "text": "x"}',
        b'["id", "text"]',
        b'"text"',
        b"null",
        b'{"text": "x"}',
        b'{"id": 7, "text": "x"}',
        b'{"id": "", "text": "x"}',
        b'{"id": "a\\u0000b", "text": "x"}',
        b'{"id": "\\ud800", "text": "x"}',
        b'{"id": "' + b"x" * 129 + b'", "text": "x"}',
        b'{"id": "1"}',
        b'{"id": "1", "text": null}',
        b'{"id": "1", "text": ["x"]}',
        b'{"id": "1", "text": ""}',
        b'{"id": "1", "text": "x", "choice": 1}',
        b'{"id": "1", "text": "x", "locale": {}}',
        b'{"id": "1", "text": "x", "speaker": []}',
    ],
)
def test_what_cannot_be_read_is_400_and_nothing_is_kept(client: FlaskClient, web: FakeWeb, token: str, body: bytes) -> None:
    response = post_raw(client, token, body)

    assert response.status_code == 400
    assert response.is_json
    assert not web.received


def test_a_very_long_story_is_kept_whole(client: FlaskClient, web: FakeWeb, token: str) -> None:
    story = "and then " * 20_000

    assert send(client, token, text=story).status_code == 202
    assert web.received[0].text == story


def test_over_256_kilobytes_is_413(client: FlaskClient, web: FakeWeb, token: str) -> None:
    assert post_raw(client, token, b'{"id": "1", "text": "' + b"x" * (256 * 1024) + b'"}').status_code == 413
    assert not web.received


def test_a_chunked_body_cannot_slip_past_the_limit(client: FlaskClient, web: FakeWeb, token: str) -> None:
    from io import BytesIO

    response = client.post(
        "/api/chat/message",
        input_stream=BytesIO(b"x" * 1_000_000),
        headers={**bearer(token), "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert response.status_code == 413
    assert not web.received


# --- when it cannot be kept ---------------------------------------------------------------------------------------------


def test_what_was_not_committed_is_503_and_may_be_sent_again(client: FlaskClient, web: FakeWeb, token: str) -> None:
    web.is_down = True
    response = send(client, token)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    web.is_down = False
    assert send(client, token).status_code == 202


def test_a_fault_of_ours_is_503_and_its_log_holds_no_words(
    client: FlaskClient, web: FakeWeb, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    web.fault = RuntimeError("while keeping 'my son'")
    with caplog.at_level(logging.ERROR):
        response = send(client, token, text="my son")

    assert response.status_code == 503
    assert "RuntimeError" in caplog.text
    assert "my son" not in caplog.text


def test_nobody_types_as_fast_as_the_limit(client: FlaskClient, web: FakeWeb, token: str) -> None:
    codes = [send(client, token, id=f"m{n}").status_code for n in range(31)]
    response = send(client, token, id="late")

    assert codes == [202] * 30 + [429]
    assert int(response.headers["Retry-After"]) == 60


def test_after_the_wait_the_same_message_is_taken(client: FlaskClient, web: FakeWeb, token: str) -> None:
    for n in range(31):
        send(client, token, id=f"m{n}")
    web.clock.move(61)

    assert send(client, token, id="m30").status_code == 202


def test_danger_is_taken_however_fast_it_comes(client: FlaskClient, web: FakeWeb, token: str) -> None:
    for n in range(31):
        send(client, token, id=f"m{n}")

    assert send(client, token, id="now", text=DANGER).status_code == 202
    assert web.received[-1].text == DANGER


def test_a_repeat_is_answered_however_fast_it_comes(client: FlaskClient, token: str) -> None:
    for n in range(31):
        send(client, token, id=f"m{n}")

    assert send(client, token, id="m3").get_json() == {"seq": 4}


def test_one_person_in_a_hurry_does_not_hold_up_another(client: FlaskClient, token: str) -> None:
    for n in range(31):
        send(client, token, id=f"m{n}")
    other = client.post("/api/chat/session").get_json()["token"]

    assert send(client, other).status_code == 202


# --- what is read -------------------------------------------------------------------------------------------------------


def test_the_talk_is_read_with_its_choices(client: FlaskClient, web: FakeWeb, token: str) -> None:
    send(client, token)
    web.say(web.received[0], "May we?", ("words_yes", "Yes"), ("words_no", "No, team only"))

    assert client.get("/api/chat/events?after=0", headers=bearer(token)).get_json() == [
        {"seq": 1, "from": "parent", "text": "The taxi is late", "choices": [], "kind": "", "at": "2026-11-19T12:00:00.000Z"},
        {
            "seq": 2,
            "from": "earshot",
            "text": "May we?",
            "choices": [{"key": "words_yes", "label": "Yes"}, {"key": "words_no", "label": "No, team only"}],
            "kind": "question",
            "at": "2026-11-19T12:00:00.000Z",
        },
    ]


def test_only_what_is_new_is_read_again(client: FlaskClient, token: str) -> None:
    for n in range(3):
        send(client, token, id=f"m{n}")

    assert [line["seq"] for line in client.get("/api/chat/events?after=2", headers=bearer(token)).get_json()] == [3]
    assert client.get("/api/chat/events?after=3", headers=bearer(token)).data == b"[]"


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "²", "9" * 19, "9" * 5000])
def test_an_after_that_is_no_number_is_400(client: FlaskClient, token: str, after: str) -> None:
    assert client.get("/api/chat/events", query_string={"after": after}, headers=bearer(token)).status_code == 400


def test_nothing_of_a_talk_is_kept_by_a_cache(client: FlaskClient, token: str) -> None:
    assert client.get("/api/chat/events", headers=bearer(token)).headers["Cache-Control"] == "no-store"


# --- other sites --------------------------------------------------------------------------------------------------------


def test_a_page_on_the_list_may_call(client: FlaskClient) -> None:
    response = client.post("/api/chat/session", headers={"Origin": COUNCIL})

    assert response.headers["Access-Control-Allow-Origin"] == COUNCIL
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin", ["null", "*", "https://evil.example", f"{COUNCIL}.evil.example", f"{COUNCIL}/", COUNCIL.upper()]
)
def test_a_page_not_on_the_list_is_told_nothing(client: FlaskClient, origin: str) -> None:
    response = client.post("/api/chat/session", headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


def test_a_browser_may_ask_first(client: FlaskClient) -> None:
    response = client.options("/api/chat/message", headers={"Origin": COUNCIL, "Access-Control-Request-Method": "POST"})

    assert response.status_code == 200
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_an_error_too_can_be_read_by_the_page_that_caused_it(client: FlaskClient) -> None:
    response = client.post("/api/chat/message", json={"id": "1", "text": "x"}, headers={"Origin": COUNCIL})

    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == COUNCIL


# --- the door -----------------------------------------------------------------------------------------------------------


class TestWebChat(DoorContract):
    limit = 1_000_000  # there is no provider, and so no limit of one

    @pytest.fixture
    def door(self) -> Door:
        return WebChat()

    @pytest.fixture
    def address(self) -> Address:
        return Address("web", "a-browser")


def test_choices_stay_choices_and_the_text_whole() -> None:
    spoken = Spoken("long " * 1000, (Choice("a", "A"),))
    (part,) = WebChat().render(spoken)

    assert (part.text, part.choices) == (spoken.text, spoken.choices)


def test_to_send_is_to_let_it_be_read(web: FakeWeb) -> None:
    sent = WebChat().send(object())  # type: ignore[arg-type] # it looks at nothing

    assert sent.status is DeliveryStatus.DELIVERED


def test_the_web_chat_waits_five_seconds_for_a_burst_unless_told_otherwise() -> None:
    from datetime import timedelta

    assert WebChat().traits.settle == timedelta(seconds=5)
    assert WebChat(settle=timedelta(0)).traits.settle == timedelta(0)


def test_every_answer_of_the_api_is_json(client: FlaskClient, token: str) -> None:
    assert json.loads(send(client, token).data) == {"seq": 1}


# --- another phone ------------------------------------------------------------------------------------------------------


@pytest.fixture
def carrying(web: FakeWeb) -> FlaskClient:
    resuming = Resuming(codes=FakeCodes(), clock=web.clock, references=References.load(), random=Random(7))
    app = Flask("test")
    app.register_blueprint(
        webchat_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, resuming=resuming)  # type: ignore[arg-type] # as much of a store as it uses
    )
    return app.test_client()


def test_a_code_opens_the_same_talk_on_another_phone(carrying: FlaskClient) -> None:
    token = carrying.post("/api/chat/session").get_json()["token"]
    send(carrying, token)
    offered = carrying.post("/api/chat/code", headers=bearer(token)).get_json()
    answer = carrying.post("/api/chat/session", json={"code": offered["code"].lower()})

    assert offered["minutes"] == 15
    assert [line["text"] for line in carrying.get("/api/chat/events", headers=bearer(answer.get_json()["token"])).get_json()] == [
        "The taxi is late"
    ]


def test_a_code_is_used_once_and_a_wrong_one_opens_nothing(carrying: FlaskClient) -> None:
    token = carrying.post("/api/chat/session").get_json()["token"]
    code = carrying.post("/api/chat/code", headers=bearer(token)).get_json()["code"]
    codes = [carrying.post("/api/chat/session", json={"code": said}).status_code for said in (code, code, "RIVER 100", "")]

    assert codes == [200, 403, 403, 403]


def test_who_tries_codes_must_wait(carrying: FlaskClient) -> None:
    for _ in range(10):
        carrying.post("/api/chat/session", json={"code": "RIVER 100 RIVER 100"})
    answer = carrying.post("/api/chat/session", json={"code": "RIVER 100 RIVER 100"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert carrying.post("/api/chat/session").status_code == 200


def test_a_code_is_given_to_nobody_without_a_token(carrying: FlaskClient) -> None:
    assert carrying.post("/api/chat/code").status_code == 401


def test_where_codes_are_switched_off_none_is_given_and_none_works(client: FlaskClient, token: str) -> None:
    assert client.post("/api/chat/code", headers=bearer(token)).status_code == 404
    assert client.post("/api/chat/session", json={"code": "RIVER 100 RIVER 100"}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"code": 7}', b'{"code": null}', b"[" * 20_000])
def test_a_new_session_needs_no_body(client: FlaskClient, body: bytes) -> None:
    assert client.post("/api/chat/session", data=body).status_code == 200


def test_a_line_says_whether_it_asks_answers_danger_or_ends_what_was_before(
    client: FlaskClient, web: FakeWeb, token: str
) -> None:
    send(client, token)
    for key in ("first.story", "reflect+ask.probe_bad", "danger.self_harm.open", "delete.done"):
        web.say(web.received[0], "Words", key=key)

    assert [line["kind"] for line in client.get("/api/chat/events", headers=bearer(token)).get_json()] == [
        "",
        "",
        "question",
        "danger",
        "deleted",
    ]
