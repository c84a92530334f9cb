"""A language is noticed and offered, never imposed; what we do not offer is not spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import ChangeLocale
from bot.dialogue import take_turn
from bot.heard import Heard
from bot.model import ENGLISH, Locale
from tests.bot.talking import SCRIPT, Message, Talk

POLISH = Locale("pl")
STORY = "Mój syn czeka na logopedę od lutego"


def hears_polish(talk: Talk, text: str = STORY, score: float = 1.0) -> None:
    talk.says(text, locale=POLISH, locale_score=score, needs_translation=True)


def test_the_first_reply_in_their_language_says_the_way_back() -> None:
    talk = Talk()
    hears_polish(talk)

    assert talk.keys == ["first.story+language.noticed", "ask.probe_short"]
    assert talk.conversation.locale == POLISH
    assert "English" in talk.hears[0]


def test_the_way_back_is_said_once_in_a_talk() -> None:
    talk = Talk()
    hears_polish(talk)
    talk.says("english")
    hears_polish(talk, "Nikt do nas nie dzwoni od miesięcy")

    assert not any("language.noticed" in key for key in talk.keys)


def test_words_too_few_to_be_sure_of_change_no_language() -> None:
    talk = Talk()
    hears_polish(talk, "nikt nie dzwoni", score=0.7)

    assert talk.conversation.locale == ENGLISH
    assert talk.keys == ["first.story", "language.unspoken"]


def test_a_language_that_is_not_offered_is_answered_in_english() -> None:
    script = replace(SCRIPT, spoken=frozenset({ENGLISH}))
    talk = Talk()
    talk.says("hello")
    stored = [talk._stored(Message(text=STORY))]  # as the worker would hand it over
    turn = take_turn(script, talk.conversation, stored, [Heard(redacted=STORY, locale=POLISH, needs_translation=True)], talk.now)

    assert not [effect for effect in turn.effects if isinstance(effect, ChangeLocale)]
    assert [say.key for say in turn.says] == ["kept.plain+language.unspoken"]


def test_a_language_that_is_not_offered_cannot_be_asked_for_by_name() -> None:
    script = replace(SCRIPT, spoken=frozenset({ENGLISH}))
    talk = Talk()
    talk.says("hello")
    turn = take_turn(script, talk.conversation, [talk._stored(Message(text="polski"))], [Heard(redacted="polski")], talk.now)

    assert [say.key for say in turn.says] == ["language.list"]


def test_in_a_talk_in_polish_a_short_word_misheard_stops_nothing() -> None:
    talk = Talk()
    hears_polish(talk)
    talk.says("Yeovil szkoła", locale=Locale("tr"), locale_score=0.6, needs_translation=True)

    assert talk.keys == ["kept.more+ask.consent_words"]


@pytest.mark.parametrize(
    ("locale", "text", "heard"),
    [("ro", "unde este planul EHCP", "tr"), ("lt", "kur mūsų EHCP planas?", "tr"), ("pl", "kiedy dostaniemy plan EHCP?", "en")],
)
def test_a_short_question_heard_as_another_language_is_understood_in_that_of_the_talk(locale: str, text: str, heard: str) -> None:
    talk = Talk()
    talk.knows(locale=Locale(locale), greeted=True)
    talk.says(text, locale=Locale(heard), locale_score=0.9, needs_translation=True)

    assert any("casework.cannot" in key for key in talk.keys)


def test_words_heard_as_another_language_are_not_read_by_english_rules() -> None:
    talk = Talk()
    talk.says("where is our EHCP", locale=Locale("tr"), locale_score=0.9, needs_translation=True)

    assert not any("casework.cannot" in key for key in talk.keys)
