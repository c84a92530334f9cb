"""After DELETE, a word and an address that went in by every road there is are nowhere: no column, no file, no free page.

On both databases. SQLite overwrites what is erased. PostgreSQL leaves the dead rows lying until it vacuums, so there a
VACUUM FULL, which writes the tables anew, comes before their pages are looked at; its write-ahead log is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import LargeBinary, insert, select, text, update

import app
from bot.channel_log import Outcome, Way, What
from bot.errors import WrongKeys
from bot.events import Amended
from bot.media import FileKind, KeptFile, MediaState, Settled
from bot.model import ENGLISH, Address, ChannelName, InboundMessage, Location, Manner, Media
from bot.outgoing import Part
from bot.records import NewOutbound, StaffMember
from bot.references import References
from channels.page_comments import CommentsDoor
from storage import migrations
from storage.media import SqlMediaQueue
from storage.tables import (
    METADATA,
    campaign_response,
    contact,
    draft,
    experience,
    inbound_message,
    letter,
    outbound_message,
    passed_on,
    recipient,
    translation,
)
from tests.journeys.given import GivenClock, Noted
from tests.journeys.stage import PAGE, _door

WORD, NAME, ENDS = "semolina", "axolotl", "900987"
"""In each text; in each id of a provider's; in each address. None is a word that references are drawn from (below)."""
SMS, EMAIL, MESSENGER, COMMENTS, PAGES = map(ChannelName, ("sms", "email", "messenger", "comments", "pages"))
PHONE = Address("tel", f"+447700{ENDS}")
DOORS = {
    SMS: PHONE,
    EMAIL: Address("email", f"{NAME}{ENDS}@family.example"),
    MESSENGER: Address("messenger", f"77{ENDS}"),
    COMMENTS: Address("comment", f"66{ENDS}"),
    PAGES: Address("web", f"e0{NAME}{ENDS}"),
}
NORA = StaffMember(id=uuid4(), name="Nora Example", username="nora", role="reviewer", password_hash="x")
PICTURE = Media(url=f"https://provider.example/{NAME}", content_type="image/jpeg", name=f"{WORD}.jpg", provider_id=NAME)
STORED = (
    "relkind IN ('r', 'i', 't', 'S') AND pg_relation_filepath(oid) IS NOT NULL"
    " AND relnamespace::regnamespace::text IN ('public', 'pg_toast')"
)
"""In PostgreSQL's catalogue: what holds our tables on the disk, the long values apart from them too."""
PLACES = {"resume_code": "resume_code|sealed", "staff": "staff|sealed_mobile"}


class Home:
    """The whole of Earshot on one database, with its time and its doors in the test's hands."""

    def __init__(self, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        self.folder = folder
        self.url = url
        migrations.upgrade(self.url)
        self.clock = GivenClock(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
        self.doors = {name: Noted(_door(name)) for name in (SMS, EMAIL, MESSENGER)}
        comments = CommentsDoor(PAGE)
        settings = app.Settings.read(database_url=self.url, second_step_roles="none")
        self.earshot = app.build(settings, clock=self.clock, extra_channels=[*self.doors.values(), comments])
        with self.earshot.store.transaction() as tx:
            tx.add_staff(NORA, self.clock.at)
        self.worker = self.earshot.worker()
        self._names = 0

    def says(self, text: str, channel: ChannelName = SMS, **rest: object) -> None:
        self._names += 1
        message = InboundMessage(
            **{
                "channel": channel,
                "account": f"us-{NAME}" if channel == PAGES else "us",
                "external_id": f"{NAME}-{self._names}",
                "sender": DOORS[channel],
                "text": text,
                "also": tuple(DOORS.values()),
                **rest,
            }  # type: ignore[arg-type] # a test gives the right ones
        )
        self.earshot.intake.receive([message])
        self.work()

    def work(self) -> None:
        self.clock.at += timedelta(minutes=2)
        self.worker.work_off()

    @property
    def newest(self) -> str:
        return self.doors[SMS].sent[-1].text

    def values(self) -> Iterator[tuple[str, object]]:
        """Every value of every row; where it opens with our keys, as it is when it is open."""
        with self.earshot.database.reading() as connection:
            for table in METADATA.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    for column in table.columns:
                        value = row[column.name]
                        yield f"{table.name}.{column.name}", value
                        if isinstance(column.type, LargeBinary) and value is not None and "id" in row:
                            with suppress(WrongKeys):
                                place = f"{table.name}|{column.name}"
                                yield f"{place} (sealed)", self.earshot.sealer.unseal(value, place, row["id"])

    def raw(self) -> bytes:
        """What lies on the disk, free pages with it; of SQLite the log too, of PostgreSQL every table and index, vacuumed."""
        files = b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())
        return files if self.earshot.database.is_sqlite else files + self._pages()

    def _pages(self) -> bytes:
        with self.earshot.database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(text("VACUUM FULL"))
            alone.execute(text("CHECKPOINT"))
            found = alone.execute(text("SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE " + STORED))
            return b"".join(bytes(page) for page in found.scalars())

    def where(self, *signs: str) -> set[str]:
        return {place for place, value in self.values() for sign in signs if sign in _text(value)}


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'store.db'}" if on_sqlite else request.getfixturevalue("postgres_url")
    home = Home(tmp_path, url, monkeypatch)
    yield home
    home.earshot.wake.close()
    home.earshot.database.close()


def tell_by_every_road(home: Home) -> None:
    home.says(f"The {WORD} taxi never came to Yeovil", media=(PICTURE,), location=Location(latitude=50.9, longitude=-2.6))
    _keep_the_picture(home)
    home.says(
        f"{WORD} again, by mail",
        EMAIL,
        raw=f"From: {NAME}\r\n\r\n{WORD}".encode(),
        thread={"message_id": f"<{NAME}@family.example>"},
        details={"subject": WORD},
    )
    home.says(f"{WORD} under your post", COMMENTS, manner=Manner.RECORD)
    home.says(f"{WORD} by Messenger", MESSENGER)
    home.earshot.intake.receive([Amended(channel=MESSENGER, account="us", external_id=f"{NAME}-4", text=f"{WORD} put right")])
    home.work()
    home.says(f"{WORD} on the page", PAGES)
    home.says(f"{WORD} read out on the phone", manner=Manner.KEEP, details={"place": f"{WORD} School"})
    for command in ("link", "my data", "human", "1"):
        home.says(command)
    home.earshot.log.note(SMS, Way.IN, What.MESSAGE, Outcome.KEPT, address=PHONE)
    home.earshot.log.flush()
    _hang_on_what_staff_add(home)


def _keep_the_picture(home: Home) -> None:
    queue = SqlMediaQueue(home.earshot.database, home.earshot.sealer)
    home.clock.at += timedelta(days=3)  # past every try to fetch it
    claim = queue.claim(worker="t:1", now=home.clock.at, lease=timedelta(minutes=1))
    assert claim is not None
    blob = home.earshot.media.blobs.put(f"{WORD} in a picture".encode())
    kept = KeptFile(blob=blob, kind=FileKind.PHOTO, content_type="image/jpeg", size=9, traces=False)
    with home.earshot.store.transaction() as tx:
        tx.settle_media(claim, Settled(state=MediaState.KEPT, kept=kept))


def _hang_on_what_staff_add(home: Home) -> None:
    """What is written by others about them: a letter that waits, a draft, a translation, a campaign, where it is about."""
    letter_id, translation_id, draft_id = uuid4(), uuid4(), uuid4()
    sealer, now = home.earshot.sealer, home.clock.at
    with home.earshot.database.writing() as connection:
        row = connection.execute(select(experience).order_by(experience.c.opened_at)).first()
        seq = connection.execute(select(inbound_message.c.seq).where(inbound_message.c.is_story)).scalars().first()
        assert row is not None
        connection.execute(update(experience).where(experience.c.id == row.id).values(place=WORD, service=WORD))
        common = {"id": letter_id, "contact_id": row.contact_id, "conversation_id": row.conversation_id, "staff_id": NORA.id}
        sealed = sealer.seal(WORD.encode(), "letter|sealed", letter_id)
        later = now + timedelta(days=30)
        connection.execute(insert(letter), {**common, "sealed": sealed, "redacted": WORD, "written_at": now, "goes_at": later})
        sealed = sealer.seal(WORD.encode(), "draft|sealed", draft_id)
        connection.execute(insert(draft), {**common, "id": draft_id, "sealed": sealed, "since": now, "at": now})
        theirs = {"id": uuid4(), "campaign": "autumn", "contact_id": row.contact_id, "channel": "sms", "locale": "en"}
        connection.execute(insert(campaign_response), {**theirs, "began_at": now, "invited": True})
        sealed = sealer.seal(WORD.encode(), "translation|sealed", translation_id)
        words = {"id": translation_id, "inbound_seq": seq, "version": 1, "staff_id": NORA.id, "redacted": WORD}
        connection.execute(insert(translation), {**words, "sealed": sealed, "written_at": now, "heard_at": now})
    _pass_it_on(home, row.id)


def _pass_it_on(home: Home, experience_id: UUID) -> None:
    """To a service, which has answered; the mail has not left."""
    recipient_id, passing_id, mail_id = uuid4(), uuid4(), uuid4()
    now, sealer = home.clock.at, home.earshot.sealer
    with home.earshot.database.writing() as connection:
        team = {"id": recipient_id, "name": "A team", "email": "team@council.example", "added_at": now, "added_by": NORA.id}
        connection.execute(insert(recipient), team)
        new = {"id": passing_id, "kind": "request", "experience_id": experience_id, "recipient_id": recipient_id}
        by = {"staff_id": NORA.id, "outbound_id": mail_id, "answer_to": "01935 000000", "at": now, "telling": "no"}
        answer = sealer.seal(WORD.encode(), "passed_on|answer", passing_id)
        connection.execute(insert(passed_on), {**new, **by, "answer": answer, "answered_at": now, "answered_by": NORA.id})
    mail = NewOutbound(
        id=mail_id,
        dedupe_key=f"passed:{passing_id}:0",
        channel=EMAIL,
        address=Address("email", "team@council.example"),
        contact_id=None,
        conversation_id=None,
        key="passed_on",
        locale=ENGLISH,
        part=Part(f"> {WORD}"),
        not_before=now + timedelta(days=30),
        by_person=True,
    )
    with home.earshot.store.transaction() as tx:
        tx.enqueue(mail, now)


def erase(home: Home) -> None:
    home.says("delete")
    code = home.newest.rpartition("DELETE ")[2][:3]
    home.says(f"delete {code}")
    home.work()
    assert "Done on " in home.newest


def test_what_is_looked_for_cannot_stand_in_a_reference() -> None:
    assert not {WORD.upper(), NAME.upper()}.intersection(References.load().words)


def test_nothing_is_left_of_a_word_an_address_or_an_id(home: Home) -> None:
    tell_by_every_road(home)
    sealed = {value for _, value in home.values() if isinstance(value, bytes) and len(value) > 40}
    files = {path.read_bytes() for path in (home.folder / "media").rglob("*.blob")}
    assert len(home.where(WORD)) > 8, home.where(WORD)
    assert len(home.where(NAME)) > 3, home.where(NAME)
    assert WORD.encode() in home.raw()
    assert len(files) == 2

    erase(home)

    assert home.where(WORD, NAME, ENDS) == set()
    left = {place for place, value in home.values() if isinstance(value, bytes) and value in sealed and place not in STAYS}
    assert left == set()
    raw = home.raw()
    assert not [sign for sign in (WORD, NAME, ENDS) if sign.encode() in raw]
    stays = {value for place, value in home.values() if place in STAYS}
    assert not [value for value in (sealed | files) - stays if value[-32:] in raw]


STAYS = {"data_key.check_value", "data_key.wrapped_index_key", "audit.mac", "audit_head.mac", "audit_head.seal"}


def test_what_raised_an_alert_stays_and_nothing_else(home: Home) -> None:
    tell_by_every_road(home)
    home.says(f"His father hits him with a belt, he has bruises, {WORD}")
    erase(home)

    assert "but for one part" in home.newest
    with home.earshot.database.reading() as connection:
        kept = connection.execute(select(inbound_message.c.redacted).where(inbound_message.c.sealed.is_not(None))).scalars().all()
        said = connection.execute(select(outbound_message.c.key).where(outbound_message.c.sealed.is_not(None))).scalars().all()
        doors = connection.execute(select(contact.c.id).where(contact.c.erased_at.is_(None))).all()
    assert len(kept) == 1
    assert "belt" in kept[0]
    assert said
    assert all(key.startswith(("danger.", "alert.")) for key in said), said
    assert not doors


def test_a_webhook_that_comes_once_more_brings_nothing_back(home: Home) -> None:
    home.says(f"{WORD} taxi", external_id=f"{NAME}-same")
    erase(home)
    home.says(f"{WORD} taxi", external_id=f"{NAME}-same")

    assert home.where(WORD, NAME, ENDS) == set()
    assert home.earshot.store.seq_of(SMS, "us", f"{NAME}-same") is not None


def test_a_code_that_ran_out_is_forgotten_without_another_being_asked_for(home: Home) -> None:
    home.says(f"{WORD} taxi")
    home.says("link")
    home.says("my data")
    assert {place for place, _ in home.values() if place.startswith("resume_code.")}
    home.clock.at += timedelta(minutes=20)
    home.work()

    assert not {place for place, _ in home.values() if place.startswith("resume_")}
