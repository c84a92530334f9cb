"""Whom Messenger's gate lets in, and what holds for every gate. F2, F17 to F28 are rows of the table of known cases."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSettings, BadSignature, BadWebhook
from bot.events import Event
from bot.model import InboundMessage
from channels.base import Answer, Gate, Webhook
from channels.messenger import Messenger, MessengerGate
from tests.channels.contract import WORDS, GateContract
from tests.channels.messenger_payloads import (
    APP_SECRET,
    INBOUND,
    PAGE_ID,
    PAGE_TOKEN,
    PARENT,
    VERIFY_TOKEN,
    entry,
    found,
    page,
    payload,
    said,
    signed,
)

ASKED = f"{INBOUND}?hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444"


class TestMessengerGate(GateContract):
    signature_header = "x-hub-signature-256"
    signs_address = False

    @pytest.fixture
    def gate(self) -> Gate:
        return MessengerGate(page())

    @pytest.fixture
    def genuine(self) -> Webhook:
        return entry(said(f"Hello, {WORDS}"))

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        return signed

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN)


def test_f2_a_body_signed_with_another_secret_is_refused() -> None:
    with pytest.raises(BadSignature):
        MessengerGate(page()).verify(signed(entry(said("Hello")).body, secret="another"))


def test_f2_the_old_signature_of_sha_1_is_not_looked_at() -> None:
    genuine = entry(said("Hello"))
    old = Webhook("POST", INBOUND, genuine.body, {"x-hub-signature": "sha1=1e2b3c"})

    with pytest.raises(BadSignature):
        MessengerGate(page()).verify(old)


def test_what_counts_are_the_bytes_and_not_the_same_json_written_another_way() -> None:
    genuine = payload("text")
    rewritten = json.dumps(json.loads(genuine.body)).encode()
    assert rewritten != genuine.body

    with pytest.raises(BadSignature):
        MessengerGate(page()).verify(Webhook("POST", INBOUND, rewritten, genuine.headers))


def test_either_secret_is_good_while_they_are_being_changed() -> None:
    gate = MessengerGate(page(app_secrets=("new", "old")))
    body = entry(said("Hello")).body

    for secret in ("new", "old"):
        gate.verify(signed(body, secret=secret))
    with pytest.raises(BadSignature):
        gate.verify(signed(body, secret="older"))


def test_f25_meta_is_answered_with_its_challenge_as_plain_text() -> None:
    answer = MessengerGate(page()).handshake(Webhook("GET", ASKED, b""))

    assert answer == Answer("1158201444")
    assert answer is not None
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(ASKED.replace("hub.mode=subscribe&", ""), id="F26 no mode"),
        pytest.param(ASKED.replace("subscribe", "unsubscribe"), id="F26 another mode"),
        pytest.param(ASKED.replace(f"hub.verify_token={VERIFY_TOKEN}&", ""), id="F27 no token"),
        pytest.param(ASKED.replace(VERIFY_TOKEN, ""), id="F27 an empty token"),
        pytest.param(ASKED.replace(VERIFY_TOKEN, "wrong"), id="F28 a wrong token"),
        pytest.param(ASKED.replace(VERIFY_TOKEN, "%C3%A9%ED%A0%80"), id="F28 a token that is no ASCII"),
        pytest.param(INBOUND, id="nothing at all"),
    ],
)
def test_f26_f27_f28_whoever_asks_without_the_word_is_refused(url: str) -> None:
    with pytest.raises(BadSignature):
        MessengerGate(page()).handshake(Webhook("GET", url, b""))


def test_a_message_is_no_question_whether_we_are_there() -> None:
    assert MessengerGate(page()).handshake(entry(said("Hello"))) is None


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("another_page", id="F17 an entry of another page"),
        pytest.param("another_page_inside_ours", id="F17 an event of another page"),
        pytest.param("not_a_page", id="F19"),
        pytest.param("no_entries", id="F20"),
        pytest.param("entry_without_messaging", id="F21"),
        pytest.param("unknown_event", id="F22"),
        pytest.param("sender_not_a_number", id="F24"),
        pytest.param("reaction_thumb", id="a reaction"),
        pytest.param("control_asked_for", id="another app would like the talk"),
    ],
)
def test_f17_f19_to_f24_what_is_not_for_us_is_genuine_and_passed_over(name: str) -> None:
    assert found(payload(name)) == ()


def test_f24_that_somebody_without_a_number_wrote_is_logged_without_saying_who(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found(payload("sender_not_a_number"))

    assert "without a person" in caplog.text
    assert "5678" not in caplog.text


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"null", b'"x"', b"{", b"[" * 20_000, b"\xff", b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_f23_what_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    with pytest.raises(BadWebhook):
        found(signed(body))


def test_every_event_of_every_entry_is_read_in_order() -> None:
    messages = found(payload("two_entries_two_events_each"))

    assert [message.text for message in messages if isinstance(message, InboundMessage)] == ["one", "two", "three", "four"]
    assert len({message.sender for message in messages if isinstance(message, InboundMessage)}) == 2


def test_one_malformed_event_does_not_take_the_others_with_it() -> None:
    (message,) = found(payload("one_event_malformed"))

    assert isinstance(message, InboundMessage)
    assert (message.text, message.sent_at, message.media) == ("still here", None, ())


_NAMES = st.sampled_from(
    [
        *("sender", "recipient", "timestamp", "message", "postback", "delivery", "read", "referral", "optin", "message_edit"),
        *("mid", "text", "attachments", "payload", "type", "coordinates", "lat", "long", "quick_reply", "is_echo", "metadata"),
        *("mids", "id"),
    ]
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([PAGE_ID, PARENT, "location"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=6))
def test_whatever_an_event_is_made_of_the_one_beside_it_arrives(odd: dict[str, object]) -> None:
    ours = {"sender": {"id": PARENT}, "recipient": {"id": PAGE_ID}}

    *others, last = found(entry({**odd, **ours}, said("still here")))

    assert all(isinstance(event, Event) for event in others)
    assert isinstance(last, InboundMessage)
    assert last.text == "still here"


def test_a_gate_answers_what_meta_expects() -> None:
    assert MessengerGate(page()).answer(()) == Answer("EVENT_RECEIVED")


@pytest.mark.parametrize("missing", ["page_id", "token", "app_secrets", "verify_token"])
def test_without_one_of_its_settings_messenger_does_not_start(missing: str) -> None:
    with pytest.raises(BadSettings, match="META_"):
        page(**{missing: () if missing == "app_secrets" else ""})


def test_an_empty_secret_among_others_is_refused() -> None:
    with pytest.raises(BadSettings):
        page(app_secrets=("good", ""))


@pytest.mark.parametrize("page_id", ["ExampleCouncil", "12 34", "²"])
def test_the_page_is_known_by_its_number(page_id: str) -> None:
    with pytest.raises(BadSettings, match="META_PAGE_ID"):
        page(page_id=page_id)


@pytest.mark.parametrize("app_id", ["Earshot", "12 34", "²"])
def test_the_app_is_known_by_its_number(app_id: str) -> None:
    with pytest.raises(BadSettings, match="META_APP_ID"):
        page(app_id=app_id)


@pytest.mark.parametrize("odd", ["EAAB\n", " EAAB", "EAAB\u2026", "EA AB"])
def test_a_token_that_was_copied_with_something_else_is_said_to_be_so(odd: str) -> None:
    for setting in ({"token": odd}, {"app_secrets": (odd,)}):
        with pytest.raises(BadSettings, match="META_PAGE_TOKEN or META_APP_SECRET") as raised:
            page(**setting)
        assert odd not in str(raised.value)


@pytest.mark.parametrize("url", ["graph.facebook.com", "ftp://graph.facebook.com", "https://", "https://[x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match="META_API_URL"):
        Messenger(page(api_url=url))
