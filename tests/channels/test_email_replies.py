"""What is cut off a mail, and what never is."""

from __future__ import annotations

import time

import pytest

from channels.mail_html import as_words
from channels.mail_replies import reply_of

QUOTED = "> May public reports use your words, names removed?\n> 1 Yes\n> 2 No, team only"
REST = "To: Ann <ann@parent.example>\nSubject: Re: School transport\n\nWhich school?"
US = "SEND Team <send@earshot.example>"

CUT = {
    "a phone's own line": ("No, team only\n\nSent from my iPhone", "No, team only"),
    "Apple": (f"2\n\nSent from my iPhone\n\nOn 16 Nov 2026, at 09:20, {US} wrote:\n\n{QUOTED}", "2"),
    "Gmail, over two lines": (f"2\n\nOn Mon, 16 Nov 2026 at 09:20, SEND Team\n<send@earshot.example> wrote:\n\n{QUOTED}", "2"),
    "Polish": (f"Tak\n\nW dniu pon., 16 lis 2026 o 09:20 {US} napisał(a):\n\n{QUOTED}", "Tak"),
    "Romanian": (f"Da\n\nÎn lun., 16 nov. 2026 la 09:20, {US} a scris:\n\n{QUOTED}", "Da"),
    "Ukrainian": (f"Так\n\nпн, 16 лист. 2026 р. о 09:20 {US} пише:\n\n{QUOTED}", "Так"),  # noqa: RUF001 - Cyrillic, and meant
    "Arabic": (f"نعم\n\nفي الاثنين، 16 نوفمبر 2026 في 9:20 ص {US} كتب:\n\n{QUOTED}", "نعم"),
    "Outlook": (
        f"Elm Hill\n\nKind regards\nAnn Example\n01632 960001\n{'_' * 32}\nFrom: {US}\nSent: 16 November 2026 09:20\n{REST}",
        "Elm Hill",
    ),
    "Outlook in Romanian": (
        f"Elm Hill\n\nDe la: {US}\nTrimis: luni, 16 noiembrie 2026 09:20\nCătre: Ann\nSubiect: Re: Transport\n\nWhich school?",
        "Elm Hill",
    ),
    "a quotation without a mark": (f"Elm Hill\n\nOn 16 Nov 2026, at 09:20, {US} wrote:\n\nWhich school is it?", "Elm Hill"),
    "a signature below its line": ("The bus was late.\n-- \nAnn Example\nTel. 01632 960001", "The bus was late."),
    "thanks and a name": ("The bus was late.\n\nThanks,\nAnn", "The bus was late."),
    "Polish regards": ("Autobus się spóźnił.\n\nPozdrawiam\nAnna", "Autobus się spóźnił."),
}

KEPT = {
    "a story that begins like a header": "From: my window I can see the bus leave without him.\nTo: whom it concerns",
    "the school wrote": "On Monday the school wrote:\nhe is excluded for a week.\nI cried.",
    "a list with hyphens": "What happened:\n- the taxi was late\n- nobody rang\nand so he missed his exam",
    "words that only begin like regards": "We moved.\nAll the best teachers left\nand he cried.",
    "bitter thanks": "Thanks,\nfor nothing. He has been out of school for two years and nobody rang.",
    "thanks in a sentence": "The taxi came.\nThank you, he was so happy\nthat day.",
    "a postscript": "The taxi never came.\n\nKind regards\nAnn\n\nPS he also lost his place",
    "danger below the regards": "The taxi never came.\n\nKind regards\nAnn\nhe wants to kill himself",
    "a story below the regards": "Hello.\n\nKind regards\nAnn\n\nI forgot to say that the escort shouted at him every morning.",
    "answers below the quotation": f"On 16 Nov 2026 at 09:20, {US} wrote:\n{QUOTED}\n\n2",
    "answers within it": f"Hi\n\nOn 16 Nov 2026 at 09:20, {US} wrote:\n> Which school?\nElm Hill\n> Anything else?\nno",
    "nothing but a quotation": "> quoted\n> only",
    "a signature alone": "Kind regards\nAnn",
    "a letter passed on": "FYI\n\nBegin forwarded message:\n\nFrom: The Head\nTo: Ann\n\nHe may not come.",
    "one word": "Thanks",
    "a short sentence below the regards": "Hello.\n\nKind regards\nAnn\nMy son was hit",
    "a sentence with a date below them": "Hello.\n\nThanks\nAnn\nIt began on 12/10/2025 at school",
    "a story below a line": "First the taxi.\n--\nThen in May he was sent home.",
    "a sentence without capitals": "the bus was late\n\nthanks,\nnobody told me",
}


QUOTED_OTHERS = {
    "a letter with its mark": "At 10:30 the head wrote to me:\n> He may not come back on Monday.",
    "a letter pasted with its header": "Look at this\n\nFrom: head@school.example\nSent: 13 Nov 2026\nTo: me\nHe may not come.",
    "a letter without a mark": "Look\n\nOn 13 Nov 2026, at 10:12, Head <head@school.example> wrote:\n\nHe may not come back.",
}


@pytest.mark.parametrize("text", QUOTED_OTHERS.values(), ids=QUOTED_OTHERS.keys())
def test_what_somebody_else_wrote_is_what_the_person_tells(text: str) -> None:
    assert reply_of(text, quotes_us=False) == text


@pytest.mark.parametrize(("text", "wanted"), CUT.values(), ids=CUT.keys())
def test_what_is_plainly_quoted_or_a_signature_is_cut(text: str, wanted: str) -> None:
    assert reply_of(text, quotes_us=True) == wanted


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_what_may_be_feedback_is_kept(text: str) -> None:
    assert reply_of(text, quotes_us=True) == text
    assert reply_of(text, quotes_us=False) == text


def test_a_long_story_loses_its_signature_and_nothing_else() -> None:
    story = "\n".join(f"On day {number} the taxi came late, and nobody could say why." for number in range(400))

    assert reply_of(f"{story}\n\nKind regards\nAnn", quotes_us=False) == story


HOSTILE = {
    "on": "On " * 20_000,
    "headers": "From: a\n" * 20_000,
    "hyphens": "-" * 50_000,
    "blank lines": " \n" * 50_000,
    "marks": "> " * 50_000,
    "marked lines": "> a\nb\n" * 20_000,
    "warnings": "Warning: mail" * 5_000,
    "wrote": "On a\nwrote: " * 5_000,
    "thanks": "Thanks, " * 10_000,
    "rules": "\n\n____" * 10_000,
    "am": "Am " * 20_000 + "schrieb" * 10,
    "stars": "* " * 30_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_read_soon(text: str) -> None:
    began = time.thread_time()  # of this test alone, whatever else the machine does
    reply_of(text, quotes_us=True)

    assert time.thread_time() - began < 3


def test_what_html_hides_is_not_read_and_what_it_quotes_is_marked() -> None:
    html = (
        "<style>p{}</style><p style='DISPLAY: none'>hidden</p><p>Seen<!-- not seen --></p><blockquote>old<br>words</blockquote>"
    )

    assert as_words(html) == "Seen\n\n> old\n> words"


def test_lines_of_html_stand_where_a_reader_sees_them() -> None:
    html = "<div>one\n  line</div><div>two<br>three</div><ul><li>four</li><li>five</li></ul>"
    html += "<table><tr><td>six</td><td>7</td></tr></table>"

    assert as_words(html) == "one line\ntwo\nthree\n- four\n- five\n\nsix 7"
