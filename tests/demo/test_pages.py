"""The demo's own addresses, asked directly."""

from datetime import UTC, datetime

import pytest
import requests

from bot.hours import Hours
from demo.curtain import Curtain
from demo.steps import moved_to
from tests.demo.conftest import Live

HOURS = Hours.load()
THURSDAY = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "then"),
    [
        ("minute", datetime(2026, 11, 19, 10, 43, tzinfo=UTC)),
        ("hour", datetime(2026, 11, 19, 11, 42, tzinfo=UTC)),
        ("day", datetime(2026, 11, 20, 10, 42, tzinfo=UTC)),
        ("tonight", datetime(2026, 11, 19, 20, 0, tzinfo=UTC)),
        ("workday", datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        ("week", datetime(2026, 11, 26, 10, 42, tzinfo=UTC)),
    ],
)
def test_each_button_of_the_clock_leads_where_it_says(step: str, then: datetime) -> None:
    assert moved_to(step, THURSDAY, HOURS) == then


def test_after_eight_tonight_is_tomorrow_night() -> None:
    assert moved_to("tonight", datetime(2026, 11, 19, 21, 0, tzinfo=UTC), HOURS) == datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def test_the_next_workday_after_a_friday_is_a_monday() -> None:
    assert moved_to("workday", datetime(2026, 11, 20, 12, 0, tzinfo=UTC), HOURS) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_another_word_moves_nothing(live: Live) -> None:
    before = live.scene.clock.now()

    assert requests.post(f"{live.url}/demo/clock", data={"step": "yesterday"}, timeout=60).status_code == 400
    assert (live.scene.clock.now() - before).total_seconds() < 10


def test_another_sites_page_cannot_post_into_the_demo(live: Live) -> None:
    answer = requests.post(
        f"{live.url}/demo/phones/sms", data={"text": "hi"}, headers={"Origin": "https://elsewhere.example"}, timeout=60
    )

    assert answer.status_code == 403


def test_there_is_no_fax(live: Live) -> None:
    assert requests.post(f"{live.url}/demo/phones/fax", data={"text": "hi"}, timeout=60).status_code == 404


def test_an_attachment_that_is_none_is_refused(live: Live) -> None:
    answer = requests.post(f"{live.url}/demo/phones/sms", data={"text": "", "attachment": "fax"}, timeout=60)

    assert answer.status_code == 400


def test_the_start_page_gives_the_login_of_this_run(live: Live) -> None:
    page = requests.get(f"{live.url}/", timeout=60).text

    assert live.scene.login.password in page


class Asked:
    """What a WSGI server is told."""

    status = ""

    def __call__(self, status: str, headers: list[tuple[str, str]], error: object = None) -> object:
        self.status = status
        return lambda _: None


class TestTheCurtain:
    def ask(self, curtain: Curtain, path: str) -> str:
        asked = Asked()
        list(curtain({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, asked))  # type: ignore[arg-type] # a stand-in for a server
        return asked.status

    def curtain(self) -> Curtain:
        def app(environ, start_response):  # type: ignore[no-untyped-def] # the least of an application
            start_response("200 OK", [])
            return [b""]

        return Curtain(app)

    @pytest.mark.parametrize("path", ["/", "/staff/", "/webhooks/twilio", "/api/chat/session"])
    def test_keeps_visitors_out_while_the_month_is_made(self, path: str) -> None:
        assert self.ask(self.curtain(), path) == "503 Service Unavailable"

    @pytest.mark.parametrize("path", ["/demo/provider/2010-04-01/Accounts", "/webhooks/twilio/status"])
    def test_lets_the_provider_through(self, path: str) -> None:
        assert self.ask(self.curtain(), path) == "200 OK"

    def test_shows_everything_once_it_is_lifted(self) -> None:
        curtain = self.curtain()
        curtain.lift()

        assert self.ask(curtain, "/staff/") == "200 OK"
