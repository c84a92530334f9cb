"""The review queue beside a large past: what one decision costs the machine, of the 18 seconds that 200 an hour leave.

    python -m benchmarks.reviewing [--experiences 100000] [--unread 2000]

Most experiences are read and decided; some thousand wait, a few hundred for a second reader. SQLite, in a file of its own.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Table, insert

from bot.records import StaffMember
from bot.review import Answer, Review, tags
from bot.reviewing import Reviewing
from bot.themes import Taxonomy
from storage import migrations
from storage.database import Database
from storage.keys import DataKey
from storage.reviewing import SqlReviews
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import contact, decision, experience, inbound_message, passage, reading, suggestion

Found = TypeVar("Found")

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TEXT = "New taxi driver again this morning and no one told us. He screamed all the way."
BATCH = 5000
DECISIONS = 100
EACH = 18.0
WORRIED = 0.03
"""The share at breaking point."""


class Now:
    def now(self) -> datetime:
        return NOW


def member(name: str) -> StaffMember:
    return StaffMember(id=uuid4(), name=name, username=name.lower(), role="reviewer", password_hash="x")


def rows(count: int, unread: int, owner: UUID, contact_id: UUID) -> Iterator[tuple[Table, dict[str, object]]]:
    random = Random(7)
    waits = set(random.sample(range(count), unread))
    for number in range(count):
        experience_id, passage_id, at = UUID(int=number + 1), UUID(int=number + 1 + (1 << 64)), NOW - timedelta(minutes=number)
        is_read = number not in waits
        yield experience, {
            "id": experience_id, "reference": f"R {number}", "contact_id": contact_id, "channel": "sms", "locale": "en",
            "speaker": "parent", "risk": int(random.random() < WORRIED), "opened_at": at,
            "promised_on": date(2026, 11, 26) - timedelta(days=number % 90),
            "withdrawn": False, "needs_translation": False, "parked": False, "as_one": False,
            "least_sure": 0.0 if is_read else random.random(), "unread": not is_read,
        }  # fmt: skip
        yield inbound_message, {
            "seq": number + 1, "id": experience_id, "channel": "sms", "account": "a", "external_id": f"SM{number}",
            "contact_id": contact_id, "experience_id": experience_id, "redacted": TEXT, "sealed": b"x", "locale": "en",
            "state": "heard",
            "attempts": 1, "risk": 0, "received_at": at, "is_story": True,
        }  # fmt: skip
        yield passage, {
            "id": passage_id, "experience_id": experience_id, "inbound_seq": number + 1, "position": 0, "starts": 0,
            "ends": len(TEXT), "text": TEXT, "polarity": "bad",
        }  # fmt: skip
        yield suggestion, {
            "passage_id": passage_id, "theme": "transport", "score": 0.9, "evidence": [[4, 15]], "tagger": "t", "taxonomy": "1.0",
        }  # fmt: skip
        if is_read:
            yield decision, {
                "passage_id": passage_id, "theme": "transport", "verdict": True, "staff_id": owner, "why": "", "taxonomy": "1.0",
                "at": at,
            }  # fmt: skip
            yield reading, {
                "id": uuid4(), "passage_id": passage_id, "experience_id": experience_id, "staff_id": owner, "at": at,
                "outcome": "decided", "is_second": False, "sampled": number % 2000 == 0, "themes": ["transport"], "decisions": [],
            }  # fmt: skip


def fill(database: Database, count: int, unread: int, owner: UUID) -> None:
    contact_id, waiting = uuid4(), dict[Table, list[dict[str, object]]]()
    with database.writing() as connection:
        connection.execute(insert(contact), {"id": contact_id, "locale": "en", "gives_way": False, "created_at": NOW})

    def flush() -> None:
        with database.writing(lasting=False) as connection:
            for table, kept in waiting.items():
                connection.execute(insert(table), kept)
        waiting.clear()

    for number, (table, row) in enumerate(rows(count, unread, owner, contact_id)):
        waiting.setdefault(table, []).append(row)
        if number % BATCH == BATCH - 1:
            flush()
    flush()


def timed(times: list[float], act: Callable[[], Found]) -> Found:
    began = time.process_time()
    found = act()
    times.append(1000 * (time.process_time() - began))
    return found


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--experiences", type=int, default=100_000)
    wanted.add_argument("--unread", type=int, default=2000)
    given = wanted.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'review.db'}"
        migrations.upgrade(url)
        database = Database.open(url)
        sealer = Sealer.open(database, (DataKey(b"k" * 32),))
        store = SqlStore(database, sealer, redactor=str)
        old, jo = member("Old"), member("Jo")
        with store.transaction() as tx:
            tx.add_staff(old, NOW)
            tx.add_staff(jo, NOW)
        began = time.perf_counter()
        fill(database, given.experiences, given.unread, old.id)
        print(f"{given.experiences:,} experiences, {given.unread:,} unread; made in {time.perf_counter() - began:.0f} s")
        measure(database, sealer, store, jo)
        database.close()


def measure(database: Database, sealer: Sealer, store: SqlStore, jo: StaffMember) -> None:
    taxonomy = Taxonomy.load()
    review = Review(store, Now(), taxonomy.version, frozenset(theme.code for theme in taxonomy.living()))
    use = Reviewing(
        store=store,
        records=SqlReviews(database, sealer),
        review=review,
        clock=Now(),
        taxonomy=taxonomy,
        new_id=uuid4,
        random=Random(1),
    )
    next_, decide, undo = list[float](), list[float](), list[float]()
    for _ in range(DECISIONS):
        work = timed(next_, lambda: use.next(jo))
        assert work is not None
        shown = frozenset(tag.theme for tag in tags(work.passage))
        answer = Answer(passage_id=work.passage.id, shown=shown, ticked=shown)
        timed(decide, lambda: use.decide(jo, answer.passage_id, answer, seen=10**9))  # noqa: B023 - called at once
    for _ in range(10):
        timed(undo, lambda: use.undo(jo))
    for name, times in (("next and count", next_), ("decide", decide), ("undo", undo)):
        print(f"{name:>15}: median {median(times):6.1f} ms CPU, worst {max(times):6.1f}")
    machine = (2 * median(next_) + median(decide)) / 1000
    print(f"the machine's part of one decision: {machine:.2f} s of {EACH:.0f} s at 200 an hour")


if __name__ == "__main__":
    main()
