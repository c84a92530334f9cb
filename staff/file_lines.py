"""The files of an experience as its page lists them, beside the lines of the talk that they came with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.files import can_be_heard, can_be_seen
from bot.media import FileView, MediaState

_KIB = 1024
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/avif": "avif",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/x-caf": "caf",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "video/ogg": "ogv",
    "video/webm": "webm",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One file. ``number`` is its place in the whole experience, from 1; ``is_shown``: it was asked for just now."""

    file: FileView
    number: int
    is_shown: bool

    @property
    def can_be_taken(self) -> bool:
        return self.file.state is MediaState.KEPT

    @property
    def can_be_seen(self) -> bool:
        return can_be_seen(self.file)

    @property
    def can_be_heard(self) -> bool:
        return can_be_heard(self.file)

    @property
    def size(self) -> str:
        """As ``1.2 MB`` or ``340 KB``; never 0."""
        size = self.file.size
        if size >= _KIB**2:
            return f"{size / _KIB**2:.1f} MB"
        return f"{max(round(size / _KIB), 1)} KB"


def file_lines(files: Sequence[FileView], *, shown: str | None) -> dict[int, tuple[FileLine, ...]]:
    """By the ``seq`` of the message they came with. ``shown`` is the id of the one that was asked for."""
    lines: dict[int, tuple[FileLine, ...]] = {}
    for number, file in enumerate(files, start=1):
        line = FileLine(file=file, number=number, is_shown=str(file.id) == shown)
        lines[file.seq] = (*lines.get(file.seq, ()), line)
    return lines


def file_name(reference: str, number: int, content_type: str) -> str:
    """A name of ours, for what the sender called it may name a child: ``RIVER-482-file-1.jpg``."""
    ending = _EXTENSIONS.get(content_type.partition(";")[0], "txt" if content_type.startswith("text/plain") else "bin")
    return f"{reference.replace(' ', '-')}-file-{number}.{ending}"
