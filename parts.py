"""All the parts of Earshot, joined, each made when it is first asked for.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from action_wiring import ActionParts, open_actions
from bot.call_outs import EMAIL
from bot.channel_log import ChannelLog
from bot.danger import DangerTexts
from bot.erasures import Erasures
from bot.holding import Holding
from bot.hours import Hours
from bot.intake import Intake
from bot.model import ChannelName
from bot.mydata import MyData
from bot.outbox import Outbox
from bot.own_themes import LiveThemes
from bot.ports import Channel, Clock, Listener, Poller
from bot.posters import LeadsTo
from bot.prices import pence_a_segment
from bot.replies import Replies
from bot.resuming import Resuming
from bot.retagging import OwnThemeListener
from bot.script import Script
from bot.sending_on import SendingOn
from bot.signposts import Signposts
from bot.taggers import LiveListener
from bot.themes import Taxonomy
from bot.turns import Turns
from bot.word_desk import WordDesk
from bot.word_previews import Showing
from bot.wording import Wording
from bot.worker import Worker
from campaign_wiring import CampaignParts, open_campaigns
from channels.base import Gate
from channels.twilio import Unsendable
from media_wiring import MediaParts
from name_wiring import PeoplesWords
from passing_wiring import open_sending_on
from settings import Settings as Settings  # noqa: PLC0414 - app.Settings is where the entrances look for it
from settings import listed
from storage.database import Database
from storage.erase_by_hand import SqlErasures
from storage.mydata import SqlHoldings
from storage.resuming import RECORD, SqlResumeCodes
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.taggers import SqlTaggers
from storage.wake import ClosableWake
from word_wiring import open_word_desk
from worker_wiring import open_outbox, open_turns, open_worker

if TYPE_CHECKING:
    from bot.matters import Grouping
    from nlp.standing import Listeners


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
        return open_turns(self)

    @cached_property
    def outbox(self) -> Outbox:
        return open_outbox(self)

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
        return open_word_desk(self)

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

    def worker(self) -> Worker:
        """The worker of this process. In production, raises ``BadSettings`` while nobody could be called about danger."""
        return open_worker(self)
