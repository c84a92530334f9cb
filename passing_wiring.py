"""Passing on to teams and services, joined: for the site, and for the worker's sweep.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from uuid import uuid4

from bot.holding import Holding
from bot.passing_letters import PassingLetters
from bot.ports import Clock
from bot.replies import Replies
from bot.sending_on import SendingOn
from storage.database import Database
from storage.passing import SqlPassing
from storage.sealing import Sealer
from storage.store import SqlStore


def open_sending_on(
    *, database: Database, sealer: Sealer, store: SqlStore, replies: Replies, clock: Clock, holding: Holding
) -> SendingOn:
    return SendingOn(
        records=SqlPassing(database, sealer),
        talks=holding.records,
        store=store,
        work=store,
        letters=PassingLetters.load(),
        replies=replies,
        channels=holding.channels,
        hours=holding.hours,
        clock=clock,
        new_id=uuid4,
    )
