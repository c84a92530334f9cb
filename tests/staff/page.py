"""Opens the team's pages as a browser would, and checks each page it opens: never use the bare client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
_ANY_TOKEN = "the token of a form"


@lru_cache(maxsize=200)
def _read(html: str) -> tuple[Element, Sequence[str]]:
    """A page and what is wrong in it; the same one is read once, for that takes longer than to make it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    return root, [f"{place}: {code} {details}" for place, code, details in parser.errors]


def _put(token: str, root: Element) -> None:
    """Where it stood."""
    for element in root.iter():
        for name, value in element.items():
            if _ANY_TOKEN in value:
                element.set(name, value.replace(_ANY_TOKEN, token))


class Page:
    """One valid page. ``find_all`` takes a tag and attributes; ``text`` is what a reader would read."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True)
        token = TOKEN.search(self.html)
        same, faults = _read(self.html.replace(token[1], _ANY_TOKEN) if token else self.html)
        self.root: Element = deepcopy(same)
        if token:
            _put(token[1], self.root)
        assert not faults, f"not valid HTML: {faults[:3]}"
        self._check()

    def _check(self) -> None:
        assert self.root.get("lang") == "en-GB"
        assert len(self.find_all("h1")) == 1, "a page has one h1"
        assert self.title.endswith(" - Earshot")
        assert len(self.title) > len(" - Earshot")
        ids = [element.attrib["id"] for element in self.root.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}"
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            named = [part for element in self.root.iter() for part in (element.get(attribute) or "").split()]
            assert set(named) <= set(ids), f"{attribute} names {set(named) - set(ids)}, which is not there"
        inline = [element.tag for element in self.root.iter() if element.get("style") or "onclick" in element.attrib]
        assert not inline, f"inline style or script: {inline}"
        assert not [script for script in self.find_all("script") if not script.get("src")], "an inline script"
        for form in self.find_all("form", method="post"):
            assert form.find(".//input[@name='csrf_token']") is not None, "a form without its token"

    @property
    def title(self) -> str:
        return text_of(self.find("title"))

    @property
    def heading(self) -> str:
        return text_of(self.find("h1"))

    @property
    def text(self) -> str:
        return text_of(self.root.find("body"))

    @property
    def main(self) -> str:
        return text_of(self.find("main"))

    def find_all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.root.iter(tag)
            if all(
                value in (element.get(name) or "").split() if name == "class" else element.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def find(self, tag: str, **attributes: str) -> Element:
        found = self.find_all(tag, **attributes)
        assert found, f"there is no {tag} with {attributes}"
        return found[0]

    def form(self, action: str) -> tuple[Element, str]:
        """The form that goes to an address ending so, and that address; a button of it may name the address."""
        for form in self.find_all("form"):
            for element in (form, *form.iter("button")):
                address = element.get("action") or element.get("formaction") or ""
                if address.endswith(action):
                    return form, address
        raise AssertionError(f"there is no form to {action}")

    def links(self) -> Iterator[tuple[str, str]]:
        for link in self.find_all("a"):
            yield text_of(link), link.get("href") or ""


_INLINE = {"a", "b", "bdi", "i", "mark", "small", "span", "strong", "sup", "time", "svg", "circle", "path", "rect"}


def text_of(element: Element | None) -> str:
    """The words in it as they are read: what stands in boxes of its own is kept apart by a space."""
    assert element is not None
    return re.sub(r"\s+", " ", "".join(_words(element))).strip()


def _words(element: Element) -> Iterator[str]:
    edge = "" if element.tag in _INLINE else " "
    yield edge + (element.text or "")
    for child in element:
        yield from _words(child)
        yield child.tail or ""
    yield edge


def values_of(form: Element) -> dict[str, list[str]]:
    """What a browser would send for this form if nothing were touched."""
    values: dict[str, list[str]] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.tag == "button":
            continue
        if field.get("type") in ("checkbox", "radio") and field.get("checked") is None:
            continue
        if field.tag == "select":
            chosen = [option for option in field.iter("option") if option.get("selected") is not None]
            value = (chosen or list(field.iter("option")))[0].get("value") or ""
        else:
            value = field.get("value") or (field.text or "").removeprefix("\n")
        values.setdefault(name, []).append(value)
    return values


class Browser:
    """A client that follows redirects by hand, keeps the last page, and fills forms by what stands in them."""

    def __init__(self, client: FlaskClient, *, place: str = "127.0.0.1") -> None:
        self.client = client
        self.place = place
        self.page: Page | None = None

    def open(self, address: str, *, status: int = 200) -> Page:
        return self._arrive(self.client.get(address), status)

    def press(
        self,
        action: str,
        fields: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        without: tuple[str, ...] = (),
    ) -> Page:
        """Send the form on this page whose address ends so, with some fields changed; then follow where it leads."""
        assert self.page is not None
        form, address = self.page.form(action)
        values: dict[str, Any] = {**values_of(form), **(fields or {})}
        for name in without:
            del values[name]
        answer = self.client.post(address, data=values, environ_overrides={"REMOTE_ADDR": self.place})
        return self._arrive(answer, status)

    def sign_in(self, username: str = "jo", password: str = "correct horse battery", *, status: int = 200) -> Page:
        self.open("/staff/sign-in")
        return self.press("/sign-in", {"username": username, "password": password}, status=status)

    def _arrive(self, answer: TestResponse, status: int) -> Page:
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            assert answer.status_code == 303 or answer.request.method == "GET", "after a POST the redirect is a 303"
            place = urlsplit(answer.headers["Location"])
            answer = self.client.get(place.path, query_string=place.query)
        assert answer.status_code == status, f"{answer.status_code} instead of {status} at {answer.request.path}"
        self.page = Page(answer)
        return self.page
