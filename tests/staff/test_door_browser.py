"""The door, one's account, the team's page and the partners' in a real browser, wide and narrow, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from bot.partners import Partners
from bot.passkeys import Passkeys
from bot.second_step import SecondStep
from demo.running import serving
from staff.desk import EXTENSION, Desk
from staff.totp import new_secret, step_of
from staff.webauthn_check import WebauthnCheck
from tests.staff.conftest import PASSWORD
from tests.staff.fake_factors import FakeFactors
from tests.staff.fake_passkeys import FakePasskeys
from tests.staff.fakes import FakeClock, FakeStore, a_member, made_id
from tests.staff.test_browser import (
    NARROW,
    WIDE,
    can_be_used,
    focus_on,
    open_every_fold,
)
from tests.staff.test_browser import chromium as chromium  # noqa: PLC0414 - a fixture
from tests.staff.test_browser import pytestmark as pytestmark  # noqa: PLC0414 - it may not be there
from tests.staff.test_partner_page import OLDER, Records

RUTH = made_id("staff ruth")


class Door:
    def __init__(self, address: str, factors: FakeFactors, clock: FakeClock) -> None:
        self.address = address
        self.factors = factors
        self.clock = clock

    def enter(self, page: Page, username: str) -> None:
        page.goto(f"{self.address}/staff/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("main form button")
        page.wait_for_load_state()

    def digits(self) -> str:
        factor = self.factors.factors[RUTH]
        return pyotp.TOTP(factor.pending or factor.secret or "").at(self.clock.now())


@pytest.fixture
def door(app: Flask, store: FakeStore, clock: FakeClock, passwords: object) -> Iterator[Door]:
    desk: Desk = app.extensions[EXTENSION]
    for role in ("admin", "partner", "viewer"):
        password_hash = store.members[RUTH].password_hash
        store.add_staff(a_member(role, name=f"A {role}", role=role, password_hash=password_hash), clock.now())
    factors = FakeFactors()
    step = SecondStep(
        records=factors,
        store=store.as_store(),
        clock=clock,
        step_of=step_of,
        new_secret=new_secret,
        needed_for=frozenset({"safeguarding"}),
    )
    partners = Partners(records=Records(older=OLDER), clock=clock)
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, second_step=step, partners=partners))
    with serving(app) as address:
        named = address.replace("127.0.0.1", "localhost")  # browsers bind keys to names
        keys = Passkeys(records=FakePasskeys(), check=WebauthnCheck(named), store=store.as_store(), clock=clock)
        at: Desk = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(at, rooms=replace(at.rooms, passkeys=keys, public_url=named))
        yield Door(named, factors, clock)


def check(page: Page, name: str, width: int) -> None:
    page.wait_for_load_state("networkidle")
    open_every_fold(page)

    can_be_used(page, name)


def look_at_an_invitation(door: Door, page: Page, width: int) -> None:
    page.context.clear_cookies()
    door.enter(page, "admin")
    page.goto(f"{door.address}/staff/team")
    page.click("text=Invite somebody")
    for field, value in (("name", "Noor Ali"), ("username", "noor")):
        page.fill(f"#{field}", value)
    page.click("text=Make the invitation")
    check(page, "no role chosen", width)
    assert focus_on(page) != "body"
    page.select_option("#role", "viewer")
    page.click("text=Make the invitation")
    check(page, "the link", width)
    link = page.inner_text("#link")
    page.context.clear_cookies()
    page.goto(link)
    check(page, "invitation", width)
    page.fill("#password", "password1234")
    page.click("text=Set my password")
    check(page, "a password that is guessed first", width)


@pytest.mark.parametrize("width", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW])
@pytest.mark.parametrize("scheme", [pytest.param("dark", marks=pytest.mark.slow), "light"])
def test_every_page_of_the_door_can_be_used_at_this_width(chromium: Browser, door: Door, width: int, scheme: str) -> None:
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    context = chromium.new_context(**look)  # type: ignore[arg-type] # by name
    page = context.new_page()
    page.goto(f"{door.address}/staff/sign-in")
    check(page, "sign in", width)
    door.enter(page, "ruth")
    check(page, "must be set up", width)
    page.click("text=Set it up")
    check(page, "setting up", width)
    assert focus_on(page) == "set-up"
    page.fill("#code", "000000")
    page.click("text=Turn it on")
    check(page, "a wrong code", width)
    assert focus_on(page) != "body"
    page.fill("#code", door.digits())
    page.click("text=Turn it on")
    check(page, "codes on paper", width)
    assert focus_on(page) != "body"
    for address in ("account/two-step", "account", "partners"):
        page.goto(f"{door.address}/staff/{address}")
        check(page, address, width)
    context.clear_cookies()
    door.enter(page, "ruth")
    check(page, "second step", width)
    assert focus_on(page) == "code"
    for role, address in (("admin", "team"), ("admin", "inbox"), ("partner", ""), ("viewer", "experiences/RIVER-482")):
        context.clear_cookies()
        door.enter(page, role)
        page.goto(f"{door.address}/staff/{address}")
        check(page, f"{role} at {address}", width)
    look_at_an_invitation(door, page, width)
    context.close()


def test_the_whole_way_in_works_without_scripts(chromium: Browser, door: Door) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    door.enter(page, "ruth")
    page.click("text=Set it up")
    page.fill("#code", door.digits())
    page.click("text=Turn it on")
    code = page.inner_text("main li")
    page.click("text=I have them")
    assert page.inner_text("h1") == "Inbox"
    page.click("text=Sign out")
    door.enter(page, "ruth")
    page.fill("#code", code)
    page.click("text=Go on")

    assert page.inner_text("h1") == "Inbox"
    context.close()


def test_who_only_reads_is_shown_the_words_and_nothing_to_press(chromium: Browser, door: Door) -> None:
    context = chromium.new_context()
    page = context.new_page()
    door.enter(page, "viewer")
    page.goto(f"{door.address}/staff/experiences/RIVER-482")

    assert "New taxi driver again this morning" in page.inner_text("main")
    assert page.locator("main form[method=post] button:visible").count() == 0
    assert page.locator("main input:visible").count() == 0
    context.close()


def plug_in(page: Page, kind: str) -> Callable[[], None]:
    """A key on the browser's side that answers by itself, as one that is touched at once; returns how it is pulled out."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": kind, "hasUserVerification": True, "isUserVerified": True}
    key = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def pull_out() -> None:
        browser.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key["authenticatorId"]})

    return pull_out


def add_key(page: Page, name: str) -> None:
    page.fill("#key-name", name)
    page.click("text=Add a key")
    page.wait_for_selector(f"#told >> text={name}")


def set_up_the_phone(page: Page, door: Door) -> None:
    door.enter(page, "ruth")
    page.click("text=Set it up")
    page.fill("#code", door.digits())
    page.click("text=Turn it on")


def test_keys_are_added_used_beside_the_digits_and_removed(chromium: Browser, door: Door) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800})
    page = context.new_page()
    set_up_the_phone(page, door)
    page.goto(f"{door.address}/staff/account/two-step")
    pull_out = plug_in(page, "internal")
    add_key(page, "This laptop")
    page.fill("#key-name", "The same")
    page.click("text=Add a key")
    page.wait_for_selector("text=No key was added: none answered")  # it is known already
    pull_out()
    pull_out = plug_in(page, "usb")
    add_key(page, "The blue one")
    check(page, "with keys", NARROW)
    page.locator("li", has_text="This laptop").get_by_role("button", name="Remove").click()
    page.wait_for_selector("text=The key is removed")
    page.click("text=Sign out")
    door.enter(page, "ruth")
    check(page, "second step, with keys", NARROW)
    page.click("text=Use a passkey or security key")
    page.wait_for_url("**/inbox")
    page.click("text=Sign out")
    pull_out()
    plug_in(page, "usb")  # somebody else's: it knows nothing of this site
    door.enter(page, "ruth")
    page.click("text=Use a passkey or security key")
    page.wait_for_selector("text=The key did not answer")

    assert page.inner_text("h1") == "The second step"
    context.close()
