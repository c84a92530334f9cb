"""Ages of children are heard; waits, distances and the past are not ages."""

from __future__ import annotations

import pytest

from nlp.ages import Ages, band_of


@pytest.fixture(scope="module")
def ages() -> Ages:
    return Ages()


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("11 suspensions since sept hes 7", "5-10"),
        ("salt waiting list over a year and hes 3", "0-4"),
        ("she\N{RIGHT SINGLE QUOTATION MARK}s 14 now", "11-15"),
        ("my son is 17", "16-18"),
        ("my 7 year old", "5-10"),
        ("my seven-year-old", "5-10"),
        ("an 18 month old", "0-4"),
        ("my daughter (12) has no school", "11-15"),
        ("my son, 9, is out of school", "5-10"),
        ("he has just turned 18", "16-18"),
        ("my lad is twenty-one", "19-25"),
        ("4yo twins", "0-4"),
        ("he is in year 9", "11-15"),
        ("shes in yr 5", "5-10"),
        ("i am 15 and my school is awful", "11-15"),
        ("son referred yr 1, now yr 6", "5-10"),
        ("tourettes, year 5, told off for noises", "5-10"),
        ("a quiet Year 1 boy", "5-10"),
        ("she starts year 7 in september", "11-15"),
        ("my daughter of 15", "11-15"),
        ("he turned 18 in may", "16-18"),
        ("my 7yo", "5-10"),
        ("she's seven", "5-10"),
        ("he gets 15 hours at nursery", "0-4"),
        ("settling into reception really well", "5-10"),
        ("he's at college three days", "16-18"),
    ],
)
def test_an_age_has_its_band(ages: Ages, text: str, band: str) -> None:
    assert ages.band(text) == band


@pytest.mark.parametrize(
    "text",
    [
        "hes 2 years behind",
        "he is 3 miles from school",
        "since she was 2 we knew",
        "he was 5 before anyone listened",
        "not until she is 11",
        "they want to end the plan at 19",
        "a 5 year wait",
        "waiting 3 years",
        "I am 42",
        "I am 24 and a mum",
        "her report is 12 pages",
        "he gets 6 hours",
        "she is 99",
        "school only noticed in yr 5",
        "when he was in nursery nobody said a word",
        "the lady on reception",
        "he moved from a mainstream in year 4",
        "what happens when he goes to college",
        "",
    ],
)
def test_other_numbers_are_no_age(ages: Ages, text: str) -> None:
    assert ages.band(text) is None


def test_the_bands_meet_without_a_gap() -> None:
    assert [band_of(age) for age in (0, 4, 5, 10, 11, 15, 16, 18, 19, 25, 26)] == [
        "0-4",
        "0-4",
        "5-10",
        "5-10",
        "11-15",
        "11-15",
        "16-18",
        "16-18",
        "19-25",
        "19-25",
        None,
    ]
