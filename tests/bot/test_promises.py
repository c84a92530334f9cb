"""The promised day kept, or its missing told: to whom, when, how often, and never to somebody who is to be left in peace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from bot.cards import TaskView
from bot.missed import Told
from bot.model import ENGLISH, InboundMessage, Manner
from bot.nudges import Nudges
from bot.outgoing import OutboundState
from storage.database import Database
from storage.promises import SqlPromises
from storage.tables import experience, missed_promise, outbound_message
from tests.bot.street import ANNA, BORIS, Street
from tests.journeys.stage import NORA, script

STORY = "The school taxi has come late every day this week and nobody can tell me why that is"
LATE = (
    "Ref RIVER 482. We said we would read what you sent by Mon 30 Nov. Nobody has yet. We are late. Someone will look by "
    "Wed 2 Dec. You need do nothing."
)
AGAIN = (
    "Ref RIVER 482. We said someone would look by Wed 2 Dec. Nobody has, so we are late a second time. Everyone in the team "
    "can now see that. Someone will look by Fri 4 Dec."
)

NOT_CALLED = (
    "Hello from the SEND team. Something we said we would do by Tue 24 Nov is not done yet. We are late. By Thu 26 Nov: a "
    "person gets in touch with you."
)


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def tells(street: Street, words: str = STORY, **rest: Any) -> None:
    street.text(words, **rest)
    street.later(seconds=60)
    street.all_turns()
    street.deliver()


def on(day: int, hour: int = 10, minute: int = 0, month: int = 12) -> datetime:
    """London keeps the time of UTC in winter."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def sweeps(street: Street, at: datetime) -> list[str]:
    """What is said of its own accord by then."""
    street.clock.at = at
    before = len(street.heard_by_them)
    while street.promises.sweep():
        pass
    street.deliver()
    return street.heard_by_them[before:]


def noted(street: Street) -> list[tuple[str, date, date | None]]:
    query = select(missed_promise.c.told, missed_promise.c.missed_on, missed_promise.c.new_day).order_by(missed_promise.c.id)
    with street.database.reading() as connection:
        return [(row.told, row.missed_on, row.new_day) for row in connection.execute(query)]


def tasks(street: Street) -> list[TaskView]:
    return [task for card in street._cards() for task in card.tasks]


def reads(street: Street) -> None:
    with street.store.transaction() as tx:
        tx.mark_read(street._cards()[-1].id, NORA.id, street.clock.at)


def test_on_the_promised_day_nothing_is_said(street: Street) -> None:
    tells(street)

    assert sweeps(street, on(30, 19, month=11)) == []
    assert noted(street) == []


def test_the_morning_after_the_family_is_told_before_they_ask(street: Street) -> None:
    tells(street)

    assert sweeps(street, on(1, 9)) == [LATE]
    assert noted(street) == [(Told.TOLD, date(2026, 11, 30), date(2026, 12, 2))]


def test_nothing_is_told_at_night_and_it_is_told_at_eight(street: Street) -> None:
    tells(street)

    assert sweeps(street, on(1, 0, 30)) == []
    assert sweeps(street, on(1, 7, 59)) == []
    assert sweeps(street, on(1, 8)) == [LATE]


def test_a_notice_that_could_not_leave_by_day_waits_for_the_morning(street: Street) -> None:
    """The nudges of the outbox know the night; the stage has none, so they are asked here."""
    tells(street)
    street.outbox._nudges = Nudges(replies=street.promises._replies, hours=script().hours)
    street.clock.at = on(1, 19, 59)
    street.promises.sweep()
    street.clock.at = on(1, 20, 1)
    street.deliver()
    at_night = list(street.heard_by_them)
    street.clock.at = on(2, 8, 1)
    street.deliver()

    assert not any("We are late" in text for text in at_night)
    assert street.heard_by_them[-1] == LATE.replace("Wed 2 Dec", "Thu 3 Dec")


def test_it_is_told_once_however_often_it_is_looked_for(street: Street) -> None:
    tells(street)
    sweeps(street, on(1))

    assert sweeps(street, on(1, 15)) == []
    assert sweeps(street, on(2, 19)) == []


def test_a_task_is_added_for_the_new_day(street: Street) -> None:
    tells(street)
    sweeps(street, on(1))

    assert [(task.kind, task.due_on) for task in tasks(street)] == [("look_again", date(2026, 12, 2))]


def test_if_the_new_day_is_missed_too_they_are_told_once_more_and_never_again(street: Street) -> None:
    tells(street)
    sweeps(street, on(1))

    assert sweeps(street, on(3)) == [AGAIN]
    assert sweeps(street, on(5)) == []
    assert sweeps(street, on(20)) == []
    assert [told for told, _, _ in noted(street)] == [Told.TOLD, Told.TOLD, Told.ENOUGH]
    assert len(tasks(street)) == 1


def test_what_was_read_in_time_is_never_spoken_of(street: Street) -> None:
    tells(street)
    reads(street)

    assert sweeps(street, on(1)) == []


def test_a_day_missed_a_fortnight_ago_is_still_told_and_an_older_one_only_noted(street: Street) -> None:
    """The first start of a worker that tells of missed days, on a store in which much was never read."""
    tells(street)
    street.clock.at = on(8)
    tells(street, sender=BORIS)

    said = sweeps(street, on(29))

    assert [text.partition(".")[0] for text in said] == ["Ref HEDGE 207"]
    assert [told for told, _, _ in noted(street)] == [Told.TOO_OLD, Told.TOLD]
    assert [task.kind for task in tasks(street)] == ["look_again"]


def test_what_is_too_old_to_tell_is_noted_once_and_never_spoken_of(street: Street) -> None:
    tells(street)
    tells(street, "human")

    assert sweeps(street, on(21)) == []
    assert sweeps(street, on(28)) == []
    assert {told for told, _, _ in noted(street)} == {Told.TOO_OLD}
    assert [task.kind for task in tasks(street)] == ["call_back"]


def test_what_is_read_between_the_looking_and_the_telling_is_not_told(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    tells(street)
    street.clock.at = on(1)
    found = street.promises._records.overdue

    def overdue(*args: Any, **rest: Any) -> Any:
        rows = found(*args, **rest)
        reads(street)
        return rows

    monkeypatch.setattr(street.promises._records, "overdue", overdue)

    assert sweeps(street, on(1)) == []
    assert noted(street) == []


def test_two_workers_tell_once(street: Street) -> None:
    tells(street)
    street.clock.at = on(1)
    rows = street.promises._records.overdue(date(2026, 12, 1), limit=5)
    ready = Barrier(2)
    done: list[bool] = []

    def work() -> None:
        ready.wait()
        done.append(street.promises._see_to(rows[0], street.clock.at))

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    street.deliver()

    assert sorted(done) == [False, True]
    assert street.heard_by_them.count(LATE) == 1
    assert len(tasks(street)) == 1


def test_one_that_cannot_be_said_holds_up_nobody(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    tells(street)
    tells(street, sender=BORIS)
    rows = street.promises._replies.rows

    def stumbles(*args: Any, **rest: Any) -> Any:
        if rest["address"] == ANNA:
            raise RuntimeError
        return rows(*args, **rest)

    monkeypatch.setattr(street.promises._replies, "rows", stumbles)

    assert sweeps(street, on(1)) == [LATE.replace("RIVER 482", "HEDGE 207")]
    assert {told for told, _, _ in noted(street)} == {Told.TOLD, Told.NOWHERE}


def test_who_said_stop_is_not_written_to_and_staff_see_why(street: Street) -> None:
    tells(street)
    tells(street, "stop")
    before = len(street.heard_by_them)

    assert sweeps(street, on(1)) == []
    assert len(street.heard_by_them) == before
    assert noted(street) == [(Told.STOPPED, date(2026, 11, 30), None)]
    assert [task.kind for task in tasks(street)] == ["look_again"]


def test_a_letter_that_nobody_was_answered_to_is_left_alone(street: Street) -> None:
    street.intake.receive(
        [InboundMessage(channel=street.channel.name, account="us", external_id="L1", sender=ANNA, text=STORY, manner=Manner.KEEP)]
    )
    street.later(seconds=60)
    street.all_turns()

    assert sweeps(street, on(1)) == []
    assert noted(street) == [(Told.NEVER_SAID, date(2026, 11, 30), None)]
    assert tasks(street) == []


def test_after_a_death_there_is_a_task_for_staff_and_no_word_of_a_machine(street: Street) -> None:
    tells(street, "My son died on Sunday. He waited two years for a place at the right school and never had it")

    assert sweeps(street, on(1)) == []
    assert {told for told, _, _ in noted(street)} == {Told.DEATH}
    assert sorted(task.kind for task in tasks(street)) == ["look_again", "write_by_hand"]


def test_after_danger_there_is_a_task_for_staff_and_no_word_of_a_machine(street: Street) -> None:
    tells(street)
    tells(street, "I want to kill myself tonight")

    assert sweeps(street, on(3)) == []
    assert Told.DANGER in {told for told, _, _ in noted(street)}
    assert "look_again" in [task.kind for task in tasks(street)]


def test_while_staff_hold_the_talk_nothing_is_said(street: Street) -> None:
    tells(street)
    with street.store.transaction() as tx:
        contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=street.clock.at)
        tx.hold_talk(contact.id, street.channel.name, street.clock.at)

    assert sweeps(street, on(1)) == []
    assert noted(street) == [(Told.HELD, date(2026, 11, 30), None)]


def test_who_asked_first_has_been_told(street: Street) -> None:
    """STATUS at one in the morning: the answer names the new day, and the morning has nothing to add."""
    tells(street)
    street.clock.at = on(1, 1)
    tells(street, "status")
    told = street.heard_by_them[-1]

    assert told.endswith("We are late. Someone will look by Wed 2 Dec.")
    assert sweeps(street, on(1, 9)) == []
    assert noted(street) == [(Told.ASKED, date(2026, 11, 30), date(2026, 12, 2))]
    assert sweeps(street, on(3, 9)) == [AGAIN]


def test_status_names_the_day_they_were_told(street: Street) -> None:
    tells(street)
    sweeps(street, on(1))
    tells(street, "status")

    assert street.heard_by_them[-1].endswith("Someone will look by Wed 2 Dec.")
    assert len(tasks(street)) == 1


def test_in_their_language(street: Street) -> None:
    tells(street)
    tells(street, "polski")

    (said,) = sweeps(street, on(1))

    assert said.startswith("Numer RIVER 482. Mieliśmy przeczytać")


# --- what was promised with a task ------------------------------------------------------------------------------------


def test_a_call_back_that_was_not_made_is_told_once_with_a_new_day(street: Street) -> None:
    tells(street)
    tells(street, "human")

    said = sweeps(street, on(25, month=11))

    assert said == [NOT_CALLED]
    assert sweeps(street, on(27, month=11)) == []
    assert [told for told, _, _ in noted(street)] == [Told.TOLD, Told.ENOUGH]


def test_a_call_back_that_was_made_is_not_spoken_of(street: Street) -> None:
    tells(street)
    tells(street, "human")
    with street.store.transaction() as tx:
        tx.finish_task(tasks(street)[0].id, NORA.id, street.clock.at)

    assert sweeps(street, on(25, month=11)) == []


def test_a_task_whose_day_was_never_said_is_not_spoken_of(street: Street) -> None:
    tells(street)
    with street.store.transaction() as tx:
        contact = tx.hold_contact(ANNA, (), locale=ENGLISH, now=street.clock.at)
        street.clock.at += timedelta(minutes=5)
        tx.add_task(contact_id=contact.id, experience_id=None, kind="call_back", due_on=date(2026, 11, 24), now=street.clock.at)

    assert sweeps(street, on(25, month=11)) == []
    assert noted(street) == [(Told.NEVER_SAID, date(2026, 11, 24), None)]


def test_who_was_not_told_that_it_was_moved_waits_for_the_first_day(street: Street) -> None:
    tells(street)
    tells(street, "human")
    owed = tasks(street)[0]
    with street.store.transaction() as tx:
        tx.move_task(owed.id, date(2026, 11, 30), "the colleague is away")

    assert sweeps(street, on(25, month=11)) == [NOT_CALLED.replace("Thu 26 Nov", "Mon 30 Nov")]
    assert sweeps(street, on(1)) == [LATE]


# --- what still waits to leave ----------------------------------------------------------------------------------------


@pytest.fixture
def whatsapp(database: Database) -> Street:
    return Street(database, channel="whatsapp")


def states(street: Street, key: str) -> list[str]:
    query = select(outbound_message.c.state).where(outbound_message.c.key == key).order_by(outbound_message.c.seq)
    with street.database.reading() as connection:
        return list(connection.execute(query).scalars())


def test_a_shut_window_withholds_it_until_they_write(whatsapp: Street) -> None:
    tells(whatsapp)

    assert sweeps(whatsapp, on(1)) == []
    assert states(whatsapp, "promise.late") == [OutboundState.WITHHELD]

    tells(whatsapp, "read")

    assert whatsapp.heard_by_them[-1] == LATE


def test_what_was_read_meanwhile_is_said_in_its_place(whatsapp: Street) -> None:
    tells(whatsapp)
    sweeps(whatsapp, on(1))
    reads(whatsapp)
    sweeps(whatsapp, on(1, 12))
    tells(whatsapp, "read")

    assert states(whatsapp, "promise.late") == [OutboundState.CANCELLED]
    assert whatsapp.heard_by_them[-1] == "Ref RIVER 482. We were late. A person in the SEND team read it on Tue 1 Dec."


def test_staff_see_what_the_family_was_told_and_what_became_of_it(whatsapp: Street) -> None:
    tells(whatsapp)
    sweeps(whatsapp, on(1))
    (card,) = whatsapp._cards()

    assert [(missed.told, missed.missed_on, missed.new_day, missed.state) for missed in card.missed] == [
        (Told.TOLD, date(2026, 11, 30), date(2026, 12, 2), "withheld")
    ]


def test_what_was_missed_twice_is_named_to_the_whole_team(street: Street) -> None:
    records = street.promises._records
    assert isinstance(records, SqlPromises)
    tells(street)
    sweeps(street, on(1))
    once = records.unkept(with_safeguarding=False)
    sweeps(street, on(3))
    twice = records.unkept(with_safeguarding=False)
    reads(street)

    assert (once, twice) == ((), ("RIVER 482",))
    assert records.unkept(with_safeguarding=True) == ()


# --- words that join what somebody has read ---------------------------------------------------------------------------


def promised(street: Street) -> date:
    with street.database.reading() as connection:
        day: date = connection.execute(select(experience.c.promised_on)).scalar_one()
    return day


def test_new_words_are_promised_a_day_of_their_own(street: Street) -> None:
    tells(street)
    street.later(days=3)
    reads(street)
    tells(street, "And today the taxi did not come at all, so he missed the whole morning again")

    assert promised(street) == date(2026, 12, 3)


def test_new_words_before_it_is_read_move_no_day(street: Street) -> None:
    tells(street)
    street.later(days=3)
    tells(street, "And today the taxi did not come at all, so he missed the whole morning again")

    assert promised(street) == date(2026, 11, 30)


def test_nobody_is_told_of_late_words_where_the_first_were_read_in_time(street: Street) -> None:
    tells(street)
    reads(street)
    tells(street, "And today the taxi did not come at all, so he missed the whole morning again")

    assert sweeps(street, on(10)) == []
