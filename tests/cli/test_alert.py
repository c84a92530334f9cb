"""`earshot alert`: a drill begins, is watched, and says how long each rung took."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from bot.records import StaffMember
from cli.group import Start, main
from storage import migrations
from storage.keys import new_key


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    return Start()


def hire(start: Start) -> StaffMember:
    ada = StaffMember(
        id=uuid4(), name="Ada Example", username="ada", role="safeguarding", password_hash="x", mobile="+447700900801"
    )
    with start.store().transaction() as tx:
        tx.add_staff(ada, start.earshot.clock.now())
    return ada


def test_with_an_empty_rota_no_drill_begins(start: Start) -> None:
    told = CliRunner().invoke(main, ["alert", "drill"], obj=start)

    assert told.exit_code == 1
    assert "The rota is empty" in told.output


def test_a_drill_that_somebody_takes_tells_how_long_it_took(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes it between the first look and the second."""
    ada = hire(start)
    store = start.earshot.store

    def take(seconds: float) -> None:
        del seconds
        (due,) = store.drills_due(start.earshot.clock.now())
        with store.transaction() as tx:
            tx.take_drill(due.id, ada.id, start.earshot.clock.now())

    monkeypatch.setattr("cli.alert.time.sleep", take)
    told = CliRunner().invoke(main, ["alert", "drill"], obj=start)
    listed = CliRunner().invoke(main, ["alert", "drills"], obj=start)

    assert told.exit_code == 0, told.output
    assert "taken by Ada Example after 1 min." in told.output
    assert "taken by Ada Example" in listed.output
    assert store.alerts_due(start.earshot.clock.now()) == ()
