"""What the parts of the listener's benchmark share: messages, CPU a message, memory of the process.

CPU is that of this process, so another's work on the machine is not counted; that it slows caches and cores is, so each
message is heard in several rounds and its cheapest is taken. Importing this loads no spaCy: the web process is measured, too.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.corpus import DATA, FROZEN, LEARN, Labelled, messages, read

if TYPE_CHECKING:
    from nlp.listener import SpacyListener

HEARD = 2_000
"""Messages after which memory is read."""
_PAGE = 4096

Figures = dict[str, float | str | None]


def frozen(count: int) -> list[Labelled]:
    """So many messages the tagger has not learnt from, drawn from all authors."""
    rows = messages(FROZEN)
    return random.Random(1).sample(rows, min(count, len(rows)))


def many(count: int = HEARD) -> Iterator[str]:
    """The texts that are heard before memory is read, one at a time: the corpus is no part of what a worker holds."""
    files = (file for part in (FROZEN, LEARN) for file in sorted((DATA / "themes" / part).glob("*.jsonl")))
    return islice((row.text for file in files for row in read(file)), count)


def cost(hear: Callable[[str], object], texts: Sequence[str], rounds: int) -> Figures:
    """CPU milliseconds a message."""
    best = [float("inf")] * len(texts)
    for _ in range(rounds):
        for place, text in enumerate(texts):
            begun = time.process_time()
            hear(text)
            best[place] = min(best[place], time.process_time() - begun)
    spent = sorted(1000 * each for each in best)
    at = {name: spent[min(len(spent) - 1, int(len(spent) * share))] for name, share in (("p95", 0.95), ("p99", 0.99))}
    return {"p50": statistics.median(spent), "mean": statistics.fmean(spent), **at}


def resident() -> float:
    """Megabytes of this process that are in memory, the libraries' files included; Linux tells."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / 1_000_000


def listener(tagger: Path | None, *, sentences: bool) -> SpacyListener:
    """``tagger`` None: the one that comes with Earshot, and the rules alone where it was not taught."""
    from nlp.ensemble import LEARNT, Ensemble
    from nlp.listener import SpacyListener

    path = tagger or LEARNT
    if not path.exists():
        return SpacyListener()
    ensemble = Ensemble.load(path, sentences=sentences)
    if sentences and not ensemble.hears_sentences:
        raise SystemExit("there is no sentence model: make embeddings")
    return SpacyListener(ensemble=ensemble)
