"""Bounds of connections hold over the whole server, however many workers share it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from counterseal.settings import Settings
from served import RunningServer
from workers.connections import wait_until

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


def is_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_half_sent_requests_are_bounded_over_all_workers(
    start_server: Callable[..., RunningServer], workers: int
) -> None:
    server = start_server(f"--workers={workers}", "--connections-max=18", "--connections-per-address-max=12")
    address = urlsplit(server.url)
    with ExitStack() as sockets:
        opened: dict[str, list[socket.socket]] = {each: [] for each in ADDRESSES}
        for number in range(60):
            source = ADDRESSES[number % 3] if number >= 30 else ADDRESSES[0]  # first one alone, then all in turn
            made = socket.create_connection((address.hostname or "", address.port or 0), source_address=(source, 0))
            sockets.enter_context(made).sendall(b"POST /public/v1/query/whoami HTTP/1.1\r\nhost: x\r\n")
            opened[source].append(made)
        wait_until(lambda: sum(is_open(each) for every in opened.values() for each in every) <= 18)
        for source in ADDRESSES:
            assert 1 <= sum(map(is_open, opened[source])) <= 12
        assert server.query("whoami")[0] == 200
    assert server.stop() == 0


def test_what_is_bounded_for_the_server_is_shared_out() -> None:
    settings = Settings(data=Path("data"))
    for workers in range(1, 65):
        share = settings.of_each(workers)
        assert workers * share.connections_max <= settings.connections_max
        assert workers * share.connections_per_address_max <= settings.connections_per_address_max
        assert workers * share.held_reply_bytes_max <= settings.held_reply_bytes_max
        if settings.held_request_bytes_max >= workers * 2 * settings.body_bytes_max:
            assert workers * share.held_request_bytes_max <= settings.held_request_bytes_max
    assert settings.of_each(1) == settings


def test_each_worker_can_take_one_connection_and_one_body() -> None:
    settings = Settings(
        data=Path("data"), connections_max=1, connections_per_address_max=1, held_request_bytes_max=1, body_bytes_max=10
    )
    share = settings.of_each(8)
    assert (share.connections_max, share.connections_per_address_max, share.held_request_bytes_max) == (1, 1, 20)
