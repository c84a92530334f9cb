"""Words understood anywhere: the whole message, kindly read, and never a word out of a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import CONTENT, Commands, Phrase, plain
from bot.conversation import Command
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, Locale
from bot.slips import is_slip

COMMANDS = Commands.load()
YES_NO = {"words_yes": "yes", "words_no": "no"}


def recognised(text: str) -> Command | None:
    return COMMANDS.recognise(text, ENGLISH)


def answered(text: str) -> str | None:
    return COMMANDS.answer(text, YES_NO, ENGLISH)


@pytest.mark.parametrize("command", list(Command))
def test_each_word_of_the_contract_is_its_own_command(command: Command) -> None:
    assert recognised(command.value) is command
    assert recognised(command.value.upper()) is command


@pytest.mark.parametrize("text", ["TAKE BACK", "MY DATA", "Easy Read", "take it back", "my data please"])
def test_commands_of_two_words_may_be_written_as_two(text: str) -> None:
    assert recognised(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Please delete everything I said",
        "delete everything I've said",
        "delete everything I have told you",
        "Remove everything I wrote please",
    ],
)
def test_who_wants_everything_gone_is_not_heard_to_want_a_part_gone(text: str) -> None:
    assert recognised(text) is Command.DELETE


@pytest.mark.parametrize(
    "text", ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "stop all", "Opt out"]
)
def test_every_word_the_phone_network_takes_for_a_stop_is_a_stop(text: str) -> None:
    assert recognised(text) is Command.STOP


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        " STOP ",
        "Stop.",
        "stop!!!",
        "please stop",
        "Stop now please",
        "STOP 🛑",
        "🛑stop",
        "stop, thanks",
        "“stop”",
        "ok stop",
        "STOP x",
    ],
)
def test_politeness_signs_and_emoji_may_stand_around_a_command(text: str) -> None:
    assert recognised(text) is Command.STOP


@pytest.mark.parametrize("text", ["sotp", "stpo", "stoppp", "STOOP", "unsubscibe", "unsubscribed"])
def test_one_slip_of_the_thumb_is_forgiven_in_a_stop(text: str) -> None:
    assert recognised(text) is Command.STOP


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("delte", Command.DELETE),
        ("stp", None),
        ("deleet", Command.DELETE),
        ("statsu", Command.STATUS),
        ("satus", Command.STATUS),
        ("privat", Command.PRIVATE),
        ("langauge", Command.LANGUAGE),
        ("hepl", Command.HELP),
        ("humna", Command.HUMAN),
    ],
)
def test_other_slips_are_forgiven_by_the_length_of_the_word(text: str, command: Command | None) -> None:
    assert recognised(text) is command


@pytest.mark.parametrize(
    "text",
    [
        "stop sending the taxi late",
        "Please stop the school from excluding him",
        "they told me to stop and wait",
        "it has to stop",
        "when will it end",
        "he wants to quit school",
        "they cancelled again",
        "cancel culture",
        "help me get him into school",
        "we need help with transport",
        "human rights",
        "start of term was awful",
        "they want to share his plan with everyone",
        "private school",
        "it is not easy",
        "done with this school",
        "the status of his plan is unknown",
        "skip lunch every day",
        "delete his old plan from the portal",
        "shame",
        "spot",
        "step",
        "shop",
        "stats.",
        "human",
        "",
        "   ",
        "👍",
        "❤️",
        "?",
    ],
)
def test_a_sentence_is_never_a_command_for_the_word_it_holds(text: str) -> None:
    expected = {"human": Command.HUMAN, "stats.": Command.STATUS}.get(text)

    assert recognised(text) is expected


def test_a_deletion_may_carry_its_code() -> None:
    assert recognised("DELETE 482") is Command.DELETE
    assert recognised("delete482 please") is Command.DELETE
    assert COMMANDS.code("DELETE 482 please", ENGLISH) == "482"
    assert COMMANDS.code("they deleted 482", ENGLISH) == ""


def test_a_language_is_chosen_by_its_name() -> None:
    assert recognised("English please") is Command.LANGUAGE
    assert COMMANDS.locale_named("English please", ENGLISH) == ENGLISH
    assert COMMANDS.locale_named("easy words", ENGLISH) == EASY_READ
    assert COMMANDS.locale_named("Klingon", ENGLISH) is None


def test_english_commands_are_understood_in_every_locale() -> None:
    assert COMMANDS.recognise("STOP", EASY_READ) is Command.STOP
    assert COMMANDS.recognise("STOP", Locale("pl")) is Command.STOP


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.",
        "1)",
        "one",
        "Yes",
        "yes.",
        "YES PLEASE",
        "y",
        "yeah",
        "yep",
        "yess",
        "yse",
        "1 yes",
        "yes 👍",
        "1️⃣",
        "Sure",
        "option 1",
        "thats fine",
    ],
)
def test_a_yes_may_be_a_number_or_a_word(text: str) -> None:
    assert answered(text) == "words_yes"


@pytest.mark.parametrize(
    "text",
    ["2", "two", "No", "nope", "no thanks", "No thank you", "2 no", "No, team only", "team only", "nah", "rather not", "n"],
)
def test_a_no_may_be_a_number_or_a_word(text: str) -> None:
    assert answered(text) == "words_no"


@pytest.mark.parametrize(
    "text",
    [
        "👍", "👌", "✅", "ok", "okay", "fine", "thanks", "1 no", "yes no", "1 2", "12", "3", "0", "yes but not his name",
        "no one told us", "none", "hope", "no problem", "not sure", "maybe", "yet", "on", "yesterday", "not again", "",
        "yes and then the taxi came late",
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_answer_is_none(text: str) -> None:
    assert answered(text) is None


def test_numbers_go_by_the_order_in_which_the_choices_were_shown() -> None:
    assert COMMANDS.answer("1", {"first": "no", "second": "yes"}, ENGLISH) == "first"
    assert COMMANDS.answer("yes", {"first": "no", "second": "yes"}, ENGLISH) == "second"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("hi", Phrase.HELLO),
        ("Hello??", Phrase.HELLO),
        ("good morning", Phrase.HELLO),
        ("hi is anyone there", Phrase.HELLO),
        ("thank you x", Phrase.THANKS),
        ("Thanks!", Phrase.THANKS),
        ("❤️", Phrase.THANKS),
        ("ok", Phrase.NOD),
        ("👍🏽", Phrase.NOD),
        ("👍❤️", Phrase.NOD),
        ("what?", Phrase.PUZZLED),
        ("???", Phrase.PUZZLED),
        ("not sure", Phrase.UNSURE),
        ("SHOW ME", Phrase.SHOW_ME),
        ("it was a figure of speech", Phrase.FIGURE_OF_SPEECH),
        ("LINK", Phrase.LINK),
        ("Link please", Phrase.LINK),
        ("can i use another phone please", None),
        ("Use another phone", Phrase.LINK),
        ("I have a new number", Phrase.LINK),
        ("READ", Phrase.READ),
        ("read it please", Phrase.READ),
        ("show me the message", Phrase.READ),
        ("I read it to him every night", None),
        ("they sent us a link that does not work", None),
        ("😡", None),
        ("👍😡", None),
        ("...", None),
        ("thank you for the taxi", None),
        ("hi my son is stuck at home", None),
        ("what happened was awful", None),
    ],
)
def test_small_talk_is_told_from_a_story(text: str, phrase: Phrase | None) -> None:
    assert COMMANDS.phrase(text, ENGLISH) is phrase


@pytest.mark.parametrize("word", ["link", "read", "another phone", "new number", "read it", "show me the message"])
def test_a_wish_about_another_phone_is_no_command_of_another_kind(word: str) -> None:
    """The network and the record know fifteen commands; these are none of them, nor a slip of one."""
    assert COMMANDS.recognise(word, ENGLISH) is None


@pytest.mark.parametrize("text", ["No, it was transport", "no it's about the taxi", "Wrong, it was school", "I meant CAMHS"])
def test_a_correction_is_heard_by_how_it_begins(text: str) -> None:
    assert COMMANDS.corrects(text, ENGLISH)


@pytest.mark.parametrize("text", ["no one told us", "nobody came", "it was transport", "nothing works"])
def test_a_story_that_begins_with_no_is_no_correction(text: str) -> None:
    assert not COMMANDS.corrects(text, ENGLISH)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_without_complaint(text: str) -> None:
    assert COMMANDS.recognise(text, ENGLISH) in (None, *Command)
    assert COMMANDS.answer(text, YES_NO, ENGLISH) in (None, *YES_NO)
    COMMANDS.phrase(text, ENGLISH)
    COMMANDS.code(text, ENGLISH)
    COMMANDS.code_words(text, ENGLISH)


@given(st.text(alphabet="abcdefghij ", min_size=90, max_size=2000))
def test_a_long_text_is_never_a_command(text: str) -> None:
    assert COMMANDS.recognise("stop " + text, ENGLISH) is None


@pytest.mark.parametrize("locale", COMMANDS.vocabularies)
def test_a_slip_never_turns_one_known_word_into_another(locale: Locale) -> None:
    """What a person typed right, in their language or in English, must not be taken for a slip of something else."""
    known = {**COMMANDS.vocabularies[ENGLISH].commands, **COMMANDS.vocabularies[locale].commands}
    single = [word for word in known if " " not in word]
    wrong = [(one, other) for one in single for other in single if is_slip(one, other) and known[one] is not known[other]]

    assert wrong == []


@pytest.mark.parametrize(
    ("typed", "meant", "is_one"),
    [
        ("stopp", "stop", True),
        ("sotp", "stop", True),
        ("shop", "stop", False),
        ("stp", "stop", False),
        ("edn", "end", False),
        ("satus", "status", True),
        ("statuts", "status", True),
        ("xtatus", "status", False),
        ("stop", "stop", False),
        ("take bcak", "take back", False),
        ("482", "428", False),
    ],
)
def test_what_counts_as_a_slip(typed: str, meant: str, *, is_one: bool) -> None:
    assert is_slip(typed, meant) is is_one


def test_plain_form_drops_case_signs_and_apostrophes() -> None:
    assert plain("  That's  FINE — ok?! ") == "thats fine ok"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "commands"))


def test_a_word_that_means_two_things_is_refused(folder: Path) -> None:
    path = folder / "en.toml"
    path.write_text(path.read_text("utf-8").replace('start = ["start"', 'start = ["stop", "start"'), "utf-8")

    with pytest.raises(BadContent, match="both"):
        Commands.load(folder)


def test_two_languages_of_one_name_are_refused(folder: Path) -> None:
    path = folder / "en-x-easyread.toml"
    path.write_text(path.read_text("utf-8").replace('"easy read"', '"english"'), "utf-8")

    with pytest.raises(BadContent, match="is what en-x-easyread is called"):
        Commands.load(folder)


def test_a_folder_without_english_is_refused(folder: Path) -> None:
    (folder / "en.toml").unlink()

    with pytest.raises(BadContent, match="no words for en"):
        Commands.load(folder)


def test_words_are_known_with_their_marks_and_without() -> None:
    assert plain("Usuń WIADOMOŚĆ, łódź") == "usun wiadomosc lodz"
    assert plain("ștergeți") == plain("ştergeţi") == "stergeti"
