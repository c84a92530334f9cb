"""Alerts whose words stand in no experience: seen from the moment they are raised, gone once an experience has them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bot.errors import NotFound
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import ENGLISH
from bot.ports import Store
from bot.records import Reach
from tests.storage.made_up import ANNA, BORIS, CHAT, DANGER, NOW, SMS, WEBCHAT
from tests.storage.scene import Scene

WORRY = Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))
LATER = NOW + timedelta(minutes=1)


def alarm(scene: Scene, text: str = "he has a knife", **message: object) -> UUID:
    seq = scene.accepts(text, risk=DANGER, **message)  # type: ignore[arg-type]
    assert seq is not None
    return scene.alerts(seq, sender=message.get("sender", ANNA))  # type: ignore[arg-type]


def test_an_alert_is_listed_before_its_message_has_had_its_turn(store: Store, scene: Scene) -> None:
    alert_id = alarm(scene)

    (loose,) = store.loose_alerts()
    assert (loose.alert.id, loose.alert.level, loose.alert.kinds) == (alert_id, RiskLevel.DANGER, ("life_now",))
    assert (loose.alert.raised_at, loose.alert.taken_by, loose.alert.signpost_state) == (NOW, None, "pending")
    assert (loose.channel, loose.state, loose.reference) == (SMS, "waiting", None)


def test_it_is_listed_no_more_once_an_experience_has_it(store: Store, scene: Scene) -> None:
    alert_id = alarm(scene)
    scene.takes_turn(reference="RIVER 482", risk=RiskLevel.DANGER)

    assert store.loose_alerts() == ()
    found = store.loose_alert(alert_id)
    assert found is not None
    assert found.reference == "RIVER 482"


def test_a_message_that_makes_no_experience_keeps_its_alert_in_the_list(store: Store, scene: Scene) -> None:
    alarm(scene)
    scene.takes_turn(story=False)

    (loose,) = store.loose_alerts()
    assert loose.state == "heard"


def test_what_nobody_has_taken_comes_first_then_the_gravest_then_the_oldest(store: Store, scene: Scene) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    alerts = {}
    for name, risk, minute in (("taken", DANGER, 0), ("worry", WORRY, 1), ("later", DANGER, 3), ("earlier", DANGER, 2)):
        seq = scene.accepts(name, risk=risk)
        assert seq is not None
        alerts[scene.alerts(seq, risk=risk, now=NOW + timedelta(minutes=minute))] = name
    with store.transaction() as tx:
        tx.take_alert(next(iter(alerts)), lead.id, LATER)

    found = store.loose_alerts()
    assert [alerts[loose.alert.id] for loose in found] == ["earlier", "later", "worry", "taken"]
    assert (found[-1].alert.taken_by, found[-1].alert.taken_at) == ("Lee Lead", LATER)


def test_one_with_an_outcome_is_listed_no_more_and_can_still_be_read(store: Store, scene: Scene) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    alert_id = alarm(scene)
    with store.transaction() as tx:
        tx.take_alert(alert_id, lead.id, NOW)
        tx.close_alert(alert_id, lead.id, "police: Rang them.", NOW)

    assert store.loose_alerts() == ()
    found = store.loose_alert(alert_id)
    assert found is not None
    assert found.alert.outcome == "police: Rang them."


def test_the_words_come_as_they_came_with_what_else_waits_of_that_person(store: Store, scene: Scene) -> None:
    scene.accepts("hello", now=NOW)
    alert_id = alarm(scene, "he has a knife, ring 07700 900123", now=LATER)
    scene.accepts("somebody else's", sender=BORIS)

    opened = store.open_words(alert_id)
    assert opened.words == ((NOW, "hello"), (LATER, "he has a knife, ring 07700 900123"))
    assert opened.reach == Reach(channel=SMS, address=ANNA)
    assert "knife" not in repr(opened)


def test_somebody_on_the_web_is_reached_there(store: Store, scene: Scene) -> None:
    opened = store.open_words(alarm(scene, sender=CHAT, channel=WEBCHAT))

    assert opened.reach == Reach(channel=WEBCHAT, address=CHAT)


def test_words_kept_for_safeguarding_open_after_the_person_was_erased_and_nobody_is_reached(store: Store, scene: Scene) -> None:
    alert_id = alarm(scene)
    scene.takes_turn(story=False)
    with store.transaction() as tx:
        tx.erase_contact(tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).id, NOW)

    opened = store.open_words(alert_id)
    assert [text for _, text in opened.words] == ["he has a knife"]
    assert opened.reach is None


def test_an_alert_that_is_not_there_is_not_found(store: Store) -> None:
    assert store.loose_alert(UUID(int=99)) is None
    with pytest.raises(NotFound):
        store.open_words(UUID(int=99))
