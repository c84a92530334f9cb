"""Every route for every role: who may come in, tried on all the routes there are. A new route without a row fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from bot.wall import Role
from staff.entering import HALFWAY, PUBLIC
from staff.gates import ROWS, first_page, may_enter
from tests.staff.conftest import signed_in
from tests.staff.fakes import FakeClock, FakeStore, a_member
from tests.staff.page import Browser, Page
from tests.staff.test_site import rules

REFUSED = "This is not for your role"
READ = "viewer reviewer publisher safeguarding"
WORK = "reviewer publisher safeguarding"
ALL = f"{READ} admin partner"
FORMS = re.compile(r'<(?:form\b[^>]*method="post"[^>]*\saction|button\b[^>]*\sformaction)="([^"]+)"')
"""Where a page's forms are sent."""
NOT_A_PAGE = frozenset({"staff.static", *PUBLIC})

WHO: dict[str, str] = {
    # written out once more, by hand: a slip in the table of the site does not make its own test right
    **dict.fromkeys(("home", "sign_out", "account", "end_session", "sign_out_everywhere", "nowhere"), ALL),
    **dict.fromkeys(("add_passkey", "rename_passkey", "remove_passkey"), ALL),
    **dict.fromkeys(("second_step", "try_second_step", "two_step", "begin_two_step", "confirm_two_step", "new_codes"), ALL),
    **dict.fromkeys(("team", "change_role", "reset_two_step", "remove_member"), "admin"),
    **dict.fromkeys(("invite_member", "new_link", "rename_member", "let_member_in"), "admin"),
    "see_team_change": "admin publisher safeguarding",
    "change_password": ALL,
    "partner": "partner publisher safeguarding",
    **dict.fromkeys(("themes", "listener", "channel_log", "words", "word_changes", "word_edition"), f"{READ} admin"),
    **dict.fromkeys(("word_history", "word_version", "word_file", "word_text"), f"{READ} admin"),
    **dict.fromkeys(("propose_words", "publish_words", "go_back_words"), f"{WORK} admin"),
    "own_themes": f"{READ} admin",
    **dict.fromkeys(("passed_on", "passing"), READ),
    **dict.fromkeys(("add_recipient", "retire_recipient"), "publisher safeguarding"),
    **dict.fromkeys(("looked", "look_for", "find_looked"), "publisher safeguarding admin"),
    **dict.fromkeys(("actions", "action", "preview_action"), READ),
    **dict.fromkeys(
        ("publish_action", "take_action_back", "quote_in_action", "tell_people", "stop_telling", "answer_request"), "publisher"
    ),
    **dict.fromkeys(("add_theme", "rename_theme", "retire_theme", "retag", "stop_retag"), f"{WORK} admin"),
    "released": READ,
    **dict.fromkeys(("inbox", "today", "find", "save_view", "view_first", "drop_view"), READ),
    **dict.fromkeys(("experience", "loose_alert", "compare", "same", "tasks", "task", "entered"), READ),
    **dict.fromkeys(
        ("campaigns", "campaign", "poster", "campaign_answers", "comments", "deletions", "milestones", "matters"), READ
    ),
}
"""The rest is for those who work with what families told, and for them alone."""


def who_may(endpoint: str) -> set[str]:
    return set(WHO.get(endpoint.removeprefix("staff."), WORK).split())


@pytest.fixture
def team(store: FakeStore) -> FakeStore:
    for role in Role:
        store.add_staff(a_member(f"a {role.value}", name=f"A {role.value}", role=role.value), FakeClock().now())
    return store


def browsers(app: Flask, store: FakeStore, clock: FakeClock) -> Iterator[tuple[str, Browser]]:
    for role in Role:
        yield role.value, signed_in(app, store, clock, f"a {role.value}")


def test_every_route_has_its_row(app: Flask) -> None:
    there = {rule.endpoint for method in ("GET", "POST") for rule, _ in rules(app, method)} - NOT_A_PAGE

    assert there - set(ROWS) == set(), "say in staff/gates.py, and in WHO of this test, which roles may"


def test_the_table_says_what_is_written_here_by_hand(app: Flask) -> None:
    for endpoint, roles in ROWS.items():
        assert {role.value for role in roles} == who_may(endpoint), endpoint


def test_every_page_opens_to_the_roles_it_is_for_and_shows_them_no_form_they_may_not_send(
    app: Flask, team: FakeStore, clock: FakeClock
) -> None:
    """A form is not there at all, rather than hidden by style. One walk over all pages, for it takes seconds."""
    adapter = app.url_map.bind("localhost")
    forms: set[str] = set()
    for role, browser in browsers(app, team, clock):
        for rule, address in rules(app, "GET"):
            if rule.endpoint in NOT_A_PAGE | HALFWAY:
                continue
            answer = browser.client.get(address)
            is_refused = answer.status_code == 403 and Page(answer).heading == REFUSED

            assert is_refused == (role not in who_may(rule.endpoint)), f"{role} at {rule}: {answer.status_code}"
            assert answer.status_code < 500, f"{role} at {rule}"
            sent_to = {adapter.match(to, method="POST")[0] for to in FORMS.findall(answer.get_data(as_text=True))}
            assert [to for to in sent_to if not may_enter(to, role)] == [], f"{role} at {rule}"
            forms |= sent_to
    assert len(forms) > 10, "else this looked at nothing"


def test_every_form_is_taken_from_the_roles_it_is_for_and_from_no_other(app: Flask, team: FakeStore, clock: FakeClock) -> None:
    """Without its token: a form that would be looked at is called too old, and nothing is changed."""
    for role, browser in browsers(app, team, clock):
        for rule, address in rules(app, "POST"):
            if rule.endpoint in NOT_A_PAGE:
                continue
            answer = browser.client.post(address)

            assert answer.status_code == (400 if role in who_may(rule.endpoint) else 403), f"{role} at {rule}"
    assert team.actions() == []


def test_what_is_with_safeguarding_opens_to_no_role_but_its_own(app: Flask, team: FakeStore, clock: FakeClock) -> None:
    for role, browser in browsers(app, team, clock):
        for rule, address in rules(app, "GET"):
            if "reference" not in rule.arguments or role == "safeguarding":
                continue
            for place in (address.replace("RIVER-482", "TIMBER-350"), address.replace("/x", "/TIMBER-350")):
                answer = browser.client.get(place)

                assert "held him down" not in answer.get_data(as_text=True), f"{role} at {rule}"
                if "TIMBER-350" in place:
                    assert answer.status_code in (403, 404), f"{role} at {place}: {answer.status_code}"


def test_the_refusal_is_the_same_whether_the_record_exists_or_not(app: Flask, team: FakeStore, clock: FakeClock) -> None:
    admin = signed_in(app, team, clock, "a admin")
    pages = [admin.open(f"/staff/experiences/{name}", status=403) for name in ("RIVER-482", "NOTHING-000", "TIMBER-350")]

    assert len({page.main for page in pages}) == 1


@pytest.mark.parametrize("role", list(Role))
def test_everybody_begins_at_a_page_they_may_open(role: Role) -> None:
    assert may_enter(first_page(role), role)


def test_the_menu_names_no_page_that_is_refused(app: Flask, team: FakeStore, clock: FakeClock) -> None:
    for _, browser in browsers(app, team, clock):
        page = browser.open("/staff/account")
        for _, address in page.links():
            if address.startswith("/staff"):
                assert browser.client.get(address).status_code != 403, address


def test_a_role_that_nobody_knows_may_nothing(app: Flask, store: FakeStore, clock: FakeClock) -> None:
    store.add_staff(a_member("odd", role="lead"), clock.now())

    assert signed_in(app, store, clock, "odd").open("/staff/inbox", status=403).heading == REFUSED


def test_a_route_that_was_given_no_row_is_closed_to_those_who_do_not_answer_families() -> None:
    assert not may_enter("staff.something_new", "admin")
    assert not may_enter("staff.something_new", "partner")
    assert not may_enter("staff.something_new", "viewer")
    assert may_enter("staff.something_new", "reviewer")


def test_who_only_reads_finds_the_words_and_the_themes_and_nothing_to_tick(app: Flask, team: FakeStore, clock: FakeClock) -> None:
    viewer = signed_in(app, team, clock, "a viewer")
    page = viewer.open("/staff/experiences/RIVER-482")

    assert "New taxi driver again this morning" in page.main
    assert "Home to school transport" in page.main
    assert [box for box in page.find_all("input") if box.get("type") != "hidden"] == []
    assert page.find_all("textarea") == []
