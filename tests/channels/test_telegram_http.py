"""Telegram's address as Telegram meets it, over HTTP: what it is answered, and that nothing is kept without the secret."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.errors import StoreUnavailable
from channels.base import Webhook
from channels.telegram import WEBHOOK_PATH, TelegramGate
from channels.webhooks import webhook_blueprint
from tests.channels.telegram_host import PARENT, SECRET
from tests.channels.telegram_payloads import PUBLIC_URL, account, payload, posted, told
from tests.channels.test_webhooks import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(kept: Kept) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(webhook_blueprint({WEBHOOK_PATH: TelegramGate(account())}, kept, PUBLIC_URL))
    return app.test_client()


def post(client: FlaskClient, webhook: Webhook) -> TestResponse:
    return client.post(WEBHOOK_PATH, data=webhook.body, headers=dict(webhook.headers))


def test_g1_a_message_is_taken_in(client: FlaskClient, kept: Kept) -> None:
    answer = post(client, payload("text"))

    assert (answer.status_code, answer.text) == (200, "")
    assert tuple(kept.events) == told("text")


@pytest.mark.parametrize("name", ["without_message", "in_a_group", "in_a_channel", "from_a_bot", "pinned", "unblocked"])
def test_g3_what_is_ignored_is_answered_all_the_same(client: FlaskClient, kept: Kept, name: str) -> None:
    assert post(client, payload(name)).status_code == 200
    assert kept.events == []


def test_g4_what_is_not_json_is_said_to_be_so(client: FlaskClient, kept: Kept) -> None:
    assert post(client, posted(b"not JSON")).status_code == 400
    assert kept.events == []


@pytest.mark.parametrize("secret", ["", "another", SECRET.upper(), f"{SECRET}x", SECRET[:-1]])
def test_without_the_secret_nothing_is_taken_in(client: FlaskClient, kept: Kept, secret: str) -> None:
    assert post(client, posted(payload("text").body, secret=secret)).status_code == 403
    assert client.post(WEBHOOK_PATH, data=payload("text").body).status_code == 403
    assert client.get(WEBHOOK_PATH).status_code == 403
    assert kept.events == []


def test_a_pressed_button_is_answered_by_the_answer_itself(client: FlaskClient) -> None:
    answer = post(client, payload("button_pressed"))

    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["method"] == "answerCallbackQuery"


def test_while_nothing_can_be_kept_telegram_is_asked_to_come_again(client: FlaskClient, kept: Kept) -> None:
    kept.failure = StoreUnavailable()

    assert post(client, payload("text")).status_code == 503


def test_nothing_of_a_person_and_no_secret_is_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    post(client, payload("text"))
    post(client, posted(b"nobody rang us back"))
    post(client, posted(payload("text").body, secret="wrong-secret"))

    assert not any(private in caplog.text for private in ("nobody rang", str(PARENT), SECRET, "wrong-secret", "Marta"))
