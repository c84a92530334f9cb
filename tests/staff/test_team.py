"""The team's page, for administrators: roles, lost phones, leaving."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from bot.second_step import SecondStep
from staff.desk import EXTENSION, Desk
from staff.totp import new_secret, step_of
from tests.staff.conftest import signed_in
from tests.staff.fake_factors import FakeFactors
from tests.staff.fakes import FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser, values_of

JO = made_id("staff jo")


@pytest.fixture
def ada(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    store.add_staff(a_member("ada", name="Ada Trelawny", role="admin"), clock.now())
    return signed_in(app, store, clock, "ada")


def test_an_administrator_begins_with_the_team(ada: Browser) -> None:
    page = ada.open("/staff/")

    assert page.heading == "The team"
    assert "Jo Pascoe" in page.main
    assert "Inbox" not in [words for words, _ in page.links()]


def test_another_role_is_given_at_once_and_ends_the_session(app: Flask, ada: Browser, jo: Browser, store: FakeStore) -> None:
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/role", {"role": "publisher"})

    assert "Jo Pascoe has another role now" in page.main
    assert store.members[JO].role == "publisher"
    assert jo.open("/staff/inbox").heading == "Sign in"
    assert (store.lines[-1].action, store.lines[-1].record, store.lines[-1].why) == ("change_role", f"staff:{JO}", "publisher")


def test_the_same_role_again_ends_no_session(ada: Browser, jo: Browser) -> None:
    ada.open("/staff/team")
    ada.press(f"/team/{JO}/role", {"role": "reviewer"})

    assert jo.open("/staff/inbox").heading == "Inbox"


def test_a_role_that_there_is_not_is_not_given(ada: Browser, store: FakeStore) -> None:
    ada.open("/staff/team")
    ada.press(f"/team/{JO}/role", {"role": "king"}, status=400)

    assert store.members[JO].role == "reviewer"


def test_nobody_changes_themselves(ada: Browser, store: FakeStore) -> None:
    form, address = ada.open("/staff/team").form("/role")
    own = address.replace(address.split("/")[-2], str(made_id("staff ada")))
    answer = ada.client.post(own, data={**values_of(form), "role": "viewer"})

    assert answer.status_code == 404
    assert store.members[made_id("staff ada")].role == "admin"


def test_who_is_removed_is_out_at_once(ada: Browser, jo: Browser, store: FakeStore) -> None:
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/remove")

    assert "Jo Pascoe can no longer sign in" in page.main
    assert jo.open("/staff/inbox").heading == "Sign in"
    assert "Jo Pascoe" not in ada.open("/staff/team").main


def test_a_lost_phone_is_helped_with_and_that_is_written_down(
    app: Flask, ada: Browser, store: FakeStore, clock: FakeClock
) -> None:
    desk: Desk = app.extensions[EXTENSION]
    factors = FakeFactors()
    step = SecondStep(records=factors, store=store.as_store(), clock=clock, step_of=step_of, new_secret=new_secret)
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, second_step=step))
    factors.offer(JO, new_secret())
    factors.take(JO, step=1, codes=[], now=clock.now())
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/two-step")

    assert "Jo Pascoe signs in with the password alone" in page.main
    assert factors.having() == frozenset()
    assert (store.lines[-1].who, store.lines[-1].action) == (f"staff:{made_id('staff ada')}", "reset_second_step")


def test_a_team_without_a_lead_is_told_so(ada: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff ruth"), role="reviewer")

    assert "Nobody is safeguarding lead" in ada.open("/staff/team").main
