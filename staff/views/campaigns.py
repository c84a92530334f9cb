"""Campaigns: how each stands, what was answered, who may be invited at what cost, and posters to print."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.campaign_results import CampaignReview
from bot.campaigns import State
from bot.cells import harmless
from bot.errors import NotFound
from bot.invitations import Invitations
from bot.model import ENGLISH, Locale
from bot.posters import LeadsTo, Posters
from bot.spending import BeyondCeilingError
from bot.wall import may_publish
from staff.desk import desk, go, member, tell
from staff.forms import read_beyond
from staff.posters import drawn

COLUMNS = ("question", "answer", "channel", "language")


def add_campaigns(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/campaigns", "campaigns", campaigns, methods=["GET"])
    blueprint.add_url_rule("/campaigns/poster", "poster", poster, methods=["GET"])
    blueprint.add_url_rule("/campaigns/<code>", "campaign", campaign, methods=["GET"])
    blueprint.add_url_rule("/campaigns/<code>/invite", "invite_to_campaign", invite_to_campaign, methods=["POST"])
    blueprint.add_url_rule("/campaigns/<code>/stop", "stop_inviting", stop_inviting, methods=["POST"])
    blueprint.add_url_rule("/campaigns/<code>/answers", "campaign_answers", campaign_answers, methods=["POST"])


def _review() -> CampaignReview:
    found = desk().rooms.campaigns
    if found is None:
        abort(404)
    return found


def _invitations() -> Invitations:
    found = desk().rooms.invitations
    if found is None:
        abort(404)
    return found


def _posters() -> Posters:
    found = desk().rooms.posters
    if found is None:
        abort(404)
    return found


def campaigns() -> ResponseReturnValue:
    return render_template("staff/campaigns.html", campaigns=_review().all(), posters=_posters(), english=ENGLISH)


def campaign(code: str) -> ResponseReturnValue:
    results = _review().results(code, member())
    is_open = results.state is State.OPEN
    return render_template(
        "staff/campaign.html",
        results=results,
        plan=_invitations().plan(code) if is_open else None,
        standing=_review().records.standing(code),
        limits=_invitations().limits,
        posters=_posters(),
        may_invite=may_publish(member()),
        month=use.month() if is_open and (use := _invitations().spending) else None,
    )


def invite_to_campaign(code: str) -> ResponseReturnValue:
    try:
        tell("campaign_invited", count=_invitations().start(code, member(), beyond=read_beyond(request.form)))
    except BeyondCeilingError:
        tell("beyond_ceiling")
    return go(url_for("staff.campaign", code=code))


def stop_inviting(code: str) -> ResponseReturnValue:
    stopped = _invitations().stop(code, member())
    tell("campaign_stopped", count=stopped)
    return go(url_for("staff.campaign", code=code))


def campaign_answers(code: str) -> ResponseReturnValue:
    """A file of the redacted answers. Its download stands in the audit trail."""
    rows = _review().rows(code, member())
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)
    # Spreadsheets know UTF-8 by its mark.
    response = Response(text.getvalue().encode("utf-8-sig", "backslashreplace"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="campaign-{code}.csv"'
    return response


def poster() -> ResponseReturnValue:
    """``for``: the code of a campaign or a place; ``to``: where its code leads."""
    asked = request.args
    if asked.get("to", "") not in tuple(LeadsTo):
        raise NotFound
    found = _posters().poster(asked.get("for", ""), Locale(asked.get("locale", "")), LeadsTo(asked["to"]))
    return render_template("staff/poster.html", poster=found, code=drawn(found.link))
