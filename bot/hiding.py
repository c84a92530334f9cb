"""A reviewer hides a word that the redactor missed, or says of words that might be names that they are fine.

Every text of the experience in clear is masked in one transaction; the words as they came stay sealed as they were. What
was hidden is hidden in what comes later, too. The audit trail says who did it and where, never the word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.alerted import audit
from bot.cards import ExperienceView
from bot.masks import Find, hiding, mask_more
from bot.ports import Clock, Transaction
from bot.records import StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNameWord:
    """What a member of staff says of a word or phrase: somebody's name, or not."""

    id: UUID
    experience_id: UUID
    words: str = field(repr=False)
    is_name: bool
    staff_id: UUID


class HidingWork(Transaction, Protocol):
    """What hiding asks of a transaction beside what every use case does."""

    def hold_experience(self, experience_id: UUID) -> bool:
        """Lock the person and their experience. False: there is none."""
        ...

    def hide(self, experience_id: UUID, find: Find) -> int:
        """Mask what is found in every text in clear of the experience: messages, passages, translations, what we said in its
        talk. Evidence goes with its words. Returns how many stretches were masked.
        """
        ...

    def settle_doubts(self, experience_id: UUID, find: Find) -> int:
        """These words are not doubtful any more. Returns how many stretches that were."""
        ...

    def add_name_word(self, new: NewNameWord, now: datetime) -> None: ...


class HidingStore(Protocol):
    def transaction(self) -> AbstractContextManager[HidingWork]: ...


@dataclass(frozen=True, slots=True)
class Hiding:
    """The acts of staff on an experience that they may read."""

    work: HidingStore
    clock: Clock
    new_id: Callable[[], UUID]

    def hide(self, view: ExperienceView, member: StaffMember, words: str, *, beside: Iterable[str] = ()) -> int:
        """Returns in how many places; 0 where it stands in none, and then nothing is changed. ``beside``: texts of the
        experience that are masked each time they are shown.
        """
        find = hiding(words)
        with self.work.transaction() as tx:
            if not tx.hold_experience(view.card.id):
                return 0
            places = tx.hide(view.card.id, find) + sum(len(mask_more(text, find(text)).cuts) for text in beside)
            if places:
                self._keep(tx, view, member, words, is_name=True)
        return places

    def leave(self, view: ExperienceView, member: StaffMember, words: Sequence[str]) -> int:
        """They are no names, and nobody is asked about them again here. Returns how many places were settled."""
        with self.work.transaction() as tx:
            if not tx.hold_experience(view.card.id):
                return 0
            settled = {each: tx.settle_doubts(view.card.id, hiding(each)) for each in dict.fromkeys(words)}
            for each in (each for each, places in settled.items() if places):
                self._keep(tx, view, member, each, is_name=False)
        return sum(settled.values())

    def _keep(self, tx: HidingWork, view: ExperienceView, member: StaffMember, words: str, *, is_name: bool) -> None:
        now = self.clock.now()
        new = NewNameWord(id=self.new_id(), experience_id=view.card.id, words=words, is_name=is_name, staff_id=member.id)
        tx.add_name_word(new, now)
        audit(tx, member, "hide_word" if is_name else "leave_word", f"experience:{view.card.id}", now)


def doubtful_words(view: ExperienceView) -> tuple[str, ...]:
    """The words of the talk that might be names, each once, in the order in which they stand."""
    found = (line.text[start:end] for line in view.talk for start, end in line.doubtful)
    return tuple({" ".join(words.split()).casefold(): words for words in found}.values())
