"""Passkeys and security keys: adding one, naming it, taking it away. At the door they are asked for with the second step."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import Blueprint, g, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.passkeys import LONGEST_NAME, Passkeys
from staff.desk import desk, go, member, tell
from staff.marks import cleaned

CHALLENGE = "challenge"
"""Where the session keeps what the browser was asked last: an answer to anything else is none."""


def add_passkeys(blueprint: Blueprint) -> None:
    at = "/account/keys"
    blueprint.add_url_rule(at, "add_passkey", add_passkey, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:key_id>/name", "rename_passkey", rename_passkey, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:key_id>/remove", "remove_passkey", remove_passkey, methods=["POST"])


def new_challenge() -> str:
    session[CHALLENGE] = secrets.token_urlsafe(32)
    found: str = session[CHALLENGE]
    return found


def the_challenge() -> str:
    """It counts once."""
    return str(session.pop(CHALLENGE, ""))


def add_passkey() -> ResponseReturnValue:
    """Beside the phone and the codes on paper, never in their place: where no script runs, those open the door."""
    use, name = _use(), _name()
    challenge = the_challenge()
    if name is None:
        tell("passkey_unnamed")
    elif challenge and use.add(member(), name, request.form.get("key", ""), challenge):
        tell("passkey_added", name=name)
    else:
        tell("passkey_none")
    return go(url_for("staff.two_step"))


def rename_passkey(key_id: UUID) -> ResponseReturnValue:
    use, name = _use(), _name()
    if name is None:
        tell("passkey_unnamed")
    else:
        use.rename(member(), key_id, name)
        tell("passkey_renamed", name=name)
    return go(url_for("staff.two_step"))


def remove_passkey(key_id: UUID) -> ResponseReturnValue:
    _use().remove(member(), key_id)
    tell("passkey_removed")
    return go(url_for("staff.two_step"))


def _name() -> str | None:
    name = " ".join(cleaned(request.form.get("name", "")).split())
    return name if 0 < len(name) <= LONGEST_NAME else None


def _use() -> Passkeys:
    """For whoever has made the second step in this session, and nobody who only found a browser with a password in it."""
    rooms = desk().rooms
    is_set_up = rooms.second_step is not None and rooms.second_step.is_set_up(member())
    if rooms.passkeys is None or not is_set_up or not g.inside.session.stepped:
        raise NotFound
    return rooms.passkeys
