"""What the listener costs: CPU a message, messages a second, a worker's start, memory. Each part in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.listener_measuring import HEARD, Figures, cost, frozen, listener, many, resident

BATCH = 64
"""Messages heard at once, as ``earshot analyse`` does."""


def turn(count: int, rounds: int) -> Figures:
    """Danger, command and language, which a family waits for before anything else."""
    from bot.commands import Commands
    from bot.model import ENGLISH
    from bot.safety import check
    from nlp.language import LanguageEar

    commands, ear = Commands.load(), LanguageEar()

    def hear(text: str) -> None:
        check(text)
        commands.recognise(text, ENGLISH)
        ear.detect(text)

    hear("mój syn czeka na szkołę")  # what is made once is made before the clock runs
    return cost(hear, [row.text for row in frozen(count)], rounds)


def pipeline(tagger: Path | None, count: int, rounds: int, *, sentences: bool) -> Figures:
    """Everything the listener does with a message. ``rate`` is messages a second of one core, heard many at once: the best of
    so many rounds over texts it has not met before, once it is warm, as it is for all but the first of a large file.
    """
    ours = listener(tagger, sentences=sentences)
    ours.hear("mój syn czeka na szkołę")
    figures = cost(ours.hear, [row.text for row in frozen(count)], rounds)
    texts = list(many(HEARD * (rounds + 1)))
    rates = []
    for first in range(0, len(texts) - HEARD + 1, HEARD):
        begun = time.process_time()
        for at in range(first, first + HEARD, BATCH):
            ours.hear_all(texts[at : min(at + BATCH, first + HEARD)])
        rates.append(HEARD / (time.process_time() - begun))
    return figures | {"rate": max(rates[1:]), "tagger": ours.tagger}


def start(tagger: Path | None, *, sentences: bool) -> Figures:
    """CPU seconds of a new process until its first message is heard, Python's own start included."""
    ours = listener(tagger, sentences=sentences)
    ours.hear("The taxi was late again")
    return {"seconds": time.process_time()}


def worker(tagger: Path | None, *, sentences: bool) -> Figures:
    """Megabytes of the worker, with all its parts made, after many messages."""
    with tempfile.TemporaryDirectory() as folder:
        import app

        url = _tables(folder)
        earshot = app.build(app.Settings.read(database_url=url))
        ours = listener(tagger, sentences=sentences)
        earshot.__dict__["listener"] = ours  # a cached property: with or without sentences, as asked
        earshot.worker()
        for text in many():
            ours.hear(text)
        return {"megabytes": resident()}


def web() -> Figures:
    """Megabytes of the web process once it has shown pages and looked for danger in many messages."""
    with tempfile.TemporaryDirectory() as folder:
        import app
        from bot.safety import check

        url = _tables(folder)
        client = app.create_app(app.Settings.read(database_url=url)).test_client()
        for page in ("/", "/staff/", "/chat"):
            client.get(page, follow_redirects=True)
        for text in many():
            check(text)
        return {"megabytes": resident()}


def _tables(folder: str) -> str:
    """The address of a new database. Its tables are made in a process of its own, as every release makes them."""
    url = f"sqlite:///{folder}/earshot.db"
    making = f"from storage.migrations import upgrade; upgrade({url!r})"
    subprocess.run([sys.executable, "-c", making], check=True)
    return url
