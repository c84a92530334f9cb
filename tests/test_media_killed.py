"""Kill -9 between a file and the row that speaks of it: nothing acknowledged is lost, and nothing comes twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage import migrations
from storage.keys import new_key

ROOT = Path(__file__).parents[1]

PROGRAM = """
import os, signal, socket, sys
import app
from bot.model import Address, ChannelName, InboundMessage, Media
from demo.attachments import MadeUpFiles
from sqlalchemy import select
from storage.tables import media

url, keys, folder, act = sys.argv[1:]
earshot = app.build(app.Settings.read(database_url=url, data_keys=keys, media_url=folder))
earshot.media.sources = dict.fromkeys(earshot.channels, MadeUpFiles())
put = earshot.media.blobs.put
worker = f"{socket.gethostname()}:{os.getpid()}"

def dies(content):
    put(content)
    os.kill(os.getpid(), signal.SIGKILL)

mail = InboundMessage(
    channel=ChannelName("webchat"), account="us", external_id="M1", sender=Address("web", "anna"), text="The taxi was late.",
    media=(Media(url="1", content_type="image/jpeg"),), raw=b"From: anna@example.org\\n\\nThe taxi was late.",
)
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
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("when", ["die while it is accepted", "die while it is fetched"])
def test_a_process_killed_between_the_file_and_its_row_loses_nothing(
    kind: str, when: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres_url" if kind == "postgresql" else "sqlite_url")
    migrations.upgrade(url)
    keys = new_key()
    home = tmp_path / "home"
    home.mkdir()

    def run(act: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PROGRAM, url, keys, str(tmp_path / "media"), act]
        return subprocess.run(command, cwd=home, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)

    assert run(when).returncode == -signal.SIGKILL

    after = run("go on")

    assert after.returncode == 0, after.stderr
    assert after.stdout.splitlines() == ["-1 kept None True", "0 kept None True", "1"]
    assert len(list((tmp_path / "media").rglob("*.blob"))) == 3, "one of them belongs to nobody, and is swept tomorrow"
