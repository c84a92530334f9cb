"""Comments under our page's posts: staff read them, and may once ask who wrote one to talk to us in private.

A comment was said to the world and not to us, so it is no feedback. Only what its writer says in answer, in a talk like any
other, joins the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alerted import audit
from bot.conversation import Say
from bot.errors import BotError, NotFound
from bot.model import Address, ChannelName, Locale
from bot.outgoing import OutboundState
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.replies import Replies
from bot.wall import may_handle_alerts

COMMENTS = ChannelName("comments")
INVITED_WITHIN = timedelta(days=7)
"""So long after it was written a comment may be answered in private, by the provider's rule, and once ever."""

INVITATION = "comment.invite"
MOST_ON_A_PAGE = 20


class Invitation(StrEnum):
    """How an invitation stands. Only at ``OPEN`` can one be sent."""

    OPEN = "open"
    LEAVING = "leaving"
    INVITED = "invited"
    ANSWERED = "answered"
    FAILED = "failed"
    TOO_LATE = "too_late"
    STOPPED = "stopped"
    GONE = "gone"


class NotInvitableError(BotError):
    """This comment cannot be answered in private, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as the store has it, its words redacted. ``at``: when it was written.

    ``sent``: what became of the invitation, None where there is none; ``answered``: its writer has talked to us since;
    ``stopped``: they have told us to be silent. ``post`` is the provider's id of the post, for a link.
    """

    id: UUID
    seq: int
    text: str
    is_redacted: bool
    at: datetime
    post: str = ""
    is_gone: bool = False
    is_with_safeguarding: bool = False
    sent: OutboundState | None = None
    sent_at: datetime | None = None
    error: str = ""
    answered: bool = False
    stopped: bool = False

    def invitation(self, now: datetime) -> Invitation:
        if self.answered:
            return Invitation.ANSWERED
        match self.sent:
            case None:
                return self._open(now)
            case OutboundState.SENT:
                return Invitation.INVITED
            case OutboundState.FAILED | OutboundState.CANCELLED | OutboundState.WITHHELD:
                return Invitation.FAILED
            case OutboundState.PENDING | OutboundState.SENDING | OutboundState.UNKNOWN:
                return Invitation.LEAVING

    def _open(self, now: datetime) -> Invitation:
        if self.is_gone:
            return Invitation.GONE
        if self.stopped:
            return Invitation.STOPPED
        return Invitation.TOO_LATE if now - self.at >= INVITED_WITHIN else Invitation.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote a comment, as far as the provider said. ``name`` is theirs: whoever shows it audits it."""

    contact_id: UUID
    address: Address
    thread: Mapping[str, str]
    locale: Locale
    name: str = field(default="", repr=False)


class CommentRecords(Protocol):
    """What the store keeps of comments."""

    def comments(self, *, before: int | None, limit: int, with_safeguarding: bool) -> tuple[Comment, ...]:
        """Newest first, those with a lower ``seq`` than ``before``. Without safeguarding, none with an open alert."""
        ...

    def comment(self, comment_id: UUID) -> Comment | None: ...

    def writer(self, comment_id: UUID) -> Writer | None:
        """None: the comment was taken away or erased. Raises ``WrongKeys``."""
        ...


@dataclass(frozen=True, slots=True)
class Comments:
    """The acts of staff on comments. Each raises ``NotFound`` for a comment that is not there, or not for them to see."""

    records: CommentRecords
    store: Store
    replies: Replies
    clock: Clock

    def page(self, member: StaffMember, *, before: int | None = None) -> tuple[tuple[Comment, ...], int | None]:
        """The comments, and from where the next page goes on; None: there are no more."""
        found = self.records.comments(before=before, limit=MOST_ON_A_PAGE + 1, with_safeguarding=self._may(member))
        shown = found[:MOST_ON_A_PAGE]
        return shown, (shown[-1].seq if len(found) > len(shown) else None)

    def show_writer(self, comment_id: UUID, member: StaffMember, why: str) -> None:
        """Keep that this member is to be shown who wrote it, and why they need it."""
        self.look(comment_id, member)
        with self.store.transaction() as tx:
            audit(tx, member, "show_comment_author", f"message:{comment_id}", self.clock.now(), why)

    def writer(self, comment_id: UUID, member: StaffMember) -> Writer | None:
        """For somebody of whom it was kept (``show_writer``)."""
        self.look(comment_id, member)
        return self.records.writer(comment_id)

    def invite(self, comment_id: UUID, member: StaffMember) -> None:
        """Ask its writer, in private, to talk to us. Pressed twice it is sent once. Raises ``NotInvitableError``."""
        now = self.clock.now()
        comment, writer = self.look(comment_id, member), self.records.writer(comment_id)
        if comment.sent is not None:
            return
        if writer is None or comment.invitation(now) is not Invitation.OPEN:
            raise NotInvitableError
        rows = self.replies.rows(
            [Say(INVITATION)],
            dedupe=dedupe_of(comment_id),
            channel=COMMENTS,
            address=writer.address,
            locale=writer.locale,
            values={},
            contact_id=writer.contact_id,
            thread=writer.thread,
            now=now,
        )
        with self.store.transaction() as tx:
            if tx.enqueue(replace(rows[0], by_person=True), now) is not None:
                audit(tx, member, "invite_commenter", f"message:{comment_id}", now)

    def look(self, comment_id: UUID, member: StaffMember) -> Comment:
        comment = self.records.comment(comment_id)
        if comment is None or (comment.is_with_safeguarding and not self._may(member)):
            raise NotFound
        return comment

    def _may(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())


def dedupe_of(comment_id: UUID) -> str:
    """The cause of an invitation: there is one to a comment, ever."""
    return f"invite:{comment_id}"
