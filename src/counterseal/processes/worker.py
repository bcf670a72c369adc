"""One of several processes: it answers queries and verifies stamps, and hands writes to the one that started it."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
import structlog

from counterseal.app import App
from counterseal.logs import configure_logs
from counterseal.metrics import SharedMetrics
from counterseal.processes.dispatch import Receiver
from counterseal.processes.forwarding import ForwardingWriter, frames
from counterseal.serving.http_server import HttpServer
from counterseal.serving.interpreter import set_up_interpreter
from counterseal.settings import Settings

READY = b"ready\n"
"""What a worker says over its link when it takes connections."""

_log = structlog.get_logger("counterseal.worker")


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The first message over the link: the server's settings, and what is this worker's own."""

    settings: dict[str, Any]
    number: int
    metrics_directory: str | None

    @classmethod
    def of(cls, settings: Settings, *, number: int, metrics_directory: Path | None) -> WorkerSettings:
        """As a message: paths are text."""
        return cls(
            settings=msgspec.to_builtins(settings, enc_hook=str),
            number=number,
            metrics_directory=None if metrics_directory is None else str(metrics_directory),
        )

    def whole(self) -> Settings:
        """The server's settings again."""
        return msgspec.convert(self.settings, Settings, dec_hook=lambda kind, value: kind(value))

    def shared_metrics(self) -> SharedMetrics | None:
        """Where to count, if at all."""
        if self.metrics_directory is None:
            return None
        return SharedMetrics(Path(self.metrics_directory), process=f"worker-{self.number}")


async def work(channel: socket.socket, link: socket.socket) -> None:
    """Serve the connections that come over the channel; writes go over the link. Raises what ``App.start`` raises."""
    reader, writer = await asyncio.open_connection(sock=link)
    given = await _given(reader)
    settings = given.whole()
    log_request = configure_logs(settings.log_level, worker=given.number)
    forwarding = ForwardingWriter(reader, writer)
    metrics = given.shared_metrics()
    app = await App.start_worker(settings, forwarding, metrics)
    app.http.log_request = log_request
    set_up_interpreter()
    try:
        await HttpServer(app, settings, receiver=Receiver(channel), announce=partial(writer.write, READY)).serve()
        if app.writer_ended.is_set():
            _log.error("writing process ended")
            if metrics is not None:
                metrics.remove()  # nobody else does now
    finally:
        await app.stop()


async def _given(reader: asyncio.StreamReader) -> WorkerSettings:
    async for given in frames(reader, WorkerSettings):
        return given
    raise click.ClickException("the supervisor has gone")
