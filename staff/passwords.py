"""Passwords of staff: kept as argon2id hashes, checked with the same work whether or not the account exists."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import StoreUnavailable
from bot.records import StaffMember

SHORTEST = 12
LONGEST = 200
"""Characters. Longer ones are refused before any work is done on them."""

_READ = 72
"""Characters that are looked at for what a guesser tries first; what comes after can only make it better."""
_ENOUGH = 3
"""Of 4: more than a hundred million guesses, in the order in which guessers make them."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
_GROUPS = 5
_AT_ONCE = 2  # each check holds 46 MiB: a crowd at the door must not take the memory the webhooks need
_PATIENCE = 5.0  # seconds to wait for a place


class Passwords:
    """Makes and checks hashes. The cost is the first of OWASP's argon2id settings: 46 MiB, one pass, one lane."""

    def __init__(self, *, memory_kib: int = 47104, passes: int = 1) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(24))
        self._places = BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def is_right(self, member: StaffMember | None, password: str) -> bool:
        """Whether this is the member's password. For nobody and for the removed: the same work, and no.

        Raises ``StoreUnavailable`` when too many are at the door at once; nothing was checked.
        """
        if not self._places.acquire(timeout=_PATIENCE):
            raise StoreUnavailable
        try:
            matches = self._matches(self._hash_of(member), password[:LONGEST])
        finally:
            self._places.release()
        return matches and member is not None and member.disabled_at is None

    def _hash_of(self, member: StaffMember | None) -> str:
        """Nobody's, for who has none: those who come with the council's account. The work is the same."""
        return member.password_hash if member is not None and has_password(member) else self._nobodys

    def is_dated(self, member: StaffMember) -> bool:
        """Whether the hash was made at another cost than today's, and should be made again."""
        return self._hasher.check_needs_rehash(member.password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def has_password(member: StaffMember) -> bool:
    """Not who was invited and has not come yet, nor who comes with the council's account."""
    return member.password_hash.startswith("$argon2")


def fault_of(password: str, *, about: Sequence[str] = ()) -> str | None:
    """Why somebody may not choose this password, as a key of the page's sentences. ``about``: what anybody knows of them."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    from zxcvbn import zxcvbn  # its lists take 12 MB: they are read when somebody first chooses a password

    known = [word for said in about for word in (said, *said.split())]
    found = zxcvbn(password[:_READ], user_inputs=[*known, "earshot"])
    return "password_common" if found["score"] < _ENOUGH else None


def made_password() -> str:
    """A new one that can be read aloud: five groups of four, about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS))
