"""The reply box at the desk: what is typed is kept, nothing goes unlooked at, and ten seconds travel with whoever pressed."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from bot.model import ChannelName
from bot.nudges import NUDGE
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure
from storage.database import Database
from tests.staff.desk_of_a_talk import LATE, RIVER, Team
from tests.staff.page import Browser, Page, text_of, values_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS = "Hello, this is Nora. I have asked the taxi firm."


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.hears(LATE)
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    browser = team.signs_in()
    browser.open(RIVER)
    return browser


def box(page: Page) -> str:
    return text_of(next(each for each in page.find_all("textarea") if each.get("id") == "words"))


def typed(browser: Browser, words: str, *, new: bool = True) -> str:
    """What comes back while somebody types."""
    assert browser.page is not None
    form, address = browser.page.form("/write")
    fields = {**values_of(form), "words": words, **({"new": "yes"} if new else {})}
    answer = browser.client.post(f"{address}/typed", data=fields)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.get_data(as_text=True)))


def test_one_press_sends_takes_the_talk_and_tells_the_family_first(team: Team, nora: Browser) -> None:
    page = nora.press("/send", {"words": WORDS})
    team.street.deliver()
    team.street.later(seconds=11)
    team.street.sweep()

    assert "It leaves in ten seconds." in page.main
    assert [said[:13] for said in team.street.heard_by_them[-2:]] == ["A person from", "Hello, this i"]
    assert team.actions[-2:] == ["take_talk", "write"]


@pytest.mark.parametrize(("channel", "length"), [("whatsapp", timedelta(hours=24)), ("messenger", timedelta(days=7))])
def test_today_says_when_the_window_of_a_talk_we_took_shuts(
    built: Flask, database: Database, channel: str, length: timedelta
) -> None:
    team = Team(built, database, channel)
    team.hears(LATE)
    team.street.later(seconds=(length - timedelta(hours=6)).total_seconds())
    nora = team.signs_in()
    nora.open(RIVER)
    assert "Windows about to shut" not in nora.open("/staff/today").main
    nora.open(RIVER)
    nora.press("/take")

    assert "Windows about to shut" in nora.open("/staff/today").main


def test_the_same_press_twice_sends_once_and_is_no_collision(team: Team, nora: Browser) -> None:
    nora.press("/send", {"words": WORDS, "id": str(uuid4())})
    assert nora.page is not None
    first = nora.client.get(RIVER)
    form, address = Page(first).form("/send")
    same = {**values_of(form), "words": WORDS}
    for _ in range(2):
        nora.client.post(address, data=same)
    team.street.later(seconds=11)
    team.street.sweep()
    nora.client.post(address, data=same)
    team.street.later(seconds=11)
    team.street.sweep()

    assert team.street.heard_by_them.count(WORDS) == 2, "one for each form, however often it was pressed"


def test_nothing_goes_where_they_have_written_since_until_it_was_looked_at(team: Team, nora: Browser) -> None:
    team.hears("It is sorted now, thank you")
    page = nora.press("/send", {"words": WORDS}, status=409)

    assert "Nothing was sent. Look again first. They have written since you opened the page" in page.main
    assert box(page) == WORDS
    assert "write" not in team.actions

    assert "It leaves in ten seconds." in nora.press("/send").main


def test_nothing_goes_where_a_colleague_was_quicker(team: Team, nora: Browser) -> None:
    omar = team.signs_in("omar")
    omar.open(RIVER)
    omar.press("/send", {"words": "Hello from Omar"})
    page = nora.press("/send", {"words": WORDS}, status=409)

    assert "Omar Example has taken the talk meanwhile. One of us has answered meanwhile." in page.main
    assert "Take over from Omar Example" in page.main
    assert team.actions.count("write") == 1
    nora.press("/take")
    assert box(nora.open(RIVER)) == WORDS, "what she had written is kept"


def test_who_is_writing_is_said_and_has_to_be_seen_once(team: Team, nora: Browser) -> None:
    omar = team.signs_in("omar")
    omar.open(RIVER)
    typed(omar, "Hello from")
    page = nora.press("/send", {"words": WORDS}, status=409)

    assert "Omar Example is writing to them now, since 10:00." in page.main
    assert "It leaves in ten seconds." in nora.press("/send").main


def test_who_stopped_typing_two_minutes_ago_is_not_writing(team: Team, nora: Browser) -> None:
    omar = team.signs_in("omar")
    omar.open(RIVER)
    typed(omar, "Hello from")
    team.street.later(minutes=3)

    assert "Omar Example is writing" not in nora.open(RIVER).main
    nora.press("/send", {"words": WORDS})


def test_a_form_that_no_page_of_ours_made_sends_nothing(team: Team, nora: Browser) -> None:
    nora.press("/send", {"words": WORDS, "seen": "anything"}, status=409)

    assert "write" not in team.actions


def test_what_is_typed_is_counted_as_the_next_page_counts_it_and_kept(team: Team, nora: Browser) -> None:
    said = typed(nora, WORDS)
    assert "48 characters, 1 text message segment. It costs about 4p." in said
    assert "48 characters, 1 text message segment. It costs about 4p." in nora.press("/write", {"words": WORDS}).main

    assert "Plain English: good." in said
    assert box(nora.open(RIVER)) == WORDS
    assert box(team.signs_in("omar").open(RIVER)) == "", "each has a draft of their own"
    typed(nora, "")
    assert box(nora.open(RIVER)) == ""


def test_advice_on_plain_english_stands_beside_the_words_and_refuses_nothing(team: Team, nora: Browser) -> None:
    said = typed(nora, "The provision was agreed.")
    assert "“provision” is a word families may not use. Try “help” or “support”." in said
    assert "This is advice. You can send it as it is." in said
    assert "“provision” is a word" in nora.press("/write", {"words": "The provision was agreed."}).main

    assert "It leaves in ten seconds." in nora.press("/send").main


def test_of_another_language_it_is_said_that_nothing_is_checked(team: Team, nora: Browser) -> None:
    team.hears("human")  # the language goes over where no question of ours is open
    team.street.listener.hints = {"locale": "pl", "needs_translation": True}
    team.hears("Szkolna taksówka spóźnia się codziennie, a nikt do nas nie dzwoni.")
    team.street.listener.hints = {}
    assert "They read Polish. What you write is not translated." in nora.open(RIVER).main
    assert "Plain English is checked in English only" in typed(nora, "Provision")


def test_the_seconds_go_along_to_the_next_page_and_undo_puts_the_words_back(team: Team, nora: Browser) -> None:
    nora.press("/send", {"words": WORDS})
    page = nora.open("/staff/inbox")
    assert "Your reply to RIVER 482 leaves at 10:00:" in page.main
    assert "Your reply" not in team.signs_in("omar").open("/staff/inbox").main
    page = nora.press("/take-back")

    assert "Taken back: nothing was sent." in page.main
    assert box(page) == WORDS
    team.street.later(seconds=11)
    assert "Your reply" not in nora.open("/staff/inbox").main


def test_a_reply_behind_the_wall_by_now_is_named_on_no_page_of_a_reviewer(team: Team, nora: Browser) -> None:
    nora.press("/send", {"words": WORDS})
    team.street.text("I want to kill myself tonight")

    assert "Your reply" not in nora.open("/staff/inbox").main


def test_why_it_has_not_arrived_is_said_in_words(team: Team, nora: Browser) -> None:
    nora.press("/send", {"words": WORDS})
    team.street.later(seconds=11)
    team.street.sweep()
    receipt = DeliveryReceipt(
        channel=ChannelName("sms"),
        status=DeliveryStatus.UNDELIVERED,
        outbound=team.street.channel.sent[-1].id,
        code="30003",
        failure=Failure.UNREACHABLE,
    )
    with team.street.store.transaction() as tx:
        tx.apply_receipt(receipt, team.street.clock.at)

    assert "NOT DELIVERED: the number or address takes no messages" in nora.open(RIVER).main


class TestOnWhatsApp:
    """Where words may go for a day after theirs."""

    @pytest.fixture
    def team(self, built: Flask, database: Database) -> Team:
        team = Team(built, database, channel="whatsapp")
        team.hears(LATE)
        return team

    def test_the_time_left_is_said_in_words_and_an_answer_costs_nothing(self, team: Team, nora: Browser) -> None:
        team.street.later(hours=22, minutes=43)
        nora = team.signs_in()

        assert "1 hour 16 minutes left. Words of ours may go until today, 10:00" in nora.open(RIVER).main
        assert "No charge: they have written lately." in typed(nora, WORDS)

    def test_when_it_is_over_the_server_sends_nothing_and_keeps_the_words(self, team: Team, nora: Browser) -> None:
        team.street.later(hours=23, minutes=50)
        nora = team.signs_in()
        nora.open(RIVER)
        team.street.later(minutes=15)
        page = nora.press("/send", {"words": WORDS})

        assert "the time in which words may go has just run out" in page.main
        assert "Shut since today, 10:00." in page.main
        assert box(page) == WORDS
        assert "write" not in team.actions
        team.hears("Hello?")
        assert box(nora.open(RIVER)) == WORDS
        assert "23 hours 59 minutes left" in nora.open(RIVER).main

    def test_the_template_asks_them_once_and_the_talk_is_ours(
        self, team: Team, nora: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "No template" not in nora.open(RIVER).main
        team.street.later(hours=25)
        nora = team.signs_in()
        assert "No template has been set up for this channel" in nora.open(RIVER).main
        monkeypatch.setattr(type(team.street.channel), "template_for", lambda _, key, locale: "HX1" if key == NUDGE else None)
        assert "We have an answer for you. Reply READ to see it." in nora.open(RIVER).main
        first, again = nora.press("/ask"), nora.press("/ask")
        team.street.deliver()

        assert "They are asked by the template to write." in first.main
        assert "they were asked before" in again.main
        assert team.street.heard_by_them[-1] == "We have an answer for you. Reply READ to see it."
        assert team.actions[-2:] == ["take_talk", "ask_to_write"]
