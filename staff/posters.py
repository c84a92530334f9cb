"""A poster as a page to print: its code drawn as SVG, the page itself whole, for the site and for the command line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from bot.posters import Poster

_HERE = Path(__file__).parent
_QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 asks for."""


def drawn(link: str) -> Markup:
    """The QR code of a link as inline SVG. Its error correction is Q (a quarter may be dirty), or better where that is free."""
    code = segno.make_qr(link, error="q")
    svg = code.svg_inline(border=_QUIET_ZONE, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made here of squares; the link is in it as squares alone


def whole_page(poster: Poster) -> str:
    """With its style sheet in it, so that the file can be sent and printed anywhere."""
    style = (_HERE / "static" / "poster.css").read_text("utf-8")
    return _pages().get_template("staff/poster.html").render(poster=poster, code=drawn(poster.link), style=Markup(style))  # noqa: S704 - our own file


@cache
def _pages() -> Environment:
    return Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape())
