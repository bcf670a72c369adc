"""uvicorn with this server's limits and manners: it says when it is ready and ends with exit code 0 when asked to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket

import click
import uvicorn

from counterseal.app import App
from counterseal.cli.dispatch import Receiver
from counterseal.http import ConnectionLimits, TrustedProxies, protocol_with
from counterseal.settings import Settings

GRACE_SECONDS = 30

FAILED_GRACE_SECONDS = 2
"""Without a writer: enough for what has been answered to leave; who has sent half a request has to send it again."""


class WriterEnded(click.ClickException):
    """Nobody writes any more, so that the server is of no use."""

    def __init__(self) -> None:
        super().__init__("the writer has ended by a fault, which is in the log; start the server again")


class HttpServer:
    """Serves an App until the process is told to stop, then finishes what is in flight."""

    def __init__(
        self,
        app: App,
        settings: Settings,
        *,
        announce: Callable[[], None],
        listening: socket | None = None,
        channel: socket | None = None,
    ) -> None:
        """Of connections to ``listening``, or, in a worker, of those that come over its ``channel``.

        A worker is asked to stop by its supervisor and perhaps by a service manager as well: the second signal is no
        impatience then.
        """
        self._is_worker = channel is not None
        self._writer_ended = app.writer_ended
        config = uvicorn.Config(
            app,
            http=protocol_with(_connection_limits(settings), TrustedProxies(settings.trusted_proxies or ())),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom to believe about addresses is a setting of ours
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Server(config, channel, announce)
        self._sockets = [] if listening is None else [listening]

    async def serve(self) -> None:
        """Until SIGTERM or SIGINT, of which a second one does not wait for what is in flight; or the writer's end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        watching = asyncio.create_task(self._stop_without_writer())
        try:
            await self._server.serve(sockets=self._sockets)
        finally:
            watching.cancel()

    def _on_signal(self) -> None:
        if self._server.should_exit and not self._is_worker:
            self._server.force_exit = True
        self._server.should_exit = True

    async def _stop_without_writer(self) -> None:
        await self._writer_ended.wait()
        self._server.config.timeout_graceful_shutdown = FAILED_GRACE_SECONDS
        self._server.should_exit = True


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, channel: socket | None, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._receiver = None if channel is None else Receiver(channel, self._on_connection)
        self._opening: set[asyncio.Task[None]] = set()
        self._announce = announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self._receiver is not None:
            self._receiver.start()
        self._announce()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        if self._receiver is not None:
            self._receiver.stop()
        await asyncio.sleep(0)  # a connection that was just accepted has its protocol now, and is told to end
        await asyncio.gather(*self._opening)
        await super().shutdown(sockets)

    def _on_connection(self, connection: socket) -> None:
        task = asyncio.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError:  # the client has hung up
            connection.close()

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes one for a connection that it accepts itself."""
        kind: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to ``HttpServer``: uvicorn raises them again at its end, and exits with another code."""
        yield


def _connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections_max=settings.connections_max,
        connections_per_address_max=settings.connections_per_address_max,
        held_request_bytes_max=settings.held_request_bytes_max,
        held_reply_bytes_max=settings.held_reply_bytes_max,
        head_bytes_max=settings.head_bytes_max,
        head_seconds_max=settings.head_seconds_max,
        idle_seconds_max=settings.idle_seconds_max,
        reply_seconds_max=settings.reply_seconds_max,
    )
