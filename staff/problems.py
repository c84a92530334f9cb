"""What went wrong, as a page that says what to do."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.exceptions import NotFound as NoSuchPage

from bot.errors import BlobMissing, NotFound, StoreUnavailable
from bot.review import UnknownTheme
from bot.wall import NotYourRole, NotYours
from staff.entering import UPLOAD

ERRORS: tuple[type[Exception], ...] = (
    CSRFError,
    BlobMissing,
    NotFound,
    NotYours,
    NotYourRole,
    UnknownTheme,
    BadRequest,
    NoSuchPage,
    RequestEntityTooLarge,
    StoreUnavailable,
)


def problem_page(error: Exception) -> ResponseReturnValue:
    """A page that says what went wrong and what to do. ``problem`` is a key of ``templates/staff/problem.html``."""
    match error:
        case CSRFError():
            words, status = "form_over", 400
        case NotFound() | NoSuchPage():
            words, status = "not_found", 404
        case BlobMissing():
            words, status = "file_missing", 404
        case NotYourRole():
            words, status = "not_your_role", 403
        case NotYours():
            words, status = "not_yours", 403
        case StoreUnavailable():
            words, status = "store_down", 503
        case RequestEntityTooLarge():
            words, status = "file_too_large" if request.endpoint == UPLOAD else "bad_form", 413
        case _:
            words, status = "bad_form", 400
    headers = {"Retry-After": "10"} if isinstance(error, StoreUnavailable) else {}
    return render_template("staff/problem.html", problem=words), status, headers
