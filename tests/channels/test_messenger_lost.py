"""What may have left and what may be fetched: asking Meta about a message whose answer was lost, and getting files."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.errors import MediaGone, MediaRefused, ProviderUncertain, SendError
from bot.model import Media
from bot.outgoing import DeliveryStatus, Sent
from channels.messenger import Messenger
from tests.channels.graph_stand_in import Graph, Trouble, refused
from tests.channels.messenger_payloads import NOW, PAGE_ID, PARENT, outgoing, page


def test_a_message_whose_answer_was_lost_is_found(graph: Graph, messenger: Messenger) -> None:
    graph.fail_next(Trouble(drop=True, accepted=True))
    with pytest.raises(ProviderUncertain):
        messenger.send(outgoing(messenger))

    assert messenger.find(outgoing(messenger), since=NOW) == Sent(graph.taken[0].mid, DeliveryStatus.SENT)


def test_a_message_that_never_left_is_not_found(graph: Graph, messenger: Messenger) -> None:
    messenger.send(outgoing(messenger, "Something else."))

    assert messenger.find(outgoing(messenger), since=NOW) is None


def test_the_same_words_of_yesterday_are_not_it(graph: Graph, messenger: Messenger) -> None:
    messenger.send(outgoing(messenger))

    assert messenger.find(outgoing(messenger), since=NOW + timedelta(seconds=3)) is None


@pytest.mark.parametrize(
    "listed",
    [
        {"id": "m_1", "created_time": "2026-11-21T10:00:00+0000", "from": {"id": PARENT}, "message": "Thank you."},
        {"id": "m_1", "created_time": "yesterday", "from": {"id": PAGE_ID}, "message": "Thank you."},
        {"id": "m_1", "created_time": "2026-11-21T10:00:00", "from": {"id": PAGE_ID}, "message": "Thank you."},
        {"id": "m_1", "from": None, "message": 7},
    ],
)
def test_the_persons_own_words_and_those_of_no_date_are_not_it(
    graph: Graph, messenger: Messenger, listed: dict[str, object]
) -> None:
    graph.fail_next(Trouble(body=json.dumps({"data": [{"messages": {"data": [listed, "odd"]}}, 7]})))

    assert messenger.find(outgoing(messenger), since=NOW) is None


@pytest.mark.parametrize("trouble", [Trouble(drop=True), Trouble(status=500), refused(4, status=403), Trouble(body="<")])
def test_where_meta_cannot_say_that_is_an_error_and_not_a_no(graph: Graph, messenger: Messenger, trouble: Trouble) -> None:
    graph.fail_next(trouble)

    with pytest.raises(SendError):
        messenger.find(outgoing(messenger), since=NOW)


@pytest.mark.parametrize("trouble", [refused(10, status=403), refused(100), refused(551)])
def test_where_meta_will_never_say_the_message_goes_again_rather_than_not_at_all(
    graph: Graph, messenger: Messenger, trouble: Trouble
) -> None:
    graph.fail_next(trouble)

    assert messenger.find(outgoing(messenger), since=NOW) is None


def test_a_photo_is_fetched_from_where_meta_keeps_it(graph: Graph, messenger: Messenger) -> None:
    graph.files["letter.jpg"] = b"\xff\xd8 a photo"

    assert messenger.fetch(Media(url=f"{graph.url}/files/letter.jpg", kind="image"), None) == b"\xff\xd8 a photo"


def test_a_photo_that_is_there_no_more_is_gone(graph: Graph, messenger: Messenger) -> None:
    with pytest.raises(MediaGone):
        messenger.fetch(Media(url=f"{graph.url}/files/letter.jpg", kind="image"), None)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://www.facebook.com/reel/123", "reel"),
        ("", "fallback"),
        ("", "image"),
        ("https://elsewhere.example/letter.jpg", "image"),
        ("https://fbcdn.net.elsewhere.example/letter.jpg", "image"),
    ],
)
def test_what_is_no_file_or_not_at_meta_is_not_fetched(messenger: Messenger, url: str, kind: str) -> None:
    with pytest.raises(MediaRefused):
        messenger.fetch(Media(url=url, kind=kind), None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/files/x", "http://scontent.xx.fbcdn.net/letter.jpg"])
def test_against_meta_itself_nothing_is_fetched_in_the_open_or_from_this_machine(url: str) -> None:
    with pytest.raises(MediaRefused):
        Messenger(page()).fetch(Media(url=url, kind="image"), None)
