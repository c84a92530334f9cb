"""What the past is tagged by: its own tagger is not asked again, another one hears each passage in its message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.own_themes import LiveThemes, OwnThemes, version_of
from bot.ports import Listener
from bot.records import StaffMember
from bot.retagging import OwnThemeListener, Retag, RetagSweep, ToHear
from bot.taggers import LiveListener, at_work
from tests.bot.test_own_themes import BASE, HOIST, PIA, Kept
from tests.bot.test_taggers import OneTagger, Shelf
from tests.staff.fakes import FakeClock

WHOLE = "Brilliant nurse. Still no taxi."
TAXI = "Still no taxi."


@dataclass
class Ear:
    """Hears another theme in a stretch of a message than in the same words alone; it cuts at ``cut``."""

    cut: int = WHOLE.index(TAXI)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    tagger: str = "rules-2"

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        self.asked.append((text, question))
        alone, inside = (Suggestion("disputes", 0.9),), (Suggestion("transport", 0.8, ((9, 13),)),)
        if text != WHOLE:
            return Heard(redacted=text, themes=alone, passages=(Passage(0, len(text), text, Polarity.BAD, alone),))
        parts = (
            Passage(0, self.cut - 1, text[: self.cut - 1]),
            Passage(self.cut, len(text), text[self.cut :], suggestions=inside),
        )
        return Heard(redacted=text, themes=inside, passages=parts)


@dataclass
class OneRun:
    """A run over one passage."""

    version: str
    passage: ToHear
    kept: list[Sequence[Suggestion] | None] = field(default_factory=list)

    def last(self) -> Retag | None:
        return Retag(id=uuid4(), asked_at=FakeClock().now(), by="Pia", version=self.version, total=1, done=0, changed=0)

    def ask(self, member: StaffMember, version: str, now: datetime) -> bool:
        raise NotImplementedError

    def stop(self, member: StaffMember, now: datetime) -> None:
        raise NotImplementedError

    def hold(self, holder: UUID, *, now: datetime, until: datetime) -> Retag | None:
        return self.last()

    def next(self, retag_id: UUID, *, limit: int) -> Sequence[ToHear]:
        return [] if self.kept else [self.passage]

    def keep(
        self,
        run: Retag,
        heard: Sequence[tuple[ToHear, Sequence[Suggestion] | None]],
        *,
        tagger: str,
        taxonomy: str,
        now: datetime,
    ) -> None:
        self.kept += [found for _, found in heard]

    def end(self, run: Retag, now: datetime) -> None:
        return


def a_passage(*suggested: Suggestion, tagger: str | None = "rules-1") -> ToHear:
    start = WHOLE.index(TAXI)
    return ToHear(
        passage_id=uuid4(),
        text=TAXI,
        suggested=suggested,
        tagger=tagger,
        message=WHOLE,
        start=start,
        end=len(WHOLE),
        question="better",
    )


def found_anew(ear: Listener, passage: ToHear, records: Kept | None = None) -> Sequence[Suggestion] | None:
    records = records or Kept()
    live = LiveThemes(BASE, records, seconds=lambda: 0.0)
    run = OneRun(version_of(BASE, records.latest()), passage)
    RetagSweep(run, live, lambda: OwnThemeListener(ear, live), FakeClock()).sweep()
    return run.kept[0]


def test_what_the_tagger_at_work_has_suggested_is_not_heard_again() -> None:
    """Nothing has changed, so nothing may: it heard the message as it came, with the names that are masked by now."""
    ear = Ear()

    assert found_anew(ear, a_passage(Suggestion("transport", 0.7), tagger="rules-2")) is None
    assert ear.asked == []


def test_of_such_a_passage_the_themes_become_those_of_today() -> None:
    kept = Kept()
    use = OwnThemes(LiveThemes(BASE, kept, seconds=lambda: 0.0), kept, FakeClock())
    use.retire(PIA, "transport", "communication", merge=True)
    use.add(PIA, replace(HOIST, cues=("taxi",)))

    found = found_anew(Ear(), a_passage(Suggestion("transport", 0.7, ((9, 13),)), tagger="rules-2"), kept)

    assert found == (
        Suggestion("communication", 0.7, ((9, 13),)),
        Suggestion("own_hoists_and_changing_places", 0.65, ((9, 13),)),
    )


@pytest.mark.parametrize("tagger", ["rules-1", None], ids=["another tagger", "nothing suggested"])
def test_another_tagger_hears_a_passage_in_its_message_behind_its_question(tagger: str | None) -> None:
    ear = Ear()

    assert found_anew(ear, a_passage(tagger=tagger)) == (Suggestion("transport", 0.8, ((9, 13),)),)
    assert ear.asked == [(WHOLE, "better")]


def test_where_the_message_is_cut_otherwise_by_now_a_passage_is_heard_alone() -> None:
    assert found_anew(Ear(cut=10), a_passage()) == (Suggestion("disputes", 0.9),)


def test_the_tagger_of_this_moment_is_known_before_it_has_heard_anything() -> None:
    """Another one was put to work since this thread heard something last."""
    shelf = Shelf()
    listener = LiveListener(shelf, OneTagger)
    listener.hear("The taxi.")
    shelf.at_work = 1
    listener.sweep()

    assert at_work(listener).tagger == "one"
    assert at_work(Ear()).tagger == "rules-2"
