"""Made-up files of every kind, as small as they can be."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

GPS = 0x8825
ORIENTATION = 0x0112
MAKER = 0x010F
_NORTH, _EAST = (50.0, 56.0, 24.0), (2.0, 38.0, 0.0)


def drawing(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return image.convert(mode)


def told_place(*, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "CanaryPhone"
    exif.get_ifd(GPS).update({1: "N", 2: _NORTH, 3: "W", 4: _EAST, 29: "2026:11:21"})
    return exif


def picture(form: str = "JPEG", *, image: Image.Image | None = None, **how: Any) -> bytes:
    out = BytesIO()
    (image or drawing()).save(out, form, **how)
    return out.getvalue()


def box(name: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4) + name + body


def film(*, brand: bytes = b"isom", track: bytes = b"vide", place: bytes = b"") -> bytes:
    """An MP4 as far as its boxes go: ``place`` stands where a phone writes where it was."""
    handler = box(b"hdlr", bytes(8) + track + bytes(13))
    told = box(b"udta", box(b"\xa9xyz", place)) + box(b"meta", place) if place else b""
    moov = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", box(b"mdia", handler) + told) + told)
    return box(b"ftyp", brand + bytes(4) + brand) + moov + box(b"mdat", b"frames" * 20)


def archive(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def letter() -> bytes:
    """A Word document, as far as anybody here looks."""
    return archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


OGG = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(40)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"
