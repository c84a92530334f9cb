"""The parts of a mail: which of them are words, which are files, and one file taken out again by its number.

A part's number is its place in the order of ``Message.walk`` over the whole mail, so the same bytes always give the
same numbers. RFC 2045, RFC 2046, RFC 2183.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message

from bot.errors import MediaGone, MediaRefused
from bot.model import Media
from channels.mail_charsets import decoded
from channels.mail_headers import plain, value, words_of
from channels.mail_html import as_words, cids_of_signatures

WHOLE = "raw"
"""The ``Media.url`` of the mail itself, where it could not be taken apart."""

_PART = "part:"
_MOST_PARTS, _MOST_MEDIA = 500, 50
_LONGEST_NAME = 200
_SMALL_PICTURE = 2_048
"""Bytes below which a picture within the text is a logo, a line or a tracking dot."""

_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a mail. ``leaves`` are the bytes of all that is in it, to tell one mail from another under the same id."""

    text: str = field(repr=False)
    media: tuple[Media, ...]
    leaves: tuple[bytes, ...] = field(repr=False)


def parse(raw: bytes) -> Message:
    """A mail as a tree. The lenient parser: whatever is wrong with it, there is a tree."""
    return message_from_bytes(raw, policy=policy.compat32)


def contents(mail: Message, *, cut_off: bool = False) -> Contents:
    """The words and files of a mail. ``cut_off``: only its beginning is here, so its files are not whole and not listed."""
    numbers = {id(part): number for number, part in enumerate(mail.walk()) if number < _MOST_PARTS}
    text, html = _words(mail)
    asides = cids_of_signatures(html)
    media = [] if cut_off else [_media(part, numbers[id(part)]) for part in _files(mail, asides) if id(part) in numbers]
    leaves = tuple(_bytes(part) for part in mail.walk() if not part.is_multipart())
    return Contents(text=text, media=tuple(media[:_MOST_MEDIA]), leaves=leaves)


def taken_out(media: Media, raw: bytes | None) -> bytes:
    """The bytes of one part. Raises ``MediaGone`` without the mail, ``MediaRefused`` for a number that it does not have."""
    if raw is None:
        raise MediaGone("The mail this file came with is no longer kept.")
    if media.url == WHOLE:
        return raw
    number = media.url.removeprefix(_PART)
    parts = list(parse(raw).walk())
    if not media.url.startswith(_PART) or not (number.isascii() and number.isdigit()) or int(number[:9]) >= len(parts):
        raise MediaRefused("The mail has no such part.")
    return _bytes(parts[int(number)])


def _words(mail: Message) -> tuple[str, str]:
    """The text a reader would see, and the HTML that is in the mail."""
    texts: list[str] = []
    htmls: list[str] = []
    for part in _inline(mail):
        if part.get_content_type() == "text/html":
            htmls.append(_text(part))
            texts.append(as_words(htmls[-1]))
        else:
            texts.append(_text(part))
    # The HTML beside a plain text is not read, but its pictures are known by it.
    htmls = htmls or [_text(part) for part in _leaves(mail) if part.get_content_type() == "text/html"]
    return "\n\n".join(text.strip() for text in texts if text.strip()), "\n".join(htmls)


def _inline(mail: Message) -> Iterator[Message]:
    """The parts that are read as words, in order; of alternatives the plain text, if it says anything."""
    stack = [mail]
    while stack:
        part = stack.pop()
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            stack.extend(reversed(_preferred(part)))
        elif part.is_multipart() and part.get_content_maintype() == "multipart":
            stack.extend(reversed(_children(part)))
        elif _is_text(part):
            yield part


def _preferred(alternatives: Message) -> list[Message]:
    children = _children(alternatives)
    plain_ones = [part for part in children if part.get_content_type() == "text/plain" and _text(part).strip()]
    rich = [part for part in children if part.get_content_type() == "text/html" or part.is_multipart()]
    return plain_ones[:1] or rich[-1:] or children[:1]


def _files(mail: Message, asides: frozenset[str]) -> Iterator[Message]:
    """The parts that are files: neither words nor machinery nor the picture of a signature."""
    report = mail.get_content_type() == "multipart/report"
    for part in _leaves(mail):
        kind = part.get_content_type()
        if _is_text(part) or kind in _SIGNATURES or kind in _REPORTS or (report and kind != "text/plain"):
            continue
        if kind.startswith("image/") and not _is_attached(part) and _is_decoration(part, asides):
            continue
        yield part


def _is_decoration(picture: Message, asides: frozenset[str]) -> bool:
    """Whether a picture within the text plainly is none that the person sends us."""
    cid = plain(value(picture, "Content-ID")).strip("<>")
    return bool(cid) and (cid in asides or len(_bytes(picture)) < _SMALL_PICTURE)


def _leaves(mail: Message) -> Iterator[Message]:
    """Every part that is not a box of parts; a mail within the mail is one leaf, and its own parts are not ours."""
    stack = [mail]
    while stack:
        part = stack.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            stack.extend(reversed(_children(part)))
        else:
            yield part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _is_text(part: Message) -> bool:
    """Text to be read, and not a file that happens to hold text."""
    if part.get_content_type() not in {"text/plain", "text/html"} or part.is_multipart():
        return False
    return not _is_attached(part) and not _name(part)


def _is_attached(part: Message) -> bool:
    return value(part, "Content-Disposition").partition(";")[0].strip().lower() == "attachment"


def _media(part: Message, number: int) -> Media:
    content_type = part.get_content_type()
    kind = "encrypted" if content_type in _ENCRYPTED else "attachment" if _is_attached(part) else "inline"
    return Media(url=f"{_PART}{number}", content_type=plain(content_type)[:100], kind=kind, name=_name(part))


def _name(part: Message) -> str:
    """What the sender called the file, without any folder."""
    with suppress(Exception):  # a malformed RFC 2231 name raises whatever it likes; the file counts without one
        given = part.get_filename() or ""
        return words_of(given).replace("\\", "/").rpartition("/")[2].strip()[:_LONGEST_NAME]
    return ""


def _text(part: Message) -> str:
    return decoded(_bytes(part), part.get_content_charset() or "").replace("\r\n", "\n")


def _bytes(part: Message) -> bytes:
    """What the part holds, its transfer encoding undone; a mail within the mail as it came."""
    if part.is_multipart():
        return b"\n".join(child.as_bytes() for child in _children(part))
    # Only so: without decoding, the library reads the bytes by whatever charset is named, and that may be none.
    undone = part.get_payload(decode=True)
    return undone if isinstance(undone, bytes) else b""
