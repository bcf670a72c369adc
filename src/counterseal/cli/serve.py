"""``counterseal serve``: run the server until it is told to stop, then finish what is in flight."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog
import uvloop

from counterseal.app import App
from counterseal.cli.limits import limit_options
from counterseal.cli.options import (
    data_option,
    database_option,
    explained,
    keep_secrets_to_this_process,
    passphrase_from,
    passphrase_option,
)
from counterseal.cli.origins import origins_option
from counterseal.cli.signing import signing_options
from counterseal.http import LogRequest
from counterseal.logs import configure_logs
from counterseal.organizations import SigningRules
from counterseal.processes.supervise import supervise
from counterseal.serving.http_server import HttpServer, WriterEnded
from counterseal.serving.interpreter import set_up_interpreter
from counterseal.serving.listening import announce, listen
from counterseal.settings import Settings
from counterseal.store.postgres import DatabaseUrl

_log = structlog.get_logger("counterseal")


@click.command()
@data_option
@database_option
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
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    envvar="COUNTERSEAL_WORKERS",
    show_envvar=True,
    help="Processes that answer requests; with more than one, another one writes for all of them.",
)
@limit_options
@origins_option
@signing_options
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
@click.option(
    "--metrics/--no-metrics",
    default=True,
    show_default=True,
    envvar="COUNTERSEAL_METRICS",
    show_envvar=True,
    help="Answer GET /metrics, for Prometheus.",
)
@click.option(
    "--ledger/--no-ledger",
    default=True,
    show_default=True,
    envvar="COUNTERSEAL_LEDGER",
    show_envvar=True,
    help="Put what is decided into the ledger.",
)
@click.option(
    "--ledger-checkpoint-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="COUNTERSEAL_LEDGER_CHECKPOINT_FILE",
    show_envvar=True,
    help="Where the last checkpoint is kept, so that an older back-up is seen to be one; on another disk, best."
    " [default: ledger.checkpoint in the data directory]",
)
@click.option(
    "--proofs/--no-proofs",
    default=True,
    show_default=True,
    envvar="COUNTERSEAL_PROOFS",
    show_envvar=True,
    help="Make proofs for activities that ask for them.",
)
def serve(
    *,
    directory: Path,
    database: DatabaseUrl | None,
    passphrase_file: Path | None,
    host: str,
    port: int,
    workers: int,
    cors_origins: tuple[str, ...],
    snapshot_cache_bytes_max: int,
    log_level: str,
    metrics: bool,
    ledger: bool,
    ledger_checkpoint_file: Path | None,
    proofs: bool,
    lenient_addresses: bool,
    psbt_allow_witness_only: bool,
    replayable_ethereum: bool,
    private_webhooks: bool,
    **limits: Any,
) -> None:
    """Serve the API. Prints one line when ready; SIGTERM and SIGINT finish what is in flight and stop.

    With several workers SIGHUP replaces them one after the other, and no connection is refused meanwhile.
    """
    keep_secrets_to_this_process()
    if database is not None and workers > 1:
        raise click.UsageError("--workers shares a store on this machine: with --database start more servers instead")
    log_request = configure_logs(log_level)
    with explained():
        settings = Settings(
            data=directory,
            database=database,
            passphrase=passphrase_from(passphrase_file),
            cors_origins=cors_origins,
            snapshot_cache_bytes_max=snapshot_cache_bytes_max,
            log_level=log_level,
            metrics=metrics,
            ledger=ledger,
            ledger_checkpoint_file=ledger_checkpoint_file,
            proofs=proofs,
            signing=SigningRules(
                lenient_addresses=lenient_addresses,
                psbt_allow_witness_only=psbt_allow_witness_only,
                replayable_ethereum=replayable_ethereum,
                private_webhooks=private_webhooks,
            ),
            **limits,
        ).of_each(workers)
        if workers == 1:
            uvloop.run(_serve(settings, host, port, log_request))
        else:
            uvloop.run(supervise(settings, host, port, workers))


async def _serve(settings: Settings, host: str, port: int, log_request: LogRequest | None) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _log.warning, "no workers to replace")
    app = await App.start(settings)
    app.http.log_request = log_request
    set_up_interpreter()
    try:
        with listen(host, port) as listening:
            await HttpServer(app, settings, listening=listening, announce=partial(announce, listening)).serve()
    finally:
        await app.stop()
    if app.has_failed:
        raise WriterEnded
