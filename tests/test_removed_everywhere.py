"""Of a passage that was removed a word is nowhere, by whatever road it went in; the words of the others are where they were.

As ``test_erased_everywhere`` has it, on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from json import dumps
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from bot.cards import ExperienceView
from bot.events import Amended
from bot.hours import Hours
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address
from bot.outgoing import Part
from bot.passages import Passages, digest_of
from bot.records import NewOutbound
from bot.removing import Removing, Why
from storage.holds import SqlTalks
from storage.passages import SqlPassages
from storage.removals import SqlRemovals
from storage.search import learn_vocabulary
from storage.tables import (
    draft,
    exported,
    inbound_message,
    job,
    letter,
    matter,
    matter_told,
    passed_on,
    recipient,
    staff_note,
    translation,
)
from tests.test_erased_everywhere import EMAIL, ENDS, NAME, NORA, WORD, Home, erase

KEPT = "trampolining"
STAYS = f"The {KEPT} club is the best thing that happened to us."
SECRET = f"Her cousin's {WORD} baker left his wife for the postman in May."
TOLD = f"{STAYS} {SECRET}"
MESSAGE = f"{NAME}-1"


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    url = f"sqlite:///{tmp_path / 'store.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    home = Home(tmp_path, url, monkeypatch)
    yield home
    home.earshot.wake.close()
    home.earshot.database.close()


def view_of(home: Home) -> ExperienceView:
    (card,) = home.earshot.store.inbox(InboxFilter(open_only=False)).cards
    view = home.earshot.store.experience(card.reference)
    assert view is not None
    return view


def apart(home: Home) -> None:
    """Two passages, whatever the listener made of it: the secret is one of them."""
    use = Passages(SqlPassages(home.earshot.database, home.earshot.sealer), home.clock)
    view = view_of(home)
    first, *others = [each for each in view.card.passages if not each.translated]
    for each in others:
        use.join(view_of(home), first.id, each.id, NORA)
    (whole,) = view_of(home).card.passages
    assert use.split(
        view_of(home), whole.id, NORA, at=whole.text.index("Her"), begins="", digest=digest_of(whole.text), new_id=uuid4()
    )


def hang(home: Home) -> None:
    """What the team and the worker make of it: a note, a draft, a letter, a translation, a mail, a matter, a file."""
    earshot, now, later = home.earshot, home.clock.at, home.clock.at + timedelta(days=30)
    view = view_of(home)
    (_, secret) = view.card.passages
    ids = {table.name: uuid4() for table in (staff_note, draft, letter, translation, matter, job)}

    def sealed(table: str, column: str = "sealed") -> bytes:
        return earshot.sealer.seal(dumps(f"They say: {secret.text}").encode(), f"{table}|{column}", ids[table])

    with earshot.database.writing() as connection:
        row = connection.execute(select(inbound_message).where(inbound_message.c.is_story)).one()
        talk = SqlTalks(earshot.database, earshot.sealer).talk(view.card.reference)
        assert talk is not None
        of = {"experience_id": view.card.id}
        by = {"contact_id": row.contact_id, "conversation_id": talk.id, "staff_id": NORA.id}
        note = {"id": ids["staff_note"], "staff_id": NORA.id, "sealed": sealed("staff_note"), "written_at": now}
        connection.execute(insert(staff_note), note | of)
        connection.execute(insert(draft), by | {"id": ids["draft"], "sealed": sealed("draft"), "since": now, "at": now})
        waits = {"id": ids["letter"], "sealed": sealed("letter"), "redacted": secret.text, "written_at": now, "goes_at": later}
        connection.execute(insert(letter), by | waits)
        meant = {"id": ids["translation"], "inbound_seq": row.seq, "version": 1, "staff_id": NORA.id, "redacted": secret.text}
        heard = {"sealed": sealed("translation"), "written_at": now, "heard_at": now}
        connection.execute(insert(translation), meant | heard)
        connection.execute(insert(matter), {"id": ids["matter"], "terms": [WORD, KEPT], "found_at": now})
        connection.execute(insert(matter_told), {"matter_id": ids["matter"], "passage_id": secret.id})
        export = {"id": ids["job"], "kind": "export", "state": "done", "name": "x", "asked_by": NORA.id, "asked_at": now}
        connection.execute(insert(job), export | {"details": b"", "counts": {}, "place": "", "trouble": ""})
        connection.execute(insert(exported), {"job_id": ids["job"], **of})
    pass_it_on(home, view, secret.text)


def pass_it_on(home: Home, view: ExperienceView, text: str) -> None:
    """In a mail that has not left, its lines broken as a mail has them."""
    now, ids, mail_id = home.clock.at, {"recipient": uuid4(), "passed_on": uuid4()}, uuid4()
    of, later = {"experience_id": view.card.id}, now + timedelta(days=30)
    with home.earshot.database.writing() as connection:
        team = {"id": ids["recipient"], "name": "A team", "email": "team@council.example", "added_at": now, "added_by": NORA.id}
        connection.execute(insert(recipient), team)
        went = {"id": ids["passed_on"], "kind": "request", "recipient_id": ids["recipient"], "staff_id": NORA.id}
        mail = {"outbound_id": mail_id, "answer_to": "01935 000000", "at": now, "telling": "no"}
        connection.execute(insert(passed_on), went | mail | of)
    lines = "\n".join(f"> {line}" for line in (text[:30], text[30:]))
    to = Address("email", "team@council.example")
    row_ = NewOutbound(
        id=mail_id, dedupe_key=f"passed:{ids['passed_on']}:0", channel=EMAIL, address=to, contact_id=None, conversation_id=None,
        key="passed_on", locale=ENGLISH, part=Part(lines), not_before=later, by_person=True,
    )  # fmt: skip
    with home.earshot.store.transaction() as tx:
        tx.enqueue(row_, now)


def remove(home: Home) -> None:
    earshot = home.earshot
    use = Removing(
        records=SqlRemovals(earshot.database, earshot.sealer),
        work=earshot.store,
        store=earshot.store,
        talks=SqlTalks(earshot.database, earshot.sealer),
        replies=earshot.replies,
        channels=earshot.channels,
        hours=Hours.load(),
        clock=home.clock,
        new_id=uuid4,
    )
    view = view_of(home)
    secret = next(each for each in view.card.passages if WORD in each.text)
    done = use.remove(view, NORA, secret.id, why=Why.ASKED, reason="", digest=digest_of(secret.text))
    assert done is not None
    assert (done.letters, done.called_back, done.told) == (1, 1, True)


def test_nothing_is_left_of_what_is_removed_and_all_of_the_rest(home: Home) -> None:
    home.says(TOLD, EMAIL, external_id=MESSAGE, raw=f"From: {NAME}\r\n\r\n{TOLD}".encode(), details={"subject": SECRET})
    apart(home)
    hang(home)
    learn_vocabulary(home.earshot.database)
    sealed = {value for place, value in home.values() if isinstance(value, bytes) and place in CUT}
    files = {path.read_bytes() for path in (home.folder / "media").rglob("*.blob")}
    assert len(home.where(WORD)) > 10, home.where(WORD)
    assert (len(sealed), len(files)) == (5, 1)

    remove(home)
    home.work()
    assert home.where(WORD) == {"removed_passage|sealed (sealed)"}
    home.clock.at += timedelta(days=1)
    home.work()
    home.says(TOLD, EMAIL, external_id=MESSAGE)  # the webhook comes once more
    home.earshot.intake.receive([Amended(channel=EMAIL, account="us", external_id=MESSAGE, text=f"{TOLD} Thanks.")])
    home.work()

    assert home.where(WORD) == set()
    assert KEPT in view_of(home).talk[0].text
    assert "Thanks." in view_of(home).talk[0].text
    assert {"inbound_message.redacted", "passage.text", "search_text.body"} <= home.where(KEPT)
    assert [each.text for each in home.doors[EMAIL].sent if "out of" in each.text]
    raw = home.raw()
    assert WORD.encode() not in raw
    assert not [value for value in sealed | files if value[-32:] in raw]

    home.says("hello")
    erase(home)
    assert home.where(WORD, NAME, ENDS, KEPT) == set()


CUT = {f"{table}.sealed" for table in ("inbound_message", "staff_note", "draft", "letter", "translation")}
"""What held the words and was sealed anew, or is gone."""
