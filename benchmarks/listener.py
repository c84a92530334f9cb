"""What listening costs and how good it is, beside others' work in the same run. Each part has a process of its own.

    python -m benchmarks.listener [--messages 400] [--rounds 3] [--tagger FILE] [PART ...]

CPU is the process's own, one core. Every message is heard in several rounds and its cheapest hearing counts, for whatever
else the machine does makes caches and cores slow. Peers that are not installed are named, and left out: ``make bench``
installs them. ``--tagger`` measures another tagger than the one that comes with Earshot.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks import listener_ours as ours
from benchmarks import listener_peers as peers
from benchmarks.listener_measuring import Figures

NEEDS = {"presidio": "presidio_analyzer", "langdetect": "langdetect", "pxtextmining": "sklearn"}
"""The packages of the peers."""
AIMS: Mapping[tuple[str, str], float] = {
    ("turn", "p50"): 1,
    ("turn", "p99"): 5,
    ("pipeline without", "p50"): 5,
    ("pipeline with", "p50"): 10,
    ("pipeline with", "p95"): 25,
    ("pipeline without", "rate"): 1000,
    ("start without", "seconds"): 3,
    ("start with", "seconds"): 3,
    ("worker without", "megabytes"): 250,
    ("worker with", "megabytes"): 320,
    ("web", "megabytes"): 150,
}
"""At most so much; of ``rate`` at least. Milliseconds of CPU, messages a second, seconds of CPU, megabytes."""


def parts(tagger: Path | None, count: int, rounds: int) -> dict[str, Callable[[], Figures]]:
    """By name, in the order of the report; ``with`` and ``without`` are said of the sentence model."""
    return {
        "turn": partial(ours.turn, count, rounds),
        "pipeline without": partial(ours.pipeline, tagger, count, rounds, sentences=False),
        "pipeline with": partial(ours.pipeline, tagger, count, rounds, sentences=True),
        "start without": partial(ours.start, tagger, sentences=False),
        "start with": partial(ours.start, tagger, sentences=True),
        "worker without": partial(ours.worker, tagger, sentences=False),
        "worker with": partial(ours.worker, tagger, sentences=True),
        "web": ours.web,
        "themes without": partial(peers.our_themes, tagger, sentences=False),
        "themes with": partial(peers.our_themes, tagger, sentences=True),
        "pxtextmining": peers.pxtextmining,
        "names": peers.our_names,
        "presidio": peers.presidio,
        "languages": peers.our_languages,
        "langdetect": peers.langdetect,
    }


def told(part: str, figures: Figures) -> str:
    """One line: every figure, and beside those that have an aim whether it is met."""
    said = []
    for name, value in figures.items():
        if not isinstance(value, float | int):
            continue
        aim = AIMS.get((part, name))
        shown = f"{name} {value:.0f}" if abs(value) >= 100 else f"{name} {value:.3f}"  # noqa: PLR2004 - three figures are enough
        if aim is not None:
            met = value >= aim if name == "rate" else value <= aim
            shown += f" ({'meets' if met else 'MISSES'} {aim:g})"
        said.append(shown)
    return f"{part:<17} {'  '.join(said)}"


def measured(part: str, arguments: list[str]) -> Figures | str:
    """The figures of a part, worked out in a process of its own; or why there are none."""
    if (needed := NEEDS.get(part)) and find_spec(needed) is None:
        return f"{needed} is not installed"
    command = [sys.executable, "-m", "benchmarks.listener", *arguments, "--here", part]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it failed"])[-1]
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tagger", type=Path)
    parser.add_argument("--here", action="store_true", help="work one part out in this process and print it as JSON")
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    known = parts(options.tagger, options.messages, options.rounds)
    if wrong := [part for part in options.part if part not in known]:
        raise SystemExit(f"There is no part {wrong[0]!r}. There are: {', '.join(known)}.")
    if options.here:
        print(json.dumps(known[options.part[0]]()))
        return
    arguments = ["--messages", str(options.messages), "--rounds", str(options.rounds)]
    arguments += ["--tagger", str(options.tagger)] if options.tagger else []
    print("Milliseconds of CPU a message, messages a second, seconds of CPU, megabytes.")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    for part in options.part or known:
        figures = measured(part, arguments)
        if isinstance(figures, str):
            print(f"{part:<17} left out: {figures}.", flush=True)
            continue
        print(told(part, figures), flush=True)
        for name in ("tagger", "note"):
            if name in figures:
                print(f"{'':<17} {figures[name]}")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
