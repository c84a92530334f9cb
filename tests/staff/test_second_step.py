"""The second step: set up with a phone, asked for at the door, and what helps when the phone is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from bot.door import FREE
from bot.second_step import CODES, PENDING_FOR, SecondStep
from staff.desk import EXTENSION, Desk
from staff.totp import new_secret, step_of
from tests.staff.conftest import PASSWORD
from tests.staff.fake_factors import FakeFactors
from tests.staff.fakes import NOW, FakeClock, FakeStore, made_id
from tests.staff.page import Browser, Page, text_of

RUTH = made_id("staff ruth")


@pytest.fixture
def factors(store: FakeStore) -> FakeFactors:
    return FakeFactors(store=store)


@pytest.fixture
def site(app: Flask, store: FakeStore, clock: FakeClock, factors: FakeFactors) -> Flask:
    desk: Desk = app.extensions[EXTENSION]
    step = SecondStep(
        records=factors,
        store=store.as_store(),
        clock=clock,
        step_of=step_of,
        new_secret=new_secret,
        needed_for=frozenset({"safeguarding"}),
    )
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, second_step=step))
    return app


def digits(factors: FakeFactors, clock: FakeClock) -> str:
    """What ruth's phone shows now."""
    factor = factors.factors[RUTH]
    return pyotp.TOTP(factor.pending or factor.secret or "").at(clock.now())


def set_up(site: Flask, factors: FakeFactors, clock: FakeClock) -> tuple[Browser, list[str]]:
    browser = Browser(site.test_client())
    browser.sign_in("ruth")
    browser.press("/begin")
    page = browser.press("/confirm", {"code": digits(factors, clock)})
    assert page.heading == "Your codes on paper"
    clock.move(timedelta(minutes=1))
    return browser, [text_of(item) for item in page.find_all("li", class_="es-code")]


def asked(site: Flask) -> Browser:
    browser = Browser(site.test_client())
    assert browser.sign_in("ruth").heading == "The second step"
    return browser


def test_a_role_that_needs_it_sees_nothing_before_it_is_set_up(site: Flask, store: FakeStore) -> None:
    browser = Browser(site.test_client())
    page = browser.sign_in("ruth")

    assert "Nothing else opens before it is set up" in page.main
    assert browser.open("/staff/inbox").heading == "The second step"
    assert browser.open("/staff/experiences/TIMBER-350").heading == "The second step"
    assert store.filters == []


def test_setting_it_up_shows_a_picture_a_key_to_type_and_ten_codes_once(
    site: Flask, factors: FakeFactors, clock: FakeClock
) -> None:
    browser = Browser(site.test_client())
    browser.sign_in("ruth")
    page = browser.press("/begin")
    pending = factors.factors[RUTH].pending
    assert pending is not None
    assert "<svg" in page.html.split("<main")[1]
    assert pending in page.main.replace(" ", "")

    codes = browser.press("/confirm", {"code": digits(factors, clock)}).find_all("li", class_="es-code")
    assert len({text_of(code) for code in codes}) == CODES
    assert text_of(codes[0]) not in browser.open("/staff/account/two-step").html
    assert browser.open("/staff/inbox").heading == "Inbox"


def optional(site: Flask) -> None:
    """Nobody must have the second step, as where a team only recommends it."""
    desk: Desk = site.extensions[EXTENSION]
    assert desk.rooms.second_step is not None
    step = replace(desk.rooms.second_step, needed_for=frozenset())
    site.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, second_step=step))


def test_setting_it_up_ends_every_other_session(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    optional(site)
    thief = Browser(site.test_client())
    assert thief.sign_in("ruth").heading == "Inbox"
    own = set_up_from(site, factors, clock)

    assert thief.open("/staff/inbox").heading == "Sign in"
    assert own.open("/staff/inbox").heading == "Inbox"


def test_a_new_phone_ends_the_sessions_that_the_old_one_opened(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    set_up(site, factors, clock)
    other = asked(site)
    other.press("/second-step", {"code": digits(factors, clock)})
    clock.move(timedelta(minutes=1))
    own = asked(site)
    own.press("/second-step", {"code": digits(factors, clock)})
    clock.move(timedelta(minutes=1))
    own.open("/staff/account/two-step")
    own.press("/begin")
    own.press("/confirm", {"code": digits(factors, clock)})

    assert other.open("/staff/inbox").heading == "Sign in"


def test_a_secret_that_pends_is_shown_and_confirmed_in_the_session_that_began_it_alone(
    site: Flask, factors: FakeFactors, clock: FakeClock
) -> None:
    optional(site)
    own, thief = Browser(site.test_client()), Browser(site.test_client())
    own.sign_in("ruth")
    own.open("/staff/account/two-step")
    own.press("/begin")
    thief.sign_in("ruth")
    pending = factors.factors[RUTH].pending
    assert pending is not None

    page = thief.open("/staff/account/two-step")
    assert pending[:4] not in page.main
    token = {"csrf_token": str(page.find("input", name="csrf_token").get("value")), "code": digits(factors, clock)}
    thief.client.post("/staff/account/two-step/confirm", data=token)
    assert factors.having() == frozenset()
    assert own.press("/confirm", {"code": digits(factors, clock)}).heading == "Your codes on paper"


def test_a_secret_that_pends_runs_out(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    browser = Browser(site.test_client())
    browser.sign_in("ruth")
    browser.press("/begin")
    clock.move(PENDING_FOR)
    page = browser.press("/confirm", {"code": digits(factors, clock)})

    assert "It took longer than ten minutes" in page.main
    assert factors.having() == frozenset()


def set_up_from(site: Flask, factors: FakeFactors, clock: FakeClock) -> Browser:
    browser = Browser(site.test_client())
    browser.sign_in("ruth")
    browser.open("/staff/account/two-step")
    browser.press("/begin")
    assert browser.press("/confirm", {"code": digits(factors, clock)}).heading == "Your codes on paper"
    return browser


def test_a_wrong_code_sets_nothing_up(site: Flask, factors: FakeFactors) -> None:
    browser = Browser(site.test_client())
    browser.sign_in("ruth")
    browser.press("/begin")

    assert "That code is wrong" in browser.press("/confirm", {"code": "000000"}, status=401).main
    assert factors.having() == frozenset()


def test_once_it_is_set_up_the_password_alone_opens_nothing(
    site: Flask, factors: FakeFactors, clock: FakeClock, store: FakeStore
) -> None:
    set_up(site, factors, clock)
    seen = len(store.filters)
    browser = asked(site)

    for address in ("/staff/inbox", "/staff/experiences/RIVER-482", "/staff/account", "/staff/account/two-step"):
        assert browser.open(address).heading == "The second step"
    assert len(store.filters) == seen


def test_the_digits_open_the_door_and_lead_on_to_the_page_that_was_wanted(
    site: Flask, factors: FakeFactors, clock: FakeClock
) -> None:
    set_up(site, factors, clock)
    browser = Browser(site.test_client())
    browser.open("/staff/experiences/RIVER-482")
    browser.press("/sign-in", {"username": "ruth", "password": PASSWORD})

    assert browser.press("/second-step", {"code": digits(factors, clock)}).heading == "RIVER 482"


def test_digits_that_were_used_do_not_open_again(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    set_up(site, factors, clock)
    used = digits(factors, clock)
    asked(site).press("/second-step", {"code": used})

    assert "was used already" in asked(site).press("/second-step", {"code": used}, status=401).main


def test_digits_of_a_clock_that_is_half_a_minute_off_are_taken_and_older_ones_not() -> None:
    secret = new_secret()
    shown = pyotp.TOTP(secret)

    assert step_of(secret, shown.at(NOW - timedelta(seconds=30)), NOW) is not None
    assert step_of(secret, shown.at(NOW + timedelta(seconds=30)), NOW) is not None
    assert step_of(secret, shown.at(NOW - timedelta(seconds=90)), NOW) is None


@pytest.mark.parametrize("said", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "12 34", "\ud800"])
def test_what_are_no_six_digits_belongs_to_no_moment(said: str) -> None:
    assert step_of(new_secret(), said, NOW) is None


def test_a_code_on_paper_opens_once_however_it_is_typed(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    codes = set_up(site, factors, clock)[1]

    assert asked(site).press("/second-step", {"code": f" {codes[0].upper()} "}).heading == "Inbox"
    assert "was used already" in asked(site).press("/second-step", {"code": codes[0]}, status=401).main
    assert asked(site).press("/second-step", {"code": codes[1].replace("-", "")}).heading == "Inbox"


def test_new_codes_make_the_old_ones_worthless(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    browser, codes = set_up(site, factors, clock)
    browser.open("/staff/account/two-step")
    browser.press("/codes")

    asked(site).press("/second-step", {"code": codes[0]}, status=401)


def test_guesses_at_the_digits_are_counted_wherever_they_come_from(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    set_up(site, factors, clock)
    for number in range(FREE):
        browser = Browser(site.test_client(), place=f"203.0.113.{number}")
        browser.sign_in("ruth")
        browser.press("/second-step", {"code": "000000"}, status=401)

    page = browser.press("/second-step", {"code": digits(factors, clock)}, status=429)
    assert "Wait 1 minute" in page.main


def test_a_guesser_does_not_keep_out_whose_device_is_known(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    own = Browser(site.test_client())
    set_up(site, factors, clock)
    own.sign_in("ruth")
    own.press("/second-step", {"code": digits(factors, clock)})
    own.press("/sign-out")
    clock.move(timedelta(minutes=1))
    guesser = asked(site)
    for _ in range(FREE):
        guesser.press("/second-step", {"code": "000000"}, status=401)
    guesser.press("/second-step", {"code": "000000"}, status=429)

    own.sign_in("ruth")
    assert own.press("/second-step", {"code": digits(factors, clock)}).heading == "Inbox"


def test_who_need_not_and_has_not_is_asked_nothing(site: Flask) -> None:
    assert Browser(site.test_client()).sign_in("jo").heading == "Inbox"


def test_the_half_session_gives_way_to_a_new_one(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    set_up(site, factors, clock)
    browser = asked(site)
    before = _token(browser)
    browser.press("/second-step", {"code": digits(factors, clock)})
    thief = Browser(site.test_client())
    with thief.client.session_transaction() as session:
        session["token"] = before

    assert _token(browser) != before
    assert thief.open("/staff/inbox").heading == "Sign in"


def test_half_a_session_can_be_given_up(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    set_up(site, factors, clock)

    assert asked(site).press("/sign-out").heading == "Sign in"


def test_a_reset_takes_it_away_ends_the_sessions_and_is_audited(
    site: Flask, factors: FakeFactors, clock: FakeClock, store: FakeStore
) -> None:
    browser = set_up(site, factors, clock)[0]
    desk: Desk = site.extensions[EXTENSION]
    assert desk.rooms.second_step is not None
    desk.rooms.second_step.reset(store.members[RUTH], by=store.members[made_id("staff jo")])

    assert browser.open("/staff/inbox").heading == "Sign in"
    assert (store.lines[-1].who, store.lines[-1].action, store.lines[-1].record) == (
        f"staff:{made_id('staff jo')}",
        "reset_second_step",
        f"staff:{RUTH}",
    )
    assert "Nothing else opens" in Browser(site.test_client()).sign_in("ruth").main


def _token(browser: Browser) -> str:
    with browser.client.session_transaction() as session:
        return str(session["token"])


def test_no_page_but_the_setting_up_shows_the_secret(site: Flask, factors: FakeFactors, clock: FakeClock) -> None:
    browser = set_up(site, factors, clock)[0]
    page: Page = browser.open("/staff/account/two-step")

    assert "It is set up" in page.main
    assert str(factors.factors[RUTH].secret) not in page.html.replace(" ", "")
