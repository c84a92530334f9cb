"""`earshot doctor`: what is wrong is a sentence with its fix, and the exit code says whether anything is."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

import app
from bot.model import ChannelName
from bot.records import StaffMember
from bot.rota import Rung
from bot.signposts import Signposts
from bot.wall import Role
from channels.console import Console
from cli.doctor import _people, _reach
from cli.group import main
from rooms import open_team
from staff import assets
from storage import migrations
from storage.keys import new_key


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())


def test_a_database_without_tables_is_told_with_its_fix() -> None:
    told = CliRunner().invoke(main, ["doctor"])

    assert told.exit_code == 1
    assert "earshot db upgrade" in told.output


def test_a_bad_setting_is_told_and_nothing_else_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_ENV", "staging")

    told = CliRunner().invoke(main, ["doctor", "--json"])

    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 1
    assert [row["kind"] for row in rows] == ["fault"]
    assert "EARSHOT_ENV" in rows[0]["says"]


def test_nobody_to_sign_in_and_nobody_to_call_are_faults(tmp_path: Path) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")

    told = CliRunner().invoke(main, ["doctor"])

    assert told.exit_code == 1
    assert "Nobody can sign in" in told.output
    assert "The rota is empty" in told.output
    assert "Text messages are off" in told.output


def test_where_nothing_is_wrong_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    for name, value in {
        "EARSHOT_SECRET_KEY": new_key(),
        "EARSHOT_PUBLIC_URL": "https://feedback.example.org",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_SMS_NUMBER": "+447700900001",
        "TWILIO_WHATSAPP_NUMBER": "+447700900002",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Signposts, "unchecked", lambda *_, **__: ())
    monkeypatch.setattr(assets, "problem", lambda: None)
    added = CliRunner().invoke(
        main,
        [
            "staff",
            "add",
            "Ada Example",
            "--username",
            "ada",
            "--role",
            "safeguarding",
            "--mobile",
            "+447700900801",
            "--make-password",
        ],
    )
    assert added.exit_code == 0, added.output

    told = CliRunner().invoke(main, ["doctor"])

    assert told.exit_code == 0, told.output
    assert "Nothing is wrong." in told.output


def test_in_production_each_contact_nobody_has_checked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_ENV", "production")
    monkeypatch.setenv("EARSHOT_SECRET_KEY", new_key())
    monkeypatch.setenv("EARSHOT_PUBLIC_URL", "https://feedback.example.org")
    monkeypatch.setattr(Signposts, "unchecked", lambda *_, **__: ("Nobody has checked one.", "Nobody has checked two."))

    told = CliRunner().invoke(main, ["doctor"])

    assert "FAULT  Nobody has checked one." in told.output
    assert "FAULT  Nobody has checked two." in told.output


@pytest.mark.parametrize(
    ("number", "off", "missing"),
    [
        ("TWILIO_SMS_NUMBER", "whatsapp", "TWILIO_WHATSAPP_NUMBER"),
        ("TWILIO_WHATSAPP_NUMBER", "sms", "TWILIO_SMS_NUMBER"),
    ],
)
def test_a_house_that_uses_one_of_the_two_has_the_other_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str, off: str, missing: str
) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    monkeypatch.setenv(number, "+447700900001")

    told = CliRunner().invoke(main, ["doctor", "--json"])

    rows = [json.loads(line) for line in told.stdout.splitlines()]
    (found,) = [row for row in rows if missing in row["says"]]
    assert (found["kind"], found["area"]) == ("note", "channels")
    assert f"The channel {off} is off." in found["says"]


def test_what_is_to_be_mended_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:9000")

    told = CliRunner().invoke(main, ["doctor"])

    marks = [line.split()[0] for line in told.output.splitlines() if line.startswith(("ok", "note", "FAULT"))]
    assert marks == sorted(marks, key=["ok", "note", "FAULT"].index)
    assert "On whatsapp messages are accepted but cannot be answered: set TWILIO_WHATSAPP_NUMBER." in told.output
    assert "note   TWILIO_API_URL is on this machine" in told.output
    assert "Twilio cannot reach" not in told.output


def test_a_place_for_files_that_cannot_be_used_is_a_fault_and_one_that_can_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    told = CliRunner().invoke(main, ["doctor"])
    assert "documents can be kept" in told.output
    assert list((tmp_path / "media").rglob("*.blob")) == []

    (tmp_path / "full").write_text("a file where the folder should be")
    monkeypatch.setenv("EARSHOT_MEDIA_URL", str(tmp_path / "full"))

    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 1
    assert "look at EARSHOT_MEDIA_URL" in told.output


DESK = Rung(id=UUID(int=1), name="Desk", email="desk@somerset.example")
RUTH = Rung(id=UUID(int=2), name="Ruth", mobile="+447700900801")


class StandIn(Console):
    """A door under another's name."""

    def __init__(self, name: str) -> None:
        super().__init__(StringIO())
        self.name = ChannelName(name)


def said_of(routes: set[str], *rungs: Rung) -> list[tuple[str, str]]:
    """What the doctor says of these rungs in a house where these routes are on."""
    config = app.Settings.read()
    migrations.upgrade(config.database_url)
    earshot = app.build(config, extra_channels=[StandIn(route) for route in sorted(routes)])
    try:
        return [(found.kind, found.says) for found in _reach(earshot, rungs)]
    finally:
        earshot.database.close()


def test_a_rota_of_work_addresses_alone_is_not_empty() -> None:
    ((kind, says),) = said_of({"email"}, DESK)

    assert kind == "note"
    assert "by email alone" in says


def test_each_rung_that_cannot_be_reached_is_named() -> None:
    assert [says.split(" is on the rota and ")[0] for kind, says in said_of({"email"}, DESK, RUTH) if kind == "fault"] == ["Ruth"]
    assert [says.split(" is on the rota and ")[0] for kind, says in said_of({"sms"}, DESK, RUTH) if kind == "fault"] == ["Desk"]


def test_a_rota_that_no_route_reaches_is_a_fault() -> None:
    (first, *_) = said_of(set(), DESK, RUTH)

    assert first[0] == "fault"
    assert "nobody on it can be called" in first[1]


def test_a_team_in_which_nobody_can_be_the_second_person_is_told_so() -> None:
    config = app.Settings.read()
    migrations.upgrade(config.database_url)
    earshot = app.build(config)
    ada = StaffMember(id=UUID(int=7), name="Ada", username="ada", role="admin", password_hash="x")
    with earshot.store.transaction() as tx:
        tx.add_staff(ada, earshot.clock.now())
    team = open_team(earshot.database, earshot.sealer, earshot.store, earshot.clock)
    _, token = team.invite(name="Ruth Lead", username="ruth", role=Role.SAFEGUARDING, by=ada)
    team.accept(token, "x")
    says = [found.says for found in _people(earshot) if found.kind == "note"]
    earshot.database.close()

    assert any("second person who looks at the accounts of Ruth Lead" in sentence for sentence in says)


def test_who_is_on_the_rota_and_was_locked_out_is_named() -> None:
    config = app.Settings.read()
    migrations.upgrade(config.database_url)
    earshot = app.build(config)
    gone = StaffMember(id=UUID(int=7), name="Ruth", username="ruth", role="safeguarding", password_hash="x")
    with earshot.store.transaction() as tx:
        tx.add_staff(replace(gone, disabled_at=earshot.clock.now()), earshot.clock.now())
        tx.keep_rota([RUTH], rota_id=UUID(int=8), after=0, by=gone.id, now=earshot.clock.now())
    says = [found.says for found in _people(earshot) if found.kind == "fault"]
    earshot.database.close()

    assert any("Ruth is on the rota and was locked out" in sentence for sentence in says)
    assert any("Everybody on the rota was locked out" in sentence for sentence in says)


def test_a_door_that_only_hears_is_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    migrations.upgrade(app.Settings.read().database_url)
    earshot = app.build(app.Settings.read())

    assert ChannelName("sms") in earshot.channels
    assert ChannelName("sms") not in earshot.calling
    earshot.database.close()
