"""The team's site as one blueprint under ``/staff``: everything in it is behind the login but the way in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, send_from_directory, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.exceptions import NotFound as NoSuchPage

from bot import look
from bot.door import DoorRecords, Inside, Way
from bot.errors import BlobMissing, NotFound, StoreUnavailable
from bot.imports import LARGEST_FILE
from bot.media import Files
from bot.own_themes import LivingCodes
from bot.ports import Clock, Store
from bot.review import Review, UnknownTheme
from bot.themes import Taxonomy
from bot.wall import NotYourRole, NotYours, is_with_safeguarding, may_publish
from staff import assets, sessions
from staff.desk import EXTENSION, Desk, Rooms, desk, entered, handles_alerts, leaving, task_counts, tell, told
from staff.gated import FormsForWhoMaySend, may_send
from staff.gates import first_page, may_enter
from staff.marks import readable, shown
from staff.passwords import Passwords
from staff.views.account import add_account
from staff.views.action_requests import add_action_requests
from staff.views.actions import add_actions
from staff.views.alerts import add_alerts
from staff.views.campaigns import add_campaigns
from staff.views.channel_log import add_channel_log
from staff.views.comments import add_comments
from staff.views.council import add_council
from staff.views.deletions import add_deletions
from staff.views.desk_work import add_desk_work
from staff.views.door import add_door
from staff.views.enter import add_enter
from staff.views.experience import add_experience
from staff.views.files import add_files
from staff.views.guide import add_guide
from staff.views.hold import add_hold
from staff.views.inbox import add_inbox
from staff.views.invitation import add_invitation
from staff.views.jobs import add_jobs
from staff.views.looked import add_looked
from staff.views.loose import add_loose
from staff.views.matters import add_matters
from staff.views.milestones import add_milestones
from staff.views.names import add_names
from staff.views.own_themes import add_own_themes
from staff.views.partner import add_partner
from staff.views.passages import add_passages
from staff.views.passing import add_passing
from staff.views.passkeys import add_passkeys
from staff.views.removing import add_removing
from staff.views.review import add_review
from staff.views.same import add_same
from staff.views.saved_replies import add_saved_replies
from staff.views.second_step import add_second_step
from staff.views.sure_ones import add_sure_ones
from staff.views.tagger import add_tagger
from staff.views.tasks import add_tasks
from staff.views.team import add_team
from staff.views.today import add_today
from staff.views.translate import add_translate
from staff.views.words import add_words

_DOOR = ("sign_in", "try_to_sign_in", "council", "council_back", "invitation", "accept_invitation", "static")
PUBLIC = frozenset(f"staff.{name}" for name in _DOOR)
"""What answers without a login."""
HALFWAY = frozenset({"staff.second_step", "staff.try_second_step", "staff.sign_out"})
"""What answers between the password and the second step; but for the last, only there."""
SETTING_UP = frozenset({"staff.two_step", "staff.begin_two_step", "staff.confirm_two_step", "staff.sign_out"})
"""What answers who needs the second step and has not set it up."""

BY_THE_CLOCK = "X-By-The-Clock"
"""Stands over what a page asks by itself while it is open: a page on a screen keeps nobody signed in."""
UPLOAD = "staff.upload_import"
LARGEST_FORM = 256 * 1024
"""Bytes. Our largest holds an outcome and the themes of a long experience, well under this."""

_HERE = Path(__file__).parent
_BRACKETS = re.compile(r"\([^()]*\)")
_CODE = re.compile(r"[a-z_]+")
_LONG_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def register_staff(
    app: Flask,
    *,
    store: Store,
    kept_sessions: DoorRecords,
    clock: Clock,
    taxonomy: Taxonomy,
    zone: ZoneInfo | None = None,
    channels: Sequence[str] = ("sms", "whatsapp", "webchat", "pages"),
    demo: bool = False,
    production: bool = False,
    passwords: Passwords | None = None,
    rooms: Rooms | None = None,
    files: Files | None = None,
) -> None:
    """Put the site into the application, at ``/staff``. ``app.secret_key`` must be set."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-earshot" if production else "earshot",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=production,
        # webhooks are signed by their providers instead; this blueprint checks each of its own forms
        WTF_CSRF_CHECK_DEFAULT=False,
        # a form lives as long as the session it stands in
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.add_extension(FormsForWhoMaySend)
    csrf = CSRFProtect(app)
    app.extensions[EXTENSION] = Desk(
        store=store,
        clock=clock,
        taxonomy=taxonomy,
        review=Review(store, clock, taxonomy.version, LivingCodes(taxonomy)),
        passwords=passwords or Passwords(),
        sessions=kept_sessions,
        zone=zone or ZoneInfo("Europe/London"),
        channels=channels,
        demo=demo,
        rooms=rooms or Rooms(),
        files=files,
    )
    problem = assets.problem()
    if problem:
        app.logger.warning(problem)
    app.register_blueprint(staff_blueprint(csrf))


class _Site(Blueprint):
    """Its files are its own and those that all pages share."""

    def send_static_file(self, filename: str) -> Response:
        return send_from_directory(look.folder_of(filename, self.static_folder), filename)


def staff_blueprint(csrf: CSRFProtect) -> Blueprint:
    blueprint = _Site("staff", __name__, url_prefix="/staff", static_folder="static")
    # Not template_folder: the macros of GOV.UK Frontend are found beside our own templates.
    blueprint.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader([_HERE / "templates", look.FOLDER]),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    for add in (
        add_door,
        add_council,
        add_invitation,
        add_account,
        add_partner,
        add_team,
        add_second_step,
        add_passkeys,
        add_inbox,
        add_review,
        add_sure_ones,
        add_experience,
        add_looked,
        add_passing,
        add_desk_work,
        add_passages,
        add_removing,
        add_hold,
        add_saved_replies,
        add_tasks,
        add_today,
        add_translate,
        add_files,
        add_alerts,
        add_loose,
        add_enter,
        add_jobs,
        add_comments,
        add_deletions,
        add_names,
        add_same,
        add_milestones,
        add_actions,
        add_action_requests,
        add_matters,
        add_campaigns,
        add_channel_log,
        add_guide,
        add_own_themes,
        add_tagger,
        add_words,
    ):
        add(blueprint)
    blueprint.add_url_rule("/<path:anything>", "nowhere", _nowhere, methods=["GET"])
    blueprint.before_request(_know_who)
    blueprint.before_request(csrf.protect)
    blueprint.after_request(_keep_out_of_caches)
    blueprint.context_processor(_at_hand)
    blueprint.add_app_template_global(may_send, "may_send")
    blueprint.add_app_template_filter(readable, "readable")
    blueprint.add_app_template_filter(shown, "shown")
    blueprint.add_app_template_filter(_at_the_desk, "at_the_desk")
    blueprint.add_app_template_filter(_name_themes, "name_themes")
    for error in (
        CSRFError,
        BlobMissing,
        NotFound,
        NotYours,
        NotYourRole,
        UnknownTheme,
        BadRequest,
        NoSuchPage,
        RequestEntityTooLarge,
        StoreUnavailable,
    ):
        blueprint.register_error_handler(error, _problem)
    return blueprint


def _know_who() -> ResponseReturnValue | None:
    """Nothing here is shown to a stranger: whoever is not signed in is sent to the door, and on afterwards."""
    request.max_content_length = LARGEST_FORM if request.endpoint != UPLOAD else LARGEST_FORM + LARGEST_FILE
    if request.endpoint == "staff.static":
        return None
    at = desk()
    g.inside = sessions.inside(session, at.door, by_person=BY_THE_CLOCK not in request.headers)
    g.member = None if g.inside is None or not g.inside.session.whole else g.inside.member
    if request.endpoint in PUBLIC:
        return None
    if g.inside is not None:
        return _on_the_way(at, g.inside)
    if sessions.is_begun(session):
        session.clear()
        tell("session_over")
    return redirect(url_for("staff.sign_in", onward=_onward()), code=303)


def _on_the_way(at: Desk, inside: Inside) -> ResponseReturnValue | None:
    """Whoever still owes the second step, or must set it up, gets no further before."""
    if not inside.session.whole:
        return None if request.endpoint in HALFWAY else redirect(url_for("staff.second_step"), code=303)
    role, endpoint = inside.member.role, request.endpoint or ""
    if endpoint == "staff.second_step":
        return redirect(url_for("staff.home"), code=303)
    step = at.rooms.second_step
    owes = step is not None and step.is_needed(inside.member) and not inside.session.stepped
    g.owes_step = owes and inside.session.way is Way.PASSWORD
    if g.owes_step and endpoint not in SETTING_UP:
        return redirect(url_for("staff.two_step"), code=303)
    if endpoint == "staff.home":
        return redirect(url_for(first_page(role)))
    if not may_enter(endpoint, role):
        raise NotYourRole
    return None


def _onward() -> str | None:
    """Where to go after the door. A POST cannot be taken up again: its experience, or its alert, is as near as it gets."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    args = request.view_args or {}
    if "reference" in args:
        return url_for("staff.experience", reference=args["reference"])
    if "task_id" in args:
        return url_for("staff.task", task_id=args["task_id"])
    return url_for("staff.loose_alert", alert_id=args["alert_id"]) if "alert_id" in args else None


def _nowhere(anything: str) -> ResponseReturnValue:
    del anything
    raise NoSuchPage


def _keep_out_of_caches(response: Response) -> Response:
    if request.endpoint != "staff.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _at_hand() -> dict[str, object]:
    """What every template of ours may use."""
    at = desk()
    return {
        "me": g.get("member"),
        "handles_alerts": handles_alerts,
        "task_counts": task_counts,
        "leaving": leaving,
        "may_enter": entered,
        "owes_step": g.get("owes_step", False),
        "is_with_safeguarding": is_with_safeguarding,
        "may_publish": may_publish,
        "today": at.today(),
        "now": at.clock.now(),
        "demo": at.demo,
        "rooms": at.rooms,
        "channels_offered": at.channels,
        "taxonomy": at.taxonomy,
        "label": at.label,
        "told": told,
        "style_version": _version(look.FOLDER / "tokens.css", _HERE / "static" / "earshot.css"),
        "assets_problem": assets.problem(),
    }


def _at_the_desk(moment: datetime) -> datetime:
    """A time as the clock on the team's wall shows it."""
    return moment.astimezone(desk().zone)


def _name_themes(text: str) -> str:
    """A sentence of the guide with the codes in it as the names that staff know.

    In brackets any code is one; elsewhere only those that no English word could be.
    """
    codes = desk().taxonomy.themes

    def named(found: re.Match[str]) -> str:
        return desk().label(found[0]) if found[0] in codes else found[0]

    in_brackets = _BRACKETS.sub(lambda found: _CODE.sub(named, found[0]), text)
    return _LONG_CODE.sub(named, in_brackets)


def _version(*sheets: Path) -> str:
    """Changes when one of our stylesheets does, so that no browser keeps an old one."""
    return sha256(b"".join(sheet.read_bytes() for sheet in sheets)).hexdigest()[:8]


def _problem(error: Exception) -> ResponseReturnValue:
    """A page that says what went wrong and what to do. ``problem`` is a key of ``templates/staff/problem.html``."""
    match error:
        case CSRFError():
            words, status = "form_over", 400
        case NotFound() | NoSuchPage():
            words, status = "not_found", 404
        case BlobMissing():
            words, status = "file_missing", 404
        case NotYourRole():
            words, status = "not_your_role", 403
        case NotYours():
            words, status = "not_yours", 403
        case StoreUnavailable():
            words, status = "store_down", 503
        case RequestEntityTooLarge():
            words, status = "file_too_large" if request.endpoint == UPLOAD else "bad_form", 413
        case _:
            words, status = "bad_form", 400
    headers = {"Retry-After": "10"} if isinstance(error, StoreUnavailable) else {}
    return render_template("staff/problem.html", problem=words), status, headers
