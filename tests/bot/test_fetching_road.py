"""The whole road of a photo: Twilio's webhook names it, the worker fetches it over HTTP, cleans, keeps and forgets it there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from bot.alerts import Alerts
from bot.model import ChannelName
from bot.replies import Replies
from bot.worker import Worker
from channels.twilio import TwilioAccount, TwilioSms
from storage.database import Database
from storage.wake import wake_for
from tests.bot.file_scene import FileStreet, listed
from tests.bot.test_worker import at_work
from tests.channels.file_host import FileHost, file_host
from tests.journeys.stage import wording
from tests.storage.pictures_made import GPS, picture, told_place

STORY = "The taxi was late again on Monday and nobody rang us about it."
ACCOUNT = f"AC{'0' * 32}"
RESOURCE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/ME{'2' * 32}"


@pytest.fixture
def twilio() -> Iterator[FileHost]:
    with file_host() as host:
        yield host


@pytest.fixture
def street(database: Database, tmp_path: Path, twilio: FileHost) -> FileStreet:
    street = FileStreet(database, tmp_path / "media")
    account = TwilioAccount(sid=ACCOUNT, tokens=("t",), public_url="https://earshot.example", api_url=twilio.url)
    street.fetching._sources = {ChannelName("sms"): TwilioSms(account, number="+447700900000")}
    return street


@pytest.fixture
def worker(street: FileStreet, database: Database) -> Iterator[Worker]:
    wake = wake_for(database)
    channels = {street.channel.name: street.channel}
    yield Worker(
        name="host:1",
        store=street.store,
        clock=street.clock,
        wake=wake,
        turns=street.turns,
        outbox=street.outbox,
        fetching=street.fetching,
        alerts=Alerts(
            store=street.store,
            clock=street.clock,
            replies=Replies(wording=wording(), channels=channels, new_id=street.intake._new_id),
            channels=channels,
            staff_url="https://earshot.example/staff",
            new_id=street.intake._new_id,
        ),
        senders=1,
    )
    wake.close()


def test_a_photo_comes_over_http_and_leaves_no_place_behind(street: FileStreet, twilio: FileHost, worker: Worker) -> None:
    twilio.gives(RESOURCE, picture(exif=told_place()))
    street.text(STORY, media=listed(f"{twilio.url}{RESOURCE}"))
    street.later(minutes=1)
    street.chance.begin()
    worker.work_off()

    (file,) = street.listed()
    kept = Image.open(BytesIO(street.files.content(file.id)))
    assert dict(kept.getexif()) == {}
    assert kept.getexif().get_ifd(GPS) == {}
    assert [line.split()[0] for line in twilio.asked] == ["GET", "DELETE"]
    assert all(headers["authorization"].startswith("Basic ") for headers in twilio.headers)


def test_a_photo_that_twilio_has_deleted_is_said_to_be_lost(street: FileStreet, twilio: FileHost, worker: Worker) -> None:
    street.text(STORY, media=listed(f"{twilio.url}{RESOURCE}"))
    street.later(minutes=1)
    street.chance.begin()
    worker.work_off()

    assert [file.state for file in street.listed()] == ["lost"]
    assert sum("did not reach us" in text for text in street.heard_by_them) == 1


def test_a_photo_that_lies_anywhere_else_is_not_fetched(street: FileStreet, twilio: FileHost, worker: Worker) -> None:
    with file_host() as elsewhere:
        elsewhere.gives("/photo", picture())
        street.text(STORY, media=listed(f"http://localhost:{elsewhere.port}/photo"))
        street.later(minutes=1)
        street.chance.begin()
        worker.work_off()

        assert elsewhere.asked == []
    (file,) = street.listed()
    assert (file.state, file.error) == ("refused", "The file is not at the provider's own host.")


def test_the_worker_sweeps_what_belongs_to_no_message(street: FileStreet, worker: Worker) -> None:
    street.blobs.put(b"written for a message that was not committed")
    street.make_old()
    fresh = street.blobs.put(b"of a message that is just being committed")
    worker.work_off()

    assert street.blobs_there() == {fresh}


def test_the_worker_fetches_in_a_loop_of_its_own(street: FileStreet, twilio: FileHost, worker: Worker) -> None:
    twilio.gives(RESOURCE, picture())
    street.chance.begin()
    with at_work(worker):
        street.text(STORY, media=listed(f"{twilio.url}{RESOURCE}"))
        deadline = 1200
        while street.states() != ["kept"] and deadline:
            worker._stop.wait(0.05)
            deadline -= 1

        assert street.states() == ["kept"]


def test_a_slow_host_does_not_hold_up_the_end(street: FileStreet, worker: Worker) -> None:
    begun, enough = Event(), Event()

    def slow() -> None:
        begun.set()
        enough.wait(120)

    street.shelf.before = slow
    street.fetching._sources = {ChannelName("sms"): street.shelf}
    street.text(STORY, media=listed("photo"))
    street.chance.begin()
    with at_work(worker) as thread:
        assert begun.wait(60)
        worker.stop()
        thread.join(60)

        assert not thread.is_alive()
    enough.set()
    for _ in range(1200):  # what was in hand is finished before the store of this test is taken away
        if street.states() == ["kept"]:
            break
        time.sleep(0.05)
    assert street.states() == ["kept"]
