"""How well the listener hears, as staff read it: a sentence first, figures below, never typed in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from bot.taggers import Hears, KeptTagger, TaggerShelf, TaggerState
from staff.desk import EXTENSION
from tests.staff.measured import FIGURES, Kept, tagger
from tests.staff.page import Browser, Page, text_of

WHERE = "/staff/listener"


def opened(app: Flask, jo: Browser, shelf: TaggerShelf | None) -> Page:
    desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, taggers=shelf))
    return jo.open(WHERE)


def test_it_is_told_in_plain_words_first(app: Flask, jo: Browser) -> None:
    said = text_of(opened(app, jo, TaggerShelf(records=Kept(), shipped=FIGURES)).find("main"))

    assert "Of 10 themes a person would name, the listener finds about 8." in said
    assert "Of 10 themes it suggests, about 6 are right." in said
    assert "it is right about 9 in 10 times" in said
    assert "about 2 in 10 times" in said
    assert "1535 messages put aside. All of them are invented." in said


def test_what_it_hears_well_and_badly_is_named_from_the_figures_and_rare_themes_are_not(app: Flask, jo: Browser) -> None:
    said = text_of(opened(app, jo, TaggerShelf(records=Kept(), shipped=FIGURES)).find("main"))
    best, worst = said.partition("It hears best: ")[2].partition("It hears worst: ")[::2]

    assert "Transport" in best.partition(".")[0] or "transport" in best.partition(".")[0]
    assert "xclu" in worst.partition(".")[0]
    assert "dulthood" not in worst.partition(".")[0]


def test_the_tables_stand_below(app: Flask, jo: Browser) -> None:
    page = opened(app, jo, TaggerShelf(records=Kept(), shipped=FIGURES))

    titles = [text_of(caption) for caption in page.find_all("caption")]
    assert titles == ["By group of themes", "By theme", "By feeling", "By channel", "How sure it is"]
    assert "schools and towns that stayed readable: never listed 95.0, bounds 93.1 to 97.2" in text_of(page.find("main"))
    assert "81 in 100" not in text_of(page.find("table"))
    assert "80 in 100" in text_of(page.find("table"))


def test_the_figures_are_those_of_the_tagger_at_work(app: Flask, jo: Browser) -> None:
    other = replace(FIGURES, sample="4 messages.")
    shelf = TaggerShelf(records=Kept(tagger(TaggerState.REFUSED), tagger(TaggerState.CHAMPION, other)), shipped=FIGURES)

    said = text_of(opened(app, jo, shelf).find("main"))

    assert "measured on 4 messages." in said
    assert "Refused: 2026-11-20-refused" in said
    assert "It is worse at “Health and therapies”." in said
    assert "212 of your decisions" in said


def test_one_that_hears_danger_says_so_and_its_figures_are_not_those_of_themes(app: Flask, jo: Browser) -> None:
    danger = replace(tagger(TaggerState.CHAMPION), hears=Hears.DANGER)

    said = text_of(opened(app, jo, TaggerShelf(records=Kept(danger), shipped=FIGURES)).find("main"))

    assert "It hears danger behind the fixed rules. Taught by 9000 messages and 212 alerts that were closed." in said
    assert "1535 messages put aside." in said


@pytest.mark.parametrize("kept", [(), (tagger(TaggerState.CHAMPION),)])
def test_where_nothing_was_measured_it_says_so(app: Flask, jo: Browser, kept: tuple[KeptTagger, ...]) -> None:
    page = opened(app, jo, TaggerShelf(records=Kept(*kept)))

    assert "has not been measured yet" in text_of(page.find("main"))


def test_the_menu_leads_to_it_where_there_is_one(app: Flask, jo: Browser) -> None:
    opened(app, jo, TaggerShelf(records=Kept(), shipped=FIGURES))
    assert ("How well it hears", WHERE) in jo.open("/staff/themes").links()


def test_without_taggers_there_is_no_such_page(app: Flask, jo: Browser) -> None:
    desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, taggers=None))

    assert all(address != WHERE for _, address in jo.open("/staff/themes").links())
    assert jo.client.get(WHERE).status_code == 404
