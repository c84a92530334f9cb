"""Keys at the door: who may add one, and that what is made up opens nothing. In a real browser: ``test_door_browser``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.passkeys import MOST, Made, Passkey, Passkeys
from staff.desk import EXTENSION, Desk
from staff.webauthn_check import WebauthnCheck
from tests.staff.fake_factors import FakeFactors
from tests.staff.fake_passkeys import FakePasskeys
from tests.staff.fakes import NOW, FakeClock, FakeStore, made_id
from tests.staff.page import Browser, values_of
from tests.staff.test_second_step import RUTH, asked, factors, set_up, site

__all__ = ["factors", "site"]


class Says:
    """A check for which whatever is said is true, and the challenge is remembered."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def to_make(self, member: object, known: object, challenge: str) -> str:
        return json.dumps({"rp": {}, "challenge": challenge})

    def made(self, said: str, challenge: str) -> Made | None:
        self.asked.append(challenge)
        return Made(credential=said.encode(), public=b"public", count=1) if said else None

    def to_ask(self, known: object, challenge: str) -> str:
        return json.dumps({"challenge": challenge})

    def answered(self, said: str, challenge: str, known: Sequence[Passkey]) -> tuple[Passkey, int] | None:
        self.asked.append(challenge)
        found = next((key for key in known if key.credential == said.partition("/")[0].encode()), None)
        return None if found is None else (found, int(said.partition("/")[2]))


@pytest.fixture
def keys(site: Flask, store: FakeStore, clock: FakeClock) -> FakePasskeys:
    desk: Desk = site.extensions[EXTENSION]
    records = FakePasskeys()
    use = Passkeys(records=records, check=Says(), store=store.as_store(), clock=clock)
    site.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, passkeys=use))
    return records


def adds(browser: Browser, name: str = "The blue one", said: str = "key-1", *, status: int = 200) -> str:
    browser.open("/staff/account/two-step")
    return browser.press("/account/keys", {"name": name, "key": said}, status=status).main


def test_a_key_opens_the_door_once_a_press_and_a_copy_of_it_does_not(
    site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock, store: FakeStore
) -> None:
    browser, _ = set_up(site, factors, clock)
    assert "opens the door from now on" in adds(browser)
    assert "No key was added" in adds(browser, "Again"), "it is known here already"
    other = asked(site)
    assert other.press("/second-step", {"key": "key-1/7"}).heading == "Inbox"
    copy = asked(site)
    assert "That key was not accepted" in copy.press("/second-step", {"key": "key-1/7"}, status=401).main
    assert [key.used_at for key in keys.of(RUTH)] == [clock.now()]
    assert [line for line in store.actions() if "passkey" in line] == ["add_passkey"]


def test_an_answer_counts_for_what_was_asked_and_once(
    site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock
) -> None:
    browser, _ = set_up(site, factors, clock)
    adds(browser)
    other = asked(site)
    form = values_of(other.page.form("/second-step")[0])  # type: ignore[union-attr] # it was opened
    with other.client.session_transaction() as session:
        del session["challenge"]

    assert other.client.post("/staff/second-step", data={**form, "code": "", "key": "key-1/9"}).status_code == 401


def test_the_digits_go_on_working_beside_a_key(site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock) -> None:
    browser, codes = set_up(site, factors, clock)
    adds(browser)

    assert asked(site).press("/second-step", {"code": codes[0]}).heading == "Inbox"


def test_who_has_not_made_the_second_step_adds_no_key(
    site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock, jo: Browser, ruth: Browser
) -> None:
    form = values_of(jo.open("/staff/account").form("/sign-out-everywhere")[0])
    assert jo.client.post("/staff/account/keys", data={**form, "name": "x", "key": "k"}).status_code == 404
    form = values_of(ruth.open("/staff/account/two-step").form("/begin")[0])
    set_up(site, factors, clock)

    assert ruth.client.post("/staff/account/keys", data={**form, "name": "x", "key": "k"}).status_code in (303, 404)
    assert keys.kept == {}


def test_keys_are_named_removed_and_nobody_elses(site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock) -> None:
    browser, _ = set_up(site, factors, clock)
    assert "give the key a name" in adds(browser, "  ")
    assert "No key was added" in adds(browser, said="")
    adds(browser)
    (key,) = keys.of(RUTH)
    assert "The red one" in browser.press(f"{key.id}/name", {"name": "The red one"}).main
    toms = replace(key, id=made_id("toms"), staff_id=made_id("staff tom"), credential=b"other")
    keys.kept[toms.id] = toms
    form, address = browser.open("/staff/account/two-step").form("/remove")
    answer = browser.client.post(address.replace(str(key.id), str(toms.id)), data=values_of(form))
    assert answer.status_code == 404
    assert "opens nothing here any more" in browser.press(f"{key.id}/remove").main

    assert list(keys.kept) == [toms.id]


def test_nobody_has_more_keys_than_can_be_looked_through(
    site: Flask, keys: FakePasskeys, factors: FakeFactors, clock: FakeClock
) -> None:
    browser, _ = set_up(site, factors, clock)
    for number in range(MOST):
        key = Passkey(
            id=made_id(f"key {number}"),
            staff_id=RUTH,
            credential=bytes([number]),
            public=b"",
            count=0,
            name=f"Key {number}",
            added_at=NOW + timedelta(minutes=number),
        )
        keys.add(key)

    assert "you have 10" in adds(browser)


def test_what_is_no_answer_of_a_key_is_none_and_breaks_nothing() -> None:
    check = WebauthnCheck("https://feedback.example")
    for said in (
        "",
        "[]",
        "{}",
        "null",
        "x" * 30_000,
        json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": 7}),
    ):
        assert check.made(said, "challenge") is None
        assert check.answered(said, "challenge", ()) is None


@pytest.mark.parametrize(
    ("origin", "usable"), [("https://feedback.example", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False)]
)
def test_a_site_without_a_name_has_no_keys(origin: str, usable: bool) -> None:  # noqa: FBT001 - a table
    assert WebauthnCheck(origin).is_usable is usable
