"""People's names are found whatever community they are of, and words stay words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadContent
from bot.heard import RiskLevel
from nlp.listener import SpacyListener
from nlp.name_masking import NameMasker
from nlp.name_model import NameWeights
from nlp.name_pipe import NAMES
from nlp.name_words import Lexicon
from nlp.names import NameFinder, finder
from nlp.pipeline import blank


@pytest.fixture(scope="module")
def masker() -> NameMasker:
    return NameMasker(finder())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("my son kacper wont go in", "my son [name of a child removed] wont go in"),
        ("Mrs Okonkwo was kind", "Mrs [name of a professional removed] was kind"),
        ("my husband Ahmed rang", "my husband [name of a relative removed] rang"),
        ("its Xylandra here", "its [name removed] here"),
        ("Abdirahman's taxi was late", "[name removed]'s taxi was late"),
        ("my name is Nguyễn Thị Hoa", "my name is [name removed]"),
        ("i hope hope gets a place", "i hope [name removed] gets a place"),
        ("my daughter Kayleigh-Mae hates maths", "my daughter [name of a child removed] hates maths"),
        ("my son J is nine", "my son [name of a child removed] is nine"),
        ("Mrs A Okonkwo rang us back", "Mrs [name of a professional removed] rang us back"),
        ("her nan Bronwen has her on mondays", "her nan [name of a relative removed] has her on mondays"),
        ("Sarah Hill rang, and so did Tom Hill", "[name removed] rang, and so did [name removed]"),
        ("my son O.T. was late", "my son [name of a child removed]. was late"),
        ("Contact: Long", "Contact: [name removed]"),
        ("Mrs I rang", "Mrs [name of a professional removed] rang"),
        ("MY SON JAXON WAS LEFT AT THE GATE", "MY SON [name of a child removed] WAS LEFT AT THE GATE"),
    ],
)
def test_a_name_is_masked_and_the_rest_stays(masker: NameMasker, written: str, shown: str) -> None:
    assert masker.redact(written).redacted == shown


@pytest.mark.parametrize(
    "written",
    [
        "we will hope for may",
        "The SENCo at Withybrook Primary never rang",
        "CAMHS said wait until April",
        "He has autism and ADHD, and the EHCP says Section F",
        "the bus from Frome to Shepton Mallet was late on Tuesday",
        "Please mark the form",
        "no taxi on 20 Jan, nor on Thu, Fri or since Jan",
        "English is fine and German is fine, the queue is not",
        "An update from the school would help",
        "sections B and F of the plan are empty",
        "June was bad. It is all about money, and the head knows",
        "ok thanks",
        "the Local Offer is no use to anyone",
        "he was sent home from Aller Ridge Middle twice",
        "the transport to pollard lodge school is never on time",
        "she is happy at Harding Gate",
        "Taxi was late and the driver was rude",
        "EHCP was late and the plan says nothing",
        "Appointment was short and the room was small",
        "pain",
        "Lovely",
        "long, short, fine",
        "tired, cross and in pain",
        "S.E.N. support, an E.H.C.P. and A&E",
        "N/A, e.g. at 3 p.m. or 7 A.M., i.e. never",
        "The doctor I saw was kind",
    ],
)
def test_words_that_name_nobody_stay(masker: NameMasker, written: str) -> None:
    assert masker.redact(written).redacted == written


def test_a_name_nobody_has_listed_is_found_by_what_stands_beside_it(masker: NameMasker) -> None:
    assert masker.redact("my son Zorbliquan was hit by Miss Thraxwell").redacted.count("removed") == 2


def test_a_name_told_once_is_masked_wherever_it_stands(masker: NameMasker) -> None:
    shown = masker.redact("My daughter Bolanle is eight. They sent bolanle home again.").redacted

    assert "olanle" not in shown


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        ("Mój syn Kacper czeka na plan od roku", "Kacper"),
        ("Мій син Максим не ходить до школи", "Максим"),
        ("ابني محمد لا ينام", "محمد"),
        ("Fiul meu Andrei nu vorbeste inca", "Andrei"),
    ],
)
def test_names_are_masked_in_other_languages(listener: SpacyListener, written: str, hidden: str) -> None:
    assert hidden not in listener.hear(written).redacted


def test_danger_is_heard_though_the_name_in_it_is_masked(listener: SpacyListener) -> None:
    heard = listener.hear("Dave is going to kill Sophie tonight, he has a knife")

    assert heard.risk.level is RiskLevel.DANGER
    assert "Sophie" not in heard.redacted


def test_an_unknown_word_written_large_asks_for_a_look(listener: SpacyListener) -> None:
    text = "They said it was because of the Vorplangen again"
    heard = listener.hear(text)
    looked_at = {heard.redacted[start:end] for start, end in heard.doubtful}

    assert "Vorplangen" in looked_at or "Vorplangen" not in heard.redacted


def test_a_text_of_known_words_leaves_no_doubt(masker: NameMasker) -> None:
    masked = masker.redact("the taxi was late again and nobody rang us")

    assert masked.doubtful == ()
    assert masked.confidence > 0.9


def test_the_spans_are_of_the_text_as_it_came(masker: NameMasker) -> None:
    text = "a\x00b my son Kacper\ud800 and 07700 900123"

    assert [text[mask.start : mask.end].strip("\ud800") for mask in masker.redact(text).redactions] == ["Kacper", "07700 900123"]


@pytest.mark.parametrize("piece", ["Anna ", "my son ", "a.", "a'", "Mrs ", "[", "Ж", "a-", "Hope ", "\u200b", "🙂", "J. ", "\n"])
def test_a_hostile_text_is_read_in_time_that_grows_with_its_length(masker: NameMasker, piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    masker.redact(text)

    assert time.process_time() - started < 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    masked = NameMasker(finder()).redact(text)

    assert all(0 <= mask.start < mask.end <= len(text) for mask in masked.redactions)
    assert all(0 <= start < end <= len(masked.redacted) for start, end in masked.doubtful)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "my son",
                "Kacper",
                "kacper",
                "Mrs",
                "Smith",
                "hope",
                "Hope",
                "from",
                "CAMHS",
                "its",
                "here",
                "and",
                "07700 900123",
                ".",
                ",",
                "J.",
            ]
        ),
        max_size=14,
    )
)
def test_masking_what_is_masked_changes_nothing(words: list[str]) -> None:
    masker = NameMasker(finder())
    once = masker.redact(" ".join(words)).redacted

    assert masker.redact(once).redacted == once


def test_the_finder_can_be_a_part_of_a_pipeline() -> None:
    nlp = blank()
    nlp.add_pipe(NAMES)
    doc = nlp("my son Kacper likes Mrs Okonkwo")

    assert [(span.text, span.label_) for span in doc.spans["names"]] == [("Kacper", "child"), ("Okonkwo", "professional")]


@pytest.mark.parametrize(
    "written",
    [
        "is harsh safe at school?",
        "how harsh was treated by the TA",
        "harsh and priya are twins",
        "long and mai came home crying",
        "as rich said, nobody rang",
        "is rich getting his hours?",
    ],
)
def test_a_name_that_is_an_everyday_word_is_a_name_where_more_is_said_of_it(masker: NameMasker, written: str) -> None:
    assert {"harsh", "long", "rich"}.isdisjoint(masker.redact(written).redacted.split())


@pytest.mark.parametrize("written", ["it was long and boring", "he is clever and kind", "the review is long overdue"])
def test_an_everyday_word_is_no_name_where_it_says_how_something_was(masker: NameMasker, written: str) -> None:
    assert masker.redact(written).redacted == written


def test_the_names_kept_for_measuring_are_not_known_to_the_finder_that_is_measured() -> None:
    measured = NameFinder.load(withheld=False)

    assert len(measured.lexicon.given) < len(finder().lexicon.given)
    assert not [name for name in measured.lexicon.given if name not in finder().lexicon.given]


def test_what_was_learnt_comes_back_from_its_file_as_it_was() -> None:
    weights = finder().weights
    again = NameWeights.from_bytes(weights.to_bytes())

    assert again == weights


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a file of ours" * 9])
def test_a_damaged_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadContent, match="damaged"):
        NameWeights.from_bytes(data)


def test_of_names_that_are_one_in_another_alphabet_the_first_in_ours_stands_for_it() -> None:
    """In every process: a set of them is in another order in each. Only the first is spelled with what tells of a name here."""
    spelled = ["Viktor", "Wiktor", "Wyktor", "Vyktor", "Wjktor", "Vjktor", "Wikttor"]
    lexicon = Lexicon(given=spelled, family=[], also_words=[], not_names=[], vocabulary=[], likeness={"^vik": 9.0})

    assert min(spelled) == "Viktor"
    assert lexicon.word("Виктор").likeness == "7"
