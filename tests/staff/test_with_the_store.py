"""The site on the real store, on both databases: what is read there is shown, what is pressed here is kept there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask import Flask

from bot.cards import BY_PARENT, ExperienceView
from bot.inbox import InboxFilter
from bot.ports import Store
from bot.records import NewDecision
from bot.review import tags
from bot.team import Team
from cli.staff import staff
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from storage.door import SqlDoor
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.team import SqlTeam
from tests.conftest import masked
from tests.staff.conftest import PASSWORD
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser, text_of
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW, WHATSAPP
from tests.storage.scene import Scene

STORY = "New taxi driver again this morning and no one told us, ring 07700 900123"
RIVER = "/staff/experiences/RIVER-482"


@pytest.fixture
def kept(database: Database, sealer: Sealer, passwords: Passwords) -> SqlStore:
    """The real store, with three people on the team."""
    store = SqlStore(database, sealer, masked)
    with store.transaction() as tx:
        for username, name, role in (("jo", "Jo Pascoe", "reviewer"), ("ruth", "Ruth Adeyemi", "safeguarding")):
            tx.add_staff(a_member(username, name=name, role=role, password_hash=passwords.hash(PASSWORD)), NOW)
    return store


@pytest.fixture
def scene(kept: SqlStore) -> Scene:
    return Scene(kept)


@pytest.fixture
def site(built: Flask, kept: SqlStore, database: Database, sealer: Sealer) -> Flask:
    desk: Desk = built.extensions[EXTENSION]
    clock = FakeClock(NOW + timedelta(hours=1))
    built.extensions[EXTENSION] = replace(
        desk, store=kept, clock=clock, review=replace(desk.review, store=kept, clock=clock), sessions=SqlDoor(database, sealer)
    )
    return built


def signed_in(site: Flask, username: str = "jo") -> Browser:
    browser = Browser(site.test_client())
    assert browser.sign_in(username).heading == "Inbox"
    return browser


def test_a_message_stands_in_the_inbox_themed_and_masked(site: Flask, scene: Scene) -> None:
    scene.tells(masked(STORY), ("transport", 0.9), ("communication", 0.7), reference="RIVER 482", channel=WHATSAPP)
    page = signed_in(site).page

    assert page is not None
    (card,) = page.find_all("li", class_="es-item")
    assert "WhatsApp RIVER 482" in text_of(card)
    assert "Home to school transport Sure" in text_of(card)
    assert "07700" not in page.html


def test_a_correction_is_kept_beside_the_suggestion_and_the_card_leaves_the_inbox(
    site: Flask, scene: Scene, kept: SqlStore
) -> None:
    scene.tells(STORY, ("transport", 0.9), ("communication", 0.7), reference="RIVER 482")
    jo = signed_in(site)
    jo.open(RIVER)
    (passage,) = _view(kept).card.passages
    page = jo.press("/correct", {f"theme-{passage.id}": ["transport", "ehc_content"]})

    assert "Everything is read." in page.main
    (after,) = _view(kept).card.passages
    assert after.suggestions == passage.suggestions
    assert {tag.theme for tag in tags(after)} == {"transport", "ehc_content"}
    assert {(row.theme, row.verdict, row.by, row.why) for row in after.decisions} == {
        ("transport", True, "Jo Pascoe", "accepted"),
        ("communication", False, "Jo Pascoe", "taken off"),
        ("ehc_content", True, "Jo Pascoe", "added"),
    }
    assert kept.inbox(InboxFilter()).cards == ()
    assert [row["action"] for row in kept.export_rows("audit")][-2:] == ["decide", "mark_read"]


def test_the_parents_own_word_is_shown_as_theirs(site: Flask, scene: Scene, kept: SqlStore) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    (passage,) = _view(kept).card.passages
    with kept.transaction() as tx:
        tx.add_decision(NewDecision(passage_id=passage.id, theme="ehc_content", verdict=True, staff_id=None, at=NOW))
    page = signed_in(site).open(RIVER)

    assert _view(kept).card.passages[0].decisions[0].by == BY_PARENT
    assert "own word" in page.main


def test_words_that_come_later_bring_an_experience_back(site: Flask, scene: Scene, kept: SqlStore) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = signed_in(site)
    jo.open(RIVER)
    jo.press("/read")
    scene.accepts("And he was late again.", now=NOW + timedelta(hours=2))
    scene.takes_turn(("transport", 0.9), now=NOW + timedelta(hours=2))
    page = jo.open("/staff/inbox")

    assert "RIVER 482" in page.main
    assert jo.open(RIVER).find("button", class_="govuk-button--big") is not None
    jo.press("/accept")
    assert kept.inbox(InboxFilter()).cards == ()


def test_an_alert_is_first_is_hidden_from_a_reviewer_and_is_closed_by_the_lead(site: Flask, scene: Scene, kept: SqlStore) -> None:
    scene.tells("The escort is a star.", ("transport", 0.9), reference="BROOK 377", sender=BORIS)
    seq = scene.accepts("he held him down", sender=ANNA, risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(("transport", 0.9), reference="RIVER 482", risk=DANGER.level, reply=None)

    jo, ruth = signed_in(site), signed_in(site, "ruth")
    assert "1 message is with safeguarding, since" in jo.open("/staff/inbox").main
    assert "held him down" not in jo.open("/staff/inbox").html
    jo.open(RIVER, status=404)
    ruth.open("/staff/inbox")
    assert ruth.page is not None
    assert "Nobody has taken this alert." in text_of(ruth.page.find_all("li", class_="es-item")[0])
    ruth.open(RIVER)
    ruth.press("/take")
    assert ANNA.path in ruth.press("/reach", {"why": "To ring the mother."}).main
    ruth.press("/close", {"done": "family", "details": "Spoke to the mother."})

    assert ("reveal_address", "To ring the mother.") in {(row["action"], row["why"]) for row in kept.export_rows("audit")}
    (alert,) = _view(kept).alerts
    assert (alert.taken_by, alert.outcome) == ("Ruth Adeyemi", "family: Spoke to the mother.")
    jo.open(RIVER, status=404)
    ruth.press("/clear-alerts", {"why": "They ask for a call."})
    assert jo.open(RIVER).heading == "RIVER 482"


def test_a_search_is_by_words_and_channel(site: Flask, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482", channel=WHATSAPP)
    scene.tells("The review letter came late.", ("ehc_review", 0.9), reference="BROOK 377", sender=BORIS)
    jo = signed_in(site)
    jo.open("/staff/inbox")

    assert "RIVER 482" in jo.press("/inbox", {"words": "TAXI driver"}).main
    assert "1 found." in jo.press("/inbox", {"words": "", "channel": ["sms"]}).main


@pytest.mark.parametrize("odd", ["\x00", "jo\x00", "a\x00b' OR 1=1 --", "\ufffe\x1b", "%", "_" * 3000])
def test_letters_no_database_takes_are_never_a_fault(site: Flask, scene: Scene, odd: str) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    Browser(site.test_client()).sign_in(f"{odd}x", f"{odd}x", status=401)
    jo = signed_in(site)
    jo.open("/staff/inbox")

    assert jo.press("/inbox", {"words": f"{odd}zz", "theme": odd, "channel": [odd]}).heading == "Inbox"
    assert jo.open(f"/staff/experiences/{quote(odd)}x", status=404).heading == "There is no such page"


def test_an_outcome_with_odd_letters_is_kept_without_them(site: Flask, scene: Scene, kept: SqlStore) -> None:
    seq = scene.accepts("he held him down", sender=ANNA, risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=DANGER.level, reply=None)
    ruth = signed_in(site, "ruth")
    ruth.open(RIVER)
    ruth.press("/close", {"done": "family", "details": "Spoke\x00 to them."})

    assert _view(kept).alerts[0].outcome == "family: Spoke to them."


def test_signing_out_ends_the_session_in_the_store(site: Flask, kept: SqlStore) -> None:
    jo = signed_in(site)
    jo.press("/sign-out")

    member = kept.staff_by_username("jo")
    assert member is not None
    desk: Desk = site.extensions[EXTENSION]
    assert desk.door.living(member) == ()


def test_whoever_the_operator_adds_can_sign_in(site: Flask, kept: SqlStore, database: Database, sealer: Sealer) -> None:
    class Start:
        def store(self) -> Store:
            return kept

        def team(self) -> Team:
            return Team(store=kept, work=kept, records=SqlTeam(database, sealer), clock=FakeClock(NOW))

    arguments = ["add", "Tom Calloway", "--username", "tom", "--role", "reviewer", "--password-stdin"]
    result = CliRunner().invoke(staff, arguments, obj=Start(), input=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output

    assert signed_in(site, "tom").page is not None
    assert CliRunner().invoke(staff, ["remove", "tom"], obj=Start()).exit_code == 0
    assert Browser(site.test_client()).sign_in("tom", status=401).heading == "Sign in"


def _view(kept: SqlStore) -> ExperienceView:
    view = kept.experience("RIVER 482")
    assert view is not None
    return view


def test_an_alert_whose_turn_has_not_succeeded_is_seen_read_and_closed_all_the_same(
    site: Flask, scene: Scene, kept: SqlStore
) -> None:
    seq = scene.accepts("he held him down, ring 07700 900123", sender=ANNA, risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)

    jo, ruth = signed_in(site), signed_in(site, "ruth")
    assert "1 message is with safeguarding, since" in jo.open("/staff/inbox").main
    ruth.open("/staff/inbox")
    assert "Taken by Ruth Adeyemi" in ruth.press(f"{alert_id}/take").main
    page = ruth.press("/words", {"why": "She waits"})
    assert "he held him down, ring 07700 900123" in page.main
    ruth.press("/close", {"done": "family", "details": "Rang her, both safe."})

    assert "Waiting alerts" not in ruth.open("/staff/inbox").main
    assert "with safeguarding" not in jo.open("/staff/inbox").main
    assert [row["action"] for row in kept.export_rows("audit")][-3:] == ["take_alert", "open_words", "close_alert"]
