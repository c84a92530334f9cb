"""Who is in the team, and as what: invited, changed, locked out, let back in. A change ends the sessions that were begun before
it, and is audited. Whatever lets somebody read what families told is shown to a second person too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from bot.alerted import leave_to, note_left
from bot.desk_work import leave_work
from bot.errors import BotError, NotFound
from bot.model import ENGLISH, Address, ChannelName
from bot.outgoing import Part
from bot.ports import Clock, Store, Transaction
from bot.records import NO_PASSWORD, NewOutbound, StaffMember
from bot.wall import Role

INVITED_FOR = timedelta(days=3)
"""How long a link of an invitation opens."""
EMAIL = ChannelName("email")
CONTENT = frozenset({Role.VIEWER, Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING})
"""The roles that read what families told."""
SECOND = frozenset({Role.ADMIN, Role.SAFEGUARDING})
"""Who is asked to look at what another member did to accounts. Publishers are asked where none of these can."""


class LastAdminError(BotError):
    """Nobody would be left to keep the accounts. Give somebody else the role first."""


class LastLeadError(BotError):
    """Nobody would be left for safeguarding, and everybody who answers families would see what is with it. Give somebody else
    the role first; they count once they have come in.
    """


class NameTakenError(BotError):
    """Somebody has this user name, or had it: a name is never given twice."""


class What(StrEnum):
    """What happened to an account by which somebody may come to read what families told."""

    INVITED = "invited"
    LINK = "link"
    ROLE = "role"
    LET_IN = "let_in"
    STEP = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``by`` None: the operator. ``role``: what the account's is from then on. ``may_say``: whether the member for whom it was
    listed may say that it is right. ``is_stuck``: nobody here may.
    """

    id: UUID
    staff_id: UUID
    by: UUID | None
    what: What
    role: str
    at: datetime
    may_say: bool = True
    is_stuck: bool = False


def _hands(by: UUID, unseen: Collection[Change]) -> frozenset[UUID] | None:
    """This member's account and those they brought in, through however many hands, and nobody has seen: one person under several
    names would be their own second. None: something that another member did to their own is still unseen, so they are nobody's.
    What the operator did holds nobody back.
    """
    if any(each.staff_id == by and each.by is not None for each in unseen):
        return None
    theirs = {by}
    while more := {each.staff_id for each in unseen if each.by in theirs} - theirs:
        theirs |= more
    return frozenset(theirs)


def to_look_at(by: UUID, unseen: Collection[Change], team: Mapping[UUID, str]) -> tuple[Change, ...]:
    """The changes that this member is shown. ``team``: the role of everybody who has come in and may come in now.

    Nobody may say of their own account, or of what their own hands did, that it is right; they are shown it only where nobody
    else may say so either. Publishers are shown only what they may say, and asked only where nobody of ``SECOND`` may.
    """
    hands = {each: _hands(each, unseen) for each, role in team.items() if role in SECOND | {Role.PUBLISHER}}
    found = []
    for change in unseen:
        apart = {each for each, own in hands.items() if own is not None and each != change.staff_id and change.by not in own}
        asked = {each for each in apart if team[each] in SECOND} or apart
        is_own = by in (change.by, change.staff_id)
        if by in asked or (team.get(by) in SECOND and not (is_own and asked)):
            found.append(replace(change, may_say=by in asked, is_stuck=not asked))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    id: UUID
    staff_id: UUID
    by: UUID | None
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where an invitation is sent, and its words, once its token is known."""

    to: str = field(repr=False)
    subject: str
    words: Callable[[str], str]


class Others(Protocol):
    def is_another(self, role: Role, but: UUID) -> bool:
        """Whether somebody else who has come in before has this role. Of two who ask at once the second waits."""
        ...


class TeamWork(Others, Transaction, Protocol):
    """What the team asks of a transaction beside what every use case does."""

    def rename_staff(self, staff_id: UUID, name: str) -> None: ...

    def let_staff_in(self, staff_id: UUID) -> None: ...

    def add_invitation(self, invitation: Invitation, token: str) -> None:
        """No earlier one of this person opens any more."""
        ...

    def use_invitation(self, token: str, now: datetime) -> UUID | None:
        """Whose it is; from now on it opens no more. None: it is not, was used, or has run out."""
        ...

    def end_invitations(self, staff_id: UUID, now: datetime) -> None: ...

    def note_change(self, change: Change) -> None: ...

    def see_change(self, change_id: UUID, by: UUID, now: datetime) -> bool:
        """False: there is none, somebody has seen it, or who says so may not (``to_look_at``)."""
        ...


class TeamStore(Protocol):
    def transaction(self) -> AbstractContextManager[TeamWork]: ...


class TeamRecords(Protocol):
    def invited(self, token: str, now: datetime) -> UUID | None:
        """Whose invitation this token opens."""
        ...

    def invitations(self) -> Mapping[UUID, datetime]:
        """Until when each person's newest link opens, or opened, where it was not used."""
        ...

    def unseen(self, staff_id: UUID) -> tuple[Change, ...]:
        """Changes that nobody has seen yet but who made them, as far as this member is shown them (``to_look_at``). The newest
        first.
        """
        ...


def keep_one(tx: Others, other: StaffMember) -> None:
    """One to keep the accounts, and one for safeguarding where there is one. Raises ``LastAdminError``, ``LastLeadError``."""
    if other.role == Role.ADMIN and not tx.is_another(Role.ADMIN, other.id):
        raise LastAdminError
    if other.role == Role.SAFEGUARDING and other.is_here and not tx.is_another(Role.SAFEGUARDING, other.id):
        raise LastLeadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """``by`` None: the operator, on the command line."""

    store: Store
    work: TeamStore
    records: TeamRecords
    clock: Clock
    new_token: Callable[[], str] = field(default=partial(secrets.token_urlsafe, 32))
    new_id: Callable[[], UUID] = uuid4

    def invite(
        self, *, name: str, username: str, role: Role, by: StaffMember, mail: Mail | None = None
    ) -> tuple[StaffMember, str]:
        """A new member without a password, and the token of their link, told this once. Raises ``NameTakenError``."""
        if self.store.staff_by_username(username) is not None:
            raise NameTakenError
        member = StaffMember(id=self.new_id(), name=name, username=username, role=role.value, password_hash=NO_PASSWORD)
        now = self.clock.now()
        with self.work.transaction() as tx:
            tx.add_staff(member, now)
            token = self._link(tx, member, by, now, mail)
            tx.audit(who=_name(by), action="invite_staff", record=f"staff:{member.id}", why=role.value, now=now)
            self._note(tx, member, What.INVITED, role.value, by, now)
        return member, token

    def invite_again(self, other: StaffMember, *, by: StaffMember, mail: Mail | None = None) -> str:
        """A new link for somebody who lost the first, or their password. The old password stays until it is used."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            token = self._link(tx, other, by, now, mail)
            tx.audit(who=_name(by), action="new_link", record=f"staff:{other.id}", now=now)
            self._note(tx, other, What.LINK, other.role, by, now)
        return token

    def invited(self, token: str) -> StaffMember | None:
        """Whom this link lets in. Looking uses nothing up: a mail program looks too."""
        staff_id = self.records.invited(token, self.clock.now())
        member = None if staff_id is None else self.store.staff(staff_id)
        return None if member is None or member.disabled_at is not None else member

    def accept(self, token: str, password_hash: str) -> StaffMember:
        """Their own password counts from now on, and the link no more. Raises ``NotFound``."""
        invited = self.invited(token)
        if invited is None:
            raise NotFound
        now = self.clock.now()
        with self.work.transaction() as tx:
            staff_id = tx.use_invitation(token, now)
            if staff_id is None:
                raise NotFound
            tx.update_staff(staff_id, password_hash=password_hash, end_sessions=True)
            left = leave_to(replace(invited, password_hash=password_hash), tx, self.store.all_staff(), now)
            tx.audit(who=f"staff:{staff_id}", action="accept_invitation", record=f"staff:{staff_id}", now=now)
            note_left(tx, left, f"staff:{staff_id}", now)
        member = self.store.staff(staff_id)
        if member is None:
            raise NotFound
        return member

    def change_password(self, member: StaffMember, password_hash: str) -> StaffMember:
        """Every session of theirs ends; the one that asked begins anew."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            tx.update_staff(member.id, password_hash=password_hash, end_sessions=True)
            tx.end_invitations(member.id, now)
            tx.audit(who=f"staff:{member.id}", action="change_password", record=f"staff:{member.id}", now=now)
        return self.store.staff(member.id) or member

    def rename(self, other: StaffMember, name: str, *, by: StaffMember) -> None:
        now = self.clock.now()
        with self.work.transaction() as tx:
            tx.rename_staff(other.id, name)
            tx.audit(who=_name(by), action="rename_staff", record=f"staff:{other.id}", now=now)

    def change_role(self, other: StaffMember, role: Role, *, by: StaffMember | None) -> StaffMember:
        """Nothing happens, and no session ends, where the role is the same. Raises ``LastAdminError``,
        ``LastLeadError``.
        """
        if other.role != role:
            now = self.clock.now()
            with self.work.transaction() as tx:
                keep_one(tx, other)
                tx.update_staff(other.id, role=role.value)
                left = leave_work(tx, other.id, now, role=role)
                left += leave_to(replace(other, role=role.value), tx, self.store.all_staff(), now)
                tx.audit(who=_name(by), action="change_role", record=f"staff:{other.id}", why=role.value, now=now)
                note_left(tx, left, _name(by), now)
                self._note(tx, other, What.ROLE, role.value, by, now)
        return other

    def remove(self, other: StaffMember, *, by: StaffMember | None) -> StaffMember:
        """They are out at once. Raises ``LastAdminError``, ``LastLeadError``."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            keep_one(tx, other)
            tx.update_staff(other.id, disabled_at=now, end_sessions=True)
            tx.end_invitations(other.id, now)
            left = leave_work(tx, other.id, now)
            tx.audit(who=_name(by), action="remove_staff", record=f"staff:{other.id}", now=now)
            note_left(tx, left, _name(by), now)
        return other

    def let_in(self, other: StaffMember, *, by: StaffMember) -> None:
        """Somebody who was locked out comes in as before, with what they know and have."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            tx.let_staff_in(other.id)
            left = leave_to(replace(other, disabled_at=None), tx, self.store.all_staff(), now)
            tx.audit(who=_name(by), action="let_back_in", record=f"staff:{other.id}", now=now)
            note_left(tx, left, _name(by), now)
            self._note(tx, other, What.LET_IN, other.role, by, now)

    def note_reset(self, other: StaffMember, *, by: StaffMember) -> None:
        """Their second step was taken away."""
        with self.work.transaction() as tx:
            self._note(tx, other, What.STEP, other.role, by, self.clock.now())

    def unseen(self, member: StaffMember) -> tuple[Change, ...]:
        """What others did by which somebody reads what families told; and what nobody here can look at."""
        return self.records.unseen(member.id)

    def see(self, change_id: UUID, member: StaffMember) -> None:
        """Raises ``NotFound``, as for what they did themselves."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            if not tx.see_change(change_id, member.id, now):
                raise NotFound
            tx.audit(who=f"staff:{member.id}", action="see_team_change", record=f"team_change:{change_id}", now=now)

    def _link(self, tx: TeamWork, other: StaffMember, by: StaffMember, now: datetime, mail: Mail | None) -> str:
        token = self.new_token()
        one = Invitation(id=self.new_id(), staff_id=other.id, by=by.id, at=now, until=now + INVITED_FOR)
        tx.add_invitation(one, token)
        if mail is not None:
            tx.enqueue(self._written(one, token, mail), now)
        return token

    def _written(self, one: Invitation, token: str, mail: Mail) -> NewOutbound:
        return NewOutbound(
            id=self.new_id(),
            dedupe_key=f"invitation:{one.id}",
            channel=EMAIL,
            address=Address("email", mail.to),
            contact_id=None,
            conversation_id=None,
            key="staff.invitation",
            locale=ENGLISH,
            part=Part(mail.words(token)),
            not_before=one.at,
            thread={"subject": mail.subject, "begins": "yes"},
            in_clear=False,
        )

    def _note(self, tx: TeamWork, other: StaffMember, what: What, role: str, by: StaffMember | None, now: datetime) -> None:
        if role in CONTENT | {Role.ADMIN}:
            tx.note_change(Change(id=self.new_id(), staff_id=other.id, by=by.id if by else None, what=what, role=role, at=now))


def _name(by: StaffMember | None) -> str:
    return "operator" if by is None else f"staff:{by.id}"
