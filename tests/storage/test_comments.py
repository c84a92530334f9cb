"""Comments as the store keeps them, and what became of the one invitation to each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bot.comments import COMMENTS, Comment, Comments, Invitation, NotInvitableError
from bot.errors import NotFound
from bot.heard import Risk
from bot.model import ENGLISH, Address, ChannelName, InboundMessage, Manner
from bot.outgoing import OutboundState
from bot.records import StaffMember
from bot.replies import Replies
from bot.wording import Wording
from channels.manual import Manual
from storage.comments import SqlComments
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.staff.fakes import FakeClock
from tests.storage.made_up import CALM, DANGER, NOW
from tests.storage.scene import Scene

WRITER = Address("comment", "2468")
IN_MESSENGER = Address("messenger", "2468")
MESSENGER = ChannelName("messenger")


class Posts:
    """Our posts: somebody writes under one, and the worker hears it."""

    def __init__(self, scene: Scene, store: SqlStore) -> None:
        self.scene, self.store = scene, store

    def gets(self, text: str = "Nobody cares.", *, name: str = "c1", risk: Risk = CALM, at: datetime = NOW) -> UUID:
        message = InboundMessage(
            channel=COMMENTS,
            account="1001",
            external_id=name,
            sender=WRITER,
            text=text,
            sent_at=at,
            manner=Manner.RECORD,
            details={"post_id": "1001_7", "author": "Pat Example"},
            thread={"comment_id": name},
        )
        inbound_id = self.scene.new_id()
        with self.store.transaction() as tx:
            contact = tx.hold_contact(WRITER, (), locale=ENGLISH, now=at)
            tx.add_inbound(contact, message, inbound_id=inbound_id, risk=risk, command=None, now=at)
            tx.schedule_turn(contact.id, first_waiting_at=at, due_at=at)
        return inbound_id

    def are_heard(self) -> None:
        self.scene.hears(self.scene.must_claim())


@pytest.fixture
def posts(scene: Scene, store: SqlStore) -> Posts:
    return Posts(scene, store)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW + timedelta(days=1))


@pytest.fixture
def jo(scene: Scene) -> StaffMember:
    scene.employs("Ruth Lead", role="safeguarding")
    return scene.employs("Jo Reader")


@pytest.fixture
def comments(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock, scene: Scene) -> Comments:
    replies = Replies(wording=Wording.load(), channels={COMMENTS: Manual(COMMENTS)}, new_id=scene.new_id)
    return Comments(records=SqlComments(database, sealer), store=store, replies=replies, clock=clock)


def only(comments: Comments, jo: StaffMember) -> Comment:
    (comment,), onward = comments.page(jo)
    assert onward is None
    return comment


def test_a_comment_is_listed_with_its_post_once_its_words_are_safe(comments: Comments, posts: Posts, jo: StaffMember) -> None:
    comment_id = posts.gets("Nobody cares.")
    assert (only(comments, jo).text, only(comments, jo).is_redacted) == ("", False)
    posts.are_heard()

    comment = only(comments, jo)
    assert (comment.id, comment.text, comment.post, comment.at) == (comment_id, "Nobody cares.", "1001_7", NOW)
    writer = comments.writer(comment_id, jo)
    assert writer is not None
    assert (writer.name, writer.address, writer.thread) == ("Pat Example", WRITER, {"comment_id": "c1"})


def test_one_invitation_goes_out_and_its_way_is_told(
    comments: Comments, posts: Posts, scene: Scene, store: SqlStore, jo: StaffMember
) -> None:
    comment_id = posts.gets()
    assert only(comments, jo).invitation(NOW) is Invitation.OPEN
    for _ in range(2):
        comments.invite(comment_id, jo)
    assert only(comments, jo).invitation(NOW) is Invitation.LEAVING
    claim = scene.must_take_out(now=NOW + timedelta(days=1))
    assert claim.outgoing.by_person
    assert claim.outgoing.thread == {"comment_id": "c1"}
    scene.settles(claim, provider_id="m1", now=NOW + timedelta(days=1))

    assert scene.takes_out(now=NOW + timedelta(days=2)) is None
    assert only(comments, jo).invitation(NOW) is Invitation.INVITED
    assert [row["action"] for row in store.export_rows("audit")] == ["invite_commenter"]


def test_one_that_did_not_arrive_says_why(comments: Comments, posts: Posts, scene: Scene, jo: StaffMember) -> None:
    comments.invite(posts.gets(), jo)
    scene.settles(scene.must_take_out(now=NOW + timedelta(days=1)), OutboundState.FAILED, error="Too late.")

    comment = only(comments, jo)
    assert (comment.invitation(NOW), comment.error) == (Invitation.FAILED, "Too late.")


def test_whoever_writes_to_us_afterwards_has_answered(comments: Comments, posts: Posts, scene: Scene, jo: StaffMember) -> None:
    scene.accepts("Long before.", sender=IN_MESSENGER, channel=MESSENGER, now=NOW - timedelta(days=9))
    comments.invite(posts.gets(), jo)
    assert only(comments, jo).answered is False
    scene.accepts("It was the taxi.", sender=IN_MESSENGER, channel=MESSENGER, now=NOW + timedelta(days=2))

    assert only(comments, jo).invitation(NOW) is Invitation.ANSWERED


def test_whoever_said_stop_is_not_asked_under_another_name(
    comments: Comments, posts: Posts, scene: Scene, store: SqlStore, jo: StaffMember
) -> None:
    comment_id = posts.gets()
    stopped = scene.contact(IN_MESSENGER)
    with store.transaction() as tx:
        tx.set_opted_out(stopped, NOW)

    assert only(comments, jo).invitation(NOW) is Invitation.STOPPED
    with pytest.raises(NotInvitableError):
        comments.invite(comment_id, jo)
    assert scene.takes_out(now=NOW + timedelta(days=2)) is None


def test_after_seven_days_it_is_too_late(comments: Comments, posts: Posts, clock: FakeClock, jo: StaffMember) -> None:
    comment_id = posts.gets()
    clock.time = NOW + timedelta(days=7)

    assert only(comments, jo).invitation(clock.now()) is Invitation.TOO_LATE
    with pytest.raises(NotInvitableError):
        comments.invite(comment_id, jo)


def test_a_comment_that_was_changed_or_taken_away_follows(
    comments: Comments, posts: Posts, store: SqlStore, jo: StaffMember
) -> None:
    comment_id = posts.gets()
    posts.are_heard()
    with store.transaction() as tx:
        amended = tx.amend_inbound(COMMENTS, "1001", "c1", text="I take it back.", risk=CALM, now=NOW)
        assert amended is not None
        tx.schedule_turn(amended.contact.id, first_waiting_at=NOW, due_at=NOW)
    assert only(comments, jo).is_redacted is False, "the new words are shown when they have been made safe"
    with store.transaction() as tx:
        tx.withdraw_inbound(COMMENTS, "1001", "c1", NOW)

    assert only(comments, jo).invitation(NOW) is Invitation.GONE
    assert comments.writer(comment_id, jo) is None
    with pytest.raises(NotInvitableError):
        comments.invite(comment_id, jo)


def test_one_with_an_open_alert_is_for_safeguarding(
    comments: Comments, posts: Posts, scene: Scene, store: SqlStore, jo: StaffMember
) -> None:
    comment_id = posts.gets("He held him down.", risk=DANGER)
    seq = store.seq_of(COMMENTS, "1001", "c1")
    assert seq is not None
    alert_id = scene.alerts(seq, sender=WRITER)
    ruth = replace(jo, role="safeguarding")

    assert comments.page(jo) == ((), None)
    with pytest.raises(NotFound):
        comments.invite(comment_id, jo)
    assert only(comments, ruth).is_with_safeguarding
    with store.transaction() as tx:
        tx.close_alert(alert_id, jo.id, "family: spoken to", NOW)
    assert comments.page(jo) == ((), None)
    with store.transaction() as tx:
        assert tx.clear_alert(alert_id, jo.id, "They ask for a call.", NOW)
    assert not only(comments, jo).is_with_safeguarding


def test_pages_go_on_from_the_oldest_shown(comments: Comments, posts: Posts, jo: StaffMember) -> None:
    for number in range(25):
        posts.gets(f"Comment {number}", name=f"c{number}")
    first, onward = comments.page(jo)
    rest, end = comments.page(jo, before=onward)

    assert (len(first), len(rest), end) == (20, 5, None)
    assert [comment.seq for comment in (*first, *rest)] == sorted((c.seq for c in (*first, *rest)), reverse=True)
