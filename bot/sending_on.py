"""The acts of staff that pass a family's words on: preview, send, send again, write down the answer, call back.

A mail is committed to the outbox with the record of it, under a key that is used once: pressed twice, or after a crash, it
goes once. The family is told of praise only when the mail has left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from bot.alerted import audit
from bot.cards import ExperienceCard, ExperienceView
from bot.conversation import Purpose, Say
from bot.errors import BotError, NotFound
from bot.hours import Hours
from bot.model import ENGLISH, Address, ChannelName
from bot.outgoing import Part, Priority
from bot.passing_letters import Letter, PassingLetters
from bot.passing_on import (
    EMAIL,
    Bar,
    BarredError,
    Kind,
    NewPassing,
    Passing,
    PassingRecords,
    PassingStore,
    PassingWork,
    Recipient,
    Telling,
    agreed,
    bar,
    mark_of,
    offered,
    quoted,
    still_quotes,
)
from bot.ports import Channel, Clock, Store
from bot.records import NewOutbound, OutboundClaim, StaffMember, Stays
from bot.replies import Replies
from bot.talks_held import TalkRecords, may_be_told
from bot.wall import may_handle_alerts

KEY = "passed_on"
"""The key of such a mail: it stands in no wording."""
TOLD = "praise.passed_on"
FURTHEST = timedelta(days=180)
MOST = 200
LOOK_AGAIN = timedelta(minutes=1)


class DayError(BotError):
    """The day by which an answer is asked for must be from tomorrow on, within half a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a member of staff wants passed on. ``id`` is drawn with the page, so that one page passes on once."""

    id: UUID
    kind: Kind
    recipient_id: UUID
    passages: frozenset[UUID]
    answer_to: str
    note: str = field(default="", repr=False)
    due_on: date | None = None
    tell: bool = False


@dataclass(frozen=True, slots=True)
class SendingOn:
    """Whoever may read an experience and works with it may do all of this: the views look it up behind the wall first."""

    records: PassingRecords
    talks: TalkRecords
    store: Store
    work: PassingStore
    letters: PassingLetters
    replies: Replies
    channels: Mapping[ChannelName, Channel]
    hours: Hours
    clock: Clock
    new_id: Callable[[], UUID]

    @property
    def can_mail(self) -> bool:
        return EMAIL in self.channels

    def bar(self, card: ExperienceCard, kind: Kind) -> Bar | None:
        return bar(card, kind, self.records.recipients(), can_mail=self.can_mail)

    def open_to(self, card: ExperienceCard) -> tuple[Recipient, ...]:
        """The recipients that the family's consent covers."""
        return tuple(each for each in self.records.recipients() if agreed(card, each))

    def may_tell(self, card: ExperienceCard) -> bool:
        """Whether the family can be told that their thanks were passed on: nothing they said stands against it."""
        if card.consents.get(Purpose.TELL_WHAT_CHANGED) is False:
            return False
        talk = self.talks.talk(card.reference)
        return (
            talk is not None
            and not talk.in_peace
            and not talk.is_with_safeguarding
            and may_be_told(talk, self.channels, self.clock.now())
        )

    def preview(self, view: ExperienceView, wanted: Wanted) -> tuple[Recipient, Letter]:
        """Exactly what would leave, and to whom. Raises ``BarredError``, ``DayError``, ``NotFound`` for what is not offered."""
        card = view.card
        if stands := self.bar(card, wanted.kind):
            raise BarredError(stands)
        recipient = next((each for each in self.open_to(card) if each.id == wanted.recipient_id), None)
        passages = [each for each in offered(card, wanted.kind) if each.id in wanted.passages]
        if recipient is None or not passages or len(passages) != len(wanted.passages):
            raise NotFound
        today = self.hours.today(self.clock.now())
        if wanted.kind is Kind.REQUEST and (wanted.due_on is None or not today < wanted.due_on <= today + FURTHEST):
            raise DayError
        rests_on = agreed(card, recipient)
        values = {
            "service": recipient.name,
            "words": quoted(passages),
            "note": _own_words(wanted.note),
            "agreed": self.letters.agreed[rests_on.value] if rests_on else "",
            "answer_to": wanted.answer_to,
            "due": _day(wanted.due_on),
            "mark": mark_of(wanted.id),
        }
        return recipient, self.letters.write(wanted.kind.value, values)

    def send(self, view: ExperienceView, member: StaffMember, wanted: Wanted) -> bool:
        """False: it was passed on to them already. Raises as ``preview`` does."""
        recipient, letter = self.preview(view, wanted)
        now, mail_id = self.clock.now(), self.new_id()
        tells = wanted.tell and wanted.kind is Kind.PRAISE and self.may_tell(view.card)
        new = NewPassing(
            id=wanted.id,
            kind=wanted.kind,
            experience_id=view.card.id,
            recipient_id=recipient.id,
            staff_id=member.id,
            outbound_id=mail_id,
            answer_to=wanted.answer_to,
            due_on=wanted.due_on if wanted.kind is Kind.REQUEST else None,
            task_id=self.new_id() if wanted.kind is Kind.REQUEST else None,
            telling=Telling.WANTED if tells else Telling.NO,
        )
        with self.work.transaction() as tx:
            if not tx.add_passing(new, now):
                return False
            self._enqueue(tx, mail_id, f"passed:{wanted.id}:0", recipient.email, letter, member.id, now)
            audit(tx, member, "pass_on", f"experience:{view.card.id}", now)
        return True

    def look(self, passing_id: UUID, member: StaffMember) -> Passing:
        """Raises ``NotFound``, behind the wall too."""
        found = self.records.passing(passing_id, with_safeguarding=self._handles(member))
        if found is None:
            raise NotFound
        return found

    def newest(self, member: StaffMember) -> tuple[Passing, ...]:
        return self.records.newest(with_safeguarding=self._handles(member), limit=MOST)

    def may_go_again(self, passing: Passing, card: ExperienceCard) -> bool:
        """Whether a mail that did not go may be sent once more: what stood when it was pressed must stand now, and
        the words it quotes too: a name may have been hidden in them since.
        """
        if not passing.has_failed or not still_quotes(passing.text, card) or self.bar(card, passing.kind):
            return False
        return any(each.id == passing.recipient_id for each in self.open_to(card))

    def again(self, view: ExperienceView, passing: Passing, member: StaffMember) -> bool:
        """False: it may not, or somebody was quicker."""
        if not self.may_go_again(passing, view.card):
            return False
        now, mail_id = self.clock.now(), self.new_id()
        letter = Letter(self.letters.subjects[passing.kind.value].format(mark=passing.mark), passing.text)
        with self.work.transaction() as tx:
            if not tx.try_passing_again(passing.id, mail_id, tries=passing.tries):
                return False
            key = f"passed:{passing.id}:{passing.tries}"
            self._enqueue(tx, mail_id, key, passing.email, letter, member.id, now)
            audit(tx, member, "send_again", f"experience:{passing.experience_id}", now)
        return True

    def write_answer(self, passing: Passing, member: StaffMember, answer: str) -> bool:
        """``answer``: 1 to 5,000 characters. One that stands is not written over."""
        now = self.clock.now()
        with self.work.transaction() as tx:
            if passing.is_over or not tx.answer_passing(passing.id, member.id, answer, now):
                return False
            audit(tx, member, "write_answer", f"experience:{passing.experience_id}", now)
        return True

    def call_back(self, passing: Passing, member: StaffMember | None) -> bool:
        """What still waits does not leave; where it has left, a second mail asks to disregard it. ``member`` None: by itself,
        for words of it are out of the record, no yes covers it any more, or safeguarding has it. False: it was called back
        already.
        """
        now, mail_id = self.clock.now(), self.new_id()
        staff_id = None if member is None else member.id
        with self.work.transaction() as tx:
            has_left = tx.has_left(passing.outbound_id)
            tx.call_off(passing.outbound_id, now)
            outcome = _outcome(passing, member, has_left=has_left)
            if not tx.call_passing_back(passing.id, staff_id, mail_id if has_left else None, outcome, now):
                return False
            if has_left:
                values = {
                    "service": passing.recipient,
                    "day": _day(self.hours.today(passing.at)),
                    "mark": passing.mark,
                    "answer_to": passing.answer_to,
                }
                letter = self.letters.write("back", values)
                self._enqueue(tx, mail_id, f"disregard:{passing.id}:0", passing.email, letter, staff_id, now)
            tx.audit(
                who="earshot" if member is None else f"staff:{member.id}",
                action="call_back",
                record=f"experience:{passing.experience_id}",
                now=now,
            )
        return True

    def last_look(self, claim: OutboundClaim) -> Stays | None:
        """Why a mail that the outbox has in hand does not leave after all. What the sweep calls back waits for it."""
        found = self.records.of_mail(claim.outgoing.id)
        if found is None:
            return None
        passing, stays = found
        view = self.store.experience(passing.reference)
        if passing.is_over or view is None:
            return Stays("called_back")
        if stays:
            return Stays("not_covered", wait=LOOK_AGAIN)
        if not still_quotes(claim.outgoing.text, view.card):
            return Stays("words_changed")
        return None

    def sweep(self) -> bool:
        """Call one back whose words are out of the record; or, by day, tell one family that their thanks were passed on."""
        back = self.records.to_call_back()
        if back is not None:
            return self.call_back(back, None)
        now = self.clock.now()
        if self.hours.next_awake(now) > now:
            return False
        to_tell = self.records.to_tell()
        return to_tell is not None and self._tell(to_tell)

    def _tell(self, passing: Passing) -> bool:
        now, talk = self.clock.now(), self.talks.talk(passing.reference)
        view = self.store.experience(passing.reference)
        may = talk is not None and view is not None and self.may_tell(view.card)
        with self.work.transaction() as tx:
            if not tx.settle_family_told(passing.id, Telling.TOLD if may else Telling.COULD_NOT):
                return False
            if talk is None or not may:
                return True
            say, dedupe = Say(TOLD, {"team": passing.recipient}), f"passed:{passing.id}:told"
            for row in self.replies.in_talk(talk, say, dedupe=dedupe, priority=Priority.NOTICE, now=now):
                tx.enqueue(row, now)
        return True

    def _enqueue(
        self, tx: PassingWork, mail_id: UUID, key: str, email: str, letter: Letter, staff_id: UUID | None, now: datetime
    ) -> None:
        row = NewOutbound(
            id=mail_id,
            dedupe_key=key,
            channel=EMAIL,
            address=Address("email", email),
            contact_id=None,
            conversation_id=None,
            key=KEY,
            locale=ENGLISH,
            part=Part(letter.text),
            priority=Priority.REPLY,
            not_before=now,
            thread={"subject": letter.subject, "begins": "yes"},
            by_person=True,
            staff_id=staff_id,
        )
        tx.enqueue(row, now)

    def _handles(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())


def _outcome(passing: Passing, member: StaffMember | None, *, has_left: bool) -> str:
    """What its task says came of it."""
    if member is not None:
        return "called back"
    if passing.gone:
        return "called back: words of it are out of the record"
    if not passing.is_with_safeguarding:
        return "called back: no yes of the family covers it any more"
    return "called back: it is with safeguarding" if has_left else "not sent: it is with safeguarding"


def _own_words(note: str) -> str:
    """Set apart from what the family said: no line of it begins as a quotation does."""
    return "\n".join(f" {line}" if line.startswith(">") else line for line in note.splitlines())


def _day(day: date | None) -> str:
    """As the whole mail is: in English."""
    return "" if day is None else f"{day.day} {day:%B %Y}"
