"""How often somebody may guess a password: ten tries in five minutes for one account, known or not."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

TRIES = 10
WITHIN = timedelta(minutes=5)
_MOST_ACCOUNTS = 10_000  # what is remembered is bounded; the account that was quiet the longest is forgotten first


class Guesses:
    """Counts the tries of this process. Names are kept as digests: people type passwords into the wrong box."""

    def __init__(self) -> None:
        self._tries: OrderedDict[bytes, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def may_try(self, username: str, now: datetime) -> bool:
        """Count one try. False: there have been too many, and this one must not be looked at."""
        key = _key(username)
        with self._lock:
            recent = [at for at in self._tries.get(key, []) if now - at < WITHIN]
            allowed = len(recent) < TRIES
            if allowed:
                recent.append(now)
            self._tries[key] = recent
            self._tries.move_to_end(key)
            while len(self._tries) > _MOST_ACCOUNTS:
                self._tries.popitem(last=False)
        return allowed

    def forget(self, username: str) -> None:
        """The right password was given."""
        with self._lock:
            self._tries.pop(_key(username), None)


def _key(username: str) -> bytes:
    return sha256(username.encode("utf-8", "surrogatepass")).digest()
