"""The never-list of the conversation, line by line: over every text in every language, and over every talk as it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.model import EASY_READ, ENGLISH
from bot.wording import Wording
from tests.journeys.talk_files import FOLDER, TalkFile, read

WORDING = Wording.load()
TALKS = [read(path) for path in sorted(FOLDER.glob("*.toml"))]
TO_STAFF = "alert."
"""Keys of what the team is sent; all else is for families."""

FIXES = r"\bwe(?:'ll| will| can| are going to) (?:fix|sort|solve|put .* right|make sure|make it)|\bguarantee|\bwill get better"
SECRECY = r"\bconfidential|\bsecret|\bbetween us\b|\bnobody (?:else )?will (?:know|see|find out)|\banonymous|\bwon't tell"
HASTE = r"\bimmediately|\b(?:straight|right) away\b|\bas soon as\b|\bshortly\b|\bwithin (?:minutes|an hour)|\bin a moment\b"
DEADLINES = r"\b(?:\d+|six|twelve|twenty) weeks\b|\bstatutory|\bby law\b|\blegal(?:ly)? (?:deadline|must|have)|\bthe law\b"
JARGON = (
    *("EHCP", "SENCo", "SENDCO", "provision", "stakeholder", "co-production", "CAMHS", "referral", "pathway", "safeguarding"),
    *("statutory", "multi-agency", "signpost", "EHC needs assessment", "SEMH", "AP", "NEET", "tribunal"),
)
A_PERSON = r"\bI\b|\bI'm\b|\bI've\b|\b[Mm]e\b|\b[Mm]y\b|\bsorry\b|\bhow (?:hard|difficult|upsetting)\b|\bwe understand\b"
YOU_FEEL = r"sorry (?:that )?you feel|sorry for (?:how|the way) you feel|you may feel|you seem"
AFTER_DANGER = ("after_danger.kept", "after_danger.help")
THANKS = {
    "en": "thank",
    "pl": "dzięk",
    "ro": "mulțum",
    "pt": "obrigad",
    "uk": "дяку",
    "lt": "ačiū",
    "bg": "благодар",
    "ar": "شكرا",
}
MARKS = "[!\u00a1\uff01]"
EMOJI = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
QUOTED = re.compile('“[^”]*”|"[^"]*"|\\b[Ss]how me\\b|\\bSHOW ME\\b|„[^”]*”|«[^»]*»')
"""What is on a button, or what we repeat: the words of the person."""
LINK = re.compile(r"https://\S+")


def said_in(locales: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every text for families with its name."""
    for locale, tongue in WORDING.tongues.items():
        for key, variants in tongue.texts.items():
            if locale in locales and not key.startswith(TO_STAFF):
                yield from ((f"{locale} {key} ({channel})", text) for channel, text in variants.items())


def said_in_talks() -> Iterator[tuple[str, str]]:
    """What a machine said: a person of the team writes as they wish."""
    for talk in TALKS:
        for line in (line for line in talk.lines if not line.staff.startswith("writes")):
            yield from ((talk.path.name, text) for texts in line.earshot.values() for text in texts)


EVERYWHERE = tuple(WORDING.tongues)
IN_ENGLISH = (ENGLISH, EASY_READ)


def found(pattern: str, texts: Iterator[tuple[str, str]]) -> list[str]:
    return [f"{name}: {text}" for name, text in texts if re.search(pattern, LINK.sub("", QUOTED.sub("", text)))]


@pytest.mark.parametrize(
    "pattern",
    [FIXES, SECRECY, HASTE, DEADLINES, A_PERSON, YOU_FEEL],
    ids=["a fix", "secrecy", "a reply we cannot keep", "a deadline as advice", "a machine as a person", "sorry you feel"],
)
def test_it_is_never_said_in_english(pattern: str) -> None:
    assert found(pattern, said_in(IN_ENGLISH)) == []
    assert found(pattern, said_in_talks()) == []


def test_no_exclamation_mark_in_any_language() -> None:
    assert found(MARKS, said_in(EVERYWHERE)) == []
    assert found(MARKS, said_in_talks()) == []


def test_no_emoji_anywhere() -> None:
    assert [name for name, text in (*said_in(EVERYWHERE), *said_in_talks()) if EMOJI.search(text)] == []


def test_no_jargon_of_ours() -> None:
    words = rf"\b(?:{'|'.join(map(re.escape, JARGON))})\b"

    assert found(words, said_in(IN_ENGLISH)) == []


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.path.stem)
def test_no_jargon_in_a_talk_that_the_person_did_not_use_first(talk: TalkFile) -> None:
    theirs = " ".join(text for line in talk.lines for text in line.parent).casefold()
    for line in talk.lines:
        for text in (text for texts in line.earshot.values() for text in texts):
            ours = [word for word in JARGON if re.search(rf"\b{re.escape(word)}\b", text)]
            assert [word for word in ours if word.casefold() not in theirs] == [], text


@pytest.mark.parametrize("locale", EVERYWHERE)
def test_no_thanks_trip_after_distress(locale: str) -> None:
    word = THANKS[locale.partition("-")[0]]
    texts = next(tongue.texts for tag, tongue in WORDING.tongues.items() if tag == locale)
    grave = [key for key in texts if key.startswith(("danger.", "wellbeing.")) or key in AFTER_DANGER]

    assert len(grave) > 10
    assert [key for key in grave for text in texts[key].values() if word in text.casefold()] == []


def test_in_a_talk_the_answer_to_danger_thanks_nobody() -> None:
    answers = [text for name, text in said_in_talks() if "Please read on" in text]

    assert len(answers) > 10
    assert [text for text in answers if "hank" in text] == []


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.path.stem)
def test_no_question_is_put_that_was_answered(talk: TalkFile) -> None:
    """Not where, once it was heard; and no consent once it stands. A new reference begins anew."""
    english = WORDING.tongues[ENGLISH].texts
    asks_words, asks_changes = (english[f"ask.{key}"]["text"] for key in ("consent_words", "consent_changes"))
    settled: set[str] = set()
    for line in talk.lines:
        for texts in line.earshot.values():
            if any("Ref " in text for text in texts):
                settled.clear()
        if {"place", "service"} & line.hears.keys() or line.sends == "a place":
            settled.add("Which school")
        for text in (text for texts in line.earshot.values() for text in texts):
            assert not [question for question in settled if question in text], text
        consents = line.then.get("consents", {})
        settled |= {asks_words} if "words_in_public" in consents else set()
        settled |= {asks_changes} if "tell_what_changed" in consents else set()
