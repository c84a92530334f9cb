"""Messages out through Messenger: ``requests``, unchanged, against the stand-in on the loopback.

FS1 to FS11 are rows of the table of known cases. Attachments (FS6) and the sign that somebody types (FS12) have no place in
``Outgoing``; broadcasts (FS2) are not sent at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import (
    ChannelMisconfigured,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
    WindowShut,
)
from bot.model import Address
from bot.outgoing import Choice, DeliveryStatus, Sent, Spoken
from channels.base import Door
from channels.messenger import Messenger
from tests.channels.contract import YES_NO, DoorContract
from tests.channels.graph_stand_in import Graph, Refusal, Trouble, graph_home, refused
from tests.channels.messenger_payloads import APP_SECRET, NOW, OURS, PAGE_ID, PAGE_TOKEN, PARENT, PERSON, outgoing, page

Case = tuple[Trouble, type[SendError], str | None]


UNDER_200 = Trouble(body='{"error": {"code": 190, "message": "Error validating access token"}}')

TROUBLES: Sequence[Case] = [
    (Trouble(drop=True), ProviderUncertain, None),
    (Trouble(drop=True, accepted=True), ProviderUncertain, None),
    (Trouble(status=500), ProviderUncertain, "500"),
    (Trouble(status=502, body="<html>"), ProviderUncertain, "502"),
    (Trouble(status=503, body="[" * 20_000), ProviderUncertain, "503"),
    (Trouble(status=408), ProviderUncertain, "408"),
    (Trouble(body="<html>not Meta</html>"), ProviderUncertain, None),
    (Trouble(body="[]"), ProviderUncertain, None),
    (Trouble(body="{}"), ProviderUncertain, None),
    (Trouble(body='{"recipient_id": "1"}'), ProviderUncertain, None),
    (Trouble(status=302), ChannelMisconfigured, "302"),
    (Trouble(status=401), ChannelMisconfigured, "401"),
    (Trouble(status=403), ChannelMisconfigured, "403"),
    (Trouble(status=404), ChannelMisconfigured, "404"),
    (Trouble(status=429), Throttled, "429"),
    (Trouble(status=400, body="[" * 20_000), Rejected, "400"),
    (Trouble(status=400, body='{"error": "no"}'), Rejected, "400"),
    (UNDER_200, ChannelMisconfigured, "190"),
    (refused(1, status=500), ProviderUncertain, "1"),
    (refused(2, status=500), ProviderUnavailable, "2"),
    (refused(1200, status=500), ProviderUnavailable, "1200"),
    (refused(4, status=403), Throttled, "4"),
    (refused(32, status=403), Throttled, "32"),
    (refused(613, status=403), Throttled, "613"),
    (refused(80006), Throttled, "80006"),
    (refused(10, status=403), ChannelMisconfigured, "10"),
    (refused(10, 2018278, status=403), WindowShut, "10/2018278"),
    (refused(10, 1893063, status=403), ChannelMisconfigured, "10/1893063"),
    (refused(10, 2018300, status=403), Rejected, "10/2018300"),
    (refused(100), Rejected, "100"),
    (refused(100, 2018001), ContactUnreachable, "100/2018001"),
    (refused(100, 4), Rejected, "100/4"),
    (refused(190, 463, status=401), ChannelMisconfigured, "190/463"),
    (refused(200, status=403), ChannelMisconfigured, "200"),
    (refused(200, 1545041, status=403), ContactUnreachable, "200/1545041"),
    (refused(551, 1545041), ContactUnreachable, "551/1545041"),
    (refused(551), ContactUnreachable, "551"),
    (refused(368, status=403), ChannelMisconfigured, "368"),
    (refused(99_999), Rejected, "99999"),
]


class TestMessenger(DoorContract):
    limit = 2000

    @pytest.fixture
    def door(self, messenger: Messenger) -> Door:
        return messenger

    @pytest.fixture
    def address(self) -> Address:
        return PERSON

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (PAGE_TOKEN, APP_SECRET)

    @pytest.fixture
    def failures(self, graph: Graph) -> Sequence[Callable[[], None]]:
        said = f"(#100) No matching user found: {PARENT} https://graph.facebook.com/{PARENT}"
        troubles = [trouble for trouble, _, _ in TROUBLES] + [refused(100, 2018001, said=said)]
        return [lambda trouble=trouble: graph.fail_next(trouble) for trouble in troubles]  # type: ignore[misc]


def test_fs3_an_answer_goes_as_an_answer_with_our_own_id(graph: Graph, messenger: Messenger) -> None:
    sent = messenger.send(outgoing(messenger, "Thank you, we have kept that."))

    (call,) = graph.calls
    assert (call.method, call.path) == ("POST", f"/v25.0/{PAGE_ID}/messages")
    assert call.content == {
        "recipient": {"id": PARENT},
        "messaging_type": "RESPONSE",
        "message": {"text": "Thank you, we have kept that.", "metadata": str(OURS)},
    }
    assert sent == Sent(graph.taken[0].mid, DeliveryStatus.SENT)


def test_the_token_stands_in_a_header_and_in_no_address(graph: Graph, messenger: Messenger) -> None:
    messenger.send(outgoing(messenger))

    (call,) = graph.calls
    assert call.headers["Authorization"] == f"Bearer {PAGE_TOKEN}"
    assert list(call.query) == ["appsecret_proof"]
    assert PAGE_TOKEN not in str(call.query)


@pytest.mark.parametrize("ending", ["", "/", "/v25.0", "/v25.0/"])
def test_the_address_of_the_api_is_the_one_that_is_set_with_a_version_or_without(graph: Graph, ending: str) -> None:
    messenger = Messenger(page(api_url=f"{graph.url}{ending}"))

    messenger.send(outgoing(messenger))

    assert graph.calls[0].path == f"/v25.0/{PAGE_ID}/messages"


@pytest.mark.parametrize("secrets", [(APP_SECRET, "older"), ("not-yet-valid", APP_SECRET)])
def test_while_secrets_are_being_changed_either_will_do(graph: Graph, secrets: tuple[str, ...]) -> None:
    messenger = Messenger(page(api_url=graph.url, app_secrets=secrets))

    messenger.send(outgoing(messenger))

    assert len(graph.taken) == 1


def test_a_wrong_secret_is_a_matter_of_the_settings_and_the_message_waits(graph: Graph) -> None:
    messenger = Messenger(page(api_url=graph.url, app_secrets=("wrong",)))

    with pytest.raises(ChannelMisconfigured, match="META_APP_SECRET"):
        messenger.send(outgoing(messenger))
    assert graph.taken == []


def test_a_wrong_token_is_a_matter_of_the_settings(graph: Graph) -> None:
    messenger = Messenger(page(api_url=graph.url, token="wrong"))

    with pytest.raises(ChannelMisconfigured):
        messenger.send(outgoing(messenger))
    assert graph.taken == []


def test_fs1_what_a_person_writes_within_a_day_goes_as_an_answer(graph: Graph, messenger: Messenger) -> None:
    messenger.send(outgoing(messenger, by_person=True))

    assert graph.calls[0].content["messaging_type"] == "RESPONSE"


def test_fs1_what_a_person_writes_after_a_day_goes_as_theirs(graph: Graph, messenger: Messenger) -> None:
    graph.heard_at[PARENT] = NOW - timedelta(days=3)

    messenger.send(outgoing(messenger, by_person=True, thread={"late": "1"}))

    (call,) = graph.calls
    assert (call.content["messaging_type"], call.content["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert len(graph.taken) == 1


def test_fs1_where_the_window_has_shut_unnoticed_a_persons_words_go_as_theirs(graph: Graph, messenger: Messenger) -> None:
    graph.heard_at[PARENT] = NOW - timedelta(days=3)

    messenger.send(outgoing(messenger, by_person=True))

    assert [call.content["messaging_type"] for call in graph.calls] == ["RESPONSE", "MESSAGE_TAG"]
    assert len(graph.taken) == 1


@pytest.mark.parametrize("thread", [{}, {"late": "1"}])
def test_fs1_what_the_bot_says_never_goes_as_a_persons(graph: Graph, messenger: Messenger, thread: dict[str, str]) -> None:
    graph.heard_at[PARENT] = NOW - timedelta(days=3)

    with pytest.raises(WindowShut):
        messenger.send(outgoing(messenger, thread=thread))
    assert [call.content["messaging_type"] for call in graph.calls] == ["RESPONSE"]
    assert graph.taken == []


def test_fs1_after_seven_days_nobody_may_write(graph: Graph, messenger: Messenger) -> None:
    graph.heard_at[PARENT] = NOW - timedelta(days=8)

    with pytest.raises(WindowShut):
        messenger.send(outgoing(messenger, by_person=True))
    assert graph.taken == []


def test_fs4_choices_are_buttons_with_our_own_keys_and_lines_in_the_words(graph: Graph, messenger: Messenger) -> None:
    (part,) = messenger.render(Spoken("May public reports use your words?", YES_NO))
    messenger.send(outgoing(messenger, part.text, part.choices))

    message = graph.calls[0].content["message"]
    assert message["text"] == "May public reports use your words?\n1 Yes\n2 No, team only"
    assert message["quick_replies"] == [
        {"content_type": "text", "title": "Yes", "payload": "choice:yes"},
        {"content_type": "text", "title": "No, team only", "payload": "choice:no"},
    ]


def test_fs5_a_long_text_is_split_and_the_buttons_are_under_the_last_part(graph: Graph, messenger: Messenger) -> None:
    words = [f"word{number}" for number in range(500)]
    parts = messenger.render(Spoken(" ".join(words), YES_NO))
    for part in parts:
        messenger.send(outgoing(messenger, part.text, part.choices))

    assert len(parts) == 2
    assert ["quick_replies" in call.content["message"] for call in graph.calls] == [False, True]
    assert " ".join(taken.text for taken in graph.taken).split() == [*words, "1", "Yes", "2", "No,", "team", "only"]


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Exactly twenty signs", "Exactly twenty signs"),
        ("Only the people in the team", "Only the people in…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("👨‍👩‍👧 family family family", "👨‍👩‍👧 family…"),
        ("family of 👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "family of…"),
        ("", "1"),
    ],
)
def test_a_long_title_is_cut_after_a_word_and_never_within_a_sign(
    graph: Graph, messenger: Messenger, label: str, title: str
) -> None:
    messenger.send(outgoing(messenger, "Which?", (Choice("it", label),)))

    assert graph.calls[0].content["message"]["quick_replies"][0]["title"] == title


def test_there_are_never_more_buttons_than_meta_takes_and_the_rest_are_lines(graph: Graph, messenger: Messenger) -> None:
    many = tuple(Choice(f"k{number}", f"Answer {number}") for number in range(20))
    (part,) = messenger.render(Spoken("Which?", many))
    messenger.send(outgoing(messenger, part.text, part.choices))

    assert len(graph.calls[0].content["message"]["quick_replies"]) == 13
    assert part.text.endswith("20 Answer 19")


@pytest.mark.parametrize(("trouble", "kind", "code"), TROUBLES)
def test_fs7_to_fs11_each_answer_of_meta_is_the_error_we_act_on(
    graph: Graph, messenger: Messenger, trouble: Trouble, kind: type[SendError], code: str | None
) -> None:
    """FS7: no id. FS8: 403. FS9: 429. FS10: not JSON. FS11: an error under 200."""
    graph.fail_next(trouble)

    with pytest.raises(SendError) as raised:
        messenger.send(outgoing(messenger))
    assert type(raised.value) is kind
    assert raised.value.code == code


def test_metas_own_words_are_kept_for_the_office_without_any_number(graph: Graph, messenger: Messenger) -> None:
    with pytest.raises(ContactUnreachable) as raised:
        messenger.send(replace(outgoing(messenger), address=Address("messenger", "5199999999999999")))
    assert str(raised.value) == "Meta refused it: No matching user found: …"


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 2),
        ({"X-Business-Use-Case-Usage": json.dumps({PAGE_ID: [{"estimated_time_to_regain_access": 7}]})}, 7),
        ({"X-Business-Use-Case-Usage": json.dumps({PAGE_ID: [{"estimated_time_to_regain_access": 10**30}]})}, None),
        ({"X-Business-Use-Case-Usage": json.dumps({PAGE_ID: [{"estimated_time_to_regain_access": 10**9}]})}, 24 * 60),
        ({"X-Business-Use-Case-Usage": "[" * 5_000, "Retry-After": "60"}, 1),
        ({"X-Business-Use-Case-Usage": '{"1": [7, {"estimated_time_to_regain_access": "x"}], "2": 3}'}, None),
    ],
)
def test_fs9_the_pause_meta_asks_for_is_handed_on(
    graph: Graph, messenger: Messenger, headers: dict[str, str], minutes: int | None
) -> None:
    graph.fail_next(Trouble(refusal=Refusal(code=32, status=403), headers=headers))

    with pytest.raises(Throttled) as raised:
        messenger.send(outgoing(messenger))
    assert raised.value.retry_after == (None if minutes is None else timedelta(minutes=minutes))


def test_a_page_that_is_restricted_is_not_asked_again_at_once(graph: Graph, messenger: Messenger) -> None:
    graph.fail_next(refused(10, 1893063, status=403))

    with pytest.raises(ChannelMisconfigured, match="restricted") as raised:
        messenger.send(outgoing(messenger))
    assert raised.value.retry_after == timedelta(hours=1)


def test_what_surely_never_left_may_be_sent_again_without_asking() -> None:
    with graph_home() as home:
        messenger = Messenger(page(api_url=home.url))

    with pytest.raises(ProviderUnavailable):
        messenger.send(outgoing(messenger))


def test_an_address_of_another_channel_is_not_tried(graph: Graph, messenger: Messenger) -> None:
    with pytest.raises(ContactUnreachable):
        messenger.send(replace(outgoing(messenger), address=Address("tel", "+447700900123")))
    assert graph.calls == []
