"""Linking two references on the real store: both are looked at, linked for a reason, and can be parted again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.same_person import SamePerson
from staff.desk import EXTENSION, Desk, Rooms
from storage.contact_links import SqlContactLinks
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.conftest import masked
from tests.staff.conftest import signed_in as signed_in_at
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser
from tests.storage.made_up import ANNA, BORIS, CHAT, DANGER, NOW, WEBCHAT, WHATSAPP
from tests.storage.scene import Scene

RIVER = "/staff/experiences/RIVER-482"


@pytest.fixture
def kept(database: Database, sealer: Sealer) -> SqlStore:
    store = SqlStore(database, sealer, masked)
    with store.transaction() as tx:
        for username, name, role in (("jo", "Jo Pascoe", "reviewer"), ("ruth", "Ruth Adeyemi", "safeguarding")):
            tx.add_staff(a_member(username, name=name, role=role), NOW)
    return store


@pytest.fixture(autouse=True)
def scene(kept: SqlStore) -> Scene:
    scene = Scene(kept)
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.tells("The plan was late.", ("ehc_content", 0.9), reference="BROOK 377", sender=BORIS, channel=WHATSAPP)
    return scene


@pytest.fixture
def jo(built: Flask, kept: SqlStore, database: Database, sealer: Sealer) -> Browser:
    desk: Desk = built.extensions[EXTENSION]
    clock = FakeClock(NOW + timedelta(hours=1))
    built.extensions[EXTENSION] = replace(
        desk,
        store=kept,
        clock=clock,
        review=replace(desk.review, store=kept, clock=clock),
        sessions=FakeDoor(),
        rooms=Rooms(same_person=SamePerson(records=SqlContactLinks(database, sealer), store=kept, clock=clock)),
    )
    return signed_in_at(built, kept, clock, "jo")


def test_both_are_seen_without_an_address_then_linked_for_a_reason_and_parted(jo: Browser, kept: SqlStore) -> None:
    jo.open(RIVER)
    page = jo.press("/same", {"other": "brook377"})
    assert page.heading == "Are these the same person?"
    assert "The taxi was late." in page.main
    assert "The plan was late." in page.main
    assert "WhatsApp" in page.main
    assert all(address.path not in page.html for address in (ANNA, BORIS))

    page = jo.press("/same/BROOK-377", {"why": "She said so when she rang."})
    assert "BROOK 377 and this are one person from now on." in page.main
    assert "Linked with BROOK 377" in page.main
    assert "They are two people again." in jo.press("/part").main
    assert "Linked with" not in jo.open(RIVER).main
    assert [row["action"] for row in kept.export_rows("audit")] == ["link_contacts", "part_contacts"]


def test_without_a_reason_nothing_is_linked(jo: Browser, kept: SqlStore) -> None:
    jo.open(RIVER)
    jo.press("/same", {"other": "BROOK 377"})
    page = jo.press("/same/BROOK-377", {"why": " "}, status=400)

    assert page.title.startswith("Error: ")
    assert list(kept.export_rows("audit")) == []


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("RIVER 482", "That is the reference of this page."),
        ("NOBODY 999", "There is no such reference"),
        ("", "There is no such reference"),
        ("\x00" * 50, "There is no such reference"),
    ],
)
def test_a_reference_that_cannot_be_linked_is_said(jo: Browser, other: str, sentence: str) -> None:
    jo.open(RIVER)

    assert sentence in jo.press("/same", {"other": other}).main


def test_two_that_are_one_already_lead_back(jo: Browser) -> None:
    jo.open(RIVER)
    jo.press("/same", {"other": "BROOK 377"})
    jo.press("/same/BROOK-377", {"why": "She said so."})

    assert "These two are one person already." in jo.open(f"{RIVER}/same/BROOK-377").main


def test_a_reviewer_does_not_learn_that_a_reference_is_with_safeguarding(jo: Browser, scene: Scene) -> None:
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    scene.alerts(seq, sender=BORIS)
    scene.takes_turn(risk=DANGER.level, reply=None)
    jo.open(RIVER)

    assert "There is no such reference" in jo.press("/same", {"other": "BROOK 377"}).main
    jo.open(f"{RIVER}/same/BROOK-377", status=404)


def test_of_a_linked_person_a_reviewer_sees_no_reference_that_is_with_safeguarding(jo: Browser, scene: Scene) -> None:
    """Neither where two are linked, nor beside one that is to be: that it is behind the wall must not be learnt."""
    jo.open(RIVER)
    jo.press("/same", {"other": "BROOK 377"})
    jo.press("/same/BROOK-377", {"why": "She said so."})
    scene.tells("The bus was late.", ("transport", 0.9), reference="HERON 512", sender=CHAT, channel=WEBCHAT)
    assert "BROOK 377" in jo.open(RIVER).main
    with scene.store.transaction() as tx:
        brook = scene.store.experience("BROOK 377")
        assert brook is not None
        tx.describe_experience(brook.card.id, risk=DANGER.level)

    assert "BROOK 377" not in jo.open(RIVER).main
    assert "BROOK 377" not in jo.open("/staff/experiences/HERON-512/same/RIVER-482").main


def test_a_link_that_is_not_there_cannot_be_undone(jo: Browser) -> None:
    page = jo.open(RIVER)
    token = page.find("input", name="csrf_token").get("value")
    address = f"{RIVER}/links/5f0c3a1e-0000-4000-8000-000000000000/part"

    assert jo.client.post(address, data={"csrf_token": token}).status_code == 404
