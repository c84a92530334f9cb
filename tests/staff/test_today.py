"""Today: in the order in which things run out, each with its link; what is with safeguarding only for those who may."""

from __future__ import annotations

from datetime import date

from bot.inbox import InboxFilter
from tests.staff.fakes import FakeStore, a_loose_alert, an_alert, an_experience
from tests.staff.page import Browser

TODAY = date(2026, 11, 23)


def test_what_was_promised_for_today_or_before_is_listed_late_first(jo: Browser, store: FakeStore) -> None:
    page = jo.open("/staff/today")

    assert page.heading == "Monday 23 November"
    assert InboxFilter(promised_by=TODAY, today=TODAY, with_safeguarding=False) in store.filters
    assert page.main.index("Already late") < page.main.index("BROOK 377") < page.main.index("Promised for today")
    assert "RIVER 482" in page.main
    assert "/staff/experiences/BROOK-377" in [address for _, address in page.links()]


def test_alerts_are_there_for_those_who_may_and_for_nobody_else(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    store.waits(a_loose_alert(), "he has a knife")
    leads, mine = ruth.open("/staff/today"), jo.open("/staff/today")

    assert "Alerts 2" in leads.main
    assert "TIMBER 350" in leads.main
    assert "TIMBER" not in mine.html
    assert "Alerts" not in mine.main
    assert "2 messages are with safeguarding" in mine.main


def test_what_was_real_and_nobody_has_read_is_promised_on_the_leads_day_alone(
    ruth: Browser, jo: Browser, store: FakeStore
) -> None:
    store.experiences.clear()
    closed = an_alert(taken_by="Ruth Adeyemi", outcome="police: rang them")
    store.put(an_experience("TIMBER 350", alerts=[closed], promised_on=TODAY))

    assert "TIMBER 350" in ruth.open("/staff/today").main.partition("Promised for today")[2]
    assert "TIMBER" not in jo.open("/staff/today").html


def test_what_has_an_open_alert_stands_among_the_alerts_and_not_among_the_promises(ruth: Browser, store: FakeStore) -> None:
    store.experiences.clear()
    store.put(an_experience("TIMBER 350", alerts=[an_alert()], promised_on=TODAY))
    store.put(an_experience("RIVER 482", promised_on=TODAY))
    alerts, _, promised = ruth.open("/staff/today").main.partition("Promised for today")

    assert "TIMBER 350" in alerts
    assert ("RIVER 482" in promised, "TIMBER 350" in promised) == (True, False)


def test_an_empty_day_says_so_kindly(jo: Browser, store: FakeStore) -> None:
    store.experiences.clear()

    assert "Nothing runs out today" in jo.open("/staff/today").main
