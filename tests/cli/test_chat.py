"""`earshot chat`: the talk in the terminal, worded as the channel would that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.model import ENGLISH, ChannelName, Say
from bot.wording import Wording
from cli.group import main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_as_text_messages_the_bot_says_what_it_says_in_text_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[ChannelName] = set()
    speak = Wording.speak

    def listen(self: Wording, say: Say, locale: object, channel: ChannelName) -> object:
        asked.add(channel)
        return speak(self, say, ENGLISH, channel)

    monkeypatch.setattr(Wording, "speak", listen)

    told = CliRunner().invoke(main, ["chat", "--as", "sms"], input="The school taxi was late again today.\n")

    assert told.exit_code == 0, told.output
    assert asked == {ChannelName("sms")}
    assert "x SMS" in told.output


def test_a_channel_it_cannot_word_for_is_a_sentence() -> None:
    told = CliRunner().invoke(main, ["chat", "--as", "fax"])

    assert told.exit_code == 2
    assert "fax" in told.output
