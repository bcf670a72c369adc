"""Which worker gets which connection."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing, suppress
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from counterseal.crypto import sign_stamp
from counterseal.processes.dispatch import Dispatcher, Receiver
from served import RunningServer
from workers.connections import Connection, wait_until, worker_of, worker_pids

PATIENCE_SECONDS = 10


@pytest_asyncio.fixture
async def dispatcher() -> AsyncIterator[Dispatcher]:
    """One at work, on any free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        dispatcher = Dispatcher(listening)
        running = asyncio.create_task(dispatcher.run())
        yield dispatcher
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    """Closes what is put into it."""
    with ExitStack() as stack:
        yield stack


class Worker:
    """What one worker has got."""

    def __init__(self, sockets: ExitStack) -> None:
        self.channel, self.end = (sockets.enter_context(each) for each in socket.socketpair())
        self.taken: list[socket.socket] = []
        self.receiver = Receiver(self.end)
        self.receiver.start(lambda connection: self.taken.append(sockets.enter_context(connection)))


def connect(dispatcher: Dispatcher, sockets: ExitStack, times: int) -> list[socket.socket]:
    address = dispatcher._listening.getsockname()
    return [sockets.enter_context(socket.create_connection(address)) for _ in range(times)]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def test_workers_take_turns(dispatcher: Dispatcher, sockets: ExitStack) -> None:
    workers = [Worker(sockets) for _ in range(3)]
    for worker in workers:
        dispatcher.add(worker.channel)
    connect(dispatcher, sockets, 30)
    await until(lambda: [len(worker.taken) for worker in workers] == [10, 10, 10])


async def test_a_passed_connection_is_the_client_s(dispatcher: Dispatcher, sockets: ExitStack) -> None:
    worker = Worker(sockets)
    dispatcher.add(worker.channel)
    (client,) = connect(dispatcher, sockets, 1)
    await until(lambda: len(worker.taken) == 1)
    (taken,) = worker.taken
    assert taken.getpeername() == client.getsockname()
    assert not taken.get_inheritable()
    taken.setblocking(True)
    client.sendall(b"hello")
    assert taken.recv(5) == b"hello"
    taken.close()
    assert client.recv(1) == b""  # nobody else holds it open


async def test_connections_wait_for_a_worker(dispatcher: Dispatcher, sockets: ExitStack) -> None:
    connect(dispatcher, sockets, 5)
    await asyncio.sleep(0.05)
    worker = Worker(sockets)
    dispatcher.add(worker.channel)
    await until(lambda: len(worker.taken) == 5)


async def test_who_has_ended_or_is_removed_or_does_not_keep_up_is_passed_over(
    dispatcher: Dispatcher, sockets: ExitStack
) -> None:
    ended, removed, slow, good = (Worker(sockets) for _ in range(4))
    for worker in ended, removed, slow, good:
        dispatcher.add(worker.channel)
    asyncio.get_running_loop().remove_reader(ended.end)
    ended.end.close()
    dispatcher.remove(removed.channel)
    dispatcher.remove(removed.channel)
    with suppress(BlockingIOError):
        while slow.channel.send(b"." * 1024):
            pass
    asyncio.get_running_loop().remove_reader(slow.end)
    connect(dispatcher, sockets, 7)
    await until(lambda: len(good.taken) == 7)
    assert ended.taken == removed.taken == slow.taken == []


async def test_a_worker_that_stops_takes_what_it_has_been_passed(dispatcher: Dispatcher, sockets: ExitStack) -> None:
    worker = Worker(sockets)
    asyncio.get_running_loop().remove_reader(worker.end)  # it is busy
    dispatcher.add(worker.channel)
    connect(dispatcher, sockets, 3)
    await asyncio.sleep(0.05)
    assert worker.taken == []
    worker.receiver.stop()
    assert len(worker.taken) == 3
    other = Worker(sockets)
    dispatcher.add(other.channel)  # nobody has said that the first one is gone
    connect(dispatcher, sockets, 3)
    await until(lambda: len(other.taken) == 3)
    assert len(worker.taken) == 3


async def test_the_end_of_the_listening_process_is_no_connection(sockets: ExitStack) -> None:
    worker = Worker(sockets)
    worker.channel.close()
    await asyncio.sleep(0.05)
    assert not asyncio.get_running_loop().remove_reader(worker.end)  # it does not look any more
    assert worker.taken == []


def test_a_server_s_workers_have_as_many_connections_each(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    connections = [Connection(server) for _ in range(12)]
    try:
        for connection in connections:
            assert connection.query("whoami")[0] == 200
        taken = Counter(worker_of(server, connection.request_ids[0]) for connection in connections)
    finally:
        for connection in connections:
            connection.close()
    assert sorted(taken.values()) == [6, 6]
    assert server.stop() == 0


def test_while_one_worker_is_away_the_other_gets_all(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    killed = min(worker_pids(server))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in worker_pids(server))
    for _ in range(10):
        assert server.query("whoami")[0] == 200
    assert server.stop() == 0


def test_a_worker_that_was_told_to_end_gets_none_any_more(start_server: Callable[..., RunningServer]) -> None:
    """Not by SIGHUP, but by somebody who sends SIGTERM to one of them."""
    server = start_server("--workers=2")
    ended = min(worker_pids(server))
    os.kill(ended, signal.SIGTERM)
    while ended in worker_pids(server):  # it waits a second for its idle connections
        assert server.query("whoami")[0] == 200
    assert server.query("whoami")[0] == 200
    assert server.stop() == 0


def test_workers_know_the_client_s_address(start_server: Callable[..., RunningServer]) -> None:
    """A reply's headers name it, once there is a limit by address."""
    server = start_server("--workers=2", "--requests-per-second=1000")
    body = json.dumps({"organizationId": server.organization_id}).encode()
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.request("POST", "/public/v1/query/whoami", body, {"X-Stamp": sign_stamp(server.key, body)})
        reply = connection.getresponse()
        assert (reply.status, reply.headers["x-rate-limit-request-remote-addr"]) == (200, "127.0.0.1")
    assert server.stop() == 0
