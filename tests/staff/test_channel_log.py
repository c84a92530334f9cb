"""The channel log as staff see it: a plain table, looked through by channel, day and outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channel_log import Outcome, What
from tests.staff.fakes import NOW, FakeStore
from tests.staff.page import Browser, Page, text_of

LOG = "/staff/channels/log"


def rows(page: Page) -> list[str]:
    return [text_of(row) for row in page.find("tbody").iter("tr")]


@pytest.fixture
def busy(store: FakeStore) -> FakeStore:
    yesterday = NOW - timedelta(days=1)
    store.calls.tell("sms", What.MESSAGE, Outcome.KEPT, at=yesterday, detail="5123", ends="23")
    store.calls.tell("sms", What.MESSAGE, Outcome.REPEAT, at=yesterday, detail="5123", ends="23")
    store.calls.tell("twilio", What.REQUEST, Outcome.BAD_SIGNATURE, detail="4")
    store.calls.tell("whatsapp", What.SEND, Outcome.FAILED, detail="21610", ends="67")
    return store


def test_each_line_says_what_it_was_and_what_it_led_to(jo: Browser, busy: FakeStore) -> None:
    newest, refused, repeat, kept = rows(jo.open(LOG))

    assert "WhatsApp" in newest
    assert "A message of ours, address ending 67. Failed (21610)" in newest
    assert "A request came. Refused: bad signature, 4 times in a moment" in refused
    assert "A message came, address ending 23. A repeat of 5123" in repeat
    assert "Text message" in kept
    assert "Kept as 5123" in kept


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("channel=sms", 2),
        ("outcome=failed", 1),
        (f"day={(NOW - timedelta(days=1)).date()}", 2),
        (f"day={NOW.date()}&channel=twilio", 1),
        ("day=nonsense&outcome=nonsense&before=x", 4),
        ("day=9999-12-31", 0),
        ("channel=%00", 0),
        ("before=999999999999999999999999", 4),
    ],
)
def test_it_is_looked_through_by_channel_day_and_outcome(jo: Browser, busy: FakeStore, query: str, found: int) -> None:
    page = jo.open(f"{LOG}?{query}")

    assert len(page.find_all("tbody")) == (1 if found else 0)
    assert not found or len(rows(page)) == found


def test_a_long_log_goes_on_on_the_next_page_with_the_same_filter(jo: Browser, store: FakeStore) -> None:
    for number in range(60):
        store.calls.tell("sms", What.MESSAGE, Outcome.KEPT, detail=str(number))
        store.calls.tell("email", What.MESSAGE, Outcome.KEPT, detail="0")
    first = jo.open(f"{LOG}?channel=sms")
    (onward,) = [address for words, address in first.links() if words == "Older lines"]
    second = jo.open(onward)

    assert (len(rows(first)), len(rows(second))) == (50, 10)
    assert "Kept as 0" in rows(second)[-1]
    assert not any("Email" in row for row in rows(second))


def test_every_outcome_and_everything_there_is_has_its_words(jo: Browser, store: FakeStore) -> None:
    for what in What:
        for outcome in Outcome:
            store.calls.tell("sms", what, outcome, detail="1")
    for number in range(len(What) * len(Outcome) // 50 + 1):
        page = jo.open(f"{LOG}?before={(number + 1) * 50 + 1}")
        assert not any(". (1)" in row or ", address" in row for row in rows(page))


def test_a_quiet_house_says_so(jo: Browser) -> None:
    assert "There are no such lines." in jo.open(LOG).main


def test_a_stranger_sees_nothing_of_it(stranger: Browser, busy: FakeStore) -> None:
    answer = stranger.client.get(LOG)

    assert answer.status_code == 303
    assert b"5123" not in answer.data
