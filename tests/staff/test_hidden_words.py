"""Words of a threat stand behind a click and in no list; what looks like spam is put back by one press."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import TalkLine
from tests.staff.fakes import NOW, FakeStore, a_passage, a_task, an_experience
from tests.staff.page import Browser, text_of

WORDS = "Someone should slap that head teacher"
ACORN = "/staff/experiences/ACORN-101"


def threatened(store: FakeStore, *, kind: str = "threat", as_one: bool = False) -> None:
    view = an_experience("ACORN 101", passages=[a_passage(WORDS)], tasks=[a_task("look", kind=kind)])
    line = TalkLine(seq=1, who="parent", text=WORDS, at=NOW)
    store.put(replace(view, talk=(line,), card=replace(view.card, as_one=as_one)))


def test_no_list_shows_the_words_of_a_threat(ruth: Browser, store: FakeStore) -> None:
    threatened(store)
    items = [text_of(item) for item in ruth.open("/staff/inbox").find_all("li", class_="es-item")]
    (card,) = [item for item in items if "ACORN 101" in item]

    assert WORDS not in card
    assert "the words are hidden" in card


def test_on_its_page_the_words_of_a_threat_stand_behind_a_click(ruth: Browser, store: FakeStore) -> None:
    threatened(store)
    page = ruth.open(ACORN)
    behind = [text_of(details) for details in page.find_all("details", class_="es-hidden-words")]

    assert page.main.count(WORDS) == sum(words.count(WORDS) for words in behind) == 2
    assert "A threat or hate against somebody" in page.main


def test_words_that_threaten_nobody_stand_open(ruth: Browser, store: FakeStore) -> None:
    threatened(store, kind="question")

    assert ruth.open(ACORN).find_all("details", class_="es-hidden-words") == []


def test_what_looks_like_spam_is_put_back_by_one_press(ruth: Browser, store: FakeStore) -> None:
    threatened(store, kind="spam")
    page = ruth.open("/staff/inbox?show=aside")

    assert store.filters[-1].set_aside
    assert "Set aside" in page.main
    _, address = page.form(f"{ACORN}/release")
    assert "is no longer set aside" in ruth.press(address.removeprefix("/staff"), {}).text
    view = store.experience("ACORN 101")
    assert view is not None
    assert view.card.tasks[0].done_at is not None


def test_the_familys_word_that_it_is_one_thing_is_shown(ruth: Browser, store: FakeStore) -> None:
    threatened(store, kind="question", as_one=True)

    assert "The family says that this is one thing" in ruth.open(ACORN).main
