"""What comes in, joined: whichever door it came by, it goes through the intake.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from bot.channel_log import ChannelLog
from bot.danger import DangerTexts
from bot.intake import Intake
from bot.model import ChannelName
from bot.ports import Channel, Clock
from bot.replies import Replies
from bot.script import Script
from media_wiring import MediaParts
from storage.store import SqlStore
from storage.wake import ClosableWake


def open_intake(
    store: SqlStore,
    clock: Clock,
    wake: ClosableWake,
    script: Script,
    danger: DangerTexts,
    replies: Replies,
    channels: Mapping[ChannelName, Channel],
    media: MediaParts,
    log: ChannelLog,
) -> Intake:
    """Whatever comes in goes through here."""
    intake = Intake(
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
    )
    intake.log = log
    return intake
