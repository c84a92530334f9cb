"""What a text costs, as Twilio's own calculator counts it: 200 texts, ours and such as people write."""

from __future__ import annotations

import json
import subprocess
from random import Random

import pytest

from bot.wording import Wording
from channels.segments import Encoding, measure
from tests.peers.conftest import HERE, module

pytestmark = pytest.mark.slow

SIGNS = "abc dé£€^{}[]~|\\\nàèùÇ@ŵŷ“”’–…áíóúçZażółćщєї مرحبا 🚌👨\u200d👩\u200d👧 🇬🇧"  # noqa: RUF001 - signs that cost two of the plain ones are what is tried
OURS, MADE_UP, EDGES = 100, 70, 30


def texts() -> list[str]:
    ours = [text for tongue in Wording.load().tongues.values() for each in tongue.texts.values() for text in each.values()]
    chance = Random(482)
    made_up = ["".join(chance.choices(SIGNS, k=chance.randrange(1, 700))) for _ in range(MADE_UP)]
    edges = [sign * count for sign in ("a", "€", "ŵ", "🚌", "é") for count in (67, 70, 71, 153, 160, 161)]
    return [*chance.sample(ours, OURS), *made_up, *edges]


def test_two_hundred_texts_cost_what_twilio_counts() -> None:
    module("sms-segments-calculator/package.json")
    given = texts()
    assert len(given) == OURS + MADE_UP + EDGES
    answer = subprocess.run(
        ["node", HERE / "segments.js"], input=json.dumps(given).encode(), capture_output=True, check=True, cwd=HERE
    )
    theirs = json.loads(answer.stdout)

    ours = [["GSM-7" if (cost := measure(text)).encoding is Encoding.GSM else "UCS-2", cost.segments] for text in given]
    assert [(text, mine, his) for text, mine, his in zip(given, ours, theirs, strict=True) if mine != his] == []
