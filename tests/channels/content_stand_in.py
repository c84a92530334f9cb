"""A stand-in for Twilio's Content API on the loopback: strict about what makes a quick reply, and told when to fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.provider import ACCOUNT_SID, AUTH_TOKEN


@dataclass
class ContentStandIn:
    url: str = ""
    made: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    fails_with: int | None = None

    def listed(self) -> list[dict[str, Any]]:
        return [{**content, "account_sid": ACCOUNT_SID} for content in self.made]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        del type, message, args


@contextmanager
def content_stand_in() -> Iterator[ContentStandIn]:
    stand_in = ContentStandIn()
    app = Flask("content")

    def answer(content: object, status: int) -> Response:
        return Response(json.dumps(content), status=status, mimetype="application/json")

    @app.route("/v1/Content", methods=["GET", "POST"])
    def contents() -> Response:
        stand_in.asked += 1
        given = request.authorization
        if given is None or (given.username, given.password) != (ACCOUNT_SID, AUTH_TOKEN):
            return answer({"code": 20003, "message": "Authenticate"}, 401)
        if stand_in.fails_with is not None:
            return answer({"code": stand_in.fails_with, "message": "refused"}, 400)
        if request.method == "GET":
            return answer({"meta": {"key": "contents", "page": 0, "page_size": 50}, "contents": stand_in.listed()}, 200)
        sent = request.get_json()
        reply = sent["types"]["twilio/quick-reply"]
        wrong = (
            not 1 <= len(reply["actions"]) <= 3
            or any(not action["id"] or not 1 <= len(action["title"]) <= 20 for action in reply["actions"])
            or not 1 <= len(reply["body"]) <= 1024
        )
        if wrong:
            return answer({"code": 21656, "message": "not a quick reply"}, 400)
        made = {**sent, "sid": f"HX{len(stand_in.made) + 1:032x}"}
        stand_in.made.append(made)
        return answer({**made, "account_sid": ACCOUNT_SID}, 201)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
