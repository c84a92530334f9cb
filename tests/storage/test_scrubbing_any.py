"""Whatever bytes come, they are kept or refused: nothing else happens, and nothing hangs."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import MediaRefused
from bot.media import FileKind
from storage.scrubbing import clean
from tests.storage.pictures_made import OGG, PDF, archive, drawing, film, letter, picture, told_place

SAMPLES = (
    *(picture(form, exif=told_place()) for form in ("JPEG", "PNG", "WEBP", "AVIF")),
    picture("GIF", save_all=True, append_images=[drawing(mode="L")]),
    film(place=b"Canary"),
    film(brand=b"M4A ", track=b"soun"),
    letter(),
    archive(mimetype=b"application/vnd.oasis.opendocument.text"),
    OGG,
    PDF,
    b"From: a\nSubject: b\n\nwords",
    b"{\\rtf1 words}",
    b"plain words",
)
CALM = settings(max_examples=150, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.too_slow])


def kept_or_refused(content: bytes) -> None:
    try:
        kept = clean(content)
    except MediaRefused:
        return
    assert kept.content
    assert kept.kind in FileKind
    assert "/" in kept.content_type
    assert clean(kept.content).kind is kept.kind, "what is kept is of the same kind when it is looked at again"


@CALM
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    kept_or_refused(content)


@CALM
@given(st.sampled_from(SAMPLES), st.data())
def test_a_file_that_was_damaged_on_the_way(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(1, len(damaged))) :]
    kept_or_refused(bytes(damaged))


@CALM
@given(st.sampled_from(SAMPLES), st.sampled_from(SAMPLES))
def test_one_file_hung_on_behind_another(first: bytes, second: bytes) -> None:
    kept_or_refused(first + second)
