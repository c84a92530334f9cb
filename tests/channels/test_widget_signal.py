"""The chat where things go wrong or go on elsewhere: no signal, lost answers, other tabs, other phones, leaving."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, Route, expect

from tests.channels.widget_site import Council
from tests.channels.widget_visitor import Come, Visitor
from tests.chromium import CHROMIUM

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")

STORY = "My son was referred for an autism assessment in March. Still waiting."
OFFLINE = "There is no signal"


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


def test_a_page_loaded_anew_while_it_waits_sends_the_same_words_once(come: Come, council_site: Council) -> None:
    parent = come()
    parent.arrives()
    council_site.web.is_down = True
    parent.writes(STORY)
    expect(parent.find(".note")).to_contain_text("It is not lost")
    parent.page.reload()
    expect(parent.box).to_have_value(STORY)
    council_site.web.is_down = False
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
    parent.page.wait_for_timeout(1000)  # what was on its way has gone
    before = len(parent.asked)
    parent.page.wait_for_timeout(3000)

    assert parent.asked[before:] == []


def test_where_our_service_stays_out_of_reach_the_plain_page_is_offered(come: Come, council_site: Council) -> None:
    """A page whose address is not on the list of those that may call, too: a browser says no more than that it failed."""
    parent = come()
    parent.page.route("**/api/**", lambda route: route.abort())
    parent.arrives()
    parent.writes(STORY)
    for _ in range(3):
        expect(parent.find(".note")).to_contain_text("In an emergency ring 999.")
        parent.find(".write .btn").click()

    expect(parent.find(".note a")).to_have_attribute("href", f"{council_site.chat}/chat")
    expect(parent.box).to_have_value(STORY)


def test_it_asks_ever_more_seldom_not_at_all_out_of_sight_and_at_once_when_seen_again(come: Come) -> None:
    parent = come()
    parent.page.clock.install()
    on_the_way: set[Request] = set()

    def leaves(request: Request) -> None:
        on_the_way.add(request)

    def ends(request: Request) -> None:
        on_the_way.discard(request)

    parent.page.on("request", leaves)
    parent.page.on("requestfinished", ends)
    parent.page.on("requestfailed", ends)
    parent.arrives()
    parent.tells(STORY)

    def asked_in(seconds: int) -> int:
        before = len(parent.asked)
        for _ in range(seconds // 3):
            parent.page.clock.run_for(3_000)
            parent.page.wait_for_timeout(15)
            for _ in range(4000):  # the answer comes from a real server, in its own time
                if not on_the_way:
                    break
                parent.page.wait_for_timeout(15)
        return len(parent.asked) - before

    first, later = asked_in(30), asked_in(90)
    sight = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); "
    sight += "document.dispatchEvent(new Event('visibilitychange')); }"
    parent.page.evaluate(sight, arg=True)
    out_of_sight = asked_in(60)
    with parent.page.expect_request("**/api/chat/events*"):
        parent.page.evaluate(sight, arg=False)

    assert 4 <= first <= 12
    assert 4 <= later <= 8
    assert out_of_sight <= 1  # one may have been on its way


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
