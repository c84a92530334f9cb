"""The danger rules, one behaviour at a time; test_safety_recall.py measures them on many texts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.heard import Risk, RiskKind, RiskLevel
from bot.safety import check, check_burst


def kinds(text: str) -> set[RiskKind]:
    return set(check(text).kinds)


# --- what is heard --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I want to kill myself", RiskKind.SELF_HARM),
        ("he is not breathing", RiskKind.LIFE_NOW),
        ("my son has gone missing", RiskKind.LIFE_NOW),
        ("my husband is going to kill me", RiskKind.VIOLENCE_AT_HOME),
        ("my husband hits me", RiskKind.VIOLENCE_AT_HOME),
        ("the driver touched my daughter", RiskKind.CHILD_NOT_SAFE),
        ("she is self harming", RiskKind.SELF_HARM),
        ("i am 12 and my dad hits me", RiskKind.YOUNG_PERSON),
        ("I am at breaking point", RiskKind.BREAKING_POINT),
    ],
)
def test_the_kind_of_danger_is_named(text: str, kind: RiskKind) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I am going to kill myself", RiskLevel.DANGER),
        ("she has stopped breathing", RiskLevel.DANGER),
        ("he cuts his arms", RiskLevel.CONCERN),
        ("school locked him in a cupboard", RiskLevel.CONCERN),
        ("I can't cope any more", RiskLevel.WELLBEING),
        ("this waiting list is killing me", RiskLevel.NONE),
        ("", RiskLevel.NONE),
    ],
)
def test_the_level_says_how_worried_to_be(text: str, level: RiskLevel) -> None:
    assert check(text).level is level


def test_several_kinds_are_named_in_the_order_of_their_texts() -> None:
    risk = check("He hits me, he is not breathing and I want to die")

    assert risk.kinds == tuple(kind for kind in RiskKind if kind in risk.kinds)
    assert risk.kinds[0] is RiskKind.LIFE_NOW
    assert {RiskKind.SELF_HARM, RiskKind.VIOLENCE_AT_HOME} <= set(risk.kinds)


def test_the_same_text_always_gives_the_same_answer() -> None:
    text = "he said he wants to die and she hits me"

    assert check(text) == check(text)


# --- evidence -------------------------------------------------------------------------------------------------------


def heard(text: str) -> list[str]:
    return [text[start:end] for start, end in check(text).evidence]


def test_evidence_is_cut_from_the_text_as_it_came() -> None:
    assert heard("Bus was late again. My lad told me he wants to KILL himself, please ring.") == ["wants to KILL himself"]


def test_evidence_of_disguised_words_still_points_at_the_original() -> None:
    text = "🙏 pls. She is su\u200bici\u200bdal and no one rings"

    assert heard(text) == ["su\u200bici\u200bdal"]


def test_evidence_that_touches_is_one_stretch() -> None:
    spans = check("I want to die, I want to kill myself, he hits me and I want to end my life").evidence

    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_nothing_heard_leaves_nothing_behind() -> None:
    assert check("The taxi was late on Tuesday and nobody rang.") == Risk()


# --- what lowers a level, and what never silences it ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "I am not going to kill myself",
        "he tried to kill himself two years ago",
        "my friend says she wants to kill herself",
    ],
)
def test_denial_the_past_and_strangers_lower_danger_to_concern_and_no_further(text: str) -> None:
    assert check(text).level is RiskLevel.CONCERN


def test_a_denial_in_another_sentence_lowers_nothing() -> None:
    assert check("No reply from the SEND team. He wants to kill himself.").level is RiskLevel.DANGER


def test_a_denial_beyond_a_comma_lowers_nothing() -> None:
    assert check("the school is not helping, he wants to kill himself").level is RiskLevel.DANGER


def test_what_happened_last_night_is_not_the_past() -> None:
    assert check("she took an overdose last night").level is RiskLevel.DANGER


def test_self_harm_that_has_stopped_is_kept_as_a_flag() -> None:
    assert check("she is not self harming any more, thanks to the new school").level is RiskLevel.WELLBEING


def test_not_wanting_to_live_is_no_denial() -> None:
    assert check("I do not want to live").level is RiskLevel.DANGER


def test_a_figure_of_speech_does_not_hide_what_stands_beside_it() -> None:
    assert check("this waiting list is killing me and I am going to kill myself").level is RiskLevel.DANGER


def test_the_name_of_a_service_does_not_hide_what_stands_beside_it() -> None:
    assert check("the safeguarding team were great but my son was restrained on the floor").level is RiskLevel.CONCERN


# --- who is writing ---------------------------------------------------------------------------------------------------


def test_a_childs_own_words_add_the_young_person() -> None:
    assert RiskKind.YOUNG_PERSON in kinds("my daddy hurts me")


def test_a_parent_telling_of_a_childs_age_is_no_young_person() -> None:
    assert RiskKind.YOUNG_PERSON not in kinds("he is 12 and wants to die")


def test_a_number_of_weeks_is_no_age() -> None:
    assert check("I am 12 weeks into this and sad").level is RiskLevel.NONE


def test_a_child_who_cannot_cope_is_a_concern_and_not_a_tired_carer() -> None:
    assert check("i am 12 and i cant cope anymore").level is RiskLevel.CONCERN


# --- several messages -------------------------------------------------------------------------------------------------


def test_words_only_dangerous_together_are_heard_in_a_burst() -> None:
    texts = ["i want to", "kill", "myself"]

    assert max(check(text).level for text in texts) < RiskLevel.CONCERN
    assert check_burst(texts).level is RiskLevel.DANGER


def test_a_burst_is_never_less_than_the_worst_of_its_messages() -> None:
    assert check_burst(["i am not", "going to kill myself"]).level is check("going to kill myself").level


def test_evidence_of_a_burst_points_into_the_messages_joined_by_newlines() -> None:
    texts = ["hello", "he hits me", "thanks"]
    joined = "\n".join(texts)

    assert [joined[start:end] for start, end in check_burst(texts).evidence] == ["he hits me"]


def test_an_empty_burst_holds_no_danger() -> None:
    assert check_burst([]) == Risk()


# --- how people type ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "suiside",
        "kms",
        "she wants to unalive herself",
        "shes been sh again",
        "i want to kill my self",
        "killmyself",
        "she od'd last nite",
        "k i l l  m y s e l f",
        "s.u.i.c.i.d.e",
        "sui cide",
        "su1c1dal",
        "s*icide",
        "kill_myself",
        "KILLLLL MYSELF",
    ],
)
def test_misspelt_hurried_and_hidden_words_are_heard(text: str) -> None:
    assert check(text).level.needs_alert


@pytest.mark.parametrize("text", ["therapist", "cooking", "a b c d e f", "1 2 3 4 5", "table", "ok ok ok"])
def test_words_that_only_resemble_are_not(text: str) -> None:
    assert check(text).level is RiskLevel.NONE


# --- any text at all ----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "kill",
        "myself",
        "not",
        "he",
        "hits",
        "me",
        ".",
        ",",
        "\n",
        "😭",
        "💊",
        "\u200b",
        "\ud800",
        "\x00",
        "k1ll",
        "s u i",
        "'",
        "*",
        "ї",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join)))
def test_any_text_is_judged_and_its_evidence_lies_within_it(text: str) -> None:
    risk = check(text)

    assert all(0 <= start < end <= len(text) for start, end in risk.evidence)
    assert bool(risk.evidence) == bool(risk.kinds) == bool(risk.level)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_stands_around_it_a_disclosure_raises_the_alarm(before: str, after: str) -> None:
    assert check(f"{before}\n\nI want to kill myself.\n\n{after}").level.needs_alert


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("please delete the bit about my sister", RiskLevel.NONE),
        ("it is a bit my fault", RiskLevel.NONE),
        ("take that bit about him out", RiskLevel.NONE),
        ("he bit me", RiskLevel.CONCERN),
        ("the TA that bit him again", RiskLevel.CONCERN),
        ("that bit him", RiskLevel.CONCERN),
        ("She has a helper that bit on her hand yesterday", RiskLevel.CONCERN),
    ],
)
def test_a_bit_of_what_was_said_is_no_bite(text: str, level: RiskLevel) -> None:
    assert check(text).level is level


@pytest.mark.parametrize("word", ["strangled", "Punched!", "slapped", "bleeding", "collapsed", "unresponsive"])
def test_one_word_can_be_a_cry_for_help(word: str) -> None:
    assert check(word).level is RiskLevel.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "he was punched",
        "she was kicked",
        "beaten at school",
        "locked her up",
        "they pinned him",
        "he threatens me",
        "i get hit",
        "nobody feeds us",
        "he is unsafe",
        "she is starving",
        "thrown at wall",
        "Help me please",
        "cutting again",
    ],
)
def test_two_or_three_words_can_be_a_cry_for_help(text: str) -> None:
    assert check(text).level.needs_alert
