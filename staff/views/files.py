"""A file that came with an experience: taken away, or shown on the page to whoever asked for it."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, send_file, session, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.files import FileReview
from staff.desk import desk, go, member
from staff.file_lines import file_name
from staff.views.experience import look_up

SHOWING = "showing"
"""In the session: the file that the next page shows."""
ASKED_FOR = "asked_for"
"""In the session: the files that this member may be shown, for each was asked for and noted."""
_MOST_ASKED_FOR = 20

_ALONE = "sandbox; default-src 'none'"
"""The policy of a file that is opened by itself: nothing in it runs, and nothing is loaded."""


def add_files(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>/files/<uuid:file_id>"
    blueprint.add_url_rule(at, "file", take_away, methods=["GET"])
    blueprint.add_url_rule(f"{at}/show", "ask_to_show", ask_to_show, methods=["POST"])
    blueprint.add_url_rule(f"{at}/shown", "shown_file", shown_file, methods=["GET"])


def take_away(reference: str, file_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    opened = _review().take_away(view, file_id, member())
    name = file_name(view.card.reference, opened.number, opened.content_type)
    return _guarded(
        send_file(BytesIO(opened.content), mimetype=opened.content_type, as_attachment=True, download_name=name, etag=False)
    )


def ask_to_show(reference: str, file_id: UUID) -> ResponseReturnValue:
    """The page after this one shows it. Only its id is carried there."""
    view = look_up(reference)
    _review().ask_to_show(view, file_id, member())
    asked_for = [each for each in session.get(ASKED_FOR, []) if each != str(file_id)]
    session[ASKED_FOR] = [*asked_for, str(file_id)][-_MOST_ASKED_FOR:]
    session[SHOWING] = str(file_id)
    return go(url_for("staff.experience", reference=view.card.reference.replace(" ", "-"), _anchor=f"file-{file_id}"))


def shown_file(reference: str, file_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    if str(file_id) not in session.get(ASKED_FOR, []):
        raise NotFound
    opened = _review().show(view, file_id)
    # Conditional: a player asks for a recording in pieces.
    return _guarded(send_file(BytesIO(opened.content), mimetype=opened.content_type, conditional=True, etag=False))


def _review() -> FileReview:
    at = desk()
    if at.files is None:
        raise NotFound
    return FileReview(at.store, at.files, at.clock)


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
