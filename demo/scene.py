"""All the parts of one demo, joined: a store in a folder, the clock, the stand-ins for the networks, the team, the phones."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from random import Random

from flask import Flask

import app as earshot_app
from bot import toml
from bot.model import ChannelName
from bot.ports import Channel
from bot.records import StaffMember
from bot.review import Review
from channels.sessions import Sessions
from demo import reviewing
from demo.app_phones import MessengerPhone, TelegramPhone
from demo.attachments import MadeUpFiles
from demo.bot_api import BotApi, bot_api_blueprint
from demo.clock import DemoClock
from demo.corpus import load
from demo.desk import Parts as DeskParts
from demo.desk import TeamsDesk
from demo.graph import Graph, MetaApp, graph_blueprint
from demo.handset import Handset, Line, brought_by
from demo.made_up import say_made_up
from demo.mail import MailTray
from demo.month import MONTH, OURS, PHONES, ROTA, Arrival, arrange, number_of
from demo.overheard import Overheard
from demo.page import Cast, Login, Page
from demo.posted import Phone
from demo.provider import ACCOUNT_SID, SMS_NUMBER, WHATSAPP_NUMBER, Provider, provider_blueprint
from demo.ready import languages, load_ready_made
from demo.reviewing import Team
from demo.road import Inside, Loopback, Road
from demo.seeding import Parts, Seeding
from demo.tallies import Tallies
from demo.views import demo_blueprint
from parts import Earshot
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords, made_password
from storage.keys import new_key
from storage.migrations import upgrade

PROVIDER, GRAPH, BOT_API = "/demo/provider", "/demo/graph", "/demo/telegram"
_MESSENGER_PERSON, _TELEGRAM_CHAT = 5100000000000001, 5000111222
"""The visitor's first parent there; the next ones count on from them."""
SEED = 20261119
_SEND_CAP = 100_000
"""An hour's cap that a month played in a minute does not reach."""


@dataclass
class Scene:
    """``opened_at`` is when the demo opens to its visitor: the end of the month that is played first."""

    earshot: Earshot
    clock: DemoClock
    provider: Provider
    graph: Graph
    bot_api: BotApi
    app: Flask
    login: Login
    members: Sequence[StaffMember]
    opened_at: datetime
    token: str
    seed: int = SEED

    @cached_property
    def random(self) -> Random:
        return Random(self.seed)  # noqa: S311 - chance for a play, not for secrets

    def arrivals(self, count: int) -> tuple[Arrival, ...]:
        return arrange(load(), count, now=self.opened_at, random=self.random)

    def seeding(self) -> Seeding:
        """Plays the month. The worker must not be running yet: seeding does its work at the right moments."""
        inside = Inside(self.app)
        parts = Parts(
            clock=self.clock,
            store=self.earshot.store,
            worker=self.earshot.worker(),
            road=inside,
            sessions=Sessions(self.earshot.secret_key),
            handset=lambda channel, number: self.handset(ChannelName(channel), number, inside),
            settled=self.provider.callbacks.wait,
        )
        words = toml.read(reviewing.STAFF)
        team = Team(
            members=self.members,
            store=self.earshot.store,
            clock=self.clock,
            hours=self.earshot.hours,
            review=Review(
                self.earshot.store,
                self.clock,
                self.earshot.taxonomy.version,
                frozenset(theme.code for theme in self.earshot.taxonomy.living()),
            ),
            random=self.random,
            outcomes=toml.words(words, "outcomes", where=reviewing.STAFF.name),
            mistaken=toml.need(words, "mistaken", str, where=reviewing.STAFF.name),
        )
        return Seeding(parts, team, end=self.opened_at, random=self.random)

    def desk(self, seeding: Seeding) -> TeamsDesk:
        """What the team does in that month beside reading."""
        found: Desk = self.app.extensions[EXTENSION]
        inside = Inside(self.app)
        return TeamsDesk(
            parts=DeskParts.of(found.rooms),
            store=self.earshot.store,
            clock=self.clock,
            hours=self.earshot.hours,
            members={member.username: member for member in self.members},
            handset=lambda number: self.handset(ChannelName("sms"), number, inside),
            work=seeding.work,
            end=self.opened_at,
        )

    def handset(self, channel: ChannelName, number: str, road: Road) -> Handset:
        public_url = self.earshot.settings.public_url
        line = Line(
            account_sid=ACCOUNT_SID,
            token=self.token,
            service=OURS[channel],
            public_url=public_url,
            media_origin=f"{public_url}{PROVIDER}",
            hear=self.provider.hear,
            brought=brought_by(self.provider),
        )
        return Handset(channel, number, line=line, road=road, clock=self.clock)


def set_up(
    folder: Path, *, port: int, now: datetime | None = None, seed: int = SEED, extra_channels: Sequence[Channel] = ()
) -> Scene:
    """Everything made and nothing running. ``folder`` holds the store and is thrown away by whoever made it."""
    opened_at = now or datetime.now(UTC)
    clock = DemoClock(opened_at - MONTH)
    token = secrets.token_hex(16)
    url = f"http://127.0.0.1:{port}"
    loopback = Loopback(url)
    graph = Graph(MetaApp(token=secrets.token_hex(16), secret=secrets.token_hex(16)), road=loopback, now=clock.now)
    bot_token, secret = f"7700900123:{secrets.token_urlsafe(24)}", secrets.token_urlsafe(24)
    bot_api = BotApi(token=bot_token, secret=secret, road=loopback, now=clock.now)
    here = {"PORT": port, "EARSHOT_PUBLIC_URL": url, "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}"}
    networks = _twilio(url, token) | _meta(url, graph.app) | _telegram(url, bot_token, secret)
    settings = earshot_app.Settings.read(**_environment(here | networks))
    upgrade(settings.database_url)
    earshot = earshot_app.build(settings, clock=clock, extra_channels=(MailTray(), *extra_channels))
    earshot.media.sources = dict.fromkeys(earshot.channels, MadeUpFiles())
    earshot.random = Random(seed)  # noqa: S311 - references of invented people
    password = made_password()
    members = reviewing.members(Passwords().hash(password))
    with earshot.store.transaction() as tx:
        for member in members:
            tx.add_staff(member, clock.now())
    scene = Scene(
        earshot=earshot,
        clock=clock,
        provider=Provider(tokens=(token,), reports=("sent", "delivered"), now=clock.now),
        graph=graph,
        bot_api=bot_api,
        app=earshot_app.create_app(earshot),
        login=Login(username=members[0].username, password=password),
        members=members,
        opened_at=opened_at,
        token=token,
        seed=seed,
    )
    _open(scene, loopback)
    return scene


def _open(scene: Scene, loopback: Loopback) -> None:
    """Put the stand-ins and the demo's own pages into the application."""
    overheard = Overheard(Sessions(scene.earshot.secret_key), scene.clock.now)
    scene.app.register_blueprint(provider_blueprint(scene.provider, url_prefix=PROVIDER))
    scene.app.register_blueprint(graph_blueprint(scene.graph, url_prefix=GRAPH))
    scene.app.register_blueprint(bot_api_blueprint(scene.bot_api, url_prefix=BOT_API))
    scene.app.register_blueprint(demo_blueprint(_page(scene, loopback, overheard)))
    say_made_up(scene.app)
    scene.app.wsgi_app = overheard.around(scene.app.wsgi_app)  # type: ignore[method-assign, assignment] # as Flask documents it


def _environment(given: dict[str, object]) -> dict[str, object]:
    """Every setting by its name outside, so that nothing of the real environment reaches into the demo."""
    fields = earshot_app.Settings.model_fields.items()
    return {
        **{str(field.validation_alias or name): field.default for name, field in fields},
        "demo": True,
        "EARSHOT_SECRET_KEY": secrets.token_urlsafe(48),
        "EARSHOT_DATA_KEYS": new_key(),
        "EARSHOT_SEND_CAP": _SEND_CAP,
        **given,
    }


def _twilio(url: str, token: str) -> dict[str, object]:
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": token,
        "TWILIO_SMS_NUMBER": SMS_NUMBER,
        "TWILIO_WHATSAPP_NUMBER": WHATSAPP_NUMBER,
        "TWILIO_API_URL": f"{url}{PROVIDER}",
    }


def _meta(url: str, app: MetaApp) -> dict[str, object]:
    return {
        "META_PAGE_ID": app.page_id,
        "META_APP_ID": app.app_id,
        "META_PAGE_TOKEN": app.token,
        "META_APP_SECRET": app.secret,
        "META_VERIFY_TOKEN": secrets.token_hex(16),
        "META_API_URL": f"{url}{GRAPH}",
    }


def _telegram(url: str, token: str, secret: str) -> dict[str, object]:
    return {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": secret, "TELEGRAM_API_URL": f"{url}{BOT_API}"}


def _page(scene: Scene, loopback: Loopback, overheard: Overheard) -> Page:
    earshot = scene.earshot

    def phones(parent: int) -> list[Phone]:
        twilio = [scene.handset(ChannelName(channel), number_of(channel, parent), loopback) for channel in PHONES]
        return [
            *twilio,
            MessengerPhone(str(_MESSENGER_PERSON + parent), graph=scene.graph, clock=scene.clock),
            TelegramPhone(str(_TELEGRAM_CHAT + parent), api=scene.bot_api, clock=scene.clock),
        ]

    return Page(
        clock=scene.clock,
        hours=earshot.hours,
        store=earshot.store,
        wake=earshot.wake,
        channels=earshot.channels,
        cast=Cast(phones),
        overheard=overheard,
        tallies=Tallies(store=earshot.store, clock=scene.clock, script=earshot.script, taxonomy=earshot.taxonomy),
        login=scene.login,
        rota=ROTA,
        brought=brought_by(scene.provider),
        ready_made=load_ready_made(),
        languages=languages(earshot.wording.locales),
    )
