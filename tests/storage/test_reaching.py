"""Where the person behind an experience is reached."""

from __future__ import annotations

from datetime import timedelta

from bot.ports import Store
from bot.records import Reach
from tests.storage.made_up import ANNA, ANNA_WHATSAPP, BORIS, NOW, SMS, WHATSAPP
from tests.storage.scene import Scene

LATER = NOW + timedelta(hours=1)


def test_the_person_behind_an_experience_is_reached_where_they_wrote_from(store: Store, scene: Scene) -> None:
    scene.tells("Boris's", reference="HEDGE 7", sender=BORIS)
    scene.tells("Anna's", reference="RIVER 482")

    assert store.reach("RIVER 482") == Reach(channel=SMS, address=ANNA)
    assert store.reach("HEDGE 7") == Reach(channel=SMS, address=BORIS)


def test_somebody_with_several_addresses_is_reached_at_the_one_they_wrote_from_last(store: Store, scene: Scene) -> None:
    scene.tells("from the telephone", reference="RIVER 482")
    scene.accepts("both are mine", sender=ANNA_WHATSAPP, also=(ANNA,), channel=WHATSAPP, now=LATER)

    assert store.reach("RIVER 482") == Reach(channel=WHATSAPP, address=ANNA_WHATSAPP)


def test_nobody_is_reached_who_was_erased_or_never_was(store: Store, scene: Scene) -> None:
    scene.tells("gone", reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.erase_contact(contact_id, NOW)

    assert store.reach("RIVER 482") is None
    assert store.reach("HEDGE 7") is None


def test_an_experience_taken_back_leads_to_nobody(store: Store, scene: Scene) -> None:
    scene.tells("taken back", reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.take_back(contact_id)

    assert store.reach("RIVER 482") is None
