"""Comments under the page's posts: what is heard of them, and the one private invitation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.errors import ChannelMisconfigured, ProviderUncertain, Rejected, SendError, Throttled
from bot.events import Amended, Event, Withdrawn
from bot.model import Address, InboundMessage, Manner, Media
from bot.outgoing import DeliveryStatus, Outgoing, Sent
from channels.base import Door
from channels.page_comments import COMMENTS, CommentsDoor
from tests.channels.contract import WORDS, DoorContract
from tests.channels.graph_stand_in import Graph, Trouble, refused
from tests.channels.messenger_payloads import (
    APP_SECRET,
    COMMENT,
    NOW,
    OURS,
    PAGE_ID,
    PAGE_TOKEN,
    entry,
    found,
    heard,
    page,
    payload,
)

WRITER = Address("comment", "24680000000000001")


@pytest.fixture
def comments(graph: Graph) -> CommentsDoor:
    return CommentsDoor(page(api_url=graph.url))


def invitation(**more: str) -> Outgoing:
    thread = {"comment_id": COMMENT, **more}
    return Outgoing(
        id=OURS, channel=COMMENTS, address=WRITER, text="Would you tell us in private?", thread=thread, by_person=True
    )


class TestCommentsDoor(DoorContract):
    limit = 2000

    @pytest.fixture
    def door(self, comments: CommentsDoor) -> Door:
        return comments

    @pytest.fixture
    def address(self) -> Address:
        return WRITER

    @pytest.fixture
    def outgoing(self, door: Door, address: Address) -> Outgoing:
        thread = {"comment_id": COMMENT}
        return Outgoing(id=OURS, channel=door.name, address=address, text=f"Please tell us: {WORDS}.", thread=thread)

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (PAGE_TOKEN, APP_SECRET)

    @pytest.fixture
    def failures(self, graph: Graph) -> Sequence[Callable[[], None]]:
        troubles = (Trouble(drop=True), Trouble(status=500), Trouble(body="{}"), refused(10900), refused(190), refused(4))
        return [lambda trouble=trouble: graph.fail_next(trouble) for trouble in troubles]  # type: ignore[misc]


def test_a_comment_is_a_record_with_its_writer_its_post_and_where_to_answer() -> None:
    comment = heard(payload("comment_added"))

    assert (comment.channel, comment.account, comment.external_id) == ("comments", PAGE_ID, COMMENT)
    assert (comment.sender, comment.text, comment.manner) == (WRITER, "Nobody rang us back", Manner.RECORD)
    assert comment.sent_at == datetime(2026, 11, 21, 9, 59, 50, tzinfo=UTC)
    assert comment.thread == {"comment_id": COMMENT}
    assert comment.details == {
        "post_id": f"{PAGE_ID}_900000000000001",
        "parent_id": f"{PAGE_ID}_900000000000001",
        "author": "Example Writer",
    }


def test_a_comment_whose_writer_meta_does_not_tell_stands_for_itself() -> None:
    comment = heard(payload("comment_without_a_writer"))

    assert comment.sender == Address("comment", COMMENT)
    assert "author" not in comment.details


def test_a_comment_that_is_only_a_photo_is_listed() -> None:
    comment = heard(payload("comment_with_a_photo_only"))

    assert comment.text == ""
    assert comment.media == (Media(url="https://scontent.xx.fbcdn.net/v/t1.15752-9/c.jpg", content_type="image/*", kind="photo"),)


@pytest.mark.parametrize("name", ["comment_by_the_page", "comment_liked", "post_by_the_page"])
def test_what_the_page_says_itself_and_what_is_no_comment_is_ignored(name: str) -> None:
    assert found(payload(name)) == ()


def test_new_words_for_a_comment_are_heard() -> None:
    assert found(payload("comment_edited")) == (
        Amended(
            channel=COMMENTS,
            account=PAGE_ID,
            external_id=COMMENT,
            text="Nobody rang us back in June",
            manner=Manner.RECORD,
            thread={"comment_id": COMMENT},
        ),
    )


@pytest.mark.parametrize("name", ["comment_removed", "comment_hidden"])
def test_a_comment_that_is_not_to_be_seen_any_more_is_withdrawn(name: str) -> None:
    assert found(payload(name)) == (Withdrawn(channel=COMMENTS, account=PAGE_ID, external_id=COMMENT),)


def test_comments_and_messages_may_come_together() -> None:
    message, comment = found(payload("comment_beside_a_message"))

    assert isinstance(message, InboundMessage)
    assert isinstance(comment, InboundMessage)
    assert (message.text, comment.text) == ("in private", "in public")


@pytest.mark.parametrize(
    "change",
    [
        {"field": "feed"},
        {"field": "feed", "value": []},
        {"field": "feed", "value": {"item": "comment", "verb": "add", "message": "no id"}},
        {"field": "feed", "value": {"item": "comment", "verb": "mute", "comment_id": "1_2"}},
        {"field": "mention", "value": {"item": "comment", "verb": "add", "comment_id": "1_2"}},
        {"field": ["feed"], "value": {"item": "comment", "verb": "add", "comment_id": "1_2"}},
    ],
)
def test_an_odd_change_is_passed_over_and_takes_nothing_with_it(change: dict[str, object]) -> None:
    good = {"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": "1_3", "message": "good", "from": "odd"}}

    events: tuple[Event, ...] = found(entry(changes=[change, "odd", good]))

    assert [event.text for event in events if isinstance(event, InboundMessage)] == ["good"]
    assert len(events) == 1


def test_an_invitation_goes_in_private_to_the_comment(graph: Graph, comments: CommentsDoor) -> None:
    sent = comments.send(invitation())

    (call,) = graph.calls
    assert call.content == {
        "recipient": {"comment_id": COMMENT},
        "message": {"text": "Would you tell us in private?", "metadata": str(OURS)},
    }
    assert sent == Sent(graph.taken[0].mid, DeliveryStatus.SENT)


def test_a_comment_can_be_answered_once_and_never_again(graph: Graph, comments: CommentsDoor) -> None:
    comments.send(invitation())

    with pytest.raises(Rejected) as raised:
        comments.send(replace(invitation(), id=UUID(int=9)))
    assert raised.value.code == "10900"
    assert len(graph.taken) == 1


def test_a_comment_of_last_week_cannot_be_answered(graph: Graph, comments: CommentsDoor) -> None:
    graph.commented_at[COMMENT] = NOW - timedelta(days=8)

    with pytest.raises(Rejected) as raised:
        comments.send(invitation())
    assert raised.value.code == "10901"


def test_without_a_comment_to_answer_nothing_is_asked_of_meta(graph: Graph, comments: CommentsDoor) -> None:
    with pytest.raises(Rejected):
        comments.send(invitation(comment_id=""))
    assert graph.calls == []


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (refused(190), ChannelMisconfigured),
        (refused(613), Throttled),
        (refused(10903), Rejected),
        (Trouble(body='{"recipient_id": "1"}'), ProviderUncertain),
    ],
)
def test_each_refusal_is_the_error_we_act_on(
    graph: Graph, comments: CommentsDoor, trouble: Trouble, kind: type[SendError]
) -> None:
    graph.fail_next(trouble)

    with pytest.raises(kind):
        comments.send(invitation())


def test_the_bot_itself_says_nothing_under_a_post(comments: CommentsDoor) -> None:
    assert not comments.traits.answers
    assert comments.traits.window_for_people == timedelta(days=7)


def test_a_photo_under_a_post_is_fetched_like_any_other(graph: Graph, comments: CommentsDoor) -> None:
    graph.files["c.jpg"] = b"a photo"

    assert comments.fetch(Media(url=f"{graph.url}/files/c.jpg", kind="photo"), None) == b"a photo"
