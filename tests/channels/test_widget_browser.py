"""The chat on a council's page in a real browser: before it is used, a whole talk, and what is read out.

That axe finds nothing does not make it usable: width, size of text and targets, and where the focus is are measured too.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.channels.widget_site import Council
from tests.channels.widget_visitor import Come
from tests.chromium import CHROMIUM

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")

STORY = "My son was referred for an autism assessment in March. Still waiting."
DANGER = "I am going to kill myself tonight"


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


def test_where_the_page_forbids_the_script_the_link_is_there(come: Come, council_site: Council) -> None:
    council_site.policy = "script-src 'none'"
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
    # The question that was open still is; what was said before it no longer holds.
    expect(parent.find(".answers .q")).to_have_text("Shall we tell you what changes because of this?")
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


def test_what_is_deleted_goes_from_the_screen_too(come: Come, council_site: Council) -> None:
    parent = come()
    parent.arrives()
    parent.tells(STORY)
    council_site.web.say(parent.said[0], "Done. What you sent us is deleted.", key="delete.done")
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
    parent.page.wait_for_function(
        "() => ['May public reports use your words', '2 suggested answers', 'RIVER 482']"
        ".every(said => window.heard.join().includes(said))"
    )
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


def test_that_an_answer_is_coming_is_said_once_and_not_promised_for_ever(come: Come, council_site: Council) -> None:
    parent = come()
    parent.page.clock.install()
    parent.arrives()
    parent.page.evaluate(LISTEN)
    bot, council_site.web.answer = council_site.web.answer, None
    parent.writes(STORY)
    expect(parent.find(".note")).to_have_text("Kept. The answer comes in a moment.")
    parent.page.clock.run_for(20_000)
    heard = parent.page.evaluate("window.heard")
    parent.page.clock.run_for(10_000)
    expect(parent.find(".note")).to_contain_text("A person reads it")
    council_site.web.answer = bot

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
