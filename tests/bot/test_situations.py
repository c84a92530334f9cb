"""What families ask for beside telling: recognised precisely, answered once, and never by a machine where somebody died."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import AddTask, EraseContact, KeepStory, Purpose, RecordConsent, TakeBack
from bot.errors import BadContent
from bot.heard import Heard, Place
from bot.model import Locale, Speaker
from bot.situations import CONTENT, Situation, Situations
from tests.bot.talking import CONCERN, DANGER, Message, Talk

DATA = Path(__file__).parent / "data" / "situations"
RULES = Situations.load()
LABELLED: dict[Situation, dict[str, Any]] = {
    Situation(path.stem): tomllib.loads(path.read_text("utf-8")) for path in sorted(DATA.glob("*.toml"))
}
FLOOR = 0.95
STORY = "The school taxi has come late every day this week and nobody rings to tell us"


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def told(talk: Talk) -> Talk:
    """An experience is open and the question about the place is put."""
    talk.says(STORY)
    return talk


def tasks(talk: Talk) -> list[str]:
    return [task.kind for task in talk.done(AddTask)]


@pytest.mark.parametrize("situation", LABELLED)
def test_nearly_all_who_say_it_are_heard(situation: Situation) -> None:
    says = LABELLED[situation]["says"]
    missed = [text for text in says if situation not in RULES.recognise(text)]

    assert len(says) >= 30
    assert len(missed) <= len(says) * (1 - FLOOR), missed


@pytest.mark.parametrize("situation", LABELLED)
def test_nobody_is_taken_to_say_it_who_does_not(situation: Situation) -> None:
    looks_alike = LABELLED[situation]["looks_alike"]

    assert len(looks_alike) >= 30
    assert [text for text in looks_alike if situation in RULES.recognise(text)] == []


def test_of_the_wishes_that_a_part_is_taken_out_all_but_one_are_heard_and_no_look_alike() -> None:
    table = LABELLED[Situation.REMOVE_PART]
    heard = [text for text in table["says"] if Situation.REMOVE_PART in RULES.recognise(text)]
    alarms = [text for text in table["looks_alike"] if Situation.REMOVE_PART in RULES.recognise(text)]

    assert (len(heard), len(table["says"])) == (47, 48)
    assert (len(alarms), len(table["looks_alike"])) == (0, 75)


def test_ordinary_feedback_meets_no_wish_that_a_part_is_taken_out() -> None:
    files = DATA.parent.glob("safety*_ordinary.toml")
    texts = [text for file in files for part in tomllib.loads(file.read_text("utf-8"))["slice"] for text in part["texts"]]

    assert [text for text in texts if Situation.REMOVE_PART in RULES.recognise(text)] == []


def test_ordinary_feedback_hardly_ever_meets_a_cue() -> None:
    """The texts that look like danger and are none were written by others and for something else."""
    files = DATA.parent.glob("safety*_ordinary.toml")
    texts = [text for file in files for part in tomllib.loads(file.read_text("utf-8"))["slice"] for text in part["texts"]]
    taken = [text for text in texts if {Situation.DEATH, Situation.THREAT, Situation.SPAM} & set(RULES.recognise(text))]

    assert len(texts) > 300
    assert taken == []


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("Someone should slap that head teacher", Situation.THREAT),
        ("this is bullshit", Situation.ANGER),
        ("are you a real person?", Situation.REAL),
        ("sorry, wrong number", Situation.WRONG_NUMBER),
        ("my bins were not collected again", Situation.OFF_TOPIC),
        ("You have won a voucher, click here", Situation.SPAM),
        ("https://prize.example/x", Situation.SPAM),
    ],
)
def test_the_rarer_ones_are_heard_too(text: str, situation: Situation) -> None:
    assert situation in RULES.recognise(text)


@pytest.mark.parametrize(
    "text",
    [
        "she is fucking brilliant with him",
        "they gave me the wrong number for camhs",
        "the bin lorry scares my son",
        "My son is in Year 3, here is the school's page https://school.example/send",
    ],
)
def test_their_look_alikes_are_not(text: str) -> None:
    assert RULES.recognise(text) == ()


def test_words_in_another_language_are_not_read_by_english_rules() -> None:
    """“foi” is “was” in Portuguese."""
    assert RULES.recognise("foi please", Locale("pt")) == ()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[situation.death]", "[situation.birth]", "exactly"),
        ("{plan} case", "{plans} case", "plans"),
        ("[groups]", "[group]", "groups"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = Path(shutil.copy(CONTENT / "en.toml", tmp_path / "en.toml"))
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

    with pytest.raises((BadContent, KeyError), match=complaint):
        Situations.load(tmp_path)


# --- a death ----------------------------------------------------------------------------------------------------------


def test_a_death_is_answered_in_one_sentence_by_the_promise_of_a_person(talk: Talk) -> None:
    said = talk.says("My son died in August and the school still sends letters")

    assert said == ["Thank you for telling us. A person will read this and write to you by Fri 20 Nov."]
    assert talk.done(AddTask) == [AddTask("write_by_hand", date(2026, 11, 20))]
    assert talk.done(KeepStory) == [KeepStory((0,))]


@pytest.mark.parametrize("days", [0, 3, 90])
def test_after_a_death_no_machine_speaks_again_and_a_person_is_asked_to(talk: Talk, days: int) -> None:
    talk.says("My son died in August")
    talk.waits(days=days)

    assert talk.says("He loved that school") == []
    assert talk.silence == "a_person_writes"
    assert tasks(talk) == ["write_by_hand"]
    assert talk.done(KeepStory)


def test_after_a_death_what_is_asked_for_is_done(talk: Talk) -> None:
    talk.says("My son died in August")

    assert talk.says("private")
    assert talk.says("stop")


def test_danger_after_a_death_is_met_as_danger(talk: Talk) -> None:
    talk.says("My son died in August")
    talk.says(Message(text="I cannot go on", risk=DANGER))

    assert talk.silence == "signposted"
    assert talk.says("thank you for the number") == []


def test_a_death_told_after_danger_is_answered_as_a_death(talk: Talk) -> None:
    talk.says(Message(text="he hit her", risk=CONCERN))

    assert talk.says("my daughter has died") == [
        "Thank you for telling us. A person will read this and write to you by Fri 20 Nov."
    ]


# --- hand-offs --------------------------------------------------------------------------------------------------------


def test_a_question_goes_to_a_person_with_a_day_and_its_story_is_kept(talk: Talk) -> None:
    talk.says(f"{STORY}. Who do I ring about it?")

    assert talk.keys == ["first.story", "question.passed"]
    assert talk.done(AddTask) == [AddTask("question", date(2026, 11, 24))]
    assert talk.done(KeepStory)


def test_a_question_that_a_signpost_answers_needs_no_person(told: Talk) -> None:
    said = told.says("How do I apply for an EHCP?")

    assert "Contact, 0808 808 3555" in said[-1]
    assert tasks(told) == []


def test_the_road_goes_on_after_a_question(told: Talk) -> None:
    told.says("Who do I ring about transport?")

    assert told.says("It is Hill View in Yeovil")
    assert told.keys == ["kept.more+ask.consent_words"]


def test_casework_is_passed_on_only_with_a_yes(talk: Talk) -> None:
    talk.says("where is my EHCP?")
    assert talk.keys == ["first.story", "casework.cannot+ask.casework"]
    assert tasks(talk) == []

    talk.says("1")

    assert talk.done(AddTask) == [AddTask("casework", date(2026, 11, 20))]
    assert talk.done(RecordConsent) == [RecordConsent(Purpose.PASS_TO_SERVICE, given=True)]
    assert talk.keys == ["noted.casework_yes+ask.consent_words"]


def test_a_no_to_passing_on_is_recorded_and_passes_nothing_on(talk: Talk) -> None:
    talk.says("where is my EHCP?")
    talk.says("2")

    assert talk.done(RecordConsent) == [RecordConsent(Purpose.PASS_TO_SERVICE, given=False)]
    assert tasks(talk) == []


def test_a_complaint_hears_the_route_and_that_it_is_none_yet(talk: Talk) -> None:
    said = talk.says("I want to make a formal complaint about the transport team")

    assert "not a formal complaint yet, and no clock has stopped" in said[-1]
    talk.says("yes")
    assert tasks(talk) == ["complaint"]


def test_two_wishes_are_both_met_and_one_question_asked(talk: Talk) -> None:
    talk.says("Where is my EHCP? I want to make a complaint.")

    assert len([say for say in talk.turn.says if say.choices]) == 1  # type: ignore[union-attr]
    assert tasks(talk) == ["question"]


def test_a_child_is_asked_nothing_and_a_person_answers(talk: Talk) -> None:
    talk.knows(speaker=Speaker.YOUNG_PERSON)
    talk.says("where is my plan")

    assert not any(say.choices for say in talk.turn.says)  # type: ignore[union-attr]
    assert tasks(talk) == ["question"]


def test_after_danger_a_question_is_still_answered_and_none_is_asked(talk: Talk) -> None:
    talk.says(Message(text="he hit her", risk=CONCERN))
    talk.says("where is my EHCP?")

    assert talk.keys == ["after_danger.kept", "casework.cannot+question.passed"]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("This is a freedom of information request", "foi"),
        ("I want to make a subject access request", "my_data"),
        ("Someone should slap that head teacher", "threat"),
        ("https://prize.example/x", "spam"),
        ("Please delete the bit about my son's father", "remove_part"),
    ],
)
def test_what_a_person_must_see_becomes_a_task_and_stays_feedback(talk: Talk, text: str, task: str) -> None:
    assert talk.says(text)
    assert tasks(talk) == [task]
    assert talk.done(KeepStory)


def test_a_part_that_is_to_go_is_promised_by_a_day_and_no_machine_takes_it_out(told: Talk) -> None:
    told.says("please take out what I said about his school")

    assert "remove_part.passed" in "+".join(told.keys)
    assert told.done(AddTask) == [AddTask("remove_part", date(2026, 11, 20))]
    assert not [*told.done(TakeBack), *told.done(EraseContact)]


def test_nobody_unproved_is_sent_what_we_hold(talk: Talk) -> None:
    talk.says(Message(text="I want to make a subject access request", details={"verified": False}))

    assert talk.keys[-1] == "not_proved"
    assert tasks(talk) == []


@pytest.mark.parametrize("text", ["this is bullshit", "my bins were not collected", "sorry, wrong number"])
def test_what_is_said_once_is_said_once(told: Talk, text: str) -> None:
    told.says(text)
    first = told.keys
    told.says(f"{text} again")

    assert len(first) == 2
    assert not set(first[1:]) & set(told.keys)


def test_anger_is_not_asked_to_explain_itself(talk: Talk) -> None:
    talk.says("this is bullshit")

    assert talk.keys == ["first.story", "angry.kept"]


def test_another_council_is_named_only_to_those_who_live_there(talk: Talk) -> None:
    told = "We live in Exeter and he waits for a place"
    talk.says(told, place=Place("Exeter", "outside"))
    assert "other_council.kept" in talk.keys

    other = Talk()
    other.says(told, place=Place("Yeovil", "south_somerset"))
    assert "other_council.kept" not in other.keys


def test_two_messages_about_two_things_are_both_named(talk: Talk) -> None:
    talk.says(
        Message(text="The taxi is late", heard=Heard(redacted="The taxi is late", theme_is_sure="transport")),
        Message(text="His plan is late too", heard=Heard(redacted="His plan is late too", theme_is_sure="ehc_timeliness")),
    )

    assert talk.keys[1].startswith("both+")
