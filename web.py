"""The web application: webhooks, web chat, plain pages, the team's site, the operators' pages, on one Flask.

A part of the wiring, as `doors.py` is; `app.create_app` imports it. Loads no spaCy.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask, redirect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from bot.council import Admission, CouncilDoor
from bot.danger import PassingOn
from bot.errors import BotError
from bot.exports import Exports
from bot.heard import Redaction
from bot.imports import Imports
from bot.passkeys import Passkeys
from bot.second_step import SecondStep
from bot.taggers import TaggerShelf
from bot.wall import Role
from channels.changes_shown import ChangesShown
from channels.mydata import my_data_blueprint
from channels.pages import pages_blueprint
from channels.webchat import webchat_blueprint
from channels.webhooks import webhook_blueprint
from channels.widget import widget_blueprint
from job_wiring import open_jobs
from rooms import open_alert_desk, open_deletions, open_rooms, shipped_figures
from settings import listed
from staff import totp
from staff.council import CouncilAccounts
from staff.headers import security_headers
from staff.site import register_staff
from staff.webauthn_check import WebauthnCheck
from storage.door import SqlDoor
from storage.identities import SqlIdentities
from storage.passkeys import SqlPasskeys
from storage.second_step import SqlFactors

if TYPE_CHECKING:
    from parts import Earshot

log = logging.getLogger("earshot")


def assemble(earshot: Earshot) -> Flask:
    settings = earshot.settings
    app = Flask("earshot", static_folder=None)
    app.secret_key = earshot.secret_key
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops)  # type: ignore[method-assign] # as Flask documents it
    security_headers(app)
    _add_providers(app, earshot)
    _add_families(app, earshot)
    _add_staff(app, earshot)
    _add_operators_pages(app, earshot)
    return app


def _add_providers(app: Flask, earshot: Earshot) -> None:
    app.register_blueprint(webhook_blueprint(earshot.gates, earshot.intake, earshot.settings.public_url, channel_log=earshot.log))


def _add_families(app: Flask, earshot: Earshot) -> None:
    """The web chat and its widget, the plain pages, and the page that shows somebody what we hold."""
    app.register_blueprint(
        webchat_blueprint(
            store=earshot.store,
            intake=earshot.intake,
            clock=earshot.clock,
            secret_key=earshot.secret_key,
            allowed_origins=listed(earshot.settings.allowed_origins),
            locales=earshot.wording.locales,
            resuming=earshot.resuming,
        )
    )
    app.register_blueprint(widget_blueprint(locales=earshot.wording.locales))
    app.register_blueprint(
        pages_blueprint(
            store=earshot.store,
            intake=earshot.intake,
            clock=earshot.clock,
            secret_key=earshot.secret_key,
            public_url=earshot.settings.public_url,
            wishes=open_deletions(earshot.database, earshot.store, earshot.clock),
            locales=earshot.wording.locales,
            asks=earshot.campaigns.asks,
            redact=_as_others_see_it,
            changes=earshot.actions.changes,
        )
    )
    app.register_blueprint(
        my_data_blueprint(
            my_data=earshot.my_data,
            clock=earshot.clock,
            secret_key=earshot.secret_key,
            day=earshot.wording.day,
            theme=earshot.taxonomy.label,
            locales=earshot.wording.locales,
        )
    )


def _as_others_see_it(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """What finds names takes 30 MB; it is read when a family first asks how their words would look."""
    from nlp.name_masking import redact

    return redact(text)


def _changes_shown(earshot: Earshot) -> ChangesShown:
    return ChangesShown(
        earshot.wording,
        secret_key=earshot.secret_key,
        public_url=earshot.settings.public_url,
        locales=earshot.wording.locales,
    )


def _add_staff(app: Flask, earshot: Earshot) -> None:
    register_staff(
        app,
        store=earshot.store,
        kept_sessions=SqlDoor(earshot.database, earshot.sealer),
        clock=earshot.clock,
        taxonomy=earshot.taxonomy,
        channels=sorted(earshot.channels),
        demo=earshot.settings.demo,
        production=earshot.settings.env == "production",
        rooms=replace(
            open_rooms(
                database=earshot.database,
                sealer=earshot.sealer,
                store=earshot.store,
                intake=earshot.intake,
                replies=earshot.replies,
                clock=earshot.clock,
                holding=earshot.holding,
                locales=earshot.wording.locales,
                taxonomy=earshot.taxonomy,
            ),
            public_url=earshot.settings.public_url,
            words=earshot.word_desk,
            showing=earshot.showing,
            actions=replace(earshot.actions.actions, preview=_changes_shown(earshot)),
            telling=earshot.actions.telling,
            action_requests=earshot.actions.requests,
            campaigns=earshot.campaigns.review,
            invitations=earshot.campaigns.invitations,
            posters=earshot.campaigns.posters,
            taggers=TaggerShelf(records=earshot.taggers, shipped=shipped_figures()),
            second_step=open_second_step(earshot),
            passkeys=open_passkeys(earshot),
            alert_desk=open_alert_desk(
                earshot.database,
                earshot.sealer,
                earshot.store,
                earshot.clock,
                outcome_within=earshot.outcome_within,
                routes=frozenset(earshot.channels),
            ),
            council=open_council(app, earshot),
            passing_on=PassingOn(earshot.wording, earshot.signposts),
            jobs=(jobs := open_jobs(earshot)),
            imports=Imports(jobs, earshot.wording.locales),
            exports=Exports(jobs),
        ),
        files=earshot.media.files,
    )


def open_council(app: Flask, earshot: Earshot) -> CouncilAccounts | None:
    """Authlib is read only where the council's accounts are used."""
    settings = earshot.settings
    if not settings.oidc_issuer:
        return None
    from staff.oidc import Oidc

    pairs = (pair.rpartition("=") for pair in listed(settings.oidc_roles))
    admission = Admission(
        roles=tuple((theirs.strip(), Role(ours.strip())) for theirs, _, ours in pairs),
        claim=settings.oidc_roles_claim,
        tenants=frozenset(listed(settings.oidc_tenants)),
        domains=frozenset(domain.casefold() for domain in listed(settings.oidc_domains)),
    )
    return CouncilAccounts(
        provider=Oidc(
            app, issuer=settings.oidc_issuer, client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret
        ),
        door=CouncilDoor(
            identities=SqlIdentities(earshot.database, earshot.sealer),
            store=earshot.store,
            work=earshot.store,
            clock=earshot.clock,
            admission=admission,
        ),
        back=f"{settings.public_url}/staff/council/back",
        only_local=settings.only_local_account.casefold(),
    )


def open_passkeys(earshot: Earshot) -> Passkeys | None:
    """None where browsers would bind no key to our address."""
    check = WebauthnCheck(earshot.settings.public_url)
    if not check.is_usable:
        return None
    return Passkeys(records=SqlPasskeys(earshot.database), check=check, store=earshot.store, clock=earshot.clock)


def open_second_step(earshot: Earshot) -> SecondStep:
    said = "none" if earshot.settings.demo else earshot.settings.second_step_roles
    return SecondStep(
        records=SqlFactors(earshot.database, earshot.sealer),
        store=earshot.store,
        clock=earshot.clock,
        step_of=totp.step_of,
        new_secret=totp.new_secret,
        needed_for=frozenset(() if said == "none" else listed(said)),
    )


def _add_operators_pages(app: Flask, earshot: Earshot) -> None:
    """`/healthz`: this process answers. `/readyz`: it can reach the store, so it may be given work. `/`: on to the talk."""
    if not earshot.settings.demo:  # which has a first page of its own

        @app.get("/")
        def first() -> Response:
            return redirect("/chat")

    @app.get("/healthz")
    def healthz() -> tuple[str, int]:
        return "ok\n", 200

    @app.get("/readyz")
    def readyz() -> tuple[str, int]:
        try:
            earshot.store.next_turn_at()
        except BotError as error:
            log.warning("not ready: %s", error)
            return "not ready\n", 503
        return "ready\n", 200
