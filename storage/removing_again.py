"""Passages that were removed by themselves, on the list of erasures: read for it, and removed again from a store that was
brought back from a copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, select

from bot.erasures import ListedPassage
from bot.errors import WrongKeys
from bot.removing import MARK, NewRemoval, Why
from storage.columns import showable
from storage.database import Database
from storage.envelopes import open_inbound
from storage.erasing import GONE
from storage.erasures import digest_of_message
from storage.put_aside import cut_known
from storage.removing import in_words
from storage.sealing import Sealer
from storage.store import SqlStore, SqlTransaction
from storage.tables import experience, inbound_message, passage, removed_passage
from storage.tables.messages import InboundState
from storage.tombstones import FORGOTTEN
from storage.unit import AnyRow

one = removed_passage.c
GONE_FOR_GOOD = and_(one.gone_at.is_not(None), one.put_back_at.is_(None), one.whole.is_(False))
"""A whole message is on the list as one that was taken back."""
Runs = tuple[tuple[int, str], ...]


@dataclass(slots=True)
class Parts:
    """What it came to, as ``bot.erasures.Again`` has it."""

    removed: int = 0
    to_look_at: tuple[str, ...] = ()
    unheard: int = 0


class RemovesAgain:
    """A transaction for each message."""

    def __init__(self, database: Database, sealer: Sealer, store: SqlStore) -> None:
        self._database = database
        self._sealer = sealer
        self._store = store

    def listed(self) -> tuple[ListedPassage, ...]:
        """What an erasure has forgotten since is on the list by its person."""
        query = (
            select(removed_passage, *(inbound_message.c[name] for name in ("channel", "account", "external_id")))
            .join_from(removed_passage, inbound_message, inbound_message.c.seq == one.inbound_seq)
            .where(GONE_FOR_GOOD, inbound_message.c.account != FORGOTTEN)
            .order_by(one.gone_at, one.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            ListedPassage(
                message=digest_of_message(self._sealer, row.channel, row.account, row.external_id).hex(),
                runs=_runs(row.digests),
                why=Why(row.why),
                by=row.staff_id,
                at=row.at,
            )
            for row in rows
            if row.digests is not None
        )

    def once_more(self, listed: Sequence[ListedPassage], *, who: str, now: datetime) -> Parts:
        """What this store knows itself to be removed is left alone. Again and again it comes to the same."""
        parts = Parts()
        look: dict[str, None] = {}
        for row, its in self._here(listed):
            with self._store.transaction() as tx:
                done, is_left = self._remove(tx, row, its, who, now)
            parts.removed += done
            if is_left and row.state != InboundState.HEARD.value:
                parts.unheard += 1
            elif is_left:
                look[row.reference] = None
        parts.to_look_at = tuple(look)
        return parts

    def _here(self, listed: Sequence[ListedPassage]) -> list[tuple[AnyRow, list[ListedPassage]]]:
        """The messages that are here, each with what the list knows of it and this store does not."""
        wanted: defaultdict[str, list[ListedPassage]] = defaultdict(list)
        for each in listed:
            wanted[each.message].append(each)
        if not wanted:
            return []
        names = ("seq", "channel", "account", "external_id", "state", "experience_id")
        query = (
            select(*(inbound_message.c[name] for name in names), experience.c.reference)
            .join_from(inbound_message, experience, experience.c.id == inbound_message.c.experience_id, isouter=True)
            .where(inbound_message.c.state.not_in(GONE), inbound_message.c.account != FORGOTTEN)
        )
        found: list[tuple[AnyRow, list[ListedPassage]]] = []
        with self._database.reading() as connection:
            removed = select(one.inbound_seq, one.digests).where(one.put_back_at.is_(None), one.digests.is_not(None))
            own = {(row.inbound_seq, _runs(row.digests)) for row in connection.execute(removed)}
            for row in connection.execute(query):
                its = wanted.get(digest_of_message(self._sealer, row.channel, row.account, row.external_id).hex(), [])
                if its := [each for each in its if (row.seq, each.runs) not in own]:
                    found.append((row, its))
        return found

    def _remove(self, tx: SqlTransaction, row: AnyRow, its: Sequence[ListedPassage], who: str, now: datetime) -> tuple[int, bool]:
        """How many passages went, and whether any of the words may be left."""
        done = 0
        while (found := self._next(tx, row.seq, its)) is not None:
            passed, reason = found
            member = self._store.staff(reason.by) or next(iter(self._store.all_staff()), None)
            if member is None:
                break
            new = NewRemoval(
                id=uuid4(),
                experience_id=passed.experience_id,
                passage_id=passed.id,
                text=passed.text,
                why=reason.why,
                reason="",
                member=member,
                told=None,
                with_safeguarding=True,
                again=who,
                at=reason.at,
            )
            if tx.remove_passage(new, now) is None:
                break
            tx.erase_removed(new.id, now)
            done += 1
        return done, self._is_left(tx, row.seq, its)

    def _next(self, tx: SqlTransaction, seq: int, its: Sequence[ListedPassage]) -> tuple[AnyRow, ListedPassage] | None:
        """A passage of which every word is known, and the first on the list that knows some of it."""
        message = _message(tx, seq)
        if message.state != InboundState.HEARD.value:
            return None
        try:
            words = open_inbound(self._sealer, message.sealed, message.id, message.channel)
        except WrongKeys:
            return None
        text = showable(words.text)
        own = select(passage).where(passage.c.inbound_seq == seq, passage.c.translation_id.is_(None))
        known = [run for each in its for run in each.runs]
        for row in tx.connection.execute(own.order_by(passage.c.position, passage.c.id)).all():
            start, end = in_words(row, message, words)
            went = text[start:end] or row.text
            left = cut_known(self._sealer, went, known)
            if left != went and not any(letter.isalnum() for letter in left.replace(MARK, "")):
                reasons = (each for each in its if cut_known(self._sealer, went, each.runs) != went)
                return row, next(reasons)
        return None

    def _is_left(self, tx: SqlTransaction, seq: int, its: Sequence[ListedPassage]) -> bool:
        """A passage of one word has no runs: whether it is here nobody can tell but by looking."""
        message = _message(tx, seq)
        if message.state in GONE:
            return False
        try:
            text = showable(open_inbound(self._sealer, message.sealed, message.id, message.channel).text)
        except WrongKeys:
            return True
        known = [run for each in its for run in each.runs]
        return any(not each.runs for each in its) or cut_known(self._sealer, text, known) != text


def _message(tx: SqlTransaction, seq: int) -> AnyRow:
    return tx.connection.execute(select(inbound_message).where(inbound_message.c.seq == seq)).one()


def _runs(digests: Sequence[Sequence[int | str]]) -> Runs:
    return tuple((int(length), str(digest)) for length, digest in digests)
