"""A few words in which the tests of the outbox are told: a message is written, a provider behaves as it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from bot.heard import Risk
from bot.hours import Hours
from bot.model import ENGLISH, Address, ChannelName, ChannelTraits, InboundMessage, Locale
from bot.nudges import Nudges
from bot.outbox import Outbox
from bot.outgoing import Outgoing, Part, Priority, Sent, Spoken
from bot.ports import Store
from bot.records import ExportedMessage, NewOutbound
from bot.replies import Replies
from bot.wording import Wording

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SMS = ChannelName("sms")
WHATSAPP = ChannelName("whatsapp")
ANNA = Address("tel", "+447700900123")


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class ToldProvider:
    """A channel whose provider does what it is told. ``taken`` are the messages it has, in the order it got them; ``forgets``:
    it cannot be asked for them.
    """

    name: ChannelName = SMS
    traits: ChannelTraits = field(default_factory=lambda: ChannelTraits(settle=timedelta(0)))
    troubles: list[Exception] = field(default_factory=list)
    takes_then_fails: bool = False
    forgets: bool = False
    taken: list[Outgoing] = field(default_factory=list)
    asked: int = 0
    templates: dict[tuple[str, Locale], str] = field(default_factory=dict)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return (Part(spoken.text),)

    def send(self, outgoing: Outgoing) -> Sent:
        if self.troubles:
            if self.takes_then_fails:
                self.taken.append(outgoing)
            raise self.troubles.pop(0)
        self.taken.append(outgoing)
        return Sent(f"P-{len(self.taken)}")

    def template_for(self, key: str, locale: Locale) -> str | None:
        return self.templates.get((key, locale))

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        del since
        self.asked += 1
        if self.forgets:
            return None
        for number, taken in reversed(list(enumerate(self.taken, start=1))):
            if taken.text == outgoing.text:
                return Sent(f"P-{number}")
        return None


class OutboxScene:
    """One person, one outbox, one clock that stands still until it is told to move."""

    def __init__(self, store: Store, provider: ToldProvider, *, cap: int = 1000) -> None:
        self.store = store
        self.provider = provider
        self.clock = Clock()
        self.outbox = self.another_outbox(cap)
        with store.transaction() as tx:
            self.contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW)

    def another_outbox(self, cap: int = 1000) -> Outbox:
        """As another worker has it: nothing is remembered but what the store holds."""
        return Outbox(
            store=self.store,
            clock=self.clock,
            channels={self.provider.name: self.provider},
            sms_countries=("+44",),
            hourly_cap=cap,
            random=Random(1),
            nudges=Nudges(
                replies=Replies(wording=Wording.load(), channels={self.provider.name: self.provider}, new_id=uuid4),
                hours=Hours.load(),
            ),
        )

    def hears_from_her(self, text: str = "hello") -> None:
        message = InboundMessage(channel=self.provider.name, account="us", external_id=str(uuid4()), sender=ANNA, text=text)
        with self.store.transaction() as tx:
            contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=self.clock.at)
            tx.add_inbound(contact, message, inbound_id=uuid4(), risk=Risk(), command=None, now=self.clock.at)

    def write(
        self,
        text: str,
        *,
        priority: Priority = Priority.REPLY,
        key: str = "kept.plain",
        to: Address = ANNA,
        by_person: bool = False,
        locale: Locale = ENGLISH,
    ) -> UUID:
        outbound_id = uuid4()
        with self.store.transaction() as tx:
            tx.enqueue(
                NewOutbound(
                    id=outbound_id,
                    dedupe_key=f"{outbound_id}:0",
                    channel=self.provider.name,
                    address=to,
                    contact_id=self.contact.id,
                    conversation_id=None,
                    key=key,
                    locale=locale,
                    part=Part(text),
                    priority=priority,
                    not_before=self.clock.at,
                    by_person=by_person,
                ),
                self.clock.at,
            )
        return outbound_id

    def deliver(self, outbox: Outbox | None = None) -> int:
        """Deliver what is due now; how many rows were taken in hand."""
        count = 0
        while (outbox or self.outbox).deliver_due("a:1"):
            count += 1
            assert count < 100, "the outbox turns in circles"
        return count

    def dies_while_sending(self, *, taken: bool) -> None:
        """A worker is killed in the middle of a send; the provider may have the message or not."""
        claim = self.store.claim_outbound(worker="dead:1", now=self.clock.at, lease=timedelta(seconds=30), without=())
        assert claim is not None
        if taken:
            self.provider.taken.append(claim.outgoing)

    def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by)

    @property
    def arrived(self) -> list[str]:
        return [outgoing.text for outgoing in self.provider.taken]

    def states(self) -> list[str]:
        return [row.state for row in self._outbound()]

    def _outbound(self) -> list[ExportedMessage]:
        return [row for row in self.store.export_messages() if row.direction == "outbound"]


MakeScene = Callable[..., OutboxScene]
