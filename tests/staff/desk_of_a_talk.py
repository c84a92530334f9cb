"""The site at the desk of a team whose families talk on the real road: what is pressed here is heard there."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from flask import Flask

from bot.cards import TaskView
from bot.hiding import Hiding
from bot.model import Address
from bot.records import StaffMember
from bot.tasks import Tasks
from bot.translations import TranslationHearing, Translations
from rooms import open_replying
from staff.desk import EXTENSION, Desk, Rooms
from storage.database import Database
from storage.holds import SqlTalks
from storage.sealing import Sealer
from storage.tasks import SqlTasks
from storage.translations import SqlTranslations
from tests.bot.street import ANNA, Street
from tests.conftest import KEYS
from tests.journeys.stage import NORA
from tests.staff.conftest import signed_in
from tests.staff.fake_door import FakeDoor
from tests.staff.page import Browser

OMAR = StaffMember(id=UUID(int=8), name="Omar Example", username="omar", role="safeguarding", password_hash="x")
LATE = "The school taxi has come late every day this week and nobody rings to tell us"
RIVER = "/staff/experiences/RIVER-482"


class Team:
    """Nora, a reviewer, and Omar, who leads safeguarding, beside a street with one family on it."""

    def __init__(self, app: Flask, database: Database, channel: str = "sms") -> None:
        self.street = Street(database, channel=channel)
        self.app = app
        self.nora = NORA
        with self.street.store.transaction() as tx:
            tx.add_staff(OMAR, self.street.clock.at)
        sealer = Sealer.open(database, KEYS)
        holding = self.street.holding
        self.desk_tasks = Tasks(
            records=SqlTasks(database, sealer),
            talks=SqlTalks(database, sealer),
            store=self.street.store,
            work=self.street.store,
            replies=holding.replies,
            channels=holding.channels,
            hours=holding.hours,
            clock=self.street.clock,
        )
        records = SqlTranslations(database, sealer)
        store, clock = self.street.store, self.street.clock
        translations = Translations(records=records, store=store, work=store, clock=clock, new_id=uuid4)
        self.hearing = TranslationHearing(
            records=records, work=store, listener=lambda: self.street.listener, taxonomy="2026-11", clock=clock
        )
        hiding = Hiding(work=store, clock=clock, new_id=uuid4)
        desk: Desk = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(
            desk,
            store=self.street.store,
            clock=self.street.clock,
            review=replace(desk.review, store=self.street.store, clock=self.street.clock),
            sessions=FakeDoor(),
            rooms=Rooms(
                holding=holding,
                replying=open_replying(database, sealer, holding),
                tasks=self.desk_tasks,
                translations=translations,
                hiding=hiding,
            ),
        )

    def hears(self, *texts: str, sender: Address = ANNA) -> None:
        """The family writes, and is answered."""
        for text in texts:
            self.street.text(text, sender=sender)
            self.street.later(seconds=30)
            self.street.all_turns()
            self.street.deliver()

    def signs_in(self, username: str = "nora") -> Browser:
        return signed_in(self.app, self.street.store, self.street.clock, username)

    @property
    def actions(self) -> list[str]:
        return [str(row["action"]) for row in self.street.store.export_rows("audit")]

    def tasks(self, reference: str = "RIVER 482") -> tuple[TaskView, ...]:
        view = self.street.store.experience(reference)
        assert view is not None
        return view.card.tasks
