"""The bot's plain words as a page shows them: the reference in bold, telephone numbers and addresses as links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_WORTH_MARKING = re.compile(
    r"(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<reference>\b[A-Z]{3,} \d{3}\b)"
    r"|(?P<number>(?<![\d£+.,-])(?:999|101|111|116 123|0[\d ]{6,12}\d)(?![\d-]|[.,]\d))"
)


def marked(text: str) -> Markup:
    """Safe for a page whatever the text holds."""
    out: list[Markup] = []
    end = 0
    for match in _WORTH_MARKING.finditer(text):
        out += [escape(text[end : match.start()]), _mark(match)]
        end = match.end()
    out.append(escape(text[end:]))
    return Markup("").join(out)


def _mark(match: re.Match[str]) -> Markup:
    said = match.group()
    match match.lastgroup:
        case "link":
            return Markup('<a href="{}">{}</a>').format(said, said)
        case "number":
            return Markup('<a class="number" href="tel:{}">{}</a>').format(said.replace(" ", ""), said)
        case _:
            return Markup('<b class="reference">{}</b>').format(said)
