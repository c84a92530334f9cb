"""One header of a mail at a time: decoded, unfolded, its addresses, ids and date. Whatever it holds, nothing is raised.

RFC 5322, RFC 2047. Real mail breaks both, so each field is read on its own and one that cannot be read is empty.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from channels.mail_charsets import decoded

_LONGEST_HEADER = 20_000
_LONGEST_ADDRESS = 254
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s]+@[^<>\s]+")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?|\[[0-9A-Fa-f.:]+\]|localhost")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def values(mail: Message, name: str) -> tuple[str, ...]:
    """Each header of this name as it stands, unfolded, bytes that are no ASCII made readable; from the top down."""
    wanted = name.lower()
    return tuple(_unfolded(value) for given, value in mail.raw_items() if given.lower() == wanted)


def value(mail: Message, name: str) -> str:
    """The first header of this name as it stands; empty when there is none."""
    return next(iter(values(mail, name)), "")


def words(mail: Message, name: str) -> str:
    """A header that people read (Subject): encoded words decoded, and on one line."""
    return words_of(value(mail, name))


def words_of(given: str) -> str:
    """The same for one value that is at hand.

    The line breaks go only after decoding, for an encoded word can hold one, and with it a header of somebody's own.
    """
    return plain(_decoded_words(given))


def plain(text: str) -> str:
    """On one line, without control signs."""
    return " ".join(_CONTROL.sub(" ", text).split())


def addresses(mail: Message, name: str) -> tuple[str, ...]:
    """The addresses in all headers of this name, as they were written but for what is none."""
    found: list[str] = []
    for given in values(mail, name):
        with suppress(Exception):  # the library raises whatever it likes at a malformed list; the others still count
            found += [address for _, address in getaddresses([given]) if normalised(address)]
        if not found:
            found += [address for address in re.findall(r"[^\s<>\"',;:()]+@[^\s<>\"',;:()]+", given) if normalised(address)]
    return tuple(found)


def normalised(address: str) -> str:
    """The address as two of them are compared: lower case throughout, an international domain in ASCII. Empty if it is none."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).lower().rpartition("@")
    domain = domain.rstrip(".")
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return ""
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    whole = f"{local}@{domain}"
    return whole if len(whole) <= _LONGEST_ADDRESS else ""


def ids(mail: Message, name: str) -> tuple[str, ...]:
    """The message ids of a header, in their angle brackets, in order, each once."""
    found: dict[str, None] = {}
    for given in values(mail, name):
        inside = _ID.findall(given) or _BARE_ID.findall(given)[:1]
        found |= dict.fromkeys(f"<{_CONTROL.sub('', one)}>" for one in inside if one.isascii())
    return tuple(found)


def date(mail: Message) -> datetime | None:
    """When the sender's clock says that it was written; None where it says nothing that can be."""
    try:
        written = parsedate_to_datetime(value(mail, "Date"))
        moment = (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return moment if moment >= _EARLIEST else None


def _unfolded(given: object) -> str:
    raw = given if isinstance(given, str) else str(given)
    text = decoded(raw.encode("ascii", "surrogateescape"), "utf-8") if _is_bytes(raw) else raw
    return text[:_LONGEST_HEADER].replace("\r", " ").replace("\n", " ").strip()


def _is_bytes(raw: str) -> bool:
    """Whether the parser met bytes that are no ASCII, which it keeps as halves of surrogate pairs."""
    return all(sign < "\x80" or "\udc80" <= sign <= "\udcff" for sign in raw)


def _decoded_words(given: str) -> str:
    if "=?" not in given:
        return given
    try:
        pieces = decode_header(given)
    except Exception:  # noqa: BLE001 - broken base64 and whatever else: then the words as they stand have to do
        return given
    return "".join(piece if isinstance(piece, str) else decoded(piece, charset or "utf-8") for piece, charset in pieces)
