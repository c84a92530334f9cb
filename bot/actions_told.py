"""Telling each person who told of something what came of it: who can be reached, at what cost, in what words; then one by one.

Only who agreed to hear is told, once of one action, by a road that is still open, by day. Whoever is with safeguarding is
neither told nor counted. Each is looked at again at the moment their word goes into the outbox, under a key of its own, and
once more at the moment in which it leaves.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bot.actions import Action, State, Words
from bot.conversation import Say
from bot.errors import StoreUnavailable
from bot.faults import place
from bot.hours import Hours
from bot.model import ENGLISH, ChannelName, Locale
from bot.nudges import NUDGE
from bot.outgoing import Priority
from bot.ports import Clock
from bot.records import NewOutbound, OutboundClaim, StaffMember, Stays
from bot.replies import Replies
from bot.roads import Roads, Way
from bot.spending import Spending
from bot.telling_plan import Asked, Contributor, NotTold, Plan, Reach, Road, Shown
from bot.telling_records import TellingRecords, ToldState, ToTell
from bot.wall import NotYours, may_publish

TOLD = "action.told"
"""The beginning of the key of every word of this kind."""
NOT_ANY_MORE = "not_any_more"
"""Why somebody is held back who is not in what can be told any more: they said no, or it is no longer public."""
TAKE_BACK = timedelta(seconds=10)
"""So long nothing leaves after a press."""
AT_ONCE = 20
"""How many are seen to in one sweep, each in a transaction of its own."""
MOST_PREVIEWS = 8
_WITHIN_A_DAY_FREE = frozenset({"whatsapp"})
"""Channels on which an answer inside the service window costs nothing."""
_ENDS = (".", "?", "…", "!", "”")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The use case behind the page, and the sweep that tells. ``page``: the address of the public page; ``pence`` by channel:
    for one segment, or one message where no segments are counted.
    """

    records: TellingRecords
    clock: Clock
    hours: Hours
    replies: Replies
    roads: Roads
    pence: Mapping[str, Decimal]
    page: str
    spending: Spending | None = None

    def plan(self, action: Action) -> Plan:
        """For the words as they are published, or as they stand where nothing is."""
        words, state = (action.edition.words, action.edition.state) if action.edition else (action.words, action.state)
        now = self.clock.now()
        say = self._say(words, state)
        reach: dict[str, Reach] = {}
        held: Counter[NotTold] = Counter()
        previews: dict[tuple[ChannelName, Locale], Shown] = {}
        going: list[UUID] = []
        people = self.records.contributors(action.id)
        for who in people:
            if who.told or not who.agreed:
                continue
            found = self.road_to(who, now)
            if isinstance(found, NotTold):
                held[found] += 1
                continue
            going.append(who.contact_id)
            locale = self.roads.wording.nearest(who.locale)
            shown = previews.get((found.way.channel, locale))
            if shown is None:
                shown = Shown(found.way.channel, locale, self.roads.parts(say, locale, found.way.channel))
                previews[found.way.channel, locale] = shown
            self._add(reach.setdefault(found.way.channel, Reach()), found, shown)
        return Plan(
            total=len(people),
            reach=reach,
            held=held,
            unasked=sum(1 for who in people if not who.agreed and not who.told),
            told=sum(1 for who in people if who.told),
            previews=tuple(sorted(previews.values(), key=lambda each: (each.locale != ENGLISH, each.channel, each.locale))),
            going=tuple(going),
        )

    def _add(self, reach: Reach, road: Road, shown: Shown) -> None:
        parts = self.roads.count(shown.channel, shown.parts)
        reach.people += 1
        reach.segments += parts
        reach.how[road.how] += 1
        each = self.pence.get(shown.channel, Decimal(0))
        if road.how is Asked.TEMPLATE:
            reach.pence += each  # the template; what goes when they have written is an answer within a day
        elif shown.channel not in _WITHIN_A_DAY_FREE:
            reach.pence += each * parts

    def start(self, action: Action, member: StaffMember, *, beyond: bool = False) -> int:
        """Plan a word for everybody who can be told now. Returns how many; 0 where nothing of it is public. ``beyond``: also
        beyond the ceiling of this month. Raises ``NotYours``, ``BeyondCeilingError``.
        """
        if not may_publish(member):
            raise NotYours
        if action.edition is None:
            return 0
        now, plan = self.clock.now(), self.plan(action)
        if self.spending is not None:
            self.spending.check(plan.pence, beyond=beyond)
        with self.records.transaction() as tx:
            planned = tx.plan_telling(action.id, plan.going, member.id, now + TAKE_BACK, now)
            if beyond and planned:
                tx.audit(who=f"staff:{member.id}", action="beyond_ceiling", record=f"action:{action.id}", now=now)
            tx.audit(who=f"staff:{member.id}", action="tell_people", record=f"action:{action.id}", why=str(planned), now=now)
        return planned

    def stop(self, action: Action, member: StaffMember) -> int:
        """Who has not been told is not. Returns how many. Raises ``NotYours``."""
        if not may_publish(member):
            raise NotYours
        now = self.clock.now()
        with self.records.transaction() as tx:
            stopped = tx.stop_telling(action.id, now)
            tx.audit(who=f"staff:{member.id}", action="stop_telling", record=f"action:{action.id}", why=str(stopped), now=now)
        return stopped

    def sweep(self) -> bool:
        """Tell a few. False: nobody is left who can be told now."""
        now = self.clock.now()
        if self.hours.next_awake(now) > now or not self.records.any_to_tell(now):
            return False
        return all(self._tell_next(now) for _ in range(AT_ONCE))

    def _tell_next(self, now: datetime) -> bool:
        """One person, whole or not at all: a worker that is killed here loses nobody and tells nobody twice."""
        with self.records.transaction() as tx:
            to_tell = tx.next_to_tell(now)
            if to_tell is None:
                return False
            try:
                rows, why = self._rows(to_tell, now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - a fault of ours with one person must not hold up the others
                log.error("%s could not be told: %s", to_tell.id, place(error))  # noqa: TRY400 - a traceback may hold words
                rows, why = [], "fault"
            went = [row for row in rows if tx.enqueue(row, now) is not None]
            tx.settle_telling(to_tell.id, ToldState.SENT if went else ToldState.HELD_BACK, now, rows=went, why=why)
        return True

    def _rows(self, to_tell: ToTell, now: datetime) -> tuple[list[NewOutbound], str | None]:
        who, edition = to_tell.who, to_tell.edition
        if edition is None or who is None or not who.agreed or who.told:
            return [], NOT_ANY_MORE
        found = self.road_to(who, now)
        if isinstance(found, NotTold):
            return [], found.value
        rows = self.replies.rows(
            [self._say(edition.words, edition.state)],
            dedupe=f"action:{to_tell.action_id}:{who.contact_id}:{to_tell.round_id}",
            channel=found.way.channel,
            address=found.way.address,
            locale=self.roads.wording.nearest(who.locale),
            values={},
            contact_id=who.contact_id,
            priority=Priority.NOTICE,
            now=now,
        )
        return rows, None

    def last_look(self, claim: OutboundClaim) -> Stays | None:
        """Why a word that the outbox has in hand does not leave after all: they cried for help, or said no, a moment ago."""
        to_tell = self.records.about_to_leave(claim.outgoing.id)
        why = NOT_ANY_MORE if to_tell is None else _why_not(to_tell)
        if why is None:
            return None
        if to_tell is not None and not (to_tell.has_begun or claim.was_sending):  # or they would be told it twice
            with self.records.transaction() as tx:
                tx.settle_telling(to_tell.id, ToldState.HELD_BACK, self.clock.now(), why=why)
        return Stays("not_to_be_told")

    def road_to(self, who: Contributor, now: datetime) -> Road | NotTold:
        """By which road somebody is told, or why not: the newest that is open, before one where it would wait for them."""
        stands = _in_the_way(who)
        if stands is not None:
            return stands
        there = [way for way in who.ways if self.roads.is_there(way)]
        if not there:
            return NotTold.NO_WAY
        roads = [road for way in there if (road := self._road(way, who.locale, now))]
        order = list(Asked)
        return min(roads, key=lambda road: order.index(road.how), default=NotTold.WINDOW_SHUT)

    def _road(self, way: Way, locale: Locale, now: datetime) -> Road | None:
        if way.waits_for_them:
            return Road(way, Asked.WAITS)
        if self.roads.window_is_open(way, now):
            return Road(way, Asked.DIRECT)
        asks = any(self.roads.has_template(way, NUDGE, each) for each in (locale, ENGLISH))
        return Road(way, Asked.TEMPLATE) if asks else None

    def _say(self, words: Words, state: State) -> Say:
        """What was done, or why it could not be, or both: the same room for each."""
        keys = [TOLD]
        if words.did and state is not State.COULD_NOT:
            keys.append("action.did" if state is State.DONE else "action.doing")
        if words.because:
            keys.append("action.could_not")
        values = {"title": words.title, "did": ended(words.did), "because": ended(words.because), "action_url": self.page}
        return Say("+".join([*keys, "action.more"]), values)


def _why_not(to_tell: ToTell) -> str | None:
    """Why somebody is not told of it now, by whatever road. None: nothing is in the way."""
    if to_tell.edition is None or to_tell.who is None or not to_tell.who.agreed or to_tell.who.told:
        return NOT_ANY_MORE
    return _in_the_way(to_tell.who)


def _in_the_way(who: Contributor) -> NotTold | None:
    reasons = {NotTold.STOPPED: who.stopped, NotTold.MOURNING: who.mourning, NotTold.HELD: who.held}
    return next((reason for reason, holds in reasons.items() if holds), None)


def ended(text: str) -> str:
    """As a sentence, so that the next does not run into it."""
    text = " ".join(text.split())
    return text if not text or text.endswith(_ENDS) else f"{text}."
