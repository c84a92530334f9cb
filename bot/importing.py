"""Rows of somebody's spreadsheet join the record, each once, as accounts that were typed in: what becomes of every row.

The command and the page walk the rows each in their own way; what a row is and what is done with it stands here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.byhand import ENTERED_BY, IMPORTED, Kept, KeptAccounts, Receiver, noon
from bot.cells import Row, as_text
from bot.columns import Account, Columns, UnreadableCell, say
from bot.filing import CONSENTS, PLACE, READ_BY, REFUSALS
from bot.intake import OLD_AFTER
from bot.model import Address, InboundMessage, Locale, Manner
from bot.safety import check

LONGEST_KIND = 60
READ_WITHIN_DAYS = 30
"""How long the team gives itself for a file, where nobody says otherwise: nobody was promised the usual day."""

OUTCOMES = ("kept", "would be kept", "here already", "twice", "empty", "not kept")
"""What becomes of a row, in the order in which it is told."""


class Alike(Protocol):
    def look(self, number: int, text: str) -> int | None:
        """The number of an earlier text that is nearly or exactly the same."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: ``outcome`` is one of ``OUTCOMES``."""

    row: int
    outcome: str
    reference: str = ""
    remark: str = ""


@dataclass(slots=True)
class Seen:
    """What is known of the rows before. ``since``: what was kept from then on was kept by this very step, which is done once
    more after it was broken off; ``began``: and from then on by this run.
    """

    rows: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None
    began: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file on its way in. ``digest`` turns what a row is known by into an id that tells nobody what it says."""

    kind: str
    columns: Columns
    accounts: KeptAccounts
    intake: Receiver
    digest: Callable[[str], str]
    locales: Sequence[Locale]
    today: date
    read_by: date
    is_dry: bool = False
    entered_by: UUID | None = None
    alike: Alike | None = None

    def run(self, numbered: Iterable[tuple[int, Row]], counts: Counter[str], seen: Seen | None = None) -> Iterator[Outcome]:
        """Row by row, in order; each is committed before its outcome is told."""
        seen = seen or Seen()
        for number, row in numbered:
            outcome = self._row(number, row, seen, counts)
            counts[outcome.outcome] += 1
            yield outcome

    def _row(self, number: int, row: Row, seen: Seen, counts: Counter[str]) -> Outcome:
        try:
            account = self.columns.account(row, today=self.today, locales=self.locales)
        except UnreadableCell as unreadable:
            danger = self._danger(as_text(row.get(self.columns.by_field["text"])), None, counts)
            return Outcome(number, "not kept", remark=" ".join([str(unreadable), *danger]))
        if not account.text:
            return Outcome(number, "empty")
        external_id = self._id_of(account)
        if external_id in seen.rows:
            return Outcome(number, "twice", remark=say("same_row", row=str(seen.rows[external_id])))
        seen.rows[external_id] = number
        return self._taken(number, account, external_id, seen, counts)

    def _taken(self, number: int, account: Account, external_id: str, seen: Seen, counts: Counter[str]) -> Outcome:
        remarks = list(account.remarks)
        if self.alike is not None and (other := self.alike.look(number, account.text)) is not None:
            counts["alike"] += 1
            remarks.append(say("nearly", row=str(other)))
        kept = self.accounts.kept(IMPORTED, self.kind, external_id)
        is_new = kept is None or _since(kept, seen.since)
        if kept is not None and not is_new and _since(kept, seen.began):
            return Outcome(number, "twice", kept.reference or "", say("same"))
        remarks += self._danger(account.text, account.on, counts)
        if kept is not None and not is_new:
            return Outcome(number, "here already", kept.reference or "", " ".join(remarks))
        if self.is_dry:
            return Outcome(number, "would be kept", remark=" ".join(remarks))
        if kept is None:
            self.intake.receive([self._message(account, external_id)])
        return Outcome(number, "kept", remark=" ".join(remarks))

    def _danger(self, text: str, on: date | None, counts: Counter[str]) -> list[str]:
        if not check(text).level.needs_alert:
            return []
        counts["danger"] += 1
        if on is not None and self.today - on > OLD_AFTER:
            return [say("old_danger", days=OLD_AFTER.days)]
        return [say("danger")]

    def _id_of(self, account: Account) -> str:
        """The same row of the same survey has the same id, whenever and in whatever order it is imported."""
        if account.id:
            return self.digest(f"id\n{self.kind}\n{account.id}")
        return self.digest(f"words\n{self.kind}\n{account.on or ''}\n{account.text}")

    def _message(self, account: Account, external_id: str) -> InboundMessage:
        details = {
            PLACE: account.place,
            READ_BY: self.read_by.isoformat(),
            CONSENTS: " ".join(sorted(purpose for purpose, given in account.consents.items() if given)),
            REFUSALS: " ".join(sorted(purpose for purpose, given in account.consents.items() if not given)),
            ENTERED_BY: "" if self.entered_by is None else str(self.entered_by),
            "id": account.id,
            **account.more,
        }
        return InboundMessage(
            channel=IMPORTED,
            account=self.kind,
            external_id=external_id,
            sender=Address(IMPORTED, external_id),
            text=account.text,
            locale=account.locale,
            speaker=account.speaker,
            sent_at=noon(account.on) if account.on else None,
            details={name: said for name, said in details.items() if said},
            manner=Manner.KEEP,
        )


def _since(kept: Kept, moment: datetime | None) -> bool:
    return moment is not None and kept.at is not None and kept.at >= moment
