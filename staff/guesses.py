"""How often somebody may guess a password, so that a stranger who guesses does not lock out whose name it is.

Counted in five minutes: ten tries for one account from one place, fifty from one place whatever the account, and a
hundred for one account from everywhere. It makes no difference whether the account exists.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

TRIES = 10
"""For one account from one place."""
TRIES_OF_A_PLACE = 50
TRIES_AT_AN_ACCOUNT = 100
"""From everywhere: loose, for it is the one that strangers can use up."""
WITHIN = timedelta(minutes=5)
_MOST_KEPT = 30_000  # what is remembered is bounded; what was quiet the longest is forgotten first


class Guesses:
    """Counts the tries of this process. Names are kept as digests: people type passwords into the wrong box."""

    def __init__(self) -> None:
        self._tries: OrderedDict[bytes, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def may_try(self, username: str, place: str, now: datetime) -> bool:
        """Count one try. False: there have been too many, and this one must not be looked at.

        ``place`` is the address it comes from.
        """
        most = {
            _key("both", username, place): TRIES,
            _key("place", place): TRIES_OF_A_PLACE,
            _key("account", username): TRIES_AT_AN_ACCOUNT,
        }
        with self._lock:
            recent = {key: [at for at in self._tries.get(key, []) if now - at < WITHIN] for key in most}
            allowed = all(len(recent[key]) < most[key] for key in most)
            for key, tries in recent.items():
                self._tries[key] = [*tries, now] if allowed else tries
                self._tries.move_to_end(key)
            while len(self._tries) > _MOST_KEPT:
                self._tries.popitem(last=False)
        return allowed

    def forget(self, username: str, place: str) -> None:
        """The right password was given."""
        with self._lock:
            self._tries.pop(_key("both", username, place), None)


def _key(*parts: str) -> bytes:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
