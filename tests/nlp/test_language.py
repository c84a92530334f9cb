"""English is kept English; another language is named when it is sure, and only called another when it is not."""

from __future__ import annotations

import pytest

from nlp.language import LanguageEar


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
