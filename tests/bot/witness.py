"""What the dialogue promises of every turn, whatever was said before it: looked at from outside, with a memory of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from bot.commands import plain
from bot.conversation import (
    AddTask,
    Command,
    Conversation,
    EraseContact,
    KeepAnswer,
    KeepStory,
    OpenExperience,
    OptIn,
    OptOut,
    Purpose,
    RecordConsent,
    Say,
    TakeBack,
)
from bot.dialogue import take_turn
from bot.draft import MOURNING, Silence, Step
from bot.heard import Heard, Risk, RiskLevel
from bot.model import Locale, Speaker
from bot.reading import code_in
from bot.together import heard_together
from tests.bot.talking import CALM, SCRIPT, WORDING, Message, Talk

MEMORY = timedelta(days=7)
LOOKED_AT_TWICE = 4
"""Every so many turns, the same one is taken once more."""
BUTTONS = tuple(choice for question in SCRIPT.questions.values() for choice in question.choices)
WELCOMES = frozenset(key for key in WORDING.tongues[Locale("en")].texts if key.startswith("first.") or key == "campaign.hello")
REPLIES = ("first.", "back.", "kept.story", "kept.hello")
"""What is said of a new experience."""
ASKS = ("ask.", "again.", "media.")
NOT_AFTER_DEATH = (
    *(*ASKS, "first.", "back.", "kept.", "close.", "hello.", "wellbeing.", "preview.", "reflect", "both", "death."),
    *("campaign.", "after_danger."),
)
"""How words of the road's own are called: none of them answers a command."""
BY_A_PERSON = ("write_by_hand", "call_back", "my_data")
"""After a death somebody writes; or rings, or sends what we hold, where that is what was asked for."""
WHILE_SILENT = frozenset({"stop.done", "start.done", "start.mourning", "delete.done", "delete.done_kept"})


@dataclass(slots=True)
class Witness:
    """Remembers one talk apart from the dialogue, so that each can be held to the other. ``told``: the plain words that
    stand in the experience that is open.
    """

    talk: Talk
    turns: int = 0
    told: set[str] = field(default_factory=set)
    welcomes: int = 0
    in_danger: bool = False
    mourns: bool = False

    def sees(self, before: Conversation, burst: list[Message], at: datetime) -> None:
        """A turn that has just been taken. ``before``: the talk as it was then."""
        talk, after = self.talk, self.talk.conversation
        erased = bool(talk.done(EraseContact))
        self.turns += 1
        self._begin_anew(before, at)
        _is_answered_or_says_why(talk)
        _can_be_said(self.says, after)
        _within_budget(after)
        _takes_up_what_is_owed(talk, at)
        if not erased:
            self._nothing_is_lost(burst, before)
            self._is_answered_in_earnest(burst)
            self._a_new_experience_is_answered()
            _consents_were_given(burst, talk, before)
        self._keeps_still_where_it_must(before, erased=erased)
        self._danger_is_answered(worried=is_worried(burst) and not erased)
        self._death_is_left_to_a_person(erased=erased)
        self._says_once_what_is_said_once(erased=erased)
        if erased:
            self._is_a_stranger_again(before, at)
        if self.turns % LOOKED_AT_TWICE == 0:
            _comes_to_the_same(talk, before, burst, at)

    @property
    def says(self) -> tuple[Say, ...]:
        assert self.talk.turn is not None
        return self.talk.turn.says

    @property
    def keys(self) -> list[str]:
        return [part for say in self.says for part in say.key.split("+")]

    def _begin_anew(self, before: Conversation, at: datetime) -> None:
        """Seven quiet days end an experience, and what was dangerous or said in it."""
        is_over = before.experience_open and before.last_at is not None and at - before.last_at > MEMORY
        if self.talk.done(OpenExperience) or (is_over and not self.talk.conversation.experience_open):
            self.told.clear()
            self.in_danger = False

    def _says_once_what_is_said_once(self, *, erased: bool) -> None:
        assert sum(bool(say.choices) for say in self.says) <= 1, "one question a turn"
        self.welcomes += len(WELCOMES.intersection(self.keys))
        assert self.welcomes <= 1, "what everybody must be told is told once"
        assert erased or self.talk.conversation.locale in SCRIPT.spoken

    def _is_a_stranger_again(self, before: Conversation, at: datetime) -> None:
        after = self.talk.conversation
        blank = Conversation(id=before.id, channel=before.channel, locale=before.locale, opted_out=after.opted_out, last_at=at)
        assert after == blank
        self.told.clear()
        self.welcomes, self.in_danger, self.mourns = 0, False, False

    def _nothing_is_lost(self, burst: list[Message], before: Conversation) -> None:
        kept = {position for effect in self.talk.done(KeepStory) for position in effect.positions}
        answers = {effect.position for effect in self.talk.done(KeepAnswer)}
        for position, message in enumerate(burst):
            words = plain(message.text)
            if position in kept:
                self.told.add(words)
            else:
                assert not message.risk.level.needs_alert, message
                is_heard = position in answers or self._is_heard(message, before.locale)
                has_more = message.media or message.location
                said_before = bool(words) and words in self.told
                assert not has_more, message
                assert said_before or is_heard, message
        if self.talk.done(TakeBack):
            # Which of them it was is the store's business; the same words again are new ones from now on.
            self.told = {*filter(None, map(plain, self.talk.conversation.preview.split("\n")))}

    def _is_heard(self, message: Message, locale: Locale) -> bool:
        return is_no_story(message.text, locale) or message.choice in BUTTONS

    def _is_answered_in_earnest(self, burst: list[Message]) -> None:
        """Silence is for those who asked for it, for a person who speaks, and for words that ask for nothing."""
        turn, after = self.talk.turn, self.talk.conversation
        assert turn is not None
        kept = [position for effect in self.talk.done(KeepStory) for position in effect.positions]
        match turn.silence:
            case Silence.SIGNPOSTED:
                assert any(message.risk.level.needs_alert for message in burst) or heard_as_one(burst).level.needs_alert
            case Silence.HELD:
                assert after.held
            case Silence.OPTED_OUT:
                assert after.opted_out
            case Silence.A_PERSON_WRITES:
                assert after.asked.get(MOURNING)
            case Silence.NETWORK_ANSWERED:
                assert any(message.network for message in burst)
            case Silence.COURTESY | Silence.ASKED_TO_READ:
                assert not kept, "words are answered"
            case _:
                assert turn.silence is None

    def _a_new_experience_is_answered(self) -> None:
        """With its reference and the day it is read by, unless words for danger or a death, or silence, come before all."""
        after = self.talk.conversation
        comes_first = after.danger or after.opted_out or after.held or after.asked.get(MOURNING)
        if self.talk.done(OpenExperience) and not comes_first:
            assert any(key.startswith(REPLIES) for key in self.keys), self.keys

    def _keeps_still_where_it_must(self, before: Conversation, *, erased: bool) -> None:
        keys, after = self.keys, self.talk.conversation
        if after.opted_out or before.held or (before.opted_out and not erased and not self.talk.done(OptIn)):
            assert set(keys) <= WHILE_SILENT, keys
        if before.opted_out and after.opted_out:
            assert not keys, "silence until START"
        if self.talk.done(OptOut) and after.opted_out:  # a START after it in the same turn holds
            assert set(keys) <= {"stop.done"}

    def _danger_is_answered(self, *, worried: bool) -> None:
        after = self.talk.conversation
        if worried:
            self.in_danger = True
            assert after.experience_open, "danger is kept"
            assert after.danger
            assert after.step == Step.DANGER
        if self.in_danger:
            assert not any(key.startswith((*ASKS, "campaign.")) for key in self.keys), "nothing is asked after danger"
            assert not any(say.choices for say in self.says)

    def _death_is_left_to_a_person(self, *, erased: bool) -> None:
        keys, after = self.keys, self.talk.conversation
        if self.mourns:
            assert erased or after.asked.get(MOURNING), "it is never forgotten"
            assert not any(key.startswith(NOT_AFTER_DEATH) for key in keys), keys
            new_words = any(effect.positions for effect in self.talk.done(KeepStory))
            if new_words and not (after.opted_out or after.held or after.danger or erased):
                assert any(task.kind in BY_A_PERSON for task in self.talk.done(AddTask))
        self.mourns = bool(after.asked.get(MOURNING))


def is_worried(burst: list[Message]) -> bool:
    by_listener = any(message.heard is not None and message.heard.risk.level.needs_alert for message in burst)
    return by_listener or any(message.risk.level.needs_alert for message in burst) or heard_as_one(burst).level.needs_alert


def heard_as_one(burst: list[Message]) -> Risk:
    alone = max(message.risk.level for message in burst)
    return _heard_in(tuple(message.text for message in burst), alone) if len(burst) > 1 else CALM


@cache
def _heard_in(written: tuple[str, ...], alone: RiskLevel) -> Risk:
    return heard_together((), written, alone=alone)


@cache
def is_no_story(text: str, locale: Locale) -> bool:
    """Whether the whole text is a command, an answer, a code or small talk."""
    commands = SCRIPT.commands
    choices = {"yes": "yes", "no": "no"}
    return bool(
        commands.recognise(text, locale)
        or commands.answer(text, choices, locale)
        or commands.phrase(text, locale)
        or commands.code(text, locale)
        or code_in(SCRIPT, text, locale)
        or (len(plain(text)) == 1 and plain(text).isdecimal())
    )


@cache
def _placeholders(key: str) -> frozenset[str]:
    return WORDING.tongues[Locale("en")].placeholders(key)


def _is_answered_or_says_why(talk: Talk) -> None:
    assert talk.turn is not None
    assert bool(talk.turn.says) != bool(talk.turn.silence), "always a reply, or a stated reason for silence"


def _comes_to_the_same(talk: Talk, before: Conversation, burst: list[Message], at: datetime) -> None:
    """Nothing but what it is given decides a turn, and what it is given it leaves as it was."""
    copy = repr(before)
    stored, listened = (
        [talk._stored(message) for message in burst],
        [message.heard or Heard(redacted=message.text) for message in burst],
    )
    again = replace(before, spare_reference="RIVER 482")
    one = take_turn(SCRIPT, again, stored, listened, at, together=talk.together)
    other = take_turn(SCRIPT, again, stored, listened, at, together=talk.together)
    assert one == other
    assert repr(before) == copy


def _can_be_said(says: tuple[Say, ...], after: Conversation) -> None:
    """In the language of the talk, and by its placeholders in every other: all have the same."""
    known = {*WORDING.facts, "languages"}
    for say in says:
        for part in say.key.split("+"):
            assert _placeholders(part) <= known | say.values.keys(), part
        assert WORDING.speak(say, after.locale, after.channel).text.strip()


def _within_budget(after: Conversation) -> None:
    assert after.said <= SCRIPT.max_messages
    assert after.questions <= SCRIPT.max_questions
    assert all(count <= SCRIPT.max_puts for count in after.asked.values())


def _takes_up_what_is_owed(talk: Talk, at: datetime) -> None:
    """A task has a kind that is promised and a day still to come; each day that is said belongs to one."""
    hours = SCRIPT.hours
    tasks = talk.done(AddTask)
    assert {task.kind for task in tasks} <= hours.promises.keys() - {"read"}
    assert all(task.due_on >= hours.today(at) for task in tasks)
    assert len({task.kind for task in tasks}) == len(tasks)
    assert talk.turn is not None
    said = {say.values["due_by"] for say in talk.turn.says if say.values.get("due_by")}
    assert said <= {task.due_on.isoformat() for task in tasks}


def _consents_were_given(burst: list[Message], talk: Talk, before: Conversation) -> None:
    """No yes is made up: somebody has just said it, to a question of ours or by the word for it."""
    for consent in talk.done(RecordConsent):
        if not consent.given:
            continue
        questions = [question for question in SCRIPT.questions.values() if question.purpose is consent.purpose]
        said = [
            message
            for message in burst
            if any(_says_yes(message, tuple(question.choices.items()), before.locale) for question in questions)
        ]
        shared = any(SCRIPT.commands.recognise(message.text, before.locale) is Command.SHARE for message in burst)
        was_asked = any(before.asked.get(question.key) for question in questions)
        pressed = any(message.choice in question.choices for message in burst for question in questions)
        assert (said and (was_asked or pressed)) or (shared and consent.purpose is Purpose.WORDS_IN_PUBLIC), consent
        if talk.conversation.speaker is Speaker.YOUNG_PERSON:
            assert consent.purpose is not Purpose.WORDS_IN_PUBLIC


@cache
def _yes_in(text: str, choices: tuple[tuple[str, str], ...], locale: Locale) -> bool:
    answer = SCRIPT.commands.answer(text, dict(choices), locale)
    return dict(choices).get(answer or "") == "yes"


def _says_yes(message: Message, choices: tuple[tuple[str, str], ...], locale: Locale) -> bool:
    return _yes_in(message.text, choices, locale) or dict(choices).get(message.choice or "") == "yes"
