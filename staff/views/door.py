"""Signing in and out."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.door import Knock
from bot.records import StaffMember
from staff import sessions
from staff.browsers import in_words
from staff.desk import Desk, desk, go, tell
from staff.devices import device_of, place_of, remember
from staff.forms import SignIn, safe_onward


def add_door(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET"])
    blueprint.add_url_rule("/sign-in", "try_to_sign_in", try_to_sign_in, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> ResponseReturnValue:
    if g.member is not None:
        return redirect(url_for("staff.home"))
    onward = safe_onward(request.args.get("onward", ""), within=url_for("staff.home"))
    return render_template("staff/sign_in.html", form=SignIn("", "", onward))


def try_to_sign_in() -> ResponseReturnValue:
    form = SignIn.read(request.form, within=url_for("staff.home"))
    if form.errors:
        return _again(form, form.errors, 400)
    at = desk()
    candidate = at.store.staff_by_username(form.username)
    if at.rooms.council is not None and at.rooms.council.only_local not in ("", form.username):
        candidate = None  # the same answer, for the same work, as to a name that nobody has
    knock = Knock(
        name=form.username, place=place_of(request), device=device_of(request, candidate.id if candidate is not None else None)
    )
    wait = at.door.wait(knock)
    if wait is not None:
        return _again(form, {"password": f"too_many_{minutes_of(wait)}"}, 429, wait=wait)
    if not at.passwords.is_right(candidate, form.password) or candidate is None:
        audit_try(at, candidate, "sign_in_refused")
        return _again(form, {"password": "wrong"}, 401)
    at.door.was_right(knock)
    if at.passwords.is_dated(candidate):
        with at.store.transaction() as tx:
            tx.update_staff(candidate.id, password_hash=at.passwords.hash(form.password))
    return let_in(at, candidate, form.onward)


def let_in(at: Desk, who: StaffMember, onward: str) -> ResponseReturnValue:
    """Who has shown who they are goes on to the page they wanted, on a device that is theirs from now on."""
    if at.rooms.second_step is not None and at.rooms.second_step.is_set_up(who):
        sessions.begin(session, at.door, who, browser=in_words(request.user_agent.string), whole=False)
        session["onward"] = onward
        return redirect(url_for("staff.second_step"), code=303)
    sessions.begin(session, at.door, who, browser=in_words(request.user_agent.string))
    audit_try(at, who, "sign_in")
    response = make_response(redirect(onward or url_for("staff.home"), code=303))
    remember(request, response, who.id)
    return response


def sign_out() -> ResponseReturnValue:
    """Ends this session in the store: a cookie copied from this browser is worth nothing afterwards."""
    desk().door.leave(g.inside)
    session.clear()
    tell("signed_out")
    return go(url_for("staff.sign_in"))


def minutes_of(wait: timedelta) -> int:
    """Never less than is still to be waited."""
    return max(1, math.ceil(wait / timedelta(minutes=1)))


def _again(form: SignIn, errors: dict[str, str] | object, status: int, *, wait: timedelta | None = None) -> ResponseReturnValue:
    """The same page whether the name or the password was wrong; what was typed as a password is never sent back."""
    page = render_template("staff/sign_in.html", form=form, errors=errors)
    return page, status, {} if wait is None else {"Retry-After": str(math.ceil(wait.total_seconds()))}


def audit_try(at: Desk, who: StaffMember | None, action: str) -> None:
    name = f"staff:{who.id}" if who else "staff:unknown"
    with at.store.transaction() as tx:
        tx.audit(who=name, action=action, record=name, now=at.clock.now())
