"""The privacy notice: there in plain English and Easy Read, honest about what is not decided."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from bot.commands import Commands
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, AddTask, Command, Effect, EraseContact, Locale, RecordConsent
from bot.pages import CONTENT, load_notices
from channels.pages import pages_blueprint
from tests.bot.talking import Talk
from tests.channels.pages_client import Parent
from tests.channels.webchat_fakes import KEY, FakeWeb

NOTICES = load_notices()


@pytest.fixture
def parent() -> Parent:
    web = FakeWeb()
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://x")  # type: ignore[arg-type] # as much of a store as the pages use
    )
    return Parent(app.test_client(), web)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (CONTENT / "privacy").glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return tmp_path


def points(locale: Locale, section: str) -> dict[str, str]:
    return {point[0]: point[1] for part in NOTICES[locale].sections if part.id == section for point in part.points}


def test_the_notice_is_there_in_both(parent: Parent) -> None:
    plain = parent.opens("/privacy")
    easy = parent.opens(plain.links["Easy Read"])

    assert plain.heading == NOTICES[ENGLISH].title
    assert easy.heading == NOTICES[EASY_READ].title
    assert parent.opens(easy.links["English"]).heading == plain.heading


def test_the_talk_and_the_notice_lead_to_each_other(parent: Parent) -> None:
    notice = parent.opens(parent.opens().links["Privacy"])

    assert parent.opens(notice.links["Tell us what happened"]).heading == "Tell us what happened, good or bad"


def test_reading_the_notice_stores_nothing(parent: Parent) -> None:
    assert "Set-Cookie" not in parent.opens("/privacy").answer.headers


@pytest.mark.parametrize("locale", list(NOTICES))
def test_the_bot_knows_each_word_the_notice_names(locale: Locale) -> None:
    commands = Commands.load()
    named = points(locale, "words")
    in_passing = [word for text in named.values() for word in re.findall(r"\b[A-Z]{4,}\b", text)]

    assert all(commands.recognise(word, locale) for word in [*named, *in_passing])


def test_the_notice_names_every_right_a_word_gives() -> None:
    rights = {Command.STATUS, Command.PRIVATE, Command.TAKEBACK, Command.DELETE, Command.MYDATA, Command.STOP, Command.HUMAN}

    assert {Commands.load().recognise(word, ENGLISH) for word in points(ENGLISH, "words")} == rights


@pytest.mark.parametrize("locale", list(NOTICES))
@pytest.mark.parametrize(
    ("word", "says", "done"),
    [
        ("PRIVATE", "still works", RecordConsent),
        ("HUMAN", "a person in the team is told", AddTask),
        ("MY DATA", "a person in the team is told", AddTask),
        ("DELETE", "a person in the team is told", AddTask),
        ("STATUS", "do nothing", None),
        ("SHARE", "do nothing", None),
        ("TAKE BACK", "do nothing", None),
    ],
)
def test_what_the_notice_says_of_a_word_after_stop_is_what_happens(
    locale: Locale, word: str, says: str, done: type[Effect] | None
) -> None:
    talk = Talk()
    talk.says("The school taxi has come late every day this week and nobody rings to tell us")
    talk.says("STOP")
    talk.says(word)
    (stopped,) = [part for part in NOTICES[locale].sections if part.id == "stopped"]

    assert any(word in text and says in text for text in stopped.text)
    assert [type(effect) for effect in talk.effects] == ([done] if done else [])
    assert talk.silence == "opted_out"


def test_after_stop_a_deletion_waits_for_start_and_then_works() -> None:
    """As the notice says: DELETE does not delete by itself, and after START all of the words work again."""
    talk = Talk()
    talk.says("The school taxi has come late every day this week and nobody rings to tell us")
    for words in ("STOP", "DELETE", "START", "DELETE"):
        talk.says(words)
        assert not talk.done(EraseContact)
    talk.says("DELETE 482")

    assert talk.done(EraseContact)


@pytest.mark.parametrize("locale", list(NOTICES))
def test_what_the_council_has_not_decided_is_said(locale: Locale) -> None:
    said = points(locale, "responsible").values()

    assert len(said) == 6
    assert all("council must say" in text for text in said)


def test_what_the_council_has_decided_stands_in_the_notice(folder: Path) -> None:
    path = folder / "decided.toml"
    path.write_text(path.read_text("utf-8").replace('keeping = ""', 'keeping = "Three years"'), "utf-8")
    (part,) = [part for part in load_notices(folder)[ENGLISH].sections if part.id == "responsible"]

    assert ("How long words are kept", "Three years") in part.points


@pytest.mark.parametrize(
    ("name", "before", "after", "says"),
    [
        ("en.toml", 'lead = "', 'led = "', "'lead'"),
        ("en.toml", "{keeping}", "{forever}", "'forever'"),
        ("en-x-easyread.toml", 'id = "safety"', 'id = "safe"', "other parts"),
        ("decided.toml", "place =", "place", "not good TOML"),
    ],
)
def test_a_broken_notice_stops_the_start_with_a_sentence(folder: Path, name: str, before: str, after: str, says: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1), "utf-8")

    with pytest.raises(BadContent, match=says):
        load_notices(folder)


def test_without_english_there_is_no_notice(folder: Path) -> None:
    (folder / "en.toml").unlink()

    with pytest.raises(BadContent, match=r"no en\.toml"):
        load_notices(folder)
