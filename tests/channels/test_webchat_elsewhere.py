"""A code that was asked for by text and typed on the website: a door of their own there, joined to the talk."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.errors import StoreUnavailable
from bot.model import ENGLISH
from channels.sessions import Sessions
from channels.webchat import webchat_blueprint
from storage.database import Database
from tests.bot.street import ANNA, Street
from tests.channels.webchat_fakes import KEY

CODE = "OTTER 214 TULIP 915"
STORY = "The taxi was late again on Monday and nobody rang us about it."


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database, also=("webchat",))


@pytest.fixture
def client(street: Street) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(
        webchat_blueprint(store=street.store, intake=street.intake, clock=street.clock, secret_key=KEY, resuming=street.resuming)
    )
    return app.test_client()


@pytest.fixture
def offered(street: Street) -> str:
    """ANNA has told her story by text and asked for a code."""
    for words in (STORY, "link"):
        street.text(words)
        street.later(minutes=1)
        street.all_turns()
    street.deliver()
    assert CODE in street.heard_at(ANNA)[-1]
    return CODE


def opens(client: FlaskClient, code: str) -> Any:
    return client.post("/api/chat/session", json={"code": code})


def asks(street: Street, client: FlaskClient, token: str, words: str) -> list[str]:
    """Say this on the website; returns all that stands there then."""
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/chat/message", json={"id": words, "text": words}, headers=bearer).status_code == 202
    street.later(minutes=1)
    street.all_turns()
    street.deliver()
    return [line["text"] for line in client.get("/api/chat/events", headers=bearer).get_json()]


def test_status_on_the_website_tells_of_what_was_said_by_text(street: Street, client: FlaskClient, offered: str) -> None:
    token = opens(client, offered).get_json()["token"]

    assert asks(street, client, token, "status")[-1] == "Ref RIVER 482. Not read yet. The SEND team reads it by Mon 30 Nov."


def test_stop_on_the_website_silences_the_texts(street: Street, client: FlaskClient, offered: str) -> None:
    asks(street, client, opens(client, offered).get_json()["token"], "stop")
    before = len(street.heard_at(ANNA))
    street.text(STORY)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert len(street.heard_at(ANNA)) == before


def test_what_was_said_by_text_is_not_shown_on_the_website(client: FlaskClient, offered: str) -> None:
    """Whoever looks over a shoulder there reads nothing; STATUS tells what is to be told."""
    token = opens(client, offered).get_json()["token"]

    assert client.get("/api/chat/events", headers={"Authorization": f"Bearer {token}"}).get_json() == []


def test_the_code_works_once_and_the_join_is_audited(street: Street, client: FlaskClient, offered: str) -> None:
    assert [opens(client, offered).status_code for _ in range(2)] == [200, 403]
    assert [(row["who"], row["action"]) for row in street.store.export_rows("audit")] == [("code", "link address")]


def test_the_new_door_is_one_that_nobody_had(street: Street, client: FlaskClient, offered: str) -> None:
    address = Sessions(KEY).address_of(opens(client, offered).get_json()["token"])

    assert address is not None
    with street.store.transaction() as tx:
        assert tx.hold_contact(address, (), locale=ENGLISH, now=street.clock.at) == tx.hold_contact(
            ANNA, (), locale=ENGLISH, now=street.clock.at
        )


def test_where_the_join_could_not_be_kept_the_code_is_good_again(
    street: Street, client: FlaskClient, offered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwell() -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(street.store, "transaction", unwell)
        assert opens(client, offered).status_code == 503

    assert opens(client, offered).status_code == 200
