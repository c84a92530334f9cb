"""The messages put aside are by other writers than those learnt from, and none of them, nor one nearly alike, is learnt."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import nlp
from nlp.corpus import FROZEN, LEARN, messages, with_passages

DATA = Path(nlp.__file__).parent / "data"
ALIKE = 0.6
"""The share of runs of five letters that two messages have in common, of all that either has."""
_FEWEST_WORDS = 8
"""Shorter ones are alike because there is little to say: "talk to each other" is what many wish for, in these words."""
_SIGNS = re.compile(r"\W+")


def runs(text: str) -> frozenset[str]:
    plain = _SIGNS.sub(" ", text.lower()).strip()
    return frozenset(plain[start : start + 5] for start in range(max(1, len(plain) - 4)))


def nearly_alike(learnt: list[str], aside: list[str]) -> list[tuple[str, str]]:
    """Two texts that share so much share one of their rarest runs, so only these are looked up."""
    have = {text: runs(text) for text in (*learnt, *aside)}
    seen = Counter(run for text in have for run in have[text])

    def rarest(text: str) -> list[str]:
        order = sorted(have[text], key=lambda run: (seen[run], run))
        return order[: int(len(order) * (1 - ALIKE)) + 1]

    by_run: defaultdict[str, list[str]] = defaultdict(list)
    for text in learnt:
        for run in rarest(text):
            by_run[run].append(text)
    found = []
    for text in aside:
        mine = have[text]
        for other in {other for run in rarest(text) for other in by_run.get(run, ())}:
            size = len(have[other])
            if ALIKE * len(mine) <= size <= len(mine) / ALIKE:
                shared = len(mine & have[other])
                if shared >= ALIKE * (len(mine) + size - shared):
                    found.append((text, other))
    return found


def long_enough(part: str) -> list[str]:
    return [row.text for row in with_passages(messages(part)) if len(row.text.split()) >= _FEWEST_WORDS]


def texts_of(folder: str, part: str) -> list[str]:
    paths = sorted((DATA / folder / part).glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows if len(row["text"].split()) >= _FEWEST_WORDS]


def test_no_message_put_aside_nor_one_nearly_alike_is_learnt_from() -> None:
    assert nearly_alike(long_enough(LEARN), long_enough(FROZEN)) == []


@pytest.mark.parametrize("folder", ["languages", "danger"])
def test_nor_is_any_of_the_languages_nor_of_danger(folder: str) -> None:
    learnt, aside = (texts_of(folder, part) for part in (LEARN, FROZEN))

    assert len(learnt) > len(aside) > 80
    assert nearly_alike(learnt, aside) == []


def test_nobody_wrote_for_both_parts() -> None:
    learnt, aside = ({row.author for row in messages(part)} for part in (LEARN, FROZEN))

    assert len(aside) >= 10
    assert len(learnt) >= 30
    assert learnt & aside == set()


@pytest.mark.parametrize(
    ("learnt", "aside"),
    [
        ("The taxi was late again this morning.", "the taxi was late again this morning"),
        ("We waited two years for the autism assessment.", "We waited two years for an autism assessment!"),
    ],
)
def test_what_is_nearly_alike_is_found(learnt: str, aside: str) -> None:
    assert nearly_alike([learnt, "Nobody rang us back about the plan."], [aside]) == [(aside, learnt)]


def test_what_says_the_same_in_other_words_is_not_taken_for_alike() -> None:
    assert nearly_alike(["The taxi was late again this morning."], ["Transport did not turn up on time today either."]) == []
