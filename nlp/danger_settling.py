"""Sets from which margins the danger scorer raises an alert: by what scorers said of rows whose author they had not read.

The thresholds give no more false alarms on ordinary messages than is allowed; within that, as much is heard as can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp.danger import Costs, Thresholds
from nlp.danger_block import Matrix

_COSTS = tuple(Costs(part, length) for part in (0.0, 0.4, 0.8, 1.2, 1.6, 2.4) for length in (0.0, 0.2, 0.4, 0.6))
NEVER = 1e6
"""No margin is so high."""
UNSETTLED = (NEVER, NEVER)

Mix = tuple[tuple[float, float], tuple[float, float]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Allowed:
    """``alarms`` and ``flags`` are the shares of ordinary messages that may raise an alert and a carer's flag; ``elsewhere`` the
    first of them in other languages than English, where rules know fewer ways to say it.
    """

    alarms: float
    flags: float
    elsewhere: float


@dataclass(frozen=True, slots=True)
class Unseen:
    """What was said of each row by a scorer that had not read its author. ``heights``: as ``DangerScorer.heights``. ``said``: the
    sentences' margins of an alert and of anything wrong; not a number where they say nothing. ``grave`` and ``wrong``: rows
    in which there is danger, and anything at all, that the rules do not hear. ``ordinary`` are messages of the themes'
    corpus, ``plain`` all in which there is nothing; none of these alarms the rules. ``few``: rows of a few plain words.
    """

    heights: Matrix
    said: Matrix
    grave: Mask
    wrong: Mask
    ordinary: Mask
    plain: Mask
    few: Mask

    @property
    def elsewhere(self) -> Mask:
        """Rows that are taken for another language than English."""
        found: Mask = self.heights[:, 3] > 0
        return found

    def alerts(self, costs: Costs) -> Matrix:
        """The heights of an alert, less what they cost."""
        length = np.where(self.elsewhere, 0.0, costs.length * self.heights[:, 4])
        found: Matrix = np.maximum(self.heights[:, 0], self.heights[:, 1] - costs.part) - length
        return found


def settle(unseen: Unseen, allowed: Allowed) -> tuple[Costs, tuple[Thresholds, Thresholds]]:
    """What parts and length cost, so that most is heard, and the thresholds in English and elsewhere."""
    elsewhere = unseen.elsewhere
    quiet = (unseen.ordinary & ~elsewhere, unseen.plain & elsewhere)
    best: tuple[float, Costs, tuple[Thresholds, Thresholds]] = (-1.0, Costs(), (UNSETTLED, UNSETTLED))
    for costs in _COSTS:
        alerts = unseen.alerts(costs)
        english, other = (
            _thresholds(alerts[part], unseen.heights[part, 2], alarms, allowed.flags)
            for part, alarms in zip(quiet, (allowed.alarms, allowed.elsewhere), strict=True)
        )
        heard = float((alerts >= np.where(elsewhere, other[0], english[0]))[unseen.grave].mean())
        if heard > best[0]:
            best = heard, costs, (english, other)
    return best[1], best[2]


def settle_mixed(unseen: Unseen, costs: Costs, allowed: Allowed) -> tuple[Mix, Thresholds]:
    """How the words and the sentences are weighed with each other, and from where that counts."""
    heard = ~unseen.elsewhere & ~np.isnan(unseen.said[:, 0])
    alerts = np.stack([unseen.alerts(costs), unseen.said[:, 0]], axis=1)
    wearies = np.stack([unseen.heights[:, 2], unseen.said[:, 1]], axis=1)
    none = unseen.plain | ~unseen.wrong
    mix = (
        _weighed(alerts, unseen.grave, heard & (unseen.grave | none)),
        _weighed(wearies, unseen.wrong, heard & (unseen.wrong | none)),
    )
    quiet = heard & unseen.ordinary
    return mix, _thresholds(alerts[quiet] @ mix[0], wearies[quiet] @ mix[1], allowed.alarms, allowed.flags)


def settle_few(alerts: Matrix, wearies: Matrix, usual: Thresholds, allowed: Allowed) -> Thresholds:
    """By the margins of answers of a few words in which there is nothing, which no scorer read: never lower than the usual
    thresholds. Where there are no such answers, the rules hear alone.
    """
    alert, weary = _thresholds(alerts, wearies, allowed.alarms, allowed.flags)
    return max(alert, usual[0]), max(weary, usual[1])


def _weighed(evidence: Matrix, wanted: Mask, rows: Mask) -> tuple[float, float]:
    found = LogisticRegression(class_weight="balanced").fit(evidence[rows], wanted[rows])
    words, sentences = map(float, found.coef_[0])
    return max(words, 0.0), max(sentences, 0.0)


def _thresholds(alerts: Matrix, wearies: Matrix, alarms: float, flags: float) -> Thresholds:
    """Of the margins of messages in which there is nothing."""
    if not alerts.size:
        return UNSETTLED
    alert_from = float(np.quantile(alerts, 1 - alarms))
    return alert_from, float(np.quantile(wearies[alerts <= alert_from], 1 - flags))
