"""Words and choices into parts."""

from __future__ import annotations

from bot.outgoing import Choice, Part, Spoken
from channels.rendering import as_sms, as_text

YES_NO = (Choice("yes", "Yes"), Choice("no", "No, team only"))


def test_choices_are_numbered_lines_under_the_words() -> None:
    assert as_text(Spoken("May reports use your words?", YES_NO)) == (
        Part("May reports use your words?\n1 Yes\n2 No, team only"),
    )


def test_words_without_choices_are_left_alone() -> None:
    assert as_text(Spoken("Thank you \N{EN DASH} we\u2019ve kept that.")) == (
        Part("Thank you \N{EN DASH} we\u2019ve kept that."),
    )


def test_for_sms_the_signs_of_words_and_choices_are_folded() -> None:
    spoken = Spoken("We\u2019ve kept that\u2026", (Choice("no", "No \N{EN DASH} team only"),))

    assert as_sms(spoken) == (Part("We've kept that...\n1 No - team only"),)


def test_a_long_text_becomes_several_parts_in_order() -> None:
    parts = as_text(Spoken("one two three four"), limit=9)

    assert [part.text for part in parts] == ["one two", "three", "four"]


def test_choices_go_with_the_last_words_while_they_fit() -> None:
    parts = as_text(Spoken("one two three", (Choice("a", "A"), Choice("b", "B"))), limit=13)

    assert [part.text for part in parts] == ["one two three", "1 A\n2 B"]
    assert [part.text for part in as_text(Spoken("one two three", YES_NO[:1]), limit=19)] == ["one two three\n1 Yes"]


def test_choices_are_never_parted_from_each_other_by_a_cut() -> None:
    parts = as_text(Spoken("word " * 400, YES_NO))

    assert [part.text for part in parts if "1 Yes" in part.text] == [part.text for part in parts if "2 No" in part.text]


def test_what_no_provider_can_carry_is_left_out() -> None:
    assert as_text(Spoken("a\x00b\ud800c")) == (Part("abc"),)
