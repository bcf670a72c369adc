"""``counterseal wallets verify``: whether every seed and key opens and gives what is shown of it."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import click

from counterseal.cli.options import (
    data_option,
    database_option,
    explained,
    keep_secrets_to_this_process,
    passphrase_from,
    passphrase_option,
)
from counterseal.cli.wallets.examination import Examination, Tally
from counterseal.data_directory import DataDirectory
from counterseal.keystore import Keystore
from counterseal.store.postgres import DatabaseUrl

_SECONDS_BETWEEN = 5.0


@click.command("verify")
@data_option
@database_option
@passphrase_option
def verify_command(directory: Path, database: DatabaseUrl | None, passphrase_file: Path | None) -> None:
    """Open every sealed seed and private key, derive every account again, and compare public keys and addresses.

    What does not match is named, and the command ends with 1. Nothing is written; the server may be running. A thousand
    accounts take less than a second.
    """
    keep_secrets_to_this_process()
    with explained():
        tally = asyncio.run(_verified(DataDirectory(directory, database), passphrase_from(passphrase_file)))
    if tally.faults:
        click.echo(f"{_counted(tally)}; do not match: {tally.faults:,}")
        sys.exit(1)
    click.echo(f"{_counted(tally)}; all match")


async def _verified(directory: DataDirectory, passphrase: str | None) -> Tally:
    store = await directory.open_store_as_it_is()
    try:
        keystore = Keystore.open(directory.seal(passphrase), await directory.sealed_secrets(store))
        examination, said = Examination(store, keystore), time.monotonic()
        async for fault in examination.faults():
            if fault is not None:
                click.echo(f"{fault}", err=True)
            if time.monotonic() - said > _SECONDS_BETWEEN:
                said = time.monotonic()
                click.echo(f"{_counted(examination.tally)} so far …", err=True)
        return examination.tally
    finally:
        await store.close()


def _counted(tally: Tally) -> str:
    return f"wallets: {tally.wallets:,}, accounts: {tally.accounts:,}, private keys: {tally.private_keys:,}"
