"""``counterseal ledger continue-after-restore``: another log, after an older back-up was restored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterseal.app import checkpoint_file, lock_and_open
from counterseal.cli.options import (
    data_option,
    database_option,
    explained,
    keep_secrets_to_this_process,
    passphrase_from,
    passphrase_option,
)
from counterseal.data_directory import DataDirectory
from counterseal.followers.forks import continue_after_restore
from counterseal.settings import Settings
from counterseal.store import StoredLog
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom


@click.command("continue-after-restore")
@data_option
@database_option
@passphrase_option
@click.option(
    "--ledger-checkpoint-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="COUNTERSEAL_LEDGER_CHECKPOINT_FILE",
    show_envvar=True,
    help="Where the server keeps the last checkpoint. [default: ledger.checkpoint in the data directory]",
)
def continue_after_restore_command(
    directory: Path, database: DatabaseUrl | None, passphrase_file: Path | None, ledger_checkpoint_file: Path | None
) -> None:
    """Begin another log, whose first entry names the checkpoint that the restored store knows nothing of.

    Stop the servers first. Nothing is done to a store that has lost nothing.
    """
    keep_secrets_to_this_process()
    with explained():
        settings = Settings(
            data=directory,
            database=database,
            passphrase=passphrase_from(passphrase_file),
            ledger=False,  # or it would be refused, for the very reason that this is run
            ledger_checkpoint_file=ledger_checkpoint_file,
        )
        log = asyncio.run(_begun(settings))
    click.echo(f"The ledger goes on as {log.origin}. Start the server.")


async def _begun(settings: Settings) -> StoredLog:
    directory = DataDirectory(settings.data, settings.database)
    store, keystore = await lock_and_open(directory, settings)
    try:
        return await continue_after_restore(
            store, keystore, checkpoint_file(settings), clock=SystemClock(), random=SystemRandom()
        )
    finally:
        await store.close()
        directory.unlock()
