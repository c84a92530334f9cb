"""One passage is removed and the rest is kept: cut at once, put back within a day, then gone; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from bot.actions import Draft, State, Words
from bot.cards import ExperienceView
from bot.desk_work import DeskWork, GoneOnError
from bot.errors import LeaseLost
from bot.heard import Heard, Passage, Polarity, RiskLevel, Suggestion
from bot.hiding import Hiding
from bot.hours import Hours
from bot.inbox import InboxFilter
from bot.media import Blobs
from bot.model import ENGLISH, ChannelName
from bot.mydata import TakenOut
from bot.outgoing import Part
from bot.passages import digest_of
from bot.ports import Channel
from bot.records import NewOutbound, StaffMember, TakenBack
from bot.removing import MARK, PUT_BACK_WITHIN, Removal, RemovalSweep, Removed, Removing, RepeatsError, Why
from bot.replies import Replies
from bot.telling_records import ToldState
from bot.translations import Entered, NewTranslation
from storage.actions import SqlActions
from storage.alert_sheets import SqlAlertRecords
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.envelopes import open_outbound, seal_note
from storage.holds import SqlTalks
from storage.mydata import SqlHoldings
from storage.originals import SqlOriginals
from storage.removals import SqlRemovals
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import (
    action_edition,
    action_told,
    experience,
    inbound_message,
    outbound_message,
    removed_passage,
    staff_note,
    taken_back,
    task,
)
from storage.talks import OPEN
from storage.translations import SqlTranslations
from tests.bot.outbox_scene import ToldProvider
from tests.bot.sayings import WORDING
from tests.staff.fakes import FakeClock
from tests.storage.hiding_scene import translated
from tests.storage.made_up import ANNA, CALM, DANGER, NOW, SMS
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

FIRST, SECRET, LAST = "Ann waits for the taxi.", "Her uncle Bob drinks at breakfast in Yeovil.", "Ann's teacher is lovely."
WORDS = f"{FIRST} {SECRET} {LAST}"
SHOWN = [text.replace("Ann", "[name removed]").replace("Bob", "[name removed]") for text in (FIRST, SECRET, LAST)]
ACCOUNT = "+441134960000"


def in_three(shown: list[str] = SHOWN) -> Heard:
    text, passages, at = " ".join(shown), [], 0
    for each, theme in zip(shown, ("transport", "family_impact", "praise"), strict=False):
        word = each.split()[-1].rstrip(".")
        span = (each.index(word), each.index(word) + len(word))
        passages.append(Passage(at, at + len(each), each, Polarity.BAD, (Suggestion(theme, 0.9, (span,)),)))
        at += len(each) + 1
    return Heard(redacted=text, passages=tuple(passages), doubtful=((text.index("taxi"), text.index("taxi") + 4),))


@dataclass
class Office:
    store: SqlStore
    scene: Scene
    database: Database
    sealer: Sealer
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    sms: ToldProvider = field(default_factory=ToldProvider)

    def __post_init__(self) -> None:
        self.jo = self.scene.employs("Jo Pascoe")
        channels = cast("dict[ChannelName, Channel]", {SMS: self.sms})
        self.records = SqlRemovals(self.database, self.sealer)
        self.use = Removing(
            records=self.records,
            work=self.store,
            store=self.store,
            talks=SqlTalks(self.database, self.sealer),
            replies=Replies(wording=WORDING, channels=channels, new_id=uuid4),
            channels=channels,
            hours=Hours.load(),
            clock=self.clock,
            new_id=uuid4,
        )

    def told(self, words: str = WORDS, heard: Heard | None = None, *, reference: str = "RIVER 482") -> UUID:
        """A message whose masked copy is not the words as they came."""
        self.scene.accepts(words)
        claim = self.scene.must_claim()
        talk, its = self.scene.talks(claim), self.scene.new_id()
        with self.store.transaction() as tx:
            tx.hold_turn(claim)
            tx.save_conversation(replace(talk, preview=words), contact_id=claim.contact.id, now=NOW)
            tx.open_experience(
                its,
                contact_id=claim.contact.id,
                conversation_id=talk.id,
                channel=SMS,
                reference=reference,
                promised_on=NOW.date(),
                locale=talk.locale,
                speaker=talk.speaker,
                now=NOW,
            )
            for each in claim.messages:
                told = heard or in_three()
                tx.mark_heard(each.seq, told, experience_id=its, question=None, is_story=True, tagger="t", taxonomy="1")
            tx.describe_experience(its, place="Yeovil", district="South Somerset")
            tx.finish_turn(claim, now=NOW)
        return its

    def view(self, reference: str = "RIVER 482") -> ExperienceView:
        found = self.store.experience(reference)
        assert found is not None
        return found

    def removes(self, number: int = 1, *, why: Why = Why.MISTAKE, reason: str = "", by: StaffMember | None = None) -> Removed:
        passage = self.view().card.passages[number]
        done = self.use.remove(self.view(), by or self.jo, passage.id, why=why, reason=reason, digest=digest_of(passage.text))
        assert done is not None
        self.clock.move(timedelta(seconds=1))
        return done

    def day_over(self) -> None:
        self.clock.time = self.clock.now() + PUT_BACK_WITHIN
        sweep = RemovalSweep(self.records, self.store, self.clock)
        while sweep.sweep():
            pass

    @property
    def words(self) -> list[str]:
        """As they came, as they are kept now."""
        return [row.text for row in self.store.export_messages() if row.direction == "inbound"]

    @property
    def removals(self) -> tuple[Removal, ...]:
        return self.use.of(self.view())

    def lead(self) -> StaffMember:
        return self.scene.employs("Ruth Lead", role="safeguarding")

    def deeds(self) -> DeskWork:
        return DeskWork(SqlDeskWork(self.database, self.sealer), self.store, self.clock)


@pytest.fixture
def office(store: SqlStore, scene: Scene, database: Database, sealer: Sealer) -> Office:
    return Office(store, scene, database, sealer)


def test_its_words_are_gone_at_once_and_the_others_stand_with_their_evidence(office: Office) -> None:
    office.told()
    office.scene.decides(office.view().card.passages[1].id, "family_impact", verdict=True, by=office.jo)
    office.removes()
    view = office.view()

    assert [each.text for each in view.card.passages] == [SHOWN[0], SHOWN[2]]
    assert view.talk[0].text == f"{SHOWN[0]} [part removed] {SHOWN[2]}"
    assert office.words == [f"{FIRST} {MARK} {LAST}"]
    evidence = [each.text[slice(*each.suggestions[0].evidence[0])] for each in view.card.passages]
    assert evidence == ["taxi", "lovely"]
    assert [view.talk[0].text[start:end] for start, end in view.talk[0].doubtful] == ["taxi"]
    assert not [word for word in ("Bob", "breakfast", "Yeovil") if word in everything_in(office.database)]
    assert view.card.place is None
    assert [card.reference for card in office.store.inbox(InboxFilter(words="taxi")).cards] == ["RIVER 482"]
    assert not office.store.inbox(InboxFilter(words="breakfast")).cards
    assert not office.store.inbox(InboxFilter(themes=("family_impact",))).cards


def test_it_is_put_back_as_it_was_with_what_was_decided_of_it(office: Office) -> None:
    office.told()
    office.scene.decides(office.view().card.passages[1].id, "family_impact", verdict=True, by=office.jo)
    before = office.view()
    done = office.removes()

    assert office.use.put_back(office.view(), office.jo, done.id)
    assert office.view() == before
    assert office.words == [WORDS]
    assert office.removals == ()
    office.day_over()
    assert office.words == [WORDS]


def test_after_a_day_nothing_is_kept_of_it_and_it_stays_out(office: Office) -> None:
    office.told()
    done = office.removes()
    office.day_over()

    assert not office.use.put_back(office.view(), office.jo, done.id)
    assert [each.erased for each in office.removals] == [True]
    with office.database.reading() as connection:
        assert connection.execute(select(removed_passage.c.sealed)).scalar_one() is None
    actions = [(row["action"], row["why"]) for row in office.store.export_rows("audit")]
    assert actions == [("remove_passage", "mistake"), ("erase_removed", "")]


def test_who_removed_it_undoes_it_as_what_they_did_last(office: Office) -> None:
    office.told()
    office.removes()
    (deed,) = office.deeds().last(office.jo, with_safeguarding=False)
    office.deeds().undo(deed.id, office.jo)

    assert office.words == [WORDS]
    assert [each.undone for each in office.deeds().last(office.jo, with_safeguarding=False)] == [True]


def test_of_two_of_one_message_the_later_is_put_back_first(office: Office) -> None:
    office.told()
    first, second = office.removes(1), office.removes(0)

    assert [each.can_be_put_back for each in office.removals] == [True, False]
    assert not office.use.put_back(office.view(), office.jo, first.id)
    assert office.use.put_back(office.view(), office.jo, second.id)
    assert office.use.put_back(office.view(), office.jo, first.id)
    assert office.words == [WORDS]


def test_with_the_last_passage_the_words_are_taken_back_and_the_family_is_still_known(office: Office) -> None:
    its = office.told()
    office.removes(2)
    office.removes(1)
    office.removes(0)
    assert office.store.experience("RIVER 482") is None

    (newest, *_) = office.deeds().last(office.jo, with_safeguarding=False)
    assert newest.reference is None
    office.deeds().undo(newest.id, office.jo)
    assert [each.text for each in office.view().card.passages] == SHOWN[:1]

    office.removes(0)
    office.day_over()
    with office.database.reading() as connection:
        row = connection.execute(select(experience).where(experience.c.id == its)).one()
    assert (row.withdrawn, row.place, row.contact_id) == (True, None, office.scene.contact())
    assert office.words == [""]


def test_what_raised_an_alert_stays_with_who_handles_alerts_and_the_others_see_it_gone(office: Office) -> None:
    its = office.told()
    ruth = office.lead()
    seq = next(row.seq for row in office.store.export_messages())
    alert_id = office.scene.alerts(seq, risk=DANGER)
    with office.store.transaction() as tx:
        tx.link_alerts([seq], its)
        tx.describe_experience(its, risk=RiskLevel.DANGER)
    passage = office.view().card.passages[1]
    digest = digest_of(passage.text)
    assert office.use.remove(office.view(), office.jo, passage.id, why=Why.NAMES, reason="", digest=digest) is None
    office.removes(by=ruth)
    office.day_over()

    originals = SqlOriginals(office.database, office.sealer)
    assert [(each.text, each.removed, each.taken_back) for each in originals.originals(its, taken_back=True)] == [
        (WORDS, True, False)
    ]
    assert [each.text for each in originals.originals(its, taken_back=False)] == [f"{FIRST} {MARK} {LAST}"]
    sheet = SqlAlertRecords(office.database, office.sealer).sheet(alert_id)
    assert sheet is not None
    assert WORDS in [line.text for line in sheet.lines]
    assert [each.kept for each in office.removals] == [True]
    assert "breakfast" not in everything_in(office.database)
    contact = office.scene.contact()
    with office.store.transaction() as tx:
        tx.erase_contact(contact, NOW)
    assert [each.text for each in originals.originals(its, taken_back=True)] == [WORDS]


def test_a_translation_goes_with_it_and_comes_back_with_it(office: Office) -> None:
    office.told()
    translated(office.store, office.jo, "Her uncle is a drunk.", version=1)
    meant = next(each for each in office.view().card.passages if each.translated)
    assert office.use.going(office.view(), meant.id) is None
    assert [each.text for each in office.use.own_words(office.view(), meant.id)] == SHOWN
    done = office.removes()

    assert not [each for each in office.view().card.passages if each.translated]
    assert office.view().card.needs_translation
    assert "drunk" not in everything_in(office.database)
    office.use.put_back(office.view(), office.jo, done.id)
    assert [each.text for each in office.view().card.passages if each.translated] == ["Her uncle is a drunk."]
    assert not office.view().card.needs_translation


@pytest.mark.parametrize("version", [1, 2])
def test_a_translation_of_the_words_before_it_does_not_bring_them_back(office: Office, version: int) -> None:
    office.told()
    if version == 2:
        translated(office.store, office.jo, "Her uncle is a drunk.", version=1)
    (seen,) = SqlTranslations(office.database, office.sealer).originals("RIVER 482")
    office.removes()
    with office.store.transaction() as tx:
        late = NewTranslation(
            id=uuid4(), inbound_seq=seen.seq, version=version, staff_id=office.jo.id, of=seen.digest, text="Her uncle drinks."
        )
        entered = tx.add_translation(late, NOW)

    assert entered is Entered.CHANGED
    assert "uncle" not in everything_in(office.database)


def test_a_translation_that_was_begun_before_it_was_put_back_is_kept(office: Office) -> None:
    office.told()
    (seen,) = SqlTranslations(office.database, office.sealer).originals("RIVER 482")
    office.use.put_back(office.view(), office.jo, office.removes().id)
    with office.store.transaction() as tx:
        new = NewTranslation(
            id=uuid4(), inbound_seq=seen.seq, version=1, staff_id=office.jo.id, of=seen.digest, text="Her uncle drinks."
        )

        assert tx.add_translation(new, NOW) is Entered.KEPT


def test_what_the_team_wrote_loses_the_words_and_nothing_else(office: Office) -> None:
    its = office.told()
    note_id = uuid4()
    with office.database.writing() as connection:
        text = f"They say: {SHOWN[1]} Ring them about the taxi."
        note = {"id": note_id, "experience_id": its, "staff_id": office.jo.id, "written_at": NOW}
        connection.execute(insert(staff_note), note | {"sealed": seal_note(office.sealer, text, note_id)})
        owed = {"id": uuid4(), "experience_id": its, "kind": "call_back", "due_on": NOW.date(), "created_at": NOW}
        connection.execute(insert(task), owed | {"outcome": "uncle Bob drinks, at BREAKFAST, in yeovil"})
        assert [row.state["preview"] for row in connection.execute(OPEN)] == [WORDS]
    office.removes()

    (note_now,) = SqlDeskWork(office.database, office.sealer).notes(its)
    assert note_now.text == f"They say: {MARK}. Ring them about the taxi."
    with office.database.reading() as connection:
        assert connection.execute(select(task.c.outcome)).scalar_one() == MARK
        assert [row.state["preview"] for row in connection.execute(OPEN)] == [""]


def test_an_action_that_repeats_the_words_comes_off_the_public_page_and_is_told_to_nobody_else(office: Office) -> None:
    its, action_id, contact = office.told(), uuid4(), office.scene.contact()
    acts = SqlActions(office.database, office.sealer)
    said = Words(title="A taxi", said=f"They say: {SHOWN[1]}", did="We asked.", because="")
    draft = Draft(words=said, state=State.DONE, owner_id=None, due_on=None)
    acts.add(action_id, draft, office.jo.id, NOW)
    acts.link(action_id, [its], office.jo.id, NOW)
    acts.publish(action_id, uuid4(), office.jo.id, NOW, fewest=1)
    with office.store.transaction() as tx:
        assert tx.plan_telling(action_id, [contact], office.jo.id, NOW, NOW)
    acts.change(action_id, replace(draft, words=replace(said, said="It is late.", because=SHOWN[1])), office.jo.id, NOW)
    here = [passage.id for passage in office.view().card.passages]
    assert [(going := office.use.going(office.view(), each)) and going.told_of for each in here] == [False, True, False]
    office.removes()

    assert acts.published() == ()
    found = acts.action(action_id, with_safeguarding=True)
    assert found is not None
    assert (found.draft.words.said, found.draft.words.because) == ("It is late.", f"{MARK}.")
    with office.database.reading() as connection:
        assert connection.execute(select(action_told.c.state)).scalar_one() == "stopped"
        assert connection.execute(select(action_edition.c.said)).scalar_one() == f"They say: {MARK}."
    assert "breakfast" not in everything_in(office.database)


def test_what_families_were_told_of_such_an_action_loses_the_words_and_waits_no_more(office: Office) -> None:
    its, action_id, contact, row_id = office.told(), uuid4(), office.scene.contact(), uuid4()
    acts = SqlActions(office.database, office.sealer)
    said = Words(title="A taxi", said=SHOWN[1], did="We asked.", because="")
    acts.add(action_id, Draft(words=said, state=State.DONE, owner_id=None, due_on=None), office.jo.id, NOW)
    acts.link(action_id, [its], office.jo.id, NOW)
    acts.publish(action_id, uuid4(), office.jo.id, NOW, fewest=1)
    waits = NewOutbound(
        id=row_id, dedupe_key="told:1", channel=SMS, address=ANNA, contact_id=contact, conversation_id=None,
        key="action.told", locale=ENGLISH, part=Part(f"You said: {SHOWN[1]}"), not_before=NOW,
    )  # fmt: skip
    with office.store.transaction() as tx:
        tx.plan_telling(action_id, [contact], office.jo.id, NOW, NOW)
        due = tx.next_to_tell(NOW)
        assert due is not None
        tx.enqueue(waits, NOW)
        tx.settle_telling(due.id, ToldState.SENT, NOW, rows=[waits])
    office.removes()

    with office.database.reading() as connection:
        row = connection.execute(select(outbound_message).where(outbound_message.c.id == row_id)).one()
        assert connection.execute(select(action_told.c.state)).scalar_one() == "stopped"
    assert row.state == "cancelled"
    said_now = "" if row.sealed is None else open_outbound(office.sealer, row.sealed, row.id, row.channel).text
    assert not [text for text in (row.redacted, said_now) if "breakfast" in text]


def test_an_action_that_does_not_repeat_the_words_stays_public(office: Office) -> None:
    its, action_id = office.told(), uuid4()
    acts = SqlActions(office.database, office.sealer)
    said = Words(title="A taxi", said="Taxis come late.", did="We asked.", because="")
    acts.add(action_id, Draft(words=said, state=State.DONE, owner_id=None, due_on=None), office.jo.id, NOW)
    acts.link(action_id, [its], office.jo.id, NOW)
    acts.publish(action_id, uuid4(), office.jo.id, NOW, fewest=1)
    office.removes()

    assert [each.words.said for each in acts.published()] == ["Taxis come late."]


@pytest.mark.parametrize(
    ("sent", "kept", "tasks"),
    [
        (f"{FIRST} {SECRET} {LAST} Thanks!", f"{FIRST} {MARK} {LAST} Thanks!", 0),
        (f"{FIRST} Her uncle Rob drank. {LAST}", f"{FIRST} Her uncle Rob drank. {LAST}", 1),
    ],
)
def test_a_message_that_is_changed_afterwards_does_not_bring_it_back_unseen(
    office: Office, sent: str, kept: str, tasks: int
) -> None:
    office.told()
    done = office.removes()
    office.day_over()
    name = next(row.external_id for row in office.store.export_messages()) or ""
    with office.store.transaction() as tx:
        assert tx.amend_inbound(SMS, ACCOUNT, name, text=sent, risk=CALM, now=NOW) is not None

    assert office.words == [kept]
    assert [each.kind for each in office.view().card.tasks] == ["look_again"] * tasks
    assert not office.use.put_back(office.view(), office.jo, done.id)


@pytest.mark.parametrize("goes", ["take_back", "unsend", "erase"])
def test_what_the_family_takes_back_or_has_erased_meanwhile_is_not_put_back(office: Office, goes: str) -> None:
    office.told()
    done = office.removes()
    name = next(row.external_id for row in office.store.export_messages()) or ""
    contact = office.scene.contact()
    acts: dict[str, Callable[..., object]] = {
        "take_back": lambda tx: tx.take_back(contact),
        "unsend": lambda tx: tx.withdraw_inbound(SMS, ACCOUNT, name, NOW),
        "erase": lambda tx: tx.erase_contact(contact, NOW),
    }
    with office.store.transaction() as tx:
        assert acts[goes](tx) is not TakenBack.NOTHING

    with office.database.reading() as connection:
        assert connection.execute(select(removed_passage.c.sealed, removed_passage.c.digests)).one() == (None, None)
    with office.store.transaction() as tx:
        assert not tx.put_back_passage(done.id, office.jo, NOW)


@pytest.mark.parametrize("alerted", [False, True])
def test_what_was_removed_whole_and_is_unsent_within_the_day_is_a_message_taken_back(office: Office, *, alerted: bool) -> None:
    its = office.told(FIRST, in_three(SHOWN[:1]))
    sent = next(office.store.export_messages())
    if alerted:
        office.scene.alerts(sent.seq, risk=DANGER)
        with office.store.transaction() as tx:
            tx.link_alerts([sent.seq], its)
    done = office.removes(0, by=office.lead() if alerted else None)
    with office.database.reading() as connection:
        assert connection.execute(select(removed_passage.c.whole)).scalar_one()
    with office.store.transaction() as tx:
        tx.withdraw_inbound(SMS, ACCOUNT, sent.external_id or "", NOW)

    with office.database.reading() as connection:
        assert len(connection.execute(select(taken_back)).all()) == 1
        assert connection.execute(select(removed_passage.c.gone_at)).scalar_one() == NOW
        assert (connection.execute(select(removed_passage.c.sealed)).scalar_one() is not None) == alerted
    with office.store.transaction() as tx:
        assert not tx.put_back_passage(done.id, office.jo, NOW)
    if alerted:
        originals = SqlOriginals(office.database, office.sealer)
        assert [each.text for each in originals.originals(its, taken_back=True)] == [FIRST]


def test_a_name_that_was_hidden_meanwhile_is_hidden_in_what_comes_back(office: Office) -> None:
    told = ["Her uncle drives the taxi.", "Her uncle drinks at breakfast."]
    office.told(" ".join(told), in_three(told))
    done = office.removes()
    hiding = Hiding(work=office.store, clock=office.clock, new_id=uuid4)
    assert hiding.hide(office.view(), office.jo, "uncle")
    assert [each.can_be_put_back for each in office.removals] == [True]
    assert office.use.put_back(office.view(), office.jo, done.id)

    view = office.view()
    hidden = [each.replace("uncle", "[name removed]") for each in told]
    assert [each.text for each in view.card.passages] == hidden
    assert view.talk[0].text == " ".join(hidden)
    assert [each.text[slice(*each.suggestions[0].evidence[0])] for each in view.card.passages] == ["taxi", "breakfast"]


def test_a_name_that_was_hidden_in_another_message_is_hidden_in_what_comes_back_and_in_what_it_means(office: Office) -> None:
    its = office.told()
    translated(office.store, office.jo, "Her uncle is a drunk.", version=1)
    done = office.removes()
    says_more(office, its, "Her uncle was there too.")
    hiding = Hiding(work=office.store, clock=office.clock, new_id=uuid4)
    assert hiding.hide(office.view(), office.jo, "uncle") == 1
    assert office.use.put_back(office.view(), office.jo, done.id)

    texts = [each.text for each in office.view().card.passages]
    assert SHOWN[1].replace("uncle", "[name removed]") in texts
    assert "Her [name removed] is a drunk." in texts
    assert not [text for text in texts if "uncle" in text]


def says_more(office: Office, its: UUID, words: str) -> None:
    """One message more of the same experience."""
    office.scene.accepts(words)
    claim = office.scene.must_claim()
    with office.store.transaction() as tx:
        tx.hold_turn(claim)
        for each in claim.messages:
            said = Heard(redacted=words, passages=(Passage(0, len(words), words, Polarity.BAD, ()),))
            tx.mark_heard(each.seq, said, experience_id=its, question=None, is_story=True, tagger="t", taxonomy="1")
        tx.finish_turn(claim, now=NOW)


def test_what_the_team_quoted_of_its_translation_goes_with_it(office: Office) -> None:
    its = office.told()
    translated(office.store, office.jo, "Her uncle is a drunk at every breakfast.", version=1)
    note_id = uuid4()
    with office.database.writing() as connection:
        note = {"id": note_id, "experience_id": its, "staff_id": office.jo.id, "written_at": NOW}
        sealed = seal_note(office.sealer, "So: her uncle is a drunk at every breakfast. Ring them.", note_id)
        connection.execute(insert(staff_note), note | {"sealed": sealed})
    office.removes()

    assert [each.text for each in SqlDeskWork(office.database, office.sealer).notes(its)] == [f"So: {MARK}. Ring them."]


def test_who_asked_is_told_once_after_ten_minutes_and_not_if_it_was_put_back(office: Office) -> None:
    office.told()
    done = office.removes(why=Why.ASKED)
    said = select(outbound_message).where(outbound_message.c.key == "removed.told")
    with office.database.reading() as connection:
        (row,) = connection.execute(said).all()
    assert (row.dedupe_key, row.not_before, row.state) == (f"removed:{done.id}:0", NOW + timedelta(minutes=10), "pending")
    assert "RIVER 482" in row.redacted
    assert not [word for word in SECRET.split() if len(word) > 4 and word in row.redacted]

    office.use.put_back(office.view(), office.jo, done.id)
    with office.database.reading() as connection:
        assert connection.execute(said).one().state == "cancelled"


def said(office: Office) -> list[tuple[str, str, datetime | None]]:
    """Whether the family is told of a removal, and when."""
    row = outbound_message.c
    with office.database.reading() as connection:
        found = connection.execute(
            select(row.key, row.state, row.not_before).where(row.key.startswith("removed.")).order_by(row.seq)
        )
        return [(each.key, each.state, each.not_before) for each in found]


def test_what_is_removed_in_the_evening_is_told_in_the_morning(office: Office) -> None:
    office.told()
    office.clock.time = NOW.replace(hour=19, minute=55)
    office.removes(why=Why.ASKED)

    assert [not_before for _, _, not_before in said(office)] == [NOW.replace(hour=8, minute=0) + timedelta(days=1)]


@pytest.mark.parametrize("peace", ["death", "danger"])
def test_after_a_death_or_a_real_alert_no_machine_says_that_it_is_out(office: Office, peace: str) -> None:
    office.told()
    contact = office.scene.contact()
    if peace == "death":
        with office.store.transaction() as tx:
            tx.add_task(contact_id=contact, experience_id=None, kind="write_by_hand", due_on=NOW.date(), now=NOW)
    else:
        alert_id = office.scene.alerts(next(row.seq for row in office.store.export_messages()), risk=DANGER)
        with office.store.transaction() as tx:
            tx.close_alert(alert_id, office.jo.id, "social_care: rung", NOW)
            tx.clear_alert(alert_id, office.jo.id, "all is well", NOW)
    assert not office.use.may_tell(office.view())
    assert not office.removes(why=Why.ASKED).told

    assert said(office) == []


def test_where_nothing_is_left_the_family_is_told_so_once_and_not_that_the_rest_is_kept(office: Office) -> None:
    told = SHOWN[:2]
    office.told(" ".join(told), in_three(told))
    first = office.removes(0, why=Why.ASKED)
    second = office.removes(0, why=Why.ASKED)

    assert [(key, state) for key, state, _ in said(office)] == [("removed.told", "cancelled"), ("removed.all", "pending")]
    with office.store.transaction() as tx:
        assert tx.put_back_passage(second.id, office.jo, office.clock.now())
        assert tx.put_back_passage(first.id, office.jo, office.clock.now())
    assert [state for _, state, _ in said(office)] == ["cancelled", "cancelled"]


def test_two_that_were_removed_at_a_time_are_told_in_one_word_until_both_are_back(office: Office) -> None:
    office.told()
    first, second = office.removes(1, why=Why.ASKED), office.removes(1, why=Why.ASKED)
    assert [state for _, state, _ in said(office)] == ["cancelled", "pending"]
    assert office.use.put_back(office.view(), office.jo, second.id)
    assert [state for _, state, _ in said(office)] == ["cancelled", "pending"]
    office.use.put_back(office.view(), office.jo, first.id)

    assert [state for _, state, _ in said(office)] == ["cancelled", "cancelled"]


def test_what_raised_an_alert_that_was_none_is_told_to_be_kept_and_why_it_was(office: Office) -> None:
    its = office.told()
    seq = next(row.seq for row in office.store.export_messages())
    alert_id = office.scene.alerts(seq, risk=DANGER)
    with office.store.transaction() as tx:
        tx.link_alerts([seq], its)
        tx.close_alert(alert_id, office.jo.id, "not_safeguarding", NOW)
    office.removes(why=Why.ASKED)

    assert [key for key, _, _ in said(office)] == ["removed.kept"]


def test_a_message_of_which_nothing_is_left_is_one_that_the_team_removed(office: Office) -> None:
    office.told()
    seq = office.scene.accepts("And the driver shouts.")
    assert seq is not None
    office.scene.takes_turn(("transport", 0.9))
    number = next(index for index, each in enumerate(office.view().card.passages) if "driver" in each.text)
    done = office.removes(number)
    assert [(line.state, line.removed) for line in office.view().talk if line.seq == seq] == [("taken_back", True)]
    office.use.put_back(office.view(), office.jo, done.id)

    assert [(line.state, line.removed) for line in office.view().talk if line.seq == seq] == [("", False)]


@pytest.mark.parametrize("peace", ["death", "danger"])
def test_a_cry_for_help_or_a_death_calls_off_the_word_that_it_is_out(office: Office, peace: str) -> None:
    office.told()
    office.removes(why=Why.ASKED)
    if peace == "death":
        contact = office.scene.contact()
        with office.store.transaction() as tx:
            tx.add_task(contact_id=contact, experience_id=None, kind="write_by_hand", due_on=NOW.date(), now=NOW)
    else:
        office.scene.alerts(next(row.seq for row in office.store.export_messages()), risk=DANGER)

    assert [state for _, state, _ in said(office)] == ["cancelled"]
    with office.database.reading() as connection:
        (its,) = connection.execute(select(removed_passage.c.experience_id)).scalars()
    assert [each.told_at for each in office.records.removals(its, office.clock.now())] == [None]


def test_their_copy_of_what_we_hold_says_that_a_part_was_taken_out_and_not_what(office: Office) -> None:
    office.told()
    office.removes(why=Why.ASKED)
    held = SqlHoldings(office.database, office.sealer, cast("Blobs", None)).held(office.scene.contact())

    assert held is not None
    assert held.taken_out == (TakenOut(at=NOW, reference="RIVER 482", asked=True),)
    assert [sent.text for sent in held.sent] == [f"{FIRST} {MARK} {LAST}"]


def test_a_reason_is_one_of_the_list_or_words_that_do_not_repeat_it(office: Office) -> None:
    office.told()
    with pytest.raises(RepeatsError):
        office.removes(why=Why.OTHER, reason="bob drinks at breakfast in Yeovil")
    office.removes(why=Why.OTHER, reason="a colleague of ours")

    (line,) = office.store.export_rows("audit")
    assert (line["action"], line["why"]) == ("remove_passage", "a colleague of ours")


def test_a_passage_that_has_changed_or_gone_meanwhile_is_left_alone(office: Office) -> None:
    office.told()
    view = office.view()
    passage = view.card.passages[1]
    assert office.use.remove(view, office.jo, passage.id, why=Why.NAMES, reason="", digest="0" * 16) is None
    office.removes()

    assert office.use.remove(view, office.jo, passage.id, why=Why.NAMES, reason="", digest=digest_of(passage.text)) is None
    assert len(office.removals) == 1


def test_it_stays_out_when_the_message_was_changed_since(office: Office) -> None:
    office.told()
    office.removes()
    (deed,) = office.deeds().last(office.jo, with_safeguarding=False)
    with office.database.writing() as connection:
        connection.execute(update(experience).values(place="Wells"))
    name = next(row.external_id for row in office.store.export_messages()) or ""
    with office.store.transaction() as tx:
        tx.amend_inbound(SMS, ACCOUNT, name, text="Something else.", risk=CALM, now=NOW)

    with pytest.raises(GoneOnError):
        office.deeds().undo(deed.id, office.jo)
    assert office.words == ["Something else."]


def test_words_that_the_masked_copy_does_not_show_any_more_are_kept_as_that_copy(office: Office) -> None:
    """Nothing that might hold the secret stays sealed because we cannot tell where it stands."""
    office.told(words="Quite other words, which say that Bob drinks.")
    office.removes()

    assert office.words == [f"{SHOWN[0]} [part removed] {SHOWN[2]}"]


def test_after_the_day_it_is_not_put_back_even_before_it_is_swept(office: Office) -> None:
    office.told()
    done = office.removes()
    office.clock.time = NOW + PUT_BACK_WITHIN

    assert not office.use.put_back(office.view(), office.jo, done.id)
    assert [each.can_be_put_back for each in office.removals] == [False]


def test_a_passage_of_words_that_wait_to_be_heard_anew_is_left_alone(office: Office) -> None:
    office.told()
    view = office.view()
    passage = view.card.passages[1]
    name = next(row.external_id for row in office.store.export_messages()) or ""
    with office.store.transaction() as tx:
        tx.amend_inbound(SMS, ACCOUNT, name, text="Something else.", risk=CALM, now=NOW)

    assert office.use.remove(view, office.jo, passage.id, why=Why.NAMES, reason="", digest=digest_of(passage.text)) is None
    assert office.words == ["Something else."]


def test_a_turn_under_way_begins_anew_when_a_passage_is_put_back(office: Office) -> None:
    office.told()
    done = office.removes()
    office.scene.accepts("And the driver was new.")
    claim = office.scene.must_claim()
    assert office.use.put_back(office.view(), office.jo, done.id)

    with pytest.raises(LeaseLost), office.store.transaction() as tx:
        tx.hold_turn(claim)


def test_danger_in_changed_words_is_read_as_it_came_with_what_was_removed(office: Office) -> None:
    office.told()
    office.removes()
    name = next(row.external_id for row in office.store.export_messages()) or ""
    sent = f"{FIRST} {SECRET} He will hurt her tonight."
    with office.store.transaction() as tx:
        tx.amend_inbound(SMS, ACCOUNT, name, text=sent, risk=DANGER, now=NOW)

    assert office.words == [sent]


def test_the_words_that_frightened_us_are_marked_where_they_stand_after_the_cut(office: Office) -> None:
    office.told()
    evidence = [[WORDS.index(word), WORDS.index(word) + len(word)] for word in ("drinks", "lovely")]
    with office.database.writing() as connection:
        connection.execute(update(inbound_message).values(risk_evidence=evidence))
    office.removes()

    with office.database.reading() as connection:
        spans = connection.execute(select(inbound_message.c.risk_evidence)).scalar_one()
    assert [office.words[0][start:end] for start, end in spans] == ["lovely"]
