"""Files that come with messages (photos, voice notes, documents, whole mails): what is known of each, and what is needed
of the edges to fetch, clean, keep and show them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.model import ENGLISH, InboundMessage, Locale, Media

RAW_POSITION = -1
"""Where the whole of a mail stands among the files of its message; those listed count from 0."""
RAW_KIND = "raw"

UNOPENED = "media.unknown"
"""The key of the wording by which a turn itself says that something came which is nothing we have."""


class MediaState(StrEnum):
    """Where a file stands. ``LOST``: it could not be had. ``REFUSED``: it was there, and is not taken."""

    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"
    REFUSED = "refused"
    ERASED = "erased"


class Step(StrEnum):
    """What is to be done next for a file. ``FORGET``: ask the provider to delete its copy. ``TELL``: say to the sender
    that it could not be kept. ``CLEAR``: it was erased, and its blob must go.
    """

    FETCH = "fetch"
    FORGET = "forget"
    TRANSCRIBE = "transcribe"
    TELL = "tell"
    CLEAR = "clear"


class FileKind(StrEnum):
    """What a file is, as its bytes say."""

    PHOTO = "photo"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A file as it may be kept. ``traces``: it may still hold where and when it was made, for nothing here can take that
    out of its kind.
    """

    content: bytes = field(repr=False)
    kind: FileKind
    content_type: str
    traces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file in the blob store. ``size`` in bytes."""

    blob: UUID
    kind: FileKind
    content_type: str
    size: int
    traces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaClaim:
    """One file for which something is due, leased. ``attempts`` counts the tries at this step, this one included.

    ``message`` is None when it was erased, or cannot be opened. ``heard``: its turn has been; ``said_unopened``: which
    said already that it could not be opened. ``held``: a person of the team has the talk. ``raw`` is the blob of the
    whole mail; ``blob`` that of the file itself.
    """

    id: UUID
    worker: str
    step: Step
    state: MediaState
    attempts: int
    seq: int
    inbound_id: UUID
    position: int
    message: InboundMessage | None
    locale: Locale = ENGLISH
    heard: bool = True
    said_unopened: bool = False
    held: bool = False
    experience_id: UUID | None = None
    raw: UUID | None = None
    blob: UUID | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a step came to. ``step`` is what is due next, at ``due_at``; None: nothing is. ``attempts`` are the tries that
    count so far for it. ``told``: the sender was told. ``cleared``: the blob is gone.
    """

    state: MediaState
    step: Step | None = None
    due_at: datetime | None = None
    attempts: int = 0
    kept: KeptFile | None = None
    error: str | None = None
    told: bool = False
    transcript: str | None = field(default=None, repr=False)
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file as staff read of it. ``transcript`` is redacted, and a machine's; ``error`` a sentence for the office."""

    id: UUID
    seq: int
    position: int
    state: MediaState
    kind: FileKind | None = None
    content_type: str = ""
    size: int = 0
    error: str = ""
    told: bool = False
    traces: bool = False
    transcript: str = ""


class Blobs(Protocol):
    """Where files are kept, sealed, under random names. Each method raises ``StoreUnavailable`` when it cannot be reached."""

    def put(self, content: bytes) -> UUID:
        """Returns only when it is there to stay."""
        ...

    def get(self, key: UUID) -> bytes:
        """Raises ``BlobMissing``, and ``WrongKeys`` for what does not open."""
        ...

    def delete(self, key: UUID) -> None:
        """What is not there is deleted already."""
        ...

    def older_than(self, age: timedelta) -> Iterator[UUID]:
        """The keys of what was put longer ago than this."""
        ...


class MediaQueue(Protocol):
    """Which file is next. Short transactions of its own; raises ``StoreUnavailable``."""

    def claim(self, *, worker: str, now: datetime, lease: timedelta) -> MediaClaim | None:
        """The file for which something has been due the longest; the try is counted. None: nothing is due."""
        ...

    def unknown(self, keys: Collection[UUID]) -> frozenset[UUID]:
        """Those of these blobs that no row speaks of."""
        ...


class FileSource(Protocol):
    """A channel, as far as its files go."""

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        """The file. Raises ``MediaGone``, ``MediaRefused`` or ``ProviderUnavailable``."""
        ...

    def forget(self, media: Media) -> None:
        """Ask the provider to delete its copy; nothing, where it cannot be asked. Raises ``ProviderUnavailable``."""
        ...


class Clean(Protocol):
    def __call__(self, content: bytes) -> Cleaned:
        """Find out what it is, and take out where it was made. Raises ``MediaRefused`` for what is not kept."""
        ...


class Transcriber(Protocol):
    """Voice to text: a plug, off by default."""

    def __call__(self, content: bytes, content_type: str, locale: Locale) -> str | None:
        """The words; None when there are none. May be slow; may raise anything."""
        ...


class Files(Protocol):
    """Files as staff see them."""

    def of(self, reference: str) -> tuple[FileView, ...]:
        """Those of an experience that are in the record, in the order in which they came."""
        ...

    def content(self, file_id: UUID) -> bytes:
        """Raises ``NotFound`` for one that is not kept (any more), ``BlobMissing``, ``WrongKeys``."""
        ...

    def preview(self, file_id: UUID) -> bytes:
        """A photo made small, as JPEG. Raises as ``content`` does."""
        ...
