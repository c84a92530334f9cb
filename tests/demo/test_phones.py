"""The phones in a real browser: a text typed on each is answered, and stands themed in the inbox."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.browser import chromium, findings, is_no_wider_than_its_window, needs_chromium, window
from tests.demo.conftest import Live

pytestmark = needs_chromium

NAMES = {"whatsapp": "WhatsApp", "sms": "Text message", "webchat": "Web chat"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(live: Live, browser: Browser) -> Iterator[Page]:
    with window(browser, 1280) as page:
        page.goto(f"{live.url}/demo/")
        yield page


def write(page: Page, channel: str, text: str) -> None:
    box = page.locator(f"#say-{channel}")
    box.fill(text)
    box.press("Enter")


def a_minute_passes(page: Page) -> None:
    page.get_by_role("button", name="+ 1 minute").click()


@pytest.mark.parametrize("channel", NAMES)
def test_a_text_typed_on_a_phone_is_answered_and_stands_themed_in_the_inbox(page: Page, channel: str) -> None:
    phone = page.get_by_role("region", name=NAMES[channel])
    write(page, channel, "The taxi did not turn up again this morning, third time this week")
    expect(phone.locator(".m.you")).to_contain_text("taxi did not turn up")
    a_minute_passes(page)

    expect(phone.locator(".m.us").first).to_contain_text("Thank you, we have kept that. Ref ")
    expect(phone.locator(".inboxed")).to_contain_text("Home to school transport")


def test_an_answer_to_a_question_moves_the_talk_on(page: Page) -> None:
    phone = page.get_by_role("region", name="WhatsApp")
    said = phone.locator(".m.us").count()
    write(page, "whatsapp", "It goes to Lapwing Moor School near Wells")
    a_minute_passes(page)

    expect(phone.locator(".m.us")).not_to_have_count(said)


def test_the_web_chat_offers_its_answers_as_buttons(page: Page) -> None:
    phone = page.get_by_role("region", name="Web chat")
    write(page, "webchat", "It goes to Lapwing Moor School near Wells, and the driver changes every week without a word to us")
    a_minute_passes(page)
    phone.get_by_role("button", name="2 No, team only").click()

    expect(phone.locator(".m.you").last).to_contain_text("No, team only")


def test_the_small_print_tells_segments_and_delivery(page: Page) -> None:
    phone = page.get_by_role("region", name="Text message")

    expect(phone.locator(".tape", has_text="delivered").first).to_have_text(
        re.compile(r"\d segments?, \d+ in GSM-7 · .*delivered")
    )


def test_a_payload_link_opens_the_exact_request(page: Page) -> None:
    phone = page.get_by_role("region", name="Text message")
    phone.locator(".tape", has_text="delivered").first.get_by_role("link", name="payload").click()

    expect(page.locator(".wire details[open] pre").first).to_contain_text("StatusCallback=")


def test_the_card_leads_to_the_experience_behind_the_login(page: Page) -> None:
    link = page.get_by_role("region", name="WhatsApp").get_by_role("link", name="Open in the inbox")

    assert re.fullmatch(r"/staff/experiences/\w+-\d{3}", link.get_attribute("href") or "")


def test_the_clock_moves_forward(page: Page) -> None:
    before = page.locator("#part-clock b").inner_text()
    page.get_by_role("button", name="+ 1 hour").click()

    expect(page.locator("#part-clock b")).not_to_have_text(before)


def test_a_ready_made_message_goes_from_every_phone(page: Page) -> None:
    page.get_by_label("Say, on").select_option("all")
    page.get_by_role("button", name="STATUS").click()

    for name in NAMES.values():
        expect(page.get_by_role("region", name=name).locator(".m.you").last).to_contain_text("STATUS")


def test_the_small_print_can_be_put_away(page: Page) -> None:
    tape = page.locator(".tape").first
    page.get_by_label("Show the small print").uncheck()
    expect(tape).to_be_hidden()
    page.get_by_label("Show the small print").check()

    expect(tape).to_be_visible()


@pytest.mark.parametrize("width", [1100, 320])
@pytest.mark.parametrize("path", ["/", "/demo/", "/demo/widget"])
def test_a_page_has_no_axe_findings_and_fits_its_window(live: Live, browser: Browser, width: int, path: str) -> None:
    with window(browser, width) as page:
        page.goto(f"{live.url}{path}")

        assert findings(page) == []
        assert is_no_wider_than_its_window(page)


def test_phones_full_of_talk_have_no_axe_findings(page: Page) -> None:
    assert findings(page) == []


def test_every_page_says_that_all_is_made_up(live: Live, page: Page) -> None:
    for path in ("/", "/demo/", "/staff/", "/chat"):
        page.goto(f"{live.url}{path}")

        expect(page.locator("body")).to_contain_text("made up")


def test_a_text_goes_out_without_any_script(live: Live, browser: Browser) -> None:
    with window(browser, 1100, scripts=False) as page:
        page.goto(f"{live.url}/demo/")
        page.locator("#say-sms").fill("no script here <b>bold</b>")
        page.get_by_role("button", name="Send on Text message").click()

        expect(page.get_by_role("region", name="Text message").locator(".m.you").last).to_contain_text(
            "no script here <b>bold</b>"
        )


def test_the_chat_on_a_councils_page_is_answered_by_the_real_service(live: Live, browser: Browser) -> None:
    with window(browser, 1100) as page:
        page.goto(f"{live.url}/demo/widget")
        page.click("earshot-chat section > button")
        page.fill("earshot-chat textarea", "The taxi did not come again and he missed his tests. Nobody rang us.")
        page.click("earshot-chat .write .btn")

        expect(page.locator("earshot-chat .us").first).to_contain_text("Thank you, we have kept that.")
        expect(page.locator("earshot-chat .asides button").first).to_be_visible()
