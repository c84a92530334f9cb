"""What is not for a machine: each wish becomes a task with a day, and words that say who acts by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.asking import offer
from bot.conversation import AddTask, RecordConsent
from bot.draft import MOURNING, WRITE_BY_HAND, Draft
from bot.model import ENGLISH, Locale, Speaker
from bot.offering import offer_my_data
from bot.reading import Kind, Reading
from bot.script import Question
from bot.situations import Situation

DUTIES = frozenset(
    {
        Situation.FOI,
        Situation.MY_DATA,
        Situation.REMOVE_PART,
        Situation.CASEWORK,
        Situation.COMPLAINT,
        Situation.QUESTION,
    }
)
"""What somebody is owed an answer to, even after danger."""
_OUTSIDE = "outside"
_SAID_ONCE = {
    Situation.ANGER: "angry.kept",
    Situation.OTHER_COUNCIL: "other_council.kept",
    Situation.OFF_TOPIC: "off_topic.kept",
    Situation.WRONG_NUMBER: "wrong_number.kept",
    Situation.THREAT: "threat.kept",
}
"""Said once in a talk, and counted under the name of the situation."""
_OFFERS = {Situation.CASEWORK: "casework.cannot", Situation.COMPLAINT: "complaint.route"}
"""What is said before the question whether to pass it on; question, task and promise are called like the situation."""
_AFTER_THE_FINAL_ANSWER = "complaint.final"


@dataclass(frozen=True, slots=True)
class Wish:
    situation: Situation
    reading: Reading


def wishes_in(draft: Draft, readings: Sequence[Reading]) -> list[Wish]:
    """What their words ask for, each once, in the order in which it is answered; what was said once in this talk is not
    said again.
    """
    found: dict[Situation, Reading] = {}
    for reading in readings:
        if reading.kind is Kind.STORY and not reading.stored.risk.level.needs_alert:
            for situation in draft.script.situations.recognise(reading.text, _language(draft, reading)):
                found.setdefault(situation, reading)
    return [
        Wish(situation, found[situation]) for situation in Situation if situation in found and _is_due(draft, situation, found)
    ]


def is_mourning(draft: Draft, readings: Sequence[Reading]) -> bool:
    """Whether somebody tells of a death now, or did before."""
    told = any(wish.situation is Situation.DEATH for wish in wishes_in(draft, readings))
    return told or bool(draft.conversation.asked.get(MOURNING))


def mourn(draft: Draft, *, anew: bool, speaks: bool = True) -> None:
    """``anew``: there are words a person has to write to. ``speaks``: the texts for danger have not gone out for them."""
    is_first = not draft.conversation.asked.get(MOURNING)
    due_by = _add_task(draft, WRITE_BY_HAND) if anew else ""
    if is_first:
        if speaks:
            draft.say("death.told", values={"due_by": due_by})
        draft.change(asked={**draft.conversation.asked, MOURNING: 1})


def grant(draft: Draft, wishes: Sequence[Wish], *, may_ask: bool) -> None:
    """A task for each wish and the words that say so; one of them may be a question of ours, where ``may_ask``."""
    for wish in wishes:
        if wish.situation in _OFFERS:
            may_ask = not _offer(draft, wish, may_ask=may_ask) and may_ask
        else:
            _grant(draft, wish)


def pass_on(draft: Draft, question: Question, *, given: bool) -> str:
    """The answer to what was offered: a task where they agreed. Returns the words that confirm it."""
    if question.purpose is not None:
        draft.change(consents={**draft.conversation.consents, question.purpose: given})
        draft.do(RecordConsent(question.purpose, given))
    if given:
        draft.facts["due_by"] = _add_task(draft, question.key)
    return f"noted.{question.key}_{'yes' if given else 'no'}"


def _is_due(draft: Draft, situation: Situation, found: dict[Situation, Reading]) -> bool:
    if situation is Situation.OTHER_COUNCIL:
        place = found[situation].heard.place
        if place is None or place.district != _OUTSIDE:
            return False  # their words only say where they live
    if situation is Situation.ANGER and draft.conversation.wellbeing:
        return False  # a line of support says more
    return not draft.conversation.asked.get(situation) or situation is Situation.THREAT


def _language(draft: Draft, reading: Reading) -> Locale:
    """By which language's rules words are read: the talk's own. English ones only where the words are heard as English, for
    most newcomers' talks begin in it; a short sentence is too easily heard as another language to ask for more elsewhere.
    """
    talk, words = (locale.partition("-")[0] for locale in (draft.conversation.locale, reading.heard.locale))
    return Locale(talk if talk == words or talk != ENGLISH else "")


def _offer(draft: Draft, wish: Wish, *, may_ask: bool) -> bool:
    """Whether a question was put. A child is asked nothing, and where no question may be put a person answers."""
    is_child = draft.conversation.speaker is Speaker.YOUNG_PERSON
    said = _OFFERS[wish.situation]
    if wish.situation is Situation.COMPLAINT:
        language = _language(draft, wish.reading)
        said = _AFTER_THE_FINAL_ANSWER if draft.script.situations.has_final_answer(wish.reading.text, language) else said
    if may_ask and not is_child and offer(draft, wish.situation.value, [said]):
        return True
    draft.say(said, "question.passed", values={"due_by": _add_task(draft, "question")})
    return False


def _grant(draft: Draft, wish: Wish) -> None:
    match wish.situation:
        case Situation.QUESTION:
            _answer(draft, wish.reading)
        case Situation.FOI:
            draft.say("foi.passed", values={"due_by": _add_task(draft, "foi")})
        case Situation.REMOVE_PART:  # by a person alone: no machine takes words out
            draft.say("remove_part.passed", values={"due_by": _add_task(draft, "remove_part")})
        case Situation.MY_DATA if wish.reading.stored.message.verified:
            offer_my_data(draft, formally=True)
        case Situation.MY_DATA:
            draft.say("not_proved")
        case Situation.REAL:
            draft.say("real.told")
        case Situation.SPAM:
            _add_task(draft, "spam")
        case situation if situation in _SAID_ONCE:
            if situation is Situation.THREAT:
                _add_task(draft, "threat")
            if not draft.conversation.asked.get(situation):
                draft.say(_SAID_ONCE[situation])
                draft.change(asked={**draft.conversation.asked, situation.value: 1})
        case _:
            pass  # a death is answered before all else, and by nothing else


def _answer(draft: Draft, reading: Reading) -> None:
    """From a signpost where one fits, else by a person."""
    key = draft.script.situations.answer(reading.text, _language(draft, reading))
    if key is not None:
        draft.say(key)
    else:
        draft.say("question.passed", values={"due_by": _add_task(draft, "question")})


def _add_task(draft: Draft, kind: str) -> str:
    """A task for a person; returns the day it is due."""
    task = AddTask(kind, draft.script.hours.due_on(kind, draft.now))
    if task not in draft.effects:
        draft.do(task)
    return task.due_on.isoformat()
