"""The first words of danger are answered in the language they are written in, before any listener has heard them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.danger import DangerTexts
from bot.model import ENGLISH, ChannelName, Contact, Locale
from bot.ports import Channel
from bot.replies import Replies
from bot.safety import check
from bot.signposts import Signposts
from bot.wording import CONTENT, Wording
from storage.database import Database
from tests.bot.street import ANNA, SMS, Street
from tests.journeys.stage import script

WRITTEN = {
    "pl": ("nie chce juz zyc", "Mamy Twoją wiadomość."),
    "ro": ("nu mai vreau sa traiesc", "Am păstrat mesajul"),
    "pt": ("o meu marido bate-me", "Guardámos"),
    "uk": ("чоловік бив мене", "Ми зберегли"),
    "lt": ("nebenoriu gyventi", "Jūsų žinutę"),
    "bg": ("детето ми не диша", "Запазихме"),
    "ar": ("زوجي يضربني", "حفظنا"),
}


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def said(street: Street) -> str:
    street.deliver()
    return " ".join(street.heard_by_them)


@pytest.mark.parametrize("locale", WRITTEN)
def test_a_newcomer_in_danger_is_answered_in_the_language_they_write(street: Street, locale: str) -> None:
    words, answer = WRITTEN[locale]
    street.text(words)

    assert said(street).startswith(answer)
    with street.store.transaction() as tx:
        contact = tx.contact_at(ANNA, street.clock.at)
    assert contact is not None
    assert contact.locale == locale


@pytest.mark.parametrize("locale", WRITTEN)
def test_no_signpost_speaks_english_in_another_language(street: Street, locale: str) -> None:
    street.text("I want to die", locale=Locale(locale))

    told = said(street)
    assert "111" in told
    assert "option" not in told
    assert "2" in told[told.index("111") : told.index("111") + 25]


def test_a_newcomer_whose_words_are_danger_only_together_is_answered_in_their_language_from_then_on(street: Street) -> None:
    for words in ("nie chce", "juz zyc"):
        street.text(words)
        street.later(seconds=3)
    street.later(minutes=1)
    street.all_turns()
    assert said(street).startswith("Mamy Twoją wiadomość. Prosimy, czytaj dalej.")

    street.text("1")
    street.later(minutes=1)
    street.all_turns()

    assert "We have" not in said(street)
    assert len(street.heard_by_them) > 1
    with street.store.transaction() as tx:
        contact = tx.contact_at(ANNA, street.clock.at)
    assert contact is not None
    assert contact.locale == "pl"


def test_english_danger_is_answered_in_english(street: Street) -> None:
    street.text("my husband hits me")

    assert said(street).startswith("We have kept")


def test_whoever_chose_a_language_keeps_it(street: Street) -> None:
    street.text("my husband hits me", locale=Locale("pl"))

    assert said(street).startswith("Mamy")


def test_whoever_talks_in_english_is_answered_in_the_language_of_the_words_once(street: Street) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    street.all_turns()
    street.text("maz mnie bije")

    assert "Mamy" in said(street)
    with street.store.transaction() as tx:
        contact = tx.contact_at(ANNA, street.clock.at)
    assert contact is not None
    assert contact.locale == ENGLISH


def test_where_their_language_is_not_offered_english_says_so_beside_the_text_for_danger(street: Street) -> None:
    wording = Wording.load(CONTENT, facts={"privacy_url": "https://earshot.example/privacy"}, unsigned=False)
    channels: dict[ChannelName, Channel] = dict(street.doors)
    texts = DangerTexts(
        wording=wording,
        signposts=Signposts.load(),
        hours=script().hours,
        replies=Replies(wording=wording, channels=channels, new_id=uuid4),
    )

    def keys(words: str) -> list[str]:
        rows = texts.rows(
            check(words),
            words=words,
            dedupe="a",
            channel=SMS,
            address=ANNA,
            contact=Contact(id=uuid4()),
            alert_id=uuid4(),
            now=street.clock.at,
        )
        assert {row.locale for row in rows} == {ENGLISH}
        return [row.key for row in rows]

    assert keys("nie chce juz zyc") == ["danger.self_harm.open", "language.unspoken"]
    assert keys("I want to die") == ["danger.self_harm.open"]
