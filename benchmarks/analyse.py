"""What `earshot analyse` needs: comments a second, and the most memory, for short files and long ones, in and out in each form.

    python -m benchmarks.analyse [--rows 1000 100000] [--processes 2] [--sentences] [--files-only]

Comments are those of nlp/data/themes, again and again with a number after them. Each run is a process of its own; memory is
the resident set at its highest, with that of its own processes.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

DATA = Path(__file__).parent.parent / "nlp" / "data" / "themes" / "learn"
RUN = """
import resource, sys
from cli.analyse import analyse
try:
    analyse.main(sys.argv[1:], standalone_mode=False)
finally:
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = sum(used.ru_utime + used.ru_stime for used in (own, theirs))
    print("USED", own.ru_maxrss, theirs.ru_maxrss, spent, file=sys.stderr)
"""
FILES_ONLY = """
import cli.analyse, cli.listening
from bot.model import Heard
cli.analyse.hearer = lambda *, sentences: lambda texts: [(Heard(redacted=text), None) for text in texts]
"""
"""Put before the run: nothing is listened to, so that only reading and writing are measured."""
KB_IN_MB = 1024


def comments() -> Iterator[str]:
    texts = [json.loads(line)["text"] for file in sorted(DATA.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    for number, text in enumerate(cycle(texts)):
        yield f"{text} ({number})"


def written(file: Path, rows: int) -> Path:
    if file.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("One")
        sheet.append(["id", "comment"])
        for row in enumerate(islice(comments(), rows), start=1):
            sheet.append(row)
        book.save(file)
        return file
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "comment"])
        writer.writerows(enumerate(islice(comments(), rows), start=1))
    return file


def measured(folder: Path, rows: int, ending: str, options: list[str], before: str) -> str:
    file = written(folder / f"{rows}{ending if ending == '.xlsx' else '.csv'}", rows)
    begun = time.monotonic()
    command = [
        sys.executable,
        "-c",
        before + RUN,
        str(file),
        "--text",
        "comment",
        "--out",
        str(folder / f"out{ending}"),
        *options,
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    taken = time.monotonic() - begun
    own, theirs, spent = (float(part) for part in told.rpartition("USED ")[2].split())
    memory = f"{own / KB_IN_MB:5.0f} MB, the largest other process {theirs / KB_IN_MB:4.0f} MB"
    return f"{rows:>7} rows to {ending:<6} {rows / taken:6.0f} a second, {rows / spent:5.0f} a CPU second; {memory}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--forms", nargs="+", default=[".jsonl", ".csv"])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--sentences", action="store_true")
    parser.add_argument("--files-only", action="store_true", help="listen to nothing: what reading and writing need")
    given = parser.parse_args()
    options = ["--processes", str(given.processes), *([] if given.sentences else ["--quick"])]
    print(f"{given.processes} process(es), start included")
    with TemporaryDirectory() as folder:
        for rows in given.rows:
            for form in given.forms:
                print(measured(Path(folder), rows, form, options, FILES_ONLY if given.files_only else ""), flush=True)


if __name__ == "__main__":
    main()
