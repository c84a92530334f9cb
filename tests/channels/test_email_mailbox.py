"""The mailbox as a way in: nothing is lost, nothing is marked before it is kept, and a broken line is begun anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.errors import BadSettings, ProviderUnavailable, StoreUnavailable
from bot.events import Event
from bot.model import InboundMessage, Manner
from channels.mail_in import BEGINNING, MAX_MAIL, MailPoller
from channels.mail_reading import TOO_LARGE, MailReader
from tests.channels.mail_catcher import made_certificate
from tests.channels.mailbox_server import PASSWORD, USER, Mailbox, mailbox_server
from tests.channels.mails import account, raw

SHORT, LONG = timedelta(milliseconds=50), timedelta(seconds=100)
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox_server() as running:
        yield running


class Kept:
    """An intake that keeps what it is told, or refuses."""

    def __init__(self) -> None:
        self.messages: list[InboundMessage] = []
        self.refuses: dict[str, Exception] = {}

    def __call__(self, events: Sequence[Event]) -> None:
        (message, *_) = events
        assert isinstance(message, InboundMessage)
        for words, error in self.refuses.items():
            if words in message.text:
                raise error
        self.messages.append(message)

    @property
    def ids(self) -> list[str]:
        return [message.external_id.partition("@")[0].strip("<") for message in self.messages]


@pytest.fixture
def kept() -> Kept:
    return Kept()


def poller(box: Mailbox, *, login: str = LOGIN, folder: str = "", slept: list[float] | None = None) -> MailPoller:
    ours = account(imap_url=f"imap://{login}@127.0.0.1:{box.port}/{folder}")
    return MailPoller(ours, MailReader(ours), sleep=(slept if slept is not None else []).append)


@pytest.fixture
def polling(box: Mailbox) -> Iterator[MailPoller]:
    made = poller(box)
    yield made
    made.close()


def test_unread_mail_is_handed_over_oldest_first_and_marked(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    for name in ("text", "no_subject", "only_html"):
        box.deliver(raw(name))

    assert polling.poll(kept, wait=SHORT)
    assert kept.ids == ["text", "no-subject", "only-html"]
    assert kept.messages[0].raw == raw("text")
    assert box.seen == {1, 2, 3}


def test_nothing_is_marked_before_it_is_kept(box: Mailbox, polling: MailPoller) -> None:
    box.deliver(raw("text"))
    marked: list[set[int]] = []

    polling.poll(lambda _: marked.append(set(box.seen)), wait=SHORT)

    assert marked == [set()]
    assert box.seen == {1}


def test_old_mail_of_a_mailbox_that_is_new_to_us_is_kept_and_not_answered(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.came_at[box.deliver(raw("text"))] = datetime.now(UTC) - timedelta(days=200)
    box.deliver(raw("no_subject"))

    polling.poll(kept, wait=SHORT)

    assert [message.manner for message in kept.messages] == [Manner.KEEP, Manner.TALK]


def test_what_has_been_read_before_we_came_is_left_alone(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.seen.add(box.deliver(raw("text")))

    assert not polling.poll(kept, wait=SHORT)
    assert kept.messages == []


def test_a_mail_that_comes_while_we_wait_is_there_at_once(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    thread = box.deliver_soon(raw("text"))
    began = time.monotonic()

    assert polling.poll(kept, wait=LONG)
    thread.join()
    assert kept.ids == ["text"]
    assert time.monotonic() - began < LONG.total_seconds() / 2


def test_without_anything_new_a_round_ends_in_time(polling: MailPoller, kept: Kept, box: Mailbox) -> None:
    assert not polling.poll(kept, wait=SHORT)
    assert not polling.poll(kept, wait=SHORT)
    assert box.said.count("SELECT") == 1
    assert box.said.count("IDLE") == 2


def test_a_mail_that_a_colleague_opened_first_is_taken_all_the_same(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    polling.poll(kept, wait=SHORT)
    box.seen.add(box.deliver(raw("text")))

    polling.poll(kept, wait=SHORT)
    polling.poll(kept, wait=SHORT)

    assert kept.ids == ["text"]


def test_while_the_store_is_away_the_mail_stays_unread_and_comes_again(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.deliver(raw("text"))
    box.deliver(raw("no_subject"))
    kept.refuses["taxi"] = StoreUnavailable()

    with pytest.raises(StoreUnavailable):
        polling.poll(kept, wait=SHORT)
    assert (kept.ids, box.seen) == ([], set())

    kept.refuses.clear()
    polling.poll(kept, wait=SHORT)
    assert (kept.ids, box.seen) == (["text", "no-subject"], {1, 2})


@pytest.mark.parametrize("error", [RuntimeError(), OSError(), ValueError()])
def test_one_mail_that_nobody_can_take_does_not_keep_back_the_others(
    box: Mailbox, polling: MailPoller, kept: Kept, error: Exception
) -> None:
    box.deliver(raw("text"))
    box.deliver(raw("no_subject"))
    kept.refuses["taxi"] = error

    for _ in range(2):
        with pytest.raises(type(error)):
            polling.poll(kept, wait=SHORT)

    assert (kept.ids, box.seen) == (["no-subject"], {2})


def test_many_mails_that_nobody_can_take_do_not_keep_back_the_others_either(
    box: Mailbox, polling: MailPoller, kept: Kept
) -> None:
    """More of them than are taken in one round, and older than the one that can be."""
    for number in range(30):
        box.deliver(raw("text").replace(b"taxi", b"taxi %d" % number))
    box.deliver(raw("no_subject"))
    kept.refuses["taxi"] = RuntimeError()

    for _ in range(2):
        with pytest.raises(RuntimeError):
            polling.poll(kept, wait=SHORT)
    assert kept.ids == ["no-subject"]

    kept.refuses.clear()
    while polling.poll(kept, wait=SHORT):
        pass
    assert len(kept.messages) == 31


def test_a_folder_that_may_only_be_read_is_not_read_for_ever(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.read_only = True
    box.deliver(raw("text"))

    assert polling.poll(kept, wait=SHORT)
    assert not polling.poll(kept, wait=SHORT)
    assert kept.ids == ["text"]


def test_of_a_mail_too_large_the_beginning_is_kept_and_it_is_told_of(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    huge = raw("attachments_without_name") + b"A" * 2 * BEGINNING
    box.size_of[box.deliver(huge)] = MAX_MAIL + 1

    polling.poll(kept, wait=SHORT)

    (message,) = kept.messages
    assert message.text == "School transport\n\nHere are the letters."
    assert [media.kind for media in message.media] == [TOO_LARGE]
    assert message.raw == huge[:BEGINNING]
    assert box.seen == {1}


def test_many_mails_are_taken_in_rounds(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    for number in range(120):
        box.deliver(raw("text").replace(b"taxi", b"taxi %d" % number))

    rounds = 0
    while polling.poll(kept, wait=SHORT):
        rounds += 1

    assert rounds == 5
    assert len({message.external_id for message in kept.messages}) == 120
    assert len(kept.messages) == 120


def test_a_mail_that_goes_away_meanwhile_is_no_fault(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.deliver(raw("text"))
    box.deliver(raw("no_subject"))

    def delete_the_other(events: Sequence[Event]) -> None:
        kept(events)
        box.mails.pop(2, None)

    polling.poll(delete_the_other, wait=SHORT)

    assert kept.ids == ["text"]


def test_without_idle_it_waits_by_itself_and_looks_again(box: Mailbox, kept: Kept) -> None:
    box.idles = False
    slept: list[float] = []
    quiet = poller(box, slept=slept)

    assert not quiet.poll(kept, wait=timedelta(hours=1))
    assert slept == [20.0]
    quiet.close()


@pytest.mark.parametrize("word", ["CAPABILITY", "AUTHENTICATE", "SELECT", "NOOP", "UID SEARCH", "UID FETCH", "UID STORE", "IDLE"])
def test_a_line_that_breaks_anywhere_is_begun_anew_and_nothing_is_lost(
    box: Mailbox, polling: MailPoller, kept: Kept, word: str
) -> None:
    if word != "IDLE":
        box.deliver(raw("text"))
    box.breaks_at = word

    with pytest.raises(ProviderUnavailable):
        polling.poll(kept, wait=LONG)

    box.breaks_at = ""
    if word == "IDLE":
        box.deliver(raw("text"))
    polling.poll(kept, wait=SHORT)
    assert set(kept.ids) == {"text"}
    assert len({message.external_id for message in kept.messages}) == 1
    assert box.seen == {1}


def test_numbers_of_a_folder_made_anew_mean_other_mails(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.deliver(raw("text"))
    polling.poll(kept, wait=SHORT)
    polling.close()
    box.validity, box.mails, box.seen, box.next = 8, {}, set(), 1
    box.deliver(raw("no_subject"))

    polling.poll(kept, wait=SHORT)

    assert kept.ids == ["text", "no-subject"]


@pytest.mark.parametrize(
    ("login", "folder"), [("send:wrong-one", ""), (LOGIN, "Nowhere"), (f"{quote(USER)}:{quote('wrong-one é')}", "")]
)
def test_a_wrong_login_or_folder_is_said_without_the_password(
    box: Mailbox, kept: Kept, login: str, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = poller(box, login=login, folder=folder)

    with pytest.raises(ProviderUnavailable) as raised:
        wrong.poll(kept, wait=SHORT)
    shown = f"{raised.value}{caplog.text}"
    assert "EMAIL_IMAP_URL" in shown
    assert "wrong-one" not in shown
    assert USER not in shown


def test_a_server_without_plain_is_logged_in_at_the_old_way(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    box.offers_plain = False
    box.deliver(raw("text"))

    assert polling.poll(kept, wait=SHORT)
    assert "LOGIN" in box.said


def test_a_server_that_is_away_is_asked_again_later(kept: Kept) -> None:
    with mailbox_server() as gone:
        pass

    with pytest.raises(ProviderUnavailable):
        poller(gone).poll(kept, wait=SHORT)


def test_over_tls_it_is_the_same(tmp_path: Path, kept: Kept) -> None:
    certificate, trusting = made_certificate(tmp_path)
    with mailbox_server(certificate=certificate) as box:
        box.deliver(raw("text"))
        ours = account(imap_url=f"imaps://{LOGIN}@127.0.0.1:{box.port}")
        good, bad = (MailPoller(ours, MailReader(ours), context=context) for context in (trusting, None))

        with pytest.raises(ProviderUnavailable, match="certificate"):
            bad.poll(kept, wait=SHORT)
        assert good.poll(kept, wait=SHORT)
        thread = box.deliver_soon(raw("no_subject"))
        assert good.poll(kept, wait=LONG)
        thread.join()
        good.close()

    assert kept.ids == ["text", "no-subject"]


def test_nothing_of_a_person_and_no_secret_is_logged_or_printed(
    box: Mailbox, polling: MailPoller, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box.deliver(raw("text"))
    polling.poll(kept, wait=SHORT)

    shown = caplog.text + repr(polling) + "".join(repr(value) for value in vars(polling).values())
    assert "taxi" not in shown
    assert "ann@parent" not in shown
    assert PASSWORD not in shown


def test_a_mailbox_needs_an_address() -> None:
    with pytest.raises(BadSettings, match="EMAIL_IMAP_URL"):
        MailPoller(account(), MailReader(account()))


def test_closing_twice_or_before_it_began_is_nothing(box: Mailbox, polling: MailPoller, kept: Kept) -> None:
    polling.close()
    polling.poll(kept, wait=SHORT)
    polling.close()
    polling.close()

    assert box.said[-1] == "LOGOUT"
