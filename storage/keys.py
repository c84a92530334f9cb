"""Data keys: read from the settings, made for development, and checked against what the store was sealed with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, inspect, select, text

from bot.errors import BadSettings, StoreUnavailable, WrongKeys
from storage.database import Database
from storage.tables import data_key

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_FILE = "earshot.key"
CHECK_WORDS = b"earshot opens this store"


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """One AES-256 key. Its id is the first 8 hex digits of its SHA-256; its ``repr`` gives nothing away."""

    secret: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.secret).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"DataKey({self.id})"

    def wrap(self, content: bytes, about: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, content, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Raises ``InvalidTag`` for what this key did not wrap, or for another purpose."""
        return AESGCM(self.secret).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about)


def parse_keys(setting: str) -> tuple[DataKey, ...]:
    """``EARSHOT_DATA_KEYS``: comma-separated, 32 bytes each in base64url (padding optional), newest first."""
    keys = tuple(_parse_key(part.strip()) for part in setting.split(",") if part.strip())
    if not keys:
        raise BadSettings("EARSHOT_DATA_KEYS is empty; without a key nothing can be sealed")
    if len(set(keys)) != len(keys):
        raise BadSettings("EARSHOT_DATA_KEYS holds the same key twice")
    return keys


def _parse_key(part: str) -> DataKey:
    try:
        secret = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        # Not chained: the library's message may quote the key.
        raise BadSettings("EARSHOT_DATA_KEYS holds something that is not base64url") from None
    if len(secret) != KEY_BYTES:
        raise BadSettings(f"EARSHOT_DATA_KEYS holds a key of {len(secret)} bytes; a key is {KEY_BYTES} bytes")
    return DataKey(secret)


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")


def key_file(database: Database) -> Path:
    """Where a development store has its key: beside its file, or where the command runs."""
    beside = database.engine.url.database if database.is_sqlite else None
    return Path(KEY_FILE) if beside is None else Path(beside).with_name(KEY_FILE)


def development_keys(path: Path) -> tuple[DataKey, ...]:
    """The keys kept in a file beside a development store; made, for its owner's eyes only, when there is none."""
    if not path.exists():
        _write_key(path)
    return parse_keys(path.read_text(encoding="ascii").replace("\n", ","))


def _write_key(path: Path) -> None:
    """Whole or not at all: of processes that start at once one makes the file, and none reads half a key."""
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=f".{path.name}-") as file:  # made with mode 0600
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def open_index_key(database: Database, keys: Sequence[DataKey]) -> bytes:
    """The random index key of this store, made the first time, wrapped anew when the newest data key has changed.

    Raises ``WrongKeys`` when a key this store was sealed with is missing or does not open its check value, and
    ``StoreUnavailable`` when there are no tables yet.
    """
    with database.reading() as connection:
        if not inspect(connection).has_table(data_key.name):
            raise StoreUnavailable("The database has no tables yet; make them with: earshot db upgrade")
        known = _known_keys(connection)
    if keys[0].id in known:
        return _index_key(known, keys)
    with database.writing() as connection:
        if not database.is_sqlite:
            # Two processes may start at once on an empty store; only one may choose the index key.
            connection.execute(text("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE"))
        known = _known_keys(connection)
        index_key = _index_key(known, keys) if known else secrets.token_bytes(KEY_BYTES)
        if keys[0].id not in known:
            _remember(connection, keys[0], index_key)
    return index_key


def _known_keys(connection: Connection) -> dict[str, tuple[bytes, bytes]]:
    return {row.id: (row.check_value, row.wrapped_index_key) for row in connection.execute(select(data_key))}


def _remember(connection: Connection, key: DataKey, index_key: bytes) -> None:
    connection.execute(
        insert(data_key).values(
            id=key.id,
            check_value=key.wrap(CHECK_WORDS, _about("check_value", key)),
            wrapped_index_key=key.wrap(index_key, _about("wrapped_index_key", key)),
        )
    )


def _index_key(known: dict[str, tuple[bytes, bytes]], keys: Sequence[DataKey]) -> bytes:
    given = {key.id: key for key in keys}
    missing = sorted(set(known) - set(given))
    if missing:
        raise WrongKeys(f"EARSHOT_DATA_KEYS lacks the key {' and '.join(missing)}, with which this store was sealed")
    index_keys = set()
    for key_id, (check_value, wrapped) in known.items():
        key = given[key_id]
        try:
            key.unwrap(check_value, _about("check_value", key))
            index_keys.add(key.unwrap(wrapped, _about("wrapped_index_key", key)))
        except InvalidTag as error:
            raise WrongKeys(f"the key {key_id} does not open the check value of this store") from error
    if len(index_keys) != 1:
        raise WrongKeys("the data keys of this store do not agree on its index key")
    return index_keys.pop()


def _about(column: str, key: DataKey) -> bytes:
    return f"data_key|{column}|{key.id}".encode()
