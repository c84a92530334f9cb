"""The talk as plain pages: kept first, shown after, and never a dead end."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from bot.heard import Redaction
from bot.model import EASY_READ, Address, InboundMessage, Speaker
from bot.redaction import redactor
from channels.base import Door
from channels.pages import PAGES, Pages, pages_blueprint
from tests.channels.contract import DoorContract
from tests.channels.pages_client import Page, Parent
from tests.channels.webchat_fakes import KEY, FakeWeb

STORY = "The taxi came an hour late again"
DANGER = "I am going to kill myself tonight"
PROMISE = "Thank you, we have kept that. Ref RIVER 482. The SEND team reads it by Thu 26 Nov."
SIGNPOST = "We have kept your message. Please read on. If a life is at risk now, ring 999. To talk, ring Childline: 0800 1111."
YES_NO = (("words_yes", "Yes"), ("words_no", "No, team only"))
TELL = (("changes_yes", "Yes"), ("changes_no", "No"))


def answers(*rows: tuple[str, str, tuple[tuple[str, str], ...]]) -> Callable[[FakeWeb, InboundMessage], None]:
    """A bot that says all these after each message: text, key, choices."""

    def answer(web: FakeWeb, message: InboundMessage) -> None:
        for text, key, choices in rows:
            web.say(message, text, *choices, key=key)

    return answer


ASKS = answers(
    (PROMISE, "first.story", ()), ("May public reports use your words? Look first if you like.", "ask.consent_words", YES_NO)
)
PROBES = answers((PROMISE, "first.story", ()), ("This is about transport. What would help?", "reflect+ask.probe_bad", ()))
CLOSES = answers(("Thank you. Write more any time.", "close", ()))
WARNS = answers((SIGNPOST, "danger.self_harm.open", ()))


def with_names(text: str) -> tuple[str, tuple[Redaction, ...]]:
    """Knows one name, beside all that has a form."""
    return redactor().redact(text, lambda shown: [(found.start(), found.end(), "name") for found in re.finditer("Kacper", shown)])


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb(answer=ASKS)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def app(web: FakeWeb, pauses: list[float]) -> Flask:
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(
            store=web,  # type: ignore[arg-type] # as much of a store as the pages use
            intake=web,
            clock=web.clock,
            secret_key=KEY,
            public_url="https://earshot.example",
            pause=pauses.append,
            redact=with_names,
        )
    )
    return app


@pytest.fixture
def parent(app: Flask, web: FakeWeb) -> Parent:
    return Parent(app.test_client(), web)


def tells(parent: Parent, text: str = STORY) -> Page:
    return parent.sends(parent.opens(), text)


@pytest.mark.parametrize("locale", ["en", "en-x-easyread"])
def test_the_first_page_says_what_it_is_not_for_and_where_that_help_is(parent: Parent, locale: str) -> None:
    page = parent.opens(f"/chat?locale={locale}")

    assert "We give no advice" in page.main
    assert page.links["Where to get advice"] == "#advice"
    assert page.links["0808 808 3555"] == "tel:08088083555"
    assert "https://www.ipsea.org.uk" in page.links.values()
    assert page.links["The Local Offer"].startswith("https://www.somerset.gov.uk/")


# --- the story ----------------------------------------------------------------------------------------------------------


def test_looking_stores_nothing(parent: Parent, web: FakeWeb) -> None:
    page = parent.opens()

    assert "Set-Cookie" not in page.answer.headers
    assert not web.lines


def test_the_first_words_are_kept_and_then_the_page_is_asked_for_again(parent: Parent, web: FakeWeb) -> None:
    answer = parent.posts(parent.opens(), STORY, speaker="family", follow=False)

    assert answer.status_code == 303
    message = web.received[0]
    assert (message.channel, message.text, message.speaker, message.choice) == (PAGES, STORY, Speaker.FAMILY, None)


def test_the_cookie_is_for_this_talk_alone(parent: Parent) -> None:
    cookie = parent.posts(parent.opens(), STORY, follow=False).headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/chat", "Secure"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_two_presses_of_send_are_one_message_of_one_person(app: Flask, web: FakeWeb) -> None:
    """The second goes out before the first has brought the cookie."""
    page = Parent(app.test_client(), web).opens()
    for _ in range(2):
        Parent(app.test_client(), web).posts(page, STORY)

    assert len(web.received) == 1


def test_back_and_other_words_are_another_message(parent: Parent, web: FakeWeb) -> None:
    page = parent.opens()
    parent.sends(page, STORY)
    parent.sends(page, STORY + ", and nobody rang")

    assert len(web.received) == 2
    assert len({message.sender for message in web.received}) == 1


def test_two_people_with_the_same_words_are_two(app: Flask, web: FakeWeb) -> None:
    for _ in range(2):
        tells(Parent(app.test_client(), web))

    assert len({message.sender for message in web.received}) == 2


def test_a_form_without_its_hidden_parts_still_keeps_the_words(parent: Parent, web: FakeWeb) -> None:
    answer = parent.client.post("/chat", data={"text": STORY})

    assert answer.status_code == 303
    assert web.received[0].text == STORY


def test_a_forged_session_in_the_form_is_not_taken(parent: Parent, web: FakeWeb) -> None:
    page = parent.opens()
    parent.posts(page, STORY, session="A" * 22 + "." + "A" * 22)

    assert web.received[0].sender.path != "A" * 22


def test_more_than_ten_thousand_characters_are_kept(parent: Parent, web: FakeWeb) -> None:
    story = "and then " * 5_000
    tells(parent, story)

    assert web.received[0].text == story


def test_words_that_cannot_be_shown_are_kept_as_they_came(parent: Parent, web: FakeWeb) -> None:
    page = parent.opens()
    hidden = "&".join(f"{name}={value}" for name, value in page.hidden().items())
    body = f"{hidden}&text=a%ED%A0%80b%00c".encode() + b"\xff"
    parent.client.post("/chat", data=body, content_type="application/x-www-form-urlencoded")

    assert web.received[0].text == "a\udced\udca0\udc80b\0c\udcff"
    assert parent.opens().status == 200


def test_who_is_speaking_is_optional_and_a_strange_answer_harms_nothing(parent: Parent, web: FakeWeb) -> None:
    parent.sends(parent.opens(), STORY, speaker="the pope")

    assert web.received[0].speaker is None


# --- the question -------------------------------------------------------------------------------------------------------


def test_the_question_is_the_heading_and_what_was_said_before_it_a_note(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)

    assert page.heading == "May public reports use your words?"
    assert page.kept == PROMISE
    assert "Look first if you like." in page.main
    assert page.choices["words_no"].startswith("2 No, team only")


def test_an_answer_is_its_key_and_its_words(parent: Parent, web: FakeWeb) -> None:
    parent.sends(tells(parent), choice="words_no")

    assert (web.received[1].text, web.received[1].choice) == ("No, team only", "words_no")
    assert web.received[1].details == {"question": "ask.consent_words"}


def test_an_answer_that_was_not_offered_is_no_answer(parent: Parent, web: FakeWeb) -> None:
    page = parent.sends(tells(parent), choice="everything")

    assert page.status == 400
    assert len(web.received) == 1


def test_words_beside_an_answer_are_kept_too_and_first(parent: Parent, web: FakeWeb) -> None:
    parent.sends(tells(parent), "He cries every morning", choice="words_yes")

    assert [(message.text, message.choice) for message in web.received[1:]] == [
        ("He cries every morning", None),
        ("Yes", "words_yes"),
    ]


def test_two_presses_of_an_answer_are_one_answer(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.answer = CLOSES
    for _ in range(2):
        parent.sends(page, choice="words_yes")

    assert len(web.received) == 2


@pytest.mark.parametrize(
    ("act", "word"), [("skip", "SKIP"), ("done", "DONE"), ("human", "HUMAN"), ("unsure", "I\u2019m not sure")]
)
def test_a_button_sends_its_word(parent: Parent, web: FakeWeb, act: str, word: str) -> None:
    parent.sends(tells(parent), act=act)

    assert web.received[1].text == word


def test_words_in_the_box_leave_it_by_send_alone(parent: Parent, web: FakeWeb) -> None:
    """Somebody who writes a thing and then presses Skip may have thought better of it."""
    page = parent.sends(tells(parent), "Something private", act="skip")

    assert len(web.received) == 1
    assert (page.status, page.box) == (400, "Something private")
    assert "not sent" in page.error


def test_a_question_without_answers_has_a_box_under_it(parent: Parent, web: FakeWeb) -> None:
    web.answer = PROBES
    page = tells(parent)

    assert page.heading == "What would help?"
    assert page.kept.endswith("This is about transport.")
    assert page.box == ""
    assert page.acts == ["send", "skip", "skip", "human", "done"]


@pytest.mark.parametrize("question", [PROBES, ASKS])
def test_each_question_can_be_left_for_a_person(
    parent: Parent, web: FakeWeb, question: Callable[[FakeWeb, InboundMessage], None]
) -> None:
    web.answer = question
    page = tells(parent)
    web.answer = answers(("Someone will get in touch by Fri 20 Nov.", "human", ()))
    after = parent.sends(page, act="human")

    assert "Talk to a person" in page.main
    assert web.received[1].text == "HUMAN"
    assert after.heading == "Someone will get in touch by Fri 20 Nov."


def test_questions_are_counted_and_never_beyond_three(parent: Parent, web: FakeWeb) -> None:
    web.answer = PROBES
    page = tells(parent)
    assert "Question 1 of 3 at most" in page.main
    web.answer = answers(("One more: may we?", "ask.consent_words", YES_NO))
    page = parent.sends(page, "A taxi on time")
    assert "Question 2 of 3 at most" in page.main
    web.answer = answers(("Please say: may we?", "again.consent_words", YES_NO))

    assert "Question 2 of 3 at most" in parent.sends(page, "More words").main


def test_the_preview_shows_the_story_masked_and_no_answers(parent: Parent, web: FakeWeb) -> None:
    web.answer = PROBES
    page = tells(parent, "Ring me on 07700 900123. <b>Please</b>")
    web.answer = ASKS
    page = parent.sends(page, act="skip")
    (preview,) = [text for text in page.all("div") if text.get("class") == "preview"]
    said = "".join(preview.itertext())

    assert "07700" not in said
    assert "Ring me on " in said
    assert "<b>Please</b>" in said
    assert "SKIP" not in said


def test_the_preview_is_masked_by_what_the_pages_were_given(parent: Parent, web: FakeWeb) -> None:
    web.answer = PROBES
    page = tells(parent, "Kacper was left at the gate")
    web.answer = ASKS
    page = parent.sends(page, act="skip")
    (preview,) = [text for text in page.all("div") if text.get("class") == "preview"]
    said = "".join(preview.itertext())

    assert "Kacper" not in said
    assert "name removed" in said
    assert "was left at the gate" in said


def test_the_last_answer_can_be_changed(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.answer = answers(("Thank you. Shall we tell you what changes?", "noted.words_yes+ask.consent_changes", TELL))
    page = parent.sends(page, choice="words_yes")
    back = parent.opens(page.links["Change my last answer"])
    parent.sends(back, choice="words_no")

    assert back.heading == "May public reports use your words?"
    assert web.received[-1].choice == "words_no"


def test_a_question_left_for_another_matter_can_be_gone_back_to(parent: Parent, web: FakeWeb) -> None:
    tells(parent)
    web.answer = answers(("Ref RIVER 482. Nobody has read it yet.", "status.waiting", ()))
    page = parent.sends(parent.opens("/chat/options"), act="status")

    assert parent.opens(page.links["Go back to the question"]).heading == "May public reports use your words?"


def test_words_of_a_parent_are_inert(parent: Parent, web: FakeWeb) -> None:
    web.answer = answers(('You said <script>alert(1)</script> "&".', "said", ()))
    page = tells(parent, "<script>alert(2)</script>")

    assert "<script>alert" not in page.html


# --- the end, and coming back -------------------------------------------------------------------------------------------


def test_the_end_shows_reference_day_and_room_to_write(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.answer = CLOSES
    page = parent.sends(page, choice="words_yes")

    assert page.heading == "Thank you."
    assert "RIVER 482" in page.main
    assert "The SEND team reads it by Thu 26 Nov." in page.main
    assert page.box == ""


def test_somebody_who_comes_back_finds_the_page_they_left(parent: Parent) -> None:
    left = tells(parent)

    assert parent.opens().heading == left.heading


def test_a_late_word_from_us_is_the_page(parent: Parent, web: FakeWeb) -> None:
    tells(parent)
    web.say(web.received[0], "We said we would read it by Thu 26 Nov. We are late.", key="status.late")

    assert "We are late." in parent.opens().main


def test_when_nothing_is_said_the_words_are_still_acknowledged(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.answer = None
    page = parent.sends(page, "thank you")

    assert page.heading == "We have kept that too"
    assert "RIVER 482" in page.main


def test_asking_to_be_told_lets_the_cookie_live_longer_until_leave_or_no(parent: Parent, web: FakeWeb) -> None:
    web.answer = answers(("Shall we tell you?", "ask.consent_changes", TELL))
    page = tells(parent)
    yes = parent.posts(page, choice="changes_yes", follow=False).headers["Set-Cookie"]
    more = parent.posts(parent.opens(), "And another thing", follow=False).headers["Set-Cookie"]
    no = parent.posts(parent.opens(), choice="changes_no", follow=False).headers["Set-Cookie"]

    assert f"Max-Age={180 * 24 * 3600}" in yes
    assert f"Max-Age={180 * 24 * 3600}" in more
    assert "Max-Age" not in no


def test_to_delete_everything_is_a_button_after_a_second_question(parent: Parent, web: FakeWeb) -> None:
    tells(parent)
    web.answer = answers(("Delete everything you sent us? If so, reply DELETE 482.", "delete.confirm", ()))
    page = parent.sends(parent.opens("/chat/options"), act="delete")
    assert "say:DELETE 482" in page.acts
    parent.sends(page, act="say:DELETE 482")

    assert [message.text for message in web.received[1:]] == ["DELETE", "DELETE 482"]


def test_what_only_looks_like_a_reference_is_none(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.answer = answers(("If so, reply DELETE 482. Or ring NHS 111.", "said", ()))
    page = parent.sends(page, act="done")

    assert page.links["111"] == "tel:111"
    assert page.main.count("RIVER 482") == 1


def test_options_are_for_those_who_have_sent_something(parent: Parent) -> None:
    assert parent.opens("/chat/options").heading == "Tell us what happened, good or bad"


# --- danger -------------------------------------------------------------------------------------------------------------


def test_after_danger_there_is_no_question_and_nothing_of_what_was_written(parent: Parent, web: FakeWeb) -> None:
    web.answer = WARNS
    page = tells(parent, DANGER)

    assert page.heading == "If anyone is in danger now, ring 999."
    assert page.title.startswith("Please read this")
    assert "We have kept your message." in page.main
    assert page.links["999"] == "tel:999"
    assert page.links["0800 1111"] == "tel:08001111"
    assert DANGER not in page.html
    assert page.box == ""
    assert set(page.acts) == {"send", "human"}


def test_help_is_shown_before_the_turn_is_taken(parent: Parent, web: FakeWeb, pauses: list[float]) -> None:
    web.answer = WARNS
    answer = parent.posts(parent.opens(), DANGER, follow=False)
    web.waiting.add(web.received[0].sender)
    page = parent.opens(answer.location)

    assert "ring 999" in page.main
    assert not pauses


def test_the_numbers_stay_in_sight_while_the_talk_lasts(parent: Parent, web: FakeWeb) -> None:
    web.answer = WARNS
    page = tells(parent, DANGER)
    web.answer = answers(("We have kept that too.", "after_danger.kept", ()))
    page = parent.sends(page, "I do not know what to do")

    assert page.kept == "We have kept that too."
    assert "0800 1111" in page.main


def test_words_after_danger_are_acknowledged_even_in_silence(parent: Parent, web: FakeWeb) -> None:
    web.answer = WARNS
    page = tells(parent, DANGER)
    web.answer = None

    assert parent.sends(page, "Sorry").kept == "We have kept that too"


def test_months_later_the_old_danger_is_not_on_the_screen(parent: Parent, web: FakeWeb) -> None:
    web.answer = WARNS
    page = tells(parent, DANGER)
    web.answer = answers(("Welcome back. Ref MAPLE 300. The SEND team reads it by Mon 1 Mar.", "back.story", ()))
    page = parent.sends(page, "School again")

    assert "0800 1111" not in page.main
    assert "MAPLE 300" in page.main


def test_danger_is_kept_however_fast_it_comes(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    for n in range(30):
        page = parent.sends(page, f"more {n}", asked="")
    assert page.status == 429
    web.answer = WARNS

    assert "ring 999" in parent.sends(page, DANGER, asked="").main


# --- waiting ------------------------------------------------------------------------------------------------------------


def test_a_page_waits_two_seconds_for_the_worker_and_then_says_the_words_are_kept(
    parent: Parent, web: FakeWeb, pauses: list[float]
) -> None:
    web.answer = lambda web, message: web.waiting.add(message.sender)
    page = tells(parent)

    assert sum(pauses) == pytest.approx(2)
    assert page.heading == "We have kept what you wrote"
    assert page.links["Continue"] == "/chat"


def test_a_page_shows_the_answer_as_soon_as_it_is_there(app: Flask, web: FakeWeb) -> None:
    def work(seconds: float) -> None:
        if len(slept) == 3:
            web.waiting.clear()
            ASKS(web, web.received[-1])
        slept.append(seconds)

    slept: list[float] = []
    web.answer = lambda web, message: web.waiting.add(message.sender)
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(store=web, intake=web, clock=web.clock, secret_key=KEY, public_url="http://x", pause=work)  # type: ignore[arg-type]
    )

    assert tells(Parent(app.test_client(), web)).heading == "May public reports use your words?"
    assert len(slept) == 4


# --- when something is wrong --------------------------------------------------------------------------------------------


def test_an_empty_box_is_a_plain_error(parent: Parent, web: FakeWeb) -> None:
    page = parent.sends(parent.opens(), " \r\n ", speaker="professional")

    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert "The box is empty" in page.error
    assert 'value="professional" checked' in page.html
    assert not web.lines


def test_no_answer_chosen_is_a_plain_error_on_the_same_question(parent: Parent) -> None:
    page = parent.sends(tells(parent))

    assert page.heading == "May public reports use your words?"
    assert "Choose an answer" in page.error


def test_a_store_that_is_down_loses_nothing_and_sending_again_doubles_nothing(parent: Parent, web: FakeWeb) -> None:
    first = parent.opens()
    web.is_down = True
    page = parent.sends(first, STORY)
    assert (page.status, page.box) == (503, STORY)
    web.is_down = False
    page = parent.sends(page, STORY)
    parent.sends(first, STORY)

    assert page.kept == PROMISE
    assert len(web.received) == 1


def test_an_answer_that_could_not_be_kept_is_ready_to_be_sent_again(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.is_down = True
    page = parent.sends(page, choice="words_no")
    assert page.status == 503
    web.is_down = False
    parent.sends(page)

    assert web.received[1].choice == "words_no"


def test_a_button_that_could_not_be_kept_is_ready_to_be_pressed_again(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    web.is_down = True
    page = parent.sends(page, act="skip")
    web.is_down = False
    parent.sends(page, act=page.acts[0])

    assert web.received[1].text == "SKIP"


def test_a_store_that_is_down_while_looking_is_a_plain_page(parent: Parent, web: FakeWeb) -> None:
    tells(parent)
    web.is_down = True
    page = parent.opens()

    assert page.status == 503
    assert "ring 999" in page.main


def test_a_fault_of_ours_is_a_plain_page_and_its_log_holds_no_words(
    parent: Parent, web: FakeWeb, caplog: pytest.LogCaptureFixture
) -> None:
    page = parent.opens()
    web.fault = RuntimeError(f"while keeping {STORY}")
    with caplog.at_level(logging.ERROR):
        page = parent.sends(page, STORY)

    assert (page.status, page.box) == (503, STORY)
    assert "RuntimeError" in caplog.text
    assert STORY not in caplog.text


def test_over_256_kilobytes_is_refused_in_plain_words(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent, "x" * 300_000)

    assert page.status == 413
    assert "too long" in page.main
    assert not web.lines


def test_a_body_that_is_no_form_is_refused_in_plain_words(parent: Parent, web: FakeWeb) -> None:
    answer = parent.client.post("/chat", data=b"&".join([b"a=1"] * 100), content_type="application/x-www-form-urlencoded")

    assert Page(answer).status == 400


def test_words_sent_by_another_site_are_not_kept_until_the_person_sends_them(parent: Parent, web: FakeWeb) -> None:
    """Another site could otherwise speak as a family, or put its own session under their words."""
    page = parent.opens()
    data = {**page.hidden(), "text": STORY}
    answer = Page(parent.client.post("/chat", data=data, headers={"Sec-Fetch-Site": "cross-site"}))

    assert answer.status == 403
    assert answer.box == STORY
    assert answer.hidden()["session"] != page.hidden()["session"]
    assert not web.lines
    assert "Set-Cookie" not in answer.answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://earshot.example"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://odd.example"}, 303),
        ({}, 303),
    ],
)
def test_old_browsers_are_judged_by_the_origin_they_name(parent: Parent, headers: dict[str, str], status: int) -> None:
    data = {**parent.opens().hidden(), "text": STORY}

    assert parent.client.post("/chat", data=data, headers=headers).status_code == status


def test_a_browser_without_cookies_is_told_that_the_words_are_kept(app: Flask, web: FakeWeb) -> None:
    client = app.test_client(use_cookies=False)
    page = tells(Parent(client, web))

    assert page.heading == "We have kept what you wrote"
    assert "cookie" in page.main
    assert len(web.received) == 1


def test_a_stale_or_forged_cookie_is_nobody(parent: Parent, web: FakeWeb) -> None:
    parent.client.set_cookie("earshot_talk", "é~~\x7f", path="/chat")

    assert parent.opens().heading == "Tell us what happened, good or bad"


# --- leaving ------------------------------------------------------------------------------------------------------------


def test_leave_goes_to_a_neutral_page_and_shuts_the_way_back(parent: Parent, web: FakeWeb) -> None:
    tells(parent)
    answer = parent.client.get("/chat/leave")

    assert answer.status_code == 303
    assert answer.location == "https://www.bbc.co.uk/weather"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert parent.opens().heading == "Tell us what happened, good or bad"
    assert len(web.received) == 1


def test_the_script_shuts_the_way_back_too(parent: Parent) -> None:
    tells(parent)

    assert parent.client.post("/chat/leave").status_code == 204
    assert parent.opens().heading == "Tell us what happened, good or bad"


# --- Easy Read ----------------------------------------------------------------------------------------------------------


def test_easy_read_is_chosen_by_a_link_and_told_to_the_bot(parent: Parent, web: FakeWeb) -> None:
    page = parent.opens(parent.opens().links["Easy Read"])
    assert page.heading == "Tell us what happened"
    parent.sends(page, STORY)

    assert web.received[0].locale == EASY_READ


def test_easy_read_is_remembered(parent: Parent) -> None:
    parent.sends(parent.opens("/chat?locale=en-x-easyread"), STORY)

    assert 'class="easy"' in parent.opens("/chat").html


def test_in_the_middle_of_a_talk_the_bot_is_asked_for_easy_read_by_its_word(parent: Parent, web: FakeWeb) -> None:
    page = tells(parent)
    parent.sends(page, act="say:EASY READ", locale="en-x-easyread")

    assert '<button class="btn plain" name="act" value="say:EASY READ"' in page.html
    assert (web.received[1].text, web.received[1].locale) == ("EASY READ", EASY_READ)


def test_an_unknown_locale_is_english(parent: Parent) -> None:
    assert parent.opens("/chat?locale=tlh").heading == "Tell us what happened, good or bad"


def test_easy_read_says_one_thing_a_line(parent: Parent, web: FakeWeb) -> None:
    page = parent.sends(parent.opens("/chat?locale=en-x-easyread"), STORY)
    (kept,) = [div for div in page.all("div") if div.get("class") == "kept"]

    assert len(list(kept.iter("p"))) == 3


# --- the door -----------------------------------------------------------------------------------------------------------


class TestPages(DoorContract):
    limit = 1_000_000  # there is no provider, and so no limit of one

    @pytest.fixture
    def door(self) -> Door:
        return Pages()

    @pytest.fixture
    def address(self) -> Address:
        return Address("web", "a-page")


def test_the_plain_pages_wait_for_no_burst() -> None:
    assert Pages().traits.settle == timedelta(0)
    assert Pages().name == PAGES
