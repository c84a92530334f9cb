"""`earshot erase`: everything of one person goes, the list says so, and a store brought back from a copy is emptied again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

import app
from bot.erasures import ListSweep
from bot.inbox import InboxFilter
from bot.model import Address, ChannelName, InboundMessage
from bot.records import StaffMember
from bot.removing import NewRemoval, Why
from cli.group import main
from parts import Earshot
from storage import migrations
from storage.keys import new_key

ANNA = Address("tel", "+447700900123")
BORIS = Address("email", "boris@family.example")
EVERYTHING = InboxFilter(open_only=False)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`earshot …` on a store with what two people wrote."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    earshot = app.build(app.Settings.read())
    write(earshot, ANNA, "SM1", "Heliotrope taxi")
    write(earshot, BORIS, "SM2", "Bus of Boris")
    earshot.database.checkpoint()
    earshot.database.close()

    def command(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["erase", *words], input=typed)

    return command


def write(earshot: Earshot, sender: Address, name: str, text: str) -> None:
    earshot.intake.receive(
        [InboundMessage(channel=ChannelName("pages"), account="a", external_id=name, sender=sender, text=text)]
    )


def words() -> list[str]:
    earshot = app.build(app.Settings.read())
    texts = [row.text for row in earshot.store.export_messages() if row.text]
    earshot.database.checkpoint()
    earshot.database.close()
    return texts


@pytest.mark.parametrize("whom", ["+447700900123", "07700 900123", "tel:+447700900123"])
def test_a_person_is_erased_by_their_number_after_a_yes(run: Run, whom: str) -> None:
    result = run(whom, typed="y\n")

    assert result.exit_code == 0, result.output
    assert "(1 messages)" in result.output
    assert "Erasure 1, " in result.output
    assert words() == ["Bus of Boris"]


def test_without_a_yes_nothing_is_erased(run: Run) -> None:
    assert run("+447700900123", typed="n\n").exit_code == 1
    assert sorted(words()) == ["Bus of Boris", "Heliotrope taxi"]


def test_a_person_is_erased_by_a_reference(run: Run) -> None:
    earshot = app.build(app.Settings.read())
    while earshot.turns.take_due("a:1"):
        pass
    cards = earshot.store.inbox(EVERYTHING).cards
    earshot.database.close()
    card = next(card for card in cards if "taxi" in card.passages[0].text)

    result = run(card.reference.lower(), typed="y\n")

    assert card.reference in result.output
    assert "Erasure 1" in result.output
    assert "Heliotrope taxi" not in words()


def test_nobody_is_found_twice(run: Run) -> None:
    run("boris@family.example", "--yes")
    result = run("boris@family.example", "--yes")

    assert result.exit_code == 1
    assert "Nobody is known by that" in result.output


@pytest.mark.parametrize("arguments", [(), ("RIVER 482", "--again")])
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_store_brought_back_from_a_copy_is_emptied_again(run: Run, tmp_path: Path) -> None:
    copy = shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    run("+447700900123", "--yes")
    restore(copy, tmp_path)
    assert "Heliotrope taxi" in words()

    result = run("--again")

    assert "1 erasures on the list; 1 people were here again and have been erased." in result.output
    assert words() == ["Bus of Boris"]
    assert "0 people" in run("--again").output
    run("boris@family.example", "--yes")
    assert "2 erasures on the list" in run("--again").output, "a number is never given twice"


def test_what_was_taken_back_comes_out_again_after_a_restore(run: Run, tmp_path: Path) -> None:
    tells(ANNA, "Heliotrope bus")
    copy = shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    tells(ANNA, "take back")
    assert "Heliotrope bus" not in words()
    restore(copy, tmp_path)
    assert "Heliotrope bus" in words()

    assert "1 messages that had been taken back were here again and are out." in run("--again").output
    assert "Heliotrope bus" not in words()
    assert {"Heliotrope taxi", "Bus of Boris"} <= set(words())


def test_a_passage_that_was_removed_comes_out_again_after_a_restore(run: Run, tmp_path: Path) -> None:
    removes_after_a_copy("therapy", tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path)

    assert "1 passages that had been removed were here again and are out." in run("--again").output
    kept = " ".join(words())
    assert "therapy" not in kept
    assert "The school taxi was late again." in kept


def removes_after_a_copy(word: str, copy: Path) -> None:
    """The passage with it goes, and its day is over."""
    earshot = app.build(app.Settings.read())
    told = "The school taxi was late again. We have waited two years for speech therapy."
    write(earshot, ANNA, "SM9", told)
    earshot.worker().work_off()
    now = earshot.clock.now()
    ada = StaffMember(id=uuid4(), name="Ada", username="ada", role="reviewer", password_hash="x")
    with earshot.store.transaction() as tx:
        tx.add_staff(ada, now)
    earshot.database.checkpoint()
    shutil.copy(copy.with_name("store.db"), copy)
    views = [(card.id, each) for card in earshot.store.inbox(EVERYTHING).cards for each in card.passages]
    ((experience_id, passage),) = [(its, each) for its, each in views if word in each.text]
    new = NewRemoval(
        id=uuid4(),
        experience_id=experience_id,
        passage_id=passage.id,
        text=passage.text,
        why=Why.ASKED,
        reason="",
        member=ada,
        told=None,
        with_safeguarding=False,
    )
    with earshot.store.transaction() as tx:
        assert tx.remove_passage(new, now) is not None
        assert tx.erase_removed(new.id, now)
    ListSweep(earshot.erasures.records, earshot.erasures.copy).sweep()
    earshot.database.checkpoint()
    earshot.database.close()


def tells(sender: Address, text: str) -> None:
    """One more message, answered, and the copy of the list written."""
    earshot = app.build(app.Settings.read())
    write(earshot, sender, f"SM {text}", text)
    earshot.worker().work_off()
    ListSweep(earshot.erasures.records, earshot.erasures.copy).sweep()
    earshot.database.checkpoint()
    earshot.database.close()


def test_whoever_wrote_after_their_erasure_is_left_alone(run: Run, tmp_path: Path) -> None:
    run("+447700900123", "--yes")
    earshot = app.build(app.Settings.read())
    write(earshot, ANNA, "SM3", "A new taxi")
    earshot.database.close()

    assert "0 people" in run("--again").output
    assert "A new taxi" in words()


def test_whoever_wrote_to_a_store_that_was_brought_back_is_for_a_person_to_ask(run: Run, tmp_path: Path) -> None:
    copy = shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    run("+447700900123", "--yes")
    restore(copy, tmp_path)
    earshot = app.build(app.Settings.read())
    write(earshot, ANNA, "SM3", "A new taxi")
    earshot.database.checkpoint()
    earshot.database.close()

    result = run("--again")

    assert "1 were left alone" in result.output
    assert "A new taxi" in words()


def test_the_list_holds_digests_and_no_address(run: Run, tmp_path: Path) -> None:
    run("+447700900123", "--yes")
    (path,) = tmp_path.glob("media/*/erasures.jsonl")

    assert "900123" not in path.read_text()
    assert '"number": 1' in path.read_text()


def test_a_list_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("no list")

    result = run("--again", "--list", str(tmp_path / "list"))

    assert result.exit_code == 1
    assert "This is no list of erasures" in result.output


def restore(copy: Path | str, folder: Path) -> None:
    for name in ("store.db-wal", "store.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(copy, folder / "store.db")
