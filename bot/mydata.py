"""MY DATA: all that is held about a person, shown to them, behind a link that works once and for a quarter of an hour.

What the team noted for itself is in it, without the names of those who wrote it; whatever is about keeping somebody safe is not,
and a person can be asked for the rest. A reference finds a record and opens nothing, so the link has a code of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.cards import PassageView
from bot.conversation import Purpose
from bot.errors import NotFound, StoreUnavailable
from bot.media import MediaState
from bot.model import ENGLISH, Address, ChannelName, Locale
from bot.ports import Clock, Store
from bot.resuming import Resuming
from bot.review import tags

PATH = "/my-data"
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that can be had at the page itself; for a larger one a person is asked."""
_HANDED_ON = frozenset({"casework", "complaint", "foi"})
"""Kinds of tasks that are done when somebody else has it."""
WHO = "person"
"""Who looked, in the audit trail: whoever holds the link."""


# --- what is shown ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One file that came with a message. ``kind`` is None for one that is not kept; ``name`` as the sender called it."""

    id: UUID
    kind: str | None
    content_type: str
    size: int
    state: MediaState
    name: str = field(default="", repr=False)

    @property
    def can_be_had(self) -> bool:
        return self.state is MediaState.KEPT and self.size <= LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What they sent, as they sent it. ``before``: what it said before it was changed. ``place``: they sent a pin.

    ``proved``: False where the address it says it came from could not be checked (mail).
    """

    at: datetime
    channel: ChannelName
    text: str = field(repr=False)
    before: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    files: tuple[Copy, ...] = ()
    proved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What we said. ``by_person``: somebody of the team wrote it."""

    at: datetime
    channel: ChannelName
    text: str = field(repr=False)
    by_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One experience: what it is about as that stands now, and what was promised. ``read_on``: a person has read it."""

    reference: str
    opened_at: datetime
    promised_on: date
    read_on: date | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One answer to one question of consent; ``wording`` is the version of the words it was asked in."""

    at: datetime
    purpose: Purpose
    given: bool
    wording: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something the team has to do for them."""

    kind: str
    due_on: date
    done_at: datetime | None = None

    @property
    def passed_on(self) -> bool:
        """Whether it went to another team, as they had agreed."""
        return self.kind in _HANDED_ON and self.done_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What somebody of the team noted about an experience. Who it was is not said."""

    at: datetime
    reference: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOn:
    """What went to another team or service, as it went, with names taken out; and what they answered."""

    at: datetime
    reference: str
    to: str
    text: str = field(repr=False)
    answer: str = field(default="", repr=False)
    called_back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """Part of what they told was removed. ``asked``: they asked for it."""

    at: datetime
    reference: str
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that is shown to one person. ``doors`` are where they are reached; ``stopped_at``: they asked for silence."""

    contact_id: UUID
    locale: Locale
    doors: tuple[Address, ...]
    stopped_at: datetime | None = None
    sent: tuple[Sent, ...] = ()
    answers: tuple[Answer, ...] = ()
    told: tuple[Told, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    owed: tuple[Owed, ...] = ()
    noted: tuple[Noted, ...] = ()
    sent_on: tuple[SentOn, ...] = ()
    taken_out: tuple[TakenOut, ...] = ()

    @property
    def files(self) -> tuple[Copy, ...]:
        return tuple(copy for message in self.sent for copy in message.files)

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """The ways by which something came or went."""
        lines: tuple[Sent | Answer, ...] = (*self.sent, *self.answers)
        return tuple(dict.fromkeys(line.channel for line in lines))


def themes_of(passages: Iterable[PassageView]) -> tuple[str, ...]:
    """The themes that stand now, each once, in the order of the words."""
    return tuple(dict.fromkeys(tag.theme for passage in passages for tag in tags(passage)))


# --- the use case -----------------------------------------------------------------------------------------------------


class Holdings(Protocol):
    """Where all of it is kept. Raises ``WrongKeys`` for what does not open."""

    def contact_of(self, address: Address) -> UUID | None: ...

    def held(self, contact_id: UUID) -> Held | None:
        """None: nobody is there any more."""
        ...

    def content(self, contact_id: UUID, file_id: UUID) -> bytes:
        """One file of this person's. Raises ``NotFound``, ``BlobMissing``."""
        ...


@dataclass(frozen=True, slots=True)
class MyDataLinks:
    """The link as it is said in a message."""

    codes: Resuming
    public_url: str

    def draw(self, address: Address, locale: Locale) -> str:
        """A new link; an older one of the same address leads nowhere any more."""
        code = self.codes.offer(address).replace(" ", "-")
        language = "" if locale == ENGLISH else f"?locale={locale}"
        return f"{self.public_url}{PATH}/{code}{language}"


@dataclass(frozen=True, slots=True)
class MyData:
    """The use case behind the page."""

    codes: Resuming
    holdings: Holdings
    store: Store
    clock: Clock

    def open(self, code: str, *, who: str) -> Held | None:
        """Uses the code up. None: it leads nowhere. ``who`` is the place the try comes from; raises ``TooManyTriesError``."""
        address = self.codes.resume(code, who=who)
        if address is None:
            return None
        try:
            contact_id = self.holdings.contact_of(address)
            return None if contact_id is None else self.again(contact_id, "show_my_data")
        except BaseException:  # nothing was shown, so the link is not used up
            with suppress(StoreUnavailable):
                self.codes.give_back(code, address)
            raise

    def again(self, contact_id: UUID, action: str = "download_my_data") -> Held | None:
        """Once more for somebody who has shown a code a moment ago."""
        held = self.holdings.held(contact_id)
        if held is not None:
            self._note(action, f"contact:{contact_id}")
        return held

    def file(self, contact_id: UUID, file_id: UUID) -> tuple[Copy, bytes]:
        """One of their files. Raises ``NotFound`` for any other, and ``BlobMissing``."""
        held = self.holdings.held(contact_id)
        copy = next((copy for copy in held.files if copy.id == file_id), None) if held is not None else None
        if copy is None or not copy.can_be_had:
            raise NotFound
        content = self.holdings.content(contact_id, file_id)
        self._note("download_my_file", f"file:{file_id}")
        return copy, content

    def _note(self, action: str, record: str) -> None:
        with self.store.transaction() as tx:
            tx.audit(who=WHO, action=action, record=record, now=self.clock.now())
