"""Statements compiled once: they say what SQLAlchemy would have said, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import bindparam, exc, func, insert, select, update

from bot.errors import StoreUnavailable
from storage.database import Database
from storage.prepared import Prepared
from storage.tables import contact, inbound_message

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
ADD = Prepared(insert(contact))
CHANGE = Prepared(update(contact).where(contact.c.id == bindparam("of_contact")))
ALL = Prepared(select(contact).order_by(contact.c.id))
HERE = Prepared(select(contact.c.locale).where(contact.c.id == bindparam("of_contact")))


def test_a_row_comes_back_as_it_would_through_sqlalchemy(database: Database) -> None:
    with database.writing() as connection:
        ADD.run(connection, {"id": ONE, "locale": "pl", "created_at": AT, "turn_due_at": None})

        assert tuple(ALL.run(connection, {}).one_or_none()) == tuple(connection.execute(select(contact)).one())


def test_what_is_given_beside_the_row_is_what_changes(database: Database) -> None:
    with database.writing() as connection:
        ADD.run_all(connection, [{"id": each, "locale": "en", "created_at": AT} for each in (ONE, TWO)])

        assert CHANGE.run(connection, {"of_contact": ONE, "locale": "uk"}).rowcount == 1
        assert CHANGE.run(connection, {"of_contact": TWO, "greeted_at": AT}).rowcount == 1
        assert [(row.locale, row.greeted_at) for row in ALL.run(connection, {}).all()] == [("uk", None), ("en", AT)]


def test_columns_not_given_take_their_defaults(database: Database) -> None:
    values = {"id": ONE, "channel": "sms", "account": "+441134960000", "external_id": "SM1", "state": "waiting"}
    with database.writing() as connection:
        new = database.insert_once(inbound_message, "channel", "account", "external_id", numbered=True)
        new.run(connection, {**values, "sealed": b"words", "received_at": AT})
        row = connection.execute(select(inbound_message)).one()

    assert (row.attempts, row.redacted, row.is_story) == (0, "", False)


def test_a_row_that_may_not_be_is_refused_as_sqlalchemy_refuses_it(database: Database) -> None:
    with database.writing() as connection:
        ADD.run(connection, {"id": ONE, "locale": "en", "created_at": AT})

    with pytest.raises(exc.IntegrityError), database.writing() as connection:
        ADD.run(connection, {"id": ONE, "locale": "en", "created_at": AT})


def test_a_refusal_never_repeats_the_values(database: Database) -> None:
    with pytest.raises(exc.IntegrityError) as refused, database.writing() as connection:
        ADD.run_all(connection, [{"id": ONE, "locale": "words-of-a-family", "created_at": AT}] * 2)

    assert "words-of-a-family" not in str(refused.value)


def test_two_rows_where_one_was_asked_for_are_an_error(database: Database) -> None:
    with database.writing() as connection:
        ADD.run_all(connection, [{"id": each, "locale": "en", "created_at": AT} for each in (ONE, TWO)])
        with pytest.raises(exc.MultipleResultsFound):
            ALL.run(connection, {}).one_or_none()


def test_nothing_found_is_none(database: Database) -> None:
    with database.reading() as connection:
        assert HERE.run(connection, {"of_contact": ONE}).scalar_one_or_none() is None


def test_a_lost_server_is_trouble_of_the_store_and_its_connection_is_not_used_again(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    session = Prepared(select(func.pg_backend_pid().label("id")))
    end = Prepared(select(func.pg_terminate_backend(bindparam("id"))))

    def ended() -> None:
        with database.reading() as connection:
            end.run(connection, {"id": session.run(connection, {}).scalar_one_or_none()})
            session.run(connection, {})

    with pytest.raises(StoreUnavailable):
        ended()

    with database.reading() as connection:
        assert session.run(connection, {}).scalar_one_or_none()
    database.close()


def test_a_statement_that_lacks_a_value_is_refused_before_it_runs(database: Database) -> None:
    with database.reading() as connection, pytest.raises(exc.InvalidRequestError):
        HERE.run(connection, {})


def test_a_statement_that_expands_a_list_cannot_be_prepared(database: Database) -> None:
    among = Prepared(select(contact.c.id).where(contact.c.id.in_(bindparam("ids", expanding=True))))

    with database.reading() as connection, pytest.raises(exc.InvalidRequestError):
        among.run(connection, {"ids": [ONE]})
