"""A desk at which passages are reviewed, on the real store: three people of the team, and whoever tells us something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import uuid4

from flask import Flask

from bot.cards import ExperienceView
from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.matters import Matters
from bot.own_themes import LiveThemes, LivingCodes, OwnThemes
from bot.passages import Passages
from bot.retagging import OwnThemeListener, Retagging, RetagSweep
from bot.review import Review
from bot.reviewing import Reviewing
from bot.second_reading import SecondReading
from bot.sure_ones import SureOnes
from bot.themes import Taxonomy
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from storage.matters import SqlMatters
from storage.own_themes import SqlOwnThemes, SqlRetagging
from storage.passages import SqlPassages
from storage.reviewing import SqlReviews
from storage.sealing import Sealer
from storage.second_reading import SqlPairs, SqlSureOnes
from storage.store import SqlStore
from tests.conftest import KEYS, masked
from tests.staff.conftest import PASSWORD, signed_in
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser
from tests.storage.made_up import NOW
from tests.storage.scene import Scene

TEAM = (
    ("jo", "Jo Pascoe", "reviewer"),
    ("tom", "Tom Calloway", "reviewer"),
    ("ruth", "Ruth Adeyemi", "safeguarding"),
    ("pia", "Pia Publisher", "publisher"),
)


class ReviewDesk:
    """``app`` has the rooms of the review; ``scene`` tells stories; ``use`` are the acts behind the pages."""

    def __init__(self, app: Flask, database: Database, passwords: Passwords) -> None:
        at: Desk = app.extensions[EXTENSION]
        sealer = Sealer.open(database, KEYS)
        self.app = app
        self.database = database
        self.sealer = sealer
        self.store = SqlStore(database, sealer, masked)
        self.scene = Scene(self.store)
        self.clock = FakeClock(NOW + timedelta(hours=1))
        self.taxonomy: Taxonomy = at.taxonomy
        with self.store.transaction() as tx:
            for username, name, role in TEAM:
                tx.add_staff(a_member(username, name=name, role=role, password_hash=passwords.hash(PASSWORD)), NOW)
        codes = frozenset(theme.code for theme in self.taxonomy.living())
        review = Review(self.store, self.clock, self.taxonomy.version, codes)
        self.use = Reviewing(
            store=self.store,
            records=SqlReviews(database, sealer),
            review=review,
            clock=self.clock,
            taxonomy=self.taxonomy,
            new_id=uuid4,
            random=Random(1),
        )
        self.sure_ones = SureOnes(
            records=SqlSureOnes(database, sealer),
            clock=self.clock,
            taxonomy=self.taxonomy.version,
            new_id=uuid4,
            random=Random(1),
            share=lambda: self.use.share,
        )
        second = SecondReading(records=SqlPairs(database), settings=self.use.records, themes=codes)
        rooms = replace(at.rooms, reviewing=self.use, sure_ones=self.sure_ones, second_reading=second)
        app.extensions[EXTENSION] = replace(at, store=self.store, clock=self.clock, review=review, rooms=rooms)

    def browser(self, username: str = "jo") -> Browser:
        return signed_in(self.app, self.store, self.clock, username)

    def view(self, reference: str) -> ExperienceView:
        view = self.store.experience(reference)
        assert view is not None
        return view


@dataclass
class Ear:
    """A listener that hears one theme in everything."""

    theme: str = "transport"
    tagger: str = "rules-2"

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        found = (Suggestion(self.theme, 0.8, ((0, 3),)),)
        return Heard(redacted=text, themes=found, passages=(Passage(0, len(text), text, Polarity.BAD, found),))


@dataclass
class Room:
    """The desk with themes that the team changes, and the worker that tags the past anew."""

    desk: ReviewDesk
    live: LiveThemes
    ear: Ear
    own: OwnThemes
    retagging: Retagging
    sweep: RetagSweep

    @property
    def scene(self) -> Scene:
        return self.desk.scene

    def works(self) -> None:
        """The worker, until it has nothing more to do."""
        while self.sweep.sweep():
            pass


def open_room(desk: ReviewDesk) -> Room:
    at: Desk = desk.app.extensions[EXTENSION]
    records, runs = SqlOwnThemes(desk.database, desk.sealer), SqlRetagging(desk.database, desk.sealer)
    live = LiveThemes(desk.taxonomy, records, seconds=lambda: 0.0)
    taxonomy = replace(desk.taxonomy, themes=live)
    ear, own, retagging = Ear(), OwnThemes(live, records, desk.clock), Retagging(runs, live, desk.clock)
    rooms = replace(
        at.rooms,
        own_themes=own,
        retagging=retagging,
        matters=Matters(SqlMatters(desk.database), desk.store, desk.clock),
        passages=Passages(SqlPassages(desk.database, desk.sealer), desk.clock),
        reviewing=replace(desk.use, taxonomy=taxonomy, review=replace(desk.use.review, themes=LivingCodes(taxonomy))),
    )
    desk.app.extensions[EXTENSION] = replace(at, rooms=rooms, taxonomy=taxonomy)
    sweep = RetagSweep(runs, live, lambda: OwnThemeListener(ear, live), desk.clock)
    return Room(desk, live, ear, own, retagging, sweep)
