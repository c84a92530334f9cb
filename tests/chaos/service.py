"""The service as the Procfile starts it: gunicorn for the web, `earshot work` for the worker, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Service:
    """One web and some workers, each in a process group of its own, so that a kill takes all of it at once."""

    def __init__(self, *, environment: Mapping[str, str], port: int, workers: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **environment}
        self._log = (folder / "service.log").open("ab")
        self._commands = {
            "web": [
                *(str(BIN / "gunicorn"), "--workers", "2", "--worker-class", "gthread", "--threads", "4"),
                *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--chdir", str(ROOT), "app:create_app()"),
            ],
            **{f"worker {number}": [str(BIN / "earshot"), "work"] for number in range(workers)},
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def parts(self) -> list[str]:
        return list(self._commands)

    def start(self) -> None:
        subprocess.run([str(BIN / "earshot"), "db", "upgrade"], env=self._environment, cwd=ROOT, check=True, stdout=self._log)
        for part in self.parts:
            self._start(part)

    def kill(self, part: str) -> None:
        """Kill -9, all at once, with no word of warning; then start it again, as a supervisor would."""
        process = self._processes[part]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._start(part)

    def stop(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        for process in self._processes.values():
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._log.close()

    def _start(self, part: str) -> None:
        self._processes[part] = subprocess.Popen(
            self._commands[part],
            env=self._environment,
            cwd=ROOT,
            start_new_session=True,
            stdout=self._log,
            stderr=self._log,
        )
