"""English is kept English; another language is named when it is sure, and only called another when it is not."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest

from benchmarks.languages import DATA, kept_english, rows, told_apart
from nlp.language import CODES, LanguageEar


@pytest.fixture(scope="module")
def ear() -> LanguageEar:
    return LanguageEar()


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "moje dziecko czeka na diagnozę od dwóch lat"),
        ("pl", "syn nie chodzi do szkoly"),
        ("ro", "copilul meu nu are loc la scoala"),
        ("pt", "o meu filho espera há dois anos"),
        ("uk", "мій син чекає два роки"),
        ("bg", "синът ми чака две години за училище"),
        ("lt", "mano vaikas laukia diagnozes du metus"),
        ("ar", "ابني ينتظر منذ سنتين"),
        ("ur", "میرا بیٹا دو سال سے انتظار کر رہا ہے"),
        ("tr", "okulda oğlum için yer yok, kimse yardim etmiyor"),
        ("es", "mi hijo espera desde hace dos años"),
        ("so", "wiilkaygu wuxuu sugayaa laba sano"),
        ("pa", "ਮੇਰਾ ਪੁੱਤਰ ਦੋ ਸਾਲ ਤੋਂ ਉਡੀਕ ਕਰ ਰਿਹਾ ਹੈ"),
    ],
)
def test_the_languages_of_somerset_are_told_apart(ear: LanguageEar, locale: str, text: str) -> None:
    detected = ear.detect(text)

    assert detected.locale == locale
    assert not detected.is_english
    assert detected.score >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "no one rang me back",
        "ehcp took 2 yrs",
        "cahms useless",
        "portage lady brilliant",
        "salt every half term",
        "refused transport",
        "taxi late again",
        "no help with sleep or meltdowns",
        "thanks xx",
        "ok",
        "stop",
        "Zofia Kowalska",
        "Ilminster",
    ],
)
def test_english_as_it_is_texted_is_english(ear: LanguageEar, text: str) -> None:
    assert ear.detect(text).is_english


@pytest.mark.parametrize(("locale", "text"), [("uk", "дякую, школа є"), ("ur", "شکریہ ہے"), ("pl", "dziękuję, świetnie")])
def test_letters_of_one_language_are_enough_for_two_words(ear: LanguageEar, locale: str, text: str) -> None:
    assert ear.detect(text).locale == locale


@pytest.mark.parametrize("text", ["我的孩子在等", "मेरा बेटा दो साल से इंतजार कर रहा है", "мы ждём уже два года"])
def test_a_language_not_listened_for_is_only_known_not_to_be_english(ear: LanguageEar, text: str) -> None:
    detected = ear.detect(text)

    assert detected.locale == "und"
    assert not detected.is_english


@pytest.mark.parametrize("text", ["", "   ", "12345", "👍", "07700 900123", "[phone removed]", "https://example.org/szkoła"])
def test_a_text_without_words_is_taken_for_english_and_is_not_sure(ear: LanguageEar, text: str) -> None:
    detected = ear.detect(text)

    assert detected.is_english
    assert detected.score == 0.5


def test_a_message_half_in_english_is_english(ear: LanguageEar) -> None:
    assert ear.detect("my son czeka and we wait for the diagnosis since two years proszę").is_english


# --- what people text ---


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "moje dziecko czeka na EHCP"),
        ("pl", "CAMHS nas odrzucil bo nie spelniamy kryteriow"),
        ("ro", "annual review a fost in mai si tot nimic"),
        ("pt", "o social worker mudou três vezes"),
        ("uk", "annual review був торік, відтоді нічого"),
        ("bg", "от CAMHS казаха че не сме достатъчно зле"),
        ("ur", "تین بار social worker بدلا"),
        ("lt", "SENCO su manimi nekalba"),
        ("tr", "SENCO benimle konusmuyor"),
        ("es", "la SENCO siempre esta de baja"),
        ("so", "SENCO ilama hadasho"),
        ("pa", "ਸਾਡੀ SENCO ਬਦਲ ਗਈ"),
    ],
)
def test_english_words_of_the_service_do_not_make_a_message_english(ear: LanguageEar, locale: str, text: str) -> None:
    assert ear.detect(text).locale == locale


def test_urdu_in_roman_letters_is_told_and_is_not_the_urdu_of_another_script(ear: LanguageEar) -> None:
    detected = ear.detect("mera beta do saal se intezar kar raha hai")

    assert detected.locale == "ur-Latn"
    assert detected.score >= 0.5


@pytest.mark.parametrize("text", ["muchas gracias", "dziekuje bardzo", "aciu", "shukriya"])
def test_two_words_are_another_language_only_if_both_plainly_are(ear: LanguageEar, text: str) -> None:
    assert not ear.detect(text).is_english
    assert ear.detect(f"{text.split(maxsplit=1)[0]} xx").is_english


@pytest.mark.parametrize(
    "text", ["mon enfant n'a pas de place à l'école", "ich verstehe die Briefe nicht", "мой сын не ходит в школу"]
)
def test_a_language_close_to_those_listened_for_is_not_taken_for_one_of_them(ear: LanguageEar, text: str) -> None:
    assert ear.detect(text).locale not in CODES


@pytest.mark.parametrize(
    "text",
    ["mrs Popescu is fab", "Mateusz settled well", "Dzień dobry, can I write the request in Polish or must it be English?"],
)
def test_a_name_or_a_greeting_does_not_make_english_foreign(ear: LanguageEar, text: str) -> None:
    assert ear.detect(text).is_english


# --- measured ---

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["language"]


@pytest.mark.parametrize("part", ["learn", "frozen"])
def test_languages_are_told_apart_as_well_as_was_measured(ear: LanguageEar, part: str) -> None:
    there, right = told_apart(lambda text: ear.detect(text).locale, part)

    assert set(there) == {*CODES, "ur-Latn", "und"}
    assert sum(right.values()) / sum(there.values()) >= FLOORS[part]


def test_without_half_of_the_listed_words_it_still_holds() -> None:
    chance = random.Random(1)
    poorer = LanguageEar(knows=lambda _word: chance.random() >= 0.5)
    there, right = told_apart(lambda text: poorer.detect(text).locale, "learn")

    assert sum(right.values()) / sum(there.values()) >= FLOORS["learn_without_half_of_the_words"]


@pytest.mark.parametrize("part", ["learn", "frozen"])
def test_english_is_kept_english_as_well_as_was_measured(ear: LanguageEar, part: str) -> None:
    there, kept, _ = kept_english(lambda text: ear.detect(text).locale, part)

    for length, count in there.items():
        assert kept[length] / count >= FLOORS["english"][length], length
    assert sum(kept.values()) / sum(there.values()) >= FLOORS["english"]["all"]


def test_no_message_put_aside_stands_among_those_mended_on() -> None:
    learn = {row["text"].casefold() for row in rows(DATA / "languages" / "learn")}

    assert not [row["text"] for row in rows(DATA / "languages" / "frozen") if row["text"].casefold() in learn]
