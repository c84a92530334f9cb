"""Ports of the loopback that nobody takes between the moment they are found free and the moment a test listens on them."""

from __future__ import annotations

import os
import socket
from itertools import count

HOST = "127.0.0.1"
LOWEST, HIGHEST = 10_000, 32_000
"""Below those the system gives by itself, to whoever listens on any port and to every connection that is made."""

_next = count(os.getpid() * 97)


def free_port() -> int:
    """Another one each time; two processes begin far from each other."""
    while True:
        port = LOWEST + next(_next) % (HIGHEST - LOWEST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
