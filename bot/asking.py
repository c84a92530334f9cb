"""Which question comes next, and how it is put: never more than the budget allows, each again at most once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.draft import BOTH, Draft
from bot.heard import Polarity
from bot.model import Speaker
from bot.reading import Reading
from bot.script import Question

MEDIA = "media"
"""The question after a picture or voice note without words: it takes the place of the useful one."""
REFLECT = "reflect"
_TOO_FEW_FOR_A_FEELING = 3
_BOTH = 2


def ask_next(draft: Draft, lead: Sequence[str], *, stories: Sequence[Reading] = ()) -> None:
    """The next question, in one message with ``lead``; the close when none is left or the budget is spent."""
    for key in _questions_left(draft, stories):
        if may_put(draft, key):
            _put(draft, draft.script.questions[key], [*lead, _wording_of(key, stories)])
            return
    close(draft, lead)


def ask_about_media(draft: Draft, lead: Sequence[str], stories: Sequence[Reading]) -> None:
    """A picture, a voice note, a place without words: kept, and asked about once."""
    if may_put(draft, MEDIA):
        _put(draft, draft.script.questions[MEDIA], [*lead, f"media.{_media_kind(stories[0])}"])
    else:
        ask_next(draft, lead)


def offer(draft: Draft, key: str, lead: Sequence[str]) -> bool:
    """A question that is put only where somebody wants what it offers. False: the budget does not hold it."""
    if draft.conversation.asked.get(key) or not may_put(draft, key):
        return False
    _put(draft, draft.script.questions[key], [*lead, f"ask.{key}"])
    return True


def put_again(draft: Draft, question: Question, lead: Sequence[str]) -> None:
    """The open question once more, in simpler words. A consent that was twice not answered is left: silence is no."""
    if may_put(draft, question.key):
        _put(draft, question, [*lead, f"again.{question.key}"])
    elif question.choices:
        close(draft, lead)
    else:
        draft.say(*lead, "help")


def show_again(draft: Draft) -> None:
    """The open question as it stands, because the person asked to read it another way; one that is put in this very turn
    stands that way already.
    """
    question = draft.script.questions.get(draft.conversation.step)
    if question is not None and not any(say.choices for say in draft.says):
        draft.say(f"again.{question.key}", choices=tuple(question.choices))


def close(draft: Draft, lead: Sequence[str] = ()) -> None:
    keys = (*lead, "close.more") if lead else ("close.thanks",)
    if draft.is_closed:
        draft.say(*keys)
    else:
        draft.volunteer(*keys)
    draft.close()


def may_put(draft: Draft, key: str) -> bool:
    """Whether the budget holds this question and, after it, the close."""
    conversation, script = draft.conversation, draft.script
    times = conversation.asked.get(key, 0)
    if times >= script.max_puts or (times == 0 and conversation.questions >= script.max_questions):
        return False
    return conversation.said + len(("the question", "the close")) <= script.max_messages


def was_helped(draft: Draft) -> bool:
    """Whether the one useful question has been put."""
    asked = draft.conversation.asked
    return any(asked.get(key) for key in (MEDIA, *(row.question for row in draft.script.useful)))


def reflection(draft: Draft, stories: Sequence[Reading]) -> list[str]:
    """One short sentence by theme, once, and only when the listener is sure: a wrong guess is worse than none.

    Two messages of one turn, or two passages of one message, may each be about something else: then both are named.
    """
    heard = [theme for story in stories for theme in (*story.heard.both_are_sure, story.heard.theme_is_sure) if theme]
    sure = tuple(dict.fromkeys(heard))
    known = draft.script.taxonomy.themes
    spoken = [words for theme in sure if theme in known and (words := known[theme].spoken.get(draft.conversation.locale))]
    if len(spoken) != len(sure) or len(sure) not in (1, _BOTH) or has_reflected(draft):
        return []
    key = REFLECT if len(sure) == 1 else BOTH
    draft.change(asked={**draft.conversation.asked, REFLECT: 1, key: 1})
    draft.facts |= dict(zip(("theme", "other"), spoken, strict=False))
    return [key]


def has_reflected(draft: Draft) -> bool:
    return bool(draft.conversation.asked.get(REFLECT))


def _questions_left(draft: Draft, stories: Sequence[Reading]) -> list[str]:
    conversation, script = draft.conversation, draft.script
    if conversation.speaker is Speaker.YOUNG_PERSON:
        return []  # a child is not examined, and their consent is for a person to talk over
    left = []
    if stories and not was_helped(draft) and not conversation.wellbeing:
        reasons = _reasons(draft)
        left += [row.question for row in script.useful if row.when in reasons][:1]
    for key in script.consents:
        settled = script.questions[key].purpose in conversation.consents
        if not settled and not conversation.asked.get(key):
            left.append(key)
    return left


def _reasons(draft: Draft) -> set[str]:
    words, script = draft.conversation.story_words, draft.script
    holds = {
        "very_short": words < script.very_short,
        "short": words < script.short,
        "place_unknown": not draft.conversation.place_known,
    }
    return {reason for reason, is_so in holds.items() if is_so}


def _put(draft: Draft, question: Question, keys: Sequence[str]) -> None:
    asked = dict(draft.conversation.asked)
    asked[question.key] = asked.get(question.key, 0) + 1
    is_new = asked[question.key] == 1
    draft.change(asked=asked, questions=draft.conversation.questions + is_new, step=question.key)
    draft.volunteer(*keys, choices=tuple(question.choices))


def _wording_of(key: str, stories: Sequence[Reading]) -> str:
    """A probe follows the feeling of the words, the hard part first; where that is not plain, it only asks for a little
    more.
    """
    if key != "probe":
        return f"ask.{key}"
    feelings = {story.heard.polarity for story in stories}
    if sum(story.words for story in stories) <= _TOO_FEW_FOR_A_FEELING:
        return "ask.probe_short"
    if feelings & {Polarity.BAD, Polarity.MIXED}:
        return "ask.probe_bad"
    return "ask.probe_good" if Polarity.GOOD in feelings else "ask.probe_short"


def _media_kind(reading: Reading) -> str:
    """What is listed without an address is nothing we have: a reel, a kind the provider itself cannot hand over."""
    message = reading.stored.message
    types = [media.content_type.partition("/")[0] for media in message.media if media.url]
    if "audio" in types:
        return "voice"
    if "image" in types:
        return "photo"
    if types:
        return "file"
    return "place" if message.location else "unknown"
