"""Signing in with the council's account, against a real provider on the loopback."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from bot.council import Admission, CouncilDoor, CouncilStore
from bot.door import FREE_OF_A_PLACE, Way
from bot.wall import Role
from staff.council import CouncilAccounts
from staff.desk import EXTENSION, Desk
from staff.oidc import Oidc
from tests.staff.conftest import PASSWORD
from tests.staff.fakes import FakeClock, FakeStore, a_member
from tests.staff.page import Browser, Page
from tests.staff.provider import CLIENT_ID, CLIENT_SECRET, Provider, provider

ROLES = (("Earshot.Lead", Role.SAFEGUARDING), ("Earshot.Reader", Role.REVIEWER), ("Earshot.Admin", Role.ADMIN))


@dataclass
class Identities:
    store: FakeStore

    def member_of(self, issuer: str, subject: str) -> UUID | None:
        return self.store.identities.get((issuer, subject))

    def kept_roles(self) -> dict[UUID, str]:
        return {id_: role for id_, role in self.store.other_roles.items() if self.store.members[id_].role != role}


@pytest.fixture(scope="module")
def entra() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
def ada(entra: Provider) -> Provider:
    """The provider as new, before which ada sits."""
    fresh = Provider(base=entra.base)
    for name in ("person", "spoil", "sign", "issuer"):
        setattr(entra, name, getattr(fresh, name))
    entra.asked.clear()
    return entra


def accounts(app: Flask, store: FakeStore, clock: FakeClock, base: str, **more: Any) -> None:
    """Join the site to the provider. Each test has a client of its own: keys and addresses are read anew."""
    desk: Desk = app.extensions[EXTENSION]
    door = CouncilDoor(
        identities=Identities(store),
        store=store.as_store(),
        work=cast("CouncilStore", store),
        clock=clock,
        admission=Admission(roles=ROLES, tenants=frozenset({"tenant-1"}), domains=frozenset({"council.example"})),
    )
    oidc = Oidc(Flask("oidc"), issuer=base, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    council = CouncilAccounts(provider=oidc, door=door, back="http://localhost/staff/council/back", **more)
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, council=council))


@pytest.fixture
def site(app: Flask, store: FakeStore, clock: FakeClock, ada: Provider) -> Flask:
    accounts(app, store, clock, ada.base)
    return app


def signs_in(site: Flask, entra: Provider, *, status: int = 200, onward: str = "") -> tuple[Browser, Page]:
    browser = Browser(site.test_client())
    away = browser.client.get("/staff/council", query_string={"onward": onward} if onward else {})
    assert away.status_code == 302
    back = urlsplit(entra.answer(away.headers["Location"]))
    return browser, browser.open(f"{back.path}?{back.query}", status=status)


def test_the_sign_in_page_offers_the_councils_account_first(site: Flask) -> None:
    page = Browser(site.test_client()).open("/staff/sign-in")

    assert [words[:24] for words, address in page.links() if address == "/staff/council"] == ["Sign in with the council"]
    assert "Or with an account of Earshot" in page.main


def test_who_was_never_here_comes_in_with_the_role_the_council_gave_them(site: Flask, ada: Provider, store: FakeStore) -> None:
    _, page = signs_in(site, ada)
    member = store.staff_by_username("ada@council.example")

    assert page.heading == "Inbox"
    assert member is not None
    assert (member.name, member.role) == ("Ada Trelawny", "safeguarding")
    assert [line.action for line in store.lines] == ["add_staff", "sign_in"]


def test_who_was_here_before_is_the_same_person_whatever_they_are_called_by_now(
    site: Flask, ada: Provider, store: FakeStore
) -> None:
    signs_in(site, ada)
    count = len(store.all_staff())
    ada.person |= {"preferred_username": "ada.married@council.example", "name": "Ada Married"}
    _, page = signs_in(site, ada)

    assert page.heading == "Inbox"
    assert len(store.all_staff()) == count


def test_it_asks_with_state_nonce_and_a_hashed_challenge(site: Flask, ada: Provider) -> None:
    signs_in(site, ada)
    asked = ada.asked[0]

    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == ["http://localhost/staff/council/back"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


def test_one_goes_on_to_the_page_that_was_wanted_and_to_no_other_site(site: Flask, ada: Provider) -> None:
    assert signs_in(site, ada, onward="/staff/experiences/RIVER-482")[1].heading == "RIVER 482"
    assert signs_in(site, ada, onward="https://elsewhere.example/")[1].heading == "Inbox"


def test_the_session_says_how_one_came_in_and_ends_with_signing_out(site: Flask, ada: Provider, store: FakeStore) -> None:
    browser, _ = signs_in(site, ada)
    member = store.staff_by_username("ada@council.example")
    desk: Desk = site.extensions[EXTENSION]
    assert member is not None
    assert [session.way for session in desk.door.living(member)] == [Way.COUNCIL]
    browser.press("/sign-out")

    assert browser.open("/staff/inbox").heading == "Sign in"


def test_another_role_at_the_council_is_another_role_here_and_ends_what_was_begun(
    site: Flask, ada: Provider, store: FakeStore
) -> None:
    browser, _ = signs_in(site, ada)
    ada.person["roles"] = ["Earshot.Reader"]
    signs_in(site, ada)

    assert store.staff_by_username("ada@council.example").role == "reviewer"  # type: ignore[union-attr]
    assert browser.open("/staff/inbox").heading == "Sign in"


def test_the_last_administrator_keeps_the_role_and_reads_why(site: Flask, ada: Provider, store: FakeStore) -> None:
    ada.person["roles"] = ["Earshot.Admin"]
    signs_in(site, ada)
    ada.person["roles"] = ["Earshot.Lead"]
    _, page = signs_in(site, ada)

    assert page.heading == "The team"
    assert "s directory gives Ada Trelawny another role: safeguarding lead." in page.main
    assert "there would have been nobody to keep the accounts" in page.main
    assert [line.why for line in store.lines if line.action == "keep_role"] == ["admin, not safeguarding"]


def test_of_several_roles_the_first_of_the_settings_counts(site: Flask, ada: Provider, store: FakeStore) -> None:
    ada.person["roles"] = ["Earshot.Admin", "Earshot.Reader"]
    signs_in(site, ada)

    assert store.staff_by_username("ada@council.example").role == "reviewer"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"roles": []}, "has not given your account a role"),
        ({"roles": None}, "has not given your account a role"),
        ({"roles": ["Something.Else"]}, "has not given your account a role"),
        ({"tid": "another"}, "of another organisation"),
        ({"preferred_username": "ada@elsewhere.example"}, "of another organisation"),
        ({"preferred_username": "ada@council.example.evil"}, "of another organisation"),
        ({"preferred_username": None}, "of another organisation"),
    ],
)
def test_whom_the_settings_do_not_name_is_not_let_in(
    site: Flask, ada: Provider, store: FakeStore, said: dict[str, object], sentence: str
) -> None:
    count = len(store.all_staff())
    ada.person |= said
    browser, page = signs_in(site, ada, status=403)

    assert sentence in page.main
    assert len(store.all_staff()) == count
    assert browser.open("/staff/inbox").heading == "Sign in"


def test_a_name_that_somebody_has_here_is_not_taken_over(site: Flask, ada: Provider, store: FakeStore, clock: FakeClock) -> None:
    store.add_staff(a_member("ada@council.example", role="admin"), clock.now())

    assert "Somebody has an account" in signs_in(site, ada, status=403)[1].main


def test_who_was_removed_stays_out(site: Flask, ada: Provider, store: FakeStore, clock: FakeClock) -> None:
    signs_in(site, ada)
    member = store.staff_by_username("ada@council.example")
    assert member is not None
    store.update_staff(member.id, disabled_at=clock.now())

    assert "was removed" in signs_in(site, ada, status=403)[1].main


def unsigned(claims: dict[str, Any]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


@pytest.mark.parametrize(
    "spoiled",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another application"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"sub": None},
    ],
)
def test_claims_that_are_not_for_us_now_let_nobody_in(
    site: Flask, ada: Provider, store: FakeStore, spoiled: dict[str, object]
) -> None:
    count = len(store.all_staff())
    ada.spoil = lambda claims: claims.update(spoiled)

    assert "did not vouch for you" in signs_in(site, ada, status=401)[1].main
    assert len(store.all_staff()) == count
    assert [line.action for line in store.lines] == ["sign_in_refused"]


def test_what_somebody_else_signed_or_nobody_lets_nobody_in(site: Flask, ada: Provider) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": ada.key.kid or ""})
    for sign in (
        lambda claims: jwt.encode({"alg": "RS256", "kid": ada.key.kid}, claims, stranger),
        lambda claims: jwt.encode({"alg": "HS256", "kid": ada.key.kid}, claims, OctKey.import_key(CLIENT_SECRET * 3)),
        unsigned,
    ):
        ada.sign = sign

        assert "did not vouch" in signs_in(site, ada, status=401)[1].main


def test_a_key_that_the_provider_changed_is_read_anew(site: Flask, ada: Provider) -> None:
    signs_in(site, ada)
    ada.new_key()

    assert signs_in(site, ada)[1].heading == "Inbox"


def test_an_answer_that_nobody_asked_for_lets_nobody_in(site: Flask, ada: Provider) -> None:
    """Somebody who sends another person an address with their own code does not sign them in as themselves."""
    browser = Browser(site.test_client())
    away = browser.client.get("/staff/council")
    back = urlsplit(ada.answer(away.headers["Location"]))
    other = Browser(site.test_client())

    assert "did not vouch" in other.open(f"{back.path}?{back.query}", status=401).main
    assert "did not vouch" in other.open("/staff/council/back?code=x&state=y", status=401).main
    assert "did not vouch" in other.open("/staff/council/back?error=access_denied", status=401).main


def test_what_no_browser_of_ours_began_is_written_down_nowhere(site: Flask, ada: Provider, store: FakeStore) -> None:
    stranger = site.test_client()
    for _ in range(3):
        assert stranger.get("/staff/council/back?state=x&code=y").status_code == 401

    assert store.lines == []
    assert signs_in(site, ada)[1].heading == "Inbox"


def test_refusals_are_counted_by_place_and_do_not_keep_out_whose_device_is_known(
    site: Flask, ada: Provider, store: FakeStore
) -> None:
    own, _ = signs_in(site, ada)
    own.press("/sign-out")
    written = len(store.lines)
    stranger = Browser(site.test_client())
    away = stranger.client.get("/staff/council")
    with stranger.client.session_transaction() as session:
        begun = dict(session)
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    for number in range(FREE_OF_A_PLACE + 3):
        with stranger.client.session_transaction() as session:
            session.update(begun)  # a cookie that is sent again and again
        status = 401 if number < FREE_OF_A_PLACE else 429
        assert stranger.client.get(f"/staff/council/back?state={state}&error=no").status_code == status
    assert len(store.lines) - written == FREE_OF_A_PLACE

    back = urlsplit(ada.answer(own.client.get("/staff/council").headers["Location"]))
    assert own.open(f"{back.path}?{back.query}").heading == "Inbox"


def test_an_answer_serves_once(site: Flask, ada: Provider) -> None:
    browser = Browser(site.test_client())
    back = urlsplit(ada.answer(browser.client.get("/staff/council").headers["Location"]))
    browser.open(f"{back.path}?{back.query}")

    browser.open(f"{back.path}?{back.query}", status=401)


def test_a_provider_that_is_away_is_said_so(app: Flask, store: FakeStore, clock: FakeClock) -> None:
    accounts(app, store, clock, "http://127.0.0.1:9")
    page = Browser(app.test_client()).open("/staff/council", status=503)

    assert "does not answer" in page.main
    assert page.title == "Error: Sign in - Earshot"


def test_a_provider_that_calls_itself_another_is_not_gone_to(site: Flask, ada: Provider) -> None:
    ada.issuer = "https://elsewhere.example"

    Browser(site.test_client()).open("/staff/council", status=503)


def test_with_one_emergency_account_no_other_password_opens(
    app: Flask, store: FakeStore, clock: FakeClock, ada: Provider
) -> None:
    accounts(app, store, clock, ada.base, only_local="ruth")
    page = Browser(app.test_client()).sign_in("jo", PASSWORD, status=401)

    assert "The emergency account" in page.main
    assert Browser(app.test_client()).sign_in("ruth", PASSWORD).heading == "Inbox"


def test_no_password_opens_an_account_of_the_councils(site: Flask, ada: Provider) -> None:
    signs_in(site, ada)
    for guess in ("!", "x", PASSWORD):
        Browser(site.test_client()).sign_in("ada@council.example", guess, status=401)


def test_the_cookie_of_the_way_there_holds_nothing_of_it_afterwards(site: Flask, ada: Provider) -> None:
    browser, _ = signs_in(site, ada)

    with browser.client.session_transaction() as session:
        assert not [name for name in session if "council" in name or name == "onward"]


def test_without_the_councils_accounts_there_is_no_such_way(app: Flask) -> None:
    browser = Browser(app.test_client())

    browser.open("/staff/council", status=404)
    browser.open("/staff/council/back", status=404)


def test_a_session_by_the_council_ends_as_any_other(site: Flask, ada: Provider, clock: FakeClock) -> None:
    browser, _ = signs_in(site, ada)
    clock.move(timedelta(minutes=30))

    assert browser.open("/staff/inbox").heading == "Sign in"
