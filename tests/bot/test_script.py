"""The script: read whole, or refused with a sentence that names the fault."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation import Purpose
from bot.errors import BadContent
from bot.model import ChannelName
from bot.script import CONTENT, Script

SCRIPT = Script.load()


def test_the_budgets_are_those_of_the_house() -> None:
    budgets = (SCRIPT.max_questions, SCRIPT.max_messages, SCRIPT.max_puts, SCRIPT.max_segments, SCRIPT.max_wide_segments)

    assert budgets == (3, 5, 2, 6, 12)


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [("sms", 25), ("whatsapp", 10), ("webchat", 5), ("pages", 0), ("console", 0), ("email", 0), ("pigeon", 0)],
)
def test_each_channel_settles_in_its_own_time(channel: str, seconds: int) -> None:
    assert SCRIPT.settle(ChannelName(channel)) == timedelta(seconds=seconds)


def test_no_two_questions_share_an_answer() -> None:
    assert SCRIPT.question_of("words_yes") is SCRIPT.questions["consent_words"]
    assert SCRIPT.question_of("changes_yes") is SCRIPT.questions["consent_changes"]
    assert SCRIPT.question_of("maybe") is None


def test_each_consent_is_for_one_purpose() -> None:
    assert [SCRIPT.questions[key].purpose for key in SCRIPT.consents] == [Purpose.WORDS_IN_PUBLIC, Purpose.TELL_WHAT_CHANGED]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"consent_changes"]', '"consent_tea"]', "asks “consent_tea”"),
        ('consents = ["consent_words"', 'consents = ["probe"', "has no purpose"),
        ('when = "short"', 'when = "raining"', "is no reason"),
        ('purpose = "words_in_public"', 'purpose = "fun"', "no purpose “fun”"),
        ('words_no = "no"', 'words_no = "yes"', "one no"),
        ("changes_yes", "words_yes", "share an answer"),
        ("messages = 5 ", "message = 5 ", "messages"),
        ("messages = 5 ", "messages = -5 ", "below nought"),
        ("messages = 5 ", 'messages = "5" ', "a whole number"),
        ("sms = 25", "sms = true", "a whole number"),
        ("[time]", "[times]", "time"),
    ],
)
def test_a_script_that_cannot_be_played_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    text = (folder / "script.toml").read_text("utf-8")
    assert old in text
    (folder / "script.toml").write_text(text.replace(old, new), "utf-8")

    with pytest.raises(BadContent, match=complaint):
        Script.load(folder)
