"""What a file is, is said by its bytes; where it was made is taken out; what is on no list is refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.errors import MediaRefused
from bot.media import FileKind
from storage.pictures import small
from storage.scrubbing import LARGEST, clean
from tests.storage.pictures_made import GPS, OGG, PDF, archive, box, drawing, film, letter, picture, told_place

HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


# --- pictures -------------------------------------------------------------------------------------------------------


def test_the_place_where_a_photo_was_taken_is_gone() -> None:
    photo = picture(exif=told_place(), comment=b"Canary comment", quality=95)
    assert opened(photo).getexif().get_ifd(GPS)
    assert b"CanaryPhone" in photo

    kept = clean(photo)

    assert (kept.kind, kept.content_type, kept.traces) == (FileKind.PHOTO, "image/jpeg", False)
    assert dict(opened(kept.content).getexif()) == {}
    assert opened(kept.content).getexif().get_ifd(GPS) == {}
    assert b"Canary" not in kept.content
    assert b"Exif" not in kept.content


@pytest.mark.parametrize(
    ("form", "how"),
    [
        ("JPEG", {"exif": told_place(), "xmp": b"<Canary/>", "comment": b"Canary", "icc_profile": b"Canary profile"}),
        ("PNG", {"exif": told_place(), "icc_profile": b"Canary profile"}),
        ("WEBP", {"exif": told_place(), "xmp": b"<Canary/>", "icc_profile": b"Canary profile"}),
        ("GIF", {"comment": b"Canary"}),
    ],
)
def test_nothing_hidden_in_a_picture_of_any_kind_comes_along(form: str, how: dict[str, Any]) -> None:
    before = picture(form, **how)
    assert b"Canary" in before or form == "PNG"  # whose text is packed

    kept = clean(before)

    assert b"Canary" not in kept.content
    found = opened(kept.content)
    found.load()
    assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(found.info)


def test_a_photo_taken_sideways_is_turned_before_that_is_forgotten() -> None:
    upright = clean(picture(exif=told_place(orientation=6), quality=95))

    shown = opened(upright.content).convert("RGB")
    assert shown.size == (40, 60)
    top, bottom = shown.getpixel((20, 5)), shown.getpixel((20, 55))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, top[2] < 100) == (True, True)
    assert (bottom[0] < 100, bottom[2] > 200) == (True, True)


@pytest.mark.parametrize(
    ("image", "form", "content_type"),
    [
        (drawing(mode="CMYK"), "JPEG", "image/jpeg"),
        (drawing(mode="L"), "JPEG", "image/jpeg"),
        (drawing(mode="P"), "PNG", "image/png"),
        (drawing(mode="RGBA"), "PNG", "image/png"),
        (drawing(mode="1"), "PNG", "image/png"),
        (drawing(mode="RGBA"), "WEBP", "image/webp"),
        (drawing(mode="P"), "GIF", "image/png"),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else value,
)
def test_pictures_in_every_sort_of_colour_are_kept(image: Image.Image, form: str, content_type: str) -> None:
    kept = clean(picture(form, image=image))

    assert kept.content_type == content_type
    found = opened(kept.content).convert("RGB")
    assert found.size == (60, 40)


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_a_moving_picture_still_moves(form: str) -> None:
    frames = [drawing(), drawing().transpose(Image.Transpose.FLIP_LEFT_RIGHT), drawing(mode="L").convert("RGB")]
    kept = clean(picture(form, image=frames[0], save_all=True, append_images=frames[1:], duration=120))

    found = opened(kept.content)
    assert getattr(found, "n_frames", 1) == 3
    assert kept.content_type == f"image/{form.lower()}"


def test_what_is_hung_on_behind_a_picture_is_left_behind() -> None:
    """A file that is a picture to one program and a web page or an archive to another."""
    for hung in (HTML, archive(**{"evil.exe": b"Canary"})):
        kept = clean(picture() + hung)

        assert b"<script>" not in kept.content
        assert b"PK\x03\x04" not in kept.content


def test_a_web_page_that_is_called_a_photo_is_refused() -> None:
    with pytest.raises(MediaRefused, match="web page"):
        clean(HTML)


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"])
def test_a_web_page_behind_the_first_bytes_of_a_picture_is_refused(start: bytes) -> None:
    with pytest.raises(MediaRefused, match="damaged"):
        clean(start + HTML)


def test_a_picture_that_was_cut_off_is_refused() -> None:
    whole = picture(image=drawing((600, 400)), quality=95)

    with pytest.raises(MediaRefused, match="damaged"):
        clean(whole[: len(whole) // 2])


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7000, 7000), (10_000, 10_000), (60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_opened(size: tuple[int, int]) -> None:
    with pytest.raises(MediaRefused, match="too large"):
        clean(bomb(*size))


def test_the_photo_of_a_very_good_camera_is_kept_smaller() -> None:
    kept = clean(picture(image=Image.new("RGB", (9000, 6000), "green")))

    assert opened(kept.content).size == (4500, 3000)


def test_a_preview_is_small_and_a_jpeg() -> None:
    shown = opened(small(clean(picture("PNG", image=drawing((2000, 500), mode="RGBA"))).content))

    assert (shown.format, shown.size) == ("JPEG", (960, 240))


# --- films and recordings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "content_type"),
    [
        (film(), FileKind.VIDEO, "video/mp4"),
        (film(brand=b"qt  "), FileKind.VIDEO, "video/quicktime"),
        (film(brand=b"3gp5"), FileKind.VIDEO, "video/3gpp"),
        (film(brand=b"M4A ", track=b"soun"), FileKind.AUDIO, "audio/mp4"),
        (OGG, FileKind.AUDIO, "audio/ogg"),
        (b"ID3\x03" + bytes(30), FileKind.AUDIO, "audio/mpeg"),
        (b"\xff\xfb\x90\x00" * 20, FileKind.AUDIO, "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + bytes(30), FileKind.AUDIO, "audio/aac"),
        (b"#!AMR\n" + bytes(30), FileKind.AUDIO, "audio/amr"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), FileKind.AUDIO, "audio/wav"),
        (b"\x1aE\xdf\xa3\x01" + bytes(20) + b"webm" + bytes(20) + b"V_VP9", FileKind.VIDEO, "video/webm"),
        (b"\x1aE\xdf\xa3\x01" + bytes(20) + b"webm" + bytes(20) + b"A_OPUS", FileKind.AUDIO, "audio/webm"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_films_and_recordings_are_known_by_their_bytes(content: bytes, kind: FileKind, content_type: str) -> None:
    kept = clean(content)

    assert (kept.kind, kept.content_type) == (kind, content_type)


def test_the_place_where_a_film_was_made_is_emptied_and_the_rest_stays_where_it_is() -> None:
    before = film(place=b"+50.9400-002.6333/Canary")

    kept = clean(before)

    assert b"Canary" in before
    assert b"Canary" not in kept.content
    assert len(kept.content) == len(before)
    assert kept.content.index(b"mdat") == before.index(b"mdat")
    assert kept.content.endswith(b"frames" * 20)
    assert not kept.traces


def test_of_a_film_whose_boxes_do_not_fit_it_is_said_that_traces_may_be_left() -> None:
    assert clean(film() + b"\x00\x00\xff\xffudta").traces


def test_a_recording_with_no_track_is_refused() -> None:
    with pytest.raises(MediaRefused, match="damaged"):
        clean(box(b"ftyp", b"isom" + bytes(4)) + box(b"moov"))


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PDF, "application/pdf"),
        (b"{\\rtf1 hello}", "application/rtf"),
        (letter(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            archive(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
            "application/vnd.oasis.opendocument.text",
        ),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
    ],
    ids=["pdf", "rtf", "docx", "odt", "doc"],
)
def test_documents_are_kept_as_they_came(content: bytes, content_type: str) -> None:
    kept = clean(content)

    assert (kept.kind, kept.content_type, kept.content) == (FileKind.DOCUMENT, content_type, content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xfe\xff", "empty"),
        (b"MZ" + bytes(100), "not taken"),
        (b"\x7fELF" + bytes(100), "not taken"),
        (bytes(range(256)) * 4, "not taken"),
        (b"#!/bin/sh\nrm -rf /\n", "not taken"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "web page"),
        (b'<?xml version="1.0"?><html/>', "web page"),
        (b"hello\n<SCRIPT>alert(1)</SCRIPT>", "web page"),
        ("\ufeff<html>".encode("utf-16"), "web page"),
        (archive(**{"a.txt": b"x"}), "archive"),
        (archive(**{"[Content_Types].xml": b"x", "word/vbaProject.bin": b"x"}), "macro"),
        (b"PK\x03\x04" + bytes(50), "damaged"),
        (OLE, "not taken"),
        (OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        (b"{\\rtf1 {\\object\\objdata 0105}}", "inside it"),
        (b"II*\x00" + bytes(40), "not taken"),
    ],
)
def test_what_is_not_on_the_list_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(MediaRefused, match=why):
        clean(content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Dear team,\nthe taxi was late.\n", "Dear team,\nthe taxi was late.\n"),
        ("The school said \u201cno\u201d.".encode("cp1252"), "The school said \u201cno\u201d."),
        ("Żółw".encode("utf-16"), "Żółw"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Anna Example\nEND:VCARD\n", "BEGIN:VCARD\nVERSION:3.0\nFN:Anna Example\nEND:VCARD\n"),
        (b"1 < 2 and he is <3 years", "1 < 2 and he is <3 years"),
    ],
)
def test_plain_text_is_kept_in_one_alphabet(content: bytes, text: str) -> None:
    kept = clean(content)

    assert (kept.kind, kept.content.decode()) == (FileKind.TEXT, text)


def test_a_whole_mail_is_kept_as_text_whatever_is_in_it() -> None:
    mail = (
        b"Received: from a by b;\r\n\tSat, 21 Nov 2026\r\nFrom: Anna <anna@example.org>\r\nSubject: the taxi\r\n"
        b"Content-Type: text/html\r\n\r\n<html><body>late again \x00\xa3</body></html>\r\n"
    )

    kept = clean(mail)

    assert (kept.kind, kept.content_type, kept.traces) == (FileKind.TEXT, "text/plain; charset=utf-8", True)
    assert "late again £</body>" in kept.content.decode()


@pytest.mark.parametrize("content", [b"From: a\n<html>", b"<html>\nFrom: a\nDate: b\n\n", b"From: a\n\n<script>x</script>"])
def test_a_web_page_that_only_begins_like_a_mail_is_refused(content: bytes) -> None:
    with pytest.raises(MediaRefused, match="web page"):
        clean(content)


def test_what_is_larger_than_any_mail_is_refused() -> None:
    with pytest.raises(MediaRefused, match="too large"):
        clean(bytes(LARGEST + 1))
