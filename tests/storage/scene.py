"""A few words in which the storage tests are told: accept, claim, answer, deliver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import event

from bot.alert_records import NewAlert
from bot.conversation import Command, Conversation
from bot.heard import Polarity, Risk, RiskLevel
from bot.model import ENGLISH, Address, ChannelName, Speaker
from bot.outgoing import Choice, DeliveryReceipt, DeliveryStatus, Failure, OutboundState, Part, Priority, Sent
from bot.ports import Store
from bot.records import NewDecision, NewOutbound, OutboundClaim, StaffMember, TurnClaim
from storage.database import Database
from tests.storage.made_up import ANNA, CALM, DANGER, LEASE, NOW, SMS, heard, message


@contextmanager
def said(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, in its order."""
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@dataclass
class Scene:
    """One store with its people. Ids come in order, so that a test can be read and run again."""

    store: Store
    ids: count[int] = field(default_factory=lambda: count(1))
    conversations: dict[UUID, Conversation] = field(default_factory=dict)

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    def accepts(
        self,
        text: str = "The taxi was late again.",
        *,
        sender: Address = ANNA,
        also: tuple[Address, ...] = (),
        channel: ChannelName = SMS,
        external_id: str | None = None,
        risk: Risk = CALM,
        command: Command | None = None,
        now: datetime = NOW,
        due: datetime | None = None,
    ) -> int | None:
        """What intake does with one message. Returns its number; None for a repeat."""
        inbound_id = self.new_id()
        came = message(text, external_id=external_id or f"SM{inbound_id.int}", sender=sender, also=also, channel=channel)
        with self.store.transaction() as tx:
            contact = tx.hold_contact(came.sender, came.also, locale=ENGLISH, now=now)
            seq = tx.add_inbound(contact, came, inbound_id=inbound_id, risk=risk, command=command, now=now)
            if seq is not None:
                tx.schedule_turn(contact.id, first_waiting_at=contact.first_waiting_at or now, due_at=due or now)
        return seq

    def alerts(self, seq: int, *, risk: Risk = DANGER, now: datetime = NOW, sender: Address = ANNA) -> UUID:
        """Raise an alert for a message, with its signpost."""
        alert_id = self.new_id()
        contact_id = self.contact(sender)
        with self.store.transaction() as tx:
            tx.add_alert(NewAlert(id=alert_id, contact_id=contact_id, inbound_seq=seq, risk=risk, raised_at=now))
            tx.enqueue(
                self.outbound(
                    "Ring 999.", contact_id=contact_id, to=sender, priority=Priority.SIGNPOST, alert_id=alert_id, now=now
                ),
                now,
            )
        return alert_id

    def contact(self, sender: Address = ANNA) -> UUID:
        with self.store.transaction() as tx:
            return tx.hold_contact(sender, (), locale=ENGLISH, now=NOW).id

    def claims(
        self, worker: str = "host:1", *, now: datetime = NOW, one_at_a_time: tuple[ChannelName, ...] = ()
    ) -> TurnClaim | None:
        return self.store.claim_turn(worker=worker, now=now, lease=LEASE, one_at_a_time=one_at_a_time)

    def must_claim(
        self, worker: str = "host:1", *, now: datetime = NOW, one_at_a_time: tuple[ChannelName, ...] = ()
    ) -> TurnClaim:
        claim = self.claims(worker, now=now, one_at_a_time=one_at_a_time)
        assert claim is not None
        return claim

    def talks(self, claim: TurnClaim) -> Conversation:
        return claim.conversation or Conversation(id=self.new_id(), channel=claim.channel)

    def takes_turn(
        self,
        *themes: tuple[str, float],
        reference: str | None = None,
        reply: str | None = "Thank you, we have kept that.",
        promised_on: date = date(2026, 11, 26),
        story: bool = True,
        polarity: Polarity = Polarity.BAD,
        risk: RiskLevel | None = None,
        now: datetime = NOW,
    ) -> UUID | None:
        """The whole of one turn, as the use case commits it. ``reference`` opens a new experience."""
        claim = self.must_claim(now=now)
        conversation = self.talks(claim)
        experience_id = claim.experience_id
        with self.store.transaction() as tx:
            tx.hold_turn(claim)
            tx.save_conversation(conversation, contact_id=claim.contact.id, now=now)
            if reference is not None:
                experience_id = self.new_id()
                tx.open_experience(
                    experience_id,
                    contact_id=claim.contact.id,
                    conversation_id=conversation.id,
                    channel=claim.channel,
                    reference=reference,
                    promised_on=promised_on,
                    locale=ENGLISH,
                    speaker=Speaker.PARENT,
                    now=now,
                )
            for stored in claim.messages:
                tx.mark_heard(
                    stored.seq,
                    heard(stored.message.text, *themes, polarity=polarity),
                    experience_id=experience_id,
                    question=None,
                    is_story=story,
                    tagger="rules-1",
                    taxonomy="2026-11",
                )
            if experience_id is not None:
                tx.link_alerts([stored.seq for stored in claim.messages], experience_id)
                if risk is not None:
                    tx.describe_experience(experience_id, risk=risk)
            if reply is not None:
                tx.enqueue(
                    self.outbound(
                        reply,
                        to=claim.address,
                        contact_id=claim.contact.id,
                        conversation_id=conversation.id,
                        channel=claim.channel,
                        now=now,
                    ),
                    now,
                )
            tx.finish_turn(claim, now=now)
        return experience_id

    def hears(self, claim: TurnClaim) -> None:
        """Finish a turn in which nothing is said and nothing is kept."""
        with self.store.transaction() as tx:
            tx.hold_turn(claim)
            for stored in claim.messages:
                what = heard(stored.message.text)
                tx.mark_heard(
                    stored.seq, what, experience_id=None, question=None, is_story=False, tagger="rules-1", taxonomy="2026-11"
                )
            tx.finish_turn(claim, now=NOW)

    def passage_of(self, reference: str) -> UUID:
        view = self.store.experience(reference)
        assert view is not None
        return view.card.passages[0].id

    def decides(self, passage_id: UUID, theme: str, *, verdict: bool, by: StaffMember | None = None, why: str = "") -> None:
        """Staff's word on one theme of one passage, or the parent's own."""
        decision = NewDecision(
            passage_id=passage_id,
            theme=theme,
            verdict=verdict,
            staff_id=None if by is None else by.id,
            why=why,
            taxonomy="2026-11",
            at=NOW,
        )
        with self.store.transaction() as tx:
            tx.add_decision(decision)

    def tells(
        self,
        text: str,
        *themes: tuple[str, float],
        reference: str,
        sender: Address = ANNA,
        channel: ChannelName = SMS,
        promised_on: date = date(2026, 11, 26),
        polarity: Polarity = Polarity.BAD,
        risk: RiskLevel | None = None,
        now: datetime = NOW,
    ) -> UUID:
        """A message and its turn: one experience in the record."""
        self.accepts(text, sender=sender, channel=channel, now=now)
        experience_id = self.takes_turn(
            *themes, reference=reference, reply=None, promised_on=promised_on, polarity=polarity, risk=risk, now=now
        )
        assert experience_id is not None
        return experience_id

    def outbound(
        self,
        text: str = "Thank you, we have kept that.",
        *,
        to: Address = ANNA,
        contact_id: UUID | None = None,
        conversation_id: UUID | None = None,
        channel: ChannelName = SMS,
        key: str = "promise",
        dedupe_key: str | None = None,
        priority: Priority = Priority.REPLY,
        alert_id: UUID | None = None,
        choices: tuple[Choice, ...] = (),
        now: datetime = NOW,
    ) -> NewOutbound:
        outbound_id = self.new_id()
        return NewOutbound(
            id=outbound_id,
            dedupe_key=dedupe_key or f"turn:{outbound_id}",
            channel=channel,
            address=to,
            contact_id=contact_id,
            conversation_id=conversation_id,
            key=key,
            locale=ENGLISH,
            part=Part(text, choices),
            priority=priority,
            alert_id=alert_id,
            not_before=now,
        )

    def says(self, text: str = "Thank you, we have kept that.", *, to: Address = ANNA, now: datetime = NOW) -> UUID:
        """Put one reply into the outbox."""
        row = self.outbound(text, to=to, contact_id=self.contact(to), now=now)
        with self.store.transaction() as tx:
            assert tx.enqueue(row, now) is not None
        return row.id

    def takes_out(
        self, worker: str = "host:1/0", *, now: datetime = NOW, without: tuple[ChannelName, ...] = ()
    ) -> OutboundClaim | None:
        return self.store.claim_outbound(worker=worker, now=now, lease=LEASE, without=without)

    def must_take_out(self, worker: str = "host:1/0", *, now: datetime = NOW) -> OutboundClaim:
        claim = self.takes_out(worker, now=now)
        assert claim is not None
        return claim

    def settles(
        self,
        claim: OutboundClaim,
        state: OutboundState = OutboundState.SENT,
        *,
        worker: str = "host:1/0",
        provider_id: str | None = None,
        not_before: datetime | None = None,
        error: str | None = None,
        now: datetime = NOW,
    ) -> None:
        sent = Sent(provider_id) if provider_id is not None else None
        with self.store.transaction() as tx:
            tx.settle_outbound(claim.outgoing.id, worker, state=state, sent=sent, error=error, not_before=not_before, now=now)

    def sends(self, *, provider_id: str, now: datetime = NOW) -> OutboundClaim:
        claim = self.must_take_out(now=now)
        self.settles(claim, provider_id=provider_id, now=now)
        return claim

    def is_told(
        self,
        status: DeliveryStatus,
        *,
        provider_id: str = "",
        outbound: UUID | None = None,
        failure: Failure | None = None,
        code: str | None = None,
        channel: ChannelName = SMS,
        now: datetime = NOW,
    ) -> UUID | None:
        """A delivery receipt comes in."""
        receipt = DeliveryReceipt(
            channel=channel, status=status, provider_id=provider_id, outbound=outbound, failure=failure, code=code
        )
        with self.store.transaction() as tx:
            return tx.apply_receipt(receipt, now)

    def employs(
        self, name: str = "Sam Reader", *, role: str = "reviewer", mobile: str | None = None, now: datetime = NOW
    ) -> StaffMember:
        member = StaffMember(
            id=self.new_id(),
            name=name,
            username=name.split(maxsplit=1)[0].lower(),
            role=role,
            password_hash="argon2id$made-up",
            mobile=mobile,
        )
        with self.store.transaction() as tx:
            tx.add_staff(member, now)
        return member

    def states(self) -> dict[int, str]:
        """Every message's state, as the operator's export says it."""
        return {row.seq: row.state for row in self.store.export_messages()}
