"""The privacy notice: there in plain English and Easy Read, honest about what is not decided."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from bot.channel_log import KEPT_FOR
from bot.commands import Commands, Phrase
from bot.conversation import AddTask, Command, Effect, EraseContact, RecordConsent
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, InboundMessage, Locale, Manner
from bot.orders import NEED_PROOF
from bot.pages import CONTENT, Section, load_notices, load_page_words
from bot.script import Script
from bot.wording import Wording
from bot.wording_checks import grade
from channels.page_comments import comment_events
from channels.pages import pages_blueprint
from doors import open_doors
from settings import Settings
from storage.scrubbing import clean
from tests.bot.talking import Talk
from tests.channels.pages_client import Parent
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.storage.pictures_made import film, picture, told_place

NOTICES = load_notices()
WIDGET = CONTENT.parents[1] / "channels" / "widget"
EVERY_DOOR = {
    "twilio_account_sid": f"AC{'0' * 32}",
    "twilio_auth_token": "t",
    "twilio_sms_number": "+447700900000",
    "twilio_whatsapp_number": "+447700900000",
    "meta_page_id": "1001",
    "meta_page_token": "page-token",
    "meta_app_secret": "secret",
    "meta_verify_token": "word",
    "telegram_token": "123456:" + "A" * 35,
    "email_address": "send@somerset.example",
    "email_imap_url": "imaps://send:pw@mail.somerset.example",
}
NAMED_AS = {
    "sms": "text",
    "whatsapp": "WhatsApp",
    "messenger": "Messenger",
    "telegram": "Telegram",
    "email": "email",
    "pages": "this website",
    "webchat": "chat on another website",
    "comments": "comment",
    "byhand": "types it in",
    "import": "survey",
}
"""By which words a person who reads the notice knows each way in."""


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


def part(locale: Locale, section: str) -> Section:
    (found,) = [part for part in NOTICES[locale].sections if part.id == section]
    return found


def words_of(section: Section) -> str:
    return " ".join([*section.text, *(" ".join(point) for point in section.points)])


def test_the_notice_is_there_in_both(parent: Parent) -> None:
    plain = parent.opens("/privacy")
    easy = parent.opens(plain.links["Easy Read"])

    assert plain.heading == NOTICES[ENGLISH].title
    assert easy.heading == NOTICES[EASY_READ].title
    assert parent.opens(easy.links["English"]).heading == plain.heading


def test_a_reader_in_another_language_is_told_that_the_notice_is_in_english(parent: Parent) -> None:
    shown = parent.client.get("/privacy?locale=pl").text

    assert NOTICES[ENGLISH].title in shown
    assert load_page_words()[Locale("pl")].text("notice.read_in") in shown
    assert '<div lang="en" dir="ltr">' in shown
    assert load_page_words()[ENGLISH].text("notice.read_in") not in parent.client.get("/privacy").text


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


@pytest.mark.parametrize("locale", list(NOTICES))
def test_the_notice_names_every_way_in_that_there_can_be(locale: Locale) -> None:
    settings = Settings.read(public_url="https://earshot.example", **EVERY_DOOR)
    channels = open_doors(settings, Script.load(), Wording.load(), secret_key="k" * 32).channels
    said = words_of(part(locale, "kept")) + words_of(part(locale, "comments"))

    assert set(channels) == set(NAMED_AS)
    assert [name for name, words in NAMED_AS.items() if words not in said] == []


@pytest.mark.parametrize("locale", list(NOTICES))
@pytest.mark.parametrize("company", ["Twilio", "Meta", "Telegram"])
def test_the_notice_names_the_companies_that_carry(locale: Locale, company: str) -> None:
    assert company in words_of(part(locale, "carried"))


def test_by_email_the_words_that_need_proof_are_those_the_notice_names() -> None:
    (sentence,) = [text for text in part(ENGLISH, "words").text if "by email" in text]
    named = set(re.findall(r"\b[A-Z]{2,}(?: [A-Z]{2,})*\b", sentence))

    assert {Commands.load().recognise(word, ENGLISH) for word in named - {"LINK"}} == NEED_PROOF
    assert "LINK" in named


@pytest.mark.parametrize("locale", list(NOTICES))
def test_the_word_for_a_code_is_one_the_bot_knows(locale: Locale) -> None:
    assert "send LINK" in words_of(part(locale, "read")).replace("Send", "send")
    assert Commands.load().phrase("LINK", locale) is Phrase.LINK


@pytest.mark.parametrize("locale", list(NOTICES))
def test_a_photo_loses_its_place_and_one_that_cannot_is_marked_as_the_notice_says(locale: Locale) -> None:
    told = picture(exif=told_place())
    damaged = film(place=b"+51.0-003.1/") + b"\0\0\0\3not a box"

    assert b"CanaryPhone" in told
    assert b"CanaryPhone" not in clean(told).content
    assert not clean(told).traces
    assert clean(damaged).traces
    assert "If we cannot" in words_of(part(locale, "locked"))


@pytest.mark.parametrize("locale", list(NOTICES))
def test_no_machine_hears_a_voice_message_unless_somebody_plugs_one_in(locale: Locale) -> None:
    """Whoever sets EARSHOT_TRANSCRIBER changes this sentence: docs/running.md says so."""
    assert Settings.model_fields["transcriber"].default == ""
    assert "listen to voice messages" in words_of(part(locale, "computer"))


@pytest.mark.parametrize("locale", list(NOTICES))
def test_the_list_of_messages_is_kept_as_long_as_the_notice_says(locale: Locale) -> None:
    assert f"For {KEPT_FOR.days} days" in words_of(part(locale, "kept"))


@pytest.mark.parametrize("locale", list(NOTICES))
def test_a_comment_is_neither_feedback_nor_answered_as_the_notice_says(locale: Locale) -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "1_2", "message": "So late", "from": {"id": "77", "name": "Anna"}}
    (event,) = comment_events("1001", {"field": "feed", "value": value})

    assert isinstance(event, InboundMessage)
    assert event.manner is Manner.RECORD
    assert "do not use it" in words_of(part(locale, "comments"))


def test_the_chat_on_other_sites_stores_what_the_notice_says_and_no_cookie() -> None:
    """Longer than the tab: the key and the look. (When it first stores anything is tried in a browser.)"""
    scripts = {path.name: path.read_text("utf-8") for path in WIDGET.glob("*.js")}
    stores = {name for name, script in scripts.items() if re.search("localStorage|sessionStorage|indexedDB|caches", script)}
    lasting = re.search(r"const LASTING = (\[.*?\])", scripts["memory.js"])

    assert stores <= {"memory.js", "loader.js"}
    assert "setItem" not in scripts["loader.js"]
    assert not any("cookie" in script for script in scripts.values())
    assert lasting is not None
    assert set(json.loads(lasting[1])) == {"token", "remember", "size", "colours", "locale", "easy", "hidden"}


@pytest.mark.parametrize(("locale", "oldest"), [(ENGLISH, 11), (EASY_READ, 8)])
def test_each_part_can_be_read_at_the_age_of_the_house(locale: Locale, oldest: int) -> None:
    """By the same index as the bot's own words, over a part: company names alone would make a short line look hard."""
    ages = {
        part.id: grade(" ".join([*part.text, *(point[-1] for point in part.points)])) + 5 for part in NOTICES[locale].sections
    }

    assert {name: age for name, age in ages.items() if age > oldest} == {}
