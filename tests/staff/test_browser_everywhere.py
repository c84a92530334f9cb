"""Every page of the team's site there is, found by the map of its addresses, in a real browser with real records behind it.

Nobody has to think of a new page: it is opened here, or the last test says that it is opened nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import insert, select
from werkzeug.routing import Rule

from bot.team import What
from demo.running import serving
from staff.gates import may_enter
from storage.tables import action, alert_drill, matter, staff, team_change
from tests.staff import test_browser
from tests.staff.test_browser import NARROW, PAGES, WIDE, Tab, faults_of, tab_in
from tests.test_wall_everywhere import TEAM, Office
from tests.test_wall_everywhere import office as office  # noqa: PLC0414 - a fixture

pytestmark = test_browser.pytestmark
chromium = test_browser.chromium

ONLY_FOR = {"matters": "pia", "theme_from_matter": "pia"}
"""Pages that say no more than “not found” to all but these. Else ruth opens a page, or ada where ruth may not."""
ELSEWHERE = {
    # with records that only the tests of these pages make
    "review_check": "test_review_browser",
    "sure_check": "test_review_browser",
    "word_text": "test_words_browser",
    "publish_words": "test_words_browser",
    "word_version": "test_words_browser",
    "word_edition": "test_words_browser",
    "second_step": "test_door_browser",
    "invitation": "test_door_browser",
    "sign_in": "test_browser",
}
NO_PAGE = {
    "static": "files",
    "home": "leads to the first page",
    "write": "leads to the reply on the page of the experience",
    "council": "leads to the council's own door",
    "council_back": "comes back from it",
    "file": "a file to download",
    "shown_file": "a picture, a recording",
    "poster": "a sheet of paper that stands alone, looked at by the tests of posters",
    "campaign_answers": "a table to download",
    "word_file": "a file to download",
    "nowhere": "there is nothing: PAGES has it",
}


def opened_here(office: Office) -> Iterator[tuple[str, str, str]]:
    """Endpoint, who opens it, address: of every page for which this home has the records."""
    adapter = office.site.url_map.bind("localhost")
    known = {"matter_id": office.ids(matter), "drill_id": office.ids(alert_drill)}
    for address in office.addresses("GET", **known):
        rule, _ = adapter.match(address, return_rule=True)
        name = rule.endpoint.removeprefix("staff.")
        if name not in ELSEWHERE | NO_PAGE and name not in listed(office):
            who = ONLY_FOR.get(name, "ruth" if may_enter(rule.endpoint, TEAM["ruth"]) else "ada")
            yield name, who, address
    (asked,) = office.ids(action)
    yield "today, a request stands", "pia", "/staff/today"
    yield "action, to answer", "pia", f"/staff/actions/{asked}"
    yield "action, to take back", "ruth", f"/staff/actions/{asked}"


def listed(office: Office) -> set[str]:
    adapter = office.site.url_map.bind("localhost")
    return {adapter.match(address.partition("?")[0])[0].removeprefix("staff.") for address in PAGES.values()}


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    """The site on the loopback, with a fire drill that goes on, and accounts for which nobody can be the second person."""
    home = office.home
    with home.earshot.database.writing() as connection:
        connection.execute(insert(alert_drill), {"id": uuid4(), "started_at": home.clock.at, "started_by": "the tests"})
        ids = list(connection.execute(select(staff.c.id).order_by(staff.c.username)).scalars())
        changed = {"what": What.INVITED.value, "role": "reviewer", "at": home.clock.at}
        rows = [{"id": uuid4(), "staff_id": one, "made_by": by} | changed for one, by in zip(ids, ids[1:] + ids[:1], strict=True)]
        connection.execute(insert(team_change), rows)
    with serving(office.site) as address:
        yield address


@pytest.mark.parametrize("width", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW])
def test_every_page_there_is_can_be_used(chromium: Browser, office: Office, address: str, width: int) -> None:
    contexts: dict[str, BrowserContext] = {}
    tabs: dict[str, Tab] = {}
    opened: set[str] = set()
    faults: dict[str, list[object]] = {}
    for name, who, where in opened_here(office):
        if name in opened:
            continue
        if who not in tabs:
            contexts[who] = chromium.new_context(viewport={"width": width, "height": 800})
            tabs[who] = tab_in(contexts[who], address, username=who)
        answer = tabs[who].page.request.get(address + where, max_redirects=0)
        if answer.status == 200 and "text/html" not in answer.headers["content-type"]:
            opened.add(name)  # a file, which no browser shows
        elif answer.status == 200:
            tabs[who].open(where)
            faults[name] = faults_of(tabs[who].page)
            opened.add(name)
    for context in contexts.values():
        context.close()

    assert {name: found for name, found in faults.items() if found} == {}
    rules: list[Rule] = [rule for rule in office.site.url_map.iter_rules() if "GET" in (rule.methods or ())]
    there = {rule.endpoint.removeprefix("staff.") for rule in rules if rule.endpoint.startswith("staff.")}
    assert there - opened - listed(office) - ELSEWHERE.keys() - NO_PAGE.keys() == set(), "opened by no browser: a line is missing"
    assert {url.split("/")[2] for tab in tabs.values() for url in tab.requests} == {address.split("/")[2]}
    assert [error for tab in tabs.values() for error in tab.errors if "404" not in error] == []
