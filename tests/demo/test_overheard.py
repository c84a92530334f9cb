"""What a browser asks is noted as it came, and reaches the service untouched; whoever has no name is not listened to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.test import Client

from channels.sessions import Sessions
from demo.clock import DemoClock
from demo.overheard import COOKIE, Overheard
from tests.demo.fakes import TEN

SESSIONS = Sessions("k" * 32)
AROUND = "http://127.0.0.1:8000/demo/widget?framed=me"
SAID = json.dumps({"id": "one", "text": "the taxi"}).encode()


class Service:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, answer: bytes = b'{"seq": 7}', headers: Iterable[tuple[str, str]] = ()) -> None:
        self.answer = answer
        self.headers = [("Content-Type", "application/json"), *headers]
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start_response("200 OK", self.headers)
        return [self.answer]


def listening(service: Service) -> tuple[Overheard, Client]:
    overheard = Overheard(SESSIONS, DemoClock(TEN).now)
    return overheard, Client(overheard.around(service), use_cookies=False)


def test_a_message_of_the_web_chat_is_noted_and_goes_on_as_it_came() -> None:
    service, token = Service(), SESSIONS.open()
    overheard, browser = listening(service)
    browser.post("/api/chat/message", data=SAID, headers={"Authorization": f"Bearer {token}", "Referer": AROUND})
    visitor = overheard.visitor("me")

    assert service.bodies == [SAID]
    assert visitor.addresses == {"webchat": SESSIONS.address_of(token)}
    assert [exchange.answer for exchange in visitor.exchanges] == ['200 OK\n{"seq": 7}']
    assert visitor.exchanges[0].request.endswith(SAID.decode())
    assert token not in visitor.exchanges[0].request


def test_a_look_that_brought_nothing_is_not_noted() -> None:
    overheard, browser = listening(Service(b"[]"))
    browser.get("/api/chat/events?after=3", headers={"Referer": AROUND})

    assert not overheard.visitor("me").exchanges


def test_the_plain_pages_tell_whose_talk_it_is_by_their_own_cookie() -> None:
    token = SESSIONS.open()
    overheard, browser = listening(Service(headers=[("Set-Cookie", f"earshot_talk={token}~en~; Path=/chat")]))
    browser.post("/chat", data={"text": "the taxi", "form": "secret-name"}, headers={"Cookie": f"{COOKIE}=me"})
    visitor = overheard.visitor("me")

    assert visitor.addresses == {"pages": SESSIONS.address_of(token)}
    assert "text=the taxi" in visitor.exchanges[0].request
    assert "secret-name" not in visitor.exchanges[0].request


def test_whoever_the_demo_gave_no_name_is_not_listened_to() -> None:
    service = Service()
    overheard, browser = listening(service)
    browser.post("/api/chat/message", data=SAID, headers={"Authorization": f"Bearer {SESSIONS.open()}"})

    assert service.bodies == [SAID]
    assert not overheard.visitor("").exchanges


def test_a_new_parent_in_the_same_browser_has_no_talk_yet() -> None:
    overheard, browser = listening(Service())
    headers = {"Authorization": f"Bearer {SESSIONS.open()}", "Referer": AROUND}
    browser.post("/api/chat/message", data=SAID, headers=headers)
    overheard.forget("me")

    assert not overheard.visitor("me").addresses


def test_a_token_that_is_given_out_is_not_shown() -> None:
    token = SESSIONS.open()
    overheard, browser = listening(Service(json.dumps({"token": token}).encode()))
    browser.post("/api/chat/session", headers={"Referer": AROUND})
    visitor = overheard.visitor("me")

    assert visitor.addresses == {"webchat": SESSIONS.address_of(token)}
    assert token not in visitor.exchanges[0].answer


def test_two_tabs_of_one_browser_are_two_talks_in_the_chat_and_one_on_the_pages() -> None:
    overheard, browser = listening(Service())
    tokens = {tab: SESSIONS.open() for tab in ("one", "two")}
    for tab, token in tokens.items():
        headers = {"Authorization": f"Bearer {token}", "Referer": f"http://127.0.0.1:8000/demo/widget?framed={tab}"}
        browser.post("/api/chat/message", data=SAID, headers=headers)
    talk = SESSIONS.open()
    browser.post("/chat", data={"text": "hi"}, headers={"Cookie": f"{COOKIE}=me; earshot_talk={talk}~en~"})

    for tab, token in tokens.items():
        addresses = overheard.seen("me", tab).addresses
        assert addresses == {"webchat": SESSIONS.address_of(token), "pages": SESSIONS.address_of(talk)}
