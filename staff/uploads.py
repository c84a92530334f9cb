"""What a file that staff bring in is, by its bytes: never by its name, which may say anything."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO

from bot.jobs import PIECE

_HEAD = 8_192
_MOST_UNPACKED = 500 * 1024 * 1024
_MOST_SHARED = 100 * 1024 * 1024
"""Bytes of what all cells of a workbook share, which is read as a whole."""
_MOST_TIMES = 200
"""A workbook of comments packs to a tenth; what packs to a two-hundredth was made to fill a machine."""
_SMALL = 10 * 1024 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"{\\rtf", b"%pdf")


class NotASheet(Exception):  # noqa: N818 - it is the file that is named
    """``code``: a key of the errors in ``templates/staff/words.html``, which says what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ending_of(file: IO[bytes], name: str) -> str:
    """How such a file is read: ``.xlsx``, ``.csv`` or ``.tsv``. Raises ``NotASheet``."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head.strip():
        raise NotASheet("file_empty")
    if head.startswith(b"PK"):
        _check_workbook(file)
        return ".xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotASheet("file_old_excel")
    if not head.startswith(_UTF_16) and b"\0" in head:
        raise NotASheet("file_not_sheet")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        raise NotASheet("file_not_sheet")
    return ".tsv" if name.lower().endswith(".tsv") else ".csv"


def _check_workbook(file: IO[bytes]) -> None:
    """What it says of its own size is what is unpacked at the most: ``zipfile`` reads no further."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotASheet("file_damaged") from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotASheet("file_not_sheet")
    unpacked, stored = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    is_bomb = unpacked > _SMALL and unpacked > _MOST_TIMES * max(1, stored)
    if is_bomb or unpacked > _MOST_UNPACKED or shared > _MOST_SHARED:
        raise NotASheet("file_unpacks")


def in_pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece
