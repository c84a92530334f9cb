"""What invented people send beside their words: a picture of a letter and a voice message, drawn and played here."""

from __future__ import annotations

import math
import wave
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from bot.errors import MediaGone
from bot.model import Media

_PAPER = (900, 1200)
_MARGIN = 90
_RATE = 8000
_SECONDS = 2
_LOUD = 6000


class MadeUpFiles:
    """``bot.media.FileSource`` of every channel of the demo: nothing is fetched from anywhere."""

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        del raw
        kind = media.content_type.partition("/")[0]
        if kind == "image":
            return letter()
        if kind == "audio":
            return hum()
        raise MediaGone

    def forget(self, media: Media) -> None:
        """Nobody has a copy."""


@cache
def letter() -> bytes:
    """A page with lines where the words would be, on a kitchen table."""
    table = Image.new("RGB", (_PAPER[0] + 2 * _MARGIN, _PAPER[1] + 2 * _MARGIN), (150, 118, 88))
    page = Image.new("RGB", _PAPER, (250, 249, 244))
    pen = ImageDraw.Draw(page)
    pen.rectangle((_MARGIN, _MARGIN, _MARGIN + 220, _MARGIN + 60), fill=(40, 84, 120))
    for number in range(17):
        top = 250 + 50 * number
        right = _PAPER[0] - _MARGIN - (number * 137) % 260
        pen.rectangle((_MARGIN, top, right, top + 12), fill=(90, 90, 96))
    table.paste(page.rotate(2, expand=False, fillcolor=(150, 118, 88)), (_MARGIN, _MARGIN))
    out = BytesIO()
    table.save(out, "JPEG", quality=80)
    return out.getvalue()


@cache
def hum() -> bytes:
    """Two seconds of a voice that says nothing."""
    samples = bytearray()
    for number in range(_RATE * _SECONDS):
        swell = math.sin(math.pi * number / (_RATE * _SECONDS))
        samples += int(_LOUD * swell * math.sin(2 * math.pi * 196 * number / _RATE)).to_bytes(2, "little", signed=True)
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(samples))
    return out.getvalue()
