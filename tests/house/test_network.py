"""The tests are cut off from the network, and the loopback is not."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("example.org", 443), ("2001:db8::1", 443)])
def test_a_test_cannot_reach_the_network(address: tuple[str, int]) -> None:
    with pytest.raises(OSError, match="A test tried"):
        socket.create_connection(address, timeout=1)


def test_a_test_can_reach_this_machine() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname(), timeout=1) as connection:
            assert connection.getpeername() == listener.getsockname()
