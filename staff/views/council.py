"""Signing in with the council's own account."""

from __future__ import annotations

import math

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.council import NotGenuine, NotLetIn, ProviderAway
from bot.door import COUNCIL, Knock, Way
from bot.errors import NotFound
from staff import sessions
from staff.browsers import in_words
from staff.council import CouncilAccounts
from staff.desk import desk
from staff.devices import any_device, place_of, remember
from staff.forms import SignIn, safe_onward
from staff.views.door import audit_try, minutes_of


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
    """What no browser of ours began is written down nowhere: anybody can send as much of it as they like."""
    at, use = desk(), _use()
    if not use.provider.is_begun():
        return _again("council_refused", 401)
    knock = Knock(step=COUNCIL, name="", place=place_of(request), device=any_device(request))
    wait = at.door.wait(knock)
    if wait is not None:
        return *_again(f"too_many_{minutes_of(wait)}", 429), {"Retry-After": str(math.ceil(wait.total_seconds()))}
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
    at.door.was_right(knock)
    onward = safe_onward(str(session.get("onward", "")), within=url_for("staff.home"))
    sessions.begin(session, at.door, member, browser=in_words(request.user_agent.string), way=Way.COUNCIL)
    audit_try(at, member, "sign_in")
    response = make_response(redirect(onward or url_for("staff.home"), code=303))
    remember(request, response, member.id)
    return response


def _again(why: str, status: int) -> tuple[str, int]:
    return render_template("staff/sign_in.html", form=SignIn("", ""), errors={"council": why}), status


def _use() -> CouncilAccounts:
    found = desk().rooms.council
    if found is None:
        raise NotFound
    return found
