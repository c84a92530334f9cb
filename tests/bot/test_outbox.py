"""What was committed to be said is said once and in order, or the row says why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import (
    ChannelMisconfigured,
    ContactOptedOut,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    Throttled,
)
from bot.model import Address, ChannelName, ChannelTraits
from bot.outbox import LATE, LEASE
from bot.outgoing import Priority
from bot.ports import Store
from tests.bot.outbox_scene import WHATSAPP, OutboxScene, ToldProvider


@pytest.fixture
def provider() -> ToldProvider:
    return ToldProvider()


@pytest.fixture
def scene(store: Store, provider: ToldProvider) -> OutboxScene:
    return OutboxScene(store, provider)


def test_messages_leave_in_the_order_they_were_written(scene: OutboxScene) -> None:
    for text in ("one", "two", "three"):
        scene.write(text)

    scene.deliver()

    assert scene.arrived == ["one", "two", "three"]


def test_a_signpost_jumps_the_queue(scene: OutboxScene) -> None:
    scene.write("thank you")
    scene.write("ring 999", priority=Priority.SIGNPOST)

    scene.deliver()

    assert scene.arrived == ["ring 999", "thank you"]


def test_later_words_wait_for_earlier_ones_that_could_not_leave(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ProviderUnavailable()]
    scene.write("first")
    scene.write("second")

    scene.deliver()
    assert scene.arrived == []

    scene.later(minutes=1)
    scene.deliver()

    assert scene.arrived == ["first", "second"]


def test_a_provider_that_asks_for_a_pause_gets_it(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [Throttled(retry_after=timedelta(seconds=90))]
    scene.write("hello")

    scene.deliver()
    scene.later(seconds=89)
    scene.deliver()
    assert scene.arrived == []

    scene.later(seconds=2)
    scene.deliver()

    assert scene.arrived == ["hello"]


def test_a_message_the_provider_may_have_is_asked_about_and_not_sent_twice(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ProviderUncertain()]
    provider.takes_then_fails = True
    scene.write("hello")

    scene.deliver()
    assert scene.states() == ["unknown"]

    scene.later(seconds=6)
    scene.deliver()

    assert scene.arrived == ["hello"]
    assert scene.states() == ["sent"]


def test_a_message_the_provider_does_not_have_is_sent_after_it_was_asked_twice(
    scene: OutboxScene, provider: ToldProvider
) -> None:
    provider.troubles = [ProviderUncertain()]
    scene.write("hello")

    scene.deliver()
    scene.later(seconds=6)
    scene.deliver()
    assert scene.arrived == []

    scene.later(seconds=11)
    scene.deliver()

    assert provider.asked == 2
    assert scene.arrived == ["hello"]


@pytest.mark.parametrize("taken", [True, False])
def test_a_worker_killed_while_sending_neither_loses_nor_doubles(scene: OutboxScene, *, taken: bool) -> None:
    scene.write("hello")
    scene.dies_while_sending(taken=taken)

    for _ in range(4):
        scene.later(seconds=20)
        scene.deliver(scene.another_outbox())

    assert scene.arrived == ["hello"]
    assert scene.states() == ["sent"]


def test_a_signpost_left_by_a_killed_worker_goes_again_at_once(scene: OutboxScene, provider: ToldProvider) -> None:
    scene.write("ring 999", priority=Priority.SIGNPOST)
    scene.dies_while_sending(taken=True)

    scene.later(seconds=31)
    scene.deliver(scene.another_outbox())

    assert scene.arrived == ["ring 999", "ring 999"]
    assert provider.asked == 0


def test_the_same_words_said_before_are_no_proof_that_these_were_taken(scene: OutboxScene) -> None:
    scene.write("Thank you, we have kept that too.")
    scene.deliver()
    scene.write("Thank you, we have kept that too.")
    scene.dies_while_sending(taken=False)

    for _ in range(4):
        scene.later(seconds=20)
        scene.deliver(scene.another_outbox())

    assert len(scene.arrived) == 2


def test_nothing_goes_to_somebody_who_said_stop_but_its_confirmation_and_a_signpost(scene: OutboxScene) -> None:
    with scene.store.transaction() as tx:
        tx.set_opted_out(scene.contact.id, scene.clock.at)
    scene.write("how was it?")
    scene.write("you will get no more", key="stop.done")
    scene.write("ring 999", priority=Priority.SIGNPOST)

    scene.deliver()

    assert scene.arrived == ["ring 999", "you will get no more"]
    assert scene.states() == ["cancelled", "sent", "sent"]


def test_a_provider_that_says_stop_is_believed_for_every_later_word(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ContactOptedOut(code="21610")]
    scene.write("one")
    scene.write("two")

    scene.deliver()

    assert scene.arrived == []
    assert scene.states() == ["failed", "cancelled"]


def test_a_number_abroad_is_not_texted_and_the_row_says_so(scene: OutboxScene) -> None:
    scene.write("hello", to=Address("tel", "+99912345678"))

    scene.deliver()

    assert scene.states() == ["withheld"]
    assert scene.arrived == []


def test_an_alert_to_a_number_abroad_goes_all_the_same(scene: OutboxScene) -> None:
    scene.write("a message needs a person", priority=Priority.ALERT, to=Address("tel", "+353850000000"))

    scene.deliver()

    assert scene.states() == ["sent"]


def test_the_lease_outlasts_asking_and_sending() -> None:
    assert timedelta(seconds=2 * (5 + 15)) < LEASE


def test_a_shut_window_withholds_and_an_open_one_does_not(store: Store) -> None:
    provider = ToldProvider(name=WHATSAPP, traits=ChannelTraits(settle=timedelta(0), service_window=timedelta(hours=24)))
    scene = OutboxScene(store, provider)
    scene.hears_from_her()
    scene.later(hours=23)
    scene.write("in time")
    scene.deliver()
    scene.later(hours=2)
    scene.write("too late")

    scene.deliver()

    assert scene.arrived == ["in time"]
    assert scene.states() == ["sent", "withheld"]


def test_a_person_of_the_team_may_write_for_longer_and_the_provider_is_told_that_it_is_late(store: Store) -> None:
    traits = ChannelTraits(settle=timedelta(0), service_window=timedelta(hours=24), window_for_people=timedelta(days=7))
    provider = ToldProvider(name=ChannelName("messenger"), traits=traits)
    scene = OutboxScene(store, provider)
    scene.hears_from_her()
    scene.later(hours=23)
    scene.write("from a person, in time", by_person=True)
    scene.deliver()
    scene.later(hours=2)
    scene.write("from a person, late", by_person=True)
    scene.write("from the bot")
    scene.deliver()
    scene.later(days=6)
    scene.write("from a person, too late", by_person=True)
    scene.deliver()

    assert scene.arrived == ["from a person, in time", "from a person, late"]
    assert [dict(taken.thread) for taken in provider.taken] == [{}, {LATE: "1"}]
    assert scene.states() == ["sent", "sent", "withheld", "withheld"]


def test_where_people_have_no_window_of_their_own_the_channels_holds_for_them(store: Store) -> None:
    provider = ToldProvider(name=WHATSAPP, traits=ChannelTraits(settle=timedelta(0), service_window=timedelta(hours=24)))
    scene = OutboxScene(store, provider)
    scene.hears_from_her()
    scene.later(hours=25)
    scene.write("from a person", by_person=True)
    scene.deliver()

    assert scene.states() == ["withheld"]


def test_a_message_refused_for_good_is_not_tried_again(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [Rejected(code="21617")]
    scene.write("hello")

    scene.deliver()
    scene.later(days=1)
    scene.deliver()

    assert scene.states() == ["failed"]
    assert scene.arrived == []


def test_a_wrong_setting_loses_nothing(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ChannelMisconfigured(code="20003")] * 4
    scene.write("hello")

    for _ in range(8):
        scene.deliver()
        scene.later(minutes=5)

    assert scene.arrived == ["hello"]


def test_after_three_days_a_message_is_given_up(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ProviderUnavailable() for _ in range(10_000)]
    scene.write("hello")

    scene.deliver()
    scene.later(hours=73)
    scene.deliver()

    assert scene.states() == ["failed"]


def test_a_provider_in_trouble_rests_but_a_signpost_is_tried(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [ProviderUnavailable() for _ in range(5)]
    scene.write("hello")
    for _ in range(5):
        scene.deliver()
        scene.later(minutes=6)
    scene.clock.at -= timedelta(minutes=6)
    scene.write("ring 999", priority=Priority.SIGNPOST)

    scene.deliver()

    assert scene.arrived == ["ring 999"]

    scene.later(minutes=6)
    scene.deliver()

    assert scene.arrived == ["ring 999", "hello"]


def test_the_hourly_cap_holds_replies_back_and_never_a_signpost(store: Store, provider: ToldProvider) -> None:
    scene = OutboxScene(store, provider, cap=2)
    for text in ("one", "two", "three"):
        scene.write(text)
    scene.write("ring 999", priority=Priority.SIGNPOST)

    scene.deliver()
    assert scene.arrived == ["ring 999", "one"]

    scene.later(hours=1, minutes=2)
    scene.deliver()

    assert scene.arrived == ["ring 999", "one", "two", "three"]


def test_a_fault_of_ours_in_a_channel_does_not_take_the_message_with_it(scene: OutboxScene, provider: ToldProvider) -> None:
    provider.troubles = [RuntimeError("a fault")]
    scene.write("hello")

    scene.deliver()
    for _ in range(4):
        scene.later(minutes=2)
        scene.deliver()

    assert scene.arrived == ["hello"]
