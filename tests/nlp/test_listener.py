"""What a listener promises whatever the text: exact offsets, masked words first, no guess where it cannot know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.heard import Heard, Place, Polarity, RiskLevel, Suggestion
from bot.model import Speaker
from bot.ports import Listener
from nlp.listener import SpacyListener
from tests.nlp.conftest import rows

_LISTENER = SpacyListener()
_WORDS = sorted({word for row in rows("development.jsonl") for word in row["text"].split()})
messages = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.lists(
        st.sampled_from([*_WORDS, "\n", "😢", "07700 900123", "but", "...", "\ud800", "\0", "ﬁ", "\N{ARABIC LETTER ALEF}"]),
        max_size=40,
    ).map(" ".join),
)


def said_by(suggestion: Suggestion, text: str) -> list[str]:
    return [text[start:end] for start, end in suggestion.evidence]


def whole(heard: Heard) -> None:
    """Every offset lies in its text, in order, and passages hold what they say."""
    for suggestion in heard.themes:
        check_spans(suggestion, heard.redacted)
    last = 0
    for passage in heard.passages:
        assert last <= passage.start < passage.end <= len(heard.redacted)
        assert heard.redacted[passage.start : passage.end] == passage.text
        last = passage.end
        for suggestion in passage.suggestions:
            check_spans(suggestion, passage.text)


def check_spans(suggestion: Suggestion, text: str) -> None:
    assert suggestion.evidence
    assert 0 < suggestion.score <= 1
    last = 0
    for start, end in suggestion.evidence:
        assert last <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        last = end


@given(messages)
@settings(deadline=None, max_examples=150)
def test_any_text_is_heard_with_exact_offsets(text: str) -> None:
    whole(_LISTENER.hear(text))


@given(messages)
@settings(deadline=None, max_examples=40)
def test_the_same_text_is_always_heard_the_same(text: str) -> None:
    assert _LISTENER.hear(text) == _LISTENER.hear(text)


@given(messages)
@settings(deadline=None, max_examples=60)
def test_the_themes_of_a_message_are_those_of_its_passages(text: str) -> None:
    heard = _LISTENER.hear(text)

    assert {suggestion.theme for suggestion in heard.themes} == {
        suggestion.theme for passage in heard.passages for suggestion in passage.suggestions
    }
    assert list(heard.themes) == sorted(heard.themes, key=lambda suggestion: -suggestion.score)


def test_it_is_the_listener_the_centre_asks_for(listener: SpacyListener) -> None:
    port: Listener = listener

    assert port.hear("hello").redacted == "hello"


def test_a_phone_number_is_masked_before_anything_else_sees_the_text(listener: SpacyListener) -> None:
    heard = listener.hear("ring me on 07700 900123, the taxi never came")

    assert "900123" not in heard.redacted
    assert [redaction.kind for redaction in heard.redactions] == ["phone"]
    assert [said_by(suggestion, heard.redacted) for suggestion in heard.themes] == [["taxi"]]


def test_the_words_of_a_mask_are_no_cue(listener: SpacyListener) -> None:
    assert listener.hear("07700 900123").themes == ()


def test_danger_is_heard_in_the_text_as_it_came(listener: SpacyListener) -> None:
    heard = listener.hear("the taxi is late again and I want to kill myself")

    assert heard.risk.level is RiskLevel.DANGER
    assert heard.theme_is_sure is None


def test_a_short_plain_message_is_said_back(listener: SpacyListener) -> None:
    assert listener.hear("taxi didnt turn up again this morning").theme_is_sure == "transport"


@pytest.mark.parametrize(
    "text",
    [
        "it's not about the taxi, it's about camhs",
        "the taxi driver is lovely but the taxi is always late",
        "the taxi was late and camhs never rang back",
        "we had a rough week",
    ],
)
def test_a_text_that_denies_or_contradicts_or_tells_of_two_things_is_not_said_back(listener: SpacyListener, text: str) -> None:
    assert listener.hear(text).theme_is_sure is None


def test_what_a_person_says_it_is_not_about_is_not_a_theme(listener: SpacyListener) -> None:
    heard = listener.hear("it's not about the taxi, it's his speech therapy")

    assert [suggestion.theme for suggestion in heard.themes] == ["therapies"]


def test_a_correction_is_heard_as_what_it_is_about(listener: SpacyListener) -> None:
    assert [suggestion.theme for suggestion in listener.hear("no, it was about transport").themes] == ["transport"]


def test_other_languages_wait_for_a_translation(listener: SpacyListener) -> None:
    heard = listener.hear("mój syn czeka na diagnozę autyzmu od dwóch lat w Yeovil, CAMHS nie odpowiada")

    assert heard.locale == "pl"
    assert heard.needs_translation
    assert heard.themes == ()
    assert heard.polarity is Polarity.NONE
    assert heard.place == Place("Yeovil", "South Somerset")


def test_two_things_in_one_message_are_two_passages(listener: SpacyListener) -> None:
    text = "The taxi driver is lovely and never late. But his speech therapy has stopped and nobody says why."
    first, second = listener.hear(text).passages

    assert first.text == "The taxi driver is lovely and never late."
    assert first.polarity is Polarity.GOOD
    assert {suggestion.theme for suggestion in first.suggestions} == {"transport"}
    assert second.polarity is Polarity.BAD
    assert "therapies" in {suggestion.theme for suggestion in second.suggestions}


def test_a_passage_has_no_theme_from_its_neighbour_alone(listener: SpacyListener) -> None:
    first, second = listener.hear("Good: short breaks. Bad: transport.").passages

    assert {suggestion.theme for suggestion in first.suggestions} == {"short_breaks"}
    assert {suggestion.theme for suggestion in second.suggestions} == {"transport"}


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("bad!!", Polarity.BAD),
        ("really bad", Polarity.BAD),
        ("not good", Polarity.BAD),
        ("Not bad", Polarity.GOOD),
        ("rude driver", Polarity.BAD),
        ("lovely staff", Polarity.GOOD),
        ("very kind", Polarity.GOOD),
    ],
)
def test_a_bare_answer_is_felt_as_it_says(listener: SpacyListener, text: str, polarity: Polarity) -> None:
    assert listener.hear(text).polarity is polarity


@pytest.mark.parametrize(
    "text",
    ["School great, EHCP awful", "The school is brilliant but the EHCP has been awful", "EHCP awful. Love his new teacher"],
)
def test_a_terse_message_is_cut_where_praise_of_one_thing_turns_to_blame_of_another(listener: SpacyListener, text: str) -> None:
    first, second = listener.hear(text).passages

    assert {first.polarity, second.polarity} == {Polarity.GOOD, Polarity.BAD}


@pytest.mark.parametrize(
    "text",
    ["The taxi is lovely, but often awful", "The taxi is brilliant but the taxi firm is awful", "Lovely teacher, great SENCO"],
)
def test_praise_and_blame_of_one_thing_stay_together(listener: SpacyListener, text: str) -> None:
    assert len(listener.hear(text).passages) == 1


def test_a_message_about_one_thing_is_one_passage(listener: SpacyListener) -> None:
    text = "The taxi was late. It was late yesterday too. But on Monday the driver did come early."

    assert [passage.text for passage in listener.hear(text).passages] == [text]


def test_a_text_without_words_has_no_passage(listener: SpacyListener) -> None:
    assert listener.hear("").passages == ()
    assert listener.hear(" \n ").passages == ()


def test_who_speaks_where_and_of_what_age_is_heard(listener: SpacyListener) -> None:
    heard = listener.hear("my daughter is 14, we live in Frome, camhs have closed her case")

    assert heard.place == Place("Frome", "Mendip")
    assert heard.age_band == "11-15"
    assert heard.service == "CAMHS"
    assert heard.speaker is Speaker.PARENT


def test_words_misspelt_are_understood(listener: SpacyListener) -> None:
    heard = listener.hear("cahms refered him back, autisim assesment waitng list 3yrs")

    assert {"nd_assessment"} <= {suggestion.theme for suggestion in heard.themes}


@pytest.mark.parametrize("sign", ["[", "(", "'", "😢", ".", "\n", "a", "taxi late ", "not ", "hes 7 ", "but no. "])
def test_a_hostile_text_is_heard_in_little_time(listener: SpacyListener, sign: str) -> None:
    whole(listener.hear(sign * (20_000 // len(sign))))


def test_a_very_long_text_is_kept_whole(listener: SpacyListener) -> None:
    text = "the taxi is late. " * 5_000
    heard = listener.hear(text)

    assert heard.redacted == text
    assert heard.passages[-1].text.endswith("late. ")


def test_the_tagger_and_the_taxonomy_are_named(listener: SpacyListener) -> None:
    assert listener.tagger == "rules 1.0"
    assert listener.taxonomy.version == "1.0"


def test_many_texts_are_heard_as_each_would_be_alone(listener: SpacyListener) -> None:
    texts = [
        "The taxi was late again.",
        "mój syn czeka na szkołę",
        "",
        "The school is great. The EHCP is awful and late.",
        "I'll kill myself",
    ]

    assert listener.hear_all(texts) == [listener.hear(text) for text in texts]
    assert listener.hear_all([]) == []
