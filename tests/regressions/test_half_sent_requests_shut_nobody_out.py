"""Once 800 connections of one address had sent half a request each, nobody else was let in: every new connection was
closed until the time of the half-sent ones was over. Now a client's oldest such connections go for its newer ones, and
those that have kept the server waiting longest go for anybody's.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from served import RunningServer

ATTACKERS = 800
HALF = {
    "head": b"POST /public/v1/query/whoami HTTP/1.1\r\nhost: x\r\nx: ",
    "body": b"POST /public/v1/query/whoami HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{",
}


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("options", [(), ("--workers=2",)], ids=["one process", "workers"])
@pytest.mark.parametrize("half", HALF.values(), ids=HALF)
def test_a_client_is_served_beside_800_half_sent_requests(
    start_server: Callable[..., RunningServer], sockets: ExitStack, half: bytes, options: tuple[str, ...]
) -> None:
    server = start_server("--log-level=warning", *options)
    for address in "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4":
        _besiege(server, address, ATTACKERS // 4, half, sockets)
    _besiege(server, "127.0.0.1", ATTACKERS, half, sockets)
    for _ in range(5):  # each on a connection of its own, from the address of most attackers
        assert server.query("whoami")[0] == 200


def _besiege(server: RunningServer, address: str, connections: int, half: bytes, sockets: ExitStack) -> None:
    host = urlsplit(server.url)
    for _ in range(connections):
        attacker = sockets.enter_context(
            socket.create_connection((host.hostname or "", host.port or 0), source_address=(address, 0), timeout=30)
        )
        attacker.sendall(half)
