"""``counterseal serve``: run the server until it is told to stop, then finish what is in flight."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import click
import uvicorn
import uvloop

from counterseal.app import App
from counterseal.cli.options import data_option, explained, passphrase_from, passphrase_option
from counterseal.keystore import forbid_core_dumps
from counterseal.logs import configure_logs
from counterseal.settings import Settings

_GRACE_SECONDS = 30


@click.command()
@data_option
@passphrase_option
@click.option("--host", default="127.0.0.1", show_default=True, envvar="COUNTERSEAL_HOST", show_envvar=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    envvar="COUNTERSEAL_PORT",
    show_envvar=True,
    help="0 takes any free port.",
)
@click.option(
    "--body-bytes-max",
    type=click.IntRange(min=1024),
    default=1024 * 1024,
    show_default=True,
    envvar="COUNTERSEAL_BODY_BYTES_MAX",
    show_envvar=True,
    help="Larger requests are answered 413.",
)
@click.option(
    "--body-seconds-max",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    envvar="COUNTERSEAL_BODY_SECONDS_MAX",
    show_envvar=True,
    help="How long a body may take to arrive.",
)
@click.option(
    "--snapshot-cache-bytes-max",
    type=click.IntRange(min=1024 * 1024),
    default=128 * 1024 * 1024,
    show_default=True,
    envvar="COUNTERSEAL_SNAPSHOT_CACHE_BYTES_MAX",
    show_envvar=True,
    help="Memory for organizations in use.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    envvar="COUNTERSEAL_LOG_LEVEL",
    show_envvar=True,
)
def serve(
    *,
    directory: Path,
    passphrase_file: Path | None,
    host: str,
    port: int,
    body_bytes_max: int,
    body_seconds_max: float,
    snapshot_cache_bytes_max: int,
    log_level: str,
) -> None:
    """Serve the API. Prints one line when ready; SIGTERM and SIGINT finish what is in flight and stop."""
    forbid_core_dumps()
    configure_logs(log_level)
    settings = Settings(
        data=directory,
        passphrase=passphrase_from(passphrase_file, dict(os.environ)),
        body_bytes_max=body_bytes_max,
        body_seconds_max=body_seconds_max,
        snapshot_cache_bytes_max=snapshot_cache_bytes_max,
    )
    with explained():
        uvloop.run(_serve(settings, host, port))


async def _serve(settings: Settings, host: str, port: int) -> None:
    app = await App.start(settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    try:
        await _Server(config).serve()
    finally:
        await app.stop()


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and ends with exit code 0 when asked to stop."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.servers:
            return
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        click.echo(f"counterseal is ready on http://{host if ':' not in host else f'[{host}]'}:{port}")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._ask_to_stop)
        yield

    def _ask_to_stop(self) -> None:
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True
