"""A person of the team takes a talk over, writes, and hands it back; and what becomes of a talk that nobody writes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.alert_records import NewAlert
from bot.cards import BY_STAFF
from bot.draft import WRITE_BY_HAND
from bot.errors import NotFound
from bot.events import Handover
from bot.heard import Risk, RiskKind, RiskLevel
from bot.holding import Told
from bot.model import Address, ChannelName
from bot.outgoing import Spoken
from bot.records import ChatLine, StaffMember
from bot.talks_held import Barrier, Talk
from bot.writing import NotWritableError
from storage.database import Database
from tests.bot.street import ANNA, BORIS, Street
from tests.journeys.stage import NORA

LATE = "The school taxi has come late every day this week and nobody rings to tell us"
OMAR = StaffMember(id=UUID(int=8), name="Omar Example", username="omar", role="safeguarding", password_hash="x")
RIVER = "RIVER 482"


@pytest.fixture
def street(database: Database) -> Street:
    return told(Street(database))


def told(street: Street, words: str = LATE, sender: Address = ANNA) -> Street:
    with street.store.transaction() as tx:
        tx.add_staff(OMAR, street.clock.at)
    street.text(words, sender=sender)
    street.later(seconds=30)
    street.all_turns()
    street.deliver()
    return street


def talk(street: Street) -> Talk:
    return street.holding.look(RIVER, OMAR).talk


def writes(street: Street, words: str, letter_id: UUID | None = None) -> None:
    street.writing.write(talk(street), NORA, letter_id or uuid4(), words)


def actions(street: Street) -> list[str]:
    return [str(row["action"]) for row in street.store.export_rows("audit")]


def test_the_person_is_told_once_and_the_bot_is_silent(street: Street) -> None:
    before = len(street.heard_by_them)

    assert street.holding.take(RIVER, NORA) is Told.YES
    assert street.holding.take(RIVER, NORA) is Told.NOTHING_NEW
    street.deliver()
    street.text("It was late today too")
    street.later(seconds=30)
    street.all_turns()
    street.deliver()

    (notice,) = street.heard_by_them[before:]
    assert notice.startswith("A person from the SEND team is writing to you now.")
    assert talk(street).held_by == NORA.id


def test_a_colleague_takes_it_over_and_the_family_hears_nothing_new(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)

    assert street.holding.take(RIVER, OMAR) is Told.NOTHING_NEW
    street.deliver()
    assert street.heard_by_them[before:] == []
    assert talk(street).holder == "Omar Example"


def test_a_turn_under_way_when_it_is_taken_says_nothing_after_the_notice(street: Street) -> None:
    street.text("And again this morning")
    street.later(seconds=30)
    claim = street.store.claim_turn(worker="b:1", now=street.clock.at, lease=timedelta(seconds=20), one_at_a_time=[])
    assert claim is not None
    street.holding.take(RIVER, NORA)
    street.all_turns()
    before = len(street.heard_by_them)
    street.deliver()

    assert [text[:13] for text in street.heard_by_them[before:]] == ["A person from"]


def test_words_of_a_person_wait_ten_seconds_and_go_as_theirs(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    writes(street, "Hello, this is Nora. Ring me on 07700 900123.")
    street.later(seconds=9)
    street.sweep()
    assert street.heard_by_them[before:] == []

    street.later(seconds=1)
    street.sweep()

    assert street.heard_by_them[before:] == ["Hello, this is Nora. Ring me on 07700 900123."]
    assert street.channel.sent[-1].by_person
    view = street.store.experience(RIVER)
    assert view is not None
    (line,) = [line for line in view.talk if line.who == BY_STAFF]
    assert (line.by, line.state) == ("Nora Example", "sent")
    assert "07700" not in line.text


def test_the_same_press_twice_writes_once_even_after_it_has_gone(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before, letter_id = len(street.heard_by_them), uuid4()
    writes(street, "Hello", letter_id)
    writes(street, "Hello", letter_id)
    street.later(seconds=11)
    street.sweep()
    writes(street, "Hello", letter_id)
    street.later(seconds=11)
    street.sweep()

    assert street.heard_by_them[before:] == ["Hello"]


def test_what_is_taken_back_is_never_sent_and_its_words_come_back(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before, letter_id = len(street.heard_by_them), uuid4()
    writes(street, "Helo", letter_id)

    assert street.writing.take_back(talk(street), NORA, letter_id) == "Helo"
    street.later(seconds=30)
    street.sweep()
    assert street.heard_by_them[before:] == []
    assert street.writing.take_back(talk(street), NORA, letter_id) is None
    assert actions(street)[-2:] == ["write", "take_back_letter"]


def test_what_is_taken_back_was_no_word_of_ours_and_they_are_not_forgotten(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before, letter_id = len(street.heard_by_them), uuid4()
    writes(street, "Helo", letter_id)
    assert street.writing.take_back(talk(street), NORA, letter_id) == "Helo"
    street.later(days=3)
    street.sweep()
    street.deliver()

    assert [text[:27] for text in street.heard_by_them[before:]] == ["You have not been forgotten"]


def test_nobody_takes_back_the_words_of_another(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    letter_id = uuid4()
    writes(street, "Hello", letter_id)

    with pytest.raises(NotFound):
        street.writing.take_back(talk(street), OMAR, letter_id)


def test_after_ten_seconds_nothing_is_taken_back(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    letter_id = uuid4()
    writes(street, "Hello", letter_id)
    street.later(seconds=10)

    assert street.writing.take_back(talk(street), NORA, letter_id) is None


def test_only_who_has_the_talk_writes(street: Street) -> None:
    with pytest.raises(NotWritableError):
        writes(street, "Hello")
    street.holding.take(RIVER, OMAR)
    with pytest.raises(NotWritableError):
        writes(street, "Hello")


def test_after_stop_nobody_writes_and_the_reason_is_named(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.text("STOP")
    street.all_turns()
    street.deliver()
    before = len(street.heard_by_them)

    with pytest.raises(NotWritableError) as refused:
        writes(street, "Hello")
    assert refused.value.barrier is Barrier.STOPPED
    assert street.holding.give_back(RIVER, NORA) is Told.STOPPED
    street.deliver()
    assert street.heard_by_them[before:] == []


def test_stop_in_the_ten_seconds_holds_back_what_was_written(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    writes(street, "Hello")
    street.text("STOP")
    street.all_turns()
    before = len(street.heard_by_them)
    street.later(seconds=11)
    street.sweep()

    assert "Hello" not in street.heard_by_them[before:]
    assert "cancelled" in [row.state for row in street.rows("outbound")]


def test_danger_is_answered_while_a_person_has_the_talk(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    street.text("I am going to kill myself tonight")
    street.deliver()

    assert "999" in " ".join(street.heard_by_them[before:])


def test_handing_back_sends_what_still_waits_first_and_tells_them(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    writes(street, "Goodbye from Nora")

    assert street.holding.give_back(RIVER, NORA) is Told.YES
    street.deliver()
    assert [text[:16] for text in street.heard_by_them[before:]] == ["Goodbye from Nor", "The person from "]
    assert talk(street).held_at is None
    assert street.holding.give_back(RIVER, NORA) is Told.NOTHING_NEW


def test_a_yes_to_a_person_is_kept_from_nobody(street: Street) -> None:
    with street.store.transaction() as tx:
        view = street.store.experience(RIVER)
        assert view is not None
        tx.mark_read(view.card.id, NORA.id, street.clock.at)
    street.holding.take(RIVER, NORA)
    street.text("yes")
    street.later(seconds=30)
    street.all_turns()
    after = street.store.experience(RIVER)

    assert after is not None
    assert after.card.read_at is None
    assert after.talk[-1].text == "yes" or any(line.text == "yes" for line in after.talk)


def test_what_is_behind_the_wall_is_taken_by_those_who_may(street: Street) -> None:
    danger = Risk(RiskLevel.DANGER, (RiskKind.LIFE_NOW,))
    view = street.store.experience(RIVER)
    assert view is not None
    with street.store.transaction() as tx:
        alert = NewAlert(id=uuid4(), contact_id=talk(street).contact_id, inbound_seq=1, risk=danger, raised_at=street.clock.at)
        tx.add_alert(alert)
        tx.link_alerts([1], view.card.id)

    with pytest.raises(NotFound):
        street.holding.take(RIVER, NORA)
    street.holding.take(RIVER, OMAR)
    assert street.holding.held(NORA) == ()
    assert [each.talk.reference for each in street.holding.held(OMAR)] == [RIVER]


def test_a_talk_with_danger_in_it_is_not_read_or_taken_by_way_of_what_was_told_in_it_before(street: Street) -> None:
    street.holding.take(RIVER, OMAR)
    street.writing.write(talk(street), OMAR, uuid4(), "I ring you tonight about what he did.")
    danger = Risk(RiskLevel.DANGER, (RiskKind.CHILD_NOT_SAFE,))
    street.later(days=120)
    came = street.text("The taxi is late again and now the driver hurt him on the way")
    seq = street.store.seq_of(came.channel, came.account, came.external_id)
    assert seq is not None
    street.later(seconds=30)
    street.all_turns()
    with street.store.transaction() as tx:  # it stands in no experience yet
        alert = NewAlert(id=uuid4(), contact_id=talk(street).contact_id, inbound_seq=seq, risk=danger, raised_at=street.clock.at)
        tx.add_alert(alert)

    assert street.store.experience(RIVER) is not None
    for act in (street.holding.look, street.holding.take, street.holding.give_back, street.holding.keep):
        with pytest.raises(NotFound):
            act(RIVER, NORA)
    assert street.holding.find(RIVER, NORA) is None
    assert street.holding.find(RIVER, OMAR) is not None
    assert street.holding.look(RIVER, OMAR).talk.held_by == OMAR.id


def test_an_erasure_takes_what_waits_with_it(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    writes(street, "Hello")
    with street.store.transaction() as tx:
        tx.erase_contact(talk(street).contact_id, street.clock.at)
    street.later(seconds=11)
    street.sweep()

    assert street.heard_by_them[before:] == []
    assert street.holding.held(OMAR) == ()


def test_they_wait_for_us_from_the_taking_on_until_a_word_of_ours_and_again_when_they_answer(street: Street) -> None:
    assert not talk(street).waits_for_us
    street.holding.take(RIVER, NORA)
    assert talk(street).waits_for_us
    street.later(minutes=1)
    writes(street, "Hello")
    assert not talk(street).waits_for_us
    street.later(minutes=1)
    street.text("And one thing more")
    assert talk(street).waits_for_us


# --- forgotten -------------------------------------------------------------------------------------------------------


def test_a_hold_without_a_word_for_a_working_day_is_told_of_once_and_becomes_a_task(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    street.later(hours=23)
    street.sweep()
    assert street.heard_by_them[before:] == []

    street.later(hours=2)
    street.sweep()
    street.sweep()

    assert street.heard_by_them[before:] == ["You have not been forgotten. A person in the SEND team answers you by Wed 25 Nov."]
    (held,) = street.holding.held(NORA)
    assert (held.forgotten, held.asks, held.talk.told) == (True, False, True)
    view = street.store.experience(RIVER)
    assert view is not None
    assert [(task.kind, task.due_on.isoformat()) for task in view.card.tasks] == [("held", "2026-11-25")]


def test_a_weekend_is_no_working_day(street: Street) -> None:
    street.later(days=4)  # Friday, 10:00
    street.holding.take(RIVER, NORA)
    street.later(days=2)

    assert not street.holding.held(NORA)[0].forgotten
    street.later(days=1, hours=1)
    assert street.holding.held(NORA)[0].forgotten


def test_nobody_is_told_at_night(street: Street) -> None:
    street.later(hours=6, minutes=50)
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    street.later(days=1, hours=4)
    street.sweep()
    assert street.heard_by_them[before:] == []

    street.later(hours=12)
    street.sweep()
    assert len(street.heard_by_them[before:]) == 1


def test_who_has_had_the_last_word_waits_and_nobody_is_told_that_an_answer_comes(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    writes(street, "Which school is it?")
    street.later(seconds=11)
    street.sweep()
    before = len(street.heard_by_them)
    street.later(days=2)
    street.sweep()

    assert street.heard_by_them[before:] == []
    assert street.holding.held(NORA)[0].forgotten, "it is red all the same"


def test_from_their_answer_on_it_is_a_working_day(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    writes(street, "Which school is it?")
    street.later(days=2)
    street.text("The one in Yeovil")
    street.later(seconds=30)
    street.all_turns()
    street.sweep()
    before = len(street.heard_by_them)
    street.later(hours=23)
    street.sweep()
    assert street.heard_by_them[before:] == []

    street.later(hours=2)
    street.sweep()
    assert len(street.heard_by_them[before:]) == 1


def test_after_stop_there_is_a_task_and_no_word(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.text("STOP")
    street.all_turns()
    street.deliver()
    before = len(street.heard_by_them)
    street.later(days=1, hours=2)
    street.sweep()

    assert street.heard_by_them[before:] == []
    assert not street.holding.held(NORA)[0].talk.told
    view = street.store.experience(RIVER)
    assert view is not None
    assert "held" in [task.kind for task in view.card.tasks]


def test_after_two_working_days_more_the_page_asks_each_day(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.later(days=3, hours=1)
    assert street.holding.held(NORA)[0].asks

    street.holding.keep(RIVER, NORA)
    assert not street.holding.held(NORA)[0].asks
    street.later(days=1)
    assert street.holding.held(NORA)[0].asks
    assert talk(street).held_at is not None, "it is never handed back by itself"


def test_a_word_ends_it_and_the_task_is_done_by_it(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.later(days=1, hours=2)
    street.sweep()
    writes(street, "Here I am again")
    view = street.store.experience(RIVER)

    assert view is not None
    assert [task.done_by for task in view.card.tasks] == ["Nora Example"]
    assert not street.holding.held(NORA)[0].forgotten


def test_a_word_that_is_taken_back_opens_the_task_again_and_leaves_the_word_before_it(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.later(days=1, hours=2)
    street.sweep()
    first, second = uuid4(), uuid4()
    writes(street, "Here I am again", first)
    street.later(seconds=11)
    street.sweep()
    answered = talk(street).word_at
    street.later(minutes=5)
    writes(street, "And on Tuesday", second)
    assert talk(street).word_at != answered
    street.writing.take_back(talk(street), NORA, second)
    left = talk(street).word_at
    assert left is not None
    assert left < street.clock.at - timedelta(minutes=4)

    street.later(days=2)
    street.sweep()
    third = uuid4()
    writes(street, "Sorry", third)
    street.writing.take_back(talk(street), NORA, third)
    view = street.store.experience(RIVER)
    assert view is not None
    assert [task.done_by for task in view.card.tasks][:1] == ["Nora Example"]


def test_what_a_word_that_is_taken_back_had_done_is_owed_again(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.later(days=1, hours=2)
    street.sweep()
    only = uuid4()
    writes(street, "Sorry", only)
    street.writing.take_back(talk(street), NORA, only)
    view = street.store.experience(RIVER)

    assert view is not None
    assert [(task.done_by, task.done_at) for task in view.card.tasks] == [(None, None)]


def test_a_word_that_still_waits_counts_when_the_one_after_it_is_taken_back(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    first, second = uuid4(), uuid4()
    writes(street, "Here I am", first)
    said = talk(street).word_at
    street.later(seconds=3)
    writes(street, "And on Tuesday", second)
    street.writing.take_back(talk(street), NORA, second)

    assert talk(street).word_at == said
    assert said is not None


def test_a_talk_held_at_the_providers_inbox_is_forgotten_in_the_same_way(database: Database) -> None:
    parent = Address("messenger", "7001")
    street = told(Street(database, channel="messenger"), sender=parent)
    taken = Handover(channel=ChannelName("messenger"), person=parent, held=True)
    street.intake.receive([replace(taken, word=True)])
    street.later(hours=1)
    street.text("Are you there?", sender=parent)
    street.intake.receive([taken])  # what they write goes to the inbox, and we are told so: no word of the team's
    street.later(days=1, hours=1)
    before = len(street.heard_by_them)
    street.sweep()

    (held,) = street.holding.held(NORA)
    assert (held.forgotten, held.talk.held_by) == (True, None)
    assert street.heard_by_them[before:] == [], "Messenger's window of a day is over: what came late would not be true"
    view = street.store.experience(RIVER)
    assert view is not None
    assert [task.kind for task in view.card.tasks] == ["held"]


def test_in_the_web_chat_words_are_shown_when_they_go_and_not_before(database: Database) -> None:
    browser = Address("web", "a-browser")
    street = told(Street(database, channel="webchat"), sender=browser)
    street.holding.take(RIVER, NORA)
    writes(street, "Hello from Nora")
    street.later(seconds=5)
    street.text("Are you there?", sender=browser)  # their line is polled in the meantime
    seen = max(line.seq for line in _lines(street, browser))
    assert "Hello from Nora" not in [line.text for line in _lines(street, browser)]

    street.later(seconds=6)
    street.sweep()
    assert "Hello from Nora" in [line.text for line in _lines(street, browser, after=seen)]


def test_two_workers_let_a_letter_go_once(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.deliver()
    before = len(street.heard_by_them)
    writes(street, "Hello")
    street.later(seconds=11)
    (letter,) = street.writing.records.letters_due(street.clock.at)
    with street.store.transaction() as tx:
        assert street.writing.release(tx, talk(street), letter.id, street.clock.at)
    with street.store.transaction() as tx:
        assert not street.writing.release(tx, talk(street), letter.id, street.clock.at)
    street.deliver()

    assert street.heard_by_them[before:] == ["Hello"]


def test_two_who_become_one_person_keep_the_hold_and_who_has_it(street: Street) -> None:
    street.holding.take(RIVER, NORA)
    street.text("It is me from my other phone", sender=BORIS)
    street.later(seconds=30)
    street.all_turns()
    with street.store.transaction() as tx:
        tx.join_contact(talk(street).contact_id, BORIS, street.clock.at)

    assert [(each.talk.held_by, each.talk.holder) for each in street.holding.held(OMAR)] == [(NORA.id, "Nora Example")]


def _lines(street: Street, address: Address, *, after: int = 0) -> tuple[ChatLine, ...]:
    return street.store.chat_lines(address, after=after, channels=[street.channel.name])


@pytest.mark.parametrize("words", ["My son died on Friday", "He said he will kill himself tonight"])
def test_after_a_death_or_danger_no_machine_says_in_a_forgotten_hold_that_somebody_answers(street: Street, words: str) -> None:
    street.holding.take(RIVER, OMAR)
    street.deliver()
    street.text(words)
    street.later(seconds=30)
    street.all_turns()
    if "died" in words:  # as when it was told before, or on another door
        with street.store.transaction() as tx:
            tx.add_task(
                contact_id=talk(street).contact_id,
                experience_id=None,
                kind=WRITE_BY_HAND,
                due_on=street.clock.at.date(),
                now=street.clock.at,
            )
    street.deliver()
    before = len(street.heard_by_them)
    street.later(days=3)
    while street.holding.sweep():
        pass
    street.deliver()

    assert street.heard_by_them[before:] == []
    assert not talk(street).told
    assert talk(street).swept_at is not None
    view = street.store.experience(RIVER)
    assert view is not None
    assert "held" in [task.kind for task in view.card.tasks]


def test_a_letter_that_cannot_go_holds_up_no_other(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.holding.take(RIVER, NORA)
    writes(street, "The first of two.")
    street.later(seconds=1)
    writes(street, "The second of two.")
    render = street.channel.render

    def stumbles(_: object, spoken: Spoken) -> Any:
        if "first" in spoken.text:
            raise RuntimeError
        return render(spoken)

    monkeypatch.setattr(type(street.channel), "render", stumbles)
    street.later(seconds=15)
    street.sweep()
    street.deliver()

    assert street.heard_by_them[-1] == "The second of two."
    assert [letter.text for letter in street.writing.waiting(talk(street))] == ["The first of two."]
