"""Signing in with the council's own account."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.council import NotGenuine, NotLetIn, ProviderAway
from bot.door import Way
from bot.errors import NotFound
from staff import sessions
from staff.browsers import in_words
from staff.council import CouncilAccounts
from staff.desk import desk
from staff.forms import SignIn, safe_onward
from staff.views.door import audit_try


def add_council(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/council", "council", council, methods=["GET"])
    blueprint.add_url_rule("/council/back", "council_back", council_back, methods=["GET"])


def council() -> ResponseReturnValue:
    use = _use()
    session["onward"] = safe_onward(request.args.get("onward", ""), within=url_for("staff.home"))
    try:
        return use.provider.send_away(use.back)
    except ProviderAway:
        return _again("council_away", 503)


def council_back() -> ResponseReturnValue:
    at, use = desk(), _use()
    try:
        member = use.door.let_in(use.provider.claims())
    except ProviderAway:
        return _again("council_away", 503)
    except NotGenuine:
        audit_try(at, None, "sign_in_refused")
        return _again("council_refused", 401)
    except NotLetIn as refusal:
        audit_try(at, None, "sign_in_refused")
        return _again(refusal.why, 403)
    onward = safe_onward(str(session.get("onward", "")), within=url_for("staff.home"))
    sessions.begin(session, at.door, member, browser=in_words(request.user_agent.string), way=Way.COUNCIL)
    audit_try(at, member, "sign_in")
    return make_response(redirect(onward or url_for("staff.home"), code=303))


def _again(why: str, status: int) -> ResponseReturnValue:
    return render_template("staff/sign_in.html", form=SignIn("", ""), errors={"council": why}), status


def _use() -> CouncilAccounts:
    found = desk().rooms.council
    if found is None:
        raise NotFound
    return found
