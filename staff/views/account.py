"""Your account: where one is signed in, and ending it there."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, render_template, session, url_for
from flask.typing import ResponseReturnValue

from staff.desk import desk, go, member, tell


def add_account(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/account", "account", account, methods=["GET"])
    blueprint.add_url_rule("/account/sessions/<uuid:session_id>/end", "end_session", end_session, methods=["POST"])
    blueprint.add_url_rule("/account/sign-out-everywhere", "sign_out_everywhere", sign_out_everywhere, methods=["POST"])


def account() -> ResponseReturnValue:
    step = desk().rooms.second_step
    return render_template(
        "staff/account.html",
        living=desk().door.living(member()),
        here=g.inside.session.id,
        two_step=step is not None,
        is_set_up=step is not None and step.is_set_up(member()),
    )


def end_session(session_id: UUID) -> ResponseReturnValue:
    desk().door.end(member(), session_id)
    tell("session_ended")
    return go(url_for("staff.account"))


def sign_out_everywhere() -> ResponseReturnValue:
    desk().door.leave_everywhere(member())
    session.clear()
    tell("signed_out_everywhere")
    return go(url_for("staff.sign_in"))
