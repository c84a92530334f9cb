"""``bot.media.Clean``: what a file is, by its bytes and nothing else, and whether it may be kept.

It stands with the store and not with the channels, for it says what may be kept, whoever brought it. The list is closed:
what is not on it is refused. (``puremagic`` knows hundreds of kinds and is asked where a text pretends to be plain.)
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

from bot.errors import MediaRefused
from bot.media import Cleaned, FileKind
from storage import boxes, stills

LARGEST = 35 * 1024 * 1024
"""Bytes: the largest mail that is taken in."""

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_STILLS = dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic") | {
    b"avif": "image/avif",
    b"avis": "image/avif",
}
"""Brands of pictures in the MP4 family. Not every Pillow draws them, so they are not drawn again, only emptied."""

_SOUNDS = {
    b"#!AMR": "audio/amr",
    b"fLaC": "audio/flac",
    b"caff": "audio/x-caf",
    b"ID3": "audio/mpeg",
}
_ADTS = frozenset({0xF0, 0xF1, 0xF8, 0xF9})
_LAYER_3 = frozenset({0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB})
_HAS_FILM = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_HAS_SOUND = re.compile(rb"hdlr.{8}soun", re.DOTALL)

_OPEN_XML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENT = re.compile(r"application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)")
_OLE = {"WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel"} | {
    "PowerPoint Document": "application/vnd.ms-powerpoint"
}
_MOST_PARTS = 5000
_LONGEST_NAME = 200

_HEADER = re.compile(rb"[!-9;-~]+:")
_MOST_HEADERS = 200
_PLAIN = "text/plain; charset=utf-8"

_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|script|svg|\?xml|iframe|object|\?php)", re.IGNORECASE)
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def clean(content: bytes) -> Cleaned:
    """Raises ``MediaRefused`` for what is not kept."""
    if not content:
        raise MediaRefused("The file is empty.")
    if len(content) > LARGEST:
        raise MediaRefused("The file is too large.")
    for look in _LOOKS:
        if (found := look(content)) is not None:
            return found
    return _text(content)


def _picture(content: bytes) -> Cleaned | None:
    if not (content.startswith(_PICTURES) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP")):
        return None
    from storage.pictures import redrawn  # Pillow is read with the first picture

    drawn, content_type = redrawn(content)
    return Cleaned(content=drawn, kind=FileKind.PHOTO, content_type=content_type)


def _film(content: bytes) -> Cleaned | None:
    """The MP4 family: pictures, films and recordings, told apart by their brand and their tracks."""
    if content[4:8] != b"ftyp":
        return None
    brand = content[8:12]
    if brand in _STILLS:
        cleaned, traces = stills.without_traces(content)
        return Cleaned(content=cleaned, kind=FileKind.PHOTO, content_type=_STILLS[brand], traces=traces)
    cleaned, traces = boxes.without_traces(content)
    if _HAS_FILM.search(content):
        content_type = {b"qt  ": "video/quicktime", b"3gp": "video/3gpp"}.get(
            brand if brand == b"qt  " else brand[:3], "video/mp4"
        )
        return Cleaned(content=cleaned, kind=FileKind.VIDEO, content_type=content_type, traces=traces)
    if _HAS_SOUND.search(content):
        return Cleaned(content=cleaned, kind=FileKind.AUDIO, content_type="audio/mp4", traces=traces)
    raise MediaRefused("The recording is damaged: it has neither pictures nor sound.")


def _sound(content: bytes) -> Cleaned | None:
    content_type = next((word for start, word in _SOUNDS.items() if content.startswith(start)), "")
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        content_type = "audio/wav"
    elif not content_type and content[:1] == b"\xff":
        content_type = _frame(content)
    if not content_type:
        return None
    return Cleaned(content=content, kind=FileKind.AUDIO, content_type=content_type)


def _frame(content: bytes) -> str:
    """MP3 or AAC without a head: a frame begins with eleven or twelve bits that are set."""
    second, third = (content[1], content[2]) if len(content) > 2 else (0, 0)  # noqa: PLR2004 - the three bytes of the pattern
    if second in _ADTS:
        return "audio/aac"
    is_mp3 = second in _LAYER_3 and third >> 4 not in {0, 15}
    return "audio/mpeg" if is_mp3 else ""


def _stream(content: bytes) -> Cleaned | None:
    """Ogg and WebM, which hold sound alone or films."""
    head = content[:4096]
    if content.startswith(b"OggS"):
        is_film = b"theora" in head
        return Cleaned(
            content=content,
            kind=FileKind.VIDEO if is_film else FileKind.AUDIO,
            content_type="video/ogg" if is_film else "audio/ogg",
        )
    if content.startswith(b"\x1aE\xdf\xa3") and (b"webm" in head[:80] or b"matroska" in head[:80]):
        is_film = b"V_" in head
        return Cleaned(
            content=content,
            kind=FileKind.VIDEO if is_film else FileKind.AUDIO,
            content_type="video/webm" if is_film else "audio/webm",
        )
    return None


def _document(content: bytes) -> Cleaned | None:
    if content.startswith(b"%PDF-"):
        return Cleaned(content=content, kind=FileKind.DOCUMENT, content_type="application/pdf")
    if content.startswith(b"{\\rtf"):
        if b"\\objdata" in content or b"\\objupdate" in content:
            raise MediaRefused("The document has another file inside it that can act by itself.")
        return Cleaned(content=content, kind=FileKind.DOCUMENT, content_type="application/rtf")
    if content.startswith(b"PK\x03\x04"):
        return Cleaned(content=content, kind=FileKind.DOCUMENT, content_type=_packed_document(content))
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Cleaned(content=content, kind=FileKind.DOCUMENT, content_type=_old_document(content))
    return None


def _packed_document(content: bytes) -> str:
    """Office documents are archives; no other archive is taken. Only the list of parts is read, and one short part."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts[:_MOST_PARTS]]
            first = parts[0] if parts else None
            if first is not None and first.filename == "mimetype" and first.file_size <= _LONGEST_NAME:
                declared = archive.read(first).decode("ascii", "replace").strip()
            else:
                declared = ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise MediaRefused("The document is damaged and does not open.") from None
    if len(parts) > _MOST_PARTS:
        raise MediaRefused("The document has more parts than any document needs.")
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) or name.startswith("Basic/") for name in names):
        raise MediaRefused("The document has a program (a macro) in it.")
    if _OPEN_DOCUMENT.fullmatch(declared):
        return declared
    if "[Content_Types].xml" in names:
        found = next((word for folder, word in _OPEN_XML.items() if any(name.startswith(folder) for name in names)), None)
        if found is not None:
            return found
    raise MediaRefused("The file is an archive, and archives are not taken.")


def _old_document(content: bytes) -> str:
    """Word, Excel and PowerPoint before 2007. The names of the parts are in UTF-16."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise MediaRefused("The document has a program (a macro) in it.")
    found = next((word for name, word in _OLE.items() if name.encode("utf-16-le") in content), None)
    if found is None:
        raise MediaRefused("Files of this kind are not taken.")
    return found


def _mail(content: bytes) -> Cleaned | None:
    """A whole mail, as text to be read: whatever is inside it stays written out, and no program takes it for more."""
    names = set()
    for line in content[:65536].split(b"\n", _MOST_HEADERS)[:_MOST_HEADERS]:
        if not line.strip():
            break
        if (found := _HEADER.match(line)) is not None:
            names.add(found[0].lower())
        elif not line.startswith((b" ", b"\t")):
            return None
    if b"from:" not in names or not names & {b"date:", b"subject:", b"received:", b"message-id:"}:
        return None
    text = _NOT_IN_TEXT.sub("", _decoded(content).replace("\r\n", "\n"))
    return Cleaned(content=text.encode(), kind=FileKind.TEXT, content_type=_PLAIN, traces=True)


def _decoded(content: bytes) -> str:
    """Never fails: what is no letter in any of these alphabets becomes a mark of replacement."""
    try:
        return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _text(content: bytes) -> Cleaned:
    """Plain text, in UTF-8 from now on; never markup, whatever it is called. Everything else is refused."""
    text = _decoded(content)
    if not text.strip():
        raise MediaRefused("The file is empty.")
    if "\ufffd" in text:
        raise MediaRefused("Files of this kind are not taken.")
    if _MARKUP.search(text):
        raise MediaRefused("The file is a web page or has one in it, and those are not taken.")
    if _NOT_IN_TEXT.search(text) or _is_a_program(content):
        raise MediaRefused("Files of this kind are not taken.")
    return Cleaned(content=text.encode(), kind=FileKind.TEXT, content_type=_PLAIN)


def _is_a_program(content: bytes) -> bool:
    if content.startswith(b"#!"):
        return True
    import puremagic

    try:
        guesses = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return False
    return any(guess.extension in {".html", ".htm", ".svg", ".xml", ".js", ".vbs", ".bat", ".ps1", ".lnk"} for guess in guesses)


_LOOKS: tuple[Callable[[bytes], Cleaned | None], ...] = (_picture, _film, _sound, _stream, _document, _mail)
