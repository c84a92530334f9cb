"""STATUS: where somebody's newest experience stands. Facts of the record only, and what is late is said to be late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.conversation import AddTask, Owed, Standing
from bot.draft import MOURNING, Draft

FEWEST = 5
"""Of fewer than so many nothing is said: a small number may give somebody away."""

NOTHING = Standing(reference="", promised_on=date.min)
"""The record was asked, and nothing of theirs is in it: what the talk remembers has been taken back since."""

TOLD_OF = ("call_back", "question", "casework", "complaint", "foi", "remove_part", "my_data", "write_by_hand")
"""The kinds of tasks that are something for the family; there is a text ``owed.KIND`` for each."""

_MOST_OWED = 4


class Standings(Protocol):
    """Where the record is asked. Raises ``StoreUnavailable``."""

    def of(self, contact_id: UUID, now: datetime) -> Standing | None:
        """None: they have nothing in the record."""
        ...


def tell(draft: Draft) -> None:
    """The newest experience, how many more there are, and what is owed to them."""
    conversation = draft.conversation
    if draft.opened and not conversation.story_words:
        draft.say("status.nothing")  # the greeting follows, and says what to do
        return
    standing = _standing(draft)
    if standing is None or standing is NOTHING:
        draft.say("status.nothing", "tell.us")
        return
    keys, values = _progress(draft, standing)
    if not conversation.danger and not conversation.asked.get(MOURNING):
        _tell_of_others_like_it(draft, standing, keys, values)
        if standing.came:
            keys.append("status.came")
            values["title"] = standing.came
    _tell_of_days(draft, standing, keys, values)
    if standing.others:
        keys.append("status.others")
    draft.say(*keys, values={**values, "reference": standing.reference, "others": str(standing.others)})
    if standing.owed:
        tell_owed(draft, standing.owed)


def tell_owed(draft: Draft, owed: Iterable[Owed]) -> None:
    """What they were promised and have not had, the nearest first."""
    today = draft.script.hours.today(draft.now)
    keys: list[str] = []
    values = {}
    for each in sorted(owed, key=lambda each: each.due_on)[:_MOST_OWED]:
        keys += [f"owed.{each.kind}", *(["owed.late"] if each.due_on < today else [])]
        values[f"{each.kind}_by"] = each.due_on.isoformat()
    draft.say(*keys, values=values)


def _standing(draft: Draft) -> Standing | None:
    """What was looked up before the turn; an experience that began in this turn is newer than that."""
    conversation = draft.conversation
    found = conversation.standing
    if found is not None and not draft.opened:
        return found
    if conversation.reference is None or conversation.promised_on is None:
        return None
    return Standing(
        reference=conversation.reference,
        promised_on=conversation.promised_on,
        read_on=conversation.read_on,
        others=0 if found in (None, NOTHING) else found.others + 1,
        owed=() if found is None else found.owed,
    )


def _progress(draft: Draft, standing: Standing) -> tuple[list[str], dict[str, str]]:
    """Read, or to be read; when the promised day has passed, that is said, and a person is set on it."""
    is_late = standing.promised_on < draft.script.hours.today(draft.now)
    values = {"read_by": standing.promised_on.isoformat()}
    if standing.read_on is None:
        keys = ["status.late" if is_late else "status.waiting"]
    else:
        values["read_on"] = standing.read_on.isoformat()
        keys = ["status.read"]
        if standing.is_unread:
            keys.append("status.since_late" if is_late else "status.since")
    if is_late and (standing.read_on is None or standing.is_unread):
        values["due_by"] = _looking_by(draft, standing).isoformat()
    return keys, values


def _looking_by(draft: Draft, standing: Standing) -> date:
    """The day that somebody looks by: the one that was named already, if it is still to come."""
    hours = draft.script.hours
    if standing.looking_by is not None and standing.looking_by >= hours.today(draft.now):
        return standing.looking_by
    day = hours.due_on("look_again", draft.now)
    draft.do(AddTask("look_again", day))
    return day


def _tell_of_others_like_it(draft: Draft, standing: Standing, keys: list[str], values: dict[str, str]) -> None:
    if standing.theme is None or standing.alike < FEWEST:
        return
    theme = draft.script.taxonomy.spoken(standing.theme, draft.conversation.locale)
    if theme is not None:
        keys.append("status.one_of")
        values |= {"count": str(standing.alike), "theme": theme}


def _tell_of_days(draft: Draft, standing: Standing, keys: list[str], values: dict[str, str]) -> None:
    if standing.talked_on is not None:
        keys.append("status.talked")
        values["talked_on"] = standing.talked_on.isoformat()
    if standing.answer_on is not None:
        is_past = standing.answer_on < draft.script.hours.today(draft.now)
        keys.append("status.answer_was_due" if is_past else "status.answer_due")
        values["answer_on"] = standing.answer_on.isoformat()


# --- the theme of an experience ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One word on one theme of one passage, in the order they were said: a suggestion has a score, a decision a verdict."""

    passage: UUID
    theme: str
    score: float | None = None
    verdict: bool | None = None
    by_staff: bool = False


def top_theme(votes: Iterable[Vote]) -> str | None:
    """The theme an experience is most about as it stands: what staff decided first, then the parent, then the surest.

    On each passage staff outrank the parent, the parent the tagger, and of two words of one rank the later stands.
    """
    of_passage: dict[tuple[UUID, str], list[Vote]] = defaultdict(list)
    for vote in votes:
        of_passage[vote.passage, vote.theme].append(vote)
    best: dict[str, tuple[int, float]] = {}
    for (_, theme), said in of_passage.items():
        score = max((vote.score for vote in said if vote.score is not None), default=0.0)
        decided = [vote for vote in said if vote.verdict is not None]
        by_staff = [vote for vote in decided if vote.by_staff]
        standing = (by_staff or decided)[-1:]
        if any(not vote.verdict for vote in standing):
            continue
        rank = 2 if by_staff else 1 if decided else 0
        best[theme] = max(best.get(theme, (0, 0.0)), (rank, score))
    return max(best, key=lambda theme: (*best[theme], theme), default=None)
