"""The pages in a real browser, wide and narrow, light and dark, with scripts and without.

That axe finds nothing does not make a page usable: what it overlooked here before (a page wider than the phone, text of
7 px, small targets, focus lost after a press) is measured as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.channel_log import Outcome, What
from bot.jobs import JobState
from bot.model import Address, ChannelName
from bot.records import Reach
from demo.running import serving
from staff import assets
from staff.desk import EXTENSION, Desk
from tests.chromium import ARGUMENTS, CHROMIUM, PATIENCE
from tests.staff.conftest import PASSWORD
from tests.staff.fake_actions import ACTION, FakeActions, fill_actions
from tests.staff.fake_alerts import alert_desk_of, fill_taken
from tests.staff.fake_details import fill_passing
from tests.staff.fake_removals import fill_removals
from tests.staff.fakes import FakeClock, FakeStore, a_loose_alert, made_id
from tests.staff.sample import fill_rooms

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
    pytest.mark.skipif(assets.problem() is not None, reason=assets.problem() or ""),
]

WIDE, NARROW = 1100, 320
PAGES = {
    "inbox": "/staff/inbox",
    "everything": "/staff/inbox?show=everything",
    "experience": "/staff/experiences/RIVER-482",
    "alert": "/staff/experiences/TIMBER-350",
    "to pass thanks on": "/staff/experiences/FALCON-231/pass-on?as=praise",
    "to ask a service": "/staff/experiences/FALCON-231/pass-on?as=request",
    "not to be passed on": "/staff/experiences/RIVER-482/pass-on?as=praise",
    "passed on": "/staff/passed-on",
    "a question passed on": f"/staff/passed-on/{made_id('asked')}",
    "a mail that failed": f"/staff/passed-on/{made_id('failed')}",
    "called back": f"/staff/passed-on/{made_id('back')}",
    "teams and services": "/staff/recipients",
    "who has looked": "/staff/experiences/RIVER-482/looked",
    "who has looked, by reference": "/staff/looked",
    "tasks": "/staff/experiences/LANTERN-316",
    "a passage to remove": f"/staff/experiences/RIVER-482/passages/{made_id('river 1')}/remove",
    "from right to left": "/staff/experiences/WILLOW-059",
    "parked": "/staff/experiences/CANDLE-204",
    "decided": "/staff/experiences/FALCON-231",
    "alert without an experience": f"/staff/alerts/{made_id('loose')}",
    "an alert to hand on": f"/staff/alerts/{made_id('mine')}",
    "an alert handed to us": f"/staff/alerts/{made_id('theirs')}",
    "an alert that was real": f"/staff/alerts/{made_id('closed')}",
    "every alert": "/staff/alerts",
    "the rota": "/staff/alerts/rota",
    "a drill": f"/staff/alerts/drills/{made_id('drill')}",
    "a referral sheet": f"/staff/alerts/{made_id('loose')}/sheet",
    "released as feedback": "/staff/released",
    "by hand": "/staff/enter",
    "typed in": f"/staff/entered/phone/{made_id('typed in')}",
    "danger typed in": f"/staff/entered/letter/{made_id('danger typed in')}",
    "today": "/staff/today",
    "done last": "/staff/last",
    "bring in": "/staff/import",
    "export": "/staff/export?show=everything&theme=transport",
    "long work": "/staff/work",
    **{
        f"{kind}, {state}": f"/staff/work/{made_id(f'{kind} {state}')}"
        for kind, states in (("import", "looking asking working done stopped failed"), ("export", "working done spoilt"))
        for state in states.split()
    },
    "comments": "/staff/comments",
    "deletion requests": "/staff/deletion-requests",
    "linked": "/staff/experiences/FALCON-231",
    "the same person": "/staff/experiences/RIVER-482/same/FALCON-231",
    "guide": "/staff/themes",
    "channel log": "/staff/channels/log",
    "how well it hears": "/staff/listener",
    "actions": "/staff/actions",
    "an action": f"/staff/actions/{ACTION}",
    "an action to make": "/staff/actions/new?from=RIVER-482",
    "not found": "/staff/nothing-here",
}

SMALLEST_TEXT = """() => {
  const shown = e => e.checkVisibility({ visibilityProperty: true }) && getComputedStyle(e).clipPath === 'none';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(e) || e.closest('.govuk-visually-hidden, script')) continue;
    found.push([parseFloat(getComputedStyle(e).fontSize), walker.currentNode.textContent.trim().slice(0, 40)]);
  }
  return found.filter(([size]) => size < 14);
}"""

# A link inside a sentence, and the box under a label that is itself large enough, are not targets of their own.
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.classList.contains('govuk-skip-link'))
  .filter(e => !(e.labels && [...e.labels].some(l => l.getBoundingClientRect().height >= 43.5)))
  .map(e => [e.getBoundingClientRect(), (e.innerText || e.name || e.id).slice(0, 40), e])
  .filter(([box, , e]) => !e.matches('.es-item h2 a'))
  .filter(([box]) => box.height < 43.5 || box.width < 43.5)
  .map(([box, name]) => [name, box.width, box.height])"""

CLIPPED = """() => [...document.querySelectorAll('main *')]
  .filter(e => e.checkVisibility() && !e.closest('.govuk-visually-hidden, svg'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className + ' ' + e.innerText?.slice(0, 30))"""

# Where the focus is must be seen on each thing that can have it; and the keys go through the page as it is written.
UNSEEN_FOCUS = """() => {
  const look = e => [[e], [e, '::after'], ...(e.labels ? [...e.labels].map(l => [l, '::before']) : [])].map(which => {
    const s = getComputedStyle(...which);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, s.borderTopColor, s.borderTopWidth].join();
  }).join('|');
  const found = [], had = document.activeElement;
  for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')) {
    if (e.tabIndex > 0) found.push('out of order: ' + e.outerHTML.slice(0, 80));
    if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({ visibilityProperty: true })) continue;
    document.activeElement?.blur();
    const before = look(e);
    e.focus({ preventScroll: true });
    if (look(e) === before) found.push('no focus to be seen: ' + e.outerHTML.slice(0, 80));
  }
  document.activeElement?.blur();
  had?.focus({ preventScroll: true });
  return found;
}"""

FOCUS = """() => {
  const at = document.activeElement;
  return document.readyState === 'complete' && at && at !== document.body && (at.id || at.className);
}"""


@dataclass
class Tab:
    """One page of the browser, signed in, that remembers what it asked for and what went wrong."""

    page: Page
    base: str
    requests: list[str]
    errors: list[str]

    def open(self, address: str) -> None:
        self.page.goto(self.base + address)

    def focus(self) -> str:
        """Where it is: a page that gives it away does so a moment after it is drawn."""
        return focus_on(self.page)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask, store: FakeStore, clock: FakeClock, kept_actions: FakeActions) -> Iterator[str]:
    """The site on the loopback, with an alert whose message has had no turn yet."""
    reach = Reach(channel=ChannelName("sms"), address=Address("tel", "+447700900123"))
    for what in What:
        store.calls.tell("whatsapp", what, Outcome.FAILED, detail="63016", ends="23")
    store.waits(a_loose_alert(), "he has a knife " * 12, "and he wont stop", reach=reach)
    fill_taken(store)
    fill_rooms(store)
    fill_actions(kept_actions)
    sending_on = app.extensions[EXTENSION].rooms.sending_on
    fill_passing(sending_on.records)
    fill_removals(app.extensions[EXTENSION].rooms.removing.records)
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, alert_desk=alert_desk_of(store, clock)))
    with serving(app) as address:
        yield address


def tab_in(context: BrowserContext, base: str, *, username: str = "ruth") -> Tab:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    tab = Tab(page, base, [], [])
    page.on("request", lambda request: tab.requests.append(request.url))
    page.on("console", lambda message: tab.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.open("/staff/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return tab


@pytest.fixture(params=[pytest.param(WIDE, marks=pytest.mark.slow), NARROW])
def tab(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Tab]:
    context = chromium.new_context(viewport={"width": request.param, "height": 800})
    yield tab_in(context, address)
    context.close()


@pytest.fixture
def plain(chromium: Browser, address: str) -> Iterator[Tab]:
    """A browser without scripts."""
    context = chromium.new_context(viewport={"width": WIDE, "height": 800}, java_script_enabled=False)
    yield tab_in(context, address)
    context.close()


def axe_findings(page: Page, *rules: str) -> list[str]:
    """Of A, AA and best practice; of ``rules`` alone where some are named."""
    results = Axe().run(page, options={"runOnly": list(rules)} if rules else None)
    return [f"{found['id']}: {[node['html'][:120] for node in found['nodes'][:3]]}" for found in results.response["violations"]]


def focus_on(page: Page) -> str:
    """The name of what has the focus, once anything has."""
    found: str = page.wait_for_function(FOCUS).json_value()
    return found


def open_every_fold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def faults_of(page: Page) -> list[object]:
    """What is wrong with a page as it stands in the window, its folds opened meanwhile: light, dark, and with the reader's own
    few colours.
    """
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.evaluate("document.querySelectorAll('details:not([open])').forEach(fold => { fold.open = fold.dataset.shut = true })")
    wide = page.evaluate("document.documentElement.scrollWidth")
    found: list[object] = [f"{wide} wide"] if wide != width else []
    for measure in (CLIPPED, SMALLEST_TEXT, SMALL_TARGETS, UNSEEN_FOCUS):
        found += page.evaluate(measure)
    found += axe_findings(page)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {finding}" for finding in axe_findings(page, "color-contrast")]
    page.emulate_media(color_scheme="null", forced_colors="active")
    found += [f"with forced colours: {finding}" for finding in page.evaluate(UNSEEN_FOCUS)]
    page.emulate_media(forced_colors="null")
    page.evaluate("document.querySelectorAll('details[data-shut]').forEach(fold => { fold.open = false })")
    return found


def can_be_used(page: Page, name: str) -> None:
    assert faults_of(page) == [], name


def test_every_page_can_be_used_at_this_width(tab: Tab) -> None:
    """One test for all pages: a browser is dear, and what fails says where."""
    faults = {}
    for name, where in PAGES.items():
        tab.open(where)
        faults[name] = faults_of(tab.page)

    assert {name: found for name, found in faults.items() if found} == {}
    assert {url.split("/")[2] for url in tab.requests} == {tab.base.split("/")[2]}, "asked of another site"
    assert [error for error in tab.errors if "404" not in error] == [], "not a word in the console but for the missing page"


def test_opened_words_can_be_read_at_this_width(tab: Tab) -> None:
    tab.open(PAGES["alert without an experience"])
    open_every_fold(tab.page)
    tab.page.fill("#why", "Nobody has answered her")
    tab.page.click("text=Show it")

    assert tab.focus() == "told"
    assert "and he wont stop" in tab.page.inner_text("main")
    can_be_used(tab.page, "opened words")


def test_the_door_and_its_errors_can_be_used(tab: Tab) -> None:
    tab.page.click(".es-top__out")
    assert tab.focus() == "told"
    tab.page.click("main button")

    assert tab.focus() == "govuk-error-summary"
    can_be_used(tab.page, "sign in, with its errors")
    tab.page.click("text=Enter your user name >> nth=0")
    assert tab.focus() == "username"


def test_after_accepting_the_focus_is_on_what_was_done(tab: Tab, store: FakeStore) -> None:
    tab.open(PAGES["experience"])
    tab.page.click("text=Accept all 4 as they stand")

    assert tab.focus() == "told"
    assert tab.page.inner_text("#told").startswith("RIVER 482: 4 tags accepted.")
    assert tab.page.inner_text("h1") == "TIMBER 350", "the alert that nobody has taken"
    assert len(store.decisions) == 4


def test_tags_are_corrected_with_the_keyboard_alone(tab: Tab, store: FakeStore) -> None:
    tab.open(PAGES["experience"])
    tab.page.focus("#t-1-communication")
    tab.page.keyboard.press("Space")
    tab.page.focus(".es-themes summary >> nth=0")
    tab.page.keyboard.press("Enter")
    tab.page.focus(".es-themes details:nth-of-type(3) > summary >> nth=0")
    tab.page.keyboard.press("Enter")
    tab.page.focus("#t-1-disputes")
    tab.page.keyboard.press("Space")
    tab.page.focus("text=Accept what is ticked")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("#told")

    assert ("communication", False) in {(row.theme, row.verdict) for row in store.decisions}
    assert ("disputes", True) in {(row.theme, row.verdict) for row in store.decisions}
    assert tab.focus() == "told"


def test_an_alert_is_taken_and_closed_and_the_focus_follows(tab: Tab, store: FakeStore) -> None:
    tab.open(PAGES["alert"])
    tab.page.click("text=I am taking it")
    assert tab.focus() == "told"

    tab.page.click("text=Record the outcome")
    assert tab.focus() == "govuk-error-summary"
    assert axe_findings(tab.page) == []
    tab.page.click("label:has-text('Spoke with the family')")
    tab.page.fill("textarea", "Spoke to the mother at 10:40.")
    tab.page.click("text=Record the outcome")

    assert tab.focus() == "told"
    assert store.experiences["TIMBER 350"].alerts[0].outcome == "family: Spoke to the mother at 10:40."


def test_a_search_leads_to_what_was_found(tab: Tab) -> None:
    if not tab.page.is_visible("#filters"):
        tab.page.click("text=Search and filter")
    tab.page.fill("#words", "taxi driver")
    tab.page.click("#filters button")
    tab.page.wait_for_url("**find=1*")

    assert tab.focus() == "found"
    assert "taxi" not in tab.page.url
    assert tab.page.inner_text(".es-item h2") == "RIVER 482"


def test_on_a_phone_the_filters_are_a_sheet_that_shuts(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800})
    tab = tab_in(context, address)
    assert not tab.page.is_visible("#filters")
    tab.page.click("text=Search and filter")

    assert tab.page.is_visible("#filters")
    assert axe_findings(tab.page) == []
    tab.page.click("#filters >> text=Close")
    assert not tab.page.is_visible("#filters")
    context.close()


def test_everything_can_be_done_without_scripts(plain: Tab, store: FakeStore) -> None:
    plain.open(PAGES["alert"])
    plain.page.click("text=I am taking it")
    plain.page.check("input[name=done] >> nth=0")
    plain.page.fill("textarea", "Rang the duty desk.")
    plain.page.click("text=Record the outcome")
    plain.open(PAGES["tasks"])
    plain.page.click("button:has-text('Done') >> nth=0")
    plain.open("/staff/inbox")
    plain.page.fill("#words", "taxi driver")
    plain.page.click("#filters button")
    plain.page.click(".es-item h2 a")
    assert plain.page.inner_text("h1") == "RIVER 482"
    plain.page.fill("#note", "Rang the depot.")
    plain.page.click("text=Keep the note")
    plain.page.click("#told >> text=Undo")
    assert plain.page.inner_text("#told").strip() != ""
    plain.open(PAGES["experience"])
    plain.page.uncheck("#t-1-communication")
    plain.page.click("text=Accept what is ticked")
    plain.page.wait_for_selector("#told")
    plain.page.click(".es-top__out")
    plain.page.wait_for_url("**/sign-in*")

    assert store.actions()[-6:] == ["take_alert", "close_alert", "finish_task", "decide", "mark_read", "sign_out"]
    assert ("communication", False) in {(row.theme, row.verdict) for row in store.decisions}
    assert [url for url in plain.requests if url.endswith(".js")] == []


def test_the_keys_go_through_a_page_in_the_order_in_which_it_is_written(tab: Tab) -> None:
    for name in ("inbox", "experience", "today"):
        tab.open(PAGES[name])
        tab.page.evaluate(
            "() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')]"
            ".forEach((e, place) => { e.dataset.place = place; })"
        )
        places: list[int] = []
        for _ in range(200):
            tab.page.keyboard.press("Tab")
            place = tab.page.evaluate("Number(document.activeElement.dataset.place ?? -1)")
            if place < 0 or place in places:
                break
            places.append(place)

        assert len(places) > 12, name
        assert places == sorted(places), name


def test_with_forced_colours_a_choice_is_still_to_be_seen(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800}, forced_colors="active")
    tab = tab_in(context, address)

    assert tab.page.evaluate("getComputedStyle(document.querySelector('.es-views a[aria-current]')).borderTopWidth") == "3px"
    assert tab.page.evaluate("getComputedStyle(document.querySelector('.es-chip')).borderTopStyle") == "solid"
    context.close()


def test_with_text_twice_as_large_nothing_runs_out_of_a_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800})
    tab = tab_in(context, address)
    for name in ("inbox", "experience", "alert"):
        tab.open(PAGES[name])
        tab.page.evaluate("document.documentElement.style.fontSize = '200%'")

        assert tab.page.evaluate("document.documentElement.scrollWidth") == NARROW, name
    context.close()


def test_long_work_is_followed_by_script_and_the_focus_is_not_lost(tab: Tab, store: FakeStore) -> None:
    job_id = made_id("import working")
    tab.open(PAGES["import, working"])
    tab.page.focus("text=Stop it")
    store.jobs.jobs[job_id] = replace(store.jobs.jobs[job_id], done=300)
    tab.page.wait_for_selector("text=300 of 340 rows")
    assert tab.page.inner_text("#progress-says") == "Under way: 300 of 340 rows, 1 to mend"
    assert tab.page.evaluate("document.activeElement.textContent") == "Stop it"
    store.jobs.jobs[job_id] = replace(store.jobs.jobs[job_id], done=340, state=JobState.DONE)
    tab.page.wait_for_selector("h2:has-text('Done')")

    assert tab.page.inner_text("#progress-says") == "Done: 340 of 340 rows, 1 to mend"
    assert tab.focus() == "job-heading"
    assert axe_findings(tab.page) == []
