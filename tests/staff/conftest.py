from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Protocol
from uuid import uuid4

import pytest
from flask import Flask

from bot.action_requests import ActionRequests
from bot.byhand import ByHand
from bot.channel_log import LogReading
from bot.comments import Comments
from bot.deletions import Deletions
from bot.desk_work import DeskWork
from bot.exports import Exports
from bot.imports import Imports
from bot.jobs import Jobs
from bot.model import EASY_READ, ENGLISH
from bot.ports import Clock
from bot.records import StaffMember
from bot.same_person import SamePerson
from bot.saved_views import SavedViews
from bot.taggers import TaggerShelf, TaggerState
from bot.team import Team
from bot.themes import Taxonomy
from bot.trail import Trail
from bot.word_desk import WordDesk
from channels.showing import ChannelShowing
from staff import sessions
from staff.desk import EXTENSION, Desk, Rooms
from staff.headers import security_headers
from staff.passwords import Passwords
from staff.site import register_staff
from tests.bot.sayings import CHECKS, WORDING
from tests.staff.fake_actions import FakeActions, FakeRequests, rooms_of_actions
from tests.staff.fake_details import FakePassing, FakeTrail, sending_on
from tests.staff.fake_door import FakeDoor
from tests.staff.fake_removals import FakeRemovals, removing_of
from tests.staff.fakes import FakeClock, FakeStore, replies_to_comments
from tests.staff.measured import FIGURES, Kept, tagger
from tests.staff.page import Browser
from tests.staff.sample import fill

PASSWORD = "correct horse battery"


class Members(Protocol):
    """A store, as far as signing in asks it."""

    def staff_by_username(self, username: str) -> StaffMember | None: ...


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Cheap ones: a test is not the place to be slow."""
    return Passwords(memory_kib=8, passes=1)


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(passwords: Passwords) -> FakeStore:
    """The made-up inbox, with a password for each member."""
    store = fill(FakeStore())
    for member in store.all_staff():
        store.update_staff(member.id, password_hash=passwords.hash(PASSWORD))
    return store


@pytest.fixture(scope="session")
def built_once(taxonomy: Taxonomy, passwords: Passwords) -> Flask:
    """Built once: compiling the templates anew for each test would be most of the time it takes."""
    app = Flask("earshot", static_folder=None, template_folder=None)
    app.secret_key = "a key for tests"
    security_headers(app)
    register_staff(
        app,
        store=FakeStore().as_store(),
        kept_sessions=FakeDoor(),
        clock=FakeClock(),
        taxonomy=taxonomy,
        demo=True,
        passwords=passwords,
    )
    return app


@pytest.fixture
def built(built_once: Flask) -> Iterator[Flask]:
    """The application; at whatever desk a test sits down, the next one finds it as it was built."""
    desk: Desk = built_once.extensions[EXTENSION]
    yield built_once
    built_once.extensions[EXTENSION] = desk


@pytest.fixture
def kept_actions(store: FakeStore) -> FakeActions:
    return FakeActions(store)


@pytest.fixture
def app(built: Flask, store: FakeStore, clock: FakeClock, kept_actions: FakeActions) -> Flask:
    """The application at a desk of this test's own, whatever it puts on it."""
    desk: Desk = built.extensions[EXTENSION]
    actions, telling = rooms_of_actions(store, kept_actions, clock)
    built.extensions[EXTENSION] = replace(
        desk,
        store=store.as_store(),
        clock=clock,
        review=replace(desk.review, store=store.as_store(), clock=clock),
        sessions=FakeDoor(),
        rooms=Rooms(
            jobs=(jobs := Jobs(records=store.jobs, blobs=store.files, clock=clock, digest=bytes)),
            imports=Imports(jobs, (ENGLISH, EASY_READ)),
            exports=Exports(jobs),
            team=Team(store=store.as_store(), work=store.as_team_store(), records=store.team, clock=clock),
            actions=actions,
            telling=telling,
            action_requests=ActionRequests(FakeRequests(store), clock, uuid4),
            desk_work=DeskWork(store.work, store.as_store(), clock),
            views=SavedViews(store.views, store.as_store(), clock),
            by_hand=ByHand(intake=store.entries, accounts=store.entries, locales=(ENGLISH, EASY_READ)),
            comments=Comments(records=store.said, store=store.as_store(), replies=replies_to_comments(), clock=clock),
            log=LogReading(store.calls, page=50),
            same_person=SamePerson(records=store.same, store=store.as_store(), clock=clock),
            deletions=Deletions(records=store.said, store=store.as_store(), clock=clock),
            words=WordDesk(base=WORDING, records=store.word_records, checks=CHECKS, clock=clock),
            showing=ChannelShowing({}, pence=Decimal("4.0")),
            taggers=TaggerShelf(records=Kept(tagger(TaggerState.REFUSED)), shipped=FIGURES),
            trail=Trail(FakeTrail(store), store.as_store(), clock),
            sending_on=sending_on(FakePassing(store), clock),
            removing=removing_of(FakeRemovals(store), clock),
        ),
    )
    return built


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def jo(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    """A reviewer's browser."""
    return signed_in(app, store, clock, "jo")


@pytest.fixture
def ruth(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    """The safeguarding lead's browser."""
    return signed_in(app, store, clock, "ruth")


def signed_in(app: Flask, store: Members, clock: Clock, username: str) -> Browser:
    """As after the door, without the pages of the door: each page that is opened is checked, and that takes time."""
    member = store.staff_by_username(username)
    assert member is not None
    browser = Browser(app.test_client())
    desk: Desk = app.extensions[EXTENSION]
    with browser.client.session_transaction() as session:
        sessions.begin(session, desk.door, member, browser="Firefox on Windows")
    return browser
