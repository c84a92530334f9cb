"""What a danger scorer is taught from beside the corpus, and when a challenger is refused: sooner than one that hears themes."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import ENGLISH, Locale
from bot.taggers import DecidedAlert
from nlp.danger_corpus import DangerRow
from nlp.danger_lessons import ALARMS, DECIDED, HEARD, WEARY, DangerDifference, differences, from_alerts, levels, verdict

NONE, WEARINESS, CONCERN, DANGER = RiskLevel


def row(level: RiskLevel = CONCERN, *slices: str, text: str = "words", locale: str = "en") -> DangerRow:
    return DangerRow(text=text, level=level, slices=frozenset(slices), locale=Locale(locale), author="a")


def compared(*found: tuple[DangerRow, RiskLevel, RiskLevel]) -> dict[tuple[str, str], DangerDifference]:
    """Rows, each with what the one at work and the new one hear in it."""
    rows, before, after = zip(*found, strict=True)
    return {(one.what, one.name): one for one in differences(rows, before, after)}


def lost_and_gained(lost: int, gained: int, *, same: int = 50) -> list[tuple[DangerRow, RiskLevel, RiskLevel]]:
    return [
        *[(row(CONCERN, "indirect"), CONCERN, NONE)] * lost,
        *[(row(CONCERN, "indirect"), NONE, CONCERN)] * gained,
        *[(row(CONCERN, "explicit"), NONE, CONCERN)] * 30,
        *[(row(CONCERN, "explicit"), DANGER, CONCERN)] * same,
    ]


# --- what it is taught ------------------------------------------------------------------------------------------------


def closed(number: int, *, is_real: bool) -> DecidedAlert:
    return DecidedAlert(
        text=f"words {number}",
        is_real=is_real,
        level=DANGER if is_real else NONE,
        kind=RiskKind.SELF_HARM if is_real else None,
        locale=ENGLISH,
        contact_id=UUID(int=number),
    )


def test_what_was_a_matter_is_danger_what_was_none_is_nothing_and_a_fifth_is_put_aside() -> None:
    learn, aside = from_alerts([closed(number, is_real=number % 2 == 0) for number in range(1, 11)])

    assert [(one.text, one.level, one.kind) for one in learn[:2]] == [
        ("words 1", NONE, None),
        ("words 2", DANGER, RiskKind.SELF_HARM),
    ]
    assert [one.text for one in aside] == ["words 5", "words 10"]
    assert {one.slices for one in [*learn, *aside]} == {frozenset({DECIDED})}


def test_whoever_wrote_is_on_one_side_only() -> None:
    learn, aside = from_alerts([closed(7, is_real=True), closed(7, is_real=False), closed(5, is_real=True)])

    assert {one.author for one in learn} & {one.author for one in aside} == set()
    assert len(learn) == 2


def test_each_row_is_heard_and_progress_is_told() -> None:
    told: list[int] = []
    found = levels([row(text="a"), row(text="b")], lambda each: Risk(CONCERN if each.text == "a" else NONE), told.append)

    assert (found, told) == ([CONCERN, NONE], [1, 1])


# --- the comparison ---------------------------------------------------------------------------------------------------


def test_danger_is_counted_by_slice_and_language_weariness_and_alarms_in_all() -> None:
    found = compared(
        (row(CONCERN, "indirect", "food"), CONCERN, NONE),
        (row(DANGER, "indirect", locale="pl"), NONE, CONCERN),
        (row(WEARINESS, "weary"), WEARINESS, WEARINESS),
        (row(NONE, "ordinary"), NONE, CONCERN),
        (row(NONE, "joke"), WEARINESS, WEARINESS),
    )

    indirect = found[HEARD, "indirect"]
    assert (indirect.count, indirect.champion, indirect.challenger, indirect.lost, indirect.gained) == (2, 1, 1, 1, 1)
    assert (found[HEARD, "locale pl"].gained, found[HEARD, "food"].lost) == (1, 1)
    assert (found[WEARY, "all"].count, found[WEARY, "all"].champion) == (1, 1)
    assert (found[ALARMS, "all"].count, found[ALARMS, "all"].champion, found[ALARMS, "all"].challenger) == (2, 0, 1)


def test_all_comes_first_and_what_is_asked_in_its_order() -> None:
    found = compared((row(CONCERN, "aac"), CONCERN, CONCERN), (row(NONE), NONE, NONE), (row(WEARINESS), NONE, NONE))

    assert list(found) == [(HEARD, "all"), (HEARD, "aac"), (HEARD, "locale en"), (WEARY, "all"), (ALARMS, "all")]


@pytest.mark.parametrize(("lost", "gained", "worse"), [(0, 0, False), (2, 0, False), (3, 0, True), (5, 3, False), (8, 3, True)])
def test_a_slice_is_worse_where_a_coin_would_seldom_lose_so_many(lost: int, gained: int, *, worse: bool) -> None:
    found = compared(*lost_and_gained(lost, gained))

    assert found.get((HEARD, "indirect"), found[HEARD, "all"]).is_worse is worse
    assert not found[HEARD, "all"].is_worse


def test_in_all_not_one_may_be_missed_more_than_is_newly_heard() -> None:
    found = compared((row(CONCERN, "joke"), CONCERN, NONE), *[(row(CONCERN), CONCERN, CONCERN)] * 500)

    assert found[HEARD, "all"].is_worse
    assert not found[HEARD, "joke"].is_worse


@pytest.mark.parametrize(("more", "worse"), [(5, False), (6, True)])
def test_false_alarms_and_carers_are_worse_by_more_than_chance_only(more: int, *, worse: bool) -> None:
    alarms = compared(*[(row(NONE), NONE, CONCERN)] * more, *[(row(NONE), NONE, NONE)] * 90)
    carers = compared(*[(row(WEARINESS), WEARINESS, NONE)] * more)

    assert alarms[ALARMS, "all"].is_worse is worse
    assert carers[WEARY, "all"].is_worse is worse


# --- the verdict ------------------------------------------------------------------------------------------------------


def test_one_that_is_worse_nowhere_is_taken_with_how_much_it_hears() -> None:
    said = verdict({"the messages put aside": list(compared(*lost_and_gained(0, 2)).values())})

    assert said.is_taken
    assert said.says == "It is not worse on any slice of danger (82 of 82, before 50)."


def test_a_refusal_names_where_and_counts_the_rest() -> None:
    found = list(compared(*[(row(CONCERN, "a", "b", "c"), CONCERN, NONE)] * 4).values())
    said = verdict({"the messages put aside": found})

    assert not said.is_taken
    assert said.says.startswith("It is worse at danger heard, “all”, on the messages put aside (0 of 4, before 4); ")
    assert said.says.endswith(" and 2 more.")
