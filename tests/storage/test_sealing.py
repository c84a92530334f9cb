"""Sealing and its keys: what is kept opens only with the right key, in the right place, unchanged."""

from __future__ import annotations

import base64
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.errors import BadSettings, StoreUnavailable, WrongKeys
from bot.model import Address, InboundMessage, Locale, Location, Media, NetworkKeyword, Speaker
from storage.database import Database
from storage.envelopes import open_inbound, seal_inbound
from storage.keys import DataKey, new_key, parse_keys
from storage.sealing import Sealer
from storage.tables import data_key
from tests.storage.made_up import ANNA, BORIS, SMS, message

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
OLD, NEW, STRANGE = DataKey(b"o" * 32), DataKey(b"n" * 32), DataKey(b"s" * 32)


def sealer_with(*keys: DataKey) -> Sealer:
    return Sealer(keys, b"i" * 32)


# --- sealed values ----------------------------------------------------------------------------------------------------


def test_a_sealed_value_shows_nothing_and_opens_again() -> None:
    sealer = sealer_with(NEW)

    sealed = sealer.seal(b"the taxi was late", "table|column", ROW)

    assert b"taxi" not in sealed
    assert sealer.unseal(sealed, "table|column", ROW) == b"the taxi was late"


def test_the_same_words_look_different_each_time() -> None:
    sealer = sealer_with(NEW)

    assert sealer.seal(b"yes", "table|column", ROW) != sealer.seal(b"yes", "table|column", ROW)


@pytest.mark.parametrize("at", [0, 1, 5, 17, -1])
def test_one_changed_bit_is_noticed(at: int) -> None:
    sealer = sealer_with(NEW)
    sealed = bytearray(sealer.seal(b"the taxi was late", "table|column", ROW))
    sealed[at] ^= 1

    with pytest.raises(WrongKeys):
        sealer.unseal(bytes(sealed), "table|column", ROW)


@pytest.mark.parametrize(("place", "row"), [("table|column", OTHER_ROW), ("table|other", ROW), ("other|column", ROW)])
def test_a_value_moved_elsewhere_does_not_open(place: str, row: UUID) -> None:
    sealer = sealer_with(NEW)
    sealed = sealer.seal(b"the taxi was late", "table|column", ROW)

    with pytest.raises(WrongKeys):
        sealer.unseal(sealed, place, row)


def test_the_newest_key_seals_and_any_of_them_opens() -> None:
    before = sealer_with(OLD).seal(b"before", "table|column", ROW)
    rotated = sealer_with(NEW, OLD)

    assert rotated.unseal(before, "table|column", ROW) == b"before"
    assert sealer_with(NEW).unseal(rotated.seal(b"after", "table|column", ROW), "table|column", ROW) == b"after"


def test_a_key_we_lack_is_named_by_its_id() -> None:
    sealed = sealer_with(STRANGE).seal(b"words", "table|column", ROW)

    with pytest.raises(WrongKeys, match=STRANGE.id):
        sealer_with(NEW).unseal(sealed, "table|column", ROW)


def test_an_address_is_found_by_one_index_and_no_two_share_it() -> None:
    sealer = sealer_with(NEW)

    assert sealer.blind_index(ANNA) == sealer.blind_index(Address("tel", "+447700900123"))
    assert len({sealer.blind_index(each) for each in (ANNA, BORIS, Address("whatsapp", ANNA.path))}) == 3
    assert Sealer((NEW,), b"j" * 32).blind_index(ANNA) != sealer.blind_index(ANNA)


# --- what is sealed of a message --------------------------------------------------------------------------------------


@given(st.text(st.characters(), max_size=40))
def test_any_text_at_all_comes_back_as_it_was_sent(text: str) -> None:
    sealer = sealer_with(NEW)
    sent = message(text)

    assert open_inbound(sealer, seal_inbound(sealer, sent, ROW), ROW, sent.channel) == sent


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud83d", "\udc00\ud83d", chr(0xD83D) + chr(0xDE00), "\U0001f600", "é\u0301", ""])
def test_what_is_hardly_text_comes_back_as_it_was_sent(text: str) -> None:
    sealer = sealer_with(NEW)
    sent = message(text)

    assert open_inbound(sealer, seal_inbound(sealer, sent, ROW), ROW, sent.channel) == sent


def test_everything_a_message_may_carry_is_sealed_with_it() -> None:
    sealer = sealer_with(NEW)
    sent = InboundMessage(
        channel=SMS,
        account="+441134960000",
        external_id="SM1",
        sender=ANNA,
        text="Look at this letter",
        also=(BORIS,),
        choice="yes",
        media=(Media(url="https://api.example/1", content_type="image/jpeg", provider_id="ME1"),),
        location=Location(latitude=54.15, longitude=-4.48, label="Douglas"),
        network_keyword=NetworkKeyword.HELP,
        locale=Locale("pl"),
        speaker=Speaker.FAMILY,
        sent_at=datetime(2026, 11, 21, 9, 29, tzinfo=UTC),
        details={"ButtonText": "Yes", "odd": "\udc00"},
    )

    assert open_inbound(sealer, seal_inbound(sealer, sent, ROW), ROW, SMS) == sent


# --- the setting ------------------------------------------------------------------------------------------------------


def test_keys_are_read_newest_first_with_or_without_padding() -> None:
    first, second = b"\xfb" * 32, b"\xff" * 32  # their base64url has both - and _
    setting = f" {base64.urlsafe_b64encode(first).decode()} ,{base64.urlsafe_b64encode(second).decode().rstrip('=')},"

    assert parse_keys(setting) == (DataKey(first), DataKey(second))


def test_a_key_s_id_is_the_start_of_its_digest() -> None:
    assert DataKey(bytes(32)).id == "66687aad"


@pytest.mark.parametrize("setting", ["", " , ", "c2hvcnQ", "not base64!", "é" * 43, "A" * 44])
def test_a_setting_that_is_no_key_is_refused_without_repeating_it(setting: str) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_DATA_KEYS") as refused:
        parse_keys(setting)

    assert not setting.strip(" ,") or setting not in str(refused.value)


def test_the_same_key_twice_is_refused() -> None:
    key = new_key()

    with pytest.raises(BadSettings, match="twice"):
        parse_keys(f"{key},{key}")


def test_a_key_shows_its_id_and_never_itself() -> None:
    assert repr(NEW) == f"DataKey({NEW.id})"


# --- the keys and the store -------------------------------------------------------------------------------------------


def test_the_first_start_chooses_an_index_key_and_later_ones_find_it(database: Database) -> None:
    first = Sealer.open(database, (NEW,))
    second = Sealer.open(database, (NEW,))

    assert first.blind_index(ANNA) == second.blind_index(ANNA)


def test_a_new_key_makes_nobody_a_stranger(database: Database) -> None:
    before = Sealer.open(database, (OLD,))
    sealed = before.seal(b"words", "table|column", ROW)

    after = Sealer.open(database, (NEW, OLD))

    assert after.blind_index(ANNA) == before.blind_index(ANNA)
    assert after.unseal(sealed, "table|column", ROW) == b"words"
    with database.reading() as connection:
        assert set(connection.execute(select(data_key.c.id)).scalars()) == {OLD.id, NEW.id}


def test_a_key_the_store_was_sealed_with_may_not_be_left_out(database: Database) -> None:
    Sealer.open(database, (OLD,))
    Sealer.open(database, (NEW, OLD))

    with pytest.raises(WrongKeys, match=OLD.id):
        Sealer.open(database, (NEW,))


def test_a_wrong_key_stops_the_start_and_changes_nothing(database: Database) -> None:
    Sealer.open(database, (OLD,))

    with pytest.raises(WrongKeys):
        Sealer.open(database, (STRANGE,))

    with database.reading() as connection:
        assert connection.execute(select(data_key.c.id)).scalars().all() == [OLD.id]


def test_a_check_value_that_was_tampered_with_stops_the_start(database: Database) -> None:
    Sealer.open(database, (NEW,))
    with database.writing() as connection:
        connection.execute(data_key.update().values(check_value=b"x" * 60))

    with pytest.raises(WrongKeys, match="check value"):
        Sealer.open(database, (NEW,))


def test_development_makes_a_key_only_its_owner_can_read(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    made = Sealer.open(database, "", development=True)

    file = next(tmp_path.glob("**/earshot.key"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Sealer.open(database, "", development=True).blind_index(ANNA) == made.blind_index(ANNA)
    assert Sealer.open(database, file.read_text().strip()).blind_index(ANNA) == made.blind_index(ANNA)


def test_processes_that_start_at_once_in_development_share_one_key(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    start = threading.Barrier(6)
    found: list[bytes] = []

    def begin() -> None:
        start.wait()
        found.append(Sealer.open(database, "", development=True).blind_index(ANNA))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.iterdir() if "key" in file.name] == ["earshot.key"]


@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_a_store_without_tables_says_how_to_make_them(request: pytest.FixtureRequest, url: str) -> None:
    with closing(Database.open(request.getfixturevalue(url))) as empty, pytest.raises(StoreUnavailable, match="db upgrade"):
        Sealer.open(empty, (NEW,))


def test_production_makes_no_key(database: Database) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_DATA_KEYS"):
        Sealer.open(database, "")
