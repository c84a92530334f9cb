"""The inbox: what stands first, what a reviewer is not shown, and how it is searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.records import InboxFilter
from tests.staff.fakes import FakeStore, a_passage, an_alert, an_experience
from tests.staff.page import Browser, Page, text_of


def references(page: Page) -> list[str]:
    return [text_of(heading) for heading in page.find_all("h2") if heading.find("a") is not None]


def card(page: Page, reference: str) -> str:
    items = [item for item in page.find_all("li", class_="es-item") if reference in text_of(item)]
    assert len(items) == 1
    return text_of(items[0])


def test_it_is_in_order_of_risk_then_promised_day_then_least_sure(ruth: Browser) -> None:
    assert references(ruth.open("/staff/inbox")) == [
        "TIMBER 350",
        "LANTERN 316",
        "BROOK 377",
        "RIVER 482",
        "FINCH 540",
        "HEDGE 115",
        "WILLOW 059",
        "CANDLE 204",
    ]


def test_an_open_alert_stands_first_whatever_the_store_says(ruth: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", alerts=[an_alert("acorn")], promised_on=date(2027, 1, 1)))

    assert references(ruth.open("/staff/inbox"))[:2] == ["TIMBER 350", "ACORN 101"]


def test_a_card_says_all_that_is_needed_to_choose_it(jo: Browser) -> None:
    words = card(jo.open("/staff/inbox"), "RIVER 482")

    for part in (
        "WhatsApp",
        "Sun 22 Nov, 14:24",
        "Bridgwater",
        "New taxi driver again this morning",
        "Home to school transport Sure",
        "Being kept informed Fairly sure",
        "and 1 more",
        "Read by Today before we close",
        "Words in public: yes",
        "Wants to hear what changes",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("BROOK 377", "Read by Fri 20 Nov 3 days late"),
        ("HEDGE 115", "Read by Wed 25 Nov in 2 days"),
        ("LANTERN 316", "Carer at breaking point: read first"),
        ("LANTERN 316", "Read by Tue 24 Nov tomorrow"),
        ("LANTERN 316", "Call back"),
        ("WILLOW 059", "Needs translation: Arabic"),
        ("WILLOW 059", "No theme is guessed in a language the tagger does not know"),
        ("CANDLE 204", "Earshot could not handle a message: a person must read it"),
        ("CANDLE 204", "Young person"),
    ],
)
def test_what_is_unusual_is_marked(jo: Browser, reference: str, says: str) -> None:
    assert says in card(jo.open("/staff/inbox"), reference)


def test_what_was_read_is_kept_apart_and_says_whether_the_promise_was_kept(jo: Browser) -> None:
    assert "FALCON 231" not in references(jo.open("/staff/inbox"))

    words = card(jo.open("/staff/inbox?show=everything"), "FALCON 231")
    assert "Read Today promise kept" in words
    assert "Read by Tom Calloway" in words


def test_who_decided_a_tag_is_said_in_words(jo: Browser) -> None:
    words = card(jo.open("/staff/inbox?show=everything"), "FALCON 231")

    assert "Nursery and early years, decided by Tom Calloway" in words
    assert "Spotting needs early, the parent" in words
    assert "Short breaks" not in words


def test_sureness_is_never_a_percentage(ruth: Browser) -> None:
    assert "%" not in ruth.open("/staff/inbox?show=everything").text


def test_a_reviewer_is_told_only_how_much_is_with_safeguarding_and_since_when(jo: Browser) -> None:
    page = jo.open("/staff/inbox")

    assert "1 message is with safeguarding, since today, 10:14. There is nothing for you to do." in page.main
    assert "TIMBER" not in page.html
    assert "marks on both arms" not in page.html


def test_totals_pages_and_cards_are_of_what_the_reviewer_may_see(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    for number in range(13):
        store.put(an_experience(f"HIDDEN {number}", alerts=[an_alert(f"hidden {number}")]))

    for browser, to_read, pages in ((jo, 7, 1), (ruth, 21, 2)):
        page = browser.open("/staff/inbox")
        assert f"{to_read} to read" in page.main
        assert len(references(page)) == min(to_read, 20)
        assert bool(page.find_all("nav", class_="govuk-pagination")) == (pages > 1)
    assert "14 messages are with safeguarding, the oldest since today, 10:14." in jo.open("/staff/inbox").main


def test_a_search_does_not_tell_a_reviewer_what_the_hidden_words_are(jo: Browser) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"words": "marks on both arms"})

    assert "0 found." in page.main
    assert "safeguarding" not in page.main


def test_the_safeguarding_lead_sees_it_first_and_that_nobody_has_it(ruth: Browser) -> None:
    page = ruth.open("/staff/inbox")

    assert "Nobody has taken this alert." in card(page, "TIMBER 350")


def test_the_safeguarding_lead_sees_who_has_it(ruth: Browser, store: FakeStore) -> None:
    view = store.experiences["TIMBER 350"]
    alert = replace(view.alerts[0], taken_by="Huw Bartlett")
    store.put(replace(view, alerts=(alert,), card=replace(view.card, alerts=(alert,))))

    assert "Huw Bartlett has it." in card(ruth.open("/staff/inbox"), "TIMBER 350")


# --- searching and filtering ------------------------------------------------------------------------------------------


def test_searched_words_never_stand_in_an_address(jo: Browser) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"words": "taxi driver"})

    assert references(page) == ["RIVER 482"]
    assert "1 found." in page.main
    assert page.find("input", id="words").get("value") == "taxi driver"
    assert all("taxi" not in address for _, address in page.links())
    assert "taxi" not in page.answer.request.url


def test_each_search_keeps_its_own_words(jo: Browser) -> None:
    jo.open("/staff/inbox")
    jo.press("/inbox", {"words": "taxi"})
    jo.press("/inbox", {"words": "exhausted"})

    assert references(jo.open("/staff/inbox?find=1")) == ["RIVER 482"]
    assert references(jo.open("/staff/inbox?find=2")) == ["LANTERN 316"]


def test_old_searches_are_forgotten_so_that_the_cookie_stays_small(jo: Browser) -> None:
    jo.open("/staff/inbox")
    for number in range(9):
        jo.press("/inbox", {"words": f"word {number} " + "x" * 500})

    with jo.client.session_transaction() as session:
        assert list(session["finds"]) == ["5", "6", "7", "8", "9"]
        assert max(len(words) for words in session["finds"].values()) == 100


def test_filters_go_together_and_stay_ticked(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"channel": ["sms", "webchat"], "feeling": ["bad"], "theme": "communication"})

    assert store.filters[-1] == InboxFilter(
        channels=("sms", "webchat"), polarity=("bad",), themes=("communication",), with_safeguarding=False
    )
    ticked = [box.get("value") for box in page.find_all("input", type="checkbox") if box.get("checked") is not None]
    assert ticked == ["bad", "sms", "webchat"]
    assert [text_of(option) for option in page.find_all("option") if option.get("selected") is not None] == [
        "Being kept informed"
    ]


def test_a_filter_over_everything_stays_over_everything(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox?show=everything")
    jo.press("/inbox", {"words": "portage"})

    assert store.filters[-1] == InboxFilter(open_only=False, words="portage", with_safeguarding=False)


@pytest.mark.parametrize(
    "query",
    [
        "?theme=weather",
        "?feeling=furious&channel=Sms!&find=77&page=x",
        "?page=-1",
        "?page=99999999999999999999",
        "?page=²",
        "?find=%00&show=nothing",
    ],
)
def test_an_address_with_nonsense_in_it_opens_the_plain_inbox(jo: Browser, store: FakeStore, query: str) -> None:
    page = jo.open("/staff/inbox" + query)

    assert store.filters[-1] == InboxFilter(with_safeguarding=False)
    assert "RIVER 482" in references(page)


def test_when_nothing_fits_the_page_says_what_to_do(jo: Browser) -> None:
    jo.open("/staff/inbox")

    assert "Nothing here fits." in jo.press("/inbox", {"words": "helicopter"}).main


def test_an_empty_inbox_says_that_everything_is_read(jo: Browser, store: FakeStore) -> None:
    store.experiences.clear()

    assert "Everything is read." in jo.open("/staff/inbox").main
    assert "Nothing has come in yet." in jo.open("/staff/inbox?show=everything").main


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_long_inbox_is_in_pages_that_keep_the_filter(jo: Browser, store: FakeStore) -> None:
    store.experiences.clear()
    for number in range(95):
        store.put(an_experience(f"ACORN {number + 100}", channel="sms"))

    first = jo.open("/staff/inbox?channel=sms")
    third = jo.open("/staff/inbox?channel=sms&page=3")

    assert len(references(first)) == 20
    assert first.title == "Inbox, to read, page 1 of 5 - Earshot"
    pagination = third.find("nav", class_="govuk-pagination")
    assert [text_of(link) for link in pagination.iter("a")] == ["Previous page", "1", "2", "3", "4", "5", "Next page"]
    assert all("channel=sms" in address for _, address in third.links() if "page=" in address)
    assert not set(references(first)) & set(references(third))


def test_a_page_past_the_end_leads_to_the_first(jo: Browser) -> None:
    page = jo.open("/staff/inbox?page=40")

    assert "RIVER 482" in references(page)


# --- words from outside -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</textarea></title></style><svg onload=alert(1)>",
        "{{ 7 * 7 }} {% raw %}",
        "&lt;b&gt; &amp; &#x202e;",
    ],
)
def test_words_of_a_parent_are_only_ever_words(ruth: Browser, store: FakeStore, words: str) -> None:
    """The page checks itself for inline script; here also that the words are read as they were written."""
    passage = a_passage(words, name="x", themes={"transport": 0.9}, evidence={"transport": [(0, len(words) - 1)]})
    store.put(an_experience("ACORN 101", passages=[passage], place=words, channel="sms"))

    inbox = ruth.open("/staff/inbox")
    experience = ruth.open("/staff/experiences/ACORN-101")

    shown = [text_of(voice) for page in (inbox, experience) for voice in page.find_all("bdi")]
    # on the experience page the number of the evidence stands before the last character
    assert {" ".join(words.split()), f"{words[:-1]}1{words[-1]}"} <= set(shown)
    for page in (inbox, experience):
        assert not page.find_all("img")
        assert not [element for element in page.root.iter() if any(name.startswith("on") for name in element.attrib)]


def test_searched_words_are_only_ever_words(jo: Browser) -> None:
    words = '"><script>alert(1)</script>'
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"words": words})

    assert page.find("input", id="words").get("value") == words


def test_control_characters_never_reach_a_page(jo: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", passages=[a_passage("be\x00fore\x1b af\ufffe\x85ter\ud800", name="x")]))

    assert "before after" in card(jo.open("/staff/inbox"), "ACORN 101")


def test_words_from_right_to_left_are_isolated_and_marked(jo: Browser) -> None:
    page = jo.open("/staff/inbox")
    bdi = [element for element in page.find_all("bdi") if "الخطة" in text_of(element)]

    assert [element.get("dir") for element in bdi] == ["auto"]
    voice = [element for element in page.find_all("p", class_="es-voice") if element.get("lang") == "ar"]
    assert len(voice) == 1


def test_a_long_story_is_cut_at_a_word_on_the_card_only(jo: Browser, store: FakeStore) -> None:
    story = "taxi " * 200
    store.put(an_experience("ACORN 101", passages=[a_passage(story, name="x")]))

    assert "taxi …" in card(jo.open("/staff/inbox"), "ACORN 101")
    assert jo.open("/staff/experiences/ACORN-101").main.count("taxi") >= 400


def test_times_are_those_of_the_clock_on_the_wall(jo: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", opened_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC)))

    assert "Thu 2 Jul, 00:30" in card(jo.open("/staff/inbox"), "ACORN 101")
