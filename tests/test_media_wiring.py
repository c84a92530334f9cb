"""Where files are kept and who writes voice messages down is said by settings; a wrong one is named in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import app
from bot.errors import BadSettings
from bot.model import ENGLISH
from media_wiring import load_transcriber
from storage import migrations


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    address = f"sqlite:///{tmp_path / 'app.db'}"
    migrations.upgrade(address)
    return address


def test_files_lie_beside_the_store_unless_a_setting_says_where(url: str, tmp_path: Path) -> None:
    for given, folder in (("", tmp_path / "media"), (str(tmp_path / "elsewhere"), tmp_path / "elsewhere")):
        earshot = app.build(app.Settings.read(database_url=url, media_url=given))
        key = earshot.media.blobs.put(b"a letter")

        assert [path.name for path in folder.rglob("*.blob")] == [f"{key.hex}.blob"]
        earshot.database.close()


def test_a_place_of_an_unknown_kind_stops_the_start(url: str) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_MEDIA_URL"):
        app.build(app.Settings.read(database_url=url, media_url="nowhere://bucket"))


def test_every_channel_that_brings_files_can_be_asked_for_them(url: str) -> None:
    earshot = app.build(app.Settings.read(database_url=url))

    assert set(earshot.media.sources) == set(earshot.channels)
    earshot.database.close()


def test_nobody_writes_voice_messages_down_by_default() -> None:
    assert load_transcriber(app.Settings.read().transcriber) is None


def test_a_function_that_is_named_writes_them_down(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("made_up_writer")
    module.write_down = lambda content, content_type, locale: f"{content!r} {content_type} {locale}"  # type: ignore[attr-defined] # a module made here
    monkeypatch.setitem(sys.modules, "made_up_writer", module)
    writer = load_transcriber("made_up_writer:write_down")

    assert writer is not None
    assert writer(b"x", "audio/ogg", ENGLISH) == "b'x' audio/ogg en"


@pytest.mark.parametrize("named", ["no_such_module:write", "json:no_such_function", "json:__doc__"])
def test_a_function_that_cannot_be_had_is_named(named: str) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_TRANSCRIBER"):
        load_transcriber(named)


@pytest.mark.parametrize("value", ["module", "module:", ":function", "module:function()", "a b:c"])
def test_a_setting_of_another_form_is_refused(value: str) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_TRANSCRIBER must name a function as package"):
        app.Settings.read(EARSHOT_TRANSCRIBER=value)
