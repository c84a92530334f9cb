"""The street, with a provider that keeps files for us, and a blob store of our own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.danger import DangerTexts
from bot.fetching import ORPHANED_AFTER, Fetching
from bot.intake import Intake
from bot.media import FileView, Transcriber
from bot.model import ChannelName, Media
from bot.redaction import redact
from bot.replies import Replies
from bot.signposts import Signposts
from storage.blobs import SealedBlobs
from storage.database import Database
from storage.files import StoredFiles
from storage.media import SqlMediaQueue
from storage.scrubbing import clean
from storage.sealing import Sealer
from storage.tables import media
from tests.bot.street import Street
from tests.conftest import KEYS
from tests.journeys.given import NoWake
from tests.journeys.stage import script, wording
from tests.storage.pictures_made import picture

WORKER = "a:1/files"
LOST = "did not reach us"
REFUSED = "could not keep"


@dataclass
class Shelf:
    """Files by the address a message gives; an exception in the place of one is raised. ``before`` runs first."""

    files: dict[str, bytes | Exception] = field(default_factory=lambda: {"photo": picture()})
    asked: list[str] = field(default_factory=list)
    raws: list[bytes | None] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    forget_troubles: list[Exception] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        self.asked.append(media.url)
        self.raws.append(raw)
        self.before()
        found = self.files[media.url]
        if isinstance(found, Exception):
            raise found
        return found

    def forget(self, media: Media) -> None:
        if self.forget_troubles:
            raise self.forget_troubles.pop()
        self.forgotten.append(media.url)


class FileStreet(Street):
    """``text(…, media=(…))`` and then ``fetch``."""

    def __init__(self, database: Database, folder: Path, *, channel: str = "sms", transcriber: Transcriber | None = None) -> None:
        super().__init__(database, channel=channel)
        sealer = Sealer.open(database, KEYS)
        self.folder = folder
        self.shelf = Shelf()
        self.blobs = SealedBlobs(str(folder), sealer)
        self.files = StoredFiles(database, sealer, lambda text: redact(text)[0], self.blobs)
        channels = {self.channel.name: self.channel}
        replies = Replies(wording=wording(), channels=channels, new_id=uuid4)
        danger = DangerTexts(wording=wording(), signposts=Signposts.load(), hours=script().hours, replies=replies)
        self.intake = Intake(
            replies=replies,
            hours=script().hours,
            signposts=script().signposts,
            store=self.store,
            clock=self.clock,
            wake=NoWake(),
            commands=script().commands,
            danger=danger,
            channels=channels,
            burst_cap=script().burst_cap,
            new_id=uuid4,
            blobs=self.blobs,
        )
        self.fetching = Fetching(
            store=self.store,
            queue=SqlMediaQueue(database, sealer),
            blobs=self.blobs,
            clean=clean,
            sources={ChannelName(channel): self.shelf},
            channels=channels,
            replies=replies,
            danger=danger,
            clock=self.clock,
            new_id=uuid4,
            transcriber=transcriber,
        )

    def fetch(self) -> int:
        """Everything that is due now. Returns how many steps there were."""
        steps = 0
        while self.fetching.fetch_due(WORKER):
            steps += 1
            assert steps < 50, "steps without end"
        return steps

    def is_answered(self) -> None:
        """The turn comes, and what is said goes out."""
        self.later(minutes=2)
        self.all_turns()
        self.deliver()

    def listed(self) -> list[FileView]:
        """The files of every experience."""
        return [file for card in self._cards() for file in self.files.of(card.reference)]

    def states(self) -> list[str]:
        return [row.state for row in self.media_rows()]

    def media_rows(self) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(media).order_by(media.c.inbound_seq, media.c.position)))

    def lines_about_files(self) -> list[str]:
        """What was said of files that could not be kept."""
        self.deliver()
        return [text for text in self.heard_by_them if LOST in text or REFUSED in text]

    def make_old(self) -> None:
        """Every blob was written more than a day ago."""
        then = time.time() - ORPHANED_AFTER.total_seconds() - 60
        for path in self.folder.rglob("*.blob"):
            os.utime(path, (then, then))

    def blobs_there(self) -> set[UUID]:
        return {UUID(hex=path.stem) for path in self.folder.rglob("*.blob")}


def listed(*urls: str, content_type: str = "image/jpeg") -> tuple[Media, ...]:
    return tuple(Media(url=url, content_type=content_type) for url in urls)
