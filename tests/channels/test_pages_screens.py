"""From the lines of a talk to what one page shows: whatever the lines hold, there is a page, and no word of ours is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadWebhook
from bot.heard import Redaction
from bot.outgoing import Choice
from bot.records import ChatLine
from channels.forms import number_of, read_form
from channels.markup import marked
from channels.preview import Piece, preview_of
from channels.screens import Kind, screen_of
from channels.sentences import divide, sentences_of, showable
from tests.channels.webchat_fakes import NOON

KEYS = ["", "first.story", "ask.where", "reflect+ask.probe_bad", "danger.self_harm.open", "delete.confirm", "close.thanks", "odd"]
CHOICES = (Choice("a", "Yes"), Choice("b", "No"))

lines = st.lists(
    st.builds(
        lambda sender, text, key, choices: (sender, text, key, choices),
        st.sampled_from(["parent", "earshot", "staff"]),
        st.text(alphabet=st.characters(codec=None), max_size=40)
        | st.sampled_from(["Ref RIVER 482. By Thu 26 Nov.", "Why? Yes.", "999"]),
        st.sampled_from(KEYS),
        st.sampled_from([(), CHOICES]),
    ),
    max_size=8,
)


def talk(*rows: tuple[str, str, str, tuple[Choice, ...]]) -> list[ChatLine]:
    return [
        ChatLine(seq=seq, sender=sender, text=text, choices=choices if sender != "parent" else (), at=NOON, key=key)
        for seq, (sender, text, key, choices) in enumerate(rows, start=1)
    ]


@given(rows=lines, pending=st.booleans(), again=st.integers(0, 9))
def test_every_talk_has_a_screen(*, rows: list[tuple[str, str, str, tuple[Choice, ...]]], pending: bool, again: int) -> None:
    screen = screen_of(talk(*rows), pending=pending, again=again)

    assert (screen.kind is Kind.STORY) == (not rows)
    assert screen.choices == () or screen.kind is Kind.QUESTION
    assert screen.kind is not Kind.WAITING or pending
    if any(key.startswith("danger.") and sender != "parent" for sender, _, key, _ in rows[-1:]):
        assert screen.kind is Kind.QUIET


@given(st.text())
def test_dividing_a_text_loses_no_word_of_it(text: str) -> None:
    before, heading, after = divide(text)

    assert " ".join((*before, heading, *after)).split() == text.split()


@given(st.text(alphabet=st.characters(codec=None)))
def test_no_text_can_break_out_of_the_page(text: str) -> None:
    html = str(marked(showable(text)))

    assert not re.search(r"<(?!/?(?:a|b)\b)", html)
    html.encode()


@given(st.binary())
def test_a_form_is_read_or_refused_and_never_a_surprise(body: bytes) -> None:
    try:
        form = read_form(body)
    except BadWebhook:
        return
    assert form.asked >= 0


@pytest.mark.parametrize(
    ("said", "number"), [("12", 12), ("", 0), ("-1", 0), ("1e3", 0), ("²", 0), ("9" * 18, 10**18 - 1), ("9" * 19, 0)]
)
def test_a_number_is_plain_digits_that_fit_every_database(said: str, number: int) -> None:
    assert number_of(said) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ring 999.", "999"),
        ("NHS 111, then option 2", "111"),
        ("free: 116 123.", "116123"),
        ("Childline: 0800 1111.", "08001111"),
        ("social care: 0300 123 2224 in the day", "03001232224"),
        ("0800 69 49 999, 8am to 8pm", "08006949999"),
    ],
)
def test_a_telephone_number_can_be_pressed(text: str, number: str) -> None:
    assert f'href="tel:{number}"' in marked(text)


@pytest.mark.parametrize("text", ["It cost £999", "in 1999", "1,999 families", "DELETE 482", "999.50", "SE1 1111"])
def test_what_is_no_telephone_number_cannot_be_pressed(text: str) -> None:
    assert "tel:" not in marked(text)


def test_an_address_can_be_pressed_and_its_full_stop_is_none_of_it() -> None:
    assert 'href="https://earshot.example/privacy"' in marked("All about it: https://earshot.example/privacy.")


def test_a_long_statement_has_no_heading_of_its_own() -> None:
    assert divide("x" * 130 + ". And more.") == ((), "", ("x" * 130 + ". And more.",))


def test_sentences_end_where_they_end_and_not_within_a_time() -> None:
    assert sentences_of("It opens at 9.30am. Then ring.\nOr write?") == ["It opens at 9.30am.", "Then ring.", "Or write?"]


def test_a_preview_shows_masks_apart_from_words() -> None:
    def redact(text: str) -> tuple[str, tuple[Redaction, ...]]:
        return text.replace("07700 900123", "[phone removed]"), (Redaction(5, 17, "phone"),)

    said = talk(("parent", "Ring 07700 900123 [sic]", "", ()))

    assert preview_of(said, commands=["SKIP"], redact=redact) == (
        (Piece("Ring "), Piece("phone removed", masked=True), Piece(" [sic]")),
    )


def test_a_preview_leaves_out_answers_numbers_and_words_of_command() -> None:
    said = talk(
        ("parent", "The taxi", "", ()),
        ("earshot", "May we?", "ask", CHOICES),
        ("parent", "skip", "", ()),
        ("earshot", "May we?", "again", CHOICES),
        ("parent", "2", "", ()),
        ("parent", "Yes", "", ()),
        ("earshot", "Thank you.", "close", ()),
        ("parent", "Yes", "", ()),
    )

    assert preview_of(said, commands=["SKIP"], redact=lambda text: (text, ())) == ((Piece("The taxi"),), (Piece("Yes"),))
