"""What a turn does for a campaign: who came, what they answered, how it ended; and what is known of them before the turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.campaign_records import CampaignRecords, Known
from bot.campaigns import CODE, Campaigns
from bot.conversation import AnswerInvitation, BeginCampaign, CampaignEffect, Conversation, EndCampaign, KeepAnswer, Turn
from bot.hours import Hours
from bot.model import Manner
from bot.ports import Transaction
from bot.records import StoredInbound, TurnClaim

_TAG = re.compile(rf"(?<!\S)#({CODE.pattern})(?!\S)", re.IGNORECASE)
"""What a link to WhatsApp or to text messages writes for whoever follows it: ``#strategy``."""
_ONLY_A_TAG = "Hello"
"""What a message means that is nothing but the tag of a link."""


@dataclass(frozen=True, slots=True)
class Campaigning:
    """Joins the talk to what is kept of campaigns. ``places``: codes of posters that belong to no campaign."""

    campaigns: Campaigns
    places: frozenset[str]
    hours: Hours
    records: CampaignRecords

    def arrive(self, claim: TurnClaim) -> TurnClaim:
        """The claim with the tag of a link taken out of the words, and put where a link's code stands."""
        found = [self._tag(stored) for stored in claim.messages]
        if not any(found):
            return claim
        messages = tuple(_without(stored) if tag else stored for stored, tag in zip(claim.messages, found, strict=True))
        ref = next(tag for tag in reversed(found) if tag)
        return replace(claim, messages=messages, contact=replace(claim.contact, ref=ref))

    def ready(self, claim: TurnClaim, talk: Conversation, now: datetime) -> Conversation:
        """The talk with what it must know: by whose link they came, which invitation they may be answering."""
        ref = claim.contact.ref or ""
        came_by = ref if self.campaigns.get(ref) and talk.campaign != ref else ""
        if not came_by and not self.campaigns.open_on(self.hours.today(now)):
            return talk
        known = self.records.known(claim.contact.id)
        offer, invited = came_by or talk.campaign_offer, False
        if not came_by and known.invited and _is_the_last_word(known, talk):
            offer, invited = known.invited, True
        return replace(
            talk,
            campaign_offer=offer,
            campaign_invited=invited,
            campaign_done=bool(offer) and offer in known.answered,
            invites=known.invites,
        )

    def _tag(self, stored: StoredInbound) -> str:
        if stored.message.manner is not Manner.TALK or stored.amended:
            return ""
        codes = (found.lower() for found in _TAG.findall(stored.message.text[:_LONGEST_LOOKED_AT]))
        return next((code for code in codes if self.campaigns.get(code) or code in self.places), "")


_LONGEST_LOOKED_AT = 400


def keep_in_campaigns(tx: Transaction, claim: TurnClaim, turn: Turn, now: datetime) -> None:
    """The effects of a turn that are about campaigns, in their order."""
    effects: Sequence[CampaignEffect] = [
        effect for effect in turn.effects if isinstance(effect, BeginCampaign | KeepAnswer | EndCampaign | AnswerInvitation)
    ]
    contact_id = claim.contact.id
    for effect in effects:
        match effect:
            case BeginCampaign(campaign=code, invited=invited):
                tx.begin_campaign(contact_id, code, talk=turn.conversation, invited=invited, now=now)
                tx.remember_ref(contact_id, None)
            case KeepAnswer(campaign=code, question=question, position=position, answer=answer, late=late):
                tx.keep_answer(
                    contact_id,
                    code,
                    question=question,
                    answer=answer,
                    inbound_seq=claim.messages[position].seq,
                    late=late,
                    now=now,
                )
            case EndCampaign(campaign=code, how=how):
                tx.end_campaign(contact_id, code, how, now)
            case AnswerInvitation(campaign=code, answer=said):
                tx.answer_invitation(contact_id, code, said, now)


def _without(stored: StoredInbound) -> StoredInbound:
    text = _TAG.sub("", stored.message.text).strip()
    return replace(stored, message=replace(stored.message, text=text or _ONLY_A_TAG))


def _is_the_last_word(known: Known, talk: Conversation) -> bool:
    return known.invited_at is not None and (talk.last_at is None or known.invited_at >= talk.last_at)
