"""`earshot chat`: the talk in the terminal, as on the channel that was asked for, down to the request that would leave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.conversation import Say
from bot.model import ENGLISH, ChannelName
from bot.wording import Wording
from cli.chat import CHANNELS
from cli.group import main
from demo import terminal

Told = Mapping[str, Any]
STORY = "The taxi never came again today, third time this week."


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*options: str, lines: Sequence[str]) -> Result:
    return CliRunner().invoke(main, ["chat", *options], input="".join(f"{line}\n" for line in lines))


def objects(*options: str, lines: Sequence[str]) -> list[Told]:
    result = run("--json", *options, lines=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_as_text_messages_the_bot_says_what_it_says_in_text_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[ChannelName] = set()
    speak = Wording.speak

    def listen(self: Wording, say: Say, locale: object, channel: ChannelName) -> object:
        asked.add(channel)
        return speak(self, say, ENGLISH, channel)

    monkeypatch.setattr(Wording, "speak", listen)

    told = run("--as", "sms", lines=[STORY])

    assert told.exit_code == 0, told.output
    assert asked == {ChannelName("sms")}
    assert "x SMS" in told.output


def test_a_channel_it_cannot_word_for_is_a_sentence() -> None:
    told = run("--as", "fax", lines=[])

    assert told.exit_code == 2
    assert "fax" in told.output


def test_every_channel_of_the_terminal_can_be_asked_for() -> None:
    assert CHANNELS == terminal.CHANNELS


@pytest.fixture(scope="module")
def told() -> list[Told]:
    """One talk in Messenger, with everything that can be asked of the terminal on the way."""
    return objects(
        *("--as", "messenger", "--payload"),
        lines=[
            *(STORY, "Lapwing Moor School", "2", "/later 2d", "/nonsense", "/inbox"),
            *("/at 20:00", "My son wants to kill himself", "/inbox"),
        ],
    )


def test_an_answer_that_can_be_pressed_shows_its_buttons_and_the_request_that_carries_them(told: list[Told]) -> None:
    asked = next(part for part in told if part.get("buttons"))

    assert asked["buttons"] == ["Yes", "No, team only"]
    assert '"payload": "choice:words_no"' in asked["request"]


def test_a_number_presses_the_button_at_its_place(told: list[Told]) -> None:
    assert [part["buttons"] for part in told if part.get("buttons")] == [["Yes", "No, team only"], ["Yes", "No"]]


def test_two_days_later_the_window_is_shut(told: list[Told]) -> None:
    windows = [part["window"]["open"] for part in told if part["kind"] in {"bot", "clock"}]

    assert windows[0] is True
    assert next(part for part in told if part["kind"] == "clock")["window"]["open"] is False


def test_a_command_there_is_not_is_a_sentence_and_the_talk_goes_on(told: list[Told]) -> None:
    place = next(number for number, part in enumerate(told) if part["kind"] == "error")

    assert "/nonsense" in told[place]["error"]
    assert told[place + 1]["kind"] == "inbox"


def test_the_inbox_is_what_the_team_would_find(told: list[Told]) -> None:
    first, second = (part["experiences"] for part in told if part["kind"] == "inbox")

    assert [tag["theme"] for tag in first[0]["passages"][0]["themes"]][:1] == ["Home to school transport"]
    assert first[0]["risk"] == "none"
    assert "danger" in {experience["risk"] for experience in second}


def test_the_clock_goes_to_the_evening_and_danger_is_answered_for_that_hour(told: list[Told]) -> None:
    evening = [part for part in told if part["kind"] == "clock"][-1]
    danger = [part for part in told if part["kind"] == "bot"][-1]

    assert evening["at"][11:16] == "20:00"
    assert "999" in danger["text"]


def test_it_goes_on_as_any_channel_and_each_answers() -> None:
    lines = [line for channel in CHANNELS for line in (f"/as {channel}", STORY)]
    told = objects("--payload", lines=lines)
    answered = {part["channel"]: part for part in told if part["kind"] == "bot"}

    assert set(answered) == set(CHANNELS)
    assert answered["sms"]["segments"] == {"encoding": "GSM-7", "units": answered["sms"]["segments"]["units"], "segments": 1}
    assert "To=+447700900207" in answered["sms"]["request"]
    assert "StatusCallback=" in answered["whatsapp"]["request"]
    assert "/sendMessage" in answered["telegram"]["request"]
    assert '"from": "earshot"' in answered["webchat"]["request"]
    assert "<main" in answered["pages"]["request"]
    assert "To: sam@example.org" in answered["email"]["request"]


def test_in_polish_it_answers_in_polish_on_a_phone() -> None:
    told = objects("--as", "whatsapp", "--locale", "pl", lines=["Taksówka znowu nie przyjechała."])

    assert "Dziękujemy" in told[0]["text"]


def test_a_language_it_does_not_speak_is_a_sentence() -> None:
    told = run("--locale", "tlh", lines=[])

    assert told.exit_code == 2
    assert "en-x-easyread" in told.output
