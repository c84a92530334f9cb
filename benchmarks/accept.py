"""CPU per accepted webhook and per whole turn, beside a bare floor in the same run.

The floor is what nobody can do without: Flask, Twilio's own signature check, one SQLModel row, one durable commit
(SQLite, WAL, synchronous=FULL). Ours is the real application on the same kind of file. Messages are fresh in every
round, one in five from a new person; rounds of floor and ours alternate, so that a busy machine spoils both alike.
CPU time of the whole process is counted, not the clock on the wall.

    python -m benchmarks.accept [--rounds 9] [--messages 200] [--database postgresql://…]
"""

from __future__ import annotations

import argparse
import gc
import io
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, abort, request
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine
from twilio.request_validator import RequestValidator

import app as earshot_app
from parts import Earshot
from storage import migrations
from storage.database import Database
from storage.keys import new_key

SID = "AC" + "0" * 32
TOKEN = "benchmark-token"
NUMBER = "+447700900001"
ORIGIN = "https://feedback.example.org"
WORDS = (
    "The taxi was late again on Monday and nobody rang to say. He was in tears by the time it came.",
    "We waited fourteen months for the autism assessment. The lady who did it was kind.",
    "The plan says twenty hours and he gets six. I have emailed four times.",
    "Portage has been wonderful, she looks forward to it all week",
)


class BareMessage(SQLModel, table=True):
    """The one row of the floor."""

    id: int | None = Field(default=None, primary_key=True)
    sid: str = Field(unique=True)
    sender: str
    body: str


def bare_app(folder: Path, database: str | None) -> Flask:
    """Flask, signature, SQLModel, one durable commit: nothing else."""
    engine = create_engine(database or f"sqlite:///{folder / 'floor.db'}")
    if database is None:

        @event.listens_for(engine, "connect")
        def durable(connection: object, record: object) -> None:
            del record
            cursor = connection.cursor()  # type: ignore[attr-defined] # the DB-API's connection
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.close()

    SQLModel.metadata.create_all(engine, tables=[BareMessage.__table__])  # type: ignore[attr-defined] # SQLModel makes it
    validator = RequestValidator(TOKEN)
    app = Flask("floor")

    @app.post("/webhooks/twilio")
    def receive() -> Response:
        form = request.form
        if not validator.validate(ORIGIN + "/webhooks/twilio", form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        with Session(engine) as session:
            session.add(BareMessage(sid=form["MessageSid"], sender=form["From"], body=form["Body"]))
            session.commit()
        return Response("<Response/>", mimetype="text/xml")

    return app


def signed_environs(count: int, people: list[str]) -> list[dict[str, object]]:
    """Fresh signed requests as WSGI environments; every fifth from somebody new."""
    validator = RequestValidator(TOKEN)
    environs: list[dict[str, object]] = []
    for number in range(count):
        if number % 5 == 0:
            people.append(f"+447700{len(people) + 100000:06d}")
        fields = {
            "MessageSid": "SM" + uuid.uuid4().hex,
            "AccountSid": SID,
            "From": people[-1 - number % min(len(people), 40)],
            "To": NUMBER,
            "Body": WORDS[number % len(WORDS)],
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            "FromCountry": "GB",
            "FromCity": "",
            "FromZip": "",
        }
        body = urlencode(fields).encode("ascii")
        environs.append(
            {
                "REQUEST_METHOD": "POST",
                "SCRIPT_NAME": "",
                "PATH_INFO": "/webhooks/twilio",
                "QUERY_STRING": "",
                "RAW_URI": "/webhooks/twilio",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "8000",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_HOST": "127.0.0.1:8000",
                "HTTP_X_TWILIO_SIGNATURE": validator.compute_signature(ORIGIN + "/webhooks/twilio", fields),
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": io.StringIO(),
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
                "wsgi.multithread": True,
                "wsgi.multiprocess": False,
                "wsgi.run_once": False,
            }
        )
    return environs


def post_all(app: Flask, environs: list[dict[str, object]]) -> float:
    """CPU milliseconds a request. Every answer is checked: a refused message is no message."""
    statuses: list[str] = []

    def start_response(status: str, headers: object, error: object = None) -> Callable[[bytes], object]:
        del headers, error
        statuses.append(status)
        return lambda data: data

    gc.collect()
    begun = time.process_time()
    for environ in environs:
        b"".join(app.wsgi_app(environ, start_response))
    spent = time.process_time() - begun
    if set(statuses) != {"200 OK"}:
        raise SystemExit(f"Not accepted: {sorted(set(statuses))}")
    return spent * 1000 / len(environs)


def take_all(earshot: Earshot, expected: int) -> float:
    """CPU milliseconds a turn: listened to by the whole listener, answered, and its reply committed to the outbox."""
    gc.collect()
    begun = time.process_time()
    taken = 0
    while earshot.turns.take_due("benchmark:0"):
        taken += 1
    spent = time.process_time() - begun
    if taken == 0:
        raise SystemExit("No turn was taken.")
    return spent * 1000 / expected


def listen_all(earshot: Earshot, count: int) -> float:
    """CPU milliseconds of the listener alone on the same texts: its share of a turn."""
    begun = time.process_time()
    for number in range(count):
        earshot.listener.hear(WORDS[number % len(WORDS)])
    return (time.process_time() - begun) * 1000 / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--database", help="a PostgreSQL address for both; default: SQLite files")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as name:
        folder = Path(name)
        url = wanted.database or f"sqlite:///{folder / 'ours.db'}"
        migrations.upgrade(Database.open(url))
        settings = earshot_app.Settings.read(
            database_url=url,
            data_keys=new_key(),
            secret_key=new_key(),
            public_url=ORIGIN,
            settle_seconds=0,
            twilio_account_sid=SID,
            twilio_auth_token=TOKEN,
            twilio_sms_number=NUMBER,
        )
        earshot = earshot_app.build(settings)
        measure(earshot, bare_app(folder, wanted.database), earshot_app.create_app(earshot), wanted.rounds, wanted.messages)


def measure(earshot: Earshot, floor_app: Flask, our_app: Flask, rounds: int, messages: int) -> None:
    """One warm-up round, then the measured ones; the median is reported with its range."""
    floor_people: list[str] = []
    our_people: list[str] = []
    post_all(floor_app, signed_environs(messages // 4, floor_people))
    post_all(our_app, signed_environs(messages // 4, our_people))
    take_all(earshot, messages // 4)
    floor, ours, turns, listens = [], [], [], []
    for _ in range(rounds):
        floor.append(post_all(floor_app, signed_environs(messages, floor_people)))
        ours.append(post_all(our_app, signed_environs(messages, our_people)))
        turns.append(take_all(earshot, messages))
        listens.append(listen_all(earshot, messages))
    ratios = [our / bare for our, bare in zip(ours, floor, strict=True)]
    bare_turns = [(our + turn - listen) / bare for our, turn, listen, bare in zip(ours, turns, listens, floor, strict=True)]
    wholes = [(our + turn) / bare for our, turn, bare in zip(ours, turns, floor, strict=True)]
    print(f"{rounds} rounds of {messages} fresh messages, one in five from a new person; CPU ms each, median (least to most)")
    for name, values in (("floor", floor), ("accept", ours), ("turn", turns), ("listener", listens)):
        print(f"  {name:<8} {statistics.median(values):6.2f}  ({min(values):.2f} to {max(values):.2f})")
    print(f"  accept / floor          {statistics.median(ratios):.2f}x   at most 1.6, the aim 1.25")
    print(f"  whole turn / floor      {statistics.median(wholes):.2f}x   at most 2.4")
    print(f"  the same, no listener   {statistics.median(bare_turns):.2f}x   (the listener's share of the turn taken off)")


if __name__ == "__main__":
    main()
