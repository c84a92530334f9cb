"""The words of the plain pages and the privacy notice: complete, plain, and true to the bot they stand around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import Commands
from bot.conversation import Command, Say
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, Locale
from bot.outgoing import Choice
from bot.pages import CONTENT, PageWords, load_notices, load_page_words
from bot.records import ChatLine
from bot.script import Script
from bot.signposts import Signposts
from bot.wording import Wording
from channels import screens
from channels.pages import PAGES
from channels.paper import ADVICE, OPTIONS, PICTURES, SPEAKERS
from channels.screens import Kind, screen_of
from tests.channels.pages_bot import VALUES
from tests.channels.webchat_fakes import NOON

WORDS = load_page_words()
NOTICES = load_notices()
LOCALES = list(WORDS)
ENGLISHES = [ENGLISH, EASY_READ]
"""Measured by their words. The other languages have the house rules of their own: tests/bot/test_words_in_every_language.py."""
QUOTED = re.compile("“([^{}”]+)”|«([^{}»]+)»|„([^{}“”]+)[“”]")
"""A button by its name, as English, Ukrainian and Arabic, Bulgarian and Lithuanian, Polish and Romanian quote it."""
WORDING = Wording.load()
SCRIPT = Script.load()
COMMANDS = Commands.load()
BANNED = re.compile(r"!|[Ww]e are sorry|[Ss]orry to hear|your feedback is important|\bsimply\b|\bleverage\b", re.IGNORECASE)
LONGEST = {ENGLISH: 22, EASY_READ: 16}
"""Words in a sentence."""
HARDEST = {ENGLISH: 6.0, EASY_READ: 3.0}
"""Automated Readability Index: roughly the school year that can read it, 6 being about eleven years old."""
NOT_PROSE = ("says.", "lang", "dir", "name", "leave.url")


def prose(locale: Locale) -> Iterator[str]:
    for key, text in WORDS[locale].texts.items():
        if not key.startswith(NOT_PROSE):
            yield from (text,) if isinstance(text, str) else text
    for section in NOTICES[locale].sections if locale in NOTICES else ():
        yield from section.text
        yield from (point[-1] for point in section.points)


def sentences(locale: Locale) -> Iterator[list[str]]:
    for text in prose(locale):
        for sentence in re.split(r"(?<=[.?])\s+", text):
            if words := re.findall(r"[\w\u2019'@.-]+", sentence):
                yield words


@pytest.mark.parametrize("locale", ENGLISHES)
def test_no_sentence_is_long(locale: Locale) -> None:
    long = [" ".join(words) for words in sentences(locale) if len(words) > LONGEST[locale]]

    assert not long


@pytest.mark.parametrize("locale", ENGLISHES)
def test_a_child_of_eleven_can_read_all_of_it_and_easy_read_sooner(locale: Locale) -> None:
    said = list(sentences(locale))
    words = [word for sentence in said for word in sentence]
    letters = sum(len(word) for word in words)

    assert 4.71 * letters / len(words) + 0.5 * len(words) / len(said) - 21.43 <= HARDEST[locale]


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_shouted_promised_or_regretted_by_reflex(locale: Locale) -> None:
    assert not [text for text in prose(locale) if BANNED.search(text)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_notice_is_in_the_language_of_the_pages_or_they_say_that_it_is_in_english(locale: Locale) -> None:
    assert locale in NOTICES or "Easy Read" in WORDS[locale].text("notice.read_in")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("act", "command"),
    [
        ("skip", Command.SKIP),
        ("done", Command.DONE),
        ("human", Command.HUMAN),
        ("status", Command.STATUS),
        ("share", Command.SHARE),
        ("private", Command.PRIVATE),
        ("takeback", Command.TAKEBACK),
        ("mydata", Command.MYDATA),
        ("stop", Command.STOP),
        ("delete", Command.DELETE),
    ],
)
def test_the_bot_understands_what_each_button_sends(locale: Locale, act: str, command: Command) -> None:
    assert COMMANDS.recognise(WORDS[locale].text(f"says.{act}"), locale) is command


@pytest.mark.parametrize("locale", LOCALES)
def test_each_locale_is_asked_for_by_a_word_the_bot_knows(locale: Locale) -> None:
    word = WORDS[locale].text("says.choose")
    other = next(each for each in LOCALES if each != locale)

    assert COMMANDS.recognise(word, other) in {Command.LANGUAGE, Command.EASY}
    assert COMMANDS.locale_named(word, other) == locale


def test_each_button_of_the_options_and_each_speaker_has_its_words() -> None:
    for words in WORDS.values():
        for option in OPTIONS:
            assert words.has(f"says.{option}")
            assert words.has(f"options.words.{option}")
            assert words.has(f"options.texts.{option}")
        for speaker in SPEAKERS:
            assert words.has(f"who.{speaker}")
            assert words.has(f"who_hint.{speaker}")


def test_each_place_for_advice_is_a_signpost_that_is_checked_before_families_see_it() -> None:
    """Production checks the signposts of the bot's own words: one that stood on the pages alone would be missed."""
    for words in WORDS.values():
        named = {key.rpartition(".")[2] for key in words.texts if key.startswith(("advice.names.", "advice.about."))}
        assert named == set(ADVICE)
    assert set(ADVICE) <= WORDING.placeholders() & Signposts.load().values().keys()


def test_answers_that_are_explained_or_drawn_are_answers_of_the_script() -> None:
    asked = {choice for question in SCRIPT.questions.values() for choice in question.choices}
    explained = {key.removeprefix("means.") for key in WORDS[ENGLISH].texts if key.startswith("means.")}

    assert explained == asked
    assert set(PICTURES) == asked


# --- the bot's real words on the page -----------------------------------------------------------------------------------


def spoken(key: str, locale: Locale, *choices: str) -> ChatLine:
    tongues = {tag: replace(tongue, complete=True) for tag, tongue in WORDING.tongues.items()}  # offered yet or not
    offered = replace(WORDING, tongues=tongues)
    said = offered.speak(Say(key, {**VALUES, **SCRIPT.signposts}, choices), locale, PAGES)
    return ChatLine(seq=2, sender="earshot", text=said.text, choices=said.choices, at=NOON, key=key)


THEIRS = ChatLine(seq=1, sender="parent", text="The taxi never came", choices=(), at=NOON)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "key", ["first.story", "first.hello", "first.young", "back.story", "kept.story", "status.read", "status.late"]
)
def test_the_reference_and_the_day_are_found_in_what_the_bot_says(locale: Locale, key: str) -> None:
    screen = screen_of([THEIRS, spoken(key, locale)])

    assert screen.reference == "RIVER 482"
    assert any(WORDING.tongues[locale].calendar.spoken(day, VALUES[day]) in screen.promise for day in ("read_by", "read_on"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["ask.consent_words", "again.consent_words", "kept.more+ask.consent_words", "preview.words"])
def test_the_bots_question_is_the_heading_of_the_page(locale: Locale, key: str) -> None:
    screen = screen_of([THEIRS, spoken(key, locale, "words_yes", "words_no")])

    assert screen.kind is Kind.QUESTION
    assert screen.heading.endswith(("?", "؟"))
    assert screen.choices == (Choice("words_yes", screen.choices[0].label), Choice("words_no", screen.choices[1].label))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["ask.probe_good", "ask.probe_bad", "ask.probe_short", "ask.where", "media.photo"])
def test_an_open_question_of_the_bot_is_a_question_of_the_page(locale: Locale, key: str) -> None:
    screen = screen_of([THEIRS, spoken(key, locale)])

    assert (screen.kind, screen.number, screen.choices) == (Kind.QUESTION, 1, ())
    assert screen.heading.endswith(("?", "؟"))


@pytest.mark.parametrize("begins", [screens._DANGER, *screens._ASKS, *screens._BEGINNINGS, *screens._CONFIRMS])
def test_the_keys_the_pages_go_by_are_keys_of_the_wording(begins: str) -> None:
    assert [key for key in WORDING.tongues[ENGLISH].texts if key.startswith(begins)]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["human", "mydata", "status.waiting", "help", "after_danger.kept"])
def test_an_answer_to_a_command_is_no_question_to_be_skipped(locale: Locale, key: str) -> None:
    assert screen_of([THEIRS, spoken(key, locale)]).kind is Kind.SAID


def danger_keys() -> list[str]:
    return [key for key in WORDING.tongues[ENGLISH].texts if key.startswith("danger.")]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", danger_keys())
def test_each_text_about_danger_is_a_quiet_page(locale: Locale, key: str) -> None:
    screen = screen_of([THEIRS, spoken(key, locale)])

    assert screen.kind is Kind.QUIET
    assert not screen.choices
    assert (screen.heading, screen.is_discreet) == ("", "violence_at_home" in key or "young_person" in key)
    assert " ".join(screen.hint) == spoken(key, locale).text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_quiet_page_leads_with_help_and_over_a_shoulder_with_nothing(locale: Locale) -> None:
    words = WORDS[locale]

    assert "999" in words.text("quiet.heading")
    assert words.text("quiet.title") == words.text("quiet.discreet") != words.text("quiet.heading")
    assert not re.search(r"\d", words.text("quiet.discreet"))


@pytest.mark.parametrize("locale", ENGLISHES)
def test_a_quiet_page_is_named_by_no_more_than_a_request_to_read(locale: Locale) -> None:
    assert "danger now, ring 999" in WORDS[locale].text("quiet.heading")
    assert WORDS[locale].text("quiet.discreet") == "Please read this"


@pytest.mark.parametrize("hour", ["open", "closed"])
def test_a_young_person_is_told_to_ring_and_not_asked(hour: str) -> None:
    assert "If you are not safe now, ring 999." in spoken(f"danger.young_person.{hour}", EASY_READ).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["delete.confirm", "delete.again", "delete.late"])
def test_the_code_to_delete_is_found_in_what_the_bot_says(locale: Locale, key: str) -> None:
    screen = screen_of([THEIRS, spoken(key, locale)])

    assert (screen.kind, screen.code) == (Kind.SAID, "482")


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_the_bot_can_say_makes_a_page_with_a_heading(locale: Locale) -> None:
    for key in WORDING.tongues[locale].texts:
        screen = screen_of([THEIRS, spoken(key, locale)])
        assert screen.kind in {Kind.QUESTION, Kind.SAID, Kind.QUIET}
        assert screen.heading or screen.kind is Kind.QUIET, key


@pytest.mark.parametrize("locale", LOCALES)
def test_on_a_page_the_bot_names_buttons_and_no_words_to_send(locale: Locale) -> None:
    """HELP and its like are asked for by whoever types; all else is pressed. DELETE and its code are both."""
    typed = {"help", "stop.done"}
    for key in set(WORDING.tongues[locale].texts) - typed:
        text = spoken(key, locale).text
        assert not re.search(r"\b(?:STATUS|SHOW ME|SKIP|SHARE|PRIVATE|HUMAN|1 or 2)\b", text), text
        assert not re.search(r"this phone|\b(?:T|t)ext more", text), text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_button_the_bot_names_is_there(locale: Locale) -> None:
    labels = {text for text in WORDS[locale].texts.values() if isinstance(text, str)}
    named = {
        label
        for variants in WORDING.tongues[locale].texts.values()
        for found in QUOTED.findall(variants.get(PAGES, ""))
        for label in found
        if label
    }

    assert named
    assert named <= labels


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("hour", ["open", "closed"])
def test_on_a_page_nobody_is_told_to_delete_a_message(locale: Locale, hour: str) -> None:
    key = f"danger.violence_at_home.{hour}"

    assert WORDS[locale].text("leave.label") in spoken(key, locale).text
    assert WORDS[locale].text("leave.label") not in WORDING.tongues[locale].texts[key]["webchat"]


@pytest.mark.parametrize("locale", ENGLISHES)
@pytest.mark.parametrize("hour", ["open", "closed"])
def test_in_english_the_way_off_a_page_is_said_in_so_many_words(locale: Locale, hour: str) -> None:
    key = f"danger.violence_at_home.{hour}"

    assert f"press {WORDS[locale].text('leave.label')}" in spoken(key, locale).text
    assert "close this page" in WORDING.tongues[locale].texts[key]["webchat"]


# --- the loader ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (CONTENT / "pages").glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return tmp_path


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('send = "Send"', "", "act.send is not in both"),
        ('send = "Send"', 'send = ""', "act.send in en-x-easyread.toml must be a text"),
        ('send = "Send"', "send = 7", "act.send in en-x-easyread.toml must be a text"),
        ('send = "Send"', 'send = ["Send", 7]', "act.send in en-x-easyread.toml must be a text"),
        ("Question {number}.", "Question {n}.", "other placeholders"),
        ('send = "Send"', 'send = "', "not good TOML"),
    ],
)
def test_a_file_that_lacks_something_stops_the_start_with_a_sentence(folder: Path, before: str, after: str, says: str) -> None:
    edit(folder / "en-x-easyread.toml", before, after)

    with pytest.raises(BadContent, match=re.escape(says)):
        load_page_words(folder)


def test_without_english_there_are_no_pages(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match=r"no en\.toml"):
        load_page_words(tmp_path)


def test_another_language_is_another_file(folder: Path) -> None:
    (folder / "pl.toml").write_text((folder / "en.toml").read_text("utf-8").replace('lang = "en"', 'lang = "pl"'), "utf-8")

    assert load_page_words(folder)[Locale("pl")].text("lang") == "pl"


def test_a_list_is_not_one_text() -> None:
    with pytest.raises(BadContent, match="is a list"):
        PageWords(ENGLISH, {"a": ("b", "c")}).text("a")
