"""What others made, on the loopback: run by `make peers`, which installs them. Here nothing is skipped because it is missing.

`--peers` names what to try (EARSHOT_PEERS for the target); without it this folder is not looked at.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PEERS = ("twilio", "segments", "telegram", "mail")
HERE = Path(__file__).parent
_PATIENCE = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--peers", default="", help=f"which peers to try: all, or some of {','.join(PEERS)}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Only what was asked for is collected: ``test_twilio.py`` is the peer ``twilio``."""
    wanted = [name.strip() for name in config.getoption("--peers", "").split(",") if name.strip()]
    if unknown := set(wanted) - {"all", *PEERS}:
        raise pytest.UsageError(f"--peers: there is no {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    if collection_path.suffix != ".py" or not collection_path.stem.startswith("test_"):
        return None
    name = collection_path.stem.removeprefix("test_")
    return None if "all" in wanted or name in wanted else True


def module(path: str) -> Path:
    """A file that npm has put here. What is not there is a failure, for the target is to have installed it."""
    found = HERE / "node_modules" / path
    assert found.exists(), f"{path} is not in tests/peers/node_modules: run make peers, or leave it out with EARSHOT_PEERS"
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(*command: str | Path, port: int) -> Iterator[str]:
    """A program that listens on this port of the loopback, for as long as the block runs; its address."""
    program = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=HERE)
    try:
        _wait(lambda: _answers(port), program)
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        program.communicate(timeout=10)


def _wait(ready: Callable[[], bool], program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while not ready():
        if program.poll() is not None or time.monotonic() > until:
            program.kill()
            said = program.communicate()[0].decode("utf-8", "replace")
            raise AssertionError(f"{program.args!r} does not answer: {said[-2000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
