"""Each house rule bites: a text that breaks it is found, with the code for the sentence that says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import EASY_READ, ENGLISH, Locale
from bot.wording_faults import Code
from tests.bot.sayings import CHECKS, WORDING

PL = Locale("pl")
DANGER = "danger.life_now.open"
TRUE_DANGER = WORDING.tongues[ENGLISH].texts[DANGER]["text"]
HELP = WORDING.tongues[ENGLISH].texts["help"]["text"]
POLISH_DANGER = WORDING.tongues[PL].texts[DANGER]["text"]


def codes(locale: Locale, key: str, text: str, channel: str = "text") -> set[Code]:
    tongues = {**WORDING.tongues, locale: WORDING.tongues[locale].changed(key, channel, text)}
    return {fault.code for fault in CHECKS.of_changes(WORDING, replace(WORDING, tongues=tongues), [(locale, key)])}


BROKEN: list[tuple[Locale, str, str, Code]] = [
    (ENGLISH, "kept.plain", " ", Code.EMPTY),
    (ENGLISH, "kept.plain", "We have it {", Code.BRACES),
    (ENGLISH, "kept.plain", "We have it {reference!r}", Code.BRACES),
    (ENGLISH, "kept.plain", "We have it, {reference}.", Code.PLACEHOLDERS),
    (ENGLISH, "kept.story", "Thank you, we have kept that.", Code.PLACEHOLDERS),
    (ENGLISH, "kept.plain", "Ring 01823 123456 and we have it.", Code.TYPED_NUMBER),
    (ENGLISH, "kept.plain", "We have  kept that.", Code.SPACES),
    (ENGLISH, "kept.plain", "We have kept that.\nAll of it.", Code.SPACES),
    (ENGLISH, "kept.plain", "We have kept that \U0001f600.", Code.EMOJI),
    (ENGLISH, "kept.plain", "Thank you! We have kept that.", Code.NEVER),
    (EASY_READ, "kept.plain", "We are sorry. We kept that.", Code.NEVER),
    (ENGLISH, "window.nudge", "We have an answer. Reply YES to see it.", Code.NEVER),
    (ENGLISH, "kept.plain", "Your crisis is kept here.", Code.LOCK_SCREEN),
    (ENGLISH, "link.offer", "Your code is {code}. Send it to us from your other phone.", Code.CODE_EARLY),
    (ENGLISH, "kept.plain", "Thank you, we have kept that, Bożena.", Code.SIGNS),
    (ENGLISH, "kept.plain", "Thank you, we have kept that. " * 5 + "We have it all.", Code.SEGMENTS),
    (ENGLISH, "first.story", WORDING.tongues[ENGLISH].texts["first.story"]["text"] + " We do.", Code.SEGMENTS),
    (ENGLISH, "kept.plain", "Communication regarding participation arrangements notwithstanding.", Code.READING_AGE),
    (EASY_READ, "kept.plain", "We have it and we keep it and we read it and we do it as we can do it.", Code.LONG_SENTENCE),
    (ENGLISH, DANGER, TRUE_DANGER + " Please reply.", Code.DANGER_ASKS),
    (ENGLISH, DANGER, TRUE_DANGER.replace("{emergency}", "{samaritans}"), Code.PLACEHOLDERS),
    (ENGLISH, DANGER, TRUE_DANGER.replace("may have to tell others", "keep quiet"), Code.DANGER_SAYS),
    (ENGLISH, DANGER, TRUE_DANGER.replace("today", "soon"), Code.DANGER_SAYS),
    (ENGLISH, DANGER, TRUE_DANGER.replace("is being told now", "is there"), Code.DANGER_SAYS),
    (ENGLISH, "help", HELP.replace("HUMAN: talk to a person. ", ""), Code.HELP_LACKS),
    (ENGLISH, "kept.plain", "We have kept that. Send BANANA for more.", Code.NOT_UNDERSTOOD),
    (ENGLISH, "choice.words_yes", "No", Code.ANSWERS_ALIKE),
    (ENGLISH, "choice.words_yes", "Perhaps", Code.ANSWER_LOST),
    (ENGLISH, "choice.words_yes", "Yes {reference}", Code.BRACES),
    (ENGLISH, "choice.words_yes", "Yes!", Code.NEVER),
    (ENGLISH, "no.such", "Words.", Code.UNKNOWN),
    (PL, "kept.plain", "Dziękujemy!", Code.NEVER),
    (PL, "kept.plain", "Dziękujemy. Wyślij YES.", Code.TAKEN),
    (PL, "kept.plain", "Samobójstwo: mamy to.", Code.LOCK_SCREEN),
    (PL, DANGER, POLISH_DANGER + " Tak?", Code.DANGER_ASKS),
    (PL, DANGER, POLISH_DANGER + " Masz 35 lat.", Code.DANGER_OTHERS),
    (PL, "language.noticed", "Piszemy teraz po polsku. Wyślij JĘZYK.", Code.WAY_BACK),
    (EASY_READ, "ask.consent_changes", "Shall we tell you what changes because of this? " * 7 + "Yes?", Code.TALK_LONG),
    (PL, "kept.more", "Dziękujemy za wszystko. " * 30 + "Mamy.", Code.TALK_LONG),
]


@pytest.mark.parametrize(("locale", "key", "text", "code"), BROKEN)
def test_a_text_that_breaks_a_rule_is_found(locale: Locale, key: str, text: str, code: Code) -> None:
    if key == "no.such":
        assert [fault.code for fault in CHECKS.of_changes(WORDING, WORDING, [(locale, key)])] == [code]
    else:
        assert code in codes(locale, key, text)


def test_a_discreet_text_and_a_childs_text_keep_their_own_rules() -> None:
    home, child = "danger.violence_at_home.open", "danger.young_person.open"
    said, told = (WORDING.tongues[ENGLISH].texts[key]["text"] for key in (home, child))

    assert Code.DANGER_SHOWS in codes(ENGLISH, home, said + " Your partner may see it.")
    alike = replace(CHECKS, script=replace(CHECKS.script, signposts={**CHECKS.script.signposts, "samaritans": "0800"}))
    assert Code.DANGER_CHILD in {fault.code for fault in alike.of_text(WORDING, ENGLISH, child)}
    assert Code.DANGER_CHILD not in codes(ENGLISH, child, told)


def test_a_variant_that_english_gets_is_missed_in_every_translation() -> None:
    tongues = {**WORDING.tongues, ENGLISH: WORDING.tongues[ENGLISH].changed("kept.plain", "pages", "We have kept that here.")}
    faults = CHECKS.of_changes(WORDING, replace(WORDING, tongues=tongues), [(ENGLISH, "kept.plain")])

    assert {fault.locale for fault in faults if fault.code is Code.VARIANT_MISSING} == WORDING.tongues.keys() - {
        ENGLISH,
        EASY_READ,
    }


def test_a_placeholder_that_stands_for_nothing_we_have_is_found() -> None:
    tongues = {tag: tongue.changed("kept.plain", "text", "Mamy {nonsense}.") for tag, tongue in WORDING.tongues.items()}

    assert Code.NO_VALUE in {fault.code for fault in CHECKS.of_text(replace(WORDING, tongues=tongues), PL, "kept.plain")}


def test_a_danger_text_without_the_emergency_number_is_found() -> None:
    without = {**WORDING.tongues}
    for tag, tongue in WORDING.tongues.items():
        without[tag] = tongue.changed(DANGER, "text", tongue.texts[DANGER]["text"].replace("{emergency}", "help"))
    faults = CHECKS.of_text(replace(WORDING, tongues=without), ENGLISH, DANGER)
    assert Code.DANGER_NUMBER in {fault.code for fault in faults}


def test_every_code_is_tried_here() -> None:
    elsewhere = {Code.VARIANT_MISSING, Code.NO_VALUE, Code.DANGER_NUMBER, Code.DANGER_SHOWS, Code.DANGER_CHILD}

    assert {code for _, _, _, code in BROKEN} | elsewhere == set(Code)


def test_one_changed_text_is_looked_at_with_what_leans_on_it_and_no_more() -> None:
    """English is what every translation is measured by; a translation concerns itself and its own talk."""
    assert CHECKS.of_changes(WORDING, WORDING, [(ENGLISH, "first.story"), (PL, "kept.plain"), (PL, "choice.words_no")]) == []
