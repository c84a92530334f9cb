"""Meta's signed request to delete: who may make it, what is kept of it, and what the person is given."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSignature, BadWebhook
from bot.events import DeletionAsked
from channels.base import Webhook
from channels.data_deletion import DATA_DELETION_PATH, DataDeletionGate, deletion_page
from tests.channels.contract import HOSTILE
from tests.channels.messenger_payloads import APP_SECRET, PUBLIC_URL, page

SCOPED_ID = "218471000000001"
URL = f"{PUBLIC_URL}{DATA_DELETION_PATH}"
ASKED = {"user_id": SCOPED_ID, "algorithm": "HMAC-SHA256", "issued_at": 1795255200, "expires": 1795258800}


def unpadded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def asked(content: object = None, *, secret: str = APP_SECRET) -> Webhook:
    encoded = unpadded(json.dumps(ASKED if content is None else content).encode())
    signature = hmac.new(secret.encode(), encoded.encode(), hashlib.sha256).digest()
    return form(f"{unpadded(signature)}.{encoded}")


def form(signed_request: str) -> Webhook:
    body = urlencode({"signed_request": signed_request}).encode()
    return Webhook("POST", URL, body, {"content-type": "application/x-www-form-urlencoded"})


@pytest.fixture
def gate() -> DataDeletionGate:
    return DataDeletionGate(page())


def test_a_wish_to_be_deleted_is_kept_with_a_code_and_finds_nobody(gate: DataDeletionGate) -> None:
    gate.verify(asked())
    (event,) = gate.parse(asked())

    assert isinstance(event, DeletionAsked)
    assert (event.channel, event.person) == ("messenger", None)
    assert re.fullmatch(r"[A-HJKMNP-Z0-9]{4}-[A-HJKMNP-Z0-9]{4}", event.code)
    assert SCOPED_ID not in event.code


def test_meta_is_told_the_code_and_the_page_that_knows_it(gate: DataDeletionGate) -> None:
    (event,) = gate.parse(asked())
    answer = gate.answer((event,))

    assert isinstance(event, DeletionAsked)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == {
        "url": f"{PUBLIC_URL}/privacy/deletion/{event.code}",
        "confirmation_code": event.code,
    }


def test_who_asks_again_has_the_same_code_and_another_person_another(gate: DataDeletionGate) -> None:
    later = gate.parse(asked({**ASKED, "issued_at": 1795265200}))
    other = gate.parse(asked({**ASKED, "user_id": "218471000000002"}))

    assert later == gate.parse(asked())
    assert other != gate.parse(asked())


def test_a_code_cannot_be_made_without_the_secret(gate: DataDeletionGate) -> None:
    assert DataDeletionGate(page(app_secrets=("another",))).parse(asked()) != gate.parse(asked())


def test_the_code_stays_while_a_new_secret_is_brought_in(gate: DataDeletionGate) -> None:
    changing = DataDeletionGate(page(app_secrets=("new", APP_SECRET)))

    changing.verify(asked(secret="new"))
    changing.verify(asked())
    assert changing.parse(asked()) == gate.parse(asked())


@pytest.mark.parametrize(
    "webhook",
    [
        pytest.param(asked(secret="another"), id="another secret"),
        pytest.param(asked({**ASKED, "algorithm": "none"}), id="another algorithm"),
        pytest.param(asked({"user_id": SCOPED_ID}), id="no algorithm"),
        pytest.param(asked([1]), id="no object"),
        pytest.param(form(""), id="nothing"),
        pytest.param(form("."), id="two times nothing"),
        pytest.param(form("é.é"), id="no base 64"),
        pytest.param(form("a.b.c"), id="three parts"),
        pytest.param(Webhook("GET", URL, b""), id="a look at the address"),
    ],
)
def test_what_meta_did_not_sign_is_refused(gate: DataDeletionGate, webhook: Webhook) -> None:
    with pytest.raises(BadSignature):
        gate.verify(webhook)


def test_a_payload_with_another_person_under_the_same_signature_is_refused(gate: DataDeletionGate) -> None:
    signature = asked().body.decode().partition("=")[2].partition(".")[0]
    forged = form(f"{signature}.{unpadded(json.dumps({**ASKED, 'user_id': '1'}).encode())}")

    with pytest.raises(BadSignature):
        gate.verify(forged)


def test_what_is_signed_is_the_payload_as_it_is_encoded(gate: DataDeletionGate) -> None:
    content = json.dumps(ASKED).encode()
    over_the_json = unpadded(hmac.new(APP_SECRET.encode(), content, hashlib.sha256).digest())

    with pytest.raises(BadSignature):
        gate.verify(form(f"{over_the_json}.{unpadded(content)}"))


@pytest.mark.parametrize("content", [{"algorithm": "HMAC-SHA256"}, {"algorithm": "HMAC-SHA256", "user_id": []}])
def test_a_request_that_names_nobody_cannot_be_read(gate: DataDeletionGate, content: dict[str, object]) -> None:
    gate.verify(asked(content))

    with pytest.raises(BadWebhook):
        gate.parse(asked(content))


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_strange_body_is_refused_and_nothing_else_happens(gate: DataDeletionGate, body: bytes) -> None:
    with pytest.raises(BadSignature):
        gate.verify(Webhook("POST", URL, body))


@given(st.binary(max_size=200))
def test_whatever_comes_is_refused_and_nothing_else_happens(body: bytes) -> None:
    with pytest.raises(BadSignature):
        DataDeletionGate(page()).verify(Webhook("POST", URL, b"signed_request=" + body))


def test_nothing_of_a_person_is_logged(gate: DataDeletionGate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gate.verify(asked())
    (event,) = gate.parse(asked())

    assert SCOPED_ID not in f"{caplog.text}{event!r}{gate!r}"


def test_the_page_of_a_code_has_one_place() -> None:
    assert deletion_page("7K3M-9QXA") == "/privacy/deletion/7K3M-9QXA"
