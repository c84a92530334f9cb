"""What everything is kept in: the database, its keys, what seals and what masks.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from bot.errors import BadSettings
from bot.redaction import Redactor
from bot.signposts import Signposts
from channels.changes import PATH as CHANGES
from name_wiring import PeoplesWords
from settings import Settings
from storage import migrations
from storage.database import Database
from storage.keys import DataKey, development_keys, key_file, parse_keys
from storage.sealing import Sealer
from storage.store import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptParts:
    """``secret_key`` signs sessions and chat tokens; ``peoples_words`` masks what people write."""

    secret_key: str
    database: Database
    sealer: Sealer
    store: SqlStore
    peoples_words: PeoplesWords


def privacy_url(settings: Settings) -> str:
    return f"{settings.public_url}/privacy"


def open_kept(settings: Settings, signposts: Signposts) -> KeptParts:
    """Raises ``BadSettings`` where the tables are not of this version, or a key is none."""
    database = Database.open(settings.database_url)
    if not migrations.is_current(database):
        raise BadSettings("The database's tables are not those of this version. Run: earshot db upgrade")
    keys = parse_keys(settings.data_keys) if settings.data_keys else development_keys(key_file(database))
    # What we say ourselves is masked as well, for it may repeat what a person wrote; but our own pages are no secret of theirs.
    links = [privacy_url(settings), f"{settings.public_url}{CHANGES}"]
    ours = Redactor.load(helplines=signposts.numbers(), links=links)
    sealer = Sealer.open(database, keys)
    words = PeoplesWords(ours)
    return KeptParts(
        secret_key=settings.secret_key or _secret_of(keys[0]),
        database=database,
        sealer=sealer,
        store=SqlStore(database, sealer, redactor=lambda text: ours.redact(text)[0], people=words),
        peoples_words=words,
    )


def _secret_of(key: DataKey) -> str:
    """What development signs with where no secret is set: the same in every process and after each start."""
    return hmac.digest(key.secret, b"sessions and chat tokens", hashlib.sha256).hex()
