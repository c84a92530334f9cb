"""The chat on a council's page in a real browser: as it is used, by keyboard, on small screens, without a signal.

That axe finds nothing does not make it usable: width, size of text and targets, and where the focus is are measured too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect, sync_playwright

from bot.model import ENGLISH, Locale
from bot.pages import PageWords
from channels.widget_build import load_widget_words
from tests.channels.widget_site import ARGUMENTS, CHROMIUM, STRICT, Council, council
from tests.channels.widget_visitor import SHARE_OF_LOG, Visitor, visitor

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")

STORY = "My son was referred for an autism assessment in March. Still waiting."
DANGER = "I am going to kill myself tonight"
OFFLINE = "There is no signal"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Council]:
    with council() as site:
        yield site


@pytest.fixture
def site(running: Council) -> Council:
    running.policy = STRICT
    running.web.is_down = False
    return running


Come = Callable[..., Visitor]


@pytest.fixture
def come(browser: Browser, site: Council) -> Iterator[Come]:
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(visitor(browser, site, **how))


# --- before it is used --------------------------------------------------------------------------------------------------


def test_before_it_is_used_one_script_is_asked_for_and_nothing_stored(come: Come) -> None:
    parent = come()
    parent.arrives(opens=False)
    expect(parent.launcher).to_be_visible()
    parent.page.wait_for_timeout(300)

    assert parent.asked == ["/widget.js"]
    assert parent.stored == [0, 0, ""]
    assert parent.context.cookies() == []
    assert not parent.elsewhere


def test_opening_it_stores_nothing_and_tells_the_server_nothing(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.box.fill("Half a story")
    parent.presses("Options")
    parent.page.wait_for_timeout(300)

    assert parent.stored == [0, 0, ""]
    assert not [path for path in parent.asked if path.startswith("/api")]


def test_what_is_sent_leaves_a_token_for_this_tab_only_and_no_cookie(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)

    assert parent.stored == [0, 1, ""]
    assert parent.context.cookies() == []
    assert not parent.elsewhere
    token = parent.page.evaluate("() => JSON.parse(sessionStorage.getItem('earshot-chat')).token")
    assert not [path for path in parent.asked if token in path]


def test_without_scripts_the_link_leads_to_the_plain_pages(come: Come) -> None:
    parent = come(java_script_enabled=False)
    parent.arrives(opens=False)
    parent.page.click("earshot-chat a")

    assert parent.page.inner_text("h1") == "Plain pages"


def test_where_the_page_forbids_the_script_the_link_is_there(come: Come, site: Council) -> None:
    site.policy = "script-src 'none'"
    parent = come()
    parent.arrives(opens=False)
    parent.page.click("earshot-chat a")

    assert parent.page.inner_text("h1") == "Plain pages"


@pytest.mark.parametrize("missing", ["**/core*", "**/words*"])
def test_when_the_rest_cannot_be_had_the_button_leads_where_the_link_did(come: Come, missing: str) -> None:
    parent = come()
    parent.page.route(missing, lambda route: route.abort())
    parent.arrives(opens=False)
    parent.launcher.click()
    parent.page.wait_for_url("**/chat")

    assert parent.page.inner_text("h1") == "Plain pages"


# --- the talk -----------------------------------------------------------------------------------------------------------


def test_a_whole_talk_under_the_strictest_policy_of_a_page(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.presses("Young person")
    parent.reaches_a_choice()
    parent.presses("No, team only")
    expect(parent.find(".us").last).to_contain_text("Shall we tell you what changes")
    parent.presses("Skip")
    expect(parent.find(".us").last).to_contain_text("Thank you. Write more any time.")
    expect(parent.find(".answers")).to_be_hidden()

    assert [(message.choice, message.speaker) for message in parent.said] == [
        (None, "young_person"),
        (None, None),
        ("words_no", None),
        (None, None),
    ]
    assert parent.texts[2:] == ["No, team only", "SKIP"]
    assert parent.complaints == []
    assert not parent.elsewhere


def test_by_keyboard_alone_and_the_focus_is_never_on_the_page_as_a_whole(come: Come) -> None:
    parent = come()
    parent.arrives(opens=False)
    keys = parent.page.keyboard
    seen: list[str] = []

    def press(*names: str) -> None:
        for name in names:
            keys.press(name)
            seen.append(parent.focus)

    expect(parent.launcher).to_be_visible()
    parent.launcher.focus()
    press("Enter")
    expect(parent.box).to_be_focused()
    keys.type(STORY)
    press("Tab", "Enter")
    expect(parent.find(".asides button").first).to_be_visible()
    expect(parent.box).to_be_focused()
    keys.type("A call")
    press("Control+Enter")
    expect(parent.find(".answers .choice")).to_have_count(2)
    press(*["Shift+Tab"] * 6, "Enter")
    expect(parent.find(".us").last).to_contain_text("Shall we tell you")
    press("Tab", "Shift+Tab")
    press("Escape")

    assert parent.texts == [STORY, "A call", "Yes"]
    expect(parent.launcher).to_be_focused()
    assert [focus for focus in seen if focus == "BODY"] == []


def test_closing_gives_the_focus_back_and_opening_gives_it_to_the_box(come: Come) -> None:
    parent = come()
    parent.arrives()
    expect(parent.box).to_be_focused()
    parent.find(".shut").click()

    expect(parent.launcher).to_be_focused()
    expect(parent.launcher).to_have_attribute("aria-expanded", "false")
    parent.launcher.click()
    expect(parent.box).to_be_focused()
    expect(parent.launcher).to_have_attribute("aria-expanded", "true")


def test_the_page_beneath_stays_in_reach(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.page.click("text=Help in school")

    assert parent.page.url.endswith("#help")


def test_answers_are_numbered_and_an_answer_can_be_changed(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.reaches_a_choice()

    assert [text.split() for text in parent.find(".answers .choice").all_inner_texts()] == [
        ["1", "Yes"],
        ["2", "No,", "team", "only"],
    ]
    expect(parent.find(".answers")).to_have_attribute("aria-label", "2 suggested answers")
    parent.presses("Yes")
    expect(parent.find(".us").last).to_contain_text("Shall we tell you")
    parent.presses("Change my answer")
    assert parent.focus.startswith("choice")
    parent.presses("No, team only")
    expect(parent.find(".you").last).to_contain_text("No, team only")

    assert [message.choice for message in parent.said if message.choice] == ["words_yes", "words_no"]
    assert parent.focus != "BODY"
    expect(parent.find(".answers")).to_contain_text("Shall we tell you")  # the question that was open still is
    parent.presses("Yes")
    expect(parent.find(".after")).to_have_count(2)
    assert parent.said[-1].choice == "changes_yes"


def test_words_can_be_looked_at_before_reports_may_use_them(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.reaches_a_choice()
    parent.presses("Show me my words first")
    expect(parent.find(".you").last).to_contain_text("SHOW ME")

    assert parent.texts[-1] == "SHOW ME"


def test_after_danger_nothing_is_asked_and_what_was_written_can_be_hidden(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(DANGER)
    expect(parent.find(".answers")).to_be_hidden()
    parent.presses("Hide what I wrote")

    assert DANGER not in parent.find(".ew").inner_text()
    assert parent.focus.endswith("Show what I wrote")
    parent.page.reload()
    expect(parent.bubbles.first).to_contain_text("Hidden on this screen")
    parent.presses("Show what I wrote")
    expect(parent.bubbles.first).to_contain_text(DANGER)
    expect(parent.box).to_have_attribute("placeholder", "Write more, if you want to")


def test_what_is_deleted_goes_from_the_screen_too(come: Come, site: Council) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    site.web.say(parent.said[0], "Done. What you sent us is deleted.", key="delete.done")
    expect(parent.bubbles).to_have_count(1)

    expect(parent.bubbles).to_contain_text("Done. What you sent us is deleted.")
    assert STORY not in parent.find(".ew").inner_text()


# --- what is read out ---------------------------------------------------------------------------------------------------


LISTEN = """() => {
  const region = document.querySelector('earshot-chat').shadowRoot.querySelector('[role=status]');
  window.heard = [];
  const note = () => { if (region.textContent) window.heard.push(region.textContent); };
  new MutationObserver(note).observe(region, { childList: true });
}"""


def test_each_answer_is_announced_once_in_the_one_live_region(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.page.evaluate(LISTEN)
    parent.reaches_a_choice()
    parent.page.wait_for_timeout(2500)
    heard = "\n".join(parent.page.evaluate("window.heard"))

    assert parent.find("[aria-live], [role=status], [role=log], [role=alert]").count() == 1
    assert heard.count("May public reports use your words") == 1
    assert heard.count("2 suggested answers") == 1
    assert heard.count("RIVER 482") == 1
    assert "Still waiting" not in heard


def test_history_is_not_read_out_when_the_page_is_loaded_anew(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.reaches_a_choice()
    parent.page.reload()
    expect(parent.bubbles).to_have_count(5)
    expect(parent.find(".answers .choice")).to_have_count(2)
    parent.page.wait_for_timeout(400)

    expect(parent.live).to_be_empty()
    assert parent.texts[0] == STORY


def test_that_an_answer_is_coming_is_said_once_and_not_promised_for_ever(come: Come, site: Council) -> None:
    parent = come()
    parent.page.clock.install()
    parent.arrives()
    parent.page.evaluate(LISTEN)
    bot, site.web.answer = site.web.answer, None
    parent.writes(STORY)
    expect(parent.find(".note")).to_have_text("Kept. The answer comes in a moment.")
    parent.page.clock.run_for(20_000)
    heard = parent.page.evaluate("window.heard")
    parent.page.clock.run_for(10_000)
    expect(parent.find(".note")).to_contain_text("A person reads it")
    site.web.answer = bot

    assert heard == ["Kept. The answer comes in a moment."]


def test_reading_aloud_uses_a_voice_of_this_device_and_can_be_stopped(come: Come) -> None:
    parent = come()
    parent.page.add_init_script("""
      window.spoken = []; window.stopped = 0;
      const voice = (lang, localService) => ({ lang, localService });
      Object.defineProperty(window, 'speechSynthesis', { value: {
        getVoices: () => [voice('en-GB', false), voice('en-US', true)],
        speak: (words) => window.spoken.push([words.text, words.lang]), cancel: () => { window.stopped += 1; } } });
      window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    """)
    parent.arrives()
    parent.presses("Options")
    parent.find("#aloud").check()
    parent.presses("Back to the talk")
    parent.tells(STORY)
    parent.presses("Stop reading aloud")

    (text, lang), *_ = parent.page.evaluate("window.spoken")
    assert "RIVER 482" in text
    assert lang == "en-US"
    assert parent.page.evaluate("window.stopped") == 1
    expect(parent.find(".silence")).to_be_hidden()


def test_where_the_device_has_no_voice_it_says_so(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.presses("Options")
    parent.find("#aloud").click()

    expect(parent.find("#aloud-hint")).to_have_text("This device has no voice of its own for this language.")
    expect(parent.find("#aloud")).not_to_be_checked()


# --- without a signal ---------------------------------------------------------------------------------------------------


def test_offline_the_words_stay_in_the_box_and_go_once_when_the_signal_is_back(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.context.set_offline(True)
    parent.writes(STORY)
    expect(parent.find(".note")).to_contain_text(OFFLINE)
    assert parent.box.input_value() == STORY
    parent.find(".write .btn").click()
    parent.context.set_offline(False)
    expect(parent.find(".us").first).to_be_visible()

    assert parent.texts == [STORY]
    expect(parent.box).to_have_value("")
    expect(parent.find(".note")).to_be_empty()
    expect(parent.find(".you")).to_have_count(1)


def test_an_answer_that_is_lost_on_the_way_back_doubles_nothing(come: Come) -> None:
    parent = come()
    parent.arrives()
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    parent.page.route("**/api/chat/message", lose, times=1)
    parent.writes(STORY)
    expect(parent.find(".us").first).to_be_visible()

    assert len(lost) == 1
    assert parent.texts == [STORY]
    expect(parent.find(".you")).to_have_count(1)


def test_a_page_loaded_anew_while_it_waits_sends_the_same_words_once(come: Come, site: Council) -> None:
    parent = come()
    parent.arrives()
    site.web.is_down = True
    parent.writes(STORY)
    expect(parent.find(".note")).to_contain_text("It is not lost")
    parent.page.reload()
    expect(parent.box).to_have_value(STORY)
    site.web.is_down = False
    expect(parent.find(".us").first).to_be_visible()

    assert parent.texts == [STORY]


def test_words_changed_while_they_wait_go_as_they_were_changed(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.context.set_offline(True)
    parent.writes("My son")
    expect(parent.find(".note")).to_contain_text(OFFLINE)
    parent.box.fill("My daughter")
    expect(parent.find(".note")).to_contain_text("Press Send when they are ready")
    parent.context.set_offline(False)
    parent.page.wait_for_timeout(500)
    assert parent.texts == []
    parent.find(".write .btn").click()
    expect(parent.find(".us").first).to_be_visible()

    assert parent.texts == ["My daughter"]


def test_too_much_at_once_waits_as_long_as_it_was_told(come: Come) -> None:
    parent = come()
    parent.arrives()
    told = {"Retry-After": "1", "Access-Control-Allow-Origin": parent.site.url, "Access-Control-Expose-Headers": "Retry-After"}
    parent.page.route(
        "**/api/chat/message",
        lambda route: route.fulfill(status=429, body='{"error": "too_fast"}', content_type="application/json", headers=told),
        times=1,
    )
    parent.writes(STORY)
    expect(parent.find(".note")).to_contain_text("That was a lot at once")
    expect(parent.find(".us").first).to_be_visible()

    assert parent.texts == [STORY]


def test_a_token_that_is_no_longer_ours_loses_no_words(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    parent.page.evaluate("""() => { const kept = JSON.parse(sessionStorage.getItem('earshot-chat'));
      kept.token = 'x'.repeat(22) + '.y'; sessionStorage.setItem('earshot-chat', JSON.stringify(kept)); }""")
    parent.page.reload()
    expect(parent.box).to_be_visible()
    parent.tells("And the taxi")

    assert parent.texts == [STORY, "And the taxi"]


def test_closed_or_out_of_sight_it_asks_for_nothing(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    parent.find(".shut").click()
    parent.page.wait_for_timeout(300)
    before = len(parent.asked)
    parent.page.wait_for_timeout(3000)

    assert parent.asked[before:] == []


def test_where_our_service_stays_out_of_reach_the_plain_page_is_offered(come: Come, site: Council) -> None:
    """A page whose address is not on the list of those that may call, too: a browser says no more than that it failed."""
    parent = come()
    parent.page.route("**/api/**", lambda route: route.abort())
    parent.arrives()
    parent.writes(STORY)
    for _ in range(3):
        expect(parent.find(".note")).to_contain_text("In an emergency ring 999.")
        parent.find(".write .btn").click()

    expect(parent.find(".note a")).to_have_attribute("href", f"{site.chat}/chat")
    expect(parent.box).to_have_value(STORY)


# --- other tabs, other phones -------------------------------------------------------------------------------------------


def second_tab(parent: Visitor) -> Visitor:
    tab = Visitor(parent.context.new_page(), parent.site, parent.context, before=parent.before)
    tab.arrives()
    return tab


def test_two_tabs_are_two_talks(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells("In the first tab")
    tab = second_tab(parent)
    tab.tells("In the second tab")

    assert len({message.sender for message in parent.said}) == 2
    expect(parent.find(".you")).to_have_count(1)


def test_a_remembered_talk_is_the_same_in_each_tab_and_gone_from_each_when_one_leaves(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells("In the first tab")
    parent.presses("Options")
    parent.find("#remember").check()
    parent.presses("Back to the talk")
    tab = second_tab(parent)
    expect(tab.bubbles.first).to_contain_text("In the first tab")
    tab.tells("In the second tab")
    expect(parent.find(".you").nth(1)).to_contain_text("In the second tab")
    assert len({message.sender for message in parent.said}) == 1
    tab.find(".leave").click()

    expect(parent.bubbles).to_have_count(0)
    assert parent.stored == [0, 0, ""]


def test_a_talk_goes_on_on_another_phone_by_a_code_that_is_said(come: Come) -> None:
    first, second = come(), come(width=360, height=640)
    first.arrives()
    first.reaches_a_choice()
    first.presses("Options")
    first.presses("Use another phone")
    first.presses("Get a code")
    code = first.find(".code .ref").inner_text()
    second.arrives()
    second.presses("Options")
    second.presses("Use another phone")
    second.find("#code").fill(code.lower().replace(" ", "-"))
    second.find("form button", has_text="Carry on here").click()

    expect(second.bubbles).to_have_count(5)
    assert len(code.split()) == 4
    second.presses("Yes")
    expect(second.find(".us").last).to_contain_text("Shall we tell you")
    assert len({message.sender for message in first.said}) == 1


def test_a_link_with_a_code_uses_it_only_when_its_button_is_pressed(come: Come) -> None:
    parent = come()
    parent.page.goto(f"{parent.site.url}/#earshot-chat=RIVER-482-PLUM-915")
    parent.launcher.click()

    expect(parent.find("#code")).to_have_value("RIVER 482 PLUM 915")
    assert parent.page.url == f"{parent.site.url}/"
    assert not [path for path in parent.asked if path.startswith("/api")]
    parent.find("form button", has_text="Carry on here").click()
    expect(parent.find("#wrong")).to_contain_text("That code does not work")
    assert parent.focus != "BODY"


# --- leaving ------------------------------------------------------------------------------------------------------------


def test_leaving_hides_first_forgets_and_leaves_no_step_back(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    steps = parent.page.evaluate("() => history.length")
    for _ in range(3):
        parent.page.keyboard.press("Shift")
    parent.page.wait_for_url("https://www.bbc.co.uk/weather")

    assert parent.page.evaluate("() => history.length") == steps
    parent.page.goto(parent.site.url)
    assert parent.stored == [0, 0, ""]


def test_what_was_on_the_screen_is_gone_before_the_other_page_comes(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    parent.context.unroute_all()
    parent.context.route("https://www.bbc.co.uk/**", lambda route: None)  # it never answers
    left = parent.find(".leave").evaluate("link => { const root = link.getRootNode(); link.click(); return root.textContent; }")

    assert left == "Opening another page"


def test_capitals_do_not_leave(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.box.focus()
    for letter in "NOT":
        parent.page.keyboard.press(f"Shift+{letter}")

    assert parent.box.input_value() == "NOT"
    assert not parent.elsewhere


def test_leave_is_first_and_says_that_the_history_stays(come: Come) -> None:
    parent = come()
    parent.arrives()

    assert parent.find(".ew a, .ew button").first.inner_text() == "Leave this page"
    assert "cannot clear the device" in parent.find("#about-leaving").text_content()  # type: ignore[operator] # it is there
    parent.presses("Options")
    expect(parent.find(".hint")).to_be_visible()


# --- how it looks -------------------------------------------------------------------------------------------------------


def stages(parent: Visitor) -> Iterator[str]:
    """Each sight of it in turn, by its name."""
    parent.arrives()
    yield "start"
    parent.writes(" ")
    yield "nothing written"
    parent.reaches_a_choice()
    yield "choice"
    parent.find(".tool").first.click()
    yield "options"
    parent.find("button", has_text="another phone").click()
    yield "another phone"
    parent.find(".foot button").click()
    parent.find(".answers .choice").first.click()
    expect(parent.find(".after")).to_have_count(1)
    yield "answered"
    parent.tells(DANGER)
    yield "danger"


@pytest.mark.parametrize(
    ("how", "prepare"),
    [
        ({"width": 1100}, ""),
        ({"width": 320, "height": 640, "color_scheme": "dark"}, ""),
        ({"width": 360, "height": 640}, "easy"),
        ({"width": 360, "height": 640}, "strong"),
    ],
    ids=["wide", "small and dark", "easy read", "strong"],
)
def test_axe_finds_nothing(come: Come, site: Council, how: dict[str, Any], prepare: str) -> None:
    parent = come(bypass_csp=True, **how)
    for stage in stages(parent):
        if stage == "start" and prepare:
            parent.presses("Options")
            parent.find("#easy" if prepare == "easy" else "input[value=strong]").check()
            parent.find(".foot button").click()
        assert parent.findings() == [], stage


@pytest.mark.parametrize(("width", "height"), [(1100, 760), (360, 640), (320, 640)])
def test_it_fits_with_large_targets_and_text(come: Come, width: int, height: int) -> None:
    parent = come(width=width, height=height)
    for stage in stages(parent):
        parent.fits(stage)


def test_half_the_panel_is_talk_on_a_small_phone(come: Come) -> None:
    parent = come(width=360, height=640)
    parent.arrives()
    parent.reaches_a_choice()

    assert parent.page.evaluate(SHARE_OF_LOG) >= 0.5


@pytest.mark.parametrize(("width", "height"), [(360, 640), (320, 256)], ids=["a phone", "a desk at 400 %"])
def test_text_of_twice_the_size_and_great_zoom_stay_usable(come: Come, width: int, height: int) -> None:
    parent = come(width=width, height=height)
    if width == 360:  # at 400 % the letters are as large already
        session = parent.context.new_cdp_session(parent.page)
        session.send("Page.enable")
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    for stage in stages(parent):
        parent.fits(stage)
        if stage == "choice":
            assert parent.page.evaluate(SHARE_OF_LOG) >= (0.5 if width == 360 else 0.45)
            parent.find(".write .btn").scroll_into_view_if_needed()
            assert parent.find(".write .btn").is_visible()


def test_a_page_that_makes_its_own_text_small_does_not_make_ours(come: Come, site: Council) -> None:
    site.policy = ""
    parent = come()
    parent.page.goto(site.url)
    parent.page.add_style_tag(content="html { font-size: 62.5% } * { letter-spacing: 9px; text-transform: uppercase }")
    parent.launcher.click()
    expect(parent.box).to_be_visible()

    parent.fits("start")
    assert parent.find(".start h2").evaluate("e => [getComputedStyle(e).letterSpacing, getComputedStyle(e).textTransform]") == [
        "normal",
        "none",
    ]


def test_options_change_how_it_looks_at_once_and_last_as_long_as_the_talk(come: Come) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    size = parent.bubbles.first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    parent.presses("Options")
    parent.find("input[value=larger]").check()
    parent.find("input[value=dark]").check()
    parent.page.reload()
    expect(parent.bubbles.first).to_be_visible()

    assert parent.bubbles.first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > size * 1.4
    expect(parent.find(".ew")).to_have_attribute("data-colours", "dark")


def test_easy_read_has_pictures_and_one_sentence_a_line(come: Come) -> None:
    parent = come(width=360, height=640)
    parent.arrives()
    parent.presses("Options")
    parent.find("#easy").check()
    expect(parent.find("#easy")).to_be_focused()
    parent.presses("Go back")
    parent.reaches_a_choice()

    expect(parent.find(".choice .pic")).to_have_count(2)
    assert parent.find(".us").first.locator("p").count() >= 4
    assert {message.locale for message in parent.said} == {"en-x-easyread"}


def test_forced_colours_keep_what_is_chosen_in_sight(come: Come) -> None:
    parent = come(forced_colors="active")
    parent.arrives()
    pill = parent.find(".pill", has_text="Other family")
    plain = pill.screenshot()
    pill.click()
    parent.box.focus()

    assert pill.screenshot() != plain
    assert pill.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_nothing_moves_where_that_was_asked(come: Come) -> None:
    parent = come(reduced_motion="reduce")
    parent.arrives()
    parent.tells(STORY)

    assert parent.page.evaluate("() => document.getAnimations().length") == 0
    assert parent.bubbles.first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


def test_an_older_browser_gets_the_styles_by_a_link(come: Come, site: Council) -> None:
    site.policy = "default-src 'none'; script-src {chat}; connect-src {chat}; style-src {chat}"
    parent = come()
    parent.page.add_init_script("delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets;")
    parent.arrives()
    parent.tells(STORY)

    assert parent.bubbles.first.evaluate("e => getComputedStyle(e).borderRadius") != "0px"
    assert parent.complaints == []


def test_a_copy_is_saved_without_what_is_hidden(come: Come, tmp_path: Path) -> None:
    parent = come()
    parent.arrives()
    parent.tells(DANGER)
    parent.presses("Hide what I wrote")
    parent.presses("Options")
    with parent.page.expect_download() as coming:
        parent.presses("Save a copy")
    coming.value.save_as(tmp_path / "copy.txt")
    text = (tmp_path / "copy.txt").read_text("utf-8")

    assert "We have kept your message. Please read on." in text
    assert DANGER not in text


# --- right to left ------------------------------------------------------------------------------------------------------

ARABIC = {
    "name": "العربية",
    "lang": "ar",
    "dir": "rtl",
    "leave.label": "مغادرة هذه الصفحة",
    "bar.options": "خيارات",
    "bar.close": "إغلاق",
    "write.label": "اكتبوا هنا",
    "write.send": "إرسال",
    "act.skip": "تخطّي",
}
"""A draft, for its direction only; the other texts stay English."""


def test_a_page_in_arabic_gets_it_from_right_to_left(browser: Browser) -> None:
    english = load_widget_words()[ENGLISH]
    words = {ENGLISH: english, Locale("ar"): PageWords(Locale("ar"), {**english.texts, **ARABIC})}
    with council(words) as site, visitor(browser, site, width=320, height=640, bypass_csp=True) as parent:
        site.lang, site.dir = "ar", "rtl"
        for stage in stages(parent):
            parent.fits(stage)
            assert parent.findings() == [], stage
        names = (".leave", ".shut", ".us", ".you")
        leave, shut, ours, theirs = (parent.find(name).first.evaluate("e => e.getBoundingClientRect().x") for name in names)

        expect(parent.find(".ew")).to_have_attribute("dir", "rtl")
        assert leave > shut
        assert ours > theirs


def test_the_language_is_changed_in_the_panel_and_what_is_written_stays(browser: Browser) -> None:
    english = load_widget_words()[ENGLISH]
    words = {ENGLISH: english, Locale("ar"): PageWords(Locale("ar"), {**english.texts, **ARABIC})}
    with council(words) as site, visitor(browser, site) as parent:
        parent.arrives()
        parent.box.fill("Half a story")
        parent.presses("Options")
        parent.find("#language").focus()
        parent.find("#language").select_option("ar")

        expect(parent.find(".leave")).to_have_text("مغادرة هذه الصفحة")
        expect(parent.find("#language")).to_be_focused()
        expect(parent.box).to_have_value("Half a story")
