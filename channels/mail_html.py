"""A mail that is HTML only, as words: lines where a reader sees lines, what is quoted marked as quoted, nothing hidden shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_LONGEST = 400_000
"""Signs of HTML that are read. A mail with more in it is a newsletter; the whole stays in ``raw``."""

_DATA = re.compile(r"data:[^\"'\s>]{200,}")
_TAG = re.compile(r"<[a-zA-Z!/]")
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr"})
_SIGNATURE = re.compile(r"signature|divtagdefaultwrapper-sig", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_THIN = dict.fromkeys(map(ord, "\u200b\u200c\u2060\ufeff\u00ad\u034f"))


def as_words(html: str) -> str:
    """The words of an HTML text. One that has no tag in it is words already."""
    if not _TAG.search(html):
        return html
    lines: list[str] = [""]
    for depth, piece in _pieces(_soup(html)):
        if piece is None:
            if lines[-1]:
                lines.append("")
        elif piece == "\n":
            lines.append("")
        elif lines[-1]:
            lines[-1] += piece
        elif begun := piece.lstrip():
            lines[-1] = "> " * depth + begun
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip().translate(_THIN) for line in lines)).strip()


def cids_of_signatures(html: str) -> frozenset[str]:
    """The content ids of pictures that stand in a signature, or in what is quoted: no part of what the person tells."""
    if "cid:" not in html:
        return frozenset()
    found: set[str] = set()
    for image in _soup(html).find_all("img"):
        source = str(image.get("src") or "")
        if source.lower().startswith("cid:") and any(_is_aside(parent) for parent in image.parents):
            found.add(source[len("cid:") :].strip())
    return frozenset(found)


def _soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(_DATA.sub("data:", html)[:_LONGEST], "html.parser")


def _is_aside(tag: Tag) -> bool:
    if tag.name == "blockquote":
        return True
    names = " ".join((str(tag.get("id") or ""), str(tag.get("class") or "")))
    return bool(_SIGNATURE.search(names)) or "gmail_quote" in names


def _pieces(soup: BeautifulSoup) -> Iterator[tuple[int, str | None]]:
    """Text as it comes, with how deep it is quoted; None where a new line begins, a line break where one was asked for.

    A walk of its own and not by recursion: mail may be nested as deep as somebody likes.
    """
    stack: list[tuple[object, int, bool]] = [(soup, 0, False)]
    while stack:
        node, depth, leaving = stack.pop()
        if isinstance(node, NavigableString):
            if type(node) is NavigableString:  # comments, doctypes and the like are strings of a kind of their own
                yield depth, _SPACES.sub(" ", str(node))
            continue
        if not isinstance(node, Tag) or node.name in _HIDDEN or _INVISIBLE.search(str(node.get("style") or "")):
            continue
        if leaving:
            yield depth, None
            if node.name in _APART:
                yield depth, "\n"
            continue
        if node.name == "br":
            yield depth, "\n"
            continue
        if node.name in _LINES:
            yield depth, None
            stack.append((node, depth, True))
        if node.name == "li":
            yield depth, "- "
        if node.name in {"td", "th"}:
            yield depth, " "
        deeper = depth + (node.name == "blockquote")
        stack.extend((child, deeper, False) for child in reversed(node.contents))
