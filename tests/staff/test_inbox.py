"""The inbox: what stands first, what a reviewer is not shown, and how it is searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.inbox import InboxFilter
from tests.staff.fakes import FakeStore, a_passage, an_alert, an_experience
from tests.staff.page import Browser, Page, text_of, values_of

TODAY = date(2026, 11, 23)


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
        today=TODAY, channels=("sms", "webchat"), polarity=("bad",), themes=("communication",), with_safeguarding=False
    )
    ticked = [box.get("value") for box in page.find_all("input", type="checkbox") if box.get("checked") is not None]
    assert ticked == ["bad", "sms", "webchat"]
    assert [text_of(option) for option in page.find_all("option") if option.get("selected") is not None] == [
        "Being kept informed"
    ]


def test_what_is_on_can_be_taken_away_one_by_one(jo: Browser) -> None:
    jo.open("/staff/inbox")
    page = jo.press(
        "/inbox", {"feeling": ["bad"], "theme": "transport", "place": "Mendip", "since": "2026-11-01", "words": "taxi"}
    )
    chips = {text_of(link): link.get("href") or "" for link in page.find("ul", class_="es-on").iter("a")}

    assert list(chips) == [
        "Take away Theme: Home to school transport",
        "Take away Feeling: Bad",
        "Take away Place: Mendip",
        "Take away From: Sun 1 Nov",
        "Take away Words: taxi",
    ]
    without = jo.open(chips["Take away Theme: Home to school transport"])
    assert len(list(without.find("ul", class_="es-on").iter("a"))) == 4
    assert "find=" not in chips["Take away Words: taxi"]


def test_a_group_an_area_and_a_strategy_stand_for_their_themes(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox?group=ehcp&area=7&strategy=S1&who=me&public=no&promised=late&age=5-10&language=pl&needs=translation")
    wanted = store.filters[-1]
    form, _ = jo.page.form("/inbox")  # type: ignore[union-attr] # a page was opened

    assert values_of(form)["area"] == ["7"]
    assert len(wanted.and_themes) == 3
    assert all("ehc_content" in themes or len(themes) > 1 for themes in wanted.and_themes)
    assert wanted.owner == store.staff_by_username("jo").id  # type: ignore[union-attr] # she is there
    assert (wanted.ages, wanted.locales, wanted.needs_translation) == (("5-10",), ("pl",), True)
    assert wanted.promised_by == date(2026, 11, 22)
    assert [answered.value for _, answered in wanted.consents] == ["no"]


def test_days_bound_by_midnight_where_the_team_works(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox?since=2026-07-01&until=2026-07-01")

    assert (store.filters[-1].since, store.filters[-1].until) == (
        datetime(2026, 6, 30, 23, tzinfo=UTC),
        datetime(2026, 7, 1, 23, tzinfo=UTC),
    )


def test_a_day_that_is_none_is_said_and_not_filtered_by(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"since": "yesterday"})

    assert "A day was not understood" in page.main
    assert store.filters[-1].since is None


def test_what_was_searched_for_is_set_off_in_the_words(jo: Browser) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"words": "Taxi"})

    assert [text_of(mark) for mark in page.find_all("mark")] == ["taxi"]


# --- saved views ------------------------------------------------------------------------------------------------------


def test_a_view_is_saved_without_what_was_searched_for_and_opens_the_inbox(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox")
    jo.press("/inbox", {"theme": "transport", "words": "taxi"})
    page = jo.press("/inbox/views", {"name": " Buses\u202e and taxis "})
    assert "is saved." in page.main

    page = jo.open("/staff/inbox")
    assert store.filters[-1].themes == ("transport",)
    assert store.filters[-1].words == ""
    current = [link for link in page.find("nav", aria_label="Views").iter("a") if link.get("aria-current") is not None]
    assert len(current) == 1
    assert "Your inbox opens with it." in page.main
    assert jo.open("/staff/inbox?show=open").find("ul", class_="es-views") is not None
    assert not store.filters[-1].themes


def test_a_shared_view_is_there_for_others_who_cannot_delete_it(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox?channel=sms")
    jo.press("/inbox/views", {"name": "Texts", "shared": "yes"})
    jo.open("/staff/inbox?channel=email")
    jo.press("/inbox/views", {"name": "Mine alone"})
    page = ruth.open("/staff/inbox?channel=sms")
    (view, other) = store.views.views(store.staff_by_username("jo").id)  # type: ignore[union-attr] # she is there

    assert "Texts Jo Pascoe" in text_of(page.find("nav", aria_label="Views"))
    assert "Mine alone" not in page.main
    assert "Delete this view" not in page.main
    jo.open("/staff/inbox?channel=email")
    token = jo.page.find("input", name="csrf_token").get("value")  # type: ignore[union-attr] # a page was opened
    assert jo.client.post(f"/staff/inbox/views/{other.id}/first", data={"csrf_token": token}).status_code == 303
    assert [each.name for each in store.views.views(view.owner_id)] == ["Mine alone", "Texts"]
    page = ruth.open("/staff/inbox?channel=sms")
    token = page.find("input", name="csrf_token").get("value")
    for act in ("first", "delete"):
        assert ruth.client.post(f"/staff/inbox/views/{view.id}/{act}", data={"csrf_token": token}).status_code == 404
    jo.open("/staff/inbox?channel=sms")
    jo.press(f"/{view.id}/delete")
    assert [each.name for each in store.views.views(view.owner_id)] == ["Mine alone"]


def test_two_presses_save_one_view_and_both_are_told_so(jo: Browser, store: FakeStore) -> None:
    form = {**values_of(jo.open("/staff/inbox?channel=sms").form("/inbox/views")[0]), "name": "Texts"}
    for _ in range(2):
        jo.client.post("/staff/inbox/views", data=form)
        assert "is saved." in jo.open("/staff/inbox").main

    assert len(store.views.kept) == 1


@pytest.mark.parametrize("name", ["", "   ", "\x00", "x" * 61])
def test_a_view_needs_a_name(jo: Browser, store: FakeStore, name: str) -> None:
    jo.open("/staff/inbox?channel=sms")

    assert "give the view a name" in jo.press("/inbox/views", {"name": name}).main
    assert store.views.kept == []


def test_nobody_has_more_than_twenty_views(jo: Browser) -> None:
    for number in range(21):
        jo.open("/staff/inbox?channel=sms&feeling=bad")
        if number == 1:
            jo.open("/staff/inbox?channel=sms")
        token = jo.page.find("input", name="csrf_token").get("value")  # type: ignore[union-attr] # a page was opened
        jo.client.post("/staff/inbox/views", data={"csrf_token": token, "name": f"View {number}", "channel": "sms"})

    assert "you have 20 views" in jo.open("/staff/inbox").main


def test_a_filter_over_everything_stays_over_everything(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/inbox?show=everything")
    jo.press("/inbox", {"words": "portage"})

    assert store.filters[-1] == InboxFilter(open_only=False, words="portage", with_safeguarding=False, today=TODAY)


@pytest.mark.parametrize(
    "query",
    [
        "?theme=weather&group=x&area=12&strategy=S9&place=Rome&age=99&language=tlh&who=42&public=maybe&promised=never&needs=x",
        "?since=2026-02-30&until=9999-99-99&after=x&before=0_9_x",
        "?feeling=furious&channel=Sms!&find=77",
        "?find=%00&show=nothing",
        "?since=%F0%9D%9F%9A",
    ],
)
def test_an_address_with_nonsense_in_it_opens_the_plain_inbox(jo: Browser, store: FakeStore, query: str) -> None:
    page = jo.open("/staff/inbox" + query)

    assert store.filters[-1] == InboxFilter(with_safeguarding=False, today=TODAY)
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
    for number in range(45):
        store.put(an_experience(f"ACORN {number + 100}", channel="sms"))

    pages = [jo.open("/staff/inbox?channel=sms")]
    while onward := [address for name, address in pages[-1].links() if name.startswith("Next")]:
        assert "channel=sms" in onward[0]
        pages.append(jo.open(onward[0]))

    assert [len(references(page)) for page in pages] == [20, 20, 5]
    assert len({each for page in pages for each in references(page)}) == 45
    back = next(address for name, address in pages[-1].links() if name.startswith("Previous"))
    assert references(jo.open(back)) == references(pages[1])


def test_the_addresses_of_pages_hold_no_words_and_no_reference(jo: Browser, store: FakeStore) -> None:
    for number in range(30):
        store.put(an_experience(f"ACORN {number + 100}", place="Bridgwater"))
    jo.open("/staff/inbox")
    page = jo.press("/inbox", {"words": "taxi", "theme": "transport"})
    addresses = [address for _, address in page.links() if address.startswith("/staff/inbox")]

    assert any("after=" in address for address in addresses)
    assert not [address for address in addresses if "taxi" in address or "ACORN" in address or "Bridgwater" in address]


def test_a_page_past_the_end_leads_to_the_first(jo: Browser) -> None:
    page = jo.open("/staff/inbox?after=0_0_20991231_0.1_1_" + "f" * 32)

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
