"""STOP and START on the ladder of providers, told door by door: the real client of each against its stand-in.

By SMS the network has answered and nothing of ours is sent; elsewhere one confirmation; then silence, whatever falls due;
words are kept and read; START alone opens it again. A signpost after danger is tried all the same.
"""

from __future__ import annotations

from uuid import uuid4

from bot.conversation import Purpose
from bot.outgoing import OutboundState
from tests.channels.stop_ladder import DOORS, HARM, LATER, STORY, WITH_A_PROVIDER, Ladder, at
from tests.journeys import stage
from tests.journeys.stage import NORA, PUBLISHER

# --- STOP, silence, START -----------------------------------------------------------------------------------------------


@at(*DOORS)
def test_stop_is_confirmed_once_where_no_network_has_answered_it(ladder: Ladder) -> None:
    ladder.hears(STORY)
    before = ladder.reached()

    assert ladder.hears("STOP") == ([] if ladder.rung.network_answers else ["stop.done"])
    assert ladder.is_stopped
    assert ladder.hears("STOP") == []
    assert ladder.reached() - before == (0 if ladder.rung.network_answers else 1)


@at(*DOORS)
def test_what_they_write_afterwards_is_kept_and_read_and_not_answered(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.hears("stop")
    before = ladder.reached()
    for words in (LATER, "status", "help", "human", "hello", "1", "YES please", "my data"):
        assert ladder.hears(words) == [], words

    assert ladder.reached() == before
    assert LATER in ladder.facts()["kept"]
    assert ladder.is_stopped


@at(*DOORS)
def test_nothing_that_falls_due_later_is_sent(ladder: Ladder) -> None:
    """A letter that waits to leave, a promised day and a call-back missed, a hold that is forgotten, a reminder."""
    ladder.hears(STORY)
    ladder.hears("human")
    (reference,) = ladder.facts()["references"]
    ladder.holding.take(reference, NORA)
    ladder.writing.write(ladder.holding.look(reference, NORA).talk, NORA, uuid4(), "We have rung the taxi firm.")
    ladder.hears("stop")
    before = ladder.reached()
    ladder.goes_by(days=10)

    assert ladder.reached() == before
    assert ladder.facts()["owed"], "there was something to be late with"
    assert not [state for _, state in ladder.said() if state in {"pending", "sending", "withheld", "unknown"}]


@at(*DOORS)
def test_a_question_left_open_is_not_asked_about(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.hears("stop")
    before = ladder.said()
    ladder.goes_by(days=2)

    assert ladder.said() == before


@at("sms", "telegram", "email")
def test_an_invitation_that_was_to_go_does_not(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.goes_by(days=1)
    person = ladder.person()
    with ladder.store.transaction() as tx:
        tx.add_consent(
            contact_id=person.id,
            experience_id=None,
            purpose=Purpose.INVITE_AGAIN,
            given=True,
            wording="en@1",
            inbound_seq=None,
            now=ladder.clock.at,
        )
    ladder.goes_by(days=3)
    ladder.later(hours=12)
    assert ladder.campaigns.invitations.start("strategy", PUBLISHER) == 1
    ladder.hears("stop")
    before = ladder.reached()
    ladder.goes_by(days=5)

    assert ladder.reached() == before
    assert ladder.campaigns.review.records.standing("strategy").states.get("sent", 0) == 0


@at(*DOORS)
def test_stop_holds_at_the_other_address_of_the_same_person(ladder: Ladder) -> None:
    ladder.hears(STORY)
    other = stage.ELSEWHERE[ladder.rung.channel]
    person = ladder.person()
    with ladder.store.transaction() as tx:
        tx.join_contact(person.id, other, ladder.clock.at)
    ladder.hears("stop")
    before = len(ladder.said())
    ladder.text(LATER, sender=other)
    ladder.later(minutes=1)
    ladder.all_turns()

    assert len(ladder.said()) == before


@at(*DOORS)
def test_start_alone_opens_it_again(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.hears("stop")
    ladder.later(days=1)

    assert ladder.hears("START") == ([] if ladder.rung.network_answers else ["start.done"])
    assert not ladder.is_stopped
    before = ladder.reached()
    assert ladder.hears("status")
    assert ladder.reached() == before + 1


# --- danger after STOP --------------------------------------------------------------------------------------------------


@at(*DOORS)
def test_a_signpost_after_stop_is_attempted(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.hears("stop")
    before = len(ladder.said())
    if ladder.rung.network_answers:
        ladder.hears("START")  # as far as the network goes; the word itself is tried above
        ladder.takes(ladder.rung.hears("please stop messaging me"))
    ladder.hears(HARM)

    assert ladder.is_stopped
    said = [(key, state) for key, state in ladder.said()[before:] if key.startswith("danger.")]
    assert said
    assert {state for _, state in said} == {OutboundState.SENT.value}


@at(*WITH_A_PROVIDER)
def test_where_the_provider_blocks_the_signpost_the_row_and_the_alert_say_not_delivered(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.hears("stop")
    assert ladder.rung.refuses is not None
    ladder.rung.refuses()
    reached, before = ladder.reached(), len(ladder.said())
    ladder.hears(HARM)

    assert {state for key, state in ladder.said()[before:] if key.startswith("danger.")} == {OutboundState.FAILED.value}
    assert ladder.reached() == reached
    (reference,) = ladder.facts()["references"]
    view = ladder.store.experience(reference)
    assert view is not None
    assert [alert.signpost_state for alert in view.alerts] == ["failed"], "which staff read as NOT DELIVERED"
