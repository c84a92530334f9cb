"""Campaigns as files: what stands in them is fit for families, and a slip is said in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.campaigns import LONGEST_LABEL, Campaigns, State
from bot.conversation import Say
from bot.errors import BadContent
from bot.invitations import InvitationLimits
from bot.model import EASY_READ, ENGLISH, Locale
from bot.prices import pence_a_segment
from bot.wording_checks import SMS, grade
from bot.wording_rules import Rules
from channels.rendering import as_sms
from channels.segments import Encoding, measure
from tests.bot.sayings import WORDING
from tests.bot.talking import SCRIPT

RULES = Rules.load()
CAMPAIGNS = SCRIPT.campaigns.by_code
TEXTS = [
    (code, locale, name, text)
    for code, campaign in CAMPAIGNS.items()
    for locale, words in campaign.words.items()
    for name, text in [
        ("about", words.about),
        *((f"ask.{key}", asks) for key, asks in words.ask.items()),
        *((f"again.{key}", asks) for key, asks in words.again.items()),
    ]
]
HOUSE = [each for each in TEXTS if each[1] in (ENGLISH, EASY_READ)]
SMALL = """
from = 2026-11-02
until = 2026-12-18
[[question]]
key = "how"
kind = "choice"
answers = ["well", "badly"]
[words.en]
title = "T"
about = "A."
ask.how = "How?"
again.how = "How was it?"
answer.how = { well = "Well", badly = "Badly" }
[words.en-x-easyread]
title = "T"
about = "A."
ask.how = "How?"
again.how = "How was it?"
answer.how = { well = "Well", badly = "Badly" }
"""


def test_there_is_an_example_of_a_consultation_and_of_what_is_asked_each_term() -> None:
    assert set(CAMPAIGNS) == {"strategy", "term"}


@pytest.mark.parametrize(("code", "locale", "name", "text"), HOUSE)
def test_the_reading_age_is_that_of_the_house(code: str, locale: Locale, name: str, text: str) -> None:
    assert grade(text) + 5 <= (8 if locale == EASY_READ else 11), f"{grade(text) + 5:.1f}: {text}"


@pytest.mark.parametrize(("code", "locale", "name", "text"), HOUSE)
def test_every_text_fits_the_plain_alphabet_of_sms(code: str, locale: Locale, name: str, text: str) -> None:
    assert measure(text).encoding is Encoding.GSM


@pytest.mark.parametrize(("code", "locale", "name", "text"), HOUSE)
def test_no_text_says_what_we_never_say(code: str, locale: Locale, name: str, text: str) -> None:
    assert [why for why, pattern in RULES.never.items() if pattern.search(text)] == []
    assert "!" not in text


@pytest.mark.parametrize(("code", "locale", "name", "text"), TEXTS)
def test_the_lock_screen_shows_nothing_sensitive(code: str, locale: Locale, name: str, text: str) -> None:
    seen = text[:40]
    if locale in (ENGLISH, EASY_READ):
        assert not RULES.sensitive.search(seen), seen
    else:
        assert [word for word in RULES.sensitive_words[locale] if word in seen.casefold()] == []


@pytest.mark.parametrize("code", CAMPAIGNS)
@pytest.mark.parametrize("locale", [ENGLISH, EASY_READ])
def test_the_beginning_takes_three_segments_and_each_question_two(code: str, locale: Locale) -> None:
    campaign = CAMPAIGNS[code]
    words = campaign.in_words(locale)
    for question in campaign.questions:
        labels = {campaign.button(question, answer): words.labels[question.key][answer] for answer in question.answers}
        values = {"about": words.about, "at": campaign.place(question.key), "question": words.ask[question.key]}
        for key, most in (("campaign.begin+ask.campaign_skip", 3), ("campaign.kept+ask.campaign_skip", 2)):
            spoken = WORDING.speak(Say(key, values, tuple(labels), labels), locale, SMS)
            assert sum(measure(part.text).segments for part in as_sms(spoken)) <= most


@pytest.mark.parametrize("code", CAMPAIGNS)
def test_every_label_and_number_is_understood_as_the_answer_it_stands_for(code: str) -> None:
    campaign = CAMPAIGNS[code]
    for locale, words in campaign.words.items():
        for question in campaign.questions:
            for place, answer in enumerate(question.answers, start=1):
                label = words.labels[question.key][answer]
                for text in (label, label.upper(), str(place), f"{place}.", f"{place} {label}"):
                    assert campaign.answer(question, text, locale, SCRIPT.commands) == answer, text


@pytest.mark.parametrize("text", ["2 weeks", "1 or 2", "6", "0", "", "well badly", "👍", "x" * 3000, "\ud800"])
def test_what_is_not_plainly_an_answer_is_none(text: str) -> None:
    question = CAMPAIGNS["term"].questions[0]

    assert CAMPAIGNS["term"].answer(question, text, ENGLISH, SCRIPT.commands) is None


def test_a_campaign_is_open_on_its_first_and_its_last_day() -> None:
    campaign = CAMPAIGNS["strategy"]
    days = [date(2026, 11, 1), date(2026, 11, 2), date(2026, 12, 18), date(2026, 12, 19)]

    assert [campaign.state(day) for day in days] == [State.SOON, State.OPEN, State.OPEN, State.OVER]


def test_no_two_questions_share_a_button() -> None:
    buttons = [
        campaign.button(question, answer)
        for campaign in CAMPAIGNS.values()
        for question in campaign.questions
        for answer in question.answers
    ]

    assert len(set(buttons)) == len(buttons)
    assert all(len(button.encode()) <= 64 for button in buttons), "Telegram takes no more"
    assert all(SCRIPT.campaigns.of_button(button) for button in buttons)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("until = 2026-12-18", "until = 2026-10-01"), "closes before it opens"),
        (lambda text: text.replace('"well", "badly"', '"well"'), "between 2 and 5 answers"),
        (lambda text: text.replace('kind = "choice"', 'kind = "scale"'), "no kind “scale”"),
        (lambda text: text.split("[words.en-x")[0], "no words in: en-x-easyread"),
        (lambda text: text.replace('badly = "Badly"', 'badly = "Well"'), "read the same"),
        (lambda text: text.replace('badly = "Badly"', 'badly = "Stop"'), "is a command"),
        (lambda text: text.replace('badly = "Badly"', f'badly = "{"x" * 21}"'), "what a button holds"),
        (lambda text: text.replace('again.how = "How was it?"', ""), "says nothing about “again”"),
        (lambda text: text.replace("[[question]]", "[question]"), "“question” must be a list"),
        (lambda text: text.replace('key = "how"', 'key = "How it is"'), "small letters"),
    ],
)
def test_a_slip_in_a_file_is_said_in_a_sentence(tmp_path: Path, change: Callable[[str], str], says: str) -> None:
    (tmp_path / "small.toml").write_text(change(SMALL), "utf-8")

    with pytest.raises(BadContent, match=re.escape(says)):
        Campaigns.load(tmp_path)


def test_a_file_with_a_name_that_is_no_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "My Campaign.toml").write_text(SMALL, "utf-8")

    with pytest.raises(BadContent, match="a code has 3 to 20"):
        Campaigns.load(tmp_path)


def test_without_a_folder_there_are_no_campaigns(tmp_path: Path) -> None:
    assert Campaigns.load(tmp_path / "none").by_code == {}


def test_the_limits_of_invitations_are_what_the_team_set() -> None:
    limits = InvitationLimits.load()

    assert limits.every.days == 60
    assert limits.pence["sms"] == pence_a_segment(), "the price beside a text is the price of an invitation"
    assert "yeovil-clinic" in limits.places


def test_no_label_is_longer_than_a_button() -> None:
    labels = [
        label
        for campaign in CAMPAIGNS.values()
        for words in campaign.words.values()
        for each in words.labels.values()
        for label in each.values()
    ]

    assert max(map(len, labels)) <= LONGEST_LABEL
