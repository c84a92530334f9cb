"""What works behind the web: the turns, the outbox, the ways in that are asked, and the worker that sees to them all. Joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.actions_told import TOLD
from bot.alerts import Alerts
from bot.linking import Linking
from bot.mydata import MyDataLinks
from bot.nudges import Nudges
from bot.outbox import Outbox
from bot.polling import Polling
from bot.sending_on import KEY as PASSED_ON
from bot.terms import Terms
from bot.turns import Turns
from bot.worker import Worker
from readiness import check_ready
from settings import listed
from storage.polling import SqlShifts
from storage.standing import SqlStandings
from sweeps import open_sweeps

if TYPE_CHECKING:
    from parts import Earshot


def open_turns(earshot: Earshot) -> Turns:
    turns = Turns(
        store=earshot.store,
        clock=earshot.clock,
        script=earshot.script,
        wording=earshot.wording,
        danger=earshot.danger,
        replies=earshot.replies,
        channels=earshot.channels,
        listener=earshot.listener,
        taxonomy=earshot.taxonomy.version,
        new_id=uuid4,
        random=earshot.random,
        linking=Linking(earshot.resuming, MyDataLinks(earshot.my_data_codes, earshot.settings.public_url)),
    )
    turns.campaigning = earshot.campaigns.talk
    turns.standings = SqlStandings(earshot.database, Terms.load())
    return turns


def open_outbox(earshot: Earshot) -> Outbox:
    return Outbox(
        store=earshot.store,
        clock=earshot.clock,
        channels=earshot.channels,
        sms_countries=listed(earshot.settings.sms_countries),
        hourly_cap=earshot.settings.send_cap,
        random=earshot.random,
        nudges=Nudges(replies=earshot.replies, hours=earshot.hours),
        log=earshot.log,
        last_looks={PASSED_ON: earshot.sending_on.last_look, TOLD: earshot.actions.telling.last_look},
    )


def open_worker(earshot: Earshot) -> Worker:
    check_ready(earshot)
    name = f"{socket.gethostname()}:{os.getpid()}"
    return Worker(
        name=name,
        pollings=_pollings(earshot, name),
        sweeps=open_sweeps(earshot),
        store=earshot.store,
        clock=earshot.clock,
        wake=earshot.wake,
        turns=earshot.turns,
        outbox=earshot.outbox,
        fetching=earshot.media.fetching(
            store=earshot.store, channels=earshot.channels, replies=earshot.replies, danger=earshot.danger, clock=earshot.clock
        ),
        alerts=Alerts(
            store=earshot.store,
            clock=earshot.clock,
            replies=earshot.replies,
            channels=earshot.calling,
            staff_url=f"{earshot.settings.public_url}/staff/alerts",
            new_id=uuid4,
            outcome_within=earshot.outcome_within,
        ),
        log=earshot.log,
    )


def _pollings(earshot: Earshot, worker: str) -> list[Polling]:
    """The ways in that nobody calls, as one worker asks them."""
    shifts = SqlShifts(earshot.database)
    return [
        Polling(poller=poller, shifts=shifts, clock=earshot.clock, receive=earshot.intake.receive, worker=worker, log=earshot.log)
        for poller in earshot.pollers
    ]
