"""Kill -9 of web and of worker at random moments under a signed load with repeats: nothing lost, doubled or out of order.

What must hold is compared with a quiet run: the same families write the same words to an Earshot that nobody kills.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from random import Random
from threading import Event

import pytest
from sqlalchemy import select

import app
from bot.model import Address, ChannelName, InboundMessage
from channels.console import Console
from demo.provider import ACCOUNT_SID, AUTH_TOKEN, SMS_NUMBER, Provider, provider_server
from storage import migrations
from storage.database import Database
from storage.keys import new_key
from storage.tables import inbound_message, outbound_message
from tests.chaos.families import Family, families, writing
from tests.chaos.service import Service
from tests.ports import free_port

SEED = 482
LONGEST_WAIT = 150
_NEVER_LEFT = {"failed", "cancelled", "withheld"}
_REFERENCE = re.compile(r"\b[A-Z]{3,12} \d{3}\b")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_kill_loses_doubles_or_disorders_anything(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    url = request.getfixturevalue(f"{'postgres' if kind == 'postgresql' else 'sqlite'}_url")
    random = Random(SEED)
    everyone = families(6)
    port = free_port()
    keys = new_key()
    with provider_server(reports=("queued", "sent", "delivered")) as provider:
        environment = {
            "DATABASE_URL": url,
            "EARSHOT_DATA_KEYS": keys,
            "EARSHOT_SECRET_KEY": new_key(),
            "EARSHOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "EARSHOT_SETTLE_SECONDS": "0",
            "EARSHOT_SEND_CAP": "100000",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_SMS_NUMBER": SMS_NUMBER,
            "TWILIO_API_URL": provider.url,
        }
        service = Service(environment=environment, port=port, workers=1 if kind == "sqlite" else 2, folder=tmp_path)
        try:
            service.start()
            _write_and_kill(service, everyone, pytestconfig.getoption("--kills"), random)
            _all_is_said(Database.open(url), sum(len(family.words) for family in everyone))
            rows = service.export()
        finally:
            service.stop()

    _nothing_is_lost_doubled_or_disordered(rows, everyone)
    _each_answer_left_once_and_in_order(rows, provider, everyone)
    _the_talks_are_those_of_a_quiet_day(rows, everyone, tmp_path)


def _write_and_kill(service: Service, everyone: list[Family], kills: int, random: Random) -> None:
    """Kill while they write. Web and worker fall in turn, each once it is up, at moments nobody chose."""
    enough, given_up = Event(), Event()
    threads = writing(everyone, service.url, SEED, enough, given_up)
    for thread in threads:
        thread.start()
    for number in range(kills):
        part = service.parts[number % len(service.parts)]
        service.wait_until_up(part)
        time.sleep(random.uniform(0.1, 1.2))
        service.kill(part)
    enough.set()
    deadline = time.monotonic() + LONGEST_WAIT
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    still_writing = any(thread.is_alive() for thread in threads)
    given_up.set()

    assert not still_writing, "some messages were never taken"


def _all_is_said(database: Database, expected: int) -> None:
    """Waits until every message has had its turn and every answer has left."""
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        with database.reading() as connection:
            came = connection.execute(select(inbound_message.c.state)).scalars().all()
            went = connection.execute(select(outbound_message.c.state)).scalars().all()
        waiting = [state for state in (*came, *went) if state in {"waiting", "pending", "sending", "unknown"}]
        if len(came) >= expected and not waiting:
            database.close()
            return
        assert time.monotonic() < deadline, f"{len(came)} of {expected} taken, {len(waiting)} still wait"
        time.sleep(0.2)


def _of(rows: list[dict[str, object]], direction: str, contact: object) -> list[dict[str, object]]:
    return [row for row in rows if row["direction"] == direction and row["contact"] == contact]


def _contact_of(rows: list[dict[str, object]], family: Family) -> object:
    """The contact its first message went to; all of its messages must have gone there."""
    contacts = {row["contact"] for row in rows if row["external_id"] in family.sids and row["direction"] == "inbound"}
    assert len(contacts) == 1, f"the family of {family.number} became {len(contacts)} contacts"
    return contacts.pop()


def _nothing_is_lost_doubled_or_disordered(rows: list[dict[str, object]], everyone: list[Family]) -> None:
    seqs = [row["seq"] for row in rows]
    assert seqs == sorted(set(seqs))  # type: ignore[type-var] # numbers, as the contract says
    for family in everyone:
        kept = _of(rows, "inbound", _contact_of(rows, family))
        assert [row["external_id"] for row in kept] == family.sids
        assert [row["text"] for row in kept] == family.words
        assert {row["state"] for row in kept} == {"heard"}


def _each_answer_left_once_and_in_order(rows: list[dict[str, object]], provider: Provider, everyone: list[Family]) -> None:
    taken = Counter(message.callback for message in provider.taken)
    assert {callback: count for callback, count in taken.items() if count > 1} == {}, "the provider was given some twice"
    for family in everyone:
        ours = [row["text"] for row in _of(rows, "outbound", _contact_of(rows, family)) if row["state"] not in _NEVER_LEFT]
        theirs = [message.body for message in provider.to(family.number)]
        assert theirs == ours


def _the_talks_are_those_of_a_quiet_day(rows: list[dict[str, object]], everyone: list[Family], folder: Path) -> None:
    """No turn was skipped, run twice or run on half a state: what was said is what is said without a single kill."""
    url = f"sqlite:///{folder / 'quiet.db'}"
    database = Database.open(url)
    migrations.upgrade(database)
    database.close()
    with (folder / "quiet.txt").open("w") as paper:
        console = Console(paper, as_channel="sms")
        console.name = ChannelName("sms")
        quiet = app.build(app.Settings.read(database_url=url, data_keys=new_key(), settle_seconds=0), extra_channels=[console])
        worker = quiet.worker()
        for family in everyone:
            for sid, words in zip(family.sids, family.words, strict=True):
                quiet.intake.receive(
                    [
                        InboundMessage(
                            channel=console.name,
                            account="quiet",
                            external_id=sid,
                            sender=Address("tel", family.number),
                            text=words,
                        )
                    ]
                )
                worker.work_off()
    calm: list[dict[str, object]] = [
        {"direction": row.direction, "contact": row.contact, "text": row.text, "external_id": row.external_id}
        for row in quiet.store.export_messages()
    ]
    quiet.database.close()
    for family in everyone:
        said = [str(row["text"]) for row in _of(rows, "outbound", _contact_of(rows, family))]
        calmly = [str(row["text"]) for row in _of(calm, "outbound", _contact_of(calm, family))]
        assert [_REFERENCE.sub("REF", text) for text in said] == [_REFERENCE.sub("REF", text) for text in calmly]
