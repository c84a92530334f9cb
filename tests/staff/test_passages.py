"""Splitting and joining passages, on the page and in the real store: words, evidence and decisions stay whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.cards import ExperienceView
from bot.heard import Passage, Polarity, Suggestion
from bot.passages import BadCut, Passages, cuts_of, place_of, shared_out
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from storage.experiences import Experiences
from storage.passages import SqlPassages
from storage.tables import passage, suggestion
from tests.staff.page import Browser, Page
from tests.staff.review_desk import ReviewDesk
from tests.storage.made_up import heard

TAXI, PLAN = "The taxi was late again.", "The plan says nothing of it."
WORDS = f"{TAXI} {PLAN}"
HERE = "/staff/experiences/RIVER-482/passages"


@pytest.fixture
def desk(app: Flask, database: Database, passwords: Passwords) -> ReviewDesk:
    desk = ReviewDesk(app, database, passwords)
    at: Desk = app.extensions[EXTENSION]
    passages = Passages(SqlPassages(database, desk.sealer), desk.clock)
    app.extensions[EXTENSION] = replace(at, rooms=replace(at.rooms, passages=passages))
    return desk


def tells(desk: ReviewDesk, *passages: Passage) -> None:
    """One message, heard in these passages."""
    desk.scene.tells(WORDS, ("transport", 0.9), reference="RIVER 482")
    view = desk.view("RIVER 482")
    with desk.database.writing() as connection:
        seq = connection.execute(select(passage.c.inbound_seq)).scalar_one()
        connection.execute(delete(suggestion))
        connection.execute(delete(passage))
        unit = Experiences(desk.database, connection, desk.sealer, redactor=str)
        unit._add_story(view.card.id, seq, replace(heard(WORDS), passages=passages), view.card.id, "rules-1", "1.0")


def both() -> Passage:
    themes = (
        Suggestion("transport", 0.9, ((4, 8),)),
        Suggestion("ehc_content", 0.7, ((29, 33),)),
        Suggestion("communication", 0.6),
    )
    return Passage(0, len(WORDS), WORDS, Polarity.BAD, themes)


def halves() -> tuple[Passage, Passage]:
    one = Passage(0, len(TAXI), TAXI, Polarity.BAD, (Suggestion("transport", 0.9, ((4, 8),)),))
    shared = (Suggestion("ehc_content", 0.7, ((4, 8),)), Suggestion("transport", 0.95, ((22, 24),)))
    return one, Passage(len(TAXI) + 1, len(WORDS), PLAN, Polarity.BAD, shared)


def open_page(desk: ReviewDesk, username: str = "jo") -> Browser:
    browser = desk.browser(username)
    browser.open(HERE)
    return browser


def said(view: ExperienceView) -> list[tuple[str, dict[str, list[str]]]]:
    """Each passage with its suggestions, and for each the very words that caused it."""
    return [
        (
            each.text,
            {one.theme: [each.text[start:end] for start, end in one.evidence] for one in each.suggestions},
        )
        for each in view.card.passages
    ]


def split_at_the_plan(desk: ReviewDesk) -> Page:
    browser = open_page(desk)
    return browser.press("/split", {"at": str(len(TAXI) + 1)})


def test_each_part_keeps_its_words_and_what_they_caused(desk: ReviewDesk) -> None:
    tells(desk, both())
    page = split_at_the_plan(desk)

    assert "It is two passages now." in page.main
    assert said(desk.view("RIVER 482")) == [
        (TAXI, {"transport": ["taxi"], "communication": []}),
        (PLAN, {"ehc_content": ["plan"], "communication": []}),
    ]


def test_what_people_decided_goes_with_the_words_it_was_about(desk: ReviewDesk) -> None:
    tells(desk, both())
    passage_id = desk.scene.passage_of("RIVER 482")
    jo = desk.scene.store.staff_by_username("jo")
    for theme in ("transport", "ehc_content"):
        desk.scene.decides(passage_id, theme, verdict=True, by=jo)
    split_at_the_plan(desk)

    assert [[row.theme for row in each.decisions] for each in desk.view("RIVER 482").card.passages] == [
        ["transport"],
        ["ehc_content"],
    ]


def test_it_can_be_split_before_any_words_and_joined_as_it_was(desk: ReviewDesk) -> None:
    tells(desk, both())
    before = said(desk.view("RIVER 482"))
    browser = open_page(desk)
    browser.press("/split", {"begins": "LATE  again"})
    assert [text for text, _ in said(desk.view("RIVER 482"))] == ["The taxi was", f"late again. {PLAN}"]
    browser.open(HERE)
    (first, second) = desk.view("RIVER 482").card.passages
    page = browser.press(f"/join/{second.id}")

    assert first.id == desk.view("RIVER 482").card.passages[0].id
    assert "They are one passage now." in page.main
    assert said(desk.view("RIVER 482")) == before


def test_a_theme_that_both_had_is_one_again_with_all_its_evidence(desk: ReviewDesk) -> None:
    tells(desk, *halves())
    second = desk.view("RIVER 482").card.passages[1]
    open_page(desk).press(f"/join/{second.id}")

    ((text, themes),) = said(desk.view("RIVER 482"))
    assert text == WORDS
    assert themes == {"transport": ["taxi", "of"], "ehc_content": ["plan"]}
    assert [row["action"] for row in desk.store.export_rows("audit")][-1] == "join_passages"


def test_passages_of_two_messages_are_not_joined(desk: ReviewDesk) -> None:
    desk.scene.tells(TAXI, ("transport", 0.9), reference="RIVER 482")
    desk.scene.accepts(PLAN)
    desk.scene.takes_turn(("ehc_content", 0.9))
    browser = open_page(desk)

    assert browser.page is not None
    assert "so the two cannot be joined" in browser.page.main
    assert not [form for form in browser.page.find_all("form") if "/join/" in (form.get("action") or "")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose where the second part begins"),
        ({"begins": "bus"}, "do not stand in the passage"),
        ({"begins": "the"}, "more than once"),
        ({"begins": "The taxi"}, "Both parts need words"),
        ({"at": "999999"}, "Both parts need words"),
    ],
)
def test_a_place_where_it_cannot_be_split_is_told(desk: ReviewDesk, fields: dict[str, str], sentence: str) -> None:
    tells(desk, both())
    page = open_page(desk).press("/split", fields, status=400)

    assert sentence in page.main
    assert page.title.startswith("Error: ")
    assert len(desk.view("RIVER 482").card.passages) == 1


def test_words_that_changed_since_are_not_cut(desk: ReviewDesk) -> None:
    tells(desk, both())
    page = open_page(desk).press("/split", {"at": "25", "digest": "0" * 16})

    assert "Nothing was changed" in page.main
    assert len(desk.view("RIVER 482").card.passages) == 1


def test_what_is_with_safeguarding_is_not_there_for_others(desk: ReviewDesk) -> None:
    tells(desk, both())
    desk.scene.alerts(1)
    with desk.store.transaction() as tx:
        tx.link_alerts([1], desk.view("RIVER 482").card.id)

    assert desk.browser("jo").open(HERE, status=404).heading == "There is no such page"
    assert desk.browser("ruth").open(HERE).heading == "Split and join RIVER 482"


@given(st.text(min_size=1, max_size=60))
def test_every_place_that_is_offered_leaves_words_on_both_sides(text: str) -> None:
    for cut in cuts_of(text):
        assert text[: cut.at].strip()
        assert text[cut.at :].strip()


@given(st.text(alphabet="ab ", max_size=12), st.text(alphabet="ab ", max_size=6))
def test_words_are_found_once_or_not_at_all(text: str, begins: str) -> None:
    try:
        at = place_of(text, begins)
    except BadCut:
        return
    assert text[at:].split()[: len(begins.split()) - 1] == begins.split()[:-1]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_evidence_is_shared_out_whole(start: int, length: int, cut: int) -> None:
    text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    first, second = shared_out(((start, start + length),), cut)

    assert "".join(text[a:b] for a, b in first) + "".join(text[cut:][a:b] for a, b in second) == text[start : start + length]
