"""The same family where campaigns are asked: it comes by a link, is invited, answers or does not, and days close meanwhile.

What the store knows of somebody and campaigns is remembered here; the join of talk and campaigns is the real one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from bot.campaign_effects import Campaigning
from bot.campaign_reading import INVITATION_ANSWERS
from bot.campaign_records import Known
from bot.conversation import (
    AnswerInvitation,
    BeginCampaign,
    EndCampaign,
    Ending,
    EraseContact,
    OpenExperience,
    OptOut,
    Purpose,
    RecordConsent,
)
from bot.draft import MOURNING
from bot.heard import Risk
from bot.model import Address, Contact, Locale, Speaker
from bot.records import TurnClaim
from tests.bot.campaign_witness import BUTTONS_OF, CampaignWitness
from tests.bot.dialogue_machine import LOCALES, STORIES, Family, calmly_heard
from tests.bot.talking import CONCERN, DANGER, NO_ID, PHOTO, SCRIPT, WEARY, Message, Talk
from tests.bot.witness import BUTTONS, Witness

CAMPAIGNS = SCRIPT.campaigns.by_code
CODES = st.sampled_from(sorted(CAMPAIGNS))
ANSWERS = st.sampled_from(
    [
        *("1", "1", "2", "2", "3", "3", "1 yes", "4", "5", "9", "number two", "yes", "no", "Shorter waits", "sometimes", "Mixed"),
        *("purple", "a bit of each", "not sure", "ok", "👍", "what?", "hi", "thanks", " ", "shorter waits and more help please"),
        *("skip", "done", "status", "help", "stop", "start", "take back", "private", "delete", "do not ask again", "polski"),
        *("The taxi came late again and nobody rang us", "Who do I ring about transport?", "My son died in August"),
        *("I am 14 and nobody listens to me", "#strategy", "#term", "It was late #strategy", "#nowhere"),
    ]
)
ENDS_TALKS = st.sampled_from(["The taxi came late again and nobody rang us", "stop", "My son died in August", "delete 482"])
PRESSES = st.sampled_from((*BUTTONS_OF, *INVITATION_ANSWERS, *BUTTONS, "strategy.first.nonsense", "nowhere.first.waits"))
DAYS = sorted({day for campaign in CAMPAIGNS.values() for day in (campaign.first, campaign.last + timedelta(days=1))})


@dataclass(slots=True)
class Remembered:
    """One person's part of ``bot.campaign_records.CampaignRecords``. ``ref``: the link they came by, until it is taken over."""

    of_them: Known = field(default_factory=Known)
    ref: str | None = None

    def known(self, contact_id: UUID) -> Known:
        assert contact_id == NO_ID
        return self.of_them

    def note(self, talk: Talk) -> None:
        """What the store makes of the effects of a turn."""
        if talk.done(EraseContact):
            self.of_them, self.ref = Known(), None
            return
        if any(isinstance(effect, OpenExperience | BeginCampaign) for effect in talk.effects):
            self.ref = None
        if talk.done(AnswerInvitation):
            self.of_them = replace(self.of_them, invited="", invited_at=None)
        for consent in talk.done(RecordConsent):
            if consent.purpose is Purpose.INVITE_AGAIN:
                self.of_them = replace(self.of_them, invites=consent.given)
        if talk.done(OptOut) and self.of_them.invites:
            self.of_them = replace(self.of_them, invites=False)
        through = {effect.campaign for effect in talk.done(EndCampaign) if effect.how is Ending.FINISHED}
        self.of_them = replace(self.of_them, answered=self.of_them.answered | through)


class InACampaign(Family):
    """One person whom campaigns may ask, in any language."""

    def __init__(self) -> None:
        self.remembered = Remembered()
        super().__init__()
        self.joined = Campaigning(SCRIPT.campaigns, frozenset({"library"}), SCRIPT.hours, self.remembered)

    def watched_by(self, talk: Talk) -> Witness:
        return CampaignWitness(talk)

    @initialize(
        locale=st.sampled_from(LOCALES),
        how=st.sampled_from(["link", "tag", "tag with words", "invitation", "not yet"]),
        code=st.sampled_from(["strategy", "strategy", "strategy", "term"]),
    )
    def comes(self, locale: Locale, how: str, code: str) -> None:
        self.talk.knows(locale=locale)
        match how:
            case "link":
                self.remembered.ref = code
            case "tag":
                self.turn([Message(text=f"#{code}")], {})
            case "tag with words":
                self.turn([Message(text=f"#{code} The taxi was late and nobody rang")], {})
            case "invitation":
                self.talk.knows(greeted=True)
                self.remembered.of_them = Known(invites=True)
                self.is_invited(code)
            case _:
                pass

    @rule(code=CODES)
    def follows_a_link(self, code: str) -> None:
        self.remembered.ref = code

    @rule(code=CODES)
    def is_invited(self, code: str) -> None:
        """Only who agreed, is not young, and has nothing open that is no time for it."""
        talk, known = self.talk.conversation, self.remembered.of_them
        may_be = known.invites and code not in known.answered and talk.speaker is not Speaker.YOUNG_PERSON
        must_not = talk.danger or talk.held or talk.opted_out or talk.asked.get(MOURNING)
        if may_be and not must_not:
            self.remembered.of_them = replace(known, invited=code, invited_at=self.talk.now)

    @rule(text=ANSWERS, what=calmly_heard)
    def answers_a_question(self, text: str, what: dict[str, object]) -> None:
        self.turn([Message(text=text)], what)

    @rule(texts=st.lists(ANSWERS, min_size=2, max_size=3))
    def answers_several_times(self, texts: list[str]) -> None:
        self.turn([Message(text=text) for text in texts], {})

    @rule(first=ANSWERS, then=ENDS_TALKS)
    def answers_and_says_more(self, first: str, then: str) -> None:
        self.turn([Message(text=first), Message(text=then)], {})

    @rule(first=ANSWERS, story=st.sampled_from(STORIES), risk=st.sampled_from([DANGER, CONCERN, WEARY]))
    def answers_and_tells_of_danger(self, first: str, story: str, risk: Risk) -> None:
        self.turn([Message(text=first), Message(text=story, risk=risk)], {})

    @rule(choice=PRESSES, text=st.sampled_from(["", "Shorter waits", "Yes", "1"]))
    def presses_what_was_shown(self, choice: str, text: str) -> None:
        self.turn([Message(text=text, choice=choice)], {})

    @rule(text=ANSWERS)
    def answers_with_a_photo(self, text: str) -> None:
        self.turn([Message(text=text, media=(PHOTO,))], {})

    @rule(day=st.sampled_from(DAYS))
    def a_day_comes(self, day: date) -> None:
        """A campaign opens, or has closed in between."""
        self.talk.now = max(self.talk.now, datetime.combine(day, time(9), UTC))

    def arrive(self, burst: list[Message]) -> list[Message]:
        claim = self.joined.arrive(self._claim(burst))
        self.talk.conversation = self.joined.ready(claim, self.talk.conversation, self.talk.now)
        return [
            message if stored.message.text == message.text else replace(message, text=stored.message.text)
            for message, stored in zip(burst, claim.messages, strict=True)
        ]

    def turn(self, burst: list[Message], what: dict[str, object]) -> None:
        super().turn(burst, what)
        self.remembered.note(self.talk)

    def _claim(self, burst: list[Message]) -> TurnClaim:
        return TurnClaim(
            contact=Contact(id=NO_ID, ref=self.remembered.ref),
            channel=self.talk.conversation.channel,
            address=Address("tel", "+447700900123"),
            messages=tuple(self.talk._stored(message) for message in burst),
            conversation=self.talk.conversation,
            experience_id=None,
            worker="tests",
        )
