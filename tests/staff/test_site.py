"""The site as a whole: nothing without a login, no form without its token, safe headers, errors that say what to do."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from werkzeug.routing import Rule, UUIDConverter

from bot.themes import Taxonomy
from staff import assets
from staff.entering import PUBLIC
from staff.gates import may_enter
from staff.headers import security_headers
from staff.passwords import Passwords
from staff.site import register_staff
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import FakeClock, FakeStore, made_id
from tests.staff.page import Browser, Page

HERE = Path(__file__).parents[2] / "staff"
VALUES = {
    "reference": "RIVER-482",
    "alert_id": made_id("timber"),
    "task_id": made_id("task"),
    "file_id": made_id("photo"),
    "comment_id": made_id("comment"),
    "entry_id": made_id("entry"),
    "link_id": made_id("link"),
    "letter_id": made_id("letter"),
    "milestone_id": made_id("milestone"),
    "session_id": made_id("session"),
    "staff_id": made_id("staff tom"),
    "number": 1,
    "anything": "x",
}


def rules(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and method in (rule.methods or ()):
            kinds = rule._converters
            values = {
                name: VALUES.get(name, made_id(name) if isinstance(kinds[name], UUIDConverter) else "x")
                for name in rule.arguments
            }
            with app.test_request_context():
                yield rule, rule.build(values)[1]  # type: ignore[index]


def test_there_are_routes_to_watch_over(app: Flask) -> None:
    assert len(list(rules(app, "GET"))) >= 5
    assert len(list(rules(app, "POST"))) >= 9


def test_every_page_but_the_way_in_sends_a_stranger_to_the_door(app: Flask, store: FakeStore) -> None:
    for rule, address in rules(app, "GET"):
        if rule.endpoint in PUBLIC:
            continue
        answer = app.test_client().get(address)

        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/staff/sign-in"), rule
    assert store.filters == [], "nothing was read for a stranger"


def test_every_act_of_a_stranger_is_sent_to_the_door(app: Flask, store: FakeStore) -> None:
    for rule, address in rules(app, "POST"):
        if rule.endpoint in PUBLIC:
            continue
        answer = app.test_client().post(address)

        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/staff/sign-in"), rule
    assert store.actions() == []


def test_every_act_without_its_token_is_refused(app: Flask, jo: Browser, store: FakeStore) -> None:
    for rule, address in rules(app, "POST"):
        if not may_enter(rule.endpoint, "reviewer") and rule.endpoint not in PUBLIC:
            continue  # refused before it is read: test_gates
        answer = jo.client.post(address, data={"seen": "99", "passage": [str(made_id("river 1"))]})

        assert answer.status_code == 400, rule
        assert Page(answer).heading == "That page was too old", rule
    assert store.actions() == []
    assert store.decisions == []


def test_a_token_of_another_session_is_refused(app: Flask, jo: Browser, ruth: Browser, store: FakeStore) -> None:
    token = ruth.open("/staff/inbox").find("input", name="csrf_token").get("value")
    answer = jo.client.post("/staff/experiences/RIVER-482/read", data={"csrf_token": token, "seen": "99"})

    assert answer.status_code == 400
    assert store.actions() == []


def test_nothing_is_changed_by_opening_a_page(app: Flask, ruth: Browser, store: FakeStore) -> None:
    for _, address in rules(app, "GET"):
        ruth.client.get(address)

    assert store.actions() == []
    assert store.decisions == []


def test_the_words_of_other_forms_of_the_application_are_not_asked_for_a_token(app: Flask) -> None:
    """Webhooks are signed by their providers; a check on every form of the application would refuse them all."""
    assert app.config["WTF_CSRF_CHECK_DEFAULT"] is False


def test_an_address_nobody_knows_is_not_found_but_only_for_staff(stranger: Browser, jo: Browser) -> None:
    assert stranger.open("/staff/nothing-here").heading == "Sign in"
    assert jo.open("/staff/nothing-here", status=404).heading == "There is no such page"


def test_no_page_is_kept_by_a_cache(ruth: Browser, stranger: Browser) -> None:
    pages = [ruth.open("/staff/inbox"), ruth.open("/staff/experiences/RIVER-482"), stranger.open("/staff/sign-in")]

    assert {page.answer.headers["Cache-Control"] for page in pages} == {"no-store"}


def test_a_stylesheet_may_be_kept(stranger: Browser) -> None:
    with stranger.client.get("/staff/static/earshot.css") as answer:
        assert answer.status_code == 200
        assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_the_headers_allow_nothing_from_elsewhere(jo: Browser) -> None:
    headers = jo.open("/staff/inbox").answer.headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["script-src"])
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_nonce_is_new_for_each_answer_and_the_same_within_one() -> None:
    app = Flask("nonce")
    security_headers(app)
    app.add_url_rule("/", "page", lambda: app.jinja_env.from_string("{{ csp_nonce() }} {{ csp_nonce() }}").render())
    seen = set()
    for _ in range(2):
        answer = app.test_client().get("/")
        first, second = answer.get_data(as_text=True).split()
        seen.add(first)

        assert first == second
        assert f"'nonce-{first}'" in answer.headers["Content-Security-Policy"]
    assert len(seen) == 2


def test_a_header_a_view_has_set_itself_stays() -> None:
    app = Flask("own")
    security_headers(app)

    def framed() -> Response:
        return Response("x", headers={"Content-Security-Policy": "frame-ancestors 'self'", "Cache-Control": "max-age=60"})

    app.add_url_rule("/", "framed", framed)
    headers = app.test_client().get("/").headers

    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert headers["Cache-Control"] == "max-age=60"


def test_over_https_the_browser_is_told_to_stay_there() -> None:
    app = Flask("secure")
    security_headers(app)
    app.add_url_rule("/", "page", lambda: "x")

    assert "Strict-Transport-Security" in app.test_client().get("/", base_url="https://x.example").headers
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


def test_a_store_that_cannot_be_reached_is_said_in_a_page(jo: Browser, store: FakeStore) -> None:
    store.down = True

    assert jo.open("/staff/inbox", status=503).heading == "Earshot cannot reach its store"


def test_a_form_larger_than_any_of_ours_is_refused(jo: Browser, store: FakeStore) -> None:
    answer = jo.client.post("/staff/experiences/RIVER-482/read", data={"seen": "1" * 600_000})

    assert answer.status_code == 413
    assert Page(answer).heading == "That form could not be read"
    assert store.actions() == []


def test_missing_browser_files_are_said_at_the_start_and_on_the_page(
    store: FakeStore, taxonomy: Taxonomy, passwords: Passwords, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(assets, "problem", lambda: "The staff pages have no stylesheet: run make setup.")
    app = Flask("bare", static_folder=None, template_folder=None)
    app.secret_key = "a key for tests"
    with caplog.at_level(logging.WARNING):
        register_staff(
            app, store=store.as_store(), kept_sessions=FakeDoor(), clock=FakeClock(), taxonomy=taxonomy, passwords=passwords
        )

    assert "run make setup" in caplog.text
    assert "run make setup" in Browser(app.test_client()).open("/staff/sign-in").main


def test_the_demo_says_that_it_is_one_and_the_real_thing_does_not(
    stranger: Browser, store: FakeStore, taxonomy: Taxonomy, passwords: Passwords
) -> None:
    app = Flask("real", static_folder=None, template_folder=None)
    app.secret_key = "a key for tests"
    register_staff(
        app, store=store.as_store(), kept_sessions=FakeDoor(), clock=FakeClock(), taxonomy=taxonomy, passwords=passwords
    )

    assert "Demo: all made up" in stranger.open("/staff/sign-in").text
    assert "Demo" not in Browser(app.test_client()).open("/staff/sign-in").text


# --- the files themselves ---------------------------------------------------------------------------------------------


STANDS_ALONE = "<style>{{ style }}</style>"
"""In the poster that `earshot poster` writes: one file, to be printed where our stylesheets are not."""


def test_no_template_holds_inline_style_or_script() -> None:
    for template in (HERE / "templates" / "staff").glob("*.html"):
        text = template.read_text().replace(STANDS_ALONE, "")

        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*src=)", text), template.name


def test_only_our_own_drawings_are_taken_as_markup() -> None:
    """``safe`` on a parent's words would be a hole; the icons are the only place it stands."""
    used = [
        f"{template.name}: {line.strip()}"
        for template in (HERE / "templates" / "staff").glob("*.html")
        for line in template.read_text().splitlines()
        if re.search(r"\|\s*safe|Markup|autoescape", line)
    ]

    assert len(used) == 1
    assert "icons.get(name" in used[0]
