"""Signing in and out: who gets in, how long for, and that nobody learns which accounts exist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from bot.records import StaffMember
from staff.guesses import TRIES, TRIES_AT_AN_ACCOUNT, TRIES_OF_A_PLACE, Guesses
from staff.passwords import Passwords
from tests.staff.conftest import PASSWORD
from tests.staff.fakes import NOW, FakeClock, FakeStore, made_id
from tests.staff.page import Browser, Page


def test_the_right_password_leads_to_the_inbox(stranger: Browser) -> None:
    page = stranger.sign_in("jo")

    assert page.heading == "Inbox"
    assert "Jo Pascoe, reviewer" in page.text


def test_the_user_name_may_be_typed_with_capitals_and_spaces(stranger: Browser) -> None:
    assert stranger.sign_in(" Jo ").heading == "Inbox"


def test_after_signing_in_one_goes_on_to_the_page_that_was_wanted(stranger: Browser) -> None:
    stranger.open("/staff/experiences/RIVER-482")
    page = stranger.press("/sign-in", {"username": "jo", "password": PASSWORD})

    assert page.heading == "RIVER 482"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/staff/",
        "/staff//elsewhere.example",
        "/staff/\\elsewhere.example",
        "/staff/\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "/webhooks/twilio",
    ],
)
def test_nobody_is_sent_on_to_another_site(stranger: Browser, elsewhere: str) -> None:
    stranger.open("/staff/sign-in")

    assert stranger.press("/sign-in", {"username": "jo", "password": PASSWORD, "onward": elsewhere}).heading == "Inbox"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stranger: Browser) -> None:
    wrong = stranger.sign_in("jo", "not the password", status=401)
    unknown = stranger.sign_in("nobody", "not the password", status=401)

    assert wrong.main == unknown.main
    assert "The user name or the password is wrong" in wrong.main


def test_a_wrong_password_and_an_unknown_name_take_the_same_work(
    stranger: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    matches = Passwords._matches

    def counted(self: Passwords, password_hash: str, password: str) -> bool:
        checked.append(password_hash[:20])
        return matches(self, password_hash, password)

    monkeypatch.setattr(Passwords, "_matches", counted)
    stranger.sign_in("jo", "not the password", status=401)
    stranger.sign_in("nobody", "not the password", status=401)

    assert len(checked) == 2
    assert checked[0] == checked[1], "the same kind of hash, at the same cost"


def test_an_error_is_in_the_title_in_the_summary_and_at_the_field(stranger: Browser) -> None:
    page = stranger.sign_in("", "", status=400)

    assert page.title == "Error: Sign in - Earshot"
    assert [link for link in page.links() if link[1].startswith("#user")] == [("Enter your user name", "#username")]
    assert page.find("input", id="password").get("aria-describedby") == "password-error"


def test_the_door_promises_what_is_done_behind_it(stranger: Browser) -> None:
    page = stranger.open("/staff/sign-in")

    assert "You read it, and decide what it is about." in page.main
    assert "see that it is answered" not in page.main


def test_a_typed_password_is_never_sent_back(stranger: Browser) -> None:
    page = stranger.sign_in("jo", "something secret", status=401)

    assert "something secret" not in page.html
    assert page.find("input", id="username").get("value") == "jo"


def test_a_removed_member_does_not_get_in_and_is_told_nothing_more(stranger: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff jo"), disabled_at=NOW)

    assert "The user name or the password is wrong" in stranger.sign_in("jo", status=401).main


def test_the_eleventh_guess_in_five_minutes_is_not_looked_at(stranger: Browser, clock: FakeClock) -> None:
    for _ in range(TRIES):
        stranger.sign_in("jo", "guess", status=401)

    assert "Wait five minutes" in stranger.sign_in("jo", PASSWORD, status=429).main
    clock.move(timedelta(minutes=5))
    assert stranger.sign_in("jo", PASSWORD).heading == "Inbox"


def test_guesses_at_a_name_nobody_has_are_counted_too(stranger: Browser) -> None:
    for _ in range(TRIES):
        stranger.sign_in("nobody", "guess", status=401)

    assert "Wait five minutes" in stranger.sign_in("nobody", "guess", status=429).main


def test_guesses_at_one_name_do_not_keep_another_out(stranger: Browser) -> None:
    for _ in range(TRIES):
        stranger.sign_in("tom", "guess", status=401)

    assert stranger.sign_in("jo").heading == "Inbox"


def test_a_strangers_guesses_do_not_keep_a_colleague_out(app: Flask) -> None:
    guesser = Browser(app.test_client(), place="203.0.113.9")
    for _ in range(TRIES):
        guesser.sign_in("jo", "guess", status=401)
    guesser.sign_in("jo", status=429)

    assert Browser(app.test_client(), place="198.51.100.7").sign_in("jo").heading == "Inbox"


def test_one_place_may_not_try_many_accounts() -> None:
    guesses = Guesses()

    assert all(guesses.may_try(f"name {number}", "203.0.113.9", NOW) for number in range(TRIES_OF_A_PLACE))
    assert not guesses.may_try("jo", "203.0.113.9", NOW)
    assert guesses.may_try("jo", "198.51.100.7", NOW)
    assert guesses.may_try("jo", "203.0.113.9", NOW + timedelta(minutes=5))


def test_many_places_may_not_try_one_account_for_ever() -> None:
    guesses = Guesses()

    assert all(guesses.may_try("jo", f"place {number}", NOW) for number in range(TRIES_AT_AN_ACCOUNT))
    assert not guesses.may_try("jo", "198.51.100.7", NOW)
    assert guesses.may_try("tom", "198.51.100.7", NOW)


def test_the_right_password_starts_the_count_again(app: Flask) -> None:
    for _ in range(3):
        browser = Browser(app.test_client())
        for _ in range(TRIES - 1):
            browser.sign_in("jo", "guess", status=401)
        browser.sign_in("jo")


def test_signing_in_and_refusals_are_audited_by_id(stranger: Browser, store: FakeStore) -> None:
    stranger.sign_in("jo", "wrong", status=401)
    stranger.sign_in("nobody", "wrong", status=401)
    stranger.sign_in("jo")

    jo = f"staff:{made_id('staff jo')}"
    assert [(line.who, line.action) for line in store.lines] == [
        (jo, "sign_in_refused"),
        ("staff:unknown", "sign_in_refused"),
        (jo, "sign_in"),
    ]


def test_a_hash_of_an_older_cost_is_made_again(stranger: Browser, store: FakeStore) -> None:
    jo = store.members[made_id("staff jo")]
    store.update_staff(jo.id, password_hash=Passwords(memory_kib=16, passes=2).hash(PASSWORD))

    stranger.sign_in("jo")

    assert "m=8,t=1,p=1" in store.members[jo.id].password_hash


# --- the session ------------------------------------------------------------------------------------------------------


def ended(browser: Browser) -> Page:
    page = browser.open("/staff/inbox")
    assert page.heading == "Sign in"
    return page


def test_after_thirty_quiet_minutes_the_session_is_over(jo: Browser, clock: FakeClock) -> None:
    clock.move(timedelta(minutes=29))
    assert jo.open("/staff/inbox").heading == "Inbox"
    clock.move(timedelta(minutes=30))

    assert "You were signed out" in ended(jo).main


def test_after_twelve_hours_the_session_is_over_however_busy(jo: Browser, clock: FakeClock) -> None:
    for _ in range(12 * 3 - 1):
        clock.move(timedelta(minutes=20))
        assert jo.open("/staff/inbox").heading == "Inbox"
    clock.move(timedelta(minutes=20))

    ended(jo)


def test_a_reset_elsewhere_ends_the_session(jo: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff jo"), end_sessions=True)

    ended(jo)


def test_a_removed_member_is_out_at_once(jo: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff jo"), disabled_at=NOW)

    ended(jo)


def test_a_member_who_is_not_in_the_store_any_more_is_out(jo: Browser, store: FakeStore) -> None:
    del store.members[made_id("staff jo")]

    ended(jo)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, jo: Browser) -> None:
    jo.open("/staff/inbox")
    cookie = jo.client.get_cookie("earshot")
    assert cookie is not None

    page = jo.press("/sign-out")
    thief = Browser(app.test_client())
    thief.client.set_cookie("earshot", cookie.value)

    assert page.heading == "Sign in"
    assert "You are signed out" in page.main
    ended(thief)


def test_nothing_of_the_session_before_lives_on_in_the_new_one(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.open("/staff/sign-in")
    with browser.client.session_transaction() as session:
        session["finds"] = {"1": "left by somebody else"}
        before = session["csrf_token"]
    browser.press("/sign-in", {"username": "jo", "password": PASSWORD})

    with browser.client.session_transaction() as session:
        assert "finds" not in session
        assert session["csrf_token"] != before


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger: Browser) -> None:
    stranger.sign_in("jo")
    cookie = stranger.client.get_cookie("earshot")

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_the_cookie_holds_an_id_and_no_name(jo: Browser) -> None:
    with jo.client.session_transaction() as session:
        kept = str(dict(session))

    assert str(made_id("staff jo")) in kept
    assert "Pascoe" not in kept


def test_someone_signed_in_is_not_asked_again(jo: Browser) -> None:
    assert jo.open("/staff/sign-in").heading == "Inbox"


def test_a_press_after_the_session_ended_leads_back_to_its_experience(jo: Browser, clock: FakeClock) -> None:
    jo.open("/staff/experiences/RIVER-482")
    clock.move(timedelta(hours=1))

    assert "What you had not yet sent was not kept" in jo.press("/read").main
    assert jo.press("/sign-in", {"username": "jo", "password": PASSWORD}).heading == "RIVER 482"


def test_nobody_becomes_staff_by_a_forged_member(stranger: Browser, store: FakeStore) -> None:
    stranger.client.set_cookie("earshot", "eyJtZW1iZXIiOiJqbyJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")

    assert stranger.open("/staff/inbox").heading == "Sign in"


def test_production_sends_the_cookie_over_https_only(store: FakeStore, clock: FakeClock, passwords: Passwords) -> None:
    from bot.themes import Taxonomy
    from staff.site import register_staff

    app = Flask("earshot", static_folder=None, template_folder=None)
    app.secret_key = "a key for tests"
    register_staff(
        app,
        store=store.as_store(),
        clock=clock,
        taxonomy=Taxonomy.load(),
        production=True,
        passwords=passwords,
    )
    answer = app.test_client().get("/staff/sign-in", base_url="https://feedback.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-earshot=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


def test_a_member_is_a_value_with_no_password_in_sight(store: FakeStore) -> None:
    member: StaffMember = store.members[made_id("staff jo")]

    assert PASSWORD not in repr(member)
