"""`earshot channels check` and `connect`: what the provider says, in sentences, and an exit code for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.group import main
from demo.provider import ACCOUNT_SID, AUTH_TOKEN, SMS_NUMBER
from storage import migrations
from storage.keys import new_key
from tests.channels.twilio_numbers import Numbers, twilio_numbers


@pytest.fixture
def numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Numbers]:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrations.upgrade(url)
    with twilio_numbers() as running:
        for name, value in {
            "DATABASE_URL": url,
            "EARSHOT_DATA_KEYS": new_key(),
            "EARSHOT_PUBLIC_URL": "https://feedback.example.org",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_SMS_NUMBER": SMS_NUMBER,
            "TWILIO_API_URL": running.url,
        }.items():
            monkeypatch.setenv(name, value)
        yield running


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["channels", *words])


@pytest.mark.usefixtures("numbers")
def test_what_is_wrong_is_told_with_its_fix_and_ends_with_1() -> None:
    told = run("check", "sms")

    assert told.exit_code == 1
    assert "FAULT  sms: Texts to the number go by POST to https://demo.twilio.com" in told.output
    assert "Run: earshot channels connect sms" in told.output
    assert "2 to mend." in told.output


@pytest.mark.usefixtures("numbers")
def test_connected_all_is_well_for_every_channel() -> None:
    assert run("connect", "sms").exit_code == 0
    told = run("check")

    assert told.exit_code == 0
    assert "Nothing is wrong." in told.output
    assert "whatsapp: It is off." in told.output


@pytest.mark.usefixtures("numbers")
def test_a_program_reads_it_as_json() -> None:
    rows = [json.loads(line) for line in run("check", "sms", "--json").stdout.splitlines()]

    assert {row["channel"] for row in rows} == {"sms"}
    assert [row["ok"] for row in rows] == [True, True, False, False]
    assert all(row["fix"] for row in rows if not row["ok"])


@pytest.mark.usefixtures("numbers")
def test_a_channel_that_is_not_there_is_said_with_those_that_are() -> None:
    told = run("check", "carrier-pigeon")

    assert told.exit_code == 1
    assert "There is no channel carrier-pigeon" in told.output
    assert "sms" in told.output


@pytest.mark.usefixtures("numbers")
def test_the_doctor_asks_the_providers_when_told_to() -> None:
    offline = CliRunner().invoke(main, ["doctor"]).output
    online = CliRunner().invoke(main, ["doctor", "--online"]).output

    assert "sms: Texts to the number go by POST" not in offline
    assert "FAULT  sms: Texts to the number go by POST" in online


def test_where_nobody_could_be_asked_it_does_not_say_that_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    told = run("check")

    assert told.exit_code == 0
    assert "Nothing is wrong" not in told.output
    assert "earshot doctor" in told.output
