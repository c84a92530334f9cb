"""What staff do beside reading: typing in, comments, deletions, linking. The parts of it, joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

from bot.alert_desk import AlertDesk
from bot.byhand import ByHand, Receiver
from bot.call_outs import SMS
from bot.channel_log import LogReading
from bot.comments import COMMENTS, Comments
from bot.deletions import Deletions
from bot.desk_work import DeskWork
from bot.hiding import Hiding
from bot.holding import Holding
from bot.hours import Hours
from bot.matters import Matters
from bot.milestones import Milestones
from bot.model import ChannelName, Locale
from bot.nudges import Nudges
from bot.originals import Originals
from bot.own_themes import LiveThemes, LivingCodes, OwnThemes
from bot.partners import Partners
from bot.passages import Passages
from bot.plain_english import PlainEnglish
from bot.ports import Channel, Clock, Store
from bot.prices import pence_by_channel
from bot.removing import Removing
from bot.replies import Replies
from bot.replying import Replying
from bot.retagging import Retagging
from bot.review import Review
from bot.reviewing import Reviewing
from bot.same_person import SamePerson
from bot.saved_replies import SavedReplies
from bot.saved_views import SavedViews
from bot.second_reading import SecondReading
from bot.sure_ones import SureOnes
from bot.tagger_figures import Figures
from bot.tasks import Tasks
from bot.team import EMAIL, Team
from bot.themes import Taxonomy
from bot.trail import Trail
from bot.translations import Translations
from bot.writing import Writing
from channels.segments import measure
from passing_wiring import open_sending_on
from staff.desk import Rooms
from storage.accounts import SqlAccounts
from storage.alert_sheets import SqlAlertRecords
from storage.channel_log import SqlChannelLog
from storage.comments import SqlComments
from storage.contact_links import SqlContactLinks
from storage.database import Database
from storage.deletions import SqlDeletions
from storage.desk_work import SqlDeskWork
from storage.drafts import SqlDrafts
from storage.holds import SqlTalks
from storage.matters import SqlMatters
from storage.milestones import SqlMilestones
from storage.originals import SqlOriginals
from storage.own_themes import SqlRetagging
from storage.partners import SqlPartners
from storage.passages import SqlPassages
from storage.promises import SqlPromises
from storage.removals import SqlRemovals
from storage.reviewing import SqlReviews
from storage.saved_replies import SqlSavedReplies
from storage.sealing import Sealer
from storage.second_reading import SqlPairs, SqlSureOnes
from storage.store import SqlStore
from storage.tasks import SqlTasks
from storage.team import SqlTeam
from storage.trail import SqlTrail
from storage.translations import SqlTranslations
from storage.views import SqlViews

FIGURES = Path(__file__).with_name("nlp") / "models" / "figures.json"
"""What was measured of the tagger that comes with Earshot; read here, for the web process does not import ``nlp``."""


def shipped_figures() -> Figures | None:
    return Figures.from_json(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else None


def open_deletions(database: Database, store: Store, clock: Clock) -> Deletions:
    return Deletions(records=SqlDeletions(database), store=store, clock=clock)


def open_team(database: Database, sealer: Sealer, store: SqlStore, clock: Clock) -> Team:
    return Team(store=store, work=store, records=SqlTeam(database, sealer), clock=clock)


def open_alert_desk(
    database: Database,
    sealer: Sealer,
    store: SqlStore,
    clock: Clock,
    *,
    outcome_within: timedelta,
    routes: Collection[ChannelName] = (SMS, EMAIL),
) -> AlertDesk:
    records = SqlAlertRecords(database, sealer)
    return AlertDesk(records=records, work=store, store=store, clock=clock, outcome_within=outcome_within, routes=routes)


def open_holding(
    *,
    database: Database,
    sealer: Sealer,
    store: SqlStore,
    replies: Replies,
    clock: Clock,
    channels: Mapping[ChannelName, Channel],
    hours: Hours,
) -> Holding:
    """Who has a talk, and what they write in it: for the site, and for the worker that lets it go."""
    talks = SqlTalks(database, sealer)
    writing = Writing(
        records=talks,
        work=store,
        channels=channels,
        clock=clock,
        new_id=uuid4,
        segments=lambda text: measure(text).segments,
    )
    return Holding(
        records=talks,
        store=store,
        work=store,
        writing=writing,
        replies=replies,
        channels=channels,
        hours=hours,
        clock=clock,
    )


def open_replying(database: Database, sealer: Sealer, holding: Holding) -> Replying:
    """The box in which staff answer a family."""
    return Replying(
        holding=holding,
        drafts=SqlDrafts(database, sealer),
        nudges=Nudges(replies=holding.replies, hours=holding.hours),
        pence=pence_by_channel(),
        plain=PlainEnglish.load(),
    )


def open_reviewing(database: Database, sealer: Sealer, store: Store, clock: Clock, taxonomy: Taxonomy) -> Reviewing:
    return Reviewing(
        store=store,
        records=SqlReviews(database, sealer),
        review=Review(store, clock, taxonomy.version, LivingCodes(taxonomy)),
        clock=clock,
        taxonomy=taxonomy,
        new_id=uuid4,
        random=SystemRandom(),
    )


def open_sure_ones(database: Database, sealer: Sealer, reviewing: Reviewing) -> SureOnes:
    return SureOnes(
        records=SqlSureOnes(database, sealer),
        clock=reviewing.clock,
        taxonomy=reviewing.taxonomy.version,
        new_id=uuid4,
        random=SystemRandom(),
        share=lambda: reviewing.share,
    )


def open_tasks(database: Database, sealer: Sealer, store: SqlStore, replies: Replies, clock: Clock, holding: Holding) -> Tasks:
    return Tasks(
        records=SqlTasks(database, sealer),
        talks=holding.records,
        store=store,
        work=store,
        replies=replies,
        channels=holding.channels,
        hours=holding.hours,
        clock=clock,
    )


def open_removing(
    database: Database, sealer: Sealer, store: SqlStore, replies: Replies, clock: Clock, holding: Holding
) -> Removing:
    return Removing(
        records=SqlRemovals(database, sealer),
        work=store,
        store=store,
        talks=holding.records,
        replies=replies,
        channels=holding.channels,
        hours=holding.hours,
        clock=clock,
        new_id=uuid4,
    )


def open_rooms(
    *,
    database: Database,
    sealer: Sealer,
    store: SqlStore,
    intake: Receiver,
    replies: Replies,
    clock: Clock,
    holding: Holding,
    locales: Sequence[Locale],
    taxonomy: Taxonomy,
) -> Rooms:
    """Comments and deletions only where our page on Facebook is: nobody else hands them on."""
    comments = Comments(records=SqlComments(database, sealer), store=store, replies=replies, clock=clock)
    is_on_facebook = COMMENTS in holding.channels
    rooms = Rooms(
        by_hand=ByHand(intake=intake, accounts=SqlAccounts(database), locales=locales),
        comments=comments if is_on_facebook else None,
        deletions=open_deletions(database, store, clock) if is_on_facebook else None,
        same_person=SamePerson(records=SqlContactLinks(database, sealer), store=store, clock=clock),
        log=LogReading(SqlChannelLog(database)),
        milestones=Milestones(
            records=SqlMilestones(database),
            store=store,
            clock=clock,
            themes=LivingCodes(taxonomy),
        ),
        matters=Matters(records=SqlMatters(database), store=store, clock=clock),
        unkept=SqlPromises(database, sealer),
        views=SavedViews(SqlViews(database), store, clock),
        desk_work=DeskWork(SqlDeskWork(database, sealer), store, clock),
        holding=holding,
        replying=open_replying(database, sealer, holding),
        saved_replies=SavedReplies(SqlSavedReplies(database, sealer), clock, uuid4, store.people),
        tasks=open_tasks(database, sealer, store, replies, clock, holding),
        translations=Translations(records=SqlTranslations(database, sealer), store=store, work=store, clock=clock, new_id=uuid4),
        team=open_team(database, sealer, store, clock),
        can_mail=EMAIL in holding.channels,
        partners=Partners(records=SqlPartners(database), clock=clock),
        hiding=Hiding(work=store, clock=clock, new_id=uuid4),
        passages=Passages(SqlPassages(database, sealer), clock),
        removing=open_removing(database, sealer, store, replies, clock, holding),
        originals=Originals(SqlOriginals(database, sealer), store, clock),
        trail=Trail(SqlTrail(database, sealer), store, clock),
        sending_on=open_sending_on(database=database, sealer=sealer, store=store, replies=replies, clock=clock, holding=holding),
    )
    return _with_reading(rooms, database, sealer, store, clock, taxonomy)


def _with_reading(rooms: Rooms, database: Database, sealer: Sealer, store: SqlStore, clock: Clock, taxonomy: Taxonomy) -> Rooms:
    """The queue of what is to be read, and the themes of the team's own."""
    reviewing = open_reviewing(database, sealer, store, clock, taxonomy)
    live = taxonomy.themes if isinstance(taxonomy.themes, LiveThemes) else None
    return replace(
        rooms,
        reviewing=reviewing,
        own_themes=OwnThemes(live, live.records, clock) if live else None,
        retagging=Retagging(SqlRetagging(database, sealer), live, clock) if live else None,
        sure_ones=open_sure_ones(database, sealer, reviewing),
        second_reading=SecondReading(records=SqlPairs(database), settings=reviewing.records, themes=reviewing.review.themes),
    )
