"""Accepting the very sure at once, after ten of that very set were read; and how far two readers agree."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.reviewing import SHARE
from bot.second_reading import SecondReading
from bot.sure_ones import MOST_WRONG, SAMPLE, SureOnes
from bot.wall import NotYours, may_publish
from staff.desk import desk, go, member, tell
from staff.views.review import reviewing

_SHOWN = 30
"""Pairs that differ, on the page of agreement."""


def add_sure_ones(blueprint: Blueprint) -> None:
    at = "/review/sure"
    blueprint.add_url_rule(at, "sure_ones", sure_ones, methods=["GET"])
    blueprint.add_url_rule(at, "check_sure_ones", begin, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:check_id>", "sure_check", standing, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:check_id>/accept", "accept_sure_ones", accept, methods=["POST"])
    blueprint.add_url_rule("/review/agreement", "agreement", agreement, methods=["GET"])
    blueprint.add_url_rule("/review/agreement", "set_share", set_share, methods=["POST"])


def sure_ones() -> ResponseReturnValue:
    return render_template("staff/sure_ones.html", sizes=_use().sizes(), sample=SAMPLE)


def begin() -> ResponseReturnValue:
    given = request.form.get("threshold", "")
    if not re.fullmatch(r"0\.\d{1,2}", given, re.ASCII):
        raise BadRequest
    check = _use().begin(member(), float(given))
    if check is None:
        tell("sure_too_few")
        return go(url_for("staff.sure_ones"))
    return redirect(url_for("staff.review_check", check_id=check.id), code=303)


def standing(check_id: UUID) -> ResponseReturnValue:
    return render_template("staff/sure_check.html", standing=_use().standing(check_id, member()), most_wrong=MOST_WRONG)


def accept(check_id: UUID) -> ResponseReturnValue:
    count = _use().accept(check_id, member())
    tell("sure_accepted", count=count)
    return go(url_for("staff.review"))


def agreement() -> ResponseReturnValue:
    use = _second()
    pairs = use.pairs()
    return render_template(
        "staff/agreement.html",
        agreement=use.agreement(pairs),
        differ=[pair for pair in pairs if not pair.is_same][:_SHOWN],
        waiting=use.records.waiting_for_second(),
        share=reviewing().share,
        may_set=may_publish(member()),
    )


def set_share() -> ResponseReturnValue:
    if not may_publish(member()):
        raise NotYours
    given = request.form.get("share", "").strip().removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,3}", given, re.ASCII) or int(given) > 100:  # noqa: PLR2004 - per cent
        tell("share_wrong")
    else:
        reviewing().records.set(SHARE, given, member(), desk().clock.now())
        tell("share_set", share=given)
    return go(url_for("staff.agreement"))


def _use() -> SureOnes:
    found = desk().rooms.sure_ones
    if found is None:
        abort(404)
    return found


def _second() -> SecondReading:
    found = desk().rooms.second_reading
    if found is None:
        abort(404)
    return found
