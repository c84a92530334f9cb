"""Films and recordings in the MP4 family (MP4, M4A, MOV, 3GP): the boxes that say where and with what they were made are
emptied in place, so that everything else stays where it is.

ISO/IEC 14496-12; Apple's place is in ``moov/udta/©xyz`` and ``moov/meta``.
"""

from __future__ import annotations

from collections.abc import Iterator

_INSIDE = frozenset({b"moov", b"trak", b"mdia", b"edts", b"minf", b"moof", b"traf"})
_TELLING = frozenset({b"udta", b"meta", b"uuid"})
_HEAD = 8
_WIDE_HEAD = 16
_DEEPEST = 6


def without_traces(content: bytes) -> tuple[bytes, bool]:
    """The film, and whether traces may be left: its boxes do not fit together, so not all of it could be looked at."""
    film = bytearray(content)
    whole = True
    for start, end, depth in list(_boxes(film, 0, len(film), 0)):
        if depth < 0:
            whole = False
            continue
        film[start + 4 : start + 8] = b"free"
        body = start + (_WIDE_HEAD if film[start : start + 4] == b"\0\0\0\1" else _HEAD)
        film[body:end] = bytes(end - body)
    return bytes(film), not whole


def _boxes(film: bytearray, at: int, end: int, depth: int) -> Iterator[tuple[int, int, int]]:
    """The telling boxes between these places, as start and end; a depth of -1 marks a stretch that is no box."""
    while at < end:
        size = int.from_bytes(film[at : at + 4])
        name = bytes(film[at + 4 : at + 8])
        head = _HEAD
        if size == 1:
            size, head = int.from_bytes(film[at + 8 : at + 16]), _WIDE_HEAD
        elif size == 0:
            size = end - at  # to the end
        if size < head or at + size > end:
            yield at, end, -1
            return
        if name in _TELLING:
            yield at, at + size, depth
        elif name in _INSIDE and depth < _DEEPEST:
            yield from _boxes(film, at + head, at + size, depth + 1)
        at += size
