"""Where everything is put together: the settings, the parts, the web application.

This module may import everything, and only the entrances (`cli/`, `demo/`) import it.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random, SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4

from flask import Flask

from action_wiring import ActionParts, open_actions
from bot.alerts import Alerts
from bot.call_outs import EMAIL, GIVEN_UP, CallOut
from bot.channel_log import ChannelLog
from bot.danger import DangerTexts
from bot.erasures import Erasures
from bot.errors import BadSettings
from bot.holding import Holding
from bot.hours import Hours
from bot.intake import Intake
from bot.linking import Linking
from bot.live_words import LiveTongues, of_files
from bot.model import ChannelName
from bot.mydata import MyData, MyDataLinks
from bot.nudges import Nudges
from bot.outbox import Outbox
from bot.own_themes import LiveThemes
from bot.polling import Polling
from bot.ports import Channel, Clock, Listener, Poller
from bot.posters import LeadsTo
from bot.prices import pence_a_segment
from bot.redaction import Redactor
from bot.replies import Replies
from bot.resuming import Resuming
from bot.retagging import OwnThemeListener
from bot.script import Script
from bot.sending_on import KEY as PASSED_ON
from bot.sending_on import SendingOn
from bot.signposts import Signposts
from bot.taggers import LiveListener
from bot.terms import Terms
from bot.themes import Taxonomy
from bot.turns import Turns
from bot.word_desk import WordDesk
from bot.word_previews import Showing
from bot.wording import Wording
from bot.wording_checks import Checks
from bot.wording_rules import Rules
from bot.worker import Worker
from campaign_wiring import CampaignParts, open_campaigns
from channels.base import Gate
from channels.changes import PATH as CHANGES
from channels.costing import sms_cost
from channels.twilio import Unsendable
from doors import open_doors
from media_wiring import MediaParts, open_media
from name_wiring import PeoplesWords
from passing_wiring import open_sending_on
from settings import Settings as Settings  # noqa: PLC0414 - app.Settings is where the entrances look for it
from settings import listed
from storage import migrations
from storage.channel_log import SqlChannelLog
from storage.database import Database
from storage.erase_by_hand import SqlErasures
from storage.keys import DataKey, development_keys, key_file, parse_keys
from storage.mydata import SqlHoldings
from storage.own_themes import SqlOwnThemes
from storage.polling import SqlShifts
from storage.resuming import RECORD, SqlResumeCodes
from storage.sealing import Sealer
from storage.standing import SqlStandings
from storage.store import SqlStore
from storage.taggers import SqlTaggers
from storage.wake import ClosableWake, wake_for
from storage.words import SqlWords
from sweeps import open_sweeps

if TYPE_CHECKING:
    from bot.matters import Grouping
    from nlp.standing import Listeners

log = logging.getLogger("earshot")


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Earshot:
    """All the parts, joined. The listener is made only when the worker is: the web process never loads spaCy."""

    settings: Settings
    secret_key: str
    clock: Clock
    database: Database
    sealer: Sealer
    store: SqlStore
    wake: ClosableWake
    script: Script
    wording: Wording
    hours: Hours
    signposts: Signposts
    taxonomy: Taxonomy
    channels: Mapping[ChannelName, Channel]
    gates: Mapping[str, Gate]
    pollers: Sequence[Poller]
    media: MediaParts
    replies: Replies
    danger: DangerTexts
    intake: Intake
    log: ChannelLog
    random: Random
    peoples_words: PeoplesWords

    @cached_property
    def listeners(self) -> Listeners:
        from nlp.standing import Listeners

        return Listeners()

    @cached_property
    def listener(self) -> Listener:
        def make(themes: bytes | None, danger: bytes | None) -> Listener:
            return OwnThemeListener(self.listeners(themes, danger), self.own_themes)

        return LiveListener(self.taggers, make)

    @property
    def own_themes(self) -> LiveThemes:
        """The themes at work, as the team has made them."""
        live = self.taxonomy.themes
        if not isinstance(live, LiveThemes):
            raise TypeError("the themes of a running service change with what the team decides")
        return live

    def new_grouping(self) -> Grouping:
        """For one look for new matters, by the sentence model the listeners have."""
        from nlp.matters import MatterGrouping

        return MatterGrouping(lambda: self.listeners.sentences)

    @cached_property
    def taggers(self) -> SqlTaggers:
        return SqlTaggers(self.database, self.sealer)

    @cached_property
    def resuming(self) -> Resuming:
        return Resuming(
            codes=SqlResumeCodes(self.database, self.sealer),
            clock=self.clock,
            references=self.script.references,
            random=self.random,
        )

    @cached_property
    def my_data_codes(self) -> Resuming:
        return replace(self.resuming, codes=SqlResumeCodes(self.database, self.sealer, opens=RECORD))

    @cached_property
    def my_data(self) -> MyData:
        holdings = SqlHoldings(self.database, self.sealer, self.media.blobs, mask=self.peoples_words)
        return MyData(codes=self.my_data_codes, holdings=holdings, store=self.store, clock=self.clock)

    @cached_property
    def holding(self) -> Holding:
        from rooms import open_holding

        return open_holding(
            database=self.database,
            sealer=self.sealer,
            store=self.store,
            replies=self.replies,
            clock=self.clock,
            channels=self.channels,
            hours=self.hours,
        )

    @cached_property
    def campaigns(self) -> CampaignParts:
        return open_campaigns(
            database=self.database,
            sealer=self.sealer,
            store=self.store,
            clock=self.clock,
            script=self.script,
            wording=self.wording,
            replies=self.replies,
            channels=self.channels,
            sms_countries=listed(self.settings.sms_countries),
            public_url=self.settings.public_url,
            numbers={
                LeadsTo.SMS: self.settings.twilio_sms_number,
                LeadsTo.WHATSAPP: self.settings.twilio_whatsapp_number,
            },
        )

    @cached_property
    def actions(self) -> ActionParts:
        return open_actions(
            database=self.database,
            sealer=self.sealer,
            store=self.store,
            clock=self.clock,
            hours=self.hours,
            wording=self.wording,
            replies=self.replies,
            channels=self.channels,
            sms_countries=listed(self.settings.sms_countries),
            public_url=self.settings.public_url,
        )

    @cached_property
    def erasure_records(self) -> SqlErasures:
        return SqlErasures(self.database, self.sealer, self.store)

    @cached_property
    def erasures(self) -> Erasures:
        """Erasing by hand, and once more after a restore."""
        return Erasures(records=self.erasure_records, copy=self.media.blobs, clock=self.clock)

    @cached_property
    def turns(self) -> Turns:
        turns = Turns(
            store=self.store,
            clock=self.clock,
            script=self.script,
            wording=self.wording,
            danger=self.danger,
            replies=self.replies,
            channels=self.channels,
            listener=self.listener,
            taxonomy=self.taxonomy.version,
            new_id=uuid4,
            random=self.random,
            linking=Linking(self.resuming, MyDataLinks(self.my_data_codes, self.settings.public_url)),
        )
        turns.campaigning = self.campaigns.talk
        turns.standings = SqlStandings(self.database, Terms.load())
        return turns

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            store=self.store,
            clock=self.clock,
            channels=self.channels,
            sms_countries=listed(self.settings.sms_countries),
            hourly_cap=self.settings.send_cap,
            random=self.random,
            nudges=Nudges(replies=self.replies, hours=self.hours),
            log=self.log,
            last_looks={PASSED_ON: self.sending_on.last_look},
        )

    @cached_property
    def sending_on(self) -> SendingOn:
        return open_sending_on(
            database=self.database,
            sealer=self.sealer,
            store=self.store,
            replies=self.replies,
            clock=self.clock,
            holding=self.holding,
        )

    @cached_property
    def word_desk(self) -> WordDesk:
        return WordDesk(
            base=of_files(self.wording),
            records=SqlWords(self.database, self.sealer),
            checks=Checks(Rules.load(), self.script, sms_cost),
            clock=self.clock,
        )

    @cached_property
    def showing(self) -> Showing:
        from channels.showing import ChannelShowing

        return ChannelShowing(self.channels, pence=pence_a_segment())

    def unchecked(self) -> tuple[str, ...]:
        """A sentence for each contact that families may be given and nobody has checked lately."""
        used = self.wording.placeholders() & self.signposts.values().keys()
        return self.signposts.unchecked(self.clock.now().date(), used=used)

    @property
    def outcome_within(self) -> timedelta:
        """How long whoever has taken an alert may take to say what came of it."""
        return timedelta(hours=self.settings.outcome_hours)

    def can_send(self, name: ChannelName) -> bool:
        if name == EMAIL and self.settings.email_address and not self.settings.email_smtp_url:
            return False
        return name in self.channels and not isinstance(self.channels[name], Unsendable)

    @property
    def calling(self) -> dict[ChannelName, Channel]:
        """The channels staff can be called by: a door that only hears is no route to anybody."""
        return {name: channel for name, channel in self.channels.items() if self.can_send(name)}

    def polling(self, worker: str) -> list[Polling]:
        """The ways in that nobody calls, as one worker asks them."""
        shifts = SqlShifts(self.database)
        return [
            Polling(poller=poller, shifts=shifts, clock=self.clock, receive=self.intake.receive, worker=worker, log=self.log)
            for poller in self.pollers
        ]

    def worker(self) -> Worker:
        """The worker of this process. In production, raises ``BadSettings`` while nobody could be called about danger."""
        check_ready(self)
        name = f"{socket.gethostname()}:{os.getpid()}"
        return Worker(
            name=name,
            pollings=self.polling(name),
            sweeps=open_sweeps(self),
            store=self.store,
            clock=self.clock,
            wake=self.wake,
            turns=self.turns,
            outbox=self.outbox,
            fetching=self.media.fetching(
                store=self.store, channels=self.channels, replies=self.replies, danger=self.danger, clock=self.clock
            ),
            alerts=Alerts(
                store=self.store,
                clock=self.clock,
                replies=self.replies,
                channels=self.calling,
                staff_url=f"{self.settings.public_url}/staff/alerts",
                new_id=uuid4,
                outcome_within=self.outcome_within,
            ),
            log=self.log,
        )


def build(settings: Settings, *, clock: Clock | None = None, extra_channels: Sequence[Channel] = ()) -> Earshot:
    """Read the content, open the store, make the channels that have settings. Raises a ``BotError`` that says what is wrong."""
    clock = clock or SystemClock()
    privacy_url = f"{settings.public_url}/privacy"
    wording = Wording.load(facts={"privacy_url": privacy_url}, unsigned=settings.env != "production")
    script, signposts = Script.load(spoken=wording.locales), Signposts.load()
    database = Database.open(settings.database_url)
    if not migrations.is_current(database):
        raise BadSettings("The database's tables are not those of this version. Run: earshot db upgrade")
    keys = parse_keys(settings.data_keys) if settings.data_keys else development_keys(key_file(database))
    # What we say ourselves is masked as well, for it may repeat what a person wrote; but our own pages are no secret of theirs.
    ours = Redactor.load(helplines=signposts.numbers(), links=[privacy_url, f"{settings.public_url}{CHANGES}"])
    sealer = Sealer.open(database, keys)
    wording = LiveTongues.over(wording, SqlWords(database, sealer), seconds=time.monotonic)
    words = PeoplesWords(ours)
    store = SqlStore(database, sealer, redactor=lambda text: ours.redact(text)[0], people=words)
    wake = wake_for(database)
    channel_log = ChannelLog(SqlChannelLog(database), clock)
    secret_key = settings.secret_key or _secret_of(keys[0])
    doors = open_doors(settings, script, wording, secret_key=secret_key)
    channels = doors.channels | {channel.name: channel for channel in extra_channels}
    media = open_media(settings, database, sealer, words, channels)
    replies = Replies(wording=wording, channels=channels, new_id=uuid4)
    danger = DangerTexts(wording=wording, signposts=signposts, hours=script.hours, replies=replies)
    earshot = Earshot(
        settings=settings,
        secret_key=secret_key,
        clock=clock,
        database=database,
        sealer=sealer,
        store=store,
        wake=wake,
        script=script,
        wording=wording,
        hours=script.hours,
        signposts=signposts,
        taxonomy=LiveThemes.over(Taxonomy.load(), SqlOwnThemes(database, sealer), seconds=time.monotonic),
        channels=channels,
        gates=doors.gates,
        pollers=doors.pollers,
        media=media,
        replies=replies,
        danger=danger,
        intake=Intake(
            store=store,
            clock=clock,
            wake=wake,
            commands=script.commands,
            danger=danger,
            replies=replies,
            hours=script.hours,
            signposts=script.signposts,
            channels=channels,
            burst_cap=script.burst_cap,
            new_id=uuid4,
            blobs=media.blobs,
        ),
        log=channel_log,
        random=SystemRandom(),
        peoples_words=words,
    )
    earshot.intake.log = channel_log
    return earshot


def _secret_of(key: DataKey) -> str:
    """What development signs with where no secret is set: the same in every process and after each start."""
    return hmac.digest(key.secret, b"sessions and chat tokens", hashlib.sha256).hex()


def warn_of_unchecked(earshot: Earshot) -> None:
    """In development, where it does not stop the start, whoever starts the service is to know."""
    if (count := len(earshot.unchecked())) and not earshot.settings.demo:
        log.warning("%d contacts in signposts.toml have not been checked; production would not start.", count)


def check_ready(earshot: Earshot) -> None:
    """In production: that contacts given to families were checked, and that somebody is told. Raises ``BadSettings``.

    A wrong number given to a family in danger is worse than a service that does not start; and the texts for danger
    say that a person is being told, so there must be one.
    """
    if earshot.settings.env != "production":
        return
    if count := len(earshot.unchecked()):
        raise BadSettings(f"{count} contacts in signposts.toml have not been checked; `earshot doctor` lists them.")
    if not _routes(earshot):
        raise BadSettings(
            "Nobody can be called when a family is in danger. Switch text messages on (TWILIO_SMS_NUMBER), or email "
            "(EMAIL_ADDRESS, EMAIL_IMAP_URL, EMAIL_SMTP_URL), better both. Then give somebody the role and a mobile number: "
            "earshot staff add NAME --username USER --role safeguarding --mobile +44… Where email alone is on, USER is their "
            "work email address."
        )


def warn_of_one_route(earshot: Earshot) -> None:
    """In production one route is enough to start; whoever starts the service is to know what is given up."""
    routes = _routes(earshot)
    if earshot.settings.env == "production" and len(routes) == 1:
        log.warning("%s", GIVEN_UP[next(iter(routes))])


def _routes(earshot: Earshot) -> frozenset[ChannelName]:
    return CallOut(earshot.replies, earshot.calling).routes(earshot.store.standing_rota().rungs)


def create_app(settings: Settings | Earshot | None = None) -> Flask:
    """The web application of these settings, or of parts that are joined already. Loads no spaCy."""
    from web import assemble

    if isinstance(settings, Earshot):
        earshot = settings
    else:  # this process is the web alone; where a worker runs beside it, that one starts the log
        earshot = build(settings or Settings.read())
        earshot.log.start()
        atexit.register(earshot.log.stop)
    check_ready(earshot)
    warn_of_unchecked(earshot)
    warn_of_one_route(earshot)
    return assemble(earshot)
