"""A script cannot open sessions without end, and nobody can shut the door on a whole site.

Addresses kept for examples are not of the public internet, so real ones stand here; nothing is ever sent to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, TestResponse

from channels.newcomers import _MOST_KEPT, MOST, WITHIN, Newcomers, place_of
from channels.webchat import webchat_blueprint
from tests.channels.webchat_fakes import KEY, NOON, FakeWeb

LIBRARY = "9.9.9.9"
HOME = "149.112.112.112"
INSIDE = "10.1.2.3"


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def app(web: FakeWeb) -> Flask:
    app = Flask("test")
    app.register_blueprint(webchat_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY))  # type: ignore[arg-type] # as much of a store as it uses
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def comes(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.post("/api/chat/session", environ_base={"REMOTE_ADDR": address}, headers=_named(headers))


def asks(address: str, environ: Mapping[str, Any] | None = None, **headers: str) -> Request:
    builder = EnvironBuilder(headers=_named(headers).items(), environ_base={"REMOTE_ADDR": address, **(environ or {})})
    return Request(builder.get_environ())


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def test_a_library_full_of_people_is_let_in_and_a_script_is_not(client: FlaskClient) -> None:
    codes = [comes(client, LIBRARY).status_code for _ in range(MOST + 2)]

    assert codes == [200] * MOST + [429] * 2


def test_whoever_must_wait_is_told_how_long(client: FlaskClient, web: FakeWeb) -> None:
    for _ in range(MOST):
        comes(client, LIBRARY)
    web.clock.move(20.5)
    response = comes(client, LIBRARY)
    assert (response.get_json(), response.headers["Retry-After"]) == ({"error": "too_many_sessions"}, "40")

    web.clock.move(39.4)
    assert comes(client, LIBRARY).status_code == 429
    web.clock.move(0.1)
    assert comes(client, LIBRARY).status_code == 200


def test_one_place_uses_up_nothing_of_another(client: FlaskClient) -> None:
    for _ in range(MOST + 1):
        comes(client, LIBRARY)

    assert comes(client, HOME).status_code == 200


def test_whoever_has_a_session_goes_on_writing_when_no_more_may_be_opened(client: FlaskClient, web: FakeWeb) -> None:
    token = comes(client, LIBRARY).get_json()["token"]
    for _ in range(MOST + 1):
        comes(client, LIBRARY)

    response = client.post(
        "/api/chat/message",
        json={"id": "m1", "text": "The taxi is late"},
        headers={"Authorization": f"Bearer {token}"},
        environ_base={"REMOTE_ADDR": LIBRARY},
    )

    assert response.status_code == 202
    assert len(web.received) == 1


def test_one_line_cannot_come_from_each_of_its_many_addresses(client: FlaskClient) -> None:
    codes = [comes(client, f"2620:fe:0:0::{number:x}").status_code for number in range(MOST + 1)]
    assert codes[-1] == 429

    assert comes(client, "2620:fe:0:1::1").status_code == 200


@pytest.mark.parametrize("inside", ["127.0.0.1", "::1", INSIDE, "192.168.0.7", "100.64.0.1", "fd00::1", "", "unix:"])
def test_nobody_is_refused_for_an_address_that_says_nothing_about_them(client: FlaskClient, inside: str) -> None:
    """A proxy of the house that was not declared, and names nobody: everybody comes from there."""
    assert {comes(client, inside).status_code for _ in range(MOST + 1)} == {200}


@pytest.mark.parametrize("proxy", [INSIDE, HOME])
def test_behind_a_proxy_that_was_not_declared_a_script_shuts_out_itself_alone(client: FlaskClient, proxy: str) -> None:
    """It may put what it likes into the header: the proxy adds where it really came from, at the end."""
    codes = [comes(client, proxy, X_Forwarded_For=f"8.8.{number}.8, {LIBRARY}").status_code for number in range(MOST + 1)]
    assert codes[-1] == 429

    assert comes(client, proxy, X_Forwarded_For="1.0.0.1").status_code == 200


def test_behind_a_proxy_that_was_declared_the_header_is_not_read_again(app: Flask) -> None:
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=2)  # type: ignore[method-assign] # as Flask documents it
    client = app.test_client()
    codes = [comes(client, INSIDE, X_Forwarded_For=f"{LIBRARY}, 8.8.{number}.8").status_code for number in range(MOST + 1)]

    assert codes[-1] == 429


@pytest.mark.parametrize("named", ["nonsense", "9.9.9.9:1234", "x" * 9000, ", "])
def test_a_header_nobody_can_read_is_no_fault(named: str) -> None:
    place = place_of(asks(INSIDE, X_Forwarded_For=named))

    assert place is None


def test_what_is_remembered_is_bounded() -> None:
    newcomers = Newcomers()
    for number in range(_MOST_KEPT + 500):
        address = f"9.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        assert newcomers.admit(asks(address), NOON) is None

    assert len(newcomers._came) == _MOST_KEPT


def test_a_clock_that_is_put_back_shuts_nobody_out() -> None:
    newcomers = Newcomers()
    for _ in range(MOST + 1):
        newcomers.admit(asks(LIBRARY), NOON)

    assert newcomers.admit(asks(LIBRARY), NOON - timedelta(hours=1)) is None
    assert newcomers.admit(asks(LIBRARY), NOON - timedelta(hours=1) + WITHIN) is None
