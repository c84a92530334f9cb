"""Meta's two addresses as Meta meets them, over HTTP: what it is answered, and that nothing is kept that it did not sign."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.errors import StoreUnavailable
from bot.events import DeletionAsked
from channels.base import Webhook
from channels.data_deletion import DATA_DELETION_PATH, DataDeletionGate
from channels.messenger import MESSENGER_PATH, MessengerGate
from channels.webhooks import webhook_blueprint
from tests.channels.messenger_payloads import PARENT, PUBLIC_URL, VERIFY_TOKEN, entry, page, payload, said, signed
from tests.channels.test_messenger_data_deletion import asked
from tests.channels.test_webhooks import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(kept: Kept) -> FlaskClient:
    gates = {MESSENGER_PATH: MessengerGate(page()), DATA_DELETION_PATH: DataDeletionGate(page())}
    app = Flask("test")
    app.register_blueprint(webhook_blueprint(gates, kept, PUBLIC_URL))
    return app.test_client()


def post(client: FlaskClient, webhook: Webhook, *, to: str = MESSENGER_PATH) -> TestResponse:
    return client.post(to, data=webhook.body, headers=dict(webhook.headers))


def test_f25_meta_finds_us(client: FlaskClient) -> None:
    asked_for = f"{MESSENGER_PATH}?hub.mode=subscribe&hub.challenge=%3Cb%3E1158&hub.verify_token={VERIFY_TOKEN}"
    answer = client.get(asked_for)

    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<b>1158", "text/plain")


@pytest.mark.parametrize(
    "query", ["", "?hub.challenge=1", f"?hub.verify_token={VERIFY_TOKEN}", "?hub.mode=subscribe&hub.verify_token=x"]
)
def test_f26_f27_f28_nobody_else_is_told_anything(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{MESSENGER_PATH}{query}")

    assert (answer.status_code, answer.text) == (403, "")


def test_f1_a_message_is_taken_in(client: FlaskClient, kept: Kept) -> None:
    answer = post(client, payload("text"))

    assert (answer.status_code, answer.text) == (200, "EVENT_RECEIVED")
    assert len(kept.events) == 1


def test_f2_what_meta_did_not_sign_is_refused_and_not_kept(client: FlaskClient, kept: Kept) -> None:
    answer = post(client, signed(payload("text").body, secret="another"))

    assert answer.status_code == 403
    assert kept.events == []


@pytest.mark.parametrize("name", ["another_page", "not_a_page", "no_entries", "entry_without_messaging", "unknown_event"])
def test_f17_f19_to_f22_what_is_not_for_us_is_taken_with_thanks(client: FlaskClient, kept: Kept, name: str) -> None:
    assert post(client, payload(name)).status_code == 200
    assert kept.events == []


def test_f23_what_cannot_be_read_is_said_to_be_so(client: FlaskClient) -> None:
    assert post(client, signed(b"not json")).status_code == 400


def test_what_was_not_kept_is_asked_for_again(client: FlaskClient, kept: Kept) -> None:
    kept.failure = StoreUnavailable()

    assert post(client, payload("text")).status_code == 503


def test_nothing_of_what_a_person_sent_is_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    post(client, entry(said("he hits me")))
    post(client, signed(entry(said("he hits me")).body, secret="another"))

    assert not any(private in caplog.text for private in ("he hits me", PARENT))


def test_a_wish_to_be_deleted_is_kept_and_answered_with_its_code(client: FlaskClient, kept: Kept) -> None:
    answer = post(client, asked(), to=DATA_DELETION_PATH)

    (event,) = kept.events
    assert isinstance(event, DeletionAsked)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert json.loads(answer.text)["confirmation_code"] == event.code


def test_a_wish_that_meta_did_not_sign_is_refused(client: FlaskClient, kept: Kept) -> None:
    assert post(client, asked(secret="another"), to=DATA_DELETION_PATH).status_code == 403
    assert client.get(DATA_DELETION_PATH).status_code == 403
    assert kept.events == []
