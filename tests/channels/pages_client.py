"""Opens the plain pages as a browser without script would, and checks each page it opens: never use the bare client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.channels.webchat_fakes import FakeWeb


class Page:
    """One valid page, as a reader meets it."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True)
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(self.html)
        faults = [f"{place}: {code} {details}" for place, code, details in parser.errors]
        assert not faults, f"not valid HTML: {faults[:3]}"
        self._check()

    def _check(self) -> None:
        assert self.root.get("lang")
        assert self.root.get("dir") in {"ltr", "rtl"}
        assert len(self.all("h1")) == 1, "a page has one h1"
        assert self.heading
        assert self.title.endswith(": SEND feedback")
        ids = [element.get("id") for element in self.root.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), f"ids stand twice: {ids}"
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            named = {part for element in self.root.iter() for part in (element.get(attribute) or "").split()}
            assert named <= set(ids), f"{attribute} names {named - set(ids)}, which is not there"
        inline = [element.tag for element in self.root.iter() if element.get("style") or "onclick" in element.attrib]
        assert not inline, f"inline style or script: {inline}"
        assert all(script.get("src") for script in self.all("script")), "an inline script"
        assert self.answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in self.answer.headers["Content-Security-Policy"]
        assert self.all("a")[1].get("id") == "leave", "Leave this page comes first, after the skip link"

    @property
    def title(self) -> str:
        return text_of(self.all("title")[0])

    @property
    def heading(self) -> str:
        return text_of(self.all("h1")[0])

    @property
    def main(self) -> str:
        return text_of(self.all("main")[0])

    @property
    def text(self) -> str:
        return text_of(self.all("body")[0])

    @property
    def error(self) -> str:
        found = [div for div in self.all("div") if div.get("class") == "error-summary"]
        return text_of(found[0]) if found else ""

    @property
    def kept(self) -> str:
        return " ".join(text_of(div) for div in self.all("div") if div.get("class") == "kept")

    @property
    def box(self) -> str | None:
        found = self.all("textarea")
        return "".join(found[0].itertext()) if found else None

    @property
    def choices(self) -> dict[str, str]:
        """The answers offered: key to label, with its digit."""
        return {
            field.get("value", ""): text_of(label)
            for label in self.all("label")
            for field in label.iter("input")
            if field.get("name") == "choice"
        }

    @property
    def acts(self) -> list[str]:
        return [button.get("value", "") for button in self.root.find(".//main").iter("button")]  # type: ignore[union-attr] # each page has a main

    @property
    def links(self) -> dict[str, str]:
        return {text_of(link): link.get("href", "") for link in self.all("a")}

    def all(self, tag: str) -> list[Element]:
        return list(self.root.iter(tag))

    def hidden(self) -> dict[str, str]:
        """What the first form of the page carries unseen."""
        form = self.all("form")[0]
        return {field.get("name", ""): field.get("value", "") for field in form.iter("input") if field.get("type") == "hidden"}


def text_of(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


@dataclass
class Parent:
    """Somebody with a browser. Every page they see is checked."""

    client: FlaskClient
    web: FakeWeb

    def opens(self, address: str = "/chat", **headers: str) -> Page:
        return Page(self.client.get(address, headers=headers, follow_redirects=True))

    def sends(self, page: Page, text: str = "", **fields: Any) -> Page:
        return Page(self.posts(page, text, **fields))

    def posts(self, page: Page, text: str = "", *, follow: bool = True, **fields: Any) -> TestResponse:
        data = {**page.hidden(), "text": text, **fields}
        return self.client.post("/chat", data=data, follow_redirects=follow)
