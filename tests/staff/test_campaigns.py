"""The pages of campaigns: what was answered, who may be invited at what cost, stopping it, the file, the poster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask

from bot.campaign_results import Answered, CampaignReview
from bot.invitations import Candidate, InvitationLimits, Invitations, InvitationState, Planned, Standing
from bot.model import ENGLISH, Address, ChannelName, Locale
from bot.posters import LeadsTo, Posters
from bot.records import NewOutbound
from bot.replies import Replies
from bot.roads import Roads, Way
from bot.script import Script
from channels.segments import measure
from channels.twilio import TwilioAccount, TwilioSms
from staff.desk import EXTENSION, Desk
from tests.bot.sayings import WORDING
from tests.staff.fake_actions import spending_of
from tests.staff.fakes import NOW, FakeClock, FakeStore, made_id
from tests.staff.page import Browser

SCRIPT = Script.load()
SMS = ChannelName("sms")
WORDS = "=A person who rings back would help"


@dataclass
class FakeCampaigns:
    """The records behind the pages, in memory."""

    store: FakeStore
    people: list[Answered] = field(default_factory=list)
    agreed: list[Candidate] = field(default_factory=list)
    planned: list[UUID] = field(default_factory=list)
    stopped: int = 0

    def answered(self, campaign: str, *, with_safeguarding: bool) -> Sequence[Answered]:
        return self.people

    def hidden(self, campaign: str) -> int:
        return 0

    def standing(self, campaign: str) -> Standing:
        states = {InvitationState.PLANNED.value: len(self.planned), InvitationState.STOPPED.value: self.stopped}
        return Standing({state: count for state, count in states.items() if count}, {})

    def candidates(self, campaign: str) -> Sequence[Candidate]:
        return [replace(each, invited=each.contact_id in self.planned) for each in self.agreed]

    def last_sent_at(self) -> datetime | None:
        return None

    def any_planned(self, campaigns: Sequence[str]) -> bool:
        return bool(self.planned)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        yield self

    def plan_invitations(self, campaign: str, people: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        self.planned += people
        return len(people)

    def stop_invitations(self, campaign: str, staff_id: UUID, now: datetime) -> int:
        self.stopped, self.planned = len(self.planned), []
        return self.stopped

    def next_invitation(self, campaigns: Sequence[str]) -> Planned | None:
        return None

    def settle_invitation(self, *_: Any, **__: Any) -> None: ...

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        return None

    def audit(self, **line: Any) -> None:
        with self.store.as_store().transaction() as tx:
            tx.audit(**line)


@pytest.fixture
def campaigns(app: Flask, store: FakeStore, clock: FakeClock) -> FakeCampaigns:
    records = FakeCampaigns(store)
    account = TwilioAccount(sid=f"AC{'0' * 32}", tokens=("t",), public_url="https://earshot.example")
    channels = {SMS: TwilioSms(account, number="+447700900000", settle=timedelta(0))}
    limits = InvitationLimits.load()
    desk: Desk = app.extensions[EXTENSION]
    rooms = replace(
        desk.rooms,
        campaigns=CampaignReview(
            records=records, store=store.as_store(), campaigns=SCRIPT.campaigns, hours=SCRIPT.hours, clock=clock
        ),
        invitations=Invitations(
            records=cast(Any, records),
            clock=clock,
            campaigns=SCRIPT.campaigns,
            limits=limits,
            hours=SCRIPT.hours,
            replies=Replies(wording=WORDING, channels=channels, new_id=lambda: made_id("row")),
            roads=Roads(cast(Any, channels), WORDING, lambda text: measure(text).segments, ("+44",)),
            spending=spending_of(clock),
        ),
        posters=Posters(
            campaigns=SCRIPT.campaigns,
            places=limits.places,
            wording=WORDING,
            signposts=SCRIPT.signposts,
            public_url="https://earshot.example",
            numbers={LeadsTo.SMS: "+441823960000"},
        ),
    )
    app.extensions[EXTENSION] = replace(desk, rooms=rooms)
    return records


def answered(count: int, first: str = "waits", **more: Any) -> list[Answered]:
    one = Answered(channel="sms", locale="en", invited=False, finished=True, answers={"first": first}, **more)
    return [one] * count


def agrees(name: str, **more: Any) -> Candidate:
    way = Way(SMS, Address("tel", "+447700900123"), NOW - timedelta(days=9))
    return Candidate(contact_id=made_id(name), locale=ENGLISH, ways=(way,), **more)


def test_the_list_says_how_each_campaign_stands(jo: Browser, campaigns: FakeCampaigns) -> None:
    page = jo.open("/staff/campaigns")

    assert "The new SEND strategy" in page.main
    assert re.search(r"Open, from Mon 2 Nov until Fri 18 Dec", page.main)
    assert "Not open yet" in page.main


def test_counts_under_five_are_not_shown(jo: Browser, campaigns: FakeCampaigns) -> None:
    campaigns.people = answered(6) + answered(5, "school") + answered(2, "health")
    page = jo.open("/staff/campaigns/strategy")

    assert "6 (46%)" in page.main
    assert page.main.count("too few to show") == 2
    assert "Shorter waits" in page.main


def test_words_are_shown_behind_a_press_and_never_as_markup(jo: Browser, campaigns: FakeCampaigns) -> None:
    campaigns.people = answered(5, words={"thing": ["<b>More</b> speech therapy"]})
    page = jo.open("/staff/campaigns/strategy")

    assert "<b>More</b>" not in page.html
    assert "speech therapy" in page.main


def test_the_file_is_harmless_and_its_download_is_kept(jo: Browser, campaigns: FakeCampaigns, store: FakeStore) -> None:
    campaigns.people = answered(5, words={"thing": [WORDS]})
    page = jo.open("/staff/campaigns/strategy")
    token = page.find("input", name="csrf_token").get("value")
    answer = jo.client.post("/staff/campaigns/strategy/answers", data={"csrf_token": token})

    assert answer.mimetype == "text/csv"
    assert f"'{WORDS}" in answer.get_data(as_text=True)
    assert [(line.action, line.record) for line in store.lines] == [("export campaign", "campaign:strategy")]


def test_reach_and_cost_are_seen_before_the_press(jo: Browser, campaigns: FakeCampaigns) -> None:
    campaigns.agreed = [agrees("one"), agrees("two"), agrees("three", stopped=True), agrees("four", mourning=True)]
    page = jo.open("/staff/campaigns/strategy")

    assert "4 people have agreed" in page.main
    assert "2 by Text message: 4 segments, about £0.16" in page.main
    assert "1 who told us to stop writing to them" in page.main
    assert "1 who told us of a death" in page.main


def test_who_may_not_publish_sees_whom_it_would_reach_and_invites_nobody(
    jo: Browser, campaigns: FakeCampaigns, store: FakeStore
) -> None:
    campaigns.agreed = [agrees("one"), agrees("two")]
    page = jo.open("/staff/campaigns/strategy")
    assert "Whoever has the role publisher or admin can invite them." in page.main
    assert "Invite 2 people" not in page.main

    token = page.find("input", name="csrf_token").get("value")
    assert jo.client.post("/staff/campaigns/strategy/invite", data={"csrf_token": token}).status_code == 403
    assert campaigns.planned == []
    assert store.lines == []


def test_a_press_plans_the_invitations_and_another_stops_them(jo: Browser, campaigns: FakeCampaigns, store: FakeStore) -> None:
    store.members[made_id("staff jo")] = replace(store.members[made_id("staff jo")], role="publisher")
    campaigns.agreed = [agrees("one"), agrees("two")]
    jo.open("/staff/campaigns/strategy")
    page = jo.press("/invite")
    assert "2 invitations are on the way" in page.main
    assert "Invite 2 people" not in page.main

    page = jo.press("/stop")
    assert "2 invitations do not leave any more" in page.main
    assert [line.action for line in store.lines] == ["invite", "stop inviting"]


def test_beyond_the_ceiling_of_the_month_nobody_is_invited_until_a_publisher_says_so(
    app: Flask, jo: Browser, campaigns: FakeCampaigns, store: FakeStore, clock: FakeClock
) -> None:
    desk: Desk = app.extensions[EXTENSION]
    assert desk.rooms.invitations is not None
    little_left = replace(desk.rooms.invitations, spending=spending_of(clock, ceiling=1230))
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, invitations=little_left))
    store.members[made_id("staff jo")] = replace(store.members[made_id("staff jo")], role="publisher")
    campaigns.agreed = [agrees("one"), agrees("two")]
    assert "This month so far about £12.28 of a £12.30 ceiling." in jo.open("/staff/campaigns/strategy").main
    assert "Nothing was sent: it would go beyond" in jo.press("/invite").main
    assert campaigns.planned == []

    assert "2 invitations are on the way" in jo.press("/invite", {"beyond": ["yes"]}).main
    assert [line.action for line in store.lines] == ["beyond_ceiling", "invite"]


def test_nobody_is_invited_to_a_campaign_that_is_not_open(jo: Browser, campaigns: FakeCampaigns) -> None:
    campaigns.agreed = [agrees("one")]

    assert "Invitations" not in jo.open("/staff/campaigns/term").main


def test_there_is_no_page_for_a_campaign_there_is_not(jo: Browser, campaigns: FakeCampaigns) -> None:
    assert jo.client.get("/staff/campaigns/nothing").status_code == 404
    assert jo.client.get("/staff/campaigns/poster?for=nothing&locale=en&to=chat").status_code == 404
    assert jo.client.get("/staff/campaigns/poster?for=strategy&locale=en&to=whatsapp").status_code == 404


@pytest.mark.parametrize("locale", ["en", "en-x-easyread", "ar"])
def test_a_poster_is_made_in_a_language_and_says_the_number(jo: Browser, campaigns: FakeCampaigns, locale: Locale) -> None:
    html = jo.client.get(f"/staff/campaigns/poster?for=strategy&locale={locale}&to=sms").get_data(as_text=True)

    assert "01823 960000" in html
    assert "#strategy" in html
    assert ('dir="rtl"' in html) == (locale == "ar")
    assert "<svg" in html
    assert 'href="/staff/campaigns">Back to the campaigns</a>' in html
