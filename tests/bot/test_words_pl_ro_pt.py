"""Who speaks, and what is understood, in Polish, Romanian and Portuguese."""

from __future__ import annotations

import pytest

from bot.commands import Commands, Phrase
from bot.conversation import Command
from bot.model import Locale, Speaker
from bot.speakers import Speakers

SPEAKERS, COMMANDS = Speakers.load(), Commands.load()
PL, RO, PT = Locale("pl"), Locale("ro"), Locale("pt")
YES_NO = {"words_yes": "yes", "words_no": "no"}


@pytest.mark.parametrize(
    ("locale", "text", "speaker"),
    [
        (PL, "Mój syn czeka na logopedę od lutego", Speaker.PARENT),
        (PL, "jestem mamą, to znaczy mama autystycznego chłopca", Speaker.PARENT),
        (PL, "Mam 14 lat i nikt mnie nie słucha", Speaker.YOUNG_PERSON),
        (PL, "Jestem babcia, moj wnuk nie chodzi do szkoly", Speaker.FAMILY),
        (PL, "Pracuję w szkole jako asystentka", Speaker.PROFESSIONAL),
        (PL, "Czekamy 14 miesięcy", None),
        (RO, "Fiul meu așteaptă logopedul din februarie", Speaker.PARENT),
        (RO, "Am 15 ani și nimeni nu mă ascultă", Speaker.YOUNG_PERSON),
        (RO, "Sunt bunica lui, nepotul meu nu are loc", Speaker.FAMILY),
        (RO, "Sunt profesoară la o școală primară", Speaker.PROFESSIONAL),
        (RO, "Aștept de 14 luni", None),
        (PT, "O meu filho espera pela terapia da fala desde fevereiro", Speaker.PARENT),
        (PT, "Tenho 13 anos e ninguém me ouve", Speaker.YOUNG_PERSON),
        (PT, "Sou avó, o meu neto não tem escola", Speaker.FAMILY),
        (PT, "Trabalho numa escola primária", Speaker.PROFESSIONAL),
        (PT, "Esperamos há 14 meses", None),
    ],
)
def test_who_speaks_is_heard(locale: Locale, text: str, speaker: Speaker | None) -> None:
    assert SPEAKERS.recognise(text, locale) is speaker


@pytest.mark.parametrize(
    ("locale", "text", "command"),
    [
        (PL, "USUŃ 482", Command.DELETE),
        (PL, "usun wszystko", Command.DELETE),
        (PL, "Pomoc proszę", Command.HELP),
        (PL, "CZŁOWIEK", Command.HUMAN),
        (PL, "stop", Command.STOP),
        (PL, "English", Command.LANGUAGE),
        (RO, "ȘTERGE 482", Command.DELETE),
        (RO, "Ajutor, vă rog", Command.HELP),
        (RO, "persoana", Command.HUMAN),
        (RO, "nu mai trimiteți mesaje", Command.STOP),
        (PT, "APAGAR 482", Command.DELETE),
        (PT, "Ajuda, por favor", Command.HELP),
        (PT, "falar com uma pessoa", Command.HUMAN),
        (PT, "não quero mais mensagens", Command.STOP),
    ],
)
def test_what_is_asked_for_is_understood(locale: Locale, text: str, command: Command) -> None:
    assert COMMANDS.recognise(text, locale) is command


@pytest.mark.parametrize("text", ["pomóc mi nikt nie chciał", "nie chce chodzić do szkoły", "tak było od początku"])
def test_a_story_that_begins_like_an_answer_is_none(text: str) -> None:
    assert COMMANDS.recognise(text, PL) is None
    assert COMMANDS.answer(text, YES_NO, PL) is None


def test_what_english_refuses_is_no_yes_in_polish() -> None:
    assert COMMANDS.answer("no", YES_NO, PL) == "words_no"


@pytest.mark.parametrize(("locale", "text"), [(PL, "nie rozumiem"), (RO, "nu înțeleg"), (PT, "não percebo")])
def test_not_to_understand_is_no_story(locale: Locale, text: str) -> None:
    assert COMMANDS.phrase(text, locale) is Phrase.PUZZLED
