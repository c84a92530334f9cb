"""One experience: what stands on it, and what each press adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import ExperienceView, TalkLine
from bot.conversation import Purpose
from bot.heard import RiskLevel
from bot.model import Address, ChannelName
from bot.records import Reach
from tests.staff.fakes import NOW, FakeStore, a_decision, a_passage, a_task, an_alert, an_experience, made_id
from tests.staff.page import TOKEN, Browser, Page, text_of, values_of

RIVER = "/staff/experiences/RIVER-482"
TIMBER = "/staff/experiences/TIMBER-350"
FIRST, SECOND = made_id("river 1"), made_id("river 2")


def decided(store: FakeStore) -> set[tuple[str, str, bool]]:
    names = {FIRST: "first", SECOND: "second"}
    return {(names[row.passage_id], row.theme, row.verdict) for row in store.decisions}


def told(page: Page) -> str:
    return text_of(page.find("div", id="told"))


def card_called(page: Page, heading: str) -> str:
    sections = [section for section in page.find_all("section") if heading in text_of(section.find(".//h2"))]
    assert len(sections) == 1
    return text_of(sections[0])


# --- what stands on the page ------------------------------------------------------------------------------------------


def test_the_words_are_marked_and_numbered_where_the_evidence_is(jo: Browser) -> None:
    page = jo.open(RIVER)

    assert [text_of(mark) for mark in page.find_all("mark")] == [
        "taxi driver1",
        "no one told us2",
        "escort1",
        "teaching assistant3",
        "only reason he goes in4",
    ]
    suggestions = [text_of(item) for item in page.find_all("li", class_="es-suggest__item")]
    assert suggestions[0] == "Home to school transport Sure, because of 1 “taxi driver”, “escort”"
    assert suggestions[3] == "Too anxious for school (EBSA) Please check, because of 4 “only reason he goes in”"


def test_a_suggestion_without_evidence_claims_none(ruth: Browser) -> None:
    page = ruth.open(TIMBER)

    assert text_of(page.find("li", class_="es-suggest__item")) == "Home to school transport Sure"


def test_who_wrote_is_said_only_where_it_is_not_what_is_taken_for_granted(jo: Browser) -> None:
    assert "Parent carer" not in jo.open(RIVER).main
    assert "Young person" in jo.open("/staff/experiences/CANDLE-204").main


def test_where_a_part_has_themes_only_the_rest_needs_translation(jo: Browser, store: FakeStore) -> None:
    passages = [a_passage(name="one", themes={"transport": 0.9}), a_passage("Nikt nie dzwoni.", name="two")]
    store.put(an_experience("ACORN 101", passages=passages, needs_translation=True))

    assert "Part of it needs translation. No theme is guessed" in jo.open("/staff/experiences/ACORN-101").main
    assert "Part of it needs translation" in jo.open("/staff/inbox").main
    assert "Part of it" not in jo.open("/staff/experiences/WILLOW-059").main


def test_the_feeling_of_each_passage_is_a_word(jo: Browser) -> None:
    words = jo.open(RIVER).main

    assert words.index("Feeling: bad") < words.index("Feeling: good")


def test_all_themes_can_be_reached_in_their_groups_with_what_they_mean(jo: Browser) -> None:
    page = jo.open(RIVER)
    first = [box for box in page.find_all("input", type="checkbox") if box.get("name") == f"theme-{FIRST}"]

    assert len(first) == 35
    assert len({box.get("value") for box in first}) == 35
    details = text_of(page.find_all("details", class_="es-themes")[0])
    assert "Health and therapies" in details
    assert "Not this: travelling to hospital (Other health care)" in page.main


def test_a_long_talk_is_reached_past_its_passages_and_no_fold_is_open(jo: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", passages=[a_passage(name=f"part {number}") for number in range(6)]))
    page = jo.open("/staff/experiences/ACORN-101")
    folds = page.find_all("details", class_="es-themes")

    assert len(folds) == 6
    assert {fold.get("open") for fold in folds} == {None}
    assert text_of(folds[0].find("summary")) == "Choose themes for passage 1"
    assert ("To the talk", "#talk-heading") in page.links()


def test_what_is_seldom_needed_is_a_line_each_and_none_is_open(jo: Browser) -> None:
    page = jo.open("/staff/experiences/RIVER-482")
    (rest,) = page.find_all("section", class_="es-rest")
    folds = rest.findall("details")

    assert len(folds) == len([each for each in rest if each.tag != "h2"]) > 1
    assert {fold.get("open") for fold in folds} == {None}


def test_the_theme_guide_of_what_stands_is_beside_the_words(jo: Browser) -> None:
    guide = card_called(jo.open(RIVER), "Theme guide")

    for part in ("Home to school transport", "It means", "Not this", "People say", "Being kept informed"):
        assert part in guide


def test_the_talk_is_in_order_and_says_what_became_of_our_words(jo: Browser) -> None:
    talk = card_called(jo.open(RIVER), "The talk")

    assert talk.index("New taxi driver") < talk.index("Thank you, we have kept that.")
    assert "Delivered and seen" in talk
    assert "1 photo, voice note or file, not shown here" in talk


def test_words_not_made_safe_yet_are_not_shown(jo: Browser, store: FakeStore) -> None:
    line = TalkLine(seq=1, who="parent", text="my name is", at=NOW, redacted=False)
    store.put(an_experience("ACORN 101", passages=[], talk=[line]))
    page = jo.open("/staff/experiences/ACORN-101")

    assert "These words have not been made safe to show yet." in page.main
    assert "my name is" not in page.html


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("removed", "One of us removed this message."),
        ("waiting", "Earshot has not read this message yet."),
        ("erased", "They had this message erased."),
        ("taken_back", "They took this message back."),
        ("parked", "Earshot could not handle this message."),
        ("", "A message without words."),
    ],
)
def test_a_message_without_words_says_why(jo: Browser, store: FakeStore, state: str, says: str) -> None:
    gone = state.replace("removed", "taken_back")
    line = TalkLine(seq=1, who="parent", text="", at=NOW, state=gone, removed=state == "removed")
    store.put(an_experience("ACORN 101", passages=[], talk=[line]))

    assert says in jo.open("/staff/experiences/ACORN-101").main


def test_where_a_name_was_taken_out_is_to_be_seen(jo: Browser) -> None:
    page = jo.open(RIVER)

    assert {text_of(gone) for gone in page.find_all("i", class_="es-gone")} == {"name removed"}
    assert "[name removed]" not in page.main


def test_what_did_not_arrive_is_said_loudly(jo: Browser, store: FakeStore) -> None:
    line = TalkLine(seq=1, who="earshot", text="Thank you.", at=NOW, state="undelivered")
    store.put(an_experience("ACORN 101", talk=[line]))

    assert "NOT DELIVERED" in jo.open("/staff/experiences/ACORN-101").main


def test_consents_are_yes_no_or_not_answered(jo: Browser, store: FakeStore) -> None:
    consents = {Purpose.WORDS_IN_PUBLIC: False, Purpose.PASS_TO_SERVICE: True}
    store.put(an_experience("ACORN 101", consents=consents))
    agreed = card_called(jo.open("/staff/experiences/ACORN-101"), "What they agreed to")

    assert "Words in public, names removed No" in agreed
    assert "Tell me what changes Not answered" in agreed
    assert "Pass this to a service Yes" in agreed
    assert "Invite me again" not in agreed


def test_who_decided_is_said_and_what_was_taken_off_too(jo: Browser) -> None:
    words = jo.open("/staff/experiences/FALCON-231").main

    assert "decided by Tom Calloway" in words
    assert "was suggested; Tom Calloway took it off." in words
    assert "own word" in words


def test_neither_the_number_nor_the_words_as_they_came_are_on_the_page(jo: Browser) -> None:
    page = jo.open(RIVER)

    assert "cannot be opened here" in page.main
    assert not [address for _, address in page.links() if "original" in address or "reveal" in address]


def test_an_unknown_reference_is_not_found(jo: Browser) -> None:
    assert jo.open("/staff/experiences/NOBODY-999", status=404).heading == "There is no such page"


# --- accept and correct -----------------------------------------------------------------------------------------------


def test_accepting_all_decides_each_tag_and_leads_to_the_next_one(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    page = jo.press("/accept")

    assert decided(store) == {
        ("first", "transport", True),
        ("first", "communication", True),
        ("second", "sen_support", True),
        ("second", "attendance_anxiety", True),
    }
    assert store.experiences["RIVER 482"].card.read_by == "Jo Pascoe"
    assert page.heading == "FINCH 540"
    assert told(page) == "RIVER 482: 4 tags accepted. Back to RIVER 482"


def test_accepting_what_is_ticked_takes_off_the_rest_of_what_was_shown(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    page = jo.press("/correct", {f"theme-{SECOND}": ["sen_support"]})

    assert ("second", "attendance_anxiety", False) in decided(store)
    assert ("second", "sen_support", True) in decided(store)
    assert len(store.decisions) == 4
    assert told(page).startswith("RIVER 482: 3 tags kept or added, 1 tag taken off.")


def test_a_theme_nobody_suggested_can_be_added(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    jo.press("/correct", {f"theme-{FIRST}": ["transport", "communication", "ehc_content"]})

    assert ("first", "ehc_content", True) in decided(store)
    assert "decided by Jo Pascoe" in jo.open(RIVER).main


def test_taking_everything_off_is_possible(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    jo.press("/correct", without=(f"theme-{FIRST}", f"theme-{SECOND}"))

    assert {verdict for _, _, verdict in decided(store)} == {False}
    assert len(store.decisions) == 4


def test_pressing_twice_decides_once(jo: Browser, store: FakeStore) -> None:
    for _ in range(2):
        jo.open(RIVER)
        jo.press("/correct")

    assert len(store.decisions) == 4


def test_a_second_look_can_change_what_was_decided_and_both_rows_stay(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    jo.press("/accept")
    jo.open(RIVER)
    jo.press("/correct", without=(f"theme-{FIRST}",))

    rows = [row.verdict for row in store.decisions if row.theme == "transport"]
    assert rows == [True, False]
    assert store.experiences["RIVER 482"].card.passages[0].suggestions[0].theme == "transport"


def test_what_another_decided_meanwhile_is_not_undone(jo: Browser, store: FakeStore) -> None:
    """Tom adds a theme while Jo looks at the page of before; Jo's press says nothing about it."""
    jo.open(RIVER)
    view = store.experiences["RIVER 482"]
    passage = replace(view.card.passages[0], decisions=(a_decision("disputes", verdict=True, by="Tom Calloway"),))
    store.put(replace(view, card=replace(view.card, passages=(passage, view.card.passages[1]))))
    jo.press("/correct")

    assert not [row for row in store.decisions if row.theme == "disputes"]


def test_only_marking_as_read_decides_nothing(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    page = jo.press("/read")

    assert store.decisions == []
    assert store.experiences["RIVER 482"].card.read_by == "Jo Pascoe"
    assert told(page).startswith("RIVER 482: marked as read.")


def test_an_experience_without_passages_can_be_marked_as_read(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/experiences/CANDLE-204")
    jo.press("/read")

    assert store.experiences["CANDLE 204"].card.read_at == NOW


def test_new_words_keep_one_on_the_page(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    view = store.experiences["RIVER 482"]
    newer = TalkLine(seq=99, who="parent", text="and he was late again", at=NOW)
    store.put(replace(view, talk=(*view.talk, newer)))
    page = jo.press("/correct")

    assert page.heading == "RIVER 482"
    assert told(page).startswith("New words came in while you were reading.")
    assert len(store.decisions) == 4
    assert store.experiences["RIVER 482"].card.read_at is None


def test_words_after_a_reading_are_said_to_be_new(jo: Browser, store: FakeStore) -> None:
    view = an_experience("ACORN 101", read_at=NOW - timedelta(hours=1), read_by="Tom Calloway")
    newer = TalkLine(seq=99, who="parent", text="and one more", at=NOW)
    store.put(replace(view, talk=(*view.talk, newer)))

    assert "they have written again since" in jo.open("/staff/experiences/ACORN-101").main


def test_after_the_last_one_comes_the_inbox(jo: Browser, store: FakeStore) -> None:
    store.experiences = {"RIVER 482": store.experiences["RIVER 482"]}
    jo.open(RIVER)
    page = jo.press("/accept")

    assert page.heading == "Inbox"
    assert "Everything is read." in page.main
    assert "RIVER 482: 4 tags accepted." in told(page)


def test_what_was_said_is_said_once(jo: Browser) -> None:
    jo.open(RIVER)
    jo.press("/read")

    assert not jo.open("/staff/inbox").find_all("div", id="told")


@pytest.mark.parametrize(
    "fields",
    [
        {"seen": "x"},
        {"seen": ""},
        {"seen": "9" * 40},
        {"passage": ["not an id"]},
        {f"theme-{FIRST}": ["weather"]},
        {f"shown-{FIRST}": ["weather"]},
    ],
)
def test_a_form_that_was_tampered_with_changes_nothing(jo: Browser, store: FakeStore, fields: dict[str, object]) -> None:
    jo.open(RIVER)
    page = jo.press("/correct", fields, status=400)

    assert page.heading == "That form could not be read"
    assert store.decisions == []
    assert store.actions() == []


def test_a_passage_of_another_experience_is_refused(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    jo.press("/correct", {"passage": [str(made_id("lantern"))]}, status=404)

    assert store.decisions == []


def test_when_the_store_is_down_nothing_is_said_to_be_done(jo: Browser, store: FakeStore) -> None:
    jo.open(RIVER)
    store.down = True
    page = jo.press("/accept", status=503)

    assert page.heading == "Earshot cannot reach its store"
    assert "Nothing was changed." in page.main
    assert page.answer.headers["Retry-After"] == "10"


# --- alerts -----------------------------------------------------------------------------------------------------------


def test_what_is_with_safeguarding_looks_to_a_reviewer_like_what_never_was(jo: Browser) -> None:
    hidden = jo.open(TIMBER, status=404)
    unknown = jo.open("/staff/experiences/NOBODY-999", status=404)

    assert TOKEN.sub("", hidden.html) == TOKEN.sub("", unknown.html), "tokens alone tell the second they were made in"
    assert "marks on both arms" not in hidden.html


@pytest.mark.parametrize(
    "act", ["accept", "correct", "read", "alerts/{alert}/take", "alerts/{alert}/close", "tasks/{alert}/finish"]
)
def test_a_reviewer_cannot_act_on_what_is_with_safeguarding(jo: Browser, store: FakeStore, act: str) -> None:
    jo.open(RIVER)
    token = jo.page.find("input", name="csrf_token").get("value") if jo.page else ""
    answer = jo.client.post(
        f"{TIMBER}/{act.format(alert=made_id('timber'))}", data={"csrf_token": token, "seen": "9", "passage": []}
    )

    assert Page(answer).heading == "There is no such page"
    assert answer.status_code == 404
    assert store.actions() == []


def test_an_alert_says_what_was_heard_since_when_and_whether_the_numbers_arrived(ruth: Browser) -> None:
    alert = card_called(ruth.open(TIMBER), "Concern")

    assert "Nobody has taken it" in alert
    assert "What was heard A child may not be safe" in alert
    assert "Raised Today, 10:14" in alert
    assert "Delivered" in alert


@pytest.mark.parametrize("state", ["failed", "undelivered"])
def test_numbers_that_did_not_arrive_are_said_loudly(ruth: Browser, store: FakeStore, state: str) -> None:
    store.put(an_experience("ACORN 101", alerts=[an_alert("acorn", signpost_state=state)]))

    assert "NOT DELIVERED" in card_called(ruth.open("/staff/experiences/ACORN-101"), "Concern")


def test_taking_an_alert_stays_on_the_page_and_says_so(ruth: Browser, store: FakeStore) -> None:
    ruth.open(TIMBER)
    page = ruth.press("/take")

    assert told(page).startswith("The alert is yours.")
    assert "Taken by Ruth Adeyemi" in page.main
    assert "I am taking it" not in page.main
    assert store.actions() == ["take_alert"]


def test_an_alert_somebody_took_a_moment_before_is_theirs(ruth: Browser, store: FakeStore) -> None:
    ruth.open(TIMBER)
    store.take_alert(made_id("timber"), made_id("staff tom"), NOW)
    page = ruth.press("/take")

    assert told(page) == "Tom Calloway has this alert already."


def test_closing_an_alert_keeps_what_was_done_and_gives_the_experience_back(ruth: Browser, store: FakeStore) -> None:
    ruth.open(TIMBER)
    page = ruth.press("/close", {"done": "family", "details": "Spoke to the mother at 10:40.\r\nSafe now."})

    assert told(page) == "The outcome is recorded and the alert is closed."
    closed = card_called(page, "Alert, closed")
    assert "Spoke with the family: safe now, support agreed" in closed
    assert "Spoke to the mother at 10:40." in closed
    assert store.experiences["TIMBER 350"].alerts[0].outcome == "family: Spoke to the mother at 10:40.\nSafe now."


def test_a_second_outcome_is_not_said_to_be_recorded_and_stands_beside_the_first(ruth: Browser, store: FakeStore) -> None:
    ruth.open(TIMBER)
    store.close_alert(made_id("timber"), made_id("staff tom"), "police: Rang 101.", NOW)

    page = ruth.press("/close", {"done": "family", "details": "Spoke to the mother."}, status=409)

    closed = card_called(page, "Alert, closed")
    assert "Rang 101." in closed
    assert "Spoke to the mother." in closed
    assert "yours was not kept" in closed
    assert store.actions() == []


def test_after_the_alert_is_closed_as_real_a_reviewer_may_not_read_until_the_lead_lets_the_team_see_it(
    ruth: Browser, jo: Browser, store: FakeStore
) -> None:
    store.close_alert(made_id("timber"), made_id("staff ruth"), "family: Safe now.", NOW)
    jo.open(TIMBER, status=404)
    assert "Only safeguarding sees this record" in ruth.open(TIMBER).main
    assert "Write why the team may see it" in ruth.press("/clear-alerts", {"why": " "}, status=400).main

    page = ruth.press("/clear-alerts", {"why": "The family asks for a call."})

    assert told(page).startswith("The team sees this record now.")
    assert "The family asks for a call." in card_called(page, "Alert, closed")
    assert jo.open(TIMBER).heading == "TIMBER 350"
    assert store.actions()[-1] == "clear_alert"


def test_an_alert_that_was_none_opens_the_record_and_only_who_handles_alerts_reads_what_came_of_it(
    ruth: Browser, jo: Browser, store: FakeStore
) -> None:
    store.close_alert(made_id("timber"), made_id("staff ruth"), "not_safeguarding: Lines of a play.", NOW)

    assert "Lines of a play." in ruth.open(TIMBER).main
    page = jo.open(TIMBER)
    assert page.heading == "TIMBER 350"
    assert "Lines of a play." not in page.main
    assert "Alert, closed" not in page.main


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"details": "Spoke to them."}, "Choose what came of it"),
        ({"done": "family"}, "Write who you spoke to, when, and what was agreed"),
        ({"done": "family", "details": "   "}, "Write who you spoke to, when, and what was agreed"),
        ({"done": "nonsense", "details": "x"}, "Choose what came of it"),
        ({"done": "family", "details": "x" * 2001}, "Write at most 2,000 characters"),
    ],
)
def test_an_outcome_with_a_gap_is_not_kept_and_what_was_written_is_given_back(
    ruth: Browser, store: FakeStore, fields: dict[str, str], says: str
) -> None:
    ruth.open(TIMBER)
    page = ruth.press("/close", fields, status=400)

    assert page.title == "Error: TIMBER 350 - Earshot"
    leads_to = {address for text, address in page.links() if text == says}
    assert len(leads_to) == 1
    assert leads_to.pop()[1:] in [element.get("id") for element in page.root.iter()]
    assert fields.get("details", "").strip() in text_of(page.find("textarea"))
    assert store.actions() == []


def test_words_of_an_outcome_are_only_ever_words(ruth: Browser) -> None:
    ruth.open(TIMBER)
    page = ruth.press("/close", {"done": "family", "details": "</textarea><script>alert(1)</script>"})

    assert "</textarea><script>alert(1)</script>" in page.main


def test_where_nobody_is_for_safeguarding_everybody_sees_the_alert(jo: Browser, store: FakeStore) -> None:
    store.update_staff(made_id("staff ruth"), disabled_at=NOW)

    assert "I am taking it" in jo.open(TIMBER).main


def test_a_grave_experience_whose_alert_is_not_linked_yet_says_so(ruth: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", risk=RiskLevel.DANGER))

    assert "Danger to life or serious harm. An alert was raised" in ruth.open("/staff/experiences/ACORN-101").main


def test_two_alerts_are_two_forms(ruth: Browser, store: FakeStore) -> None:
    grave = an_alert("grave", level=RiskLevel.DANGER, kinds=("life_now", "something_new"))
    store.put(an_experience("ACORN 101", alerts=[an_alert("less"), grave]))
    page = ruth.open("/staff/experiences/ACORN-101")

    assert "Danger to life or serious harm" in page.main
    assert "Life at risk now Something new" in page.main
    ruth.press(f"{made_id('grave')}/take")
    assert [alert.taken_by for alert in store.experiences["ACORN 101"].alerts] == [None, "Ruth Adeyemi"]


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_a_late_task_says_so_and_can_be_finished(jo: Browser, store: FakeStore) -> None:
    page = jo.open("/staff/experiences/LANTERN-316")
    assert "Call back by Fri 20 Nov: late" in card_called(page, "To do")

    page = jo.press(f"{made_id('lantern call')}/finish")

    assert told(page) == "The task is done."
    assert "Done by Jo Pascoe" in card_called(page, "To do")


def test_a_task_nobody_named_yet_is_readable(jo: Browser, store: FakeStore) -> None:
    store.put(an_experience("ACORN 101", tasks=(a_task(kind="pass_to_casework"),)))

    assert "Pass to casework" in jo.open("/staff/experiences/ACORN-101").main


# --- how to reach them ------------------------------------------------------------------------------------------------

LANTERN = "/staff/experiences/LANTERN-316"
NUMBER = "+447700900123"


@pytest.fixture
def reachable(store: FakeStore) -> FakeStore:
    """Everybody here wrote from one number."""
    here = Reach(channel=ChannelName("sms"), address=Address("tel", NUMBER))
    store.reaches = dict.fromkeys(store.experiences, here)
    return store


def test_a_promised_call_can_be_made_and_the_number_is_shown_once(jo: Browser, reachable: FakeStore) -> None:
    assert NUMBER not in jo.open(LANTERN).html
    page = jo.press("/reach", {"why": " They asked\r\nto be called. "})

    assert f"Text message {NUMBER}" in card_called(page, "How to reach them")
    assert page.answer.headers["Cache-Control"] == "no-store"
    (line,) = reachable.lines
    assert (line.who, line.action) == (f"staff:{made_id('staff jo')}", "reveal_address")
    assert line.record == f"experience:{made_id('LANTERN 316')}"
    assert line.why == "They asked to be called."
    assert NUMBER not in jo.open(LANTERN).html
    assert NUMBER not in jo.open("/staff/inbox").html


def test_the_number_is_in_no_address_and_in_no_cookie(jo: Browser, reachable: FakeStore) -> None:
    jo.open(LANTERN)
    assert jo.page is not None
    form, address = jo.page.form("/reach")
    answer = jo.client.post(address, data={**values_of(form), "why": "To call."})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{LANTERN}#told"
    with jo.client.session_transaction() as session:
        assert session["reached"] == "LANTERN 316"
        assert NUMBER[3:] not in str(dict(session))


def test_the_number_is_not_shown_on_another_page_than_it_was_asked_for(jo: Browser, reachable: FakeStore) -> None:
    jo.open(LANTERN)
    with jo.client.session_transaction() as session:
        session["reached"] = "LANTERN 316"

    assert NUMBER not in jo.open(RIVER).html
    assert NUMBER not in jo.open(LANTERN).html


def test_for_an_alert_the_lead_can_ring(ruth: Browser, reachable: FakeStore) -> None:
    ruth.open(TIMBER)

    assert NUMBER in card_called(ruth.press("/reach", {"why": "To ring the mother."}), "How to reach them")


def test_a_reviewer_cannot_ask_whom_an_alert_is_about(jo: Browser, reachable: FakeStore) -> None:
    jo.open(LANTERN)
    assert jo.page is not None
    token = jo.page.find("input", name="csrf_token").get("value")
    answer = jo.client.post(f"{TIMBER}/reach", data={"csrf_token": token, "why": "I want to know."})

    assert answer.status_code == 404
    assert reachable.actions() == []


def test_where_nobody_is_to_be_called_nobody_is_to_be_reached(jo: Browser, reachable: FakeStore) -> None:
    assert "Show how to reach them" not in jo.open(RIVER).main
    jo.open(LANTERN)
    reachable.finish_task(made_id("lantern call"), made_id("staff tom"), NOW)
    page = jo.press("/reach", {"why": "To call."})

    assert "nobody needs to be reached" in told(page)
    assert NUMBER not in page.html
    assert reachable.actions() == []


def test_to_reach_somebody_needs_the_token_of_the_page(jo: Browser, reachable: FakeStore) -> None:
    assert jo.client.post(f"{LANTERN}/reach", data={"why": "To call."}).status_code == 400
    assert NUMBER not in jo.open(LANTERN).html
    assert reachable.actions() == []


@pytest.mark.parametrize(
    ("why", "says"), [(" ", "Write why you need to reach them"), ("x" * 201, "Write at most 200 characters")]
)
def test_to_reach_somebody_needs_a_reason(jo: Browser, reachable: FakeStore, why: str, says: str) -> None:
    jo.open(LANTERN)
    page = jo.press("/reach", {"why": why}, status=400)

    assert page.title.startswith("Error: ")
    assert (says, "#why") in page.links()
    assert NUMBER not in page.html
    assert reachable.actions() == []


@pytest.mark.parametrize(
    ("reach", "says"),
    [
        (Reach(channel=ChannelName("whatsapp"), address=Address("whatsapp", "447700900123")), NUMBER),
        (Reach(channel=ChannelName("whatsapp"), address=Address("whatsapp", "GB.x1")), "only this name for them: GB.x1"),
        (Reach(channel=ChannelName("webchat"), address=Address("web", "abc123")), "They wrote on the web: there is no number."),
        (None, "the address was erased"),
    ],
)
def test_what_cannot_be_rung_is_said_plainly(jo: Browser, store: FakeStore, reach: Reach | None, says: str) -> None:
    store.reaches = {"LANTERN 316": reach} if reach else {}
    jo.open(LANTERN)
    shown = card_called(jo.press("/reach", {"why": "To call."}), "How to reach them")

    assert says in shown
    assert "abc123" not in shown


def test_the_theme_guide_names_every_theme(jo: Browser) -> None:
    page = jo.open("/staff/themes")

    assert len(page.find_all("article")) == 35
    assert "health_care" not in page.main
    assert page.main.count("It means") == 35


def test_a_theme_that_left_the_taxonomy_is_still_shown(jo: Browser, store: FakeStore) -> None:
    passage = a_passage(name="x", themes={"long_gone": 0.9})
    view: ExperienceView = an_experience("ACORN 101", passages=[passage])
    store.put(view)

    assert "long_gone" in jo.open("/staff/experiences/ACORN-101").main
    jo.press("/correct")
    assert [row.theme for row in store.decisions] == ["long_gone"]
