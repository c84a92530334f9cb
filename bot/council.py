"""Who comes in with the council's own account: known by issuer and subject, in the role the council gave them, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID, uuid4

from bot.alerted import leave_to, note_left
from bot.cards import BY_PARENT
from bot.desk_work import leave_work
from bot.errors import BotError
from bot.ports import Clock, Store, Transaction
from bot.records import NO_PASSWORD, StaffMember
from bot.team import LastAdminError, LastLeadError, Others, keep_one
from bot.wall import Role

_LONGEST_NAME = 80


class NotLetIn(BotError):  # noqa: N818 - a refusal is named for what was refused
    """The council's account is genuine, and is not let in. ``why`` is a key of the page's sentences."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ProviderAway(BotError):  # noqa: N818 - a refusal is named for what was refused
    """The council's sign-in page does not answer, or not as one."""


class NotGenuine(BotError):  # noqa: N818 - a refusal is named for what was refused
    """What came back from the council's sign-in page is not what was asked for."""


class IdentityRecords(Protocol):
    """Which account of the council is whose here."""

    def member_of(self, issuer: str, subject: str) -> UUID | None: ...

    def kept_roles(self) -> Mapping[UUID, str]:
        """What the directory gives those who keep another role here, because nobody else has it."""
        ...


class CouncilWork(Others, Transaction, Protocol):
    """What this door asks of a transaction beside what every use case does."""

    def keep_identity(self, issuer: str, subject: str, staff_id: UUID) -> None: ...

    def note_other_role(self, staff_id: UUID, role: str | None) -> bool:
        """None: they have what the directory gives. False: it was noted so already."""
        ...


class CouncilStore(Protocol):
    def transaction(self) -> AbstractContextManager[CouncilWork]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the settings ask of an account. ``roles``: theirs to ours, the first that somebody has counts. Empty ``tenants`` or
    ``domains`` ask nothing.
    """

    roles: Sequence[tuple[str, Role]]
    claim: str = "roles"
    tenants: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        said = claims.get(self.claim)
        theirs = {said} if isinstance(said, str) else {each for each in said or () if isinstance(each, str)}
        return next((ours for name, ours in self.roles if name in theirs), None)

    def check(self, claims: Mapping[str, Any]) -> None:
        if self.tenants and claims.get("tid") not in self.tenants:
            raise NotLetIn("other_council")
        if self.domains and username_of(claims).rpartition("@")[2] not in self.domains:
            raise NotLetIn("other_council")


def username_of(claims: Mapping[str, Any]) -> str:
    """As the council's people know it. An address only counts when the provider does not say that it is unproved."""
    names = [claims.get("preferred_username"), claims.get("email") if claims.get("email_verified") is not False else None]
    return next((name.strip().casefold() for name in names if isinstance(name, str) and name.strip()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilDoor:
    identities: IdentityRecords
    store: Store
    work: CouncilStore
    clock: Clock
    admission: Admission
    new_id: Callable[[], UUID] = field(default=uuid4)

    def let_in(self, claims: Mapping[str, Any]) -> StaffMember:
        """``claims``: of an ID token whose signature, issuer, audience, times and nonce were checked.

        Raises ``NotLetIn``. Who was never here gets an account; who has another role by now has it here from now on, but for
        the last administrator and the last safeguarding lead, who keep theirs until there is another.
        """
        self.admission.check(claims)
        role, username = self.admission.role_of(claims), username_of(claims)
        if role is None:
            raise NotLetIn("no_role")
        if not username:
            raise NotLetIn("no_name")
        issuer, subject = str(claims["iss"]), str(claims["sub"])
        known = self.identities.member_of(issuer, subject)
        if known is None:
            return self._add(issuer, subject, username, _name(claims, username), role)
        member = self.store.staff(known)
        if member is None or member.disabled_at is not None:
            raise NotLetIn("removed")
        if member.role != role:
            self._change(member, role)
        elif known in self.identities.kept_roles():
            with self.work.transaction() as tx:
                tx.note_other_role(known, None)
        return self.store.staff(known) or member

    def _add(self, issuer: str, subject: str, username: str, name: str, role: Role) -> StaffMember:
        """A name that somebody has here is never taken over: a mail address can be given to another person."""
        if self.store.staff_by_username(username) is not None:
            raise NotLetIn("name_taken")
        member = StaffMember(id=self.new_id(), name=name, username=username, role=role.value, password_hash=NO_PASSWORD)
        now = self.clock.now()
        with self.work.transaction() as tx:  # one: an account that nobody's is would keep its owner out by its name
            tx.add_staff(member, now)
            tx.keep_identity(issuer, subject, member.id)
            left = leave_to(replace(member, of_council=True), tx, self.store.all_staff(), now)
            tx.audit(who="council", action="add_staff", record=f"staff:{member.id}", why=role.value, now=now)
            note_left(tx, left, "council", now)
        return member

    def _change(self, member: StaffMember, role: Role) -> None:
        now = self.clock.now()
        with self.work.transaction() as tx:
            try:
                keep_one(tx, member)
            except (LastAdminError, LastLeadError):
                if tx.note_other_role(member.id, role.value):
                    why = f"{member.role}, not {role.value}"
                    tx.audit(who="council", action="keep_role", record=f"staff:{member.id}", why=why, now=now)
                return
            tx.note_other_role(member.id, None)
            tx.update_staff(member.id, role=role.value)
            left = leave_work(tx, member.id, now, role=role)
            left += leave_to(replace(member, role=role.value), tx, self.store.all_staff(), now)
            tx.audit(who="council", action="change_role", record=f"staff:{member.id}", why=role.value, now=now)
            note_left(tx, left, "council", now)


def _name(claims: Mapping[str, Any], username: str) -> str:
    said = claims.get("name")
    name = " ".join(said.split())[:_LONGEST_NAME] if isinstance(said, str) else ""
    return username if not name or name.casefold() == BY_PARENT else name
