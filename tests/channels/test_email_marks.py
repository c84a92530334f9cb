"""Who is answered and who is not, whose word on a sender counts, and what bounces tell."""

from __future__ import annotations

import pytest

from bot.model import InboundMessage, Manner
from bot.outgoing import DeliveryStatus, Failure
from tests.channels.mails import ANN, NAMES, OURS, US, account, events, raw, read, reader, receipt, written

NOT_ANSWERED = {
    "auto_reply": Manner.RECORD,
    "auto_reply_unmarked": Manner.RECORD,
    "mailing_list": Manner.RECORD,
    "bounce_gmail": Manner.RECORD,
    "bounce_without_from": Manner.RECORD,
    "bounce_of_the_old_kind": Manner.RECORD,
    "bounce_of_somebody_elses": Manner.RECORD,
    "delayed": Manner.RECORD,
    "read_receipt": Manner.RECORD,
    "our_own_mail_back": Manner.RECORD,
    "asks_for_no_answer": Manner.KEEP,
    "group_sender": Manner.KEEP,
    "form_on_a_web_site": Manner.KEEP,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_person_is_answered_and_nobody_else(name: str) -> None:
    assert read(name).manner is NOT_ANSWERED.get(name, Manner.TALK)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied; owner-email=x@y.example",
        "Auto-Submitted: (a comment) AUTO-NOTIFIED",
        "Auto-Submitted: something-new",
        "Precedence: bulk",
        "Precedence: Junk",
        "Precedence: auto_reply",
        "List-Unsubscribe: <mailto:off@list.example>",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Return-Path: <>",
        "Return-Path: < >",
    ],
)
def test_each_mark_of_a_program_is_known(header: str) -> None:
    assert read(written("Hello", headers=f"{header}\n")).manner is Manner.RECORD


@pytest.mark.parametrize(
    ("header", "wanted"),
    [("X-Spam-Flag: YES", Manner.KEEP), ("X-Spam-Flag: no", Manner.TALK), ("X-Spam-Flag: Yes, score=9", Manner.KEEP)],
)
def test_what_our_server_takes_for_spam_is_kept_unanswered(header: str, wanted: Manner) -> None:
    assert read(written("Hello", headers=f"{header}\n")).manner is wanted


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (a person)",
        "Precedence: first-class",
        "Return-Path: <ann@parent.example>",
        "X-Auto-Response-Suppress: DR, RN",
        "X-Mailer: Outlook",
    ],
)
def test_what_people_s_programs_write_is_no_mark(header: str) -> None:
    assert read(written("Hello", headers=f"{header}\n")).manner is Manner.TALK


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@mx.example",
        "postmaster@mx.example",
        "no-reply@x.example",
        "NoReply@x.example",
        "donotreply@x.example",
        "do_not_reply@x.example",
        "no.reply@x.example",
        "bounces+ann=x.example@list.example",
        US,
        "send+RIVER@earshot.example",
    ],
)
def test_no_program_s_address_is_answered_nor_our_own(sender: str) -> None:
    assert read(written("Hello").replace(f"Ann <{ANN}>".encode(), sender.encode())).manner is Manner.RECORD


def test_people_with_names_like_that_are_answered() -> None:
    for sender in ("bounty@x.example", "noreen.reply@x.example", "postmasters.wife@x.example"):
        assert read(written("Hello").replace(ANN.encode(), sender.encode())).manner is Manner.TALK


def test_a_subject_like_a_robot_s_is_kept_unanswered_and_is_feedback() -> None:
    assert read(written("Nobody reads mail there.", subject="Out of office: all week")).manner is Manner.KEEP
    assert read(written("Nobody reads mail there.", subject="Out of office all week")).manner is Manner.TALK


def test_what_bounces_to_the_address_for_bounces_is_no_talk_with_it() -> None:
    mail = written("Hello").replace(ANN.encode(), b"returns@earshot.example")
    (message, *_) = reader(bounce_address="returns@earshot.example").read(mail)
    assert isinstance(message, InboundMessage)

    assert message.manner is Manner.RECORD


# --- trust ----------------------------------------------------------------------------------------------------------


def _proven(results: str, *, mail: str = "text", **given: object) -> bool:
    top = "".join(f"Authentication-Results: {line}\r\n" for line in results.split("\n"))
    (message, *_) = reader(**given).read(top.encode() + raw(mail))
    assert isinstance(message, InboundMessage)
    return message.verified


@pytest.mark.parametrize(
    "results",
    [
        "mx.earshot.example; dmarc=pass header.from=parent.example",
        "MX.Earshot.Example 1; dmarc=pass (p=NONE sp=NONE) header.from=PARENT.example",
        "mx.earshot.example; spf=fail smtp.mailfrom=list.example; dkim=pass header.d=parent.example header.s=a",
        "mx.earshot.example; dkim=fail header.d=parent.example; dkim=pass header.i=@parent.example",
        "mx.earshot.example; spf=pass (good) smtp.mailfrom=bounce@parent.example",
    ],
)
def test_our_own_host_s_word_proves_a_sender(results: str) -> None:
    assert _proven(results)


@pytest.mark.parametrize(
    "results",
    [
        "mx.elsewhere.example; dmarc=pass header.from=parent.example",
        "mx.earshot.example.attacker.example; dmarc=pass header.from=parent.example",
        "mx.earshot.example; dmarc=fail header.from=parent.example",
        "mx.earshot.example; dmarc=fail header.from=parent.example; dkim=pass header.d=parent.example",
        "mx.earshot.example; dmarc=pass header.from=attacker.example",
        "mx.earshot.example; dmarc=pass",
        "mx.earshot.example; dkim=pass header.d=attacker.example",
        "mx.earshot.example; dkim=pass header.d=example",
        "mx.earshot.example; dkim=pass header.d=t.example; spf=pass smtp.mailfrom=x@notparent.example",
        "mx.earshot.example; spf=softfail smtp.mailfrom=ann@parent.example",
        'mx.earshot.example; spf=fail reason="x; dmarc=pass header.from=parent.example"',
        "mx.earshot.example; spf=fail (x; dmarc=pass header.from=parent.example)",
        "mx.earshot.example; spf=fail (x (y) ; dmarc=pass header.from=parent.example)",
        "mx.earshot.example; spf=fail (; dmarc=pass header.from=parent.example",
        "mx.earshot.example; xdmarc=pass header.from=parent.example",
        "mx.earshot.example; none",
        "mx.earshot.example; spf=fail\nmx.earshot.example; dmarc=pass header.from=parent.example",
        "",
        ";;;===;;",
    ],
)
def test_no_other_word_proves_anything(results: str) -> None:
    assert not _proven(results)


def test_without_our_host_s_name_nothing_is_proven() -> None:
    assert not _proven("mx.earshot.example; dmarc=pass header.from=parent.example", authserv_id="")


def test_a_mail_of_two_senders_is_proven_for_neither() -> None:
    good = b"Authentication-Results: mx.earshot.example; dmarc=pass header.from=parent.example\r\n"
    two = written("Hello").replace(f"Ann <{ANN}>".encode(), f"{ANN}, bo@attacker.example".encode())
    twice = b"From: bo@attacker.example\r\n" + written("Hello")

    assert not read(good + two).verified
    assert not read(good + twice).verified
    assert read(good + written("Hello")).verified


@pytest.mark.parametrize(
    "given",
    [
        "ann@parent.example <eve@parent.example>",
        '"ann@parent.example" <eve@parent.example>',
        "eve@parent.example (ann@parent.example)",
        "eve@parent.example, ann@parent.example",
        "ann@parent.example, <>, eve@parent.example",
    ],
)
def test_a_sender_that_two_readers_may_read_as_two_is_not_proven(given: str) -> None:
    good = b"Authentication-Results: mx.earshot.example; dmarc=pass header.from=parent.example\r\n"

    assert not read(good + written("Hello").replace(f"Ann <{ANN}>".encode(), given.encode())).verified


def test_a_sender_named_by_their_own_address_is_proven() -> None:
    good = b"Authentication-Results: mx.earshot.example; dmarc=pass header.from=parent.example\r\n"

    assert read(good + written("Hello").replace(b"Ann <", f'"{ANN.upper()}" <'.encode())).verified


def test_a_forged_result_below_the_real_one_is_nothing() -> None:
    assert read("proven").verified
    assert not read("forged_results").verified


# --- bounces --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "failure"),
    [
        ("bounce_gmail", "5.1.1", Failure.UNREACHABLE),
        ("bounce_without_from", "5.2.2", Failure.TRY_ONCE),
        ("bounce_of_the_old_kind", None, Failure.UNREACHABLE),
    ],
)
def test_a_bounce_of_ours_says_that_it_did_not_arrive_and_why(name: str, code: str | None, failure: Failure) -> None:
    found = receipt(name)

    assert (found.status, found.outbound, found.code, found.failure) == (DeliveryStatus.UNDELIVERED, OURS, code, failure)


@pytest.mark.parametrize(
    ("code", "failure"),
    [("5.2.1", Failure.UNREACHABLE), ("5.7.26", Failure.BLOCKED), ("4.4.7", Failure.TRY_ONCE), ("5.9.9", Failure.REJECTED)],
)
def test_each_code_has_its_meaning(code: str, failure: Failure) -> None:
    _, found = events(raw("bounce_gmail").replace(b"Status: 5.1.1", f"Status: {code}".encode()))

    assert not isinstance(found, InboundMessage)
    assert getattr(found, "failure", None) is failure


@pytest.mark.parametrize("name", ["delayed", "bounce_of_somebody_elses", "read_receipt", "auto_reply", "text", "in_reply_to"])
def test_what_is_no_bounce_of_ours_says_nothing_of_it(name: str) -> None:
    assert len(events(name)) == 1


def test_a_report_that_it_arrived_is_good_news() -> None:
    _, found = events(raw("bounce_gmail").replace(b"Action: failed", b"Action: delivered").replace(b"5.1.1", b"2.1.5"))

    assert getattr(found, "status", None) is DeliveryStatus.DELIVERED
    assert getattr(found, "failure", None) is None


def test_our_own_words_in_a_bounce_are_nobody_s_cry_for_help() -> None:
    assert read("bounce_of_the_old_kind").text == ""
    assert read("bounce_gmail").text == ""


def test_an_old_key_still_knows_our_mails_while_keys_are_changed() -> None:
    (message, *_) = reader(keys=(b"new" * 10, b"k" * 32)).read(raw("in_reply_to"))
    assert isinstance(message, InboundMessage)

    assert message.details["answers"] == str(OURS)
    assert account(keys=(b"new" * 10, b"k" * 32)).keys[0] == b"new" * 10
