"""A store that has been in use since 0006 is brought up to date: nothing in it changes, and work goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import MetaData, inspect, select, update

from storage import migrations
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import contact, experience, outbound_message, task
from tests.conftest import KEYS, masked
from tests.storage.made_up import BORIS, DANGER, NOW, WHATSAPP
from tests.storage.scene import Scene

SINCE = {
    *("campaign_answer", "campaign_invitation", "campaign_response", "campaign_round"),
    *("action", "action_change", "action_link", "action_edition", "action_round", "action_told", "action_request"),
    *("deletion_request", "resume_code", "resume_try", "shift", "media", "contact_link", "channel_log"),
    *("erasure", "erased_address", "taken_back", "milestone", "missed_promise", "letter", "draft", "saved_reply", "translation"),
    *("word_draft", "word_version", "tagger", "name_word"),
    *("matter", "matter_round", "matter_told"),
    *("saved_view", "search_text", "search_vocabulary"),
    *("recipient", "passed_on", "removed_passage"),
    *("staff_note", "looking", "deed"),
    *("reading", "review_claim", "bulk_check", "preference", "team_setting"),
    *("theme_change", "retag", "past_suggestion"),
    *("job", "job_piece", "exported"),
    *("staff_session", "sign_in_try", "second_step", "recovery_code", "staff_identity", "staff_passkey"),
    *("staff_invitation", "team_change"),
    *("rota_version", "alert_drill", "alert_call", "alert_release", "alert_handing"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest) -> Iterator[Database]:
    """At 0006, with people, talks, an alert, what is still to be said and words that wait for their turn."""
    database = Database.open(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
    migrations.upgrade(database)
    scene = Scene(SqlStore(database, Sealer.open(database, KEYS), masked))
    scene.employs("Ruth Lead", role="safeguarding")
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.decides(scene.passage_of("RIVER 482"), "transport", verdict=True)
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    scene.alerts(seq, sender=BORIS)
    scene.takes_turn(reference="BROOK 377")
    scene.accepts("And the driver was new.")
    migrations.downgrade(database, "0006")
    yield database
    database.close()


def rows(database: Database, columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Every row of these tables, by these columns, as the database itself reads them."""
    found = MetaData()
    with database.reading() as connection:
        found.reflect(connection)
        return {
            name: sorted(map(repr, connection.execute(select(*(found.tables[name].c[each] for each in named))).all()))
            for name, named in columns.items()
        }


def columns_of(database: Database) -> dict[str, list[str]]:
    looked = inspect(database.engine)
    return {
        name: [column["name"] for column in looked.get_columns(name)]
        for name in looked.get_table_names()
        if name != "alembic_version" and not name.startswith("search_words")
    }


def test_every_row_of_0006_stays_as_it_was(old: Database) -> None:
    columns = columns_of(old)
    assert not SINCE & columns.keys()
    before = rows(old, columns)
    assert all(before[name] for name in ("contact", "address", "inbound_message", "outbound_message", "alert", "decision"))

    migrations.upgrade(old)

    assert rows(old, columns) == before
    assert columns_of(old).keys() - columns.keys() == SINCE


def test_what_was_added_to_old_rows_says_nothing_new_of_them(old: Database) -> None:
    migrations.upgrade(old)

    with old.reading() as connection:
        assert set(connection.execute(select(contact.c.gives_way)).scalars()) == {False}
        assert set(connection.execute(select(contact.c.ref)).scalars()) == {None}
        assert set(connection.execute(select(outbound_message.c.window_shut)).scalars()) == {False}
        assert set(connection.execute(select(experience.c.ref)).scalars()) == {None}


def test_what_the_gone_and_those_with_other_work_had_is_nobodys(old: Database) -> None:
    migrations.upgrade(old, "0053")
    scene = Scene(SqlStore(old, Sealer.open(old, KEYS), masked), ids=count(1000))
    here, gone, moved = scene.employs("Jo"), scene.employs("Toni"), scene.employs("Noor", role="viewer")
    person = scene.contact()
    with scene.store.transaction() as tx:
        tx.update_staff(gone.id, disabled_at=NOW)
        for member in (here, gone, moved):
            tx.add_task(contact_id=person, experience_id=None, kind=member.name, due_on=NOW.date(), now=NOW)
            tx.add_task(contact_id=person, experience_id=None, kind=f"done {member.name}", due_on=NOW.date(), now=NOW)
    with old.writing() as connection:
        for member in (here, gone, moved):
            connection.execute(update(task).where(task.c.kind.endswith(member.name)).values(owner_id=member.id))
        connection.execute(update(task).where(task.c.kind.startswith("done")).values(done_at=NOW, done_by=here.id))
        for reference, member in (("RIVER 482", gone), ("BROOK 377", here)):
            connection.execute(update(experience).where(experience.c.reference == reference).values(owner_id=member.id))

    migrations.upgrade(old)

    with old.reading() as connection:
        its = dict(connection.execute(select(task.c.kind, task.c.owner_id).where(task.c.owner_id.is_not(None))).all())
        now = dict(connection.execute(select(experience.c.reference, experience.c.owner_id)).all())
    assert its == {"Jo": here.id, "done Jo": here.id, "done Toni": gone.id, "done Noor": moved.id}
    assert now == {"RIVER 482": None, "BROOK 377": here.id}


def test_work_goes_on_where_it_was(old: Database) -> None:
    migrations.upgrade(old)
    scene = Scene(SqlStore(old, Sealer.open(old, KEYS), masked))

    assert scene.must_take_out().outgoing.text == "Ring 999."
    assert scene.store.next_turn_at() == NOW
    claim = scene.must_claim()
    assert [stored.message.text for stored in claim.messages] == ["And the driver was new."]
    river, brook = scene.store.experience("RIVER 482"), scene.store.experience("BROOK 377")
    assert river is not None
    assert claim.experience_id == river.card.id
    assert brook is not None
    assert [alert.level for alert in brook.card.alerts] == [DANGER.level]
