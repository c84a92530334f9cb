"""Your account: one's password, where one is signed in, and ending it there."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.door import Knock
from bot.errors import NotFound
from staff import sessions
from staff.browsers import in_words
from staff.desk import desk, go, member, tell
from staff.devices import device_of
from staff.forms import NewPassword
from staff.passwords import has_password
from staff.views.door import audit_try, minutes_of


def add_account(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/account", "account", account, methods=["GET"])
    blueprint.add_url_rule("/account/password", "change_password", change_password, methods=["POST"])
    blueprint.add_url_rule("/account/sessions/<uuid:session_id>/end", "end_session", end_session, methods=["POST"])
    blueprint.add_url_rule("/account/sign-out-everywhere", "sign_out_everywhere", sign_out_everywhere, methods=["POST"])


def account() -> ResponseReturnValue:
    return _show({}, 200)


def change_password() -> ResponseReturnValue:
    """The old one is asked for, and guesses at it are counted as at the door: a browser may have been left alone."""
    at, me, use = desk(), member(), desk().rooms.team
    if use is None or not has_password(me):
        raise NotFound
    form = NewPassword.read(request.form, about=(me.username, me.name))
    if form.errors:
        return _show(form.errors, 400)
    knock = Knock(step="change", name=str(me.id), place="any", device=device_of(request, me.id))
    wait = at.door.wait(knock)
    if wait is not None:
        return _show({"old": f"too_many_{minutes_of(wait)}"}, 429)
    if not at.passwords.is_right(me, request.form.get("old", "")):
        audit_try(at, me, "change_password_refused")
        return _show({"old": "old_wrong"}, 401)
    at.door.was_right(knock)
    before = g.inside.session
    changed = use.change_password(me, at.passwords.hash(form.password))
    browser = in_words(request.user_agent.string)
    sessions.begin(session, at.door, changed, browser=browser, way=before.way, stepped=before.stepped)
    tell("password_changed")
    return go(url_for("staff.account"))


def _show(errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    step = desk().rooms.second_step
    page = render_template(
        "staff/account.html",
        errors=errors,
        has_password=desk().rooms.team is not None and has_password(member()),
        living=desk().door.living(member()),
        here=g.inside.session.id,
        two_step=step is not None,
        is_set_up=step is not None and step.is_set_up(member()),
    )
    return page, status


def end_session(session_id: UUID) -> ResponseReturnValue:
    desk().door.end(member(), session_id)
    tell("session_ended")
    return go(url_for("staff.account"))


def sign_out_everywhere() -> ResponseReturnValue:
    desk().door.leave_everywhere(member())
    session.clear()
    tell("signed_out_everywhere")
    return go(url_for("staff.sign_in"))
