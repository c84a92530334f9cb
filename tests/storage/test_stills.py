"""HEIC and AVIF photos are not drawn again; what they say of place, time and camera is emptied, and they still open."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.media import FileKind
from storage.scrubbing import clean
from tests.storage.pictures_made import GPS, picture, told_place


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def avif(**how: Any) -> bytes:
    """A real one: HEIC is the same to the letter but for its brand and the way its pixels are packed."""
    return picture("AVIF", **how)


def heic(**how: Any) -> bytes:
    return avif(**how).replace(b"ftypavif", b"ftypheic", 1)


@pytest.mark.parametrize(("make", "content_type"), [(avif, "image/avif"), (heic, "image/heic")])
def test_the_place_in_a_photo_that_is_not_drawn_again_is_emptied(make: Callable[..., bytes], content_type: str) -> None:
    photo = make(exif=told_place(), xmp=b"<x:xmpmeta>Canary place</x:xmpmeta>")
    assert b"CanaryPhone" in photo
    assert b"Canary place" in photo

    kept = clean(photo)

    assert (kept.kind, kept.content_type, kept.traces) == (FileKind.PHOTO, content_type, False)
    assert b"Canary" not in kept.content
    assert len(kept.content) == len(photo)


def test_such_a_photo_still_opens_and_knows_no_place() -> None:
    found = opened(clean(avif(exif=told_place())).content)

    assert dict(found.getexif()) == {}
    assert found.getexif().get_ifd(GPS) == {}


def test_and_its_pixels_are_as_they_were() -> None:
    photo = avif(exif=told_place())

    kept = clean(photo)

    assert opened(kept.content).tobytes() == opened(photo).tobytes()


def test_a_photo_of_that_kind_without_a_place_is_kept_to_the_byte() -> None:
    assert clean(avif()).content == avif()


@pytest.mark.parametrize(
    "odd",
    [
        lambda photo: photo[:200],
        lambda photo: photo.replace(b"iloc", b"free"),
        lambda photo: photo.replace(b"iinf", b"free"),
        lambda photo: photo.replace(b"meta", b"free"),
        lambda photo: photo[: photo.index(b"iloc") + 8] + b"\xff" * 30 + photo[photo.index(b"iloc") + 38 :],
    ],
    ids=["cut off", "no places", "no items", "no list", "places outside"],
)
def test_of_one_whose_parts_cannot_be_followed_it_is_said_that_traces_may_be_left(odd: Callable[[bytes], bytes]) -> None:
    photo = odd(avif(exif=told_place()))

    kept = clean(photo)

    assert (kept.traces, kept.content) == (True, photo)
