"""A pretend council's page with the chat on it, served from another origin than the chat, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from flask import Flask, Response

from bot.model import Locale
from bot.pages import PageWords
from bot.references import References
from bot.resuming import Resuming
from channels.webchat import webchat_blueprint
from channels.widget import widget_blueprint
from demo.running import serving
from tests.channels.pages_bot import WordedBot
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.channels.widget_fakes import FakeCodes

STRICT = (
    "default-src 'none'; script-src {chat}; connect-src {chat}; style-src 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What a careful council allows: the chat's scripts and calls, and nothing else at all."""

PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local Offer: Example Council</title>
<script async src="{chat}/widget.js"></script></head>
<body><header>Example Council</header><main><h1>Support for children and young people with special needs</h1>
<p>The Local Offer brings together what there is for children and young people from birth to 25.</p>
<p><a href="#help">Help in school</a></p></main>
<earshot-chat><a href="{chat}/chat">Tell us what happened</a></earshot-chat></body></html>"""


@dataclass
class Council:
    """``url`` is the council's page; ``chat`` the origin of the chat, which is another. ``policy`` is the page's."""

    url: str
    chat: str
    web: FakeWeb
    policy: str = ""
    lang: str = "en"
    dir: str = "ltr"
    asked: list[str] = field(default_factory=list)


@contextmanager
def council(words: Mapping[Locale, PageWords] | None = None) -> Iterator[Council]:
    """Both servers. ``words``: other locales than those of ``bot/content``."""
    host, web = Flask("council"), FakeWeb(answer=WordedBot())

    @host.get("/")
    def page() -> Response:
        response = Response(PAGE.format(chat=site.chat, lang=site.lang, dir=site.dir), content_type="text/html; charset=utf-8")
        if site.policy:
            response.headers["Content-Security-Policy"] = site.policy.format(chat=site.chat)
        return response

    with serving(host) as url, serving(_chat(web, url, words)) as chat:
        # Another name for the same machine is another site.
        site = Council(url, chat.replace("127.0.0.1", "localhost"), web)
        yield site


def _chat(web: FakeWeb, origin: str, words: Mapping[Locale, PageWords] | None) -> Flask:
    app = Flask("chat")
    resuming = Resuming(codes=FakeCodes(), clock=web.clock, references=References.load(), random=Random(7))
    app.register_blueprint(
        webchat_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, allowed_origins=[origin], resuming=resuming)  # type: ignore[arg-type] # as much of a store as it uses
    )
    app.register_blueprint(widget_blueprint(words=words))

    @app.get("/chat")
    def plain() -> str:
        return "<!doctype html><html lang=en><title>Plain pages</title><h1>Plain pages</h1></html>"

    return app
