"""The nudge: when the provider's window is shut on an answer, an approved template asks the person to write, and no more.

It holds nothing of the answer. At most one goes for each time the window shuts, by day, and never after STOP; none goes when
what it is about was called off meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.conversation import Say
from bot.hours import Hours
from bot.model import ENGLISH, ChannelName, Locale
from bot.outgoing import Priority
from bot.ports import Channel
from bot.records import NewOutbound, OutboundClaim
from bot.replies import Replies
from bot.talks_held import Talk

NUDGE = "window.nudge"
"""Its key in the wording. The operator has the same words approved as a template, and says under which id."""


class Nudges:
    """Makes the row that goes in place of one that is withheld; nothing, where the channel has no template for it."""

    def __init__(self, *, replies: Replies, hours: Hours) -> None:
        self._replies = replies
        self._hours = hours

    def rows(self, claim: OutboundClaim, channel: Channel, now: datetime) -> Sequence[NewOutbound]:
        """``claim`` is the row that is withheld until its person writes again."""
        outgoing = claim.outgoing
        locale = _spoken(channel, outgoing.locale)
        if locale is None or claim.contact_id is None or claim.opted_out or claim.key == NUDGE:
            return ()
        since = "ever" if claim.last_inbound_at is None else claim.last_inbound_at.isoformat()
        return self._replies.rows(
            [Say(NUDGE)],
            dedupe=_named(claim.contact_id.hex, outgoing.channel, since),
            channel=outgoing.channel,
            address=outgoing.address,
            locale=locale,
            values={},
            contact_id=claim.contact_id,
            priority=Priority.NOTICE,
            now=self.may_go_at(now),
        )

    def of_talk(self, talk: Talk, channel: Channel, now: datetime) -> Sequence[NewOutbound]:
        """The same, because a member of staff asks for it; under the same key, so that nobody is asked twice."""
        locale = _spoken(channel, talk.locale)
        if locale is None:
            return ()
        dedupe, at = _named(talk.contact_id.hex, talk.channel, talk.heard_at.isoformat()), self.may_go_at(now)
        return self._replies.in_talk(talk, Say(NUDGE), dedupe=dedupe, priority=Priority.NOTICE, locale=locale, now=at)

    def words(self, channel: Channel, locale: Locale) -> str:
        """How the template reads to them; empty where there is none."""
        spoken = _spoken(channel, locale)
        return "" if spoken is None else self._replies.words(NUDGE, spoken, channel.name)

    def may_go_at(self, now: datetime) -> datetime:
        """Now by day; else when the quiet hours are over."""
        return self._hours.next_awake(now)


def _named(contact: str, channel: ChannelName, since: str) -> str:
    """One for each time the window shuts: that is, for each last message of theirs."""
    return f"nudge:{contact}:{channel}:{since}"


def _spoken(channel: Channel, locale: Locale) -> Locale | None:
    """The person's locale, its language, or English: the first that has a template."""
    language = Locale(locale.partition("-")[0])
    return next((each for each in (locale, language, ENGLISH) if channel.template_for(NUDGE, each)), None)
