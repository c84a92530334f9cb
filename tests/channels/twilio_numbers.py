"""A stand-in for the part of Twilio's API that tells of an account and its numbers, on the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.provider import ACCOUNT_SID, AUTH_TOKEN, SMS_NUMBER

NUMBER_SID = "PN" + "1" * 32
_HOME = f"/2010-04-01/Accounts/{ACCOUNT_SID}"


@dataclass
class Numbers:
    """``number`` is what Twilio has of ours; ``changes`` are the forms that were posted to it."""

    url: str = ""
    status: str = "active"
    down: bool = False
    number: dict[str, Any] = field(
        default_factory=lambda: {
            "sid": NUMBER_SID,
            "phone_number": SMS_NUMBER,
            "capabilities": {"voice": True, "sms": True, "mms": False},
            "sms_url": "https://demo.twilio.com/welcome/sms/reply",
            "sms_method": "POST",
            "voice_url": "",
            "voice_method": "POST",
        }
    )
    changes: list[dict[str, str]] = field(default_factory=list)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        del type, message, args


@contextmanager
def twilio_numbers() -> Iterator[Numbers]:
    numbers = Numbers()
    app = Flask("numbers")

    def answer(content: object, status: int = 200) -> Response:
        return Response(json.dumps(content), status=status, mimetype="application/json")

    @app.before_request
    def refused() -> Response | None:
        given = request.authorization
        if numbers.down:
            return answer({"code": 20503, "message": "Service Unavailable"}, 503)
        if given is None or (given.username, given.password) != (ACCOUNT_SID, AUTH_TOKEN):
            return answer({"code": 20003, "message": "Authenticate"}, 401)
        return None

    @app.get(f"{_HOME}.json")
    def account() -> Response:
        return answer({"sid": ACCOUNT_SID, "status": numbers.status, "friendly_name": "SEND"})

    @app.get(f"{_HOME}/IncomingPhoneNumbers.json")
    def listed() -> Response:
        found = [numbers.number] if request.args.get("PhoneNumber") == numbers.number["phone_number"] else []
        return answer({"incoming_phone_numbers": found, "page": 0, "page_size": 1, "next_page_uri": None})

    @app.post(f"{_HOME}/IncomingPhoneNumbers/{NUMBER_SID}.json")
    def changed() -> Response:
        form = request.form.to_dict()
        numbers.changes.append(form)
        names = {"SmsUrl": "sms_url", "SmsMethod": "sms_method", "VoiceUrl": "voice_url", "VoiceMethod": "voice_method"}
        numbers.number |= {ours: form[theirs] for theirs, ours in names.items() if theirs in form}
        return answer(numbers.number)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    numbers.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield numbers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
