"""Pictures made anew: what is kept is drawn again from the pixels, so that nothing hidden in the file comes along."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from bot.errors import MediaRefused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
"""What Pillow may take a file for. It knows dozens more, each a decoder that nobody here needs."""

MOST_PIXELS = 40_000_000
"""What is decoded at most: some 120 MB. A JPEG above it is decoded at a half, a quarter or an eighth of its size."""

_MOST_FRAMES = 300
_SAVED_AS_THEY_ARE = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
_QUALITY = 90
_PREVIEW_SIDE = 960
_PREVIEW_QUALITY = 80


def redrawn(content: bytes) -> tuple[bytes, str]:
    """The picture, upright, without EXIF, place, comments or anything after its end; and its content type.

    Raises ``MediaRefused`` for one that is damaged or too large to be opened.
    """
    try:
        Image.open(BytesIO(content), formats=FORMATS).verify()
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _bound(image)
            frames = _frames(image)
            if len(frames) > 1:
                return _moving(frames, "GIF" if image.format == "GIF" else "WEBP")
            return _still(image)
    except MediaRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediaRefused("The picture is too large to be opened.") from None
    except Exception as error:  # noqa: BLE001 - a damaged file does anything to a decoder
        # Not chained: the decoder's words may quote the file.
        raise MediaRefused(f"The picture is damaged and does not open ({type(error).__name__}).") from None


def small(content: bytes) -> bytes:
    """A picture of ours made small, as JPEG on white."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        image.draft("RGB", (_PREVIEW_SIDE, _PREVIEW_SIDE))
        image.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
        shown = image.convert("RGBA")
    ground = Image.new("RGB", shown.size, "white")
    ground.paste(shown, mask=shown.getchannel("A"))
    return _saved(ground, "JPEG", quality=_PREVIEW_QUALITY)


def _bound(image: Image.Image) -> None:
    """Before a single pixel is decoded: how many there are is in the head of the file."""
    width, height = image.size
    if image.format in {"JPEG", "MPO"}:
        part = next((part for part in (1, 2, 4, 8) if width * height // part**2 <= MOST_PIXELS), 8)
        image.draft(None, (max(width // part, 1), max(height // part, 1)))
    if image.size[0] * image.size[1] > MOST_PIXELS:
        raise MediaRefused("The picture is too large to be opened.")


def _frames(image: Image.Image) -> list[Image.Image]:
    """Those of a moving picture; one alone where it does not move, or moves for too long to be drawn again."""
    if image.format not in {"GIF", "WEBP"} or not getattr(image, "is_animated", False):
        return []
    frames: list[Image.Image] = []
    for frame in ImageSequence.Iterator(image):
        if len(frames) == _MOST_FRAMES or (len(frames) + 1) * frame.width * frame.height > MOST_PIXELS:
            image.seek(0)
            return []
        drawn = frame.convert("RGBA")
        drawn.info = {"duration": frame.info.get("duration", 100)}
        frames.append(drawn)
    return frames


def _moving(frames: list[Image.Image], form: str) -> tuple[bytes, str]:
    durations = [frame.info["duration"] for frame in frames]
    for frame in frames:
        frame.info = {}
    more: dict[str, Any] = {"disposal": 2} if form == "GIF" else {"quality": _QUALITY}
    content = _saved(frames[0], form, save_all=True, append_images=frames[1:], duration=durations, loop=0, **more)
    return content, f"image/{form.lower()}"


def _still(image: Image.Image) -> tuple[bytes, str]:
    form = {"JPEG": "JPEG", "MPO": "JPEG", "WEBP": "WEBP"}.get(image.format or "", "PNG")
    drawn = ImageOps.exif_transpose(image)
    if form == "JPEG":
        drawn = drawn if drawn.mode in {"L", "RGB"} else drawn.convert("RGB")
    elif form == "WEBP":
        drawn = drawn if drawn.mode in {"RGB", "RGBA"} else drawn.convert("RGBA")
    elif drawn.mode not in _SAVED_AS_THEY_ARE:
        drawn = drawn.convert("RGBA")
    # Pillow writes comments and profiles back of its own accord when they stand here.
    drawn.info = {}
    return _saved(drawn, form, **({} if form == "PNG" else {"quality": _QUALITY})), f"image/{form.lower()}"


def _saved(image: Image.Image, form: str, **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()
