"""A town is heard as a place, and the same word as a word."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.heard import Place
from nlp.places import Places


@pytest.fixture(scope="module")
def places(nlp: Language) -> Places:
    return Places(nlp)


def place(places: Places, nlp: Language, text: str) -> Place | None:
    return places.find(nlp.make_doc(text))


@pytest.mark.parametrize(
    ("text", "name", "district"),
    [
        ("we live in Frome", "Frome", "Mendip"),
        ("school in bridgwater", "Bridgwater", "Sedgemoor"),
        ("Burnham-on-Sea is lovely", "Burnham-on-Sea", "Sedgemoor"),
        ("no changing places in yeovil park", "Yeovil", "South Somerset"),
        ("nothing for teenagers round minehead", "Minehead", "Somerset West and Taunton"),
        ("his school in Street is great", "Street", "Mendip"),
        ("a doctor in wells", "Wells", "Mendip"),
        ("near chard", "Chard", "South Somerset"),
        ("we are in Wellington", "Wellington", "Somerset West and Taunton"),
        ("cheddar first school", "Cheddar", "Sedgemoor"),
        ("the hospital in Bath", "Bath", "outside"),
        ("we live near Weston-super-Mare", "Weston-super-Mare", "outside"),
        ("Wells", "Wells", "Mendip"),
        ("anywhere in Mendip", "Mendip", "Mendip"),
        ("she stayed a night in wellinton", "Wellington", "Somerset West and Taunton"),
        ("up the road is Devon", "Devon", "outside"),
        ("the paediatrician at Barnstaple", "Barnstaple", "outside"),
        ("CAMHS in Taunton are hard to get to from Dulverton", "Dulverton", "Somerset West and Taunton"),
        ("she is in Yeovil now and we're in Dulverton with no car", "Dulverton", "Somerset West and Taunton"),
    ],
)
def test_a_town_has_its_district(places: Places, nlp: Language, text: str, name: str, district: str) -> None:
    assert place(places, nlp, text) == Place(name, district)


@pytest.mark.parametrize(
    "text",
    [
        "we walked down the street",
        "the taxi parked across the Street",
        "he hates having a bath",
        "he will not get in the Bath",
        "it all ends well",
        "tears in her wells of eyes",
        "he only eats cheddar cheese",
        "her wellington boots",
        "rainbow chard",
        "moved from Bristol and had to start again",
        "",
    ],
)
def test_a_word_is_not_a_town(places: Places, nlp: Language, text: str) -> None:
    assert place(places, nlp, text) is None


def test_where_they_live_comes_before_where_they_went(places: Places, nlp: Language) -> None:
    assert place(places, nlp, "the clinic in Taunton is far, we live in Wincanton") == Place("Wincanton", "South Somerset")


def test_a_town_of_somerset_comes_before_one_outside(places: Places, nlp: Language) -> None:
    assert place(places, nlp, "they sent us to Bristol from Frome") == Place("Frome", "Mendip")


def test_a_village_is_told_as_its_district_only(places: Places, nlp: Language) -> None:
    assert place(places, nlp, "school in Evercreech") == Place("Mendip", "Mendip")
