"""What texts have cost this month: what was sent and what is on its way, of this month alone; and who still waits to be told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bot.actions import Draft, State, Words
from bot.prices import ceiling_pence
from bot.spending import BeyondCeilingError, Month
from storage.actions import SqlActions
from storage.database import Database
from storage.sealing import Sealer
from storage.spending import SqlSpending
from storage.store import SqlStore
from tests.staff.fake_actions import FakeSpending, spending_of
from tests.staff.fakes import FakeClock
from tests.storage.made_up import NOW
from tests.storage.scene import Scene

FIRST = NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def test_texts_sent_this_month_and_on_their_way_count_and_older_ones_do_not(scene: Scene, database: Database) -> None:
    before = FIRST - timedelta(days=1)
    scene.says("Thank you.", now=before)
    scene.sends(provider_id="SM0", now=before)
    scene.says("Thank you.")
    scene.sends(provider_id="SM1")
    scene.says("Thank you.")
    records = SqlSpending(database)

    (sent, to_go) = records.said_since(FIRST)
    assert (sent.text, sent.times, to_go.times) == ("Thank you.", 1, 1)
    assert records.waiting() == 0


def test_each_segment_of_a_text_is_paid_for_and_who_waits_counts_as_one() -> None:
    month = spending_of(FakeClock(NOW), records=FakeSpending(texts=3, planned=2)).month()

    assert month == Month(spent=Decimal(12), waiting=2, to_come=Decimal(8), ceiling=Decimal(4000))


@pytest.mark.parametrize(("on", "pence"), [({"web"}, "0"), ({"telegram", "whatsapp"}, "7"), ({"web", "sms"}, "8"), (set(), "8")])
def test_who_waits_costs_what_their_dearest_channel_does(on: set[str], pence: str) -> None:
    records = FakeSpending(texts=0, planned=2, on=frozenset(on))

    assert spending_of(FakeClock(NOW), records=records).month().to_come == Decimal(pence)


def test_of_everybody_who_waits_it_is_known_where_they_wrote(
    scene: Scene, store: SqlStore, database: Database, sealer: Sealer
) -> None:
    jo, action_id = scene.employs("Jo Pascoe"), uuid4()
    scene.accepts("The taxi was late.")
    contact = scene.contact()
    words = Words(title="A taxi", said="Taxis come late.", did="We asked.", because="")
    acts = SqlActions(database, sealer)
    acts.add(action_id, Draft(words=words, state=State.DONE, owner_id=None, due_on=None), jo.id, NOW)
    with store.transaction() as tx:
        tx.plan_telling(action_id, [contact], jo.id, NOW, NOW)

    assert SqlSpending(database).waiting_on() == (frozenset({"sms"}),)


@pytest.mark.parametrize(("pence", "is_beyond"), [(0, False), (80, False), (81, True)])
def test_what_costs_nothing_is_never_beyond_the_ceiling(pence: int, *, is_beyond: bool) -> None:
    spending = spending_of(FakeClock(NOW), ceiling=100, records=FakeSpending(texts=3, planned=2))

    assert spending.month().is_beyond(Decimal(pence)) is is_beyond


def test_without_a_ceiling_nothing_is_asked() -> None:
    spending_of(FakeClock(NOW), ceiling=None).check(Decimal(10**9), beyond=False)


def test_beyond_the_ceiling_somebody_must_say_so() -> None:
    spending = spending_of(FakeClock(NOW), ceiling=1)
    spending.check(Decimal(1), beyond=True)
    with pytest.raises(BeyondCeilingError):
        spending.check(Decimal(1), beyond=False)


def test_the_ceiling_that_ships_is_a_sum_of_money() -> None:
    assert ceiling_pence() == Decimal(4000)
