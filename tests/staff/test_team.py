"""The team's page, for administrators: roles, lost phones, leaving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask

from bot.records import NO_PASSWORD
from bot.second_step import SecondStep
from bot.team import LastAdminError
from bot.wall import Role
from staff.council import CouncilAccounts
from staff.desk import EXTENSION, Desk
from staff.totp import new_secret, step_of
from tests.staff.conftest import signed_in
from tests.staff.fake_factors import FakeFactors
from tests.staff.fakes import FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser, text_of, values_of

ADA, JO = made_id("staff ada"), made_id("staff jo")
GOOD = "zebra pump antique"


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
    page = ada.open("/staff/team")
    assert "Jo Pascoe" not in text_of(page.find("ul", aria_label="The team"))
    assert "Jo Pascoe" in text_of(page.find("section", aria_labelledby="locked-out"))


def test_who_was_locked_out_is_let_back_in_with_what_they_know(ada: Browser, stranger: Browser, store: FakeStore) -> None:
    ada.open("/staff/team")
    ada.press(f"/team/{JO}/remove")
    assert "wrong" in stranger.sign_in(status=401).main
    page = ada.press(f"/team/{JO}/let-in")

    assert "Jo Pascoe can sign in again" in page.main
    assert stranger.sign_in().heading == "Inbox"


def test_somebody_is_asked_in_by_a_link_and_chooses_their_own_password(
    ada: Browser, stranger: Browser, store: FakeStore, ruth: Browser
) -> None:
    ada.open("/staff/team")
    page = ada.press("/team/invite", {"name": "Noor  Ali", "username": "Noor.Ali", "role": "reviewer"})
    link = text_of(page.find("p", id="link"))
    noor = store.staff_by_username("noor.ali")
    assert noor is not None
    assert noor.password_hash == "!"
    assert "Invited; the link works until" in ada.open("/staff/team").main
    stranger.open(link)  # as a mail program looks at it, too
    stranger.open(link)
    refused = {"password1234": "guessed first", "noor.ali-noor": "guessed first", "short one": "12 characters"}
    for password, says in refused.items():
        assert says in stranger.press(link[-20:], {"password": password, "again": password}, status=400).main
    assert "not the same" in stranger.press(link[-20:], {"password": GOOD, "again": "zebra"}, status=400).main
    page = stranger.press(link[-20:], {"password": GOOD, "again": GOOD})

    assert page.heading == "Inbox"
    assert stranger.open(link, status=404).heading == "Your invitation"
    assert [line.action for line in store.lines if "invit" in line.action] == ["invite_staff", "accept_invitation"]
    assert not [line for line in store.lines if "Noor" in str(line)]
    assert "Noor Ali was invited as reviewer by Ada Trelawny" in ruth.open("/staff/today").main


def test_a_link_leads_to_the_address_of_the_settings_whatever_a_request_calls_us(app: Flask, ada: Browser) -> None:
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, public_url="https://earshot.council.example"))
    ada.open("/staff/team")
    ada.client.environ_base["HTTP_HOST"] = "evil.example"
    link = text_of(ada.press(f"/team/{JO}/link").find("p", id="link"))

    assert link.startswith("https://earshot.council.example/staff/")


def test_a_link_runs_out_and_a_new_one_takes_the_place_of_the_old(ada: Browser, stranger: Browser, clock: FakeClock) -> None:
    links = []
    for _ in range(2):
        ada.open("/staff/team")
        links.append(text_of(ada.press(f"/team/{JO}/link").find("p", id="link")))
    assert "does not open any more" in stranger.open(links[0], status=404).main
    assert "Welcome, Jo Pascoe" in stranger.open(links[1]).main
    assert stranger.sign_in().heading == "Inbox", "the old password works until the link is used"
    assert "This invitation is for Jo Pascoe. You are signed in" in stranger.open(links[1]).main
    clock.move(timedelta(days=3))

    assert "does not open any more" in stranger.open(links[1], status=404).main


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Enter the person"),
        ("name", "parent", "Enter the person"),
        ("username", "a b", "Enter a user name"),
        ("username", "jo", "is taken, or was"),
        ("role", "king", "Choose a role"),
        ("email", "not one", "Enter an email address"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said(ada: Browser, store: FakeStore, field: str, value: str, says: str) -> None:
    before = len(store.members)
    ada.open("/staff/team")
    given = {"name": "Noor Ali", "username": "noor", "role": "viewer", field: value}

    assert says in ada.press("/team/invite", given, status=409 if "taken" in says else 400).main
    assert len(store.members) == before


def test_an_invitation_leaves_by_mail_where_there_is_a_mail_account(app: Flask, ada: Browser, store: FakeStore) -> None:
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, can_mail=True))
    ada.open("/staff/team")
    given = {"name": "Noor Ali", "username": "noor", "role": "viewer", "email": "noor@council.example"}
    link = text_of(ada.press("/team/invite", given).find("p", id="link"))
    (mail,) = store.outbox.values()

    assert (mail.address.path, mail.channel, mail.contact_id, mail.in_clear) == ("noor@council.example", "email", None, False)
    assert link in mail.part.text
    assert "as viewer" in mail.part.text


def test_the_last_administrator_stays(app: Flask, ada: Browser, store: FakeStore, clock: FakeClock) -> None:
    """One who was invited and has not come cannot keep the accounts yet."""
    store.add_staff(a_member("noor", name="Noor Ali", role="admin", password_hash=NO_PASSWORD), clock.now())
    use = cast("Desk", app.extensions[EXTENSION]).rooms.team
    assert use is not None
    with pytest.raises(LastAdminError):
        use.remove(store.members[ADA], by=None)
    with pytest.raises(LastAdminError):
        use.change_role(store.members[ADA], Role.VIEWER, by=None)
    store.update_staff(made_id("staff noor"), password_hash="$argon2 made")
    use.remove(store.members[ADA], by=None)

    assert store.members[ADA].disabled_at is not None


def test_what_one_administrator_does_another_or_the_lead_looks_at(
    app: Flask, ada: Browser, ruth: Browser, store: FakeStore, clock: FakeClock
) -> None:
    store.add_staff(a_member("bo", name="Bo Hart", role="admin"), clock.now())
    bo = signed_in(app, store, clock, "bo")
    ada.open("/staff/team")
    page = ada.press(f"/team/{made_id('staff bo')}/role", {"role": "publisher"})
    ada.press(f"/team/{JO}/role", {"role": "partner"})
    (change,) = store.team.changes
    assert "please look" not in page.main, "nobody looks after themselves"
    answer = ada.client.post(f"/staff/team/changes/{change.id}/seen", data=values_of(ada.page.form("/invite")[0]))  # type: ignore[union-attr] # it was opened
    assert answer.status_code == 404
    assert bo.open("/staff/").heading == "Sign in"
    assert "Bo Hart was made publisher of words by Ada Trelawny" in ruth.open("/staff/today").main
    page = ruth.press("/seen")

    assert "It is kept that you have seen it" in page.main
    assert "please look" not in page.main
    assert store.lines[-1].action == "see_team_change"


def test_an_administrator_is_not_asked_about_what_their_own_second_account_did(
    app: Flask, ada: Browser, ruth: Browser, store: FakeStore, clock: FakeClock
) -> None:
    store.add_staff(a_member("bo", name="Bo Hart", role="reviewer"), clock.now())
    ada.open("/staff/team")
    ada.press(f"/team/{made_id('staff bo')}/role", {"role": "admin"})
    bo = signed_in(app, store, clock, "bo")
    bo.open("/staff/team")
    bo.press(f"/team/{JO}/role", {"role": "publisher"})
    page = ada.open("/staff/team")

    assert "Jo Pascoe was made publisher of words by Bo Hart" in page.main
    assert "Somebody else has to say that this is right" in page.main
    assert "It is right" not in page.main
    assert ruth.open("/staff/today").main.count("It is right") == 2


def test_a_name_is_changed_beside_what_was_decided(ada: Browser, store: FakeStore) -> None:
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/name", {"name": "Jo  Hart"})
    assert "They are called Jo Hart" in page.main
    assert "enter a name" in ada.press(f"/team/{JO}/name", {"name": "Parent"}).main

    assert store.members[JO].name == "Jo Hart"


def test_where_the_council_lets_people_in_nobody_is_invited(
    app: Flask, ada: Browser, stranger: Browser, store: FakeStore
) -> None:
    desk: Desk = app.extensions[EXTENSION]
    ada.open("/staff/team")
    link = text_of(ada.press(f"/team/{JO}/link").find("p", id="link"))
    token = values_of(ada.open("/staff/team").form("/invite")[0])
    council = cast("CouncilAccounts", Only("safe"))
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, council=council))

    assert "own accounts: give them a role there" in ada.open("/staff/team").main
    assert ada.client.post(f"/staff/team/{JO}/link", data=token).status_code == 404
    assert "does not open" in stranger.open(link, status=404).main


@dataclass
class Only:
    """The council's accounts, as far as the name of the emergency account goes."""

    only_local: str

    @property
    def door(self) -> Only:
        return self

    @property
    def identities(self) -> Only:
        return self

    def kept_roles(self) -> dict[str, str]:
        return {}


def test_a_lost_phone_is_helped_with_and_that_is_written_down(
    app: Flask, ada: Browser, store: FakeStore, clock: FakeClock
) -> None:
    desk: Desk = app.extensions[EXTENSION]
    factors = FakeFactors()
    step = SecondStep(records=factors, store=store.as_store(), clock=clock, step_of=step_of, new_secret=new_secret)
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, second_step=step))
    factors.offer(JO, "SECRET", session_id=JO, now=clock.now())
    factors.take(JO, "SECRET", step=1, codes=[], now=clock.now())
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/two-step")

    assert "Jo Pascoe signs in with the password alone" in page.main
    assert factors.having() == frozenset()
    assert (store.lines[-1].who, store.lines[-1].action) == (f"staff:{made_id('staff ada')}", "reset_second_step")


def test_a_team_without_a_lead_is_told_so(ada: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff ruth"), role="reviewer")

    assert "Nobody is safeguarding lead" in ada.open("/staff/team").main


def test_where_nobody_can_be_the_second_person_the_page_says_what_to_do(
    app: Flask, ada: Browser, store: FakeStore, clock: FakeClock
) -> None:
    for each in list(store.members.values()):
        if each.id != ADA:
            store.update_staff(each.id, role="reviewer")
    ada.open("/staff/team")
    page = ada.press(f"/team/{JO}/role", {"role": "safeguarding"})

    assert "One person is missing here." in page.main
    assert "earshot staff add" in page.main
    assert "It is right" not in page.main
    jo = signed_in(app, store, clock, "jo")
    assert "One person is missing here." in jo.open("/staff/today").main
