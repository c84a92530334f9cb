"""The road of the talk: the first reply, the story and its questions, the close, and words that come after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.asking import ask_about_media, ask_next, close, has_reflected, put_again, reflection, was_helped
from bot.conversation import AddTask, Purpose, RecordConsent
from bot.draft import Draft, Step
from bot.handing_on import pass_on
from bot.model import ENGLISH, Locale, Speaker
from bot.reading import Kind, Reading
from bot.script import Question
from bot.speakers import ADULT

UNSPOKEN = "unspoken"
"""What is remembered of a talk, so that a language we do not speak is named in it once."""


@dataclass(frozen=True, slots=True)
class Words:
    """The messages of a turn that are no commands. ``may_ask`` is false beside the answer to a command: one thing at a
    time. ``skips``, ``ends``: SKIP or DONE was said too; ``beside_999``: an answer that names 999 already.
    """

    readings: Sequence[Reading]
    beside_999: bool = False
    may_ask: bool = True
    skips: bool = False
    ends: bool = False

    @property
    def stories(self) -> list[Reading]:
        return [reading for reading in self.readings if reading.kind is Kind.STORY]

    @property
    def are_wordless(self) -> bool:
        return bool(self.stories) and all(story.is_wordless for story in self.stories)

    def has(self, *kinds: Kind) -> bool:
        return any(reading.kind in kinds for reading in self.readings)


def go_on(draft: Draft, words: Words) -> None:
    """What follows these words: the first reply, the next question, the same once more, or the close."""
    if draft.opened:
        greet(draft, words)
        if words.stories:
            _begin(draft, words)
        elif words.ends:
            draft.close()
        return
    noted = take_answers(draft, words.readings)
    lead = [*noted, "kept.rest"] if noted and words.stories else [*noted, *_thanks(draft, words)]
    lead += _about_language(draft, words)
    if words.ends or (words.skips and draft.at_question is None):
        close(draft, lead)
    elif words.skips:
        ask_next(draft, lead)
    elif draft.is_closed:
        _add(draft, words, lead)
    elif _is_unspoken(draft, words) or not words.may_ask:
        _only_acknowledge(draft, lead)
    elif words.stories and draft.conversation.wellbeing and not draft.was_weary:
        _only_acknowledge(draft, [*lead, "wellbeing.support"])
    else:
        _follow(draft, words, lead)


def greet(draft: Draft, words: Words) -> None:
    """The reply that promises when a person reads it: once to a new contact with what they must be told, in short to one
    who comes back.
    """
    form = "first" if not draft.was_greeted else "back" if draft.came_back else "kept"
    if not words.stories:  # the welcome is apart from the budget
        draft.say("first.after_answer" if form == "first" and words.beside_999 else f"{form}.hello")
    elif form == "first" and _is_child(draft, words):
        draft.volunteer("first.young", *_noticed(draft))
    else:
        draft.volunteer(f"{form}.story", *_noticed(draft))
    draft.change(greeted=True, step=Step.STORY)


def record(draft: Draft, question: Question, *, given: bool) -> list[str]:
    """Keep a consent, leave the question behind if it was the open one, and give the words that confirm it.

    A child's yes to publishing is not taken by a machine: a person talks it over with them.
    """
    was_open = draft.conversation.step == question.key
    if was_open:
        draft.change(step=Step.STORY)
    in_public = question.purpose is Purpose.WORDS_IN_PUBLIC
    if question.purpose is None:
        return []
    if question.purpose is Purpose.PASS_TO_SERVICE:
        return [pass_on(draft, question, given=given)]
    if in_public and given and draft.conversation.speaker is Speaker.YOUNG_PERSON:
        draft.do(AddTask("look_again", draft.script.hours.due_on("look_again", draft.now)))
        return ["noted.ask_first"]
    draft.change(consents={**draft.conversation.consents, question.purpose: given})
    draft.do(RecordConsent(question.purpose, given))
    return _noted(draft, question.purpose, given=given, was_open=was_open)


def _noted(draft: Draft, purpose: Purpose, *, given: bool, was_open: bool) -> list[str]:
    """What is said of a consent that was kept. The one about invitations is the last of all questions."""
    if purpose is Purpose.INVITE_AGAIN:
        draft.change(invites=given)
        if was_open:
            draft.change(step=Step.CLOSED)
        return ["noted.invite_yes" if given else "noted.invite_no"]
    if not was_open:
        return ["noted.changed"]
    if purpose is not Purpose.WORDS_IN_PUBLIC:
        return []
    return ["noted.words_yes" if given else "noted.words_no"]


def _begin(draft: Draft, words: Words) -> None:
    if _is_unspoken(draft, words):
        draft.volunteer(*_about_language(draft, words))
    elif words.ends or draft.conversation.speaker is Speaker.YOUNG_PERSON:
        draft.close()  # a child is heard and thanked; nothing is asked of them
    elif draft.conversation.wellbeing:
        draft.volunteer("wellbeing.support")
    elif not words.may_ask:
        pass
    elif words.are_wordless:
        ask_about_media(draft, [], words.stories)
    else:
        ask_next(draft, reflection(draft, words.stories), stories=words.stories)


def _is_unspoken(draft: Draft, words: Words) -> bool:
    """Whether there are words in a language this talk is not in. In a talk that is in a parent's own language, that must
    be plain, for a short message is easily misheard.
    """
    for story in words.stories:
        is_own = _language(story.heard.locale) == _language(draft.conversation.locale)
        if story.heard.needs_translation and not is_own and not story.is_wordless:
            plainly = story.language_is_sure and not draft.script.speaks(story.heard.locale)
            if plainly or _language(draft.conversation.locale) == ENGLISH:
                return True
    return False


def _language(locale: Locale) -> str:
    return locale.partition("-")[0]


def _noticed(draft: Draft) -> list[str]:
    return ["language.noticed"] if draft.noticed else []


def _about_language(draft: Draft, words: Words) -> list[str]:
    """Said once a talk: that we answer in theirs from now on, and the way back; or that we cannot, and in which we can."""
    if draft.noticed or not _is_unspoken(draft, words) or draft.conversation.asked.get(UNSPOKEN):
        return _noticed(draft)
    draft.change(asked={**draft.conversation.asked, UNSPOKEN: 1})
    return ["language.unspoken"]


def take_answers(draft: Draft, readings: Sequence[Reading]) -> list[str]:
    """Record what was answered; of several answers to one question the last stands. Returns what to say of it."""
    last: dict[str, str] = {}
    for reading in readings:
        question = draft.script.question_of(reading.answer) if reading.kind is Kind.ANSWER else None
        if question is not None:
            last[question.key] = reading.answer
    noted: list[str] = []
    for key, choice in last.items():
        question = draft.script.questions[key]
        noted = record(draft, question, given=question.choices[choice] == "yes")
    return noted


def _thanks(draft: Draft, words: Words) -> list[str]:
    if not words.stories:
        return ["kept.joined"] if words.has(Kind.ONE_THING) else ["kept.same"] if words.has(Kind.REPEAT) else []
    if words.are_wordless and not draft.is_closed and not was_helped(draft):
        return []  # the question about a picture says itself that we have it
    locale = draft.conversation.locale
    if has_reflected(draft) and any(draft.script.commands.corrects(story.text, locale) for story in words.stories):
        return ["kept.corrected"]
    is_first = draft.conversation.said == 0
    return ["kept.plain" if is_first else "kept.more"]


def _follow(draft: Draft, words: Words, lead: list[str]) -> None:
    """Words at a question that any words answer are its answer; at a consent they join the story, and it is put again."""
    question = draft.at_question
    if draft.conversation.speaker is Speaker.YOUNG_PERSON and (lead or question is not None):
        close(draft, lead)
    elif question is None or (words.stories and not question.choices):
        _leave(draft, words, lead)
    elif words.has(Kind.SHOW_ME):
        preview = draft.conversation.preview
        key = "preview.words" if preview else "preview.none"
        draft.say(*lead, key, choices=tuple(question.choices), values={"words": preview})
    elif words.stories or words.has(Kind.PUZZLED, Kind.HELLO, Kind.REPEAT) or (question.choices and words.has(Kind.NOD)):
        put_again(draft, question, lead)
    elif words.has(Kind.UNSURE):
        ask_next(draft, lead)
    elif lead:
        draft.say(*lead)


def _leave(draft: Draft, words: Words, lead: list[str]) -> None:
    """The open question, if there was one, is answered; on to the next."""
    draft.change(step=Step.STORY)
    if words.are_wordless and not was_helped(draft):
        ask_about_media(draft, lead, words.stories)
    elif words.stories:
        ask_next(draft, [*lead, *reflection(draft, words.stories)], stories=words.stories)
    elif words.has(Kind.ANSWER):
        ask_next(draft, lead)
    elif words.has(Kind.HELLO, Kind.PUZZLED):
        draft.say("hello.again")
    elif lead:
        draft.say(*lead)


def _add(draft: Draft, words: Words, lead: list[str]) -> None:
    """After the close each further message is kept and acknowledged in one line, and nothing is asked."""
    if lead and draft.conversation.wellbeing and not draft.was_weary:
        draft.say(*lead, "wellbeing.support")
    elif lead:
        draft.say(*lead)
    elif words.has(Kind.HELLO, Kind.PUZZLED):
        draft.say("hello.again")


def _only_acknowledge(draft: Draft, lead: list[str]) -> None:
    question = draft.at_question
    if question is not None and not question.choices and lead:
        draft.change(step=Step.STORY)
    if lead:
        draft.say(*lead)


def _is_child(draft: Draft, words: Words) -> bool:
    """Childline is for those under 19; the older young people of SEND are told what every adult is told."""
    ages = [draft.script.speakers.age(reading.text, draft.conversation.locale) for reading in words.readings]
    return draft.conversation.speaker is Speaker.YOUNG_PERSON and all(age is None or age < ADULT for age in ages)
