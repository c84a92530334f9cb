"""A family, a team and the passing of time as a machine that does anything in any order, and what must hold at every step.

One rule is one thing that happens; after each turn every promise of the dialogue is looked at. The machine is lean: the
script is loaded once, a text is recognised once, and words are spoken in the language of the talk alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.conversation import Command
from bot.heard import Heard, Polarity, Risk
from bot.model import Locale, NetworkKeyword, Speaker
from tests.bot.talking import CALM, CONCERN, DANGER, PAPER, PHOTO, PIN, SCRIPT, VOICE, WEARY, Message, Talk
from tests.bot.witness import BUTTONS, Witness, heard_as_one, is_no_story

ENGLISH_WORDS = [
    *(command.value for command in Command),
    *("1", "2", "1 yes", "yes", "no", "ok", "👍", "❤️", "😡", "hi", "thanks", "what?", "?", "show me", "not sure", "delete 482"),
    *("482", "999", "it was a figure of speech", "english", "polski", "easy read", "link", "OTTER 214 TULIP 915", "read"),
    *("", " ", "\x00", "\ud800", "\u202e", "x" * 3000, "{reference} {0}", "1\n2", "STOP sending the taxi"),
    *("yes but not his name", "no, it was about transport", "no, it is one thing", "No, that is two things"),
]
OTHER_WORDS = sorted(
    {
        word
        for vocabulary in SCRIPT.commands.vocabularies.values()
        for words in (vocabulary.commands, vocabulary.answers, vocabulary.phrases, vocabulary.numbers)
        for word in list(words)[:40]
    }
)
WISHES = [
    *("My son died in August", "Who do I ring about transport?", "where is my EHCP?", "I want to make a formal complaint"),
    *("This is a freedom of information request", "Please send me everything you hold on my son", "this is bullshit"),
    *("Someone should slap that head teacher", "https://prize.example/x", "sorry, wrong number", "Am I talking to a bot?"),
    *("We live in Exeter and he waits", "my bins were not collected", "How do I apply for an EHCP?"),
    "Where is my EHCP? My daughter died. I want to make a formal complaint. Are you real? Who do I ring?",
]
STORIES = [
    *("The taxi was late", "rubbish", "I'm 14 and sad", "I'm 22 and my college never helps me", "He loves his new school " * 20),
    *("my grandson waits", "I am a teacher at his school", "Taksówka znowu się spóźniła i nikt do nas nie zadzwonił"),
    *("The taxi was late. And we still wait for his plan", "He loves his new school " * 19 + "and we thank you"),
]
GAPS = [
    *(timedelta(0), timedelta(0), timedelta(seconds=20), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=9)),
    *(timedelta(days=1), timedelta(days=6, hours=23), timedelta(days=9), timedelta(days=45), timedelta(days=400)),
]
LOCALES = tuple(sorted(SCRIPT.spoken))

worries = st.sampled_from([CALM, CALM, CALM, CALM, WEARY, CONCERN, DANGER])
heard = st.fixed_dictionaries(
    {},
    optional={
        "theme_is_sure": st.sampled_from(["transport", "ehc_timeliness", "no_such_theme"]),
        "polarity": st.sampled_from(list(Polarity)),
        "service": st.just("transport"),
        "needs_translation": st.just(True),
        "locale": st.sampled_from([*LOCALES, Locale("tr")]),
        "locale_score": st.just(1.0),
        "risk": st.sampled_from([CALM, CALM, WEARY, CONCERN]),
    },
)
calmly_heard = st.sampled_from(
    [
        {},
        {"polarity": Polarity.BAD},
        {"theme_is_sure": "transport", "polarity": Polarity.BAD},
        {"theme_is_sure": "ehc_timeliness", "service": "ehc_assessment"},
    ]
)
texts = st.one_of(st.sampled_from(ENGLISH_WORDS), st.sampled_from(STORIES), st.sampled_from(WISHES), st.sampled_from(OTHER_WORDS))
any_text = st.one_of(texts, st.text(max_size=40))
messages = st.builds(
    Message,
    text=any_text,
    risk=worries,
    choice=st.sampled_from([None, None, None, None, *BUTTONS, "nonsense"]),
    media=st.sampled_from([(), (), (), (), (PHOTO,), (VOICE,), (PAPER,)]),
    location=st.sampled_from([None, None, None, PIN]),
    network=st.sampled_from([None, None, None, None, *NetworkKeyword]),
    details=st.sampled_from([{}, {}, {}, {"verified": False}, {"speaker": Speaker.YOUNG_PERSON}]),
    waited=st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=20)]),
)


class Family(RuleBasedStateMachine):
    """One person on one channel."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk(references=[f"RIVER {number}" for number in range(998, 99, -1)])
        self.witness = self.watched_by(self.talk)

    def watched_by(self, talk: Talk) -> Witness:
        return Witness(talk)

    @initialize(channel=st.sampled_from(["sms", "whatsapp", "webchat", "pages", "email"]))
    def begins(self, channel: str) -> None:
        self.talk.knows(channel=channel)

    # --- what happens -------------------------------------------------------------------------------------------------

    @rule(text=texts, what=calmly_heard)
    def writes(self, text: str, what: dict[str, Any]) -> None:
        self.turn([Message(text=text)], what)

    @rule(text=st.sampled_from(WISHES))
    def wishes_for_something(self, text: str) -> None:
        self.turn([Message(text=text)], {})

    @rule(locale=st.sampled_from(LOCALES))
    def chooses_a_language(self, locale: Locale) -> None:
        self.talk.knows(locale=locale)

    @rule(text=st.text(max_size=60), what=heard)
    def writes_anything(self, text: str, what: dict[str, Any]) -> None:
        self.turn([Message(text=text)], what)

    @rule(burst=st.lists(messages, min_size=1, max_size=4), what=heard)
    def sends_a_burst(self, burst: list[Message], what: dict[str, Any]) -> None:
        self.turn(burst, what)

    @rule(choice=st.sampled_from((*BUTTONS, "nonsense")))
    def presses(self, choice: str) -> None:
        self.turn([Message(choice=choice)], {})

    @rule(yes=st.booleans())
    def answers(self, yes: bool) -> None:  # noqa: FBT001 - it is drawn by name
        self.turn([Message(text="1" if yes else "2")], {})

    @rule(
        media=st.sampled_from([(PHOTO,), (VOICE,), (PAPER,), (PHOTO, VOICE)]),
        text=st.sampled_from(["", "", "The letter they sent"]),
    )
    def sends_a_file(self, media: tuple[Any, ...], text: str) -> None:
        self.turn([Message(text=text, media=media)], {})

    @rule(text=st.sampled_from(STORIES), risk=st.sampled_from([CONCERN, DANGER]))
    def tells_of_danger(self, text: str, risk: Risk) -> None:
        self.turn([Message(text=text, risk=risk)], {})

    @rule()
    def confirms_the_deletion(self) -> None:
        self.turn([Message(text=f"delete {self.talk.conversation.delete_code or '482'}")], {})

    @rule(gap=st.sampled_from(GAPS))
    def time_passes(self, gap: timedelta) -> None:
        self.talk.now += gap

    @rule(held=st.booleans())
    def staff_hold_or_let_go(self, held: bool) -> None:  # noqa: FBT001 - it is drawn by name
        self.talk.knows(held=held)

    @rule()
    def staff_read_it(self) -> None:
        if self.talk.conversation.reference:
            self.talk.knows(read_on=self.talk.now.date())

    def turn(self, burst: list[Message], what: dict[str, Any]) -> None:
        burst = self.arrive(burst)
        talk, before, at = self.talk, self.talk.conversation, self.talk.now
        burst = [_heard(message, what, before.locale) for message in burst]
        talk.together = heard_as_one(burst)
        talk.takes_turn(*burst)
        self.witness.sees(before, burst, at)

    def arrive(self, burst: list[Message]) -> list[Message]:
        """What a turn is prepared with before it is taken: the talk may be told more, the words may be others."""
        return burst


def _heard(message: Message, what: dict[str, Any], locale: Locale) -> Message:
    """With what the listener makes of it: it hears no worry in a word that is a command or an answer."""
    risk = {} if is_no_story(message.text, locale) else {"risk": what.get("risk", CALM)}
    return replace(message, heard=Heard(redacted=message.text, **{**what, "risk": CALM, **risk}))
