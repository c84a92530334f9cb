"""The fixed texts when danger is heard: chosen by kind and by the hour, with the numbers of the signposts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.conversation import Say
from bot.heard import Risk, RiskKind
from bot.hours import Hours
from bot.model import ENGLISH, Address, ChannelName, Contact, Locale
from bot.outgoing import Priority
from bot.records import NewOutbound
from bot.replies import Replies
from bot.safety import language_of
from bot.signposts import Signpost, Signposts
from bot.wording import PLAIN, Wording, placeholders

_FOR_ANY_HARM = RiskKind.CHILD_NOT_SAFE
_WITH_A_TEXT: tuple[RiskKind, ...] = tuple(kind for kind in RiskKind if kind is not RiskKind.BREAKING_POINT)


class DangerTexts:
    """Says what to do now and, truthfully, when a person will read it. Asks nothing."""

    def __init__(self, *, wording: Wording, signposts: Signposts, hours: Hours, replies: Replies) -> None:
        self._wording = wording
        self._signposts = signposts
        self._hours = hours
        self._replies = replies

    def say(self, risk: Risk, now: datetime) -> Say:
        hour = "open" if self._hours.next_reading(now) <= now else "closed"
        return Say(f"danger.{kind_told(risk.kinds)}.{hour}")

    def locale_for(self, contact: Contact, words: str) -> Locale:
        """What somebody is answered in: the language their words of danger are in, where we speak it and nothing but
        English is known of them; no listener has heard these words yet.
        """
        return self._wording.nearest(_language(contact, words))

    def rows(
        self,
        risk: Risk,
        *,
        words: str,
        dedupe: str,
        channel: ChannelName,
        address: Address,
        contact: Contact,
        alert_id: UUID,
        now: datetime,
        conversation_id: UUID | None = None,
        thread: Mapping[str, str] | None = None,
    ) -> list[NewOutbound]:
        """The rows of the outbox, ahead of everything else in it. ``words`` are those in which the danger was heard."""
        locale = self.locale_for(contact, words)
        is_spoken = locale.partition("-")[0] == _language(contact, words).partition("-")[0]
        unspoken = [] if is_spoken else [Say("language.unspoken")]
        next_read = self._wording.moment(self._hours.next_reading(now), locale, now)
        return self._replies.rows(
            [self.say(risk, now), *unspoken],
            dedupe=dedupe,
            channel=channel,
            address=address,
            locale=locale,
            values={**self._signposts.values(locale), "next_read": next_read},
            contact_id=contact.id,
            conversation_id=conversation_id,
            thread=thread,
            alert_id=alert_id,
            priority=Priority.SIGNPOST,
            now=now,
        )


def kind_told(heard: Sequence[RiskKind]) -> RiskKind:
    """Whose text is said: that of the kind that weighs most; a young person's own comes before all but danger to life, for it
    carries the numbers a child may ring. For an adult of their age those are other numbers.
    """
    kinds: list[RiskKind] = [kind for kind in heard if kind in _WITH_A_TEXT] or [_FOR_ANY_HARM]
    if RiskKind.YOUNG_PERSON in kinds and kinds[0] is not RiskKind.LIFE_NOW:
        return RiskKind.YOUNG_PERSON
    return kinds[0]


@dataclass(frozen=True, slots=True)
class PassingOn:
    """For an alert that only the second listener raised: the numbers the family would have been sent had the rules heard it."""

    wording: Wording
    signposts: Signposts

    def numbers(self, kinds: Iterable[str]) -> tuple[Signpost, ...]:
        """In the order of the text for these kinds of danger, by day and by night."""
        kind = kind_told([RiskKind(kind) for kind in kinds])
        english = self.wording.tongues[ENGLISH]
        names = (name for hour in ("open", "closed") for name in placeholders(english.texts[f"danger.{kind}.{hour}"][PLAIN]))
        return tuple(self.signposts.by_key[name] for name in dict.fromkeys(names) if name in self.signposts.by_key)


def _language(contact: Contact, words: str) -> Locale:
    return (language_of(words) if contact.locale == ENGLISH else None) or contact.locale
