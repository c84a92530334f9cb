"""Where files that come with messages are fetched, cleaned, kept and shown: the parts of it, joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from uuid import uuid4

from bot.danger import DangerTexts
from bot.errors import BadSettings
from bot.fetching import Fetching
from bot.media import FileSource, Transcriber
from bot.model import ChannelName
from bot.ports import Channel, Clock, Store
from bot.replies import Replies
from channels.base import Door
from settings import Settings
from storage.blobs import SealedBlobs, default_place
from storage.database import Database
from storage.files import StoredFiles
from storage.media import SqlMediaQueue
from storage.scrubbing import clean
from storage.sealing import Sealer
from storage.unit import Redactor


@dataclass
class MediaParts:
    """``sources`` are the channels as far as their files go. ``transcriber`` is the setting: it is loaded by the worker."""

    database: Database
    sealer: Sealer
    blobs: SealedBlobs
    files: StoredFiles
    sources: Mapping[ChannelName, FileSource]
    transcriber: str

    def fetching(
        self, *, store: Store, channels: Mapping[ChannelName, Channel], replies: Replies, danger: DangerTexts, clock: Clock
    ) -> Fetching:
        """Raises ``BadSettings`` when the transcriber cannot be loaded."""
        return Fetching(
            store=store,
            queue=SqlMediaQueue(self.database, self.sealer),
            blobs=self.blobs,
            clean=clean,
            sources=self.sources,
            channels=channels,
            replies=replies,
            danger=danger,
            clock=clock,
            new_id=uuid4,
            transcriber=load_transcriber(self.transcriber),
        )


def open_media(
    settings: Settings, database: Database, sealer: Sealer, redactor: Redactor, channels: Mapping[ChannelName, Channel]
) -> MediaParts:
    """Raises ``BadSettings`` for an EARSHOT_MEDIA_URL that cannot be used here."""
    blobs = SealedBlobs(settings.media_url or default_place(database), sealer)
    return MediaParts(
        database=database,
        sealer=sealer,
        blobs=blobs,
        files=StoredFiles(database, sealer, redactor, blobs),
        sources={name: channel for name, channel in channels.items() if isinstance(channel, Door)},
        transcriber=settings.transcriber,
    )


def load_transcriber(setting: str) -> Transcriber | None:
    """``package.module:function``; empty: voice stays voice."""
    if not setting:
        return None
    module, _, name = setting.partition(":")
    try:
        found: Transcriber = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadSettings(f"EARSHOT_TRANSCRIBER names {setting}, which cannot be loaded: {error}") from error
    if not callable(found):
        raise BadSettings(f"EARSHOT_TRANSCRIBER names {setting}, which is no function.")
    return found
