"""`earshot demo` as somebody types it: it says where to look, answers there, and leaves nothing behind."""

import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.running import HOST
from tests.ports import free_port

COMMAND = (sys.executable, "-c", "from cli.group import main; main()", "demo")
A_MINUTE_OR_TWO = 150


class Running:
    """The command at work, in a folder of its own for what is temporary."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://{HOST}:{port}"
        self.process = subprocess.Popen(
            [*COMMAND, "--port", str(port), "--messages", "6"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                "TMPDIR": str(folder),
                "PATH": "",
                "DATABASE_URL": "postgresql://nobody@nowhere/never",
                "TWILIO_API_URL": "https://nowhere.invalid",
            },
        )
        self.said = self._listen()

    def _listen(self) -> str:
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "Ctrl+C" in line:
                break
        return "".join(said)

    def stop(self) -> int:
        with self.process:  # closes the pipe too
            self.process.send_signal(signal.SIGTERM)
            return self.process.wait(timeout=A_MINUTE_OR_TWO)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as folder:
        command = Running(Path(folder), free_port())
        yield command
        if command.process.poll() is None:
            command.stop()


@pytest.mark.parametrize("path", ["/", "/demo/", "/staff/", "/chat", "/privacy"])
def test_every_link_it_prints_leads_to_a_page(running: Running, path: str) -> None:
    assert f"{running.url}{path}\n" in running.said
    assert requests.get(f"{running.url}{path}", timeout=20).status_code == 200


def test_it_prints_a_login_that_opens_the_inbox(running: Running) -> None:
    found = re.search(r"as (\w+) with ([\w-]+)", running.said)
    assert found is not None
    with requests.Session() as visitor:
        page = visitor.get(f"{running.url}/staff/sign-in", timeout=20).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "username": found[1], "password": found[2]}
        inbox = visitor.post(f"{running.url}/staff/sign-in", data=form, timeout=20)

    assert inbox.url.startswith(f"{running.url}/staff/")
    assert "Sign out" in inbox.text


def test_it_goes_by_none_of_the_settings_around_it(running: Running) -> None:
    """The environment of this command names a database and a provider that are not there."""
    assert requests.get(f"{running.url}/readyz", timeout=20).status_code == 200


def test_a_port_that_is_taken_is_a_sentence(running: Running) -> None:
    with socket.socket() as busy:
        busy.bind((HOST, 0))
        busy.listen()
        port = busy.getsockname()[1]
        again = subprocess.run(
            [*COMMAND, "--port", str(port), "--messages", "0"],
            capture_output=True,
            text=True,
            timeout=A_MINUTE_OR_TWO,
            check=False,
        )

    assert again.returncode == 1
    assert f"Port {port} is taken. Try another: earshot demo --port {port + 1}" in again.stderr
    assert "Traceback" not in again.stderr


def test_stopped_it_leaves_nothing_behind(running: Running) -> None:
    assert any(running.folder.iterdir())

    assert running.stop() == 0
    assert list(running.folder.iterdir()) == []
