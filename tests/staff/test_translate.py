"""Translations at the desk: entered beside the words, version by version, heard, themed, found, and looked at for danger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID, uuid4

import pytest
from flask import Flask

from bot.cards import ExperienceView
from bot.errors import WrongKeys
from bot.heard import RiskLevel
from bot.hiding import Hiding
from bot.inbox import InboxFilter
from bot.review import tags
from bot.translations import TranslationRecords
from storage.database import Database
from tests.staff.desk_of_a_talk import OMAR, RIVER, Team
from tests.staff.page import Browser, Page, text_of

POLISH = "Szkolna taksówka spóźnia się codziennie, a nikt do nas nie dzwoni, proszę o telefon 07700 900123"
ENGLISH = "The school taxi is late every day and nobody rings us, please ring 07700 900123"
PAGE = f"{RIVER}/translate"
FOREIGN = {"locale": "pl", "needs_translation": True}


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.street.listener.hints = FOREIGN
    team.hears(POLISH)
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    return team.signs_in()


def enters(browser: Browser, team: Team, text: str = ENGLISH, about: str = "transport") -> Page:
    browser.open(PAGE)
    page = browser.press("/translate", {"text": text})
    team.street.listener.hints = {"about": about, "feels": "bad"}
    while team.hearing.sweep():
        pass
    return page


def view(team: Team) -> ExperienceView:
    found = team.street.store.experience("RIVER 482")
    assert found is not None
    return found


def test_it_needs_a_translation_until_one_is_entered_and_heard(team: Team, nora: Browser) -> None:
    assert view(team).card.needs_translation
    assert ("enter a translation", PAGE) in list(nora.open(RIVER).links())

    assert "The translation is kept with your name." in enters(nora, team).main
    assert not view(team).card.needs_translation
    assert "needs translation" not in nora.open(RIVER).main.lower()


def test_it_is_themed_and_marked_as_a_translation_beside_the_words(team: Team, nora: Browser) -> None:
    enters(nora, team)
    original, translated = view(team).card.passages

    assert (original.translated, translated.translated) == (False, True)
    assert [tag.theme for tag in tags(original)] == []
    assert [tag.theme for tag in tags(translated)] == ["transport"]
    page = nora.open(RIVER)
    assert "From the translation, not their own words" in page.main
    assert "Szkolna" in page.main
    assert "The school taxi is late" in page.main
    assert "07700" not in page.html


def test_the_original_stays_as_it_was(team: Team, nora: Browser) -> None:
    before = [row.text for row in team.street.rows("inbound")]
    enters(nora, team)

    assert [row.text for row in team.street.rows("inbound")] == before == [POLISH]


def test_a_search_in_english_finds_it(team: Team, nora: Browser) -> None:
    assert team.street.store.inbox(InboxFilter(words="taxi late")).total == 0
    enters(nora, team)

    assert team.street.store.inbox(InboxFilter(words="taxi late")).total == 1
    assert team.street.store.inbox(InboxFilter(themes=("transport",))).total == 1


def test_a_correction_is_a_version_of_its_own_and_decisions_go_over(team: Team, nora: Browser) -> None:
    enters(nora, team)
    passage = view(team).card.passages[1]
    nora.open(RIVER)
    nora.press("/correct", {f"theme-{passage.id}": ["transport"]})
    enters(nora, team, "The school taxi comes late each day", about="communication")
    page = nora.open(PAGE)

    assert text_of(page.find("textarea")) == "The school taxi comes late each day"
    assert "Earlier versions" in page.main
    assert "The school taxi is late every day" in page.main
    (_, corrected) = view(team).card.passages
    assert corrected.text == "The school taxi comes late each day"
    assert [(each.theme, each.by) for each in corrected.decisions] == [("transport", "Nora Example")]
    assert team.actions.count("translate") == 2


def test_the_same_words_again_are_no_new_version(team: Team, nora: Browser) -> None:
    enters(nora, team)
    enters(nora, team)

    assert team.actions.count("translate") == 1


def test_two_who_translate_at_once_do_not_overwrite_each_other(team: Team, nora: Browser) -> None:
    omar = team.signs_in("omar")
    omar.open(PAGE)
    enters(nora, team)
    page = omar.press("/translate", {"text": "Another reading of it"}, status=409)

    assert "Somebody entered another version just now" in page.main
    assert "Another reading of it" in page.main
    assert team.actions.count("translate") == 1


def test_words_that_changed_while_it_was_written_are_shown_and_what_was_typed_stays_in_the_box(team: Team, nora: Browser) -> None:
    nora.open(PAGE)
    Hiding(work=team.street.store, clock=team.street.clock, new_id=uuid4).hide(view(team), team.nora, "taksówka")
    page = nora.press("/translate", {"text": ENGLISH}, status=409)

    assert "Their words have changed since you began" in page.main
    assert "Szkolna name removed" in page.main
    assert text_of(page.find("textarea")) == ENGLISH
    assert "translate" not in team.actions
    assert "The translation is kept with your name." in nora.press("/translate", {"text": ENGLISH}).main


def test_a_message_that_was_taken_back_meanwhile_is_said_to_be_gone(team: Team, nora: Browser) -> None:
    team.street.listener.hints = FOREIGN
    team.hears("Dzisiaj znowu nie przyjechała")
    nora.open(PAGE)
    team.hears("TAKE BACK")
    fields = {"seq": "2", "text": "It did not come again today"}

    assert "the message is gone" in nora.press("/translate", fields, status=409).main


def test_nothing_is_no_translation(team: Team, nora: Browser) -> None:
    nora.open(PAGE)

    assert "Write what the message means" in nora.press("/translate", {"text": " "}, status=400).main


def test_danger_in_a_translation_raises_an_alert_and_says_nothing_to_the_family(team: Team, nora: Browser) -> None:
    before = len(team.street.heard_by_them)
    nora.open(PAGE)
    nora.press("/translate", {"text": "I want to kill myself tonight"}, status=404)
    team.street.deliver()

    (alert,) = view(team).alerts
    assert alert.level is RiskLevel.DANGER
    assert team.street.heard_by_them[before:] == []
    assert [due.id for due in team.street.store.alerts_due(team.street.clock.at)] == [alert.id]


def test_the_same_danger_corrected_raises_no_second_alert(team: Team) -> None:
    omar = team.signs_in("omar")
    enters(omar, team, "I want to kill myself tonight")
    enters(omar, team, "I want to kill myself this night")

    assert len(view(team).alerts) == 1


def test_new_words_in_their_language_need_a_translation_of_their_own(team: Team, nora: Browser) -> None:
    enters(nora, team)
    team.street.listener.hints = FOREIGN
    team.hears("Dzisiaj znowu nie przyjechała")
    assert view(team).card.needs_translation


def test_with_two_messages_both_must_be_translated(team: Team, nora: Browser) -> None:
    team.street.listener.hints = FOREIGN
    team.hears("Dzisiaj znowu nie przyjechała")
    enters(nora, team)

    assert view(team).card.needs_translation


def test_what_is_taken_back_or_erased_goes_with_its_translation(team: Team, nora: Browser) -> None:
    enters(nora, team)
    with team.street.store.transaction() as tx:
        tx.erase_contact(team.street.holding.look("RIVER 482", OMAR).talk.contact_id, team.street.clock.at)

    assert team.street.store.inbox(InboxFilter(words="taxi", open_only=False)).total == 0
    assert team.hearing.records.originals("RIVER 482") == ()
    assert team.hearing.records.text(1, 1) == ""


def test_what_is_with_safeguarding_is_not_for_a_reviewer(team: Team, nora: Browser) -> None:
    team.hears("I want to kill myself tonight")

    nora.open(PAGE, status=404)


class FirstDamaged:
    """The records, of which the oldest translation does not open any more."""

    def __init__(self, records: TranslationRecords) -> None:
        self._records = records

    def unheard(self, *, limit: int) -> Sequence[UUID]:
        return self._records.unheard(limit=limit)

    def words_of(self, translation_id: UUID) -> str:
        if translation_id == self.unheard(limit=1)[0]:
            raise WrongKeys
        return self._records.words_of(translation_id)


def test_one_that_cannot_be_opened_holds_up_no_other(team: Team, nora: Browser, caplog: pytest.LogCaptureFixture) -> None:
    for text in ("The first version, soon to be damaged", ENGLISH):
        nora.open(PAGE)
        nora.press("/translate", {"text": text})
    team.street.listener.hints = {"about": "transport", "feels": "bad"}
    hearing = replace(team.hearing, records=cast(TranslationRecords, FirstDamaged(team.hearing.records)))

    assert hearing.sweep()
    assert not hearing.sweep()
    assert "The school taxi is late" in nora.open(RIVER).main
    assert "could not be heard" in caplog.text
    assert "damaged" not in caplog.text
