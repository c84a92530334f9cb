"""What a campaign has come to: counts with small numbers kept back, words redacted, and rows for a file. Pure.

A count under five could point at somebody, so it is not shown; nor is the smallest other, from which it could be worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.campaigns import Campaign, Campaigns, Kind, Question, State
from bot.errors import NotFound
from bot.hours import Hours
from bot.invitations import Standing
from bot.model import ENGLISH
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import may_handle_alerts

FEWEST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One person's answers: by question the choice, or the redacted words. Nobody's name, address or id is in it."""

    channel: str
    locale: str
    invited: bool
    finished: bool
    answers: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    late: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """``shown`` is None where the number is too small to be shown."""

    name: str
    shown: int | None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """``words``: what people wrote, in the order of the alphabet, so that no row is the same person's as in another list."""

    question: Question
    asks: str
    counts: tuple[Counted, ...]
    words: tuple[str, ...]
    answered: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """``began``, ``finished``, ``late`` and ``answered_invitations`` are None where they are too few to be shown."""

    campaign: Campaign
    state: State
    began: int | None
    finished: int | None
    questions: tuple[QuestionResult, ...]
    channels: tuple[Counted, ...]
    locales: tuple[Counted, ...]
    late: int | None
    invited: int
    rate: int | None
    hidden: int = 0

    @property
    def title(self) -> str:
        return self.campaign.in_words(ENGLISH).title


class ResultRecords(Protocol):
    def answered(self, campaign: str, *, with_safeguarding: bool) -> Sequence[Answered]:
        """``with_safeguarding``: also of those about whom an alert is open."""
        ...

    def hidden(self, campaign: str) -> int:
        """How many answered about whom an alert is open."""
        ...

    def standing(self, campaign: str) -> Standing: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReview:
    """The use case behind the pages of results."""

    records: ResultRecords
    store: Store
    campaigns: Campaigns
    hours: Hours
    clock: Clock

    def all(self) -> tuple[tuple[Campaign, State], ...]:
        """Open ones first, then those to come, then the others, the newest first."""
        today = self.hours.today(self.clock.now())
        order = [State.OPEN, State.SOON, State.OVER]
        found = [(campaign, campaign.state(today)) for campaign in self.campaigns.by_code.values()]
        return tuple(sorted(found, key=lambda each: (order.index(each[1]), -each[0].first.toordinal(), each[0].code)))

    def results(self, code: str, member: StaffMember) -> Results:
        """Raises ``NotFound``."""
        campaign = self._campaign(code)
        may = may_handle_alerts(member, self.store.all_staff())
        found = self.records.answered(code, with_safeguarding=may)
        hidden = 0 if may else self.records.hidden(code)
        today = self.hours.today(self.clock.now())
        return results_of(campaign, found, today=today, standing=self.records.standing(code), hidden=hidden)

    def rows(self, code: str, member: StaffMember) -> list[dict[str, str]]:
        """For a file, which the audit trail remembers. Raises ``NotFound``."""
        campaign, now = self._campaign(code), self.clock.now()
        may = may_handle_alerts(member, self.store.all_staff())
        rows = list(rows_of(campaign, self.records.answered(code, with_safeguarding=may)))
        with self.store.transaction() as tx:
            tx.audit(who=str(member.id), action="export campaign", record=f"campaign:{code}", why=str(len(rows)), now=now)
        return rows

    def _campaign(self, code: str) -> Campaign:
        found = self.campaigns.get(code)
        if found is None:
            raise NotFound
        return found


def results_of(campaign: Campaign, found: Sequence[Answered], *, today: date, standing: Standing, hidden: int = 0) -> Results:
    came = sum(1 for each in found if each.invited)
    return Results(
        campaign=campaign,
        state=campaign.state(today),
        began=shown(len(found)),
        finished=shown(sum(1 for each in found if each.finished)),
        questions=tuple(_question(campaign, question, found) for question in campaign.questions),
        channels=counted(Counter(each.channel for each in found)),
        locales=counted(Counter(each.locale for each in found)),
        late=shown(sum(each.late for each in found)),
        invited=standing.sent,
        rate=_share(came, standing.sent) if came >= FEWEST_SHOWN else None,
        hidden=hidden,
    )


def shown(count: int) -> int | None:
    """Nought gives nobody away; one to four might."""
    return None if 0 < count < FEWEST_SHOWN else count


def counted(counts: Mapping[str, int]) -> tuple[Counted, ...]:
    """Counts that add up to a total that may be known: one small one alone takes the smallest other out of sight too."""
    small = {name for name, count in counts.items() if shown(count) is None}
    others = sorted((count, name) for name, count in counts.items() if name not in small and count)
    if len(small) == 1 and others:
        small.add(others[0][1])
    total = sum(counts.values())
    return tuple(
        Counted(name, None if name in small else count, None if name in small else _share(count, total))
        for name, count in counts.items()
    )


def rows_of(campaign: Campaign, found: Iterable[Answered]) -> Iterator[dict[str, str]]:
    """One row an answer. Rows of one person are not told apart, and what few people share stands in no row."""
    people = list(found)
    few = {
        name: {value for value, count in Counter(getattr(each, name) for each in people).items() if count < FEWEST_SHOWN}
        for name in ("channel", "locale")
    }
    words = campaign.in_words(ENGLISH)
    rows = []
    for question in campaign.questions:
        rare = {
            count.name
            for count in counted(Counter(each.answers[question.key] for each in people if question.key in each.answers))
            if count.shown is None
        }
        for each in people:
            said = [*each.words.get(question.key, ())]
            if (answer := each.answers.get(question.key)) is not None:
                said.insert(0, "" if answer in rare else words.labels[question.key][answer])
            rows += [
                {
                    "question": words.ask[question.key],
                    "answer": text,
                    "channel": "" if each.channel in few["channel"] else each.channel,
                    "language": "" if each.locale in few["locale"] else each.locale,
                }
                for text in said
                if text
            ]
    return iter(sorted(rows, key=lambda row: (list(words.ask.values()).index(row["question"]), row["answer"].casefold())))


def _question(campaign: Campaign, question: Question, found: Sequence[Answered]) -> QuestionResult:
    words = campaign.in_words(ENGLISH)
    counts: Mapping[str, int] = {}
    if question.kind is Kind.CHOICE:
        chosen = Counter(each.answers.get(question.key) for each in found)
        counts = {words.labels[question.key][answer]: chosen[answer] for answer in question.answers}
    said = [text for each in found for text in each.words.get(question.key, ()) if text]
    answered = sum(1 for each in found if question.key in each.answers or each.words.get(question.key))
    return QuestionResult(
        question=question,
        asks=words.ask[question.key],
        counts=counted(counts),
        words=tuple(sorted(said, key=str.casefold)),
        answered=shown(answered),
    )


def _share(count: int, total: int) -> int | None:
    """In per cent."""
    return round(100 * count / total) if total else None
