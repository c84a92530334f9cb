"""The database guards what no code may ever do, whichever code tries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from bot.conversation import Command, Purpose
from bot.heard import Polarity, RiskLevel
from bot.media import MediaState, Step
from bot.model import Speaker
from bot.outgoing import DeliveryStatus, OutboundState, Priority
from storage.database import Database
from storage.tables import alert, consent, contact, experience, inbound_message, media, outbound_message, passage, suggestion
from tests.storage.made_up import NOW

ID = UUID(int=1)

CONTACT: dict[str, Any] = {"id": ID, "locale": "en", "created_at": NOW}
INBOUND: dict[str, Any] = {
    "seq": 1,
    "id": ID,
    "channel": "sms",
    "account": "+44",
    "external_id": "SM1",
    "sealed": b"x",
    "state": "waiting",
    "received_at": NOW,
}
OUTBOUND: dict[str, Any] = {
    "seq": 2,
    "id": ID,
    "dedupe_key": "turn:1",
    "channel": "sms",
    "sealed": b"x",
    "key": "promise",
    "locale": "en",
    "priority": 5,
    "state": "pending",
    "created_at": NOW,
}
EXPERIENCE: dict[str, Any] = {
    "id": ID,
    "reference": "RIVER 482",
    "channel": "sms",
    "locale": "en",
    "speaker": "parent",
    "promised_on": date(2026, 11, 26),
    "opened_at": NOW,
}
PASSAGE: dict[str, Any] = {
    "id": ID,
    "experience_id": ID,
    "inbound_seq": 1,
    "position": 0,
    "starts": 0,
    "ends": 3,
    "text": "abc",
    "polarity": "bad",
}
SUGGESTION: dict[str, Any] = {
    "passage_id": ID,
    "theme": "transport",
    "score": 0.5,
    "evidence": [],
    "tagger": "rules-1",
    "taxonomy": "2026-11",
}
CONSENT: dict[str, Any] = {"contact_id": ID, "purpose": "words_in_public", "given": True, "wording": "en-1", "at": NOW}
ALERT: dict[str, Any] = {"id": ID, "contact_id": ID, "inbound_seq": 1, "level": 3, "kinds": [], "raised_at": NOW, "next_at": NOW}

MEDIA: dict[str, Any] = {"id": ID, "inbound_seq": 1, "position": 0, "state": "waiting", "step": "fetch", "not_before": NOW}

WHOLE: list[tuple[Table, dict[str, Any]]] = [
    (contact, CONTACT),
    (inbound_message, INBOUND),
    (outbound_message, OUTBOUND),
    (experience, EXPERIENCE),
    (passage, PASSAGE),
    (suggestion, SUGGESTION),
    (consent, CONSENT),
    (alert, ALERT),
    (media, MEDIA),
]


def put(database: Database, *rows: tuple[Table, dict[str, Any]]) -> None:
    with database.writing() as connection:
        for table, row in rows:
            connection.execute(insert(table), row)


def test_whole_rows_are_taken(database: Database) -> None:
    put(database, *WHOLE)


@pytest.mark.parametrize(
    ("table", "row", "change"),
    [
        (inbound_message, INBOUND, {"state": "lost"}),
        (inbound_message, INBOUND, {"command": "dance"}),
        (inbound_message, INBOUND, {"polarity": "meh"}),
        (inbound_message, INBOUND, {"risk": 4}),
        (inbound_message, INBOUND, {"risk": -1}),
        (inbound_message, INBOUND, {"locale_score": 1.01}),
        (inbound_message, INBOUND, {"attempts": -1}),
        (inbound_message, INBOUND, {"seq": 0}),
        (inbound_message, INBOUND, {"sealed": None}),
        (inbound_message, INBOUND, {"external_id": None}),
        (outbound_message, OUTBOUND, {"state": "perhaps"}),
        (outbound_message, OUTBOUND, {"priority": 2}),
        (outbound_message, OUTBOUND, {"status": 7}),
        (outbound_message, OUTBOUND, {"asked": -1}),
        (outbound_message, OUTBOUND, {"lease_owner": "host:1"}),
        (contact, CONTACT, {"lease_until": NOW}),
        (experience, EXPERIENCE, {"speaker": "nobody"}),
        (experience, EXPERIENCE, {"risk": 9}),
        (experience, EXPERIENCE, {"least_sure": 1.5}),
        (passage, PASSAGE, {"polarity": "meh"}),
        (passage, PASSAGE, {"starts": 4}),
        (passage, PASSAGE, {"starts": -1}),
        (suggestion, SUGGESTION, {"score": -0.1}),
        (consent, CONSENT, {"purpose": "anything"}),
        (alert, ALERT, {"level": 5}),
        (alert, ALERT, {"taken_at": NOW}),
        (alert, ALERT, {"closed_at": NOW}),
        (media, MEDIA, {"state": "somewhere"}),
        (media, MEDIA, {"step": "dance"}),
        (media, MEDIA, {"attempts": -1}),
        (media, MEDIA, {"not_before": None}),
        (media, MEDIA, {"step": None}),
        (media, MEDIA, {"lease_until": NOW}),
        (media, MEDIA, {"state": "kept"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) and len(value) == 1 else None,
)
def test_what_is_outside_a_closed_list_or_range_is_refused(
    database: Database, table: Table, row: dict[str, Any], change: dict[str, Any]
) -> None:
    others = [(each, whole) for each, whole in WHOLE if each is not table]

    with pytest.raises(IntegrityError):
        put(database, *others, (table, row | change))


@pytest.mark.parametrize(
    ("table", "row", "column", "words"),
    [
        (inbound_message, INBOUND, "command", list(Command)),
        (inbound_message, INBOUND, "polarity", list(Polarity)),
        (inbound_message, INBOUND, "risk", [int(each) for each in RiskLevel]),
        (outbound_message, OUTBOUND, "state", list(OutboundState)),
        (outbound_message, OUTBOUND, "priority", [int(each) for each in Priority]),
        (outbound_message, OUTBOUND, "status", [int(each) for each in DeliveryStatus]),
        (experience, EXPERIENCE, "speaker", list(Speaker)),
        (consent, CONSENT, "purpose", list(Purpose)),
        (media, MEDIA | {"blob": ID}, "state", list(MediaState)),
        (media, MEDIA, "step", list(Step)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_word_of_the_domain_is_taken(
    database: Database, table: Table, row: dict[str, Any], column: str, words: list[Any]
) -> None:
    """A word added to the domain needs a migration: this is the test that says so."""
    others = [(each, whole) for each, whole in WHOLE if each is not table]
    for word in words:
        with database.writing() as connection:
            for each, whole in [*others, (table, row | {column: word})]:
                connection.execute(insert(each), whole)
            connection.rollback()


@pytest.mark.parametrize(
    ("table", "again"),
    [
        (inbound_message, INBOUND | {"seq": 9}),
        (outbound_message, OUTBOUND | {"seq": 9, "id": UUID(int=9)}),
        (outbound_message, OUTBOUND | {"seq": 9, "dedupe_key": "turn:9"}),
        (experience, EXPERIENCE | {"id": UUID(int=9)}),
        (media, MEDIA | {"id": UUID(int=9)}),
    ],
    ids=["external id", "dedupe key", "outbound id", "reference", "place in a message"],
)
def test_what_must_be_alone_is_alone(database: Database, table: Table, again: dict[str, Any]) -> None:
    put(database, *WHOLE)

    with pytest.raises(IntegrityError):
        put(database, (table, again))


def test_a_row_that_hangs_on_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        put(database, (suggestion, SUGGESTION))


def test_rows_of_one_transaction_may_come_in_any_order(database: Database) -> None:
    put(database, *reversed(WHOLE))


def test_a_time_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    summer = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    put(database, (contact, CONTACT | {"created_at": summer}))

    with database.reading() as connection:
        kept = connection.execute(select(contact.c.created_at)).scalar_one()
    assert kept == summer
    assert kept.tzinfo is UTC


def test_times_sort_as_times_whatever_their_zone_or_fraction(database: Database) -> None:
    moments = [
        NOW,
        NOW + timedelta(microseconds=1),
        (NOW + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-5))),
        NOW + timedelta(days=1),
    ]
    for number, moment in enumerate(reversed(moments), start=1):
        put(database, (contact, CONTACT | {"id": UUID(int=number), "created_at": moment}))

    with database.reading() as connection:
        assert list(connection.execute(select(contact.c.created_at).order_by(contact.c.created_at)).scalars()) == moments


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        put(database, (contact, CONTACT | {"created_at": datetime(2026, 11, 21)}))  # noqa: DTZ001 - that is the point
