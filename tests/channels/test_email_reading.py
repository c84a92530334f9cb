"""Every odd mail: what is read of it, who wrote it, where an answer goes, and that none is lost."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from bot.model import Address, InboundMessage, Manner
from channels.email import EmailDoor
from channels.mail_account import MailAccount
from channels.mail_reading import TOO_LARGE, UNREADABLE, MailReader, is_nobody
from tests.channels.mails import ANN, NAMES, NOW, OUR_ID, OURS, US, account, events, raw, read, reader, written

DOOR = EmailDoor(account(), now=lambda: NOW)

WORDS_OF = {
    "text": "School transport\n\nThe taxi came late again and nobody rang us back.",
    "no_subject": "Nobody at school knew about his plan.",
    "no_date": "School transport\n\nThe bus was late.",
    "upper_case_from": "School transport\n\nThe bus was late.",
    "invalid_to": "School transport\n\nThe bus was late.",
    "in_reply_to": "2",
    "in_reply_to_several": "Elm Hill",
    "references_same": "Elm Hill",
    "references_several": "Elm Hill",
    "reply_with_cc": "Elm Hill",
    "our_address_in_cc": "School transport\n\nHe has been sent home three times.",
    "only_html": "Café days – she loves them.\n\nThe bus was late,\ntwice.\n- Monday\n- Friday",  # noqa: RUF001 - as written
    "html_without_html": "School transport\n\nThe bus was late & 5 < 6.\nTwice.",
    "not_utf": "Szkoła\n\nZażółć gęślą jaźń. Autobus się spóźnił.",
    "unnamed_charset": "School transport\n\nThe café was closed – “again”.",  # noqa: RUF001 - as written
    "only_attachments": "",
    "attachments_without_name": "School transport\n\nHere are the letters.",
    "forwarded_as_a_file": "Please see below.",
    "text_around_a_picture": "School transport\n\nThis is the ramp.\n\nIt is locked every day.",
    "empty_plain_beside_html": "School transport\n\nThe bus was late.",
    "encrypted": "",
    "smuggled_header": "Bus Bcc: everybody@victim.example Buy\n\nThe bus was late.",
    "our_own_mail_back": "",
    "bounce_of_the_old_kind": "",
}


@pytest.mark.parametrize(("name", "words"), WORDS_OF.items())
def test_the_words_of_each_odd_mail_are_read(name: str, words: str) -> None:
    assert read(name).text == words


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_is_kept_whole_for_our_mailbox_and_under_a_name_of_its_own(name: str) -> None:
    message = read(name)

    assert message.raw == raw(name)
    assert (message.channel, message.account) == ("email", US)
    assert message.sender.scheme == "email"
    assert message.external_id == read(name).external_id


def test_no_two_mails_have_the_same_name() -> None:
    assert len({read(name).external_id for name in NAMES}) == len(NAMES)


def test_answers_between_the_lines_are_kept_with_their_questions() -> None:
    text = read("quote").text

    assert "Elm Hill, since September." in text
    assert "> Is this one thing or two?" in text
    assert text.endswith("Two: the taxi, and the therapy in his plan.")


def test_a_letter_passed_on_is_what_the_person_tells() -> None:
    text = read("forwarder").text

    assert text.startswith("Please see what the school sent me.")
    assert "He may not come back on Monday." in text


LETTER = "Please see below.\n\nFrom: Head <head@school.example>\nSent: 13 Nov 2026\nTo: Ann\n\nHe may not come back."


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("FW: Attendance", ""),
        ("FW: Attendance", f"In-Reply-To: {OUR_ID}\n"),
        ("Re: Attendance", "In-Reply-To: <letter@school.example>\nCc: head@school.example\n"),
        ("Re: Attendance", ""),
    ],
)
def test_a_thread_that_is_not_ours_is_kept_with_what_it_quotes(subject: str, headers: str) -> None:
    assert read(written(LETTER, subject=subject, headers=headers)).text == LETTER


def test_our_own_mail_is_known_below_an_answer_even_where_a_server_gave_it_another_id() -> None:
    answer = f"Elm Hill\n\nOn 16 Nov 2026 at 09:20, SEND Team <{US}> wrote:\n> Which school?"

    assert read(written(answer, subject="Re: Bus", headers="In-Reply-To: <x@mailer.example>\n")).text == "Elm Hill"


# --- who wrote, and where an answer goes ---------------------------------------------------------------------------


def test_one_person_is_one_address_however_it_is_written() -> None:
    assert read("upper_case_from").sender == read("text").sender == Address("email", ANN)


def test_mails_without_a_sender_are_of_nobody_and_of_nobody_else() -> None:
    first, second = (read(written(words).replace(f"From: Ann <{ANN}>\r\n".encode(), b"")) for words in ("one", "two"))

    assert first.sender != second.sender
    assert is_nobody(first.sender.path)
    assert first.manner is Manner.KEEP
    assert not first.verified


def test_without_from_the_one_to_reply_to_is_the_sender() -> None:
    mail = written("The bus was late.").replace(b"From: Ann", b"Reply-To: Ann")

    assert read(mail).sender == Address("email", ANN)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Ann Example <Ann@Parent.example>", ANN),
        ('"Example, Ann" <ann@parent.example>', ANN),
        ("=?utf-8?Q?Ann_=2C?= <ann@parent.example>", ANN),
        ("ann@parent.example (Ann)", ANN),
        ("Ann <ann@parent.example", ANN),
        ("<mailto:x> ann@parent.example", ANN),
        ("Anna <anna@bücher.example>", "anna@xn--bcher-kva.example"),
        ("zoë@parent.example", "zoë@parent.example"),
    ],
)
def test_a_sender_is_read_however_a_program_writes_it(given: str, wanted: str) -> None:
    mail = written("Hello").replace(f"Ann <{ANN}>".encode(), given.encode())

    assert read(mail).sender.path == wanted


def test_an_answer_goes_where_the_person_asks_for_it() -> None:
    assert read("reply_with_cc").thread["reply_to"] == "ann.example@work.example"


@pytest.mark.parametrize("name", ["malformed_reply_to", "text", "group_sender"])
def test_an_address_to_reply_to_that_is_none_or_the_same_is_left_out(name: str) -> None:
    assert "reply_to" not in read(name).thread


@pytest.mark.parametrize("ours", [US, "SEND <send+river@earshot.example>"])
def test_nobody_can_make_us_answer_ourselves(ours: str) -> None:
    assert "reply_to" not in read(written("Hello", headers=f"Reply-To: {ours}\n")).thread


def test_a_code_behind_our_name_says_by_which_poster_they_came() -> None:
    assert read("our_address_in_cc").ref == "RIVER"
    assert read("text").ref == ""


def test_a_mailbox_whose_own_name_has_a_plus_sign_is_known_and_is_no_poster() -> None:
    ours = MailAccount.read("team+feedback@earshot.example", keys=(b"k",))
    mail = written("Hello").replace(f"To: {US}".encode(), b"To: team+feedback@earshot.example")
    (message,) = MailReader(ours).read(mail)
    assert isinstance(message, InboundMessage)

    assert message.ref == ""
    assert ours.is_ours("team+feedback@earshot.example")
    assert not ours.is_ours("team@earshot.example")
    assert not ours.is_ours("")


# --- threads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["in_reply_to", "in_reply_to_several", "references_same", "references_several", "quote"])
def test_an_answer_leads_back_to_what_it_answers(name: str) -> None:
    assert read(name).details["answers"] == str(OURS)


def test_an_id_that_we_did_not_sign_leads_nowhere() -> None:
    forged = OUR_ID.replace(OUR_ID[40:60], "0" * 20)

    assert "answers" not in read(written("Hello", headers=f"In-Reply-To: {forged}\n")).details


def test_the_ids_before_it_are_kept_each_once_and_in_order() -> None:
    assert read("references_same").thread["references"] == OUR_ID
    assert read("references_several").thread["references"] == f"<first@parent.example> {OUR_ID} <middle@parent.example>"


def test_a_talk_without_end_keeps_its_first_id_and_the_last_ones() -> None:
    ids = [f"<{number}@parent.example>" for number in range(500)]
    kept = read(written("Hello", headers="References: " + "\n ".join(ids) + "\n")).thread["references"].split()

    assert kept == [ids[0], *ids[-20:]]


# --- repeats --------------------------------------------------------------------------------------------------------


def test_the_same_mail_by_another_way_is_a_repeat() -> None:
    again = b"Received: from elsewhere\r\nX-Spam: no\r\n" + raw("text").replace(b"School", b"[EXTERNAL] School")

    assert read(again).external_id == read("text").external_id


def test_an_id_used_for_other_words_is_another_message() -> None:
    other = raw("text").replace(b"taxi", b"bus")

    assert read(other).external_id != read("text").external_id


def test_a_mail_without_an_id_is_known_by_all_its_bytes() -> None:
    mail = raw("no_message_id")

    assert read(mail).external_id == read(mail).external_id
    assert read(mail).external_id != read(mail.replace(b"09:12", b"09:13")).external_id


def test_an_endless_id_does_not_become_an_endless_name() -> None:
    long = raw("text").replace(b"<text@parent.example>", b"<" + b"x" * 5000 + b"@parent.example>")

    assert len(read(long).external_id) < 300


# --- subject and time -----------------------------------------------------------------------------------------------


def test_a_subject_that_the_words_begin_with_is_not_said_twice() -> None:
    assert read(written("The bus was late again.", subject="the bus was late")).text == "The bus was late again."


def test_a_mail_that_is_a_subject_only_is_its_subject() -> None:
    assert read(written("", subject="The bus never came")).text == "The bus never came"


def test_a_word_understood_anywhere_stays_the_whole_message() -> None:
    assert read(written("STOP", subject="School transport")).text == "STOP"


@pytest.mark.parametrize("subject", ["Re: taxi", "RE: AW: taxi", "Odp: taxi", "Fwd: taxi", "Re[2]: taxi"])
def test_the_subject_of_an_answer_is_not_joined(subject: str) -> None:
    assert read(written("Elm Hill", subject=subject)).text == "Elm Hill"


def test_when_it_was_written_is_in_utc_and_nothing_where_it_is_nonsense() -> None:
    assert read("text").sent_at == datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
    assert read("no_date").sent_at is None
    for nonsense in ("yesterday", "Mon, 99 Nov 2026 99:99:99", "Thu, 1 Jan 1970 00:00:00 +0000", "Mon, 16 Nov 99999 09:00 +9999"):
        assert read(written("Hello", headers=f"Date: {nonsense}\n")).sent_at is None


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_without_a_name_are_listed_and_can_be_fetched() -> None:
    message = read("attachments_without_name")

    assert [(media.content_type, media.name) for media in message.media] == [("application/pdf", ""), ("image/png", "")]
    assert DOOR.fetch(message.media[0], message.raw).startswith(b"%PDF-1.4")
    assert DOOR.fetch(message.media[1], message.raw).startswith(b"\x89PNG")


def test_names_are_read_in_every_form_and_lead_into_no_folder() -> None:
    assert [media.name for media in read("only_attachments").media] == ["Brief über Ann.pdf", "nagłe.m4a"]


def test_pictures_of_a_signature_are_left_out_and_the_others_kept() -> None:
    assert [media.name for media in read("inline_images_and_pdf").media] == ["step.png", "plan.pdf"]


def test_a_mail_within_the_mail_is_one_file() -> None:
    message = read("forwarded_as_a_file")
    (media,) = message.media

    assert media.name == "Attendance.eml"
    assert b"He may not come back on Monday." in DOOR.fetch(media, message.raw)


def test_an_encrypted_mail_is_kept_as_what_nobody_here_can_read() -> None:
    assert read("encrypted").media[0].kind == "encrypted"


def test_of_a_mail_too_large_the_beginning_is_read_and_the_rest_is_told_of() -> None:
    whole = raw("attachments_without_name")
    message = reader().read(whole[: len(whole) // 2], size=90_000_000)[0]
    assert isinstance(message, InboundMessage)

    assert message.text == "School transport\n\nHere are the letters."
    assert [media.kind for media in message.media] == [TOO_LARGE]
    assert message.details["bytes"] == "90000000"


# --- whatever comes -------------------------------------------------------------------------------------------------

STRANGE = {
    "nothing": b"",
    "no mail": b"\x00\xff\xfe nothing of a mail",
    "headers only": b"From: ann@parent.example\r\n",
    "boxes without end": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    "a boundary that never comes": b"From: ann@parent.example\nContent-Type: multipart/mixed; boundary=x\n\nThe bus was late.",
    "broken base64": b"From: ann@parent.example\nContent-Transfer-Encoding: base64\n\n!!!!=A",
    "an unknown charset": b"From: ann@parent.example\nContent-Type: text/plain; charset=x-nowhere\n\nThe bus was late.",
    "a charset that is none": b"From: ann@parent.example\nContent-Type: text/plain; charset=zip\n\nThe bus was late.",
    "broken encoded words": b"From: =?utf-8?B?!!!?= <ann@parent.example>\nSubject: =?x?Q?=ZZ?= =?utf-8?B?A?=\n\nThe bus.",
    "a malformed name of a file": b"Content-Type: application/pdf; name*=x'y'%ZZ; name*9*=a\n\nx",
    "a thousand senders": b"From: " + b"a@b.example, " * 1000 + b"\n\nhello",
    "brackets": b"From: " + b"(" * 5000 + b"\n\nhello",
    "tags without end": b"Content-Type: text/html\n\n" + b"<div>" * 20_000,
    "a header without end": b"Subject: " + b"x" * 500_000 + b"\n\nhello",
}


@pytest.mark.parametrize("charset", ["zip", "hex", "x-nowhere", "\x00", "utf-16", ""])
def test_bytes_under_a_charset_that_is_none_are_read_all_the_same(charset: str) -> None:
    mail = f"From: {ANN}\nContent-Type: text/plain; charset={charset}\n\n".encode() + "The café was late.".encode()

    assert read(mail).sender.path == ANN
    assert read(mail).text == "The café was late."


@pytest.mark.parametrize("mail", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_mail_is_kept_and_soon(mail: bytes) -> None:
    began = time.thread_time()  # of this test alone, whatever else the machine does
    (message, *_) = events(mail)
    assert isinstance(message, InboundMessage)

    assert message.raw == mail
    assert message.external_id
    assert message.sender.path
    assert time.thread_time() - began < 5


def test_one_that_cannot_be_read_at_all_is_kept_whole_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RecursionError

    monkeypatch.setattr("channels.mail_reading.parse", broken)
    message = read("text")
    (media,) = message.media

    assert (message.text, media.kind, message.manner) == ("", UNREADABLE, Manner.KEEP)
    assert DOOR.fetch(media, message.raw) == raw("text")


def test_nothing_of_a_person_shows_when_a_message_is_printed() -> None:
    shown = repr(read("text"))

    assert "taxi" not in shown
    assert ANN not in shown
    assert "School transport" not in shown
