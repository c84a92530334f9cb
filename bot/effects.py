"""What a turn does beside speaking: each effect of the pure dialogue becomes a change in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from bot.conversation import (
    AddTask,
    AnswerInvitation,
    BeginCampaign,
    ChangeLocale,
    CloseExperience,
    CorrectTheme,
    CountAsOne,
    Effect,
    EndCampaign,
    EraseContact,
    JoinContact,
    KeepAnswer,
    KeepStory,
    OfferCode,
    OfferMyData,
    OpenExperience,
    OptIn,
    OptOut,
    PromiseSooner,
    RecordConsent,
    Say,
    SetSpeaker,
    TakeBack,
    UseCode,
)
from bot.outbox import ERASURE_RECEIPTS
from bot.ports import Transaction
from bot.records import Erasure, NewDecision, TakenBack

TOOK_BACK = {TakenBack.OUT: "takeback.done", TakenBack.KEPT: "takeback.kept", TakenBack.NOTHING: "takeback.nothing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose turn it was: the person, the experience its words went to, the message a consent came with."""

    contact_id: UUID
    experience_id: UUID | None
    inbound_seq: int
    wording: str
    taxonomy: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What an effect came to, where that is known only once it is done."""

    erasure: Erasure | None = None
    taken_back: TakenBack | None = None


_AS_SAID = Came()


def apply(tx: Transaction, effect: Effect, whose: Whose) -> Came:
    """Carry out one effect. Returns what it came to. A new kind forgotten here is a type error."""
    now, experience_id = whose.now, whose.experience_id
    match effect:
        case BeginCampaign() | KeepAnswer() | EndCampaign() | AnswerInvitation():
            pass  # with the words they are about: ``bot.campaign_effects``
        case OpenExperience() | KeepStory() | OfferCode() | OfferMyData() | UseCode():
            pass  # done before: the others build on them, or they are done outside the transaction
        case PromiseSooner() | CloseExperience() | SetSpeaker() | CountAsOne():
            if experience_id is not None:
                _apply_to_experience(tx, effect, experience_id, now)
        case RecordConsent(purpose=purpose, given=given, everywhere=everywhere):
            tx.add_consent(
                contact_id=whose.contact_id,
                experience_id=experience_id,
                purpose=purpose,
                given=given,
                wording=whose.wording,
                inbound_seq=whose.inbound_seq,
                now=now,
                everywhere=everywhere,
            )
        case OptOut() | OptIn() | ChangeLocale() | JoinContact():
            _apply_to_person(tx, effect, whose)
        case AddTask(kind=kind, due_on=due_on):
            tx.add_task(contact_id=whose.contact_id, experience_id=experience_id, kind=kind, due_on=due_on, now=now)
        case EraseContact():
            return Came(erasure=tx.erase_contact(whose.contact_id, now))
        case TakeBack():
            return Came(taken_back=tx.take_back(whose.contact_id))
        case CorrectTheme(theme=theme):
            for passage_id in tx.passages_of(experience_id) if experience_id else ():
                tx.add_decision(
                    NewDecision(passage_id=passage_id, theme=theme, verdict=True, staff_id=None, taxonomy=whose.taxonomy, at=now)
                )
        case _ as never:
            assert_never(never)
    return _AS_SAID


def _apply_to_experience(
    tx: Transaction, effect: PromiseSooner | CloseExperience | SetSpeaker | CountAsOne, experience_id: UUID, now: datetime
) -> None:
    match effect:
        case PromiseSooner(promised_on=day):
            tx.promise_sooner(experience_id, day)
        case CloseExperience():
            tx.close_experience(experience_id, now)
        case SetSpeaker(speaker=speaker):
            tx.describe_experience(experience_id, speaker=speaker)
        case CountAsOne():
            tx.count_as_one(experience_id)


def _apply_to_person(tx: Transaction, effect: OptOut | OptIn | ChangeLocale | JoinContact, whose: Whose) -> None:
    """What is theirs on every door."""
    match effect:
        case OptOut() | OptIn():
            tx.set_opted_out(whose.contact_id, whose.now if isinstance(effect, OptOut) else None)
        case ChangeLocale(locale=locale):
            tx.set_locale(whose.contact_id, locale)
        case JoinContact(address=address):
            tx.join_contact(whose.contact_id, address, whose.now)


def honest(say: Say, came: Sequence[Came]) -> Say:
    """What is said of an erasure or of words taken back is what the store found: the number of the erasure, whether
    something had to be kept, whether there was anything to take.
    """
    if say.key == TOOK_BACK[TakenBack.OUT]:
        found = next((each.taken_back for each in came if each.taken_back is not None), TakenBack.OUT)
        return replace(say, key=TOOK_BACK[found])
    erasure = next((each.erasure for each in came if each.erasure is not None), None)
    if erasure is None or say.key not in ERASURE_RECEIPTS:
        return say
    return replace(say, key=ERASURE_RECEIPTS[erasure.kept], values={**say.values, "erasure": str(erasure.number)})
