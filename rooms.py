"""What staff do beside reading: typing in, comments, deletions, linking. The parts of it, joined.

A part of the wiring, as `app.py` and `doors.py` are; only `app.py` imports it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.byhand import ByHand, Receiver
from bot.channel_log import LogReading
from bot.comments import COMMENTS, Comments
from bot.deletions import Deletions
from bot.model import ChannelName, Locale
from bot.ports import Clock, Store
from bot.replies import Replies
from bot.same_person import SamePerson
from staff.desk import Rooms
from storage.accounts import SqlAccounts
from storage.channel_log import SqlChannelLog
from storage.comments import SqlComments
from storage.contact_links import SqlContactLinks
from storage.database import Database
from storage.deletions import SqlDeletions
from storage.sealing import Sealer


def open_deletions(database: Database, store: Store, clock: Clock) -> Deletions:
    return Deletions(records=SqlDeletions(database), store=store, clock=clock)


def open_rooms(
    *,
    database: Database,
    sealer: Sealer,
    store: Store,
    intake: Receiver,
    replies: Replies,
    clock: Clock,
    channels: Collection[ChannelName],
    locales: Sequence[Locale],
) -> Rooms:
    """Comments and deletions only where our page on Facebook is: nobody else hands them on."""
    comments = Comments(records=SqlComments(database, sealer), store=store, replies=replies, clock=clock)
    is_on_facebook = COMMENTS in channels
    return Rooms(
        by_hand=ByHand(intake=intake, accounts=SqlAccounts(database), locales=locales),
        comments=comments if is_on_facebook else None,
        deletions=open_deletions(database, store, clock) if is_on_facebook else None,
        same_person=SamePerson(records=SqlContactLinks(database, sealer), store=store, clock=clock),
        log=LogReading(SqlChannelLog(database)),
    )
