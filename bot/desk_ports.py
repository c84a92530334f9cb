"""What the centre needs of the store for the desk: what staff read, what they have done, who works here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.cards import ExperienceView
from bot.inbox import InboxFilter, InboxPage
from bot.inbox_place import Place
from bot.records import ExportedMessage, Reach, StaffMember


class DeskTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` about the work of staff."""

    def mark_read(self, experience_id: UUID, staff_id: UUID, now: datetime, *, seen: int | None = None) -> bool:
        """``seen`` is the ``seq`` of the person's newest line that the reader was shown; None: all there is.

        False, and nothing is changed: there are newer words.
        """
        ...

    def finish_task(self, task_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """False: somebody has done it already."""
        ...

    def leave_work(self, staff_id: UUID) -> tuple[str, ...]:
        """The experiences and the open tasks that were theirs are nobody's. Each by its name in the trail, such as ``task:…``."""
        ...

    def add_staff(self, member: StaffMember, now: datetime) -> None: ...

    def update_staff(
        self,
        staff_id: UUID,
        *,
        password_hash: str | None = None,
        role: str | None = None,
        disabled_at: datetime | None = None,
        end_sessions: bool = False,
    ) -> None:
        """Another role ends this member's sessions too."""
        ...

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None:
        """One line of the chained trail. Ids only, never text."""
        ...


class DeskStore(Protocol):
    """The part of ``bot.ports.Store`` about what staff and the operator read."""

    def inbox(self, wanted: InboxFilter, *, at: Place | None = None, back: bool = False, size: int = 20) -> InboxPage:
        """The first page, or the one that begins after ``at`` in the order (``back``: that ends before it)."""
        ...

    def experience(self, reference: str) -> ExperienceView | None: ...

    def reach(self, reference: str) -> Reach | None:
        """Where the person behind an experience wrote from last, unsealed. None: there is no such experience, or nobody
        to be reached any more (erased). Raises ``WrongKeys`` when the address does not open.
        """
        ...

    def staff_by_username(self, username: str) -> StaffMember | None: ...

    def staff(self, staff_id: UUID) -> StaffMember | None: ...

    def all_staff(self) -> tuple[StaffMember, ...]: ...

    def export_messages(self) -> Iterator[ExportedMessage]:
        """One that does not open comes with an empty text and a state that says so; the others are not kept back."""
        ...

    def export_rows(self, what: str) -> Iterable[Mapping[str, object]]:
        """``experiences``, ``decisions``, ``actions`` or ``audit``: redacted, one flat mapping a row."""
        ...
