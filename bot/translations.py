"""What a family wrote in a language the tagger does not know, in English by a member of staff who reads it.

The translation stands beside the words and never in their place; each correction is a version of its own. Danger is looked
for in it before anything else, as in every text: an alert is raised and calls people as any other does. No automatic text
goes to the family for it. Their words were looked at by the rules of their own language when they came; a translation may be
entered days later, and a text that names an emergency, out of the blue and to a phone that others may hold, could do harm.
A person has just read them, and decides what to say.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alert_records import NewAlert
from bot.alerted import audit
from bot.errors import NotFound, StoreUnavailable
from bot.faults import place
from bot.heard import Heard, Risk, RiskLevel
from bot.model import Locale
from bot.passages import digest_of
from bot.ports import Clock, Listener, Store, Transaction
from bot.records import StaffMember
from bot.safety import check
from bot.wall import is_with_safeguarding, may_handle_alerts

LONGEST = 20_000
"""Characters, as of any words that are typed in."""
AT_ONCE = 20
"""How many are tried in one sweep until one is heard."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One translation as staff see it. ``text`` is redacted, and empty until the worker has heard it."""

    number: int
    text: str
    by: str
    at: datetime
    is_heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One message of the experience that can be translated. ``text`` is redacted. ``versions``: the newest first.

    ``alerted`` is the gravest alert that was ever raised for it. ``is_foreign``: it was heard to be in another language.
    """

    seq: int
    text: str
    at: datetime
    locale: Locale
    contact_id: UUID
    experience_id: UUID
    is_foreign: bool
    alerted: RiskLevel = RiskLevel.NONE
    versions: tuple[Version, ...] = ()

    @property
    def digest(self) -> str:
        """Knows its words again."""
        return digest_of(self.text)


class Entered(StrEnum):
    """What came of entering a translation. ``OVERTAKEN``: somebody entered another version just now. ``CHANGED``: the message
    does not say any more what was translated, or is gone.
    """

    KEPT = "kept"
    OVERTAKEN = "overtaken"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTranslation:
    """``of``: the digest of the words that whoever wrote it had before them."""

    id: UUID
    inbound_seq: int
    version: int
    staff_id: UUID
    of: str
    text: str = field(repr=False)


class TranslationRecords(Protocol):
    def originals(self, reference: str) -> tuple[Original, ...]:
        """The messages of an experience that are in the record and have words, oldest first."""
        ...

    def text(self, seq: int, version: int) -> str:
        """A translation as it was typed, unsealed. Empty where there is none."""
        ...

    def unheard(self, *, limit: int) -> Sequence[UUID]:
        """The versions that wait to be heard, the oldest first."""
        ...

    def words_of(self, translation_id: UUID) -> str:
        """A version, unsealed. Raises ``WrongKeys``; empty when it is gone."""
        ...


class TranslationWork(Transaction, Protocol):
    """What translating asks of a transaction beside what every use case does."""

    def add_translation(self, new: NewTranslation, now: datetime) -> Entered:
        """Kept only of the words as they stand: what was taken out of them must not come back as what they meant."""
        ...

    def mark_translation_heard(self, translation_id: UUID, heard: Heard, *, tagger: str, taxonomy: str, now: datetime) -> bool:
        """Keep its redacted text and, where it is the newest, its passages with their suggestions: they take the place of an
        older version's, and what people decided about those goes over. The experience needs no translation any more once
        every message in another language has one. False: it was heard already, or is gone.
        """
        ...


class TranslationStore(Protocol):
    def transaction(self) -> AbstractContextManager[TranslationWork]: ...


@dataclass(frozen=True, slots=True)
class Translations:
    """The acts of staff. Each raises ``NotFound`` for what is not there, or behind the wall for this member."""

    records: TranslationRecords
    store: Store
    work: TranslationStore
    clock: Clock
    new_id: Callable[[], UUID]

    def originals(self, reference: str, member: StaffMember) -> tuple[Original, ...]:
        view = self.store.experience(reference)
        if view is None or (is_with_safeguarding(view.card) and not may_handle_alerts(member, self.store.all_staff())):
            raise NotFound
        return self.records.originals(reference)

    def typed(self, original: Original) -> str:
        """The newest version as it was typed, to be corrected."""
        return self.records.text(original.seq, original.versions[0].number) if original.versions else ""

    def enter(self, reference: str, seq: int, member: StaffMember, text: str, *, after: int, of: str) -> Entered:
        """Keep a translation; ``after`` is the version that was on the page, 0 for none, and ``of`` the digest of the words
        beside it. The same words again are no new version.
        """
        original = next((each for each in self.originals(reference, member) if each.seq == seq), None)
        if original is None:
            return Entered.CHANGED
        if original.versions and self.typed(original) == text:
            return Entered.KEPT
        now, risk = self.clock.now(), check(text)
        new = NewTranslation(id=self.new_id(), inbound_seq=seq, version=after + 1, staff_id=member.id, of=of, text=text)
        with self.work.transaction() as tx:
            entered = tx.add_translation(new, now)
            if entered is not Entered.KEPT:
                return entered
            audit(tx, member, "translate", f"translation:{new.id}", now)
            if risk.level.needs_alert and risk.level > original.alerted:
                self._alert(tx, original, risk, now)
        return entered

    def _alert(self, tx: Transaction, original: Original, risk: Risk, now: datetime) -> None:
        tx.add_alert(
            NewAlert(
                id=self.new_id(), contact_id=original.contact_id, inbound_seq=original.seq, risk=risk, raised_at=now, calls=True
            )
        )
        tx.raise_risk([original.seq], risk)
        tx.link_alerts([original.seq], original.experience_id)
        tx.describe_experience(original.experience_id, risk=risk.level)


@dataclass(frozen=True, slots=True)
class TranslationHearing:
    """The worker's half: each translation is listened to like any words, and themed."""

    records: TranslationRecords
    work: TranslationStore
    listener: Callable[[], Listener]
    taxonomy: str
    clock: Clock

    def sweep(self) -> bool:
        """Hear one. True: there may be more."""
        for translation_id in self.records.unheard(limit=AT_ONCE):
            try:
                heard = self._hear(translation_id)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - one that cannot be opened or heard must not hold up the others
                log.error("translation %s could not be heard: %s", translation_id, place(error))  # noqa: TRY400 - a traceback may hold words
                continue
            if heard:
                return True
        return False

    def _hear(self, translation_id: UUID) -> bool:
        listener = self.listener()
        heard = listener.hear(self.records.words_of(translation_id))
        with self.work.transaction() as tx:
            return tx.mark_translation_heard(
                translation_id, heard, tagger=listener.tagger, taxonomy=self.taxonomy, now=self.clock.now()
            )
