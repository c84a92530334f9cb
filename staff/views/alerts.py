"""The safeguarding lead's pages: every open alert, the rota, fire drills, the referral sheet, and what is shown as feedback.

The link in a call opens the list. Opening it takes nothing, for programs that preview links open them too.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.alert_desk import HISTORY, AlertDesk, Drill, Sheet
from bot.errors import NotFound
from bot.hand_over import NotHandedError
from bot.rota import RotaChangedError
from bot.wall import NotYours
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import read_hand, read_passages
from staff.rota_forms import RotaForm
from staff.views.experience import address_of, look_up


def add_alerts(blueprint: Blueprint) -> None:
    at = "/alerts"
    blueprint.add_url_rule(at, "alerts", alerts, methods=["GET"])
    blueprint.add_url_rule(f"{at}/rota", "rota", rota, methods=["GET"])
    blueprint.add_url_rule(f"{at}/rota", "keep_rota", keep_rota, methods=["POST"])
    blueprint.add_url_rule(f"{at}/drills/<uuid:drill_id>", "drill", drill, methods=["GET"])
    blueprint.add_url_rule(f"{at}/drills/<uuid:drill_id>/take", "take_drill", take_drill, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:alert_id>/sheet", "alert_sheet", alert_sheet, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:alert_id>/sheet.txt", "alert_sheet_text", alert_sheet_text, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:alert_id>/hand", "hand_alert", hand_alert, methods=["POST"])
    blueprint.add_url_rule("/experiences/<reference>/release-passages", "release_passages", release_passages, methods=["POST"])
    blueprint.add_url_rule(f"{at}/released/<uuid:release_id>/take-back", "take_back_release", take_back_release, methods=["POST"])
    blueprint.add_url_rule("/released", "released", released, methods=["GET"])


def alert_desk() -> AlertDesk:
    found = desk().rooms.alert_desk
    if found is None:
        raise NotFound
    return found


def _leads_desk() -> AlertDesk:
    """Refused before anything is looked up: nobody learns what is there."""
    if not handles_alerts():
        raise NotYours
    return alert_desk()


def alerts() -> ResponseReturnValue:
    use = _leads_desk()
    return render_template(
        "staff/alerts.html",
        waiting=use.waiting(member()),
        kept_back=use.kept_back(member()),
        rota=use.rota(),
        on_duty=use.rota().on_duty(use.clock.now()),
        holes=use.holes(),
        drills=use.records.drills(limit=HISTORY),
    )


def rota() -> ResponseReturnValue:
    use = _leads_desk()
    return _rota_page(use, RotaForm.of(use.rota()))


def keep_rota() -> ResponseReturnValue:
    use = _leads_desk()
    form = RotaForm.read(request.form)
    if form.errors:
        return _rota_page(use, form), 400
    try:
        use.keep_rota(member(), form.rungs(), after=form.number)
    except RotaChangedError:
        return _rota_page(use, RotaForm(form.lines, use.rota().number), is_changed=True), 409
    tell("rota_kept")
    return go(url_for("staff.rota"))


def _rota_page(use: AlertDesk, form: RotaForm, *, is_changed: bool = False) -> str:
    return render_template(
        "staff/rota.html",
        form=form,
        rota=use.rota(),
        holes=use.holes(),
        history=use.records.rota_history(limit=HISTORY),
        is_changed=is_changed,
    )


def drill(drill_id: UUID) -> ResponseReturnValue:
    return render_template("staff/drill.html", drill=_leads_desk().drill(drill_id, member()))


def take_drill(drill_id: UUID) -> ResponseReturnValue:
    found: Drill = _leads_desk().drill(drill_id, member())
    tell("drill_taken" if alert_desk().take_drill(found.id, member()) else "drill_was_taken")
    return go(url_for("staff.drill", drill_id=drill_id))


def alert_sheet(alert_id: UUID) -> ResponseReturnValue:
    return render_template("staff/alert_sheet.html", sheet=_open_sheet(alert_id))


def alert_sheet_text(alert_id: UUID) -> ResponseReturnValue:
    """Plain text to keep in a case file: nothing in it is read as markup by whatever opens it."""
    words = render_template("staff/alert_sheet.txt", sheet=_open_sheet(alert_id))
    answer = Response(words, mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=referral.txt"
    return answer


def _open_sheet(alert_id: UUID) -> Sheet:
    return _leads_desk().open_sheet(alert_id, member())


def hand_alert(alert_id: UUID) -> ResponseReturnValue:
    """Refused with a sentence where it was taken, handed on or closed meanwhile."""
    use = _leads_desk()
    to = read_hand(request.form)
    if to is None:
        tell("hand_choose")
    else:
        try:
            tell("alert_handed", to=use.hand_over(alert_id, member(), to))
        except NotHandedError:
            tell("alert_not_handed")
    return go(url_for("staff.loose_alert", alert_id=alert_id))


def release_passages(reference: str) -> ResponseReturnValue:
    use = _leads_desk()
    view = look_up(reference)
    chosen = read_passages(request.form)
    tell("passages_released", count=use.release(view, member(), chosen)) if chosen else tell("passages_choose")
    return go(address_of(view.card.reference))


def take_back_release(release_id: UUID) -> ResponseReturnValue:
    _leads_desk().take_back(release_id, member())
    tell("release_taken_back")
    return go(url_for("staff.released"))


def released() -> ResponseReturnValue:
    """For whoever reads: words and themes, and nothing of whose they are."""
    return render_template("staff/released.html", released=alert_desk().feedback())
