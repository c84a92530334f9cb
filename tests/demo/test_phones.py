"""The phones in a real browser: a text typed on each is answered, and stands themed in the inbox."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.demo.browser import chromium, findings, is_no_wider_than_its_window, needs_chromium, window
from tests.demo.conftest import Live

pytestmark = needs_chromium

PHONES = {"whatsapp": "WhatsApp", "sms": "Text message", "messenger": "Messenger", "telegram": "Telegram"}
NAMES = {**PHONES, "webchat": "Web chat", "pages": "Plain pages"}
STORY = "The taxi did not turn up again this morning, third time this week"


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


def region(page: Page, channel: str) -> Locator:
    return page.get_by_role("region", name=NAMES[channel])


def chat(page: Page) -> Locator:
    return page.frame_locator("#frame-webchat").locator("earshot-chat")


def until_done(page: Page) -> None:
    expect(page.locator("#tries:not([aria-busy])")).to_be_visible()
    expect(page.locator("#said")).to_be_empty()


def test_the_same_words_go_out_from_all_six_and_are_answered_and_themed(page: Page) -> None:
    write(page, "all", STORY)
    until_done(page)
    a_minute_passes(page)

    for channel in PHONES:
        expect(region(page, channel).locator(".m.you")).to_contain_text("taxi did not turn up")
        expect(region(page, channel).locator(".m.us").first).to_contain_text("Thank you, we have kept that. Ref ")
    expect(chat(page).locator(".us").first).to_contain_text("Thank you, we have kept that.")
    expect(page.frame_locator("#frame-pages").locator("main")).to_contain_text("Thank you, we have kept that.")
    for channel in NAMES:
        expect(region(page, channel).locator(".inboxed")).to_contain_text("Home to school transport")


def test_an_answer_to_a_question_moves_the_talk_on(page: Page) -> None:
    said = {channel: region(page, channel).locator(".m.us").count() for channel in PHONES}
    write(page, "all", "It goes to Lapwing Moor School near Wells")
    until_done(page)
    a_minute_passes(page)

    for channel, before in said.items():
        expect(region(page, channel).locator(".m.us")).not_to_have_count(before)


def test_two_looks_are_never_under_way_at_once_and_no_line_stands_twice(page: Page) -> None:
    """Each look draws all of a talk; an older answer drawn over a newer one, or both drawn, is what must not be."""
    most = page.evaluate(
        """async () => {
          const { refresh } = await import("/demo/static/look.js");
          const real = window.fetch;
          let now = 0, most = 0;
          window.fetch = async (...asked) => {
            most = Math.max(most, ++now);
            try { return await real(...asked); } finally { now -= 1; }
          };
          await Promise.all([1, 2, 3, 4].map(() => refresh()));
          window.fetch = real;
          return most;
        }"""
    )

    assert most == 1
    for channel in PHONES:
        expect(region(page, channel).locator(".m.you", has_text="taxi did not turn up")).to_have_count(1)


@pytest.mark.parametrize("channel", ["messenger", "telegram"])
def test_the_answers_can_be_pressed(page: Page, channel: str) -> None:
    region(page, channel).get_by_role("button", name="No, team only").click()

    expect(region(page, channel).locator(".m.you").last).to_contain_text("No, team only")
    a_minute_passes(page)
    expect(region(page, channel).get_by_role("button", name="No", exact=True)).to_be_visible()


def test_a_press_in_the_real_web_chat_is_a_press(page: Page) -> None:
    page.locator("#frame-webchat").scroll_into_view_if_needed()
    chat(page).get_by_role("button", name="No, team only").click()

    expect(chat(page).locator(".log")).to_contain_text("No, team only")


@pytest.mark.parametrize(
    "sent", ["/webhooks/twilio", "StatusCallback=", "quick_reply", "quick_replies", "/webhooks/telegram", "/sendMessage"]
)
def test_the_exact_request_of_each_network_stands_below_both_ways(page: Page, sent: str) -> None:
    expect(page.locator(".wire pre", has_text=sent).first).to_be_attached()


@pytest.mark.parametrize("sent", ["POST /api/chat/message", "GET /api/chat/events", "POST /chat"])
def test_what_the_browser_asked_stands_there_too(page: Page, sent: str) -> None:
    expect(page.locator(".wire pre", has_text=sent).first).to_be_attached()


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
    until_done(page)

    for channel in PHONES:
        expect(region(page, channel).locator(".m.you").last).to_contain_text("STATUS")
    expect(chat(page).locator(".log")).to_contain_text("STATUS")


def test_a_whole_talk_is_begun_by_a_new_parent_and_carried_to_its_end(page: Page) -> None:
    numbers = [region(page, channel).locator("h2 small").inner_text() for channel in PHONES]
    page.get_by_role("button", name="a figure of speech").click()
    until_done(page)

    assert all(
        region(page, channel).locator("h2 small").inner_text() != number for channel, number in zip(PHONES, numbers, strict=True)
    )
    for channel in PHONES:
        expect(region(page, channel).locator(".m.you")).to_have_count(2)
    for channel in NAMES:
        expect(region(page, channel).locator(".inboxed")).to_contain_text("First in the inbox")


def test_a_day_later_the_windows_are_shut_where_there_is_one(page: Page) -> None:
    expect(region(page, "messenger").locator(".window")).to_contain_text("open until")
    page.get_by_role("button", name="+ 1 day").click()

    for channel in ("whatsapp", "messenger"):
        expect(region(page, channel).locator(".window")).to_contain_text("shut since")
    expect(region(page, "telegram").locator(".window")).to_contain_text("we may write at any time")


def test_a_language_is_asked_for_on_all_six(page: Page) -> None:
    page.get_by_label("Language").select_option(label="Polski")
    page.get_by_role("button", name="Ask for it").click()
    until_done(page)

    for channel in PHONES:
        expect(region(page, channel).locator(".m.us").last).to_contain_text("po polsku")
    expect(chat(page).get_by_role("button", name="Wyślij")).to_be_visible()
    expect(page.frame_locator("#frame-pages").locator("html")).to_have_attribute("lang", "pl")


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


def test_a_text_goes_out_and_is_read_without_any_script(live: Live, browser: Browser) -> None:
    with window(browser, 1100, scripts=False) as page:
        page.goto(f"{live.url}/demo/")
        for channel, name in PHONES.items():
            page.locator(f"#say-{channel}").fill("no script here <b>bold</b>")
            page.get_by_role("button", name=f"Send on {name}").click()

            expect(region(page, channel).locator(".m.you").last).to_contain_text("no script here <b>bold</b>")


def test_without_any_script_one_box_writes_on_all_phones_and_the_plain_pages_are_there(live: Live, browser: Browser) -> None:
    with window(browser, 1100, scripts=False) as page:
        page.goto(f"{live.url}/demo/")
        page.locator("#say-all").fill("nothing runs here")
        page.get_by_role("button", name="Say it").click()

        for channel in PHONES:
            expect(region(page, channel).locator(".m.you").last).to_contain_text("nothing runs here")
        pages = page.frame_locator("#frame-pages")
        pages.locator("textarea").first.fill("The pages need none either")
        pages.get_by_role("button", name="Send").click()
        expect(pages.locator("main")).to_contain_text("kept")


def test_on_a_narrow_window_each_screen_has_a_tab(live: Live, browser: Browser) -> None:
    with window(browser, 320) as page:
        page.goto(f"{live.url}/demo/")
        for channel in NAMES:
            page.locator(f"#t-{channel}").check()

            expect(region(page, channel)).to_be_visible()
            assert page.locator("section.col:visible").count() == 1
            assert is_no_wider_than_its_window(page)


def test_the_chat_on_a_councils_page_is_answered_by_the_real_service(live: Live, browser: Browser) -> None:
    with window(browser, 1100) as page:
        page.goto(f"{live.url}/demo/widget")
        page.click("earshot-chat section > button")
        page.fill("earshot-chat textarea", "The taxi did not come again and he missed his tests. Nobody rang us.")
        page.click("earshot-chat .write .btn")
        expect(page.locator("earshot-chat textarea")).to_have_value("")
        requests.post(f"{live.url}/demo/clock", data={"step": "minute"}, timeout=60)

        expect(page.locator("earshot-chat .us").first).to_contain_text("Thank you, we have kept that.")
        expect(page.locator("earshot-chat .asides button").first).to_be_visible()
