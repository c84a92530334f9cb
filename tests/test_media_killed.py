"""Kill -9 between a file and the row that speaks of it: nothing acknowledged is lost, and nothing comes twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.keys import new_key

ROOT = Path(__file__).parents[1]

PROGRAM = """
import json, os, signal, socket, sys, tempfile, traceback
import app
from bot.model import Address, ChannelName, InboundMessage, Media
from demo.attachments import MadeUpFiles
from sqlalchemy import select
from storage.tables import media
from tests.read_once import read_once

read_once()
app.Script.load()
app.Wording.load()

mail = InboundMessage(
    channel=ChannelName("webchat"), account="us", external_id="M1", sender=Address("web", "anna"), text="The taxi was late.",
    media=(Media(url="1", content_type="image/jpeg"),), raw=b"From: anna@example.org\\n\\nThe taxi was late.",
)

def play(url, keys, folder, act):
    earshot = app.build(app.Settings.read(database_url=url, data_keys=keys, media_url=folder))
    earshot.media.sources = dict.fromkeys(earshot.channels, MadeUpFiles())
    put = earshot.media.blobs.put
    worker = f"{socket.gethostname()}:{os.getpid()}"

    def dies(content):
        put(content)
        os.kill(os.getpid(), signal.SIGKILL)

    fetching = earshot.media.fetching(
        store=earshot.store, channels=earshot.channels, replies=earshot.replies, danger=earshot.danger, clock=earshot.clock
    )
    if act == "die while it is accepted":
        earshot.media.blobs.put = dies
    earshot.intake.receive([mail])
    if act == "die while it is fetched":
        earshot.media.blobs.put = dies
    earshot.store.release_dead(worker)
    while fetching.fetch_due(f"{worker}/files"):
        pass
    with earshot.database.reading() as connection:
        for row in connection.execute(select(media).order_by(media.c.position)):
            print(row.position, row.state, row.step, len(earshot.media.blobs.get(row.blob)) > 0)
    print(len(list(earshot.store.export_messages())))

for line in sys.stdin:
    with tempfile.TemporaryFile() as paper:
        child = os.fork()
        if not child:
            os.dup2(paper.fileno(), 1)
            os.dup2(paper.fileno(), 2)
            code = 1
            try:
                play(*json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        paper.seek(0)
        print(json.dumps([code, paper.read().decode()]), flush=True)
"""
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Each act in a process of its own, forked from one that has read the code: returns how it ended and what it said."""
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=home,
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as program,
    ):
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def run(*words: str) -> tuple[int, str]:
            print(json.dumps(words), file=asked, flush=True)
            code, said = json.loads(told.readline())
            return code, said

        yield run


@pytest.mark.parametrize("when", ["die while it is accepted", "die while it is fetched"])
def test_a_process_killed_between_the_file_and_its_row_loses_nothing(
    when: str, run: Run, database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}" if database.is_sqlite else request.getfixturevalue("migrated_postgres")
    keys, folder = new_key(), str(tmp_path / "media")

    code, said = run(url, keys, folder, when)
    assert code == -signal.SIGKILL, said

    code, said = run(url, keys, folder, "go on")

    assert code == 0, said
    assert said.splitlines() == ["-1 kept None True", "0 kept None True", "1"]
    assert len(list((tmp_path / "media").rglob("*.blob"))) == 3, "one of them belongs to nobody, and is swept tomorrow"
