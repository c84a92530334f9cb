from __future__ import annotations

import pytest
from flask import Flask

from bot.themes import Taxonomy
from staff.headers import security_headers
from staff.passwords import Passwords
from staff.site import register_staff
from tests.staff.fakes import FakeClock, FakeStore
from tests.staff.page import Browser
from tests.staff.sample import fill

PASSWORD = "correct horse battery"


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


@pytest.fixture
def app(store: FakeStore, clock: FakeClock, taxonomy: Taxonomy, passwords: Passwords) -> Flask:
    app = Flask("earshot", static_folder=None, template_folder=None)
    app.secret_key = "a key for tests"
    security_headers(app)
    register_staff(
        app, store=store.as_store(), clock=clock, taxonomy=taxonomy, demo=True, production=False, passwords=passwords
    )
    return app


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def jo(app: Flask) -> Browser:
    """A reviewer's browser."""
    browser = Browser(app.test_client())
    browser.sign_in("jo")
    return browser


@pytest.fixture
def ruth(app: Flask) -> Browser:
    """The safeguarding lead's browser."""
    browser = Browser(app.test_client())
    browser.sign_in("ruth")
    return browser
