"""The channel log: each call and what it led to, nobody held up by it, and nothing of a person in it but two signs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.channel_log import EVERY, MOST_WAITING, ChannelLog, LogFilter, LogLine, LogReading, Outcome, Way, What
from bot.errors import ContactOptedOut, ProviderUnavailable, StoreUnavailable
from bot.events import MissedCall
from bot.outbox import Outbox
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure
from bot.polling import Polling
from bot.ports import Store
from storage.channel_log import BATCH, SqlChannelLog
from storage.database import Database
from tests.bot.outbox_scene import ANNA, SMS, Clock, OutboxScene, ToldProvider
from tests.bot.street import BORIS, Street


@dataclass
class Kept:
    """Where lines go; away for as long as it is told."""

    lines: list[LogLine] = field(default_factory=list)
    away: bool = False
    written: threading.Event = field(default_factory=threading.Event)

    def add(self, lines: Sequence[LogLine]) -> None:
        if self.away:
            raise StoreUnavailable
        self.lines.extend(lines)
        self.written.set()

    def prune(self, before: datetime) -> bool:
        return False

    def newest(self, wanted: LogFilter, *, limit: int) -> tuple[LogLine, ...]:
        return tuple(self.lines[::-1][:limit])

    def channels(self) -> tuple[str, ...]:
        return tuple(sorted({line.channel for line in self.lines}))

    def told(self) -> list[tuple[str, str, str, str]]:
        return [(line.what.value, line.outcome.value, line.detail, line.ends) for line in self.lines]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def log(kept: Kept) -> ChannelLog:
    return ChannelLog(kept, Clock())


@pytest.fixture
def street(database: Database, log: ChannelLog) -> Street:
    street = Street(database)
    street.intake.log = log
    return street


def test_a_message_stands_with_its_number_and_a_repeat_with_the_number_of_the_first(
    street: Street, log: ChannelLog, kept: Kept
) -> None:
    message = street.text("The taxi was late again")
    street.again(message)
    log.flush()

    (seq,) = [str(row.seq) for row in street.rows("inbound")]
    assert kept.told() == [("message", "kept", seq, "23"), ("message", "repeat", seq, "23")]


def test_no_words_and_no_address_are_in_it(street: Street, log: ChannelLog, kept: Kept) -> None:
    street.text("The taxi was late again, and Sam cried")
    log.flush()

    assert "taxi" not in repr(kept.lines)
    assert ANNA.path not in repr(kept.lines)


def test_a_receipt_says_what_the_provider_said(street: Street, log: ChannelLog, kept: Kept) -> None:
    street.intake.receive([DeliveryReceipt(channel=SMS, status=DeliveryStatus.FAILED, code="21610", failure=Failure.OPTED_OUT)])
    street.intake.receive([MissedCall(channel=SMS, account="us", external_id="CA1", caller=BORIS)])
    log.flush()

    assert kept.told() == [("receipt", "noted", "failed 21610", ""), ("call", "noted", "", "56")]


def test_what_could_not_be_kept_stands_there_too(street: Street, log: ChannelLog, kept: Kept) -> None:
    class Away:
        def transaction(self) -> None:
            raise StoreUnavailable

    street.intake._store = Away()  # type: ignore[assignment] # it is never more than asked for a transaction
    with pytest.raises(StoreUnavailable):
        street.text("hello")
    log.flush()

    assert kept.told() == [("message", "not_kept", "", "23")]


def test_what_is_sent_stands_with_the_providers_code(store: Store, log: ChannelLog, kept: Kept) -> None:
    provider = ToldProvider(troubles=[ProviderUnavailable(code="20503"), ContactOptedOut(code="21610")])
    scene = OutboxScene(store, provider)
    outbox: Outbox = scene.another_outbox()
    outbox._log = log
    scene.write("hello")
    for _ in range(2):
        scene.deliver(outbox)
        scene.later(minutes=6)
    provider.troubles = []
    log.flush()

    assert kept.told() == [("send", "waits", "20503", "23"), ("send", "failed", "21610", "23")]
    assert {line.way for line in kept.lines} == {Way.OUT}


def test_a_provider_that_cannot_be_asked_stands_there(log: ChannelLog, kept: Kept) -> None:
    class Mailbox:
        name = "mailbox"

        def poll(self, receive: object, *, wait: timedelta) -> bool:
            raise ProviderUnavailable

        def close(self) -> None: ...

    class Shifts:
        def take(self, name: str, worker: str, *, until: datetime, now: datetime) -> bool:
            return True

        def end(self, name: str, worker: str) -> None: ...

    polling = Polling(poller=Mailbox(), shifts=Shifts(), clock=Clock(), receive=lambda _: None, worker="a:1", log=log)
    polling.poll()
    log.flush()

    assert kept.told() == [("poll", "failed", "", "")]


def test_nobody_waits_for_the_log(log: ChannelLog, kept: Kept) -> None:
    """The store is held; a thousand lines are noted all the same."""
    kept.away = True
    for _ in range(1000):
        log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT)
    with pytest.raises(StoreUnavailable):
        log.flush()
    kept.away = False
    log.flush()

    assert len(kept.lines) == 1000


def test_while_the_store_is_away_the_newest_lines_are_kept_in_order_and_no_more_than_there_is_room_for(
    log: ChannelLog, kept: Kept
) -> None:
    kept.away = True
    for number in range(MOST_WAITING + 5):
        log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT, detail=str(number))
    with pytest.raises(StoreUnavailable):
        log.flush()
    log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT, detail="last")
    kept.away = False
    log.flush()

    assert len(kept.lines) == MOST_WAITING
    assert [kept.lines[0].detail, kept.lines[-1].detail] == ["6", "last"]


def test_requests_nobody_let_in_are_counted_and_not_listed_one_by_one(log: ChannelLog, kept: Kept) -> None:
    for _ in range(500):
        log.note("twilio", Way.IN, What.REQUEST, Outcome.BAD_SIGNATURE)
    log.note("twilio", Way.IN, What.REQUEST, Outcome.TOO_LONG)
    log.flush()

    assert kept.told() == [("request", "bad_signature", "500", ""), ("request", "too_long", "", "")]


def test_once_started_it_writes_by_itself_and_the_rest_at_the_end(log: ChannelLog, kept: Kept) -> None:
    log.start()
    log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT, detail="1")
    assert kept.written.wait(60 * EVERY.total_seconds())
    log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT, detail="2")
    log.stop()

    assert [line.detail for line in kept.lines] == ["1", "2"]


def test_staff_read_it_newest_first_by_channel_day_and_outcome(database: Database) -> None:
    clock = Clock()
    store = SqlChannelLog(database)
    log = ChannelLog(store, clock)
    log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT, detail="1", address=ANNA)
    clock.at += timedelta(days=1)
    log.note("whatsapp", Way.OUT, What.SEND, Outcome.FAILED, detail="63016\x00")
    log.note("sms", Way.OUT, What.SEND, Outcome.SENT)
    log.flush()
    reading = LogReading(store, page=2)

    def found(**wanted: object) -> list[str]:
        return [line.outcome.value for line in store.newest(LogFilter(**wanted), limit=10)]  # type: ignore[arg-type] # each is checked

    assert found() == ["sent", "failed", "kept"]
    assert found(channel="sms") == ["sent", "kept"]
    assert found(outcome=Outcome.FAILED) == ["failed"]
    assert found(since=clock.at) == ["sent", "failed"]
    assert found(until=clock.at) == ["kept"]
    assert reading.channels() == ("sms", "whatsapp")
    first, rest = reading.lines(LogFilter())
    assert [line.outcome.value for line in first] == ["sent", "failed"]
    assert [line.outcome.value for line in reading.lines(LogFilter(before=rest))[0]] == ["kept"]
    assert first[1].detail == "63016"
    assert store.newest(LogFilter(), limit=10)[-1].ends == "23"


def test_after_fourteen_days_a_line_is_gone(database: Database) -> None:
    clock = Clock()
    store = SqlChannelLog(database)
    log = ChannelLog(store, clock)
    for _ in range(BATCH + 1):
        log.note("sms", Way.IN, What.MESSAGE, Outcome.KEPT)
    clock.at += timedelta(hours=1)
    log.note("sms", Way.IN, What.MESSAGE, Outcome.REPEAT)
    log.flush()
    clock.at += timedelta(days=14) - timedelta(minutes=30)
    log.prune()

    assert [line.outcome for line in store.newest(LogFilter(), limit=10)] == [Outcome.REPEAT]
