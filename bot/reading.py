"""What each message of a turn is: part of the story, an answer, a command, or small talk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.campaign_reading import Part, part_of
from bot.commands import Phrase, plain
from bot.conversation import Command, Purpose
from bot.draft import BOTH, Draft
from bot.heard import Heard
from bot.model import Locale
from bot.records import StoredInbound
from bot.script import Script

_SURE_FROM_WORDS = 5
_SURE_FROM_SCORE = 0.9


class Kind(Enum):
    STORY = auto()
    ANSWER = auto()
    COMMAND = auto()
    CONFIRM_DELETE = auto()
    NOT_THE_CODE = auto()
    KEEP_AFTER_ALL = auto()
    HELLO = auto()
    THANKS = auto()
    NOD = auto()
    PUZZLED = auto()
    UNSURE = auto()
    SHOW_ME = auto()
    FIGURE_OF_SPEECH = auto()
    REPEAT = auto()
    LINK = auto()
    CODE = auto()
    READ = auto()
    ONE_THING = auto()
    CAMPAIGN = auto()
    INVITED = auto()
    ASIDE = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """One message and what it is. ``answer`` is the key of a choice, or the code as it was drawn. ``position`` is its
    place in the turn.
    """

    position: int
    kind: Kind
    stored: StoredInbound
    heard: Heard
    answer: str = ""

    @property
    def text(self) -> str:
        return self.stored.message.text

    @property
    def command(self) -> Command | None:
        return self.stored.command if self.kind is Kind.COMMAND else None

    @property
    def has_more(self) -> bool:
        """A file or a place came with it: that is feedback, even under a word that is a command (“help”, and a letter)."""
        return bool(self.stored.message.media or self.stored.message.location)

    @property
    def is_wordless(self) -> bool:
        """Nothing but a picture, a voice note, a place, or something that could not be opened."""
        return not self.text.strip()

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def language_is_sure(self) -> bool:
        """Whether the words are enough, and the listener certain enough, to say which language they are in."""
        return self.words >= _SURE_FROM_WORDS and self.heard.locale_score >= _SURE_FROM_SCORE


_OF_PHRASE = {
    Phrase.HELLO: Kind.HELLO,
    Phrase.THANKS: Kind.THANKS,
    Phrase.NOD: Kind.NOD,
    Phrase.PUZZLED: Kind.PUZZLED,
    Phrase.UNSURE: Kind.UNSURE,
    Phrase.SHOW_ME: Kind.SHOW_ME,
    Phrase.FIGURE_OF_SPEECH: Kind.FIGURE_OF_SPEECH,
    Phrase.LINK: Kind.LINK,
    Phrase.READ: Kind.READ,
    Phrase.ONE_THING: Kind.ONE_THING,
}
LINKS = (Kind.LINK, Kind.CODE)
"""About being the same person on another door."""
CAMPAIGNS = (Kind.CAMPAIGN, Kind.INVITED, Kind.ASIDE)
"""Answers to a campaign's question or to an invitation, and words too few to tell what happened. Kept with the campaign."""


_OF_PART = {Part.ANSWER: Kind.CAMPAIGN, Part.INVITED: Kind.INVITED, Part.ASIDE: Kind.ASIDE}
_YES_NO = {"yes": "yes", "no": "no"}
_WORDS_CONSENT: Mapping[Command | None, str] = {Command.PRIVATE: "no", Command.SHARE: "yes"}
"""These commands answer the question they are about, when it is open."""


def read(draft: Draft, messages: Sequence[StoredInbound], heard: Sequence[Heard]) -> tuple[Reading, ...]:
    readings: list[Reading] = []
    for position, (stored, what) in enumerate(zip(messages, heard, strict=True)):
        kind, answer = _kind(draft, stored)
        if kind is Kind.STORY and _is_repeat(draft, stored, what, readings):
            kind = Kind.REPEAT
        readings.append(Reading(position, kind, stored, what, answer))
    return tuple(_only_plain_answers(draft, readings))


def _only_plain_answers(draft: Draft, readings: Sequence[Reading]) -> Iterable[Reading]:
    """A yes beside “but not his name” is no plain yes: it is kept as words, and the question put once more."""
    commands, locale = draft.script.commands, draft.conversation.locale
    stories = [reading for reading in readings if reading.kind is Kind.STORY]
    if not any(commands.is_condition(story.text, locale) for story in stories):
        return readings
    return [replace(reading, kind=Kind.STORY) if _is_yes(draft, reading) else reading for reading in readings]


def _is_yes(draft: Draft, reading: Reading) -> bool:
    question = draft.script.question_of(reading.answer) if reading.kind is Kind.ANSWER else None
    return question is not None and question.choices[reading.answer] == "yes"


def _kind(draft: Draft, stored: StoredInbound) -> tuple[Kind, str]:
    """Danger is always part of the story, whatever else the words might be."""
    deleting = _about_deleting(draft, stored)
    if deleting is Kind.CONFIRM_DELETE or (deleting and not stored.risk.level.needs_alert):
        return deleting, ""
    if stored.risk.level.needs_alert:
        return Kind.STORY, ""
    has_more = stored.message.media or stored.message.location
    if not has_more and (code := code_in(draft.script, stored.message.text, draft.conversation.locale)):
        return Kind.CODE, code
    if answer := _answer(draft, stored):
        return Kind.ANSWER, answer
    if stored.command is not None:
        return Kind.COMMAND, ""
    return _to_campaign(draft, stored) or (_small_talk(draft, stored) or Kind.STORY, "")


def _to_campaign(draft: Draft, stored: StoredInbound) -> tuple[Kind, str] | None:
    part = part_of(draft, stored)
    return (_OF_PART[part[0]], part[1]) if part else None


def whole(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """In a turn with danger in it the few words beside a campaign's question belong to what happened, too."""
    return tuple(replace(reading, kind=Kind.STORY) if reading.kind is Kind.ASIDE else reading for reading in readings)


def only_comes(reading: Reading) -> bool:
    """Whether all they did was come by a link, or answer an invitation: there is nothing in it to keep as an experience."""
    return reading.kind in (Kind.HELLO, Kind.INVITED) or reading.command is Command.START


def code_in(script: Script, text: str, locale: Locale) -> str:
    """The code for another phone that the whole message is, as it was drawn; else empty."""
    if not any(map(str.isdigit, text)):
        return ""
    return script.references.code(script.commands.code_words(text, locale))


def _small_talk(draft: Draft, stored: StoredInbound) -> Kind | None:
    if stored.message.media or stored.message.location:
        return None
    commands, text, locale = draft.script.commands, stored.message.text, draft.conversation.locale
    question = draft.at_question
    if question is not None and not question.choices and (answer := commands.answer(text, _YES_NO, locale)):
        # “No” to “Can you tell us a bit more?” goes on; “yes” or “1” has not told us yet.
        return Kind.UNSURE if answer == "no" else Kind.PUZZLED
    if _answers_nothing(draft, text):
        return Kind.NOD
    phrase = commands.phrase(text, locale)
    return _of_phrase(draft, phrase) if phrase else None


def _answers_nothing(draft: Draft, text: str) -> bool:
    """A “1” a moment after the close: a second press, or a message that crossed with ours. It tells nothing.

    Later it is words like any others, for by then nobody knows what it may mean.
    """
    if not draft.is_closed or not _is_soon(draft):
        return False
    words = plain(text)
    is_digit = len(words) == 1 and words.isdecimal()
    return is_digit or draft.script.commands.answer(text, _YES_NO, draft.conversation.locale) is not None


def _answer(draft: Draft, stored: StoredInbound) -> str | None:
    """The key of the choice this message is: a pressed button, or words that are nothing but an answer."""
    message, question = stored.message, draft.at_question
    if message.choice and draft.conversation.experience_open and draft.script.question_of(message.choice):
        return message.choice
    if question is None or not question.choices or message.media or message.location:
        return None
    if stored.command in _WORDS_CONSENT and question.purpose is Purpose.WORDS_IN_PUBLIC:
        meaning = _WORDS_CONSENT[stored.command]
        return next(choice for choice, means in question.choices.items() if means == meaning)
    if stored.command is not None:
        return None
    return draft.script.commands.answer(message.text, question.choices, draft.conversation.locale)


def _of_phrase(draft: Draft, phrase: Phrase) -> Kind:
    """Some phrases mean what they mean only where they answer something; elsewhere they are words like any others."""
    conversation = draft.conversation
    if phrase is Phrase.READ and not conversation.greeted:
        return Kind.HELLO  # we have told them nothing that could be read: they hear what this line is for
    question = draft.script.questions.get(conversation.step)
    at_consent = question is not None and question.purpose is not None
    needs = {
        Phrase.FIGURE_OF_SPEECH: conversation.danger,
        Phrase.ONE_THING: conversation.experience_open and bool(conversation.asked.get(BOTH)),
        Phrase.UNSURE: question is not None,
        Phrase.SHOW_ME: at_consent,
        Phrase.NOD: conversation.greeted,
        Phrase.THANKS: conversation.greeted,
    }
    return _OF_PHRASE.get(phrase, Kind.STORY) if needs.get(phrase, True) else Kind.STORY


def _about_deleting(draft: Draft, stored: StoredInbound) -> Kind | None:
    """The code of a deletion confirms it for a while, whatever was written since, and is refused after that.

    Right after “Delete everything?” a yes or no is about that, and not about a consent asked before it.
    """
    conversation, commands, text = draft.conversation, draft.script.commands, stored.message.text
    if not conversation.delete_code:
        return None
    is_good = draft.code_is_good(stored.received_at)
    digits = commands.code(text, conversation.locale)
    if digits == conversation.delete_code:
        return Kind.CONFIRM_DELETE if is_good else Kind.NOT_THE_CODE
    if digits and is_good and (conversation.delete_asked or stored.command is Command.DELETE):
        return Kind.NOT_THE_CODE
    if not (conversation.delete_asked and is_good):
        return None
    answer = commands.answer(text, _YES_NO, conversation.locale)
    return {"yes": Kind.NOT_THE_CODE, "no": Kind.KEEP_AFTER_ALL}.get(answer or "")


def _is_repeat(draft: Draft, stored: StoredInbound, what: Heard, before: Sequence[Reading]) -> bool:
    """The same words again a moment later are one record: a phone sent them twice, or nobody seemed to hear.

    Words of danger are never taken for a repeat, and after a while the same words are news: the taxi is late again.
    """
    words = plain(stored.message.text)
    if not words or stored.message.media or stored.risk.level.needs_alert:
        return False
    if any(words == plain(reading.text) for reading in before if reading.kind is Kind.STORY):
        return True
    return _is_soon(draft) and draft.conversation.experience_open and _stands_in(what.redacted, draft.conversation.preview)


def _is_soon(draft: Draft) -> bool:
    """Whether their last message is so fresh that this one may have been meant for the same moment."""
    return draft.last_at is not None and draft.now - draft.last_at <= draft.script.repeats


def _stands_in(redacted: str, preview: str) -> bool:
    """Whether one of the lines of the story so far is these words. One that was cut short is not known to be: a long text
    sent again with a sentence more is news.
    """
    words = plain(redacted)
    return any(words == plain(line) for line in preview.split("\n"))
