"""What is passed on to a team or service: only what the family agreed to, once, seen when it fails, and called back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.alert_records import NewAlert
from bot.cards import ExperienceView
from bot.conversation import Purpose
from bot.errors import NotFound, ProviderUncertain, Rejected
from bot.heard import Heard, Passage, Polarity, Risk, RiskLevel
from bot.hiding import Hiding
from bot.hours import Hours
from bot.model import ChannelName
from bot.outbox import Outbox
from bot.passing_letters import PassingLetters
from bot.passing_on import EMAIL, Bar, BarredError, Kind, Passing, Recipient, Telling, mark_of, offered
from bot.ports import Channel
from bot.records import OutboundClaim, StaffMember, Stays
from bot.replies import Replies
from bot.sending_on import KEY, DayError, SendingOn, Wanted
from storage.database import Database
from storage.holds import SqlTalks
from storage.passing import SqlPassing
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import task
from tests.bot.outbox_scene import ToldProvider
from tests.bot.sayings import WORDING
from tests.staff.fakes import FakeClock
from tests.storage.made_up import DANGER, NOW, SMS
from tests.storage.scene import Scene

PRAISE = "Her teaching assistant is a star"
YEOVIL = Recipient(id=UUID(int=901), name="Yeovil school transport", email="transport@council.example")
CASEWORK = Recipient(id=UUID(int=902), name="SEND casework", email="casework@council.example", casework=True)
TOMORROW = NOW.date() + timedelta(days=1)


@dataclass
class Office:
    """Two teams to pass on to, one member, and the outbox with its two providers."""

    store: SqlStore
    scene: Scene
    database: Database
    sealer: Sealer
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    mail: ToldProvider = field(default_factory=lambda: ToldProvider(name=EMAIL))
    sms: ToldProvider = field(default_factory=ToldProvider)

    def __post_init__(self) -> None:
        self.jo = self.scene.employs("Jo Pascoe")
        self.use = self.sending()
        for each in (YEOVIL, CASEWORK):
            self.use.records.add_recipient(each, self.jo, NOW)

    def sending(self, *, mail: bool = True) -> SendingOn:
        doors = {SMS: self.sms} | ({EMAIL: self.mail} if mail else {})
        channels = cast("dict[ChannelName, Channel]", doors)
        return SendingOn(
            records=SqlPassing(self.database, self.sealer),
            talks=SqlTalks(self.database, self.sealer),
            store=self.store,
            work=self.store,
            letters=PassingLetters.load(),
            replies=Replies(wording=WORDING, channels=channels, new_id=uuid4),
            channels=channels,
            hours=Hours.load(),
            clock=self.clock,
            new_id=uuid4,
        )

    def told(self, reference: str = "RIVER 482", *, agreed: bool = True, polarity: Polarity = Polarity.GOOD) -> ExperienceView:
        """Something told, read, and with a yes to words in public."""
        its = self.scene.tells(PRAISE, reference=reference, polarity=polarity)
        with self.store.transaction() as tx:
            tx.mark_read(its, self.jo.id, NOW)
        if agreed:
            self.says(Purpose.WORDS_IN_PUBLIC, given=True)
        self.deliver()
        self.sms.taken.clear()
        return self.view(reference)

    def says(self, purpose: Purpose, *, given: bool, task: str = "", reference: str = "RIVER 482") -> None:
        contact, its = self.scene.contact(), self.view(reference).card.id
        with self.store.transaction() as tx:
            tx.add_consent(
                contact_id=contact, experience_id=its, purpose=purpose, given=given, wording="en@1", inbound_seq=None, now=NOW
            )
            if task:
                tx.add_task(contact_id=contact, experience_id=its, kind=task, due_on=TOMORROW, now=NOW)

    def view(self, reference: str = "RIVER 482") -> ExperienceView:
        found = self.store.experience(reference)
        assert found is not None
        return found

    def wanted(self, view: ExperienceView, kind: Kind = Kind.PRAISE, to: Recipient = YEOVIL, *, tell: bool = True) -> Wanted:
        return Wanted(
            id=uuid4(),
            kind=kind,
            recipient_id=to.id,
            passages=frozenset(each.id for each in offered(view.card, kind)),
            answer_to="01935 000000",
            note="With our thanks too.",
            due_on=TOMORROW if kind is Kind.REQUEST else None,
            tell=tell,
        )

    def sends(self, kind: Kind = Kind.PRAISE, to: Recipient = YEOVIL) -> UUID:
        wanted = self.wanted(self.view(), kind, to)
        assert self.use.send(self.view(), self.jo, wanted)
        return wanted.id

    def deliver(self, before: Callable[[], object] | None = None) -> None:
        """Also what the family is told, which goes by day. ``before``: what happens while the outbox has a mail in hand."""

        def last_look(claim: OutboundClaim) -> Stays | None:
            if before is not None:
                before()
            return self.use.last_look(claim)

        outbox = Outbox(
            store=self.store,
            clock=self.clock,
            channels=self.sending().channels,
            sms_countries=("+44",),
            hourly_cap=1000,
            random=Random(1),
            last_looks={KEY: last_look},
        )
        while outbox.deliver_due("a:1"):
            pass

    def sweep(self) -> None:
        while self.use.sweep():
            pass

    def look(self, passing_id: UUID, member: StaffMember | None = None) -> Passing:
        return self.use.look(passing_id, member or self.jo)


@pytest.fixture
def office(store: SqlStore, scene: Scene, database: Database, sealer: Sealer) -> Office:
    return Office(store, scene, database, sealer)


def test_praise_leaves_as_it_was_shown_once_and_is_counted_once(office: Office) -> None:
    view = office.told()
    wanted = office.wanted(view)
    _, shown = office.use.preview(view, wanted)
    assert office.use.send(view, office.jo, wanted)
    assert not office.use.send(view, office.jo, wanted), "the same page again"
    assert not office.use.send(view, office.jo, office.wanted(view)), "another page, to the same team"
    office.deliver()
    office.deliver()

    (mail,) = office.mail.taken
    assert (mail.address.path, mail.text, mail.thread["subject"]) == (YEOVIL.email, shown.text, shown.subject)
    assert f"> {PRAISE}" in shown.text
    assert "With our thanks too." in shown.text
    assert mark_of(wanted.id) in shown.subject
    found = office.look(wanted.id)
    assert (found.state, found.recipient, found.by, found.text) == ("sent", YEOVIL.name, "Jo Pascoe", shown.text)
    assert {each.name: each.thanks for each in office.use.records.recipients()} == {YEOVIL.name: 1, CASEWORK.name: 0}


def test_the_family_is_told_when_the_mail_has_left_and_once(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.sweep()
    office.deliver()
    assert office.sms.taken == [], "nothing had left when it was swept"
    stale = office.use.records.to_tell()
    office.sweep()
    assert stale is not None
    assert not office.use._tell(stale), "another worker, a moment late"
    office.sweep()
    office.deliver()

    (said,) = office.sms.taken
    assert said.text.startswith("We passed your thanks on to Yeovil school transport.")
    assert office.look(passing_id).telling is Telling.TOLD


def test_at_night_nobody_is_told_that_their_thanks_were_passed_on(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.deliver()
    office.clock.time = NOW.replace(hour=21)
    office.sweep()
    assert office.look(passing_id).telling is Telling.WANTED
    office.clock.time += timedelta(hours=12)
    office.sweep()

    assert office.look(passing_id).telling is Telling.TOLD


def test_a_no_after_the_thanks_were_passed_on_calls_off_the_word_that_waits(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.deliver()
    office.sweep()
    office.says(Purpose.TELL_WHAT_CHANGED, given=False)
    office.deliver()

    assert office.sms.taken == []
    assert office.look(passing_id).telling is Telling.COULD_NOT


def test_a_cry_for_help_calls_off_the_word_that_the_thanks_were_passed_on(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.deliver()
    office.sweep()
    contact = office.scene.contact()
    with office.store.transaction() as tx:
        risk = Risk(RiskLevel.CONCERN)
        tx.add_alert(NewAlert(id=uuid4(), contact_id=contact, inbound_seq=1, risk=risk, raised_at=NOW))
    office.deliver()

    assert office.sms.taken == []
    safeguarding = office.use.records.passing(passing_id, with_safeguarding=True)
    assert safeguarding is not None
    assert safeguarding.telling is Telling.COULD_NOT


def test_who_does_not_wish_to_hear_is_not_told(office: Office) -> None:
    office.told()
    office.says(Purpose.TELL_WHAT_CHANGED, given=False)
    assert not office.use.may_tell(office.view().card)
    passing_id = office.sends()
    office.deliver()
    office.sweep()

    assert office.look(passing_id).telling is Telling.NO


def test_nothing_leaves_without_a_yes_that_covers_it(office: Office) -> None:
    view = office.told(agreed=False)

    def open_to() -> list[str]:
        return [each.name for each in office.use.open_to(office.view().card)]

    assert office.use.bar(view.card, Kind.REQUEST) is Bar.NOT_AGREED
    with pytest.raises(BarredError):
        office.use.send(view, office.jo, office.wanted(view))
    office.says(Purpose.PASS_TO_SERVICE, given=True)
    assert open_to() == [], "a yes to help with a complaint is a yes to no other team"
    office.says(Purpose.PASS_TO_SERVICE, given=True, task="casework")
    assert open_to() == [CASEWORK.name]
    with pytest.raises(NotFound):
        office.use.send(office.view(), office.jo, office.wanted(office.view()))
    office.says(Purpose.WORDS_IN_PUBLIC, given=True)
    assert open_to() == [CASEWORK.name, YEOVIL.name]
    office.says(Purpose.PASS_TO_SERVICE, given=False)
    assert open_to() == [], "a no stands before every yes"


def test_what_bars_it_is_said_and_holds_when_it_is_sent(office: Office) -> None:
    view = office.told(polarity=Polarity.BAD)
    assert office.use.bar(view.card, Kind.PRAISE) is Bar.NO_WORDS
    assert office.use.bar(view.card, Kind.REQUEST) is None
    assert office.sending(mail=False).bar(view.card, Kind.REQUEST) is Bar.NO_MAIL
    office.scene.accepts("And one thing more")
    office.scene.takes_turn()
    assert office.use.bar(office.view().card, Kind.REQUEST) is Bar.UNREAD
    with office.store.transaction() as tx:
        tx.describe_experience(view.card.id, risk=DANGER.level)

    assert office.use.bar(office.view().card, Kind.REQUEST) is Bar.SAFEGUARDING
    with pytest.raises(BarredError):
        office.use.send(office.view(), office.jo, office.wanted(view, Kind.REQUEST))
    assert office.use.records.of_experience(view.card.id) == ()


def test_a_mail_that_fails_is_seen_and_sent_again_once(office: Office) -> None:
    office.told()
    office.mail.troubles = [Rejected("There is no such mailbox.")]
    passing_id = office.sends()
    office.deliver()
    failed = office.look(passing_id)
    assert (failed.has_failed, failed.error) == (True, "There is no such mailbox.")
    assert office.use.newest(office.jo)[0].id == passing_id
    assert office.use.again(office.view(), failed, office.jo)
    assert not office.use.again(office.view(), failed, office.jo), "pressed twice"
    office.deliver()

    (mail,) = office.mail.taken
    assert mail.text == failed.text
    assert (office.look(passing_id).state, office.look(passing_id).tries) == ("sent", 2)


def test_a_mail_about_what_may_not_be_passed_on_any_more_does_not_go_again(office: Office) -> None:
    office.told()
    office.mail.troubles = [Rejected("There is no such mailbox.")]
    passing_id = office.sends()
    office.deliver()
    office.scene.accepts("And one thing more")
    office.scene.takes_turn()
    assert office.use.bar(office.view().card, Kind.PRAISE) is Bar.UNREAD

    assert not office.use.may_go_again(office.look(passing_id), office.view().card)


def test_a_mail_with_a_name_that_is_hidden_since_does_not_go_again(office: Office) -> None:
    office.told()
    office.mail.troubles = [Rejected("There is no such mailbox.")]
    passing_id = office.sends()
    office.deliver()
    assert office.use.may_go_again(office.look(passing_id), office.view().card)
    Hiding(work=office.store, clock=office.clock, new_id=uuid4).hide(office.view(), office.jo, "star")

    assert not office.use.again(office.view(), office.look(passing_id), office.jo)


def test_a_mail_that_waits_does_not_leave_once_a_name_is_hidden(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    Hiding(work=office.store, clock=office.clock, new_id=uuid4).hide(office.view(), office.jo, "star")
    office.deliver()

    assert office.mail.taken == []
    assert office.look(passing_id).has_failed, "it is seen that it did not go"


def test_a_mail_without_the_word_that_is_hidden_leaves_all_the_same(office: Office) -> None:
    its = office.told().card.id
    passing_id = office.sends()
    words = "Mr Bracken was there too."
    office.scene.accepts(words)
    claim = office.scene.must_claim()
    with office.store.transaction() as tx:
        tx.hold_turn(claim)
        for each in claim.messages:
            said = Heard(redacted=words, passages=(Passage(0, len(words), words, Polarity.GOOD, ()),))
            tx.mark_heard(each.seq, said, experience_id=its, question=None, is_story=True, tagger="t", taxonomy="1")
        tx.finish_turn(claim, now=NOW)
    assert Hiding(work=office.store, clock=office.clock, new_id=uuid4).hide(office.view(), office.jo, "Bracken")
    office.deliver()

    assert office.look(passing_id).state == "sent"
    assert [mail for mail in office.mail.taken if PRAISE in mail.text]


def test_a_service_is_asked_by_a_day_and_its_answer_ends_the_task(office: Office, database: Database) -> None:
    view = office.told()
    for due in (None, NOW.date(), NOW.date() + timedelta(days=400)):
        with pytest.raises(DayError):
            office.use.send(view, office.jo, Wanted(**{**_fields(office.wanted(view, Kind.REQUEST)), "due_on": due}))  # type: ignore[arg-type] # as the form has them
    passing_id = office.sends(Kind.REQUEST)
    office.deliver()
    (owed,) = office.view().card.tasks
    assert (owed.kind, owed.due_on, owed.owner) == ("service_answer", TOMORROW, "Jo Pascoe")
    assert "Please answer by 22 November 2026, to 01935 000000." in office.mail.taken[0].text
    assert office.use.write_answer(office.look(passing_id), office.jo, "They zigzag from Monday on")
    assert not office.use.write_answer(office.look(passing_id), office.jo, "Something else")

    assert office.look(passing_id).answer == "They zigzag from Monday on"
    assert office.view().card.tasks[0].done_by == "Jo Pascoe"
    if database.is_sqlite:
        with database.reading() as connection:
            assert "zigzag" not in str(connection.exec_driver_sql("SELECT * FROM passed_on").all())


def test_what_has_not_left_is_called_back_without_a_word_and_may_be_passed_on_anew(office: Office) -> None:
    office.told()
    passing_id = office.sends(Kind.REQUEST)
    assert office.use.call_back(office.look(passing_id), office.jo)
    office.deliver()
    office.sweep()

    assert office.mail.taken == []
    assert office.view().card.tasks[0].done_at is not None
    assert (office.look(passing_id).called_back_by, office.look(passing_id).back_state) == ("Jo Pascoe", "")
    assert office.sends(Kind.REQUEST) != passing_id


def test_what_has_left_is_called_back_by_one_more_mail(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.deliver()
    sent = office.look(passing_id)
    assert office.use.call_back(sent, office.jo)
    assert not office.use.call_back(sent, office.jo)
    office.sweep()
    office.deliver()

    first, second = office.mail.taken
    assert second.text.startswith(f"To: {YEOVIL.name}\n\nOn 21 November 2026 we sent you words of a family, marked {sent.mark}.")
    assert second.address == first.address
    assert PRAISE not in second.text
    assert office.sms.taken == [], "nobody is told of thanks that were called back"
    assert office.use.records.recipients()[1].thanks == 0


@pytest.mark.parametrize("erases", [True, False], ids=["erased", "taken back"])
def test_what_the_family_takes_back_is_forgotten_here_and_called_back_there_by_itself(office: Office, *, erases: bool) -> None:
    office.told()
    left = office.sends(Kind.REQUEST)
    office.deliver()
    assert office.use.write_answer(office.look(left), office.jo, "An answer with zigzag in it")
    waits = office.sends()
    contact = office.scene.contact()
    with office.store.transaction() as tx:
        if erases:
            tx.erase_contact(contact, NOW)
        else:
            tx.take_back(contact)
    office.sweep()
    office.deliver()
    office.sweep()

    assert [mail.text.count("disregard") for mail in office.mail.taken] == [0, 1]
    with office.database.reading() as connection:
        outcomes = connection.execute(select(task.c.outcome).where(task.c.kind == "service_answer")).scalars().all()
    assert not [outcome for outcome in outcomes if outcome and "family" in outcome], "it may have been the team"
    for passing_id in (left, waits):
        found = office.look(passing_id)
        assert (found.text, found.answer, found.gone) == ("", "", True)
        assert found.called_back_at is not None
    assert [row["who"] for row in office.store.export_rows("audit") if row["action"] == "call_back"] == ["earshot"] * 2
    assert not [row for row in office.store.export_messages() if PRAISE in row.text]


def test_a_no_that_comes_while_the_mail_waits_keeps_it_from_leaving(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.says(Purpose.WORDS_IN_PUBLIC, given=False)
    office.sweep()
    office.deliver()

    assert office.mail.taken == []
    assert office.look(passing_id).called_back_at is not None


def test_a_request_to_the_casework_team_rests_on_the_yes_to_it_alone(office: Office) -> None:
    office.told(agreed=False)
    office.says(Purpose.WORDS_IN_PUBLIC, given=False)
    office.says(Purpose.PASS_TO_SERVICE, given=True, task="casework")
    passing_id = office.sends(Kind.REQUEST, CASEWORK)
    office.sweep()
    office.deliver()

    assert [mail.address.path for mail in office.mail.taken] == [CASEWORK.email]
    assert office.look(passing_id).called_back_at is None


def test_an_alert_that_opens_while_the_mail_waits_keeps_it_from_leaving(office: Office) -> None:
    view = office.told()
    passing_id = office.sends(Kind.REQUEST)
    ruth = office.scene.employs("Ruth Lead", role="safeguarding")
    with office.store.transaction() as tx:
        tx.describe_experience(view.card.id, risk=DANGER.level)
    office.sweep()
    office.deliver()

    assert office.mail.taken == []
    found = office.look(passing_id, ruth)
    assert (found.called_back_at, found.is_with_safeguarding) == (NOW, True)
    with office.database.reading() as connection:
        assert connection.execute(select(task.c.outcome)).scalars().all() == ["not sent: it is with safeguarding"]


def test_an_alert_raised_while_the_outbox_has_the_mail_in_hand_keeps_it_from_leaving(office: Office) -> None:
    view = office.told()
    passing_id = office.sends(Kind.REQUEST)
    ruth = office.scene.employs("Ruth Lead", role="safeguarding")

    def raised() -> None:
        with office.store.transaction() as tx:
            tx.describe_experience(view.card.id, risk=DANGER.level)

    office.deliver(before=raised)
    office.sweep()
    office.clock.time += timedelta(minutes=2)
    office.deliver()

    assert office.mail.taken == [], "nothing left, and so nothing is to be disregarded"
    assert office.look(passing_id, ruth).called_back_at is not None


def test_a_danger_that_has_not_had_its_turn_holds_the_mail_until_it_is_known_where_it_belongs(office: Office) -> None:
    office.told()
    office.sends(Kind.REQUEST)
    seq = office.scene.accepts("It was about something else", risk=DANGER)
    assert seq is not None
    office.scene.alerts(seq)
    office.deliver()
    office.sweep()
    assert office.mail.taken == []
    office.scene.takes_turn(reference="BROOK 377", reply=None, risk=DANGER.level)
    office.clock.time += timedelta(minutes=2)
    office.deliver()

    assert len(office.mail.taken) == 1


@pytest.mark.parametrize("outcome", ["", "social_care: rung"], ids=["open", "closed as real"])
def test_a_danger_that_belongs_to_no_experience_holds_no_mail_about_another(office: Office, outcome: str) -> None:
    office.told()
    office.sends(Kind.REQUEST)
    seq = office.scene.accepts("Words of a kind that make no experience", risk=DANGER)
    assert seq is not None
    alert_id = office.scene.alerts(seq)
    office.scene.hears(office.scene.must_claim())
    if outcome:
        with office.store.transaction() as tx:
            assert tx.close_alert(alert_id, office.jo.id, outcome, NOW)
    office.deliver()

    assert len(office.mail.taken) == 1


def test_what_is_called_back_while_the_outbox_has_it_in_hand_does_not_leave(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    office.deliver(before=lambda: office.use.call_back(office.look(passing_id), office.jo))

    assert [mail for mail in office.mail.taken if PRAISE in mail.text] == []
    assert office.look(passing_id).state == "cancelled"


def test_a_name_hidden_while_the_outbox_has_the_mail_in_hand_does_not_leave(office: Office) -> None:
    view = office.told()
    passing_id = office.sends()
    hiding = Hiding(work=office.store, clock=office.clock, new_id=uuid4)
    office.deliver(before=lambda: hiding.hide(view, office.jo, "star"))

    assert office.mail.taken == []
    assert office.look(passing_id).has_failed


def taken_and_not_said_so(office: Office) -> None:
    """The provider takes the mail, and the answer to us is lost; nobody can ask it afterwards."""
    office.mail.troubles.append(ProviderUncertain())
    office.mail.takes_then_fails = True
    office.mail.forgets = True
    office.deliver()
    office.mail.takes_then_fails = False


def later(office: Office) -> None:
    """Until nobody asks any more whether the mail is there."""
    for _ in range(3):
        office.clock.time += timedelta(minutes=2)
        office.deliver()
        office.sweep()


def test_a_mail_that_may_have_left_before_a_name_was_hidden_is_called_back_by_one_more(office: Office) -> None:
    view = office.told()
    passing_id = office.sends()
    taken_and_not_said_so(office)
    Hiding(work=office.store, clock=office.clock, new_id=uuid4).hide(view, office.jo, "star")
    later(office)
    assert (office.look(passing_id).state, len(office.mail.taken)) == ("unknown", 1)
    assert office.use.call_back(office.look(passing_id), office.jo)
    later(office)

    assert [mail.text.count("disregard") for mail in office.mail.taken] == [0, 1]


def test_a_mail_that_may_have_left_before_safeguarding_had_it_is_called_back_by_one_more_by_itself(office: Office) -> None:
    view = office.told()
    passing_id = office.sends(Kind.REQUEST)
    ruth = office.scene.employs("Ruth Lead", role="safeguarding")
    taken_and_not_said_so(office)
    with office.store.transaction() as tx:
        tx.describe_experience(view.card.id, risk=DANGER.level)
    later(office)
    later(office)

    assert [mail.text.count("disregard") for mail in office.mail.taken] == [0, 1]
    assert office.look(passing_id, ruth).state == "unknown"
    with office.database.reading() as connection:
        assert connection.execute(select(task.c.outcome)).scalars().all() == ["called back: it is with safeguarding"]


def test_a_word_of_the_teams_that_looks_like_a_quotation_is_none(office: Office) -> None:
    view = office.told()
    wanted = replace(office.wanted(view), note="> We agree\nwith them")
    assert office.use.send(view, office.jo, wanted)
    office.deliver()

    (mail,) = office.mail.taken
    assert "\n > We agree\nwith them\n" in mail.text


def test_what_went_to_safeguarding_since_is_on_no_list_of_others(office: Office) -> None:
    view = office.told()
    passing_id = office.sends()
    ruth = office.scene.employs("Ruth Lead", role="safeguarding")
    with office.store.transaction() as tx:
        tx.describe_experience(view.card.id, risk=DANGER.level)

    assert office.use.newest(office.jo) == ()
    with pytest.raises(NotFound):
        office.look(passing_id)
    assert [each.id for each in office.use.newest(ruth)] == [passing_id]


def test_a_team_taken_off_the_list_is_offered_no_more(office: Office) -> None:
    office.told()
    passing_id = office.sends()
    assert office.use.records.retire_recipient(YEOVIL.id, office.jo, NOW)
    assert not office.use.records.retire_recipient(YEOVIL.id, office.jo, NOW)

    assert [each.name for each in office.use.records.recipients()] == [CASEWORK.name]
    assert office.look(passing_id).recipient == YEOVIL.name


def _fields(wanted: Wanted) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in Wanted.__slots__}
