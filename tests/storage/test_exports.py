"""Exports, and the web chat's own reading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversation import Purpose
from bot.errors import NotFound
from bot.outgoing import Choice, DeliveryStatus, OutboundState
from bot.ports import Store
from bot.records import NewDecision
from storage import exports
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import inbound_message, outbound_message
from tests.storage.made_up import ANNA, BORIS, CHAT, NOW, SMS, WEBCHAT
from tests.storage.scene import Scene

SECOND = timedelta(seconds=1)


# --- the web chat -----------------------------------------------------------------------------------------------------


def test_a_chat_is_read_from_where_it_was_read_last(store: Store, scene: Scene) -> None:
    seq = scene.accepts("The taxi\0 \ud800", sender=CHAT, channel=WEBCHAT)
    contact_id = scene.contact(CHAT)
    row = scene.outbound(
        "May we?", to=CHAT, contact_id=contact_id, channel=WEBCHAT, key="consent.public", choices=(Choice("yes", "Yes"),)
    )
    with store.transaction() as tx:
        asked = tx.enqueue(row, NOW)

    lines = store.chat_lines(CHAT, after=0, channels=(WEBCHAT,))

    assert [(line.seq, line.sender, line.text) for line in lines] == [
        (seq, "parent", "The taxi\0 \ud800"),
        (asked, "earshot", "May we?"),
    ]
    assert (lines[1].choices, lines[1].key, lines[1].at) == ((Choice("yes", "Yes"),), "consent.public", NOW)
    assert seq is not None
    assert store.chat_lines(CHAT, after=seq, channels=(WEBCHAT,)) == lines[1:]
    assert store.chat_lines(CHAT, after=lines[1].seq, channels=(WEBCHAT,)) == ()


def test_a_chat_is_nobody_else_s_and_of_its_own_channel(store: Store, scene: Scene) -> None:
    scene.accepts("private", sender=CHAT, channel=WEBCHAT)

    assert store.chat_lines(ANNA, after=0, channels=(WEBCHAT,)) == ()
    assert store.chat_lines(CHAT, after=0, channels=(SMS,)) == ()
    assert store.chat_lines(CHAT, after=0, channels=()) == ()


def test_a_line_is_shown_as_soon_as_it_is_committed_and_not_when_it_is_withheld(store: Store, scene: Scene) -> None:
    """A line that came up only once it counts as sent could stand behind a number that was polled already."""
    scene.accepts(sender=CHAT, channel=WEBCHAT)
    contact_id = scene.contact(CHAT)
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("shown", to=CHAT, contact_id=contact_id, channel=WEBCHAT), NOW)

    def shown() -> list[str]:
        return [line.text for line in store.chat_lines(CHAT, after=0, channels=(WEBCHAT,)) if line.sender == "earshot"]

    assert shown() == ["shown"]
    claim = scene.must_take_out()
    assert shown() == ["shown"]
    scene.settles(claim, OutboundState.WITHHELD, error="The person said STOP.")
    assert shown() == []


# --- messages ---------------------------------------------------------------------------------------------------------


def test_every_message_is_exported_as_it_came_and_as_it_was_sent(store: Store, scene: Scene) -> None:
    scene.accepts("Ring 07700 900123", external_id="SM1")
    scene.takes_turn(reference="RIVER 482", reply="Thank you, 07700 900123.")
    scene.sends(provider_id="PR1", now=NOW + SECOND)
    scene.is_told(DeliveryStatus.DELIVERED, provider_id="PR1")
    contact_id = scene.contact()

    rows = [
        (row.direction, row.channel, row.external_id, row.contact, row.text, row.at, row.state, row.experience)
        for row in store.export_messages()
    ]

    assert rows == [
        ("inbound", "sms", "SM1", contact_id, "Ring 07700 900123", NOW, "heard", "RIVER 482"),
        ("outbound", "sms", "PR1", contact_id, "Thank you, 07700 900123.", NOW, "delivered", "RIVER 482"),
    ]


def test_a_long_export_comes_in_batches_and_misses_nothing(
    store: Store, scene: Scene, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sealer
    monkeypatch.setattr(exports, "BATCH", 3)
    monkeypatch.setattr(exports, "INBOUND", exports.INBOUND.limit(3))
    monkeypatch.setattr(exports, "OUTBOUND", exports.OUTBOUND.limit(3))
    for number in range(7):
        scene.tells(f"story {number}", reference=f"RIVER {number}", now=NOW + (number // 3) * SECOND)
        scene.says(f"reply {number}")

    texts = [row.text for row in store.export_messages()]
    references = [row["reference"] for row in store.export_rows("experiences")]

    assert texts == [text for number in range(7) for text in (f"story {number}", f"reply {number}")]
    assert sorted(map(str, references)) == [f"RIVER {number}" for number in range(7)]


def test_an_empty_store_exports_nothing(store: Store) -> None:
    assert list(store.export_messages()) == []
    assert [list(store.export_rows(what)) for what in ("experiences", "decisions", "audit")] == [[], [], []]


def test_an_export_nobody_has_heard_of_is_refused_at_once(store: Store) -> None:
    with pytest.raises(NotFound):
        store.export_rows("everything")


# --- experiences and decisions ----------------------------------------------------------------------------------------


def test_experiences_are_exported_redacted_with_what_was_agreed(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", ("transport", 0.9), reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.describe_experience(experience_id, place="Ramsey", district="north")
        tx.add_consent(
            contact_id=contact_id,
            experience_id=experience_id,
            purpose=Purpose.WORDS_IN_PUBLIC,
            given=False,
            wording="en-1",
            inbound_seq=None,
            now=NOW,
        )

    (row,) = store.export_rows("experiences")

    assert (row["reference"], row["text"], row["place"], row["district"]) == ("RIVER 482", "The taxi", "Ramsey", "north")
    assert (row["risk"], row["polarity"], row["suggestions"]) == ("none", ["bad"], [["transport"]])
    assert (row["consent_words_in_public"], row["consent_invite_again"]) == (False, None)
    assert "contact" not in row


def test_decisions_are_exported_with_who_made_them(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", reference="RIVER 482")
    scene.tells("The bus", reference="HEDGE 7", sender=BORIS)
    reader = scene.employs("Sam Reader")
    for reference, staff_id in (("RIVER 482", reader.id), ("HEDGE 7", None)):
        view = store.experience(reference)
        assert view is not None
        with store.transaction() as tx:
            tx.add_decision(
                NewDecision(
                    passage_id=view.card.passages[0].id,
                    theme="transport",
                    verdict=True,
                    staff_id=staff_id,
                    why="added",
                    taxonomy="2026-11",
                    at=NOW,
                )
            )

    rows = [(row["reference"], row["theme"], row["verdict"], row["by"], row["why"]) for row in store.export_rows("decisions")]
    assert rows == [
        ("RIVER 482", "transport", True, "Sam Reader", "added"),
        ("HEDGE 7", "transport", True, "parent", "added"),
    ]


def test_a_message_that_does_not_open_does_not_keep_back_the_others(store: Store, scene: Scene, database: Database) -> None:
    scene.accepts("damaged")
    scene.says("damaged too")
    scene.accepts("whole")
    with database.writing() as connection:
        connection.execute(update(inbound_message).where(inbound_message.c.seq == 1).values(sealed=b"x" * 60))
        connection.execute(update(outbound_message).values(sealed=b"x" * 60))

    assert [(row.text, row.state) for row in store.export_messages()] == [
        ("", "sealed: wrong key"),
        ("", "sealed: wrong key"),
        ("whole", "waiting"),
    ]
