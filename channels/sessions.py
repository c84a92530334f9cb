"""Who is at the other end of the web: a random name in a signed token. Nothing is stored to make or to check one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable

from bot.model import Address

SCHEME = "web"

_BYTES = 16
"""128 bits, for the name and for its signature."""
_CHARACTERS = 22
"""What 16 bytes take in base64 without padding."""


class Sessions:
    """Opens sessions and reads them back. A token is ``name.signature``; the name alone opens nothing.

    Tokens do not run out: no family is timed out of its own words. Who knows the name (it stands, sealed, in the store)
    cannot make the token without the key.
    """

    def __init__(self, secret_key: str, *, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        # A key of our own, so that a signature made for another purpose is never good here.
        self._key = hmac.digest(secret_key.encode(), b"earshot web session", hashlib.sha256)
        self._random_bytes = random_bytes

    def open(self) -> str:
        """A token for somebody new."""
        return self.token_of(self.newcomer())

    def newcomer(self) -> Address:
        """An address that nobody has yet."""
        return Address(SCHEME, _text(self._random_bytes(_BYTES)))

    def token_of(self, address: Address) -> str:
        """A token for somebody known: the same one they have. Only for who has shown that the talk is theirs."""
        return f"{address.path}.{self._sign('session', address.path)}"

    def nonce(self) -> str:
        """A name that nobody can guess, for one copy of a form."""
        return _text(self._random_bytes(_BYTES))

    def address_of(self, token: str) -> Address | None:
        """Whose token this is, or None when it was not made here."""
        name, _, signature = token.partition(".")
        if len(name) != _CHARACTERS or not hmac.compare_digest(
            signature.encode(errors="replace"), self._sign("session", name).encode()
        ):
            return None
        return Address(SCHEME, name)

    def account_of(self, address: Address) -> str:
        """What keeps one person's message ids apart from another's: they make them themselves, so they may be equal."""
        return f"web-{self._sign('account', address.path)}"

    def digest(self, *parts: str) -> str:
        """A short name for these words that gives nothing of them away."""
        return self._sign("digest", *parts)

    def _sign(self, purpose: str, *parts: str) -> str:
        said = "\0".join((purpose, *(f"{len(part)}:{part}" for part in parts)))
        return _text(hmac.digest(self._key, said.encode(errors="surrogatepass"), hashlib.sha256)[:_BYTES])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
