"""The service as the Procfile starts it: gunicorn for the web, `earshot work` for the worker, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


class Service:
    """One web and some workers, each in a process group of its own, so that a kill takes all of it at once."""

    def __init__(self, *, environment: Mapping[str, str], port: int, workers: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **environment}
        self._folder = folder
        self._commands = {
            "web": [
                *(str(BIN / "gunicorn"), "--workers", "2", "--worker-class", "gthread", "--threads", "4"),
                *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--chdir", str(ROOT), "app:create_app()"),
            ],
            **{f"worker {number}": [str(BIN / "earshot"), "work"] for number in range(workers)},
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._starts: Counter[str] = Counter()

    @property
    def parts(self) -> list[str]:
        return list(self._commands)

    def start(self) -> None:
        subprocess.run([str(BIN / "earshot"), "db", "upgrade"], env=self._environment, cwd=ROOT, check=True)
        for part in self.parts:
            self._start(part)
        for part in self.parts:
            self.wait_until_up(part)

    def wait_until_up(self, part: str) -> None:
        """A process that is killed while it still starts proves little."""
        deadline = time.monotonic() + 60
        while not self._is_up(part):
            assert self._processes[part].poll() is None, f"the {part} ended by itself: {self._log(part).read_text()}"
            assert time.monotonic() < deadline, f"the {part} does not come up: {self._log(part).read_text()}"
            time.sleep(0.05)

    def kill(self, part: str) -> None:
        """Kill -9, all at once, with no word of warning; then start it again, as a supervisor would."""
        process = self._processes[part]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._start(part)

    def export(self) -> list[dict[str, object]]:
        """Every message there is, as the operator's command tells it."""
        done = subprocess.run(
            [str(BIN / "earshot"), "export", "messages"], env=self._environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

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

    def _log(self, part: str) -> Path:
        """What the process that now plays this part has printed."""
        return self._folder / f"{part}-{self._starts[part]}.log"

    def _is_up(self, part: str) -> bool:
        if part != "web":
            return "at work" in self._log(part).read_text()
        try:
            with urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def _start(self, part: str) -> None:
        self._starts[part] += 1
        with self._log(part).open("wb") as log:
            self._processes[part] = subprocess.Popen(
                self._commands[part], env=self._environment, cwd=ROOT, start_new_session=True, stdout=log, stderr=log
            )
