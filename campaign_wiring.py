"""Campaigns: the talk, the invitations, the results and the posters of them, joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaign_effects import Campaigning
from bot.campaign_results import CampaignReview
from bot.invitations import InvitationLimits, Invitations
from bot.model import ChannelName
from bot.ports import Channel, Clock
from bot.posters import LeadsTo, Posters
from bot.replies import Replies
from bot.roads import Roads
from bot.script import Script
from bot.wording import Wording
from channels.segments import measure
from spending_wiring import open_spending
from storage.campaign_reading import SqlCampaigns
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class CampaignParts:
    """``limits`` name the places of posters too."""

    talk: Campaigning
    invitations: Invitations
    review: CampaignReview
    limits: InvitationLimits
    posters: Posters

    def asks(self, code: str) -> bool:
        """Whether whoever comes by this code today is asked questions."""
        review = self.review
        today = review.hours.today(review.clock.now())
        return any(campaign.code == code for campaign in review.campaigns.open_on(today))


def open_campaigns(
    *,
    database: Database,
    sealer: Sealer,
    store: SqlStore,
    clock: Clock,
    script: Script,
    wording: Wording,
    replies: Replies,
    channels: Mapping[ChannelName, Channel],
    sms_countries: tuple[str, ...],
    public_url: str = "",
    numbers: Mapping[LeadsTo, str] | None = None,
) -> CampaignParts:
    """Raises ``BadContent`` for what `invitations.toml` must not say."""
    records, limits = SqlCampaigns(database, sealer, store), InvitationLimits.load()
    return CampaignParts(
        talk=Campaigning(script.campaigns, frozenset(limits.places), script.hours, records),
        invitations=Invitations(
            records=records,
            clock=clock,
            campaigns=script.campaigns,
            limits=limits,
            hours=script.hours,
            replies=replies,
            roads=Roads(channels, wording, lambda text: measure(text).segments, sms_countries),
            spending=open_spending(database, clock),
        ),
        review=CampaignReview(records=records, store=store, campaigns=script.campaigns, hours=script.hours, clock=clock),
        limits=limits,
        posters=Posters(
            campaigns=script.campaigns,
            places=limits.places,
            wording=wording,
            signposts=script.signposts,
            public_url=public_url,
            numbers={way: number for way, number in (numbers or {}).items() if number},
        ),
    )
