"""The list of erasures knows what was removed by itself, and takes it out of a store that was brought back; on both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select, update

from bot.erasures import Erasures, ListedPassage, ListSweep, read, read_removed, read_taken_back, written
from bot.errors import BadContent
from bot.heard import Heard, Passage, Polarity
from bot.removing import MARK, Why
from storage.database import Database
from storage.erase_by_hand import SqlErasures
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import METADATA, inbound_message, passage, removed_passage, suggestion
from storage.unit import AnyRow
from tests.storage.made_up import DANGER, NOW
from tests.storage.reading import everything_in
from tests.storage.scene import Scene
from tests.storage.test_removing import FIRST, LAST, SECRET, SHOWN, WORDS, Office, in_three

WHO = "operator:test"
TABLES = [table for table in METADATA.sorted_tables if not table.name.startswith("audit")]


@dataclass
class File:
    text: str = ""

    def write_list(self, lines: str) -> None:
        self.text = lines

    def read_list(self) -> str:
        return self.text


@dataclass
class House:
    office: Office
    erasures: Erasures
    file: File

    def copied(self) -> list[tuple[str, list[AnyRow]]]:
        with self.office.database.reading() as connection:
            return [(table.name, list(connection.execute(select(table)).all())) for table in TABLES]

    def restored(self, copy: list[tuple[str, list[AnyRow]]]) -> None:
        """Every row as it was when the copy was made, but for the audit trail, which only grows."""
        with self.office.database.writing() as connection:
            for table in reversed(TABLES):
                connection.execute(delete(table))
            for name, rows in copy:  # the search of the redacted words is filled by the store itself
                for row in rows if name != "search_text" else ():
                    connection.execute(insert(METADATA.tables[name]), dict(row._mapping))

    def removed_since(self, number: int = 1) -> None:
        """A copy is made, a passage goes for good, the list is written, and the copy is brought back."""
        copy = self.copied()
        self.office.removes(number)
        self.office.day_over()
        self.sweep()
        self.restored(copy)

    def sweep(self) -> None:
        ListSweep(self.erasures.records, self.file).sweep()

    @property
    def audited(self) -> list[tuple[object, object]]:
        return [(row["who"], row["action"]) for row in self.office.store.export_rows("audit")]


@pytest.fixture
def house(store: SqlStore, scene: Scene, database: Database, sealer: Sealer) -> House:
    office, file = Office(store, scene, database, sealer), File()
    return House(office, Erasures(SqlErasures(database, sealer, store), file, office.clock), file)


def test_what_was_removed_goes_again_and_the_rest_stays(house: House) -> None:
    house.office.told()
    house.removed_since()
    assert house.office.words == [WORDS]
    again = house.erasures.once_more(who=WHO)

    assert (again.removed, again.to_look_at, again.unheard) == (1, (), 0)
    assert house.office.words == [f"{FIRST} {MARK} {LAST}"]
    assert [each.text for each in house.office.view().card.passages] == [SHOWN[0], SHOWN[2]]
    assert not [word for word in ("Bob", "breakfast", "Yeovil") if word in everything_in(house.office.database)]
    with house.office.database.reading() as connection:
        assert connection.execute(select(removed_passage.c.sealed)).scalars().all() == [None]
    assert house.audited[-2:] == [(WHO, "remove_passage_again"), ("earshot", "erase_removed")]
    assert house.office.deeds().last(house.office.jo, with_safeguarding=False) == ()
    (removal,) = house.office.removals
    assert (removal.at, removal.by, removal.why) == (NOW, "Jo Pascoe", Why.MISTAKE), "as it was done at first"


def test_a_second_time_there_is_nothing_to_do_and_the_list_is_as_it_was(house: House) -> None:
    house.office.told()
    house.removed_since()
    before = house.file.text
    house.erasures.once_more(who=WHO)
    again = house.erasures.once_more(who=WHO)

    assert (again.removed, again.to_look_at) == (0, ())
    assert house.file.text == before


def test_what_is_not_gone_for_good_yet_is_not_on_the_list(house: House) -> None:
    house.office.told()
    house.office.removes()
    house.sweep()
    assert house.file.text == ""
    house.office.day_over()
    house.sweep()

    (line,) = read_removed(house.file.text)
    assert (line.by, line.why) == (house.office.jo.id, Why.MISTAKE)
    assert not [word for word in ("Bob", "breakfast", "RIVER") if word in house.file.text]


def test_what_raised_an_alert_is_cut_again_and_stays_sealed_for_those_who_handle_alerts(house: House, scene: Scene) -> None:
    house.office.told()
    with house.office.database.reading() as connection:
        seq = connection.execute(select(inbound_message.c.seq)).scalar_one()
    scene.alerts(seq, risk=DANGER)
    copy = house.copied()
    house.office.removes(by=house.office.lead())
    house.office.day_over()
    house.sweep()
    house.restored(copy)
    again = house.erasures.once_more(who=WHO)

    assert again.removed == 1
    assert [each.text for each in house.office.view().card.passages] == [SHOWN[0], SHOWN[2]]
    assert [(each.erased, each.kept) for each in house.office.removals] == [(True, True)]
    assert [each.by for each in house.office.removals] == ["Jo Pascoe"], "the lead's account is not in the copy"


def test_where_the_copy_was_cut_otherwise_somebody_is_asked_to_look(house: House) -> None:
    house.office.told()
    house.removed_since()
    with house.office.database.writing() as connection:
        both = f"{SHOWN[0]} {SHOWN[1]}"
        connection.execute(delete(suggestion))
        connection.execute(delete(passage).where(passage.c.text == SHOWN[1]))
        connection.execute(update(passage).where(passage.c.text == SHOWN[0]).values(text=both, ends=len(both)))
    again = house.erasures.once_more(who=WHO)

    assert (again.removed, again.to_look_at) == (0, ("RIVER 482",))
    assert house.office.words == [WORDS]
    assert len(read_removed(house.file.text)) == 1, "it is still on the list"


def test_where_the_copy_has_it_in_two_both_go(house: House) -> None:
    shown = [SHOWN[0], f"{SHOWN[1]} He never comes to see us.", SHOWN[2]]
    house.office.told(f"{FIRST} {SECRET} He never comes to see us. {LAST}", in_three(shown))
    house.removed_since()
    with house.office.database.writing() as connection:
        whole = connection.execute(select(passage).where(passage.c.text == shown[1])).one()
        middle = whole.starts + len(SHOWN[1])
        second = dict(whole._mapping) | {"id": uuid4(), "position": 9, "text": "He never comes to see us.", "starts": middle + 1}
        connection.execute(update(passage).where(passage.c.id == whole.id).values(text=SHOWN[1], ends=middle))
        connection.execute(insert(passage), second)

    assert house.erasures.once_more(who=WHO).removed == 2
    assert house.office.words == [f"{FIRST} {MARK} {MARK} {LAST}"]


def test_one_word_has_nothing_it_is_known_by_so_somebody_is_asked_to_look(house: House) -> None:
    words = Heard(redacted="Fine. Bus.", passages=(Passage(0, 5, "Fine.", Polarity.BAD), Passage(6, 10, "Bus.", Polarity.BAD)))
    house.office.told("Fine. Bus.", words)
    house.removed_since()

    assert house.erasures.once_more(who=WHO).to_look_at == ("RIVER 482",)


def test_words_that_are_not_heard_yet_are_counted(house: House) -> None:
    house.office.told()
    house.removed_since()
    with house.office.database.writing() as connection:
        connection.execute(update(inbound_message).values(state="waiting"))

    again = house.erasures.once_more(who=WHO)
    assert (again.removed, again.to_look_at, again.unheard) == (0, (), 1)


def test_erasing_by_hand_loses_no_line_of_the_list(house: House) -> None:
    house.office.told()
    house.removed_since()
    (found,) = [house.erasures.records.by_reference("RIVER 482")]
    assert found is not None
    house.erasures.erase(found, who=WHO)

    assert len(read_removed(house.file.text)) == 1


def test_a_line_is_read_as_it_was_written_and_tells_an_older_reader_of_no_message() -> None:
    line = ListedPassage(message="0a0b", runs=((5, "0c0d"), (4, "0e0f")), why=Why.ASKED, by=UUID(int=7), at=NOW)
    text = written((), ("0c0d",), (line, replace(line, by=UUID(int=8))))

    assert read_removed(text) == (line,)
    assert (read(text), read_taken_back(text)) == ((), ("0c0d",))
    assert '"taken_back": ""' in text, "digits of no digest, where an older reader looks for those of a message"
    with pytest.raises(BadContent):
        read_removed('{"removed": "0a", "runs": 3}')
