"""What can go wrong with one call to the stand-in for Twilio, told to it by a test, a chaos run or the demo."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with one call.

    ``status`` and ``code``: the answer, in Twilio's form, or bare where there is no code. ``hang``: seconds before
    answering. ``drop``: the connection is reset in place of an answer. ``accepted``: the message is made all the same.
    ``body``: what is answered in place of the message.
    """

    status: int | None = None
    code: int | None = None
    retry_after: int | None = None
    hang: float = 0.0
    drop: bool = False
    accepted: bool = False
    body: str | None = None


RESET = Trouble(drop=True)
ACCEPTED_THEN_DROPPED = Trouble(drop=True, accepted=True)
SERVER_ERROR = Trouble(status=500)
UNAVAILABLE = Trouble(status=503, code=20503)


def refused(code: int, *, status: int = HTTPStatus.BAD_REQUEST) -> Trouble:
    """This error of Twilio's."""
    return Trouble(status=status, code=code)


def throttled(seconds: int) -> Trouble:
    return Trouble(status=HTTPStatus.TOO_MANY_REQUESTS, code=20429, retry_after=seconds)


def hanging(seconds: float, *, accepted: bool = False) -> Trouble:
    return Trouble(hang=seconds, drop=True, accepted=accepted)
