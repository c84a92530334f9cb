"""MY DATA on the real road: a word is sent, a link comes back, a button shows all there is, once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from bot.conversation import Purpose
from bot.media import FileKind, KeptFile, MediaState, Settled
from bot.model import Address, ChannelName, Locale, Media
from bot.mydata import MyData
from bot.pages import load_page_words
from bot.themes import Taxonomy
from bot.wording import Wording
from channels.mydata import my_data_blueprint
from channels.pages import pages_blueprint
from storage.blobs import SealedBlobs
from storage.database import Database
from storage.envelopes import seal_note
from storage.media import SqlMediaQueue
from storage.mydata import SqlHoldings
from storage.sealing import Sealer
from storage.tables import experience, staff, staff_note
from tests.bot.street import ANNA, BORIS, Street
from tests.channels.pages_client import Page
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.conftest import KEYS

WORDS = load_page_words()
STORY = "The taxi to Elmfield never came this morning"
LINK = re.compile(r"https://earshot\.example(/my-data/\S+)")
PICTURE = Media(url="https://provider.example/1", content_type="image/jpeg", name="letter.jpg")


class House:
    """The road, and the page at the end of it."""

    def __init__(self, database: Database, place: Path) -> None:
        self.street = Street(database, also=("email",))
        self.sealer = Sealer.open(database, KEYS)
        self.database = database
        self.blobs = SealedBlobs(str(place), self.sealer)
        my_data = MyData(
            codes=self.street.my_data_codes,
            holdings=SqlHoldings(database, self.sealer, self.blobs),
            store=self.street.store,
            clock=self.street.clock,
        )
        web, wording, taxonomy = FakeWeb(), Wording.load(), Taxonomy.load()
        app = Flask("test", static_folder=None, template_folder=None)
        app.register_blueprint(
            pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://x")  # type: ignore[arg-type] # as much of a store as the pages use
        )
        app.register_blueprint(
            my_data_blueprint(my_data=my_data, clock=self.street.clock, secret_key=KEY, day=wording.day, theme=taxonomy.label)
        )
        self.client: FlaskClient = app.test_client()

    def says(self, words: str, *, sender: Address = ANNA, **rest: Any) -> str:
        """One message and its turn; returns the newest thing we said."""
        self.street.text(words, sender=sender, **rest)
        self.street.later(minutes=1)
        self.street.all_turns()
        self.street.deliver()
        return self.street.heard_at(sender)[-1]

    def link(self, *, sender: Address = ANNA) -> str:
        found = LINK.search(self.says("my data", sender=sender))
        assert found is not None
        return found[1]

    def keeps(self, content: bytes, content_type: str, kind: FileKind) -> UUID:
        """What the worker does with a file that came."""
        claim = SqlMediaQueue(self.database, self.sealer).claim(
            worker="a:1", now=self.street.clock.at, lease=timedelta(minutes=1)
        )
        assert claim is not None
        kept = KeptFile(blob=self.blobs.put(content), kind=kind, content_type=content_type, size=len(content), traces=False)
        with self.street.store.transaction() as tx:
            tx.settle_media(claim, Settled(state=MediaState.KEPT, kept=kept))
        return claim.id

    def opens(self, link: str) -> Page:
        return Page(self.client.get(link))

    def presses(self, link: str, **form: str) -> Page:
        return Page(self.client.post(link, data=form))


@pytest.fixture
def house(migrated_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    database = Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'store.db')}")
    yield House(database, tmp_path / "media")
    database.close()


def sitting(page: Page) -> str:
    found = re.search(r'name="sitting" value="([^"]+)"', page.html)
    assert found is not None
    return found[1]


def test_looking_at_the_link_uses_nothing_up_and_shows_nothing(house: House) -> None:
    house.says(STORY)
    link = house.link()
    for _ in range(12):
        page = house.opens(link)

    assert page.heading == "See what we hold about you"
    assert "Elmfield" not in page.html
    assert "script" not in {element.tag for element in page.root.iter()}
    assert page.answer.headers["X-Robots-Tag"].startswith("noindex")
    assert page.answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Elmfield" in house.presses(link).main


def test_the_button_shows_it_once(house: House) -> None:
    house.says(STORY)
    link = house.link()

    assert STORY in house.presses(link).main
    again = house.presses(link)
    assert (again.status, again.heading) == (410, "This link does not open any more")
    assert "Elmfield" not in again.html


def test_after_a_quarter_of_an_hour_it_does_not_open(house: House) -> None:
    house.says(STORY)
    link = house.link()
    house.street.later(minutes=15)

    assert house.presses(link).status == 410


def test_staff_do_not_see_the_link(house: House) -> None:
    house.says(STORY)
    code = house.link().rpartition("/")[2]
    view = house.street.store.experience("RIVER 482")
    assert view is not None

    said = [line.text for line in view.talk if "Here is what we hold" in line.text]
    assert said
    assert not [text for text in said if code in text or code.split("-")[1] in text]


def test_a_new_link_shuts_the_older_one(house: House) -> None:
    house.says(STORY)
    first, second = house.link(), house.link()

    assert house.presses(first).status == 410
    assert house.presses(second).status == 200


def test_neither_a_reference_nor_a_code_for_another_phone_opens_it(house: House) -> None:
    house.says(STORY)
    code = re.search(r"code from there: ([A-Z0-9 ]+)\.", house.says("link"))
    assert code is not None

    assert house.presses("/my-data/RIVER-482").status == 410
    assert house.presses(f"/my-data/{code[1].replace(' ', '-')}").status == 410
    house.says(code[1], sender=BORIS)
    assert "Done." in house.street.heard_at(BORIS)[-1], "the code for another phone is still good"


def test_who_guesses_is_stopped(house: House) -> None:
    tried = [house.presses("/my-data/OTTER-214-TULIP-915").status for _ in range(11)]

    assert tried == [410] * 10 + [429]


def test_it_shows_what_was_sent_answered_agreed_promised_and_owed(house: House) -> None:
    house.says(STORY)
    house.says("skip")
    house.says("1")
    house.says("human")
    page = house.presses(house.link())

    assert STORY in page.main
    assert "Thank you, we have kept that. Ref" in page.main
    assert "Promised to be read by: Mon 30 Nov 2026" in page.main
    assert "Not read by a person yet." in page.main
    assert "May public reports use your words, names removed? Yes, Mon 23 Nov 2026, 10:" in page.main
    assert "A person gets in touch with you: by" in page.main
    assert "On its way it goes through: Twilio and the phone companies" in page.main
    assert "You can ask a person for the rest." in page.main


def test_it_shows_nothing_of_another_person(house: House) -> None:
    house.says(STORY)
    house.says("The clinic lost the letter of my neighbour", sender=BORIS)

    assert "clinic" not in house.presses(house.link()).html


def test_it_shows_all_doors_of_one_person_but_gives_no_number_away(house: House) -> None:
    house.says(STORY)
    code = re.search(r"code from there: ([A-Z0-9 ]+)\.", house.says("link"))
    assert code is not None
    house.says(code[1], sender=BORIS)
    house.says("And on Friday it was late again", sender=BORIS)
    page = house.presses(house.link())

    assert "And on Friday it was late again" in page.main
    assert "…23" in page.main
    assert "…56" in page.main
    assert "7700900" not in page.html


def test_what_was_taken_back_is_not_there(house: House) -> None:
    house.says(STORY)
    house.says("take that back")

    assert "Elmfield" not in house.presses(house.link()).html


def test_nothing_of_safeguarding_is_there(house: House) -> None:
    """Her words are hers; that somebody was told of them is not for whoever else holds the phone."""
    house.says("He hits me and the children at home and I am scared of him")
    page = house.presses(house.link())

    assert "He hits me" in page.main
    for ours in ("domestic", "is being told", "alert", "999", "violence", "danger now"):
        assert ours not in page.main.replace("He hits me", ""), ours


def test_what_the_team_noted_is_there_and_no_markup_in_it(house: House) -> None:
    house.says(STORY)
    with house.database.writing() as connection:
        its = connection.execute(select(experience.c.id)).scalar_one()
        jo = {"id": uuid4(), "name": "Jo Pascoe", "username": "jo", "role": "reviewer", "password_hash": "x"}
        connection.execute(insert(staff), jo | {"created_at": house.street.clock.at})
        note_id = uuid4()
        note = {"id": note_id, "experience_id": its, "staff_id": jo["id"], "written_at": house.street.clock.at}
        connection.execute(insert(staff_note), note | {"sealed": seal_note(house.sealer, "<b>Jo</b> asked the school", note_id)})
    page = house.presses(house.link())

    assert "What the team noted for itself" in page.text
    assert "<b>[…]</b> asked the school" in page.text


def test_words_hold_no_markup(house: House) -> None:
    house.says("<script>alert(1)</script> \x00 & the taxi was late")
    page = house.presses(house.link())

    assert "<script>alert(1)</script>" in page.main


def test_a_picture_can_be_had_in_the_same_sitting_and_not_after(house: House) -> None:
    house.says("This is the letter", media=(PICTURE,))
    file_id = house.keeps(b"jpeg bytes", "image/jpeg", FileKind.PHOTO)
    page = house.presses(house.link())
    form = {"sitting": sitting(page), "file": str(file_id)}
    assert "Picture: letter.jpg" in page.main

    answer = house.client.post("/my-data/sitting/file", data=form)
    assert (answer.data, answer.headers["Content-Type"]) == (b"jpeg bytes", "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    house.street.later(minutes=16)
    assert house.client.post("/my-data/sitting/file", data=form).status_code == 410


def test_nobody_has_the_picture_of_another(house: House) -> None:
    house.says("This is the letter", media=(PICTURE,))
    file_id = house.keeps(b"jpeg bytes", "image/jpeg", FileKind.PHOTO)
    house.says("Mine is another story about the bus", sender=BORIS)
    page = house.presses(house.link(sender=BORIS))

    answer = house.client.post("/my-data/sitting/file", data={"sitting": sitting(page), "file": str(file_id)})
    assert answer.status_code == 404
    assert b"jpeg" not in answer.data


@pytest.mark.parametrize("token", ["", "x", "a.b.c", f"{'0' * 32}.99999999999.x", "é.1.é", f"{'0' * 32}.²."])
def test_a_token_that_is_not_ours_gives_nothing(house: House, token: str) -> None:
    assert house.client.post("/my-data/sitting/computer", data={"sitting": token}).status_code == 410


def test_a_program_can_read_it_too(house: House) -> None:
    house.says(STORY)
    house.says("skip")
    house.says("2")
    answer = house.client.post("/my-data/sitting/computer", data={"sitting": sitting(house.presses(house.link()))})
    data = json.loads(answer.data)

    assert data["sent"][0]["words"] == STORY
    assert data["told"][0]["promised_by"] == "2026-11-30"
    assert [(each["to"], each["yes"]) for each in data["agreed"]] == [(Purpose.WORDS_IN_PUBLIC, False)]
    assert answer.headers["Cache-Control"] == "no-store"


def test_after_a_deletion_the_link_and_the_sitting_give_nothing(house: House) -> None:
    house.says(STORY)
    page, link = house.presses(house.link()), house.link()
    code = re.search(r"DELETE (\d{3})", house.says("delete"))
    assert code is not None
    house.says(f"delete {code[1]}")

    assert house.presses(link).status == 410
    assert house.client.post("/my-data/sitting/computer", data={"sitting": sitting(page)}).status_code == 410


def test_each_look_is_in_the_audit_trail_by_ids_alone(house: House) -> None:
    house.says(STORY)
    page = house.presses(house.link())
    house.client.post("/my-data/sitting/computer", data={"sitting": sitting(page)})
    lines = [row for row in house.street.store.export_rows("audit") if row["who"] == "person"]

    assert [line["action"] for line in lines] == ["show_my_data", "download_my_data"]
    assert "Elmfield" not in str(lines)


@pytest.mark.parametrize("locale", sorted(Wording.load().locales))
def test_it_is_in_the_person_s_own_language(house: House, locale: str) -> None:
    house.says("The taxi was late", channel=ChannelName("sms"), locale=locale)
    link = house.link()
    gate = house.client.get(link).get_data(as_text=True)
    page = house.client.post(link).get_data(as_text=True)

    assert (f"?locale={locale}" in link) == (locale != "en")
    for shown in (gate, page):
        assert f'dir="{"rtl" if locale == "ar" else "ltr"}"' in shown
        assert f'<html lang="{WORDS[Locale(locale)].text("lang")}"' in shown
    assert "The taxi was late" in page


def test_mail_that_may_be_another_s_gets_no_link(house: House) -> None:
    mail = Address("email", "parent@family.example")
    house.says(STORY, sender=mail, channel=ChannelName("email"))

    said = house.says("my data", sender=mail, channel=ChannelName("email"), verified=False)

    assert "my-data" not in said
    assert "We could not tell that this e-mail came from you." in said
