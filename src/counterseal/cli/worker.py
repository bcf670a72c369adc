"""``counterseal worker``: one of several processes of ``serve --workers``; nobody starts it by hand."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
import structlog
import uvloop

from counterseal.app import App
from counterseal.cli.collector import relax_collector
from counterseal.cli.http_server import HttpServer
from counterseal.cli.options import explained, keep_secrets_to_this_process
from counterseal.engine.forwarding import ForwardingWriter, frames
from counterseal.logs import configure_logs
from counterseal.metrics import SharedMetrics
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


@click.command(hidden=True)
@click.argument("channel_descriptor", type=int)
@click.argument("link_descriptor", type=int)
def worker(channel_descriptor: int, link_descriptor: int) -> None:
    """Serve the connections that come over the channel; writes go over the link."""
    keep_secrets_to_this_process()
    with explained():
        uvloop.run(_work(socket.socket(fileno=channel_descriptor), socket.socket(fileno=link_descriptor)))


async def _work(channel: socket.socket, link: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=link)
    given = await _given(reader)
    settings = given.whole()
    log_request = configure_logs(settings.log_level, worker=given.number)
    forwarding = ForwardingWriter(reader, writer)
    metrics = given.shared_metrics()
    app = await App.start_worker(settings, forwarding, metrics)
    app.http.log_request = log_request
    relax_collector()
    try:
        await HttpServer(app, settings, channel=channel, announce=partial(writer.write, READY)).serve()
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
