"""A real browser on the demo, and what every page of it must be: free of axe findings, no wider than its window."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM, PATIENCE

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed, so no page is opened in it")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=ARGUMENTS,
        )
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, width: int, *, scripts: bool = True) -> Iterator[Page]:
    """A page of this width. An error in the page's own script fails the test when the window is closed."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def findings(page: Page) -> list[str]:
    """What axe finds, one line each."""
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]


def is_no_wider_than_its_window(page: Page) -> bool:
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return fits
