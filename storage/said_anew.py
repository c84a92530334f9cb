"""New words for a message that is out of the record: they come in as one of their own, under a name made of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot.heard import Risk
from bot.model import Address, ChannelName
from bot.records import SaidAnew
from bot.removing import MARK
from storage.envelopes import open_address
from storage.erasing import GONE, Erasing
from storage.erasures import digest_of_words
from storage.hearing import name_anew, names_anew
from storage.put_aside import still_known, without_removed
from storage.tables import address, contact, inbound_message, taken_back
from storage.tables.messages import InboundState
from storage.unit import AnyRow, kept_id


class SayingAnew(Erasing):
    def said_anew(
        self, channel: ChannelName, account: str, external_id: str, *, text: str, risk: Risk, now: datetime
    ) -> SaidAnew | None:
        names = names_anew(self, channel, account, external_id)
        rows = [self._named_one(channel, account, name) for name in names]
        if not rows or any(row.state not in GONE for row in rows):
            return None
        sender = self._writer(rows[-1])
        if sender is None or self._is_known(channel, account, [row.external_id for row in rows], text):
            return None
        left, has_gap = text, False
        for row in rows:
            left, was_removed = without_removed(self, row.seq, left)
            has_gap |= was_removed
        if has_gap and not any(sign.isalnum() for sign in left.replace(MARK, "")):
            return None  # the very words that were removed
        if left != text and not risk.level.needs_alert:  # what is dangerous is read as it came, by those who handle it
            text, risk = left, replace(risk, evidence=())
        for row in rows:  # the old words are not put back beside the new ones
            with still_known(self, row.seq):
                self._end_removal_of_all(row.channel, row.account, row.external_id, now)
        return SaidAnew(external_id=name_anew(external_id, len(names) + 1), sender=sender, text=text, risk=risk)

    def _named_one(self, channel: ChannelName, account: str, name: str) -> AnyRow:
        its = {"channel": channel, "account": kept_id(account), "external_id": kept_id(name)}
        return self.connection.execute(
            select(inbound_message).where(*(inbound_message.c[column] == value for column, value in its.items()))
        ).one()

    def _writer(self, row: AnyRow) -> Address | None:
        """Where they wrote from. None: they were erased, or the message was."""
        if row.state != InboundState.TAKEN_BACK.value:
            return None
        its = select(address.c.sealed, address.c.id).join_from(address, contact, contact.c.id == address.c.contact_id)
        living = (contact.c.id == row.contact_id, contact.c.erased_at.is_(None), address.c.blind_index == row.address_index)
        found = self.connection.execute(its.where(*living)).one_or_none()
        return None if found is None else open_address(self.sealer, found.sealed, found.id)

    def _is_known(self, channel: ChannelName, account: str, names: list[str], text: str) -> bool:
        """The very words that they took back: a provider may tell of a change in which no word is another."""
        digests = [digest_of_words(self.sealer, channel, kept_id(account), name, text) for name in names]
        return self.connection.execute(select(taken_back.c.digest).where(taken_back.c.digest.in_(digests))).first() is not None
