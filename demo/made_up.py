"""Says on every page of the demo that all is made up, on those too that do not know that they are in one."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask, Response, request

NOTICE = Path(__file__).parent / "templates" / "demo" / "made_up.html"
STYLE = b'<link rel="stylesheet" href="/demo/static/made-up.css">'
_SAY_IT_THEMSELVES = frozenset({"demo", "staff"})
_BODY = re.compile(rb"<body[^>]*>")


def say_made_up(app: Flask) -> None:
    notice = NOTICE.read_bytes().strip()

    @app.after_request
    def add_notice(response: Response) -> Response:
        framed = request.headers.get("Sec-Fetch-Dest") == "iframe"  # then the page around it says so
        if (
            response.mimetype == "text/html"
            and request.blueprint not in _SAY_IT_THEMSELVES
            and not (framed or response.is_streamed)
        ):
            page = response.get_data().replace(b"</head>", STYLE + b"</head>", 1)
            response.set_data(_BODY.sub(lambda body: body[0] + notice, page, count=1))
        return response
