"""How the chat looks and fits: small screens, large text, each set of colours, right to left, older browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.model import ENGLISH, Locale
from bot.pages import PageWords
from channels.widget_build import load_widget_words
from tests.channels.widget_site import Council, council
from tests.channels.widget_visitor import SHARE_OF_LOG, Come, Visitor, visitor
from tests.chromium import CHROMIUM

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")

STORY = "My son was referred for an autism assessment in March. Still waiting."
DANGER = "I am going to kill myself tonight"


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
        pytest.param({"width": 1100}, "", marks=pytest.mark.slow),
        ({"width": 320, "height": 640, "color_scheme": "dark"}, ""),
        ({"width": 360, "height": 640}, "easy"),
        pytest.param({"width": 360, "height": 640}, "strong", marks=pytest.mark.slow),
    ],
    ids=["wide", "small and dark", "easy read", "strong"],
)
def test_axe_finds_nothing(come: Come, council_site: Council, how: dict[str, Any], prepare: str) -> None:
    parent = come(bypass_csp=True, **how)
    for stage in stages(parent):
        if stage == "start" and prepare:
            parent.presses("Options")
            parent.find("#easy" if prepare == "easy" else "input[value=strong]").check()
            parent.find(".foot button").click()
        assert parent.findings() == [], stage


@pytest.mark.parametrize(("width", "height"), [(1100, 760), pytest.param(360, 640, marks=pytest.mark.slow), (320, 640)])
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


def test_nothing_is_shown_before_it_is_dressed(come: Come) -> None:
    parent = come()
    waiting: list[Route] = []
    parent.page.route("**/style*", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright wants a plain function
    parent.arrives(opens=False)
    with parent.page.expect_request("**/style*"):
        parent.launcher.click()
    expect(parent.box).to_be_attached()
    assert not parent.box.is_visible()
    while not waiting:
        parent.page.wait_for_timeout(10)
    waiting[0].continue_()

    expect(parent.box).to_be_visible()
    assert parent.find(".frame").evaluate("e => getComputedStyle(e).position") == "fixed"


def test_above_a_phones_keyboard_bar_and_box_are_both_in_sight(come: Come) -> None:
    parent = come(width=360, height=640)
    parent.page.add_init_script("""
      const view = Object.assign(new EventTarget(), { height: 640, offsetTop: 0, scale: 1 });
      Object.defineProperty(window, 'visualViewport', { value: view });
    """)
    parent.arrives()
    parent.page.evaluate("() => { visualViewport.height = 340; visualViewport.dispatchEvent(new Event('resize')); }")
    high = parent.find(".frame").evaluate("e => e.getBoundingClientRect().height")
    parent.page.evaluate("() => { visualViewport.height = 640; visualViewport.dispatchEvent(new Event('resize')); }")

    assert high == 340
    assert parent.find(".frame").evaluate("e => e.getBoundingClientRect().height") == 640


def test_who_wants_more_contrast_gets_it_unasked(come: Come) -> None:
    parent = come(contrast="more")
    parent.arrives()

    expect(parent.find(".ew")).to_have_attribute("data-colours", "strong")


def test_a_page_that_makes_its_own_text_small_does_not_make_ours(come: Come, council_site: Council) -> None:
    council_site.policy = ""
    parent = come()
    parent.page.goto(council_site.url)
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


def test_an_older_browser_gets_the_styles_by_a_link(come: Come, council_site: Council) -> None:
    council_site.policy = "default-src 'none'; script-src {chat}; connect-src {chat}; style-src {chat}"
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


def test_a_page_in_arabic_gets_it_from_right_to_left(widget_browser: Browser) -> None:
    english = load_widget_words()[ENGLISH]
    words = {ENGLISH: english, Locale("ar"): PageWords(Locale("ar"), {**english.texts, **ARABIC})}
    with council(words) as site, visitor(widget_browser, site, width=320, height=640, bypass_csp=True) as parent:
        site.lang, site.dir = "ar", "rtl"
        for stage in stages(parent):
            parent.fits(stage)
            assert parent.findings() == [], stage
        names = (".leave", ".shut", ".us", ".you")
        leave, shut, ours, theirs = (parent.find(name).first.evaluate("e => e.getBoundingClientRect().x") for name in names)

        expect(parent.find(".ew")).to_have_attribute("dir", "rtl")
        assert leave > shut
        assert ours > theirs


def test_the_language_is_changed_in_the_panel_and_what_is_written_stays(widget_browser: Browser) -> None:
    english = load_widget_words()[ENGLISH]
    words = {ENGLISH: english, Locale("ar"): PageWords(Locale("ar"), {**english.texts, **ARABIC})}
    with council(words) as site, visitor(widget_browser, site) as parent:
        parent.arrives()
        parent.box.fill("Half a story")
        parent.presses("Options")
        parent.find("#language").focus()
        parent.find("#language").select_option("ar")

        expect(parent.find(".leave")).to_have_text("مغادرة هذه الصفحة")
        expect(parent.find("#language")).to_be_focused()
        expect(parent.box).to_have_value("Half a story")
