"""The guides name what is there, and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.columns import FIELDS as COLUMNS
from bot.script import Script
from bot.wording import Wording
from channels.messenger_checks import FIELDS, PROBES
from channels.twilio_checks import COME_AGAIN, INBOUND_PATH
from doors import open_doors
from settings import Settings
from storage.tables import METADATA
from tests.channels.test_privacy import EVERY_DOOR

ROOT = Path(__file__).parents[2]
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
GUIDE = (ROOT / "docs" / "channels.md").read_text("utf-8")
LINK = re.compile(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"\b(?:EARSHOT|TWILIO|META|TELEGRAM|EMAIL)_[A-Z_]+[A-Z]\b")


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_the_data_map_names_every_table(table: str) -> None:
    assert f"`{table}`" in (ROOT / "docs" / "data-map.md").read_text("utf-8")


@pytest.mark.parametrize("guide", DOCS, ids=lambda path: path.name)
def test_every_setting_a_guide_names_is_there(guide: Path) -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}

    assert set(SETTING.findall(guide.read_text("utf-8"))) - known == set()


@pytest.mark.parametrize("guide", DOCS, ids=lambda path: path.name)
def test_every_file_a_guide_leads_to_is_there(guide: Path) -> None:
    assert [link for link in LINK.findall(guide.read_text("utf-8")) if not (guide.parent / link).exists()] == []


def test_the_guide_names_every_address_that_a_provider_calls() -> None:
    secrets = {"telegram_secret": "word", "email_webhook_secret": "word"}
    settings = Settings.read(public_url="https://earshot.example", **EVERY_DOOR, **secrets)
    gates = set(open_doors(settings, Script.load(), Wording.load(), secret_key="k" * 32).gates)
    by_themselves = {"/webhooks/twilio/status", "/webhooks/telegram"}  # told to the provider by the program, never typed

    assert {path for path in gates - by_themselves if path not in GUIDE} == set()
    assert set(re.findall(r"YOUR-(?:ADDRESS|HOST)(/webhooks/[a-z/-]*[a-z])", GUIDE)) <= gates


def test_the_guide_names_what_the_page_is_to_tell_us_and_what_to_ask_meta_for() -> None:
    assert ", ".join(FIELDS) in GUIDE
    assert [probe.permission for probe in PROBES if f"`{probe.permission}`" not in GUIDE] == []


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "messenger", "telegram", "email"])
def test_the_guide_says_how_each_provider_is_asked_whether_all_is_well(channel: str) -> None:
    assert f"`earshot channels check {channel}`" in GUIDE


def test_the_guide_and_the_command_set_the_same_address_at_twilio() -> None:
    assert f"`https://YOUR-ADDRESS{INBOUND_PATH}{COME_AGAIN}`" in GUIDE


def test_the_guide_names_every_field_of_an_import() -> None:
    (named,) = re.findall(r"once for each: ([^.]*)\.", GUIDE)

    assert [field.removesuffix(" (needed)") for field in named.split(", ")] == list(COLUMNS)
