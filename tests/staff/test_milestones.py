"""Days for STATUS on the real store: given to one experience or a theme, taken back, refused with a reason; and what staff
see of a promised day that passed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from bot.milestones import Milestones
from bot.missed import About, Missed, Told
from bot.terms import Terms
from bot.themes import Taxonomy
from staff.desk import EXTENSION, Desk, Rooms
from storage.database import Database
from storage.milestones import SqlMilestones
from storage.promises import SqlPromises
from storage.sealing import Sealer
from storage.standing import SqlStandings
from storage.store import SqlStore
from tests.conftest import masked
from tests.staff.conftest import signed_in as signed_in_at
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW, WHATSAPP
from tests.storage.scene import Scene

RIVER = "/staff/experiences/RIVER-482"
BROOK = "/staff/experiences/BROOK-377"
INBOX = "/staff/inbox"


@pytest.fixture
def kept(database: Database, sealer: Sealer) -> SqlStore:
    store = SqlStore(database, sealer, masked)
    with store.transaction() as tx:
        for username, name, role in (("jo", "Jo Pascoe", "reviewer"), ("ruth", "Ruth Adeyemi", "safeguarding")):
            tx.add_staff(a_member(username, name=name, role=role), NOW)
    return store


@pytest.fixture(autouse=True)
def scene(kept: SqlStore) -> Scene:
    scene = Scene(kept)
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482", promised_on=date(2026, 11, 20))
    return scene


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW + timedelta(hours=1))


@pytest.fixture
def built_here(built: Flask, kept: SqlStore, database: Database, sealer: Sealer, clock: FakeClock, taxonomy: Taxonomy) -> Flask:
    desk: Desk = built.extensions[EXTENSION]
    themes = frozenset(theme.code for theme in taxonomy.living())
    built.extensions[EXTENSION] = replace(
        desk,
        store=kept,
        clock=clock,
        review=replace(desk.review, store=kept, clock=clock),
        sessions=FakeDoor(),
        rooms=Rooms(
            milestones=Milestones(records=SqlMilestones(database), store=kept, clock=clock, themes=themes),
            unkept=SqlPromises(database, sealer),
        ),
    )
    return built


@pytest.fixture
def jo(built_here: Flask, kept: SqlStore, clock: FakeClock) -> Browser:
    return signed_in_at(built_here, kept, clock, "jo")


@pytest.fixture
def ruth(built_here: Flask, kept: SqlStore, clock: FakeClock) -> Browser:
    return signed_in_at(built_here, kept, clock, "ruth")


def missed(kept: SqlStore, told: Told, *, day: date = date(2026, 11, 20), new_day: date | None = None) -> None:
    """A promised day of RIVER 482 has passed."""
    view = kept.experience("RIVER 482")
    assert view is not None
    note = Missed(about=About.EXPERIENCE, subject=view.card.id, missed_on=day, told=told, new_day=new_day)
    with kept.transaction() as tx:
        assert tx.note_missed(note, NOW)


# --- one experience ---------------------------------------------------------------------------------------------------


def test_a_day_is_given_told_and_taken_back(jo: Browser, kept: SqlStore, database: Database, scene: Scene) -> None:
    contact = scene.contact(ANNA)
    jo.open(RIVER)
    page = jo.press("/milestones", {"kind": "answer_due", "day": "20", "month": "12", "year": "2026"})
    standing = SqlStandings(database, Terms.load()).of(contact, NOW)

    assert "The day is kept. STATUS tells it from now on." in page.main
    assert "Answer due on Sun 20 Dec" in page.main
    assert standing is not None
    assert standing.answer_on == date(2026, 12, 20)
    assert "does not tell it any more" in jo.press("/take-back").main
    assert [row["action"] for row in kept.export_rows("audit")] == ["give_milestone", "take_back_milestone"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "talked_about", "day": "1", "month": "1", "year": "2027"}, "The date must be today or earlier"),
        ({"kind": "answer_due", "day": "1", "month": "1", "year": "2026"}, "The day must be today or later"),
        ({"kind": "", "day": "1", "month": "12", "year": "2026"}, "Choose whether the team talked about it"),
        ({"kind": "answer_due", "day": "31", "month": "2", "year": "2027"}, "There is no such date"),
        ({"kind": "answer_due", "day": "soon", "month": "2", "year": "2027"}, "Enter the date in numbers"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(
    jo: Browser, kept: SqlStore, given: dict[str, str], sentence: str
) -> None:
    jo.open(RIVER)
    page = jo.press("/milestones", given, status=400)

    assert page.title.startswith("Error: ")
    assert sentence in page.main
    assert list(kept.export_rows("audit")) == []


def test_a_reviewer_gives_no_day_to_what_is_with_safeguarding(jo: Browser, ruth: Browser, scene: Scene) -> None:
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    scene.alerts(seq, sender=BORIS)
    scene.takes_turn(reference="BROOK 377")

    assert "What STATUS tells them" in ruth.open(BROOK).main
    jo.open(BROOK, status=404)
    answer = jo.client.post(f"{BROOK}/milestones", data={"csrf_token": ""})
    assert answer.status_code in (400, 404)


def test_a_day_of_one_experience_is_not_taken_back_through_another(jo: Browser, scene: Scene) -> None:
    scene.tells("The plan was late.", ("ehcp_content", 0.9), reference="BROOK 377", sender=BORIS, channel=WHATSAPP)
    jo.open(RIVER)
    page = jo.press("/milestones", {"kind": "answer_due", "day": "20", "month": "12", "year": "2026"})
    action = next(form.get("action") or "" for form in page.find_all("form") if "take-back" in (form.get("action") or ""))
    token = page.find("input", name="csrf_token").get("value")

    answer = jo.client.post(action.replace("RIVER-482", "BROOK-377"), data={"csrf_token": token})

    assert answer.status_code == 404


# --- a whole theme ----------------------------------------------------------------------------------------------------


def test_a_day_is_given_to_a_whole_theme(jo: Browser, database: Database, scene: Scene) -> None:
    contact = scene.contact(ANNA)
    jo.open("/staff/milestones")
    since = {"since_day": "1", "since_month": "9", "since_year": "2026"}
    page = jo.press(
        "/staff/milestones", {"kind": "talked_about", "day": "21", "month": "11", "year": "2026", "theme": "transport", **since}
    )
    standing = SqlStandings(database, Terms.load()).of(contact, NOW)

    assert "Talked about on Sat 21 Nov" in page.main
    assert "by Jo Pascoe" in page.main
    assert standing is not None
    assert standing.talked_on == date(2026, 11, 21)
    assert "taken back by Jo Pascoe" in jo.press("/take-back").main


def test_a_theme_and_its_day_are_asked_for(jo: Browser) -> None:
    jo.open("/staff/milestones")
    since = {"since_day": "1", "since_month": "9", "since_year": "2026"}
    page = jo.press("/staff/milestones", {"kind": "answer_due", "day": "20", "month": "12", "year": "2026", **since}, status=400)

    assert "Choose a theme" in page.main


# --- a promised day that passed ---------------------------------------------------------------------------------------


def test_the_card_says_that_the_family_was_told(jo: Browser, kept: SqlStore, scene: Scene) -> None:
    missed(kept, Told.TOLD, new_day=date(2026, 11, 24))

    for address in (INBOX, RIVER):
        page = jo.open(address)
        assert "The family was told" in page.main
        assert "by Tue 24 Nov" in page.main
        assert page.find_all("p", **{"class": "es-leaf--late"})


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told.STOPPED, "they said STOP"),
        (Told.DEATH, "only a person writes"),
        (Told.DANGER, "after danger nothing is sent by itself"),
        (Told.HELD, "one of us had the talk"),
        (Told.NOWHERE, "there is no way to write to them"),
        (Told.NEVER_SAID, "no day was ever named to them"),
        (Told.ENOUGH, "is not written to again"),
        (Told.TOO_OLD, "the day passed too long ago"),
    ],
)
def test_the_card_says_why_the_family_was_not_told(jo: Browser, kept: SqlStore, scene: Scene, told: Told, words: str) -> None:
    missed(kept, told)

    assert words in jo.open(INBOX).main


def test_what_was_missed_twice_stands_above_the_inbox(jo: Browser, kept: SqlStore, scene: Scene) -> None:
    missed(kept, Told.TOLD, new_day=date(2026, 11, 24))
    assert "Promised twice" not in jo.open(INBOX).main
    missed(kept, Told.TOLD, day=date(2026, 11, 24), new_day=date(2026, 11, 26))

    assert "Promised twice, and nobody has read it" in jo.open(INBOX).main
