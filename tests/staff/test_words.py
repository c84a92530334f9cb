"""The words families read, as staff change them: found by step, proposed, checked, seen, published, gone back to."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from bot.model import EASY_READ, ENGLISH
from bot.wording_faults import Code, Fault
from staff import word_pages
from staff.desk import EXTENSION, Desk
from tests.bot.sayings import CHECKS, WORDING
from tests.bot.word_scene import DANGER, KEPT, OURS, PL, change, made
from tests.staff.conftest import signed_in
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member
from tests.staff.page import Browser, text_of

FILE = WORDING.tongues[ENGLISH].texts[KEPT]["text"]
TEXT = f"/staff/words/text/en/{KEPT}"


@pytest.fixture
def pat(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    """A publisher's browser."""
    store.add_staff(a_member("pat", name="Pat Ivey", role="publisher"), NOW)
    return signed_in(app, store, clock, "pat")


def propose(browser: Browser, text: str, *, address: str = TEXT, field: str = "text_text") -> None:
    browser.open(address)
    browser.press(address, {field: text})


def publish(browser: Browser, why: str = "Clearer.", **more: str) -> None:
    browser.open("/staff/words/changes")
    browser.open("/staff/words/publish?" + "&".join(f"place={each}" for each in places(browser)))
    browser.press("/words/publish", {"why": why, **more})


def places(browser: Browser) -> list[str]:
    assert browser.page is not None
    return [box.get("value") or "" for box in browser.page.find_all("input", type="checkbox", name="place")]


def test_the_texts_stand_by_step_of_the_talk_in_plain_words(jo: Browser) -> None:
    page = jo.open("/staff/words")

    headings = [text_of(heading) for heading in page.find_all("h2")]
    assert headings[:3] == ["The first answer", "One sentence back", "Questions"]
    assert "Sent at once, before everything else" in page.main
    assert FILE in page.main
    assert "At work: the words of the files" in page.main


@pytest.mark.parametrize("locale", WORDING.tongues)
def test_every_text_of_every_language_stands_in_a_step_that_has_words(jo: Browser, locale: str) -> None:
    page = jo.open(f"/staff/words?locale={locale}")

    keys = {address.rpartition("/")[2] for _, address in page.links() if f"/words/text/{locale}/" in address}
    assert keys == set(word_pages.keys_of(WORDING.tongues[PL]))


def test_a_text_is_found_by_a_word_of_it(jo: Browser) -> None:
    page = jo.open("/staff/words?locale=en&q=Papyrus")

    assert "danger: self harm, open" in page.main
    assert "kept: plain" not in page.main
    assert "No text holds “no such word”" in jo.open("/staff/words?q=no such word").main
    assert FILE in jo.open("/staff/words?locale=klingon").main


@pytest.mark.parametrize(
    "key", ["first.story", "ask.consent_words", "choice.words_yes", DANGER, "help", "link.offer", "alert.call"]
)
@pytest.mark.parametrize("locale", ["en", "en-x-easyread", "pl", "ar"])
def test_one_text_is_shown_with_what_is_beside_it_and_on_each_channel(jo: Browser, key: str, locale: str) -> None:
    page = jo.open(f"/staff/words/text/{locale}/{key}")

    shown = [text_of(heading) for heading in page.find_all("h3")]
    assert shown == ["Text message", "WhatsApp", "Messenger", "Telegram", "Web chat", "Web page", "Email"]
    assert "Beside it" in page.main
    assert ("In English" in page.main) == (locale != "en")


def test_the_cost_and_the_alphabet_of_a_text_message_are_told(jo: Browser) -> None:
    english, arabic = jo.open(TEXT).main, jo.open(f"/staff/words/text/ar/{KEPT}").main

    assert "1 text message (GSM-7), about 4.0p." in english
    assert "(UCS-2)" in arabic


def test_buttons_are_told_and_a_label_that_is_too_long_for_one(jo: Browser) -> None:
    page = jo.open("/staff/words/text/pl/choice.words_no")

    assert "Too long for a button, so it is cut there: Nie, tylko dla zespołu" in page.main
    assert "Too long for a button, so there is none" in page.main


def test_placeholders_are_explained(jo: Browser) -> None:
    page = jo.open("/staff/words/text/en/first.story")

    assert "{read_by} the day by which we read it; for example Wed 23 Sep" in page.main
    assert "{emergency} the emergency number; for example 999" in page.main


def test_what_anybody_proposes_is_kept_and_not_said_yet(jo: Browser, store: FakeStore) -> None:
    propose(jo, f"  {OURS}\r\n ")

    assert jo.page is not None
    assert "Kept as a proposal" in jo.page.text
    assert "Proposed, and nothing is wrong with it" in jo.page.main
    assert [draft.text for draft in store.word_records.drafts()] == [OURS]
    assert "1 proposed" in jo.open("/staff/words").main


def test_what_is_wrong_is_said_with_what_to_do(jo: Browser) -> None:
    propose(jo, "Thank you! Ring 01823 123456.")

    assert jo.page is not None
    assert "This cannot be published yet" in jo.page.main
    assert "Take out the exclamation mark." in jo.page.main
    assert "Take out 01823." in jo.page.main


def test_a_text_with_broken_braces_is_told_and_not_shown(jo: Browser) -> None:
    propose(jo, "Thank you {")

    assert jo.page is not None
    assert "Look at the braces" in jo.page.main


@pytest.mark.parametrize("code", list(Code))
def test_every_fault_has_a_sentence_that_says_what_to_do(app: Flask, code: Code) -> None:
    values: dict[str, str | int] = {"lost": "{a}", "extra": "{b}", "name": "a", "channel": "sms", "number": "7", "sign": "x"}
    values |= {"words": "w", "why": "promise", "word": "w", "signs": "ż", "segments": 9, "most": 1, "age": "14"}
    values |= {"sentence": "s", "what": "told", "labels": "a, b", "label": "a"}
    with app.test_request_context("/staff/words"):
        words = app.jinja_env.get_template("staff/word_words.html").module
        sentence = words.fault_sentence(Fault(code, ENGLISH, KEPT, "text", values))  # type: ignore[attr-defined] # a macro

    assert len(str(sentence).strip()) > 12


@pytest.mark.parametrize("why", CHECKS.rules.never)
def test_everything_we_never_say_has_its_reason(app: Flask, why: str) -> None:
    with app.test_request_context("/staff/words"):
        words = app.jinja_env.get_template("staff/word_words.html").module

    assert why in words.never_words  # type: ignore[attr-defined] # a table of the template


def test_a_publisher_sees_the_difference_says_why_and_publishes(jo: Browser, pat: Browser, store: FakeStore) -> None:
    propose(jo, OURS)
    page = pat.open("/staff/words/changes")
    assert "Proposed by Jo Pascoe" in page.main
    page = pat.open(f"/staff/words/publish?place={places(pat)[0]}")
    assert [text_of(each) for each in page.find_all("del")] == ["you, we", "that."]
    assert [text_of(each) for each in page.find_all("ins")] == ["you. We", "what you sent."]
    page = pat.press("/words/publish", {"why": "Plainer."})

    assert "Version 1 is published" in page.text
    assert store.word_records.rows[1].changes[0].text == OURS
    assert "Plainer." in pat.open("/staff/words/history").main


def test_every_name_in_braces_is_explained_or_a_signpost(app: Flask) -> None:
    english = WORDING.tongues[ENGLISH]
    used = {name for key in english.texts for name in english.placeholders(key)}
    with app.test_request_context("/staff/words"):
        words = app.jinja_env.get_template("staff/word_words.html").module

    assert used - set(words.placeholder_words) - set(CHECKS.script.signposts) == set()  # type: ignore[attr-defined] # a table


def test_who_has_not_the_role_is_told_who_can(jo: Browser, ruth: Browser, store: FakeStore) -> None:
    propose(jo, OURS)
    jo.open("/staff/words/changes")
    page = jo.open(f"/staff/words/publish?place={places(jo)[0]}")

    assert "Only somebody with the role “publisher”" in page.main
    assert not page.find_all("input", name="seen")
    token = jo.open(TEXT).find("input", name="csrf_token").get("value")
    answer = jo.client.post("/staff/words/publish", data={"csrf_token": token, "place": f"en|{KEPT}|text", "why": "x"})
    assert answer.status_code == 400
    assert store.word_records.rows == {}


def test_nothing_wrong_is_published_and_nothing_without_a_reason(pat: Browser, store: FakeStore) -> None:
    propose(pat, "Thank you!")
    pat.open("/staff/words/changes")
    assert pat.page is not None
    assert pat.page.find_all("input", type="checkbox")[0].get("checked") is None
    page = pat.open(f"/staff/words/publish?place={places(pat)[0]}")
    assert "This cannot be published" in page.main
    assert not page.find_all("input", name="seen")

    propose(pat, OURS)
    pat.open("/staff/words/changes")
    pat.open(f"/staff/words/publish?place={places(pat)[0]}")
    page = pat.press("/words/publish", {"why": " "}, status=400)
    assert "Say in a few words why" in page.main
    assert store.word_records.rows == {}


def test_what_changed_while_somebody_read_is_to_be_looked_at_again(jo: Browser, pat: Browser, store: FakeStore) -> None:
    propose(jo, OURS)
    pat.open("/staff/words/changes")
    pat.open(f"/staff/words/publish?place={places(pat)[0]}")
    propose(jo, "Thank you. We have it all.")
    page = pat.press("/words/publish", {"why": "x"}, status=400)

    assert "look again, then publish" in page.main
    assert "We have it all." in page.main
    assert store.word_records.rows == {}


def test_nothing_chosen_is_said_and_a_place_that_is_none_is_left_out(pat: Browser) -> None:
    assert "Choose at least one proposal" in pat.open("/staff/words/publish").text
    assert "Nothing would be said in another way" in pat.open("/staff/words/publish?place=nonsense").main
    assert "Nothing would be said in another way" in pat.open("/staff/words/publish?place=xx|y|z").main


def test_an_older_version_is_had_again_in_two_clicks(pat: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change()), 2: made(2, change("Thank you. We have it all."))}
    page = pat.open("/staff/words/history")
    assert "Version 2, at work" in page.main
    (again,) = [address for words, address in page.links() if words == "Have version 1 again"]
    pat.open(again)
    page = pat.press("/words/history/1")

    assert "Version 3 is published" in page.text
    assert (store.word_records.rows[3].back_to, store.word_records.rows[3].changes[0].text) == (1, OURS)


def test_the_words_of_the_files_are_had_again(pat: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change())}
    pat.open("/staff/words/history/0")
    pat.press("/words/history/0")

    assert store.word_records.rows[2].changes == ()
    pat.open("/staff/words/history/9", status=404)


def test_a_proposal_is_taken_back_and_the_files_text_proposed_again(jo: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change())}
    propose(jo, "Thank you. We have it all.")
    jo.press(TEXT, {"drop": "text"})
    assert store.word_records.drafts() == []
    jo.press(TEXT, {"files": "text"})

    assert [draft.text for draft in store.word_records.drafts()] == [None]
    assert FILE in jo.open("/staff/words/changes").main


def test_one_channel_gets_words_of_its_own_and_loses_the_proposal_again(jo: Browser, store: FakeStore) -> None:
    jo.open(TEXT)
    jo.press(TEXT, {"new_channel": "sms", "new_text": "Thank you, kept."})
    assert [(draft.channel, draft.text) for draft in store.word_records.drafts()] == [("sms", "Thank you, kept.")]
    jo.press(TEXT, {"drop": "sms"})

    assert store.word_records.drafts() == []


def test_a_signed_language_is_signed_for_again(app: Flask, pat: Browser, store: FakeStore) -> None:
    desk: Desk = app.extensions[EXTENSION]
    tongue = replace(WORDING.tongues[PL], signed_by="Ewa Nowak", signed_on=date(2026, 11, 1))
    assert desk.rooms.words is not None
    words = replace(desk.rooms.words, base=replace(WORDING, tongues={**WORDING.tongues, PL: tongue}))
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, words=words))
    propose(pat, "tak", address="/staff/words/text/pl/choice.changes_yes")
    pat.open("/staff/words/changes")
    page = pat.open(f"/staff/words/publish?place={places(pat)[0]}")
    assert "Who speaks Polski well" in page.main
    page = pat.press("/words/publish", {"why": "Small letters."}, status=400)
    assert "A speaker of each language named below" in page.main
    pat.press("/words/publish", {"why": "Small letters.", "signed_pl": "Jan Kowal"})

    assert store.word_records.rows[1].signatures[PL].by == "Jan Kowal"
    assert "Jan Kowal vouches" in pat.open("/staff/words/history").main


def test_what_no_longer_fits_and_what_changed_underneath_is_shown(jo: Browser, store: FakeStore) -> None:
    unfit = change("We have it, {reference}.")
    store.word_records.rows |= {1: made(1, unfit, replace(change("Hello there.", key="hello.again"), over="00000000"))}
    page = jo.open("/staff/words")

    assert "do not fit any more" in page.main
    assert "The names in braces are other ones now." in page.main
    assert "The files have changed under these published texts" in page.main
    assert "A published text is left out" in jo.open(TEXT).main
    assert "has changed since this was published" in jo.open("/staff/words/text/en/hello.again").main


def test_a_version_that_cannot_be_read_is_told(jo: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change())}
    store.word_records.damaged = {1}

    assert "Version 1 cannot be read" in jo.open("/staff/words").main
    assert "This version cannot be read" in jo.open("/staff/words/history").main


def test_a_changed_english_text_marks_its_translations(jo: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change())}

    assert "The English has changed since" in jo.open(f"/staff/words/text/pl/{KEPT}").main
    assert "English has changed since" in jo.open("/staff/words?locale=pl").main


def test_the_file_with_what_is_published_can_be_taken_for_the_repository(jo: Browser, store: FakeStore) -> None:
    store.word_records.rows |= {1: made(1, change(), change("Nope.", key="gone.text"))}
    answer = jo.client.get("/staff/words/files/en.toml")
    table = tomllib.loads(answer.get_data(as_text=True))

    assert table["say"]["kept"]["plain"] == OURS
    assert "House rules, kept by tests" in answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert jo.client.get("/staff/words/files/xx.toml").status_code == 404


@pytest.mark.parametrize("address", ["/staff/words/text/en/no.such", "/staff/words/text/xx/kept.plain", "/staff/words/history/4"])
def test_what_is_not_there_is_not_found(jo: Browser, address: str) -> None:
    jo.open(address, status=404)


@pytest.mark.parametrize("address", ["", "/changes", "/history", "/publish", "/text/en/kept.plain", "/files/en.toml"])
def test_a_stranger_sees_nothing_of_it(stranger: Browser, address: str) -> None:
    assert stranger.client.get(f"/staff/words{address}").status_code == 303


def test_easy_read_is_measured_by_its_own_rules(jo: Browser) -> None:
    propose(
        jo, "We have it and we keep it and we read it and we do it as we can.", address=f"/staff/words/text/{EASY_READ}/{KEPT}"
    )

    assert jo.page is not None
    assert "A sentence has more than 15 words" in jo.page.main
