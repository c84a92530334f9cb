"""Signing in and out: who gets in, how long for, and that nobody learns which accounts exist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, request

from bot.door import FREE, FREE_OF_A_DEVICE, FREE_OF_A_PLACE
from bot.records import StaffMember
from staff.browsers import in_words
from staff.desk import EXTENSION, Desk
from staff.devices import place_of
from staff.passwords import Passwords
from tests.staff.conftest import PASSWORD, signed_in
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import NOW, FakeClock, FakeStore, made_id
from tests.staff.page import Browser, Page, text_of, values_of


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


def test_the_sixth_guess_is_not_looked_at_and_one_is_told_how_long_to_wait(stranger: Browser, clock: FakeClock) -> None:
    for _ in range(FREE):
        stranger.sign_in("jo", "guess", status=401)

    page = stranger.sign_in("jo", PASSWORD, status=429)
    assert "There have been too many tries. Wait 1 minute, then try again" in page.main
    assert page.answer.headers["Retry-After"] == "30"
    clock.move(timedelta(seconds=30))
    assert stranger.sign_in("jo", PASSWORD).heading == "Inbox"


def test_each_wrong_guess_more_doubles_the_wait_up_to_a_quarter_of_an_hour(stranger: Browser, clock: FakeClock) -> None:
    for _ in range(FREE - 1):
        stranger.sign_in("jo", "guess", status=401)
    waits = []
    for _ in range(7):
        stranger.sign_in("jo", "guess", status=401)
        waits.append(int(stranger.sign_in("jo", "guess", status=429).answer.headers["Retry-After"]))
        clock.move(timedelta(seconds=waits[-1]))

    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_guesses_at_a_name_nobody_has_are_counted_too(stranger: Browser) -> None:
    for _ in range(FREE):
        stranger.sign_in("nobody", "guess", status=401)

    assert "Wait 1 minute" in stranger.sign_in("nobody", "guess", status=429).main


def test_guesses_at_one_name_do_not_keep_another_out(stranger: Browser) -> None:
    for _ in range(FREE):
        stranger.sign_in("tom", "guess", status=401)

    assert stranger.sign_in("jo").heading == "Inbox"


def test_guesses_from_everywhere_never_keep_out_whose_name_it_is(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        guesser = Browser(app.test_client(), place=f"203.0.113.{number}")
        for _ in range(FREE):
            guesser.sign_in("jo", "guess", status=401)
        guesser.sign_in("jo", status=429)

    assert Browser(app.test_client(), place="198.51.100.7").sign_in("jo").heading == "Inbox"


def test_a_guesser_at_the_next_desk_does_not_keep_out_who_has_signed_in_on_this_device_before(app: Flask) -> None:
    """A council comes from one address: what is counted for it must not shut out those who work there."""
    own = Browser(app.test_client())
    own.sign_in("jo")
    own.press("/sign-out")
    guesser = Browser(app.test_client())
    for number in range(FREE_OF_A_PLACE):
        guesser.sign_in(f"name {number}", "guess", status=401)
    for _ in range(FREE):
        guesser.sign_in("jo", "guess", status=429)

    assert own.sign_in("jo").heading == "Inbox"


def test_a_known_device_has_its_allowance_for_the_account_it_knows_alone(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.sign_in("jo")
    browser.press("/sign-out")
    for _ in range(FREE_OF_A_DEVICE):
        browser.sign_in("jo", "guess", status=401)
    browser.sign_in("jo", status=429)
    for _ in range(FREE):
        browser.sign_in("tom", "guess", status=401)

    browser.sign_in("tom", status=429)


def test_a_device_that_nobody_signed_is_not_known(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.client.set_cookie("earshot-device", '["abc",["' + str(made_id("staff jo")) + '"]].AAAA')
    for _ in range(FREE):
        browser.sign_in("jo", "guess", status=401)

    browser.sign_in("jo", status=429)


def test_one_place_may_not_try_many_accounts(app: Flask) -> None:
    browser = Browser(app.test_client(), place="203.0.113.9")
    for number in range(FREE_OF_A_PLACE):
        browser.sign_in(f"name {number}", "guess", status=401)

    browser.sign_in("jo", status=429)
    assert Browser(app.test_client(), place="198.51.100.7").sign_in("jo").heading == "Inbox"


def test_a_network_of_one_household_is_one_place() -> None:
    app = Flask("places")
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "2001:db8:1:2::1"}):
        one = place_of(request)
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "2001:db8:1:2:ffff::9"}):
        other = place_of(request)
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "2001:db8:1:3::1"}):
        elsewhere = place_of(request)

    assert one == other != elsewhere


def test_the_right_password_starts_the_count_again(app: Flask) -> None:
    for _ in range(3):
        browser = Browser(app.test_client())
        for _ in range(FREE - 1):
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


def test_a_page_that_is_open_on_a_screen_keeps_nobody_in(jo: Browser, clock: FakeClock) -> None:
    token = jo.open("/staff/experiences/RIVER-482").find("div", id="looking").get("data-token") or ""
    headers = {"X-CSRFToken": token, "X-By-The-Clock": "yes"}
    for _ in range(2):
        clock.move(timedelta(minutes=14))
        assert jo.client.post("/staff/experiences/RIVER-482/here", headers=headers).status_code == 200
    clock.move(timedelta(minutes=3))

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
    assert "You are signed out here" in page.main
    ended(thief)


def test_signing_out_here_leaves_the_other_devices_signed_in(app: Flask, store: FakeStore, clock: FakeClock, jo: Browser) -> None:
    other = signed_in(app, store, clock, "jo")
    jo.open("/staff/inbox")
    jo.press("/sign-out")

    assert other.open("/staff/inbox").heading == "Inbox"


def test_signing_out_everywhere_ends_every_session(app: Flask, store: FakeStore, clock: FakeClock, jo: Browser) -> None:
    other = signed_in(app, store, clock, "jo")
    jo.open("/staff/account")

    assert "You are signed out, on every device" in jo.press("/sign-out-everywhere").main
    ended(other)


def test_ones_account_lists_ones_sessions_by_what_the_browser_said(app: Flask, store: FakeStore, jo: Browser) -> None:
    phone = Browser(app.test_client())
    phone.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1"
    )
    phone.sign_in("jo")

    page = jo.open("/staff/account")
    assert {text_of(heading) for heading in page.find_all("h3")} == {"Safari on iPhone", "Firefox on Windows: this one"}


def test_one_session_can_be_ended_from_another(app: Flask, store: FakeStore, clock: FakeClock, jo: Browser) -> None:
    other = signed_in(app, store, clock, "jo")
    jo.open("/staff/account")

    assert "That session is over" in jo.press("/end").main
    ended(other)


def test_a_colleagues_session_cannot_be_ended(app: Flask, store: FakeStore, clock: FakeClock, jo: Browser, ruth: Browser) -> None:
    desk: Desk = app.extensions[EXTENSION]
    theirs = desk.sessions.of(made_id("staff ruth"))[0]
    signed_in(app, store, clock, "jo")
    page = jo.open("/staff/account")
    form, address = page.form("/end")
    answer = jo.client.post(address.replace(address.split("/")[-2], str(theirs.id)), data=values_of(form))

    assert answer.status_code == 404
    assert ruth.open("/staff/inbox").heading == "Inbox"


def test_another_role_ends_the_session(jo: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff jo"), role="publisher")

    ended(jo)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on Mac"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("curl/8.9 <script>", ""),
    ],
)
def test_a_browser_is_named_in_words_and_never_in_its_own(agent: str, words: str) -> None:
    assert in_words(agent) == words


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


def test_the_cookie_holds_a_token_and_nothing_of_the_member(jo: Browser) -> None:
    with jo.client.session_transaction() as session:
        kept = str(dict(session))

    assert "token" in kept
    assert str(made_id("staff jo")) not in kept
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
        kept_sessions=FakeDoor(),
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


OWN = {"old": "correct horse battery", "password": "zebra pump antique", "again": "zebra pump antique"}


def test_ones_own_password_is_changed_here_and_every_other_session_ends(
    app: Flask, store: FakeStore, clock: FakeClock, jo: Browser, stranger: Browser
) -> None:
    other = signed_in(app, store, clock, "jo")
    jo.open("/staff/account")
    page = jo.press("/account/password", OWN)

    assert "Your password is changed" in page.main
    assert jo.open("/staff/inbox").heading == "Inbox"
    assert other.open("/staff/inbox").heading == "Sign in"
    assert stranger.sign_in("jo", "zebra pump antique").heading == "Inbox"
    assert "change_password" in store.actions()


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"old": "a wrong one"}, 401, "That is not your password"),
        ({"password": "qwertyuiop123", "again": "qwertyuiop123"}, 400, "guessed first"),
        ({"again": "zebra"}, 400, "not the same as above"),
        ({"password": "", "again": ""}, 400, "Enter a password"),
    ],
)
def test_a_password_that_cannot_be_changed_so_stays(
    jo: Browser, stranger: Browser, given: dict[str, str], status: int, says: str
) -> None:
    jo.open("/staff/account")

    assert says in jo.press("/account/password", OWN | given, status=status).main
    assert stranger.sign_in("jo").heading == "Inbox"


def test_guesses_at_the_old_password_are_counted(jo: Browser) -> None:
    jo.open("/staff/account")
    for _ in range(FREE):
        jo.press("/account/password", OWN | {"old": "a guess"}, status=401)
    page = jo.press("/account/password", OWN, status=429)

    assert "too many tries" in page.main
