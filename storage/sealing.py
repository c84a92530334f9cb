"""Sealing: AES-GCM over what a person wrote and where they are reached, and the blind index that finds an address.

A sealed value is one byte of version, four of key id, twelve of nonce, then the ciphertext with its tag. Its
associated data is ``table|column|UUID``, so that a value moved to another row does not open there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import WrongKeys
from bot.model import Address
from storage.database import Database
from storage.keys import NONCE_BYTES, DataKey, development_keys, key_file, open_index_key, parse_keys

VERSION = b"\x01"
KEY_ID_BYTES = 4
HEAD_BYTES = 1 + KEY_ID_BYTES
BODY_AT = HEAD_BYTES + NONCE_BYTES


class Sealer:
    """Seals with the newest key, opens with any of them."""

    def __init__(self, keys: Sequence[DataKey], index_key: bytes) -> None:
        self._ciphers = {VERSION + bytes.fromhex(key.id): AESGCM(key.secret) for key in keys}
        self._head = VERSION + bytes.fromhex(keys[0].id)
        self._newest = self._ciphers[self._head]
        self._index_key = index_key

    @classmethod
    def open(cls, database: Database, keys: str | Sequence[DataKey], *, development: bool = False) -> Sealer:
        """Check the keys (or the setting that lists them) against the store, whose tables must be there.

        In development an empty setting means the key file beside the store, which is made if need be. Raises
        ``WrongKeys`` and, for a setting that cannot be read, ``BadSettings``.
        """
        if isinstance(keys, str):
            keys = development_keys(key_file(database)) if development and not keys.strip() else parse_keys(keys)
        return cls(keys, open_index_key(database, keys))

    def seal(self, content: bytes, place: str, owner: UUID) -> bytes:
        """``place`` is ``table|column``; ``owner`` the id of the row, made before it is inserted."""
        nonce = os.urandom(NONCE_BYTES)
        return self._head + nonce + self._newest.encrypt(nonce, content, f"{place}|{owner}".encode())

    def unseal(self, sealed: bytes, place: str, owner: UUID) -> bytes:
        """Raises ``WrongKeys`` for what was sealed with a key we lack, was changed, or was moved from elsewhere."""
        cipher = self._ciphers.get(sealed[:HEAD_BYTES])
        if cipher is None:
            raise WrongKeys(f"a sealed value names the key {sealed[1:HEAD_BYTES].hex()}, which is not among the data keys")
        try:
            return cipher.decrypt(sealed[HEAD_BYTES:BODY_AT], sealed[BODY_AT:], f"{place}|{owner}".encode())
        except InvalidTag as error:
            raise WrongKeys(f"a sealed value of {place} does not open: it was changed, or moved from another row") from error

    def blind_index(self, address: Address) -> bytes:
        """What an address is found by: nobody without the index key can tell whose it is, or try numbers."""
        return hmac.digest(self._index_key, f"{address.scheme}:{address.path}".encode("utf-8", "surrogatepass"), hashlib.sha256)

    def audit_key(self) -> bytes:
        return hmac.digest(self._index_key, b"audit trail", hashlib.sha256)
