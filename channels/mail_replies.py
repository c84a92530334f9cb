"""What a person wrote in this mail, without what they quote and without their signature; in doubt it is kept.

``mail-parser-reply`` proposes a cut in its languages; a quotation marked with ``>`` or by a block of header lines is
known in any. Each cut is made only where it is plain what is cut: words under "Kind regards", answers between the lines
of a quotation and a forwarded letter are feedback too. The whole mail stays sealed beside it.
"""

from __future__ import annotations

import re

from mailparser_reply.parser import EmailMessage

from bot.heard import RiskLevel
from bot.safety import check

LANGUAGES = ("en", "cs", "da", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv", "zh")
_TAIL = 2_500
"""How much of the end the library sees: on hostile text its patterns take time by the cube of the length."""

_MOST_SIGNATURE_LINES = 8
_MOST_SIGN_OFF_WORDS = 3
_MOST_WORDS_OF_A_NAME, _MOST_WORDS_WITH_AN_ADDRESS, _MOST_WORDS_WITH_A_NUMBER = 5, 4, 2
_DIGITS_OF_A_NUMBER = 6
_PARTICLES = frozenset({"of", "and", "the", "for", "to", "de", "da", "van", "von", "der", "den", "i", "y", "e", "la"})
_HEADERS_IN_A_BLOCK = 3

_QUOTED = re.compile(r"\s*>")
_ATTRIBUTION = re.compile(r"[@＠]|\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b")  # noqa: RUF001 - a full-width sign, as written in Japan
_COLON = re.compile(r"[:：]\s*$")  # noqa: RUF001 - the same
_HEADER_LINE = re.compile(r"[*_\s]*[^\W\d_][^\W\d_ ]{1,14}(?: [^\W\d_]{1,14})?[*_]*\s?[:：][*_]*\s*\S")  # noqa: RUF001 - the same
_FORWARDED = re.compile(
    r"^[\s>]*(?:-{3,}|_{3,})? ?(?:begin(?:ning of)? forwarded message|forwarded message|weitergeleitete nachricht|"
    r"message transféré|messaggio inoltrato|mensaje reenviado|doorgestuurd bericht|przekazana wiadomość|"
    r"mensagem encaminhada|mesaj redirecționat|переслане повідомлення|препратено съобщение|persiųsta žinutė|"
    r"رسالة معاد توجيهها)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DELIMITER = re.compile(r"[-_]{2,}")
_DEVICE = re.compile(r"\b(?:iphone|ipad|samsung|galaxy|android|outlook|yahoo|huawei|pixel|xiaomi|blackberry)\b", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"\b(?:sent|get|from|wysłan\w*|envoy\w*|gesendet|enviado|inviato|trimis|verzonden|skickat)\b", re.IGNORECASE
)
_POSTSCRIPT = re.compile(r"^\W{0,3}p\.? ?s\b", re.IGNORECASE | re.MULTILINE)


def reply_of(text: str, *, quotes_us: bool) -> str:
    """The words to be read. Never empty where there was anything: then it is the whole text.

    ``quotes_us``: what is quoted below is our own mail. What anybody else wrote and the person quotes is what they tell us.
    """
    whole = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _FORWARDED.search(whole):
        return whole
    own = _without_quotation(whole) if quotes_us else whole
    start = max(len(own) - _TAIL, 0)
    if start:
        start = own.find("\n", start) + 1 or len(own)
    end = own[start:]
    own = own[:start] + _without_signature(_without_header_of_quote(end) if quotes_us else end)
    return own if _says_something(own) else whole


def _without_quotation(text: str) -> str:
    """Without lines marked ``>`` at the end, and without the line that says whose they were."""
    lines = text.split("\n")
    if not any(_QUOTED.match(line) for line in lines):
        return _without_header_block(lines)
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    if end == len(lines):
        return text
    return "\n".join(lines[: _before_attribution(lines, end)]).rstrip()


def _before_attribution(lines: list[str], end: int) -> int:
    """Where "On … Ann wrote:" begins, over one line or up to three; ``end`` if nothing there says whose words follow."""
    if not end or not _COLON.search(lines[end - 1]):
        return end
    for start in range(end - 1, max(end - 4, -1), -1):
        if not lines[start].strip():
            break
        if _ATTRIBUTION.search(" ".join(lines[start:end])):
            longer = start - 1
            begins = longer >= 0 and lines[longer].strip() and not lines[longer].rstrip().endswith((".", "!", "?"))
            # "On Mon, 3 May 2026 at 10:12, Ann Example" may stand on the line before "<ann@example.org> wrote:".
            return longer if begins and re.match(r"\s*(?:On|Am|Le|El|Il|Op|W dniu|Em|În|Den|Dne)\b", lines[longer]) else start
    return end


def _without_header_block(lines: list[str]) -> str:
    """Without what Outlook puts below an answer: From, Sent, To, Subject in whatever language, one of them with an address."""
    start = 1
    while start < len(lines):
        end = start
        while end < len(lines) and _HEADER_LINE.match(lines[end]):
            end += 1
        block = "\n".join(lines[start:end])
        if end - start >= _HEADERS_IN_A_BLOCK and "@" in block and re.search(r"\d", block):
            while start and re.fullmatch(r"[\W_]*|-+[^-]{1,40}-+", lines[start - 1].strip()):
                start -= 1
            return "\n".join(lines[:start])
        start = max(end, start + 1)
    return "\n".join(lines)


def _parsed(text: str) -> EmailMessage:
    return EmailMessage(text=text, languages=list(LANGUAGES), keep_hyphen_lists=True).read()


def _without_header_of_quote(text: str) -> str:
    """Without what follows "On … wrote:" where the quoted words bear no mark.

    Only below a line with an address, a year or a time in it: "On Monday the school wrote:" belongs to the story.
    """
    _, *older = _parsed(text).replies
    header = (older[0].headers or "") if older else ""
    if not header or not _ATTRIBUTION.search(header) or any(_QUOTED.match(line) for line in text.split("\n")):
        return text
    at = text.find(header)
    return text[:at].rstrip() if at > 0 else text


def _without_signature(text: str) -> str:
    reply = _parsed(text).replies[0]
    body = reply.body
    cut = "\n".join(part for part in (reply.signatures or "", *(reply.disclaimers or ())) if part)
    if not cut or not body or text.split()[: len(body.split())] != body.split():
        return text
    return body if _is_signature(text[_end_of(body, text) :]) else text


def _end_of(body: str, text: str) -> int:
    """Where in the text as it was written the last word of the body ends."""
    words = list(re.finditer(r"\S+", text))
    return words[len(body.split()) - 1].end()


def _is_signature(cut: str) -> bool:
    """Whether this is a signature and nothing else: names and ways to reach them. No danger is ever cut off with it."""
    first, *lines = [line.strip() for line in cut.split("\n") if line.strip()]
    if len(lines) > _MOST_SIGNATURE_LINES or _POSTSCRIPT.search(cut) or check(cut).level is not RiskLevel.NONE:
        return False
    return (bool(_DELIMITER.fullmatch(first)) or _is_sign_off(first)) and all(map(_is_name_or_number, lines))


def _is_sign_off(line: str) -> bool:
    """Whether it is one of: Kind regards; Thanks, Ann; Sent from my iPhone. Not: Thanks, he cried; All the best teachers left."""
    greeting, _, name = line.partition(",")
    return _is_named(name) and (len(greeting.split()) <= _MOST_SIGN_OFF_WORDS or bool(_DEVICE.search(line)))


def _is_name_or_number(line: str) -> bool:
    """Whether a line of a signature can be nothing else: a name or title, a telephone number, an address, a phone's own line."""
    words = line.split()
    letters = sum(word[0].isalpha() for word in words)
    if "@" in line or "://" in line or "www." in line:
        return len(words) <= _MOST_WORDS_WITH_AN_ADDRESS
    if sum(sign.isdigit() for sign in line) >= _DIGITS_OF_A_NUMBER:
        return letters <= _MOST_WORDS_WITH_A_NUMBER
    return bool(_DEVICE.search(line) and _SENT_FROM.search(line)) or (len(words) <= _MOST_WORDS_OF_A_NAME and _is_named(line))


def _is_named(words: str) -> bool:
    """Whether each word begins as names do. In scripts without capitals any does."""
    return not any(word[0].islower() and word not in _PARTICLES for word in words.split())


def _says_something(text: str) -> bool:
    return any(sign.isalnum() or not sign.isascii() for sign in text if not sign.isspace())
