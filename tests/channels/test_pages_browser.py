"""The plain pages in a real browser: with scripts off, on a wide screen and on the smallest phone.

That axe finds nothing does not make a page usable: width, size of text and of targets are measured as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect, sync_playwright

from bot.model import EASY_READ, ENGLISH
from channels.pages import pages_blueprint
from demo.running import serving
from tests.channels.pages_bot import WordedBot
from tests.channels.test_changes import CHANGES
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.chromium import ARGUMENTS, CHROMIUM, PATIENCE

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")

WIDE, NARROW = 1100, 320
STORY = "My son was referred for an autism assessment in March. Still waiting. My number is 07700 900123."
DANGER = "I am going to kill myself tonight"
LONG = "Supercalifragilisticexpialidocious" * 6

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# A label as large as its box counts for both; links inside a sentence are not targets of their own.
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, summary')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.classList.contains('skip'))
  .filter(e => !e.closest('.said, .hint, .kept, .error-summary, dd, section > p'))
  .filter(e => !(e.labels && [...e.labels].some(l => l.getBoundingClientRect().height >= 44)))
  .map(e => [e.getBoundingClientRect(), (e.innerText || e.name || e.id).slice(0, 40)])
  .filter(([box]) => box.height < 43.5 || box.width < 43.5)
  .map(([box, name]) => [name, box.width, box.height])"""

SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text && e.checkVisibility() && !e.closest('.sr') && parseFloat(getComputedStyle(e).fontSize) < 16) found.push(text);
  }
  return found;
}"""


@dataclass
class Site:
    url: str
    web: FakeWeb


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    web = FakeWeb(answer=WordedBot())
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://127.0.0.1", changes=CHANGES)  # type: ignore[arg-type] # as much of a store as the pages use
    )
    with serving(app) as address:
        yield Site(address, web)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A parent with a browser; ``elsewhere`` are the addresses it asked for that are not ours."""

    page: Page
    site: Site
    elsewhere: list[str]

    def opens(self, path: str = "/chat") -> None:
        self.page.goto(self.site.url + path)

    def sends(self, text: str) -> None:
        self.page.fill("#text", text)
        self.presses("send")

    def presses(self, act: str) -> None:
        self.follows(f"main button[value='{act}']")

    def follows(self, selector: str) -> None:
        """Press, and wait for the page it leads to."""
        with self.page.expect_navigation() as coming:
            self.page.click(selector)
        answer = coming.value
        assert answer is not None
        assert answer.status < 500, self.page.inner_text("h1")

    @property
    def heading(self) -> str:
        return self.page.inner_text("h1")

    def is_forgotten(self) -> bool:
        """Whether the cookie of the talk goes: the page has left before the answer that takes it away is in."""
        for _ in range(PATIENCE // 100):
            if not any(cookie.get("name") == "earshot_talk" for cookie in self.page.context.cookies()):
                return True
            self.page.wait_for_timeout(100)
        return False

    def look(self) -> None:
        assert self.page.evaluate(OVERFLOW) <= 0, f"{self.heading}: wider than the screen"
        assert self.page.evaluate(SMALL_TARGETS) == [], self.heading
        assert self.page.evaluate(SMALL_TEXT) == [], self.heading


Make = Callable[..., Visitor]


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Make]:
    contexts: list[BrowserContext] = []

    def make(width: int = WIDE, **options: object) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type] # as playwright names them
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        elsewhere: list[str] = []

        def answer(route: Route) -> None:
            if route.request.url.startswith(site.url):
                route.continue_()
            else:
                elsewhere.append(route.request.url)
                route.fulfill(body="<title>Weather</title>", content_type="text/html")

        context.route("**/*", answer)
        return Visitor(context.new_page(), site, elsewhere)

    yield make
    for context in contexts:
        context.close()


def whole_talk(visitor: Visitor, *, locale: str) -> Iterator[str]:
    """Each screen of a talk in turn, by its name."""
    visitor.opens(f"/chat?locale={locale}")
    yield "story"
    visitor.page.click("summary")
    yield "who is writing"
    visitor.presses("send")
    yield "nothing written"
    visitor.sends(f"{STORY} {LONG}")
    yield "probe"
    visitor.sends("Someone telling us where he is on the list")
    visitor.page.locator("summary").first.click()
    yield "consent, with the words as they would look"
    visitor.presses("send")
    yield "nothing chosen"
    visitor.page.click("label[for=answer-2]")
    visitor.presses("send")
    yield "second consent"
    visitor.page.click("label[for=answer-1]")
    visitor.presses("send")
    yield "end"
    visitor.opens(f"/chat/options?locale={locale}")
    yield "options"
    visitor.presses("delete")
    yield "delete, really"
    visitor.sends(DANGER)
    yield "quiet"
    visitor.opens(f"/privacy?locale={locale}")
    yield "privacy"
    visitor.opens(f"/nothing?locale={locale}")
    yield "nothing at this address"


@pytest.mark.parametrize(
    ("width", "locale"),
    [
        (WIDE, ENGLISH),
        (NARROW, EASY_READ),
        pytest.param(WIDE, EASY_READ, marks=pytest.mark.slow),
        pytest.param(NARROW, ENGLISH, marks=pytest.mark.slow),
    ],
)
def test_the_whole_talk_works_without_scripts_and_fits_the_screen(visitor: Make, width: int, locale: str) -> None:
    parent = visitor(width, java_script_enabled=False)
    before = len(parent.site.web.received)
    for _ in whole_talk(parent, locale=locale):
        parent.look()
    said = [(message.text.partition(" 07700")[0][:20], message.choice) for message in parent.site.web.received[before:]]

    assert [choice for _, choice in said if choice] == ["words_no", "changes_yes"]
    assert len(said) == 6
    assert not parent.elsewhere


@pytest.mark.parametrize(("width", "colours", "locale"), [(WIDE, "light", ENGLISH), (NARROW, "dark", EASY_READ)])
def test_axe_finds_nothing(visitor: Make, width: int, colours: str, locale: str) -> None:
    parent = visitor(width, color_scheme=colours, bypass_csp=True)
    for screen in whole_talk(parent, locale=locale):
        found = Axe().run(parent.page)
        assert found.violations_count == 0, f"{screen}: {found.generate_report()}"


@pytest.mark.parametrize("locale", [pytest.param(ENGLISH, marks=pytest.mark.slow), EASY_READ])
def test_text_of_twice_the_size_still_fits_the_smallest_phone(visitor: Make, locale: str) -> None:
    parent = visitor(NARROW, bypass_csp=True)
    for screen in whole_talk(parent, locale=locale):
        parent.page.add_style_tag(content="html { font-size: 200% }")
        assert parent.page.evaluate(OVERFLOW) <= 0, screen


def test_the_policy_of_the_page_is_kept(visitor: Make) -> None:
    parent = visitor()
    complaints: list[str] = []
    parent.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for screen in whole_talk(parent, locale=ENGLISH):
        # A refused form is answered with 400, a wrong address with 404: the browser notes each as an error of its own.
        assert not [said for said in complaints if "400" not in said and "404" not in said], screen


def test_an_error_takes_the_focus(visitor: Make) -> None:
    parent = visitor()
    parent.opens()
    parent.presses("send")

    expect(parent.page.locator(".error-summary")).to_be_focused()  # the browser gives it the focus a moment after it is drawn


def test_leave_this_page_is_the_first_thing_after_the_skip_link(visitor: Make) -> None:
    parent = visitor(NARROW)
    parent.opens()
    parent.page.keyboard.press("Tab")
    parent.page.keyboard.press("Tab")

    assert parent.page.evaluate("() => document.activeElement.id") == "leave"


def test_leave_this_page_stays_in_sight_on_a_phone(visitor: Make) -> None:
    parent = visitor(NARROW, java_script_enabled=False)
    parent.opens()
    parent.page.mouse.wheel(0, 1500)
    parent.page.wait_for_timeout(200)

    assert parent.page.locator("#leave").bounding_box()["y"] >= 0  # type: ignore[index] # it is there
    assert parent.page.locator("#leave").is_visible()


def test_without_scripts_leaving_shuts_the_way_back(visitor: Make) -> None:
    parent = visitor(java_script_enabled=False)
    parent.opens()
    parent.sends(STORY)
    with pytest.raises(Error, match="NAME_NOT_RESOLVED"):  # a test reaches nothing but the loopback
        parent.follows("#leave")
    parent.page.go_back()

    assert STORY not in parent.page.content()
    assert parent.heading == "Tell us what happened, good or bad"


def test_shift_three_times_leaves_and_leaves_no_step_back(visitor: Make) -> None:
    parent = visitor()
    parent.opens()
    parent.sends(STORY)
    steps = parent.page.evaluate("() => history.length")
    for _ in range(3):
        parent.page.keyboard.press("Shift")
    parent.page.wait_for_url("https://www.bbc.co.uk/weather")

    assert parent.page.evaluate("() => history.length") == steps
    assert parent.is_forgotten()


def test_capitals_do_not_leave(visitor: Make) -> None:
    parent = visitor()
    parent.opens()
    parent.page.focus("#text")
    parent.page.keyboard.type("NO TAXI CAME")
    for letter in "NOT":
        parent.page.keyboard.press(f"Shift+{letter}")

    assert parent.heading == "Tell us what happened, good or bad"
    assert not parent.elsewhere


def test_the_keys_that_leave_are_named_only_where_they_work(visitor: Make) -> None:
    with_scripts, without = visitor(), visitor(java_script_enabled=False)
    with_scripts.opens()
    without.opens()

    assert with_scripts.page.locator("#leave-keys").is_visible()
    assert not without.page.locator("#leave-keys").is_visible()


def test_forced_colours_keep_the_chosen_answer_in_sight(visitor: Make) -> None:
    parent = visitor(forced_colors="active")
    parent.opens()
    parent.sends(STORY)
    parent.sends("More")
    plain = parent.page.locator(".big").first.screenshot()
    parent.page.click("label[for=answer-1]")

    assert parent.page.locator(".big").first.screenshot() != plain


def test_what_was_done_can_be_read_on_any_screen_in_any_language(visitor: Make) -> None:
    parent = visitor()
    for locale in ("", "?locale=ar", "?locale=en-x-easyread"):
        parent.opens(f"/you-said-we-did{locale}")
        parent.look()


def test_on_paper_there_are_no_buttons(visitor: Make) -> None:
    parent = visitor()
    parent.opens("/privacy")
    parent.page.emulate_media(media="print")

    assert not parent.page.locator("#leave").is_visible()
    assert parent.page.locator("h1").is_visible()
