"""From Meta's webhook to what goes back, on the real road: gate, intake, turns, outbox and door, on both kinds of store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.events import Event
from bot.model import Address, ChannelName
from bot.outgoing import OutboundState
from channels.messenger import Messenger
from channels.page_comments import CommentsDoor
from storage.database import Database
from storage.tables import experience
from tests.bot.street import Street
from tests.channels.graph_stand_in import Graph, Trouble
from tests.channels.messenger_payloads import APP_ID, NOW, PAGE_ID, PARENT, PERSON, entry, event, found, page, payload, said
from tests.journeys import stage


class MessengerStreet(Street):
    """The street as Meta sees it: webhooks come in, and what is said goes to the stand-in."""

    def __init__(self, database: Database, graph: Graph) -> None:
        super().__init__(database, channel="messenger")
        self.graph = graph
        self.clock.at = NOW
        graph.now = lambda: self.clock.at

    def told(self, *webhooks: Sequence[Event]) -> list[str]:
        """Take these webhooks in, one burst; returns what was sent for them."""
        before = len(self.graph.taken)
        for events in webhooks:
            self.graph.heard_at[PARENT] = self.clock.at
            self.intake.receive(events)
        self.later(seconds=10)
        self.all_turns()
        self.deliver()
        return [taken.text for taken in self.graph.taken[before:]]

    def states(self) -> list[str]:
        return [row.state for row in self.rows("outbound")]


@pytest.fixture
def street(database: Database, graph: Graph, messenger: Messenger, monkeypatch: pytest.MonkeyPatch) -> MessengerStreet:
    """The stage would only note what is said; here it goes out of the door itself."""
    monkeypatch.setattr(stage, "_door", lambda _: messenger)
    monkeypatch.setattr(stage, "Noted", lambda door: door)
    monkeypatch.setitem(stage.ADDRESSES, "messenger", PERSON)
    return MessengerStreet(database, graph)


@pytest.fixture
def under_posts(database: Database, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> MessengerStreet:
    """The same for comments."""
    monkeypatch.setattr(stage, "_door", lambda _: CommentsDoor(page(api_url=graph.url)))
    monkeypatch.setattr(stage, "Noted", lambda door: door)
    monkeypatch.setitem(stage.ADDRESSES, "comments", Address("comment", "24680000000000001"))
    return MessengerStreet(database, graph)


def words(text: str, mid: str) -> Sequence[Event]:
    return found(entry(said(text, mid=mid)))


def test_f3_the_same_message_twice_is_kept_and_answered_once_within_a_body_and_across_bodies(street: MessengerStreet) -> None:
    answers = street.told(found(payload("text_twice")), found(payload("text_twice")))

    assert len(street.rows("inbound")) == 1
    assert len([answer for answer in answers if "Ref" in answer]) == 1


def test_f9_the_first_button_is_welcomed_and_asked_nothing(street: MessengerStreet) -> None:
    (welcome,) = street.told(found(payload("get_started")))

    assert welcome.startswith("Hello. Tell us what happened")
    assert "SKIP" not in welcome


def test_f9_the_first_button_pressed_twice_is_welcomed_once(street: MessengerStreet) -> None:
    street.told(found(payload("get_started_without_mid")))

    assert street.told(found(payload("get_started_without_mid"))) == []


def test_who_said_stop_and_begins_again_with_the_button_is_heard_again(street: MessengerStreet) -> None:
    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    street.told(words("STOP", "m_2"))
    assert street.told(words("and another thing", "m_3")) == []

    assert len(street.told(found(payload("get_started")))) == 1
    assert street.facts()["opted_out"] is False


def test_f12_who_only_followed_a_link_is_not_spoken_to_and_the_link_is_remembered(street: MessengerStreet) -> None:
    assert street.told(found(payload("link_opened_in_a_talk"))) == []

    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    with street.database.reading() as connection:
        refs = connection.scalars(select(experience.c.ref)).all()
    assert refs == ["library-poster"]


def test_f14_who_sent_a_reel_is_answered(street: MessengerStreet) -> None:
    assert len(street.told(found(payload("reel")))) == 2  # that it is kept, and what to do


def test_f18_our_own_echoes_silence_nobody(street: MessengerStreet) -> None:
    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    echoes = [
        {
            "sender": {"id": PAGE_ID},
            "recipient": {"id": PARENT},
            "message": {**call.content["message"], "mid": taken.mid, "is_echo": True, "app_id": int(APP_ID)},
        }
        for call, taken in zip(street.graph.calls, street.graph.taken, strict=True)
    ]
    street.intake.receive(found(entry(*echoes)))

    assert len(street.told(words("It happens every Monday", "m_2"))) == 1


def test_f18_while_a_person_at_the_page_answers_the_bot_is_silent_and_the_words_are_kept(street: MessengerStreet) -> None:
    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    street.intake.receive(found(payload("echo_of_a_person_at_the_inbox")))

    assert street.told(words("Thank you, it is every Monday that nobody comes", "m_2")) == []
    assert "Thank you, it is every Monday that nobody comes" in street.facts()["kept"]

    street.intake.receive(found(payload("control_passed_to_us")))
    assert len(street.told(words("And it happened today too, at the same stop", "m_3"))) == 1


def test_a_pressed_button_answers_its_question(street: MessengerStreet) -> None:
    street.told(words("The taxi to Example School in Taunton was late again and nobody rang us " * 5, "m_1"))
    street.told(words("SKIP", "m_1b"))
    asked = street.graph.calls[-1].content["message"]["quick_replies"]
    answer = found(entry(said(asked[1]["title"], mid="m_2", quick_reply={"payload": asked[1]["payload"]})))

    street.told(answer)
    assert street.facts()["consents"] == {"words_in_public": False}


def test_a_thumb_under_the_question_is_no_yes(street: MessengerStreet) -> None:
    street.told(words("The taxi to Example School in Taunton was late again and nobody rang us " * 5, "m_1"))
    street.told(words("SKIP", "m_1b"))
    assert "quick_replies" in street.graph.calls[-1].content["message"]

    street.told(found(payload("thumb_new_form")), found(payload("reaction_thumb")))

    assert street.facts()["consents"] == {}


def test_a_receipt_moves_a_message_up_by_metas_id(street: MessengerStreet) -> None:
    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    street.intake.receive(found(entry(event(delivery={"mids": [street.graph.taken[0].mid], "watermark": 1}))))

    assert street.states() == ["delivered", "sent"]


def test_an_echo_tells_of_a_message_whose_answer_was_lost_and_it_is_not_sent_twice(street: MessengerStreet) -> None:
    street.graph.fail_next(Trouble(drop=True, accepted=True))
    street.told(words("The taxi was late again and nobody rang us", "m_1"))
    (call,), (taken,) = street.graph.calls, street.graph.taken
    assert street.states()[0] == OutboundState.UNKNOWN.value
    echo = {**call.content["message"], "mid": taken.mid, "is_echo": True, "app_id": int(APP_ID)}

    street.intake.receive(found(entry({"sender": {"id": PAGE_ID}, "recipient": {"id": PARENT}, "message": echo})))
    street.later(minutes=5)
    street.deliver()

    assert len({taken.text for taken in street.graph.taken}) == len(street.graph.taken) == 2
    assert street.states() == ["sent", "sent"]


def test_where_no_echo_comes_meta_is_asked_and_it_is_not_sent_twice_either(street: MessengerStreet) -> None:
    street.graph.fail_next(Trouble(drop=True, accepted=True))
    street.told(words("The taxi was late again and nobody rang us", "m_1"))

    for _ in range(3):
        street.later(seconds=20)
        street.deliver()

    assert len({taken.text for taken in street.graph.taken}) == len(street.graph.taken) == 2
    assert street.states() == ["sent", "sent"]


def test_danger_in_an_edited_message_is_answered(street: MessengerStreet) -> None:
    street.told(found(payload("text")))
    edited = event(message_edit={"mid": "m_text1", "text": "he has taken all the tablets", "num_edit": 1})

    answers = street.told(found(entry(edited)))

    assert any("999" in answer for answer in answers)


def test_a_day_later_nothing_of_the_bots_goes_and_the_row_says_why(street: MessengerStreet) -> None:
    street.intake.receive(words("The taxi was late again and nobody rang us", "m_1"))
    street.later(days=2)
    street.all_turns()
    street.deliver()

    assert street.graph.taken == []
    assert set(street.states()) == {OutboundState.WITHHELD.value}


def test_the_channel_is_the_one_the_script_knows(street: MessengerStreet) -> None:
    assert street.channel.traits.settle == stage.script().settle(ChannelName("messenger")) == timedelta(seconds=10)


def test_a_comment_is_recorded_and_neither_answered_nor_feedback(under_posts: MessengerStreet) -> None:
    under_posts.told(found(payload("comment_added")))

    assert under_posts.graph.calls == []
    assert [row.text for row in under_posts.rows("inbound")] == ["Nobody rang us back"]
    assert under_posts.facts()["references"] == []


def test_danger_in_a_comment_is_told_to_people_and_nothing_is_said_in_public(under_posts: MessengerStreet) -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "1_2", "message": "he has taken all the tablets"}
    under_posts.told(found(entry(changes=[{"field": "feed", "value": value}])))

    assert len(under_posts.store.alerts_due(under_posts.clock.at)) == 1
    assert under_posts.rows("outbound") == []
