"""Files on the team's site: named in words, shown or handed out to who may see the experience, and it is kept who looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from bot.errors import MediaRefused
from bot.model import ENGLISH
from staff import sessions
from staff.desk import EXTENSION, Desk
from storage.database import Database
from storage.tables import audit
from tests.bot.file_scene import FileStreet, listed
from tests.bot.street import ANNA
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import a_member
from tests.staff.page import Browser, text_of
from tests.storage.pictures_made import OGG, PDF, drawing, film, picture

RIVER = "/staff/experiences/RIVER-482"
STORY = "The taxi was late again on Monday and nobody rang us about it."
DANGER = "He hit my son today and I am scared he will do it again."


@pytest.fixture
def street(database: Database, tmp_path: Path) -> FileStreet:
    street = FileStreet(database, tmp_path / "media", transcriber=lambda *_: "Ring 07700 900123 about the taxi")
    with street.store.transaction() as tx:
        for username, role in (("jo", "reviewer"), ("ruth", "safeguarding")):
            tx.add_staff(a_member(username, name=username.title(), role=role), street.clock.at)
    street.shelf.files |= {"voice": OGG, "paper": PDF, "film": film(), "photo": picture(image=drawing((2000, 1000)))}
    return street


@pytest.fixture
def site(built: Flask, street: FileStreet) -> Iterator[Flask]:
    desk: Desk = built.extensions[EXTENSION]
    built.extensions[EXTENSION] = replace(
        desk,
        store=street.store,
        clock=street.clock,
        review=replace(desk.review, store=street.store, clock=street.clock),
        sessions=FakeDoor(),
        files=street.files,
    )
    yield built
    built.extensions[EXTENSION] = desk


def sent(street: FileStreet, *files: str, words: str = STORY) -> None:
    street.text(words, media=listed(*files))
    street.is_answered()
    street.fetch()


def browser(site: Flask, street: FileStreet, username: str = "jo") -> Browser:
    member = street.store.staff_by_username(username)
    assert member is not None
    found = Browser(site.test_client())
    with found.client.session_transaction() as session:
        desk: Desk = site.extensions[EXTENSION]
        sessions.begin(session, desk.door, member)
    return found


def address(street: FileStreet, place: int = 0) -> str:
    return f"{RIVER}/files/{street.listed()[place].id}"


def acts(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row.action for row in connection.execute(audit.select().order_by(audit.c.number)) if "file" in row.action]


def is_guarded(answer: TestResponse) -> None:
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_each_file_is_listed_in_words_beside_its_message(site: Flask, street: FileStreet) -> None:
    sent(street, "photo", "voice", "paper", "film")

    page = browser(site, street).open(RIVER)

    (files,) = page.find_all("ul", class_="es-files")
    words = text_of(files)
    for said in ("Photo 1, ", " KB Show the picture: Photo 1", "Voice message 2, 1 KB", "Document 3, 1 KB", "Film 4, 1 KB"):
        assert said in words
    assert page.find_all("img") == []
    assert page.find_all("audio") == []
    assert "not shown here" not in page.main


def test_what_a_machine_wrote_down_is_redacted_and_said_to_be_unchecked(site: Flask, street: FileStreet) -> None:
    sent(street, "voice")

    page = browser(site, street).open(RIVER)

    assert "What was said, made by a machine, not checked: Ring phone removed about the taxi" in page.main
    assert "07700" not in page.html


@pytest.mark.parametrize(
    ("file", "content_type", "ending"),
    [("photo", "image/jpeg", "jpg"), ("voice", "audio/ogg", "ogg"), ("paper", "application/pdf", "pdf")],
)
def test_a_file_is_handed_out_as_a_download_under_a_name_of_ours(
    site: Flask, street: FileStreet, database: Database, file: str, content_type: str, ending: str
) -> None:
    sent(street, file)

    answer = browser(site, street).client.get(address(street))

    is_guarded(answer)
    assert answer.mimetype == content_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename=RIVER-482-file-1.{ending}"
    assert answer.data == street.files.content(street.listed()[0].id)
    assert acts(database) == ["open_file"]


def test_a_picture_is_shown_small_once_somebody_asks_for_it(site: Flask, street: FileStreet, database: Database) -> None:
    sent(street, "photo")
    jo = browser(site, street)
    jo.open(RIVER)

    page = jo.press("/show")

    (image,) = page.find_all("img")
    answer = jo.client.get(image.get("src") or "")
    is_guarded(answer)
    assert answer.mimetype == "image/jpeg"
    assert Image.open(BytesIO(answer.data)).size == (960, 480)
    assert acts(database) == ["show_file"]
    assert jo.open(RIVER).find_all("img") == []


def test_a_recording_is_played_once_somebody_asks_for_it(site: Flask, street: FileStreet, database: Database) -> None:
    sent(street, "voice")
    jo = browser(site, street)
    jo.open(RIVER)

    page = jo.press("/show")

    (player,) = page.find_all("audio")
    assert player.get("controls") is not None
    assert player.get("autoplay") is None
    source = player.get("src") or ""
    is_guarded(jo.client.get(source))
    part = jo.client.get(source, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"OggS")
    assert acts(database) == ["show_file"]
    assert "media-src 'self'" in page.answer.headers["Content-Security-Policy"]


def test_what_nobody_asked_to_see_is_not_shown(site: Flask, street: FileStreet) -> None:
    sent(street, "photo")
    jo, ruth = browser(site, street), browser(site, street, "ruth")
    ruth.open(RIVER)
    ruth.press("/show")

    assert jo.client.get(f"{address(street)}/shown").status_code == 404


def test_a_document_can_only_be_taken_away(site: Flask, street: FileStreet, database: Database) -> None:
    sent(street, "paper")
    jo = browser(site, street)
    page = jo.open(RIVER)

    assert not [form for form in page.find_all("form") if (form.get("action") or "").endswith("/show")]
    token = page.find("input", name="csrf_token").get("value")
    assert jo.client.post(f"{address(street)}/show", data={"csrf_token": token}).status_code == 404
    assert acts(database) == []


def test_behind_the_wall_a_file_is_not_there_at_all(site: Flask, street: FileStreet, database: Database) -> None:
    sent(street, "photo", words=DANGER)
    jo, ruth = browser(site, street), browser(site, street, "ruth")
    ruth.open(RIVER)
    ruth.press("/show")

    assert jo.client.get(address(street)).status_code == 404
    assert jo.client.get(f"{address(street)}/shown").status_code == 404
    with jo.client.session_transaction() as session:
        session["asked_for"] = [str(street.listed()[0].id)]
    assert jo.client.get(f"{address(street)}/shown").status_code == 404
    is_guarded(ruth.client.get(f"{address(street)}/shown"))
    is_guarded(ruth.client.get(address(street)))
    assert acts(database) == ["show_file", "open_file"]


def test_a_file_of_another_experience_is_not_found_under_this_one(site: Flask, street: FileStreet) -> None:
    sent(street, "photo")
    file_id = street.listed()[0].id
    street.later(days=30)
    sent(street, "paper")

    jo = browser(site, street)

    assert jo.client.get(f"/staff/experiences/HEDGE-207/files/{file_id}").status_code == 404
    assert jo.client.get(f"{RIVER}/files/{file_id}").status_code == 200


def test_what_could_not_be_kept_is_marked_with_its_reason_and_whether_the_family_knows(site: Flask, street: FileStreet) -> None:
    street.shelf.files["photo"] = MediaRefused("The file is too large.")
    sent(street, "photo")

    page = browser(site, street).open(RIVER)

    assert "File 1 could not be kept. The file is too large. The family has been told." in page.main
    assert browser(site, street).client.get(address(street)).status_code == 404


def test_a_file_that_is_still_to_come_is_said_to_be(site: Flask, street: FileStreet) -> None:
    street.text(STORY, media=listed("photo"))
    street.is_answered()

    assert "File 1 is still being fetched." in browser(site, street).open(RIVER).main


def test_a_file_that_is_missing_from_where_it_should_be_is_said_to_be(
    site: Flask, street: FileStreet, database: Database
) -> None:
    sent(street, "photo")
    for path in street.folder.rglob("*.blob"):
        path.unlink()

    page = browser(site, street).open(address(street), status=404)

    assert page.heading == "The file is not there"
    assert acts(database) == []


def test_of_a_message_taken_back_no_file_is_offered(site: Flask, street: FileStreet) -> None:
    sent(street, "photo")
    street.text("And the escort was new as well, he would not get in.")
    street.is_answered()
    link = address(street)
    with street.store.transaction() as tx:
        contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=street.clock.at)
        tx.take_back(contact.id)
        tx.take_back(contact.id)
    jo = browser(site, street)

    assert jo.client.get(link).status_code == 404


@pytest.mark.parametrize("path", ["", "/shown"])
def test_a_stranger_is_sent_to_the_door(site: Flask, street: FileStreet, path: str) -> None:
    sent(street, "photo")

    answer = site.test_client().get(f"{address(street)}{path}")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/sign-in")
