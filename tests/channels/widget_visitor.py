"""A parent with a browser on a council's page, in a few words: opens, sends, answers, looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bot.model import InboundMessage
from tests.channels.widget_site import Council
from tests.chromium import PATIENCE

FOCUS = """() => {
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  return e === document.body ? 'BODY' : (e.id || e.className || e.tagName) + ':' + (e.textContent || '').slice(0, 40);
}"""
STORED = "() => [localStorage.length, sessionStorage.length, document.cookie]"
OVERFLOW = """() => {
  const root = document.querySelector('earshot-chat').shadowRoot;
  const wide = [...root.querySelectorAll('.ew, .view, .log, .scroll, .bar')].filter(e => e.scrollWidth > e.clientWidth + 1);
  return [document.documentElement.scrollWidth - document.documentElement.clientWidth, wide.map(e => e.className)];
}"""
SMALL = """() => [...document.querySelector('earshot-chat').shadowRoot.querySelectorAll('button, a, textarea, select, input')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }))
  .map(e => [(e.textContent || e.id).slice(0, 30), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([name, box]) => [name, box.width, box.height])"""
SMALL_TEXT = """() => [...document.querySelector('earshot-chat').shadowRoot.querySelectorAll('.ew *')]
  .filter(e => e.checkVisibility() && !e.closest('.sr') && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 15.9).map(e => e.className + ': ' + e.textContent.slice(0, 30))"""
SHARE_OF_LOG = """() => {
  const root = document.querySelector('earshot-chat').shadowRoot;
  return root.querySelector('.log').getBoundingClientRect().height / root.querySelector('.ew').getBoundingClientRect().height;
}"""


@dataclass
class Visitor:
    """``elsewhere`` are addresses asked for that are neither the council's nor the chat's; ``asked`` those of the chat."""

    page: Page
    site: Council
    context: BrowserContext
    elsewhere: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    before: int = 0

    @property
    def said(self) -> list[InboundMessage]:
        """What came to the chat since this visitor came, whoever sent it."""
        return self.site.web.received[self.before :]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.said]

    def find(self, selector: str, **how: Any) -> Locator:
        return self.page.locator(f"earshot-chat {selector}", **how)

    def arrives(self, *, opens: bool = True) -> None:
        self.page.goto(self.site.url)
        if opens:
            self.launcher.click()
            expect(self.box).to_be_visible()

    @property
    def launcher(self) -> Locator:
        return self.find("section > button")

    @property
    def box(self) -> Locator:
        return self.find("textarea")

    @property
    def live(self) -> Locator:
        return self.find("[role=status]")

    @property
    def bubbles(self) -> Locator:
        return self.find(".b")

    def writes(self, text: str) -> None:
        self.box.fill(text)
        self.find(".write .btn").click()

    def tells(self, text: str) -> None:
        """Send, and wait for the answer."""
        before = self.find(".us").count()
        self.writes(text)
        expect(self.find(".us").nth(before)).to_be_visible()
        expect(self.box).to_have_value("")

    def reaches_a_choice(self) -> None:
        self.tells("My son was referred for an autism assessment in March. Still waiting.")
        self.tells("Someone telling us where he is on the list")
        expect(self.find(".answers .choice").first).to_be_visible()

    def presses(self, text: str) -> None:
        self.find("button", has_text=text).first.click()

    @property
    def focus(self) -> str:
        focus: str = self.page.evaluate(FOCUS)
        return focus

    @property
    def stored(self) -> list[object]:
        stored: list[object] = self.page.evaluate(STORED)
        return stored

    def fits(self, where: str) -> None:
        assert self.page.evaluate(OVERFLOW) == [0, []], where
        assert self.page.evaluate(SMALL) == [], where
        assert self.page.evaluate(SMALL_TEXT) == [], where

    def findings(self) -> list[str]:
        return [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in Axe().run(self.page).response["violations"]
            for node in violation["nodes"]
        ]


@contextmanager
def visitor(browser: Browser, site: Council, *, width: int = 1100, height: int = 760, **options: Any) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    who = Visitor(page, site, context, before=len(site.web.received))

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(site.chat):
            who.asked.append(url.removeprefix(site.chat))
        if url.startswith((site.chat, site.url, "blob:")):
            route.continue_()
        else:
            who.elsewhere.append(url)
            route.fulfill(body="<title>Weather</title>", content_type="text/html")

    context.route("**/*", answer)
    page.on("console", lambda message: who.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: who.complaints.append(str(error)))
    yield who
    context.close()


Come = Callable[..., Visitor]
"""A fixture: somebody comes, with the options of ``visitor``, and goes when the test is over."""
