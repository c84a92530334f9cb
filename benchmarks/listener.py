"""What hearing costs: CPU ms a message and to start, beside a floor of spaCy's blank English in the same run.

    python -m benchmarks.listener [--rounds 5]

Messages are those of tests/nlp/data, each round in another order. CPU time of this process, one thread.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

DATA = Path(__file__).parent.parent / "tests" / "nlp" / "data"


def messages() -> list[str]:
    names = ("development.jsonl", "held_out.jsonl")
    return [json.loads(line)["text"] for name in names for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def started() -> tuple[float, object]:
    """CPU seconds until a listener has heard its first word, imports included, and the listener."""
    begun = time.process_time()
    from nlp.listener import SpacyListener

    listener = SpacyListener()
    listener.hear("mój syn czeka")
    return time.process_time() - begun, listener


def cost(hear: Callable[[str], object], texts: Sequence[str], rounds: int) -> list[float]:
    """CPU milliseconds of each message."""
    shuffled = random.Random(1)
    spent = []
    for _ in range(rounds):
        for text in shuffled.sample(texts, len(texts)):
            begun = time.process_time()
            hear(text)
            spent.append((time.process_time() - begun) * 1000)
    return sorted(spent)


def line(name: str, spent: Sequence[float]) -> str:
    p95 = spent[int(len(spent) * 0.95)]
    return (
        f"{name:<34} mean {statistics.fmean(spent):6.2f}  p50 {statistics.median(spent):6.2f}  p95 {p95:6.2f}  ms CPU a message"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    begun = time.process_time()
    import spacy

    floor = spacy.blank("en")
    floor_start = time.process_time() - begun
    start, listener = started()
    texts = messages()
    print(f"{len(texts)} messages, {rounds} rounds")
    print(f"start: spaCy and blank English {floor_start:.2f} s CPU; the listener on top {start:.2f} s")
    print(line("floor: blank English", cost(floor, texts, rounds)))
    print(line("the whole listener", cost(listener.hear, texts, rounds)))  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
