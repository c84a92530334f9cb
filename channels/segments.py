"""How an SMS is counted and cut: GSM-7 and UCS-2, segments, the folding of typographic signs, the split of a long text.

Counts agree with Twilio's own calculator. A character of the extension table takes two septets; neither such a pair nor
a surrogate pair is ever parted between two segments.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BODY_LIMIT = 1600
"""What Twilio takes in one message, SMS and WhatsApp alike (error 21617), in UTF-16 units."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION

_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS_ALONE, _UCS_JOINED = 70, 67

_FOLDED = {
    "'": "‘’‚‛′‵´`ˊˋʻʼʽʹˈ‹›＇",  # noqa: RUF001 - signs that only look alike are what this table is about
    '"': "“”„‟″‶«»ʺ〝〞＂",  # noqa: RUF001 - the same
    "-": "‐‑‒–—―−⁃﹣－",  # noqa: RUF001 - the same
    "...": "…",
    "/": "⁄∕",  # noqa: RUF001 - the same
    "*": "•∗",  # noqa: RUF001 - the same
    "1/4": "¼",
    "1/2": "½",
    "3/4": "¾",
    " ": "\t\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\u0085\u2028\u2029",
    "": "\u00ad\u200b\u2060\ufeff",
}
"""What an SMS can hold, and the signs it stands for: one curly quote would halve what a segment carries."""

_FOLD = str.maketrans({sign: plain for plain, signs in _FOLDED.items() for sign in signs})
_JOINER, _VARIATION, _SKIN = "\u200d", "\ufe00\ufe01\ufe0e\ufe0f\u20e3", range(0x1F3FB, 0x1F400)


class Encoding(StrEnum):
    GSM = "GSM-7"
    UCS = "UCS-2"


@dataclass(frozen=True, slots=True)
class Length:
    """What a text costs. ``units`` are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Encoding
    units: int
    segments: int


def measure(text: str) -> Length:
    """How many units and segments a text takes, exactly as it stands (nothing is folded). An empty one takes a segment."""
    if _GSM.issuperset(text):
        sizes = [2 if sign in _EXTENSION else 1 for sign in text]
        return _packed(Encoding.GSM, sizes, alone=_GSM_ALONE, joined=_GSM_JOINED)
    sizes = [_utf16(sign) for sign in text]
    return _packed(Encoding.UCS, sizes, alone=_UCS_ALONE, joined=_UCS_JOINED)


def fold(text: str) -> str:
    """The same words with the typographic signs an SMS holds cheaply; letters and emoji stay as they are."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_FOLD)


def split(text: str, limit: int = BODY_LIMIT) -> tuple[str, ...]:
    """The text in parts of at most ``limit`` UTF-16 units, cut at a line or a word where there is one.

    Nothing is lost but the white space at a cut. Always at least one part.
    """
    parts: list[str] = []
    rest = text
    while _length(rest) > limit:
        end = _cut(rest, limit)
        part, rest = rest[:end].rstrip(), rest[end:].lstrip()
        if part:
            parts.append(part)
    if rest or not parts:
        parts.append(rest)
    return tuple(parts)


def _packed(encoding: Encoding, sizes: list[int], *, alone: int, joined: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(encoding, units, 1)
    segments, used = 1, 0
    for size in sizes:
        used += size
        if used > joined:
            segments, used = segments + 1, size
    return Length(encoding, units, segments)


def _cut(text: str, limit: int) -> int:
    """Where to cut so that what stands before fits: after the last line or word that fits, else between two signs."""
    end = _fitting(text, limit)
    if text[end].isspace():
        return end
    words = next((at for at in range(end, 0, -1) if text[at - 1].isspace()), 0)
    lines = text.rfind("\n", end // 2, end) + 1
    if words or lines:
        return lines or words
    whole = end
    while whole > 1 and _belongs_to_the_one_before(text, whole):
        whole -= 1
    return whole if whole > 1 else end


def _fitting(text: str, limit: int) -> int:
    """How many code points fit into ``limit`` UTF-16 units; at least one, so that a cut always moves on."""
    used = 0
    for at, sign in enumerate(text):
        used += _utf16(sign)
        if used > limit:
            return max(at, 1)
    return len(text)


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    """Whether a reader would see the code point at this place as part of the sign before it (accent, emoji sequence)."""
    sign = text[at]
    return (
        unicodedata.combining(sign) != 0 or sign == _JOINER or text[at - 1] == _JOINER or sign in _VARIATION or ord(sign) in _SKIN
    )


def _utf16(sign: str) -> int:
    return 2 if ord(sign) > 0xFFFF else 1  # noqa: PLR2004 - the last code point that needs no surrogate pair


def _length(text: Iterable[str]) -> int:
    return sum(_utf16(sign) for sign in text)
