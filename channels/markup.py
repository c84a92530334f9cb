"""The bot's plain words as a page shows them: the reference in bold, telephone numbers and addresses as links."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

from channels.sentences import reference_pattern

_LINK = r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]"
_NUMBER = r"(?<![\d£+.,-])(?:999|101|111|116 123|0[\d ]{6,12}\d)(?![\d-]|[.,]\d)"


def marked(text: str) -> Markup:
    """Safe for a page whatever the text holds."""
    out: list[Markup] = []
    end = 0
    for match in _worth_marking().finditer(text):
        out += [escape(text[end : match.start()]), _mark(match)]
        end = match.end()
    out.append(escape(text[end:]))
    return Markup("").join(out)


@cache
def _worth_marking() -> re.Pattern[str]:
    return re.compile(rf"(?P<link>{_LINK})|(?P<reference>{reference_pattern().pattern})|(?P<number>{_NUMBER})")


def _mark(match: re.Match[str]) -> Markup:
    said = match.group()
    match match.lastgroup:
        case "link":
            return Markup('<a href="{}">{}</a>').format(said, said)
        case "number":
            return Markup('<a class="number" href="tel:{}">{}</a>').format(said.replace(" ", ""), said)
        case _:
            return Markup('<b class="reference">{}</b>').format(said)
