"""One alert whose words stand in no experience: take it, read it for a reason, close it with an outcome."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.alert_records import LooseAlert
from staff.desk import desk, go, member, tell
from staff.forms import Outcome, Reason
from staff.views.experience import tell_who_has


def add_loose(blueprint: Blueprint) -> None:
    at = "/alerts/<uuid:alert_id>"
    blueprint.add_url_rule(at, "loose_alert", loose_alert, methods=["GET"])
    blueprint.add_url_rule(f"{at}/take", "take_loose_alert", take_loose_alert, methods=["POST"])
    blueprint.add_url_rule(f"{at}/close", "close_loose_alert", close_loose_alert, methods=["POST"])
    blueprint.add_url_rule(f"{at}/clear", "clear_loose_alert", clear_loose_alert, methods=["POST"])
    blueprint.add_url_rule(f"{at}/words", "open_words", open_words, methods=["POST"])


def loose_alert(alert_id: UUID) -> ResponseReturnValue:
    """Once an experience has come, that is where the alert stands."""
    loose = desk().loose.look(alert_id, member())
    if loose.reference is not None:
        if "note" not in session:  # what was just done is said first
            tell("alert_moved")
        return go(url_for("staff.experience", reference=loose.reference.replace(" ", "-")))
    return _page(loose, is_opened=session.pop("opened", None) == str(alert_id))


def take_loose_alert(alert_id: UUID) -> ResponseReturnValue:
    if desk().loose.take(alert_id, member()):
        tell("alert_taken")
    else:
        tell_who_has(desk().loose.look(alert_id, member()).alert)
    return go(_address(alert_id))


def close_loose_alert(alert_id: UUID) -> ResponseReturnValue:
    outcome = Outcome.read(request.form)
    if outcome.errors:
        return _page(desk().loose.look(alert_id, member()), outcome=outcome), 400
    if not desk().loose.close(alert_id, member(), str(outcome)):
        return _page(desk().loose.look(alert_id, member()), outcome=outcome.overtaken()), 409
    tell("alert_closed")
    return go(_address(alert_id))


def clear_loose_alert(alert_id: UUID) -> ResponseReturnValue:
    reason = Reason.read(request.form)
    if reason.errors:
        return _page(desk().loose.look(alert_id, member()), clear_reason=reason.of_clearing()), 400
    tell("alert_cleared" if desk().loose.clear(alert_id, member(), reason.why) else "alert_not_cleared")
    return go(_address(alert_id))


def open_words(alert_id: UUID) -> ResponseReturnValue:
    """The page after this one shows them. Only the alert's id is carried there: no words are in a cookie."""
    reason = Reason.read(request.form)
    if reason.errors:
        return _page(desk().loose.look(alert_id, member()), reason=reason), 400
    desk().loose.ask_for_words(alert_id, member(), reason.why)
    session["opened"] = str(alert_id)
    tell("words_shown")
    return go(_address(alert_id))


def _address(alert_id: UUID) -> str:
    return url_for("staff.loose_alert", alert_id=alert_id)


def _page(
    loose: LooseAlert,
    *,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
    clear_reason: Reason | None = None,
    is_opened: bool = False,
) -> str:
    opened = desk().loose.open_words(loose.alert.id, member()) if is_opened else None
    return render_template(
        "staff/loose.html", loose=loose, outcome=outcome, reason=reason, clear_reason=clear_reason, opened=opened
    )
