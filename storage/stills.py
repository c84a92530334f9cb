"""HEIC and AVIF photos: nothing here draws them again, but what they say of place, time and camera is emptied in place.

ISO/IEC 14496-12, 8.11: ``meta`` lists the items of the file (``iinf``) and where each lies (``iloc``). EXIF is an item of
the type ``Exif``, XMP one of the type ``mime``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_TELLING = frozenset({b"Exif", b"mime"})
_NO_EXIF = b"\0\0\0\0MM\0*\0\0\0\x08" + bytes(6)
"""EXIF without an entry: where it begins, its head, a list of none. Some programs open no photo whose EXIF is all noughts."""
_MOST_ITEMS = 10_000
_IN_THE_FILE, _IN_IDAT = 0, 1


class _OddError(Exception):
    """The boxes do not fit together."""


@dataclass(slots=True)
class _Reader:
    """Numbers of any width, one after the other, of a stretch of bytes."""

    content: bytes | bytearray
    at: int
    end: int

    def number(self, width: int) -> int:
        if self.at + width > self.end:
            raise _OddError
        found = int.from_bytes(self.content[self.at : self.at + width])
        self.at += width
        return found

    def taken(self, count: int) -> bytes:
        if self.at + count > self.end:
            raise _OddError
        found = bytes(self.content[self.at : self.at + count])
        self.at += count
        return found

    def boxes(self) -> Iterator[tuple[bytes, _Reader]]:
        """What lies inside, by name, each with a reader that stands at its body."""
        while self.at < self.end:
            start = self.at
            size, name = self.number(4), self.taken(4)
            size = self.number(8) if size == 1 else size or self.end - start
            if size < self.at - start or start + size > self.end:
                raise _OddError
            yield name, _Reader(self.content, self.at, start + size)
            self.at = start + size


def without_traces(content: bytes) -> tuple[bytes, bool]:
    """The photo, and whether traces may be left: its boxes could not be followed, so nothing was changed."""
    photo = bytearray(content)
    try:
        stretches = list(_telling(photo))
    except _OddError:
        return content, True
    emptied: set[int] = set()
    for item, is_exif, start, end in stretches:
        filling = _NO_EXIF if is_exif and item not in emptied else b""
        photo[start:end] = filling.ljust(end - start, b"\0" if is_exif else b" ")[: end - start]
        emptied.add(item)
    return bytes(photo), False


def _telling(photo: bytearray) -> Iterator[tuple[int, bool, int, int]]:
    """The telling items: number, whether it is EXIF, start and end. Raises ``_OddError``."""
    meta = next((reader for name, reader in _Reader(photo, 0, len(photo)).boxes() if name == b"meta"), None)
    if meta is None:
        raise _OddError
    meta.number(4)  # version and flags
    inside = dict(meta.boxes())
    if b"iinf" not in inside or b"iloc" not in inside:
        raise _OddError
    wanted = dict(_telling_items(inside[b"iinf"]))
    idat = inside.get(b"idat")
    for item, method, offset, length in _places(inside[b"iloc"]):
        if item not in wanted:
            continue
        if method == _IN_IDAT and idat is not None:
            start, most = idat.at + offset, idat.end
        elif method == _IN_THE_FILE:
            start, most = offset, len(photo)
        else:
            raise _OddError
        end = start + length if length else most
        if start > most or end > most:
            raise _OddError
        yield item, wanted[item], start, end


def _telling_items(iinf: _Reader) -> Iterator[tuple[int, bool]]:
    version = iinf.number(1)
    iinf.number(3)
    iinf.number(4 if version else 2)
    for name, entry in iinf.boxes():
        if name != b"infe":
            continue
        kind = entry.number(1)
        entry.number(3)
        if kind < 2:  # noqa: PLR2004 - the first two versions know no types, and no photo has them
            raise _OddError
        item = entry.number(2 if kind == 2 else 4)  # noqa: PLR2004 - as above
        entry.number(2)
        if (of_type := entry.taken(4)) in _TELLING:
            yield item, of_type == b"Exif"


def _places(iloc: _Reader) -> Iterator[tuple[int, int, int, int]]:
    """Item, way of counting, offset and length (0: to the end) of each stretch."""
    version = iloc.number(1)
    iloc.number(3)
    sizes = iloc.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> 12) & 15, (sizes >> 8) & 15, (sizes >> 4) & 15, sizes & 15
    wide = 4 if version == 2 else 2  # noqa: PLR2004 - the version with wide numbers
    for _ in range(min(iloc.number(wide), _MOST_ITEMS)):
        item = iloc.number(wide)
        method = iloc.number(2) & 15 if version else _IN_THE_FILE
        iloc.number(2)
        base = iloc.number(base_size)
        for _ in range(iloc.number(2)):
            if version:
                iloc.number(index_size)
            offset = iloc.number(offset_size)
            yield item, method, base + offset, iloc.number(length_size)
