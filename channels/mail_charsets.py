"""Bytes into words: by the charset a mail names, by the one it must have meant, and in no case not at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

_MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "default": "utf-8",
    "": "utf-8",
}
"""What is meant by the names that mail programs write. The right-hand one holds all that the left-hand one can."""


def decoded(raw: bytes, charset: str) -> str:
    """The words. Bytes that fit nothing become replacement signs; nothing is raised."""
    for name in _candidates(charset, raw):
        try:
            return raw.decode(name)
        except (UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _candidates(charset: str, raw: bytes) -> Iterator[str]:
    wanted = charset.strip().strip("\"'").lower()
    named = _MEANT.get(wanted, wanted)
    # UTF-8 says of itself whether it is; mail that names another charset and holds clean UTF-8 with marks is rare, the
    # reverse (UTF-8 bytes under "iso-8859-1") is everyday. And there is no Western UTF-16 without a zero in it.
    doubtful = named == "cp1252" or (named.startswith(("utf-16", "utf-32", "utf16", "utf32")) and b"\0" not in raw)
    order = ("utf-8", named) if doubtful else (named, "utf-8")
    for name in order:
        try:
            if codecs.lookup(name)._is_text_encoding:  # noqa: SLF001 - "hex" and "zip" are codecs too
                yield name
        except (LookupError, ValueError):
            continue
