"""The house rules of the words, on every text a family may read in English and in Easy Read.

What holds in every language is in `test_words_in_every_language.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import Commands
from bot.hours import Hours
from bot.model import EASY_READ, ENGLISH, ChannelName, Command, Locale, RiskKind, Say, Spoken
from bot.references import References
from bot.script import Script
from bot.signposts import Signposts
from bot.wording import Wording
from channels.rendering import as_sms
from channels.segments import Encoding, measure

SCRIPT = Script.load()
HOURS = Hours.load()
WORDING = Wording.load(facts={"privacy_url": "https://earshot.example.gov.uk/privacy"})
NUMBERS = Signposts.load().values()
SMS = ChannelName("sms")
NOTICED = 40
"""What a lock screen shows of a message, in characters."""
LONGEST_DAY = "2026-09-23"  # a Wednesday in September: long in every locale
SATURDAY = datetime(2026, 9, 19, 12, tzinfo=UTC)
HOUSE = (ENGLISH, EASY_READ)
FAMILY_KEYS = sorted(key for key in WORDING.tongues[ENGLISH].texts if not key.startswith("alert."))
ALL = [(locale, key) for locale in HOUSE for key in FAMILY_KEYS]
DANGER = [(locale, key) for locale, key in ALL if key.startswith("danger.")]
ROAD = ("first.", "back.", "kept.", "ask.", "again.", "noted.", "close.", "media.", "reflect", "after_danger.")

# “Never” of the dialogue's rules. Each with the reason a writer should see.
BANNED = {
    r"!": "an exclamation mark",
    r"\bsorry\b|\bapolog": "a reflex apology: a machine cannot be sorry",
    r"\bwe understand\b|\bi understand\b": "understanding claimed",
    r"\bconfidential|\bsecret\b|\bin confidence\b|\banonymous": "a promise of secrecy",
    r"\bpromise|\bguarantee": "a promise",
    r"\bwe will (?:fix|solve|sort|change|improve|make sure)\b": "a promise of a fix",
    r"\bvaluable\b|\bimportant to us\b|\bvalue your\b|\bfeedback is\b": "flattery",
    r"\bdeadline|\blegal|\bthe law\b|\bappeal\b|\btribunal\b": "legal advice",
    r"\bstakeholder|\bprovision\b|\bcoproduc|\bpathway\b|\bneurodivers|\bengage": "jargon",
    r"\bunfortunately\b|\bplease be advised\b|\bdo not hesitate\b|\bkindly\b": "office language",
    r"\bI\b|\bI'm\b|\bmy\b": "a machine that says I",
    r"\bdear\b|\blove\b|\bhun\b": "a machine that plays a friend",
    r"\bsafeguarding\b|\bdisclos|\bvictim\b|\babuse\b|\bviolen": "a word that frightens, or gives a secret away",
    r"(?i)\b(?:reply|answer|send|text) (?:YES|END|CANCEL|QUIT|UNSUBSCRIBE|REVOKE|STOPALL|OPTOUT)\b": "a word the network takes",
    "[\U0001f000-\U0001faff\u2600-\u27bf]": "an emoji",
    r"  | $|^ ": "a stray space",
    r"\bSEN\b|\bLA\b|\bEHCNA\b|\bSENDIASS?\b|\bICB\b": "letters nobody spelt out",
}
SENSITIVE = re.compile(
    r"(?i)danger|hurt|harm|suicid|kill|die\b|self|abuse|violen|police|social care|samaritans|childline|papyrus|999|111|"
    r"emergency|safe|delete|health|crisis|autis|adhd|child\b|parent|grown-up|trouble"
)


def words(locale: Locale, key: str, channel: ChannelName = SMS) -> str:
    code = "OTTER 214 BUTTON 915" if key.startswith("link.") else "482"
    values = {
        **NUMBERS,
        "reference": "MEADOW 482",
        "read_by": LONGEST_DAY,
        "due_by": LONGEST_DAY,
        "read_on": LONGEST_DAY,
        "open_hours": HOURS.spec,
        "code": code,
        "next_read": WORDING.moment(HOURS.next_open(SATURDAY), locale, SATURDAY),
        "words": "The taxi came late.",
        "languages": "English, Easy Read",  # names, each in its own alphabet, are no prose of ours
        "theme": max((theme.spoken.get(locale, "") for theme in SCRIPT.taxonomy.living()), key=len),
        "other": max((theme.spoken.get(locale, "") for theme in SCRIPT.taxonomy.living()), key=len),
        "staff_url": "https://earshot.example.gov.uk/staff",
    }
    return WORDING.speak(Say(key, values), locale, channel).text


def variants(locale: Locale, key: str) -> list[str]:
    """Every channel's text of one key."""
    channels = set(WORDING.tongues[locale].texts[key]) - {"text"} | {"webchat", "sms"}
    return [words(locale, key, ChannelName(channel)) for channel in sorted(channels)]


def choices_of(key: str) -> tuple[str, ...]:
    question = SCRIPT.questions.get(key.partition(".")[2]) if key.startswith(("ask.", "again.")) else None
    return tuple(question.choices) if question else ()


def segments(locale: Locale, *keys: str) -> int:
    text = " ".join(words(locale, key) for key in keys)
    spoken = WORDING.speak(Say("kept.plain", choices=choices_of(keys[-1])), locale, SMS)
    return sum(measure(part.text).segments for part in as_sms(Spoken(text, spoken.choices)))


def grade(text: str) -> float:
    """The reading grade by the Automated Readability Index; five more is the age. Numbers and names count as one letter."""
    plain = re.sub(r"https?://\S+|\b[A-Z]{2,}\b|\d[\d ]*", "x", text)
    sentences = max(1, len(re.findall(r"[.?:;](?:\s|$)", plain)))
    found = re.findall(r"[\w'\u2019]+", plain)
    letters = sum(len(word) for word in found)
    return 4.71 * letters / len(found) + 0.5 * len(found) / sentences - 21.43


@pytest.mark.parametrize(("locale", "key"), ALL)
def test_no_text_says_what_we_never_say(locale: Locale, key: str) -> None:
    for text in variants(locale, key):
        ours = re.sub("“[^”]*”", "“”", text)  # what stands in quotation marks is a button, in the person's own voice
        found = [why for pattern, why in BANNED.items() if re.search(pattern, ours.replace("The taxi came late.", ""))]
        assert found == [], text


@pytest.mark.parametrize(("locale", "key"), ALL)
def test_the_lock_screen_shows_nothing_sensitive(locale: Locale, key: str) -> None:
    """What a person asked for by name (DELETE) may name it back; nothing else may be told from the first line."""
    if key.startswith("delete."):
        return
    for text in variants(locale, key):
        assert not SENSITIVE.search(text[:NOTICED]), text[:NOTICED]


@pytest.mark.parametrize(("locale", "key"), ALL)
def test_every_text_fits_the_plain_alphabet_of_sms(locale: Locale, key: str) -> None:
    assert all(measure(part.text).encoding is Encoding.GSM for part in as_sms(Spoken(words(locale, key))))


@pytest.mark.parametrize("locale", HOUSE)
@pytest.mark.parametrize("key", ["first.story", "first.hello", "first.young", "first.after_answer"])
def test_the_first_reply_takes_two_segments_at_most(locale: Locale, key: str) -> None:
    assert segments(locale, key) <= 2


def test_the_first_reply_in_english_takes_one_segment_whatever_the_reference_and_the_day() -> None:
    longest = max(References.load().words, key=len)
    day = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for _ in range(400):
        day += timedelta(days=1)
        values = {**NUMBERS, "reference": f"{longest} 482", "read_by": HOURS.promised_on(day).isoformat()}
        text = WORDING.speak(Say("first.story", values), ENGLISH, SMS).text
        assert measure(text).segments == 1, text


@pytest.mark.parametrize("locale", HOUSE)
@pytest.mark.parametrize("key", [key for key in FAMILY_KEYS if key.startswith(ROAD) and not key.startswith("first.")])
def test_every_other_text_of_the_road_takes_one_segment(locale: Locale, key: str) -> None:
    assert segments(locale, key) == 1


@pytest.mark.parametrize("key", ["link.offer", "link.done", "link.failed"])
def test_about_another_phone_english_takes_one_segment_and_easy_read_two(key: str) -> None:
    assert segments(ENGLISH, key) == 1
    assert segments(EASY_READ, key) <= 2


@pytest.mark.parametrize("locale", HOUSE)
def test_a_code_does_not_stand_where_a_lock_screen_shows_it(locale: Locale) -> None:
    assert words(locale, "link.offer").index("OTTER") > NOTICED


@pytest.mark.parametrize(("locale", "key"), DANGER)
def test_a_text_for_danger_takes_three_segments_at_most(locale: Locale, key: str) -> None:
    assert segments(locale, key) <= 3


@pytest.mark.parametrize(("locale", "key"), DANGER)
def test_a_text_for_danger_names_999_and_asks_nothing_of_us(locale: Locale, key: str) -> None:
    text = words(locale, key)

    assert "999" in text
    assert not re.search(r"(?i)\btell us\b|\breply\b|\b1 or 2\b|\bwhat happened\b", text)


@pytest.mark.parametrize(("locale", "key"), DANGER)
def test_a_text_for_danger_says_who_is_told_when_it_is_read_and_what_may_follow(locale: Locale, key: str) -> None:
    text = words(locale, key)

    assert re.search(
        r"team (?:is being told|now)|telling (?:a person in )?(?:the|our) team|in (?:the|our) team is being told", text
    )
    assert ("today" in text) if key.endswith(".open") else ("Mon" in text)
    assert "may have to tell others" in text


@pytest.mark.parametrize("locale", HOUSE)
@pytest.mark.parametrize("hour", ["open", "closed"])
@pytest.mark.parametrize("kind", [kind for kind in RiskKind if kind is not RiskKind.BREAKING_POINT])
def test_there_is_a_text_for_each_kind_of_danger_at_each_hour(locale: Locale, kind: RiskKind, hour: str) -> None:
    assert f"danger.{kind}.{hour}" in WORDING.tongues[locale].texts


@pytest.mark.parametrize("locale", HOUSE)
@pytest.mark.parametrize("hour", ["open", "closed"])
def test_the_text_for_violence_at_home_could_be_read_over_a_shoulder(locale: Locale, hour: str) -> None:
    """Nothing in it says what was written, or by whom it might have been done."""
    text = words(locale, f"danger.violence_at_home.{hour}")

    assert not re.search(r"(?i)\bhome\b|partner|husband|\bhe\b|\bhim\b|hit|domestic|violen|abus|afraid|scared", text)


@pytest.mark.parametrize("hour", ["open", "closed"])
def test_a_young_person_is_given_childline_and_no_number_for_adults(hour: str) -> None:
    for locale in HOUSE:
        text = words(locale, f"danger.young_person.{hour}")
        assert NUMBERS["childline"] in text
        assert NUMBERS["samaritans"] not in text


@pytest.mark.parametrize(("locale", "key"), ALL)
def test_the_reading_age_is_that_of_the_house(locale: Locale, key: str) -> None:
    """Nine to eleven; by the index a grade is five years younger than the age. Easy Read is easier still."""
    oldest = 8 if locale == EASY_READ else 11

    for text in variants(locale, key):
        assert grade(text) + 5 <= oldest, f"{grade(text) + 5:.1f}: {text}"


@pytest.mark.parametrize("key", FAMILY_KEYS)
def test_easy_read_has_short_sentences(key: str) -> None:
    for text in variants(EASY_READ, key):
        for sentence in re.split(r"(?<=[.?:])\s", text):
            assert len(sentence.split()) <= 15, sentence


@pytest.mark.parametrize("locale", HOUSE)
def test_the_answers_of_each_question_can_be_told_apart(locale: Locale) -> None:
    for question in SCRIPT.questions.values():
        labels = [WORDING.tongues[locale].choices[choice] for choice in question.choices]
        assert len(set(labels)) == len(labels)
        assert len({label.partition(",")[0] for label in labels}) == len(labels)


@pytest.mark.parametrize("locale", HOUSE)
def test_every_label_is_understood_as_the_answer_it_stands_for(locale: Locale) -> None:
    commands = Commands.load()
    for question in SCRIPT.questions.values():
        for choice in question.choices:
            label = WORDING.tongues[locale].choices[choice]
            assert commands.answer(label, question.choices, locale) == choice


@pytest.mark.parametrize("locale", HOUSE)
def test_every_word_a_text_tells_people_to_send_is_understood(locale: Locale) -> None:
    commands = Commands.load()
    capitals = re.compile(r"\b[A-Z]{4,}(?: ME)?\b")
    names = {"SEND", "MEADOW", "OTTER", "BUTTON"}
    for key in FAMILY_KEYS:
        for word in set(capitals.findall(words(locale, key))) - names:
            understood = commands.recognise(word, locale) or commands.phrase(word, locale)
            assert understood is not None, f"{key}: {word}"


def test_the_help_tells_of_the_ways_out() -> None:
    for locale in HOUSE:
        text = words(locale, "help")
        for command in (Command.HUMAN, Command.STOP, Command.DELETE, Command.STATUS):
            assert command.value.upper() in text


@pytest.mark.parametrize("locale", HOUSE)
def test_the_help_says_what_this_line_is_not_for_and_where_that_help_is(locale: Locale) -> None:
    text = words(locale, "help")

    assert "We give no advice and cannot see your case" in text
    for signpost in ("contact_charity", "ipsea", "local_offer"):
        assert NUMBERS[signpost] in text


@pytest.mark.parametrize("locale", HOUSE)
def test_the_help_takes_three_segments_at_most(locale: Locale) -> None:
    assert segments(locale, "help") <= 3


def test_every_number_in_the_words_comes_from_the_signposts() -> None:
    """A number typed into a text would escape the checks that keep the signposts true."""
    allowed = {"1", "2", "8", "20", "35", "15"}  # answers, a helpline's hours, an age, the minutes of a code
    for tongue in WORDING.tongues.values():
        for key, by_channel in tongue.texts.items():
            for text in by_channel.values():
                assert set(re.findall(r"\d+", re.sub(r"\{\w+\}", "", text))) <= allowed, f"{tongue.locale} {key}"


def test_every_signpost_in_the_words_is_one_we_have() -> None:
    ours = {
        "reference", "read_by", "due_by", "read_on", "open_hours", "privacy_url", "next_read", "code", "words", "theme",
        "languages", "staff_url", "other",
    }  # fmt: skip

    assert WORDING.placeholders() - ours <= set(NUMBERS)
