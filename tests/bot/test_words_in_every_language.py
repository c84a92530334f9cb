"""What holds for the words of every language, English or not, offered yet or not."""

from __future__ import annotations

import pytest

from bot.commands import Commands
from bot.conversation import Command
from bot.model import EASY_READ, ENGLISH, Locale
from bot.slips import is_slip
from bot.wording_faults import Code
from tests.bot.sayings import WORDING, found

COMMANDS = Commands.load()
OTHERS = [locale for locale in WORDING.tongues if locale not in (ENGLISH, EASY_READ)]


@pytest.mark.parametrize("locale", OTHERS)
def test_a_text_in_another_language_says_what_the_english_says(locale: Locale) -> None:
    assert found(locale, Code.PLACEHOLDERS, Code.NO_VALUE, Code.TYPED_NUMBER, Code.UNKNOWN, Code.EMPTY, Code.BRACES) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_each_channel_has_its_own_words_where_english_has(locale: Locale) -> None:
    assert found(locale, Code.VARIANT_MISSING) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_no_text_shouts_or_asks_for_a_word_the_network_takes(locale: Locale) -> None:
    assert found(locale, Code.NEVER, Code.TAKEN, Code.EMOJI, Code.SPACES) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_the_lock_screen_shows_nothing_sensitive_in_any_language(locale: Locale) -> None:
    assert found(locale, Code.LOCK_SCREEN, Code.CODE_EARLY) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_danger_has_the_same_numbers_in_every_language_and_asks_nothing_of_us(locale: Locale) -> None:
    assert found(locale, Code.DANGER_OTHERS, Code.DANGER_NUMBER, Code.DANGER_ASKS) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_a_finished_talk_keeps_to_the_segments_of_its_alphabet(locale: Locale) -> None:
    assert found(locale, Code.TALK_LONG) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_the_answers_of_each_question_can_be_told_apart_and_are_understood(locale: Locale) -> None:
    assert found(locale, Code.ANSWERS_ALIKE, Code.ANSWER_LOST) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_every_word_a_text_tells_people_to_send_is_understood_in_that_language(locale: Locale) -> None:
    assert found(locale, Code.NOT_UNDERSTOOD) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_the_way_back_stands_in_english_for_whoever_was_misheard(locale: Locale) -> None:
    assert found(locale, Code.WAY_BACK) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_there_is_nothing_else_that_publishing_would_refuse(locale: Locale) -> None:
    assert found(locale, *Code) == []


@pytest.mark.parametrize("locale", [locale for locale in COMMANDS.vocabularies if locale != ENGLISH])
@pytest.mark.parametrize("command", list(Command))
def test_every_command_has_words_in_every_language(locale: Locale, command: Command) -> None:
    forms = [form for form, meant in COMMANDS.vocabularies[locale].commands.items() if meant is command]

    assert forms
    assert [form for form in forms if COMMANDS.recognise(form, locale) is not command] == []


@pytest.mark.parametrize("locale", [locale for locale in COMMANDS.vocabularies if locale != ENGLISH])
def test_no_word_means_one_thing_in_a_language_and_another_in_english(locale: Locale) -> None:
    """Both are understood side by side: a word that meant two things would be the luck of an order."""
    mine, english = COMMANDS.vocabularies[locale], COMMANDS.vocabularies[ENGLISH]
    torn = [word for word, meant in mine.commands.items() if english.commands.get(word, meant) is not meant]
    torn += [word for word, meant in mine.answers.items() if english.answers.get(word, meant) != meant]
    torn += [word for word, meant in mine.phrases.items() if english.phrases.get(word, meant) is not meant]
    torn += [word for word in mine.commands if word in mine.phrases or word in english.phrases]
    torn += [word for word in mine.answers if word in english.phrases or word in mine.phrases]
    torn += [word for word in mine.numbers if english.numbers.get(word, mine.numbers[word]) != mine.numbers[word]]

    assert torn == []


@pytest.mark.parametrize("locale", [locale for locale in COMMANDS.vocabularies if locale != ENGLISH])
def test_no_slip_makes_one_command_of_another(locale: Locale) -> None:
    known = {**COMMANDS.vocabularies[ENGLISH].commands, **COMMANDS.vocabularies[locale].commands}
    words = [word for word in known if " " not in word]

    assert [(one, other) for one in words for other in words if is_slip(one, other) and known[one] is not known[other]] == []


@pytest.mark.parametrize("locale", OTHERS)
def test_each_language_is_chosen_by_its_own_name_and_english_from_all(locale: Locale) -> None:
    assert COMMANDS.locale_named(WORDING.tongues[locale].name, ENGLISH) == locale
    assert COMMANDS.locale_named("English", locale) == ENGLISH
