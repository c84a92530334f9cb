"""What else happens to a talk, as the store writes it: words changed or unsent, a block, a person taking over, a link."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import bindparam, delete, select, update

from bot.days import ZONE
from bot.errors import WrongKeys
from bot.heard import Heard, Passage, Risk
from bot.model import Address, ChannelName, Contact
from bot.outgoing import DeliveryStatus, OutboundState
from bot.records import AmendedInbound
from storage.envelopes import open_inbound, seal_inbound
from storage.erasing import GONE
from storage.experiences import GROW, Experiences
from storage.hearing import IDENTITY, hold_sender, names_anew
from storage.jobs import hold_and_spoil
from storage.masking import hide_said, masked_by
from storage.people import People, contact_of, interrupt
from storage.put_aside import without_removed
from storage.tables import (
    contact,
    decision,
    deletion_request,
    inbound_message,
    outbound_message,
    passage,
    suggestion,
    task,
    translation,
)
from storage.tables.messages import InboundState
from storage.talks import forget_preview
from storage.unit import AnyRow, kept_id

row_ = outbound_message.c

BY_NAME = (
    select(inbound_message)
    .where(*(inbound_message.c[name] == bindparam(name) for name in IDENTITY))
    .with_for_update(key_share=True)
)

WORDS_BEFORE = "before"
"""In the sealed details of a message: what it said before it was changed."""

log = logging.getLogger(__name__)


class Happenings(People, Experiences):
    """The methods of ``bot.ports.Transaction`` about what providers tell beside messages and receipts."""

    def contact_at(self, address: Address, now: datetime) -> Contact | None:
        found = self._find([self.sealer.blind_index(address)])
        return contact_of(found[0], now) if found else None

    def amend_inbound(
        self,
        channel: ChannelName,
        account: str,
        external_id: str,
        *,
        text: str,
        risk: Risk,
        now: datetime,
        look_by: date | None = None,
    ) -> AmendedInbound | None:
        hold_sender(self, channel, account, external_id)
        names = names_anew(self, channel, account, external_id) or [external_id]
        row = self._named(channel, account, names[-1])
        if row is None or row.contact_id is None or row.state in GONE:
            return None
        try:
            message = open_inbound(self.sealer, row.sealed, row.id, row.channel)
        except WrongKeys:
            log.error("inbound message %s was changed by its sender and cannot be opened", row.id)  # noqa: TRY400 - a traceback may hold words
            return None
        came = text
        text, has_gap = without_removed(self, row.seq, came)
        if has_gap and risk.level.needs_alert:  # that is read as it came, by those who handle it
            text = came
        if message.text == text:
            return None
        before = "\n".join(part for part in (message.details.get(WORDS_BEFORE, ""), message.text) if part)
        changed = replace(message, text=text, details={**message.details, WORDS_BEFORE: before})
        level = max(int(risk.level), row.risk)
        values = {
            "sealed": seal_inbound(self.sealer, changed, row.id),
            "command": None,
            "risk": level,
            "risk_kinds": list(risk.kinds) or row.risk_kinds,
            "risk_evidence": [list(span) for span in risk.evidence] or None if text == came else None,
        }
        if row.state == InboundState.HEARD.value:
            values |= {"state": InboundState.WAITING.value, "amended_at": now, "attempts": 0}
        self.connection.execute(update(inbound_message).where(inbound_message.c.seq == row.seq).values(values))
        # Where the words are others, only a person sees whether what was removed is back in them.
        if has_gap and text == came and row.experience_id is not None:
            self._ask_to_look(row, look_by or now.astimezone(ZONE).date(), now)
        forget_preview(self, row.contact_id)
        person = interrupt(self, row.contact_id)  # or a turn under way would keep the old words as the new ones
        return AmendedInbound(seq=row.seq, contact=contact_of(person, now), sender=message.sender)

    def _ask_to_look(self, row: AnyRow, due_on: date, now: datetime) -> None:
        asked = select(task.c.id).where(task.c.experience_id == row.experience_id, task.c.kind == "look_again")
        if self.connection.execute(asked.where(task.c.done_at.is_(None))).first() is None:
            owed = {"contact_id": row.contact_id, "experience_id": row.experience_id}
            self.add_task(**owed, kind="look_again", due_on=due_on, now=now)

    def read_up_to(self, channel: ChannelName, reader: Address, at: datetime, now: datetime) -> int:
        del now
        return self.connection.execute(
            update(outbound_message)
            .where(
                row_.address_index == self.sealer.blind_index(reader),
                row_.channel == channel,
                row_.state == OutboundState.SENT.value,
                row_.sent_at <= at,
                row_.status < int(DeliveryStatus.READ),
            )
            .values(status=int(DeliveryStatus.READ))
        ).rowcount

    def remember_ref(self, contact_id: UUID, ref: str | None) -> None:
        self.connection.execute(update(contact).where(contact.c.id == contact_id).values(ref=ref))
        self.made.discard(contact_id)

    def release_withheld(self, address: Address, channel: ChannelName, now: datetime) -> int:
        return self.connection.execute(
            update(outbound_message)
            .where(
                row_.address_index == self.sealer.blind_index(address),
                row_.channel == channel,
                row_.state == OutboundState.WITHHELD.value,
                row_.window_shut,
            )
            .values(state=OutboundState.PENDING.value, not_before=now, window_shut=False, error=None)
        ).rowcount

    def add_deletion_request(self, *, code: str, channel: ChannelName, contact_id: UUID | None, now: datetime) -> bool:
        values = {"code": code, "channel": channel, "contact_id": contact_id, "asked_at": now}
        statement = self.database.insert_once(deletion_request, "code")
        return bool(statement.run(self.connection, values).rowcount)

    def finish_deletion_request(self, code: str, staff_id: UUID, now: datetime) -> bool:
        """Whoever did it first stands."""
        waiting = update(deletion_request).where(deletion_request.c.code == code, deletion_request.c.done_at.is_(None))
        return bool(self.connection.execute(waiting.values(done_at=now, done_by=staff_id)).rowcount)

    def mark_reheard(self, seq: int, heard: Heard, *, tagger: str, taxonomy: str) -> None:
        row = self.connection.execute(
            select(inbound_message).where(inbound_message.c.seq == seq, inbound_message.c.amended_at.is_not(None))
        ).one_or_none()
        if row is None or row.state != InboundState.WAITING.value:
            return
        values = {
            "state": InboundState.HEARD.value,
            "amended_at": None,
            "redacted": heard.redacted,
            "locale": heard.locale,
            "locale_score": heard.locale_score,
            "polarity": heard.polarity.value,
            "tagger": tagger,
            "taxonomy": taxonomy,
            **masked_by(heard),
        }
        self.connection.execute(update(inbound_message).where(inbound_message.c.seq == seq).values(values))
        if row.experience_id is None:
            return
        if row.is_story:
            self._story_anew(row, heard, tagger, taxonomy)
        if heard.redacted != row.redacted:
            hold_and_spoil(self, row.experience_id)
        hide_said(self, seq, row.experience_id)

    def _story_anew(self, row: AnyRow, heard: Heard, tagger: str, taxonomy: str) -> None:
        seq: int = row.seq
        old = list(
            self.connection.execute(
                select(passage.c.id)
                .where(passage.c.inbound_seq == seq, passage.c.translation_id.is_(None))
                .order_by(passage.c.position)
            ).scalars()
        )
        passages = heard.passages or (Passage(0, len(heard.redacted), heard.redacted, heard.polarity, heard.themes),)
        new = tuple(uuid5(row.id, f"{row.amended_at.isoformat()} {position}") for position in range(len(passages)))
        self._add_passages(new, passages, seq, row.experience_id)
        self._add_suggestions(new, passages, tagger, taxonomy)
        # What people decided about the old words goes over to the new ones in the same place; nothing decided is lost.
        for position, passage_id in enumerate(old):
            self.connection.execute(
                update(decision).where(decision.c.passage_id == passage_id).values(passage_id=new[min(position, len(new) - 1)])
            )
        self.connection.execute(delete(suggestion).where(suggestion.c.passage_id.in_(old)))
        self.connection.execute(delete(passage).where(passage.c.id.in_(old)))
        if self.connection.execute(select(translation.c.id).where(translation.c.inbound_seq == seq)).first() is not None:
            self.describe_experience(row.experience_id, needs_translation=True)  # it is one of the words before
        GROW.run(self.connection, {"of_experience": row.experience_id})

    def _named(self, channel: ChannelName, account: str, external_id: str) -> AnyRow | None:
        values = {"channel": channel, "account": kept_id(account), "external_id": kept_id(external_id)}
        return self.connection.execute(BY_NAME, values).one_or_none()
