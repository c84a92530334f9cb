"""The public page of a wish to be deleted: its state in plain words, no login, nothing about anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from bot.deletions import Deletion
from bot.model import ChannelName
from channels.data_deletion import deletion_page
from channels.pages import pages_blueprint
from tests.channels.pages_client import Parent
from tests.channels.webchat_fakes import KEY, FakeWeb

CODE = "AB12-CD34"
WISH = Deletion(code=CODE, channel=ChannelName("messenger"), asked_at=datetime(2026, 11, 23, tzinfo=UTC))


class FakeWishes:
    wish = WISH

    def of(self, code: str) -> Deletion | None:
        return self.wish if code == CODE else None


@pytest.fixture
def wishes() -> FakeWishes:
    return FakeWishes()


@pytest.fixture
def parent(wishes: FakeWishes) -> Parent:
    web = FakeWeb()
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://x", wishes=wishes)  # type: ignore[arg-type] # as much of a store as the pages use
    )
    return Parent(app.test_client(), web)


def test_a_wish_that_waits_says_how_to_have_it_done_now(parent: Parent) -> None:
    page = parent.opens(deletion_page(CODE))

    assert page.heading == "Your request to delete what you told us"
    assert "has not finished with it yet" in page.text
    assert "It is not the number we know you by" in page.text
    assert "Write DELETE to us" in page.text
    assert "Set-Cookie" not in page.answer.headers
    assert page.answer.headers["Cache-Control"] == "no-store"


def test_a_wish_that_is_done_says_so_and_asks_nothing(parent: Parent, wishes: FakeWishes) -> None:
    wishes.wish = replace(WISH, done_at=WISH.asked_at, done_by="Jo Pascoe")
    page = parent.opens(deletion_page(CODE))

    assert "has dealt with this request" in page.text
    assert "Write DELETE" not in page.text
    assert "Jo Pascoe" not in page.text


def test_it_is_read_in_easy_read_at_the_same_address(parent: Parent) -> None:
    easy = parent.opens(parent.opens(deletion_page(CODE)).links["Easy Read"])

    assert easy.heading == "You asked us to delete what you told us"
    assert CODE in easy.text


def test_a_code_with_a_slip_in_it_is_told_so_and_needs_no_code(parent: Parent) -> None:
    page = parent.opens(deletion_page("AB12-XXXX"))

    assert page.answer.status_code == 404
    assert page.heading == "We do not know this code"
    assert "Write DELETE to us" in page.text
