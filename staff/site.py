"""The team's site as one blueprint under ``/staff``: everything in it is behind the login but the way in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import NotFound as NoSuchPage

from bot import look
from bot.door import DoorRecords
from bot.media import Files
from bot.own_themes import LivingCodes
from bot.ports import Clock, Store
from bot.review import Review
from bot.themes import Taxonomy
from staff import assets
from staff.at_hand import at_hand, at_the_desk, name_themes
from staff.desk import EXTENSION, Desk, Rooms
from staff.entering import know_who
from staff.every_view import VIEWS
from staff.gated import FormsForWhoMaySend, may_send
from staff.marks import readable, shown
from staff.passwords import Passwords
from staff.problems import ERRORS, problem_page

_HERE = Path(__file__).parent


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
    for add in VIEWS:
        add(blueprint)
    blueprint.add_url_rule("/<path:anything>", "nowhere", _nowhere, methods=["GET"])
    blueprint.before_request(know_who)
    blueprint.before_request(csrf.protect)
    blueprint.after_request(_keep_out_of_caches)
    blueprint.context_processor(at_hand)
    blueprint.add_app_template_global(may_send, "may_send")
    blueprint.add_app_template_filter(readable, "readable")
    blueprint.add_app_template_filter(shown, "shown")
    blueprint.add_app_template_filter(at_the_desk, "at_the_desk")
    blueprint.add_app_template_filter(name_themes, "name_themes")
    for error in ERRORS:
        blueprint.register_error_handler(error, problem_page)
    return blueprint


def _nowhere(anything: str) -> ResponseReturnValue:
    del anything
    raise NoSuchPage


def _keep_out_of_caches(response: Response) -> Response:
    if request.endpoint != "staff.static":
        response.headers["Cache-Control"] = "no-store"
    return response
