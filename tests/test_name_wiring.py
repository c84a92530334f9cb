"""What people write is masked with its names by whichever process keeps it; what finds them is loaded when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

import app
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address, ChannelName, InboundMessage
from bot.outgoing import Part
from bot.records import NewOutbound, StaffMember
from parts import Earshot
from storage import migrations
from storage.keys import new_key
from tests.storage.reading import everything_in

ANNA = Address("web", "somebody")
PAGES = ChannelName("pages")


@pytest.fixture
def earshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Earshot]:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'app.db'}"
    migrations.upgrade(url)
    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key(), public_url="https://earshot.example"))
    yield earshot
    earshot.database.close()


def test_what_finds_names_is_not_loaded_before_somebody_asks(earshot: Earshot) -> None:
    assert "masker" not in vars(earshot.peoples_words)


def test_our_own_page_stays_readable_in_what_people_write(earshot: Earshot) -> None:
    said = earshot.peoples_words("Dear Kacper, look at https://earshot.example/privacy or ring 07700 900123")

    assert said == "Dear [name removed], look at https://earshot.example/privacy or ring [phone removed]"


def test_a_message_that_could_not_be_handled_shows_no_name(earshot: Earshot) -> None:
    message = InboundMessage(channel=PAGES, account="a", external_id="1", sender=ANNA, text="My son Kacper waits")
    earshot.intake.receive([message])
    claim = earshot.store.claim_turn(worker="w:1", now=earshot.clock.now(), lease=timedelta(seconds=20), one_at_a_time=[])
    assert claim is not None
    with earshot.store.transaction() as tx:
        tx.hold_turn(claim)
        tx.park(claim, "ValueError", earshot.clock.now())

    (card,) = earshot.store.inbox(InboxFilter(open_only=False)).cards
    view = earshot.store.experience(card.reference)
    assert view is not None
    assert [line.text for line in view.talk] == ["My son [name of a child removed] waits"]


def test_what_staff_write_is_masked_with_its_names_and_our_own_wording_by_its_forms(earshot: Earshot) -> None:
    member = StaffMember(id=uuid4(), name="Nora Example", username="nora", role="reviewer", password_hash="x")
    ours = NewOutbound(
        id=uuid4(),
        dedupe_key="1",
        channel=PAGES,
        address=ANNA,
        contact_id=None,
        conversation_id=None,
        key="x",
        locale=ENGLISH,
        part=Part("Ask for Tracy"),
        not_before=earshot.clock.now(),
    )
    letter = replace(ours, id=uuid4(), dedupe_key="2", part=Part("Dear Kacper"), staff_id=member.id, by_person=True)
    with earshot.store.transaction() as tx:
        tx.add_staff(member, earshot.clock.now())
        tx.enqueue(ours, earshot.clock.now())
        tx.enqueue(letter, earshot.clock.now())

    shown = everything_in(earshot.database)
    assert "Ask for Tracy" in shown
    assert "Dear [name removed]" in shown
    assert "Kacper" not in shown
