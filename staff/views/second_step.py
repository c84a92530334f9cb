"""The second step: at the door, setting it up, the codes on paper."""

from __future__ import annotations

import math

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.door import Knock
from bot.errors import NotFound
from bot.second_step import SecondStep
from staff import sessions
from staff.browsers import in_words
from staff.desk import desk, go, member, tell
from staff.devices import device_of, remember
from staff.forms import safe_onward
from staff.marks import cleaned
from staff.totp import drawn, in_groups
from staff.views.door import audit_try, minutes_of
from staff.views.passkeys import new_challenge, the_challenge


def add_second_step(blueprint: Blueprint) -> None:
    at = "/account/two-step"
    blueprint.add_url_rule("/second-step", "second_step", second_step, methods=["GET"])
    blueprint.add_url_rule("/second-step", "try_second_step", try_second_step, methods=["POST"])
    blueprint.add_url_rule(at, "two_step", two_step, methods=["GET"])
    blueprint.add_url_rule(f"{at}/begin", "begin_two_step", begin_two_step, methods=["POST"])
    blueprint.add_url_rule(f"{at}/confirm", "confirm_two_step", confirm_two_step, methods=["POST"])
    blueprint.add_url_rule(f"{at}/codes", "new_codes", new_codes, methods=["POST"])


def use() -> SecondStep:
    found = desk().rooms.second_step
    if found is None:
        raise NotFound
    return found


# --- at the door


def second_step() -> ResponseReturnValue:
    return _ask({}, 200)


def try_second_step() -> ResponseReturnValue:
    at, who = desk(), g.inside.member
    said, key, challenge = cleaned(request.form.get("code", "")).strip()[:100], request.form.get("key", ""), the_challenge()
    if not said and not key:
        return _ask({"code": "code_empty"}, 400)
    # from any place: whoever comes this far knows the password
    knock = Knock(step="code", name=str(who.id), place="any", device=device_of(request, who.id))
    wait = at.door.wait(knock)
    if wait is not None:
        return _ask({"code": f"too_many_{minutes_of(wait)}"}, 429, {"Retry-After": str(math.ceil(wait.total_seconds()))})
    keys = at.rooms.passkeys
    is_right = use().is_right(who, said) if said or keys is None else keys.is_right(who, key, challenge)
    if not is_right:
        audit_try(at, who, "second_step_refused")
        return _ask({"code": "code_wrong" if said else "key_wrong"}, 401)
    at.door.was_right(knock)
    onward = safe_onward(str(session.get("onward", "")), within=url_for("staff.home"))
    at.door.pass_on(g.inside)
    sessions.begin(session, at.door, who, browser=in_words(request.user_agent.string), stepped=True)
    audit_try(at, who, "sign_in")
    response = make_response(redirect(onward or url_for("staff.home"), code=303))
    remember(request, response, who.id)
    return response


def _ask(errors: dict[str, str], status: int, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    keys, who = desk().rooms.passkeys, g.inside.member
    asks = keys.to_ask(who, new_challenge()) if keys is not None and keys.of(who) else ""
    return render_template("staff/second_step.html", errors=errors, asks=asks), status, headers or {}


# --- setting it up


def two_step() -> ResponseReturnValue:
    return _show({}, 200)


def begin_two_step() -> ResponseReturnValue:
    if not _may_set_up():
        return _step_first()
    use().offer(member(), g.inside.session.id)
    return redirect(url_for("staff.two_step") + "#set-up", code=303)


def confirm_two_step() -> ResponseReturnValue:
    """The codes stand in the answer itself: they are shown this once, and are kept nowhere to be read."""
    if not _may_set_up():
        return _step_first()
    said = cleaned(request.form.get("code", "")).strip()[:100]
    if use().pending(member(), g.inside.session.id) is None:
        tell("step_ran_out")
        return go(url_for("staff.two_step"))
    if not said:
        return _show({"code": "code_empty"}, 400)
    codes = use().confirm(member(), said, g.inside.session.id)
    if not codes:
        return _show({"code": "code_wrong"}, 401)
    desk().door.pass_on(g.inside)
    who = desk().store.staff(member().id) or member()  # as they are now that all their sessions are over
    sessions.begin(session, desk().door, who, browser=in_words(request.user_agent.string), stepped=True)
    return render_template("staff/recovery_codes.html", codes=codes)


def new_codes() -> ResponseReturnValue:
    if not g.inside.session.stepped:
        return _step_first()
    return render_template("staff/recovery_codes.html", codes=use().renew_codes(member()))


def _may_set_up() -> bool:
    """Whoever knows the password alone takes over nothing that is set up."""
    return bool(g.inside.session.stepped) or not use().is_set_up(member())


def _step_first() -> ResponseReturnValue:
    tell("step_first")
    return go(url_for("staff.two_step"))


def _show(errors: dict[str, str], status: int) -> ResponseReturnValue:
    step = use()
    factor = step.records.factor(member().id)
    pending = step.pending(member(), g.inside.session.id) if _may_set_up() else None
    page = render_template(
        "staff/two_step.html",
        errors=errors,
        factor=factor,
        needed=step.is_needed(member()),
        left=step.records.codes_left(member().id),
        **_keys(is_on=factor is not None and factor.secret is not None),
        picture=drawn(pending, member().username) if pending else None,
        letters=in_groups(pending) if pending else "",
    )
    return page, status


def _keys(*, is_on: bool) -> dict[str, object]:
    """Keys may be added once the phone is set up, and in a session in which the second step was made."""
    found = desk().rooms.passkeys
    if found is None or not is_on or not g.inside.session.stepped:
        return {"keys": None, "makes": ""}
    return {"keys": found.of(member()), "makes": found.to_make(member(), new_challenge())}
