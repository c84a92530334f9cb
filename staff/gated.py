"""A form stands on a page only for whoever may send it: seen to once, for every template, while it is compiled.

A form that is rendered and then hidden by style, or by each template's own condition, is one that somebody forgets.
"""

from __future__ import annotations

import re

from flask import current_app, g, request
from jinja2.ext import Extension
from werkzeug.exceptions import HTTPException

from staff.gates import ROWS, may_enter

_FORM = re.compile(
    r"""<form\b(?=[^>]*\smethod="post")[^>]*?\saction="\{\{\s*(?P<address>.*?)\s*\}\}"[^>]*>.*?</form>""", re.DOTALL
)


class FormsForWhoMaySend(Extension):
    """Puts ``{% if may_send(address) %}`` round every form that is posted to an address made in the template."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        del filename
        if not (name or "").startswith("staff/"):
            return source
        return _FORM.sub(lambda form: f"{{% if may_send({form['address']}) %}}{form[0]}{{% endif %}}", source)


def may_send(address: str) -> bool:
    """Whether who is signed in may post to this address of the site. Somebody at the door may, and is looked at there."""
    member = g.get("member")
    if member is None:
        return True
    try:
        endpoint, _ = current_app.url_map.bind_to_environ(request.environ).match(address.partition("?")[0], method="POST")
    except HTTPException:
        return True  # not a route of ours: what it leads to says so itself
    return endpoint not in ROWS or may_enter(endpoint, member.role)
