"""A bot for the pages' tests that says the real words, by a road as short as a test."""

from __future__ import annotations

from bot.conversation import Say
from bot.model import ENGLISH, InboundMessage, Locale
from bot.safety import check
from bot.script import Script
from bot.wording import Wording
from bot.wording_rules import Rules
from tests.channels.webchat_fakes import FakeWeb

VALUES = {
    **Rules.load().sample,
    "reference": "RIVER 482",
    "read_by": "2026-11-26",
    "read_on": "2026-11-24",
    "due_by": "2026-11-20",
    "next_read": "9am on Mon 23 Nov",
    "open_hours": "1-5 09:00-17:00",
    "privacy_url": "https://earshot.example/privacy",
    "code": "482",
    "words": "The taxi never came",
    "theme": "transport",
    "other": "the school",
    "staff_url": "https://earshot.example/staff",
}

_WORDS = ("words_yes", "words_no")
_CHANGES = ("changes_yes", "changes_no")


class WordedBot:
    """Welcome and probe, two consents, the close. Danger and a wish to delete are answered wherever they come."""

    def __init__(self) -> None:
        self._wording = Wording.load()
        self._values = {**VALUES, **Script.load().signposts}

    def __call__(self, web: FakeWeb, message: InboundMessage) -> None:
        theirs = [each for each in web.received if each.sender == message.sender]
        for key, choices in self._answer(message, len(theirs)):
            said = self._wording.speak(Say(key, self._values, choices), self._locale(theirs), message.channel)
            web.say(message, said.text, *((choice.key, choice.label) for choice in said.choices), key=key)

    def _answer(self, message: InboundMessage, number: int) -> list[tuple[str, tuple[str, ...]]]:
        if check(message.text).level.needs_alert:
            return [("danger.self_harm.closed", ())]
        if message.text == "DELETE":
            return [("delete.confirm", ())]
        match number:
            case 1:
                return [("first.story", ()), ("reflect+ask.probe_bad", ())]
            case 2:
                return [("kept.more+ask.consent_words", _WORDS)]
            case 3:
                return [("noted.words_yes+ask.consent_changes", _CHANGES)]
            case _:
                return [("close.thanks", ())]

    def _locale(self, theirs: list[InboundMessage]) -> Locale:
        return next((each.locale for each in reversed(theirs) if each.locale), ENGLISH)
