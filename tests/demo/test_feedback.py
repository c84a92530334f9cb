"""The made-up feedback: varied, complete, and nobody's. Its worth is in its variety, so that is what is guarded."""

import re
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from bot.errors import BadContent
from bot.heard import Polarity, RiskLevel
from bot.model import ENGLISH, Locale
from bot.themes import Taxonomy
from demo.corpus import Asked, Voice, load

STORIES = load()
ALL_WORDS = [text for story in STORIES for text in (*story.messages, *story.answers.values(), story.later) if text]

INVENTED_SCHOOLS = {
    "Kingsmarsh Academy",
    "Lapwing Moor School",
    "Marlpit Lane Primary",
    "Pollardsway Primary",
    "Rhyneside Academy",
    "Teaselbank Nursery",
    "Withywick Primary",
    "Otterhythe College",
}


def test_there_are_at_least_four_hundred_stories() -> None:
    assert len(STORIES) >= 400


def test_no_two_stories_are_alike() -> None:
    stories = [" ".join(story.messages).casefold() for story in STORIES if len(story.text) > 12]
    near = process.cdist(stories, stories, scorer=fuzz.token_sort_ratio, score_cutoff=70)
    alike = [(stories[a], stories[b]) for a, b in combinations(range(len(stories)), 2) if near[a][b]]

    assert alike == []


def test_no_short_message_comes_twice() -> None:
    short = Counter(story.text.casefold() for story in STORIES if story.text and len(story.text) <= 12)

    assert [text for text, times in short.items() if times > 1] == []


def test_stories_do_not_all_begin_the_same() -> None:
    """Machine-made variety gives itself away by its first words."""
    openings = Counter(tuple(re.findall(r"\w+", story.text.casefold())[:3]) for story in STORIES if len(story.text) > 40)

    assert openings.most_common(1)[0][1] <= 3


def test_every_theme_has_at_least_eight_stories() -> None:
    marked = Counter(theme for story in STORIES for theme in story.themes)
    themes = set(Taxonomy.load().themes)

    assert {theme: marked[theme] for theme in themes if marked[theme] < 8} == {}
    assert set(marked) <= themes


@pytest.mark.parametrize("voice", [voice for voice in Voice if voice not in {Voice.UKRAINIAN, Voice.PORTUGUESE}])
def test_every_voice_is_heard_more_than_once(voice: Voice) -> None:
    assert sum(story.voice is voice for story in STORIES) >= 4


def test_a_third_is_not_complaint() -> None:
    bright = sum(story.feeling in {Polarity.GOOD, Polarity.MIXED, Polarity.SUGGESTION} for story in STORIES)

    assert bright >= len(STORIES) / 3


def test_every_channel_carries_at_least_a_fifth() -> None:
    channels = Counter(story.channel for story in STORIES)

    assert set(channels) == {"sms", "whatsapp", "webchat"}
    assert min(channels.values()) >= len(STORIES) / 5


def test_lengths_run_from_a_word_to_a_long_letter() -> None:
    lengths = sorted(len(story.text.split()) for story in STORIES if story.text)

    assert lengths[5] <= 3
    assert lengths[-5] >= 150


def test_few_are_in_danger_and_some_are_worn_out() -> None:
    risks = Counter(story.risk for story in STORIES)

    assert 2 <= risks[RiskLevel.DANGER] + risks[RiskLevel.CONCERN] <= 5
    assert 5 <= risks[RiskLevel.WELLBEING] <= 12


def test_some_write_polish_and_romanian() -> None:
    locales = Counter(story.locale for story in STORIES if story.locale != ENGLISH)

    assert locales[Locale("pl")] >= 4
    assert locales[Locale("ro")] >= 4


def test_many_answer_when_they_are_asked() -> None:
    assert sum(bool(story.answers) for story in STORIES) >= 80


def test_consent_is_answered_by_yes_and_by_no() -> None:
    assert {story.answers[Asked.CONSENT_WORDS] for story in STORIES if Asked.CONSENT_WORDS in story.answers} >= {"1", "2"}


def test_every_telephone_number_is_one_kept_for_drama() -> None:
    runs = [re.sub(r"\D", "", run) for text in ALL_WORDS for run in re.findall(r"(?:\+|\b)\d[\d ]{8,}\d", text)]
    numbers = [run for run in runs if not run.startswith("999000")]

    assert numbers
    assert [number for number in numbers if not re.fullmatch(r"(0|44)7700900\d{3}", number)] == []


def test_every_mail_address_is_nobodys() -> None:
    hosts = {host for text in ALL_WORDS for host in re.findall(r"[\w.]+@([\w.]+\w)", text)}

    assert hosts == {"example.org"}


def test_every_school_named_is_invented() -> None:
    kinds = "School|Academy|Primary|College|Nursery|Preschool|Infants|Juniors"
    named = {match for text in ALL_WORDS for match in re.findall(rf"(?:[A-Z]\w+ )+(?:{kinds})\b", text)}

    assert named <= INVENTED_SCHOOLS


def test_transport_has_a_bad_last_week() -> None:
    transport = [story for story in STORIES if "transport" in story.themes]

    assert sum(story.recent for story in transport) >= len(transport) / 2


def test_no_file_says_where_a_story_came_from() -> None:
    """Everything is invented, so a story that points to a web page, or credits one, is out of place."""
    assert [text for text in ALL_WORDS if "http" in text or "www." in text] == []


class TestAFileWithAFault:
    def write(self, folder: Path, line: str) -> None:
        (folder / "wrong.toml").write_text(f"transport = [\n  {line}\n]\n", encoding="utf-8")
        assert tomllib.loads((folder / "wrong.toml").read_text(encoding="utf-8"))

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ('{ by = "sms", who = "tired", feels = "bad" }', "text"),
            ('{ by = "fax", who = "tired", feels = "bad", text = "x" }', "fax"),
            ('{ by = "sms", who = "ghost", feels = "bad", text = "x" }', "ghost"),
            ('{ by = "sms", who = "tired", feels = "bad", text = "x", anwsers = {} }', "anwsers"),
        ],
    )
    def test_is_refused_with_the_fault_named(self, tmp_path: Path, line: str, fault: str) -> None:
        self.write(tmp_path, line)

        with pytest.raises(BadContent, match=fault):
            load(tmp_path)
