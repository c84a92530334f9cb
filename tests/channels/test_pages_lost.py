"""An address that leads nowhere: a plain page for a parent, and for programs and the team what they had before."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask, abort

from channels.pages import pages_blueprint
from tests.channels.pages_client import Page, Parent
from tests.channels.webchat_fakes import KEY, FakeWeb

STORY = "The taxi never came"


@pytest.fixture
def app() -> Flask:
    """The pages beside a door of another kind, as in the whole application."""
    web = FakeWeb()
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://x")  # type: ignore[arg-type] # as much of a store as the pages use
    )
    other = Blueprint("other", __name__, url_prefix="/other")
    other.add_url_rule("/gone", "gone", lambda: abort(404))
    app.register_blueprint(other)
    return app


@pytest.fixture
def parent(app: Flask) -> Parent:
    return Parent(app.test_client(), FakeWeb())


@pytest.mark.parametrize(
    "address", ["/nothing", "/chat/nothing", "/privacy/", "/staffs", "/chatt?locale=en", "//evil.example/%3Cb%3E", "/\u00e9"]
)
def test_a_wrong_address_is_a_plain_page_that_leads_to_the_talk(parent: Parent, address: str) -> None:
    page = parent.opens(address)

    assert page.status == 404
    assert page.heading == "There is nothing at this address"
    assert "In an emergency ring 999." in page.main
    assert parent.opens(page.links["Tell us what happened"]).heading == "Tell us what happened, good or bad"


def test_a_wrong_address_can_be_read_in_easy_read(parent: Parent) -> None:
    page = parent.opens("/nothing?locale=en-x-easyread")

    assert page.heading == "There is no page here"
    assert parent.opens(page.links["Tell us what happened"]).heading == "Tell us what happened"


def test_a_wrong_address_offers_the_talk_in_easy_read(parent: Parent) -> None:
    assert parent.opens("/nothing").links["Easy Read"] == "/chat?locale=en-x-easyread"


def test_a_wrong_address_in_the_middle_of_a_talk_sends_nothing_to_the_bot(parent: Parent) -> None:
    parent.sends(parent.opens(), STORY)
    page = parent.opens("/chat/nothing")

    assert not page.all("form")


def test_a_form_sent_to_a_page_that_takes_none_is_answered_in_plain_words(parent: Parent) -> None:
    page = Page(parent.client.post("/privacy", data={"text": STORY}))

    assert page.status == 405
    assert "GET" in page.answer.headers["Allow"]
    assert page.heading == "There is nothing at this address"


@pytest.mark.parametrize(
    "address",
    ["/api/chat/nothing", "/webhooks/nothing", "/staff/nothing", "/staff", "/metrics", "/other/gone", "/chat/assets/nothing.css"],
)
def test_programs_and_the_team_are_answered_as_before(parent: Parent, address: str) -> None:
    answer = parent.client.get(address)

    assert answer.status_code == 404
    assert "There is nothing at this address" not in answer.get_data(as_text=True)
