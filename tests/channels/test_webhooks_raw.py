"""The addresses providers call, under the server of the Procfile and byte by byte: bodies that no client library would send."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.ports import free_port

HEAD = b"POST /in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
START_WITHIN = 60


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where gunicorn serves a webhook that takes everything."""
    number = free_port()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "2"]
    command += ["--log-level", "critical", "--bind", f"127.0.0.1:{number}", "tests.channels.taking_all:create_app()"]
    with subprocess.Popen(command) as server:
        try:
            _wait_for(number)
            yield number
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(START_WITHIN * 20):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("gunicorn did not start")


def _answered(port: int, raw: bytes) -> int:
    """The status of the answer to these bytes, after which nothing more comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while b"\r\n" not in answer and (more := line.recv(4096)):
            answer += more
    return int(answer.split(b" ", 2)[1])


def test_a_whole_body_in_chunks_is_taken(port: int) -> None:
    assert _answered(port, CHUNKED + b"4\r\nBody\r\n3\r\n=hi\r\n0\r\n\r\n") == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"zz\r\nBody=hi\r\n0\r\n\r\n", id="a length that is no number"),
        pytest.param(b"-4\r\nBody\r\n0\r\n\r\n", id="a length below nothing"),
        pytest.param(b"7\r\nBody=hi0\r\n\r\n", id="no end of a chunk"),
        pytest.param(b"7\r\nBody", id="broken off in a chunk"),
        pytest.param(b"7\r\nBody=hi\r\n", id="broken off between chunks"),
        pytest.param(b"7\r\nBody=hi\r\n0\r\n", id="broken off before the end"),
        pytest.param(b"", id="nothing at all"),
    ],
)
def test_a_body_in_broken_chunks_is_a_bad_request_and_no_fault_of_ours(port: int, body: bytes) -> None:
    assert _answered(port, CHUNKED + body) == 400


def test_a_body_shorter_than_it_said_is_a_bad_request(port: int) -> None:
    assert _answered(port, HEAD + b"Content-Length: 100\r\n\r\nBody=hi") == 400


def test_the_server_still_answers_after_all_that(port: int) -> None:
    assert _answered(port, HEAD + b"Content-Length: 7\r\n\r\nBody=hi") == 200
