"""The chat for other web pages, as files: `/widget.js` and what it fetches once somebody presses its button.

No cookie is set and nothing is noted. Any page may load these files; which may send messages is the web chat's list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask import Blueprint, Response, abort, request

from bot.model import Locale
from bot.pages import PageWords
from channels.widget_build import Asset, build, load_widget_words

_FOR_EVER = "public, max-age=31536000, immutable"
_A_WHILE = "public, max-age=600"
"""The loader's own name never changes, so that a new version is looked for after ten minutes."""


def widget_blueprint(*, locales: Collection[Locale] | None = None, words: Mapping[Locale, PageWords] | None = None) -> Blueprint:
    """`/widget.js` and `/widget/…`. ``locales``: those a person may choose; None: all that have words.
    ``words`` in place of those of ``bot/content``.

    Puts the files together once. Raises ``BadContent`` where a locale lacks a text.
    """
    blueprint = Blueprint("widget", __name__)
    widget = build(load_widget_words(locales) if words is None else words)

    @blueprint.get("/widget.js")
    def loader() -> Response:
        return _served(widget.loader, _A_WHILE)

    @blueprint.get("/widget/<name>")
    def file(name: str) -> Response:
        asset = widget.files.get(name.partition(".")[0])
        if asset is None:
            abort(404)
        # A page that was loaded before a new version asks by an old name: it gets what there is, and keeps it not.
        return _served(asset, _FOR_EVER if name == asset.name else "no-cache")

    return blueprint


def _served(asset: Asset, keeping: str) -> Response:
    compressed = request.accept_encodings["gzip"] > 0
    response = Response(asset.compressed if compressed else asset.body, content_type=asset.content_type)
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = keeping
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.digest}-{'z' if compressed else 'p'}")
    response.make_conditional(request)
    return response
