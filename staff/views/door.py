"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.records import StaffMember
from staff import sessions
from staff.desk import Desk, desk, go, member, tell
from staff.forms import SignIn, safe_onward


def add_door(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET"])
    blueprint.add_url_rule("/sign-in", "try_to_sign_in", try_to_sign_in, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> ResponseReturnValue:
    if g.member is not None:
        return redirect(url_for("staff.inbox"))
    onward = safe_onward(request.args.get("onward", ""), within=url_for("staff.home"))
    return render_template("staff/sign_in.html", form=SignIn("", "", onward))


def try_to_sign_in() -> ResponseReturnValue:
    form = SignIn.read(request.form, within=url_for("staff.home"))
    if form.errors:
        return _again(form, form.errors, 400)
    at, place = desk(), request.remote_addr or ""
    if not at.guesses.may_try(form.username, place, at.clock.now()):
        return _again(form, {"password": "too_many"}, 429)
    candidate = at.store.staff_by_username(form.username)
    if not at.passwords.is_right(candidate, form.password) or candidate is None:
        _audit(at, candidate, "sign_in_refused")
        return _again(form, {"password": "wrong"}, 401)
    at.guesses.forget(form.username, place)
    if at.passwords.is_dated(candidate):
        with at.store.transaction() as tx:
            tx.update_staff(candidate.id, password_hash=at.passwords.hash(form.password))
    sessions.begin(session, candidate, at.clock.now())
    _audit(at, candidate, "sign_in")
    return redirect(form.onward or url_for("staff.inbox"), code=303)


def sign_out() -> ResponseReturnValue:
    """Ends this member's sessions everywhere: a cookie copied from this browser is worth nothing afterwards."""
    at, leaving = desk(), member()
    with at.store.transaction() as tx:
        tx.update_staff(leaving.id, end_sessions=True)
        tx.audit(who=f"staff:{leaving.id}", action="sign_out", record=f"staff:{leaving.id}", now=at.clock.now())
    session.clear()
    tell("signed_out")
    return go(url_for("staff.sign_in"))


def _again(form: SignIn, errors: dict[str, str] | object, status: int) -> ResponseReturnValue:
    """The same page whether the name or the password was wrong; what was typed as a password is never sent back."""
    return render_template("staff/sign_in.html", form=form, errors=errors), status


def _audit(at: Desk, who: StaffMember | None, action: str) -> None:
    name = f"staff:{who.id}" if who else "staff:unknown"
    with at.store.transaction() as tx:
        tx.audit(who=name, action=action, record=name, now=at.clock.now())
