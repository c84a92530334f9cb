"""Whatever is said, in whatever order: nothing is lost, nothing is overdone, and no yes is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import plain
from bot.dialogue import take_turn
from bot.draft import MOURNING, Step
from bot.model import (
    EASY_READ,
    ENGLISH,
    AddTask,
    CloseExperience,
    Command,
    EraseContact,
    Heard,
    KeepStory,
    Locale,
    NetworkKeyword,
    OpenExperience,
    Polarity,
    Purpose,
    RecordConsent,
    Say,
    Speaker,
)
from bot.wording import Wording
from channels.rendering import as_sms
from channels.segments import measure
from tests.bot.talking import CALM, CONCERN, DANGER, PHOTO, PIN, SCRIPT, VOICE, WEARY, WORDING, Message, Talk

WORDS_OF_OURS = [
    *(command.value for command in Command),
    *("1", "2", "yes", "no", "ok", "👍", "❤️", "hi", "thanks", "what?", "?", "show me", "not sure", "delete 482", "482"),
    *("it was a figure of speech", "english", "easy read", "", " ", "\x00", "\ud800", "x" * 3000, "STOP sending the taxi"),
]
WISHES = [
    *("My son died in August", "Who do I ring about transport?", "where is my EHCP?", "I want to make a formal complaint"),
    *("This is a freedom of information request", "Please send me everything you hold on my son", "this is bullshit"),
    *("Someone should slap that head teacher", "https://prize.example/x", "sorry, wrong number", "Am I talking to a bot?"),
    *("We live in Exeter and he waits", "my bins were not collected", "How do I apply for an EHCP?"),
]
STORIES = ["The taxi was late", "rubbish", "I'm 14 and sad", "He loves his new school " * 20, "my grandson waits", "😡"]
YES = {"words_yes", "changes_yes", "casework_yes", "complaint_yes"}
SILENT_KEYS = {"stop.done", "start.done", "delete.done", "delete.done_kept"}

heard = st.builds(
    lambda **what: {key: value for key, value in what.items() if value is not None},
    theme_is_sure=st.sampled_from([None, "transport", "ehc_timeliness", "no_such_theme"]),
    polarity=st.sampled_from(list(Polarity)),
    service=st.sampled_from([None, "transport"]),
    needs_translation=st.booleans(),
    locale=st.sampled_from([Locale("en"), Locale("pl"), Locale("en-x-easyread")]),
    risk=st.sampled_from([CALM, CALM, CALM, WEARY, CONCERN]),
)
stories = st.builds(
    Message,
    text=st.one_of(st.sampled_from(STORIES), st.sampled_from(WISHES), st.text(max_size=60)),
    risk=st.sampled_from([CALM, CALM, CALM, CALM, WEARY, CONCERN, DANGER]),
    media=st.sampled_from([(), (), (), (PHOTO,), (VOICE,)]),
    location=st.sampled_from([None, None, None, PIN]),
)
small_words = st.builds(
    Message,
    text=st.sampled_from(WORDS_OF_OURS),
    choice=st.sampled_from(
        [None, None, None, "words_yes", "words_no", "changes_yes", "changes_no", "casework_yes", "complaint_no", "nonsense"]
    ),
    network=st.sampled_from([None, None, NetworkKeyword.STOP, NetworkKeyword.START, NetworkKeyword.HELP]),
)
turns = st.tuples(
    st.lists(st.one_of(stories, small_words), min_size=1, max_size=4),
    heard,
    st.sampled_from([0, 0, 0, 1, 20, 60 * 24 * 3, 60 * 24 * 9]),  # minutes until then
    st.sampled_from([False, False, False, False, True]),  # staff hold the talk
)
talks = st.lists(turns, min_size=1, max_size=9)


def is_an_answer_or_small_talk(text: str) -> bool:
    locale = WORDING.locales[0]
    commands = SCRIPT.commands
    answers = [commands.answer(text, question.choices, locale) for question in SCRIPT.questions.values() if question.choices]
    return any(answers) or commands.phrase(text, locale) is not None or bool(commands.code(text, locale))


def says_yes(message: Message) -> bool:
    locale = WORDING.locales[0]
    answers = {
        SCRIPT.commands.answer(message.text, question.choices, locale)
        for question in SCRIPT.questions.values()
        if question.choices
    }
    command = SCRIPT.commands.recognise(message.text, locale)
    return bool(answers & YES) or message.choice in YES or command is Command.SHARE


def check_nothing_is_lost(talk: Talk, messages: list[Message], before: set[str]) -> None:
    kept = {position for effect in talk.done(KeepStory) for position in effect.positions}
    seen = set(before)
    for position, message in enumerate(messages):
        words = plain(message.text)
        recognised = (
            SCRIPT.commands.recognise(message.text, WORDING.locales[0]) is not None
            or is_an_answer_or_small_talk(message.text)
            or message.choice is not None
            or (bool(words) and words in seen)
        )
        if message.risk.level.needs_alert or not recognised:
            assert position in kept, message
        seen.add(words)


def check_the_turn(talk: Talk, messages: list[Message], *, held: bool, was_out: bool) -> None:
    turn, after = talk.turn, talk.conversation
    assert turn is not None
    assert bool(turn.says) != bool(turn.silence)
    for say in turn.says:
        for locale in WORDING.locales:
            assert WORDING.speak(say, locale, after.channel).text
    assert after.said <= SCRIPT.max_messages
    assert after.questions <= SCRIPT.max_questions
    assert max([after.asked[key] for key in after.asked], default=0) <= SCRIPT.max_puts
    if held or after.opted_out or (was_out and not talk.done(EraseContact) and not turn.says):
        assert {say.key for say in turn.says} <= SILENT_KEYS
    if after.danger and after.step == Step.DANGER:
        assert not any(say.choices or say.key.startswith(("ask.", "again.", "media.")) for say in turn.says)
    consents = talk.done(RecordConsent)
    if any(consent.given for consent in consents):
        assert any(says_yes(message) for message in messages)
    check_the_effects(talk)
    if after.speaker is Speaker.YOUNG_PERSON:
        assert RecordConsent(Purpose.WORDS_IN_PUBLIC, given=True) not in consents


def check_the_effects(talk: Talk) -> None:
    """A task has a day that is still to come and a kind that is promised; a day that is said belongs to a task."""
    turn, script = talk.turn, SCRIPT
    assert turn is not None
    tasks = talk.done(AddTask)
    assert {task.kind for task in tasks} <= script.hours.promises.keys() - {"read"}
    assert all(task.due_on >= script.hours.today(talk.now - timedelta(minutes=1)) for task in tasks)
    assert len({task.kind for task in tasks}) == len(tasks)
    said = {say.values["due_by"] for say in turn.says if "due_by" in say.values}
    assert said <= {task.due_on.isoformat() for task in tasks}
    assert len([say for say in turn.says if say.choices]) <= 1, "one question a turn"
    opened, closed = talk.done(OpenExperience), talk.done(CloseExperience)
    assert len(opened) <= 1
    if opened or closed:
        assert turn.conversation.experience_open or talk.done(EraseContact)
    if turn.conversation.asked.get(MOURNING):
        assert not any(say.choices or "first." in say.key or "close." in say.key for say in turn.says)


@settings(max_examples=250, deadline=None)
@given(talks)
def test_any_talk_keeps_the_rules(turns: list[tuple[list[Message], dict[str, Any], int, bool]]) -> None:
    talk = Talk()
    said_before: set[str] = set()
    for messages, what, minutes, held in turns:
        talk.waits(minutes=minutes)
        talk.knows(held=held)
        was_out = talk.conversation.opted_out
        talk.says(*messages, **what)
        check_the_turn(talk, messages, held=held, was_out=was_out)
        if not talk.done(EraseContact):
            check_nothing_is_lost(talk, messages, said_before)
        said_before |= {plain(message.text) for message in messages}


@settings(max_examples=60, deadline=None)
@given(talks)
def test_the_same_turn_always_comes_to_the_same(turns: list[tuple[list[Message], dict[str, Any], int, bool]]) -> None:
    one, other = Talk(), Talk()
    for messages, what, minutes, _ in turns:
        for talk in (one, other):
            talk.waits(minutes=minutes)
            talk.says(*messages, **what)
        assert one.turn == other.turn


@settings(max_examples=60, deadline=None)
@given(talks)
def test_a_turn_changes_nothing_it_was_given(turns: list[tuple[list[Message], dict[str, Any], int, bool]]) -> None:
    talk = Talk()
    for messages, what, _, _ in turns:
        before = replace(talk.conversation, spare_reference="RIVER 1")
        copy = repr(before)
        stored = [talk._stored(message) for message in messages]
        take_turn(SCRIPT, before, stored, [Heard(redacted=message.text, **what) for message in messages], talk.now)
        assert repr(before) == copy
        talk.says(*messages, **what)


def longest_theme(locale: Locale) -> str:
    living = SCRIPT.taxonomy.living()
    return max(living, key=lambda theme: len(theme.spoken.get(locale, ""))).code


MOVES: dict[str, dict[str, Any]] = {
    "rubbish": {},
    "The taxi was late again and nobody rang": {"polarity": Polarity.BAD},
    "It was late again. " * 20: {"service": "transport"},
    "1": {},
    "2": {},
    "👍": {},
    "what?": {},
    "skip": {},
    "not sure": {},
}


def segments(wording: Wording, say: Say, locale: Locale) -> int:
    values = {**say.values, "reference": "MEADOW 482", "read_by": "2026-09-23"}
    spoken = wording.speak(replace(say, values=values), locale, Talk().conversation.channel)
    return sum(measure(part.text).segments for part in as_sms(spoken))


@pytest.mark.parametrize("locale", WORDING.locales)
@pytest.mark.parametrize("opening", [None, "hi"])
def test_no_talk_to_its_close_costs_more_than_the_budget(locale: Locale, opening: str | None) -> None:
    """Every order of every kind of move, until the talk is closed: messages, questions and SMS segments."""
    start = Talk()
    start.knows(locale=locale)
    if opening:
        start.says(opening)
    dearest: dict[str, int] = {}
    waiting = [(start, 0)]
    closed = []
    while waiting:
        talk, spent = waiting.pop()
        for text, what in MOVES.items():
            then = Talk(now=talk.now + timedelta(minutes=20), references=list(start.references))
            then.conversation = talk.conversation
            then.says(text, theme_is_sure=longest_theme(locale), **what)
            assert then.turn is not None
            counted = then.conversation.said - talk.conversation.said
            cost = spent + sum(segments(WORDING, say, locale) for say in then.turn.says[:counted])
            state = repr(replace(then.conversation, last_at=None, preview="", spare_reference="", reference="", story_words=0))
            if dearest.get(state, -1) >= cost:
                continue
            dearest[state] = cost
            if then.conversation.step == Step.CLOSED:
                closed.append((cost, then.conversation.said, then.conversation.questions))
            else:
                waiting.append((then, cost))

    assert len(closed) > 10
    is_narrow = locale in (ENGLISH, EASY_READ)
    assert max(cost for cost, _, _ in closed) <= (SCRIPT.max_segments if is_narrow else SCRIPT.max_wide_segments)
    assert max(said for _, said, _ in closed) <= SCRIPT.max_messages
    assert max(questions for _, _, questions in closed) <= SCRIPT.max_questions
