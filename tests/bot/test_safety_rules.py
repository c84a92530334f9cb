"""The language of the danger rules: phrases, groups and ways of typing; and that no text can make the rules slow."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.cues import Vocabulary
from bot.errors import BadContent
from bot.folding import fold
from bot.heard import RiskKind, RiskLevel
from bot.safety import CONTENT, Languages, Rules, check
from bot.spelling import Typing

PLAIN = Typing(meant={}, two_words=frozenset(), slips=frozenset(), not_slips=frozenset())
GROUPS = {"who": frozenset({"he", "she"})}
SMALL = """
ordinary = "he i"
[lowered_by]
danger = []
concern = ["negation"]
wellbeing = []
[typing]
two_words = ""
slips = ""
not_slips = ""
[typing.meant]
[telling]
negation = ["not"]
[[cue]]
kind = "self_harm"
level = "concern"
phrases = ["cuts himself"]
[[idiom]]
phrases = ["cuts himself off"]
"""


def matched(phrase: str, text: str, typing: Typing = PLAIN) -> str | None:
    """What of the text a phrase finds."""
    words = Vocabulary([phrase], GROUPS, typing)
    reading = words.read(fold(text).text)
    found = words.phrase(phrase).pattern.search(reading.letters)
    return text[reading.starts[found.start()] : reading.ends[found.end() - 1]].strip(" ,") if found else None


# --- phrases ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("hit me", "He HIT me.", "HIT me"),
        ("hit|hits me", "she hits me", "hits me"),
        ("{who} hits", "then she hits", "she hits"),
        ("hurt~ me", "it is hurting me", "hurting me"),
        ("want to? die", "i want die", "want die"),
        ("want to? die", "i want to die", "want to die"),
        ("took * tablets", "took some tablets", "took some tablets"),
        ("took .. tablets", "took all of my tablets", "took all of my tablets"),
        ("took ..1 tablets", "took all of my tablets", None),
        ("hit me !with", "hit me with it", None),
        ("hit me !with", "hit me again", "hit me"),
        ("wants out $", "wants out, now", "wants out"),
        ("wants out $", "wants out of it", None),
        ("^ help me $$", "help me!", "help me!"),
        ("^ help me $$", "please help me", None),
        ("hit me", "hit. me", None),
        ("hit me", "hit, me", "hit, me"),
        ("dont hit", "don't hit", "don't hit"),
        ("żyć", "nie chcę zyc", "zyc"),
    ],
)
def test_a_phrase_means_what_the_file_says_it_means(phrase: str, text: str, found: str | None) -> None:
    assert matched(phrase, text) == found


def test_a_phrase_that_may_be_empty_is_refused() -> None:
    with pytest.raises(BadContent, match="no word it must have"):
        Vocabulary(["never? .."], {}, PLAIN).phrase("never? ..")


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadContent, match="no group"):
        Vocabulary(["{nobody} hits"], {}, PLAIN)


def test_a_rare_word_is_the_anchor_of_its_phrase() -> None:
    words = Vocabulary(["he strangles"], {}, PLAIN, ordinary=["he"])

    assert words.phrase("he strangles").anchor == words.read("strangles").letters


def test_a_step_that_the_end_of_a_clause_may_stand_for_is_no_anchor() -> None:
    words = Vocabulary(["he|she hits $|hard"], {}, PLAIN, ordinary=["he", "she"])

    assert words.phrase("he|she hits $|hard").anchor == words.read("hits").letters


# --- ways of typing -----------------------------------------------------------------------------------------------------

TYPING = Typing(
    meant={"gonna": "going to", "k*ll": "kill"},
    two_words=frozenset({"myself"}),
    slips=frozenset({"suicide"}),
    not_slips=frozenset({"suicides"}),
)
PHRASE = "going|suicide|kill to|myself|suicide|kill"


@pytest.mark.parametrize(
    "text",
    [
        "gonna kill",
        "going to",
        "kill my self",
        "kill sucide",
        "kill suicdie",
        "kill suicidee",
        "kill su1c1de",
        "kill s*icide",
        "kill sui cide",
        "k*ll myself",
        "k i l l m y s e l f",
        "kiiiill myself",
    ],
)
def test_a_word_is_known_however_it_was_typed(text: str) -> None:
    assert matched(PHRASE, text, TYPING)


@pytest.mark.parametrize("text", ["kill suicides", "kill tuicide", "kill suede", "kill outside"])
def test_a_word_that_is_further_off_is_another_word(text: str) -> None:
    assert matched(PHRASE, text, TYPING) is None


def test_a_way_of_typing_may_not_be_a_word_of_a_phrase() -> None:
    with pytest.raises(BadContent, match="cannot also be"):
        Vocabulary(["gonna go"], {}, TYPING)


def test_a_word_listed_for_slips_must_be_in_some_phrase() -> None:
    with pytest.raises(BadContent, match="No phrase has suicide"):
        Vocabulary(["myself"], {}, TYPING)


# --- the file -----------------------------------------------------------------------------------------------------------


def loaded(tmp_path: Path, content: str, **others: str) -> Languages:
    for name, written in {"en": content, **others}.items():
        (tmp_path / f"{name}.toml").write_text(written, encoding="utf-8")
    return Languages.load(tmp_path)


def test_an_idiom_is_passed_over(tmp_path: Path) -> None:
    rules = loaded(tmp_path, SMALL)

    assert rules.check("he cuts himself off").level is RiskLevel.NONE
    assert rules.check("he cuts himself").kinds == (RiskKind.SELF_HARM,)


def test_a_denial_lowers_what_may_be_lowered_by_it(tmp_path: Path) -> None:
    assert loaded(tmp_path, SMALL).check("he not cuts himself").level is RiskLevel.WELLBEING


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('kind = "self_harm"', 'kind = "sadness"'),
        ('level = "concern"', 'level = "worry"'),
        ('phrases = ["cuts himself"]', ""),
        ('concern = ["negation"]', 'concern = ["luck"]'),
        ("[[cue]]", "[[clue]]"),
    ],
)
def test_a_file_with_a_fault_stops_the_start(tmp_path: Path, right: str, wrong: str) -> None:
    with pytest.raises(BadContent):
        loaded(tmp_path, SMALL.replace(right, wrong))


# --- languages ----------------------------------------------------------------------------------------------------------

POLISH = SMALL.replace("cuts himself off", "tnie się deska").replace("cuts himself", "tnie się").replace('["not"]', '["nie"]')


def test_each_language_hears_its_own_words_in_the_same_text(tmp_path: Path) -> None:
    rules = loaded(tmp_path, SMALL, pl=POLISH)

    assert rules.check("my son cuts himself").level is RiskLevel.CONCERN
    assert rules.check("moj syn tnie sie").level is RiskLevel.CONCERN
    assert len(rules.check("he cuts himself, tnie się").evidence) == 2


def test_the_words_of_one_language_lower_and_swallow_nothing_of_another(tmp_path: Path) -> None:
    rules = loaded(tmp_path, SMALL, pl=POLISH)

    assert rules.check("not tnie sie").level is RiskLevel.CONCERN
    assert rules.check("nie tnie sie").level is RiskLevel.WELLBEING


def test_the_language_that_hears_most_is_named(tmp_path: Path) -> None:
    rules = loaded(tmp_path, SMALL, pl=POLISH)

    assert rules.language_of("moj syn tnie sie") == "pl"
    assert rules.language_of("he cuts himself") == "en"
    assert rules.language_of("tnie sie deska") is None


@pytest.mark.parametrize("typed", ["tnieeee sie", "t n i e sie", "tn1e sie"])
def test_odd_typing_keeps_no_language_from_hearing(tmp_path: Path, typed: str) -> None:
    assert loaded(tmp_path, SMALL, pl=POLISH).language_of(f"moj syn {typed}") == "pl"


# --- no text makes the rules slow -----------------------------------------------------------------------------------------

LENGTH = 50_000
HOSTILE = {
    "one letter": "a",
    "single letters": "a ",
    "one word": "kill ",
    "half a phrase": "want to ",
    "a phrase that never ends": "he took all his ",
    "the words of many phrases": "my dad he is going to want to hit not never be here the knife his head ",
    "ages": "i am 12 ",
    "fragments": "sui cid ",
    "masks": "s*icid k**l ",
    "figures": "k1l1 ",
    "disguise": "k\u0456ll ",
    "zero width": "\u200b",
    "sentence ends": ". ",
    "apostrophes": "a'",
    "an alarm in every word": "kill myself ",
}
CPU_FOR_A_TEXT = 1.0
"""Seconds; measured at 0.01 to 0.1 on a slow core. Twice the square of the length would take minutes."""
CPU_FOR_A_PHRASE = 0.05


def hostile(name: str) -> str:
    return (HOSTILE[name] * LENGTH)[:LENGTH]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.load(CONTENT / "en.toml")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_judged_in_bounded_time(name: str) -> None:
    check("once, so that the rules are read")
    started = time.process_time()
    check(hostile(name))

    assert time.process_time() - started < CPU_FOR_A_TEXT


def test_no_number_of_three_figures_is_heard_as_a_word() -> None:
    """The code behind DELETE is such a number, and so is a bus."""
    assert [code for code in range(1000) if check(f"delete {code:03d}").level is not RiskLevel.NONE] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_single_phrase_is_slow_on_a_hostile_text(rules: Rules, name: str) -> None:
    letters = rules._vocabulary.read(fold(hostile(name)).text).letters
    slow = []
    for finder in (rules._cues, rules._idioms):
        for phrase, _ in finder._phrases:
            started = time.process_time()
            for count, _ in enumerate(phrase.pattern.finditer(letters)):
                if count == 8:
                    break
            if time.process_time() - started > CPU_FOR_A_PHRASE:
                slow.append(phrase.pattern.pattern)

    assert slow == []


def test_most_phrases_are_never_tried_on_an_ordinary_text(rules: Rules) -> None:
    """The number of phrases tried, not the time: this is what keeps accepting a message cheap."""
    text = "We have waited 18 months for an EHCP and school say they cannot do anything until it comes. I had to give up work."
    letters = rules._vocabulary.read(fold(text).text).letters
    finder = rules._cues
    tried = {place for letter in finder.anchors.intersection(letters) for place in finder._by_letter[letter]}

    assert len(tried) < 0.05 * len(finder._phrases)
