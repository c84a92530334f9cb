"""Ukrainian, Bulgarian, Lithuanian and Arabic as people type them: with marks or without, in whoever's figures."""

# ruff: noqa: RUF001 - letters that look like others are what is tried here

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Commands, Phrase, plain
from bot.conversation import Command
from bot.model import ENGLISH, ChannelName, Locale, Speaker
from bot.signposts import Signposts
from bot.slips import is_slip
from bot.speakers import Speakers
from bot.wording import Wording, placeholders

COMMANDS = Commands.load()
SPEAKERS = Speakers.load()
WORDING = Wording.load()
SMS = ChannelName("sms")
UK, BG, LT, AR = (Locale(tag) for tag in ("uk", "bg", "lt", "ar"))
OURS = (UK, BG, LT, AR)
YES_NO = {"words_yes": "yes", "words_no": "no"}
BOTH_WAYS = {Command.PRIVATE}
"""“Private” is a command, and at the question about words in public it is a no: in English too."""


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("حَذْف", "حذف"),  # with vowel signs
        ("شُكْرًا", "شكرا"),
        ("أنا", "انا"),  # hamza over, under, on a seat
        ("إنسان", "انسان"),
        ("آه", "اه"),
        ("مسؤول", "مسوول"),
        ("الحـــالة", "الحالة"),  # the stroke that lengthens
        ("حاله", "حالة"),  # final forms
        ("تخطى", "تخطي"),
        ("تخطی", "تخطي"),  # the letters of a Persian or Urdu keyboard
        ("مشارکة", "مشاركة"),
        ("١", "1"),  # Arabic-Indic figures, and the Persian ones
        ("۲", "2"),
        ("\u200f2\u200f", "2"),  # marks that turn the writing
        ("\u2067حذف\u2069 482", "حذف ٤٨٢"),
        ("ﺷﺨﺺ", "شخص"),  # letters frozen in their joined shapes
    ],
)
def test_arabic_is_read_however_it_is_written(typed: str, word: str) -> None:
    assert plain(typed) == plain(word)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("до\u0301бре", "добре"),  # a stress mark, as in a textbook
        ("Йосип", "йосип"),
        ("и\u0306осип", "йосип"),  # й written as two signs
        ("П’ять", "пять"),
        ("ačiū", "aciu"),
        ("IŠTRINTI", "istrinti"),
        ("žmogus", "zmogus"),
    ],
)
def test_marks_on_other_letters_do_not_matter_either(typed: str, word: str) -> None:
    assert plain(typed) == plain(word)


@pytest.mark.parametrize("letters", ["سش", "тп", "ти", "вб"])
def test_letters_that_only_look_alike_stay_apart(letters: str) -> None:
    assert plain(letters[0]) != plain(letters[1])


@pytest.mark.parametrize(
    ("text", "locale", "command"),
    [
        ("СТОП", UK, Command.STOP),
        ("Людина, будь ласка", UK, Command.HUMAN),
        ("видалити 482", UK, Command.DELETE),
        ("хтось це прочитав?", UK, Command.STATUS),
        ("Спрете да ми пишете", BG, Command.STOP),
        ("моля, ЧОВЕК", BG, Command.HUMAN),
        ("докъде е?", BG, Command.STATUS),
        ("istrinti 482", LT, Command.DELETE),
        ("Ištrinti viską, prašau", LT, Command.DELETE),
        ("zmogus", LT, Command.HUMAN),
        ("من فضلك حذف ٤٨٢", AR, Command.DELETE),
        ("أريد التحدّث مع شخص", AR, Command.HUMAN),
        ("«تخطي»", AR, Command.SKIP),
        ("هل قرأها أحد؟", AR, Command.STATUS),
        ("توقّف", AR, Command.STOP),
    ],
)
def test_a_command_is_heard_in_its_language(text: str, locale: Locale, command: Command) -> None:
    assert COMMANDS.recognise(text, locale) is command


@pytest.mark.parametrize(
    ("text", "locale", "command"), [("СТОП", UK, Command.STOP), ("شخص", AR, Command.HUMAN), ("istrinti", LT, Command.DELETE)]
)
def test_a_command_is_heard_before_the_language_is_known(text: str, locale: Locale, command: Command) -> None:
    """The first word somebody sends may be the word for stop."""
    assert COMMANDS.recognise(text, ENGLISH) is command
    assert COMMANDS.recognise(text, locale) is command


def test_a_word_that_two_other_languages_take_differently_is_no_command_in_a_third() -> None:
    for vocabulary in COMMANDS.vocabularies.values():
        for word in vocabulary.commands:
            meant = {other.commands[word] for other in COMMANDS.vocabularies.values() if word in other.commands}
            if len(meant) > 1 and word not in COMMANDS.vocabularies[ENGLISH].commands:
                assert COMMANDS.recognise(word, ENGLISH) is None, word


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("стоп таксі не приїхало", UK),
        ("моя людина в школі не допомагає", UK),
        ("училището да спре с това", BG),
        ("viskas blogai mokykloje", LT),
        ("لم يأت الباص منذ أسبوع", AR),
        ("حذف المدرس ابني من القائمة", AR),
    ],
)
def test_a_command_inside_a_sentence_is_no_command(text: str, locale: Locale) -> None:
    assert COMMANDS.recognise(text, locale) is None


@pytest.mark.parametrize("locale", OURS)
@pytest.mark.parametrize("command", list(Command))
def test_every_command_has_words_of_its_own(locale: Locale, command: Command) -> None:
    own = [word for word, meant in COMMANDS.vocabularies[locale].commands.items() if meant is command]

    assert own
    assert all(COMMANDS.recognise(word, locale) is command for word in own)


@pytest.mark.parametrize("locale", OURS)
@pytest.mark.parametrize("phrase", list(Phrase))
def test_small_talk_of_every_kind_is_understood(locale: Locale, phrase: Phrase) -> None:
    own = [word for word, meant in COMMANDS.vocabularies[locale].phrases.items() if meant is phrase]

    assert own
    assert all(COMMANDS.phrase(word, locale) is phrase for word in own)


@pytest.mark.parametrize(
    ("text", "locale", "answer"),
    [
        ("1", UK, "words_yes"),
        ("Так!", UK, "words_yes"),
        ("2 ні", UK, "words_no"),
        ("1 ні", UK, None),
        ("не знаю", UK, None),
        ("Да, разбира се", BG, "words_yes"),
        ("не", BG, "words_no"),
        ("Taip, žinoma", LT, "words_yes"),
        ("ne, aciu", LT, "words_no"),
        ("١", AR, "words_yes"),
        ("٢ لا", AR, "words_no"),
        ("نعم", AR, "words_yes"),
        ("لا، شكرا", AR, "words_no"),
        ("إن شاء الله", AR, None),
    ],
)
def test_an_answer_is_heard_in_its_language(text: str, locale: Locale, answer: str | None) -> None:
    assert COMMANDS.answer(text, YES_NO, locale) == answer


def words_of_two_kinds(locale: Locale) -> Iterator[str]:
    one = COMMANDS.vocabularies[locale]
    for word, command in one.commands.items():
        if word in one.phrases or word in one.numbers or (word in one.answers and command not in BOTH_WAYS):
            yield word
    yield from one.phrases.keys() & (one.answers.keys() | one.numbers.keys())
    yield from (
        word for word in one.answers.keys() & one.numbers.keys() if (one.answers[word] == "yes") != (one.numbers[word] == 1)
    )


@pytest.mark.parametrize("locale", OURS)
def test_no_word_means_two_things(locale: Locale) -> None:
    assert list(words_of_two_kinds(locale)) == []


@pytest.mark.parametrize("locale", OURS)
def test_what_means_one_thing_in_english_means_no_other_here(locale: Locale) -> None:
    """English is understood beside every language, and half of the posters are in English."""
    own, english = COMMANDS.vocabularies[locale], COMMANDS.vocabularies[ENGLISH]

    assert {
        word for word in own.commands.keys() & english.commands.keys() if own.commands[word] is not english.commands[word]
    } == set()
    assert {word for word in own.answers.keys() & english.answers.keys() if own.answers[word] != english.answers[word]} == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("видалитти", "видалити"),
        ("видалтии", "видалити"),
        ("стпо", "стоп"),
        ("статсу", "статус"),
        ("istrnti", "ištrinti"),
        ("مسعادة", "مساعدة"),
        ("الحاالة", "الحالة"),
    ],
)
def test_slips_are_forgiven_in_every_script(typed: str, meant: str) -> None:
    assert is_slip(plain(typed), plain(meant))


@pytest.mark.parametrize(("typed", "meant"), [("стіл", "стоп"), ("شخض", "شخص"), ("خاصة", "خاص"), ("досі", "досить")])
def test_a_short_word_is_not_guessed_at(typed: str, meant: str) -> None:
    assert not is_slip(plain(typed), plain(meant))


@given(st.text(alphabet=st.characters(min_codepoint=0x370, max_codepoint=0x6FF), max_size=120), st.sampled_from(OURS))
def test_any_text_in_these_scripts_is_read_without_complaint(text: str, locale: Locale) -> None:
    assert COMMANDS.recognise(text, locale) in (None, *Command)
    assert COMMANDS.answer(text, YES_NO, locale) in (None, *YES_NO)
    COMMANDS.phrase(text, locale)
    COMMANDS.code(text, locale)


@given(st.text(max_size=60))
def test_reading_plainly_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "locale", "speaker"),
    [
        ("Мій син не отримує допомоги у школі", UK, Speaker.PARENT),
        ("Я вчителька, і мій син теж у цій школі", UK, Speaker.PARENT),
        ("Мій онук уже рік чекає на логопеда", UK, Speaker.FAMILY),
        ("Я бабуся хлопчика, який не ходить до школи", UK, Speaker.FAMILY),
        ("Я працюю асистентом у школі", UK, Speaker.PROFESSIONAL),
        ("Мені 14 років, мене ображають", UK, Speaker.YOUNG_PERSON),
        ("Тато б'є мене", UK, Speaker.YOUNG_PERSON),
        ("Мені 14 днів ніхто не відповідає", UK, None),
        ("Таксі не приїхало", UK, None),
        ("Синът ми не получава помощ", BG, Speaker.PARENT),
        ("Аз съм учителка, а дъщеря ми е в същото училище", BG, Speaker.PARENT),
        ("Внучката ми чака логопед от година", BG, Speaker.FAMILY),
        ("Работя в училище с деца", BG, Speaker.PROFESSIONAL),
        ("Аз съм на 14 и ме тормозят", BG, Speaker.YOUNG_PERSON),
        ("На 15 години съм", BG, Speaker.YOUNG_PERSON),
        ("Аз съм на 10 минути от училището", BG, None),
        ("Mano sūnus negauna pagalbos", LT, Speaker.PARENT),
        ("Esu mokytoja, mano dukra mokosi ten pat", LT, Speaker.PARENT),
        ("Mano anukas laukia logopedo", LT, Speaker.FAMILY),
        ("Dirbu darželyje su vaikais", LT, Speaker.PROFESSIONAL),
        ("Man 13 metų ir manęs niekas neklauso", LT, Speaker.YOUNG_PERSON),
        ("Man 14 dienų niekas neatsako", LT, None),
        ("ابني لا يحصل على مساعدة في المدرسة", AR, Speaker.PARENT),
        ("أنا معلمة، وابنتي في نفس المدرسة", AR, Speaker.PARENT),
        ("حفيدي ينتظر منذ سنة", AR, Speaker.FAMILY),
        ("أنا معلمة في مدرسة ابتدائية", AR, Speaker.PROFESSIONAL),
        ("عمري ١٤ سنة ولا أحد يسمعني", AR, Speaker.YOUNG_PERSON),
        ("أبي يضربني", AR, Speaker.YOUNG_PERSON),
        ("أنا جد متعبة", AR, None),
        ("الباص لم يأت", AR, None),
    ],
)
def test_who_speaks_is_heard_in_their_language(text: str, locale: Locale, speaker: Speaker | None) -> None:
    assert SPEAKERS.recognise(text, locale) is speaker


@pytest.mark.parametrize(
    ("text", "locale", "age"),
    [
        ("мені 14", UK, 14),
        ("син каже: мені 14 і я дорослий", UK, None),
        ("Вече съм на 9 години", BG, 9),
        ("man 16", LT, 16),
        ("عمري ١٢", AR, 12),
        ("يقول ابني عمري 12", AR, None),
        ("мені 43 роки", UK, None),
    ],
)
def test_their_own_age_is_heard_in_their_language(text: str, locale: Locale, age: int | None) -> None:
    assert SPEAKERS.age(text, locale) == age


# --- Arabic beside Latin figures and letters ------------------------------------------------------------------------------

ARABIC = WORDING.tongues[AR]
IN_GROUPS = {key for key, number in Signposts.load().values().items() if " " in number and number[0].isdigit()}
LEFT_TO_RIGHT = "\u200e"
"""Holds the groups of a number in their order: without it 0300 123 2224 shows as 2224 123 0300 among Arabic words."""


@pytest.mark.parametrize("key", ARABIC.texts)
def test_a_number_in_groups_keeps_its_order_among_arabic_words(key: str) -> None:
    for text in ARABIC.texts[key].values():
        for name in IN_GROUPS & set(placeholders(text)):
            assert text.count(f"{{{name}}}") == text.count(f"{LEFT_TO_RIGHT}{{{name}}}")


@pytest.mark.parametrize("key", [key for key in ARABIC.texts if not key.startswith("alert.")])
def test_an_arabic_text_begins_in_arabic_so_that_it_runs_from_the_right(key: str) -> None:
    for text in ARABIC.texts[key].values():
        if text.startswith("{"):
            continue  # a campaign's own words come first, in whatever language they were written
        first = next(sign for sign in text if sign.isalpha())
        assert "ARABIC" in unicodedata.name(first)


@pytest.mark.parametrize("key", ARABIC.texts)
def test_an_arabic_text_has_no_mark_of_direction_but_the_one_that_costs_least(key: str) -> None:
    for text in ARABIC.texts[key].values():
        assert {sign for sign in text if unicodedata.category(sign) == "Cf"} <= {LEFT_TO_RIGHT}


@pytest.mark.parametrize("key", ARABIC.texts)
def test_what_an_arabic_text_tells_people_to_send_is_understood(key: str) -> None:
    """Arabic has no capitals: what is to be sent stands between «»."""
    told = re.findall("«([^»{]+)»", ARABIC.text(key, SMS))

    assert [word for word in told if not (COMMANDS.recognise(word, AR) or COMMANDS.phrase(word, AR))] == []


@pytest.mark.parametrize("locale", OURS)
@pytest.mark.parametrize("command", [Command.HUMAN, Command.STOP, Command.DELETE, Command.STATUS, Command.LANGUAGE])
def test_the_help_tells_of_the_ways_out_in_each_language(locale: Locale, command: Command) -> None:
    words = re.findall(r"[^\W\d_]+", WORDING.tongues[locale].text("help", SMS))

    assert command in {COMMANDS.recognise(word, locale) for word in words}


@pytest.mark.parametrize("locale", OURS)
def test_the_numbers_of_a_day_and_an_hour_are_in_latin_figures(locale: Locale) -> None:
    said = WORDING.tongues[locale].calendar.moment(datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC))

    assert re.findall(r"\d+", said)[:2] == ["23", "9"]


@pytest.mark.parametrize("locale", OURS)
def test_in_lithuanian_and_elsewhere_a_day_has_no_full_stop_that_would_end_its_sentence(locale: Locale) -> None:
    for month in range(1, 13):
        assert "." not in WORDING.tongues[locale].calendar.day(date(2026, month, 1 + month))


@pytest.mark.parametrize(
    ("name", "locale"), [("англійською", UK), ("На английски, моля", BG), ("angliskai", LT), ("الإنجليزية", AR)]
)
def test_english_can_be_asked_for_by_its_name_in_each_language(name: str, locale: Locale) -> None:
    assert COMMANDS.locale_named(name, locale) == ENGLISH
