"""`earshot serve`: it says where it is once it is there, and what it cannot do in a sentence."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from cli.group import main
from cli.running import pid_file
from storage import migrations
from storage.keys import new_key
from tests.ports import free_port

SERVE = (sys.executable, "-c", "from cli.group import main; main()", "serve")


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")


@pytest.fixture
def busy() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_a_sentence(busy: int) -> None:
    told = subprocess.run([*SERVE, "--port", str(busy)], capture_output=True, text=True, timeout=60, check=False)

    assert told.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {busy}" in told.stderr
    assert "Traceback" not in told.stderr
    assert "Earshot is at" not in told.stderr


def test_a_second_start_on_a_port_in_use_leaves_the_first_ones_process_id(busy: int, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    pid.write_text("4711\n")
    told = subprocess.run([*SERVE, "--port", str(busy), "--pid", str(pid)], capture_output=True, timeout=60, check=False)

    assert told.returncode == 1
    assert pid.read_text() == "4711\n"


def test_a_process_id_that_another_has_written_meanwhile_is_left(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pid_file(pid):
        assert pid.read_text() == f"{os.getpid()}\n"
        pid.write_text("4711\n")

    assert pid.read_text() == "4711\n"


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_process_id_that_cannot_be_written_is_a_sentence(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    told = CliRunner().invoke(main, [command, "--pid", str(tmp_path / "nowhere" / "pid")])

    assert told.exit_code == 1
    assert "No such file" in told.output


def test_it_says_where_it_is_and_takes_its_process_id_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("EARSHOT_PROXY_HOPS", "1")
    pid = tmp_path / "pid"
    with subprocess.Popen([*SERVE, "--port", str(port), "--pid", str(pid)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "Earshot is at" in line)
        kept = pid.read_text().strip()
        page = requests.get(f"http://127.0.0.1:{port}/chat", headers={"X-Forwarded-Proto": "https"}, timeout=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0

    assert f"http://127.0.0.1:{port}/chat" in said
    assert f"http://127.0.0.1:{port}/staff/" in said
    assert kept == str(process.pid)
    assert page.status_code == 200
    assert "Strict-Transport-Security" in page.headers  # the proxy's word that it was https came through
    assert not pid.exists()
