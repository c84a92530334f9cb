"""What staff decide: which tag stands, that nothing is overwritten, and who may touch an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cards import BY_PARENT, ExperienceCard, ExperienceView, TalkLine
from bot.errors import NotFound, StoreUnavailable
from bot.heard import RiskLevel
from bot.records import NO_PASSWORD, StaffMember
from bot.review import (
    Answer,
    Review,
    Sureness,
    UnknownTheme,
    Voice,
    tags,
    taken_off,
)
from bot.wall import NotYours, as_seen_by, is_with_safeguarding, may_handle_alerts, may_reach, needs_outcome, open_alert
from tests.staff.fakes import (
    NOW,
    AuditLine,
    FakeClock,
    FakeStore,
    a_decision,
    a_member,
    a_passage,
    a_task,
    an_alert,
    an_experience,
    made_id,
)

THEMES = frozenset({"transport", "communication", "ehc_timeliness"})
JO = a_member("jo", name="Jo Pascoe")
RUTH = a_member("ruth", name="Ruth Adeyemi", role="safeguarding")


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    for member in (JO, RUTH):
        store.add_staff(member, NOW)
    return store


@pytest.fixture
def review(store: FakeStore) -> Review:
    return Review(store.as_store(), FakeClock(), taxonomy="1", themes=THEMES)


def shown(view: ExperienceView) -> list[tuple[str, Voice]]:
    return [(tag.theme, tag.voice) for passage in view.card.passages for tag in tags(passage)]


def again(store: FakeStore, view: ExperienceView) -> ExperienceView:
    return store.experiences[view.card.reference]


# --- which tag stands -------------------------------------------------------------------------------------------------


def test_a_suggestion_stands_until_somebody_says_otherwise() -> None:
    passage = a_passage(themes={"transport": 0.9}, evidence={"transport": [(4, 15)]})

    (tag,) = tags(passage)
    assert (tag.theme, tag.voice, tag.sureness, tag.evidence) == ("transport", Voice.TAGGER, Sureness.SURE, ((4, 15),))


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (0.95, Sureness.SURE),
        (0.8, Sureness.SURE),
        (0.79, Sureness.FAIRLY_SURE),
        (0.6, Sureness.FAIRLY_SURE),
        (0.59, Sureness.PLEASE_CHECK),
    ],
)
def test_sureness_is_a_word(score: float, word: Sureness) -> None:
    assert Sureness.of(score) == word


def test_the_parents_own_word_outranks_the_tagger() -> None:
    passage = a_passage(themes={"transport": 0.9}, decisions=[a_decision("transport", verdict=False, by=BY_PARENT)])

    assert tags(passage) == ()


def test_staff_outrank_the_parent_whoever_spoke_last() -> None:
    passage = a_passage(
        decisions=[
            a_decision("transport", verdict=True, by="Jo Pascoe"),
            a_decision("transport", verdict=False, by=BY_PARENT, at=NOW + timedelta(hours=1)),
        ],
    )

    assert [(tag.theme, tag.voice) for tag in tags(passage)] == [("transport", Voice.STAFF)]


def test_the_later_of_two_staff_decisions_stands() -> None:
    passage = a_passage(
        themes={"transport": 0.9},
        decisions=[a_decision("transport", verdict=False), a_decision("transport", verdict=True, by="Tom Calloway")],
    )

    (tag,) = tags(passage)
    assert (tag.voice, tag.by) == (Voice.STAFF, "Tom Calloway")


def test_a_suggestion_that_staff_took_off_is_told_apart_from_one_never_made() -> None:
    passage = a_passage(
        themes={"transport": 0.9}, decisions=[a_decision("transport", verdict=False), a_decision("communication", verdict=False)]
    )

    assert [decision.theme for decision in taken_off(passage)] == ["transport"]


def test_added_themes_come_after_the_suggested_ones() -> None:
    passage = a_passage(themes={"transport": 0.9}, decisions=[a_decision("communication", verdict=True)])

    assert [tag.theme for tag in tags(passage)] == ["transport", "communication"]


# --- accept and correct -----------------------------------------------------------------------------------------------


def test_accepting_adds_a_decision_for_each_tag_and_marks_the_experience_as_read(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())

    done = review.accept(view, JO, passages=[view.card.passages[0].id], seen=1)

    assert (done.yes, done.no, done.is_read) == (2, 0, True)
    assert [(row.theme, row.verdict, row.staff_id, row.why, row.taxonomy, row.at) for row in store.decisions] == [
        ("communication", True, JO.id, "accepted", "1", NOW),
        ("transport", True, JO.id, "accepted", "1", NOW),
    ]
    assert again(store, view).card.read_by == "Jo Pascoe"
    assert store.actions() == ["decide", "mark_read"]


def test_the_suggestions_are_as_they_were_after_a_decision(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())

    review.accept(view, JO, passages=[view.card.passages[0].id], seen=1)

    assert again(store, view).card.passages[0].suggestions == view.card.passages[0].suggestions


def test_accepting_twice_adds_each_decision_once(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    review.accept(view, JO, passages=[view.card.passages[0].id], seen=1)

    done = review.accept(again(store, view), JO, passages=[view.card.passages[0].id], seen=1)

    assert (done.yes, done.no) == (0, 0)
    assert store.actions() == ["decide", "mark_read"]


def test_a_passage_that_was_not_on_the_page_is_not_accepted(review: Review, store: FakeStore) -> None:
    first, second = (a_passage(name=name, themes={"transport": 0.9}) for name in ("first", "second"))
    view = store.put(an_experience(passages=[first, second]))

    review.accept(view, JO, passages=[first.id], seen=2)

    assert [row.passage_id for row in store.decisions] == [first.id]


def test_correcting_takes_off_adds_and_keeps(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    answer = Answer(
        passage_id=view.card.passages[0].id,
        shown=frozenset({"transport", "communication"}),
        ticked=frozenset({"transport", "ehc_timeliness"}),
    )

    done = review.correct(view, JO, answers=[answer], seen=1)

    assert (done.yes, done.no) == (2, 1)
    assert {(row.theme, row.verdict, row.why) for row in store.decisions} == {
        ("transport", True, "accepted"),
        ("communication", False, "taken off"),
        ("ehc_timeliness", True, "added"),
    }
    assert shown(again(store, view)) == [("transport", Voice.STAFF), ("ehc_timeliness", Voice.STAFF)]


def test_a_theme_that_was_not_shown_is_not_refused_by_being_left_out(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    answer = Answer(passage_id=view.card.passages[0].id, shown=frozenset({"transport"}), ticked=frozenset({"transport"}))

    review.correct(view, JO, answers=[answer], seen=1)

    assert ("communication", Voice.TAGGER) in shown(again(store, view))


def test_staff_saying_yes_to_the_parents_word_is_a_decision_of_their_own(review: Review, store: FakeStore) -> None:
    passage = a_passage(decisions=[a_decision("transport", verdict=True, by=BY_PARENT)])
    view = store.put(an_experience(passages=[passage]))

    review.accept(view, JO, passages=[passage.id], seen=1)

    assert shown(again(store, view)) == [("transport", Voice.STAFF)]


def test_a_theme_nobody_knows_is_refused_and_nothing_is_kept(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    answer = Answer(passage_id=view.card.passages[0].id, shown=frozenset(), ticked=frozenset({"weather"}))

    with pytest.raises(UnknownTheme):
        review.correct(view, JO, answers=[answer], seen=1)
    assert store.decisions == []


def test_a_retired_theme_that_was_suggested_can_still_be_taken_off(review: Review, store: FakeStore) -> None:
    passage = a_passage(themes={"old_theme": 0.9})
    view = store.put(an_experience(passages=[passage]))
    answer = Answer(passage_id=passage.id, shown=frozenset({"old_theme"}), ticked=frozenset())

    review.correct(view, JO, answers=[answer], seen=1)

    assert [(row.theme, row.verdict) for row in store.decisions] == [("old_theme", False)]


def test_a_passage_of_another_experience_is_not_found(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    answer = Answer(passage_id=made_id("elsewhere"), shown=frozenset(), ticked=frozenset({"transport"}))

    with pytest.raises(NotFound):
        review.correct(view, JO, answers=[answer], seen=1)


def test_words_that_came_in_meanwhile_keep_the_experience_unread(review: Review, store: FakeStore) -> None:
    view = an_experience()
    newer = TalkLine(seq=7, who="parent", text="and one more thing", at=NOW)
    view = store.put(replace(view, talk=(*view.talk, newer)))

    done = review.accept(view, JO, passages=[view.card.passages[0].id], seen=1)

    assert not done.is_read
    assert len(store.decisions) == 2
    assert again(store, view).card.read_at is None


def test_our_own_answer_coming_in_meanwhile_does_not_matter(review: Review, store: FakeStore) -> None:
    view = an_experience()
    ours = TalkLine(seq=7, who="earshot", text="Thank you, we have kept that.", at=NOW)
    view = store.put(replace(view, talk=(*view.talk, ours)))

    assert review.mark_read(view, JO, seen=1)
    assert again(store, view).card.read_at == NOW


def test_marking_as_read_says_when_words_came_in_meanwhile(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())

    assert not review.mark_read(view, JO, seen=0)
    assert store.actions() == []


def test_words_that_come_in_between_the_look_and_the_mark_keep_it_unread(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    store.arrived_meanwhile = True

    assert not review.mark_read(view, JO, seen=1)
    done = review.accept(view, JO, passages=[view.card.passages[0].id], seen=1)
    assert not done.is_read
    assert store.actions() == ["decide"]


def test_who_read_it_first_stays(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(read_at=NOW, read_by="Tom Calloway"))

    review.mark_read(view, JO, seen=1)

    assert again(store, view).card.read_by == "Tom Calloway"


def test_words_that_came_after_it_was_read_can_be_read_too(review: Review, store: FakeStore) -> None:
    view = an_experience(read_at=NOW - timedelta(hours=1), read_by="Tom Calloway")
    newer = TalkLine(seq=7, who="parent", text="and one more thing", at=NOW)
    view = store.put(replace(view, talk=(*view.talk, newer)))

    review.mark_read(view, JO, seen=7)

    assert again(store, view).card.read_by == "Jo Pascoe"


def test_a_store_that_is_down_is_not_swallowed(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())
    store.down = True

    with pytest.raises(StoreUnavailable):
        review.mark_read(view, JO, seen=1)


# --- alerts -----------------------------------------------------------------------------------------------------------


def test_taking_an_alert_says_who_has_it(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert()]))

    review.take_alert(view, made_id("alert"), RUTH)

    assert again(store, view).alerts[0].taken_by == "Ruth Adeyemi"
    assert store.actions() == ["take_alert"]


def test_an_alert_somebody_has_stays_theirs(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert(taken_by="Huw Bartlett", taken_at=NOW)]))

    assert not review.take_alert(view, made_id("alert"), RUTH)
    assert again(store, view).alerts[0].taken_by == "Huw Bartlett"


def test_closing_an_alert_keeps_what_came_of_it_and_who_had_it(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert()]))

    review.close_alert(view, made_id("alert"), RUTH, "Spoke with the family.")

    (alert,) = again(store, view).alerts
    assert (alert.taken_by, alert.outcome) == ("Ruth Adeyemi", "Spoke with the family.")


def test_an_outcome_that_stands_is_not_written_over(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert(outcome="Referred.")]))

    assert not review.close_alert(view, made_id("alert"), RUTH, "Nothing.")

    assert again(store, view).alerts[0].outcome == "Referred."
    assert store.actions() == []


def test_of_two_who_looked_at_the_same_moment_one_has_it_and_one_outcome_stands(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert()]))
    huw = a_member("huw", name="Huw Bartlett", role="safeguarding")
    store.add_staff(huw, NOW)

    assert [review.take_alert(view, made_id("alert"), each) for each in (huw, RUTH)] == [True, False]
    assert [review.close_alert(view, made_id("alert"), each, f"family: {each.name}") for each in (huw, RUTH)] == [True, False]

    (alert,) = again(store, view).alerts
    assert (alert.taken_by, alert.outcome) == (huw.name, f"family: {huw.name}")
    assert [(line.who, line.action) for line in store.lines] == [
        (f"staff:{huw.id}", "take_alert"),
        (f"staff:{huw.id}", "close_alert"),
    ]


def test_a_reviewer_may_not_touch_an_alert(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert()]))

    with pytest.raises(NotYours):
        review.take_alert(view, made_id("alert"), JO)
    with pytest.raises(NotYours):
        review.close_alert(view, made_id("alert"), JO, "Nothing.")


def test_where_nobody_is_for_safeguarding_a_reviewer_may() -> None:
    gone = a_member("huw", role="safeguarding", disabled_at=NOW)

    assert may_handle_alerts(JO, [JO, gone])
    assert may_handle_alerts(JO, [JO, a_member("new", role="safeguarding", password_hash=NO_PASSWORD)])
    assert not may_handle_alerts(JO, [JO, RUTH])


def test_an_alert_of_another_experience_is_not_found(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience())

    with pytest.raises(NotFound):
        review.take_alert(view, made_id("alert"), RUTH)


def test_the_gravest_open_alert_is_the_one_shown() -> None:
    card = an_experience(
        alerts=[
            an_alert("closed", level=RiskLevel.DANGER, outcome="Referred."),
            an_alert("concern"),
            an_alert("danger", level=RiskLevel.DANGER),
        ]
    ).card

    alert = open_alert(card)
    assert alert is not None
    assert alert.id == made_id("danger")


def test_what_is_with_safeguarding_is_left_out_for_a_reviewer() -> None:
    alarming = an_experience(alerts=[an_alert()]).card
    plain = an_experience("BROOK 377").card

    assert as_seen_by([plain, alarming], handles_alerts=False) == (plain,)
    assert as_seen_by([plain, alarming], handles_alerts=True) == (alarming, plain)


def test_a_grave_risk_whose_alert_is_not_linked_yet_is_kept_from_reviewers_too() -> None:
    card = an_experience(risk=RiskLevel.DANGER).card

    assert is_with_safeguarding(card)


@pytest.mark.parametrize("outcome", ["police: Rang them.", "Support agreed."])
def test_with_an_outcome_that_says_it_was_real_the_experience_stays_with_safeguarding(outcome: str) -> None:
    card = an_experience(alerts=[an_alert(outcome=outcome)]).card

    assert is_with_safeguarding(card)
    assert not needs_outcome(card)


def test_with_an_outcome_that_says_it_was_none_or_once_the_team_is_let_see_it_it_is_everybodys_again() -> None:
    none = an_alert(outcome="not_safeguarding: A game.")
    cleared = an_alert("other", outcome="police: Rang them.", cleared_at=NOW, cleared_why="The family asks for a call.")

    assert not is_with_safeguarding(an_experience(alerts=[none, cleared]).card)


def test_the_team_is_let_see_a_record_with_a_reason_once_no_alert_of_it_is_open(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert(outcome="police: Rang them."), an_alert("open")]))
    assert not review.clear_alerts(view, RUTH, "They know.")
    review.close_alert(view, made_id("open"), RUTH, "not_safeguarding: A game.")
    view = again(store, view)

    assert review.clear_alerts(view, RUTH, "The family asks for a call.")

    assert not is_with_safeguarding(again(store, view).card)
    assert store.lines[-1] == AuditLine(
        f"staff:{RUTH.id}", "clear_alert", f"alert:{made_id('alert')}", "The family asks for a call."
    )
    assert not review.clear_alerts(again(store, view), RUTH, "Once more.")
    with pytest.raises(NotYours):
        review.clear_alerts(view, JO, "I want to.")


def test_a_carer_at_breaking_point_is_not_with_safeguarding() -> None:
    assert not is_with_safeguarding(an_experience(risk=RiskLevel.WELLBEING).card)


# --- how to reach them ------------------------------------------------------------------------------------------------


def test_for_an_open_alert_only_those_who_handle_alerts_may_reach_the_person() -> None:
    card = an_experience(alerts=[an_alert()], tasks=(a_task(),)).card

    assert may_reach(card, handles_alerts=True)
    assert not may_reach(card, handles_alerts=False)


@pytest.mark.parametrize(
    ("kind", "done_at", "may"),
    [("call_back", None, True), ("my_data", None, True), ("look_again", None, False), ("call_back", NOW, False)],
)
def test_for_a_promise_that_is_not_kept_yet_anybody_may(kind: str, done_at: datetime | None, may: bool) -> None:  # noqa: FBT001 - a table of cases
    card = an_experience(alerts=[an_alert(outcome="not_safeguarding: Safe.")], tasks=(a_task(kind=kind, done_at=done_at),)).card

    assert may_reach(card, handles_alerts=False) == may_reach(card, handles_alerts=True) == may


def test_to_reach_somebody_is_kept_with_the_reason(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(tasks=(a_task(),)))

    assert review.ask_to_reach(view, JO, "They asked to be called.")

    (line,) = store.lines
    assert line == AuditLine(f"staff:{JO.id}", "reveal_address", f"experience:{view.card.id}", "They asked to be called.")


def test_a_reviewer_is_not_shown_whom_an_alert_is_about(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(alerts=[an_alert()], tasks=(a_task(),)))

    assert not review.ask_to_reach(view, JO, "I want to know.")
    assert store.actions() == []
    assert review.ask_to_reach(view, RUTH, "To ring the mother.")


# --- tasks and the next one -------------------------------------------------------------------------------------------


def test_finishing_a_task_says_who_did_it(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(tasks=(a_task(),)))

    review.finish_task(view, made_id("task"), JO)

    assert again(store, view).card.tasks[0].done_by == "Jo Pascoe"
    assert store.actions() == ["finish_task"]


def test_a_finished_task_is_finished_once(review: Review, store: FakeStore) -> None:
    view = store.put(an_experience(tasks=(a_task(done_at=NOW, done_by="Tom Calloway"),)))

    review.finish_task(view, made_id("task"), JO)

    assert store.actions() == []


def test_a_task_of_another_experience_is_not_found(review: Review, store: FakeStore) -> None:
    with pytest.raises(NotFound):
        review.finish_task(store.put(an_experience()), made_id("task"), JO)


def reference(card: ExperienceCard | None) -> str | None:
    return card.reference if card else None


def next_for(review: Review, member: StaffMember, current: str) -> str | None:
    handles_alerts = may_handle_alerts(member, [JO, RUTH])
    return reference(review.next_to_read(current, handles_alerts=handles_alerts))


def test_the_next_one_is_the_one_after_in_the_inbox_then_from_the_top(review: Review, store: FakeStore) -> None:
    for days, name in enumerate(["RIVER 482", "BROOK 377", "HERON 540"]):
        store.put(an_experience(name, promised_on=NOW.date() + timedelta(days=days)))

    assert next_for(review, JO, "RIVER 482") == "BROOK 377"
    assert next_for(review, JO, "HERON 540") == "RIVER 482"
    assert next_for(review, JO, "GONE 111") == "RIVER 482"


def test_when_all_are_read_there_is_no_next_one(review: Review, store: FakeStore) -> None:
    store.put(an_experience())

    assert next_for(review, JO, "RIVER 482") is None


def test_what_was_read_and_is_still_owed_something_does_not_hide_what_is_unread(review: Review, store: FakeStore) -> None:
    for number in range(21):
        store.put(an_experience(f"RIVER {number}", read_at=NOW, tasks=[a_task()]))
    store.put(an_experience("BROOK 377", promised_on=NOW.date() + timedelta(days=9)))

    assert next_for(review, JO, "RIVER 0") == "BROOK 377"


def test_a_reviewer_is_never_led_to_what_is_with_safeguarding(review: Review, store: FakeStore) -> None:
    store.put(an_experience(alerts=[an_alert()]))

    assert next_for(review, JO, "BROOK 377") is None
    assert next_for(review, RUTH, "BROOK 377") == "RIVER 482"


def test_an_alert_that_nobody_has_taken_is_the_next_one_whatever_was_read_before(review: Review, store: FakeStore) -> None:
    store.put(an_experience("TIMBER 350", alerts=[an_alert()]))
    store.put(an_experience("RIVER 482"))
    store.put(an_experience("BROOK 377", promised_on=NOW.date() + timedelta(days=9)))

    assert next_for(review, RUTH, "RIVER 482") == "TIMBER 350"
    assert next_for(review, JO, "RIVER 482") == "BROOK 377"
    store.take_alert(made_id("alert"), RUTH.id, NOW)
    assert next_for(review, RUTH, "RIVER 482") == "BROOK 377"
