"""All the parts of one demo, joined: a store in a folder, the clock, the stand-in for Twilio, the team, the phones."""

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
from bot.records import StaffMember
from bot.review import Review
from channels.sessions import Sessions
from demo import reviewing
from demo.attachments import MadeUpFiles
from demo.clock import DemoClock
from demo.corpus import load
from demo.handset import Handset, Line
from demo.made_up import say_made_up
from demo.month import MONTH, OURS, PHONES, ROTA, Arrival, arrange
from demo.provider import ACCOUNT_SID, SMS_NUMBER, WHATSAPP_NUMBER, Provider, provider_blueprint
from demo.reviewing import Team
from demo.road import Inside, Loopback, Road
from demo.seeding import Parts, Seeding
from demo.tallies import Tallies
from demo.views import Login, Page, demo_blueprint
from staff.passwords import Passwords, made_password
from storage.keys import new_key
from storage.migrations import upgrade

PROVIDER = "/demo/provider"
SEED = 20261119
_SEND_CAP = 100_000
"""An hour's cap that a month played in a minute does not reach."""


@dataclass
class Scene:
    """``opened_at`` is when the demo opens to its visitor: the end of the month that is played first."""

    earshot: earshot_app.Earshot
    clock: DemoClock
    provider: Provider
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

    def handset(self, channel: ChannelName, number: str, road: Road) -> Handset:
        public_url = self.earshot.settings.public_url
        line = Line(
            account_sid=ACCOUNT_SID,
            token=self.token,
            service=OURS[channel],
            public_url=public_url,
            media_origin=f"{public_url}{PROVIDER}",
            hear=self.provider.hear,
        )
        return Handset(channel, number, line=line, road=road, clock=self.clock)


def set_up(folder: Path, *, port: int, now: datetime | None = None, seed: int = SEED) -> Scene:
    """Everything made and nothing running. ``folder`` holds the store and is thrown away by whoever made it."""
    opened_at = now or datetime.now(UTC)
    clock = DemoClock(opened_at - MONTH)
    token = secrets.token_hex(16)
    url = f"http://127.0.0.1:{port}"
    settings = earshot_app.Settings.read(**_environment(folder, url=url, port=port, token=token))
    upgrade(settings.database_url)
    earshot = earshot_app.build(settings, clock=clock)
    earshot.media.sources = dict.fromkeys(earshot.channels, MadeUpFiles())
    earshot.random = Random(seed)  # noqa: S311 - references of invented people
    provider = Provider(tokens=(token,), reports=("sent", "delivered"), now=clock.now)
    password = made_password()
    members = reviewing.members(Passwords().hash(password))
    with earshot.store.transaction() as tx:
        for member in members:
            tx.add_staff(member, clock.now())
    scene = Scene(
        earshot=earshot,
        clock=clock,
        provider=provider,
        app=earshot_app.create_app(earshot),
        login=Login(username=members[0].username, password=password),
        members=members,
        opened_at=opened_at,
        token=token,
        seed=seed,
    )
    scene.app.register_blueprint(provider_blueprint(provider, url_prefix=PROVIDER))
    scene.app.register_blueprint(demo_blueprint(_page(scene, url)))
    say_made_up(scene.app)
    return scene


def _environment(folder: Path, *, url: str, port: int, token: str) -> dict[str, object]:
    """Every setting by its name outside, so that nothing of the real environment reaches into the demo."""
    return {
        "demo": True,
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "PORT": port,
        "EARSHOT_ENV": "development",
        "EARSHOT_PUBLIC_URL": url,
        "EARSHOT_SECRET_KEY": secrets.token_urlsafe(48),
        "EARSHOT_DATA_KEYS": new_key(),
        "EARSHOT_SETTLE_SECONDS": None,
        "EARSHOT_ALLOWED_ORIGINS": "",
        "EARSHOT_PROXY_HOPS": 0,
        "EARSHOT_SMS_COUNTRIES": "+44",
        "EARSHOT_SEND_CAP": _SEND_CAP,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": token,
        "TWILIO_SMS_NUMBER": SMS_NUMBER,
        "TWILIO_WHATSAPP_NUMBER": WHATSAPP_NUMBER,
        "TWILIO_MESSAGING_SERVICE_SID": "",
        "TWILIO_API_URL": f"{url}{PROVIDER}",
    }


def _page(scene: Scene, url: str) -> Page:
    earshot = scene.earshot
    loopback = Loopback(url)
    return Page(
        clock=scene.clock,
        hours=earshot.hours,
        store=earshot.store,
        wake=earshot.wake,
        channels=earshot.channels,
        provider=scene.provider,
        handsets=tuple(scene.handset(ChannelName(channel), number, loopback) for channel, number in PHONES.items()),
        sessions=Sessions(earshot.secret_key),
        tallies=Tallies(store=earshot.store, clock=scene.clock, script=earshot.script, taxonomy=earshot.taxonomy),
        login=scene.login,
        rota=ROTA,
    )
