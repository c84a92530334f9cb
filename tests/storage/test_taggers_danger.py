"""Taggers that hear danger beside those that hear themes; and what is learnt from alerts that people have closed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.alerted import NOT_SAFEGUARDING, REAL, was_real
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import Address
from bot.records import StaffMember
from bot.taggers import SHIPPED, DecidedAlert, Hears, TaggerState
from staff.forms import OUTCOMES
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import alert, audit, inbound_message
from storage.taggers import SqlTaggers
from tests.storage.made_up import ANNA, BORIS, NOW
from tests.storage.scene import Scene
from tests.storage.test_taggers import FIRST, SECOND

DANGER = replace(FIRST, version="danger-1", figures=None, file=b"danger weights", hears=Hears.DANGER)
CONCERN = Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))
BY_RULES = "My son says he wants to kill himself."
HINT = "He came off the bus with one shoe and would not say why."


@pytest.fixture
def taggers(database: Database, sealer: Sealer) -> SqlTaggers:
    return SqlTaggers(database, sealer)


@pytest.fixture
def scene(store: SqlStore) -> Scene:
    return Scene(store)


@pytest.fixture
def ruth(scene: Scene) -> StaffMember:
    return scene.employs("Ruth", role="safeguarding")


# --- two at work ------------------------------------------------------------------------------------------------------


def test_of_each_kind_one_is_at_work_and_neither_takes_the_place_of_the_other(taggers: SqlTaggers) -> None:
    themes, danger = taggers.keep(FIRST), taggers.keep(DANGER)
    assert taggers.champions() == (themes, danger)
    assert (taggers.champion(), taggers.champion(Hears.DANGER)) == (themes, danger)

    second = taggers.keep(SECOND)
    assert taggers.champions() == (second, danger)
    assert {one.number: one.state for one in taggers.taggers()} == {
        themes: TaggerState.RETIRED,
        danger: TaggerState.CHAMPION,
        second: TaggerState.CHAMPION,
    }


def test_what_it_hears_and_that_it_has_no_figures_comes_back(taggers: SqlTaggers) -> None:
    taggers.keep(DANGER)
    (kept,) = taggers.taggers()

    assert (kept.hears, kept.figures, taggers.file(kept.number)) == (Hears.DANGER, None, b"danger weights")


def test_an_old_one_and_the_one_that_came_with_earshot_are_put_back_of_its_kind_alone(
    taggers: SqlTaggers, database: Database
) -> None:
    themes, old = taggers.keep(FIRST), taggers.keep(DANGER)
    new = taggers.keep(replace(DANGER, version="danger-2"))

    taggers.use(old, by="operator:jo", now=NOW)
    assert taggers.champions() == (themes, old)
    taggers.use(SHIPPED, by="operator:jo", now=NOW, hears=Hears.DANGER)
    assert taggers.champions() == (themes, SHIPPED)
    taggers.use(new, by="operator:jo", now=NOW)
    taggers.use(SHIPPED, by="operator:jo", now=NOW)
    assert taggers.champions() == (SHIPPED, new)
    with database.reading() as connection:
        lines = connection.execute(select(audit.c.action, audit.c.record).order_by(audit.c.number)).all()
    assert ("use_danger_tagger", "tagger:0") in [tuple(line) for line in lines]
    assert ("use_tagger", "tagger:0") in [tuple(line) for line in lines]


# --- what people have decided about alerts ------------------------------------------------------------------------------


def alarm(
    scene: Scene, text: str, *, risk: Risk = CONCERN, sender: Address = ANNA, reference: str | None = "RIVER 482"
) -> tuple[int, object]:
    seq = scene.accepts(text, risk=risk, sender=sender)
    assert seq is not None
    alert_id = scene.alerts(seq, risk=risk, sender=sender)
    scene.takes_turn(reference=reference, reply=None, story=reference is not None)
    return seq, alert_id


def closes(scene: Scene, alert_id: object, ruth: StaffMember, outcome: str) -> None:
    with scene.store.transaction() as tx:
        tx.close_alert(alert_id, ruth.id, outcome, NOW)  # type: ignore[arg-type]


def weigh(database: Database, seq: int) -> None:
    with database.writing() as connection:
        connection.execute(update(inbound_message).where(inbound_message.c.seq == seq).values(weighed=[[0, 2]]))


def decided(taggers: SqlTaggers) -> list[tuple[str, bool, RiskLevel, RiskKind | None]]:
    return [(one.text, one.is_real, one.level, one.kind) for one in taggers.decided_alerts()]


def test_every_outcome_a_page_offers_says_whether_it_was_a_matter() -> None:
    assert {*REAL, NOT_SAFEGUARDING} == set(OUTCOMES)
    assert (was_real("family: Spoke to her."), was_real("not_safeguarding: A game."), was_real("Seen to.")) == (True, False, None)


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        ("social_care: Referred.", [(BY_RULES, True, RiskLevel.CONCERN, RiskKind.CHILD_NOT_SAFE)]),
        ("not_safeguarding: A song.", [(BY_RULES, False, RiskLevel.NONE, None)]),
        ("Seen to.", []),
    ],
)
def test_what_came_of_an_alert_is_what_is_learnt(
    taggers: SqlTaggers,
    scene: Scene,
    ruth: StaffMember,
    outcome: str,
    found: list[tuple[str, bool, RiskLevel, RiskKind | None]],
) -> None:
    _, alert_id = alarm(scene, BY_RULES)
    assert decided(taggers) == []

    closes(scene, alert_id, ruth, outcome)
    assert decided(taggers) == found


def test_an_alert_of_the_second_listener_is_learnt_by_the_words_it_weighed(
    taggers: SqlTaggers, scene: Scene, ruth: StaffMember, database: Database
) -> None:
    """Without them several messages were heard as one, and nobody has said which of them it was."""
    seq, alert_id = alarm(scene, HINT, risk=replace(CONCERN, by_scorer=True))
    closes(scene, alert_id, ruth, "not_safeguarding: Lost in the mud.")
    assert decided(taggers) == []

    weigh(database, seq)
    assert decided(taggers) == [(HINT, False, RiskLevel.NONE, None)]


def test_what_the_rules_heard_in_several_messages_as_one_is_not_learnt(
    taggers: SqlTaggers, scene: Scene, ruth: StaffMember
) -> None:
    _, alert_id = alarm(scene, "kill himself")
    _, other = alarm(scene, "The taxi was late.", sender=BORIS, reference="BROOK 377")
    for each in (alert_id, other):
        closes(scene, each, ruth, "family: Safe now.")

    assert "The taxi was late." not in [text for text, *_ in decided(taggers)]


def test_a_message_that_was_a_matter_once_is_one(taggers: SqlTaggers, scene: Scene, ruth: StaffMember) -> None:
    seq, first = alarm(scene, BY_RULES)
    second = scene.alerts(seq, risk=Risk(RiskLevel.DANGER, (RiskKind.SELF_HARM,)))
    closes(scene, first, ruth, "not_safeguarding: A song.")
    closes(scene, second, ruth, "police: Passed on.")

    assert decided(taggers) == [(BY_RULES, True, RiskLevel.DANGER, RiskKind.SELF_HARM)]


def test_an_outcome_that_was_taken_back_is_not_learnt(
    taggers: SqlTaggers, scene: Scene, ruth: StaffMember, database: Database
) -> None:
    _, alert_id = alarm(scene, BY_RULES)
    closes(scene, alert_id, ruth, "not_safeguarding: A song.")
    with database.writing() as connection:
        connection.execute(update(alert).values(cleared_at=None, cleared_by=None))

    assert decided(taggers) == []


def test_words_in_no_experience_are_learnt_too(taggers: SqlTaggers, scene: Scene, ruth: StaffMember) -> None:
    _, alert_id = alarm(scene, BY_RULES, reference=None)
    closes(scene, alert_id, ruth, "family: Safe now.")

    assert [text for text, *_ in decided(taggers)] == [BY_RULES]


@pytest.mark.parametrize("act", ["erase_contact", "take_back"])
def test_what_was_erased_or_taken_back_is_never_learnt(taggers: SqlTaggers, scene: Scene, ruth: StaffMember, act: str) -> None:
    _, alert_id = alarm(scene, BY_RULES)
    closes(scene, alert_id, ruth, "family: Safe now.")
    anna = scene.contact(ANNA)
    with scene.store.transaction() as tx:
        _ = tx.take_back(anna) if act == "take_back" else tx.erase_contact(anna, NOW)

    assert decided(taggers) == []


def test_a_fifth_of_those_who_wrote_is_put_aside_and_stays_so(taggers: SqlTaggers, scene: Scene, ruth: StaffMember) -> None:
    _, alert_id = alarm(scene, BY_RULES)
    closes(scene, alert_id, ruth, "family: Safe now.")
    (one,) = taggers.decided_alerts()

    assert isinstance(one, DecidedAlert)
    assert one.is_held_out is (one.contact_id.int % 5 == 0)
