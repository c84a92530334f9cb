"""What falls due by the clock alone: missed days, talks that nobody writes in, invitations, letters, codes. Joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.erasures import ListSweep
from bot.matters import MatterSweep
from bot.promises import Promises
from bot.reminders import Reminder, Reminders
from bot.removing import RemovalSweep
from bot.retagging import RetagSweep
from bot.taggers import TaggerSweep, at_work
from bot.translations import TranslationHearing
from bot.worker import Sweep
from job_wiring import job_sweeps
from name_wiring import open_redacting
from storage.matters import SqlMatters
from storage.own_themes import SqlRetagging
from storage.promises import SqlPromises
from storage.reminders import SqlOpenQuestions
from storage.removals import SqlRemovals
from storage.resuming import SqlCodeSweep
from storage.search_upkeep import SearchUpkeep
from storage.translations import SqlTranslations

if TYPE_CHECKING:
    from parts import Earshot


def open_sweeps(earshot: Earshot) -> list[Sweep]:
    return [
        Promises(
            records=SqlPromises(earshot.database, earshot.sealer),
            store=earshot.store,
            clock=earshot.clock,
            replies=earshot.replies,
            hours=earshot.hours,
            channels=earshot.channels,
        ),
        SqlCodeSweep(earshot.database, earshot.clock),
        RemovalSweep(SqlRemovals(earshot.database, earshot.sealer), earshot.store, earshot.clock),
        SearchUpkeep(earshot.database, earshot.clock),
        ListSweep(earshot.erasure_records, earshot.media.blobs),
        earshot.campaigns.invitations,
        earshot.actions.telling,
        TranslationHearing(
            records=SqlTranslations(earshot.database, earshot.sealer),
            work=earshot.store,
            listener=lambda: earshot.listener,
            taxonomy=earshot.taxonomy.version,
            clock=earshot.clock,
        ),
        TaggerSweep(lambda: earshot.listener),
        MatterSweep(SqlMatters(earshot.database), earshot.clock, earshot.new_grouping),
        RetagSweep(
            SqlRetagging(earshot.database, earshot.sealer), earshot.own_themes, lambda: at_work(earshot.listener), earshot.clock
        ),
        *job_sweeps(earshot),
        open_redacting(earshot.peoples_words, earshot.database, earshot.sealer, earshot.store),
        earshot.holding.writing,
        earshot.holding,
        earshot.sending_on,
        Reminders(
            reminder=Reminder.load(),
            talks=SqlOpenQuestions(earshot.database, earshot.sealer),
            store=earshot.store,
            clock=earshot.clock,
            replies=earshot.replies,
            hours=earshot.hours,
            channels=earshot.channels,
        ),
    ]
