"""The numbers families are sent to: complete, sourced, and unfit for production until a person has checked them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.errors import BadContent
from bot.model import Locale
from bot.signposts import CONTENT, Signposts

TODAY = date(2026, 3, 31)
WANTED_BY_THE_WORDING = {
    "emergency",
    "police_non_emergency",
    "childrens_social_care_day",
    "childrens_social_care_night",
    "nhs_111_option_2",
    "samaritans",
    "childline",
    "papyrus",
    "domestic_abuse_somerset",
    "participation_team",
    "parent_carer_forum",
    "council_complaints",
    "ombudsman",
    "send_tribunal",
    "ipsea",
    "contact_charity",
    "sos_sen",
}
HEADER = """
[sentences]
never_checked = "{name} never"
too_old = "{name} {checked_by} {checked_on} {max_age_days}"
in_the_future = "{name} {checked_on}"
"""
GOOD = {
    "key": "samaritans",
    "name": "Samaritans",
    "says": "116 123",
    "purpose": "To talk.",
    "hours": "Always",
    "source": "https://www.samaritans.org/",
    "mark": "read",
    "checked_by": "",
    "checked_on": "",
}


def written(tmp_path: Path, *rows: dict[str, str], header: str = HEADER) -> Path:
    path = tmp_path / "signposts.toml"
    blocks = ["[[signpost]]\n" + "\n".join(f'{name} = "{value}"' for name, value in row.items()) for row in rows]
    path.write_text("\n".join([header, *blocks]), encoding="utf-8")
    return path


def test_every_number_the_wording_may_use_is_there() -> None:
    assert set(Signposts.load().values()) >= WANTED_BY_THE_WORDING


def test_emergency_is_999() -> None:
    assert Signposts.load().values()["emergency"] == "999"


def test_numbers_nobody_could_confirm_are_not_there() -> None:
    said = " ".join(Signposts.load().numbers())

    assert "85258" not in said
    assert "0808 2000 247" not in said
    assert "07860" not in said


def test_no_signpost_is_signed_by_an_invented_name() -> None:
    signposts = Signposts.load().by_key.values()

    assert [signpost.key for signpost in signposts if signpost.checked_by or signpost.checked_on] == []


def test_every_signpost_is_unfit_for_production_until_somebody_has_checked_it() -> None:
    signposts = Signposts.load()

    sentences = signposts.unchecked(TODAY)

    assert len(sentences) == len(signposts.by_key)
    assert all(re.search(r"signposts\.toml\.$", sentence) for sentence in sentences)


def test_only_the_signposts_in_use_need_a_check() -> None:
    assert len(Signposts.load().unchecked(TODAY, used=["samaritans"])) == 1


def test_asking_about_a_signpost_that_is_not_there_is_a_fault_of_the_wording() -> None:
    with pytest.raises(BadContent, match="no signpost called shout"):
        Signposts.load().unchecked(TODAY, used=["shout"])


def test_a_number_checked_ninety_days_ago_is_fit(tmp_path: Path) -> None:
    row = GOOD | {"checked_by": "Ola Invented", "checked_on": "2025-12-31"}

    assert Signposts.load(written(tmp_path, row)).unchecked(TODAY) == ()


def test_a_number_checked_ninety_one_days_ago_is_too_old(tmp_path: Path) -> None:
    row = GOOD | {"checked_by": "Ola Invented", "checked_on": "2025-12-30"}

    assert Signposts.load(written(tmp_path, row)).unchecked(TODAY) == ("Samaritans Ola Invented 2025-12-30 90",)


def test_a_check_dated_tomorrow_does_not_count(tmp_path: Path) -> None:
    row = GOOD | {"checked_by": "Ola Invented", "checked_on": "2026-04-01"}

    assert Signposts.load(written(tmp_path, row)).unchecked(TODAY) == ("Samaritans 2026-04-01",)


def test_a_day_without_a_name_does_not_count(tmp_path: Path) -> None:
    row = GOOD | {"checked_by": "  ", "checked_on": "2026-03-30"}

    assert Signposts.load(written(tmp_path, row)).unchecked(TODAY) == ("Samaritans never",)


def test_a_bare_toml_day_is_read_like_a_quoted_one(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD | {"checked_by": "Ola Invented", "checked_on": "@"})
    path.write_text(path.read_text(encoding="utf-8").replace('"@"', "2026-03-30"), encoding="utf-8")

    assert Signposts.load(path).unchecked(TODAY) == ()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mark": "unconfirmed"}, "only read and seed"),
        ({"source": "somewhere"}, "must be the address of a page"),
        ({"says": " "}, "has no says"),
        ({"key": "Samaritans!"}, "cannot be a key"),
        ({"checked_on": "yesterday"}, "must be a day"),
    ],
)
def test_a_signpost_with_a_fault_stops_the_start_and_says_which(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    with pytest.raises(BadContent, match=says):
        Signposts.load(written(tmp_path, GOOD | changed))


def test_a_key_used_twice_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match="twice"):
        Signposts.load(written(tmp_path, GOOD, GOOD))


def test_sentences_for_the_operator_may_not_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match="sentences"):
        Signposts.load(written(tmp_path, GOOD, header=""))


def test_numbers_hold_each_once() -> None:
    signposts = Signposts.load()
    twice = Signposts(
        {"a": signposts.by_key["samaritans"], "b": replace(signposts.by_key["samaritans"], key="b")}, signposts.sentences
    )

    assert twice.numbers() == ("116 123",)


def test_every_row_of_the_file_names_all_its_fields() -> None:
    rows = tomllib.loads(CONTENT.read_text(encoding="utf-8"))["signpost"]

    assert all(len(row.keys() - {"says_in"}) == len(GOOD) for row in rows)


def test_a_signpost_that_holds_words_says_them_in_each_language() -> None:
    signposts = Signposts.load()

    assert signposts.values()["nhs_111_option_2"] == "111, then option 2"
    assert signposts.values(Locale("pl"))["nhs_111_option_2"] == "111, potem opcja 2"
    assert signposts.values(Locale("en-x-easyread"))["nhs_111_option_2"] == "111, then option 2"
    assert signposts.values(Locale("pl"))["samaritans"] == "116 123"
