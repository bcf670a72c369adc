"""Connections on their way from the process that listens to its workers, which take turns.

Workers that accept from one socket do not share alike: whoever wakes first takes all that wait, and clients keep what
they have opened. So one process accepts, and passes each connection on as a file descriptor, over a socket pair for
each worker: its channel (unix(7), SCM_RIGHTS).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RD, recv_fds, send_fds, socket

import structlog

_RETRY_SECONDS = 0.05

_log = structlog.get_logger("counterseal.dispatcher")


class Dispatcher:
    """Accepts on ``listening``, a socket that does not block, and gives each channel its turn."""

    def __init__(self, listening: socket) -> None:
        self._listening = listening
        self._channels: deque[socket] = deque()

    def add(self, channel: socket) -> None:
        """From now on its worker gets connections."""
        channel.setblocking(False)
        self._channels.append(channel)

    def remove(self, channel: socket) -> None:
        """From now on its worker gets none; what it has been passed already it serves."""
        with suppress(ValueError):  # it may have been removed before
            self._channels.remove(channel)

    async def run(self) -> None:
        """Until cancelled. Without a worker, or while none keeps up, connections wait."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listening)
            except OSError as error:  # no descriptors are left, or the client has hung up
                _log.error("connection not accepted", error=str(error))
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            with connection:
                while not self._pass_on(connection):
                    await asyncio.sleep(_RETRY_SECONDS)

    def _pass_on(self, connection: socket) -> bool:
        for _ in range(len(self._channels)):
            channel = self._channels[0]
            self._channels.rotate(-1)
            with suppress(OSError):  # it is full, or its worker has ended
                send_fds(channel, [b"."], [connection.fileno()])
                return True
        return False


class Receiver:
    """A worker's end of its channel: where its connections come from."""

    def __init__(self, channel: socket) -> None:
        self._channel = channel
        self._on_connection: Callable[[socket], None] = socket.close

    def start(self, on_connection: Callable[[socket], None]) -> None:
        """Hand it each connection that is passed to this worker. Call it on the event loop that will serve."""
        self._on_connection = on_connection
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._take_all)

    def stop(self) -> None:
        """Take what has been passed already, and no more: what is sent from now on goes to another worker."""
        self._channel.shutdown(SHUT_RD)
        self._take_all()

    def _take_all(self) -> None:
        while True:
            try:
                sent, descriptors, _, _ = recv_fds(self._channel, 1, 1)
            except BlockingIOError:
                return
            if not sent:  # the process that listens has gone
                asyncio.get_running_loop().remove_reader(self._channel)
                return
            for descriptor in descriptors:
                connection = socket(fileno=descriptor)
                connection.set_inheritable(False)
                self._on_connection(connection)
