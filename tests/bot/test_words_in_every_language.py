"""What holds for the words of every language, English or not, offered yet or not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.commands import Commands
from bot.model import EASY_READ, ENGLISH, ChannelName, Command, Locale
from bot.script import Script
from bot.slips import is_slip
from bot.wording import Wording, placeholders
from channels.rendering import as_sms
from channels.segments import measure
from tests.bot.sayings import NUMBERS, spoken

SCRIPT, COMMANDS = Script.load(), Commands.load()
WORDING = Wording.load(facts={"privacy_url": "https://earshot.example.gov.uk/privacy"})
OTHERS = [locale for locale in WORDING.tongues if locale not in (ENGLISH, EASY_READ)]
SMS, NOTICED = ChannelName("sms"), 40
CASES = [(locale, key) for locale in OTHERS for key in WORDING.tongues[locale].texts if not key.startswith("alert.")]
DANGER = [(locale, key) for locale, key in CASES if key.startswith("danger.")]
SENSITIVE = tomllib.loads((Path(__file__).parent / "data" / "sensitive_words.toml").read_text("utf-8"))
TAKEN = re.compile(r"\b(?:YES|END|CANCEL|QUIT|UNSUBSCRIBE|REVOKE|STOPALL|OPTOUT)\b")
WORD_TO_SEND = re.compile(r"(?<!\w)[^\W\d_]{4,}(?!\w)")
NAMES = {"SEND", "MEADOW", "OTTER", "BUTTON", "IPSEA", "HTTPS"}


def variants(locale: Locale, key: str) -> list[str]:
    channels = set(WORDING.tongues[locale].texts[key]) - {"text"} | {"webchat", "sms"}
    return [spoken(WORDING, locale, key, ChannelName(channel)).text for channel in sorted(channels)]


def segments(locale: Locale, key: str) -> int:
    name = key.partition(".")[2]
    question = SCRIPT.questions.get(name) if key.startswith(("ask.", "again.")) else None
    said = spoken(WORDING, locale, key, SMS, choices=tuple(question.choices) if question else ())
    return sum(measure(part.text).segments for part in as_sms(said))


@pytest.mark.parametrize(("locale", "key"), CASES)
def test_a_variant_in_another_language_says_what_the_english_says(locale: Locale, key: str) -> None:
    for text in WORDING.tongues[locale].texts[key].values():
        assert sorted(set(placeholders(text))) == sorted(WORDING.tongues[ENGLISH].placeholders(key))


@pytest.mark.parametrize(("locale", "key"), CASES)
def test_each_channel_has_its_own_words_where_english_has(locale: Locale, key: str) -> None:
    assert WORDING.tongues[locale].texts[key].keys() >= WORDING.tongues[ENGLISH].texts[key].keys() - {"sms"}


@pytest.mark.parametrize(("locale", "key"), CASES)
def test_no_text_shouts_or_asks_for_a_word_the_network_takes(locale: Locale, key: str) -> None:
    for text in variants(locale, key):
        assert "!" not in text
        assert not TAKEN.search(text)
        assert not re.search("[\U0001f000-\U0001faff\u2600-\u27bf]|  | $|^ ", text), text


@pytest.mark.parametrize(("locale", "key"), CASES)
def test_the_lock_screen_shows_nothing_sensitive_in_any_language(locale: Locale, key: str) -> None:
    if key.startswith("delete.") or key == "call.spoken":
        return  # what they asked for by name; what is only said aloud
    for text in variants(locale, key):
        seen = text[:NOTICED].casefold()
        assert [word for word in SENSITIVE[locale] if word in seen] == [], seen


@pytest.mark.parametrize(("locale", "key"), DANGER)
def test_danger_has_the_same_numbers_in_every_language(locale: Locale, key: str) -> None:
    """The numbers to ring, the hours and the ages are those of the English text, in each variant."""
    for channel in WORDING.tongues[locale].texts[key]:
        mine = re.findall(r"\{(\w+)\}", WORDING.tongues[locale].texts[key][channel])
        english = WORDING.tongues[ENGLISH].text(key, ChannelName(channel))
        assert sorted(mine) == sorted(re.findall(r"\{(\w+)\}", english))
    assert NUMBERS["emergency"] in spoken(WORDING, locale, key, SMS).text
    assert ("35" in spoken(WORDING, locale, key, SMS).text) == ("35" in spoken(WORDING, ENGLISH, key, SMS).text)


@pytest.mark.parametrize(("locale", "key"), DANGER)
def test_danger_asks_nothing_of_us(locale: Locale, key: str) -> None:
    assert "?" not in spoken(WORDING, locale, key, SMS).text
    assert "؟" not in spoken(WORDING, locale, key, SMS).text


@pytest.mark.parametrize("locale", OTHERS)
def test_a_finished_talk_keeps_to_the_segments_of_its_alphabet(locale: Locale) -> None:
    """First reply with the line about the language, the longest useful question, both consents, the close."""
    first = max(segments(locale, "first.story+language.noticed"), segments(locale, "first.young+language.noticed") - 2)
    lead = "kept.more+"
    useful = max(segments(locale, f"ask.{name}") for name in ("probe_good", "probe_bad", "probe_short", "where"))
    consents = segments(locale, f"{lead}ask.consent_words") + segments(locale, "noted.words_yes+ask.consent_changes")

    assert first + useful + consents + segments(locale, "close.thanks") <= SCRIPT.max_wide_segments


@pytest.mark.parametrize("locale", OTHERS)
def test_the_answers_of_each_question_can_be_told_apart_and_are_understood(locale: Locale) -> None:
    tongue = WORDING.tongues[locale]
    for question in SCRIPT.questions.values():
        labels = {choice: tongue.choices[choice] for choice in question.choices if choice in tongue.choices}
        assert len({label.partition(",")[0].casefold() for label in labels.values()}) == len(labels)
        for choice, label in labels.items():
            assert COMMANDS.answer(label, question.choices, locale) == choice, label


@pytest.mark.parametrize("locale", OTHERS)
def test_every_word_a_text_tells_people_to_send_is_understood_in_that_language(locale: Locale) -> None:
    for key in (key for tag, key in CASES if tag == locale):
        for word in WORD_TO_SEND.findall(spoken(WORDING, locale, key, SMS).text):
            if word == word.upper() != word.lower() and word not in NAMES:
                assert COMMANDS.recognise(word, locale) or COMMANDS.phrase(word, locale), f"{key}: {word}"


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


@pytest.mark.parametrize("locale", OTHERS)
def test_the_way_back_stands_in_english_for_whoever_was_misheard(locale: Locale) -> None:
    for text in variants(locale, "language.noticed"):
        assert "English" in text
