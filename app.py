"""Where everything is put together: the settings, the parts, the web application.

This module may import everything, and only the entrances (`cli/`, `demo/`) import it. What is joined is in `parts.py`.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import SystemRandom
from uuid import uuid4

from flask import Flask

from bot.channel_log import ChannelLog
from bot.danger import DangerTexts
from bot.live_words import LiveTongues
from bot.own_themes import LiveThemes
from bot.ports import Channel, Clock
from bot.replies import Replies
from bot.script import Script
from bot.signposts import Signposts
from bot.themes import Taxonomy
from bot.wording import Wording
from doors import open_doors
from intake_wiring import open_intake
from media_wiring import open_media
from parts import Earshot
from readiness import check_ready, warn_of_one_route, warn_of_unchecked
from settings import Settings as Settings  # noqa: PLC0414 - app.Settings is where the entrances look for it
from storage.channel_log import SqlChannelLog
from storage.own_themes import SqlOwnThemes
from storage.wake import wake_for
from storage.words import SqlWords
from store_wiring import open_kept, privacy_url


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def build(settings: Settings, *, clock: Clock | None = None, extra_channels: Sequence[Channel] = ()) -> Earshot:
    """Read the content, open the store, make the channels that have settings. Raises a ``BotError`` that says what is wrong."""
    clock = clock or SystemClock()
    wording = Wording.load(facts={"privacy_url": privacy_url(settings)}, unsigned=settings.env != "production")
    script, signposts = Script.load(spoken=wording.locales), Signposts.load()
    kept = open_kept(settings, signposts)
    wording = LiveTongues.over(wording, SqlWords(kept.database, kept.sealer), seconds=time.monotonic)
    log = ChannelLog(SqlChannelLog(kept.database), clock)
    doors = open_doors(settings, script, wording, secret_key=kept.secret_key)
    channels = doors.channels | {channel.name: channel for channel in extra_channels}
    media = open_media(settings, kept.database, kept.sealer, kept.peoples_words, channels)
    replies = Replies(wording=wording, channels=channels, new_id=uuid4)
    danger = DangerTexts(wording=wording, signposts=signposts, hours=script.hours, replies=replies)
    wake = wake_for(kept.database)
    return Earshot(
        settings=settings,
        secret_key=kept.secret_key,
        clock=clock,
        database=kept.database,
        sealer=kept.sealer,
        store=kept.store,
        wake=wake,
        script=script,
        wording=wording,
        hours=script.hours,
        signposts=signposts,
        taxonomy=LiveThemes.over(Taxonomy.load(), SqlOwnThemes(kept.database, kept.sealer), seconds=time.monotonic),
        channels=channels,
        gates=doors.gates,
        pollers=doors.pollers,
        media=media,
        replies=replies,
        danger=danger,
        intake=open_intake(kept.store, clock, wake, script, danger, replies, channels, media, log),
        log=log,
        random=SystemRandom(),
        peoples_words=kept.peoples_words,
    )


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
