"""What the tests of hidden words are told with: a message in two passages, each theme by its own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.cards import ExperienceView
from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.model import ENGLISH
from bot.passages import digest_of
from bot.records import StaffMember
from bot.translations import Entered, NewTranslation
from storage.store import SqlStore
from storage.tables import inbound_message
from tests.storage.made_up import NOW, SMS, heard
from tests.storage.scene import Scene

WORDS = "Kacper waits for the taxi, but kacper's teacher is lovely."
HIDDEN = "[name removed] waits for the taxi, but [name removed]'s teacher is lovely."
CUT = WORDS.index("kacper")


class At:
    def now(self) -> datetime:
        return NOW


def in_two(text: str = WORDS, at: int = CUT) -> Heard:
    """Two passages, the theme of each by its own words."""
    taxi, lovely = text.index("taxi"), text.index("lovely") - at
    return Heard(
        redacted=text,
        passages=(
            Passage(0, at - 1, text[: at - 1], Polarity.BAD, (Suggestion("transport", 0.9, ((taxi, taxi + 4),)),)),
            Passage(at, len(text), text[at:], Polarity.GOOD, (Suggestion("praise", 0.8, ((0, 6), (lovely, lovely + 6))),)),
        ),
    )


def told(scene: Scene, what: Heard, *, reference: str | None = "RIVER 482") -> UUID:
    scene.accepts(what.redacted)
    claim = scene.must_claim()
    talk = scene.talks(claim)
    with scene.store.transaction() as tx:
        tx.hold_turn(claim)
        tx.save_conversation(replace(talk, preview=what.redacted), contact_id=claim.contact.id, now=NOW)
        experience_id = claim.experience_id
        if reference is not None:
            experience_id = scene.new_id()
            tx.open_experience(
                experience_id,
                contact_id=claim.contact.id,
                conversation_id=talk.id,
                channel=SMS,
                reference=reference,
                promised_on=NOW.date(),
                locale=ENGLISH,
                speaker=talk.speaker,
                now=NOW,
            )
        for stored in claim.messages:
            tx.mark_heard(
                stored.seq, what, experience_id=experience_id, question=None, is_story=True, tagger="t", taxonomy="2026-11"
            )
        tx.finish_turn(claim, now=NOW)
    assert experience_id is not None
    return experience_id


def view(scene: Scene, reference: str = "RIVER 482") -> ExperienceView:
    found = scene.store.experience(reference)
    assert found is not None
    return found


def evidence(scene: Scene) -> list[list[str]]:
    return [
        [passage.text[start:end] for suggestion in passage.suggestions for start, end in suggestion.evidence]
        for passage in view(scene).card.passages
    ]


def translated(store: SqlStore, sam: StaffMember, text: str, *, version: int) -> None:
    seq = next(row.seq for row in store.export_messages())
    with store.transaction() as tx:
        shown = tx.connection.execute(select(inbound_message.c.redacted).where(inbound_message.c.seq == seq)).scalar_one()
        new = NewTranslation(id=uuid4(), inbound_seq=seq, version=version, staff_id=sam.id, of=digest_of(shown), text=text)
        assert tx.add_translation(new, NOW) is Entered.KEPT
        assert tx.mark_translation_heard(new.id, heard(text), tagger="t", taxonomy="2026-11", now=NOW)
