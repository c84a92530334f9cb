"""What holds for every channel, written once: a channel's test class inherits these and gives the fixtures they ask for.

A new rule for channels goes here, so that it binds all of them at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.errors import BadSignature, BadWebhook, SendError
from bot.events import Event
from bot.model import Address, InboundMessage
from bot.outgoing import Choice, Outgoing, Sent, Spoken
from channels.base import Door, Gate, Webhook
from channels.segments import BODY_LIMIT

WORDS = "nobody rang us back"
YES_NO = (Choice("yes", "Yes"), Choice("no", "No, team only"))

HOSTILE = {
    "nothing": b"",
    "brackets": b"[" * 20_000 + b"]" * 20_000,
    "brackets in a field": b"MessageSid=SM1&From=%2B447700900123&ChannelMetadata=" + b"%5B" * 20_000,
    "not UTF-8": b"\xff\xfe\xfd",
    "not UTF-8 in the words": b"MessageSid=SM1&From=%2B447700900123&Body=%FF%FE",
    "half of a pair": b"MessageSid=SM1&From=%2B447700900123&Body=%ED%A0%80",
    "NUL": b"MessageSid=SM1%00&From=%2B447700900123%00&Body=a%00b",
    "a stray percent": b"MessageSid=%&From=%zz&Body=%",
    "very many fields": b"&".join(b"f%d=1" % number for number in range(20_000)),
    "very long": b"MessageSid=" + b"S" * 200_000,
    "a number too long to count": b"MessageSid=SM1&From=%2B447700900123&Latitude=" + b"9" * 5_000 + b"&Longitude=1e999",
    "nothing but signs": b"&&&===&=&",
    "JSON of another kind": b'["nobody", 1]',
    "JSON of odd kinds": b'{"object": 1, "entry": {"id": []}, "message": [], "update_id": "x"}',
    "half of a pair in JSON": b'{"object": "page\\ud800", "entry": [{"messaging": [{"message": {"text": "\\udc00"}}]}]}',
    "a number too long for JSON": b'{"update_id": ' + b"9" * 5_000 + b"}",
}


class GateContract:
    """For a webhook address. ``genuine`` holds one message with ``WORDS`` in it; ``sign`` signs any body as the provider does.

    ``signs_address``: whether the provider's signature is over the address too (Twilio's is, Meta's is over the body alone).
    ``signs_body``: whether there is a signature at all, and not only a secret that comes with every request (Telegram).
    """

    signature_header: str
    signs_address = True
    signs_body = True

    @pytest.fixture
    def gate(self) -> Gate:
        raise NotImplementedError

    @pytest.fixture
    def genuine(self) -> Webhook:
        raise NotImplementedError

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        raise NotImplementedError

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        raise NotImplementedError

    def test_what_the_provider_signed_is_let_in(self, gate: Gate, genuine: Webhook) -> None:
        gate.verify(genuine)

    def test_a_request_without_a_signature_is_refused(self, gate: Gate, genuine: Webhook) -> None:
        unsigned = {name: value for name, value in genuine.headers.items() if name != self.signature_header}

        with pytest.raises(BadSignature):
            gate.verify(replace(genuine, headers=unsigned))

    @pytest.mark.parametrize(
        "given", ["", " ", "x", "Ā", "é" * 28, "\udcff", "\x00", "A" * 100_000, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    )
    def test_a_wrong_signature_is_refused_and_nothing_else_happens(self, gate: Gate, genuine: Webhook, given: str) -> None:
        with pytest.raises(BadSignature):
            gate.verify(replace(genuine, headers={**genuine.headers, self.signature_header: given}))

    def test_a_changed_body_is_refused(self, gate: Gate, genuine: Webhook) -> None:
        if not self.signs_body:
            pytest.skip("this provider signs nothing; a secret comes with each request")
        changed = genuine.body.replace(b"nobody", b"nobodY")
        assert changed != genuine.body

        with pytest.raises(BadSignature):
            gate.verify(replace(genuine, body=changed))

    def test_a_body_signed_for_another_address_is_refused(self, gate: Gate, genuine: Webhook) -> None:
        if not self.signs_address:
            pytest.skip("this provider signs the body alone")
        with pytest.raises(BadSignature):
            gate.verify(replace(genuine, url=genuine.url.replace("earshot", "elsewhere")))

    def test_the_words_arrive_as_they_were_written(self, gate: Gate, genuine: Webhook) -> None:
        (event,) = gate.parse(genuine)

        assert isinstance(event, InboundMessage)
        assert WORDS in event.text

    def test_a_repeat_has_the_same_name(self, gate: Gate, genuine: Webhook) -> None:
        first, second = (gate.parse(genuine)[0] for _ in range(2))

        assert isinstance(first, InboundMessage)
        assert isinstance(second, InboundMessage)
        assert first.external_id
        assert (first.channel, first.account, first.external_id) == (second.channel, second.account, second.external_id)

    @pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
    def test_a_strange_body_is_read_or_refused_and_nothing_else_happens(
        self, gate: Gate, sign: Callable[[bytes], Webhook], body: bytes
    ) -> None:
        webhook = sign(body)
        gate.verify(webhook)

        try:
            events = gate.parse(webhook)
        except BadWebhook:
            return
        assert all(isinstance(event, Event) for event in events)

    def test_the_provider_is_answered_with_success(self, gate: Gate) -> None:
        assert 200 <= gate.answer().status < 300

    def test_no_secret_shows_when_a_gate_is_printed(self, gate: Gate, secrets: Sequence[str]) -> None:
        shown = repr(gate) + str(gate) + "".join(repr(value) for value in vars(gate).values())

        assert not any(secret in shown for secret in secrets)

    def test_nothing_of_a_person_is_printed_or_logged(
        self, gate: Gate, genuine: Webhook, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        gate.verify(genuine)
        (event,) = gate.parse(genuine)

        assert isinstance(event, InboundMessage)
        shown = caplog.text + repr(genuine)
        assert WORDS not in shown
        assert event.sender.path not in shown


class DoorContract:
    """For the way out. ``address`` is one this channel can write to; ``failures`` are what can go wrong, each a call away."""

    limit = BODY_LIMIT

    @pytest.fixture
    def door(self) -> Door:
        raise NotImplementedError

    @pytest.fixture
    def address(self) -> Address:
        raise NotImplementedError

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return ()

    @pytest.fixture
    def failures(self) -> Sequence[Callable[[], None]]:
        return ()

    @pytest.fixture
    def outgoing(self, door: Door, address: Address) -> Outgoing:
        return Outgoing(id=UUID(int=7), channel=door.name, address=address, text=f"Thank you: {WORDS}.")

    def test_a_channel_has_a_name_and_sane_traits(self, door: Door) -> None:
        assert door.name
        assert door.name == door.name.lower()
        assert timedelta(0) <= door.traits.settle <= timedelta(seconds=60)
        assert door.traits.service_window is None or door.traits.service_window > timedelta(0)

    @pytest.mark.parametrize("words", ["", "a", WORDS, "🚌" * 900, "word " * 1200, "x" * 5000, "Zażółć “nie” " * 300])
    def test_whatever_is_said_there_is_a_part_and_each_is_within_the_limit(self, door: Door, words: str) -> None:
        parts = door.render(Spoken(words, YES_NO))

        assert parts
        assert all(len(part.text.encode("utf-16-le")) // 2 <= self.limit for part in parts)

    def test_no_word_is_lost_in_a_long_text(self, door: Door) -> None:
        words = [f"word{number}" for number in range(900)]
        parts = door.render(Spoken(" ".join(words)))

        assert " ".join(part.text for part in parts).split() == words

    def test_every_choice_can_be_seen_and_taken(self, door: Door) -> None:
        *_, last = door.render(Spoken("May we?", YES_NO))

        assert last.choices == YES_NO or last.text.splitlines()[-2:] == ["1 Yes", "2 No, team only"]

    def test_a_message_is_sent(self, door: Door, outgoing: Outgoing) -> None:
        assert isinstance(door.send(outgoing), Sent)

    def test_whatever_fails_is_a_send_error_that_gives_nobody_away(
        self,
        door: Door,
        outgoing: Outgoing,
        failures: Sequence[Callable[[], None]],
        secrets: Sequence[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for fail in failures:
            fail()
            with pytest.raises(SendError) as raised:
                door.send(outgoing)
            shown = f"{raised.value} {raised.value!r} {raised.value.__cause__!r} {raised.value.code}{caplog.text}"
            assert str(raised.value)
            assert not any(private in shown for private in (WORDS, outgoing.address.path, *secrets))

    def test_no_secret_shows_when_a_door_is_printed(self, door: Door, secrets: Sequence[str]) -> None:
        shown = repr(door) + str(door) + "".join(repr(value) for value in vars(door).values())

        assert not any(secret in shown for secret in secrets)
