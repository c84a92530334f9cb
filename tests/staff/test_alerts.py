"""The lead's pages on the real store: the list, the rota, the drill, the sheet, the feedback; and what others see of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from bot.alert_desk import AlertDesk
from bot.desk_work import DeskWork
from bot.errors import NotFound
from bot.hand_over import NotHandedError
from bot.records import StaffMember
from bot.rota import Rung, When
from bot.wall import NotYours
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from staff.rota_forms import RotaForm
from storage.alert_sheets import SqlAlertRecords
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.door import SqlDoor
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import inbound_message
from tests.conftest import masked
from tests.staff.conftest import PASSWORD
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser
from tests.storage.made_up import DANGER, NOW
from tests.storage.scene import Scene

WORDS = "He held him down <b>hard</b>, ring 07700 900123"
REFERENCE = "TIMBER-350"


@pytest.fixture
def kept(database: Database, sealer: Sealer, passwords: Passwords) -> SqlStore:
    store = SqlStore(database, sealer, masked)
    with store.transaction() as tx:
        for username, name, role in (("jo", "Jo Pascoe", "reviewer"), ("ruth", "Ruth Adeyemi", "safeguarding")):
            tx.add_staff(a_member(username, name=name, role=role, password_hash=passwords.hash(PASSWORD)), NOW)
    return store


@pytest.fixture
def site(built: Flask, kept: SqlStore, database: Database, sealer: Sealer) -> Flask:
    desk: Desk = built.extensions[EXTENSION]
    clock = FakeClock(NOW + timedelta(minutes=20))
    leads = AlertDesk(records=SqlAlertRecords(database, sealer), work=kept, store=kept, clock=clock)
    built.extensions[EXTENSION] = replace(
        desk,
        store=kept,
        clock=clock,
        review=replace(desk.review, store=kept, clock=clock),
        sessions=SqlDoor(database, sealer),
        rooms=replace(desk.rooms, alert_desk=leads, desk_work=DeskWork(SqlDeskWork(database, sealer), kept, clock)),
    )
    return built


@pytest.fixture
def alert_id(kept: SqlStore) -> UUID:
    scene = Scene(kept)
    seq = scene.accepts(WORDS, risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(("transport", 0.9), reference="TIMBER 350")
    return alert_id


def as_(site: Flask, username: str) -> Browser:
    browser = Browser(site.test_client())
    browser.sign_in(username)
    return browser


def actions(kept: SqlStore) -> list[object]:
    ours = [row["action"] for row in kept.export_rows("audit")]
    return [action for action in ours if action not in ("sign_in", "read_experience")]


def test_opening_the_link_of_a_call_takes_nothing_and_one_press_takes_it(site: Flask, kept: SqlStore, alert_id: UUID) -> None:
    client = site.test_client()
    answer = client.get("/staff/alerts")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/sign-in?onward=/staff/alerts")
    ruth = as_(site, "ruth")
    page = ruth.open("/staff/alerts")
    assert "20 min since it came" in page.main
    assert kept.alerts_due(NOW)[0].taken_at is None

    page = ruth.press(f"{alert_id}/take")

    assert "The alert is yours." in page.main
    (due,) = kept.alerts_due(NOW)
    assert (due.taker and due.taker.name, actions(kept)[-1]) == ("Ruth Adeyemi", "take_alert")
    assert "4 h 0 min left to record what came of it" in ruth.open("/staff/alerts").main


def hand_to_huw(site: Flask, kept: SqlStore, passwords: Passwords, ruth: Browser, alert_id: UUID) -> None:
    """Ruth has taken the alert and hands it to Huw, who is a lead too, ten minutes later."""
    desk: Desk = site.extensions[EXTENSION]
    clock = cast(FakeClock, desk.clock)
    with kept.transaction() as tx:
        huw = a_member("huw@somerset.example", name="Huw Bartlett", role="safeguarding", password_hash=passwords.hash(PASSWORD))
        tx.add_staff(huw, NOW)
    ruth.open("/staff/alerts")
    ruth.press(f"{alert_id}/take")
    clock.move(timedelta(minutes=10))
    ruth.open(f"/staff/experiences/{REFERENCE}")

    ruth.press(f"{alert_id}/hand", {})
    clock.move(timedelta(seconds=20))


def test_an_alert_that_is_handed_on_stays_with_who_had_it_until_the_other_takes_it_and_can_go_back(
    site: Flask, kept: SqlStore, passwords: Passwords, alert_id: UUID
) -> None:
    ruth = as_(site, "ruth")
    hand_to_huw(site, kept, passwords, ruth, alert_id)
    assert ruth.page is not None
    assert "Huw Bartlett is called now. The alert stays yours until somebody takes it." in ruth.page.main
    assert "Handed to Huw Bartlett" in ruth.open("/staff/alerts").main
    assert kept.loose_alert(alert_id).alert.taken_by == "Ruth Adeyemi"  # type: ignore[union-attr]

    huw = as_(site, "huw@somerset.example")
    huw.open("/staff/alerts")
    page = huw.press(f"{alert_id}/take")
    assert "The alert is yours." in page.main
    assert "Ruth Adeyemi handed it to Huw Bartlett : taken by Huw Bartlett" in page.main.replace("Bartlett:", "Bartlett :")
    assert "3 h 49 min left" in huw.open("/staff/alerts").main

    huw.open("/staff/last")
    huw.press("/undo")
    loose = kept.loose_alert(alert_id)
    assert loose is not None
    assert (loose.alert.taken_by, loose.alert.handed and loose.alert.handed.name) == ("Ruth Adeyemi", "Huw Bartlett")
    assert actions(kept) == ["take_alert", "hand_alert", "take_alert", "undo_take_alert"]


def test_a_handing_is_called_off_by_who_handed_it_on(site: Flask, kept: SqlStore, passwords: Passwords, alert_id: UUID) -> None:
    ruth = as_(site, "ruth")
    hand_to_huw(site, kept, passwords, ruth, alert_id)
    ruth.press("/undo")

    huw = as_(site, "huw@somerset.example")
    assert "taking it over" not in huw.open("/staff/alerts").main
    assert kept.handings_due(NOW + timedelta(days=1)) == ()
    assert actions(kept) == ["take_alert", "hand_alert", "undo_hand_alert"]


def test_nobody_hands_on_an_alert_that_another_has(site: Flask, kept: SqlStore, passwords: Passwords, alert_id: UUID) -> None:
    ruth = as_(site, "ruth")
    hand_to_huw(site, kept, passwords, ruth, alert_id)
    desk: Desk = site.extensions[EXTENSION]
    leads, huw = desk.rooms.alert_desk, kept.staff_by_username("huw@somerset.example")
    jo = kept.staff_by_username("jo")
    assert leads is not None
    assert huw is not None
    assert jo is not None
    with pytest.raises(NotFound):  # whom a form cannot name
        leads.hand_over(alert_id, huw, huw.id)
    with pytest.raises(NotYours):
        leads.hand_over(alert_id, jo, huw.id)
    with pytest.raises(NotHandedError):
        leads.hand_over(alert_id, ruth_of(kept), huw.id)


def ruth_of(kept: SqlStore) -> StaffMember:
    found = kept.staff_by_username("ruth")
    assert found is not None
    return found


def test_the_lead_keeps_the_rota_on_its_page_and_its_history_stands_there(site: Flask, kept: SqlStore) -> None:
    ruth = as_(site, "ruth")
    assert "The rota is empty: nobody is called" in ruth.open("/staff/alerts").main
    ruth.open("/staff/alerts/rota")
    page = ruth.press(
        "/rota",
        {"name-1": "Duty desk", "mobile-1": "+44 7700 900801", "email-1": "duty@somerset.example", "when-1": "hours"}
        | {"days-1": ["1", "2"], "opens-1": "8:00", "closes-1": "18:00", "order-1": "1"},
    )

    (rung,) = kept.standing_rota().rungs
    assert (rung.name, rung.mobile, sorted(rung.days), f"{rung.opens:%H:%M}") == ("Duty desk", "+447700900801", [1, 2], "08:00")
    assert "The rota is kept." in page.main
    assert "Nobody is on the rota" in page.main
    assert "kept by Ruth Adeyemi: Duty desk" in page.main
    assert actions(kept)[-1] == "keep_rota"


def test_who_is_on_the_rota_and_was_locked_out_is_named_where_the_team_looks(site: Flask, kept: SqlStore) -> None:
    rungs = [Rung(id=uuid4(), name=name, mobile="+447700900801") for name in ("Lee Gone", "Duty desk")]
    gone = a_member("lee", name="Lee Gone", role="safeguarding")
    with kept.transaction() as tx:
        tx.add_staff(replace(gone, disabled_at=NOW), NOW)
        tx.keep_rota(rungs, rota_id=uuid4(), after=0, by=ruth_of(kept).id, now=NOW)
    ruth = as_(site, "ruth")

    for page in ("/staff/alerts", "/staff/alerts/rota"):
        assert "Lee Gone stands on the rota and was locked out: they are not called." in ruth.open(page).main
    assert "Now: Duty desk." in ruth.open("/staff/alerts").main


def test_a_rung_nobody_could_reach_is_sent_back_with_what_to_do(site: Flask, kept: SqlStore) -> None:
    ruth = as_(site, "ruth")
    ruth.open("/staff/alerts/rota")
    page = ruth.press("/rota", {"name-1": "Duty desk", "mobile-1": "", "when-1": "always"}, status=400)

    assert page.title.startswith("Error: ")
    assert "Enter a mobile number or an email" in page.main
    assert kept.standing_rota().number == 0


@pytest.mark.parametrize("typed", ["07700 900801", "+44 (0)7700 900801", "0044 7700 900801", "٠٧٧٠٠٩٠٠٨٠١", "+٤٤٧٧٠٠٩٠٠٨٠١"])
def test_a_mobile_is_kept_as_it_is_rung_from_anywhere_however_it_is_typed(typed: str) -> None:
    given = {"number": "0", "id-1": str(uuid4()), "name-1": "Desk", "mobile-1": typed, "when-1": "always"}
    form = RotaForm.read(MultiDict(given))

    assert form.errors == {}
    assert form.rungs()[0].mobile == "+447700900801"


@pytest.mark.parametrize("typed", ["01823 355000", "7700", "+44 7700 900801 or 2", "+\u0660"])
def test_what_is_no_mobile_that_can_be_rung_is_asked_about(typed: str) -> None:
    given = {"number": "0", "id-1": str(uuid4()), "name-1": "Desk", "mobile-1": typed, "when-1": "always"}

    assert RotaForm.read(MultiDict(given)).errors == {"mobile-1": "rung_mobile_wrong"}


def test_of_two_leads_who_change_the_rota_at_once_the_second_is_told(site: Flask, kept: SqlStore) -> None:
    ruth = as_(site, "ruth")
    ruth.open("/staff/alerts/rota")
    lee = kept.staff_by_username("ruth")
    assert lee is not None
    with kept.transaction() as tx:
        tx.keep_rota([Rung(id=uuid4(), name="Theirs", mobile="+447700900801")], rota_id=uuid4(), after=0, by=lee.id, now=NOW)
    page = ruth.press("/rota", {"name-1": "Mine", "mobile-1": "+447700900802", "when-1": When.ALWAYS.value}, status=409)

    assert "changed the rota" in page.main
    assert [rung.name for rung in kept.standing_rota().rungs] == ["Theirs"]


def test_the_sheet_holds_their_words_unchanged_and_opening_it_is_kept(site: Flask, kept: SqlStore, alert_id: UUID) -> None:
    ruth = as_(site, "ruth")
    page = ruth.open(f"/staff/alerts/{alert_id}/sheet")
    text = ruth.client.get(f"/staff/alerts/{alert_id}/sheet.txt")

    assert WORDS in page.main
    assert "<b>hard</b>" not in page.html
    assert "Ring 999." in page.main
    assert "TIMBER 350" in page.main
    assert WORDS in text.get_data(as_text=True)
    assert text.headers["Content-Disposition"] == "attachment; filename=referral.txt"
    assert actions(kept)[-2:] == ["open_sheet", "open_sheet"]


def test_one_message_that_cannot_be_opened_does_not_take_the_sheet_with_it(
    site: Flask, kept: SqlStore, alert_id: UUID, database: Database
) -> None:
    with database.writing() as connection:
        connection.execute(update(inbound_message).values(sealed=b"sealed with a key that is gone"))
    ruth = as_(site, "ruth")
    page = ruth.open(f"/staff/alerts/{alert_id}/sheet")
    text = ruth.client.get(f"/staff/alerts/{alert_id}/sheet.txt").get_data(as_text=True)

    for said in (page.main, text):
        assert "cannot be opened" in said
        assert "whoever runs Earshot" in said
        assert "Ring 999." in said


@pytest.mark.parametrize("loose", ["sheet", "sheet.txt"])
def test_nobody_else_opens_the_sheet_the_list_or_the_rota(site: Flask, kept: SqlStore, alert_id: UUID, loose: str) -> None:
    jo = as_(site, "jo")
    for address in (
        "/staff/alerts",
        "/staff/alerts/rota",
        f"/staff/alerts/{alert_id}/{loose}",
        f"/staff/alerts/{uuid4()}/{loose}",
    ):
        assert "held him down" not in jo.open(address, status=403).html
    assert "open_sheet" not in actions(kept)


def test_a_released_passage_is_shown_without_whose_it_is_and_can_be_taken_back(
    site: Flask, kept: SqlStore, alert_id: UUID
) -> None:
    ruth, jo = as_(site, "ruth"), as_(site, "jo")
    view = kept.experience("TIMBER 350")
    assert view is not None
    assert "Nothing is released just now." in jo.open("/staff/released").main
    ruth.open(f"/staff/experiences/{REFERENCE}")
    page = ruth.press("/release-passages", {"passage": str(view.card.passages[0].id)})
    assert "1 passage is shown to reviewers." in page.main

    page = jo.open("/staff/released")
    assert "He held him down" in page.main
    for sign in ("TIMBER", str(alert_id), str(view.card.id), str(view.card.passages[0].id)):
        assert sign not in page.html
    assert jo.open(f"/staff/experiences/{REFERENCE}", status=404).heading == "There is no such page"

    ruth.open("/staff/released")
    ruth.press("/take-back")
    assert "Nothing is released just now." in jo.open("/staff/released").main
    assert actions(kept)[-2:] == ["release_passage", "take_back_release"]


def test_words_that_change_after_the_release_are_not_shown(site: Flask, kept: SqlStore, alert_id: UUID) -> None:
    del alert_id
    ruth = as_(site, "ruth")
    view = kept.experience("TIMBER 350")
    assert view is not None
    desk: Desk = site.extensions[EXTENSION]
    leads = desk.rooms.alert_desk
    member = kept.staff_by_username("ruth")
    assert leads is not None
    assert member is not None
    changed = replace(view.card.passages[0], text="What it was")
    old = replace(view, card=replace(view.card, passages=(changed,)))
    leads.release(old, member, [changed.id])

    assert leads.feedback() == ()
    assert "Not shown any more: its words have changed since." in ruth.open(f"/staff/experiences/{REFERENCE}").main


def test_a_drill_is_taken_by_one_press_and_stands_among_no_alerts(site: Flask, kept: SqlStore) -> None:
    desk: Desk = site.extensions[EXTENSION]
    leads = desk.rooms.alert_desk
    assert leads is not None
    drill_id = leads.start_drill("operator")
    ruth = as_(site, "ruth")
    assert "No alert is open." in ruth.open("/staff/alerts").main
    assert "This is a drill" in ruth.open(f"/staff/alerts/drills/{drill_id}").main
    page = ruth.press("/take")

    assert "Ruth Adeyemi took it after 0 minutes." in page.main
    assert leads.last_drill() is not None
    assert "taken by Ruth Adeyemi" in ruth.open("/staff/today").main
    assert leads.records.count_open() == 0
    assert actions(kept) == ["start_drill", "take_drill"]
