"""You said, we did: the actions, the telling of them, the public page, joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from bot.action_requests import ActionRequests
from bot.actions import Actions, Preview
from bot.actions_told import Telling
from bot.hours import Hours
from bot.model import ChannelName
from bot.ports import Channel, Clock
from bot.prices import pence_by_channel
from bot.replies import Replies
from bot.roads import Roads
from bot.wording import Wording
from channels.changes import PATH, Changes
from channels.segments import measure
from spending_wiring import open_spending
from storage.action_requests import SqlActionRequests
from storage.actions import SqlActions
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.telling_reading import SqlTelling


@dataclass(frozen=True, slots=True)
class ActionParts:
    actions: Actions
    telling: Telling
    changes: Changes
    requests: ActionRequests


def open_actions(
    *,
    database: Database,
    sealer: Sealer,
    store: SqlStore,
    clock: Clock,
    hours: Hours,
    wording: Wording,
    replies: Replies,
    channels: Mapping[ChannelName, Channel],
    sms_countries: tuple[str, ...],
    public_url: str,
    preview: Preview | None = None,
) -> ActionParts:
    records = SqlActions(database, sealer)
    return ActionParts(
        actions=Actions(records, store, clock, preview),
        telling=Telling(
            records=SqlTelling(database, sealer, store),
            clock=clock,
            hours=hours,
            replies=replies,
            roads=Roads(channels, wording, lambda text: measure(text).segments, sms_countries),
            pence=pence_by_channel(),
            page=f"{public_url}{PATH}",
            spending=open_spending(database, clock),
        ),
        changes=Changes(records, wording.day),
        requests=ActionRequests(SqlActionRequests(database, sealer), clock, uuid4),
    )
