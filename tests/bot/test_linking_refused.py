"""Codes that lead nowhere, and codes in the hands of several workers at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.errors import BotError, LeaseLost, StoreUnavailable
from bot.model import Address
from bot.resuming import LASTS
from storage.database import Database
from tests.bot.street import ANNA, BORIS, Street
from tests.bot.talking import WORDING
from tests.bot.two_doors import CLARA, CODE, DONE, STORY, contact_of, joins, links, references, says


@pytest.fixture
def street(database: Database) -> Street:
    """ANNA and BORIS are the two numbers of one person."""
    return Street(database, also=("webchat", "email"))


# --- a code that leads nowhere ------------------------------------------------------------------------------------------


def failed(said: list[str]) -> bool:
    return len(said) == 1 and said[0].startswith("That code did not work.")


def test_a_code_works_once(street: Street) -> None:
    says(street, STORY)
    links(street)

    assert failed(says(street, CODE, CLARA))
    assert contact_of(street, CLARA) != contact_of(street, ANNA)


def test_a_code_that_has_run_out_is_refused(street: Street) -> None:
    says(street, "link")
    street.later(minutes=15)

    assert failed(says(street, CODE, BORIS))


def test_a_code_nobody_was_given_is_refused_in_the_same_words(street: Street) -> None:
    assert failed(says(street, "PLUM 340 KAYAK 268", BORIS))


def test_after_ten_tries_even_the_right_one_is_refused(street: Street) -> None:
    for number in range(200, 210):
        assert failed(guess(street, number))
    says(street, "link")

    assert failed(says(street, CODE, BORIS))


def guess(street: Street, number: int) -> list[str]:
    """A try, with hardly any time gone by."""
    before = len(street.heard_at(BORIS))
    street.text(f"PLUM {number} KAYAK 268", sender=BORIS)
    street.later(seconds=30)
    street.all_turns()
    street.deliver()
    return street.heard_at(BORIS)[before:]


def test_a_code_sent_back_from_where_it_was_given_stays_good_for_the_other_phone(street: Street) -> None:
    says(street, "link")

    assert failed(says(street, CODE))
    assert says(street, CODE, BORIS) == [DONE]


def test_a_code_sent_twice_in_a_burst_is_one_wish(street: Street) -> None:
    says(street, "link")
    street.text(CODE, sender=BORIS)
    street.text(CODE.lower(), sender=BORIS)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert street.heard_at(BORIS) == [DONE]


def test_a_mistyped_code_and_the_right_one_after_it_join(street: Street) -> None:
    says(street, "link")
    street.text("OTTER 241 TULIP 915", sender=BORIS)
    street.text(CODE, sender=BORIS)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert street.heard_at(BORIS) == [DONE]


def test_two_who_are_one_already_are_told_that_it_is_done(street: Street) -> None:
    says(street, STORY)
    links(street)
    says(street, "link")

    assert says(street, "PLUM 340 KAYAK 268", BORIS) == [DONE]


def test_mail_whose_sender_could_not_be_checked_neither_gets_a_code_nor_uses_one(street: Street) -> None:
    mail = Address("email", "parent@family.example")
    says(street, "link")

    for words in ("link", CODE):
        (said,) = says(street, words, mail, channel="email", verified=False)
        assert said.startswith("We could not tell that this e-mail came from you.")
    assert contact_of(street, mail) != contact_of(street, ANNA)
    assert says(street, CODE, mail, channel="email") == [DONE]


def test_danger_beside_a_code_comes_first(street: Street) -> None:
    says(street, "link")
    street.text("he is hitting the baby right now", sender=BORIS)
    street.text(CODE, sender=BORIS)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    said = street.heard_at(BORIS)
    assert "999" in said[0]
    assert said[-1] == DONE
    assert len(street.store.alerts_due(street.clock.at)) == 1


# --- workers ------------------------------------------------------------------------------------------------------------


def test_a_worker_with_the_others_turn_in_hand_leaves_it_and_the_words_are_answered_as_one_persons(street: Street) -> None:
    says(street, "link")
    street.text(STORY)
    street.later(minutes=1)
    slow = street.store.claim_turn(worker="slow:1", now=street.clock.at, lease=timedelta(seconds=90), one_at_a_time=())
    assert slow is not None
    street.text(CODE, sender=BORIS)
    street.later(seconds=40)
    street.all_turns()

    with pytest.raises(LeaseLost):
        street.turns._take(slow)
    street.all_turns()
    street.deliver()
    assert any("Ref RIVER 482" in words for words in street.heard_at(ANNA))
    assert references(street) == ["RIVER 482"]


def test_a_code_is_good_again_where_the_join_could_not_be_kept(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    says(street, "link")
    street.text(CODE, sender=BORIS)
    street.later(minutes=1)

    def unwell() -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(street.turns._left, "answered", lambda *_: unwell())
        with pytest.raises(StoreUnavailable):
            street.turn()
    street.later(seconds=21)
    street.all_turns()
    street.deliver()

    assert street.heard_at(BORIS) == [DONE]


def test_two_who_link_at_once_in_opposite_directions_both_come_through(street: Street) -> None:
    says(street, "link", ANNA)
    says(street, "link", BORIS)
    street.text("PLUM 340 KAYAK 268", sender=ANNA)
    street.text(CODE, sender=BORIS)
    street.later(minutes=1)
    claims = [
        street.store.claim_turn(worker=f"w:{n}", now=street.clock.at, lease=timedelta(seconds=20), one_at_a_time=())
        for n in range(2)
    ]
    together = threading.Barrier(2)
    faults: list[Exception] = []

    def take(claim: object) -> None:
        together.wait()
        try:
            street.turns._take(claim)  # type: ignore[arg-type] # a TurnClaim
        except LeaseLost:
            pass
        except BotError as error:
            faults.append(error)

    street.chance.begin()
    threads = [threading.Thread(target=take, args=(claim,)) for claim in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    street.later(seconds=30)
    street.all_turns()
    street.deliver()
    assert faults == []
    assert contact_of(street, ANNA) == contact_of(street, BORIS)
    assert street.heard_at(ANNA)[-1] == street.heard_at(BORIS)[-1] == DONE
    assert joins(street) == ["join contacts"]


def test_the_words_name_as_many_minutes_as_a_code_lasts() -> None:
    minutes = str(int(LASTS.total_seconds()) // 60)

    assert all(
        minutes in tongue.texts[key]["text"] for tongue in WORDING.tongues.values() for key in ("link.offer", "link.failed")
    )
