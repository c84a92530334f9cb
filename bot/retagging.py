"""Past experiences tagged anew: by the tagger and the themes of today, in the worker, step by step.

What people decided is never touched. What the machine said before is kept beside what it says now.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from bot.errors import StoreUnavailable
from bot.faults import place
from bot.heard import Heard, Suggestion
from bot.own_themes import LiveThemes, cues_of, heirs
from bot.ports import Clock, Listener
from bot.records import StaffMember
from bot.wall import NotYours, may_publish

AT_ONCE = 10
"""Passages of one step: heard in less than a second."""
_LEASE = timedelta(minutes=2)
_BY_WORDS = 0.65
"""What a word that points to a theme of the team's own is worth: fairly sure."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retag:
    """One run over the past. ``changed``: passages of which something else is suggested now."""

    id: UUID
    asked_at: datetime
    by: str
    version: str
    total: int
    done: int
    changed: int
    ended_at: datetime | None = None
    stopped: bool = False

    @property
    def share(self) -> int:
        """Per cent."""
        return 100 if self.ended_at or not self.total else min(99, 100 * self.done // self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHear:
    """A passage of the record, with what is suggested of it now and ``tagger``, who suggested that: None for nobody, or for
    several. ``message`` is all that was written, of which it is the stretch from ``start`` to ``end``; ``question`` the key of
    the question it answers.
    """

    passage_id: UUID
    text: str
    suggested: Sequence[Suggestion]
    tagger: str | None
    message: str
    start: int
    end: int
    question: str | None


class RetagRecords(Protocol):
    """Short transactions of its own."""

    def last(self) -> Retag | None: ...

    def ask(self, member: StaffMember, version: str, now: datetime) -> bool:
        """Begin a run, or let one that is under way to themes of before start over. False: one to these is under way."""
        ...

    def stop(self, member: StaffMember, now: datetime) -> None: ...

    def hold(self, holder: UUID, *, now: datetime, until: datetime) -> Retag | None:
        """The run that is to go on, for one worker at a time."""
        ...

    def next(self, retag_id: UUID, *, limit: int) -> Sequence[ToHear]: ...

    def keep(
        self,
        run: Retag,
        heard: Sequence[tuple[ToHear, Sequence[Suggestion] | None]],
        *,
        tagger: str,
        taxonomy: str,
        now: datetime,
    ) -> None:
        """Each with its new suggestions, or None where they are as they were; the old ones stay beside them. Nothing
        where the run is over or started over meanwhile, nor where the words are not those that were heard.
        """
        ...

    def end(self, run: Retag, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Retagging:
    """What staff do: ask for it, look how far it is, stop it."""

    records: RetagRecords
    live: LiveThemes
    clock: Clock

    def last(self) -> Retag | None:
        return self.records.last()

    def ask(self, member: StaffMember) -> bool:
        _check(member)
        return self.records.ask(member, self.live.version, self.clock.now())

    def stop(self, member: StaffMember) -> None:
        _check(member)
        self.records.stop(member, self.clock.now())


class RetagSweep:
    """The worker's half. A worker that dies is followed by another, where it was."""

    def __init__(self, records: RetagRecords, live: LiveThemes, listener: Callable[[], Listener], clock: Clock) -> None:
        self._records = records
        self._live = live
        self._listener = listener
        self._clock = clock
        self._me = uuid4()

    def sweep(self) -> bool:
        """One step. True: there is more."""
        now = self._clock.now()
        run = self._records.hold(self._me, now=now, until=now + _LEASE)
        if run is None:
            return False
        if self._live.version != run.version:
            self._live.look()
        waiting = self._records.next(run.id, limit=AT_ONCE)
        if not waiting:
            self._records.end(run, now)
            return False
        listener = self._listener()
        heard = [(each, self._of_today(listener, each)) for each in waiting]
        self._records.keep(run, heard, tagger=listener.tagger, taxonomy=self._live.version, now=now)
        return True

    def _of_today(self, listener: Listener, passage: ToHear) -> tuple[Suggestion, ...] | None:
        """What is suggested now, or None: the same as before, or it cannot be heard. What the tagger at work has suggested is
        not heard again: it heard the message as it came, and only the themes can have changed since.
        """
        if passage.tagger == listener.tagger:
            changes = self._live.changes
            found: tuple[Suggestion, ...] | None = _today(passage.text, passage.suggested, heirs(changes), cues_of(changes))
        else:
            found = self._hear(listener, passage)
        return None if found is None or _scores(found) == _scores(passage.suggested) else found

    def _hear(self, listener: Listener, passage: ToHear) -> tuple[Suggestion, ...] | None:
        try:
            return _in_its_message(listener, passage)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be heard must not hold up the others
            log.error("passage %s could not be heard: %s", passage.passage_id, place(error))  # noqa: TRY400 - a traceback may hold words
            return None


def _in_its_message(listener: Listener, passage: ToHear) -> tuple[Suggestion, ...]:
    """As when it came, with its message about it and the question before it; alone where it is cut otherwise by now."""
    heard = listener.hear(passage.message, question=passage.question)
    for each in heard.passages:
        if (each.start, each.end, each.text) == (passage.start, passage.end, passage.text):
            return each.suggestions
    heard = listener.hear(passage.text)
    # Where more is masked now than then, the places of the evidence would not be those of the words that are kept.
    return heard.themes if heard.redacted == passage.text else tuple(replace(each, evidence=()) for each in heard.themes)


def _scores(suggestions: Iterable[Suggestion]) -> dict[str, float]:
    return {each.theme: round(each.score, 3) for each in suggestions}


class OwnThemeListener:
    """A listener that knows the team's own themes: what was retired becomes its heir, and their words point to those added."""

    def __init__(self, listener: Listener, live: LiveThemes) -> None:
        self.listener = listener
        self._live = live

    @property
    def tagger(self) -> str:
        return self.listener.tagger

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        heard = self.listener.hear(text, question=question)
        changes = self._live.changes
        return themed(heard, heirs(changes), cues_of(changes)) if changes else heard


def themed(heard: Heard, gone: Mapping[str, str], cues: Mapping[str, Sequence[str]]) -> Heard:
    """The same, with themes of today. Nothing is guessed in a language the tagger does not know."""
    known = {} if heard.needs_translation else cues
    return replace(
        heard,
        themes=_today(heard.redacted, heard.themes, gone, known),
        passages=tuple(replace(each, suggestions=_today(each.text, each.suggestions, gone, known)) for each in heard.passages),
        theme_is_sure=gone.get(heard.theme_is_sure, heard.theme_is_sure) if heard.theme_is_sure else None,
        both_are_sure=tuple(dict.fromkeys(gone.get(code, code) for code in heard.both_are_sure)),
    )


def _today(
    text: str, suggestions: Iterable[Suggestion], gone: Mapping[str, str], cues: Mapping[str, Sequence[str]]
) -> tuple[Suggestion, ...]:
    found: dict[str, Suggestion] = {}
    by_words = (Suggestion(code, _BY_WORDS, spans) for code, words in cues.items() if (spans := _spans(text, words)))
    for each in (*suggestions, *by_words):
        code = gone.get(each.theme, each.theme)
        twin = found.get(code)
        if twin is None:
            found[code] = replace(each, theme=code)
        else:
            evidence = tuple(dict.fromkeys((*twin.evidence, *each.evidence)))
            found[code] = replace(twin, score=max(twin.score, each.score), evidence=evidence)
    return tuple(sorted(found.values(), key=lambda each: -each.score))


def _spans(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found = []
    for phrase in words:
        parts = [re.escape(word) for word in phrase.split()]
        if parts:
            pattern = r"(?<!\w)" + r"\s+".join(parts) + r"(?:s|es)?(?!\w)"
            found += [each.span() for each in re.finditer(pattern, text, re.IGNORECASE)]
    return tuple(sorted(set(found)))


def _check(member: StaffMember) -> None:
    if not may_publish(member):
        raise NotYours
