"""What leaves: one mail to one person, in its thread, that no robot answers; and what each refusal means."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.errors import (
    ChannelMisconfigured,
    ContactUnreachable,
    MediaGone,
    MediaRefused,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
)
from bot.model import Address, Locale, Media
from bot.outgoing import Choice, DeliveryStatus, Outgoing, Spoken
from channels.base import Door
from channels.email import LIMIT, EmailDoor
from channels.mail_account import MailAccount
from channels.mail_login import Login
from channels.mail_out import Submission
from channels.mail_reading import EMAIL
from channels.mail_writing import composed
from tests.channels.contract import YES_NO, DoorContract
from tests.channels.mail_catcher import PASSWORD, USER, Catcher, catcher, made_certificate
from tests.channels.mails import ANN, KEY, NOW, OUR_ID, US, account, outgoing, raw, read

LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}@"
THREAD = {
    "message_id": "<one@parent.example>",
    "references": "<zero@parent.example> <half@parent.example>",
    "subject": "School transport",
}


@pytest.fixture
def caught() -> Iterator[Catcher]:
    with catcher() as running:
        yield running


def door(
    port: int, *, scheme: str = "smtp", login: str = "", context: ssl.SSLContext | None = None, **given: object
) -> EmailDoor:
    return EmailDoor(account(smtp_url=f"{scheme}://{login}127.0.0.1:{port}", **given), now=lambda: NOW, context=context)


class TestEmailDoor(DoorContract):
    limit = LIMIT

    @pytest.fixture
    def door(self, caught: Catcher) -> Door:
        return door(caught.port, login=LOGIN)

    @pytest.fixture
    def address(self) -> Address:
        return Address("email", ANN)

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (PASSWORD, quote(PASSWORD, safe=""))

    @pytest.fixture
    def failures(self, caught: Catcher) -> Sequence[Callable[[], None]]:
        return [partial(caught.refusals.__setitem__, word, reply) for word, reply, _ in FAILURES.values()]


FAILURES = {
    "MAIL later": ("MAIL", "451 4.3.0 try again", ProviderUnavailable),
    "MAIL never": ("MAIL", "550 5.7.60 not your address", ChannelMisconfigured),
    "RCPT later": ("RCPT", "450 4.2.0 <ann@parent.example> greylisted", ProviderUnavailable),
    "RCPT nobody": ("RCPT", "550 5.1.1 <ann@parent.example> no such user", ContactUnreachable),
    "RCPT nobody, without a code": ("RCPT", "550 no such user ann@parent.example", ContactUnreachable),
    "RCPT by policy": ("RCPT", "554 5.7.1 relay access denied", Rejected),
    "RCPT too fast": ("RCPT", "450 4.7.1 too many", Throttled),
    "DATA later": ("DATA", "452 4.3.1 no room", ProviderUnavailable),
    "DATA too fast": ("DATA", "432 4.3.2 concurrent connections", Throttled),
    "DATA never": ("DATA", "554 5.6.0 ann@parent.example", Rejected),
    "broken off at MAIL": ("MAIL", "", ProviderUnavailable),
    "broken off at RCPT": ("RCPT", "", ProviderUnavailable),
    "broken off after DATA": ("DATA", "", ProviderUncertain),
}


@pytest.mark.parametrize(("word", "reply", "error"), FAILURES.values(), ids=FAILURES.keys())
def test_each_refusal_is_the_error_that_says_what_to_do(
    caught: Catcher, word: str, reply: str, error: type[SendError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "channels")
    caught.refusals[word] = reply

    with pytest.raises(SendError) as raised:
        door(caught.port).send(outgoing("nobody rang"))
    assert type(raised.value) is error
    shown = f"{raised.value} {raised.value.code} {raised.value.__cause__!r} {caplog.text}"
    assert ANN not in shown
    assert "nobody rang" not in shown


def test_without_a_server_or_when_it_is_away_nothing_was_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(ProviderUnavailable):
            door(port).send(outgoing())
    with pytest.raises(ChannelMisconfigured, match="EMAIL_SMTP_URL"):
        EmailDoor(account()).send(outgoing())


def test_a_server_that_talks_nonsense_or_hangs_up_has_nothing() -> None:
    for greeting in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"554 no\r\n", b"\xff" * 5000):
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_say, args=(server, greeting))
            thread.start()
            with pytest.raises(ProviderUnavailable):
                door(server.getsockname()[1]).send(outgoing())
            thread.join()


def _say(server: socket.socket, greeting: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(greeting)


def test_a_server_so_slow_that_another_worker_would_begin_is_left_before_it_has_the_mail(caught: Catcher) -> None:
    server = account(smtp_url=f"smtp://127.0.0.1:{caught.port}").smtp
    assert server is not None
    times = iter([0.0, 20.0, 46.0])
    slow = Submission(server, Login(server, None), seconds=lambda: next(times))

    with pytest.raises(ProviderUnavailable, match="slow"):
        slow.send(composed(outgoing(), account(), now=NOW), envelope="", to=ANN)
    assert caught.caught == []


# --- what a mail says -----------------------------------------------------------------------------------------------


def test_an_answer_stands_in_its_thread(caught: Catcher) -> None:
    sent = door(caught.port).send(outgoing("Thank you.", thread=THREAD))
    mail = caught.mail()

    assert (sent.provider_id, sent.status) == (OUR_ID, DeliveryStatus.SENT)
    assert mail["Message-ID"] == OUR_ID
    assert mail["In-Reply-To"] == "<one@parent.example>"
    assert mail["References"].split() == ["<zero@parent.example>", "<half@parent.example>", "<one@parent.example>"]
    assert mail["Subject"] == "Re: School transport"
    assert mail["From"] == f"SEND Team <{US}>"
    assert mail["To"] == ANN
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert mail.get_content() == "Thank you.\r\n" or mail.get_content() == "Thank you.\n"


def test_an_answer_to_our_answer_leads_back_to_it(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread=THREAD))

    assert read("in_reply_to").thread["references"] == caught.mail()["Message-ID"]


def test_no_robot_can_answer_an_answer(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread=THREAD))

    assert caught.caught[0].mail_from == "<>"
    assert caught.mail()["Auto-Submitted"] == "auto-replied"
    assert "AutoReply" in caught.mail()["X-Auto-Response-Suppress"]


def test_what_a_person_of_the_team_wrote_is_a_person_s_mail(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread=THREAD, by_person=True))

    assert caught.caught[0].mail_from == US
    assert caught.mail()["Auto-Submitted"] is None
    assert caught.mail()["X-Auto-Response-Suppress"] is None


def test_what_answers_nothing_says_so(caught: Catcher) -> None:
    door(caught.port).send(outgoing())

    assert caught.mail()["Auto-Submitted"] == "auto-generated"
    assert caught.mail()["In-Reply-To"] is None


def test_bounces_go_where_they_are_wanted(caught: Catcher) -> None:
    door(caught.port, bounce_address="returns@earshot.example").send(outgoing(thread=THREAD))

    assert caught.caught[0].mail_from == "returns@earshot.example"


def test_a_server_that_wants_an_envelope_sender_is_told_of_with_the_fix(caught: Catcher) -> None:
    caught.refusals["MAIL"] = "550 5.7.1 no null sender"

    with pytest.raises(ChannelMisconfigured, match="EMAIL_BOUNCE_ADDRESS"):
        door(caught.port).send(outgoing())


def test_one_person_gets_it_and_that_is_whom_they_name(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread={**THREAD, "reply_to": "Ann.Example@Work.example"}))

    assert caught.caught[0].rcpt_tos == ["Ann.Example@Work.example"]
    assert caught.mail()["Cc"] is None


@pytest.mark.parametrize("reply_to", ["", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "<>"])
def test_a_malformed_address_to_reply_to_is_passed_over(caught: Catcher, reply_to: str) -> None:
    door(caught.port).send(outgoing(thread={**THREAD, "reply_to": reply_to}))

    assert caught.caught[0].rcpt_tos == [ANN]


@pytest.mark.parametrize(
    "address",
    [
        Address("tel", "+447700900123"),
        Address("email", ""),
        Address("email", "x"),
        Address("email", f"{'0' * 32}@sender-unknown.invalid"),
    ],
)
def test_nobody_is_nobody_to_write_to(caught: Catcher, address: Address) -> None:
    nobody = Outgoing(id=outgoing().id, channel=EMAIL, address=address, text="Thank you.")

    with pytest.raises(ContactUnreachable):
        door(caught.port).send(nobody)
    assert caught.caught == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Re: School transport", "Re: School transport"),
        ("AW: School transport", "AW: School transport"),
        ("Fwd: Attendance", "Re: Fwd: Attendance"),
        ("", "Re:"),
        ("Bus\r\nBcc: everybody@victim.example", "Re: Bus Bcc: everybody@victim.example"),
        ("Zażółć “gęślą” 🚌 " * 5, "Re: " + ("Zażółć “gęślą” 🚌 " * 5).strip()),
        ("x" * 1000, "Re: " + "x" * 200),
    ],
)
def test_a_subject_is_one_line_whatever_is_in_it(caught: Catcher, given: str, wanted: str) -> None:
    door(caught.port).send(outgoing(thread={**THREAD, "subject": given}))

    assert caught.mail()["Subject"] == wanted
    assert caught.mail()["Bcc"] is None
    assert all(len(line) <= 998 for line in caught.raw().split(b"\r\n"))


def test_ids_as_long_as_outlook_s_stay_whole(caught: Catcher) -> None:
    long = f"<{'A' * 60}@{'B' * 60}.prod.mail.example>"
    door(caught.port).send(outgoing(thread={"message_id": long, "references": f"{long} <x@y.example> \r\nBcc: z@z.example"}))

    assert f"In-Reply-To: {long}\r\n".encode() in caught.raw()
    assert caught.mail()["References"].split() == [long, "<x@y.example>"]
    assert caught.mail()["Bcc"] is None


def test_a_mail_read_here_and_answered_smuggles_nothing(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread=dict(read("smuggled_header").thread)))

    assert caught.mail()["Subject"] == "Re: Bus Bcc: everybody@victim.example Buy"
    assert caught.mail()["Bcc"] is None
    assert caught.caught[0].rcpt_tos == [ANN]


@pytest.mark.parametrize(
    "words", ["Dziękujemy, “tak” 🚌", "x" * 3000, ".\n..\nFrom here on\n\n", "a\0b\ud800c", "شكرا لك", "one\r\ntwo"]
)
def test_the_words_arrive_as_they_were_written(caught: Catcher, words: str) -> None:
    door(caught.port).send(outgoing(words))
    wanted = words.replace("\0", "").replace("\ud800", "").replace("\r\n", "\n")

    assert caught.mail().get_content().replace("\r\n", "\n").rstrip("\n") == wanted.rstrip("\n")
    assert max(len(line) for line in caught.raw().partition(b"\r\n\r\n")[2].split(b"\r\n")) <= 78


def test_our_name_is_written_so_that_every_server_takes_it(caught: Catcher) -> None:
    named = MailAccount.read(f'"Zespół SEND, “Głos” rodziców" <{US}>', keys=(KEY,), smtp_url=f"smtp://127.0.0.1:{caught.port}")
    EmailDoor(named, now=lambda: NOW).send(outgoing())

    assert caught.raw().partition(b"\r\n\r\n")[0].isascii()
    assert caught.mail()["From"].addresses[0].display_name == "Zespół SEND, “Głos” rodziców"
    assert caught.mail()["From"].addresses[0].addr_spec == US


def test_the_language_of_the_words_is_said(caught: Catcher) -> None:
    polish = Outgoing(id=outgoing().id, channel=EMAIL, address=Address("email", ANN), text="Tak", locale=Locale("pl"))
    door(caught.port).send(polish)

    assert caught.mail()["Content-Language"] == "pl"


def test_choices_are_numbered_lines_and_all_is_one_mail(caught: Catcher) -> None:
    (part,) = door(caught.port).render(Spoken("word " * 5000, (*YES_NO, Choice("later", "Later"))))

    assert part.text.splitlines()[-3:] == ["1 Yes", "2 No, team only", "3 Later"]


def test_an_address_with_letters_that_the_server_cannot_write_is_unreachable(caught: Catcher) -> None:
    with pytest.raises(ContactUnreachable):
        door(caught.port).send(outgoing(to="zoë@parent.example"))


def test_an_international_domain_is_written_in_ascii(caught: Catcher) -> None:
    door(caught.port).send(outgoing(thread={**THREAD, "reply_to": "anna@bücher.example"}))

    assert caught.caught[0].rcpt_tos == ["anna@xn--bcher-kva.example"]


# --- TLS and logging in ---------------------------------------------------------------------------------------------


def test_a_password_goes_over_starttls(tmp_path: Path) -> None:
    certificate, trusting = made_certificate(tmp_path)
    with catcher(certificate=certificate, login=True) as caught:
        door(caught.port, login=LOGIN, context=trusting).send(outgoing())

        assert len(caught.caught) == 1
        assert caught.logins


def test_a_server_whose_certificate_is_not_good_gets_neither_mail_nor_password(tmp_path: Path) -> None:
    certificate, _ = made_certificate(tmp_path)
    with catcher(certificate=certificate, login=True) as caught:
        with pytest.raises(ProviderUnavailable):
            door(caught.port, login=LOGIN, context=ssl.create_default_context()).send(outgoing())

        assert caught.logins == []


def test_a_server_elsewhere_without_starttls_gets_no_password(caught: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.mail_account.is_loopback", lambda host: False)

    with pytest.raises(ChannelMisconfigured, match="STARTTLS"):
        door(caught.port, login=LOGIN).send(outgoing())
    assert caught.logins == []


def test_a_wrong_password_stops_the_channel_and_is_not_said() -> None:
    with catcher(login=True) as caught, pytest.raises(ChannelMisconfigured) as raised:
        door(caught.port, login="earshot:wrong-one@").send(outgoing())

    assert "wrong-one" not in f"{raised.value!r}{raised.value}"


def test_a_password_that_cannot_be_sent_is_told_of(caught: Catcher) -> None:
    with pytest.raises(ChannelMisconfigured, match="sign"):
        door(caught.port, login="earshot:caf%C3%A9@").send(outgoing())


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["part:99", "part:x", "part:-1", "part:", "https://elsewhere.example/x", "", "part:" + "9" * 5000]
)
def test_a_part_that_is_not_there_is_refused(url: str) -> None:
    with pytest.raises(MediaRefused):
        EmailDoor(account()).fetch(Media(url=url), raw("attachments_without_name"))


def test_a_file_of_a_mail_that_is_no_longer_kept_is_gone() -> None:
    with pytest.raises(MediaGone):
        EmailDoor(account()).fetch(Media(url="part:2"), None)
