"""The files of the chat for other web pages: small, kept by browsers, of one version, and in words that are data."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.commands import Commands
from bot.conversation import Command
from bot.model import EASY_READ, ENGLISH, Locale
from bot.script import Script
from channels import widget_build
from channels.widget import widget_blueprint
from channels.widget_build import (
    AIMS,
    LIMITS,
    MODULES,
    SOURCES,
    Widget,
    build,
    load_widget_words,
    stripped_script,
    stripped_sheet,
)

NEWER = {
    "optional chaining": r"\?\.[a-zA-Z_(\[]",
    "nullish coalescing": r"\?\?",
    "a catch without a name": r"catch\s*\{",
    "a private field": r"this\.#",
    "a method of newer browsers": r"\.(replaceChildren|replaceAll|at|flat|flatMap|matchAll|fromEntries)\(",
    "crypto.randomUUID": r"randomUUID",
    "top-level await": r"^await ",
}
"""What a browser of 2018 does not know."""
UNSAFE = {
    "markup from a text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
    "code from a text": r"\beval\(|new Function|setTimeout\(\s*[\"'`]",
    "an inline style attribute": r"setAttribute\(\s*[\"']style",
    "a cookie": r"document\.cookie",
}


@pytest.fixture(scope="module")
def widget() -> Widget:
    return build(load_widget_words())


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(widget_blueprint())
    return app.test_client()


def test_every_file_is_as_small_as_we_hold_ourselves_to(widget: Widget) -> None:
    sizes = {asset.stem: (asset.kind, len(gzip.compress(asset.body, 9))) for asset in widget.assets}

    assert {stem: size for stem, (kind, size) in sizes.items() if size > AIMS[kind]} == {}
    assert len(sizes) == 4 + len(load_widget_words())


def test_every_answer_of_the_script_has_a_picture_for_easy_read() -> None:
    keys = {key for question in Script.load().questions.values() for key in question.choices}

    assert keys <= json.loads((SOURCES / "pictures.json").read_text("utf-8")).keys()
    assert keys


def test_a_build_that_is_too_large_fails_and_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LIMITS, "core", 100)

    assert widget_build.main() == 1
    assert re.search(r"^core .*TOO LARGE$", capsys.readouterr().out, re.MULTILINE)


def test_a_build_prints_each_size_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert widget_build.main() == 0
    assert len(capsys.readouterr().out.splitlines()) == 4 + len(load_widget_words())


@pytest.mark.parametrize("module", [*MODULES, "loader"])
def test_a_browser_of_2018_can_read_it(module: str) -> None:
    source = (SOURCES / f"{module}.js").read_text("utf-8")
    code = "\n".join(line for line in source.splitlines() if not line.strip().startswith("//"))

    assert [name for name, pattern in NEWER.items() if re.search(pattern, code, re.MULTILINE)] == []


@pytest.mark.parametrize("module", [*MODULES, "loader"])
def test_words_never_become_markup_or_code(module: str) -> None:
    source = (SOURCES / f"{module}.js").read_text("utf-8")

    assert [name for name, pattern in UNSAFE.items() if re.search(pattern, source)] == []


def test_no_sentence_stands_in_a_script(widget: Widget) -> None:
    """Two words in a row within quotes, the second after a space and both plain: the look of something to be read."""
    scripts = [widget.loader.body.decode(), widget.files["core"].body.decode()]
    texts = [text for script in scripts for text in re.findall(r'"([A-Z][a-z]+ [a-z]+ [a-z][^"]*)"', script)]

    assert texts == []


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    source = "\n".join((SOURCES / f"{module}.js").read_text("utf-8") for module in MODULES)
    texts = load_widget_words()[ENGLISH].texts
    direct = set(re.findall(r"\bt\[\"([a-z._]+)\"\]", source)) | set(re.findall(r"\bt\.([a-z]+)\b", source))

    assert {key for key in direct if "." in key} <= set(texts)
    for key in set(texts) - direct:
        group, _, name = key.rpartition(".")
        used = [f'"{key}"', f'"{group}."', f'"{name}"']
        assert key == "name" or name.endswith("_hint") or any(word in source for word in used), key


def test_modules_are_joined_and_comments_and_margins_come_out() -> None:
    source = (
        '// why\nimport { a } from "./a.js";\n\n  export const b = 1;\n  const c = "// words";\nexport function open(x) {\n}\n'
    )

    assert stripped_script(source) == 'const b = 1;const c = "// words";export function open(x) {}'


def test_space_that_matters_in_a_style_sheet_stays() -> None:
    assert (
        stripped_sheet("/* x */ a b :hover { width: calc(1em - 2px) ; }\n.c { d: e }")
        == "a b :hover{width:calc(1em - 2px)}.c{d:e}"
    )


def test_only_the_languages_a_person_may_choose_are_offered() -> None:
    assert set(build(load_widget_words([ENGLISH, Locale("tlh")])).files) == {"core", "style", "pictures", "words-en"}


# --- as they are served -------------------------------------------------------------------------------------------------


def test_any_page_may_load_the_loader_and_it_is_looked_for_again_soon(client: FlaskClient) -> None:
    answer = client.get("/widget.js")

    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert "Set-Cookie" not in answer.headers


def test_files_are_kept_for_ever_by_the_name_of_their_words(client: FlaskClient, widget: Widget) -> None:
    kinds = {asset.name: client.get(f"/widget/{asset.name}") for asset in widget.files.values()}

    assert {answer.headers["Cache-Control"] for answer in kinds.values()} == {"public, max-age=31536000, immutable"}
    assert {answer.mimetype for answer in kinds.values()} == {"text/javascript", "text/css", "application/json"}


def test_an_old_name_gets_what_there_is_and_is_not_kept(client: FlaskClient, widget: Widget) -> None:
    answer = client.get("/widget/core.0000000000.js")

    assert answer.data == widget.files["core"].body
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/widget/", "/widget/nothing.js", "/widget/..%2fwidget.py", "/widget/start.js"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_who_takes_compressed_files_gets_them_so(client: FlaskClient, widget: Widget) -> None:
    answer = client.get("/widget.js", headers={"Accept-Encoding": "br, gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == widget.loader.body == client.get("/widget.js").data


def test_what_a_browser_has_already_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/widget.js").headers["ETag"]

    assert client.get("/widget.js", headers={"If-None-Match": etag}).status_code == 304


def test_the_loader_names_the_core_and_the_core_its_words(widget: Widget) -> None:
    core = widget.files["core"].body.decode()

    assert widget.files["core"].name in widget.loader.body.decode()
    for stem in ("style", "pictures", f"words-{ENGLISH}", f"words-{EASY_READ}"):
        assert widget.files[stem].name in core


def test_the_words_are_json_with_every_text(widget: Widget) -> None:
    said = json.loads(widget.files[f"words-{EASY_READ}"].body)

    assert said["leave.label"] == "Leave this page"
    assert isinstance(said["start.points"], list)


# --- the words ----------------------------------------------------------------------------------------------------------

LONGEST = {ENGLISH: 22, EASY_READ: 16}
"""Words in a sentence."""
HARDEST = {ENGLISH: 6.0, EASY_READ: 3.0}
"""Automated Readability Index: roughly the school year that can read it."""


def sentences(locale: Locale) -> list[list[str]]:
    texts = load_widget_words()[locale].texts
    said = [text for key, text in texts.items() if not key.startswith(("says.", "lang", "dir", "name", "leave.url", "copy.file"))]
    lines = [line for text in said for line in ((text,) if isinstance(text, str) else text)]
    found = [re.findall(r"[\w\u2019'@.-]+", part) for line in lines for part in re.split(r"(?<=[.?])\s+", line)]
    return [words for words in found if words]


@pytest.mark.parametrize("locale", [ENGLISH, EASY_READ])
def test_a_child_of_eleven_can_read_all_of_it_and_easy_read_sooner(locale: Locale) -> None:
    said = sentences(locale)
    words = [word for sentence in said for word in sentence]
    letters = sum(len(word) for word in words)

    assert [" ".join(sentence) for sentence in said if len(sentence) > LONGEST[locale]] == []
    assert 4.71 * letters / len(words) + 0.5 * len(words) / len(said) - 21.43 <= HARDEST[locale]


@pytest.mark.parametrize("locale", [ENGLISH, EASY_READ])
def test_nothing_is_shouted_or_regretted_by_reflex(locale: Locale) -> None:
    said = "\n".join(" ".join(words) for words in sentences(locale))

    assert "!" not in json.dumps(dict(load_widget_words()[locale].texts))
    assert not re.search(r"[Ww]e are sorry|[Ss]orry to hear|\bsimply\b", said)


@pytest.mark.parametrize("locale", [ENGLISH, EASY_READ])
def test_the_words_that_buttons_send_are_words_the_bot_knows(locale: Locale) -> None:
    commands = Commands.load()
    texts = load_widget_words()[locale]

    assert [commands.recognise(texts.text(f"says.{act}"), locale) for act in ("skip", "human")] == [Command.SKIP, Command.HUMAN]
