"""The talk on a handset's screen: in order, with small print that is true."""

from datetime import datetime, timedelta

from bot.records import ChatLine
from demo.clock import DemoClock
from demo.page import on_its_way
from demo.provider import Provider
from demo.talks import Bubble, talk
from demo.wire import exchanges
from tests.demo.fakes import TEN, DeadEnd, answer, handset


def line(seq: int, text: str, *, at: datetime = TEN) -> ChatLine:
    return ChatLine(seq=seq, sender="parent", text=text, choices=(), at=at)


class Stage:
    """A handset and its provider, on one clock."""

    def __init__(self, channel: str = "sms", road: DeadEnd | None = None) -> None:
        self.clock = DemoClock(TEN)
        self.provider = Provider(now=self.clock.now)
        self.phone = handset(channel, self.clock, road=road, provider=self.provider)

    def says(self, text: str, *, after: int = 5) -> None:
        self.clock.move_on(timedelta(seconds=after))
        self.phone.say(text)

    def hears(self, text: str, *, after: int = 25) -> None:
        self.clock.move_on(timedelta(seconds=after))
        answer(self.provider, self.phone, text)

    def talk(self, *lines: ChatLine) -> tuple[Bubble, ...]:
        return talk(self.phone, lines)


def test_both_sides_stand_in_the_order_of_time() -> None:
    stage = Stage()
    stage.says("taxi late")
    stage.hears("Thank you")
    stage.says("1")

    assert [(bubble.mine, bubble.text) for bubble in stage.talk()] == [(True, "taxi late"), (False, "Thank you"), (True, "1")]


def test_only_what_reached_the_provider_stands_on_the_phone() -> None:
    stage = Stage()
    stage.says("taxi late")
    written_but_not_sent = ChatLine(seq=2, sender="earshot", text="Thank you", choices=(), at=TEN)

    assert [bubble.text for bubble in stage.talk(line(1, "taxi late"), written_but_not_sent)] == ["taxi late"]


def test_the_wait_is_counted_from_the_last_message_of_the_burst() -> None:
    stage = Stage()
    stage.says("taxi late")
    stage.says("again")
    stage.hears("Thank you", after=25)

    assert stage.talk()[-1].after == timedelta(seconds=25)


def test_a_second_bubble_of_one_reply_has_no_wait_of_its_own() -> None:
    stage = Stage()
    stage.says("taxi late")
    stage.hears("Thank you")
    stage.hears("Which school?", after=0)

    assert stage.talk()[-1].after is None


def test_only_the_end_of_a_burst_is_marked() -> None:
    stage = Stage()
    stage.says("taxi late")
    stage.says("again")

    assert [bubble.ends_burst for bubble in stage.talk()] == [False, True]


def test_a_text_costs_segments() -> None:
    stage = Stage()
    stage.hears("x" * 161)

    length = stage.talk()[0].length
    assert length is not None
    assert (length.segments, length.units) == (2, 161)


def test_a_whatsapp_message_costs_none() -> None:
    stage = Stage("whatsapp")
    stage.hears("Thank you")

    assert stage.talk()[0].length is None


def test_a_message_knows_the_number_it_was_accepted_under() -> None:
    stage = Stage()
    stage.says("hi")
    stage.says("hi")

    assert [bubble.seq for bubble in stage.talk(line(7, "hi"), line(9, "hi"))] == [7, 9]


def test_words_that_were_erased_stay_on_the_phone_without_a_number() -> None:
    stage = Stage()
    stage.says("my story")
    stage.says("hello again")

    assert [bubble.seq for bubble in stage.talk(line(12, "hello again"))] == [None, 12]


def test_a_message_that_was_refused_is_shown_as_lost() -> None:
    stage = Stage(road=DeadEnd(503))
    stage.says("taxi late")

    assert [(bubble.lost, bubble.answer) for bubble in stage.talk()] == [(True, 503)]


def test_a_word_the_network_acts_on_is_marked_on_texts_alone() -> None:
    text, whatsapp = Stage("sms"), Stage("whatsapp")
    text.says("Stop")
    whatsapp.says("Stop")

    assert text.talk()[0].acted_on
    assert not whatsapp.talk()[0].acted_on


def test_the_exact_request_of_each_message_is_shown_under_its_name() -> None:
    stage = Stage()
    stage.says("taxi & bus")
    stage.hears("Thank you\n1 Yes")
    bubbles = stage.talk()
    wire = {exchange.name: exchange for exchange in exchanges([stage.phone])}

    assert "Body=taxi & bus" in wire[bubbles[0].exchange].request
    assert "X-Twilio-Signature: " in wire[bubbles[0].exchange].request
    assert "Body=Thank you\\n1 Yes" in wire[bubbles[1].exchange].request
    assert "StatusCallback=http://127.0.0.1:8000/webhooks/twilio/status?m=" in wire[bubbles[1].exchange].request


def test_the_newest_request_stands_first() -> None:
    stage = Stage()
    stage.says("one")
    stage.hears("two")

    assert [exchange.inbound for exchange in exchanges([stage.phone])] == [False, True]


def test_messages_to_strangers_are_not_shown() -> None:
    stage = Stage()
    answer(stage.provider, handset("sms", stage.clock, number="+447700900555"), "not for this page")

    assert exchanges([stage.phone]) == ()


def test_what_is_written_and_was_not_brought_is_on_its_way() -> None:
    stage = Stage()
    stage.says("taxi late")
    stage.hears("Thank you")
    lines = [
        ChatLine(seq=seq, sender="earshot", text=text, choices=(), at=TEN) for seq, text in ((2, "Thank you"), (3, "Which?"))
    ]

    assert on_its_way([line(1, "taxi late"), *lines], stage.phone) == 1
